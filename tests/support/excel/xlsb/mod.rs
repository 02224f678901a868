//! Excel binary workbooks: records of BIFF12 in a package (`spec/excel.md` §2, Appendix B2).

mod book;
mod workbook;

pub use book::{Place, Xlsb};
pub use workbook::Workbook;

use super::payload::{Link, STD_DOCUMENT_NAME};

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
pub fn record(id: u16, body: &[u8]) -> Vec<u8> {
    framed(id, body, Framing::Shortest)
}

pub fn framed(id: u16, body: &[u8], framing: Framing) -> Vec<u8> {
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

pub fn join(pieces: &[&[u8]]) -> Vec<u8> {
    pieces.concat()
}

pub fn u32s(values: &[u32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

pub const BEGIN_SUP_BOOK: u16 = 360;
pub const END_SUP_BOOK: u16 = 588;
pub const SUP_NAME_START: u16 = 577;
pub const SUP_NAME_BITS: u16 = 586;
pub const SUP_NAME_END: u16 = 587;
pub const SUP_BOOK_SRC: u16 = 355;
pub const BEGIN_EXTERNALS: u16 = 353;
pub const END_EXTERNALS: u16 = 354;
pub const EXTERN_SHEET: u16 = 362;
pub const SUP_SELF: u16 = 357;
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

/// A link part of this kind with these items: name and flags.
pub fn link_part(kind: u16, first: &str, second: &str, items: &[(&str, u16)]) -> Vec<u8> {
    framed_link_part(kind, (first, second), items, Framing::Shortest)
}

/// The link part of a DDE link as Excel writes it.
pub fn dde_part(link: &Link) -> Vec<u8> {
    dde_part_of(link, 1, Framing::Shortest)
}

fn dde_part_of(link: &Link, kind: u16, framing: Framing) -> Vec<u8> {
    let items = link.items.iter().map(|item| (item.as_str(), 0x7502));
    let items: Vec<_> = items.chain([(STD_DOCUMENT_NAME, 0x750a)]).collect();
    framed_link_part(kind, (&link.service, &link.topic), &items, framing)
}

fn framed_link_part(
    kind: u16,
    (first, second): (&str, &str),
    items: &[(&str, u16)],
    framing: Framing,
) -> Vec<u8> {
    let head = join(&[&kind.to_le_bytes(), &wide(first), &wide(second)]);
    let mut bytes = framed(BEGIN_SUP_BOOK, &head, framing);
    for (item, flags) in items {
        bytes.extend(framed(SUP_NAME_START, &wide(item), framing));
        let bits = join(&[&flags.to_le_bytes(), &[0, 0, 0, 0, 1]]);
        bytes.extend(framed(SUP_NAME_BITS, &bits, framing));
        bytes.extend(framed(SUP_NAME_END, &[], framing));
    }
    bytes.extend(framed(END_SUP_BOOK, &[], framing));
    bytes
}

/// `cce rgce cb rgcb`: a token stream with its lengths.
pub fn formula(rgce: &[u8]) -> Vec<u8> {
    let length = u32::try_from(rgce.len()).unwrap();
    join(&[&u32s(&[length]), rgce, &u32s(&[0])])
}

/// PtgNameX: a number of the table of links, and which name (from 1).
pub fn name_x(link: u16, nth: u32) -> Vec<u8> {
    join(&[&[0x59], &link.to_le_bytes(), &nth.to_le_bytes()])
}

/// PtgStr.
pub fn string_token(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(units.len() / 2).unwrap();
    join(&[&[0x17], &length.to_le_bytes(), &units])
}

/// A cell with an error for a value and this formula, in this column (from 0).
pub fn formula_cell(column: u32, rgce: &[u8]) -> Vec<u8> {
    record(FORMULA_ERROR, &cell(column, &formula(rgce)))
}

/// What such a cell holds.
fn cell(column: u32, formula: &[u8]) -> Vec<u8> {
    join(&[&u32s(&[column, 0]), &[0x17, 0, 0], formula])
}

/// A row (from 0).
pub fn row(row: u32) -> Vec<u8> {
    record(ROW_HEADER, &row_header(row))
}

fn row_header(row: u32) -> Vec<u8> {
    join(&[&u32s(&[row, 0]), &[0; 13]])
}
