//! Binary presentations of PowerPoint 97 and later ([MS-PPT]; `spec/excel.md` §8.1): hyperlinks,
//! interactions, linked sound and video, and the storages of objects.
//!
//! The files: `records` (the stream as records), `gather` (records to what is kept), `links` (what
//! was kept to links), `objects` (storages of objects to documents of their own), `pictures` (names
//! of pictures that stand elsewhere), `unlock` (passwords).
//!
//! All records count, those of older edits included: which of them a program takes is told by
//! tables that may lie.
//!
//! # Malformed input
//!
//! Records that are out of step are searched for; a stream that ends inside a record is a gap, and
//! so is one without the record of a presentation.
//! Where streams have one name, each is read. What is encrypted says so in `Current User` or in the
//! edit that it names; where no password opens it that is a gap, and what is in clear all the same
//! is read.
//!
//! # Worst cases
//!
//! Linear in the streams, which are read where they stand and are charged; what is kept is paid
//! for.

mod gather;
mod links;
mod objects;
mod pictures;
mod records;
#[cfg(test)]
mod tests;
#[cfg_attr(not(feature = "crypt"), path = "locked.rs")]
mod unlock;

use crate::container::cfb::{Cfb, Stream, View};
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::format::properties;
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::report::Properties;
use gather::{Action, Does, Gathered};
use records::{Records, kind};
use unlock::Opened;

/// The names of the streams, in lower case.
const MAIN: &str = "powerpoint document";
const USER: &str = "current user";
/// That of versions up to 95.
const OLD: &str = "pp40";
/// Streams of one name that are read.
const SAME: usize = 4;
/// Records between two looks at the stop flag.
const LOOK: usize = 4096;

/// Reads the presentation that these streams of one storage make.
pub(crate) fn read_streams(
    cfb: &Cfb<'_>,
    streams: &[Stream],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut reading = Reading {
        cfb,
        location,
        budget,
        ledger,
    };
    let mut properties = Properties::default();
    let storage = (cfb, streams, location);
    let ended = properties::read(storage, &mut properties, budget, reading.ledger, |_, _| {
        true
    })
    .and_then(|()| reading.document(streams));
    if let Err(cause) = ended {
        reading.ledger.exhausted(cause, location.clone());
    }
    Outcome { properties, ended }
}

struct Reading<'r, 'l, 's> {
    cfb: &'r Cfb<'r>,
    location: &'r Location,
    budget: &'r Budget<'r>,
    ledger: &'l mut Ledger<'s>,
}

impl Reading<'_, '_, '_> {
    fn document(&mut self, streams: &[Stream]) -> Result<(), Exhausted> {
        let edits = self.edits(streams)?;
        for stream in self.named(streams, OLD) {
            let place = self.location.child(&stream.path);
            let detail = "PowerPoint 4 or 95 presentation (.ppt)";
            self.ledger.gap(GapKind::Unsupported, place, detail);
        }
        let mains = self.named(streams, MAIN);
        for stream in &mains {
            let place = self.location.child(&stream.path);
            let view = match self.cfb.view(stream, self.budget) {
                Ok(view) => view,
                Err(cause) => {
                    self.spare(cause, &place)?;
                    continue;
                }
            };
            let read = self.stream(stream, &view, mains.len() > 1, &edits, &place);
            view.close(self.budget);
            read?;
        }
        Ok(())
    }

    /// The streams with this name in lower case; those past the first few are a gap.
    fn named<'s>(&mut self, streams: &'s [Stream], name: &str) -> Vec<&'s Stream> {
        let is = |stream: &&Stream| {
            let path = stream.path.rsplit('/').next().unwrap_or_default();
            path.to_lowercase() == name
        };
        let found = streams.iter().filter(is);
        let mut named: Vec<&Stream> = found.take(SAME.saturating_add(1)).collect();
        if named.len() > SAME
            && let Some(last) = named.pop()
        {
            let detail = "more streams of one name than are read";
            let place = self.location.child(&last.path);
            self.ledger.gap(GapKind::Limit, place, detail);
        }
        named
    }

    /// What a limit on one stream leaves is a gap there; others end the analysis.
    fn spare(&mut self, cause: Exhausted, place: &Location) -> Result<(), Exhausted> {
        let local = Exhausted::Limit(Limit::LiveBytes);
        if cause != local && cause != Exhausted::Limit(Limit::PartBytes) {
            return Err(cause);
        }
        self.ledger.exhausted(cause, place.clone());
        Ok(())
    }

    /// What the streams `Current User` say of the last edit.
    fn edits(&mut self, streams: &[Stream]) -> Result<Vec<Edit>, Exhausted> {
        let mut edits = Vec::new();
        for stream in self.named(streams, USER) {
            let view = match self.cfb.view(stream, self.budget) {
                Ok(view) => view,
                Err(cause) => {
                    let place = self.location.child(&stream.path);
                    self.spare(cause, &place)?;
                    continue;
                }
            };
            edits.extend(Edit::read(&view));
            view.close(self.budget);
        }
        Ok(edits)
    }

    /// Reads one main stream.
    fn stream(
        &mut self,
        stream: &Stream,
        view: &View<'_>,
        duplicate: bool,
        edits: &[Edit],
        place: &Location,
    ) -> Result<(), Exhausted> {
        let length = u64::try_from(view.length()).unwrap_or(u64::MAX);
        self.budget.charge_decoded(length)?;
        let mut techniques = Vec::new();
        let mut encrypted = edits.iter().any(|edit| edit.is_encrypted(view));
        let clear = match encrypted {
            true => self.unlock(view, edits, place)?,
            false => None,
        };
        if let Some((_, opened)) = &clear {
            encrypted = false;
            techniques.push(opened.technique);
        } else if encrypted {
            self.ledger
                .gap(GapKind::Encrypted, place.clone(), "RC4 CryptoAPI");
        }
        let short = view.short;
        let raw = view;
        let view = clear.as_ref().map_or(view, |(clear, _)| clear);
        let mut gathered = Gathered::default();
        let mut records = Records::new(view);
        let mut read = Ok(());
        let mut is_document = false;
        for (index, record) in records.by_ref().enumerate() {
            if index.checked_rem(LOOK) == Some(0) {
                read = read.and(self.budget.check_stop());
            }
            is_document |= record.kind == kind::DOCUMENT;
            read = read.and_then(|()| gathered.record(&record, view, self.budget));
            if read.is_err() {
                break;
            }
        }
        gathered.close(self.budget);
        let damage = if short || read.is_ok() && records.is_cut() {
            Some("the stream ends inside a record")
        } else if read.is_ok() && !is_document {
            Some("no record of a presentation in its stream")
        } else {
            None
        };
        if let Some(detail) = damage.filter(|_| !encrypted) {
            self.ledger.gap(GapKind::Damaged, place.clone(), detail);
        }
        for limit in &gathered.short {
            let cause = Exhausted::Limit(*limit);
            self.ledger.exhausted(cause, place.clone());
        }
        if stream.orphan {
            techniques.push(TechniqueId::Unreachable);
        }
        if duplicate {
            techniques.push(TechniqueId::DuplicateStream);
        }
        links::report(&gathered, place, &techniques, self.ledger);
        let opened = clear.as_ref().map(|(_, opened)| opened);
        read = read.and_then(|()| self.objects(&gathered, (view, raw), (encrypted, opened), place));
        gathered.clear(self.budget);
        if let Some((clear, opened)) = clear {
            clear.close(self.budget);
            opened.close(self.budget);
        }
        read
    }

    /// Tries the passwords; the stream in clear, and what opened it.
    fn unlock(
        &mut self,
        view: &View<'_>,
        edits: &[Edit],
        place: &Location,
    ) -> Result<Option<(View<'static>, Opened)>, Exhausted> {
        for edit in edits {
            let passwords = self.ledger.passwords();
            let opened = Opened::find(view, edit, passwords, self.budget);
            let cleared = opened.and_then(|opened| {
                let Some(mut opened) = opened else {
                    return Ok(None);
                };
                match opened.clear(view, self.budget) {
                    Ok(clear) => Ok(Some((clear, opened))),
                    Err(cause) => {
                        opened.close(self.budget);
                        Err(cause)
                    }
                }
            });
            match cleared {
                Ok(None) => {}
                Ok(Some((clear, opened))) => {
                    if opened.overlaps {
                        let detail = "encrypted objects overlap";
                        self.ledger.gap(GapKind::Damaged, place.clone(), detail);
                    }
                    return Ok(Some((clear, opened)));
                }
                Err(cause @ Exhausted::Limit(Limit::DerivationRounds)) => {
                    self.ledger.exhausted(cause, place.clone());
                }
                Err(cause) => self.spare(cause, place)?,
            }
        }
        Ok(None)
    }

    /// Hands on the storages of objects.
    fn objects(
        &mut self,
        gathered: &Gathered,
        (view, raw): (&View<'_>, &View<'_>),
        (encrypted, opened): (bool, Option<&Opened>),
        place: &Location,
    ) -> Result<(), Exhausted> {
        // Which of them it is stands in tables that are not read.
        let command = |action: &Action| action.does == Does::Command;
        let activated = gathered.actions.iter().any(command);
        for (index, record) in gathered.objects.iter().enumerate() {
            let number = index.saturating_add(1);
            let place = place.child(&format!("object {number}"));
            let object = objects::Object {
                record,
                view,
                raw,
                data: self.cfb.bytes(),
                encrypted,
                opened,
                activated,
                place: &place,
            };
            object.hand_on(self.budget, self.ledger)?;
        }
        Ok(())
    }
}

/// What a `CurrentUserAtom` says ([MS-PPT] 2.3.2).
#[derive(Clone, Copy, Debug)]
struct Edit {
    token: u32,
    /// Where the last edit is in the main stream.
    offset: usize,
}

/// `headerToken` of an encrypted presentation.
const ENCRYPTED: u32 = 0xf3d1_c4df;
/// `RT_UserEditAtom`, and its length when it names an encryption ([MS-PPT] 2.3.3).
const USER_EDIT: u16 = 0x0ff5;
const WITH_ENCRYPTION: u32 = 0x20;

impl Edit {
    fn read(view: &View<'_>) -> Option<Edit> {
        Some(Edit {
            token: view.u32(12)?,
            offset: usize::try_from(view.u32(16)?).ok()?,
        })
    }

    fn is_encrypted(&self, main: &View<'_>) -> bool {
        let at = |offset: usize| self.offset.saturating_add(offset);
        let named = main.u16(at(2)) == Some(USER_EDIT)
            && main.u32(at(4)) == Some(WITH_ENCRYPTION)
            && main.u32(at(36)).is_some_and(|id| id != 0);
        self.token == ENCRYPTED || named
    }
}
