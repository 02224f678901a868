//! From the tables of a document to what its text and its names say.

use super::super::document::Source;
use super::super::links::{Attached, Merge};
use super::fib::{Fib, pair};
use super::names::{Associated, Bookmarks, Ranges};
use super::stories::Text;
use super::text::{Flow, Narrow};
use super::texts::{self, Candidate, Streams};
use super::{Reading, code_page, names};
use crate::container::cfb::View;
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted};
use crate::link::Carrier;

/// How the reading of the text went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    Whole,
    /// There is more text than is read.
    Short,
    Damaged,
    Encrypted,
}

impl Reading<'_, '_, '_> {
    /// Reads what the tables lead to: the likeliest text into the document, the others each into
    /// one of its own. `begun` is given the places of the fields.
    pub(super) fn text(
        &mut self,
        all: &Streams<'_>,
        first: bool,
        begun: &mut Vec<usize>,
    ) -> Result<Told, Exhausted> {
        let texts = texts::find(all);
        if let Some(scheme) = texts.encrypted {
            let place = all.location.clone();
            self.ledger.gap(GapKind::Encrypted, place, scheme);
            if texts.candidates.is_empty() {
                return Ok(Told::Encrypted);
            }
        }
        let mut told = None;
        for (index, candidate) in texts.candidates.into_iter().enumerate() {
            let other = candidate.other;
            let read = if first && index == 0 {
                self.candidate(all, candidate, begun)?
            } else {
                self.beside(|reading| reading.candidate(all, candidate, begun))?
            };
            // Of several tables one belongs to the text; that another does not is no damage.
            if !other {
                told = Some(told.map_or(read, |told: Told| told.min(read)));
            }
        }
        let told = told.unwrap_or(Told::Damaged);
        let place = all.location.clone();
        match told {
            Told::Damaged => {
                let detail = "the text cannot be put together from its tables";
                self.ledger.gap(GapKind::Damaged, place, detail);
            }
            Told::Short => {
                let detail = "the text names the same bytes too often";
                self.ledger.gap(GapKind::Limit, place, detail);
            }
            Told::Whole | Told::Encrypted => {}
        }
        Ok(told)
    }

    /// Reads one of the texts that there may be, with what belongs to it.
    fn candidate(
        &mut self,
        all: &Streams<'_>,
        candidate: Candidate<'_>,
        begun: &mut Vec<usize>,
    ) -> Result<Told, Exhausted> {
        let told = self.document(all, &candidate, false, begun)?;
        self.associated(all.main, &candidate)?;
        Ok(self.autotext(all, &candidate, begun)?.max(told))
    }

    /// Reads the text of one document.
    fn document(
        &mut self,
        all: &Streams<'_>,
        candidate: &Candidate<'_>,
        autotext: bool,
        begun: &mut Vec<usize>,
    ) -> Result<Told, Exhausted> {
        let Candidate { fib, table, .. } = candidate;
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
            candidate,
            main: all.main,
            location: &all.location,
            autotext,
        };
        let mut flow = Flow::new(all.main, self.document, budget, narrow);
        flow.ranges = ranges;
        let walked = text.walk(&mut flow, budget, self.ledger);
        let spent = flow.spent;
        begun.extend(flow.close());
        begun.sort_unstable();
        Ok(match walked? {
            true => Told::Whole,
            false if spent => Told::Short,
            false => Told::Damaged,
        })
    }

    /// Reads the second document, which holds the entries of AutoText.
    fn autotext(
        &mut self,
        all: &Streams<'_>,
        first: &Candidate<'_>,
        begun: &mut Vec<usize>,
    ) -> Result<Told, Exhausted> {
        let Some(at) = first.fib.next else {
            return Ok(Told::Whole);
        };
        // A number that leads to no block is a stray one.
        if all.main.u16(at) != all.main.u16(0) {
            return Ok(Told::Whole);
        }
        let Some(fib) = Fib::read(all.main, at, first.fib.layout) else {
            return Ok(Told::Whole);
        };
        match texts::pieces(&fib, all.main, first.table) {
            Some(pieces) => {
                let second = Candidate {
                    fib,
                    pieces,
                    ..first.clone()
                };
                self.document(all, &second, true, begun)
            }
            None if fib.pair(all.main, pair::CLX).is_none() => Ok(Told::Whole),
            None => Ok(Told::Damaged),
        }
    }

    /// The template, and the data of a mail merge.
    fn associated(&mut self, main: &View<'_>, candidate: &Candidate<'_>) -> Result<(), Exhausted> {
        let Candidate { fib, table, .. } = candidate;
        let Some(range) = fib.pair(main, pair::ASSOCIATED) else {
            return Ok(());
        };
        let place = candidate.place.clone().with_cell("associated strings");
        self.document.begin_part(Source {
            techniques: candidate.techniques.clone(),
            ..Source::new(2, place.clone())
        });
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
                if !document.environment.property(name, text, budget) {
                    document.note_short();
                }
            }
        });
        match read {
            Err(cause) => self.spare(cause, &place),
            Ok(()) => Ok(()),
        }
    }
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
