//! From the characters of a part to fields, bookmarks and building blocks (`spec/word.md` §2.2,
//! §2.3).
//!
//! Marks count wherever they stand in the text: that they carry the property of a special
//! character is not asked for. The table of fields only says how sure we are.
//!
//! # Malformed input
//!
//! Half a surrogate pair is a replacement character; a stretch that leaves the stream is clipped.
//!
//! # Worst cases
//!
//! Linear in the stream: pieces that name the same bytes again and again are read until they came
//! to 16 times the stream, and the rest is missing. Body text is skipped, not decoded.

use encoding_rs::Encoding;

use super::super::document::Document;
use super::clx::Piece;
use super::names::Ranges;
use super::plcfld::Fields;
use crate::container::cfb::View;
use crate::field::{Begin, Style};
use crate::limits::{Budget, Exhausted};
use crate::link::{Confidence, TechniqueId};

/// Field marks ([MS-DOC] 2.8.25).
pub(super) const BEGIN: u8 = 0x13;
pub(super) const SEPARATOR: u8 = 0x14;
pub(super) const END: u8 = 0x15;
/// Bytes taken before the budget is asked again.
const BLOCK: usize = 64 << 10;
/// How often a stream may be read: a sound one is read once, with the text of AutoText in it.
/// What is read is paid for; this leaves something for others.
const READINGS: usize = 16;
/// Places of begin marks that are kept to know them again; a field costs more than its place.
const PLACES: u64 = 16;

/// What narrow text is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Narrow {
    /// Latin-1, but for some characters ([MS-DOC] 2.9.73).
    Word97,
    /// The code page of older versions.
    Page(&'static Encoding),
}

/// The characters of a document, as they come.
pub(super) struct Flow<'f> {
    main: &'f View<'f>,
    pub(super) document: &'f mut Document,
    budget: &'f Budget<'f>,
    narrow: Narrow,
    /// The table of fields of the present part.
    fields: Fields,
    /// The position at which the part begins.
    start: u32,
    /// How sure a field of this part can be.
    ceiling: Confidence,
    pub(super) ranges: Ranges,
    /// Bytes at which fields begin.
    pub(super) begun: Vec<usize>,
    charged: u64,
    /// The byte behind the last character.
    behind: usize,
    /// Bytes that pieces may still name.
    left: usize,
    /// Pieces named more than that.
    pub(super) spent: bool,
    /// The first half of a surrogate pair.
    half: Option<u16>,
    text: String,
}

impl<'f> Flow<'f> {
    pub(super) fn new(
        main: &'f View<'f>,
        document: &'f mut Document,
        budget: &'f Budget<'f>,
        narrow: Narrow,
    ) -> Self {
        Flow {
            main,
            document,
            budget,
            narrow,
            fields: Fields::default(),
            start: 0,
            ceiling: Confidence::Certain,
            ranges: Ranges::default(),
            begun: Vec::new(),
            charged: 0,
            behind: 0,
            left: main.length().saturating_mul(READINGS),
            spent: false,
            half: None,
            text: String::new(),
        }
    }

    /// A part of the text begins.
    pub(super) fn begin(&mut self, start: u32, fields: Fields, ceiling: Confidence) {
        self.start = start;
        self.fields = fields;
        self.ceiling = ceiling;
        self.half = None;
    }

    /// The part is over; `end` is the position behind it.
    pub(super) fn end(&mut self, end: u32) {
        let mut fields = std::mem::take(&mut self.fields);
        fields.pass(end.saturating_sub(self.start));
        if fields.astray {
            self.odd(TechniqueId::FieldTableMismatch);
        }
        fields.close(self.budget);
        self.ranges.pass(end);
        self.document.end_part();
    }

    /// Reads the characters of a piece from position `from` up to `to`, which lie in it. Returns
    /// whether they are all there.
    pub(super) fn piece(&mut self, piece: &Piece, from: u32, to: u32) -> Result<bool, Exhausted> {
        let width = if piece.wide { 2 } else { 1 };
        let chars = |cps: u32| usize::try_from(cps).unwrap_or(usize::MAX);
        let skipped = chars(from.saturating_sub(piece.cps.start)).saturating_mul(width);
        let mut at = piece.at.saturating_add(skipped);
        let wanted = chars(to.saturating_sub(from));
        let there = self.main.length().saturating_sub(at);
        let there = if piece.wide { there / 2 } else { there };
        let mut left = wanted.min(there);
        let mut cp = from;
        if at != self.behind && left > 0 && !self.document.forest.is_idle() {
            self.odd(TechniqueId::FastSave);
        }
        while left > 0 {
            let next = self.ranges.reach(cp, self.document, self.budget);
            let length = chars(next.saturating_sub(cp)).max(1);
            if self.left == 0 {
                self.spent = true;
                return Ok(false);
            }
            let length = length.min(left).min(BLOCK);
            let done = if piece.wide {
                self.wide(length, at, cp)?
            } else {
                self.narrow(length, at, cp)?
            };
            let bytes = done.saturating_mul(width);
            if done == 0 {
                return Ok(false);
            }
            self.left = self.left.saturating_sub(bytes);
            at = at.saturating_add(bytes);
            cp = cp.saturating_add(u32::try_from(done).unwrap_or(u32::MAX));
            left = left.saturating_sub(done);
        }
        self.behind = at;
        Ok(wanted <= there)
    }

    /// Single bytes; returns how many.
    fn narrow(&mut self, length: usize, at: usize, cp: u32) -> Result<usize, Exhausted> {
        let chunk = self.main.chunk(at);
        let bytes = chunk.get(..length.min(chunk.len())).unwrap_or_default();
        self.pay(bytes.len())?;
        let mut rest = bytes;
        loop {
            if self.document.is_idle() {
                let begin = memchr::memchr(BEGIN, rest).unwrap_or(rest.len());
                rest = rest.get(begin..).unwrap_or_default();
            }
            let mark = memchr::memchr3(BEGIN, SEPARATOR, END, rest).unwrap_or(rest.len());
            let (text, behind) = rest.split_at_checked(mark).unwrap_or_default();
            if !text.is_empty() {
                self.narrow_text(text)?;
            }
            let Some((mark, behind)) = behind.split_first() else {
                return Ok(bytes.len());
            };
            let done = bytes.len().saturating_sub(behind.len()).saturating_sub(1);
            self.mark(*mark, at.saturating_add(done), position(cp, done))?;
            rest = behind;
        }
    }

    /// Units of two bytes; returns how many.
    fn wide(&mut self, length: usize, at: usize, cp: u32) -> Result<usize, Exhausted> {
        let chunk = self.main.chunk(at);
        let (units, _) = chunk.as_chunks();
        let over = if units.is_empty() {
            // A unit that lies in two sectors.
            self.main.array(at).map(|unit| [unit])
        } else {
            None
        };
        let units: &[[u8; 2]] = over.as_ref().map_or(units, |unit| unit.as_slice());
        let units = units.get(..length.min(units.len())).unwrap_or_default();
        self.pay(units.len().saturating_mul(2))?;
        let mut rest = units;
        loop {
            if self.document.is_idle() {
                self.half = None;
                let begin = rest.iter().position(|unit| *unit == [BEGIN, 0]);
                rest = rest.get(begin.unwrap_or(rest.len())..).unwrap_or_default();
            }
            let mark = rest.iter().position(|unit| is_mark(*unit));
            let mark = mark.unwrap_or(rest.len());
            let (text, behind) = rest.split_at_checked(mark).unwrap_or_default();
            if !text.is_empty() {
                self.wide_text(text)?;
            }
            let Some(([mark, _], behind)) = behind.split_first() else {
                return Ok(units.len());
            };
            let done = units.len().saturating_sub(behind.len()).saturating_sub(1);
            let offset = at.saturating_add(done.saturating_mul(2));
            self.mark(*mark, offset, position(cp, done))?;
            rest = behind;
        }
    }

    fn pay(&self, bytes: usize) -> Result<(), Exhausted> {
        self.budget
            .charge_decoded(u64::try_from(bytes).unwrap_or(u64::MAX))
    }

    fn mark(&mut self, mark: u8, offset: usize, cp: u32) -> Result<(), Exhausted> {
        if self.half.take().is_some() {
            self.put(char::REPLACEMENT_CHARACTER)?;
            self.flush()?;
        }
        match mark {
            BEGIN => {
                let entry = self.fields.begin_at(cp.saturating_sub(self.start));
                let unsure = self.ceiling.min(Confidence::Medium);
                self.note(offset);
                let begin = Begin {
                    offset: u64::try_from(offset).unwrap_or(u64::MAX),
                    locked: entry.is_some_and(|entry| entry.locked),
                    flt: entry.map(|entry| entry.flt),
                    confidence: entry.map_or(unsure, |_| self.ceiling),
                    ..Begin::default()
                };
                self.document.begin(begin, self.budget)
            }
            SEPARATOR => self.document.separate(self.budget),
            _ => self.document.end(self.budget),
        }
    }

    /// Keeps the place of a begin mark that the search may find, too.
    fn note(&mut self, offset: usize) {
        /// Bytes in which the keyword begins, if it is worth knowing again.
        const BLANKS: usize = 64;
        let chunk = self.main.chunk(offset.saturating_add(1));
        let mut ahead = chunk.iter().take(BLANKS);
        let first = ahead.find(|byte| **byte > b' ' || **byte == BEGIN);
        if first.is_some_and(|first| !first.eq_ignore_ascii_case(&b'D')) {
            return;
        }
        if self.budget.charge_live(PLACES).is_ok() {
            self.charged = self.charged.saturating_add(PLACES);
            self.begun.push(offset);
        }
    }

    fn narrow_text(&mut self, bytes: &[u8]) -> Result<(), Exhausted> {
        match self.narrow {
            Narrow::Word97 => {
                for byte in bytes {
                    self.put(narrow_char(*byte))?;
                }
            }
            Narrow::Page(encoding) => {
                let (text, _) = encoding.decode_without_bom_handling(bytes);
                for character in text.chars() {
                    self.put(character)?;
                }
            }
        }
        self.flush()
    }

    fn wide_text(&mut self, units: &[[u8; 2]]) -> Result<(), Exhausted> {
        let before = self.half.take();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
        let mut units = char::decode_utf16(before.into_iter().chain(units)).peekable();
        while let Some(unit) = units.next() {
            match unit {
                Ok(character) => self.put(character)?,
                Err(half) => {
                    let unit = half.unpaired_surrogate();
                    if units.peek().is_none() && (0xd800..0xdc00).contains(&unit) {
                        self.half = Some(unit);
                    } else {
                        self.put(char::REPLACEMENT_CHARACTER)?;
                    }
                }
            }
        }
        self.flush()
    }

    /// A character, as it counts in an instruction (`spec/word.md` §2.3).
    fn put(&mut self, character: char) -> Result<(), Exhausted> {
        match character {
            // The ends of paragraphs, cells and pages.
            '\u{7}' | '\u{c}' | '\r' => {
                self.flush()?;
                return self.document.text(" ", Style::BREAK, self.budget);
            }
            '\n' | '\u{b}' | '\u{a0}' => self.text.push(' '),
            '\u{1e}' => self.text.push('-'),
            // Optional hyphens, and what objects, notes, comments and drawings hang on.
            '\u{1f}' | '\u{1}' | '\u{2}' | '\u{5}' | '\u{8}' => {}
            _ => self.text.push(character),
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Exhausted> {
        if self.text.is_empty() {
            return Ok(());
        }
        let told = self
            .document
            .text(&self.text, Style::default(), self.budget);
        self.text.clear();
        told
    }

    /// Something is odd about the part.
    fn odd(&mut self, technique: TechniqueId) {
        if let Some(source) = self.document.sources.last_mut()
            && !source.techniques.contains(&technique)
        {
            source.techniques.push(technique);
        }
    }

    /// Gives the memory back to the account, and the places of the fields to the caller.
    pub(super) fn close(self) -> Vec<usize> {
        self.budget.release_live(self.charged);
        self.ranges.close(self.budget);
        let mut begun = self.begun;
        begun.sort_unstable();
        begun
    }
}

fn is_mark(unit: [u8; 2]) -> bool {
    matches!(unit, [BEGIN..=END, 0])
}

fn position(cp: u32, done: usize) -> u32 {
    cp.saturating_add(u32::try_from(done).unwrap_or(u32::MAX))
}

/// A character of one byte ([MS-DOC] 2.9.73): Latin-1, but for those that are listed there.
fn narrow_char(byte: u8) -> char {
    match byte {
        0x82 => '\u{201a}',
        0x83 => '\u{192}',
        0x84 => '\u{201e}',
        0x85 => '\u{2026}',
        0x86 => '\u{2020}',
        0x87 => '\u{2021}',
        0x88 => '\u{2c6}',
        0x89 => '\u{2030}',
        0x8a => '\u{160}',
        0x8b => '\u{2039}',
        0x8c => '\u{152}',
        0x91 => '\u{2018}',
        0x92 => '\u{2019}',
        0x93 => '\u{201c}',
        0x94 => '\u{201d}',
        0x95 => '\u{2022}',
        0x96 => '\u{2013}',
        0x97 => '\u{2014}',
        0x98 => '\u{2dc}',
        0x99 => '\u{2122}',
        0x9a => '\u{161}',
        0x9b => '\u{203a}',
        0x9c => '\u{153}',
        0x9f => '\u{178}',
        _ => char::from(byte),
    }
}
