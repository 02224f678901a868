//! The content lines of calendars and contacts (RFC 5545 §3.1, RFC 6350 §3.3, vCard 2.1): a name
//! with parameters, and where its value is.
//!
//! # Malformed input
//!
//! Lines end in any of the three ways and may be folded anywhere; empty lines do not end one.
//! Where a quotation mark is not closed, the first colon behind it ends the name. Values in base64
//! go on over lines that are nothing else, those in quoted-printable over soft breaks, folded or
//! not. NULs are passed over, so that the ASCII of UTF-16 is read. Lines without a colon say
//! nothing.
//!
//! # Worst cases
//!
//! Every byte is looked at a fixed number of times. Of a name with its parameters [`HEAD`] bytes
//! are kept; values are ranges.

use std::ops::Range;

/// Bytes of a name with its parameters that are kept. Addresses that are parameters are the
/// longest.
const HEAD: usize = 64 << 10;

/// How the text of a value stands for something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    #[default]
    Text,
    Base64,
    QuotedPrintable,
}

/// One content line.
#[derive(Debug, Default)]
pub(super) struct Property {
    /// Upper case, without the group in front (`item1.URL`).
    pub(super) name: String,
    /// Names in upper case; of those without a value it is the value (`;BASE64`).
    pub(super) parameters: Vec<(String, String)>,
    pub(super) encoding: Encoding,
    /// The value as it stands in the file, folded and coded.
    pub(super) value: Range<usize>,
    /// Not all of its parameters were kept.
    pub(super) cut: bool,
}

impl Property {
    /// The values of a parameter.
    pub(super) fn parameter(&self, name: &str) -> impl Iterator<Item = &str> {
        let all = self.parameters.iter().filter(move |(key, _)| key == name);
        all.map(|(_, value)| value.as_str())
    }
}

/// The content lines of a file.
pub(super) struct Properties<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Properties<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Properties { data, at: 0 }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }

    /// Behind the ends of lines that begin at `at`.
    fn behind_ends(&self, at: usize) -> usize {
        let rest = self.data.get(at..).unwrap_or_default();
        let ends = rest
            .iter()
            .position(|byte| !matches!(byte, b'\r' | b'\n' | 0));
        at.saturating_add(ends.unwrap_or(rest.len()))
    }

    /// Where the line ends in which `at` stands, without its mark.
    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.data.get(at..).unwrap_or_default();
        let length = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        at.saturating_add(length)
    }

    /// The name with its parameters that begins at `start`, whether it was cut, and where the colon
    /// behind it is. Without a colon, where the line ends.
    fn head(&self, start: usize) -> (Vec<u8>, bool, Result<usize, usize>) {
        let mut head = Vec::new();
        let mut at = start;
        let mut quoted = false;
        let mut cut = false;
        // The first colon between quotation marks, and how much of the head stands in front of it.
        let mut doubtful = None;
        loop {
            match self.byte(at) {
                Some(b'\r' | b'\n') => {
                    let next = self.behind_ends(at);
                    if !matches!(self.byte(next), Some(b' ' | b'\t')) {
                        break;
                    }
                    at = next;
                }
                Some(0) => {}
                Some(b':') if !quoted => return (head, cut, Ok(at)),
                Some(byte) => {
                    if byte == b':' && doubtful.is_none() {
                        doubtful = Some((head.len(), at));
                    }
                    quoted ^= byte == b'"';
                    if head.len() < HEAD {
                        head.push(byte);
                    } else {
                        cut = true;
                    }
                }
                None => break,
            }
            at = at.saturating_add(1);
        }
        match doubtful {
            Some((length, colon)) => {
                head.truncate(length);
                (head, cut, Ok(colon))
            }
            None => (head, cut, Err(at)),
        }
    }

    /// Where the value that begins at `start` ends.
    fn end(&self, start: usize, encoding: Encoding) -> usize {
        let mut line = start;
        loop {
            let end = self.end_of_line(line);
            let next = self.behind_ends(end);
            let goes_on = match self.byte(next) {
                None => false,
                Some(b' ' | b'\t') => true,
                Some(_) => match encoding {
                    Encoding::Text => false,
                    Encoding::Base64 => self.is_base64(next),
                    Encoding::QuotedPrintable => {
                        let text = self.data.get(line..end).unwrap_or_default();
                        let blank = |byte: &&u8| !matches!(**byte, b' ' | b'\t' | 0);
                        text.iter().rev().find(blank) == Some(&b'=')
                    }
                },
            };
            if !goes_on {
                return end;
            }
            line = next;
        }
    }

    /// Whether the line that begins at `start` is base64 and nothing else.
    fn is_base64(&self, start: usize) -> bool {
        let line = self.data.get(start..self.end_of_line(start));
        line.unwrap_or_default().iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b' ' | b'\t' | 0)
        })
    }
}

impl Iterator for Properties<'_> {
    type Item = Property;

    fn next(&mut self) -> Option<Property> {
        loop {
            let start = self.behind_ends(self.at);
            self.byte(start)?;
            let (head, cut, colon) = self.head(start);
            let colon = match colon {
                Ok(colon) => colon,
                Err(end) => {
                    self.at = end;
                    continue;
                }
            };
            let mut property = parse(&head);
            property.cut = cut;
            let value = colon.saturating_add(1);
            let end = self.end(value, property.encoding).max(value);
            property.value = value..end;
            self.at = end;
            return Some(property);
        }
    }
}

/// An address as it stands in a value: lines joined, without the backslashes that some programs
/// write in front of its colons. Others are of the address itself.
pub(super) fn joined(raw: &[u8]) -> impl Iterator<Item = u8> {
    let mut ended = false;
    let letters = raw.iter().copied().filter(move |byte| {
        let behind = std::mem::take(&mut ended);
        ended = matches!(byte, b'\r' | b'\n') || behind && *byte == 0;
        !ended && *byte != 0 && !(behind && matches!(byte, b' ' | b'\t'))
    });
    let mut letters = letters.peekable();
    std::iter::from_fn(move || {
        let byte = letters.next()?;
        let escaped = |next: &u8| byte == b'\\' && matches!(next, b',' | b';' | b':');
        letters.next_if(escaped).or(Some(byte))
    })
}

/// Reads a name with its parameters.
fn parse(head: &[u8]) -> Property {
    let mut property = Property::default();
    let mut quoted = false;
    let pieces = head.split(|byte| {
        quoted ^= *byte == b'"';
        *byte == b';' && !quoted
    });
    for (number, piece) in pieces.enumerate() {
        if number == 0 {
            let name = piece.rsplit(|byte| *byte == b'.').next().unwrap_or(piece);
            let name = name.iter().filter(|byte| byte.is_ascii_graphic());
            property.name = name
                .map(|byte| char::from(byte.to_ascii_uppercase()))
                .collect();
            continue;
        }
        let equals = memchr::memchr(b'=', piece);
        let (key, value) = match equals.and_then(|at| piece.split_at_checked(at)) {
            Some((key, value)) => (key, value.get(1..).unwrap_or_default()),
            None => (piece, piece),
        };
        let key = String::from_utf8_lossy(key.trim_ascii()).to_ascii_uppercase();
        let value = value.trim_ascii();
        let value = value
            .strip_prefix(b"\"")
            .map_or(value, |inner| inner.strip_suffix(b"\"").unwrap_or(inner));
        let value = String::from_utf8_lossy(value).into_owned();
        if let Some(encoding) = encoding(&key, &value) {
            property.encoding = encoding;
        }
        property.parameters.push((key, value));
    }
    property
}

/// What a parameter says of the coding of the value: RFC 5545 §3.2.7, RFC 2426 §4, vCard 2.1.
fn encoding(key: &str, value: &str) -> Option<Encoding> {
    let is = |text: &str| value.eq_ignore_ascii_case(text);
    match key {
        "ENCODING" if is("base64") || is("b") => Some(Encoding::Base64),
        "ENCODING" if is("quoted-printable") || is("q") => Some(Encoding::QuotedPrintable),
        "VALUE" if is("binary") => Some(Encoding::Base64),
        "BASE64" => Some(Encoding::Base64),
        "QUOTED-PRINTABLE" => Some(Encoding::QuotedPrintable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let bytes = text.as_bytes();
        let all = Properties::new(bytes).map(|property| {
            let value = String::from_utf8_lossy(&bytes[property.value]).into_owned();
            (property.name, value)
        });
        all.collect()
    }

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        all.iter().map(owned).collect()
    }

    #[test]
    fn names_values_and_folds() {
        let text = "BEGIN:VCALENDAR\r\nDESC\r\n RIPTION;ALTREP=\"CID:a;b:c\":one\r\n  two\r\n\
            \r\nitem1.url:x\nno colon\nX;A=\"open:b:c\r\rEND:VCALENDAR";
        let expected = pairs(&[
            ("BEGIN", "VCALENDAR"),
            ("DESCRIPTION", "one\r\n  two"),
            ("URL", "x"),
            ("X", "b:c"),
            ("END", "VCALENDAR"),
        ]);
        assert_eq!(read(text), expected);
        let property = Properties::new(text.as_bytes()).nth(1).unwrap();
        let found: Vec<_> = property.parameter("ALTREP").collect();
        assert_eq!(found, ["CID:a;b:c"]);
    }

    #[test]
    fn addresses_are_joined() {
        let text = |raw: &[u8]| String::from_utf8(joined(raw).collect()).unwrap();
        assert_eq!(text(b"http\\://a\\,b\r\n  c\n\td"), "http://a,b cd");
        assert_eq!(text(b"\\\\host\\share\0"), "\\\\host\\share");
    }

    #[test]
    fn coded_values_go_on() {
        // vCard 2.1 ends base64 with an empty line; some programs do not fold it.
        let text = "PHOTO;BASE64;JPEG:\r\nAAAA\r\n BBBB\r\nCCCC\r\n\r\nNOTE;QUOTED-PRINTABLE:a=\r\nb:c= \
            \nd\r\nEND:VCARD";
        let expected = pairs(&[
            ("PHOTO", "\r\nAAAA\r\n BBBB\r\nCCCC"),
            ("NOTE", "a=\r\nb:c= \nd"),
            ("END", "VCARD"),
        ]);
        assert_eq!(read(text), expected);
        let all: Vec<_> = Properties::new(text.as_bytes())
            .map(|p| p.encoding)
            .collect();
        let expected = [Encoding::Base64, Encoding::QuotedPrintable, Encoding::Text];
        assert_eq!(all, expected);
    }

    #[test]
    fn long_heads_are_cut_and_said_to_be() {
        let text = format!("A;B={}:v\nC:w", "x".repeat(HEAD * 2));
        let all: Vec<_> = Properties::new(text.as_bytes()).collect();
        assert!(all[0].cut && !all[1].cut);
        assert_eq!(&text[all[0].value.clone()], "v");
        assert_eq!(all[1].name, "C");
    }
}
