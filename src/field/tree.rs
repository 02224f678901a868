//! From marks and text to field trees (`spec/word.md` §0.3).
//!
//! A story is one independent flow of text; a field never crosses stories. Begin, separate and end
//! marks drive a stack of open fields per story. A field that is over is dropped at once when it
//! and everything in it is plainly harmless, so that a document of page numbers costs no memory;
//! what is left stays in one arena until the whole document was seen.
//!
//! Open fields are cells of a linked list that a branch of alternative markup shares with its
//! siblings: a fork costs nothing, and the first change behind it copies one cell. Every event is
//! amortised constant time, apart from the text it brings.
//!
//! # Malformed input
//!
//! Stray marks are ignored, a second separator too. Fields that are open when the story ends are
//! closed there, marked and kept. Fields deeper than the limit are counted and skipped; text past
//! the limit is cut; both are noted in [`Forest::reached`].

mod look;
mod parts;

use std::collections::BTreeMap;

use crate::limits::{Budget, Exhausted, Limit};
use look::Lead;
pub(super) use parts::Piece;
pub(crate) use parts::{Begin, Head, Node, Style};
use parts::{Cell, Marks};

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
    story: Head,
    /// The stories around the present one.
    outer: Vec<Head>,
    /// How full the arena was at each fork that is not joined yet.
    forks: Vec<Marks>,
    part: u32,
    number: u32,
    alternate: u32,
    alternates: u32,
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
            story: Head::EMPTY,
            outer: Vec::new(),
            forks: Vec::new(),
            part: 0,
            number: 0,
            alternate: 0,
            alternates: 0,
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
        self.forks.clear();
        self.alternate = 0;
        loop {
            self.flush();
            match self.outer.pop() {
                Some(head) => self.story = head,
                None => break,
            }
        }
    }

    /// Whether text that comes now is body text, which belongs to no field.
    pub(crate) fn is_idle(&self) -> bool {
        self.story.top == NONE && self.story.over == 0
    }

    /// How many fields of the story are open.
    pub(crate) fn depth(&self) -> u32 {
        let within = match at(&self.cells, self.story.top) {
            Some(cell) => cell.depth.saturating_add(1),
            None => 0,
        };
        within.saturating_add(self.story.over)
    }

    /// A field begins.
    pub(crate) fn begin(&mut self, mark: Begin, budget: &Budget<'_>) -> Result<(), Exhausted> {
        budget.charge_field()?;
        self.number = self.number.saturating_add(1);
        self.fresh = true;
        let depth = self.depth();
        if u64::from(depth) >= budget.limits().open_fields {
            self.story.over = self.story.over.saturating_add(1);
            self.note(Limit::OpenFields, self.number, mark.offset);
            return Ok(());
        }
        let parent = at(&self.cells, self.story.top);
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
            closed: false,
            in_result: parent.is_some_and(|cell| cell.node.separated),
            separated: false,
            keep_result: parent.is_some_and(|cell| !cell.node.separated || cell.node.keep_result),
            cut: false,
            shared: false,
            tainted: false,
        };
        let cell = Cell {
            node,
            below: self.story.top,
            depth,
            marks: self.fill(),
        };
        self.story.top = id(self.cells.len());
        self.cells.push(cell);
        if !self.settle(budget) {
            self.note(Limit::LiveBytes, self.number, mark.offset);
        }
        Ok(())
    }

    /// The instruction of the innermost field is over, its result begins.
    pub(crate) fn separate(&mut self, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.fresh = true;
        if self.story.over > 0 {
            return Ok(());
        }
        self.charge_copy(budget)?;
        if let Some(cell) = self.top() {
            cell.node.separated = true;
        }
        Ok(())
    }

    /// The innermost field is over.
    pub(crate) fn end(&mut self, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.fresh = true;
        if self.story.over > 0 {
            self.story.over = self.story.over.saturating_sub(1);
            return Ok(());
        }
        if let (Some(cell), Some(fork)) = (at(&self.cells, self.story.top), self.forks.last())
            && cell.marks.cells < fork.cells
        {
            // Each branch that ends the field makes one more of it.
            budget.charge_field()?;
        }
        self.pop(true, true);
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
        let Some(cell) = at(&self.cells, self.story.top) else {
            return Ok(());
        };
        let node = cell.node;
        if text.is_empty() || self.story.over > 0 || node.separated && !node.keep_result {
            return Ok(());
        }
        self.charge_copy(budget)?;
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
        if kept.len() < text.len() {
            self.cut();
        }
        if kept.is_empty() {
            return Ok(());
        }
        if !self.settle(budget) || budget.charge_live(cost.saturating_mul(SLACK)).is_err() {
            self.note(Limit::LiveBytes, node.number, node.offset);
            return Ok(());
        }
        self.charged = self.charged.saturating_add(cost.saturating_mul(SLACK));
        self.append(kept, style);
        Ok(())
    }

    /// A story inside this one begins.
    pub(crate) fn begin_story(&mut self) {
        self.fresh = true;
        self.outer.push(self.story);
        self.story = Head::EMPTY;
    }

    /// The innermost story ends.
    pub(crate) fn end_story(&mut self) {
        self.flush();
        if let Some(head) = self.outer.pop() {
            self.story = head;
        }
    }

    /// Alternative markup begins: each branch starts from the state that is returned.
    pub(crate) fn fork(&mut self) -> Head {
        self.fresh = true;
        if self.forks.is_empty() {
            self.alternates = self.alternates.saturating_add(1);
            self.alternate = self.alternates;
        }
        self.forks.push(self.fill());
        self.story
    }

    /// A branch begins.
    pub(crate) fn restart(&mut self, head: Head) {
        self.fresh = true;
        self.story = head;
    }

    /// The state at this moment, to go on from after the alternative markup.
    pub(crate) fn head(&self) -> Head {
        self.story
    }

    /// The story does not go on from this branch: what it opened or changed is judged as it stands.
    pub(crate) fn abandon(&mut self) {
        let floor = self.forks.last().copied().unwrap_or_default();
        while at(&self.cells, self.story.top).is_some() && index(self.story.top) >= floor.cells {
            self.pop(false, false);
        }
    }

    /// Alternative markup ends; the story goes on from `head`.
    pub(crate) fn join(&mut self, head: Head) {
        self.fresh = true;
        self.story = head;
        self.forks.pop();
        if self.forks.is_empty() {
            self.alternate = 0;
        }
    }

    /// Gives the memory back to the account; the forest is empty then.
    pub(crate) fn clear(&mut self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
        *self = Forest::default();
    }

    /// Pays for the copy that the next change of the innermost open field makes, if it makes one.
    fn charge_copy(&self, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let shared = self
            .forks
            .last()
            .is_some_and(|fork| index(self.story.top) < fork.cells);
        if shared {
            budget.charge_field()
        } else {
            Ok(())
        }
    }

    /// The innermost open field, to be changed: copied first when a fork shares it.
    fn top(&mut self) -> Option<&mut Cell> {
        let top = self.story.top;
        let cell = *at(&self.cells, top)?;
        let shared = self
            .forks
            .last()
            .is_some_and(|fork| index(top) < fork.cells);
        if shared {
            self.story.top = id(self.cells.len());
            self.cells.push(cell);
        }
        self.cells.get_mut(index(self.story.top))
    }

    fn cut(&mut self) {
        if let Some(cell) = self.top() {
            cell.node.cut = true;
        }
    }

    fn append(&mut self, kept: &str, style: Style) {
        let (start, length) = (id(self.text.len()), id(kept.len()));
        self.text.push_str(kept);
        let end = id(self.text.len());
        let next = id(self.pieces.len());
        let fresh = std::mem::replace(&mut self.fresh, false);
        let alike = !fresh
            && self.pieces.last().is_some_and(|piece| {
                piece.field().is_none()
                    && piece.end == start
                    && piece.style.without(Style::REFERENCED) == style.without(Style::REFERENCED)
            });
        let Some(top) = self.top() else {
            return;
        };
        let node = &mut top.node;
        let (list, used) = if node.separated {
            (&mut node.result, &mut node.result_bytes)
        } else {
            (&mut node.instr, &mut node.bytes)
        };
        *used = used.saturating_add(length);
        let prev = *list;
        let continues = alike && prev.checked_add(1) == Some(next);
        if !continues {
            *list = next;
            if !node.separated {
                node.count = node.count.saturating_add(1);
            }
        }
        if !continues {
            self.pieces.push(Piece {
                prev,
                start,
                end,
                style,
            });
        } else if let Some(piece) = self.pieces.last_mut() {
            piece.end = end;
            piece.style = piece.style.with(style);
        }
    }

    /// Closes every open field of the story.
    fn flush(&mut self) {
        self.fresh = true;
        self.story.over = 0;
        while self.story.top != NONE {
            self.pop(false, true);
        }
    }

    /// Closes the innermost field: into the field around it, or among the roots, or away.
    /// `join` is false when the fields around it do not learn of it.
    fn pop(&mut self, closed: bool, join: bool) {
        let top = self.story.top;
        let Some(&Cell {
            mut node,
            below,
            marks,
            ..
        }) = at(&self.cells, top)
        else {
            return;
        };
        node.closed = closed;
        let floor = self.forks.last().copied().unwrap_or_default();
        let own = marks.cells >= floor.cells;
        node.shared = !own;
        let lead = self.lead(&node, own);
        if node.cut && lead != Lead::Harmless {
            self.note(Limit::InstructionBytes, node.number, node.offset);
        }
        let plain = !node.tainted && lead != Lead::Acts;
        self.story.top = below;
        if index(top).checked_add(1) == Some(self.cells.len()) && index(top) >= floor.cells {
            self.cells.pop();
        }
        let attached = join
            && at(&self.cells, below)
                .is_some_and(|cell| !cell.node.separated || cell.node.keep_result);
        if attached {
            self.attach(node, plain);
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
        if below == NONE && self.outer.is_empty() && self.forks.is_empty() {
            self.cells.clear();
        }
    }

    fn attach(&mut self, node: Node, plain: bool) {
        let (child, next) = (id(self.nodes.len()), id(self.pieces.len()));
        self.nodes.push(node);
        let Some(cell) = self.top() else {
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
        assert_eq!(forest.depth(), 10_000);
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
    fn branches_start_from_the_same_state() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut forest = Forest::default();
        forest.begin(Begin::default(), &budget).unwrap();
        forest.text("DDEAUTO ", Style::default(), &budget).unwrap();
        let head = forest.fork();
        forest.restart(head);
        forest.text("first", Style::default(), &budget).unwrap();
        let after = forest.head();
        forest.restart(head);
        forest.text("second", Style::default(), &budget).unwrap();
        forest.end(&budget).unwrap();
        forest.join(after);
        forest.text(" more", Style::default(), &budget).unwrap();
        forest.end(&budget).unwrap();
        let texts: Vec<_> = forest
            .roots()
            .map(|root| instruction(&forest, root))
            .collect();
        assert_eq!(texts, ["DDEAUTO second", "DDEAUTO first more"]);
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
            let head = forest.fork();
            for _ in 0..2 {
                forest.restart(head);
                forest.end(&budget).unwrap();
            }
            forest.join(head);
        }
        forest.end_part();
        // The text is shared, whatever the number of branches.
        assert!(forest.text.len() < 65_536);
        assert!(forest.cells.len() < 10);
    }

    #[test]
    fn any_order_of_marks_is_accepted() {
        let limits = Limits::default();
        for seed in 1..40_u64 {
            let budget = Budget::new(&limits, None);
            let mut forest = Forest::default();
            let mut heads = Vec::new();
            let mut state = seed;
            for _ in 0..3_000 {
                // Knuth's MMIX generator.
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                match (state >> 33) % 12 {
                    0..=2 => forest.begin(Begin::default(), &budget).unwrap(),
                    3 => forest.separate(&budget).unwrap(),
                    4..=5 => forest.end(&budget).unwrap(),
                    6 => forest.text("DDEAUTO ", Style::TRIMMED, &budget).unwrap(),
                    7 => forest.text("PAGE x", Style::OPTIONAL, &budget).unwrap(),
                    8 => heads.push(forest.fork()),
                    9 => {
                        if let Some(head) = heads.last() {
                            forest.restart(*head);
                        }
                    }
                    10 => {
                        if heads.pop().is_some() {
                            forest.abandon();
                            forest.join(forest.head());
                        }
                    }
                    _ => forest.next_element(),
                }
            }
            forest.end_part();
            assert!(forest.is_idle());
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
