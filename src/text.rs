//! Text: from bytes in some encoding to UTF-8, and from the document's text to a line that is
//! safe to show.

use std::fmt;

/// Shows text from a document on one line: control, bidirectional, separator and invisible
/// characters, and the arrow that [`Location`](crate::Location) itself uses, are escaped.
///
/// Use it for everything in a report that comes from the document before it reaches a terminal
/// or a log:
///
/// ```
/// use ddetect::Escaped;
///
/// assert_eq!(Escaped::new("a\u{202e}b\n").to_string(), "a\\u{202e}b\\n");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub(crate) &'a str);

impl<'a> Escaped<'a> {
    /// Wraps text for showing it.
    pub fn new(text: &'a str) -> Self {
        Escaped(text)
    }

    /// Whether a character is shown as an escape.
    pub fn escapes(c: char) -> bool {
        is_unsafe_to_show(c)
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for c in self.0.chars() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if is_unsafe_to_show(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn is_unsafe_to_show(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '›'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What stands behind `prefix`, whose ASCII letters count in either case.
pub(crate) fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Whether `text` begins with `prefix`, whose ASCII letters count in either case.
pub(crate) fn starts_with(text: &str, prefix: &str) -> bool {
    strip_prefix(text, prefix).is_some()
}

/// The text of units of UTF-16; halves of pairs are replaced.
pub(crate) fn from_utf16(units: impl Iterator<Item = u16>) -> String {
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// The value of a hexadecimal digit.
pub(crate) fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte & 0xf),
        b'a'..=b'f' | b'A'..=b'F' => Some((byte & 0xf).saturating_add(9)),
        _ => None,
    }
}

/// The byte that the two hexadecimal digits in front spell.
pub(crate) fn hex_byte(digits: &[u8]) -> Option<u8> {
    let [high, low, ..] = digits else { return None };
    Some(hex_digit(*high)? << 4 | hex_digit(*low)?)
}

/// One layer of percent-encoding undone (RFC 3986 §2.1); what is no code stays. In which encoding
/// the bytes are is for the caller to know.
pub(crate) fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes().iter();
    while let Some(&byte) = rest.next() {
        match hex_byte(rest.as_slice()).filter(|_| byte == b'%') {
            Some(code) => {
                bytes.push(code);
                rest.next();
                rest.next();
            }
            None => bytes.push(byte),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_codes() {
        for (coded, expected) in [
            ("a%41%7a", &b"aAz"[..]),
            ("%25%34%31", b"%41"),
            ("%fF%e2%82%ac", b"\xff\xe2\x82\xac"),
            ("100%", b"100%"),
            ("%4", b"%4"),
            ("%zz%4%41%+4", b"%zz%4A%+4"),
            ("a+\u{20ac}", "a+\u{20ac}".as_bytes()),
        ] {
            assert_eq!(percent_decoded(coded), expected, "{coded}");
        }
    }

    /// The pair is that of RFC 2781, 2.1.
    #[test]
    fn pairs_are_joined_and_halves_replaced() {
        let units = [0x61, 0xd800, 0xdf45, 0xd800, 0x62, 0xdf45];
        let text = from_utf16(units.into_iter());
        assert_eq!(text, "a\u{10345}\u{fffd}b\u{fffd}");
    }

    #[test]
    fn prefixes_in_either_case() {
        assert_eq!(strip_prefix("MailTo:a", "mailto:"), Some("a"));
        assert_eq!(strip_prefix("mailto", "mailto:"), None);
        assert!(starts_with("\u{e9}a", "\u{e9}") && !starts_with("\u{c9}a", "\u{e9}"));
        // The prefix would end inside of a letter.
        assert_eq!(strip_prefix("a\u{e9}", "ab"), None);
    }
}
