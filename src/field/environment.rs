//! What names mean in the whole document: bookmarks, variables, properties, building blocks.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::limits::Budget;

/// Values kept of a name that is assigned several times (design page, "Ambiguity"). One more is
/// kept beyond them: the one assigned last, so that the value in force is always known.
const VALUES: usize = 8;
/// What a value costs besides its text: an entry in a list that grows by doubling, a place in a
/// map whose nodes may be half empty, and what an allocation costs.
const ENTRY: u64 = 120;
/// Names may hold one in so many of the bytes that may be alive: the rest is for the fields that
/// use them.
const SHARE: u64 = 2;
/// No entry.
const NONE: u32 = u32::MAX;

/// What names mean in a document. Names are case-blind (`spec/word.md` §0.6); blanks around them
/// do not count.
///
/// Worst case: one look-up in a map for each assignment and each use, whatever the number of names
/// and values; memory is paid by the byte, and no more than half of what may be alive is taken.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    bookmarks: Names,
    variables: Names,
    properties: Names,
    blocks: Names,
    bound: Names,
    charged: u64,
    /// Digests of the names of which a value was cut.
    cut: BTreeSet<u64>,
    /// One of them was looked up.
    missed: Cell<bool>,
    /// The place in the document at which names are looked up.
    pub(super) now: u32,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meaning<'a> {
    pub(super) value: &'a str,
    /// How many different values are known.
    pub(super) choices: usize,
    /// More were assigned than are kept.
    pub(super) overflow: bool,
    /// It is text of the document, no field's doing.
    pub(super) passage: bool,
}

impl Environment {
    /// A document variable, as the document's settings give it. Not kept when the budget does not
    /// reach; returns whether it was.
    pub(crate) fn variable(&mut self, name: &str, value: &str, budget: &Budget<'_>) -> bool {
        let names = &mut self.variables;
        names.put(name, Order::DOCUMENT, value, &mut self.charged, budget)
    }

    /// A property of the document: a built-in one under the name of its field (`TITLE`,
    /// `LASTSAVEDBY`), a custom one under its own. Not kept when the budget does not reach;
    /// returns whether it was.
    pub(crate) fn property(&mut self, name: &str, value: &str, budget: &Budget<'_>) -> bool {
        let names = &mut self.properties;
        names.put(name, Order::DOCUMENT, value, &mut self.charged, budget)
    }

    /// The text of a bookmarked range of the document. A field that sets the same name gives it
    /// another value. Not kept when the budget does not reach; returns whether it was.
    pub(crate) fn passage(&mut self, name: &str, text: &str, budget: &Budget<'_>) -> bool {
        let names = &mut self.bookmarks;
        names.passages = true;
        names.put(name, Order::DOCUMENT, text, &mut self.charged, budget)
    }

    /// The text of a building block (AUTOTEXT, GLOSSARY). Not kept when the budget does not
    /// reach; returns whether it was.
    pub(crate) fn building_block(&mut self, name: &str, text: &str, budget: &Budget<'_>) -> bool {
        let names = &mut self.blocks;
        names.put(name, Order::DOCUMENT, text, &mut self.charged, budget)
    }

    /// A text of the data that content controls are bound to, by the name of its element. Not kept
    /// when the budget does not reach; returns whether it was.
    pub(crate) fn bound(&mut self, name: &str, text: &str, budget: &Budget<'_>) -> bool {
        let names = &mut self.bound;
        names.put(name, Order::DOCUMENT, text, &mut self.charged, budget)
    }

    /// A value of this name was cut, of whatever sort. Not kept when the budget does not reach;
    /// returns whether it was.
    pub(crate) fn cut(&mut self, name: &str, budget: &Budget<'_>) -> bool {
        let digest = digest(&folded(name));
        if !self.cut.contains(&digest) {
            if budget.charge_live(ENTRY).is_err() {
                return false;
            }
            self.charged = self.charged.saturating_add(ENTRY);
            self.cut.insert(digest);
        }
        true
    }

    /// Whether a field named something of which a value was cut.
    pub(crate) fn missed(&self) -> bool {
        self.missed.get()
    }

    fn seek<'a>(&'a self, names: &'a Names, name: &str, choice: usize) -> Option<Meaning<'a>> {
        if !self.cut.is_empty() && self.cut.contains(&digest(&folded(name))) {
            self.missed.set(true);
        }
        names.find(name, self.now, choice)
    }

    /// A bookmark that a field sets.
    pub(super) fn bookmark(
        &mut self,
        name: &str,
        field: u32,
        value: &str,
        budget: &Budget<'_>,
    ) -> bool {
        let order = Order {
            root: self.now,
            field,
        };
        let names = &mut self.bookmarks;
        names.put(name, order, value, &mut self.charged, budget)
    }

    /// The `choice`-th value of a bookmark: the one in force here first, then the others in
    /// document order.
    pub(super) fn find_bookmark(&self, name: &str, choice: usize) -> Option<Meaning<'_>> {
        self.seek(&self.bookmarks, name, choice)
    }

    pub(super) fn find_variable(&self, name: &str, choice: usize) -> Option<Meaning<'_>> {
        self.seek(&self.variables, name, choice)
    }

    pub(super) fn find_property(&self, name: &str, choice: usize) -> Option<Meaning<'_>> {
        self.seek(&self.properties, name, choice)
    }

    pub(super) fn find_block(&self, name: &str, choice: usize) -> Option<Meaning<'_>> {
        self.seek(&self.blocks, name, choice)
    }

    pub(super) fn find_bound(&self, name: &str, choice: usize) -> Option<Meaning<'_>> {
        self.seek(&self.bound, name, choice)
    }

    /// Gives the memory back to the account.
    pub(crate) fn clear(&mut self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
        *self = Environment::default();
    }
}

/// Where a value was assigned: the root field, and the field in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    root: u32,
    field: u32,
}

impl Order {
    /// By the document itself, before any field.
    const DOCUMENT: Order = Order { root: 0, field: 0 };
    /// By a field that has made up its mind since.
    const PAST: Order = Order { root: 0, field: 1 };
}

/// Names of one sort, each with a chain of values.
///
/// The map knows only digests of the names, so that a document of 100,000 bookmarks costs little
/// more than their text. The digest has 64 bits: names that share one are compared, and nobody
/// can make enough of them to matter.
#[derive(Debug, Default)]
struct Names {
    heads: BTreeMap<u64, u32>,
    entries: Vec<Entry>,
    /// Fields give values to these names, and ranges of the document do.
    passages: bool,
}

#[derive(Debug)]
struct Entry {
    /// The name in lower case, and the value behind it.
    text: Box<str>,
    /// Bytes of the name.
    name: u32,
    /// The next value of a name with this digest.
    next: u32,
    order: Order,
}

impl Entry {
    fn parts(&self) -> (&str, &str) {
        let name = usize::try_from(self.name).unwrap_or(usize::MAX);
        self.text.split_at_checked(name).unwrap_or_default()
    }

    fn bytes(&self) -> u64 {
        u64::try_from(self.text.len()).unwrap_or(u64::MAX)
    }
}

impl Names {
    fn put(
        &mut self,
        name: &str,
        order: Order,
        value: &str,
        charged: &mut u64,
        budget: &Budget<'_>,
    ) -> bool {
        let name = folded(name);
        let digest = digest(&name);
        let chain = self.chain(digest);
        let known: Vec<usize> = chain
            .iter()
            .copied()
            .filter(|at| self.is(*at, &name))
            .collect();
        let told = order != Order::DOCUMENT;
        let same_value = known
            .iter()
            .copied()
            .find(|at| self.entries.get(*at).is_some_and(|e| e.parts().1 == value));
        // A second pass over a field replaces what the first one made of it.
        let same_field = known
            .iter()
            .copied()
            .find(|at| told && self.entries.get(*at).is_some_and(|e| e.order == order));
        if let Some(at) = same_value {
            // It is in force from here on, and what the field gave before is not.
            if let Some(entry) = same_field.and_then(|at| self.entries.get_mut(at)) {
                entry.order = Order::PAST;
            }
            if let Some(entry) = self.entries.get_mut(at).filter(|_| told) {
                entry.order = if entry.order.root == order.root {
                    entry.order.max(order)
                } else {
                    order
                };
            }
            return true;
        }
        let full = known.last().copied().filter(|_| known.len() > VALUES);
        let replaced = same_field.or(full);
        let text = [name.as_str(), value].concat().into_boxed_str();
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let cost = if replaced.is_some() {
            bytes
        } else {
            bytes.saturating_add(ENTRY)
        };
        let ceiling = budget.limits().live_bytes / SHARE;
        if charged.saturating_add(cost) > ceiling || budget.charge_live(cost).is_err() {
            return false;
        }
        *charged = charged.saturating_add(cost);
        if let Some(entry) = replaced.and_then(|at| self.entries.get_mut(at)) {
            let before = entry.bytes();
            budget.release_live(before);
            *charged = charged.saturating_sub(before);
            entry.text = text;
            entry.order = order;
            return true;
        }
        let next = u32::try_from(self.entries.len()).unwrap_or(NONE);
        self.entries.push(Entry {
            text,
            name: u32::try_from(name.len()).unwrap_or(NONE),
            next: NONE,
            order,
        });
        match chain.last().and_then(|last| self.entries.get_mut(*last)) {
            Some(last) => last.next = next,
            None => {
                self.heads.insert(digest, next);
            }
        }
        true
    }

    fn find(&self, name: &str, now: u32, choice: usize) -> Option<Meaning<'_>> {
        let name = folded(name);
        let mut values: Vec<&Entry> = self
            .chain(digest(&name))
            .into_iter()
            .filter(|at| self.is(*at, &name))
            .filter_map(|at| self.entries.get(at))
            .collect();
        values.sort_by_key(|entry| entry.order);
        let current = values
            .iter()
            .rposition(|entry| entry.order.root <= now)
            // Of what is assigned later only, the most plausible of what comes first.
            .or_else(|| {
                let first = values.first()?.order.root;
                values.iter().rposition(|entry| entry.order.root == first)
            })
            .unwrap_or(0);
        let choices = values.len().min(VALUES);
        // The others follow in document order.
        let position = match choice.min(choices.saturating_sub(1)) {
            0 => current,
            other if other <= current => other.saturating_sub(1),
            other => other,
        };
        let found = values.get(position)?;
        Some(Meaning {
            value: found.parts().1,
            choices,
            overflow: values.len() > VALUES,
            passage: self.passages && found.order == Order::DOCUMENT,
        })
    }

    /// The entries of a digest, in the order in which they came. A name has no more than nine.
    fn chain(&self, digest: u64) -> Vec<usize> {
        let mut found = Vec::new();
        let mut next = self.heads.get(&digest).copied().unwrap_or(NONE);
        while let Ok(at) = usize::try_from(next)
            && let Some(entry) = self.entries.get(at)
        {
            found.push(at);
            next = entry.next;
        }
        found
    }

    fn is(&self, at: usize, name: &str) -> bool {
        self.entries
            .get(at)
            .is_some_and(|entry| entry.parts().0 == name)
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

fn digest(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn values(environment: &Environment, name: &str, count: usize) -> Vec<String> {
        (0..count)
            .filter_map(|choice| environment.find_bookmark(name, choice))
            .map(|meaning| meaning.value.to_owned())
            .collect()
    }

    #[test]
    fn the_value_in_force_comes_first() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut environment = Environment::default();
        for (now, value) in [(1, "a"), (3, "b"), (5, "c")] {
            environment.now = now;
            assert!(environment.bookmark("Name", 0, value, &budget));
        }
        environment.now = 4;
        assert_eq!(values(&environment, " nAME", 3), ["b", "a", "c"]);
        environment.now = 0;
        assert_eq!(values(&environment, "name", 3), ["a", "b", "c"]);
        environment.now = 9;
        assert_eq!(values(&environment, "name", 3), ["c", "a", "b"]);
        // A second pass over the same field replaces its value.
        environment.now = 3;
        environment.bookmark("name", 0, "z", &budget);
        assert_eq!(values(&environment, "name", 3), ["z", "a", "c"]);
        environment.clear(&budget);
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    }

    #[test]
    fn a_name_with_more_values_than_are_kept_says_so() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut environment = Environment::default();
        for n in 1..=1000 {
            environment.now = n;
            environment.bookmark("x", 0, &n.to_string(), &budget);
        }
        let meaning = environment.find_bookmark("x", 0).unwrap();
        assert_eq!(meaning.choices, 8);
        assert!(meaning.overflow);
        // The one assigned last is in force all the same.
        assert_eq!(meaning.value, "1000");
        environment.clear(&budget);
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    }

    #[test]
    fn a_value_that_comes_back_is_in_force_again() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut environment = Environment::default();
        for (now, value) in [(1, "a"), (3, "b"), (5, "a")] {
            environment.now = now;
            environment.bookmark("x", 0, value, &budget);
        }
        assert_eq!(values(&environment, "x", 2), ["a", "b"]);
    }

    #[test]
    fn a_passage_and_a_set_value_are_both_values_of_the_name() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut environment = Environment::default();
        assert!(environment.passage("Mark", "text", &budget));
        environment.now = 4;
        environment.bookmark("mark", 0, "set", &budget);
        assert_eq!(values(&environment, "MARK", 2), ["set", "text"]);
        environment.now = 1;
        assert_eq!(values(&environment, "MARK", 2), ["text", "set"]);
    }

    #[test]
    fn the_sorts_of_names_are_apart() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut environment = Environment::default();
        assert!(environment.variable("n", "variable", &budget));
        assert!(environment.property("n", "property", &budget));
        assert!(environment.passage("n", "passage", &budget));
        assert!(environment.building_block("n", "block", &budget));
        let text = |meaning: Option<Meaning<'_>>| meaning.unwrap().value.to_owned();
        assert_eq!(text(environment.find_variable("N", 0)), "variable");
        assert_eq!(text(environment.find_property("N", 0)), "property");
        assert_eq!(text(environment.find_bookmark("N", 0)), "passage");
        assert_eq!(text(environment.find_block("N", 0)), "block");
    }

    #[test]
    fn a_hundred_thousand_bookmarks_are_kept() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut environment = Environment::default();
        for n in 0..100_000 {
            let name = format!("_Toc{n:09}");
            assert!(environment.passage(&name, "Some heading", &budget));
        }
        let meaning = environment.find_bookmark("_TOC000099999", 0).unwrap();
        assert_eq!(meaning.value, "Some heading");
        // A third of what may be alive at once.
        assert!(environment.charged < 16 << 20, "{}", environment.charged);
    }

    #[test]
    fn values_that_are_not_kept_cost_nothing() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut environment = Environment::default();
        let long = "x".repeat(1 << 10);
        for n in 0..100_000 {
            assert!(environment.variable("v", &format!("{n}{long}"), &budget));
        }
        assert!(environment.charged < 32 << 10);
        let huge = "x".repeat(usize::try_from(limits.live_bytes).unwrap());
        assert!(!environment.property("p", &huge, &budget));
        assert!(environment.find_property("p", 0).is_none());
    }

    #[test]
    fn names_leave_room_for_fields() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut environment = Environment::default();
        let long = "x".repeat(1_000);
        let kept = (0..60_000)
            .filter(|n| environment.variable(&format!("v{n}"), &long, &budget))
            .count();
        // Half of 48 MiB, at a little more than 1,000 bytes each.
        assert!((20_000..25_000).contains(&kept), "{kept}");
        assert!(budget.live_left() >= limits.live_bytes / 2);
        environment.clear(&budget);
        assert_eq!(budget.live_left(), limits.live_bytes);
    }
}
