//! Which stray local headers stand inside the data of another entry.
//!
//! A header inside a deflated stream is a chance match, and one inside a stored zip belongs to
//! that zip, which is opened as a document of its own. Any other is an entry. Where a stream that
//! seems to hold one really ends is measured: the sizes may have been made larger to cover it.

use std::collections::BTreeMap;

use super::super::read::deflate_end;
use super::super::{Coding, Source};
use super::header::{Header, LOCAL};
use crate::limits::Budget;

#[derive(Clone, Copy)]
struct Cover {
    start: usize,
    /// Where the headers say that it ends.
    end: usize,
    deflated: bool,
}

/// A sweep over the data of known entries in ascending order.
pub(super) struct Covers<'d, 'b> {
    data: &'d [u8],
    budget: &'b Budget<'b>,
    /// Not reached yet, by start; equal starts keep the one that ends last.
    ahead: BTreeMap<(usize, bool), Cover>,
    /// Reached, and not measured yet.
    open: Vec<Cover>,
    /// Everything before this place is inside an entry that was reached.
    hidden_to: usize,
}

impl<'d, 'b> Covers<'d, 'b> {
    pub(super) fn new(data: &'d [u8], budget: &'b Budget<'b>) -> Self {
        Covers {
            data,
            budget,
            ahead: BTreeMap::new(),
            open: Vec::new(),
            hidden_to: 0,
        }
    }

    /// An entry on which both views agree, and which can be read.
    pub(super) fn agreed(&mut self, header: &Header<'_>, start: usize, source: Option<Source>) {
        let deflated = match source.map(|source| source.coding) {
            Some(Coding::Deflated) => true,
            Some(Coding::Stored) => false,
            // What is inside cannot be told from the outside: stray headers are listed.
            Some(
                Coding::Enciphered(_)
                | Coding::Encrypted(_)
                | Coding::Unsupported(_)
                | Coding::Scattered { .. }
                | Coding::DeflatedTo(_)
                | Coding::Pieces(_)
                | Coding::Transfer(_),
            )
            | None => return,
        };
        self.add(header, start, deflated);
    }

    /// An entry that stands in its local header only.
    pub(super) fn alone(&mut self, header: &Header<'_>, start: usize) {
        match header.method {
            0 if !header.encrypted() => self.add(header, start, false),
            8 if !header.encrypted() => self.add(header, start, true),
            _ => {}
        }
    }

    fn add(&mut self, header: &Header<'_>, start: usize, deflated: bool) {
        let starts_as_zip = || {
            self.data
                .get(start..)
                .is_some_and(|data| data.starts_with(LOCAL))
        };
        if !deflated && !starts_as_zip() {
            return;
        }
        let length = usize::try_from(header.packed).unwrap_or(usize::MAX);
        let cover = Cover {
            start,
            end: start.saturating_add(length),
            deflated,
        };
        let known = self.ahead.entry((start, deflated)).or_insert(cover);
        known.end = known.end.max(cover.end);
    }

    /// Whether a header at `at` is inside the data of an entry. To be asked in ascending order.
    pub(super) fn hide(&mut self, at: usize) -> bool {
        while let Some(next) = self.ahead.first_entry() {
            if next.get().start > at {
                break;
            }
            let cover = next.remove();
            if cover.end <= at {
                continue;
            }
            if cover.deflated {
                self.open.push(cover);
            } else {
                self.hidden_to = self.hidden_to.max(cover.end);
            }
        }
        while at >= self.hidden_to {
            let Some(cover) = self.open.pop() else {
                return false;
            };
            if cover.end > at {
                self.hidden_to = self.hidden_to.max(self.measured_end(&cover));
            }
        }
        true
    }

    /// Where the stream really ends. When that costs more than is left, nothing is hidden by it.
    fn measured_end(&self, cover: &Cover) -> usize {
        let coded = self.data.get(cover.start..).unwrap_or_default();
        let length = deflate_end(coded, self.budget).unwrap_or(0);
        cover.start.saturating_add(length).min(cover.end)
    }
}
