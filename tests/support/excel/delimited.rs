//! Delimited text (`spec/excel.md` §5.2, §5.3): every encoding with every delimiter.

use super::payload::{Payload, Reason};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    /// Without a byte order mark.
    Utf16LeBare,
    Windows1252,
    /// A NUL behind every character of ASCII, and one more now and then: no UTF-16.
    Padded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    Comma,
    Semicolon,
    Tab,
    /// Each line is one cell.
    None,
    /// `sep=^` in the first line.
    Declared,
}

impl Delimiter {
    fn character(self) -> Option<char> {
        match self {
            Delimiter::Comma => Some(','),
            Delimiter::Semicolon => Some(';'),
            Delimiter::Tab => Some('\t'),
            Delimiter::None => None,
            Delimiter::Declared => Some('^'),
        }
    }
}

/// A field, in quotation marks if it needs them.
pub fn field(text: &str, delimiter: char) -> String {
    match text.contains([delimiter, '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

/// The text in that encoding.
pub fn encode(text: &str, encoding: Encoding) -> Result<Vec<u8>, Reason> {
    let ascii = text.is_ascii();
    Ok(match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Bom => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        Encoding::Utf16Le => [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect(),
        Encoding::Utf16Be => [0xfe, 0xff]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
            .collect(),
        Encoding::Utf16LeBare if ascii => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16LeBare => return Err("UTF-16 without a mark is told by its NULs"),
        Encoding::Windows1252 => {
            let narrow = |c: char| u8::try_from(u32::from(c)).ok();
            let bytes: Option<Vec<u8>> = text
                .chars()
                .map(|c| narrow(c).filter(|byte| !(0x80..0xa0).contains(byte)))
                .collect();
            let mut bytes = bytes.ok_or("a character that the code page does not have")?;
            // Not UTF-8.
            bytes.extend(b"caf\xe9\r\n");
            bytes
        }
        Encoding::Padded if ascii => {
            let padded = text.bytes().zip(0..).flat_map(|(byte, at)| {
                let nuls = if at % 3 == 0 { 2 } else { 1 };
                std::iter::once(byte).chain(std::iter::repeat_n(0, nuls))
            });
            padded.collect()
        }
        Encoding::Padded => return Err("NULs between the bytes of one character are no fillers"),
    })
}

/// A table of three rows with the typed text in its second, cell B2 (A2 without a delimiter).
pub fn table(typed: &str, delimiter: Delimiter, encoding: Encoding) -> Result<Vec<u8>, Reason> {
    let text = match delimiter.character() {
        Some(character) => {
            let declared = match delimiter {
                Delimiter::Declared => format!("sep={character}\r\n"),
                _ => String::new(),
            };
            let cell = field(typed, character);
            format!(
                "{declared}name{character}value\r\nfirst{character}{cell}\r\nlast{character}12\r\n"
            )
        }
        None if typed.contains(['\r', '\n']) => return Err("without a delimiter a line is a cell"),
        None => format!("name\r\n{typed}\r\nlast\r\n"),
    };
    encode(&text, encoding)
}

pub fn file(
    payload: &Payload,
    delimiter: Delimiter,
    encoding: Encoding,
) -> Result<Vec<u8>, Reason> {
    table(payload.plain()?, delimiter, encoding)
}

pub const ENCODINGS: &[(&str, Encoding)] = &[
    ("UTF-8", Encoding::Utf8),
    ("UTF-8 with a mark", Encoding::Utf8Bom),
    ("UTF-16LE", Encoding::Utf16Le),
    ("UTF-16BE", Encoding::Utf16Be),
    ("UTF-16LE without a mark", Encoding::Utf16LeBare),
    ("windows-1252", Encoding::Windows1252),
    ("NUL-padded", Encoding::Padded),
];

pub const DELIMITERS: &[(&str, Delimiter)] = &[
    ("commas", Delimiter::Comma),
    ("semicolons", Delimiter::Semicolon),
    ("tabs", Delimiter::Tab),
    ("no delimiter", Delimiter::None),
    ("sep=", Delimiter::Declared),
];

/// Names under which Excel opens them.
pub const NAMES: &[&str] = &["q.csv", "q.txt", "q.prn", "q.tsv"];
