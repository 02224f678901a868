//! A storage with an encrypted package: what a password opens goes to the queue, like any document
//! inside (`spec/excel.md` §3.10; [MS-OFFCRYPTO] 2.3.4).
//!
//! # Malformed input
//!
//! The storages `\x06DataSpaces`, which say how the streams belong together, are not needed. Of
//! several streams of one name, each is tried, in any case of their names. The size in front of the
//! package counts when it is that of the stream but for its last block; else the stream does. What
//! else the streams of the storage make is read as well: nothing says which of both a program takes.
//!
//! # Worst cases
//!
//! [`SAME`] streams of one name are tried with each other. Keys are paid for by their rounds.

use super::storage::{Stored, cut, length_of};
use crate::container::cfb::Stream;
use crate::container::crypt::package::{self, Opened, PROBE, SIZE};
use crate::container::{Coding, Enciphered, Shortfall, Source};
use crate::format::ledger::{Child, Ledger, Provenance};
use crate::format::properties;
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::location::Location;
use std::sync::Arc;

/// Said of what rights management closes: its keys are on a server.
pub(super) const RIGHTS: &str = "rights management";

/// The streams, in lower case ([MS-OFFCRYPTO] 2.3.4.4, 2.3.4.5).
const PACKAGE: &str = "encryptedpackage";
const INFO: &str = "encryptioninfo";
/// Streams of one name that are tried.
const SAME: usize = 4;
/// Streams beside them that are looked at for what the document says of itself.
const PROPERTIES: usize = 8;
/// The size of the package is believed when it leaves out less than this of the stream: programs
/// fill up the last block. A smaller one would hide what a zip says at its end.
const FILLING: u64 = 16;

impl Stored<'_, '_> {
    /// Reads a storage with an encrypted package. `Err` ends the whole analysis.
    pub(super) fn encrypted(
        &mut self,
        location: Location,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        self.says_of_itself(&location, budget, ledger)?;
        let infos = self.named(INFO);
        let packages = self.named(PACKAGE);
        let more = infos.len() > SAME || packages.len() > SAME;
        if more {
            let detail = "more encrypted packages than are tried";
            ledger.gap(GapKind::Limit, location.clone(), detail);
        }
        let doubled = infos.len() > 1 || packages.len() > 1;
        if infos.is_empty() {
            let scheme = self.without_info();
            ledger.gap(GapKind::Encrypted, location.clone(), scheme);
        }
        for stream in packages.iter().take(SAME) {
            let (head, shortfall) = self.bytes(stream, HEAD, budget);
            self.ends(shortfall, stream, ledger)?;
            let mut opened: Vec<Opened> = Vec::new();
            let mut closed = Vec::new();
            for info in infos.iter().take(SAME) {
                let (bytes, shortfall) = self.file.cfb.read(info, package::INFO, budget);
                let probe = head.get(SIZE..).unwrap_or_default();
                let trial = package::open(&bytes, probe, ledger.passwords(), budget);
                budget.release_live(length(bytes.len()));
                self.ends(shortfall, info, ledger)?;
                if let Some(cause) = trial.short {
                    ledger.exhausted(cause, location.clone());
                    if cause == Exhausted::Stopped {
                        return Err(cause);
                    }
                }
                match trial.opened {
                    Some(with) if !opened.contains(&with) => opened.push(with),
                    Some(_) => {}
                    None => closed.push(trial.scheme),
                }
            }
            // One that opens it tells what the others would have closed.
            if opened.is_empty() {
                for scheme in closed {
                    ledger.gap(GapKind::Encrypted, location.clone(), scheme);
                }
            }
            for with in opened {
                self.decrypted(stream, &head, with, doubled, budget, ledger)?;
            }
        }
        Ok(())
    }

    /// Puts the package into the queue.
    fn decrypted(
        &mut self,
        stream: &Stream,
        head: &[u8],
        with: Opened,
        doubled: bool,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let location = self.file.place(&stream.path);
        let runs = self.runs(stream, budget)?;
        let whole: u64 = runs.iter().map(length_of).sum();
        let there = whole.saturating_sub(length(SIZE));
        let said = head
            .first_chunk()
            .map_or(0, |size| u64::from_le_bytes(*size));
        let is_said = said <= there && there.saturating_sub(said) < FILLING;
        let runs = cut(&runs, SIZE..usize::MAX);
        let pieces = runs.len();
        let mut techniques = vec![with.technique];
        if doubled {
            techniques.push(TechniqueId::DuplicateStream);
        }
        if stream.orphan {
            techniques.push(TechniqueId::Unreachable);
        }
        if !with.is_zip {
            let detail = "a password opens it, but what it holds is no package";
            ledger.gap(GapKind::Damaged, location.clone(), detail);
        }
        if whole < stream.size {
            let detail = "stream is shorter than its directory entry says";
            ledger.gap(GapKind::Damaged, location.clone(), detail);
        }
        let coding = Coding::Enciphered(Arc::new(Enciphered {
            cipher: with.cipher,
            deflated: false,
            length: Some(if is_said { said } else { there }),
        }));
        let child = Child {
            source: Source::scattered(runs, coding),
            location,
        };
        let provenance = Provenance {
            techniques,
            ..Provenance::default()
        };
        self.queue(child, pieces, provenance, budget, ledger);
        Ok(())
    }

    /// The property sets, which may stand in clear beside the package.
    fn says_of_itself(
        &mut self,
        location: &Location,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        if !self.folder.is_root() {
            return Ok(());
        }
        let streams = self.folder.streams();
        let sets = streams.filter(|(name, _)| name.starts_with('\u{5}'));
        let sets: Vec<Stream> = sets.map(|(_, stream)| stream).take(PROPERTIES).collect();
        let storage = (self.file.cfb, sets.as_slice(), location);
        let shown = &mut self.found.properties;
        properties::read(storage, shown, budget, ledger, |_, _| true)
    }

    /// What closes a package that does not say it.
    fn without_info(&self) -> &'static str {
        let rights = |path: &str| path.to_lowercase().contains("drmencrypted");
        let mut storages = self.file.cfb.storages();
        match storages.any(|storage| rights(&storage.path)) {
            true => RIGHTS,
            false => package::UNKNOWN,
        }
    }

    /// The streams of this name in any case, one more than are tried; those that the tree reaches
    /// come first.
    fn named(&self, wanted: &str) -> Vec<Stream> {
        let of = |orphan: bool| {
            let streams = self.folder.streams();
            let named = streams.filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            let found = named.map(|(_, stream)| stream);
            found.filter(move |stream| stream.orphan == orphan)
        };
        of(false)
            .chain(of(true))
            .take(SAME.saturating_add(1))
            .collect()
    }

    /// Notes that not all of a stream was read; a stream that is short is told by its package.
    fn ends(
        &self,
        shortfall: Option<Shortfall>,
        stream: &Stream,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        match shortfall {
            Some(short @ Shortfall::Exhausted(_)) => {
                ledger.shortfall(short, &self.file.place(&stream.path))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// How much of a package is read to try keys.
const HEAD: u64 = 24;
const _: () = assert!(SIZE + PROBE == 24, "HEAD is both");

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
