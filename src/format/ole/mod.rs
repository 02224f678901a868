//! Compound files: every storage is what the names of its streams say (`spec/word.md` §0.1,
//! §2.7, §6.3).
//!
//! The root is a storage like any other; `ObjectPool/_1234` is one too. A storage that is a
//! document goes to its reader. A link, a package and a file in a stream are read here; whatever
//! else starts like a document goes to the queue.
//!
//! The files: `storage` (one storage with its streams), `encrypted` (packages that a password opens),
//! `moniker` (the `\x01Ole` stream), `native`
//! and `ole1` (packages and objects of OLE 1.0), `shortcut` (files in packages that start something
//! else), `class` (names of classes), `text`.
//!
//! # Malformed input
//!
//! Names are compared in any case. Streams that no storage holds are read like those of a storage
//! of their own. A stream that only one of the two readers of compound files sees is looked at,
//! too.
//!
//! # Worst cases
//!
//! Linear in the streams and their bytes, which are paid for; each stream pays for one part. What
//! waits in the queue holds sixteen bytes a run of its stream, paid for until the file is closed.

mod class;
mod encrypted;
pub(crate) mod moniker;
pub(crate) mod native;
pub(crate) mod ole1;
pub(crate) mod shortcut;
mod storage;
mod text;

use super::StorageReader;
use super::ledger::{Child, Ledger, Provenance};
use crate::container::Source;
use crate::container::cfb::{Cfb, begins_in};
use crate::gap::{GapKind, SkipReason};
use crate::identify::{self, Disposition, Format};
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::report::Properties;
use storage::Stored;

/// A compound file, and what its reader needs of the rest.
pub(crate) struct Compound<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) cfb: &'a Cfb<'a>,
    pub(crate) location: &'a Location,
    /// Whether a file of this name runs when it is opened (`command::runs`).
    pub(crate) runs: fn(&str) -> bool,
    /// Who reads a storage that is a document.
    pub(crate) reader_of: fn(Format) -> Option<StorageReader>,
}

/// What a compound file turned out to be.
pub(crate) struct Outcome {
    pub(crate) format: Format,
    pub(crate) properties: Properties,
    /// Why nothing in it was worth reading, if nothing was.
    pub(crate) opaque: Option<SkipReason>,
    /// Whether the budget of the whole analysis still holds.
    pub(crate) ended: Result<(), Exhausted>,
    /// Live memory that the queued children hold: to be released when they are done.
    pub(crate) held: u64,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    /// What the root is.
    root: Option<Format>,
    /// A storage below the root is a document.
    nested: bool,
    /// A link, a package or a document in a stream.
    object: bool,
    vba: bool,
    control: bool,
    properties: Properties,
    held: u64,
    /// Bytes of streams that were looked at.
    offered: u64,
}

/// Reads a compound file.
pub(crate) fn read(file: &Compound<'_>, budget: &Budget<'_>, ledger: &mut Ledger<'_>) -> Outcome {
    let mut found = Found {
        control: file
            .cfb
            .storages()
            .next()
            .is_some_and(|root| identify::is_control(&root.class)),
        ..Found::default()
    };
    let ended = storages(file, &mut found, budget, ledger);
    let format = match found.root {
        Some(format) => format,
        None if found.nested => Format::OleOther,
        None if found.object => Format::OleObject,
        None => Format::Other,
    };
    let opaque = if found.vba {
        SkipReason::VbaProject
    } else if found.control {
        SkipReason::ActiveX
    } else {
        SkipReason::OleObject
    };
    Outcome {
        format,
        properties: found.properties,
        opaque: (format == Format::Other && ended.is_ok()).then_some(opaque),
        ended,
        held: found.held,
    }
}

/// A compound file may begin behind other bytes (`spec/word.md` §0.1 has none in front, and no
/// program is known to look): one that is a document is handed on, to be read with low confidence.
/// Returns whether there is one.
pub(crate) fn behind(
    bytes: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> bool {
    let Some(at) = begins_in(bytes) else {
        return false;
    };
    let cfb = bytes.get(at..).and_then(Cfb::open);
    let is_document = cfb.is_some_and(|cfb| {
        cfb.folders(budget).is_ok_and(|folders| {
            let mut each = folders.each();
            each.any(|folder| {
                let storage = folder.storage();
                let names = folder.names();
                !identify::identify_storage(&storage.path, &storage.class, names).is_empty()
            })
        })
    });
    if !is_document {
        return false;
    }
    let child = Child {
        source: Source::stored(at..bytes.len()),
        location: location.child(&format!("byte {at}")),
    };
    let provenance = Provenance {
        techniques: vec![TechniqueId::PrefixedContainer],
        ..Provenance::default()
    };
    ledger.child_by(child, provenance);
    true
}

fn storages(
    file: &Compound<'_>,
    found: &mut Found,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let folders = match file.cfb.folders(budget) {
        Ok(folders) => folders,
        Err(cause) => {
            ledger.exhausted(cause, file.location.clone());
            return Ok(());
        }
    };
    for folder in folders.each() {
        let storage = folder.storage();
        let known = identify::identify_storage(&storage.path, &storage.class, folder.names());
        let message = identify::is_message(&storage.path, folder.names());
        let mut stored = Stored {
            file,
            folder: &folder,
            storage: &storage,
            known: !known.is_empty(),
            message: message && (file.reader_of)(Format::Msg).is_some(),
            comp_obj: None,
            found,
        };
        for identity in known {
            stored.document(identity.format, identity.disposition, budget, ledger)?;
        }
        stored.streams(budget, ledger)?;
    }
    for stream in file.cfb.foreign() {
        storage::foreign(file, &stream, found, budget, ledger)?;
    }
    Ok(())
}

impl Compound<'_> {
    /// Where a storage or a stream stands.
    fn place(&self, path: &str) -> Location {
        if path.is_empty() {
            self.location.clone()
        } else {
            self.location.child(path)
        }
    }
}

impl Stored<'_, '_> {
    /// The storage is a document.
    fn document(
        &mut self,
        format: Format,
        disposition: Disposition,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let location = self.file.place(&self.storage.path);
        // A document that no storage holds is what the file is, when the root is none; so is a
        // message that has nothing but attachments.
        let attached = format == Format::Msg && identify::is_attached(&self.storage.path);
        let alone = (self.folder.is_orphan() || attached) && self.found.root.is_none();
        if self.folder.is_root() || alone {
            self.found.root.get_or_insert(format);
            ledger.turns_out(format);
        } else {
            self.found.nested = true;
        }
        match disposition {
            Disposition::Read => {
                let Some(read) = (self.file.reader_of)(format) else {
                    ledger.gap(GapKind::Unsupported, location, "document without a reader");
                    return Ok(());
                };
                let outcome = self.hand_over(read, budget, ledger);
                if self.folder.is_root() && self.found.root == Some(format) {
                    self.found.properties = outcome.properties;
                }
                outcome.ended
            }
            Disposition::Encrypted => self.encrypted(location, budget, ledger),
            Disposition::Unsupported(name) => {
                ledger.gap(GapKind::Unsupported, location, name);
                Ok(())
            }
            Disposition::Compound | Disposition::Xml(_) | Disposition::Opaque(_) => Ok(()),
        }
    }
}

impl Stored<'_, '_> {
    /// Gives the streams to the reader of the document. What their names take is paid for while
    /// it reads.
    fn hand_over(
        &self,
        read: StorageReader,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> super::Outcome {
        /// What a stream costs besides its name.
        const STREAM: usize = 64;
        let mut held = 0u64;
        let mut streams = Vec::new();
        let macros = self.file.cfb.streams().filter(|stream| {
            // Macros stand in a storage of the document: `Macros/VBA`.
            let below = self.folder.is_root() && stream.path.contains('/');
            below && stream.path.to_lowercase().ends_with("/_vba_project")
        });
        let macros = macros.take(usize::from(self.folder.is_root()));
        let all = self.folder.streams().map(|(_, stream)| stream);
        for stream in all.chain(macros) {
            let cost = stream.path.len().saturating_add(STREAM);
            let cost = u64::try_from(cost).unwrap_or(u64::MAX);
            if let Err(cause) = budget.charge_live(cost) {
                let location = self.file.place(&self.storage.path);
                ledger.exhausted(cause, location);
                break;
            }
            held = held.saturating_add(cost);
            streams.push(stream);
        }
        let outcome = read(self.file.cfb, &streams, self.file.location, budget, ledger);
        budget.release_live(held);
        outcome
    }
}

#[cfg(test)]
mod tests;
