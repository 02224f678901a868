//! The readings of a tree of fields and what they amount to (`spec/word.md` §0.7).
//!
//! A tree is read once as it stands, and once more for each combination of the readings of its
//! text that are in doubt. In each, the fields are read from the inside out, every instruction
//! under the rows of values that its nested fields may have ([`rows`](super::rows)). What goes
//! beyond the first reading costs evaluator steps in proportion to the text that is read. What
//! the readings say is collected field by field in [`draft`](super::draft).
//!
//! # Malformed input
//!
//! When the budget ends, what was read so far is the answer, and the answer says why it ended.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::environment::Environment;
use super::eval::Mode;
use super::instruction::{Instruction, instruction, letters};
use super::keyword::{Arguments, Keyword};
use super::layout::{Member, Tree, steps};
use super::lexer::{is_blank, is_filler};
use super::outcome::Answer;
use super::rows::{Doubts, Rows, Spelled, rows, spelled};
use super::tree::{Forest, Style};
use super::value::{Gathering, Known};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;

/// What the readings of a tree told.
#[derive(Default)]
pub(super) struct Told {
    /// By field, and whether it is the one that the stored type of the field says.
    drafts: BTreeMap<(u32, bool), Draft>,
    /// Nobody asks for findings: only names are given their values.
    naming: bool,
    /// The IF fields.
    pub(super) ifs: BTreeSet<u32>,
    /// Fields that tell of the document or of who opens it, and those around them.
    pub(super) personal: BTreeSet<u32>,
    /// What was done to get the value of a field, and the value.
    pub(super) steps: BTreeMap<u32, (Vec<TechniqueId>, String)>,
    /// Fields with steps, and those around them.
    pub(super) stepped: BTreeSet<u32>,
    ambiguous: bool,
}

/// Says what the fields of a tree do. Call it for the trees in document order: a name has the
/// value that was assigned last.
pub(crate) fn evaluate(
    forest: &Forest,
    root: u32,
    environment: &mut Environment,
    budget: &Budget<'_>,
) -> Answer {
    let mut answer = Answer::default();
    environment.now = root;
    let evaluated = Tree::with(forest, root, budget, |tree| {
        readings(tree, environment, budget, &mut answer);
    });
    let evaluated = match evaluated {
        Err(cause @ Exhausted::Limit(Limit::LiveBytes)) => {
            Tree::apart(forest, root, cause, budget, |tree| {
                readings(tree, environment, budget, &mut answer);
            })
        }
        other => other,
    };
    if let Err(cause) = evaluated {
        answer.end(cause);
    }
    answer
}

fn readings(
    tree: &Tree<'_>,
    environment: &mut Environment,
    budget: &Budget<'_>,
    answer: &mut Answer,
) {
    let mut told = Told::default();
    read(tree, Mode::FIRST, environment, budget, &mut told, answer);
    let more = match tree.spent {
        Some(cause) => {
            answer.end(cause);
            Vec::new()
        }
        None => modes(tree, told.ambiguous),
    };
    for mode in more {
        if let Err(cause) = budget.charge_steps(tree.steps) {
            answer.end(cause);
            break;
        }
        read(tree, mode, environment, budget, &mut told, answer);
    }
    let drafts = std::mem::take(&mut told.drafts);
    for ((id, _), draft) in drafts {
        draft.settle(tree, id, &told, budget, answer);
    }
}

/// Carries out the SET and ASK fields of a tree. Call it for every tree, twice, before
/// [`evaluate`]: names are known in the whole document, before they are set too. Half of the
/// evaluator's steps and bytes is left for that.
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
    let carry_out = |tree: &Tree<'_>| {
        if !tree.assigns() {
            return Ok(());
        }
        if let Some(cause) = tree.spent {
            return Err(cause);
        }
        for verbatim in [false, true] {
            let mode = Mode {
                verbatim,
                ..Mode::FIRST
            };
            let mut told = Told {
                naming: true,
                ..Told::default()
            };
            let mut answer = Answer::default();
            read(tree, mode, environment, budget, &mut told, &mut answer);
            if let Some(cause) = answer.ended.first() {
                return Err(*cause);
            }
            if !told.ambiguous {
                break;
            }
        }
        Ok(())
    };
    budget.sparing(|| Tree::with(forest, root, budget, carry_out))?
}

/// The combinations of readings of the text beyond the first.
fn modes(tree: &Tree<'_>, ambiguous: bool) -> Vec<Mode> {
    let optional = tree.any(|piece| piece.style.has(Style::OPTIONAL));
    let both = |doubt: bool| {
        if doubt {
            [false, true].as_slice()
        } else {
            &[false]
        }
    };
    let mut modes = Vec::new();
    for kept in both(optional) {
        for untrimmed in both(tree.untrimmed) {
            for verbatim in both(ambiguous) {
                modes.push(Mode {
                    removed: !kept,
                    untrimmed: *untrimmed,
                    verbatim: *verbatim,
                });
            }
        }
    }
    modes.retain(|mode| *mode != Mode::FIRST);
    modes
}

/// Reads every field of the tree under one mode, and carries out its SET and ASK fields.
fn read(
    tree: &Tree<'_>,
    mode: Mode,
    environment: &mut Environment,
    budget: &Budget<'_>,
    told: &mut Told,
    answer: &mut Answer,
) {
    let mut values = BTreeMap::new();
    for member in tree.members.values() {
        let known = field(
            tree,
            member,
            mode,
            &values,
            environment,
            budget,
            told,
            answer,
        );
        if let Some(known) = known {
            told.note(member, &known);
            values.insert(member.id, known);
        }
    }
}

impl Told {
    /// Notes how the value of a nested field came about.
    fn note(&mut self, member: &Member, known: &Known) {
        let Some(value) = known.first().filter(|value| !value.steps.is_empty()) else {
            return;
        };
        self.stepped.insert(member.id);
        self.steps
            .entry(member.id)
            .or_insert_with(|| (value.steps.clone(), shown(&value.text)));
    }

    /// What the readings of a field amount to so far.
    fn drafted(&self, member: &Member) -> impl Iterator<Item = &Draft> {
        [false, true]
            .into_iter()
            .filter_map(|stored| self.drafts.get(&(member.id, stored)))
    }

    /// Whether more readings of a field may say more.
    fn asks(&self, member: &Member) -> bool {
        self.drafted(member).any(|draft| !draft.is_capped())
    }

    /// Notes what a field is, and what those in it are.
    fn sort(&mut self, member: &Member, instruction: &Instruction) {
        if instruction.keyword == Keyword::If {
            self.ifs.insert(member.id);
        }
        let personal = |id: u32| self.personal.contains(&id);
        if instruction.keyword.is_personal() || member.children().any(personal) {
            self.personal.insert(member.id);
        }
        if member.children().any(|child| self.stepped.contains(&child)) {
            self.stepped.insert(member.id);
        }
    }
}

/// What is shown of a text that was computed.
pub(super) fn shown(text: &str) -> String {
    /// Characters; more is cut.
    const SHOWN: usize = 200;
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(SHOWN).collect();
    if chars.next().is_some() {
        shown.push('\u{2026}');
    }
    shown
}

/// Whether text says nothing: blanks and invisible characters.
pub(super) fn is_empty(text: &str) -> bool {
    text.chars().all(|c| is_blank(c) || is_filler(c))
}

/// Reads one field, its nested fields evaluated already, under every row of their values. Returns
/// what it gives to the field around it, if there is one.
#[expect(clippy::too_many_arguments, reason = "one step of the loop above")]
fn field(
    tree: &Tree<'_>,
    member: &Member,
    mode: Mode,
    values: &BTreeMap<u32, Known>,
    environment: &mut Environment,
    budget: &Budget<'_>,
    told: &mut Told,
    answer: &mut Answer,
) -> Option<Known> {
    let nested = member.parent.is_some();
    let purse = tree.purse(budget);
    let mut gathering = match nested.then(|| Gathering::new(tree, member, mode, values, purse)) {
        Some(Ok(gathering)) => Some(gathering),
        Some(Err(cause)) => {
            answer.end(cause);
            None
        }
        None => None,
    };
    let Rows {
        rows,
        leading,
        mut capped,
        partial,
    } = choose(tree, member, mode, values, budget);
    if partial {
        answer.end(Exhausted::Limit(Limit::Variants));
    }
    let weight = weight(member, values);
    let mut assigned = 0;
    for (number, row) in rows.iter().enumerate() {
        let full = gathering.as_ref().is_none_or(Gathering::is_full);
        // Nobody asks for more, or no more is kept.
        if number >= leading && full && assigned == 0 && !told.asks(member) {
            capped &= told.drafted(member).next().is_some();
            break;
        }
        if number > 0
            && let Err(cause) = tree
                .spent
                .map_or(Ok(()), Err)
                .and_then(|()| budget.charge_steps(weight))
        {
            answer.end(cause);
            capped = false;
            break;
        }
        let instruction = instruction(tree, member, mode, row, values);
        told.ambiguous |= instruction.lexed.ambiguous;
        if number == 0 {
            told.sort(member, &instruction);
        }
        if instruction.is_cut_short() {
            answer.end(Exhausted::Limit(Limit::Variants));
        }
        for stored in [false, true] {
            if let Some(view) = Draft::wants(&instruction, stored).filter(|_| !told.naming) {
                let draft = told.drafts.entry((member.id, stored)).or_default();
                let first = mode == Mode::FIRST && number == 0;
                draft.add(tree, member, mode, first, view, budget);
            }
        }
        if let Some((name, value)) = assignment(&instruction)
            && assigned < ASSIGNED
            && !row.omits()
        {
            let order = order(member, mode, assigned);
            if !environment.bookmark(name, order, &value, budget) {
                answer.end(Exhausted::Limit(Limit::LiveBytes));
            }
            assigned = assigned.saturating_add(1);
        }
        if let Some(gathering) = &mut gathering
            && !gathering.is_full()
            && let Err(cause) = gathering.add(member, &instruction, environment, purse)
        {
            answer.end(cause);
        }
    }
    if capped {
        if let Some(gathering) = &mut gathering {
            gathering.cap();
        }
        for stored in [false, true] {
            if let Some(draft) = told.drafts.get_mut(&(member.id, stored)) {
                draft.cap();
            }
        }
    }
    gathering?.finish(member.node.locked)
}

/// Values that one SET field gives to its name under one reading of its text.
const ASSIGNED: u32 = 8;

/// Where the value of a SET field stands among those of the document: the most plausible one is
/// the last, which is the one in force.
fn order(member: &Member, mode: Mode, assigned: u32) -> u32 {
    let doubts = [!mode.removed, mode.untrimmed, mode.verbatim];
    let mode = doubts.into_iter().fold(0, |sum: u32, doubt| {
        sum.saturating_mul(2).saturating_add(u32::from(doubt))
    });
    // Eight modes of eight values each; 0 stands for the document itself.
    let behind = mode.saturating_mul(ASSIGNED).saturating_add(assigned);
    let place = 64_u32.saturating_sub(behind);
    member.id.saturating_mul(65).saturating_add(place)
}

/// The rows under which an instruction is read.
fn choose(
    tree: &Tree<'_>,
    member: &Member,
    mode: Mode,
    values: &BTreeMap<u32, Known>,
    budget: &Budget<'_>,
) -> Rows {
    let mut doubts = Doubts::default();
    for child in member.children() {
        let Some(known) = values.get(&child) else {
            continue;
        };
        if known.choices() > 1 {
            doubts.varied.push((child, known.choices()));
        }
        doubts.stored |= known.is_stored();
        doubts.omitted |= !known.is_certain();
    }
    if doubts.varied.is_empty() && !doubts.stored && !doubts.omitted {
        return rows(&doubts, Vec::new());
    }
    let Spelled { found, whole } = spelled(letters(tree, member, mode, values), budget);
    let picks = found
        .into_iter()
        .map(|(_, picks)| picks)
        .filter(|picks| !picks.is_empty());
    let mut rows = rows(&doubts, picks.collect());
    rows.partial = !whole;
    rows
}

/// What reading the instruction once costs.
fn weight(member: &Member, values: &BTreeMap<u32, Known>) -> u64 {
    let nested = member.children().filter_map(|child| values.get(&child));
    let weight = nested
        .map(Known::weight)
        .fold(Forest::weight(&member.node), u64::saturating_add);
    steps(weight)
}

/// The name that a SET or ASK field gives, and the value.
fn assignment(instruction: &Instruction) -> Option<(&str, String)> {
    let arguments = Arguments::of(instruction.keyword, &instruction.lexed.tokens);
    let value = if instruction.keyword == Keyword::Ask {
        arguments.value("d").unwrap_or_default().to_owned()
    } else if instruction.keyword == Keyword::Set {
        let words = arguments.words.iter().skip(1);
        let words: Vec<&str> = words.map(|token| token.text.as_str()).collect();
        words.join(" ")
    } else {
        return None;
    };
    Some((arguments.word(0)?, value))
}
