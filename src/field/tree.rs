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

mod look;
mod parts;
mod ways;

use std::collections::BTreeMap;

use crate::limits::{Budget, Exhausted, Limit};
use look::Lead;
pub(super) use parts::Piece;
use parts::{Around, Cell, Head, Marks};
pub(crate) use parts::{Begin, Node, Readers, Style};

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

    /// The next text stands in another element than the text before it.
    pub(crate) fn next_element(&mut self) {
        self.fresh = true;
    }

    /// Text, in whatever element. Body text is dropped.
    pub(crate) fn text(
        &mut self,
        text: &str,
        style: Style,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        // Readers share the text too.
        let start = id(self.text.len());
        let mut stored = 0;
        for group in self.groups() {
            let head = self.head(group);
            let Some(cell) = at(&self.cells, head.top) else {
                continue;
            };
            let node = cell.node;
            if text.is_empty() || head.over > 0 || node.separated && !node.keep_result {
                continue;
            }
            self.charge_copy(group, budget)?;
            let used = if node.separated {
                node.result_bytes
            } else {
                node.bytes
            };
            let room = budget
                .limits()
                .instruction_bytes
                .saturating_sub(u64::from(used));
            let kept = head_of(text, room);
            let cost = u64::try_from(kept.len())
                .unwrap_or(u64::MAX)
                .saturating_add(PIECE);
            if kept.len() < text.len()
                && let Some(top) = self.top(group)
            {
                top.node.cut = true;
            }
            if kept.is_empty() {
                continue;
            }
            if !self.settle(budget) || budget.charge_live(cost.saturating_mul(SLACK)).is_err() {
                self.note(Limit::LiveBytes, node.number, node.offset);
                continue;
            }
            self.charged = self.charged.saturating_add(cost.saturating_mul(SLACK));
            if let Some(more) = kept.get(stored..) {
                self.text.push_str(more);
                stored = kept.len();
            }
            self.append(group, start, id(kept.len()), style);
        }
        self.fresh = false;
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
            readers,
        });
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

    fn append(&mut self, group: Readers, start: u32, length: u32, style: Style) {
        let end = start.saturating_add(length);
        let next = id(self.pieces.len());
        let (fresh, floor) = (self.fresh, self.floor.pieces);
        let Some(node) = self.top(group).map(|top| top.node) else {
            return;
        };
        let instruction = !node.separated;
        let prev = if instruction { node.instr } else { node.result };
        let last = self
            .pieces
            .get_mut(index(prev))
            .filter(|_| !fresh && prev != NONE && index(prev) >= floor)
            .filter(|piece| {
                piece.field().is_none()
                    && piece.end == start
                    && piece.style.without(Style::REFERENCED) == style.without(Style::REFERENCED)
            });
        let continues = last.is_some();
        if let Some(piece) = last {
            piece.end = end;
            piece.style = piece.style.with(style);
        } else {
            self.pieces.push(Piece {
                prev,
                start,
                end,
                style,
            });
        }
        let Some(top) = self.top(group) else {
            return;
        };
        let node = &mut top.node;
        let (list, used) = if instruction {
            (&mut node.instr, &mut node.bytes)
        } else {
            (&mut node.result, &mut node.result_bytes)
        };
        *used = used.saturating_add(length);
        if !continues {
            *list = next;
            if instruction {
                node.count = node.count.saturating_add(1);
            }
        }
    }

    /// Closes every field of the story that these readers have open.
    fn flush(&mut self, readers: Readers) {
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
    fn tidy(&mut self) {
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

/// As much of `text` as fits into `room` bytes.
fn head_of(text: &str, room: u64) -> &str {
    let mut end = usize::try_from(room).unwrap_or(usize::MAX).min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn field(forest: &mut Forest, text: &str, budget: &Budget<'_>) {
        forest.begin(Begin::default(), budget).unwrap();
        forest.text(text, Style::default(), budget).unwrap();
        forest.end(budget).unwrap();
    }

    fn instruction(forest: &Forest, node: u32) -> String {
        let node = forest.node(node).unwrap();
        forest
            .instruction(node)
            .iter()
            .map(|piece| forest.piece_text(piece, false))
            .collect()
    }

    #[test]
    fn the_account_knows_the_sizes() {
        assert!(u64::try_from(size_of::<Node>()).unwrap() <= NODE);
        assert!(u64::try_from(size_of::<Piece>()).unwrap() <= PIECE);
        assert!(u64::try_from(size_of::<Cell>()).unwrap() <= CELL);
    }

    #[test]
    fn page_numbers_cost_no_memory() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        for _ in 0..200_000 {
            field(&mut forest, " PAGE ", &budget);
        }
        assert_eq!(forest.roots().count(), 0);
        assert!(forest.pieces.capacity() < 16 && forest.cells.capacity() < 16);
        assert_eq!(
            forest.begin(Begin::default(), &budget),
            Err(Exhausted::Limit(Limit::Fields))
        );
        forest.clear(&budget);
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    }

    #[test]
    fn page_numbers_in_the_result_of_an_open_field_cost_none_either() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        forest.begin(Begin::default(), &budget).unwrap();
        forest.text("TOC", Style::default(), &budget).unwrap();
        forest.separate(&budget).unwrap();
        for _ in 0..10_000 {
            field(&mut forest, " PAGE ", &budget);
        }
        assert!(forest.nodes.is_empty() && forest.pieces.len() < 4);
    }

    #[test]
    fn a_long_instruction_is_cut_and_noted() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        forest
            .begin(
                Begin {
                    offset: 7,
                    ..Begin::default()
                },
                &budget,
            )
            .unwrap();
        forest
            .text("DDEAUTO cmd \"/k ", Style::default(), &budget)
            .unwrap();
        let chunk = "ä".repeat(1 << 20);
        for _ in 0..100 {
            forest.text(&chunk, Style::default(), &budget).unwrap();
        }
        forest.end(&budget).unwrap();
        let reached: Vec<_> = forest.reached().collect();
        assert_eq!(reached.len(), 1);
        assert_eq!(reached[0].limit, Limit::InstructionBytes);
        assert_eq!((reached[0].number, reached[0].offset), (1, 7));
        assert!(forest.text.len() <= 64 << 10);
        assert_eq!(forest.roots().count(), 1);
    }

    #[test]
    fn a_long_citation_is_no_gap() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        forest.begin(Begin::default(), &budget).unwrap();
        forest
            .text(" ADDIN ZOTERO_ITEM {", Style::default(), &budget)
            .unwrap();
        forest
            .text(&"x".repeat(1 << 20), Style::default(), &budget)
            .unwrap();
        forest.end(&budget).unwrap();
        assert_eq!(forest.reached().count(), 0);
        assert_eq!(forest.roots().count(), 0);
    }

    #[test]
    fn fields_deeper_than_the_limit_are_noted() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        for _ in 0..10_000 {
            forest.begin(Begin::default(), &budget).unwrap();
        }
        forest.text("lost", Style::default(), &budget).unwrap();
        assert_eq!(forest.depths(), [10_000; 3]);
        for _ in 0..(10_000 - 128) {
            forest.end(&budget).unwrap();
        }
        forest
            .text("DDEAUTO cmd", Style::default(), &budget)
            .unwrap();
        forest.end_part();
        assert_eq!(forest.reached().next().unwrap().limit, Limit::OpenFields);
        assert_eq!(forest.roots().count(), 1);
        assert!(forest.cells.is_empty());
    }

    #[test]
    fn a_story_inside_a_field_is_another_flow() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        forest.begin(Begin::default(), &budget).unwrap();
        forest.text("DDEAUTO ", Style::default(), &budget).unwrap();
        forest.begin_story();
        forest.begin(Begin::default(), &budget).unwrap();
        forest.text("DDE inner", Style::default(), &budget).unwrap();
        forest.end_story();
        forest.text("outer", Style::default(), &budget).unwrap();
        forest.end(&budget).unwrap();
        let texts: Vec<_> = forest
            .roots()
            .map(|root| instruction(&forest, root))
            .collect();
        assert_eq!(texts, ["DDE inner", "DDEAUTO outer"]);
    }

    #[test]
    fn readers_share_what_they_have_in_common() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        forest.begin(Begin::default(), &budget).unwrap();
        forest.text("DDEAUTO ", Style::default(), &budget).unwrap();
        forest.restrict(Readers::WORD);
        forest.text("first", Style::default(), &budget).unwrap();
        forest.restrict(Readers::OLDER.with(Readers::LAX));
        forest.text("second", Style::default(), &budget).unwrap();
        forest.end(&budget).unwrap();
        forest.restrict(Readers::ALL);
        forest.text(" more", Style::default(), &budget).unwrap();
        forest.end(&budget).unwrap();
        let texts: Vec<_> = forest
            .roots()
            .map(|root| instruction(&forest, root))
            .collect();
        assert_eq!(texts, ["DDEAUTO second", "DDEAUTO first more"]);
        assert!(forest.is_idle() && forest.cells.is_empty());
    }

    #[test]
    fn a_story_for_one_reader_leaves_the_others_where_they_are() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        forest.begin(Begin::default(), &budget).unwrap();
        forest.text("DDEAUTO ", Style::default(), &budget).unwrap();
        forest.isolate(Readers::LAX);
        forest.text("a", Style::default(), &budget).unwrap();
        forest.begin(Begin::default(), &budget).unwrap();
        forest.text("DDE x", Style::default(), &budget).unwrap();
        forest.end(&budget).unwrap();
        forest.end_story();
        forest.text("b", Style::default(), &budget).unwrap();
        forest.end(&budget).unwrap();
        let texts: Vec<_> = forest
            .roots()
            .map(|root| instruction(&forest, root))
            .collect();
        assert_eq!(texts, ["DDE x", "DDEAUTO ab", "DDEAUTO b"]);
    }

    #[test]
    fn storms_of_marks_and_branches_stay_small() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        for _ in 0..100_000 {
            forest.end(&budget).unwrap();
            forest.separate(&budget).unwrap();
        }
        forest.begin(Begin::default(), &budget).unwrap();
        let text = "DDE ".repeat(10_000);
        forest.text(&text, Style::default(), &budget).unwrap();
        for _ in 0..50_000 {
            for readers in [Readers::WORD, Readers::OLDER, Readers::LAX, Readers::ALL] {
                forest.restrict(readers);
                forest.end(&budget).unwrap();
            }
        }
        forest.end_part();
        // The text is shared, whatever the number of branches.
        assert!(forest.text.len() < 65_536);
        assert!(forest.cells.len() < 10);
        assert_eq!(forest.roots().count(), 3);
    }

    #[test]
    fn any_order_of_marks_is_accepted() {
        let limits = Limits::default();
        let sets = [
            Readers::ALL,
            Readers::ALL,
            Readers::WORD,
            Readers::LAX,
            Readers::OLDER.with(Readers::LAX),
            Readers::WORD.with(Readers::LAX),
            Readers::NOBODY,
        ];
        for seed in 1..60_u64 {
            let budget = Budget::new(&limits, None);
            let mut forest = Forest::default();
            let mut state = seed;
            for _ in 0..3_000 {
                // Knuth's MMIX generator.
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let set = sets[usize::try_from((state >> 40) % 7).unwrap()];
                match (state >> 33) % 14 {
                    0..=2 => forest.begin(Begin::default(), &budget).unwrap(),
                    3 => forest.separate(&budget).unwrap(),
                    4..=5 => forest.end(&budget).unwrap(),
                    6 => forest.text("DDEAUTO ", Style::TRIMMED, &budget).unwrap(),
                    7 => forest.text("PAGE x", Style::OPTIONAL, &budget).unwrap(),
                    8..=9 => forest.restrict(set),
                    10 => forest.isolate(set),
                    11 => forest.end_story(),
                    12 => {
                        let mut depths = forest.depths();
                        depths[0] = depths[0].saturating_sub(1);
                        forest.end_to(depths, &budget).unwrap();
                    }
                    _ => forest.next_element(),
                }
                // What lies below lies before: no way through the cells goes round.
                for (at, cell) in forest.cells.iter().enumerate() {
                    assert!(cell.below == NONE || index(cell.below) < at);
                }
                for (at, piece) in forest.pieces.iter().enumerate() {
                    assert!(piece.prev == NONE || index(piece.prev) < at);
                    assert!(
                        piece
                            .field()
                            .is_none_or(|child| index(child) < forest.nodes.len())
                    );
                }
                for head in forest.story {
                    assert!(head.top == NONE || index(head.top) < forest.cells.len());
                }
            }
            forest.end_part();
            assert!(forest.is_idle() && forest.cells.is_empty());
            for root in forest.roots() {
                let node = forest.node(root).unwrap();
                // Every piece of every root is still there.
                for piece in forest.instruction(node) {
                    match piece.field() {
                        Some(child) => assert!(child < root, "children come first"),
                        None => assert!(!forest.piece_text(&piece, true).is_empty()),
                    }
                }
            }
            forest.clear(&budget);
            assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
        }
    }
}
