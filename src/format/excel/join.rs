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
use super::shares::Shares;
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
    pub(super) fn new(book: &'g Book, shares: &Shares) -> Self {
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
        for (key, link) in links() {
            let place = book.places.get(key.0);
            let Target::Dde { service, topic } = &link.target else {
                continue;
            };
            // A link that the program does not read must not take a formula that it does.
            if !place.is_some_and(|place| place.reachable) {
                continue;
            }
            let base = asked_of(link, service, topic);
            for item in link.reported().take(shares.most(*key)) {
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

    /// The formulas that ask for this item, and whether they were told for the first time. Where
    /// several links tell it, the first has them all, the others one.
    pub(super) fn of(&mut self, base: Option<&Sha256>, item: &str) -> (Vec<&'g Find>, bool) {
        let Some(base) = base else {
            return (Vec::new(), true);
        };
        let triple = triple(base, item);
        if !self.joined.contains(&triple) {
            return (Vec::new(), true);
        }
        let first = self.told.insert(triple);
        let most = if first { usize::MAX } else { 1 };
        let offered = self.offers.get(&triple);
        let finds = offered.into_iter().flatten().take(most).copied();
        (finds.collect(), first)
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

#[cfg(test)]
mod tests {
    use super::super::evidence::Source;
    use super::super::external::Item;
    use super::super::site::{Place, Sheet, State};
    use super::*;
    use crate::format::ledger::Ledger;
    use crate::limits::{Budget, Limits};
    use crate::link::{Kind, Link};
    use crate::location::Location;

    struct Told<'b> {
        book: Book,
        budget: &'b Budget<'b>,
        bytes: u64,
    }

    impl Told<'_> {
        fn place(&mut self, name: &str, reachable: bool) -> usize {
            self.book.open_place(Place {
                sheet: Some(Sheet {
                    name: name.to_owned(),
                    state: State::Visible,
                }),
                reachable,
                ..Place::new(Location::root(None))
            })
        }

        fn link(&mut self, place: usize, service: &str, topic: &str, items: &[&str]) {
            self.bytes += 1;
            let target = Target::Dde {
                service: service.to_owned(),
                topic: topic.to_owned(),
            };
            self.book.link(place, self.bytes, target, self.budget);
            for name in items {
                self.bytes += 1;
                let item = Item {
                    name: (*name).to_owned(),
                    advise: false,
                    document: *name == "StdDocumentName",
                };
                self.book.item(self.bytes, item, self.budget);
            }
        }

        fn formula(&mut self, place: usize, cell: &str, text: &str) {
            self.bytes += 1;
            let source = Source::cell(place, self.bytes, cell);
            self.book.formula(text, &source, self.budget).unwrap();
        }
    }

    /// What a workbook gives.
    fn links(tell: impl Fn(&mut Told<'_>)) -> Vec<Link> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut told = Told {
            book: Book::new(|name| name == "cmd"),
            budget: &budget,
            bytes: 0,
        };
        tell(&mut told);
        let mut links = Vec::new();
        let mut judge = |link| links.push(link);
        let mut ledger = Ledger::new(&limits, &mut judge);
        told.book.settle(&budget, &mut ledger);
        drop(ledger);
        assert_eq!(budget.live_left(), limits.live_bytes);
        links
    }

    /// What each link asks for, and who uses it.
    fn words(links: &[Link]) -> Vec<(&str, Vec<&str>)> {
        fn line(link: &Link) -> (&str, Vec<&str>) {
            let used = link.used_by.iter().map(String::as_str).collect();
            (&link.readings[0].resolved, used)
        }
        links.iter().map(line).collect()
    }

    #[test]
    fn a_formula_joins_the_link_that_it_spells_out() {
        let found = links(|told| {
            let sheet = told.place("s", true);
            told.link(sheet, "cmd", "/c calc", &["A1", "B1", "StdDocumentName"]);
            told.formula(sheet, "C1", "=CMD|'/C calc'!a1");
            told.formula(sheet, "C2", "cmd|'/c calc'!A1*2");
            told.formula(sheet, "C3", "=cmd|'/c calc'!A9");
        });
        assert_eq!(
            words(&found),
            [
                ("cmd|'/c calc'!A1", vec!["s!C1", "s!C2"]),
                ("cmd|'/c calc'!B1", vec![]),
                ("cmd|'/c calc'!A9", vec!["s!C3"]),
            ]
        );
        assert!(found.iter().all(|link| link.kind == Kind::Dde));
        // Two items and a formula of its own.
        assert!(found.iter().all(|link| link.siblings == 3));
    }

    #[test]
    fn a_link_that_is_not_read_takes_no_formula() {
        let found = links(|told| {
            let (lost, sheet) = (told.place("x", false), told.place("s", true));
            told.link(lost, "cmd", "/c calc", &["A1"]);
            told.formula(sheet, "C1", "=cmd|'/c calc'!A1");
        });
        assert_eq!(
            words(&found),
            [
                ("cmd|'/c calc'!A1", vec![]),
                ("cmd|'/c calc'!A1", vec!["s!C1"]),
            ]
        );
    }

    #[test]
    fn a_link_told_twice_names_its_users_once() {
        let found = links(|told| {
            let sheet = told.place("s", true);
            told.link(sheet, "cmd", "/c calc", &["A1", "A1"]);
            told.link(sheet, "cmd", "/c calc", &["a1"]);
            told.formula(sheet, "C1", "=cmd|'/c calc'!A1");
            told.formula(sheet, "C2", "=Cmd|'/c calc'!A1");
        });
        let users: Vec<usize> = found.iter().map(|link| link.used_by.len()).collect();
        assert_eq!(users, [2, 1, 1]);
    }
}
