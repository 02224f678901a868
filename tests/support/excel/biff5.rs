//! Excel 5 and 95 workbooks: links stand in EXTERNSHEET records (`spec/excel.md` §3.9, Appendix B4).

use super::biff8::{EXTERNNAME, EXTERNSHEET, container, eof, point_sheet, record};
use super::payload::{Link, STD_DOCUMENT_NAME};
use super::tokens::{Dialect, Token, rgce};

pub fn bof(kind: u16) -> Vec<u8> {
    let kind = kind.to_le_bytes();
    record(
        0x0809,
        &[0x00, 0x05, kind[0], kind[1], 0x04, 0x1a, 0xcc, 0x07],
    )
}

/// In code page 1252; all of it is Latin-1 here.
pub fn narrow(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

/// Length byte and characters.
pub fn short(text: &str) -> Vec<u8> {
    let bytes = narrow(text);
    [vec![u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

/// EXTERNSHEET of a DDE link.
pub fn extern_sheet(service: &str, topic: &str) -> Vec<u8> {
    record(EXTERNSHEET, &short(&format!("{service}\u{3}{topic}")))
}

/// EXTERNNAME of a DDE link.
pub fn extern_name(flags: u16, item: &str) -> Vec<u8> {
    let body = [&flags.to_le_bytes()[..], &[0; 4], &short(item)].concat();
    record(EXTERNNAME, &body)
}

/// EXTERNCOUNT and each link with its items.
pub fn table(links: &[Link]) -> Vec<u8> {
    let count = u16::try_from(links.len()).unwrap();
    let mut bytes = record(0x0016, &count.to_le_bytes());
    for link in links {
        bytes.extend(extern_sheet(&link.service, &link.topic));
        for item in &link.items {
            bytes.extend(extern_name(0x7fe2, item));
        }
        bytes.extend(extern_name(0x7fea, STD_DOCUMENT_NAME));
    }
    bytes
}

/// A cell with a formula, both from 0.
pub fn formula(row: u16, column: u16, rgce: &[u8]) -> Vec<u8> {
    let mut body = [row.to_le_bytes(), column.to_le_bytes(), [0x0f, 0]].concat();
    body.extend([0; 14]);
    body.extend(u16::try_from(rgce.len()).unwrap().to_le_bytes());
    body.extend(rgce);
    record(0x0006, &body)
}

fn bound_sheet(name: &str) -> Vec<u8> {
    record(0x0085, &[&[0, 0, 0, 0, 0, 0][..], &short(name)].concat())
}

/// Where the link table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// In the sheet that uses it: each substream has its own.
    Sheet,
    Globals,
}

/// The stream `Book`, used by cell B4.
pub fn stream(links: &[Link], tokens: &[Token], place: Table) -> Vec<u8> {
    let tokens = rgce(tokens, Dialect::Biff5, &|link| {
        u16::try_from(link).unwrap() + 1
    });
    let (globals, sheet) = match place {
        Table::Globals => (table(links), Vec::new()),
        Table::Sheet => (Vec::new(), table(links)),
    };
    let mut head = [
        bof(0x0005),
        record(0x0042, &1252_u16.to_le_bytes()),
        bound_sheet("Sheet1"),
        globals,
        eof(),
    ]
    .concat();
    point_sheet(&mut head);
    [head, bof(0x0010), sheet, formula(3, 1, &tokens), eof()].concat()
}

/// A compound file with the stream `Book`.
pub fn build(links: &[Link], tokens: &[Token]) -> Vec<u8> {
    container(&[("Book", stream(links, tokens, Table::Sheet))])
}
