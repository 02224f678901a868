//! Binary workbooks, record by record (`spec/excel.md` §3).

use std::io::{Cursor, Write as _};

/// One record.
pub fn record(id: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = id.to_le_bytes().to_vec();
    bytes.extend((body.len() as u16).to_le_bytes());
    bytes.extend(body);
    bytes
}

/// Types of substreams.
pub const GLOBALS: u16 = 0x05;
pub const SHEET: u16 = 0x10;
pub const MACROS: u16 = 0x40;

/// The first record of a substream of BIFF8.
pub fn bof8(kind: u16) -> Vec<u8> {
    let mut body = vec![0, 6];
    body.extend(kind.to_le_bytes());
    body.extend([0xbb, 0x0d, 0xcc, 0x07, 0x41, 0, 0, 0, 6, 0, 0, 0]);
    record(0x0809, &body)
}

/// The first record of a substream of BIFF5.
pub fn bof5(kind: u16) -> Vec<u8> {
    let mut body = vec![0, 5];
    body.extend(kind.to_le_bytes());
    body.extend([0x04, 0x1a, 0xcc, 0x07]);
    record(0x0809, &body)
}

/// The last record of a substream.
pub fn eof() -> Vec<u8> {
    record(0x000a, &[])
}

/// A `SUPBOOK` with this text, one byte a character.
pub fn supbook(text: &str) -> Vec<u8> {
    let mut body = vec![0, 0];
    body.extend((text.len() as u16).to_le_bytes());
    body.push(0);
    body.extend(text.chars().map(|c| c as u8));
    record(0x01ae, &body)
}

/// An `EXTERNNAME` of BIFF8.
pub fn extern_name(flags: u16, name: &str) -> Vec<u8> {
    let mut body = flags.to_le_bytes().to_vec();
    body.extend([0, 0, 0, 0, name.len() as u8, 0]);
    body.extend(name.bytes());
    record(0x0023, &body)
}

/// An `EXTERNSHEET` of BIFF8: for each entry the number of its `SUPBOOK`.
pub fn xti(books: &[u16]) -> Vec<u8> {
    let mut body = (books.len() as u16).to_le_bytes().to_vec();
    for book in books {
        body.extend(book.to_le_bytes());
        body.extend([0xfe, 0xff, 0xfe, 0xff]);
    }
    record(0x0017, &body)
}

/// A `BOUNDSHEET` of BIFF8.
pub fn bound_sheet(start: usize, state: u8, kind: u8, name: &str) -> Vec<u8> {
    let mut body = (start as u32).to_le_bytes().to_vec();
    body.extend([state, kind, name.len() as u8, 0]);
    body.extend(name.bytes());
    record(0x0085, &body)
}

/// A `FORMULA` since BIFF5.
pub fn formula(row: u16, column: u16, tokens: &[u8]) -> Vec<u8> {
    let mut body = row.to_le_bytes().to_vec();
    body.extend(column.to_le_bytes());
    body.extend([
        0x0f, 0, 2, 0, 0x17, 0, 0, 0, 0xff, 0xff, 0, 0, 6, 0x20, 0, 0xfc,
    ]);
    body.extend((tokens.len() as u16).to_le_bytes());
    body.extend(tokens);
    record(0x0006, &body)
}

/// The token of an external name in BIFF8.
pub fn name_x(link: u16, nth: u16) -> Vec<u8> {
    let mut token = vec![0x59];
    token.extend(link.to_le_bytes());
    token.extend(nth.to_le_bytes());
    token.extend([0, 0]);
    token
}

/// The records of the link table of `spec/excel.md` §3.4, byte by byte.
pub const LINK_TABLE: &[u8] = b"\xae\x01\x14\0\0\0\x0f\0\0cmd\x03/c calc.exe\
\x23\0\x0a\0\xe2\x7f\0\0\0\0\x02\0A1\
\x23\0\x17\0\xea\x7f\0\0\0\0\x0f\0StdDocumentName\
\xae\x01\x04\0\x01\0\x01\x04\
\x17\0\x0e\0\x02\0\0\0\xfe\xff\xfe\xff\x01\0\0\0\0\0";

/// The cell of `spec/excel.md` §3.4.
pub const CELL: &[u8] = b"\x06\0\x1d\0\x03\0\x01\0\x0f\0\x02\0\x17\0\0\0\xff\xff\0\0\x06\x20\0\xfc\
\x07\0\x59\0\0\x01\0\0\0";

/// A workbook of BIFF8: what stands in its globals, and in its one sheet.
pub fn workbook(globals: &[u8], sheet: &[u8]) -> Vec<u8> {
    named(globals, sheet, 0, 0)
}

/// The same with the state and the type of the sheet.
pub fn named(globals: &[u8], sheet: &[u8], state: u8, kind: u8) -> Vec<u8> {
    let head = bof8(GLOBALS);
    let list = bound_sheet(0, state, kind, "Sheet").len();
    let start = head.len() + list + globals.len() + eof().len();
    let kinds = if kind == 1 { MACROS } else { SHEET };
    [
        head,
        bound_sheet(start, state, kind, "Sheet"),
        globals.to_vec(),
        eof(),
        bof8(kinds),
        sheet.to_vec(),
        eof(),
    ]
    .concat()
}

/// A compound file of (path, bytes).
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(format!("/{folder}")).unwrap();
        }
        let mut stream = file.create_stream(format!("/{path}")).unwrap();
        stream.write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}
