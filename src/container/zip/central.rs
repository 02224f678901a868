//! The view of the central directory: by the `zip` crate, and by a walk of our own that goes by
//! signatures where the crate goes by the counts of the end record.
//!
//! The walk is needed because the crate hides what an attacker may want hidden: of equal names
//! it keeps the last, entries past the count it does not see, and of entries whose local header
//! is broken it says nothing.
//!
//! # Malformed input
//!
//! The end record may lie about counts, sizes and offsets, may be missing or stand far from the
//! end, and bytes may stand in front of the archive.
//!
//! # Worst cases
//!
//! Linear. The crate searches backwards for end records and starts again at each, which is
//! quadratic; therefore it is shown the archive up to the end record that we found, and reads
//! against an allowance. What it allocates is paid for before it is called.

use std::collections::BTreeMap;

use memchr::memmem;
use zip::{CompressionMethod, ZipArchive};

use super::header::{CENTRAL, Central, END, LOCAL};
use crate::bytes::Bytes;
use crate::container::held::Held;
use crate::container::metered::Metered;
use crate::guard::{Caught, guard};
use crate::limits::Exhausted;

/// Length of the end record without its comment (APPNOTE 4.3.16).
const END_LENGTH: usize = 22;
/// Length of the zip64 locator, which stands right in front of the end record (APPNOTE 4.3.15).
const LOCATOR_LENGTH: usize = 20;
/// Length of the zip64 end record in its first version (APPNOTE 4.3.14).
const WIDE_LENGTH: usize = 56;
/// What the crate holds for one entry besides its texts: twice the size of its own structure.
const CRATE_ENTRY: usize = 512;
/// How often the crate copies the texts of an entry.
const CRATE_COPIES: usize = 6;

/// The central directory as our own walk sees it.
pub(super) struct Directory<'d> {
    pub(super) entries: Vec<Central<'d>>,
    /// Bytes in front of the archive that its offsets do not count.
    base: usize,
    /// How many entries the end record claims.
    declared: u64,
    /// Whether `declared` is 16 bits wide, so that it wraps.
    narrow: bool,
    /// First byte of the directory, and first behind it.
    start: usize,
    stop: usize,
    /// First byte behind the end record and its comment.
    end: usize,
    /// Memory ended the walk.
    pub(super) exhausted: Option<Exhausted>,
}

impl<'d> Directory<'d> {
    /// The directory of the last end record that leads to one. An end record that says
    /// rightly that there is nothing is a directory, too.
    pub(super) fn read(data: &'d [u8], held: &mut Held<'_>) -> Option<Self> {
        let mut empty = None;
        for (nth, at) in memmem::rfind_iter(data, END).enumerate() {
            let Some(record) = EndRecord::parse(data, at) else {
                continue;
            };
            match record.locate(data, nth == 0) {
                Some(start) => return Some(record.walk(data, start, held)),
                None if record.entries == 0 && record.length == 0 && nth == 0 => {
                    empty = Some(record.walk(data, at, held));
                }
                None => {}
            }
        }
        empty
    }

    /// Where the local header of an entry is. Offsets may count the bytes in front or not.
    pub(super) fn place(&self, data: &[u8], entry: &Central<'_>) -> usize {
        let declared = usize::try_from(entry.offset).unwrap_or(usize::MAX);
        let based = declared.saturating_add(self.base);
        let starts = |at: usize| data.get(at..).is_some_and(|rest| rest.starts_with(LOCAL));
        if !starts(based) && starts(declared) {
            declared
        } else {
            based
        }
    }

    /// The first byte of the directory.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Whether something stands in front of the first entry that is listed. The four bytes that
    /// mark an archive on several disks are none (APPNOTE 8.5.4).
    pub(super) fn is_behind_something(&self, data: &[u8]) -> bool {
        let places = self.entries.iter().map(|entry| self.place(data, entry));
        let first = places.min().unwrap_or(0).min(data.len());
        first > 0 && !matches!(data.get(..first), Some(b"PK00" | b"PK\x07\x08"))
    }

    /// Whether something stands behind the archive: NULs only fill.
    pub(super) fn is_before_something(&self, data: &[u8]) -> bool {
        let rest = data.get(self.end..).unwrap_or_default();
        rest.iter().any(|byte| *byte != 0)
    }

    /// The end record claims another number of entries than there are.
    pub(super) fn miscounts(&self) -> bool {
        let found = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        let claimed = if self.narrow { found & 0xffff } else { found };
        self.exhausted.is_none() && self.declared != claimed
    }
}

struct EndRecord {
    /// Where the 32-bit record starts; the directory ends before the first of the end records.
    first: usize,
    end: usize,
    entries: u64,
    narrow: bool,
    length: u64,
    offset: u64,
}

impl EndRecord {
    fn parse(data: &[u8], at: usize) -> Option<Self> {
        let mut bytes = Bytes::at(data, at)?;
        bytes.skip(8)?;
        let (here, entries) = (bytes.u16()?, bytes.u16()?);
        let (length, offset) = (bytes.u32()?, bytes.u32()?);
        let comment = usize::from(bytes.u16()?);
        let end = at
            .saturating_add(END_LENGTH)
            .saturating_add(comment)
            .min(data.len());
        let mut record = EndRecord {
            first: at,
            end,
            // Two fields for one number: where they differ, neither can be right about both.
            entries: if here == entries {
                u64::from(entries)
            } else {
                u64::MAX
            },
            narrow: here == entries,
            length: u64::from(length),
            offset: u64::from(offset),
        };
        record.widen(data, at);
        Some(record)
    }

    /// Takes over the zip64 end record, when there is one.
    fn widen(&mut self, data: &[u8], at: usize) -> Option<()> {
        let mut locator = Bytes::at(data, at.checked_sub(LOCATOR_LENGTH)?)?;
        if locator.take(4)? != b"PK\x06\x07" {
            return None;
        }
        locator.skip(4)?;
        let declared = usize::try_from(locator.u64()?).ok();
        let adjacent = at.checked_sub(LOCATOR_LENGTH)?.checked_sub(WIDE_LENGTH);
        let (wide_at, mut wide) = [declared, adjacent].into_iter().flatten().find_map(|at| {
            let mut bytes = Bytes::at(data, at)?;
            (bytes.take(4)? == b"PK\x06\x06").then_some((at, bytes))
        })?;
        wide.skip(20)?;
        let (here, entries) = (wide.u64()?, wide.u64()?);
        self.entries = if here == entries { entries } else { u64::MAX };
        self.narrow = false;
        self.length = wide.u64()?;
        self.offset = wide.u64()?;
        self.first = wide_at.min(at);
        Some(())
    }

    /// Where the directory starts: counted back from the end record, as declared, or (for the
    /// last end record of the file only, because it is a search) at the first signature.
    fn locate(&self, data: &[u8], search: bool) -> Option<usize> {
        let starts = |at: &usize| {
            data.get(*at..)
                .is_some_and(|rest| rest.starts_with(CENTRAL))
        };
        let length = usize::try_from(self.length).ok();
        let back = length.and_then(|length| self.first.checked_sub(length));
        let declared = usize::try_from(self.offset).ok();
        let found = back.filter(starts).or(declared.filter(starts));
        found.or_else(|| {
            let declared = declared.filter(|_| search)?;
            let between = data.get(declared..self.first)?;
            memmem::find(between, CENTRAL).map(|at| declared.saturating_add(at))
        })
    }

    fn walk<'d>(&self, data: &'d [u8], start: usize, held: &mut Held<'_>) -> Directory<'d> {
        let mut directory = Directory {
            entries: Vec::new(),
            base: start.saturating_sub(usize::try_from(self.offset).unwrap_or(usize::MAX)),
            declared: self.entries,
            narrow: self.narrow,
            start,
            stop: start,
            end: self.end,
            exhausted: None,
        };
        while let Some((entry, next)) = Central::parse(data, directory.stop) {
            if let Err(cause) = held.pay::<Central<'_>>(1) {
                directory.exhausted = Some(cause);
                break;
            }
            directory.entries.push(entry);
            directory.stop = next;
        }
        directory
    }
}

/// What the crate says of an entry that our walk does not say.
pub(super) struct Foreign {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) deflated: bool,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) encrypted: bool,
}

/// What came of asking the crate.
pub(super) enum Asked {
    /// It read the archive; these are the entries that it sees otherwise.
    Read(Vec<Foreign>),
    /// It refuses the archive.
    Refused,
    /// Not asked: it would hold more memory than is left.
    TooLarge,
    Panicked,
}

/// Asks the `zip` crate for its view, and compares.
pub(super) fn ask(data: &[u8], directory: &Directory<'_>, mut held: Held<'_>) -> Asked {
    let texts = directory.stop.saturating_sub(directory.start);
    let cost = crate_entries(data)
        .max(directory.entries.len())
        .saturating_mul(CRATE_ENTRY)
        .saturating_add(texts.saturating_mul(CRATE_COPIES));
    if held.pay_bytes(cost).is_err() {
        return Asked::TooLarge;
    }
    let view = data.get(..directory.end).unwrap_or(data);
    // The search for the directory starts at the declared offset and reads the bytes in front
    // once more; each entry is read here and in its local header.
    let allowance = texts
        .saturating_mul(2)
        .saturating_add(directory.base)
        .saturating_add(directory.entries.len().saturating_mul(64))
        .saturating_add(1 << 17);
    match guard(|| compare(view, allowance, directory)) {
        Ok(Some(foreign)) => Asked::Read(foreign),
        Ok(None) => Asked::Refused,
        Err(Caught) => Asked::Panicked,
    }
}

/// The most entries that any end record of the file claims: the crate allocates by it. The crate
/// itself takes no count that the bytes in front cannot hold.
fn crate_entries(data: &[u8]) -> usize {
    // One pass for the end records of both widths.
    memmem::find_iter(data, b"PK")
        .filter_map(|at| {
            let mut bytes = Bytes::at(data, at)?;
            bytes.skip(2)?;
            match bytes.u16()? {
                0x0605 => {
                    bytes.skip(4)?;
                    let (here, all) = (bytes.u16()?, bytes.u16()?);
                    Some(usize::from(here.max(all)))
                }
                0x0606 => {
                    bytes.skip(20)?;
                    let (here, all) = (bytes.u64()?, bytes.u64()?);
                    usize::try_from(here.max(all)).ok()
                }
                _ => None,
            }
        })
        .max()
        .unwrap_or(0)
        .min(data.len() / 46)
}

fn compare(view: &[u8], allowance: usize, directory: &Directory<'_>) -> Option<Vec<Foreign>> {
    let ours: BTreeMap<(usize, &[u8]), &Central<'_>> = directory
        .entries
        .iter()
        .map(|entry| ((directory.place(view, entry), entry.header.name), entry))
        .collect();
    let mut archive = ZipArchive::new(Metered::new(view, allowance)).ok()?;
    let mut foreign = Vec::new();
    for index in 0..archive.len() {
        // An error here is a broken local header: our walk has the entry.
        let Ok(file) = archive.by_index_raw(index) else {
            continue;
        };
        let deflated = file.compression() == CompressionMethod::DEFLATE;
        if !deflated && file.compression() != CompressionMethod::STORE {
            continue;
        }
        let at = usize::try_from(file.header_start()).unwrap_or(usize::MAX);
        let same = ours.get(&(at, file.name_raw())).is_some_and(|entry| {
            let header = &entry.header;
            (header.method == 8) == deflated
                && header.packed == file.compressed_size()
                && header.size == file.size()
                || header.method == 99
        });
        if !same {
            foreign.push(Foreign {
                at,
                name: file.name().to_owned(),
                deflated,
                packed: file.compressed_size(),
                size: file.size(),
                encrypted: file.encrypted(),
            });
        }
    }
    Some(foreign)
}
