//! The piece table: which stretch of the stream is which stretch of the text
//! (`spec/word.md` §2.2; [MS-DOC] 2.9.38).
//!
//! # Malformed input
//!
//! A table that is cut has the pieces that fit; where its two lengths differ, the one counts with
//! which positions begin at zero. Pieces are given as they stand: who walks along them clips them.
//!
//! # Worst cases
//!
//! Nothing is held: a piece is read when it is asked for. Linear in the pieces.

use std::ops::Range;

use super::fib::Fib;
use crate::container::cfb::View;

/// Bytes of a piece in the table: a position and a descriptor.
const PIECE: usize = 12;
/// The bit that says that a character has one byte (fCompressed, [MS-DOC] 2.9.73).
const COMPRESSED: u32 = 1 << 30;

/// One stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Positions of its characters.
    pub(super) cps: Range<u32>,
    /// Its first byte.
    pub(super) at: usize,
    /// Two bytes a character.
    pub(super) wide: bool,
}

/// The pieces of a document, in the order of the table.
#[derive(Clone, Debug)]
pub(super) struct Pieces<'v> {
    table: &'v View<'v>,
    at: usize,
    count: usize,
    next: usize,
    old: bool,
    one: Option<Piece>,
    /// The table is not whole.
    pub(super) cut: bool,
}

impl<'v> Pieces<'v> {
    /// The pieces of the table that stands at `range`; `None` when there is none.
    pub(super) fn find(table: &'v View<'v>, range: Range<usize>, fib: &Fib) -> Option<Self> {
        let mut at = range.start;
        // Property modifications stand in front: a mark, a length and as many bytes.
        loop {
            match table.array(at)? {
                [1] => {
                    let length = usize::from(table.u16(at.checked_add(1)?)?);
                    at = at.checked_add(3)?.checked_add(length)?;
                }
                [2] => break,
                _ => return None,
            }
        }
        let claimed = usize::try_from(table.u32(at.checked_add(1)?)?).unwrap_or(usize::MAX);
        let at = at.checked_add(5)?;
        let there = table.length().saturating_sub(at);
        let count = |length: usize| length.saturating_sub(4) / PIECE;
        let pieces = |length: usize| Pieces {
            table,
            at,
            count: count(length.min(there)),
            next: 0,
            old: fib.is_old(),
            one: None,
            cut: length > there,
        };
        let by_fib = range.end.min(table.length()).saturating_sub(at);
        let all = [pieces(claimed), pieces(by_fib)];
        let total = fib.total();
        let sound = all.iter().find(|pieces| pieces.spans(total)).cloned();
        let [first, second] = all;
        sound
            .or_else(|| (first.count > 0).then_some(first))
            .or_else(|| (second.count > 0).then_some(second))
    }

    /// All of the text in one piece of single bytes.
    pub(super) fn one(table: &'v View<'v>, text: Range<usize>) -> Self {
        let length = text.end.saturating_sub(text.start);
        Pieces {
            table,
            at: 0,
            count: 0,
            next: 0,
            old: true,
            one: Some(Piece {
                cps: 0..u32::try_from(length).unwrap_or(u32::MAX),
                at: text.start,
                wide: false,
            }),
            cut: false,
        }
    }

    /// Whether both are the same pieces of one table.
    pub(super) fn is_same(&self, other: &Pieces<'_>) -> bool {
        self.at == other.at && self.count == other.count && self.one == other.one
    }

    /// Whether there is no table.
    pub(super) fn is_one(&self) -> bool {
        self.one.is_some()
    }

    /// Whether the positions go from zero to the end of the text.
    pub(super) fn spans(&self, total: u32) -> bool {
        let last = self.position(self.count);
        self.count > 0 && self.position(0) == Some(0) && last.is_some_and(|last| last >= total)
    }

    /// The n-th position of the table.
    fn position(&self, index: usize) -> Option<u32> {
        self.table.u32(index.checked_mul(4)?.checked_add(self.at)?)
    }

    fn piece(&self, index: usize) -> Option<Piece> {
        let next = index.checked_add(1)?;
        let cps = self.position(index)?..self.position(next)?;
        let descriptors = self.count.checked_add(1)?.checked_mul(4)?;
        let place = index.checked_mul(8)?.checked_add(descriptors)?;
        let place = place.checked_add(self.at)?.checked_add(2)?;
        let fc = self.table.u32(place)?;
        let (fc, wide) = match (self.old, fc & COMPRESSED != 0) {
            (true, _) => (fc, false),
            (false, true) => ((fc & !(COMPRESSED | 1 << 31)) / 2, false),
            (false, false) => (fc & !(1 << 31), true),
        };
        let at = usize::try_from(fc).ok()?;
        Some(Piece { cps, at, wide })
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if let Some(one) = self.one.take() {
            return Some(one);
        }
        if self.next >= self.count {
            return None;
        }
        let piece = self.piece(self.next);
        self.next = self.next.saturating_add(1);
        piece
    }
}
