//! UTF-7 (RFC 2152), in which a page may hide every character of its markup.
//!
//! # Malformed input
//!
//! A shift without characters other than `+-` stands for itself where nothing was coded in it.
//! Bits that are left over are dropped. Half a pair of surrogates becomes U+FFFD.

/// The marks of UTF-7 at the start of a text: U+FEFF, coded with what may follow.
const MARKS: [&[u8]; 4] = [b"+/v8", b"+/v9", b"+/v+", b"+/v/"];

/// Whether a text begins with the mark of UTF-7.
pub(crate) fn is_marked(text: &[u8]) -> bool {
    MARKS.iter().any(|mark| text.starts_with(mark))
}

/// Whether a label, in lower case, names UTF-7.
pub(crate) fn is_label(label: &[u8]) -> bool {
    label.ends_with(b"utf-7") || label.ends_with(b"utf7")
}

/// A text on its way.
#[derive(Default)]
pub(crate) struct Utf7 {
    shifted: bool,
    /// Nothing came behind the shift yet.
    fresh: bool,
    bits: u32,
    count: u32,
    high: Option<u16>,
}

impl Utf7 {
    /// Decodes the next bytes. Writes at most three bytes for each, and four more.
    pub(crate) fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            if !self.shifted {
                if *byte == b'+' {
                    self.shifted = true;
                    self.fresh = true;
                } else {
                    self.plain(char::from(*byte), out);
                }
                continue;
            }
            match value(*byte) {
                Some(value) => {
                    self.fresh = false;
                    self.six(value, out);
                }
                None => self.unshift(*byte, out),
            }
        }
    }

    /// There is no more.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        self.drop_high(out);
    }

    fn unshift(&mut self, byte: u8, out: &mut Vec<u8>) {
        let fresh = self.fresh;
        self.shifted = false;
        (self.bits, self.count) = (0, 0);
        // `+-` is a plus; the mark that ends a shift is dropped.
        if fresh {
            self.plain('+', out);
        }
        if byte != b'-' {
            self.plain(char::from(byte), out);
        }
    }

    fn six(&mut self, value: u32, out: &mut Vec<u8>) {
        self.bits = (self.bits << 6 | value) & 0x3f_ffff;
        self.count = self.count.saturating_add(6);
        if self.count >= 16 {
            self.count = self.count.saturating_sub(16);
            let [_, _, high, low] = (self.bits >> (self.count & 31)).to_be_bytes();
            self.unit(u16::from_be_bytes([high, low]), out);
        }
    }

    fn unit(&mut self, unit: u16, out: &mut Vec<u8>) {
        if let Some(high) = self.high.take() {
            let mut pair = char::decode_utf16([high, unit]);
            if let Some(Ok(letter)) = pair.next() {
                self.plain(letter, out);
                return;
            }
            self.plain(char::REPLACEMENT_CHARACTER, out);
        }
        if (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit);
        } else {
            let letter = char::from_u32(u32::from(unit));
            self.plain(letter.unwrap_or(char::REPLACEMENT_CHARACTER), out);
        }
    }

    fn plain(&mut self, letter: char, out: &mut Vec<u8>) {
        self.drop_high(out);
        out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn drop_high(&mut self, out: &mut Vec<u8>) {
        if self.high.take().is_some() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
}

/// The six bits of a character of base64.
fn value(byte: u8) -> Option<u32> {
    let place = match byte {
        b'A'..=b'Z' => byte.wrapping_sub(b'A'),
        b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str, block: usize) -> String {
        let (mut decoder, mut out) = (Utf7::default(), Vec::new());
        for part in text.as_bytes().chunks(block) {
            decoder.push(part, &mut out);
        }
        decoder.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    /// The examples of RFC 2152.
    #[test]
    fn the_examples_of_the_standard() {
        for block in 1..9 {
            assert_eq!(decode("A+ImIDkQ.", block), "A≢Α.");
            assert_eq!(decode("Hi Mom -+Jjo--!", block), "Hi Mom -☺-!");
            assert_eq!(decode("+ZeVnLIqe-", block), "日本語");
            assert_eq!(decode("Item 3 is +AKM-1.", block), "Item 3 is £1.");
        }
    }

    #[test]
    fn markup_and_pluses() {
        assert_eq!(decode("+ADw-p+AD4-1+-1", 5), "<p>1+1");
        assert_eq!(decode("+2DTdHg-", 3), "𝄞");
        assert_eq!(decode("+2DQ-x", 3), "\u{fffd}x");
        assert!(is_marked(b"+/v8-+ADw-"));
        assert!(is_label(b"unicode-1-1-utf-7") && !is_label(b"utf-8"));
    }
}
