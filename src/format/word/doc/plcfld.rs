//! The table of the fields of one part (`spec/word.md` §2.4; [MS-DOC] 2.8.25).
//!
//! # Malformed input
//!
//! A table that is cut has the marks that fit; marks out of order are sorted; marks that do not
//! nest pair up as far as they do.
//!
//! # Worst cases
//!
//! Eight bytes a mark, paid before they are held; the time to sort them.

use std::ops::Range;

use super::text::{BEGIN, END};
use crate::container::cfb::View;
use crate::limits::{Budget, Exhausted};

/// Bytes of a mark in the table.
const MARK: usize = 6;
/// What a mark costs: its entry, in a list that may be twice what is filled, and a place on the
/// stack.
const COST: u64 = 24;
/// fLocked, in the flags of an end mark ([MS-DOC] 2.9.110). What that section calls dirty says
/// that somebody edited the result, not that it will be refreshed.
const LOCKED: u8 = 0x10;

/// A mark of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Position in its part.
    cp: u32,
    kind: u8,
    /// The type of the field, at a begin mark.
    pub(super) flt: u8,
    pub(super) locked: bool,
}

/// The begin marks of one part.
#[derive(Debug, Default)]
pub(super) struct Fields {
    entries: Vec<Entry>,
    next: usize,
    charged: u64,
    /// A begin mark of the table stands where the text has none.
    pub(super) astray: bool,
}

impl Fields {
    /// Reads the table at `range`.
    ///
    /// # Errors
    ///
    /// The limit that does not allow it; nothing is held then.
    pub(super) fn read(
        table: &View<'_>,
        range: Range<usize>,
        budget: &Budget<'_>,
    ) -> Result<Self, Exhausted> {
        let length = range.end.min(table.length()).saturating_sub(range.start);
        let count = length.saturating_sub(4) / MARK;
        let number = u64::try_from(count).unwrap_or(u64::MAX);
        budget.charge_decoded(u64::try_from(length).unwrap_or(u64::MAX))?;
        let charged = number.saturating_mul(COST);
        budget.charge_live(charged)?;
        let mut entries: Vec<Entry> = (0..count)
            .map_while(|index| entry(table, range.start, count, index))
            .collect();
        entries.sort_by_key(|entry| entry.cp);
        let mut open: Vec<usize> = Vec::new();
        for index in 0..entries.len() {
            match entries.get(index) {
                Some(entry) if entry.kind == BEGIN => open.push(index),
                Some(entry) if entry.kind == END => {
                    let locked = entry.locked;
                    if let Some(begin) = open.pop().and_then(|begin| entries.get_mut(begin)) {
                        begin.locked = locked;
                    }
                }
                Some(_) | None => {}
            }
        }
        entries.retain(|entry| entry.kind == BEGIN);
        Ok(Fields {
            entries,
            charged,
            ..Fields::default()
        })
    }

    /// The entry of the begin mark at `cp`. Positions are asked for in their order.
    pub(super) fn begin_at(&mut self, cp: u32) -> Option<Entry> {
        self.pass(cp);
        let entry = self.entries.get(self.next).copied();
        let entry = entry.filter(|entry| entry.cp == cp)?;
        self.next = self.next.saturating_add(1);
        Some(entry)
    }

    /// Leaves the entries before `cp` behind: the text has no begin marks there.
    pub(super) fn pass(&mut self, cp: u32) {
        while self
            .entries
            .get(self.next)
            .is_some_and(|entry| entry.cp < cp)
        {
            self.astray = true;
            self.next = self.next.saturating_add(1);
        }
    }

    /// Gives the memory back to the account.
    pub(super) fn close(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

fn entry(table: &View<'_>, at: usize, count: usize, index: usize) -> Option<Entry> {
    let cp = table.u32(index.checked_mul(4)?.checked_add(at)?)?;
    let marks = count.checked_add(1)?.checked_mul(4)?.checked_add(at)?;
    let [kind, detail] = table.array(index.checked_mul(2)?.checked_add(marks)?)?;
    // Real files have more bits set than the mark needs (`spec/word.md` §2.4).
    let kind = kind & 0x1f;
    Some(Entry {
        cp,
        kind,
        flt: detail,
        locked: kind == END && detail & LOCKED != 0,
    })
}
