//! The file information block: where everything stands (`spec/word.md` §2.1, §2.9;
//! [MS-DOC] 2.5.1).
//!
//! # Malformed input
//!
//! The number of pairs that the block claims is not looked at: every pair that is read stands in
//! the part that all versions since Word 97 have. What lies outside the stream is absent.

use std::ops::Range;

use crate::container::cfb::View;

/// fEncrypted, in the flags at 0x0A ([MS-DOC] 2.5.2).
const ENCRYPTED: u16 = 1 << 8;
/// fWhichTblStm.
const SECOND_TABLE: u16 = 1 << 9;
/// fObfuscated.
const OBFUSCATED: u16 = 1 << 15;
/// fComplex.
const COMPLEX: u16 = 1 << 2;

/// Bytes of a unit in which the place of the second block is counted.
const PAGE: usize = 512;

/// Pairs of the block that locate a table, by their index (`spec/word.md` §2.1).
pub(super) mod pair {
    pub(in super::super) const GLOSSARY_NAMES: usize = 9;
    pub(in super::super) const GLOSSARY: usize = 10;
    pub(in super::super) const FIELDS_MAIN: usize = 16;
    pub(in super::super) const FIELDS_HEADER: usize = 17;
    pub(in super::super) const FIELDS_FOOTNOTE: usize = 18;
    pub(in super::super) const FIELDS_COMMENT: usize = 19;
    pub(in super::super) const FIELDS_MACRO: usize = 20;
    pub(in super::super) const BOOKMARK_NAMES: usize = 21;
    pub(in super::super) const BOOKMARK_STARTS: usize = 22;
    pub(in super::super) const BOOKMARK_ENDS: usize = 23;
    pub(in super::super) const ASSOCIATED: usize = 32;
    pub(in super::super) const CLX: usize = 33;
    pub(in super::super) const FIELDS_ENDNOTE: usize = 48;
    pub(in super::super) const FIELDS_TEXT_BOX: usize = 57;
    pub(in super::super) const FIELDS_HEADER_TEXT_BOX: usize = 59;
    pub(in super::super) const VARIABLES: usize = 60;
}

/// How the block is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Word 97 and later, with the tables in a stream of their own.
    Word97,
    /// Word 97 with other sizes of the numbers in front of the pairs.
    Word97Computed,
    /// Word 6 and 95: the tables stand behind the text.
    Word6,
    /// Word 2 and before: nothing but the text is known.
    Word2,
}

/// One block.
#[derive(Clone, Debug)]
pub(super) struct Fib {
    pub(super) layout: Layout,
    /// The first byte of the block.
    at: usize,
    flags: u16,
    /// The language of Word that wrote it ([MS-LCID]).
    pub(super) language: u16,
    /// 0x100 on the Macintosh.
    pub(super) charset: u16,
    /// Where the block of the AutoText document stands.
    pub(super) next: Option<usize>,
    /// The bytes of the text where there is no piece table.
    pub(super) text: Range<usize>,
    /// Characters of each part, in the order of the text.
    pub(super) counts: [u32; 8],
    pairs: usize,
}

impl Fib {
    /// The layouts that the block could have, the likeliest first.
    pub(super) fn layouts(main: &View<'_>) -> &'static [Layout] {
        use Layout::{Word2, Word6, Word97, Word97Computed};
        let ident = main.u16(0).unwrap_or_default();
        let version = main.u16(2).unwrap_or_default();
        match (ident, version) {
            // What is of one kind by both (`spec/word.md` §2.9: below 105 is old).
            (0xa5dc, ..105) => &[Word6],
            (0xa5db | 0xa59b | 0xa59c, ..101) => &[Word2],
            (_, 101..105) => &[Word97, Word97Computed, Word6],
            (_, ..101) => &[Word97, Word97Computed, Word2],
            (_, _) => &[Word97, Word97Computed],
        }
    }

    /// Reads the block at `at`.
    pub(super) fn read(main: &View<'_>, at: usize, layout: Layout) -> Option<Fib> {
        let u16_at = |offset: usize| main.u16(at.checked_add(offset)?);
        let u32_at = |offset: usize| main.u32(at.checked_add(offset)?);
        let place = |offset: usize| u32_at(offset).and_then(|place| usize::try_from(place).ok());
        let (counts_at, pairs) = match layout {
            Layout::Word97 => (0x4c, 0x9a),
            Layout::Word97Computed => {
                // Two counted lists of numbers stand in front of the pairs.
                let words = usize::from(u16_at(0x20)?).saturating_mul(2);
                let longs = 0x24usize.saturating_add(words);
                let count = usize::from(u16_at(longs.saturating_sub(2))?).saturating_mul(4);
                let pairs = longs.saturating_add(count).saturating_add(2);
                (longs.saturating_add(0x0c), pairs)
            }
            Layout::Word6 | Layout::Word2 => (0x34, 0x58),
        };
        let mut counts = [0; 8];
        if layout != Layout::Word2 {
            let places = (counts_at..).step_by(4);
            for (count, place) in counts.iter_mut().zip(places) {
                *count = u32_at(place).unwrap_or_default();
            }
        }
        let next = usize::from(u16_at(0x08)?).saturating_mul(PAGE);
        Some(Fib {
            layout,
            at,
            flags: u16_at(0x0a)?,
            language: u16_at(0x06)?,
            charset: u16_at(0x14).unwrap_or_default(),
            next: (next > 0 && at == 0).then_some(next),
            text: place(0x18)?..place(0x1c)?,
            counts,
            pairs,
        })
    }

    /// Characters of all parts.
    pub(super) fn total(&self) -> u32 {
        let counts = self.counts.iter();
        counts.fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Whether the tables stand in the stream of the text.
    pub(super) fn is_old(&self) -> bool {
        matches!(self.layout, Layout::Word6 | Layout::Word2)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    pub(super) fn is_obfuscated(&self) -> bool {
        self.flags & OBFUSCATED != 0
    }

    pub(super) fn is_complex(&self) -> bool {
        self.flags & COMPLEX != 0
    }

    /// The number in the name of the stream with the tables.
    pub(super) fn table(&self) -> usize {
        usize::from(self.flags & SECOND_TABLE != 0)
    }

    /// Where the table that a pair locates stands; `None` when it is empty.
    pub(super) fn pair(&self, main: &View<'_>, index: usize) -> Option<Range<usize>> {
        if self.layout == Layout::Word2 {
            return None;
        }
        // Five numbers of two bytes stand between the pairs of Word 6 (`spec/word.md` §2.9).
        let gap = if self.layout == Layout::Word6 && index >= 38 {
            10
        } else {
            0
        };
        let place = index.checked_mul(8)?.checked_add(self.pairs)?;
        let place = place.checked_add(gap)?.checked_add(self.at)?;
        let start = usize::try_from(main.u32(place)?).ok()?;
        let length = usize::try_from(main.u32(place.checked_add(4)?)?).ok()?;
        (length > 0).then(|| start..start.saturating_add(length))
    }
}
