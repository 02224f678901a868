//! What an encrypted document has in other streams than one in clear: its property sets
//! ([MS-OFFCRYPTO] 2.3.5.4), and the storages of objects ([MS-DOC] 2.2.6.3).
//!
//! # Malformed input
//!
//! Descriptors that lead outside the stream are left out; their names do not matter, what stands
//! there says what it is. A storage may begin at any byte of the data; it ends with it at the
//! latest.
//!
//! # Worst cases
//!
//! [`SETS`] sets and [`OBJECTS`] objects, each of which is charged for all that may belong to it.
//! What waits holds sixteen bytes for each run of its bytes, paid for until the end of the analysis.

use std::ops::Range;

use super::encryption::Opened;
use super::{Reading, SAME, named};
use crate::bytes::Bytes;
use crate::container::Source;
use crate::container::cfb::{Cfb, SIGNATURE, Stream, View};
use crate::format::ledger::{Child, Provenance};
use crate::format::properties;
use crate::gap::GapKind;
use crate::limits::{Exhausted, Limit};
use crate::location::Location;

/// The names of the streams, in lower case.
const SUMMARY: &str = "encryption";
const DATA: &str = "data";
/// Bytes of the summary that are read, and property sets in it: programs write two.
const LONGEST: u64 = 1 << 20;
const SETS: usize = 8;
/// Objects that are handed on; each is charged as if all that follows were its own.
const OBJECTS: usize = 64;
/// What a child in the queue costs besides its runs.
const CHILD: usize = 256;

impl Reading<'_, '_, '_> {
    /// Reads what was hidden, with what opened the document.
    pub(super) fn hidden(
        &mut self,
        (cfb, streams, location): (&Cfb<'_>, &[Stream], &Location),
    ) -> Result<(), Exhausted> {
        let Some(key) = self.key.clone() else {
            return Ok(());
        };
        for stream in named(streams, SUMMARY).take(SAME) {
            let place = location.child(&stream.path);
            let (mut bytes, _) = cfb.read(stream, LONGEST, self.budget);
            let read = self.summary(&key, &mut bytes);
            let held = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            self.budget.release_live(held);
            if let Err(cause) = read {
                self.spare(cause, &place)?;
            }
        }
        for stream in named(streams, DATA).take(SAME) {
            let place = location.child(&stream.path);
            let Some(clear) = self.view(cfb, stream, &place)? else {
                continue;
            };
            let found = match cfb.view(stream, self.budget) {
                Ok(raw) => {
                    let found = self.objects(&key, &clear, &raw, &place);
                    raw.close(self.budget);
                    found
                }
                Err(cause) => self.spare(cause, &place),
            };
            clear.close(self.budget);
            found?;
        }
        Ok(())
    }

    /// Reads the property sets of a summary.
    fn summary(&mut self, key: &Opened, bytes: &mut [u8]) -> Result<(), Exhausted> {
        let mut head: [u8; 4] = match bytes.first_chunk() {
            Some(head) => *head,
            None => return Ok(()),
        };
        key.block(0, &mut head);
        let array = usize::try_from(u32::from_le_bytes(head)).unwrap_or(usize::MAX);
        let mut list = bytes.get(array..).unwrap_or_default().to_vec();
        key.block(0, &mut list);
        let mut list = Bytes::new(&list);
        let count = list.u32().unwrap_or(0);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut kept = true;
        for _ in 0..count.min(SETS) {
            let Some((range, block)) = descriptor(&mut list) else {
                break;
            };
            let mut set = bytes.get(range).unwrap_or_default().to_vec();
            let length = u64::try_from(set.len()).unwrap_or(u64::MAX);
            self.budget.charge_decoded(length)?;
            key.block(block, &mut set);
            let (document, budget) = (&mut *self.document, self.budget);
            properties::visit(&set, budget, |name, value| {
                kept &= document.environment.property(name, value, budget);
            })?;
        }
        match kept {
            true => Ok(()),
            false => Err(Exhausted::Limit(Limit::LiveBytes)),
        }
    }

    /// Hands on the storages in the data.
    fn objects(
        &mut self,
        key: &Opened,
        clear: &View<'_>,
        raw: &View<'_>,
        place: &Location,
    ) -> Result<(), Exhausted> {
        // What was decrypted stands together.
        let found = memchr::memmem::find_iter(clear.chunk(0), SIGNATURE);
        for (index, at) in found.enumerate() {
            let number = index.saturating_add(1);
            if number > OBJECTS {
                let detail = "more objects in the data than are read";
                self.ledger.gap(GapKind::Limit, place.clone(), detail);
                break;
            }
            let location = place.child(&format!("object {number}"));
            let (Some(runs), Some(coding)) = (raw.runs_of(at..raw.length()), key.coding(at)) else {
                let detail = "an object in a stream that only one of two readers finds";
                self.ledger.gap(GapKind::Damaged, location, detail);
                continue;
            };
            let cost = runs.len().saturating_mul(16).saturating_add(CHILD);
            let cost = u64::try_from(cost).unwrap_or(u64::MAX);
            if let Err(cause) = self.budget.charge_live(cost) {
                self.spare(cause, &location)?;
                continue;
            }
            let source = Source::scattered(runs, coding);
            let provenance = Provenance {
                techniques: vec![key.technique],
                ..Provenance::default()
            };
            self.ledger.child_by(Child { source, location }, provenance);
        }
        Ok(())
    }
}

/// Where a stream of a summary stands, and its block ([MS-OFFCRYPTO] 2.3.5.3).
fn descriptor(list: &mut Bytes<'_>) -> Option<(Range<usize>, u32)> {
    let start = usize::try_from(list.u32()?).ok()?;
    let length = usize::try_from(list.u32()?).ok()?;
    let block = u32::from(list.u16()?);
    let [characters, _flags] = *list.take(2)?.first_chunk()?;
    list.skip(4)?;
    // The name has an end mark besides its characters.
    let name = usize::from(characters).saturating_add(1).saturating_mul(2);
    list.skip(name)?;
    Some((start..start.checked_add(length)?, block))
}
