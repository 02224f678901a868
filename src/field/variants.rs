//! The readings of a tree of fields and what they amount to (`spec/word.md` §0.7).
//!
//! A tree is read once as it stands. Where its text or a nested field leaves a doubt it is read
//! again under each combination of the readings in doubt; a combination costs evaluator steps in
//! proportion to the text of the tree. What the readings say is collected field by field in
//! [`draft`](super::draft).
//!
//! # Malformed input
//!
//! When the budget ends, what was read so far is the answer, and the answer says why it ended.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::environment::Environment;
use super::eval::{Mode, Nested, Notes, Value, compute};
use super::keyword::{Arguments, Keyword};
use super::lexer::{Form, Lexed, Span, is_blank, is_filler, lex};
use super::outcome::Answer;
use super::tree::{Forest, Node, Piece, Style};
use crate::limits::{Budget, Exhausted};

/// One field of a tree, its pieces in order.
pub(super) struct Member {
    pub(super) id: u32,
    pub(super) node: Node,
    pub(super) instruction: Vec<Piece>,
    result: Vec<Piece>,
    pub(super) parent: Option<u32>,
}

/// A tree laid out: children before their parents.
pub(super) struct Tree<'f> {
    pub(super) forest: &'f Forest,
    pub(super) members: BTreeMap<u32, Member>,
    steps: u64,
}

impl<'f> Tree<'f> {
    /// Lays out the tree below `root`. The nodes are looked at once, and paid for.
    fn of(forest: &'f Forest, root: u32, budget: &Budget<'_>) -> Result<Self, Exhausted> {
        let mut tree = Tree {
            forest,
            members: BTreeMap::new(),
            steps: 0,
        };
        let mut todo = vec![(root, None)];
        while let Some((id, parent)) = todo.pop() {
            let Some(&node) = forest.node(id) else {
                continue;
            };
            // One step for the field, one for each 64 bytes or pieces.
            let steps = (Forest::weight(&node) / 64).saturating_add(1);
            budget.charge_steps(steps)?;
            tree.steps = tree.steps.saturating_add(steps);
            let member = Member {
                id,
                node,
                instruction: forest.instruction(&node),
                result: forest.result(&node),
                parent,
            };
            let children = member.instruction.iter().chain(&member.result);
            todo.extend(children.filter_map(Piece::field).map(|child| (child, Some(id))));
            tree.members.insert(id, member);
        }
        Ok(tree)
    }

    fn any(&self, doubt: impl Fn(&Piece) -> bool) -> bool {
        self.members
            .values()
            .any(|member| member.instruction.iter().any(&doubt))
    }
}

/// How the keyword of an instruction is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spelling {
    Literal,
    /// A nested field gives some of it.
    Nested,
    /// It stands in quotes, or a nested field gives more than the keyword.
    Loose,
}

/// An instruction under one reading.
pub(super) struct Instruction {
    pub(super) lexed: Lexed,
    pub(super) keyword: Keyword,
    pub(super) spelling: Spelling,
    /// What the nested fields brought.
    pub(super) notes: Notes,
    /// No nested field in it is in doubt.
    certain: bool,
}

/// What a reading of the whole tree told.
#[derive(Default)]
struct Doubts {
    ambiguous: bool,
    uncertain: bool,
    choices: usize,
}

/// Says what the fields of a tree do.
pub(crate) fn evaluate(
    forest: &Forest,
    root: u32,
    environment: &mut Environment,
    budget: &Budget<'_>,
) -> Answer {
    let mut answer = Answer::default();
    environment.now = root;
    let tree = match Tree::of(forest, root, budget) {
        Ok(tree) => tree,
        Err(cause) => {
            answer.end(cause);
            return answer;
        }
    };
    let mut drafts = BTreeMap::new();
    let doubts = read(&tree, Mode::FIRST, environment, budget, &mut drafts, &mut answer);
    for mode in modes(&tree, &doubts) {
        if let Err(cause) = budget.charge_steps(tree.steps) {
            answer.end(cause);
            break;
        }
        read(&tree, mode, environment, budget, &mut drafts, &mut answer);
    }
    for (id, draft) in drafts {
        draft.settle(&tree, id, budget, &mut answer);
    }
    answer
}

/// Carries out the SET and ASK fields of a tree. Call it for every tree, twice, before
/// [`evaluate`]: names are known in the whole document, before they are set too.
pub(crate) fn assign(
    forest: &Forest,
    root: u32,
    environment: &mut Environment,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    if !forest.assigns() {
        return Ok(());
    }
    environment.now = root;
    let tree = Tree::of(forest, root, budget)?;
    for verbatim in [false, true] {
        let mode = Mode {
            verbatim,
            ..Mode::FIRST
        };
        let mut values = BTreeMap::new();
        let mut doubt = false;
        for member in tree.members.values() {
            let instruction = instruction(&tree, member, mode, &values);
            doubt |= instruction.lexed.ambiguous;
            if matches!(instruction.keyword, Keyword::Set | Keyword::Ask) {
                let arguments = Arguments::of(instruction.keyword, &instruction.lexed.tokens);
                let words: Vec<&str> = arguments
                    .words
                    .iter()
                    .skip(1)
                    .map(|token| token.text.as_str())
                    .collect();
                let value = match instruction.keyword {
                    Keyword::Ask => arguments.value("d").unwrap_or_default().to_owned(),
                    _ => words.join(" "),
                };
                let order = member.id.saturating_mul(2).saturating_add(u32::from(verbatim));
                if let Some(name) = arguments.word(0)
                    && !environment.bookmark(name, order, &value, budget)
                {
                    return Err(Exhausted::Limit(crate::limits::Limit::LiveBytes));
                }
            }
            let value = value(&tree, member, &instruction, mode, environment, budget, &values)?;
            values.insert(member.id, value);
        }
        if !doubt {
            break;
        }
    }
    Ok(())
}

/// The combinations of readings beyond the first.
fn modes(tree: &Tree<'_>, doubts: &Doubts) -> Vec<Mode> {
    let optional = tree.any(|piece| piece.style.has(Style::OPTIONAL));
    let trimmed = tree.any(|piece| {
        tree.forest.piece_text(piece, false).len() != tree.forest.piece_text(piece, true).len()
    });
    let both = |doubt: bool| if doubt { [false, true].as_slice() } else { &[false] };
    let mut nested: Vec<Nested> = (0..doubts.choices.max(1)).map(Nested::Computed).collect();
    if doubts.uncertain {
        nested.extend([Nested::Cached, Nested::Omitted]);
    }
    let mut modes = Vec::new();
    for kept in both(optional) {
        for untrimmed in both(trimmed) {
            for nested in &nested {
                for verbatim in both(doubts.ambiguous) {
                    modes.push(Mode {
                        removed: !kept,
                        untrimmed: *untrimmed,
                        nested: *nested,
                        verbatim: *verbatim,
                    });
                }
            }
        }
    }
    modes.retain(|mode| *mode != Mode::FIRST);
    modes
}

/// A value and the result that is stored with the field.
pub(super) struct Known {
    value: Value,
    cached: String,
}

/// Reads every field of the tree under one mode.
fn read(
    tree: &Tree<'_>,
    mode: Mode,
    environment: &Environment,
    budget: &Budget<'_>,
    drafts: &mut BTreeMap<u32, Draft>,
    answer: &mut Answer,
) -> Doubts {
    let mut doubts = Doubts::default();
    let mut values = BTreeMap::new();
    for member in tree.members.values() {
        let instruction = instruction(tree, member, mode, &values);
        doubts.ambiguous |= instruction.lexed.ambiguous || instruction.notes.ambiguous;
        doubts.uncertain |= !instruction.certain;
        drafts
            .entry(member.id)
            .or_default()
            .add(tree, member, mode, &instruction, budget);
        if member.parent.is_none() {
            continue;
        }
        match value(tree, member, &instruction, mode, environment, budget, &values) {
            Ok(known) => {
                doubts.choices = doubts.choices.max(known.value.choices);
                doubts.ambiguous |= known.value.notes.ambiguous;
                values.insert(member.id, known);
            }
            Err(cause) => answer.end(cause),
        }
    }
    doubts
}

/// Reads one instruction, its nested fields evaluated already.
fn instruction(
    tree: &Tree<'_>,
    member: &Member,
    mode: Mode,
    values: &BTreeMap<u32, Known>,
) -> Instruction {
    let mut notes = Notes::default();
    let mut certain = true;
    let mut spans = Vec::new();
    for piece in &member.instruction {
        if mode.removed && piece.style.has(Style::OPTIONAL) {
            continue;
        }
        let Some(child) = piece.field() else {
            spans.push(Span::plain(tree.forest.piece_text(piece, mode.untrimmed)));
            continue;
        };
        let Some(known) = values.get(&child) else {
            certain = false;
            notes.unresolved = true;
            continue;
        };
        notes.merge(known.value.notes);
        certain &= known.value.certain;
        let text = match mode.nested {
            _ if known.value.certain => &known.value.text,
            Nested::Computed(_) => &known.value.text,
            Nested::Cached => &known.cached,
            Nested::Omitted => continue,
        };
        spans.push(Span { text, opaque: true });
    }
    let mut lexed = lex(&spans, mode.verbatim);
    let (mut keyword, mut spelling) = match lexed.tokens.first() {
        Some(token) if token.form == Form::Switch => (Keyword::Unknown, Spelling::Literal),
        Some(token) => {
            let spelling = match (token.form, token.opaque) {
                (Form::Quoted, _) => Spelling::Loose,
                (_, true) => Spelling::Nested,
                (_, false) => Spelling::Literal,
            };
            (Keyword::of(&token.text), spelling)
        }
        None => (Keyword::Unknown, Spelling::Literal),
    };
    // A nested result that holds the keyword and more: it may be read as text.
    let more = lexed
        .tokens
        .first()
        .filter(|token| token.opaque && keyword == Keyword::Unknown)
        .and_then(|token| token.text.trim_start_matches(is_blank).split(is_blank).next())
        .map(Keyword::of);
    if let Some(found @ (Keyword::Dde | Keyword::DdeAuto)) = more {
        for span in &mut spans {
            span.opaque = false;
        }
        lexed = lex(&spans, mode.verbatim);
        (keyword, spelling) = (found, Spelling::Loose);
    }
    Instruction {
        lexed,
        keyword,
        spelling,
        notes,
        certain,
    }
}

/// What a field contributes to the one around it. Everything it produces is paid.
fn value(
    tree: &Tree<'_>,
    member: &Member,
    instruction: &Instruction,
    mode: Mode,
    environment: &Environment,
    budget: &Budget<'_>,
    values: &BTreeMap<u32, Known>,
) -> Result<Known, Exhausted> {
    let mut cached = String::new();
    for piece in &member.result {
        let text = match piece.field() {
            _ if mode.removed && piece.style.has(Style::OPTIONAL) => continue,
            None => tree.forest.piece_text(piece, mode.untrimmed),
            Some(child) => match values.get(&child) {
                Some(known) if known.cached.is_empty() => &known.value.text,
                Some(known) => &known.cached,
                None => continue,
            },
        };
        pay(text, budget)?;
        cached.push_str(text);
    }
    // The end of the paragraph or cell that follows a result is not part of it.
    let end = cached.trim_end_matches(['\r', '\u{7}']).len();
    cached.truncate(end);
    let tokens = &instruction.lexed.tokens;
    let mut value = match compute(instruction.keyword, tokens, mode, environment, budget)? {
        Some(mut value) => {
            value.certain &= instruction.certain;
            value
        }
        None if !cached.is_empty() => Value {
            text: cached.clone(),
            ..Value::default()
        },
        None => {
            let mut value = Value::default();
            if !acts(instruction.keyword) {
                value.notes.unresolved = true;
                value.text = placeholder(instruction);
            }
            value
        }
    };
    value.notes.merge(instruction.notes);
    pay(&value.text, budget)?;
    Ok(Known { value, cached })
}

/// Fields that reach out leave nothing where they stand, as far as we can know.
fn acts(keyword: Keyword) -> bool {
    keyword.acts() && !matches!(keyword, Keyword::Set | Keyword::Ask)
}

/// Stands for a value that the document does not tell.
fn placeholder(instruction: &Instruction) -> String {
    /// Longer arguments are not shown.
    const SHOWN: usize = 64;
    let mut tokens = instruction.lexed.tokens.iter().map(|token| &token.text);
    let shown = |text: &String| text.chars().take(SHOWN).collect::<String>();
    let keyword = tokens.next().map(shown).unwrap_or_default().to_uppercase();
    match tokens.next().map(shown) {
        Some(argument) => format!("\u{27e6}{keyword} {argument}\u{27e7}"),
        None => format!("\u{27e6}{keyword}\u{27e7}"),
    }
}

fn pay(text: &str, budget: &Budget<'_>) -> Result<(), Exhausted> {
    budget.charge_produced(u64::try_from(text.len()).unwrap_or(u64::MAX))
}

/// Whether text says nothing: blanks and invisible characters.
pub(super) fn is_empty(text: &str) -> bool {
    text.chars().all(|c| is_blank(c) || is_filler(c))
}
