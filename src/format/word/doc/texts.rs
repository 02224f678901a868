//! The texts that the streams of a document may hold: which streams count, and how the block is
//! laid out, is what leads to a piece table.
//!
//! # Malformed input
//!
//! Where two layouts of the block or two streams of one name lead to different pieces, programs
//! differ in which they read: all are given, the likeliest first. A document that only says that
//! it is encrypted is read where its tables are in clear.
//!
//! # Worst cases
//!
//! The layouts times the streams of one name, which the caller limits.

use super::clx::Pieces;
use super::encryption;
use super::fib::{Fib, Layout, pair};
use crate::container::cfb::View;
use crate::link::{Confidence, TechniqueId};
use crate::location::Location;

/// The streams of a document, and where they are.
pub(super) struct Streams<'v> {
    pub(super) main: &'v View<'v>,
    /// The streams of each of the two names for tables.
    pub(super) tables: [&'v [(View<'v>, Location)]; 2],
    pub(super) location: Location,
    /// There is another main stream.
    pub(super) duplicate: bool,
    /// The streams were decrypted, and what that says.
    pub(super) cleared: Option<TechniqueId>,
}

impl Streams<'_> {
    /// Whether the streams say that they are encrypted, and still are.
    fn is_locked(&self, fib: &Fib) -> bool {
        fib.is_encrypted() && self.cleared.is_none()
    }
}

/// A text that the streams may hold.
#[derive(Clone, Debug)]
pub(super) struct Candidate<'v> {
    pub(super) fib: Fib,
    pub(super) table: &'v View<'v>,
    pub(super) place: Location,
    pub(super) pieces: Pieces<'v>,
    /// How sure a field of it can be.
    pub(super) ceiling: Confidence,
    pub(super) techniques: Vec<TechniqueId>,
    /// A layout before this one led to a text.
    pub(super) other: bool,
}

/// What the streams turned out to hold.
pub(super) struct Texts<'v> {
    /// The scheme, when they say that they are encrypted.
    pub(super) encrypted: Option<&'static str>,
    pub(super) candidates: Vec<Candidate<'v>>,
}

/// The blocks and the tables that lead to a text.
pub(super) fn find<'v>(all: &Streams<'v>) -> Texts<'v> {
    let mut texts = Texts {
        encrypted: None,
        candidates: Vec::new(),
    };
    for layout in Fib::layouts(all.main) {
        let Some(mut fib) = Fib::read(all.main, 0, *layout) else {
            continue;
        };
        let [zero, one] = all.tables;
        let tables = match fib.table() {
            0 => [zero, one],
            _ => [one, zero],
        };
        if all.is_locked(&fib) {
            let table = tables.into_iter().flatten().map(|(table, _)| table).next();
            texts.encrypted = Some(encryption::scheme(&fib, table));
            // What stands behind the number is noise. A table that tells of all the text is none:
            // it is in clear. Old text needs no table, and is searched only.
            if fib.is_old() {
                return texts;
            }
        }
        if *layout == Layout::Word2 {
            let length = fib.text.end.saturating_sub(fib.text.start);
            fib.counts = [0; 8];
            if let Some(first) = fib.counts.first_mut() {
                *first = u32::try_from(length).unwrap_or(u32::MAX);
            }
        }
        let other = !texts.candidates.is_empty();
        let mut found = false;
        if fib.is_old() {
            found = texts.add(all, &fib, (all.main, &all.location), other, false);
        }
        // The stream that the block does not name counts where the named one leads nowhere.
        for tables in tables {
            if found {
                break;
            }
            for (table, place) in tables {
                found |= texts.add(all, &fib, (table, place), other, tables.len() > 1);
            }
        }
    }
    texts
}

impl<'v> Texts<'v> {
    /// Adds the text that a table leads to; returns whether there is one.
    fn add(
        &mut self,
        all: &Streams<'v>,
        fib: &Fib,
        (table, place): (&'v View<'v>, &Location),
        other: bool,
        duplicate: bool,
    ) -> bool {
        let Some(pieces) = pieces(fib, all.main, table) else {
            return false;
        };
        let known = |known: &Candidate<'_>| {
            std::ptr::eq(known.table, table) && known.pieces.is_same(&pieces)
        };
        if self.candidates.iter().any(known) {
            return true;
        }
        if all.is_locked(fib) && !pieces.spans(fib.total().max(1)) {
            return false;
        }
        let mut techniques: Vec<TechniqueId> = all.cleared.into_iter().collect();
        if duplicate || all.duplicate {
            techniques.push(TechniqueId::DuplicateStream);
        }
        if pieces.is_one() && fib.text.end < counted_end(fib, all.main) {
            techniques.push(TechniqueId::LengthMismatch);
        }
        let ceiling = match self.candidates.is_empty() && !all.is_locked(fib) {
            true => Confidence::Certain,
            false => Confidence::Medium,
        };
        self.candidates.push(Candidate {
            fib: fib.clone(),
            table,
            place: place.clone(),
            pieces,
            ceiling,
            techniques,
            other,
        });
        true
    }
}

/// The pieces of the text: those of the table; all of it in one, where older versions have none.
pub(super) fn pieces<'v>(fib: &Fib, main: &'v View<'v>, table: &'v View<'v>) -> Option<Pieces<'v>> {
    if !fib.is_old() || fib.is_complex() {
        let range = fib.pair(main, pair::CLX);
        let found = range.and_then(|range| Pieces::find(table, range, fib));
        if found.is_some() || !fib.is_old() {
            return found;
        }
    }
    // What is longer counts: the place of its end, or its characters.
    let text = fib.text.start..fib.text.end.max(counted_end(fib, main));
    let there = text.start < text.end && text.start < main.length();
    there.then(|| Pieces::one(main, text))
}

/// Where text of single bytes ends by the number of its characters; not behind the stream.
fn counted_end(fib: &Fib, main: &View<'_>) -> usize {
    let total = usize::try_from(fib.total()).unwrap_or(usize::MAX);
    fib.text.start.saturating_add(total).min(main.length())
}
