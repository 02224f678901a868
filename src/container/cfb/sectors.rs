//! Sectors of a compound file and the chains that they form ([MS-CFB] 2.2 to 2.5).

use std::ops::Range;

use crate::bytes::Bytes;

/// Length of the header; with large sectors it takes a whole sector ([MS-CFB] 2.2).
pub(super) const HEADER: usize = 512;
/// Where the header holds its 109 FAT sector numbers.
const DIFAT: usize = 76;
const DIFAT_ENTRIES: usize = 109;
/// Sector numbers from here on are marks: end of chain, free, FAT, DIFAT ([MS-CFB] 2.1).
const MARKS: u32 = 0xffff_fffa;
/// The end of a chain.
const END: u32 = 0xffff_fffe;

/// The sectors of one file. Their number follows from the length of the file; what headers say of
/// it is not looked at.
pub(super) struct Sectors<'a> {
    data: &'a [u8],
    /// 9 or 12; other values are a lie, and the version decides.
    shift: u32,
    fat: Vec<u32>,
}

impl<'a> Sectors<'a> {
    pub(super) fn read(data: &'a [u8]) -> Option<Self> {
        let mut header = Bytes::at(data, 26)?;
        let (version, _order, shift) = (header.u16()?, header.u16()?, header.u16()?);
        let shift = match (shift, version) {
            (9, _) => 9,
            (12, _) | (_, 4) => 12,
            _ => 9,
        };
        let mut sectors = Sectors {
            data,
            shift,
            fat: Vec::new(),
        };
        sectors.read_fat();
        Some(sectors)
    }

    /// Reads the FAT: its sectors are named in the header and in the chain of DIFAT sectors. No
    /// more of it is read than the file has sectors.
    fn read_fat(&mut self) {
        let count = self.count();
        let mut named = u32s(self.data.get(DIFAT..HEADER).unwrap_or_default());
        named.truncate(DIFAT_ENTRIES);
        let mut next = Bytes::at(self.data, 68).and_then(|mut bytes| bytes.u32());
        let mut seen = 0usize;
        loop {
            for sector in named.drain(..) {
                if self.fat.len() >= count {
                    return;
                }
                if sector < MARKS {
                    // A sector that is not there still has its place: the numbers count on.
                    let entries = self.sector(sector).map(u32s).unwrap_or_default();
                    let wanted = self.fat.len().saturating_add(self.size() / 4).min(count);
                    self.fat.extend(entries);
                    self.fat.resize(wanted, u32::MAX);
                }
            }
            seen = seen.saturating_add(1);
            let Some(sector) = next.filter(|sector| *sector < MARKS && seen <= count) else {
                return;
            };
            named = self.sector(sector).map(u32s).unwrap_or_default();
            next = named.pop();
        }
    }

    /// Bytes of a sector.
    pub(super) fn size(&self) -> usize {
        1 << self.shift
    }

    /// How many sectors the file has; the last may be cut.
    pub(super) fn count(&self) -> usize {
        self.data
            .len()
            .saturating_sub(self.size())
            .div_ceil(self.size())
    }

    /// The bytes of a sector; fewer at the end of the file.
    pub(super) fn sector(&self, sector: u32) -> Option<&'a [u8]> {
        self.data.get(self.run(sector)?)
    }

    /// Where a sector stands in the file; `None` outside.
    pub(super) fn run(&self, sector: u32) -> Option<Range<usize>> {
        let start = usize::try_from(sector)
            .ok()?
            .checked_add(1)?
            .checked_mul(self.size())?;
        let end = start.checked_add(self.size())?.min(self.data.len());
        (start <= end).then_some(start..end)
    }

    /// The sectors that follow from `start`. Ends at the end mark, outside the file, and where
    /// the chain runs in a circle.
    pub(super) fn chain(&self, start: u32) -> Chain<'_> {
        Chain::new(&self.fat, start)
    }
}

/// The little-endian numbers in `bytes`.
pub(super) fn u32s(bytes: &[u8]) -> Vec<u32> {
    let (numbers, _) = bytes.as_chunks();
    numbers
        .iter()
        .map(|number| u32::from_le_bytes(*number))
        .collect()
}

/// A walk along a chain. Circles are told by Brent's method: constant memory, and at most three
/// times the sectors before the circle is closed.
pub(super) struct Chain<'f> {
    table: &'f [u32],
    next: u32,
    mark: u32,
    steps: u64,
    lap: u64,
}

impl<'f> Chain<'f> {
    pub(super) fn new(table: &'f [u32], start: u32) -> Self {
        Chain {
            table,
            next: start,
            mark: u32::MAX,
            steps: 0,
            lap: 1,
        }
    }
}

impl Chain<'_> {
    /// Whether the walk came to the mark of an end, and not out of the file or into a circle.
    pub(super) fn is_closed(&self) -> bool {
        self.next == END
    }
}

impl Iterator for Chain<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let current = self.next;
        if current >= MARKS || current == self.mark {
            return None;
        }
        let following = self.table.get(usize::try_from(current).ok()?)?;
        if self.steps == self.lap {
            self.mark = current;
            self.steps = 0;
            self.lap = self.lap.saturating_mul(2);
        }
        self.steps = self.steps.saturating_add(1);
        self.next = *following;
        Some(current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_ends_at_its_mark_outside_the_table_and_in_a_circle() {
        assert_eq!(
            Chain::new(&[2, 9, 0xffff_fffe], 0).collect::<Vec<_>>(),
            [0, 2]
        );
        assert_eq!(Chain::new(&[1, 9], 0).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(Chain::new(&[0], 5).next(), None);
        for circle in 1..200u32 {
            let mut table: Vec<u32> = (1..=circle).collect();
            table[circle as usize - 1] = circle / 2;
            let walked = Chain::new(&table, 0).count();
            assert!(
                walked >= circle as usize && walked <= 3 * circle as usize + 3,
                "{circle}"
            );
        }
    }
}
