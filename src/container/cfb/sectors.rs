//! Sectors of a compound file and the chains that they form ([MS-CFB] 2.2 to 2.5).

use std::ops::Range;

use super::table::{MARKS, Table, is_table};
use crate::bytes::Bytes;

/// Length of the header; with large sectors it takes a whole sector ([MS-CFB] 2.2).
pub(super) const HEADER: usize = 512;
/// Where the header holds its 109 FAT sector numbers.
const DIFAT: usize = 76;
const DIFAT_ENTRIES: usize = 109;

/// How many times longer a file may have been before it was cut off.
const LONGER: usize = 256;

/// The sectors of one file. Their number follows from the length of the file; what headers say of
/// it is not looked at.
pub(super) struct Sectors<'a> {
    data: &'a [u8],
    shift: u32,
    pub(super) fat: Table,
}

impl<'a> Sectors<'a> {
    /// The shift of the sectors that the header names, and the other one: 9 or 12. Where it names
    /// another, the version decides.
    pub(super) fn shifts(data: &[u8]) -> Option<[u32; 2]> {
        let mut header = Bytes::at(data, 26)?;
        let (version, _order, shift) = (header.u16()?, header.u16()?, header.u16()?);
        Some(match (shift, version) {
            (9, _) => [9, 12],
            (12, _) | (_, 4) => [12, 9],
            _ => [9, 12],
        })
    }

    pub(super) fn read(data: &'a [u8], shift: u32) -> Self {
        let mut sectors = Sectors {
            data,
            shift,
            fat: Table::default(),
        };
        sectors.fat = Table::new(sectors.read_fat());
        sectors
    }

    /// Reads the FAT: its sectors are named in the header and in the chain of DIFAT sectors. No
    /// more of it is read than the file has sectors.
    fn read_fat(&self) -> Vec<u32> {
        let count = self.count();
        // A file that was cut off has sectors that its table knows and that are not there.
        let capacity = count.saturating_mul(LONGER);
        let mut fat: Vec<u32> = Vec::new();
        let mut named = u32s(self.data.get(DIFAT..HEADER).unwrap_or_default());
        named.truncate(DIFAT_ENTRIES);
        let mut next = Bytes::at(self.data, 68).and_then(|mut bytes| bytes.u32());
        let mut seen = 0usize;
        loop {
            for sector in named.drain(..) {
                if fat.len() >= count {
                    return fat;
                }
                if sector < MARKS {
                    // A sector that is not there still has its place: the numbers count on.
                    let mut entries = self.sector(sector).map(u32s).unwrap_or_default();
                    let here = count.saturating_sub(fat.len()).min(entries.len());
                    if !is_table(entries.get(..here).unwrap_or_default(), capacity) {
                        entries.clear();
                    }
                    let wanted = fat.len().saturating_add(self.size() / 4).min(count);
                    fat.extend(entries);
                    fat.resize(wanted, u32::MAX);
                }
            }
            seen = seen.saturating_add(1);
            let Some(sector) = next.filter(|sector| *sector < MARKS && seen <= count) else {
                return fat;
            };
            named = self.sector(sector).map(u32s).unwrap_or_default();
            next = named.pop();
        }
    }

    /// A number of the header.
    pub(super) fn number(&self, at: usize) -> u32 {
        Bytes::at(self.data, at)
            .and_then(|mut bytes| bytes.u32())
            .unwrap_or(u32::MAX)
    }

    /// The sectors that follow from `start`, also behind a break as long as fewer than `wanted`
    /// were found; and how many of them are no guess.
    pub(super) fn stretch(&self, start: u32, wanted: usize) -> (Vec<u32>, usize) {
        let count = self.count();
        let wanted = if wanted > count { 0 } else { wanted };
        let mut walk = self.fat.walk(start, count);
        let mut found = Vec::new();
        let mut sure = 0usize;
        while found.len() < wanted || !walk.is_broken() {
            let Some(sector) = walk.next() else { break };
            found.push(sector);
            if !walk.guessed() {
                sure = found.len();
            }
        }
        (found, sure)
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
}

/// The little-endian numbers in `bytes`.
pub(super) fn u32s(bytes: &[u8]) -> Vec<u32> {
    let (numbers, _) = bytes.as_chunks();
    numbers
        .iter()
        .map(|number| u32::from_le_bytes(*number))
        .collect()
}
