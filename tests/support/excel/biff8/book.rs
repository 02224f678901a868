//! A workbook of BIFF8 around a payload: its links, and one formula that uses them.

use super::super::payload::{Link, STD_DOCUMENT_NAME};
use super::super::tokens::{Dialect, Token, rgce};
use super::{
    AUTOMATIC, CHART, GLOBALS, MACRO, SHEET, STD, bof, bound_sheet, container, eof, extern_name_of,
    extern_sheet, formula, name, own, point_sheet, record, supbook_of,
};

/// Where a formula with links stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Cell B4.
    Cell,
    /// Cell B4 of a macro sheet.
    MacroCell,
    Shared,
    Array,
    Name,
    ConditionalFormat,
    Validation,
    Chart,
    /// A picture's link formula.
    Picture,
    /// Nothing uses the link.
    Nowhere,
}

/// A workbook under construction.
#[derive(Clone, Debug)]
pub struct Biff8 {
    pub links: Vec<Link>,
    pub tokens: Vec<Token>,
    pub place: Place,
    /// UTF-16.
    pub wide: bool,
    /// Characters of the SUPBOOK before a CONTINUE record.
    pub cut: Option<usize>,
    /// 0 visible, 1 hidden, 2 very hidden.
    pub state: u8,
    /// The workbook itself stands before the links in the table.
    pub own_first: bool,
    /// Flags of the items.
    pub flags: u16,
    /// The offset of the sheet is none.
    pub lost: bool,
}

impl Biff8 {
    pub fn new(links: &[Link], tokens: &[Token]) -> Self {
        Biff8 {
            links: links.to_vec(),
            tokens: tokens.to_vec(),
            place: Place::Cell,
            wide: false,
            cut: None,
            state: 0,
            own_first: false,
            flags: AUTOMATIC,
            lost: false,
        }
    }

    pub fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    fn rgce(&self) -> Vec<u8> {
        let first = u16::from(self.own_first);
        rgce(&self.tokens, Dialect::Biff8, &|link| {
            u16::try_from(link).unwrap() + first
        })
    }

    /// The link table.
    pub fn table(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.own_first {
            bytes.extend(own(1));
        }
        for link in &self.links {
            let path = format!("{}\u{3}{}", link.service, link.topic);
            let cut = self.cut.map(|cut| cut.min(link.service.chars().count()));
            bytes.extend(supbook_of(0, &path, self.wide, cut));
            for item in &link.items {
                bytes.extend(extern_name_of(self.flags, item, self.wide));
            }
            bytes.extend(extern_name_of(STD, STD_DOCUMENT_NAME, self.wide));
        }
        if !self.own_first {
            bytes.extend(own(1));
        }
        let books: Vec<u16> = (0..).take(self.links.len() + 1).collect();
        bytes.extend(extern_sheet(&books));
        bytes
    }

    /// The stream.
    pub fn stream(&self) -> Vec<u8> {
        let rgce = self.rgce();
        let mut bytes = bof(GLOBALS);
        bytes.extend(record(0x0042, &1200_u16.to_le_bytes()));
        let kind = u8::from(self.place == Place::MacroCell);
        bytes.extend(bound_sheet("Sheet1", self.state, kind));
        bytes.extend(self.table());
        if self.place == Place::Name {
            bytes.extend(name(0, "rate", &rgce));
        }
        bytes.extend(eof());
        if !self.lost {
            point_sheet(&mut bytes);
        }
        bytes.extend(bof(if kind == 1 { MACRO } else { SHEET }));
        bytes.extend(self.in_sheet(&rgce));
        bytes.extend(eof());
        bytes
    }

    fn in_sheet(&self, rgce: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rgce.len()).unwrap().to_le_bytes();
        // Rows 4 to 4, column B.
        let range = [3, 0, 3, 0, 1, 1];
        match self.place {
            Place::Cell | Place::MacroCell => formula(3, 1, rgce),
            Place::Shared => {
                let exp = [0x01, 3, 0, 1, 0];
                let body = [&range[..], &[0, 1], &length, rgce].concat();
                [formula(3, 1, &exp), record(0x04bc, &body)].concat()
            }
            Place::Array => {
                let exp = [0x01, 3, 0, 1, 0];
                let body = [&range[..], &[0, 0, 0, 0, 0, 0], &length, rgce].concat();
                [formula(3, 1, &exp), record(0x0221, &body)].concat()
            }
            Place::ConditionalFormat => {
                let head = [&[1, 0, 0, 0][..], &[3, 0, 3, 0, 1, 0, 1, 0], &[1, 0]].concat();
                let head = [head, vec![3, 0, 3, 0, 1, 0, 1, 0]].concat();
                // Type 2: a formula; nothing of the format is changed.
                let rule = [&[2, 0][..], &length, &[0, 0], &[0; 6], rgce].concat();
                [record(0x01b0, &head), record(0x01b1, &rule)].concat()
            }
            Place::Validation => {
                let mut body = 0x0100_0007_u32.to_le_bytes().to_vec();
                for _ in 0..4 {
                    // Four titles and messages of one NUL character.
                    body.extend([1, 0, 0, 0]);
                }
                body.extend([&length[..], &[0, 0], rgce, &[0, 0, 0, 0]].concat());
                body.extend([1, 0, 3, 0, 3, 0, 1, 0, 1, 0]);
                let head = [&[0; 14][..], &[0xff; 4], &[1, 0, 0, 0]].concat();
                [record(0x01b2, &head), record(0x01be, &body)].concat()
            }
            Place::Chart => {
                let body = [&[1, 2, 0, 0, 0, 0][..], &length, rgce].concat();
                [bof(CHART), record(0x1051, &body), eof()].concat()
            }
            Place::Picture => {
                let common =
                    [&[0x15, 0, 0x12, 0][..], &[8, 0, 1, 0, 0x11, 0x60], &[0; 12]].concat();
                let inner = [&length[..], &[0; 4], rgce].concat();
                let inner = [
                    u16::try_from(inner.len()).unwrap().to_le_bytes().to_vec(),
                    inner,
                ]
                .concat();
                let size = u16::try_from(inner.len()).unwrap().to_le_bytes();
                let picture = [&[0x09, 0][..], &size, &inner].concat();
                record(0x005d, &[common, picture, vec![0; 4]].concat())
            }
            Place::Name | Place::Nowhere => Vec::new(),
        }
    }

    /// A compound file with the stream `Workbook`.
    pub fn build(&self) -> Vec<u8> {
        container(&[("Workbook", self.stream())])
    }
}
