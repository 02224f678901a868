//! Streams that the directory calls empty while their chain stands ([MS-CFB] 2.6.1): the chain
//! says how long they are.
//!
//! # Malformed input
//!
//! Many writers leave any start at a stream without bytes, so a chain counts only when nobody
//! else claims its first sector. Where both tables have such a chain, the stream has two places.
//!
//! # Worst cases
//!
//! Nothing for a file without such a start; else a byte for each entry of the tables while they
//! are looked at, and no more steps along chains than four times the sectors. At most [`MOST`]
//! streams are kept; that there are more is told.

use std::collections::BTreeMap;

use super::damage::LAPS;
use super::table::{END, MARKS, Table};
use super::{Cfb, Entry, MINI, MINI_CUTOFF, ROOT};

/// Streams that are kept.
const MOST: usize = 1_000;

/// What chains say of streams without a size.
#[derive(Debug, Default)]
pub(super) struct Lengths {
    /// The bytes of each such entry.
    known: BTreeMap<u32, u64>,
    /// Entries that may stand in either table, sorted.
    pub(super) both: Vec<u32>,
    /// There are more than were looked at.
    more: bool,
}

impl Lengths {
    pub(super) fn of(&self, id: u32) -> Option<u64> {
        self.known.get(&id).copied()
    }

    /// Whether the directory said less than there is.
    pub(super) fn any(&self) -> bool {
        self.more || !self.known.is_empty()
    }
}

impl Cfb<'_> {
    /// Measures the chains of streams that the directory calls empty.
    pub(super) fn find_lengths(&self) -> Lengths {
        let mut lengths = Lengths::default();
        let empty = |entry: &Entry| {
            entry.size == 0 && entry.start < MARKS && !matches!(entry.kind, 0 | 1 | ROOT)
        };
        let entries = || (1..self.entries()).filter_map(|id| Some((id, self.entry(id)?)));
        if !entries().any(|(_, entry)| empty(&entry)) {
            return lengths;
        }
        let size = self.sectors.size();
        let mut fat = Claimed::of(&self.sectors.fat);
        let mut mini = Claimed::of(&self.mini.fat);
        [48, 60]
            .map(|at| self.sectors.number(at))
            .into_iter()
            .chain(self.entry(0).map(|root| root.start))
            .for_each(|start| fat.claim(start));
        for (_, entry) in entries().filter(|(_, entry)| entry.size > 0 && entry.kind != 1) {
            match entry.size < MINI_CUTOFF && self.mini.has(entry.start, size) {
                true => mini.claim(entry.start),
                false => fat.claim(entry.start),
            }
        }
        let laps = self.mini.fat.len().saturating_add(self.sectors.count());
        let mut steps = laps.saturating_mul(LAPS);
        for (id, entry) in entries().filter(|(_, entry)| empty(entry)) {
            if lengths.known.len() >= MOST || steps == 0 {
                lengths.more = true;
                break;
            }
            let large = fat.measure(entry.start, size, &mut steps);
            let large = large.filter(|bytes| *bytes >= MINI_CUTOFF);
            let there = self.mini.has(entry.start, size);
            let small = there.then(|| mini.measure(entry.start, MINI, &mut steps));
            let small = small.flatten().filter(|bytes| *bytes <= MINI_CUTOFF);
            if large.is_some() && small.is_some() {
                lengths.both.push(id);
            }
            // Of the last sector, all but what makes a stream a large one.
            let small = small.map(|bytes| bytes.min(MINI_CUTOFF.saturating_sub(1)));
            lengths
                .known
                .extend(large.or(small).map(|bytes| (id, bytes)));
        }
        lengths
    }
}

/// A table, and which of its sectors somebody leads to.
struct Claimed<'t> {
    table: &'t Table,
    claimed: Vec<bool>,
}

impl<'t> Claimed<'t> {
    fn of(table: &'t Table) -> Self {
        let mut claimed = Claimed {
            table,
            claimed: vec![false; table.len()],
        };
        let count = u32::try_from(table.len()).unwrap_or(u32::MAX);
        for sector in 0..count {
            if let Some(next) = table.following(sector).filter(|next| *next != sector) {
                claimed.claim(next);
            }
        }
        claimed
    }

    fn claim(&mut self, sector: u32) {
        let slot = usize::try_from(sector).ok();
        if let Some(slot) = slot.and_then(|slot| self.claimed.get_mut(slot)) {
            *slot = true;
        }
    }

    /// The bytes of the chain from `start` on, when nobody claims it; the stream does now.
    fn measure(&mut self, start: u32, size: usize, steps: &mut usize) -> Option<u64> {
        let slot = usize::try_from(start).ok()?;
        let next = self.table.following(start)?;
        let free = !self.claimed.get(slot).copied().unwrap_or(true);
        if !free || next >= MARKS && next != END {
            return None;
        }
        self.claim(start);
        let mut chain = self.table.chain(start);
        let mut sectors = 0u64;
        while *steps > 0 && chain.next().is_some() {
            sectors = sectors.saturating_add(1);
            *steps = steps.saturating_sub(1);
        }
        Some(sectors.saturating_mul(u64::try_from(size).unwrap_or(u64::MAX)))
    }
}
