//! Binary documents of Word (`spec/word.md` §2; [MS-DOC]): Word 97 and later, Word 6 and 95 with
//! and without a compound file, and what can be told of Word 2.
//!
//! The files: `fib` (where everything stands), `clx` (stretches of the stream as stretches of the
//! text), `stories` (the parts of the text), `text` (characters to fields), `plcfld` (the table of
//! fields), `names` (bookmarks, variables and other strings), `properties`, `encryption`,
//! `code_page`, and `fallback` for what nothing refers to.
//!
//! # Malformed input
//!
//! Tables that are cut, overlap or lead outside are read as far as they go, and said: a gap. Then
//! the bytes are searched for fields. Which of the two streams of tables counts, and how the block
//! is laid out, is what leads to a piece table.
//!
//! # Worst cases
//!
//! Streams are read where they stand; what is held is paid for. Time is linear in the streams and
//! in what the pieces name of them, which is charged. Finding the streams is linear in the
//! directory: a caller with many storages passes them to [`read_streams`].

mod clx;
mod code_page;
mod encryption;
mod fallback;
mod fib;
mod names;
mod plcfld;
mod properties;
mod stories;
mod text;

use super::document::{Document, Source};
use super::links::{Attached, Merge};
use crate::container::cfb::{Cfb, Stream, View};
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, Confidence, TechniqueId};
use crate::location::Location;
use crate::report::Properties;
use clx::Pieces;
use fib::{Fib, Layout, pair};
use names::{Associated, Bookmarks, Ranges};
use plcfld::Fields;
use stories::Text;
use text::{Flow, Narrow};

/// The names of the streams, in lower case.
const MAIN: &str = "worddocument";
const TABLES: [&str; 2] = ["0table", "1table"];
const SUMMARIES: [&str; 2] = ["\u{5}summaryinformation", "\u{5}documentsummaryinformation"];

/// Reads the document in the storage `folder` of a compound file; "" is the root.
pub(crate) fn read(
    cfb: &Cfb<'_>,
    folder: &str,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let folder = folder.to_lowercase();
    let inside = |stream: &Stream| {
        let path = stream.path.to_lowercase();
        let (storage, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let project = name == "_vba_project" && storage.starts_with(&folder);
        storage == folder || project
    };
    let streams: Vec<Stream> = cfb.streams().filter(inside).collect();
    read_streams(cfb, &streams, location, budget, ledger)
}

/// Reads the document that these streams of one storage make. A stream `_VBA_PROJECT` of a storage
/// inside it says that there are macros.
pub(crate) fn read_streams(
    cfb: &Cfb<'_>,
    streams: &[Stream],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut document = Document::default();
    let mut reading = Reading {
        document: &mut document,
        budget,
        ledger,
    };
    let mut properties = Properties::default();
    let ended = reading
        .properties(cfb, streams, location, &mut properties)
        .and_then(|()| reading.compound(cfb, streams, location));
    document.settle(budget, ledger);
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    Outcome { properties, ended }
}

/// Reads a document of Word 6 or before that stands alone in a file.
pub(crate) fn read_raw(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut document = Document::default();
    let mut reading = Reading {
        document: &mut document,
        budget,
        ledger,
    };
    let ended = reading.raw(data, location);
    document.settle(budget, ledger);
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    Outcome::from(ended)
}

/// The stream with this name in lower case; one that the tree reaches, if there is one.
fn named<'s>(streams: &'s [Stream], name: &str) -> Option<&'s Stream> {
    let is = |stream: &&Stream| {
        let path = stream.path.rsplit('/').next().unwrap_or_default();
        path.to_lowercase() == name
    };
    let mut found = streams.iter().filter(is);
    let first = found.clone().find(|stream| !stream.orphan);
    first.or_else(|| found.next())
}

/// A limit that concerns one table or stream only.
fn is_local(cause: Exhausted) -> bool {
    matches!(cause, Exhausted::Limit(Limit::LiveBytes | Limit::PartBytes))
}

/// How the reading of the text went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Whole,
    Damaged,
    Encrypted,
}

/// The streams of a document, and where they are.
struct Streams<'v> {
    main: &'v View<'v>,
    tables: [Option<&'v (View<'v>, Location)>; 2],
    location: Location,
}

struct Reading<'r, 'l, 's> {
    document: &'r mut Document,
    budget: &'r Budget<'r>,
    ledger: &'l mut Ledger<'s>,
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

    /// Reads the property sets.
    fn properties(
        &mut self,
        cfb: &Cfb<'_>,
        streams: &[Stream],
        location: &Location,
        shown: &mut Properties,
    ) -> Result<(), Exhausted> {
        for stream in SUMMARIES.iter().filter_map(|name| named(streams, name)) {
            let (bytes, _) = cfb.read(stream, properties::LONGEST, self.budget);
            let (document, budget) = (&mut *self.document, self.budget);
            let mut kept = true;
            let read = properties::visit(&bytes, budget, |name, value| {
                let shown = match name {
                    "NAMEOFAPPLICATION" => Some(&mut shown.application),
                    "AUTHOR" => Some(&mut shown.author),
                    properties::CREATED => Some(&mut shown.created),
                    _ => None,
                };
                if let Some(shown) = shown {
                    shown.get_or_insert_with(|| value.chars().take(256).collect());
                }
                kept &= document.environment.property(name, value, budget);
            });
            budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            let read = match kept {
                true => read,
                false => read.and(Err(Exhausted::Limit(Limit::LiveBytes))),
            };
            if let Err(cause) = read {
                self.spare(cause, &location.child(&stream.path))?;
            }
        }
        Ok(())
    }

    /// Opens a stream to be read where it stands.
    fn view<'a>(
        &mut self,
        cfb: &Cfb<'a>,
        stream: &Stream,
        location: &Location,
    ) -> Result<Option<View<'a>>, Exhausted> {
        match cfb.view(stream, self.budget) {
            Ok(view) => Ok(Some(view)),
            Err(cause) => self.spare(cause, location).map(|()| None),
        }
    }

    /// Reads the document in a compound file.
    fn compound(
        &mut self,
        cfb: &Cfb<'_>,
        streams: &[Stream],
        location: &Location,
    ) -> Result<(), Exhausted> {
        self.document.macros = streams
            .iter()
            .any(|stream| stream.path.to_lowercase().ends_with("_vba_project"));
        let Some(stream) = named(streams, MAIN) else {
            return Ok(());
        };
        let place = location.child(&stream.path);
        let Some(main) = self.view(cfb, stream, &place)? else {
            return Ok(());
        };
        let mut tables = [None, None];
        let mut begun = Vec::new();
        let told = self
            .tables(cfb, streams, location, &mut tables)
            .and_then(|()| {
                let all = Streams {
                    main: &main,
                    tables: tables.each_ref().map(Option::as_ref),
                    location: place,
                };
                self.text(&all, &mut begun)
            });
        for (view, _) in tables.into_iter().flatten() {
            view.close(self.budget);
        }
        main.close(self.budget);
        let told = told?;
        let found = self.remnants(cfb, streams, location, told, (stream, &begun))?;
        if told == Told::Damaged && !found && !stream.path.contains('/') {
            self.search(&View::from(cfb.bytes()), &[], told, location)?;
        }
        Ok(())
    }

    /// Opens the streams of tables.
    fn tables<'a>(
        &mut self,
        cfb: &Cfb<'a>,
        streams: &[Stream],
        location: &Location,
        tables: &mut [Option<(View<'a>, Location)>; 2],
    ) -> Result<(), Exhausted> {
        for (view, name) in tables.iter_mut().zip(TABLES) {
            if let Some(stream) = named(streams, name) {
                let place = location.child(&stream.path);
                *view = self.view(cfb, stream, &place)?.map(|view| (view, place));
            }
        }
        Ok(())
    }

    /// Searches all streams for fields that nothing leads to. `begun` are the places of those that
    /// something does, and their stream. Returns whether there are DDE fields.
    fn remnants(
        &mut self,
        cfb: &Cfb<'_>,
        streams: &[Stream],
        location: &Location,
        told: Told,
        begun: (&Stream, &[usize]),
    ) -> Result<bool, Exhausted> {
        for stream in streams {
            let name = stream.path.rsplit('/').next().unwrap_or_default();
            let name = name.to_lowercase();
            let coded = name == MAIN || TABLES.contains(&name.as_str()) || name == "data";
            if told == Told::Encrypted && coded || name == "_vba_project" {
                continue;
            }
            let place = location.child(&stream.path);
            let Some(view) = self.view(cfb, stream, &place)? else {
                continue;
            };
            let known = match begun {
                (main, begun) if main == stream => begun,
                _ => &[],
            };
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
        let main = View::from(data);
        let all = Streams {
            main: &main,
            tables: [None, None],
            location: location.clone(),
        };
        let mut begun = Vec::new();
        let told = self.text(&all, &mut begun)?;
        self.search(&main, &begun, told, location)?;
        Ok(())
    }

    /// Reads what the tables lead to. `begun` is given the places of the fields.
    fn text(&mut self, all: &Streams<'_>, begun: &mut Vec<usize>) -> Result<Told, Exhausted> {
        let told = match find(all) {
            Found::Encrypted(scheme) => {
                let place = all.location.clone();
                self.ledger.gap(GapKind::Encrypted, place, scheme);
                return Ok(Told::Encrypted);
            }
            Found::Nothing => Told::Damaged,
            Found::Text {
                fib,
                table,
                place,
                pieces,
            } => {
                let sound = self.document(all, &fib, table, pieces, false, begun)?;
                self.associated(all.main, &fib, table, &place)?;
                let sound = self.autotext(all, &fib, table, begun)? && sound;
                if sound { Told::Whole } else { Told::Damaged }
            }
        };
        if told == Told::Damaged {
            let detail = "the text cannot be put together from its tables";
            self.ledger
                .gap(GapKind::Damaged, all.location.clone(), detail);
        }
        Ok(told)
    }

    /// Reads the text of one document. Returns whether all of it is there.
    fn document(
        &mut self,
        all: &Streams<'_>,
        fib: &Fib,
        table: &View<'_>,
        pieces: Pieces<'_>,
        autotext: bool,
        begun: &mut Vec<usize>,
    ) -> Result<bool, Exhausted> {
        let narrow = match fib.is_old() {
            true => Narrow::Page(code_page::of_document(fib.charset, fib.language)),
            false => Narrow::Word97,
        };
        let budget = self.budget;
        let (ranges, ended) = ranges(all.main, fib, table, autotext, budget);
        if let Some(cause) = ended {
            self.spare(cause, &all.location)?;
        }
        if !fib.is_old()
            && !autotext
            && let Some(range) = fib.pair(all.main, pair::VARIABLES)
            && let Err(cause) = names::variables(table, &range, self.document, budget)
        {
            self.spare(cause, &all.location)?;
        }
        let text = Text {
            fib,
            main: all.main,
            table,
            location: &all.location,
            autotext,
        };
        let mut flow = Flow::new(all.main, self.document, budget, narrow);
        flow.ranges = ranges;
        let walked = text.walk(pieces, &mut flow, budget, self.ledger);
        begun.extend(flow.close());
        begun.sort_unstable();
        walked
    }

    /// Reads the second document, which holds the entries of AutoText.
    fn autotext(
        &mut self,
        all: &Streams<'_>,
        first: &Fib,
        table: &View<'_>,
        begun: &mut Vec<usize>,
    ) -> Result<bool, Exhausted> {
        let Some(at) = first.next else {
            return Ok(true);
        };
        // A number that leads to no block is a stray one.
        if all.main.u16(at) != all.main.u16(0) {
            return Ok(true);
        }
        let Some(fib) = Fib::read(all.main, at, first.layout) else {
            return Ok(true);
        };
        match pieces(&fib, all.main, table) {
            Some(pieces) => self.document(all, &fib, table, pieces, true, begun),
            None => Ok(fib.pair(all.main, pair::CLX).is_none()),
        }
    }

    /// The template, and the data of a mail merge.
    fn associated(
        &mut self,
        main: &View<'_>,
        fib: &Fib,
        table: &View<'_>,
        place: &Location,
    ) -> Result<(), Exhausted> {
        let Some(range) = fib.pair(main, pair::ASSOCIATED) else {
            return Ok(());
        };
        let place = place.clone().with_cell("associated strings");
        self.document.begin_part(Source::new(2, place.clone()));
        let (document, budget) = (&mut *self.document, self.budget);
        let part = document.part();
        let offset = u64::try_from(range.start).unwrap_or(u64::MAX);
        let old = fib.is_old();
        let read = names::associated(table, &range, old, budget, |what, text| match what {
            Associated::Template if is_normal(text) => {}
            Associated::Template => {
                if let Some(target) = document.keep(text, budget) {
                    document.attach(Attached {
                        part,
                        offset,
                        carrier: Carrier::RemoteTemplate,
                        target,
                    });
                }
            }
            Associated::Merge => {
                let named = document.keep(text, budget);
                document.merges.push(Merge {
                    part,
                    offset,
                    named,
                    ..Merge::default()
                });
            }
            Associated::Property(name) => {
                document.environment.property(name, text, budget);
            }
        });
        match read {
            Err(cause) => self.spare(cause, &place),
            Ok(()) => Ok(()),
        }
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
        self.document.begin_part(source);
        let mut flow = Flow::new(view, self.document, self.budget, Narrow::Word97);
        flow.begin(0, Fields::default(), Confidence::Low);
        let read = fallback::read(&hits, view, &mut flow);
        flow.end(0);
        flow.close();
        read.map(|()| true)
    }
}

/// What a document turned out to be.
enum Found<'v> {
    Encrypted(&'static str),
    Nothing,
    Text {
        fib: Fib,
        table: &'v View<'v>,
        place: Location,
        pieces: Pieces<'v>,
    },
}

/// The block and the tables that lead to a text.
fn find<'v>(all: &Streams<'v>) -> Found<'v> {
    for layout in Fib::layouts(all.main) {
        let Some(mut fib) = Fib::read(all.main, 0, *layout) else {
            continue;
        };
        let [zero, one] = all.tables;
        let tables = match fib.table() {
            0 => [zero, one],
            _ => [one, zero],
        };
        if fib.is_encrypted() {
            let table = tables.into_iter().flatten().map(|(table, _)| table).next();
            return Found::Encrypted(encryption::scheme(&fib, table));
        }
        if *layout == Layout::Word2 {
            let length = fib.text.end.saturating_sub(fib.text.start);
            fib.counts = [0; 8];
            if let Some(first) = fib.counts.first_mut() {
                *first = u32::try_from(length).unwrap_or(u32::MAX);
            }
        }
        let tables = tables.into_iter().flatten();
        let tables = tables.map(|(table, place)| (table, place));
        let own = fib.is_old().then_some((all.main, &all.location));
        for (table, place) in own.into_iter().chain(tables) {
            if let Some(pieces) = pieces(&fib, all.main, table) {
                let place = place.clone();
                return Found::Text {
                    fib,
                    table,
                    place,
                    pieces,
                };
            }
        }
    }
    Found::Nothing
}

/// The pieces of the text: those of the table; all of it in one, where older versions have none.
fn pieces<'v>(fib: &Fib, main: &'v View<'v>, table: &'v View<'v>) -> Option<Pieces<'v>> {
    if !fib.is_old() || fib.is_complex() {
        let range = fib.pair(main, pair::CLX);
        let found = range.and_then(|range| Pieces::find(table, range, fib));
        if found.is_some() || !fib.is_old() {
            return found;
        }
    }
    let there = fib.text.start < fib.text.end && fib.text.start < main.length();
    there.then(|| Pieces::one(main, fib.text.clone()))
}

/// The bookmarks of a document; of that of AutoText its entries.
fn ranges(
    main: &View<'_>,
    fib: &Fib,
    table: &View<'_>,
    autotext: bool,
    budget: &Budget<'_>,
) -> (Ranges, Option<Exhausted>) {
    let at = |index: usize| fib.pair(main, index);
    if autotext {
        return match (at(pair::GLOSSARY_NAMES), at(pair::GLOSSARY)) {
            (Some(names), Some(places)) => Ranges::blocks(table, &names, &places, budget),
            _ => (Ranges::default(), None),
        };
    }
    let tables = (
        at(pair::BOOKMARK_NAMES),
        at(pair::BOOKMARK_STARTS),
        at(pair::BOOKMARK_ENDS),
    );
    match tables {
        (Some(names), Some(starts), Some(ends)) => {
            let tables = Bookmarks {
                names,
                starts,
                ends,
            };
            Ranges::bookmarks(table, &tables, fib.is_old(), budget)
        }
        _ => (Ranges::default(), None),
    }
}

/// Whether a template is the one that every document has, on this computer.
fn is_normal(template: &str) -> bool {
    let template = template.trim().to_lowercase();
    let remote = template.starts_with("\\\\") || template.contains('/');
    let name = template.rsplit('\\').next().unwrap_or_default();
    !remote && matches!(name, "normal" | "normal.dot" | "normal.dotm")
}

#[cfg(test)]
mod tests;
