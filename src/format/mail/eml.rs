//! Mail messages (`.eml`) and files of mailboxes: each part is a document of its own
//! (`spec/word.md` §5.3).
//!
//! # Malformed input
//!
//! That of [`crate::container::mime`] and of [`super::parts`].

use super::parts::{self, Kind};
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::limits::Budget;
use crate::location::Location;

/// Queues the parts of a message.
pub(in crate::format) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    parts::read(data, Kind::Mail, location, budget, ledger)
}
