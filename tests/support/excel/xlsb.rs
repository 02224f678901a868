//! Excel binary workbooks: records of BIFF12 in a package (`spec/excel.md` §2, Appendix B2).

use super::payload::{Link, STD_DOCUMENT_NAME};
use super::tokens::{Dialect, Token, rgce};
use crate::support::package::{Package, content_types, rels};

/// How types and sizes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    #[default]
    Shortest,
    /// Types below 128 in two bytes (`8B 00`).
    PaddedTypes,
    /// Sizes with a group of zeros more (`92 00`).
    PaddedSizes,
    /// Sizes in four bytes.
    FullSizes,
}

/// One record.
pub fn record(id: u16, body: &[u8], framing: Framing) -> Vec<u8> {
    let low = u8::try_from(id & 0x7f).unwrap();
    let high = u8::try_from(id >> 7).unwrap();
    let mut bytes = match high > 0 || framing == Framing::PaddedTypes {
        true => vec![low | 0x80, high],
        false => vec![low],
    };
    let mut groups = Vec::new();
    let mut rest = body.len();
    while rest > 0 || groups.is_empty() {
        groups.push(u8::try_from(rest & 0x7f).unwrap());
        rest >>= 7;
    }
    match framing {
        Framing::PaddedSizes if groups.len() < 4 => groups.push(0),
        Framing::FullSizes => groups.resize(4, 0),
        _ => {}
    }
    let last = groups.len() - 1;
    for group in &mut groups[..last] {
        *group |= 0x80;
    }
    bytes.extend(groups);
    bytes.extend(body);
    bytes
}

/// XLWideString.
pub fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = u32::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
    bytes
}

const NULL: [u8; 4] = [0xff; 4];

pub const BEGIN_SUP_BOOK: u16 = 360;
pub const END_SUP_BOOK: u16 = 588;
pub const SUP_NAME_START: u16 = 577;
pub const SUP_NAME_BITS: u16 = 586;
pub const SUP_NAME_END: u16 = 587;
pub const SUP_BOOK_SRC: u16 = 355;
pub const BEGIN_EXTERNALS: u16 = 353;
pub const END_EXTERNALS: u16 = 354;
pub const EXTERN_SHEET: u16 = 362;
pub const BUNDLE_SHEET: u16 = 156;
pub const BRT_NAME: u16 = 39;
pub const ROW_HEADER: u16 = 0;
pub const FORMULA_ERROR: u16 = 11;

/// The link part of §2.3, as Excel writes it: its 134 bytes.
pub fn worked_link_part() -> Vec<u8> {
    let mut bytes = b"\xe8\x02\x26\x01\x00".to_vec();
    bytes.extend(wide("cmd"));
    bytes.extend(wide("/c calc.exe"));
    bytes.extend(b"\xc1\x04\x18");
    bytes.extend(wide("_xlbgnm.A1"));
    bytes.extend(b"\xca\x04\x07\x02\x75\x00\x00\x00\x00\x01\xcb\x04\x00");
    bytes.extend(b"\xc1\x04\x22");
    bytes.extend(wide("StdDocumentName"));
    bytes.extend(b"\xca\x04\x07\x0a\x75\x00\x00\x00\x00\x01\xcb\x04\x00\xcc\x04\x00");
    bytes
}

/// The link part of one link.
pub fn link_part(link: &Link, sbt: u16, framing: Framing) -> Vec<u8> {
    let head = [
        sbt.to_le_bytes().to_vec(),
        wide(&link.service),
        wide(&link.topic),
    ]
    .concat();
    let mut bytes = record(BEGIN_SUP_BOOK, &head, framing);
    let items = link.items.iter().map(|item| (item.as_str(), 0x7502_u16));
    for (item, flags) in items.chain([(STD_DOCUMENT_NAME, 0x750a)]) {
        bytes.extend(record(SUP_NAME_START, &wide(item), framing));
        let bits = [&flags.to_le_bytes()[..], &[0, 0, 0, 0, 1]].concat();
        bytes.extend(record(SUP_NAME_BITS, &bits, framing));
        bytes.extend(record(SUP_NAME_END, &[], framing));
    }
    bytes.extend(record(END_SUP_BOOK, &[], framing));
    bytes
}

/// Where a formula with links stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Cell B4.
    Cell,
    Name,
    Shared,
    Array,
    ConditionalFormat,
    Validation,
    Nowhere,
}

/// A workbook under construction.
#[derive(Clone, Debug)]
pub struct Xlsb {
    pub links: Vec<Link>,
    pub tokens: Vec<Token>,
    pub place: Place,
    pub framing: Framing,
    pub sbt: u16,
    /// 0 visible, 1 hidden, 2 very hidden.
    pub state: u32,
    /// Records around the link, of a pair that readers may not skip.
    pub wrap: Option<(u16, u16)>,
    /// No relationship leads to the link parts.
    pub orphan: bool,
}

const CONTENT: &str = "application/vnd.ms-excel";

impl Xlsb {
    pub fn new(links: &[Link], tokens: &[Token]) -> Self {
        Xlsb {
            links: links.to_vec(),
            tokens: tokens.to_vec(),
            place: Place::Cell,
            framing: Framing::Shortest,
            sbt: 1,
            state: 0,
            wrap: None,
            orphan: false,
        }
    }

    pub fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    fn record(&self, id: u16, body: &[u8]) -> Vec<u8> {
        record(id, body, self.framing)
    }

    /// `cce rgce cb rgcb`.
    fn formula(&self) -> Vec<u8> {
        let tokens = rgce(&self.tokens, Dialect::Biff12, &|link| {
            u16::try_from(link).unwrap()
        });
        let length = u32::try_from(tokens.len()).unwrap().to_le_bytes();
        [&length[..], &tokens, &[0; 4]].concat()
    }

    pub fn workbook(&self) -> Vec<u8> {
        let mut bytes = self.record(131, &[]);
        let state = self.state.to_le_bytes();
        let sheet = [
            &state[..],
            &1_u32.to_le_bytes(),
            &wide("rId1"),
            &wide("Sheet1"),
        ]
        .concat();
        bytes.extend(self.record(143, &[]));
        bytes.extend(self.record(BUNDLE_SHEET, &sheet));
        bytes.extend(self.record(144, &[]));
        if !self.orphan {
            bytes.extend(self.record(BEGIN_EXTERNALS, &[]));
            let count = u32::try_from(self.links.len()).unwrap();
            let mut sheets = count.to_le_bytes().to_vec();
            for link in 0..count {
                let id = wide(&format!("rId{}", link + 2));
                bytes.extend(self.record(SUP_BOOK_SRC, &id));
                sheets.extend(link.to_le_bytes());
                sheets.extend([0xfe, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff]);
            }
            bytes.extend(self.record(EXTERN_SHEET, &sheets));
            bytes.extend(self.record(END_EXTERNALS, &[]));
        }
        if self.place == Place::Name {
            let mut body = vec![0; 5];
            body.extend([0xff; 4]);
            body.extend(wide("rate"));
            body.extend(self.formula());
            body.extend(NULL);
            bytes.extend(self.record(BRT_NAME, &body));
        }
        bytes.extend(self.record(132, &[]));
        bytes
    }

    pub fn sheet(&self) -> Vec<u8> {
        let mut bytes = self.record(129, &[]);
        bytes.extend(self.record(145, &[]));
        let row = [&3_u32.to_le_bytes()[..], &[0; 13]].concat();
        bytes.extend(self.record(ROW_HEADER, &row));
        let cell = |formula: &[u8]| {
            let head = [&1_u32.to_le_bytes()[..], &[0; 4], &[0x17], &[0, 0]].concat();
            [&head[..], formula].concat()
        };
        // Rows 4 to 4, column B.
        let range = [3_u32, 3, 1, 1].map(u32::to_le_bytes).concat();
        // PtgExp with the row, and the column behind the tokens.
        let exp = [
            &5_u32.to_le_bytes()[..],
            &[0x01, 3, 0, 0, 0],
            &[4, 0, 0, 0],
            &[1, 0, 0, 0],
        ]
        .concat();
        match self.place {
            Place::Cell => bytes.extend(self.record(FORMULA_ERROR, &cell(&self.formula()))),
            Place::Array => {
                bytes.extend(self.record(FORMULA_ERROR, &cell(&exp)));
                let body = [&range[..], &[0], &self.formula()].concat();
                bytes.extend(self.record(426, &body));
            }
            Place::Shared => {
                bytes.extend(self.record(FORMULA_ERROR, &cell(&exp)));
                bytes.extend(self.record(427, &[range, self.formula()].concat()));
            }
            _ => {}
        }
        bytes.extend(self.record(146, &[]));
        // UncheckedSqRfX of one range.
        let ranges = [
            &1_u32.to_le_bytes()[..],
            &[3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0],
        ]
        .concat();
        if self.place == Place::ConditionalFormat {
            let head = [&1_u32.to_le_bytes()[..], &[0; 4], &ranges].concat();
            bytes.extend(self.record(461, &head));
            // BrtBeginCFRule: type 2 (expression), template, format, priority, parameter, two
            // reserved, flags, the sizes of three formulas, an absent text, the formulas.
            let formula = self.formula();
            let mut body = [2_u32, 0, 0, 1, 0, 0, 0].map(u32::to_le_bytes).concat();
            body.extend([0, 0]);
            let size = u32::try_from(formula.len() - 8).unwrap();
            body.extend([size, 0, 0].map(u32::to_le_bytes).concat());
            body.extend(NULL);
            body.extend(formula);
            bytes.extend(self.record(463, &body));
            bytes.extend(self.record(464, &[]));
            bytes.extend(self.record(462, &[]));
        }
        if self.place == Place::Validation {
            let mut body = 0x0100_0007_u32.to_le_bytes().to_vec();
            body.extend(ranges);
            body.extend([NULL; 4].concat());
            body.extend(self.formula());
            body.extend([0; 8]);
            bytes.extend(self.record(573, &[0; 18]));
            bytes.extend(self.record(64, &body));
            bytes.extend(self.record(574, &[]));
        }
        bytes.extend(self.record(130, &[]));
        bytes
    }

    pub fn package(&self) -> Package {
        let mut types = vec![
            (
                "/xl/workbook.bin".to_owned(),
                format!("{CONTENT}.sheet.binary.macroEnabled.main"),
            ),
            (
                "/xl/worksheets/sheet1.bin".to_owned(),
                format!("{CONTENT}.worksheet"),
            ),
        ];
        let mut targets = vec![(
            "rId1".to_owned(),
            "worksheet",
            "worksheets/sheet1.bin".to_owned(),
        )];
        let mut parts = Vec::new();
        for (number, link) in (1..).zip(&self.links) {
            let name = format!("externalLinks/externalLink{number}.bin");
            let mut bytes = link_part(link, self.sbt, self.framing);
            if let Some((begin, end)) = self.wrap {
                let head = self.record(begin, &[0; 4]);
                bytes = [head, bytes, self.record(end, &[])].concat();
            }
            if !self.orphan {
                types.push((format!("/xl/{name}"), format!("{CONTENT}.externalLink")));
                targets.push((format!("rId{}", number + 1), "externalLink", name.clone()));
            }
            parts.push((format!("xl/{name}"), bytes));
        }
        let types: Vec<_> = types
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let targets: Vec<_> = targets
            .iter()
            .map(|(id, kind, to)| (id.as_str(), *kind, to.as_str(), false))
            .collect();
        let package = Package::empty()
            .part("[Content_Types].xml", content_types(&types))
            .part(
                "_rels/.rels",
                rels(&[("rId1", "officeDocument", "xl/workbook.bin", false)]),
            )
            .part("xl/workbook.bin", self.workbook())
            .part("xl/_rels/workbook.bin.rels", rels(&targets))
            .part("xl/worksheets/sheet1.bin", self.sheet());
        parts
            .into_iter()
            .fold(package, |package, (name, bytes)| package.part(&name, bytes))
    }

    pub fn build(&self) -> Vec<u8> {
        self.package().build()
    }
}
