//! From the tables of a document to what its text and its names say.

use super::super::document::Source;
use super::super::links::{Attached, Merge};
use super::clx::Pieces;
use super::fib::{Fib, Layout, pair};
use super::names::{Associated, Bookmarks, Ranges};
use super::stories::Text;
use super::text::{Flow, Narrow};
use super::{Reading, code_page, encryption, names};
use crate::container::cfb::View;
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted};
use crate::link::Carrier;
use crate::location::Location;

/// How the reading of the text went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Whole,
    Damaged,
    Encrypted,
}

/// The streams of a document, and where they are.
pub(super) struct Streams<'v> {
    pub(super) main: &'v View<'v>,
    pub(super) tables: [Option<&'v (View<'v>, Location)>; 2],
    pub(super) location: Location,
}

impl Reading<'_, '_, '_> {
    /// Reads what the tables lead to. `begun` is given the places of the fields.
    pub(super) fn text(
        &mut self,
        all: &Streams<'_>,
        begun: &mut Vec<usize>,
    ) -> Result<Told, Exhausted> {
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
