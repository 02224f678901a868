//! How fields end: into the field around them, among the roots, or away.

use super::look::Lead;
use super::parts::{Cell, Head, Node, Piece, Readers, Style};
use super::{Forest, Marks, NONE, at, id, index};
use crate::limits::{Budget, Exhausted, Limit};

impl Forest {
    /// The innermost field is over.
    pub(crate) fn end(&mut self, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.fresh = true;
        for group in self.groups() {
            self.close(group, budget)?;
        }
        Ok(())
    }

    /// Ends the fields of the story that are deeper than `depths`.
    pub(crate) fn end_to(
        &mut self,
        depths: [u32; Readers::COUNT],
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        self.fresh = true;
        for (reader, around) in Readers::each().zip(depths) {
            while self.active.has(reader) && self.depth(self.head(reader)) > around {
                let group = self.active.alike(&self.story, self.head(reader));
                let others = Readers::each().zip(depths);
                let group = others
                    .filter(|(_, depth)| *depth == around)
                    .fold(Readers::NOBODY, |set, (other, _)| set.with(other))
                    .both(group);
                self.close(group, budget)?;
            }
        }
        Ok(())
    }

    fn close(&mut self, group: Readers, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let head = self.head(group);
        if head.over > 0 {
            let over = head.over.saturating_sub(1);
            self.place(group, Head { over, ..head });
            return Ok(());
        }
        if at(&self.cells, head.top).is_some_and(|cell| cell.marks.cells < self.floor.cells) {
            // Each reader that ends the field makes one more of it.
            budget.charge_field()?;
        }
        self.pop(group, true);
        Ok(())
    }

    /// Closes every field of the story that these readers have open.
    pub(super) fn flush(&mut self, readers: Readers) {
        self.fresh = true;
        for reader in Readers::each().filter(|reader| readers.has(*reader)) {
            // A cell lies above the ones below it, so each turn leads further down.
            loop {
                let head = self.head(reader);
                let group = readers.alike(&self.story, head);
                if head.top == NONE {
                    self.place(group, Head::EMPTY);
                    break;
                }
                self.place(group, Head { over: 0, ..head });
                self.pop(group, false);
            }
        }
    }

    /// Closes the innermost field: into the field around it, or among the roots, or away.
    fn pop(&mut self, group: Readers, closed: bool) {
        let head = self.head(group);
        let top = head.top;
        let Some(&Cell {
            mut node,
            below,
            marks,
            ..
        }) = at(&self.cells, top)
        else {
            self.place(group, Head { top: NONE, ..head });
            return;
        };
        node.closed = closed;
        let alone = self.alone(group);
        node.shared |= !alone;
        self.shares |= node.shared;
        // Nobody else holds anything that came after the field began.
        let own = alone && marks.cells >= self.floor.cells;
        let lead = self.lead(&node);
        if node.cut && lead != Lead::Harmless {
            self.note(Limit::InstructionBytes, node.number, node.offset);
        }
        let plain = !node.tainted && lead != Lead::Acts;
        self.place(group, Head { top: below, ..head });
        if own && index(top).checked_add(1) == Some(self.cells.len()) {
            self.cells.pop();
        }
        let attached = at(&self.cells, below)
            .is_some_and(|cell| !cell.node.separated || cell.node.keep_result);
        if attached {
            self.attach(group, node, plain);
        } else if !plain {
            self.roots.push(id(self.nodes.len()));
            self.nodes.push(node);
        } else if own
            && self
                .roots
                .last()
                .is_none_or(|root| index(*root) < marks.nodes)
        {
            self.nodes.truncate(marks.nodes);
            self.pieces.truncate(marks.pieces);
            self.text.truncate(marks.text);
        }
        self.tidy();
    }

    /// Lets go of the cells when no field is open anywhere.
    pub(super) fn tidy(&mut self) {
        if self.outer.is_empty() && self.story.iter().all(|head| head.top == NONE) {
            self.cells.clear();
            self.floor = Marks::default();
        }
    }

    fn attach(&mut self, group: Readers, node: Node, plain: bool) {
        let (child, next) = (id(self.nodes.len()), id(self.pieces.len()));
        self.nodes.push(node);
        let Some(cell) = self.top(group) else {
            return;
        };
        let parent = &mut cell.node;
        parent.tainted |= !plain;
        let list = if parent.separated {
            &mut parent.result
        } else {
            parent.count = parent.count.saturating_add(1);
            parent.begun = true;
            &mut parent.instr
        };
        let prev = std::mem::replace(list, next);
        self.pieces.push(Piece {
            prev,
            start: child,
            end: child,
            style: Style::FIELD,
        });
    }
}
