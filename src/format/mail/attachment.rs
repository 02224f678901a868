//! What stands in a message, a calendar or a contact and may be a document of its own.
//!
//! # Worst cases
//!
//! Each piece pays for one part when it is looked at, and again when it is read.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::container::Source;
use crate::format::ledger::{Child, Ledger, Provenance, Role};
use crate::format::offer;
use crate::gap::SkipReason;
use crate::identify::{Disposition, Sniffer};
use crate::limits::{Budget, Exhausted};
use crate::location::Location;

/// Bytes of a name that are kept.
const NAME: usize = 200;

/// The document whose pieces are handed on.
pub(super) struct Holder<'a, 's> {
    pub(super) data: &'a [u8],
    pub(super) location: &'a Location,
    pub(super) budget: &'a Budget<'a>,
    pub(super) ledger: &'a mut Ledger<'s>,
    /// How often a name occurred.
    names: BTreeMap<String, u32>,
}

impl<'a, 's> Holder<'a, 's> {
    pub(super) fn new(
        data: &'a [u8],
        location: &'a Location,
        budget: &'a Budget<'a>,
        ledger: &'a mut Ledger<'s>,
    ) -> Self {
        Holder {
            data,
            location,
            budget,
            ledger,
            names: BTreeMap::new(),
        }
    }

    /// The place of a piece by its name, of which the last segment counts; equal names carry an
    /// index.
    pub(super) fn place(&mut self, name: &str) -> Location {
        let trimmed = name.trim().trim_end_matches(['/', '\\']);
        let last = trimmed.rsplit(['/', '\\']).next().unwrap_or(trimmed);
        let mut end = NAME.min(last.len());
        while !last.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        let name = last.get(..end).unwrap_or_default();
        let count = self.names.entry(name.to_owned()).or_default();
        *count = count.saturating_add(1);
        match count {
            1 => self.location.child(name),
            count => self.location.child(&format!("{name}#{count}")),
        }
    }

    /// Hands on a body or an attachment, if it could be a document.
    pub(super) fn offer(
        &mut self,
        source: Source,
        location: Location,
        provenance: Provenance,
    ) -> Result<(), Exhausted> {
        let outcome = Cell::new(None);
        let name = location.path().last().unwrap_or_default();
        let sniffer = match provenance.role {
            Role::Attachment => Sniffer::named(name),
            Role::Part | Role::Body => Sniffer::of_part(),
        };
        let could_be = offer::sniff(
            source.open(self.data, self.budget, &outcome),
            sniffer,
            |_| (),
        );
        let declared = provenance.declared.is_some();
        let offered = offer::tell(could_be, &location, self.ledger, |identity, so_far, _| {
            let unknown = identity.disposition == Disposition::Opaque(SkipReason::Unknown);
            unknown && (declared || so_far.is_child)
        });
        if let Some(shortfall) = outcome.take() {
            self.ledger.shortfall(shortfall, &location)?;
        }
        if offered.is_child || declared {
            self.ledger.child_by(Child { source, location }, provenance);
        }
        Ok(())
    }
}
