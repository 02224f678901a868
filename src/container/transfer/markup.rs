//! Base64 as the text of an element: the bytes between its tags as they stand in the file.
//!
//! # Malformed input
//!
//! Comments, processing instructions and tags in between are passed over, the text of a CDATA
//! section counts, a character reference (`&#65;`) is its character, any other reference is
//! nothing. NULs are passed over, so that UTF-16 reads like ASCII. What is not closed reaches to
//! the end.
//!
//! # Worst cases
//!
//! Linear in the bytes; a reference is kept while it is open, up to nine letters.

use super::Decode;
use super::base64::Base64;

/// The longest reference that is looked at, without `&` and `;`: `#x0000041` and as many zeros
/// more as anyone writes.
const REFERENCE: usize = 9;

/// Base64 between tags, as far as it was read.
#[derive(Default)]
pub(super) struct MarkupBase64 {
    base64: Base64,
    state: State,
}

/// Where in the markup the next byte stands.
#[derive(Default)]
enum State {
    #[default]
    Text,
    /// Behind a `<`, with the bytes since, as far as they tell what it opens.
    Opening([u8; CDATA.len()], usize),
    /// In a comment, behind so many hyphens.
    Comment(usize),
    /// In a tag or an instruction.
    Tag,
    /// In a section, behind so many brackets.
    Cdata(usize),
    Reference([u8; REFERENCE], usize),
}

const CDATA: [u8; 8] = *b"![CDATA[";
const COMMENT: [u8; 3] = *b"!--";

impl MarkupBase64 {
    fn step(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.state = match std::mem::take(&mut self.state) {
            State::Text => match byte {
                b'<' => State::Opening([0; CDATA.len()], 0),
                b'&' => State::Reference([0; REFERENCE], 0),
                _ => {
                    self.base64.push(&[byte], out);
                    State::Text
                }
            },
            State::Opening(mut seen, length) => {
                if let Some(slot) = seen.get_mut(length) {
                    *slot = byte;
                }
                let length = length.saturating_add(1);
                let so_far = seen.get(..length).unwrap_or_default();
                if so_far == COMMENT {
                    State::Comment(0)
                } else if so_far == CDATA {
                    State::Cdata(0)
                } else if CDATA.starts_with(so_far) || COMMENT.starts_with(so_far) {
                    State::Opening(seen, length)
                } else if byte == b'>' {
                    State::Text
                } else {
                    State::Tag
                }
            }
            State::Comment(hyphens) => match byte {
                b'-' => State::Comment(hyphens.saturating_add(1)),
                b'>' if hyphens >= 2 => State::Text,
                _ => State::Comment(0),
            },
            State::Tag if byte == b'>' => State::Text,
            State::Tag => State::Tag,
            State::Cdata(brackets) => match byte {
                b']' => State::Cdata(brackets.saturating_add(1)),
                b'>' if brackets >= 2 => State::Text,
                _ => {
                    self.base64.push(&[byte], out);
                    State::Cdata(0)
                }
            },
            State::Reference(name, length) => {
                if byte == b';' {
                    let name = name.get(..length).unwrap_or_default();
                    if let Some(letter) = character(name) {
                        self.base64.push(&[letter], out);
                    }
                    State::Text
                } else if byte.is_ascii_alphanumeric() || byte == b'#' {
                    keep(name, length, byte)
                } else {
                    // No reference after all.
                    self.base64
                        .push(name.get(..length).unwrap_or_default(), out);
                    self.step_text(byte, out)
                }
            }
        };
    }

    /// A byte of the text, outside of any markup.
    fn step_text(&mut self, byte: u8, out: &mut Vec<u8>) -> State {
        self.state = State::Text;
        self.step(byte, out);
        std::mem::take(&mut self.state)
    }
}

/// One more letter of a reference; zeros in front of a number do not count.
fn keep(mut name: [u8; REFERENCE], length: usize, byte: u8) -> State {
    let is_zero = byte == b'0' && matches!(name.get(..length), Some(b"#" | b"#x" | b"#X"));
    if is_zero {
        return State::Reference(name, length);
    }
    match name.get_mut(length) {
        Some(slot) => {
            *slot = byte;
            State::Reference(name, length.saturating_add(1))
        }
        // Too long to be a letter.
        None => State::Reference(name, length),
    }
}

/// The ASCII letter that a character reference stands for.
fn character(name: &[u8]) -> Option<u8> {
    let number = std::str::from_utf8(name).ok()?.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    u8::try_from(code.ok()?).ok()
}

impl Decode for MarkupBase64 {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        let mut rest = coded;
        while !rest.is_empty() {
            // Most of the text is nothing but base64.
            if matches!(self.state, State::Text) {
                let end = memchr::memchr2(b'<', b'&', rest).unwrap_or(rest.len());
                let (plain, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
                self.base64.push(plain, out);
                rest = tail;
            }
            let Some((byte, tail)) = rest.split_first() else {
                break;
            };
            rest = tail;
            if *byte != 0 {
                self.step(*byte, out);
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.base64.finish(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(coded: &[u8], block: usize) -> Vec<u8> {
        let mut decoder = MarkupBase64::default();
        let mut out = Vec::new();
        for block in coded.chunks(block) {
            decoder.push(block, &mut out);
        }
        decoder.finish(&mut out);
        out
    }

    #[test]
    fn markup_between_the_letters() {
        for coded in [
            "Zm9v",
            " Zm\r\n9v ",
            "Zm<!-- A>B - -- C -->9v",
            "Zm<![CDATA[9v]]>",
            "<![CDATA[Zm]]><![CDATA[9v]]>",
            "Zm<?x y?>9<a b='c'>v</a>",
            "&#90;m&#x39;v",
            "&#x00000000005A;m9v",
            "Z&#xA;m9&amp;v&nbsp;",
            "Zm<>9v",
            "Zm9v<!-- AAAA",
            "Zm9v&#65",
        ] {
            for block in [1, 2, 3, 100] {
                let found = decode(coded.as_bytes(), block);
                assert_eq!(found, b"foo", "{coded} {block}");
            }
        }
    }

    #[test]
    fn a_lone_ampersand_is_noise() {
        assert_eq!(decode(b"Zm& 9v", 9), b"foo");
        assert_eq!(decode(b"&Zm9v ", 9), b"foo");
    }

    #[test]
    fn sixteen_bits_a_letter() {
        let text = "Zm<!-- A -->&#57;v";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for block in [1, 3, 100] {
            assert_eq!(decode(&le, block), b"foo");
            assert_eq!(decode(&be, block), b"foo");
        }
    }
}
