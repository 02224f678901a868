//! Characters, however they are spelled, to where text goes (`spec/word.md` §3.1).

use super::Reader;
use super::state::Dest;
use crate::field::{Readers, Style};
use crate::format::pages::Page;
use crate::limits::Exhausted;

/// Bytes that are decoded at once.
const STEP: usize = 64 << 10;

impl Reader<'_, '_> {
    /// Text that comes now stands in another stretch of an instruction.
    pub(super) fn next_element(&mut self) -> Result<(), Exhausted> {
        if self.dest() == Dest::Instruction {
            self.flush()?;
            self.document.forest.next_element();
        }
        Ok(())
    }

    /// Hands on the text that is waiting.
    pub(super) fn flush(&mut self) -> Result<(), Exhausted> {
        if self.text.is_empty() {
            self.text.clear();
            return Ok(());
        }
        let (text, spelling) = self.text.take();
        let now = *self.groups.now();
        let mut style = match now.dest {
            Dest::Value => {
                self.add_to_value(&text);
                return Ok(());
            }
            Dest::Text => Style::ORDINARY,
            Dest::Instruction => spelling,
            Dest::Field if text.trim().is_empty() => return Ok(()),
            Dest::Field => Style::ORDINARY.with(Style::OPTIONAL),
            Dest::Nowhere | Dest::Ignored | Dest::Fonts | Dest::Values(_) | Dest::Object => {
                return Ok(());
            }
        };
        if now.optional {
            style = style.with(Style::OPTIONAL);
        }
        if now.deleted {
            style = style.with(Style::OPTIONAL).with(Style::DELETED);
        }
        if now.readers != Readers::ALL {
            style = style.with(Style::RTF_UPR);
        }
        if now.readers == Readers::OLDER {
            // What bookmarks say is read by Word.
            return self.document.forest.text(&text, style, self.budget);
        }
        self.document.text(&text, style, self.budget)
    }

    /// Text that comes now is marked as deleted, or is not.
    pub(super) fn delete(&mut self, deleted: bool) -> Result<(), Exhausted> {
        if self.groups.now().deleted != deleted {
            self.next_element()?;
            self.groups.change(self.budget).deleted = deleted;
        }
        Ok(())
    }

    /// Whether text that comes now is worth putting together.
    pub(super) fn wants_text(&self) -> bool {
        match self.dest() {
            Dest::Value => true,
            Dest::Text | Dest::Field | Dest::Instruction => !self.document.is_idle(),
            Dest::Nowhere | Dest::Ignored | Dest::Fonts | Dest::Values(_) | Dest::Object => false,
        }
    }

    pub(super) fn page(&self) -> Page {
        self.groups.now().page.unwrap_or(self.page)
    }

    pub(super) fn run(&mut self, bytes: &[u8]) -> Result<(), Exhausted> {
        let left_out = usize::from(self.skip).min(bytes.len());
        self.skip = self
            .skip
            .saturating_sub(u16::try_from(left_out).unwrap_or(u16::MAX));
        let bytes = bytes.get(left_out..).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        self.fresh = false;
        if !self.data_open.is_empty()
            && self.dest() == Dest::Object
            && bytes.iter().any(|byte| byte.is_ascii_hexdigit())
        {
            let depth = self.groups.depth();
            for data in &mut self.data_open {
                data.digits = true;
                data.nested |= depth > data.depth;
            }
        }
        if self.wants_text() {
            let page = self.page();
            for block in bytes.chunks(STEP) {
                self.text.run(block, page);
                self.hand_on()?;
            }
        }
        Ok(())
    }

    pub(super) fn hand_on(&mut self) -> Result<(), Exhausted> {
        if self.text.is_enough() {
            self.flush()?;
        }
        Ok(())
    }

    pub(super) fn byte(&mut self, byte: Option<u8>) -> Result<(), Exhausted> {
        self.fresh = false;
        if let Some(byte) = byte.filter(|byte| *byte != 0)
            && self.wants_text()
        {
            let page = self.page();
            self.text.byte(byte, page);
        }
        self.hand_on()
    }

    /// A character of RTF itself, as text.
    pub(super) fn escaped(&mut self, symbol: u8) -> Result<(), Exhausted> {
        self.fresh = false;
        if self.wants_text() {
            let page = self.page();
            self.text.run(&[symbol], page);
        }
        self.hand_on()
    }

    /// A character that has a name.
    pub(super) fn character(&mut self, c: char) -> Result<(), Exhausted> {
        self.fresh = false;
        if self.wants_text() {
            self.text.character(c);
        }
        self.hand_on()
    }

    /// The end of a paragraph, line or cell.
    pub(super) fn end_line(&mut self, text: &str) -> Result<(), Exhausted> {
        self.fresh = false;
        let style = if text == "\u{b}" {
            Style::default()
        } else {
            Style::BREAK
        };
        match self.dest() {
            Dest::Value => self.text.character(' '),
            Dest::Text | Dest::Instruction if !self.document.is_idle() => {
                self.flush()?;
                let optional = self.groups.now().optional;
                let style = if optional {
                    style.with(Style::OPTIONAL)
                } else {
                    style
                };
                self.document.forest.next_element();
                self.document.text(text, style, self.budget)?;
            }
            Dest::Text
            | Dest::Instruction
            | Dest::Field
            | Dest::Nowhere
            | Dest::Ignored
            | Dest::Fonts
            | Dest::Values(_)
            | Dest::Object => {}
        }
        Ok(())
    }

    /// A control symbol (`spec/word.md` §3.1, rule 7).
    pub(super) fn symbol(&mut self, symbol: u8) -> Result<(), Exhausted> {
        if self.is_left_out() {
            return Ok(());
        }
        match symbol {
            // In code pages of two bytes these are second halves of characters, too.
            b'\\' | b'{' | b'}' => self.escaped(symbol),
            b'~' => self.character('\u{a0}'),
            b'_' => self.character('-'),
            b'\t' => self.character('\t'),
            b'\r' | b'\n' => self.end_line("\r"),
            _ => Ok(()),
        }
    }

    /// A character by its number, and behind it what stands for it elsewhere.
    pub(super) fn unicode(&mut self, parameter: Option<i64>) -> Result<(), Exhausted> {
        let Some(number) = parameter else {
            return Ok(());
        };
        self.fresh = false;
        if self.wants_text() {
            self.text.unit(unit(number));
        }
        self.skip = self.groups.now().uc;
        self.hand_on()
    }

    /// A character that is read or left out.
    pub(super) fn optionally(&mut self, number: i64) -> Result<(), Exhausted> {
        self.flush()?;
        let mut text = String::new();
        text.extend(char::decode_utf16([unit(number)]).flatten());
        let style = Style::OPTIONAL.with(Style::RTF_UNICODE);
        self.document.text(&text, style, self.budget)
    }
}

/// `\uN` is a unit of UTF-16; programs write the upper half as negative numbers.
fn unit(number: i64) -> u16 {
    u16::try_from(number & 0xffff).unwrap_or_default()
}
