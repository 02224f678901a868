//! Web pages in MIME (`.mht`): each part is a document of its own (`spec/word.md` §4.4).
//!
//! # Malformed input
//!
//! That of [`crate::container::mime`] and of the parts of messages, which mail has as well.
//!
//! # Lost
//!
//! A style sheet in a part of its own is not joined with its page: a gap where it makes fields.

use super::Outcome;
use super::ledger::Ledger;
use super::mail::{Kind, read_parts};
use crate::limits::Budget;
use crate::location::Location;

/// Queues the parts of a page.
pub(super) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    read_parts(data, Kind::Page, location, budget, ledger)
}

#[cfg(test)]
mod tests;
