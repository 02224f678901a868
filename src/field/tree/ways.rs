//! Where each reader stands, and what readers share.
//!
//! Readers that stand at the same place make one group, and what comes is done once for the group.
//! Before a group changes a field that another reader may still see, it makes a copy of the cell.

use super::parts::{Cell, Head, Readers, Spot};
use super::{Forest, NONE, at, id, index};
use crate::limits::{Budget, Exhausted};

impl Forest {
    /// What comes now is reported as standing in this part. Fields are counted on, and what is open
    /// stays open: for stories that stand in the middle of another part.
    pub(crate) fn enter_part(&mut self, part: u32) {
        self.part = part;
    }

    /// Where each reader finds what comes now; `None` for those that do not read it.
    pub(crate) fn spots(&self) -> [Option<Spot>; Readers::COUNT] {
        let mut spots = [None; Readers::COUNT];
        let heads = self.story.iter().zip(self.tale);
        for ((reader, (head, tale)), spot) in Readers::each().zip(heads).zip(&mut spots) {
            let field = match at(&self.cells, head.top).map(|cell| cell.node) {
                Some(node) if !node.separated => node.number.saturating_mul(2).saturating_add(1),
                Some(node) if node.keep_result => node.number.saturating_mul(2),
                Some(_) | None => 0,
            };
            *spot = self.active.has(reader).then_some(Spot { tale, field });
        }
        spots
    }

    /// The readers that read now, together where they stand at the same place.
    pub(super) fn groups(&self) -> impl Iterator<Item = Readers> + use<> {
        let (story, active) = (self.story, self.active);
        let mut left = active;
        Readers::each()
            .zip(story)
            .filter_map(move |(reader, head)| {
                if !left.has(reader) {
                    return None;
                }
                let group = active.alike(&story, head);
                left = left.without(group);
                Some(group)
            })
    }

    pub(super) fn head(&self, group: Readers) -> Head {
        let mut heads = Readers::each().zip(self.story);
        heads
            .find(|(reader, _)| group.has(*reader))
            .map_or(Head::EMPTY, |(_, head)| head)
    }

    pub(super) fn place(&mut self, group: Readers, head: Head) {
        for (reader, place) in Readers::each().zip(&mut self.story) {
            if group.has(reader) {
                *place = head;
            }
        }
    }

    /// Whether none but these has an open field in the story.
    pub(super) fn alone(&self, group: Readers) -> bool {
        Readers::each()
            .zip(self.story)
            .all(|(reader, head)| group.has(reader) || head.is_idle())
    }

    pub(super) fn shared(&self, top: u32) -> bool {
        top != NONE && index(top) < self.floor.cells
    }

    /// Pays for the copy that the next change of the innermost open field makes, if it makes one.
    pub(super) fn charge_copy(&self, group: Readers, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if self.shared(self.head(group).top) {
            budget.charge_field()
        } else {
            Ok(())
        }
    }

    /// The innermost open field, to be changed: copied first when other readers may share it.
    pub(super) fn top(&mut self, group: Readers) -> Option<&mut Cell> {
        let head = self.head(group);
        let mut top = head.top;
        let mut cell = *at(&self.cells, top)?;
        if self.shared(top) {
            cell.node.shared |= !self.alone(group);
            top = id(self.cells.len());
            self.cells.push(cell);
            self.place(group, Head { top, ..head });
        }
        self.cells.get_mut(index(top))
    }
}
