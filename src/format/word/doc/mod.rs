//! Binary documents of Word (`spec/word.md` §2; [MS-DOC]): Word 97 and later, Word 6 and 95 with
//! and without a compound file, and what can be told of Word 2.
//!
//! The files: `gather` (from the tables to the text and the names), `fib` (where everything
//! stands), `clx` (stretches of the stream as stretches of the text), `stories` (the parts of the
//! text), `text` (characters to fields), `plcfld` (the table of fields), `names` (bookmarks,
//! variables and other strings), `properties`, `encryption`, `code_page`, and `fallback` for what
//! nothing refers to.
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
mod gather;
mod names;
mod plcfld;
mod properties;
mod stories;
mod text;

use super::document::{Document, Source};
use crate::container::cfb::{Cfb, Stream, View};
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Confidence, TechniqueId};
use crate::location::Location;
use crate::report::Properties;
use gather::{Streams, Told};
use plcfld::Fields;
use text::{Flow, Narrow};

/// The names of the streams, in lower case.
const MAIN: &str = "worddocument";
const TABLES: [&str; 2] = ["0table", "1table"];
const SUMMARIES: [&str; 2] = ["\u{5}summaryinformation", "\u{5}documentsummaryinformation"];

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

/// Searches a compound file of which the directory is lost for fields, wherever they are
/// (`spec/word.md` §2.6). Nothing that it finds is sure.
pub(crate) fn read_remains(
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
    let found = reading.search(&View::from(data), &[], Told::Damaged, location);
    document.settle(budget, ledger);
    let ended = found.map(|_| ());
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

#[cfg(test)]
mod tests;
