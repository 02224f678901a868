//! What is missing of a compound file: its directory, or bytes of its streams.
//!
//! # Malformed input
//!
//! A directory whose chain does not come to its end mark, or that has no root, is searched for in
//! all sectors: programs repair such files. What is found in that way follows what the chain gave.
//!
//! # Worst cases
//!
//! One look at each sector; one walk along the chains of all streams together, of no more steps
//! than four times the sectors of the file: in a sound file no two streams share one.

use std::collections::BTreeSet;

use super::mini::OTHERS;
use super::sectors::Sectors;
use super::{Cfb, ENTRY, Place};

/// The name of the first entry ([MS-CFB] 2.6.2), in UTF-16.
const ROOT: &[u8] = b"R\0o\0o\0t\0 \0E\0n\0t\0r\0y\0\0\0";
/// How often the sectors of a file may be walked over.
pub(super) const LAPS: usize = 4;

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    /// The directory, or a part of it: streams may be unknown.
    Directory,
    /// Bytes of a stream.
    Streams,
    /// The size of a stream that is there.
    Sizes,
}

impl Damage {
    /// In plain words.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Damage::Directory => "the directory of the compound file is broken",
            Damage::Sizes => "a stream of the compound file is not empty, as its directory says",
            Damage::Streams => "the compound file is cut off: a stream is not all there",
        }
    }
}

/// The sectors that look like those of a directory and are not among `known`, the one with the
/// root first.
pub(super) fn directory(sectors: &Sectors<'_>, known: &[u32]) -> Vec<u32> {
    let known: BTreeSet<u32> = known.iter().copied().collect();
    let count = u32::try_from(sectors.count()).unwrap_or(u32::MAX);
    let mut found: Vec<u32> = (0..count)
        .filter(|sector| !known.contains(sector))
        .filter(|sector| sectors.sector(*sector).is_some_and(is_directory))
        .collect();
    let root = |sector: &u32| {
        let bytes = sectors.sector(*sector).unwrap_or_default();
        bytes.starts_with(ROOT)
    };
    if let Some(first) = found.iter().position(root)
        && let Some(slots) = found.get_mut(..=first)
    {
        slots.rotate_right(1);
    }
    found
}

/// Whether a sector holds entries and nothing else ([MS-CFB] 2.6.1).
fn is_directory(sector: &[u8]) -> bool {
    let (entries, _) = sector.as_chunks::<ENTRY>();
    let mut used = false;
    entries.iter().all(|entry| match entry_kind(entry) {
        Some(kind) => {
            used |= kind != 0;
            true
        }
        None => false,
    }) && used
}

/// The type of an entry, when it looks like one.
fn entry_kind(entry: &[u8; ENTRY]) -> Option<u8> {
    let (name, rest) = entry.split_first_chunk::<64>()?;
    let [low, high, kind, colour, ..] = rest else {
        return None;
    };
    let length = usize::from(u16::from_le_bytes([*low, *high]));
    if *kind == 0 {
        // Some writers give the name of an unused entry a length.
        return name.iter().all(|byte| *byte == 0).then_some(0);
    }
    let named = (4..=64).contains(&length) && length.is_multiple_of(2);
    let (units, _) = name.as_chunks::<2>();
    let end = (length / 2).saturating_sub(1);
    let ended = units.get(end) == Some(&[0, 0]);
    let whole = units.iter().take(end).all(|unit| *unit != [0, 0]);
    let known = matches!(*kind, 1 | 2 | 5) && *colour < 2;
    (named && ended && whole && known).then_some(*kind)
}

impl Cfb<'_> {
    /// What is missing of the file, if anything is.
    pub(crate) fn damage(&self) -> Option<Damage> {
        if self.searched {
            return Some(Damage::Directory);
        }
        if self.lengths.any() {
            return Some(Damage::Sizes);
        }
        let count = self.sectors.count().saturating_add(1);
        let mut steps = count.saturating_mul(LAPS);
        let ours = self.our_streams();
        let cut = ours.filter(|stream| !stream.orphan && matches!(stream.place, Place::Entry(_)));
        let mut cut = cut.map(|stream| {
            let mut there = 0usize;
            let walked = self.each_run_within(&stream, stream.size, &mut steps, |run| {
                there = there.saturating_add(run.len());
            });
            // A size that no file has says nothing: remnants of old programs.
            let size = usize::try_from(stream.size).unwrap_or(usize::MAX);
            !walked.enough || walked.guessed || there < size
        });
        (cut.any(|cut| cut) || self.others.len() >= OTHERS).then_some(Damage::Streams)
    }
}
