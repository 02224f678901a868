//! Where in a text something stands without which no formula matters: a `!` with a `|` in front of
//! it, the parenthesis of a function that fetches, or a sheet of another file (`'…'!`, `'…'#`).
//!
//! Most texts have none, and then nothing of them is split into fields at all.

use super::text::Text;
use crate::identify::names_function;

/// Units in front of a parenthesis that are looked at for the name of a function.
const NAME: usize = 26;

/// The places that matter, in order.
#[derive(Clone, Debug)]
pub(super) struct Anchors<'a> {
    text: Text<'a>,
    /// In front of it no `|` stands.
    first_bar: usize,
    /// Some letters are full-width ones.
    full_width: bool,
    /// The last one that was found; nothing stands between where it was looked for and it.
    found: Option<usize>,
    /// From here on nothing was looked at.
    from: usize,
}

impl<'a> Anchors<'a> {
    pub(super) fn of(text: Text<'a>) -> Self {
        let has = |pattern: &[u8]| memchr::memmem::find(text.bytes, pattern).is_some();
        // `｜`, `！`, `＃` and `（`.
        let forms = [
            b"\xef\xbd\x9c",
            b"\xef\xbc\x81",
            b"\xef\xbc\x83",
            b"\xef\xbc\x88",
        ];
        let full_width = !text.is_wide() && forms.iter().any(|form| has(*form));
        let first_bar = if text.is_wide() || full_width {
            0
        } else {
            memchr::memchr(b'|', text.bytes).unwrap_or(text.len())
        };
        Anchors {
            text,
            first_bar,
            full_width,
            found: None,
            from: 0,
        }
    }

    /// The first one at or after `at`. Asked in any order, it looks at the text once.
    pub(super) fn next(&mut self, at: usize) -> Option<usize> {
        if let Some(found) = self.found
            && found >= at
        {
            return Some(found);
        }
        let mut from = at.max(self.from);
        loop {
            let Some(place) = self.candidate(from) else {
                self.from = self.text.len();
                self.found = None;
                return None;
            };
            from = place.saturating_add(self.text.width());
            if self.matters(place) {
                self.from = from;
                self.found = Some(place);
                return Some(place);
            }
        }
    }

    fn candidate(&self, from: usize) -> Option<usize> {
        let wide = |unit: u16| {
            let ascii = matches!(unit, 0x21 | 0x28 | 0x23);
            ascii || matches!(unit, 0xff01 | 0xff08 | 0xff03)
        };
        if self.text.is_wide() {
            self.text.find_wide(from, wide)
        } else if self.full_width {
            let rest = self.text.bytes.get(from..)?;
            let found = rest
                .iter()
                .position(|byte| matches!(byte, b'!' | b'(' | b'#' | 0xef))?;
            Some(from.saturating_add(found))
        } else {
            let marks = [b'!', b'(', b'#'].map(u16::from);
            self.text.find(from, marks)
        }
    }

    fn matters(&self, at: usize) -> bool {
        match self.text.ascii(at) {
            Some(b'!') if at > self.first_bar => true,
            Some(b'(') => {
                let name = self.before(at);
                name.trim_ascii_end().is_empty() && !name.is_empty() || names_function(&name)
            }
            Some(b'#' | b'!') => self.is_behind_a_mark(at),
            _ => false,
        }
    }

    /// Whether a single quotation mark stands in front.
    fn is_behind_a_mark(&self, at: usize) -> bool {
        let before = self.before(at);
        let last = before.trim_ascii_end().last();
        // What is no ASCII may be a curly one, or a filler.
        last.map_or(at > 0, |last| {
            *last == b'\'' || !(b' '..=b'~').contains(last)
        })
    }

    /// What stands in front, a byte for each unit.
    fn before(&self, at: usize) -> Vec<u8> {
        let width = self.text.width();
        let from = at.saturating_sub(NAME.saturating_mul(width));
        let units = (from..at).step_by(width);
        let narrow = |unit: u16| u8::try_from(unit).unwrap_or(0xff);
        units
            .filter_map(|at| self.text.at(at).map(narrow))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<usize> {
        let mut anchors = Anchors::of(Text::of(bytes));
        let mut found = Vec::new();
        while let Some(at) = anchors.next(found.last().map_or(0, |at| at + 1)) {
            found.push(at);
        }
        found
    }

    #[test]
    fn what_no_formula_needs_is_none() {
        for text in [
            "a|b",
            "a!",
            "! a|b",
            "see (this)",
            "f(x) # note",
            "a (b) | c",
        ] {
            assert_eq!(all(text.as_bytes()), [0; 0], "{text}");
        }
    }

    #[test]
    fn what_a_formula_needs_is_found() {
        assert_eq!(all(b"=a|b!c"), [4]);
        assert_eq!(all(b"=HyperLink (\"x\")"), [11]);
        assert_eq!(all(b"=WEB\0SERVICE(1)"), [12]);
        assert_eq!(all("=ＤＤＥ（1）".as_bytes()), [10]);
        assert_eq!(all("=a｜b!c".as_bytes()), [6]);
        assert_eq!(all(b"='[a.xls]b'!c"), [11]);
        assert_eq!(all(b"='file:///etc/passwd'#$passwd.A1"), [21]);
        let wide: Vec<u8> = "=a|b!c".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(all(&wide), [8]);
    }
}
