//! Worksheets of Excel 2 to 4: bare streams of records (`spec/excel.md` §3.1, §3.9). No program
//! writes them today, and two readings of their EXTERNNAME are published.

use super::biff5::short;
use super::biff8::{EXTERNSHEET, eof, record};
use super::payload::{Link, STD_DOCUMENT_NAME};
use super::tokens::{Dialect, Token, rgce};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Biff2,
    /// EXTERNNAME begins with its name.
    Biff2WithoutFlags,
    Biff3,
    Biff4,
}

impl Version {
    fn bof(self, kind: u16) -> Vec<u8> {
        let kind = kind.to_le_bytes();
        match self {
            Version::Biff2 | Version::Biff2WithoutFlags => {
                record(0x0009, &[2, 0, kind[0], kind[1]])
            }
            Version::Biff3 => record(0x0209, &[0, 3, kind[0], kind[1], 0, 0]),
            Version::Biff4 => record(0x0409, &[0, 4, kind[0], kind[1], 0, 0]),
        }
    }

    /// Flags: automatic, of the document itself.
    fn extern_name(self, item: &str) -> Vec<u8> {
        let document = u8::from(item == STD_DOCUMENT_NAME);
        let flags = [2 | document << 3, 0];
        match self {
            Version::Biff2WithoutFlags => record(0x0023, &short(item)),
            Version::Biff2 => record(0x0023, &[&flags[..], &short(item)].concat()),
            Version::Biff3 | Version::Biff4 => record(0x0223, &[&flags[..], &short(item)].concat()),
        }
    }

    /// Cell B4. Its value is 0.
    fn formula(self, rgce: &[u8]) -> Vec<u8> {
        let length = rgce.len();
        let cell = [3, 0, 1, 0];
        match self {
            // Three bytes of attributes, the value, one flag, a byte for the length.
            Version::Biff2 | Version::Biff2WithoutFlags => {
                let mut body = [&cell[..], &[0; 12]].concat();
                body.push(u8::try_from(length).unwrap());
                record(0x0006, &[&body[..], rgce].concat())
            }
            Version::Biff3 | Version::Biff4 => {
                let mut body = [&cell[..], &[0; 12]].concat();
                body.extend(u16::try_from(length).unwrap().to_le_bytes());
                let id = if self == Version::Biff3 {
                    0x0206
                } else {
                    0x0406
                };
                record(id, &[&body[..], rgce].concat())
            }
        }
    }
}

/// A worksheet with these links.
pub fn sheet(links: &[Link], tokens: &[Token], version: Version) -> Vec<u8> {
    let mut bytes = version.bof(0x0010);
    bytes.extend(record(0x0042, &1252_u16.to_le_bytes()));
    let count = u16::try_from(links.len()).unwrap();
    bytes.extend(record(0x0016, &count.to_le_bytes()));
    for link in links {
        let path = format!("{}\u{3}{}", link.service, link.topic);
        bytes.extend(record(EXTERNSHEET, &short(&path)));
        for item in &link.items {
            bytes.extend(version.extern_name(item));
        }
        // Objects came with Excel 3.
        if matches!(version, Version::Biff3 | Version::Biff4) {
            bytes.extend(version.extern_name(STD_DOCUMENT_NAME));
        }
    }
    let dialect = match version {
        Version::Biff2 | Version::Biff2WithoutFlags => Dialect::Biff2,
        Version::Biff3 => Dialect::Biff3,
        Version::Biff4 => Dialect::Biff4,
    };
    bytes.extend(version.formula(&rgce(tokens, dialect, &|_| 0)));
    bytes.extend(eof());
    bytes
}

/// A workspace (`.xlw`): a BIFF4 stream of streams.
pub fn workspace(links: &[Link], tokens: &[Token]) -> Vec<u8> {
    [
        Version::Biff4.bof(0x0100),
        sheet(links, tokens, Version::Biff4),
        eof(),
    ]
    .concat()
}
