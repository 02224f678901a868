//! Packages: Word, Excel, PowerPoint and OpenDocument documents in a zip, or in one XML file.
//!
//! Every part is read whatever its name: parts that relationships lead to first, in that order,
//! then the rest. What a part is, is decided by its bytes: XML goes to the vocabulary of its root
//! element (to all of them when the root means nothing), a document goes to the queue, the rest
//! is skipped with its reason.
//!
//! # Malformed input
//!
//! A part whose markup is broken is read twice, the second time leniently. A part that ends early
//! is a gap, and what stands before its end counts.

mod entry;
mod gathered;
mod properties;

use std::collections::BTreeSet;

use super::ledger::Ledger;
use super::relations;
use crate::container::Member;
use crate::container::opc::{self, Opc};
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, Kind, Link, TechniqueId};
use crate::location::Location;
use crate::markup::surroundings::Surroundings;
use crate::report::Properties;
use entry::Entry;
use gathered::Gathered;

/// What a package reader is given.
pub(crate) struct Package<'a> {
    pub(crate) data: &'a [u8],
    pub(crate) members: &'a [Member],
    /// Whether a member without a name is the document itself: it is in one XML file.
    pub(crate) is_flat: bool,
    /// What surrounds the markup of each member, where something does.
    pub(crate) surroundings: &'a [Option<Surroundings>],
    /// What is odd about the container as a whole.
    pub(crate) techniques: &'a [TechniqueId],
    pub(crate) opc: &'a Opc,
    pub(crate) location: &'a Location,
    /// Whether this is a document, whose parts no program opens on their own, rather than a
    /// folder of files.
    pub(crate) is_document: bool,
    /// Whether a name is a program that is known for abuse (`command::is_program`).
    pub(crate) is_program: fn(&str) -> bool,
}

/// Reads a package: gathers from every part, then resolves what was gathered.
///
/// An exhausted budget ends the gathering, not the resolving: what was found before is kept.
pub(crate) fn read(
    package: &Package<'_>,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> (Properties, Result<(), Exhausted>) {
    let mut gathered = Gathered::new(package.is_program);
    let order = package.opc.reading_order();
    // Without relationships of the package, nothing is out of reach.
    let rooted = order.iter().any(|reached| reached.reachable);
    let odd = package.techniques();
    let mut ended = Ok(());
    for (index, shortfall) in &package.opc.shortfalls {
        let location = package.location_of(*index);
        ended = ended.and(ledger.shortfall(shortfall.clone(), &location));
    }
    for reached in &order {
        let Some(member) = package.members.get(reached.member) else {
            continue;
        };
        let location = package.location_of(reached.member);
        let reachable = reached.reachable || !rooted;
        let entry = Entry {
            reached,
            reachable,
            member,
            location: &location,
            odd: &odd,
        };
        ended = entry.read(package, &mut gathered, budget, ledger);
        if ended.is_err() {
            break;
        }
    }
    let mut claimed = BTreeSet::new();
    gathered.resolve(package.opc, budget, ledger, &mut claimed);
    let activated = gathered.slides.activated().iter();
    let activated = activated.map(|member| package.location_of(*member));
    ledger.mark(&activated.collect(), TechniqueId::Activated);
    let reachable: BTreeSet<usize> = order
        .iter()
        .filter(|reached| reached.reachable)
        .map(|reached| reached.member)
        .collect();
    let location_of = |index: usize| package.location_of(index);
    let is_reachable = |index: usize| !rooted || reachable.contains(&index);
    let place = relations::Place {
        location_of: &location_of,
        is_reachable: &is_reachable,
        odd: &odd,
    };
    relations::report(package.opc, &claimed, &place, ledger);
    package.note_anomalies(&odd, ledger);
    package.note_pieces(ledger);
    (gathered.properties, ended)
}

impl Package<'_> {
    /// What is odd about the archive as a whole: it stands with every link in it.
    fn techniques(&self) -> Vec<TechniqueId> {
        let mut odd = self.techniques.to_vec();
        odd.extend(&self.opc.techniques);
        odd.sort();
        odd.dedup();
        odd
    }

    /// Says what is odd about the archive and its entries, whether links stand in it or not.
    fn note_anomalies(&self, odd: &[TechniqueId], ledger: &mut Ledger<'_>) {
        /// Entries that are named.
        const NAMED: usize = 8;
        let mut ids: BTreeSet<TechniqueId> = odd.iter().copied().collect();
        let mut names = Vec::new();
        for member in self.members {
            // A password is nothing odd.
            let odd = member.techniques.iter().filter(|id| !id.is_password());
            let odd: Vec<TechniqueId> = odd.copied().collect();
            if odd.is_empty() {
                continue;
            }
            ids.extend(odd);
            if names.len() < NAMED {
                names.push(member.name.as_str());
            }
        }
        if ids.is_empty() {
            return;
        }
        let words: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        let mut raw = words.join(", ");
        if !names.is_empty() {
            raw.push_str(": ");
            raw.push_str(&names.join(", "));
        }
        let mut link = Link::new(
            Kind::Anomaly,
            Carrier::Container,
            self.location.clone(),
            raw,
        );
        for id in ids {
            link.add_technique(id);
        }
        ledger.link(link);
    }

    /// Pieces of parts that do not join (`name/[0].piece`, `spec/word.md` §1.6): each was read by
    /// itself, and what lies across two of them was not.
    fn note_pieces(&self, ledger: &mut Ledger<'_>) {
        let pieces = self
            .members
            .iter()
            .find(|member| opc::is_piece(&member.name));
        if let Some(piece) = pieces {
            let location = self.location.child(&piece.name);
            let detail = "piece of a part that was not joined with others";
            ledger.gap(GapKind::Damaged, location, detail);
        }
    }

    /// Whether a member is the document itself: no part in it is.
    fn is_itself(&self, member: &Member) -> bool {
        self.is_flat && member.name.is_empty()
    }

    fn location_of(&self, index: usize) -> Location {
        match self.members.get(index) {
            Some(member) if !self.is_itself(member) => self.location.child(&member.name),
            Some(_) | None => self.location.clone(),
        }
    }
}
