//! Who reads what stands in conditional comments (`spec/word.md` §4.3).
//!
//! Word reads what its own condition allows, Word 2000 may differ from Word 2016, and the lax
//! reader takes every condition for true. So text in a condition that is false hides nothing, and
//! a field in one is still found.
//!
//! # Malformed input
//!
//! A condition that never ends concerns nobody. One that nobody can evaluate is true for Word.
//!
//! # Worst cases
//!
//! Conditions in conditions past [`DEEPEST`] are counted only.

use super::super::document::Document;
use crate::field::Readers;
use crate::limits::Budget;
use crate::link::TechniqueId;
use crate::markup::html::{Condition, MSO_9, MSO_16};

/// Conditions open at once that are told apart; Word writes two at most.
const DEEPEST: usize = 1 << 10;

/// Conditions that are open.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    open: Vec<Open>,
    /// Those past the deepest.
    over: u32,
    /// Of the open ones, those that Word would not write.
    odd: u32,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    /// Who reads around it.
    around: Readers,
    hidden: bool,
    odd: bool,
}

impl Conditions {
    /// Whether one of them is none that Word writes.
    pub(super) fn are_odd(&self) -> bool {
        self.odd > 0
    }

    /// A condition begins.
    pub(super) fn open(
        &mut self,
        condition: Condition<'_>,
        document: &mut Document,
        budget: &Budget<'_>,
    ) {
        if !condition.ends {
            return;
        }
        if self.open.len() >= DEEPEST {
            self.over = self.over.saturating_add(1);
            return;
        }
        let mut readers = Readers::ALL;
        if condition.holds(MSO_16) == Some(false) {
            readers = readers.without(Readers::WORD);
        }
        if condition.holds(MSO_9) != Some(true) {
            readers = readers.without(Readers::OLDER);
        }
        let around = document.forest.active();
        let odd = !condition.is_usual();
        let splits = readers != Readers::ALL && document.forest.is_in_instruction();
        if splits {
            document.disguised(TechniqueId::HtmlConditional, budget);
        }
        self.odd = self.odd.saturating_add(u32::from(odd));
        self.open.push(Open {
            around,
            hidden: condition.hidden,
            odd,
        });
        document.forest.restrict(around.both(readers));
    }

    /// The innermost condition ends.
    pub(super) fn close(&mut self, document: &mut Document) {
        if self.over > 0 {
            self.over = self.over.saturating_sub(1);
        } else if let Some(open) = self.open.pop() {
            self.odd = self.odd.saturating_sub(u32::from(open.odd));
            document.forest.restrict(open.around);
        }
    }

    /// The comment ends in which the condition stands: who knows no conditions reads on.
    pub(super) fn show(&mut self, document: &mut Document) {
        if let Some(open) = self.open.last().filter(|open| open.hidden) {
            let older = open.around.both(Readers::OLDER);
            let active = document.forest.active();
            document.forest.restrict(active.with(older));
        }
    }
}

/// The readers one by one, in the order in which a forest counts them.
pub(super) fn each() -> impl Iterator<Item = Readers> {
    [Readers::WORD, Readers::OLDER, Readers::LAX].into_iter()
}
