//! Storages of objects in the stream of a presentation: `ExOleObjStg` ([MS-PPT] 2.10.34), plain or
//! compressed, handed on as documents of their own.
//!
//! # Malformed input
//!
//! Whether a storage is compressed is told by its bytes; the record's own word counts where they
//! say nothing.
//!
//! # Worst cases
//!
//! Each object pays for a part and for its first block. What waits holds sixteen bytes for each run
//! of its bytes, paid for until the end of the analysis; objects never overlap.

use std::cell::Cell;
use std::io::BufRead;
use std::ops::Range;

use super::records::Record;
use super::unlock::Opened;
use crate::container::cfb::{SIGNATURE, View};
use crate::container::{Coding, Shortfall, Source};
use crate::format::ledger::{Child, Ledger, Provenance};
use crate::gap::{GapKind, SkipReason};
use crate::identify::{Disposition, Identity, identify};
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::location::Location;

/// What a child in the queue costs besides its runs.
const CHILD: u64 = 256;
/// Bytes in front of the deflate stream: the decompressed size, and the header of zlib
/// ([MS-PPT] 2.10.35; RFC 1950, 2.2).
const COMPRESSED: usize = 6;
/// The compression method in the first byte of zlib.
const DEFLATE: u8 = 8;

/// An object in a record of a presentation.
pub(super) struct Object<'a> {
    pub(super) record: &'a Record,
    /// The stream, decrypted as far as that was done, and as it stands in the file.
    pub(super) view: &'a View<'a>,
    pub(super) raw: &'a View<'a>,
    /// The compound file.
    pub(super) data: &'a [u8],
    /// The presentation is encrypted, so that what cannot be read says nothing.
    pub(super) encrypted: bool,
    /// What opened it.
    pub(super) opened: Option<&'a Opened>,
    /// An animation activates it, or another one.
    pub(super) activated: bool,
    pub(super) place: &'a Location,
}

impl Object<'_> {
    /// Puts the object into the queue, if it could be a document.
    pub(super) fn hand_on(
        &self,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let Some(deflated) = is_compressed(self.record, self.view) else {
            return Ok(());
        };
        let body = &self.record.body;
        let start = body
            .start
            .saturating_add(if deflated { COMPRESSED } else { 0 });
        let Some(runs) = self.raw.runs_of(start..body.end) else {
            let detail = "an object in a stream that only one of two readers finds";
            ledger.gap(GapKind::Damaged, self.place.clone(), detail);
            return Ok(());
        };
        let held = u64::try_from(runs.len()).unwrap_or(u64::MAX);
        let length = self.view.u32(body.start).filter(|_| deflated);
        let source = match self
            .opened
            .and_then(|opened| opened.coding(start, deflated))
        {
            Some(coding) => Source::scattered(runs, coding),
            None => source(runs, length.map(u64::from)),
        };
        let outcome = Cell::new(None);
        let mut reader = source.open(self.data, budget, &outcome);
        let could_be = identify(reader.fill_buf().unwrap_or_default());
        drop(reader);
        let reason = |identity: &Identity| match identity.disposition {
            Disposition::Opaque(reason) => Some(reason),
            Disposition::Read
            | Disposition::Compound
            | Disposition::Xml(_)
            | Disposition::Unsupported(_)
            | Disposition::Encrypted => None,
        };
        if could_be.iter().all(|identity| reason(identity).is_some()) {
            let reason = could_be.first().and_then(reason);
            let reason = reason.unwrap_or(SkipReason::Unknown);
            ledger.skip(self.place.clone(), reason);
            return match outcome.take() {
                Some(Shortfall::Damaged(_)) | None if self.encrypted => Ok(()),
                Some(shortfall) => ledger.shortfall(shortfall, self.place),
                None => Ok(()),
            };
        }
        let cost = held.saturating_mul(16).saturating_add(CHILD);
        if let Err(cause) = budget.charge_live(cost) {
            ledger.exhausted(cause, self.place.clone());
            return Ok(());
        }
        let child = Child {
            source,
            location: self.place.clone(),
        };
        let techniques = self.activated.then_some(TechniqueId::Activated);
        let opened = self.opened.map(|opened| opened.technique);
        let provenance = Provenance {
            techniques: techniques.into_iter().chain(opened).collect(),
            ..Provenance::default()
        };
        ledger.child_by(child, provenance);
        Ok(())
    }
}

/// Whether the body of a record is compressed; `None` when it is empty.
fn is_compressed(record: &Record, view: &View<'_>) -> Option<bool> {
    let start = record.body.start;
    let plain = view
        .array::<8>(start)
        .is_some_and(|head| head == *SIGNATURE);
    let [method, flags] = view.array(start.saturating_add(4))?;
    let zlib = method & 0xf == DEFLATE && u16::from_be_bytes([method, flags]).is_multiple_of(31);
    Some(!plain && (zlib || record.instance == 1))
}

/// An object in these runs; `length` is that of a compressed one.
fn source(runs: Vec<Range<usize>>, length: Option<u64>) -> Source {
    match (runs.as_slice(), length) {
        ([range], None) => Source::stored(range.clone()),
        (_, None) => Source::scattered(runs, Coding::Stored),
        (_, Some(length)) => Source::scattered(runs, Coding::DeflatedTo(length)),
    }
}
