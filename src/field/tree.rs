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

use std::collections::BTreeMap;

use super::keyword::{Arguments, Keyword};
use super::lexer::{Span, is_blank, is_filler, lex};
use crate::limits::{Budget, Exhausted, Limit};

/// No cell, no piece.
const NONE: u32 = u32::MAX;
/// Vectors grow by doubling: what is alive may be twice what is filled.
const SLACK: u64 = 2;
/// Keywords are shorter; what is longer is none.
const KEYWORD_BYTES: usize = 64;

/// How a stretch of text stands in the document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Style(u8);

impl Style {
    /// Marked as deleted, or in markup that a reader may have to ignore: with and without it are
    /// two readings.
    pub(crate) const OPTIONAL: Style = Style(1);
    /// White space at the edges disappears when it is read.
    pub(crate) const TRIMMED: Style = Style(2);
    /// Spelled with references that nothing asks for.
    pub(crate) const REFERENCED: Style = Style(4);
    /// In an element for ordinary text.
    pub(crate) const ORDINARY: Style = Style(8);
    /// The end of a paragraph or cell.
    pub(crate) const BREAK: Style = Style(16);
    /// Marked as deleted by change tracking.
    pub(crate) const DELETED: Style = Style(32);
    const FIELD: Style = Style(128);

    pub(crate) fn with(self, other: Style) -> Style {
        Style(self.0 | other.0)
    }

    pub(crate) fn has(self, other: Style) -> bool {
        self.0 & other.0 == other.0
    }

    fn without(self, other: Style) -> Style {
        Style(self.0 & !other.0)
    }
}

/// One stretch of text, or one nested field, of an instruction or a result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    prev: u32,
    /// First byte of the text; the node of a nested field.
    start: u32,
    end: u32,
    pub(super) style: Style,
}

impl Piece {
    /// The node, when this is a nested field.
    pub(super) fn field(&self) -> Option<u32> {
        self.style.has(Style::FIELD).then_some(self.start)
    }
}

/// What is known when a field begins.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Begin {
    /// Byte of the part at which it begins.
    pub(crate) offset: u64,
    pub(crate) dirty: bool,
    pub(crate) locked: bool,
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    instr: u32,
    result: u32,
    /// Pieces of the instruction.
    count: u32,
    /// Bytes of the instruction.
    bytes: u32,
    result_bytes: u32,
    /// Counts the fields of the part from 1, in document order.
    pub(crate) number: u32,
    pub(crate) part: u32,
    /// The outermost alternative markup it stands in; 0 for none.
    pub(crate) alternate: u32,
    pub(crate) offset: u64,
    pub(crate) dirty: bool,
    pub(crate) locked: bool,
    pub(crate) closed: bool,
    /// It stands in the result of another field.
    pub(crate) in_result: bool,
    separated: bool,
    /// Its result may become part of an instruction.
    keep_result: bool,
    /// Text was cut at the limit.
    pub(super) cut: bool,
    /// A field in it may matter.
    tainted: bool,
}

/// An open field.
#[derive(Clone, Copy, Debug)]
struct Cell {
    node: Node,
    below: u32,
    /// Open fields below it.
    depth: u32,
    /// How full the arena was when it began.
    marks: Marks,
}

#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    nodes: usize,
    pieces: usize,
    cells: usize,
    text: usize,
}

/// The open fields of a story at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    top: u32,
    /// Fields opened past the limit.
    over: u32,
}

impl Head {
    const EMPTY: Head = Head { top: NONE, over: 0 };
}

/// A limit that was reached, and where first in its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) part: u32,
    pub(crate) limit: Limit,
    pub(crate) number: u32,
    pub(crate) offset: u64,
}

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
            charged: 0,
            reached: BTreeMap::new(),
        }
    }
}

// Building.
impl Forest {
    /// A part begins: fields are counted from 1 again. Ends the part before it.
    pub(crate) fn begin_part(&mut self, part: u32, budget: &Budget<'_>) {
        self.end_part(budget);
        self.part = part;
        self.number = 0;
    }

    /// The part is over: every field that is still open is closed where it stands.
    pub(crate) fn end_part(&mut self, budget: &Budget<'_>) {
        self.forks.clear();
        self.alternate = 0;
        loop {
            self.flush();
            match self.outer.pop() {
                Some(head) => self.story = head,
                None => break,
            }
        }
        self.settle(budget);
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
    pub(crate) fn separate(&mut self) {
        self.fresh = true;
        if self.story.over == 0
            && let Some(cell) = self.top()
        {
            cell.node.separated = true;
        }
    }

    /// The innermost field is over.
    pub(crate) fn end(&mut self, budget: &Budget<'_>) {
        self.fresh = true;
        if self.story.over > 0 {
            self.story.over = self.story.over.saturating_sub(1);
        } else {
            self.pop(true);
            self.settle(budget);
        }
    }

    /// The next text stands in another element than the text before it.
    pub(crate) fn next_element(&mut self) {
        self.fresh = true;
    }

    /// Text, in whatever element. Body text is dropped.
    pub(crate) fn text(&mut self, text: &str, style: Style, budget: &Budget<'_>) {
        if text.is_empty() || self.story.over > 0 {
            return;
        }
        let Some(cell) = self.top() else {
            return;
        };
        let node = cell.node;
        if node.separated && !node.keep_result {
            return;
        }
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
            return;
        }
        if !self.settle(budget) || budget.charge_live(cost.saturating_mul(SLACK)).is_err() {
            self.note(Limit::LiveBytes, node.number, node.offset);
            return;
        }
        self.charged = self.charged.saturating_add(cost.saturating_mul(SLACK));
        self.append(kept, style);
    }

    /// A story inside this one begins.
    pub(crate) fn begin_story(&mut self) {
        self.fresh = true;
        self.outer.push(self.story);
        self.story = Head::EMPTY;
    }

    /// The innermost story ends.
    pub(crate) fn end_story(&mut self, budget: &Budget<'_>) {
        self.flush();
        if let Some(head) = self.outer.pop() {
            self.story = head;
        }
        self.settle(budget);
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
            self.pop(false);
        }
    }

    /// Closes the innermost field: into the field around it, or among the roots, or away.
    fn pop(&mut self, closed: bool) {
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
        let lead = self.lead(&node, own);
        if node.cut && lead != Lead::Harmless {
            self.note(Limit::InstructionBytes, node.number, node.offset);
        }
        let plain = !node.tainted && lead != Lead::Acts;
        self.story.top = below;
        if index(top).checked_add(1) == Some(self.cells.len()) && index(top) >= floor.cells {
            self.cells.pop();
        }
        let attached = at(&self.cells, below)
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

/// How an instruction begins, under every reading of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// A known keyword that does nothing.
    Harmless,
    /// Nothing that acts, but no known keyword either.
    Idle,
    /// A keyword that acts, or one that cannot be told yet.
    Acts,
}

// Reading.
impl Forest {
    /// The outermost fields that may matter, in the order in which they ended.
    pub(crate) fn roots(&self) -> impl Iterator<Item = u32> {
        self.roots.iter().copied()
    }

    pub(crate) fn node(&self, node: u32) -> Option<&Node> {
        at(&self.nodes, node)
    }

    /// Whether any field gives a value to a name.
    pub(super) fn assigns(&self) -> bool {
        self.assigns
    }

    /// The limits that were reached while the trees were built.
    pub(crate) fn reached(&self) -> impl Iterator<Item = Reached> {
        self.reached
            .iter()
            .map(|(&(part, limit), &(number, offset))| Reached {
                part,
                limit,
                number,
                offset,
            })
    }

    /// The pieces of the instruction of a node, in order.
    pub(super) fn instruction(&self, node: &Node) -> Vec<Piece> {
        self.list(node.instr)
    }

    /// The pieces of the result, in order.
    pub(super) fn result(&self, node: &Node) -> Vec<Piece> {
        self.list(node.result)
    }

    /// What going once over the instruction of a node costs.
    pub(super) fn weight(node: &Node) -> u64 {
        u64::from(node.count)
            .saturating_add(u64::from(node.bytes))
            .saturating_add(u64::from(node.result_bytes))
    }

    /// The text of a piece; the edges without white space if the piece says so and `untrimmed`
    /// does not ask for them.
    pub(super) fn piece_text(&self, piece: &Piece, untrimmed: bool) -> &str {
        let text = self
            .text
            .get(index(piece.start)..index(piece.end))
            .unwrap_or_default();
        if piece.style.has(Style::TRIMMED) && !untrimmed {
            text.trim_matches(|c: char| c.is_ascii_whitespace())
        } else {
            text
        }
    }

    fn list(&self, last: u32) -> Vec<Piece> {
        let mut found = Vec::new();
        let mut next = last;
        while let Some(piece) = at(&self.pieces, next) {
            found.push(*piece);
            next = piece.prev;
        }
        found.reverse();
        found
    }

    /// What the field is, as far as its own text tells. `own` is false when a fork shares its
    /// text: it is kept then, so that looking at the text costs once only.
    fn lead(&mut self, node: &Node, own: bool) -> Lead {
        if !own {
            self.assigns = true;
            return Lead::Acts;
        }
        let pieces = self.list(node.instr);
        let any = |style| pieces.iter().any(|piece| piece.style.has(style));
        let mut lead = Lead::Harmless;
        for removed in [true, false] {
            if !removed && !any(Style::OPTIONAL) {
                continue;
            }
            for untrimmed in [false, true] {
                if untrimmed && !any(Style::TRIMMED) {
                    continue;
                }
                match self.keyword(&pieces, removed, untrimmed) {
                    Some(Keyword::Hyperlink) if self.is_local(&pieces) => {}
                    Some(keyword) if keyword.acts() => {
                        self.assigns |= matches!(keyword, Keyword::Set | Keyword::Ask);
                        return Lead::Acts;
                    }
                    Some(Keyword::Unknown) => lead = Lead::Idle,
                    Some(_) => {}
                    None => {
                        // Its keyword comes from a nested field: it may be any.
                        self.assigns = true;
                        return Lead::Acts;
                    }
                }
            }
        }
        lead
    }

    /// The keyword as the field's own text spells it; `None` when a nested field has a part in
    /// it, or when the text looks like a field typed as text.
    fn keyword(&self, pieces: &[Piece], removed: bool, untrimmed: bool) -> Option<Keyword> {
        let mut word = String::new();
        let mut blank = true;
        for piece in pieces {
            if piece.style.has(Style::FIELD) {
                return None;
            }
            if removed && piece.style.has(Style::OPTIONAL) {
                continue;
            }
            for c in self.piece_text(piece, untrimmed).chars() {
                if is_filler(c) {
                    continue;
                }
                if blank && (is_blank(c) || !c.is_ascii() && c.is_whitespace() || is_opening(c)) {
                    continue;
                }
                if blank && c == '{' {
                    return None;
                }
                blank = false;
                let delimits = is_blank(c) || c == '\\' || is_opening(c);
                if delimits || !c.is_ascii() && c.is_whitespace() || word.len() > KEYWORD_BYTES {
                    return Some(Keyword::of(&word));
                }
                word.push(c);
            }
        }
        Some(Keyword::of(&word))
    }

    /// Whether a HYPERLINK names a place in the document itself only.
    fn is_local(&self, pieces: &[Piece]) -> bool {
        if pieces
            .iter()
            .any(|piece| piece.style.has(Style::FIELD) || piece.style.has(Style::OPTIONAL))
        {
            return false;
        }
        let spans: Vec<Span<'_>> = pieces
            .iter()
            .map(|piece| Span::plain(self.piece_text(piece, false)))
            .collect();
        let lexed = lex(&spans, false);
        Arguments::of(Keyword::Hyperlink, &lexed.tokens)
            .words
            .is_empty()
    }
}

fn is_opening(c: char) -> bool {
    c == '"' || matches!(c, '\u{201c}'..='\u{201f}')
}

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
        forest.text(text, Style::default(), budget);
        forest.end(budget);
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
        forest.text("TOC", Style::default(), &budget);
        forest.separate();
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
        forest.text("DDEAUTO cmd \"/k ", Style::default(), &budget);
        let chunk = "ä".repeat(1 << 20);
        for _ in 0..100 {
            forest.text(&chunk, Style::default(), &budget);
        }
        forest.end(&budget);
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
        forest.text(" ADDIN ZOTERO_ITEM {", Style::default(), &budget);
        forest.text(&"x".repeat(1 << 20), Style::default(), &budget);
        forest.end(&budget);
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
        forest.text("lost", Style::default(), &budget);
        assert_eq!(forest.depth(), 10_000);
        for _ in 0..(10_000 - 128) {
            forest.end(&budget);
        }
        forest.text("DDEAUTO cmd", Style::default(), &budget);
        forest.end_part(&budget);
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
        forest.text("DDEAUTO ", Style::default(), &budget);
        forest.begin_story();
        forest.begin(Begin::default(), &budget).unwrap();
        forest.text("DDE inner", Style::default(), &budget);
        forest.end_story(&budget);
        forest.text("outer", Style::default(), &budget);
        forest.end(&budget);
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
        forest.text("DDEAUTO ", Style::default(), &budget);
        let head = forest.fork();
        forest.restart(head);
        forest.text("first", Style::default(), &budget);
        let after = forest.head();
        forest.restart(head);
        forest.text("second", Style::default(), &budget);
        forest.end(&budget);
        forest.join(after);
        forest.text(" more", Style::default(), &budget);
        forest.end(&budget);
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
            forest.end(&budget);
            forest.separate();
        }
        forest.begin(Begin::default(), &budget).unwrap();
        let text = "DDE ".repeat(10_000);
        forest.text(&text, Style::default(), &budget);
        for _ in 0..50_000 {
            let head = forest.fork();
            for _ in 0..2 {
                forest.restart(head);
                forest.end(&budget);
            }
            forest.join(head);
        }
        forest.end_part(&budget);
        // The text is shared, whatever the number of branches.
        assert!(forest.text.len() < 65_536);
        assert!(forest.cells.len() < 10);
    }
}
