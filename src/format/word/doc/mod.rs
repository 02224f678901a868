//! Binary documents of Word (`spec/word.md` §2; [MS-DOC]): Word 97 and later, Word 6 and 95 with
//! and without a compound file, and what can be told of Word 2.
//!
//! The files: `texts` (which streams and tables count), `gather` (from the tables to the text and the names), `fib` (where everything
//! stands), `clx` (stretches of the stream as stretches of the text), `stories` (the parts of the
//! text), `text` (characters to fields), `plcfld` (the table of fields), `names` (bookmarks,
//! variables and other strings), `encryption` with `unlock` (passwords and ciphers)
//! and `hidden` (what encrypted documents have elsewhere), `code_page`,
//! and `fallback` for what nothing refers to.
//!
//! # Malformed input
//!
//! Tables that are cut, overlap or lead outside are read as far as they go, and said: a gap. Then
//! the bytes are searched for fields. Where streams have one name, or the block can be read in two
//! ways, every text that comes out is a document of its own.
//!
//! # Worst cases
//!
//! Streams are read where they stand; what is held is paid for, and that is all of those that were
//! decrypted. Time is linear in the streams and
//! in what the pieces name of them, which is charged, times [`SAME`] squared at most. Finding the streams is linear in the
//! directory: a caller with many storages passes them to [`read_streams`].

mod clx;
mod code_page;
mod encryption;
mod fallback;
mod fib;
mod gather;
#[cfg(feature = "crypt")]
mod hidden;
mod names;
mod plcfld;
mod stories;
mod text;
mod texts;
#[cfg(feature = "crypt")]
mod unlock;

use super::document::{Document, Source};
use crate::container::cfb::{Cfb, Stream, View};
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::format::properties;
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Confidence, TechniqueId};
use crate::location::Location;
use crate::report::Properties;
use encryption::{Opened, Role};
use gather::Told;
use plcfld::Fields;
use text::{Flow, Narrow};
use texts::Streams;

/// The names of the streams, in lower case.
const MAIN: &str = "worddocument";
const TABLES: [&str; 2] = ["0table", "1table"];

/// Streams of one name that are read.
const SAME: usize = 4;

/// Reads the document that these streams of one storage make. A stream `_VBA_PROJECT` of a storage
/// inside it says that there are macros.
pub(crate) fn read_streams(
    cfb: &Cfb<'_>,
    streams: &[Stream],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let storage = Storage {
        cfb,
        streams,
        location,
    };
    let mut properties = Properties::default();
    let ended = whole(Some(storage), location, budget, ledger, |reading| {
        reading.prepare(&mut properties)?;
        reading.compound(cfb, streams, location)
    });
    Outcome { properties, ended }
}

/// Reads a document of Word 6 or before that stands alone in a file.
pub(crate) fn read_raw(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let ended = whole(None, location, budget, ledger, |reading| {
        reading.raw(data, location)
    });
    Outcome::from(ended)
}

/// Searches bytes of a compound file that no stream holds for fields (`spec/word.md` §2.6).
/// Nothing that it finds is sure.
pub(crate) fn read_remains(
    view: &View<'_>,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let ended = whole(None, location, budget, ledger, |reading| {
        let found = reading.search(view, &[], Told::Damaged, location);
        found.map(|_| ())
    });
    Outcome::from(ended)
}

/// Reads a document from its beginning to its links.
fn whole(
    storage: Option<Storage<'_>>,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
    read: impl FnOnce(&mut Reading<'_, '_, '_>) -> Result<(), Exhausted>,
) -> Result<(), Exhausted> {
    let mut document = Document::default();
    let ended = read(&mut Reading {
        document: &mut document,
        budget,
        ledger,
        storage,
        key: None,
    });
    document.settle(budget, ledger);
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    ended
}

/// The streams with this name in lower case; those that the tree reaches come first.
fn named<'s>(streams: &'s [Stream], name: &str) -> impl Iterator<Item = &'s Stream> {
    let is = move |stream: &&Stream| {
        let path = stream.path.rsplit('/').next().unwrap_or_default();
        path.to_lowercase() == name
    };
    let found = streams.iter().filter(is);
    let reached = found.clone().filter(|stream| !stream.orphan);
    reached.chain(found.filter(|stream| stream.orphan))
}

/// Streams that were opened, and where they are.
type Views<'a> = Vec<(View<'a>, Location)>;

/// Closes all that were opened.
fn close<'a>((mains, tables): (&mut Views<'a>, &mut [Views<'a>; 2]), budget: &Budget<'_>) {
    let tables = tables.iter_mut().flat_map(|views| views.drain(..));
    for (view, _) in mains.drain(..).chain(tables) {
        view.close(budget);
    }
}

/// A limit that concerns one table or stream only.
fn is_local(cause: Exhausted) -> bool {
    matches!(cause, Exhausted::Limit(Limit::LiveBytes | Limit::PartBytes))
}

/// The streams of a storage.
#[derive(Clone, Copy)]
struct Storage<'r> {
    cfb: &'r Cfb<'r>,
    streams: &'r [Stream],
    location: &'r Location,
}

struct Reading<'r, 'l, 's> {
    document: &'r mut Document,
    budget: &'r Budget<'r>,
    ledger: &'l mut Ledger<'s>,
    storage: Option<Storage<'r>>,
    /// What opened the streams, once it is known.
    key: Option<Opened>,
}

impl Reading<'_, '_, '_> {
    /// What a limit on one table or stream leaves is a gap there; others end the analysis.
    fn spare(&mut self, cause: Exhausted, location: &Location) -> Result<(), Exhausted> {
        if !is_local(cause) {
            return Err(cause);
        }
        self.ledger.exhausted(cause, location.clone());
        Ok(())
    }

    /// Tells the document what its text may ask for.
    fn prepare(&mut self, shown: &mut Properties) -> Result<(), Exhausted> {
        let Some(storage) = self.storage else {
            return Ok(());
        };
        self.document.macros = storage
            .streams
            .iter()
            .any(|stream| stream.path.to_lowercase().ends_with("_vba_project"));
        self.properties(storage.cfb, storage.streams, storage.location, shown)
    }

    /// Reads a document of its own, beside the one at hand.
    fn beside<T>(
        &mut self,
        read: impl FnOnce(&mut Reading<'_, '_, '_>) -> Result<T, Exhausted>,
    ) -> Result<T, Exhausted> {
        let mut document = Document::default();
        let mut reading = Reading {
            document: &mut document,
            budget: self.budget,
            ledger: &mut *self.ledger,
            storage: self.storage,
            key: self.key.clone(),
        };
        let prepared = reading.prepare(&mut Properties::default());
        let done = prepared.and_then(|()| read(&mut reading));
        document.settle(self.budget, self.ledger);
        done
    }

    /// Reads the property sets.
    fn properties(
        &mut self,
        cfb: &Cfb<'_>,
        streams: &[Stream],
        location: &Location,
        shown: &mut Properties,
    ) -> Result<(), Exhausted> {
        let (document, budget) = (&mut *self.document, self.budget);
        let keep = |name: &str, value: &str| document.environment.property(name, value, budget);
        let storage = (cfb, streams, location);
        properties::read(storage, shown, budget, self.ledger, keep)
    }

    /// Opens a stream to be read where it stands, or decrypted, as far as that is known.
    fn view<'a>(
        &mut self,
        cfb: &Cfb<'a>,
        stream: &Stream,
        location: &Location,
    ) -> Result<Option<View<'a>>, Exhausted> {
        let view = match (cfb.view(stream, self.budget), &self.key) {
            (Ok(view), Some(key)) => {
                let name = stream.path.rsplit('/').next().unwrap_or_default();
                let Some(role) = Role::of(&name.to_lowercase(), &view) else {
                    return Ok(Some(view));
                };
                let clear = key.clear(&view, role, self.budget);
                view.close(self.budget);
                clear
            }
            (view, _) => view,
        };
        match view {
            Ok(view) => Ok(Some(view)),
            Err(cause) => self.spare(cause, location).map(|()| None),
        }
    }

    /// Tries the passwords on what the main streams and those with the tables say.
    fn unlock(
        &mut self,
        mains: &[(View<'_>, Location)],
        tables: &[Vec<(View<'_>, Location)>; 2],
    ) -> Result<Option<Opened>, Exhausted> {
        for (main, place) in mains.iter().filter(|(main, _)| encryption::is_locked(main)) {
            let tables = tables.iter().flatten().map(|(table, _)| table);
            match Opened::find(main, tables, self.ledger.passwords(), self.budget) {
                Ok(None) => {}
                Err(cause @ Exhausted::Limit(Limit::DerivationRounds)) => {
                    self.ledger.exhausted(cause, place.clone());
                    return Ok(None);
                }
                found => return found,
            }
        }
        Ok(None)
    }

    /// Reads the document in a compound file.
    fn compound(
        &mut self,
        cfb: &Cfb<'_>,
        streams: &[Stream],
        location: &Location,
    ) -> Result<(), Exhausted> {
        let mut mains = Vec::new();
        let mut tables = [Vec::new(), Vec::new()];
        let mut opened = self.open_all((cfb, streams, location), &mut mains, &mut tables);
        let mut clear = Vec::new();
        if opened.is_ok() {
            match self.unlock(&mains, &tables) {
                Ok(key) => self.key = key,
                Err(cause) => opened = Err(cause),
            }
        }
        if self.key.is_some() && opened.is_ok() {
            let is_clear = |(main, _): &(View<'_>, Location)| !encryption::is_locked(main);
            clear = mains.iter().map(is_clear).collect();
            close((&mut mains, &mut tables), self.budget);
            #[cfg(feature = "crypt")]
            self.hidden((cfb, streams, location))?;
            opened = self.open_all((cfb, streams, location), &mut mains, &mut tables);
        }
        let mut begun: Vec<Vec<usize>> = Vec::new();
        let told = opened.and_then(|opened| {
            let told = self.texts(&mains, &tables, &mut begun)?;
            Ok(told.map(|told| (told, opened)))
        });
        close((&mut mains, &mut tables), self.budget);
        let Some((told, opened)) = told? else {
            return Ok(());
        };
        let begun: Vec<(&Stream, Vec<usize>)> = opened.into_iter().zip(begun).collect();
        let found = self.remnants(cfb, streams, location, told, &begun)?;
        let inside = begun.iter().any(|(stream, _)| stream.path.contains('/'));
        if told == Told::Damaged && !found && !inside {
            self.ledger.note_search();
            self.search(&View::from(cfb.bytes()), &[], told, location)?;
        }
        if clear.contains(&true) {
            // One of several main streams is not encrypted: the tables may belong to it.
            self.key = None;
            self.open_all((cfb, streams, location), &mut mains, &mut tables)?;
            let read = self.texts(&mains, &tables, &mut Vec::new());
            close((&mut mains, &mut tables), self.budget);
            read?;
        }
        Ok(())
    }

    /// Opens the main streams and those with tables; returns which main streams.
    fn open_all<'a, 's>(
        &mut self,
        (cfb, streams, location): (&Cfb<'a>, &'s [Stream], &Location),
        mains: &mut Views<'a>,
        tables: &mut [Views<'a>; 2],
    ) -> Result<Vec<&'s Stream>, Exhausted> {
        let opened = self.open(cfb, streams, location, MAIN, mains)?;
        for (views, name) in tables.iter_mut().zip(TABLES) {
            self.open(cfb, streams, location, name, views)?;
        }
        Ok(opened)
    }

    /// Reads the texts of all main streams, with every stream of tables. `None` when there is no
    /// main stream.
    fn texts<'v>(
        &mut self,
        mains: &'v [(View<'v>, Location)],
        tables: &'v [Vec<(View<'v>, Location)>; 2],
        begun: &mut Vec<Vec<usize>>,
    ) -> Result<Option<Told>, Exhausted> {
        let mut told = None;
        for (main, place) in mains {
            let all = Streams {
                main,
                tables: tables.each_ref().map(Vec::as_slice),
                location: place.clone(),
                duplicate: mains.len() > 1,
                cleared: self.key.as_ref().map(|key| key.technique),
            };
            let mut places = Vec::new();
            let read = self.text(&all, told.is_none(), &mut places)?;
            begun.push(places);
            told = told.max(Some(read));
        }
        Ok(told)
    }

    /// Opens the streams of one name; returns which.
    fn open<'a, 's>(
        &mut self,
        cfb: &Cfb<'a>,
        streams: &'s [Stream],
        location: &Location,
        name: &str,
        views: &mut Vec<(View<'a>, Location)>,
    ) -> Result<Vec<&'s Stream>, Exhausted> {
        let mut opened = Vec::new();
        for (index, stream) in named(streams, name).enumerate() {
            let place = location.child(&stream.path);
            if index >= SAME {
                let detail = "more streams of one name than are read";
                self.ledger.gap(GapKind::Limit, place, detail);
                break;
            }
            if let Some(view) = self.view(cfb, stream, &place)? {
                views.push((view, place));
                opened.push(stream);
            }
        }
        Ok(opened)
    }

    /// Searches all streams for fields that nothing leads to. `begun` are the places of those that
    /// something does, by their stream. Returns whether there are DDE fields.
    fn remnants(
        &mut self,
        cfb: &Cfb<'_>,
        streams: &[Stream],
        location: &Location,
        told: Told,
        begun: &[(&Stream, Vec<usize>)],
    ) -> Result<bool, Exhausted> {
        let mut left = cfb.readable();
        for stream in streams {
            let name = stream.path.rsplit('/').next().unwrap_or_default();
            let name = name.to_lowercase();
            // The text may be in clear all the same.
            let coded = TABLES.contains(&name.as_str()) || name == "data";
            if told == Told::Encrypted && coded || name == "_vba_project" {
                continue;
            }
            let place = location.child(&stream.path);
            let Some(view) = self.view(cfb, stream, &place)? else {
                continue;
            };
            let length = u64::try_from(view.length()).unwrap_or(u64::MAX);
            let Some(rest) = left.checked_sub(length) else {
                view.close(self.budget);
                let detail = "streams share their sectors: more of them than are searched";
                self.ledger.gap(GapKind::Damaged, location.clone(), detail);
                break;
            };
            left = rest;
            let known = begun.iter().find(|(main, _)| *main == stream);
            let known = known.map_or(&[][..], |(_, places)| places);
            let found = self.search(&view, known, told, &place);
            view.close(self.budget);
            if found? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads a document that is no compound file.
    fn raw(&mut self, data: &[u8], location: &Location) -> Result<(), Exhausted> {
        let mut main = View::from(data);
        if encryption::is_locked(&main) {
            let alone = [(main, location.clone())];
            self.key = self.unlock(&alone, &[Vec::new(), Vec::new()])?;
            let [(coded, _)] = alone;
            main = match &self.key {
                Some(key) => match key.clear(&coded, Role::Main, self.budget) {
                    Ok(clear) => clear,
                    Err(cause) => return self.spare(cause, location),
                },
                None => coded,
            };
        }
        let all = Streams {
            main: &main,
            tables: [&[], &[]],
            location: location.clone(),
            duplicate: false,
            cleared: self.key.as_ref().map(|key| key.technique),
        };
        let mut begun = Vec::new();
        let told = self.text(&all, true, &mut begun)?;
        self.search(&main, &begun, told, location)?;
        main.close(self.budget);
        Ok(())
    }

    /// Searches bytes for fields that nothing leads to. Returns whether there are DDE fields.
    fn search(
        &mut self,
        view: &View<'_>,
        known: &[usize],
        told: Told,
        place: &Location,
    ) -> Result<bool, Exhausted> {
        let mut hits = fallback::search(view, self.budget)?;
        let all = hits.len();
        hits.retain(|hit| known.binary_search(&hit.at).is_err());
        if hits.is_empty() || hits.len() < all && told == Told::Whole {
            return Ok(all > 0);
        }
        let mut source = Source::new(3, place.clone());
        source.techniques.push(TechniqueId::RawScan);
        source
            .techniques
            .extend(self.key.as_ref().map(|key| key.technique));
        self.document.begin_part(source);
        let mut flow = Flow::new(view, self.document, self.budget, Narrow::Word97);
        flow.begin(0, Fields::default(), Confidence::Low);
        let read = fallback::read(&hits, view, &mut flow);
        flow.end(0);
        flow.close();
        read.map(|()| true)
    }
}

#[cfg(test)]
mod tests;
