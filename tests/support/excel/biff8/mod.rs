//! Excel 97 workbooks: records of BIFF8 (`spec/excel.md` §3.2 to §3.4, §3.7, §3.12, Appendix B3).

mod book;

pub use book::{Biff8, Place};

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

pub fn eof() -> Vec<u8> {
    record(EOF, &[])
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

/// SUPBOOK with this path, as short as it may be.
pub fn supbook(path: &str) -> Vec<u8> {
    supbook_of(0, path, false, None)
}

/// The same with a count of sheets. `cut` splits the characters: a CONTINUE record begins with its
/// own flags.
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
pub fn extern_name(flags: u16, item: &str) -> Vec<u8> {
    extern_name_of(flags, item, false)
}

pub fn extern_name_of(flags: u16, item: &str, wide: bool) -> Vec<u8> {
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

/// EXTERNSHEET: for each entry the number of its SUPBOOK. DDE links have no sheets.
pub fn extern_sheet(books: &[u16]) -> Vec<u8> {
    let mut body = u16::try_from(books.len()).unwrap().to_le_bytes().to_vec();
    for book in books {
        body.extend(book.to_le_bytes());
        body.extend([0xfe, 0xff, 0xfe, 0xff]);
    }
    record(EXTERNSHEET, &body)
}

/// PtgNameX: an entry of EXTERNSHEET, and which name of its link (from 1).
pub fn name_x(link: u16, nth: u16) -> Vec<u8> {
    let [a, b] = link.to_le_bytes();
    let [c, d] = nth.to_le_bytes();
    vec![0x59, a, b, c, d, 0, 0]
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
    bound_sheet_at(0, name, state, kind)
}

pub fn bound_sheet_at(start: u32, name: &str, state: u8, kind: u8) -> Vec<u8> {
    let mut body = start.to_le_bytes().to_vec();
    body.extend([state, kind, u8::try_from(units(name)).unwrap()]);
    body.extend(characters(name, false));
    record(BOUNDSHEET, &body)
}

/// A compound file of these streams.
pub fn container<B: AsRef<[u8]>>(streams: &[(&str, B)]) -> Vec<u8> {
    let streams: Vec<_> = streams
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.as_ref().to_vec()))
        .collect();
    doc::compound(&streams)
}

/// Globals and one sheet around the records of each.
pub fn stream(globals: &[u8], sheet: &[u8]) -> Vec<u8> {
    stream_of(globals, sheet, 0, 0)
}

/// The same with the state and the type of the sheet (1: of macros).
pub fn stream_of(globals: &[u8], sheet: &[u8], state: u8, kind: u8) -> Vec<u8> {
    let list = bound_sheet("Sheet1", state, kind);
    let mut bytes = [&bof(GLOBALS)[..], &list, globals, &eof()].concat();
    point_sheet(&mut bytes);
    let bof = bof(if kind == 1 { MACRO } else { SHEET });
    [&bytes[..], &bof, sheet, &eof()].concat()
}
