//! Properties that get their meaning from a name ([MS-OXMSG] 2.2.3), of which one reaches out: the
//! sound of a reminder, which Outlook fetches when the reminder is due
//! (`PidLidReminderFileParameter`, [MS-OXORMDR] 2.2.1.5; `spec/word.md` §5.1).
//!
//! # Malformed input
//!
//! A name without its set counts as one of the set that it should be of.
//!
//! # Worst cases
//!
//! The list of names is cut at [`NAMES`]. All streams of the file are looked at once, by name.

use std::collections::BTreeSet;

use super::streams::Tag;
use super::{Reading, TEXT};
use crate::bytes::Bytes;
use crate::format::mail::mapi::{self, NAMED, SOUND, STRING8, UNICODE};
use crate::limits::Exhausted;

/// The streams with the sets, and with the names ([MS-OXMSG] 2.2.3.1.1, 2.2.3.1.2).
const SETS: &str = "__nameid_version1.0/__substg1.0_00020102";
const ENTRIES: &str = "__nameid_version1.0/__substg1.0_00030102";
/// Bytes of the list of names that are read: four times those that there are numbers for.
const NAMES: u64 = 1 << 20;
/// `PSETID_Common` ([MS-OXPROPS] 1.3.2).
const COMMON: [u8; 16] = [
    0x08, 0x20, 0x06, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46,
];

impl Reading<'_, '_> {
    /// Reports the sounds of reminders that stand elsewhere, in this file and the messages in it.
    pub(super) fn reminders(&mut self) -> Result<(), Exhausted> {
        let Some(entries) = self.cfb.find(ENTRIES) else {
            return Ok(());
        };
        let entries = self.bytes(&entries, NAMES)?;
        let sets = self.cfb.find(SETS);
        let sets = match sets {
            Some(sets) => self.bytes(&sets, NAMES)?,
            None => Vec::new(),
        };
        let sounds = sounds(&entries, &sets);
        if sounds.is_empty() {
            return Ok(());
        }
        let cfb = self.cfb;
        for stream in cfb.streams() {
            let Some(tag) = Tag::of(&stream.path) else {
                continue;
            };
            if !sounds.contains(&tag.id) || !matches!(tag.kind, STRING8 | UNICODE) {
                continue;
            }
            let bytes = self.bytes(&stream, TEXT)?;
            let target = mapi::text(tag.kind, &bytes, None);
            let (storage, _) = stream.path.rsplit_once('/').unwrap_or_default();
            let place = super::streams::place(self.file, storage);
            let Some(link) = mapi::reminder(&target, place) else {
                continue;
            };
            self.ledger.link(link);
        }
        Ok(())
    }
}

/// The numbers that stand for the sound of a reminder in this file.
fn sounds(entries: &[u8], sets: &[u8]) -> BTreeSet<u16> {
    let (entries, _) = entries.as_chunks::<8>();
    let found = entries.iter().filter_map(|entry| {
        let mut bytes = Bytes::new(entry);
        let name = bytes.u32()?;
        let set = bytes.u16()?;
        let index = bytes.u16()?;
        // The lowest bit says that the name is a text.
        let named = name == SOUND && set & 1 == 0 && of_common(set >> 1, sets);
        NAMED.checked_add(index).filter(|_| named)
    });
    found.collect()
}

/// Whether the set of this number is the one that sounds belong to: the first three numbers stand
/// for none, and for two that are fixed.
fn of_common(number: u16, sets: &[u8]) -> bool {
    let Some(index) = number.checked_sub(3) else {
        return false;
    };
    let (sets, _) = sets.as_chunks::<16>();
    sets.get(usize::from(index))
        .is_none_or(|set| *set == COMMON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sound_is_known_by_its_set_and_number() {
        let entry = |name: u32, set: u16, index: u16| {
            let mut entry = name.to_le_bytes().to_vec();
            entry.extend(set.to_le_bytes());
            entry.extend(index.to_le_bytes());
            entry
        };
        let sets = [[9; 16], COMMON].concat();
        // Sets count from three; the lowest bit marks names that are texts.
        let entries = [
            entry(SOUND, 4 << 1, 5),
            entry(SOUND, 3 << 1, 6),
            entry(SOUND, 4 << 1 | 1, 7),
            entry(0x8502, 4 << 1, 8),
            entry(SOUND, 9 << 1, 9),
            entry(SOUND, 2 << 1, 10),
        ];
        let found: Vec<u16> = sounds(&entries.concat(), &sets).into_iter().collect();
        assert_eq!(found, [0x8005, 0x8009]);
    }
}
