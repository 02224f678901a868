//! One instruction under one reading: its nested fields replaced by what they give.

use std::collections::BTreeMap;

use super::eval::{Mode, Notes};
use super::flt;
use super::keyword::Keyword;
use super::layout::{Member, Tree};
use super::lexer::{Form, Lexed, Span, is_quote, is_space, lex};
use super::rows::{Letters, Pick, Row};
use super::tree::Style;
use super::value::{Given, Known};

/// How the keyword of an instruction is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spelling {
    Literal,
    /// The text is no keyword; a binary document stores the type beside it.
    Stored,
    /// A nested field gives some of it.
    Nested,
    /// A nested field gives it, and what follows it.
    Whole,
    /// It stands in quotes.
    Loose,
}

/// An instruction under one reading.
pub(super) struct Instruction {
    pub(super) lexed: Lexed,
    pub(super) keyword: Keyword,
    /// What the type that a binary document stores with the field says, when that is another
    /// keyword.
    pub(super) other: Option<Keyword>,
    pub(super) spelling: Spelling,
    /// What the nested fields brought.
    pub(super) notes: Notes,
    /// No nested field in it is in doubt.
    pub(super) certain: bool,
    /// A nested field in it gives a number.
    pub(super) numbers: bool,
}

impl Instruction {
    /// Whether a nested field gives some of the keyword, which has more values than are kept.
    pub(super) fn is_cut_short(&self) -> bool {
        let first = self.lexed.tokens.first();
        self.notes.overflow
            && self.keyword == Keyword::Unknown
            && first.is_some_and(|token| token.opaque)
    }
}

/// Reads one instruction, its nested fields evaluated already.
pub(super) fn instruction(
    tree: &Tree<'_>,
    member: &Member,
    mode: Mode,
    row: &Row,
    values: &BTreeMap<u32, Known>,
) -> Instruction {
    let mut notes = Notes::default();
    let mut certain = true;
    let mut numbers = false;
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
        numbers |= known.number;
        certain &= known.is_certain();
        let (text, brought) = match known.give(row.pick(child)) {
            Given::Value(value) => (value.text.as_str(), Some(value)),
            Given::Text(text) => (text, known.first()),
            Given::Nothing => ("", known.first()),
        };
        if let Some(brought) = brought {
            notes.merge(brought.notes);
        }
        if !text.is_empty() || !matches!(row.pick(child), Pick::Omitted) {
            spans.push(Span { text, opaque: true });
        }
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
        .and_then(|token| {
            let ends = |c| is_space(c) || is_quote(c);
            let text = token.text.trim_start_matches(ends);
            text.split(|c| ends(c) || c == '\\').next()
        })
        .map(Keyword::of);
    if let Some(found) = more
        && found != Keyword::Data
        && (found.is_dde() || found.loads())
    {
        for span in &mut spans {
            span.opaque = false;
        }
        lexed = lex(&spans, mode.verbatim);
        (keyword, spelling) = (found, Spelling::Whole);
    }
    let stored = flt::keyword(member.node.flt);
    if keyword == Keyword::Unknown
        && let Some(stored) = stored
    {
        (keyword, spelling) = (stored, Spelling::Stored);
    }
    Instruction {
        other: stored.filter(|stored| *stored != keyword),
        lexed,
        keyword,
        spelling,
        notes,
        certain,
        numbers,
    }
}

/// The pieces of an instruction as they may spell a keyword.
pub(super) fn letters<'a>(
    tree: &'a Tree<'_>,
    member: &'a Member,
    mode: Mode,
    values: &'a BTreeMap<u32, Known>,
) -> impl Iterator<Item = Letters<'a>> {
    member
        .instruction
        .iter()
        .filter(move |piece| !(mode.removed && piece.style.has(Style::OPTIONAL)))
        .map(move |piece| match piece.field() {
            None => Letters::Plain(tree.forest.piece_text(piece, mode.untrimmed)),
            Some(child) => {
                let known = values.get(&child);
                Letters::Nested(child, known.map(Known::all).unwrap_or_default())
            }
        })
}
