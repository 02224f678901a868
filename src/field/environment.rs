//! What names mean in the whole document: bookmarks that fields set, and document variables.

use std::collections::BTreeMap;

use crate::limits::Budget;

/// Values kept of a name that is assigned several times (design page, "Ambiguity").
const VALUES: usize = 8;
/// What an entry costs besides its text: a place in the map, half of the nodes of which may be
/// empty, and a list of values, of which the first takes the room of four.
const ENTRY: u64 = 320;

/// Bookmarks and variables of a document. Names are case-blind (`spec/word.md` §0.6).
#[derive(Debug, Default)]
pub(crate) struct Environment {
    bookmarks: BTreeMap<String, Vec<Assigned>>,
    variables: BTreeMap<String, Vec<Assigned>>,
    charged: u64,
    /// The place in the document at which names are looked up.
    pub(super) now: u32,
}

#[derive(Debug)]
struct Assigned {
    /// Where in the document: the root field, and the field in it.
    order: (u32, u32),
    value: String,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meaning<'a> {
    pub(super) value: &'a str,
    /// How many different values are known.
    pub(super) choices: usize,
    /// More were assigned than are kept.
    pub(super) overflow: bool,
}

impl Environment {
    /// A document variable, as the document's settings give it. Not kept when the budget does not
    /// reach; returns whether it was.
    pub(crate) fn variable(&mut self, name: &str, value: &str, budget: &Budget<'_>) -> bool {
        self.pay(name, value, budget) && put(&mut self.variables, name, (0, 0), value)
    }

    /// The text of a bookmark range of the document.
    pub(crate) fn passage(&mut self, name: &str, text: &str, budget: &Budget<'_>) -> bool {
        self.pay(name, text, budget) && put(&mut self.bookmarks, name, (0, 0), text)
    }

    /// A bookmark that a field sets.
    pub(super) fn bookmark(
        &mut self,
        name: &str,
        field: u32,
        value: &str,
        budget: &Budget<'_>,
    ) -> bool {
        self.pay(name, value, budget) && put(&mut self.bookmarks, name, (self.now, field), value)
    }

    /// The `choice`-th value of a bookmark: the one in force here first, then the others in
    /// document order.
    pub(super) fn find_bookmark(&self, name: &str, choice: usize) -> Option<Meaning<'_>> {
        find(&self.bookmarks, name, self.now, choice)
    }

    pub(super) fn find_variable(&self, name: &str, choice: usize) -> Option<Meaning<'_>> {
        find(&self.variables, name, self.now, choice)
    }

    /// Gives the memory back to the account.
    pub(crate) fn clear(&mut self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
        *self = Environment::default();
    }

    fn pay(&mut self, name: &str, value: &str, budget: &Budget<'_>) -> bool {
        let bytes = name.len().saturating_add(value.len());
        let cost = u64::try_from(bytes)
            .unwrap_or(u64::MAX)
            .saturating_add(ENTRY);
        let paid = budget.charge_live(cost).is_ok();
        if paid {
            self.charged = self.charged.saturating_add(cost);
        }
        paid
    }
}

fn put(
    names: &mut BTreeMap<String, Vec<Assigned>>,
    name: &str,
    order: (u32, u32),
    value: &str,
) -> bool {
    let values = names.entry(name.trim().to_lowercase()).or_default();
    // A second pass over the same field replaces what the first one made of it.
    if order != (0, 0)
        && let Some(known) = values.iter_mut().find(|known| known.order == order)
    {
        value.clone_into(&mut known.value);
    } else if values.len() <= VALUES && values.iter().all(|known| known.value != value) {
        let value = value.to_owned();
        values.push(Assigned { order, value });
    }
    true
}

fn find<'a>(
    names: &'a BTreeMap<String, Vec<Assigned>>,
    name: &str,
    now: u32,
    choice: usize,
) -> Option<Meaning<'a>> {
    let values = names.get(&name.trim().to_lowercase())?;
    let overflow = values.len() > VALUES;
    let choices = values.len().min(VALUES);
    let kept = values.get(..choices)?;
    let current = kept
        .iter()
        .rposition(|known| known.order.0 <= now)
        .unwrap_or(0);
    // The others follow in document order.
    let position = match choice.min(choices.saturating_sub(1)) {
        0 => current,
        other if other <= current => other.saturating_sub(1),
        other => other,
    };
    Some(Meaning {
        value: &kept.get(position)?.value,
        choices,
        overflow,
    })
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
    }
}
