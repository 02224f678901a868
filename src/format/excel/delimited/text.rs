//! A text as a run of units of one size, without decoding it: bytes of any code page that has
//! ASCII in it, or UTF-16 (`spec/excel.md` §5.2).
//!
//! # Malformed input
//!
//! Any bytes are a text. What is no UTF-8 is windows-1252; half a unit of UTF-16 at the end is
//! left out.
//!
//! # Worst cases
//!
//! Nothing is held but UTF-7, which no program writes: it is decoded as far as memory allows.
//! Every search is linear.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::identify::{Units, units};
use crate::limits::{Budget, Exhausted};
use crate::markup::utf7::{self, Utf7};

/// Bytes from which it is told how the units lie.
const HEAD: usize = 1 << 20;
/// Bytes of a line that say what it is.
const HEAD_OF_LINE: usize = 128;

/// A text. Positions in it count bytes, and are those of units.
#[derive(Clone, Copy, Debug)]
pub(in crate::format::excel) struct Text<'a> {
    pub(super) bytes: &'a [u8],
    units: Units,
    /// They are text by their look; other bytes are opened as one all the same.
    pub(super) printable: bool,
}

impl<'a> Text<'a> {
    pub(in crate::format::excel) fn of(bytes: &'a [u8]) -> Self {
        let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
        let units = units(head);
        Text {
            bytes,
            units: units.unwrap_or(Units::Bytes),
            printable: units.is_some(),
        }
    }

    /// The same bytes, each of them a character. `None` when they are that already, or when a mark
    /// says that they are not.
    pub(super) fn as_bytes(self) -> Option<Self> {
        let marked = matches!(self.bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        (self.units != Units::Bytes && !marked).then_some(Text {
            units: Units::Bytes,
            ..self
        })
    }

    pub(super) fn is_wide(self) -> bool {
        self.units != Units::Bytes
    }

    /// Bytes of one unit.
    pub(super) fn width(self) -> usize {
        if self.is_wide() { 2 } else { 1 }
    }

    pub(in crate::format::excel) fn len(self) -> usize {
        self.bytes.len()
    }

    /// The unit at a position.
    pub(super) fn at(self, at: usize) -> Option<u16> {
        let pair = || {
            let rest: &[u8; 2] = self.bytes.get(at..)?.first_chunk()?;
            Some(*rest)
        };
        match self.units {
            Units::Bytes => self.bytes.get(at).map(|byte| u16::from(*byte)),
            Units::Utf16Le => pair().map(u16::from_le_bytes),
            Units::Utf16Be => pair().map(u16::from_be_bytes),
        }
    }

    /// The first of three units at or after `from`.
    pub(super) fn find(self, from: usize, [a, b, c]: [u16; 3]) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        if self.is_wide() {
            return self.find_wide(from, |unit| unit == a || unit == b || unit == c);
        }
        let byte = |unit: u16| u8::try_from(unit).unwrap_or(b'\n');
        let found = memchr::memchr3(byte(a), byte(b), byte(c), rest)?;
        Some(from.saturating_add(found))
    }

    /// The first of three units in a stretch. Costs no more than the stretch.
    pub(super) fn find_in(self, range: Range<usize>, units: [u16; 3]) -> Option<usize> {
        let cut = Text {
            bytes: self.bytes.get(..range.end).unwrap_or(self.bytes),
            ..self
        };
        cut.find(range.start, units)
    }

    /// The first unit of UTF-16 at or after `from` that is one of those meant.
    pub(super) fn find_wide(self, from: usize, is: impl Fn(u16) -> bool) -> Option<usize> {
        let (pairs, _) = self.bytes.get(from..)?.as_chunks::<2>();
        let little = self.units == Units::Utf16Le;
        let found = pairs.iter().position(|pair| {
            is(if little {
                u16::from_le_bytes(*pair)
            } else {
                u16::from_be_bytes(*pair)
            })
        })?;
        Some(from.saturating_add(found.saturating_mul(2)))
    }

    /// Where the line begins that `at` stands in, not before `from`.
    pub(super) fn line_start(self, from: usize, at: usize) -> usize {
        let before = self.bytes.get(from..at).unwrap_or_default();
        let start = if self.is_wide() {
            let (pairs, _) = before.as_chunks::<2>();
            let little = self.units == Units::Utf16Le;
            let last = pairs.iter().rposition(|pair| {
                let unit = if little {
                    u16::from_le_bytes(*pair)
                } else {
                    u16::from_be_bytes(*pair)
                };
                is_line_end(unit)
            });
            last.map_or(0, |last| last.saturating_add(1).saturating_mul(2))
        } else {
            memchr::memrchr2(b'\n', b'\r', before).map_or(0, |last| last.saturating_add(1))
        };
        from.saturating_add(start)
    }

    /// The end of the line that `from` stands in, and where the next one starts: behind LF, CR,
    /// or both.
    pub(in crate::format::excel) fn line(self, from: usize) -> (usize, usize) {
        let end = self.find(from, [LF, CR, CR]).unwrap_or(self.len());
        (end, self.next_line(end))
    }

    /// Where the line starts behind the line end at `end`. NULs between its two characters are
    /// padding.
    pub(super) fn next_line(self, end: usize) -> usize {
        let after = end.saturating_add(self.width()).min(self.len());
        if self.at(end) != Some(CR) {
            return after;
        }
        let next = self.skip_nuls(after);
        if self.at(next) == Some(LF) {
            next.saturating_add(self.width())
        } else {
            after
        }
    }

    pub(super) fn skip_nuls(self, mut at: usize) -> usize {
        while self.at(at) == Some(0) {
            at = at.saturating_add(self.width());
        }
        at
    }

    /// How many bytes a blank or a filler takes here; 0 where none stands (`spec/excel.md` §0.4,
    /// §5.1). Line ends and tabs are none.
    pub(super) fn blank(self, at: usize) -> usize {
        let Some(unit) = self.at(at) else { return 0 };
        let known = |unit: u32| {
            matches!(
                unit,
                0xa0 | 0xad
                    | 0x200b..=0x200f
                    | 0x202a..=0x202e
                    | 0x2060..=0x2064
                    | 0x3000
                    | 0xfeff
            )
        };
        match unit {
            0x20 | 0..=8 | 0xb | 0xc | 0xe..=0x1f | 0x7f => self.width(),
            0..=0x7f => 0,
            _ if self.is_wide() => {
                if known(u32::from(unit)) {
                    2
                } else {
                    0
                }
            }
            // In windows-1252.
            0xa0 => 1,
            _ => {
                let rest = self.bytes.get(at..).unwrap_or_default();
                let (character, length) = match rest {
                    [0xc2, low, ..] => (u32::from(*low), 2),
                    [lead @ (0xe2 | 0xe3 | 0xef), middle, low, ..] => {
                        let high = u32::from(lead & 0xf) << 12 | u32::from(middle & 0x3f) << 6;
                        (high | u32::from(low & 0x3f), 3)
                    }
                    _ => return 0,
                };
                if known(character) { length } else { 0 }
            }
        }
    }

    /// Bytes of blanks, tabs and fillers at `at`.
    pub(in crate::format::excel) fn blanks(self, at: usize, end: usize) -> usize {
        let mut here = at;
        while here < end {
            let length = match self.at(here) {
                Some(0x09) => self.width(),
                _ => self.blank(here),
            };
            if length == 0 {
                break;
            }
            here = here.saturating_add(length);
        }
        here.saturating_sub(at)
    }

    /// The first characters of a line, without blanks and fillers at their end.
    pub(in crate::format::excel) fn head(self, start: usize, end: usize) -> String {
        let end = end.min(start.saturating_add(HEAD_OF_LINE));
        let text = self.decode(start..end.max(start));
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        text.trim().to_owned()
    }

    /// Decodes a stretch as far as memory allows; whether that was all of it.
    pub(in crate::format::excel) fn read_cut(
        self,
        mut range: Range<usize>,
        budget: &Budget<'_>,
        read: impl FnOnce(&str) -> Result<(), Exhausted>,
    ) -> Result<bool, Exhausted> {
        let bytes = self.bytes.get(range.clone()).unwrap_or_default();
        // Lines are short: it costs more to prepare a search for two bytes than to make it.
        let doubled = |byte: u8| {
            let mut found = memchr::memchr_iter(byte, bytes);
            found.any(|at| bytes.get(at.saturating_add(1)) == Some(&byte))
        };
        let copied = !self.is_borrowed(range.clone())
            || memchr::memchr(0x1b, bytes).is_some()
            || doubled(b'"')
            || doubled(b';');
        if !copied {
            return read(&self.decode(range)).map(|()| true);
        }
        // The characters, and a copy with its escapes undone: three bytes for one of windows-1252,
        // twice.
        let room = usize::try_from(budget.live_left() / 4 / 6).unwrap_or(usize::MAX);
        let whole = range.len() <= room;
        if !whole {
            range.end = range.start.saturating_add(room.saturating_sub(room % 2));
        }
        let paid = u64::try_from(range.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(6);
        budget.charge_live(paid)?;
        let result = read(&self.decode(range));
        budget.release_live(paid);
        result.map(|()| whole)
    }

    /// Whether a letter of ASCII stands here, in either case.
    pub(in crate::format::excel) fn starts_with(self, at: usize, letter: u8) -> bool {
        self.ascii(at)
            .is_some_and(|found| found.eq_ignore_ascii_case(&letter))
    }

    /// The ASCII that stands here, as itself or as its full-width form.
    pub(super) fn ascii(self, at: usize) -> Option<u8> {
        let unit = self.at(at)?;
        let wide = match (unit, self.is_wide()) {
            (0..=0x7f, _) => u32::from(unit),
            (0xff01..=0xff5e, true) => u32::from(unit).saturating_sub(0xfee0),
            (0xef, false) => match self.bytes.get(at..)? {
                [0xef, 0xbc, low @ 0x81..=0xbf, ..] => u32::from(low & 0x3f).saturating_add(0x20),
                [0xef, 0xbd, low @ 0x80..=0x9e, ..] => u32::from(low & 0x3f).saturating_add(0x60),
                _ => return None,
            },
            _ => return None,
        };
        u8::try_from(wide).ok()
    }

    /// The characters of a stretch. Borrowed where they are ASCII or UTF-8.
    pub(in crate::format::excel) fn decode(self, range: Range<usize>) -> Cow<'a, str> {
        let bytes = self.bytes.get(range).unwrap_or_default();
        self.decoded(Cow::Borrowed(bytes))
    }

    /// The characters of bytes in the encoding of this text.
    pub(super) fn decoded<'b>(self, bytes: Cow<'b, [u8]>) -> Cow<'b, str> {
        let encoding = match self.units {
            Units::Utf16Le => UTF_16LE,
            Units::Utf16Be => UTF_16BE,
            Units::Bytes => match bytes {
                Cow::Borrowed(bytes) => {
                    return match std::str::from_utf8(bytes) {
                        Ok(text) => Cow::Borrowed(text),
                        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
                    };
                }
                Cow::Owned(bytes) => {
                    return Cow::Owned(String::from_utf8(bytes).unwrap_or_else(|error| {
                        let (text, _) = WINDOWS_1252.decode_without_bom_handling(error.as_bytes());
                        text.into_owned()
                    }));
                }
            },
        };
        Cow::Owned(encoding.decode_without_bom_handling(&bytes).0.into_owned())
    }

    /// Whether [`Text::decode`] of a stretch copies nothing.
    pub(super) fn is_borrowed(self, range: Range<usize>) -> bool {
        let bytes = self.bytes.get(range).unwrap_or_default();
        !self.is_wide() && std::str::from_utf8(bytes).is_ok()
    }
}

pub(super) const LF: u16 = 0x0a;
pub(super) const CR: u16 = 0x0d;

pub(super) fn is_line_end(unit: u16) -> bool {
    matches!(unit, LF | CR)
}

/// A text that is marked as UTF-7, decoded as far as half of the memory allows; whether that is
/// all of it. `None` for others. The bytes are paid as live memory.
pub(in crate::format::excel) fn utf7(bytes: &[u8], budget: &Budget<'_>) -> Option<(Vec<u8>, bool)> {
    if !utf7::is_marked(bytes) {
        return None;
    }
    let mut decoder = Utf7::default();
    let mut plain = Vec::new();
    for block in bytes.chunks(4 << 10) {
        // At most three bytes for each, and as the vector grows twice that.
        let room = block.len().saturating_mul(6).saturating_add(8);
        let cost = u64::try_from(room).unwrap_or(u64::MAX);
        if budget.live_left() / 2 < cost || budget.charge_live(cost).is_err() {
            return Some((plain, false));
        }
        let before = plain.len();
        decoder.push(block, &mut plain);
        let used = plain.len().saturating_sub(before).saturating_mul(2);
        budget.release_live(cost.saturating_sub(u64::try_from(used).unwrap_or(0)));
    }
    decoder.finish(&mut plain);
    Some((plain, true))
}

/// What a text of [`utf7()`] paid.
pub(in crate::format::excel) fn held(plain: &[u8]) -> u64 {
    u64::try_from(plain.len().saturating_mul(2)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_told() {
        let wide =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        for (bytes, expected) in [
            (b"caf\xc3\xa9".to_vec(), "café"),
            (b"caf\xe9".to_vec(), "café"),
            (wide("\u{feff}café"), "\u{feff}café"),
            (wide("cafe, cafe"), "cafe, cafe"),
        ] {
            let text = Text::of(&bytes);
            assert_eq!(text.decode(0..bytes.len()), expected);
        }
    }

    #[test]
    fn lines_end_three_ways() {
        let text = Text::of(b"a\r\nb\rc\n\nd\r\0\ne");
        let mut at = 0;
        let mut lines = Vec::new();
        while at < text.len() {
            let (end, next) = text.line(at);
            lines.push(text.decode(at..end));
            at = next;
        }
        assert_eq!(lines, ["a", "b", "c", "", "d", "e"]);
    }

    #[test]
    fn blanks_and_fillers_are_those_of_the_table() {
        for filler in [
            "\u{a0}", "\u{ad}", "\u{200b}", "\u{202e}", "\u{2060}", "\u{feff}", "\u{3000}",
        ] {
            let text = Text::of(filler.as_bytes());
            assert_eq!(text.blank(0), filler.len(), "{filler:?}");
        }
        for other in ["a", "=", "é", "€", "漢", "\t", "\n", "\u{2010}"] {
            assert_eq!(Text::of(other.as_bytes()).blank(0), 0, "{other:?}");
        }
        assert_eq!(Text::of("＝".as_bytes()).ascii(0), Some(b'='));
        assert_eq!(Text::of("｜".as_bytes()).ascii(0), Some(b'|'));
        assert_eq!(Text::of("～".as_bytes()).ascii(0), Some(b'~'));
        assert_eq!(Text::of("é".as_bytes()).ascii(0), None);
    }

    #[test]
    fn utf7_needs_its_mark() {
        let limits = crate::limits::Limits::default();
        let budget = Budget::new(&limits, None);
        let (plain, whole) = utf7(b"+/v8-+AD0-cmd+AHw-", &budget).unwrap();
        assert_eq!(std::str::from_utf8(&plain).unwrap(), "\u{feff}=cmd|");
        assert!(whole);
        assert!(utf7(b"+AD0-cmd", &budget).is_none());
    }
}
