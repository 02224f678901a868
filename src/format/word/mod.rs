//! WordprocessingML: fields, settings and OLE objects, in whatever part of the package they stand
//! (`spec/word.md` §1).
//!
//! [`Gather`] drives the field forest from the events of every part and remembers what the
//! settings and objects say; `resolve` evaluates the fields over all of it.
//!
//! The files: `walk` (events to marks and text), `settings` (what changes how fields behave, and
//! mail merges), `objects` (OLE links in markup), `links` (what was gathered, as links).
//!
//! # Malformed input
//!
//! Elements count by name wherever they stand. Ends without a start and starts without an end move
//! the point at which an enclosing element is taken to be over, nothing else. A part that breaks
//! off is closed where it breaks.
//!
//! # Worst cases
//!
//! Time is linear in the events. Memory is what the forest keeps (see there), plus the values of
//! settings and objects; all of it is charged to the limit `live-bytes`.

mod links;
mod objects;
mod settings;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::BTreeSet;

use super::ledger::Ledger;
use super::{Part, Vocabulary};
use crate::container::opc::Opc;
use crate::field::{Environment, Forest};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::markup::xml::{Name, Tag};
use objects::Object;
use settings::{Attached, Merge};
use walk::Walk;

/// What a field, object or setting of a part is reported with.
#[derive(Debug)]
struct Source {
    member: usize,
    location: Location,
    /// A building block: not in the document until somebody inserts it.
    glossary: bool,
    /// A second reading of a broken part.
    salvage: bool,
    techniques: Vec<TechniqueId>,
}

/// Everything that was gathered from the parts of a package.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    sources: Vec<Source>,
    walk: Walk,
    forest: Forest,
    environment: Environment,
    /// The document refreshes all fields when it is opened.
    update_fields: bool,
    merges: Vec<Merge>,
    /// The merge whose element is open.
    merge: Option<Merge>,
    attached: Vec<Attached>,
    objects: Vec<Object>,
    /// Parts of which something was not kept.
    short: BTreeSet<(usize, Limit)>,
    charged: u64,
}

impl Gather {
    /// The index of the part that is being read.
    fn part(&self) -> usize {
        self.sources.len().saturating_sub(1)
    }

    /// Pays for text that is kept; notes the limit when it cannot be.
    fn keep(&mut self, text: &str, budget: &Budget<'_>) -> Option<String> {
        /// What a kept text costs besides its bytes.
        const ENTRY: u64 = 64;
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let cost = bytes.saturating_add(ENTRY);
        if budget.charge_live(cost).is_err() {
            self.short.insert((self.part(), Limit::LiveBytes));
            return None;
        }
        self.charged = self.charged.saturating_add(cost);
        Some(text.to_owned())
    }
}

impl Vocabulary for Gather {
    fn begin_part(&mut self, part: &Part<'_>, salvage: bool) {
        self.finish();
        let mut techniques = part.techniques.to_vec();
        if !part.reachable {
            techniques.push(TechniqueId::Unreachable);
        }
        if salvage {
            techniques.push(TechniqueId::SalvagedXml);
        }
        self.sources.push(Source {
            member: part.member,
            location: part.location.clone(),
            glossary: part.name.to_ascii_lowercase().contains("glossary/"),
            salvage,
            techniques,
        });
        let part = u32::try_from(self.part()).unwrap_or(u32::MAX);
        self.forest.begin_part(part);
        self.walk = Walk::default();
    }

    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.enter(tag, budget)
    }

    fn end(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.leave(name, budget)
    }

    fn text(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.read(text, referenced, budget)
    }

    fn end_part(&mut self, techniques: &[TechniqueId]) {
        self.finish();
        if let Some(source) = self.sources.last_mut() {
            source.techniques.extend_from_slice(techniques);
        }
    }

    fn resolve(
        &mut self,
        opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        self.finish();
        self.settle(opc, budget, ledger, claimed);
        self.forest.clear(budget);
        self.environment.clear(budget);
        budget.release_live(self.charged);
        *self = Gather::default();
    }
}
