//! The groups that are open, and what each of them changed.
//!
//! # Worst cases
//!
//! A group that changes nothing costs a count, so that a file of nothing but braces costs no
//! memory. A group that changes something costs one entry, charged to the limit `live-bytes`;
//! when that is reached, changes last beyond their group, and the reader says so.

use super::destinations::Story;
use crate::field::Readers;
use crate::format::pages::Page;
use crate::limits::Budget;

/// What a byte of an entry costs: lists grow by doubling.
const SLACK: usize = 2;

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dest {
    /// Into the story.
    Text,
    /// Into the instruction of a field.
    Instruction,
    /// Into a field, and neither its instruction nor its result.
    Field,
    /// Nowhere: it is no text of the document.
    Nowhere,
    /// Nowhere: it is for those who know what stands here, and nobody does.
    Ignored,
    /// Into a value.
    Value,
    /// Nowhere, but there are fonts in it.
    Fonts,
    /// Nowhere, but there are values in it, of this sort.
    Values(Sort),
    /// The data of an object.
    Object,
}

/// Groups that hold values in groups of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Info,
    Merge,
    Shape,
    Properties,
    Files,
}

/// What ends with a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ends(u8);

impl Ends {
    pub(super) const FIELD: Ends = Ends(1);
    pub(super) const STORY: Ends = Ends(4);
    pub(super) const VALUE: Ends = Ends(8);
    pub(super) const OBJECT: Ends = Ends(16);
    pub(super) const DATA: Ends = Ends(32);
    pub(super) const MERGE: Ends = Ends(64);
    pub(super) const TIME: Ends = Ends(128);

    pub(super) fn has(self, other: Ends) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn add(&mut self, other: Ends) {
        self.0 |= other.0;
    }

    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// What a group inherits and may change.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    pub(super) dest: Dest,
    /// Where text went outside of the two spellings of `\upr`, inside of them.
    pub(super) outside: Option<Dest>,
    /// The page of the font; `None` is that of the document.
    pub(super) page: Option<Page>,
    /// Whether text is read or left out is not known.
    pub(super) optional: bool,
    /// Marked as deleted by change tracking.
    pub(super) deleted: bool,
    /// Programs may not read what stands here at all.
    pub(super) doubtful: bool,
    /// Who reads what stands here.
    pub(super) readers: Readers,
    pub(super) story: Story,
    /// Characters that follow a `\u` for those who cannot read it.
    pub(super) uc: u16,
    /// What ends with the group that made this state.
    pub(super) ends: Ends,
}

impl Default for State {
    fn default() -> Self {
        State {
            dest: Dest::Text,
            outside: None,
            page: None,
            optional: false,
            deleted: false,
            doubtful: false,
            readers: Readers::ALL,
            story: Story::Body,
            uc: 1,
            ends: Ends::default(),
        }
    }
}

#[derive(Debug)]
struct Saved {
    depth: u32,
    state: State,
}

/// The open groups.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The file is shorter than 4 GiB.
    depth: u32,
    saved: Vec<Saved>,
    now: State,
    /// Entries that were paid for.
    paid: usize,
    short: bool,
}

impl Groups {
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    pub(super) fn now(&self) -> &State {
        &self.now
    }

    /// Whether a change could not be kept to its group.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    pub(super) fn open(&mut self) {
        self.depth = self.depth.saturating_add(1);
    }

    /// The state of the group, for changing it.
    pub(super) fn change(&mut self, budget: &Budget<'_>) -> &mut State {
        let known = self.saved.last().map_or(0, |saved| saved.depth);
        if known < self.depth && self.pay(budget) {
            self.saved.push(Saved {
                depth: self.depth,
                state: self.now,
            });
            self.now.ends = Ends::default();
        }
        &mut self.now
    }

    /// Whether the innermost group changed anything that its end must undo.
    pub(super) fn has_changed(&self) -> bool {
        self.depth > 0
            && self
                .saved
                .last()
                .is_some_and(|saved| saved.depth >= self.depth)
    }

    /// The group is over; a group that was never opened is not. Gives what it had made of the
    /// state.
    pub(super) fn close(&mut self) -> Option<State> {
        let changed = self.has_changed();
        self.depth = self.depth.saturating_sub(1);
        if !changed {
            return None;
        }
        let saved = self.saved.pop()?;
        Some(std::mem::replace(&mut self.now, saved.state))
    }

    /// Goes out to the innermost group that changed something; `false` when there is none.
    pub(super) fn reach_changed(&mut self) -> bool {
        let Some(saved) = self.saved.last() else {
            self.depth = 0;
            return false;
        };
        self.depth = saved.depth;
        true
    }

    /// Gives the memory back to the account.
    pub(super) fn clear(&mut self, budget: &Budget<'_>) {
        budget.release_live(cost(self.paid));
        *self = Groups::default();
    }

    /// Pays in steps, so that the account is not asked for every group.
    fn pay(&mut self, budget: &Budget<'_>) -> bool {
        const STEP: usize = 256;
        if self.saved.len() < self.paid {
            return true;
        }
        if budget.charge_live(cost(STEP)).is_err() {
            self.short = true;
            return false;
        }
        self.paid = self.paid.saturating_add(STEP);
        true
    }
}

fn cost(entries: usize) -> u64 {
    let bytes = size_of::<Saved>().saturating_mul(SLACK);
    u64::try_from(entries.saturating_mul(bytes)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn a_group_undoes_what_it_changed() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut groups = Groups::default();
        groups.open();
        groups.change(&budget).uc = 0;
        groups.open();
        groups.open();
        groups.change(&budget).uc = 3;
        groups.change(&budget).ends.add(Ends::FIELD);
        assert_eq!(groups.now().uc, 3);
        assert!(groups.close().unwrap().ends.has(Ends::FIELD));
        assert_eq!(groups.now().uc, 0);
        assert!(groups.close().is_none());
        assert_eq!(groups.now().uc, 0);
        assert!(groups.close().is_some());
        assert_eq!((groups.now().uc, groups.depth()), (1, 0));
        // One that was never opened.
        assert!(groups.close().is_none());
        groups.clear(&budget);
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    }

    #[test]
    fn braces_alone_cost_nothing_and_changes_have_a_limit() {
        let limits = Limits {
            live_bytes: 1 << 20,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        let mut groups = Groups::default();
        for _ in 0..1_000_000 {
            groups.open();
        }
        assert_eq!(groups.saved.len(), 0);
        for _ in 0..1_000_000 {
            groups.open();
            groups.change(&budget).uc = 2;
        }
        assert!(groups.is_short());
        assert!(groups.saved.len() < 40_000);
        groups.clear(&budget);
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    }
}
