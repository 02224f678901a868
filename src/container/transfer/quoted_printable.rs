//! Quoted-printable (RFC 2045 §6.7), the way that programs read it.
//!
//! # Malformed input
//!
//! Hexadecimal digits count in either case. A soft break may have blanks in front of its line end,
//! and lines may end in any of the three ways. An escape that is none stands for itself.
//!
//! # Worst cases
//!
//! Blanks are held until it is known what follows them: at most [`HELD`] of them.

use super::Decode;
use crate::text::hex_digit;

/// Blanks that are held; RFC 2045 allows lines of 76 characters.
const HELD: usize = 4 << 10;

#[derive(Default)]
pub(super) struct QuotedPrintable {
    /// What came and cannot be written yet: blanks, or an escape that is not whole.
    held: Vec<u8>,
}

impl QuotedPrintable {
    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        match self.held.as_slice() {
            [b'='] => match byte {
                b'\n' => self.held.clear(),
                b'\r' | b' ' | b'\t' => self.held.push(byte),
                _ if byte.is_ascii_hexdigit() => self.held.push(byte),
                _ => self.literally(byte, out),
            },
            [b'=', digit] if digit.is_ascii_hexdigit() => {
                match (hex_digit(*digit), hex_digit(byte)) {
                    (Some(high), Some(low)) => {
                        out.push(high << 4 | low);
                        self.held.clear();
                    }
                    _ => self.literally(byte, out),
                }
            }
            // A soft break: the rest of the line is blank.
            [b'=', .., b'\r'] => {
                self.held.clear();
                if byte != b'\n' {
                    self.byte(byte, out);
                }
            }
            [b'=', ..] => match byte {
                b'\n' => self.held.clear(),
                b'\r' | b' ' | b'\t' if self.held.len() < HELD => self.held.push(byte),
                _ => self.literally(byte, out),
            },
            _ => match byte {
                b' ' | b'\t' if self.held.len() < HELD => self.held.push(byte),
                b'\r' | b'\n' => {
                    // Blanks at the end of a line were added on the way.
                    self.held.clear();
                    out.push(byte);
                }
                _ => self.literally(byte, out),
            },
        }
    }

    /// What is held stands for itself; `byte` comes behind it.
    fn literally(&mut self, byte: u8, out: &mut Vec<u8>) {
        out.append(&mut self.held);
        match byte {
            b'=' | b' ' | b'\t' => self.held.push(byte),
            _ => out.push(byte),
        }
    }
}

impl Decode for QuotedPrintable {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            self.byte(*byte, out);
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if self.held.first() != Some(&b'=') || self.held.len() > 1 {
            out.append(&mut self.held);
        }
        self.held.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(coded: &str, block: usize) -> String {
        let mut decoder = QuotedPrintable::default();
        let mut out = Vec::new();
        for block in coded.as_bytes().chunks(block) {
            decoder.push(block, &mut out);
        }
        decoder.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn escapes_breaks_and_blanks_whatever_the_block() {
        let all = [
            ("a=3Db=3db", "a=b=b"),
            ("DDE=\r\nAUTO", "DDEAUTO"),
            ("DDE=\nAUTO", "DDEAUTO"),
            ("DDE=\rAUTO", "DDEAUTO"),
            ("DDE= \t \r\nAUTO", "DDEAUTO"),
            ("a \t\r\nb", "a\r\nb"),
            ("a  b ", "a  b "),
            ("=C3=bc", "ü"),
            // Broken escapes stand for themselves.
            ("a=b", "a=b"),
            ("=4Z=", "=4Z"),
            ("x=zz==41", "x=zz=A"),
            ("= x", "= x"),
        ];
        for (coded, plain) in all {
            for block in 1..8 {
                assert_eq!(
                    decode(coded, block),
                    plain,
                    "{coded:?} in blocks of {block}"
                );
            }
        }
    }

    #[test]
    fn many_blanks_are_not_held() {
        let coded = format!("={}x", " ".repeat(100_000));
        assert_eq!(decode(&coded, 1000), coded);
        let mut decoder = QuotedPrintable::default();
        decoder.push(" ".repeat(100_000).as_bytes(), &mut Vec::new());
        assert!(decoder.held.len() <= HELD);
    }
}
