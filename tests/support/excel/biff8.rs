//! Excel 97 workbooks: records of BIFF8 (`spec/excel.md` §3.2 to §3.4, §3.7, §3.12, Appendix B3).

use super::payload::{Link, STD_DOCUMENT_NAME};
use super::tokens::{Dialect, Token, rgce};
use crate::support::word::doc;

/// One record.
pub fn record(id: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = id.to_le_bytes().to_vec();
    bytes.extend(u16::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend(body);
    bytes
}

pub const BOF: u16 = 0x0809;
pub const EOF: u16 = 0x000a;
pub const CONTINUE: u16 = 0x003c;
pub const SUPBOOK: u16 = 0x01ae;
pub const EXTERNNAME: u16 = 0x0023;
pub const EXTERNSHEET: u16 = 0x0017;
pub const BOUNDSHEET: u16 = 0x0085;
pub const FORMULA: u16 = 0x0006;
pub const NAME: u16 = 0x0018;
pub const FILEPASS: u16 = 0x002f;

/// Substream types.
pub const GLOBALS: u16 = 0x0005;
pub const SHEET: u16 = 0x0010;
pub const CHART: u16 = 0x0020;
pub const MACRO: u16 = 0x0040;

/// The bytes of §3.4, from the first SUPBOOK to the EXTERNSHEET.
pub const WORKED: &[u8] = b"\xae\x01\x14\x00\x00\x00\x0f\x00\x00cmd\x03/c calc.exe\
    \x23\x00\x0a\x00\xe2\x7f\x00\x00\x00\x00\x02\x00A1\
    \x23\x00\x17\x00\xea\x7f\x00\x00\x00\x00\x0f\x00StdDocumentName\
    \xae\x01\x04\x00\x01\x00\x01\x04\
    \x17\x00\x0e\x00\x02\x00\x00\x00\xfe\xff\xfe\xff\x01\x00\x00\x00\x00\x00";
/// The cell of §3.4.
pub const WORKED_CELL: &[u8] =
    b"\x06\x00\x1d\x00\x03\x00\x01\x00\x0f\x00\x02\x00\x17\x00\x00\x00\xff\xff\
    \x00\x00\x06\x20\x00\xfc\x07\x00\x59\x00\x00\x01\x00\x00\x00";

pub fn bof(kind: u16) -> Vec<u8> {
    let mut body = vec![0x00, 0x06];
    body.extend(kind.to_le_bytes());
    body.extend([0xbb, 0x0d, 0xcc, 0x07, 0x41, 0, 0, 0, 6, 0, 0, 0]);
    record(BOF, &body)
}

/// Flags and characters: 8-bit where that is possible and `wide` does not ask for more.
pub fn characters(text: &str, wide: bool) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    match wide || units.iter().any(|unit| *unit > 0xff) {
        true => [
            vec![1],
            units.into_iter().flat_map(u16::to_le_bytes).collect(),
        ]
        .concat(),
        false => [
            vec![0],
            units
                .into_iter()
                .map(|unit| unit.to_le_bytes()[0])
                .collect(),
        ]
        .concat(),
    }
}

/// Length in characters.
fn units(text: &str) -> u16 {
    u16::try_from(text.encode_utf16().count()).unwrap()
}

/// SUPBOOK of a DDE link. `cut` splits the characters: a CONTINUE record begins with its own flags.
pub fn supbook(service: &str, topic: &str, wide: bool, cut: Option<usize>) -> Vec<u8> {
    supbook_of(0, &format!("{service}\u{3}{topic}"), wide, cut)
}

/// SUPBOOK with any path.
pub fn supbook_of(sheets: u16, path: &str, wide: bool, cut: Option<usize>) -> Vec<u8> {
    let mut head = sheets.to_le_bytes().to_vec();
    head.extend(units(path).to_le_bytes());
    let Some(cut) = cut else {
        return record(SUPBOOK, &[head, characters(path, wide)].concat());
    };
    let at = path.char_indices().nth(cut).unwrap().0;
    let (front, back) = path.split_at(at);
    let mut bytes = record(SUPBOOK, &[head, characters(front, wide)].concat());
    // The other width behind the boundary: each fragment has flags of its own.
    let wide_tail = !wide || back.chars().any(|c| c > '\u{ff}');
    bytes.extend(record(CONTINUE, &characters(back, wide_tail)));
    bytes
}

/// SUPBOOK of this workbook.
pub fn own(sheets: u16) -> Vec<u8> {
    record(SUPBOOK, &[sheets.to_le_bytes(), [0x01, 0x04]].concat())
}

/// EXTERNNAME of a DDE link.
pub fn extern_name(flags: u16, item: &str, wide: bool) -> Vec<u8> {
    let mut body = flags.to_le_bytes().to_vec();
    body.extend([0; 4]);
    body.push(u8::try_from(units(item)).unwrap());
    body.extend(characters(item, wide));
    record(EXTERNNAME, &body)
}

/// Flags of an item, and of `StdDocumentName`, as Excel writes them.
pub const AUTOMATIC: u16 = 0x7fe2;
pub const MANUAL: u16 = 0x7fe0;
pub const STD: u16 = 0x7fea;

/// EXTERNSHEET with one entry for each SUPBOOK: DDE links have no sheets.
pub fn extern_sheet(books: u16) -> Vec<u8> {
    let mut body = books.to_le_bytes().to_vec();
    for book in 0..books {
        body.extend(book.to_le_bytes());
        body.extend([0xfe, 0xff, 0xfe, 0xff]);
    }
    record(EXTERNSHEET, &body)
}

/// A cell with a formula, both from 0.
pub fn formula(row: u16, column: u16, rgce: &[u8]) -> Vec<u8> {
    let mut body = [row.to_le_bytes(), column.to_le_bytes(), [0x0f, 0]].concat();
    body.extend([2, 0, 0x17, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0]);
    body.extend(u16::try_from(rgce.len()).unwrap().to_le_bytes());
    body.extend(rgce);
    record(FORMULA, &body)
}

/// NAME with a formula.
pub fn name(flags: u16, name: &str, rgce: &[u8]) -> Vec<u8> {
    let mut body = flags.to_le_bytes().to_vec();
    body.extend([0, u8::try_from(units(name)).unwrap()]);
    body.extend(u16::try_from(rgce.len()).unwrap().to_le_bytes());
    body.extend([0; 8]);
    body.extend(characters(name, false));
    body.extend(rgce);
    record(NAME, &body)
}

/// Makes the first BOUNDSHEET record point to the end of the globals.
pub fn point_sheet(globals: &mut [u8]) {
    let (mut at, end) = (0, u32::try_from(globals.len()).unwrap());
    while at + 4 <= globals.len() {
        let word = |at: usize| u16::from_le_bytes([globals[at], globals[at + 1]]);
        if word(at) == BOUNDSHEET {
            globals[at + 4..at + 8].copy_from_slice(&end.to_le_bytes());
            return;
        }
        at += 4 + usize::from(word(at + 2));
    }
}

/// BOUNDSHEET. Its offset points nowhere: see [`point_sheet`].
pub fn bound_sheet(name: &str, state: u8, kind: u8) -> Vec<u8> {
    let mut body = vec![0, 0, 0, 0, state, kind];
    body.push(u8::try_from(units(name)).unwrap());
    body.extend(characters(name, false));
    record(BOUNDSHEET, &body)
}

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
            let cut = self.cut.map(|cut| cut.min(link.service.chars().count()));
            bytes.extend(supbook(&link.service, &link.topic, self.wide, cut));
            for item in &link.items {
                bytes.extend(extern_name(self.flags, item, self.wide));
            }
            bytes.extend(extern_name(STD, STD_DOCUMENT_NAME, self.wide));
        }
        if !self.own_first {
            bytes.extend(own(1));
        }
        let books = u16::try_from(self.links.len()).unwrap() + 1;
        bytes.extend(extern_sheet(books));
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
        bytes.extend(record(EOF, &[]));
        if !self.lost {
            point_sheet(&mut bytes);
        }
        bytes.extend(bof(if kind == 1 { MACRO } else { SHEET }));
        bytes.extend(self.in_sheet(&rgce));
        bytes.extend(record(EOF, &[]));
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
                [bof(CHART), record(0x1051, &body), record(EOF, &[])].concat()
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

/// A compound file of these streams.
pub fn container(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let streams: Vec<_> = streams
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.clone()))
        .collect();
    doc::compound(&streams)
}

/// Globals and one sheet around the records of each.
pub fn stream(globals: &[u8], sheet: &[u8]) -> Vec<u8> {
    let end = record(EOF, &[]);
    let head = [bof(GLOBALS), bound_sheet("Sheet1", 0, 0)].concat();
    let mut bytes = [&head[..], globals, &end].concat();
    point_sheet(&mut bytes);
    [&bytes[..], &bof(SHEET), sheet, &end].concat()
}
