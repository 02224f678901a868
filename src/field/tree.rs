//! From marks and text to field trees (`spec/word.md` §0.3).
//!
//! A story is one independent flow of text; a field never crosses stories. Begin, separate and end
//! marks drive a stack of open fields per story. A field that is over is dropped at once when it
//! and everything in it is plainly harmless, so that a document of page numbers costs no memory;
//! what is left stays in one arena until the whole document was seen.
//!
//! Where programs differ in what they read, the ways of several [`Readers`] are followed side by
//! side. Open fields are cells of a linked list that the readers share until one of them alone
//! changes something: that copies one cell. Every event is amortised constant time, apart from the
//! text it brings.
//!
//! # Malformed input
//!
//! Stray marks are ignored, a second separator too. Fields that are open when the story ends are
//! closed there, marked and kept. Fields deeper than the limit are counted and skipped; text past
//! the limit is cut; both are noted in [`Forest::reached`].

mod ends;
mod look;
mod parts;
mod text;
mod ways;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::limits::{Budget, Exhausted, Limit};
pub(super) use parts::Piece;
use parts::{Around, Cell, Head, Marks};
pub(crate) use parts::{Begin, Node, Readers, Spot, Style};

/// No cell, no piece.
const NONE: u32 = u32::MAX;
/// Vectors grow by doubling: what is alive may be twice what is filled.
const SLACK: u64 = 2;

/// The fields of a document.
#[derive(Debug)]
pub(crate) struct Forest {
    nodes: Vec<Node>,
    pieces: Vec<Piece>,
    cells: Vec<Cell>,
    text: String,
    roots: Vec<u32>,
    /// Where each reader stands in the present story.
    story: [Head; Readers::COUNT],
    /// The stories around the present one.
    outer: Vec<Around>,
    /// Which story each reader reads, and how many there were.
    tale: [u32; Readers::COUNT],
    tales: u32,
    /// Who reads what comes now.
    active: Readers,
    /// Readers may share what was in the arena then.
    floor: Marks,
    part: u32,
    number: u32,
    alternate: u32,
    alternates: u32,
    /// Alternative markup that is open.
    within: u32,
    /// The next text does not continue the last piece.
    fresh: bool,
    assigns: bool,
    shares: bool,
    charged: u64,
    reached: BTreeMap<(u32, Limit), (u32, u64)>,
}

impl Default for Forest {
    fn default() -> Self {
        Forest {
            nodes: Vec::new(),
            pieces: Vec::new(),
            cells: Vec::new(),
            text: String::new(),
            roots: Vec::new(),
            story: [Head::EMPTY; Readers::COUNT],
            outer: Vec::new(),
            tale: [0; Readers::COUNT],
            tales: 0,
            active: Readers::ALL,
            floor: Marks::default(),
            part: 0,
            number: 0,
            alternate: 0,
            alternates: 0,
            within: 0,
            fresh: true,
            assigns: false,
            shares: false,
            charged: 0,
            reached: BTreeMap::new(),
        }
    }
}

impl Forest {
    /// A part begins: fields are counted from 1 again. Ends the part before it.
    pub(crate) fn begin_part(&mut self, part: u32) {
        self.end_part();
        self.part = part;
        self.number = 0;
    }

    /// The part is over: every field that is still open is closed where it stands.
    pub(crate) fn end_part(&mut self) {
        while !self.outer.is_empty() {
            self.end_story();
        }
        self.flush(Readers::ALL);
        self.active = Readers::ALL;
        self.alternate = 0;
        self.within = 0;
    }

    /// Whether text that comes now is body text, which belongs to no field.
    pub(crate) fn is_idle(&self) -> bool {
        self.groups().all(|group| self.head(group).is_idle())
    }

    /// Whether text that comes now belongs to an instruction, for any of the readers.
    pub(crate) fn is_in_instruction(&self) -> bool {
        self.groups().any(|group| {
            let top = at(&self.cells, self.head(group).top);
            top.is_some_and(|cell| !cell.node.separated)
        })
    }

    /// How many fields of the story are open, for each reader.
    pub(crate) fn depths(&self) -> [u32; Readers::COUNT] {
        self.story.map(|head| self.depth(head))
    }

    fn depth(&self, head: Head) -> u32 {
        let within = match at(&self.cells, head.top) {
            Some(cell) => cell.depth.saturating_add(1),
            None => 0,
        };
        within.saturating_add(head.over)
    }

    /// A field begins.
    pub(crate) fn begin(&mut self, mark: Begin, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.number = self.number.saturating_add(1);
        self.fresh = true;
        for group in self.groups() {
            budget.charge_field()?;
            let head = self.head(group);
            let depth = self.depth(head);
            if u64::from(depth) >= budget.limits().open_fields {
                let over = head.over.saturating_add(1);
                self.place(group, Head { over, ..head });
                self.note(Limit::OpenFields, self.number, mark.offset);
                continue;
            }
            let parent = at(&self.cells, head.top);
            let node = Node {
                instr: NONE,
                result: NONE,
                count: 0,
                bytes: 0,
                result_bytes: 0,
                number: self.number,
                part: self.part,
                alternate: self.alternate,
                offset: mark.offset,
                dirty: mark.dirty,
                locked: mark.locked,
                flt: mark.flt,
                confidence: mark.confidence,
                closed: false,
                in_result: parent.is_some_and(|cell| cell.node.separated),
                separated: false,
                keep_result: parent
                    .is_some_and(|cell| !cell.node.separated || cell.node.keep_result),
                cut: false,
                shared: false,
                tainted: false,
                begun: false,
            };
            let cell = Cell {
                node,
                below: head.top,
                depth,
                marks: self.fill(),
            };
            let top = id(self.cells.len());
            self.cells.push(cell);
            self.place(group, Head { top, ..head });
        }
        if !self.settle(budget) {
            self.note(Limit::LiveBytes, self.number, mark.offset);
        }
        Ok(())
    }

    /// The instruction of the innermost field is over, its result begins.
    pub(crate) fn separate(&mut self, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.fresh = true;
        for group in self.groups() {
            if self.head(group).over > 0 {
                continue;
            }
            self.charge_copy(group, budget)?;
            if let Some(cell) = self.top(group) {
                cell.node.separated = true;
            }
        }
        Ok(())
    }

    /// A story inside this one begins.
    pub(crate) fn begin_story(&mut self) {
        self.isolate(Readers::ALL);
    }

    /// A story begins for some readers; the others go on where they are.
    pub(crate) fn isolate(&mut self, readers: Readers) {
        self.fresh = true;
        self.outer.push(Around {
            story: self.story,
            tale: self.tale,
            readers,
        });
        self.tales = self.tales.saturating_add(1);
        for (reader, tale) in Readers::each().zip(&mut self.tale) {
            if readers.has(reader) {
                *tale = self.tales;
            }
        }
        self.place(readers, Head::EMPTY);
        self.floor = self.fill();
    }

    /// The innermost story ends.
    pub(crate) fn end_story(&mut self) {
        let Some(around) = self.outer.last().copied() else {
            return;
        };
        self.flush(around.readers);
        self.outer.pop();
        self.tale = around.tale;
        for (reader, head) in Readers::each().zip(around.story) {
            if around.readers.has(reader) {
                self.place(reader, head);
            }
        }
        self.floor = self.fill();
        self.tidy();
    }

    /// Who reads what comes now.
    pub(crate) fn active(&self) -> Readers {
        self.active
    }

    /// Only these read what comes now.
    pub(crate) fn restrict(&mut self, readers: Readers) {
        if self.active != readers {
            self.active = readers;
            self.floor = self.fill();
        }
    }

    /// Alternative markup begins.
    pub(crate) fn enter_alternate(&mut self) {
        if self.within == 0 {
            self.alternates = self.alternates.saturating_add(1);
            self.alternate = self.alternates;
        }
        self.within = self.within.saturating_add(1);
    }

    /// Alternative markup ends.
    pub(crate) fn leave_alternate(&mut self) {
        self.within = self.within.saturating_sub(1);
        if self.within == 0 {
            self.alternate = 0;
        }
    }

    /// Gives the memory back to the account; the forest is empty then.
    pub(crate) fn clear(&mut self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
        *self = Forest::default();
    }

    fn fill(&self) -> Marks {
        Marks {
            nodes: self.nodes.len(),
            pieces: self.pieces.len(),
            cells: self.cells.len(),
            text: self.text.len(),
        }
    }

    /// Brings the account to what the arena holds. False when there is not enough left: what was
    /// built stays, nothing more may be added.
    fn settle(&mut self, budget: &Budget<'_>) -> bool {
        let held = [
            (self.nodes.len(), NODE),
            (self.pieces.len(), PIECE),
            (self.cells.len(), CELL),
            (self.text.len(), 1),
            (self.roots.len(), 4),
        ]
        .into_iter()
        .map(|(count, size)| {
            u64::try_from(count)
                .unwrap_or(u64::MAX)
                .saturating_mul(size)
        })
        .fold(0, u64::saturating_add)
        .saturating_mul(SLACK);
        if let Some(more) = held.checked_sub(self.charged) {
            if budget.charge_live(more).is_err() {
                return false;
            }
        } else {
            budget.release_live(self.charged.saturating_sub(held));
        }
        self.charged = held;
        true
    }

    fn note(&mut self, limit: Limit, number: u32, offset: u64) {
        self.reached
            .entry((self.part, limit))
            .or_insert((number, offset));
    }
}

// What the arena holds of each; a test pins them to the types.
const NODE: u64 = 56;
const PIECE: u64 = 16;
const CELL: u64 = 96;

fn id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

fn index(id: u32) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

fn at<T>(items: &[T], id: u32) -> Option<&T> {
    if id == NONE {
        None
    } else {
        items.get(index(id))
    }
}
