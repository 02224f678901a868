//! Formulas that spell out what the link table says as well (`spec/excel.md` §6.1, §6.5): the same
//! link, told twice.
//!
//! A formula `cmd|'/c calc.exe'!A1` is the use of the item `A1` of the link `cmd|/c calc.exe`. One
//! finding says both, with the cells that use it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::book::Book;
use super::evidence::{Find, Key, What};
use super::external::{ExternalLink, Target};
use super::resolve::most_items;
use crate::formula::normalise::normalise;

/// A service, a topic and an item, whatever the case of their letters.
type Triple = [u8; 32];

/// The formulas of a workbook by what they ask for.
#[derive(Debug, Default)]
pub(super) struct Joins<'g> {
    offers: BTreeMap<Triple, Vec<&'g Find>>,
    joined: BTreeSet<Triple>,
    /// Those of which the places were named already.
    told: BTreeSet<Triple>,
}

impl<'g> Joins<'g> {
    /// What the formulas of `book` ask for that its link table lists and reports.
    pub(super) fn new(book: &'g Book) -> Self {
        let mut joins = Joins::default();
        let links = || book.external.links.iter();
        if !links().any(|(_, link)| matches!(link.target, Target::Dde { .. })) {
            return joins;
        }
        for (key, find) in &book.evidence.finds {
            if key.what == What::Dde {
                let [service, topic, item] = &key.words;
                let triple = triple(&base(service, topic), item);
                joins.offers.entry(triple).or_default().push(find);
            }
        }
        if joins.offers.is_empty() {
            return joins;
        }
        for ((place, _), link) in links() {
            let place = book.places.get(*place);
            let Target::Dde { service, topic } = &link.target else {
                continue;
            };
            // A link that the program does not read must not take a formula that it does.
            if !place.is_some_and(|place| place.reachable) {
                continue;
            }
            let base = asked_of(link, service, topic);
            for item in link.reported().take(most_items(service, topic)) {
                let triple = triple(&base, &link.asked(&item.name));
                if joins.offers.contains_key(&triple) {
                    joins.joined.insert(triple);
                }
            }
        }
        joins
    }

    /// What a link asks for, to be completed by an item; `None` when no formula joins any.
    pub(super) fn base(&self, link: &ExternalLink, service: &str, topic: &str) -> Option<Sha256> {
        let any = !self.joined.is_empty();
        any.then(|| asked_of(link, service, topic))
    }

    /// The formulas that ask for this item. Where several links tell it, the first has them all,
    /// the others one.
    pub(super) fn of(&mut self, base: Option<&Sha256>, item: &str) -> Vec<&'g Find> {
        let Some(base) = base else {
            return Vec::new();
        };
        let triple = triple(base, item);
        if !self.joined.contains(&triple) {
            return Vec::new();
        }
        let most = if self.told.insert(triple) {
            usize::MAX
        } else {
            1
        };
        let offered = self.offers.get(&triple);
        offered.into_iter().flatten().take(most).copied().collect()
    }

    /// Whether a link tells what this formula asks for.
    pub(super) fn has(&self, key: &Key) -> bool {
        let [service, topic, item] = &key.words;
        key.what == What::Dde
            && !self.joined.is_empty()
            && self.joined.contains(&triple(&base(service, topic), item))
    }
}

/// Service and topic of a link, its disguises undone.
fn asked_of(link: &ExternalLink, service: &str, topic: &str) -> Sha256 {
    base(
        &normalise(&link.clear(service)).text,
        &normalise(&link.clear(topic)).text,
    )
}

fn base(service: &str, topic: &str) -> Sha256 {
    let mut hash = Sha256::new();
    for word in [service, topic] {
        hash.update(word.trim().to_lowercase());
        // No normal text has one.
        hash.update("\0");
    }
    hash
}

fn triple(base: &Sha256, item: &str) -> Triple {
    let mut hash = base.clone();
    hash.update(item.trim().to_lowercase());
    hash.finalize().into()
}
