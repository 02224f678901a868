//! Percent-encoding, as addresses have it (RFC 3986 §2.1).
//!
//! # Malformed input
//!
//! A `%` without two digits behind it stands for itself.
//!
//! # Worst cases
//!
//! Linear; two bytes are held.

use super::Decode;
use crate::text::hex_digit;

#[derive(Default)]
pub(super) struct Percent {
    /// A `%` and its first digit, as far as they came.
    held: Vec<u8>,
}

impl Decode for Percent {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            match (self.held.as_slice(), hex_digit(*byte)) {
                ([b'%'], Some(_)) => self.held.push(*byte),
                ([b'%', high], Some(low)) => {
                    out.push(hex_digit(*high).unwrap_or(0) << 4 | low);
                    self.held.clear();
                }
                _ => {
                    out.append(&mut self.held);
                    if *byte == b'%' {
                        self.held.push(*byte);
                    } else {
                        out.push(*byte);
                    }
                }
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_in_pieces_and_none() {
        for (coded, expected) in [
            ("a%41%7a", &b"aAz"[..]),
            ("PK%03%04%fF", b"PK\x03\x04\xff"),
            ("100%", b"100%"),
            ("%4", b"%4"),
            ("%4%41%zz", b"%4A%zz"),
            ("a+b", b"a+b"),
        ] {
            for size in [1, 2, 100] {
                let mut decoder = Percent::default();
                let mut out = Vec::new();
                let pieces = coded.as_bytes().chunks(size);
                pieces.for_each(|piece| decoder.push(piece, &mut out));
                decoder.finish(&mut out);
                assert_eq!(out, expected, "{coded}");
            }
        }
    }
}
