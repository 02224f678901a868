//! Binary workbooks of Excel (`spec/excel.md` §3; [MS-XLS]): BIFF8, BIFF5 and before, in a compound
//! file or alone.
//!
//! The files: `records` (framing), `version` (substreams), `tables` (the first pass: link table,
//! sheets, names) with `supbook`, `extern_name`, `path`, `sheets`, `names`, `pool`; `cells` (the
//! second pass: formulas) with `formulas`, `objects`, `texts`, `queries`,
//! `pivots`; `encrypted` with `unlock` (passwords and ciphers), and `carve` for what no record
//! leads to.
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
//! that it says besides its own. What is kept of it is paid for; of an encrypted one that opens,
//! that is all of it.

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
#[cfg(feature = "crypt")]
mod unlock;
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
use encrypted::Opened;

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
        key: None,
        cfb: None,
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
    /// What opened the workbook that the stream stands beside: it is encrypted like that, and does
    /// not say so.
    key: Option<&'a Opened>,
    /// What holds the caches that belong to it.
    cfb: Option<&'a Cfb<'a>>,
}

/// What a stream turned out to be.
#[derive(Clone, Debug, Default)]
struct Told {
    /// It has a link table.
    linked: bool,
    damaged: bool,
    encrypted: bool,
    /// It was encrypted, and this opened it.
    key: Option<Opened>,
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
        true => pivots::refreshing(pivot_streams(cfb), None, cfb, budget)?,
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
                key: None,
                cfb: root.then_some(cfb),
            };
            let one = read_stream(cfb, stream, about, location, budget, ledger)?;
            told.linked |= one.linked;
            told.damaged |= one.damaged;
            told.encrypted |= one.encrypted;
            told.key = told.key.or(one.key);
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
                key: told.key.as_ref(),
                cfb: None,
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
    let mut told = Told::default();
    if let Some(key) = about.key {
        return cleared(view, (0, key), about, location, &mut told, budget, ledger).map(|()| told);
    }
    let mut book = Book::new(ledger.is_program());
    let ended = passes(view, about, location, &mut book, &mut told, budget, ledger);
    match ended {
        Ok(Some(start)) if let Some(key) = told.key.clone() => {
            // What stands in front of that record is read again.
            book.discard(budget);
            let key = (start, &key);
            cleared(view, key, about, location, &mut told, budget, ledger)?;
        }
        Ok(_) => book.settle(budget, ledger),
        Err(cause) => {
            book.settle(budget, ledger);
            return Err(cause);
        }
    }
    Ok(told)
}

/// Reads a stream of which the records from a place on are encrypted, with what opens them.
fn cleared(
    view: &View<'_>,
    (start, key): (usize, &Opened),
    about: About<'_>,
    location: &Location,
    told: &mut Told,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let clear = match key.clear(view, start, budget) {
        Ok(Some(clear)) => clear,
        Ok(None) => {
            told.encrypted = true;
            ledger.gap(GapKind::Encrypted, location.clone(), key.scheme);
            return Ok(());
        }
        Err(cause @ Exhausted::Limit(Limit::LiveBytes | Limit::PartBytes)) => {
            told.encrypted = true;
            ledger.exhausted(cause, location.clone());
            return Ok(());
        }
        Err(cause) => return Err(cause),
    };
    let mut techniques = about.techniques.to_vec();
    techniques.push(key.technique);
    let caches = match about.cfb {
        Some(cfb) => pivots::refreshing(pivot_streams(cfb), Some(key), cfb, budget),
        None => Ok(about.refreshing.clone()),
    };
    let caches = match caches {
        Ok(caches) => caches,
        Err(cause) => {
            clear.close(budget);
            return Err(cause);
        }
    };
    let about = About {
        techniques: &techniques,
        key: Some(key),
        refreshing: &caches,
        ..about
    };
    let mut book = Book::new(ledger.is_program());
    let ended = passes(&clear, about, location, &mut book, told, budget, ledger);
    book.settle(budget, ledger);
    clear.close(budget);
    ended.map(|_| ())
}

/// Reads a stream in two passes, or gives the place from which on it is encrypted, and says what
/// opens it.
fn passes(
    view: &View<'_>,
    about: About<'_>,
    location: &Location,
    book: &mut Book,
    told: &mut Told,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<Option<usize>, Exhausted> {
    let (purpose, techniques) = (about.purpose, about.techniques);
    let cleared = about.key.is_some();
    let place = book.open_place(Place {
        techniques: techniques.iter().copied().collect(),
        ..Place::new(location.clone())
    });
    let within = (place, techniques, cleared);
    let tables = tables::gather(view, None, within, book, budget)?;
    if let Some(pass) = &tables.encrypted {
        match pass.open(ledger.passwords(), budget) {
            Ok(Some(opened)) => {
                told.key = Some(opened);
                return Ok(Some(pass.end));
            }
            Ok(None) => ledger.gap(GapKind::Encrypted, location.clone(), pass.scheme),
            Err(cause @ Exhausted::Limit(Limit::DerivationRounds)) => {
                ledger.gap(GapKind::Encrypted, location.clone(), pass.scheme);
                ledger.exhausted(cause, location.clone());
            }
            Err(cause) => return Err(cause),
        }
        told.encrypted = true;
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
        let again = tables::gather(view, Some(version), within, book, budget)?;
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
    Ok(None)
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
