//! The mini stream and its FAT ([MS-CFB] 2.4, 2.6.2), and streams that may stand in it or not.
//!
//! # Malformed input
//!
//! Where the mini FAT or the mini stream is broken, what follows it in the file takes its place; a
//! mini stream that nothing leads to is looked for among the chains that nobody claims. A wrong
//! cutoff in the header and a size that no file has leave two readings of where a stream stands;
//! programs differ, so each is a stream.
//!
//! # Worst cases
//!
//! The mini FAT holds a number for each 64 bytes of the file at most. The search for a lost mini
//! stream is linear in the FAT. At most [`OTHERS`] streams have two places, found in no more steps
//! than four times the sectors.

use super::damage::LAPS;
use super::sectors::u32s;
use super::table::{Chain, MARKS, Table, Walk, is_table};
use super::{Cfb, Entry, MINI, MINI_CUTOFF};

/// Streams with two places that are kept.
pub(super) const OTHERS: usize = 1_000;
/// Chains that nobody claims that are measured.
const CANDIDATES: usize = 64;

/// The mini stream.
#[derive(Default)]
pub(super) struct Mini {
    pub(super) fat: Table,
    /// Its sectors.
    pub(super) stream: Vec<u32>,
    /// Mini sectors from here on are a guess.
    sure: usize,
}

impl Mini {
    /// The mini sectors from `start` on; `size` is that of an ordinary sector.
    pub(super) fn walk(&self, start: u32, size: usize) -> Walk<'_> {
        let count = self.stream.len().saturating_mul(size) / MINI;
        self.fat.walk(start, count)
    }

    /// Whether a mini sector is where the file says that it is.
    pub(super) fn is_sure(&self, sector: u32) -> bool {
        usize::try_from(sector).is_ok_and(|sector| sector < self.sure)
    }

    pub(super) fn has(&self, sector: u32, size: usize) -> bool {
        let count = self.stream.len().saturating_mul(size) / MINI;
        usize::try_from(sector).is_ok_and(|sector| sector < count)
    }
}

impl Cfb<'_> {
    /// Finds the mini stream and its FAT.
    pub(super) fn read_mini(&self) -> Mini {
        let Some(root) = self.entry(0) else {
            return Mini::default();
        };
        let size = self.sectors.size();
        let bytes = usize::try_from(root.size).unwrap_or(usize::MAX);
        let (mut stream, mut sure) = self.sectors.stretch(root.start, bytes.div_ceil(size));
        let entries = bytes.div_ceil(MINI);
        let wanted = entries.div_ceil(size / 4);
        let (sectors, mut sure_fat) = self.sectors.stretch(self.sectors.number(60), wanted);
        let most = entries.min(self.data.len() / MINI);
        let capacity = sectors.len().saturating_mul(size / 4);
        let mut fat: Vec<u32> = sectors
            .into_iter()
            .flat_map(|sector| self.sectors.sector(sector).map(u32s).unwrap_or_default())
            .take(self.data.len() / MINI)
            .collect();
        let used = fat.get(..most.min(fat.len())).unwrap_or_default();
        if !is_table(used, capacity) {
            // Something else stands there; the stream is there all the same.
            fat.iter_mut().for_each(|next| *next = u32::MAX);
            sure_fat = 0;
        }
        if stream.is_empty() && !fat.is_empty() {
            stream = self.lost_mini(bytes.div_ceil(size));
            sure = 0;
        }
        let sure = sure.saturating_mul(size) / MINI;
        Mini {
            fat: Table::new(fat),
            stream,
            sure: sure.min(sure_fat.saturating_mul(size / 4)),
        }
    }

    /// The chain that nobody claims and that is as long as the mini stream, or else the longest.
    fn lost_mini(&self, wanted: usize) -> Vec<u32> {
        let fat = &self.sectors.fat;
        let count = u32::try_from(fat.len()).unwrap_or(u32::MAX);
        let mut claimed = vec![false; fat.len()];
        let mut claim = |sector: u32| {
            let slot = usize::try_from(sector).ok();
            if let Some(slot) = slot.and_then(|slot| claimed.get_mut(slot)) {
                *slot = true;
            }
        };
        for sector in 0..count {
            fat.following(sector).into_iter().for_each(&mut claim);
        }
        [48, 60]
            .map(|at| self.sectors.number(at))
            .into_iter()
            .for_each(&mut claim);
        for entry in (1..self.entries()).filter_map(|id| self.entry(id)) {
            if entry.size >= MINI_CUTOFF {
                claim(entry.start);
            }
        }
        let heads = (0..count).zip(claimed).filter(|(sector, claimed)| {
            // A chain of one sector has an end mark; the sectors of the FAT have marks of their own.
            let next = fat.following(*sector).unwrap_or(u32::MAX);
            !claimed && (next < MARKS || next == super::table::END)
        });
        let mut best = Vec::new();
        for (head, _) in heads.take(CANDIDATES) {
            let chain: Vec<u32> = fat.chain(head).collect();
            let fits = |chain: &Vec<u32>| chain.len() == wanted;
            if !fits(&best) && (fits(&chain) || chain.len() > best.len()) {
                best = chain;
            }
        }
        best
    }

    /// Whether a small stream stands in ordinary sectors: the mini stream has no place for it, and
    /// they do.
    pub(super) fn stands_outside(&self, entry: &Entry) -> bool {
        !self.mini.has(entry.start, self.sectors.size()) && {
            let mut steps = usize::MAX;
            fills((&self.sectors.fat, self.sectors.size()), entry, &mut steps)
        }
    }

    /// The entries of streams that may stand at two places, sorted.
    pub(super) fn find_others(&self) -> Vec<u32> {
        let cutoff = u64::from(self.sectors.number(56));
        let longest = self.data.len();
        let size = self.sectors.size();
        let laps = self.mini.fat.len().saturating_add(self.sectors.count());
        let mut steps = laps.saturating_mul(LAPS);
        let between = cutoff.min(MINI_CUTOFF)..cutoff.max(MINI_CUTOFF);
        let mut is_other = |entry: &Entry| {
            let impossible = usize::try_from(entry.size).map_or(true, |size| size > longest);
            if entry.size >= MINI_CUTOFF && self.mini.has(entry.start, size) {
                let chain = (&self.sectors.fat, size);
                if impossible || !holds(chain, entry, &mut steps) && steps > 0 {
                    return true;
                }
            }
            // What the header says is what some programs go by.
            between.contains(&entry.size)
                && match entry.size < MINI_CUTOFF {
                    true => fills((&self.sectors.fat, size), entry, &mut steps),
                    false => fills((&self.mini.fat, MINI), entry, &mut steps),
                }
        };
        let ids = (1..self.entries()).filter(|id| {
            let entry = self.entry(*id).filter(|entry| entry.is_stream(longest));
            entry.is_some_and(|entry| is_other(&entry))
        });
        ids.take(OTHERS).collect()
    }
}

/// Whether a chain in sectors of this size holds all of a stream.
fn holds(chain: (&Table, usize), entry: &Entry, steps: &mut usize) -> bool {
    along(chain, entry, steps).is_some()
}

/// Whether it holds no more than that and the rest of its last sector.
fn fills(chain: (&Table, usize), entry: &Entry, steps: &mut usize) -> bool {
    along(chain, entry, steps).is_some_and(|chain| chain.is_closed())
}

/// A chain behind the last sector of a stream.
fn along<'t>(
    (table, size): (&'t Table, usize),
    entry: &Entry,
    steps: &mut usize,
) -> Option<Chain<'t>> {
    let wanted = usize::try_from(entry.size).unwrap_or(usize::MAX);
    let wanted = wanted.div_ceil(size);
    let mut sectors = table.chain(entry.start);
    let mut found = 0usize;
    while found < wanted && *steps > 0 && sectors.next().is_some() {
        found = found.saturating_add(1);
        *steps = steps.saturating_sub(1);
    }
    (found == wanted && found > 0).then_some(sectors)
}
