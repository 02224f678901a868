//! The text of a content line of a calendar or a contact (RFC 5545 §3.1 and §3.3.11, RFC 6350 §3.2
//! and §3.4): lines that are folded are joined, escapes are undone.
//!
//! # Malformed input
//!
//! Lines end in any of the three ways, and empty ones do not end a text. An escape that is none
//! stands for itself. NULs are passed over, so that the ASCII of UTF-16 is read.

use super::Decode;

/// A text, as far as it came.
#[derive(Default)]
pub(super) struct ContentLine {
    /// Behind the end of a line: what continues it begins with a blank.
    ended: bool,
    /// Behind a backslash.
    escaped: bool,
}

impl ContentLine {
    fn character(&mut self, byte: u8, out: &mut Vec<u8>) {
        if !std::mem::take(&mut self.escaped) {
            if byte == b'\\' {
                self.escaped = true;
            } else {
                out.push(byte);
            }
            return;
        }
        match byte {
            b'n' | b'N' => out.push(b'\n'),
            b'\\' | b',' | b';' | b':' => out.push(byte),
            _ => out.extend([b'\\', byte]),
        }
    }
}

impl Decode for ContentLine {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            match byte {
                0 => {}
                b'\r' | b'\n' => self.ended = true,
                b' ' | b'\t' if self.ended => self.ended = false,
                byte => {
                    self.ended = false;
                    self.character(*byte, out);
                }
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.escaped) {
            out.push(b'\\');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(coded: &[u8], block: usize) -> String {
        let (mut decoder, mut out) = (ContentLine::default(), Vec::new());
        coded
            .chunks(block)
            .for_each(|part| decoder.push(part, &mut out));
        decoder.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    /// The folding of RFC 5545 §3.1 and the text of §3.3.11.
    #[test]
    fn lines_are_joined_and_escapes_undone() {
        let all = [
            (
                "This is a lo\r\n ng description\r\n  that exists on a long line.",
                "This is a long description that exists on a long line.",
            ),
            (
                "Project XYZ Final Review\\nConference Room - 3B\\nCome Prepared.",
                "Project XYZ Final Review\nConference Room - 3B\nCome Prepared.",
            ),
            ("a\\,b\\;c\\\\d\\Ne", "a,b;c\\d\ne"),
            ("a\n\tb\r c\r\n\r\n d", "abcd"),
            ("a\\\r\n nb\\\n ,", "a\nb,"),
            ("c:\\windows\\", "c:\\windows\\"),
        ];
        for (coded, plain) in all {
            for block in 1..6 {
                assert_eq!(decode(coded.as_bytes(), block), plain, "{coded:?}");
            }
        }
        let wide: Vec<u8> = "a\r\n b\\,"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(decode(&wide, 3), "ab,");
    }
}
