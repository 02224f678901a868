//! Text as it is put together: bytes in a code page, UTF-16 units, characters by name.
//!
//! # Malformed input
//!
//! Half a pair of surrogates and half a character of two bytes become U+FFFD.
//!
//! # Worst cases
//!
//! Linear. What is put together is handed on when it is 16 KiB long; only characters of several
//! bytes may be waited for, up to 64 KiB.

use crate::field::Style;
use crate::format::pages::Page;

/// Text that is handed on.
const ENOUGH: usize = 16 << 10;
/// Text that is handed on even in the middle of a character.
const LONGEST: usize = 64 << 10;

/// Text that was not handed on yet.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// Decoded, without what the two below hold.
    done: String,
    /// Bytes that may need the bytes behind them.
    bytes: Vec<u8>,
    page: Page,
    /// The first half of a pair of surrogates.
    high: Option<u16>,
    /// How it was spelled.
    spelling: Style,
}

impl Text {
    pub(super) fn is_empty(&self) -> bool {
        self.done.is_empty() && self.bytes.is_empty() && self.high.is_none()
    }

    /// Whether it is time to hand on what there is.
    pub(super) fn is_enough(&self) -> bool {
        let length = self.done.len().saturating_add(self.bytes.len());
        let whole = self.bytes.last().is_none_or(u8::is_ascii) && self.high.is_none();
        length > LONGEST || length > ENOUGH && whole
    }

    /// Bytes as they stand in the file.
    pub(super) fn run(&mut self, bytes: &[u8], page: Page) {
        self.settle_unit();
        if self.bytes.is_empty()
            && bytes.is_ascii()
            && let Ok(ascii) = std::str::from_utf8(bytes)
        {
            self.done.push_str(ascii);
            return;
        }
        self.turn(page);
        self.bytes.extend_from_slice(bytes);
    }

    /// One byte spelled in hexadecimal.
    pub(super) fn byte(&mut self, byte: u8, page: Page) {
        // Nobody needs to spell these so.
        if byte.is_ascii_alphanumeric() && self.bytes.is_empty() {
            self.note(Style::RTF_HEX);
        }
        self.run(&[byte], page);
    }

    /// A unit of UTF-16.
    pub(super) fn unit(&mut self, unit: u16) {
        self.settle_bytes();
        match (unit, self.high.take()) {
            (0xd800..=0xdbff, high) => {
                self.high = high;
                self.settle_unit();
                self.high = Some(unit);
            }
            (0xdc00..=0xdfff, Some(high)) => {
                self.done.extend(
                    char::decode_utf16([high, unit])
                        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
                );
            }
            (_, high) => {
                self.high = high;
                self.settle_unit();
                let c = char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
                if c.is_ascii_alphanumeric() {
                    self.note(Style::RTF_UNICODE);
                }
                if c != '\0' {
                    self.done.push(c);
                }
            }
        }
    }

    /// A character that has a name.
    pub(super) fn character(&mut self, c: char) {
        self.settle();
        self.done.push(c);
    }

    /// Something about how the text is spelled.
    pub(super) fn note(&mut self, spelling: Style) {
        self.spelling = self.spelling.with(spelling);
    }

    /// Takes what there is, with how it was spelled.
    pub(super) fn take(&mut self) -> (String, Style) {
        self.settle();
        let spelling = std::mem::take(&mut self.spelling);
        (std::mem::take(&mut self.done), spelling)
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Text::default();
    }

    fn turn(&mut self, page: Page) {
        if self.page != page {
            self.settle_bytes();
            self.page = page;
        }
    }

    fn settle(&mut self) {
        self.settle_bytes();
        self.settle_unit();
    }

    fn settle_bytes(&mut self) {
        if !self.bytes.is_empty() {
            self.page.decode(&self.bytes, &mut self.done);
            self.bytes.clear();
        }
    }

    fn settle_unit(&mut self) {
        if self.high.take().is_some() {
            self.done.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bytes_make_a_character_however_they_are_spelled() {
        let mut text = Text::default();
        text.byte(0x83, Page::ShiftJis);
        text.run(br"\cmd", Page::ShiftJis);
        assert_eq!(text.take(), ("\u{30bd}cmd".to_owned(), Style::default()));
    }

    #[test]
    fn pairs_of_surrogates() {
        let mut text = Text::default();
        for unit in [0xd83d, 0xde00, 0x44, 0xd83d, 0x45, 0xde00, 0xd83d, 0xd83d] {
            text.unit(unit);
        }
        text.character('x');
        let bad = char::REPLACEMENT_CHARACTER;
        let expected = format!("\u{1f600}D{bad}E{bad}{bad}{bad}x");
        assert_eq!(text.take(), (expected, Style::RTF_UNICODE));
    }
}
