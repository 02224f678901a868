//! How a field was disguised: the techniques that its readings undid.

use super::draft::Draft;
use super::instruction::Spelling;
use super::layout::{Member, Tree};
use super::outcome::Outcome;
use super::tree::{Piece, Style};
use super::variants::{Told, is_empty, shown};
use crate::limits::Budget;
use crate::link::{Reading, Technique, TechniqueId};

/// Steps that are shown with what stood there before and after; the others are named only.
const STEPS: usize = 16;

/// Bytes of an instruction that are looked at for showing it.
const SHOWN: usize = 1_024;

/// The techniques of a field, sorted.
pub(super) fn techniques(
    draft: &Draft,
    tree: &Tree<'_>,
    member: &Member,
    outcome: &Outcome,
    told: &Told,
    budget: &Budget<'_>,
) -> Vec<Technique> {
    let any = |style| {
        member
            .instruction
            .iter()
            .any(|piece| piece.style.has(style))
    };
    let text = |style: Style| {
        member
            .instruction
            .iter()
            .any(|p| p.style.has(style) && !is_empty(tree.forest.piece_text(p, false)))
    };
    let nested = member.children().next().is_some();
    let (runs, paragraphs) = splits(tree, &member.instruction);
    let in_if = tree
        .ancestors(member)
        .any(|around| told.ifs.contains(&around.id));
    let in_field = member.parent.is_some() || member.node.in_result;
    let spaces = tree.untrimmed && draft.depends_on_spaces();
    let spoof = match outcome {
        Outcome::Dde { readings, .. } => readings.first().is_some_and(is_spoof),
        Outcome::External(_) | Outcome::Literal(_) => false,
    };
    let ignorable = member
        .instruction
        .iter()
        .any(|p| p.style.has(Style::OPTIONAL) && !p.style.has(Style::DELETED));
    let spelled_nested = matches!(
        draft.spelling,
        Some(Spelling::Nested | Spelling::Whole | Spelling::Loose)
    );
    let mut found = steps(tree, member, told, budget);
    let flags = [
        (any(Style::REFERENCED), TechniqueId::CharacterReferences),
        (draft.curly, TechniqueId::CurlyQuotes),
        (draft.exfiltration, TechniqueId::Exfiltration),
        (draft.filler, TechniqueId::FillerCharacters),
        (draft.mismatch, TechniqueId::FltMismatch),
        (draft.notes.hex, TechniqueId::HexCodes),
        (member.node.locked, TechniqueId::Locked),
        (
            ignorable || member.node.alternate != 0,
            TechniqueId::MarkupAlternative,
        ),
        (spelled_nested && nested, TechniqueId::NestedKeyword),
        (nested, TechniqueId::NestedField),
        (in_if, TechniqueId::NestedInIf),
        (in_field && !in_if, TechniqueId::NestedInField),
        (spoof, TechniqueId::PromptSpoof),
        (draft.notes.codes, TechniqueId::QuoteCodes),
        (draft.notes.shape, TechniqueId::ShapeAlias),
        (spaces, TechniqueId::SpaceTrim),
        (paragraphs, TechniqueId::SplitParagraphs),
        (runs, TechniqueId::SplitRuns),
        (text(Style::ORDINARY), TechniqueId::TextInInstruction),
        (any(Style::DELETED), TechniqueId::TrackedDeletion),
        (!member.node.closed, TechniqueId::Unclosed),
        (draft.notes.unresolved, TechniqueId::Unresolved),
    ];
    for (_, id) in flags.into_iter().filter(|(is, _)| *is) {
        // What is shown in full need not be named again.
        if !found.iter().any(|technique| technique.id == id) {
            found.push(Technique::from(id));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// How the nested fields got their values, in the order of the document: what stands there, and
/// what it came to.
fn steps(tree: &Tree<'_>, member: &Member, told: &Told, budget: &Budget<'_>) -> Vec<Technique> {
    let mut found: Vec<Technique> = Vec::new();
    let mut left = STEPS;
    // Fields without steps in them are passed by, so that each turn leads to one.
    let mut todo = vec![member.children()];
    while let Some(children) = todo.last_mut() {
        let Some(id) = children.next() else {
            todo.pop();
            continue;
        };
        let Some(child) = tree.members.get(&id).filter(|_| told.stepped.contains(&id)) else {
            continue;
        };
        todo.push(child.children());
        let Some((ids, value)) = told.steps.get(&id) else {
            continue;
        };
        if let Some(fewer) = left.checked_sub(1) {
            left = fewer;
            let before = shown(&tree.raw(child, SHOWN, budget));
            let step = |id: &TechniqueId| Technique::step(*id, before.as_str(), value.as_str());
            found.extend(ids.iter().map(step));
            continue;
        }
        for id in ids {
            if !found.iter().any(|technique| technique.id == *id) {
                found.push(Technique::from(*id));
            }
        }
    }
    found
}

/// Whether neighbouring elements share the instruction, and whether a paragraph or cell ends
/// inside it.
fn splits(tree: &Tree<'_>, pieces: &[Piece]) -> (bool, bool) {
    let (mut runs, mut paragraphs) = (false, false);
    let (mut before, mut ended) = (false, false);
    for piece in pieces {
        if piece.field().is_some() {
            before = false;
        } else if piece.style.has(Style::BREAK) {
            ended = true;
        } else if !is_empty(tree.forest.piece_text(piece, false)) {
            runs |= before;
            paragraphs |= ended;
            before = true;
            ended = false;
        }
        // A break in front of the first word says nothing.
        ended &= before || paragraphs;
    }
    (runs, paragraphs)
}

/// A third argument that only serves to be read: it has blanks and names no range.
fn is_spoof(reading: &Reading) -> bool {
    reading
        .item
        .as_deref()
        .is_some_and(|item| item.trim().contains(char::is_whitespace) && !item.contains('!'))
}
