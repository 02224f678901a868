//! Binary workbooks of Excel (`spec/excel.md` §3; [MS-XLS]): BIFF8, BIFF5 and before, in a compound
//! file or alone.
//!
//! The files: `records` (framing), `version` (substreams), `tables` (the first pass: link table,
//! sheets, names) with `supbook`, `extern_name`, `path`, `sheets`, `names`, `pool`; `cells` (the
//! second pass: formulas) with `formulas`, `objects`, `texts`, `queries`,
//! `pivots`; `encrypted`, and `carve` for
//! what no record leads to.
//!
//! # Malformed input
//!
//! Records that are cut by the end are a gap; what was read before counts, and then the bytes are
//! searched for a link table. A stream of each name is a workbook of its own: a file may hold one
//! for Excel 95 and one for later versions, and each program reads another.
//!
//! # Worst cases
//!
//! Two passes over a stream, which is read where it stands; two more for each version of the format
//! that it says besides its own. What is kept of it is paid for.

mod carve;
mod cells;
mod encrypted;
mod extern_name;
mod formulas;
mod names;
mod objects;
mod path;
mod pivots;
mod pool;
mod queries;
mod records;
mod sheets;
mod strings;
mod supbook;
mod tables;
mod texts;
mod version;

use std::collections::BTreeSet;

use super::book::Book;
use super::site::Place;
use crate::container::cfb::{Cfb, Stream, View};
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::format::properties;
use crate::formula::ptg::Trouble;
use crate::gap::{GapKind, SkipReason};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::report::Properties;

/// The names of the streams, in lower case: the workbook, and what may hold records beside it.
const MAIN: [&str; 2] = ["workbook", "book"];
const BESIDE: [&str; 2] = ["revision log", "user names"];
/// The storage of the data of pivot tables.
const PIVOT: &str = "_sx_db_cur/";
/// Streams of one name that are read, and streams with data of pivot tables.
const SAME: usize = 4;
const PIVOTS: usize = 1_000;

/// Reads the workbook that these streams of one storage make. A stream `_VBA_PROJECT` of a storage
/// inside it says that there are macros.
pub(crate) fn read_streams(
    cfb: &Cfb<'_>,
    streams: &[Stream],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut properties = Properties::default();
    let storage = (cfb, streams, location);
    let ended = properties::read(storage, &mut properties, budget, ledger, |_, _| true)
        .and_then(|()| compound(cfb, streams, location, budget, ledger));
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    Outcome { properties, ended }
}

/// Reads a workbook that stands alone in a file.
pub(crate) fn read_raw(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let about = About {
        purpose: Purpose::Main,
        techniques: &[],
        refreshing: &BTreeSet::new(),
    };
    let ended = stream(&View::from(data), about, location, budget, ledger).map(|_| ());
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    Outcome::from(ended)
}

/// Searches bytes of a compound file that no stream holds for link tables (`spec/excel.md` §3.11).
/// Nothing that it finds is sure.
pub(crate) fn read_remains(
    view: &View<'_>,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let ended = carved(view, location, budget, ledger);
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    Outcome::from(ended)
}

/// What a stream is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// It is a workbook.
    Main,
    /// It stands beside one, and may hold the same records.
    Beside,
}

/// What is known of a stream before it is read.
#[derive(Clone, Copy)]
struct About<'a> {
    purpose: Purpose,
    techniques: &'a [TechniqueId],
    /// The pivot caches that are refreshed when the workbook is opened.
    refreshing: &'a BTreeSet<u16>,
}

/// What a stream turned out to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Told {
    /// It has a link table.
    linked: bool,
    damaged: bool,
    encrypted: bool,
}

fn compound(
    cfb: &Cfb<'_>,
    streams: &[Stream],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let mut told = Told::default();
    let root = streams.iter().any(|stream| !stream.path.contains('/'));
    let refreshing = match root {
        true => pivots::refreshing(pivot_streams(cfb), cfb, budget)?,
        false => BTreeSet::new(),
    };
    for name in MAIN.iter().chain(&BESIDE) {
        let named = streams.iter().filter(|stream| is(stream, name));
        // One more than are read shows that there are more.
        let named: Vec<&Stream> = named.take(SAME.saturating_add(1)).collect();
        let mut techniques = Vec::new();
        if named.len() > 1 {
            techniques.push(TechniqueId::DuplicateStream);
        }
        for (index, stream) in named.into_iter().enumerate() {
            if index >= SAME {
                let detail = "more streams of one name than are read";
                ledger.gap(GapKind::Limit, location.child(&stream.path), detail);
                break;
            }
            let purpose = match MAIN.contains(name) {
                true => Purpose::Main,
                false => Purpose::Beside,
            };
            let about = About {
                purpose,
                techniques: &techniques,
                refreshing: &refreshing,
            };
            let one = read_stream(cfb, stream, about, location, budget, ledger)?;
            told.linked |= one.linked;
            told.damaged |= one.damaged;
            told.encrypted |= one.encrypted;
        }
    }
    // Only the root has the whole file to itself.
    if root && !told.encrypted {
        for (index, stream) in pivot_streams(cfb).enumerate() {
            if index >= PIVOTS {
                let detail = "more data of pivot tables than is read";
                ledger.gap(GapKind::Limit, location.child(&stream.path), detail);
                break;
            }
            let about = About {
                purpose: Purpose::Beside,
                techniques: &[],
                refreshing: &refreshing,
            };
            read_stream(cfb, &stream, about, location, budget, ledger)?;
        }
    }
    if root && told.damaged && !told.linked && !told.encrypted {
        ledger.note_search();
        carved(&View::from(cfb.bytes()), location, budget, ledger)?;
    }
    let vba = |stream: &&Stream| stream.path.to_lowercase().ends_with("/_vba_project");
    if let Some(stream) = streams.iter().find(vba) {
        ledger.skip(location.child(&stream.path), SkipReason::VbaProject);
    }
    Ok(())
}

/// The streams with the data of pivot tables.
fn pivot_streams<'c>(cfb: &'c Cfb<'_>) -> impl Iterator<Item = Stream> + 'c {
    let streams = cfb.streams();
    streams.filter(|stream| stream.path.to_lowercase().starts_with(PIVOT))
}

/// Whether the last name of a stream is `name`, in any case.
fn is(stream: &Stream, name: &str) -> bool {
    let last = stream.path.rsplit('/').next().unwrap_or_default();
    last.to_lowercase() == name
}

fn read_stream(
    cfb: &Cfb<'_>,
    one: &Stream,
    about: About<'_>,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<Told, Exhausted> {
    let place = location.child(&one.path);
    let view = match cfb.view(one, budget) {
        Ok(view) => view,
        Err(cause @ Exhausted::Limit(Limit::LiveBytes | Limit::PartBytes)) => {
            ledger.exhausted(cause, place);
            return Ok(Told::default());
        }
        Err(cause) => return Err(cause),
    };
    let mut techniques = about.techniques.to_vec();
    if one.orphan {
        techniques.push(TechniqueId::Unreachable);
    }
    let about = About {
        techniques: &techniques,
        ..about
    };
    let told = stream(&view, about, &place, budget, ledger);
    let short = view.short;
    view.close(budget);
    let mut told = told?;
    told.damaged |= short;
    Ok(told)
}

/// Reads one stream from its first record to its links.
fn stream(
    view: &View<'_>,
    about: About<'_>,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<Told, Exhausted> {
    let mut book = Book::new(ledger.is_program());
    let mut told = Told::default();
    let ended = passes(view, about, location, &mut book, &mut told, budget, ledger);
    book.settle(budget, ledger);
    ended.map(|()| told)
}

fn passes(
    view: &View<'_>,
    about: About<'_>,
    location: &Location,
    book: &mut Book,
    told: &mut Told,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let (purpose, techniques) = (about.purpose, about.techniques);
    let place = book.open_place(Place {
        techniques: techniques.iter().copied().collect(),
        ..Place::new(location.clone())
    });
    let tables = tables::gather(view, None, (place, techniques), book, budget)?;
    if let Some(scheme) = tables.encrypted {
        told.encrypted = true;
        ledger.gap(GapKind::Encrypted, location.clone(), scheme);
    }
    if let Some(record) = tables.cut {
        told.damaged = true;
        let detail = format!("a record at byte {} goes beyond the end", record.at);
        ledger.gap(GapKind::Damaged, location.clone(), detail);
    }
    let main = purpose == Purpose::Main;
    if main && tables.ends_early && tables.cut.is_none() && !told.encrypted {
        told.damaged = true;
        let detail = "the stream ends before the end of the workbook";
        ledger.gap(GapKind::Damaged, location.clone(), detail);
    }
    if main && !tables.begun && view.length() > 0 {
        told.damaged = true;
        ledger.gap(
            GapKind::Damaged,
            location.clone(),
            "no record begins a workbook",
        );
    }
    let missed = cells::read(view, &tables, place, (location, about), book, budget)?;
    let mut linked = tables.linked;
    for version in tables.others.iter().copied() {
        // Read as what it is not, a formula is broken: that is no gap.
        let again = tables::gather(view, Some(version), (place, techniques), book, budget)?;
        cells::read(view, &again, place, (location, about), book, budget)?;
        linked |= again.linked;
    }
    told.linked = linked;
    if let Some((trouble, offset)) = missed.trouble {
        let (kind, detail) = match trouble {
            Trouble::TooLong => (GapKind::Limit, "a formula is longer than is read"),
            Trouble::Unbalanced
            | Trouble::UnknownFunction
            | Trouble::CutOff
            | Trouble::UnknownToken => {
                (GapKind::Damaged, "a formula is cut or has an unknown part")
            }
        };
        ledger.gap(kind, location.clone().with_offset(offset), detail);
    }
    if main && !linked && !told.encrypted {
        carve::search(view, place, book, budget)?;
    }
    Ok(())
}

/// Searches bytes that no record leads to.
fn carved(
    view: &View<'_>,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let mut book = Book::new(ledger.is_program());
    let place = book.open_place(Place::new(location.clone()));
    let found = carve::search(view, place, &mut book, budget);
    book.settle(budget, ledger);
    found.map(|_| ())
}
