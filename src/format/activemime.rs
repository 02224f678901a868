//! ActiveMime: what is in it is a document of its own (`spec/word.md` §4.5).

use super::Outcome;
use super::ledger::{Child, Ledger};
use crate::container::activemime;
use crate::gap::GapKind;
use crate::limits::Budget;
use crate::location::Location;

/// Queues the content of the container.
pub(super) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    match activemime::content(data, budget) {
        Ok(Some(source)) => ledger.child(Child {
            source,
            location: location.child("content"),
        }),
        Ok(None) => {
            let detail = "no stream in the ActiveMime container";
            ledger.gap(GapKind::Damaged, location.clone(), detail);
        }
        Err(cause) => {
            ledger.exhausted(cause, location.clone());
            return Outcome::from(Err(cause));
        }
    }
    Outcome::from(Ok(()))
}
