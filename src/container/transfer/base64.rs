//! Base64 (RFC 2045 §6.8), the way that programs read it.
//!
//! # Malformed input
//!
//! Whatever is not in the alphabet is passed over: blanks, line noise, the NULs of UTF-16. Padding
//! ends a group and not the text, because several texts may follow each other. A last group that
//! is cut gives the bytes that are whole. The alphabet of URLs is read, too, or passed over: programs differ.

use super::Decode;

/// A group of four characters, as far as it came.
#[derive(Default)]
pub(super) struct Base64 {
    bits: u32,
    count: u32,
    is_strict: bool,
}

impl Base64 {
    /// Without the alphabet of URLs (RFC 4648 §5).
    pub(super) fn strict() -> Self {
        Base64 {
            is_strict: true,
            ..Base64::default()
        }
    }

    fn end_group(&mut self, out: &mut Vec<u8>) {
        // Two characters make one byte, three make two.
        let bits = self.bits << (24_u32.saturating_sub(self.count.saturating_mul(6)) & 31);
        let [_, bytes @ ..] = bits.to_be_bytes();
        let whole = self.count.saturating_sub(1);
        out.extend(bytes.iter().take(usize::try_from(whole).unwrap_or(0)));
        (self.bits, self.count) = (0, 0);
    }
}

impl Decode for Base64 {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            if self.is_strict && matches!(byte, b'-' | b'_') {
                continue;
            }
            if *byte == b'=' {
                self.end_group(out);
            } else if let Some(value) = value(*byte) {
                self.bits = self.bits << 6 | u32::from(value);
                self.count = self.count.saturating_add(1);
                if self.count == 4 {
                    self.end_group(out);
                }
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.end_group(out);
    }
}

/// The six bits that a character stands for.
fn value(byte: u8) -> Option<u8> {
    let from = |first: u8, value: u8| byte.checked_sub(first)?.checked_add(value);
    match byte {
        b'A'..=b'Z' => from(b'A', 0),
        b'a'..=b'z' => from(b'a', 26),
        b'0'..=b'9' => from(b'0', 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(blocks: &[&str]) -> Vec<u8> {
        let mut decoder = Base64::default();
        let mut out = Vec::new();
        for block in blocks {
            decoder.push(block.as_bytes(), &mut out);
        }
        decoder.finish(&mut out);
        out
    }

    /// The vectors of RFC 4648 §10.
    #[test]
    fn vectors() {
        let all = [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ];
        for (coded, plain) in all {
            assert_eq!(decode(&[coded]), plain.as_bytes(), "{coded}");
        }
    }

    #[test]
    fn noise_blocks_and_several_texts() {
        assert_eq!(decode(&["Zm\r\n9", " v!Y", "g"]), b"foob");
        assert_eq!(decode(&["Zg==Zg=="]), b"ff");
        assert_eq!(decode(&["Z\0m\09\0v\0"]), b"foo");
        assert_eq!(decode(&["Z"]), b"");
    }
}
