//! What the readings of one field say, put together.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::disguise;
use super::eval::{Mode, Notes};
use super::external::{best, external, is_remote};
use super::guess::{guess, is_braced, is_untold, literal, reading};
use super::instruction::{Instruction, Spelling};
use super::keyword::{Arguments, Keyword};
use super::layout::{Member, Tree};
use super::lexer::{Form, Token};
use super::outcome::{Answer, External, Found, Outcome};
use super::variants::Told;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Confidence, Reading};

/// One field while its tree is read again and again.
#[derive(Default)]
pub(super) struct Draft {
    readings: Vec<Reading>,
    /// A DDE field without a service: no program would run it.
    bare: Option<Reading>,
    literal: Option<Reading>,
    /// What the field may be whose keyword nobody can tell.
    guess: Option<Reading>,
    /// With whether a nested field gives some of the target.
    externals: Vec<(External, bool)>,
    auto: bool,
    /// The best spelling of the keyword that gave a finding.
    pub(super) spelling: Option<Spelling>,
    /// The first reading gave one.
    first: bool,
    pub(super) curly: bool,
    pub(super) filler: bool,
    pub(super) notes: Notes,
    /// The stored type of the field is another one than its text says.
    pub(super) mismatch: bool,
    /// A nested field gives some of an address that leads to another machine, and tells of the
    /// document or of who opens it.
    pub(super) exfiltration: bool,
    capped: bool,
    /// What the readings with and without the white space at the edges gave, as digests.
    trimmed: Vec<u64>,
    untrimmed: Vec<u64>,
}

/// An instruction as a field of one type.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    instruction: &'a Instruction,
    keyword: Keyword,
    spelling: Spelling,
}

impl Draft {
    /// Whether this reading makes anything of the field that is worth a draft: as what its text
    /// says it is, or as what the type says that is stored with it.
    pub(super) fn wants(instruction: &Instruction, stored: bool) -> Option<View<'_>> {
        let (keyword, spelling) = if stored {
            (instruction.other?, Spelling::Stored)
        } else {
            (instruction.keyword, instruction.spelling)
        };
        let wanted = keyword.is_dde()
            || keyword.carrier().is_some()
            || keyword == Keyword::Unknown && (is_braced(instruction) || is_untold(instruction));
        wanted.then_some(View {
            instruction,
            keyword,
            spelling,
        })
    }

    /// Adds what one reading says. `first` is the reading of everything as it stands.
    pub(super) fn add(
        &mut self,
        tree: &Tree<'_>,
        member: &Member,
        mode: Mode,
        first: bool,
        view: View<'_>,
        budget: &Budget<'_>,
    ) {
        let View {
            instruction,
            keyword,
            spelling,
        } = view;
        let tokens = &instruction.lexed.tokens;
        let gave = if keyword.is_dde() {
            self.dde(view, mode, budget);
            true
        } else if keyword == Keyword::Unknown && is_untold(instruction) {
            // That what follows is a program says which field it is.
            self.guess = self.guess.take().or_else(|| guess(tokens));
            return;
        } else if keyword == Keyword::Unknown {
            self.literal(tree, member)
        } else {
            self.external(keyword, tokens, budget)
        };
        if !gave {
            return;
        }
        self.first |= first;
        self.mismatch |= instruction.other.is_some();
        self.spelling = Some(match self.spelling {
            Some(known) => known.min(spelling),
            None => spelling,
        });
        self.curly |= instruction.lexed.curly;
        self.filler |= instruction.lexed.filler;
        self.notes.merge(instruction.notes);
    }

    /// There were more readings than were made.
    pub(super) fn cap(&mut self) {
        self.capped = true;
    }

    /// No more readings are kept.
    pub(super) fn is_capped(&self) -> bool {
        self.capped
    }

    fn dde(&mut self, view: View<'_>, mode: Mode, budget: &Budget<'_>) {
        let tokens = &view.instruction.lexed.tokens;
        let arguments = Arguments::of(view.keyword, tokens);
        self.auto |= view.keyword == Keyword::DdeAuto || arguments.has("a");
        let reading = reading(&arguments, tokens);
        if view.spelling == Spelling::Stored
            && let Some(token) = tokens.first().filter(|token| is_argument(token))
        {
            // No keyword at all: the first token is the service.
            self.reading(
                Reading {
                    service: Some(token.text.clone()),
                    topic: reading.service.clone(),
                    item: reading.topic.clone(),
                    resolved: reading.resolved.clone(),
                },
                mode,
                budget,
            );
        }
        if reading.service.is_some() {
            self.reading(reading, mode, budget);
        } else if reading.topic.is_some() {
            // Nothing answers to an empty name; the program is what the topic names.
            let service = Some(String::new());
            let shifted = Reading {
                service: reading.topic.clone(),
                topic: reading.item.clone(),
                item: None,
                resolved: reading.resolved.clone(),
            };
            self.reading(Reading { service, ..reading }, mode, budget);
            self.reading(shifted, mode, budget);
        } else if view.spelling != Spelling::Stored {
            self.bare.get_or_insert(reading);
        }
    }

    fn reading(&mut self, reading: Reading, mode: Mode, budget: &Budget<'_>) {
        let cap = usize::try_from(budget.limits().variants)
            .unwrap_or(usize::MAX)
            .max(1);
        let edges = if mode.untrimmed {
            &mut self.untrimmed
        } else {
            &mut self.trimmed
        };
        let digest = digest(&reading);
        if edges.len() < cap && !edges.contains(&digest) {
            edges.push(digest);
        }
        if self.readings.iter().any(|known| same(known, &reading)) {
            return;
        }
        let texts = [&reading.service, &reading.topic, &reading.item];
        let bytes = texts
            .into_iter()
            .flatten()
            .map(String::len)
            .fold(reading.resolved.len(), usize::saturating_add);
        let first = self.readings.is_empty();
        if self.readings.len() < cap && (first || pay(bytes, budget)) {
            self.readings.push(reading);
        } else {
            self.capped = true;
        }
    }

    /// Literal braces: a DDE field typed as text, which is none (`spec/word.md` §0.4).
    fn literal(&mut self, tree: &Tree<'_>, member: &Member) -> bool {
        if member.children().next().is_some() {
            return false;
        }
        let text: String = member
            .instruction
            .iter()
            .map(|piece| tree.forest.piece_text(piece, false))
            .collect();
        let Some(reading) = literal(&text) else {
            return false;
        };
        self.literal.get_or_insert(reading);
        true
    }

    fn external(&mut self, keyword: Keyword, tokens: &[Token], budget: &Budget<'_>) -> bool {
        let found = external(keyword, tokens);
        let gave = !found.is_empty();
        let cap = usize::try_from(budget.limits().variants).unwrap_or(usize::MAX);
        for external in found {
            let same = |(known, _): &(External, bool)| {
                (&known.carrier, &known.target, &known.class)
                    == (&external.carrier, &external.target, &external.class)
            };
            if self.externals.iter().any(same) {
                continue;
            }
            let bytes = external
                .target
                .len()
                .saturating_add(external.resolved.len());
            let first = self.externals.is_empty();
            if self.externals.len() < cap.max(1) && (first || pay(bytes, budget)) {
                let nested = tokens
                    .iter()
                    .any(|token| token.opaque && token.text.contains(&external.target));
                self.externals.push((external, nested));
            } else {
                self.capped = true;
            }
        }
        gave
    }

    /// Makes the findings of the field, if there are any.
    pub(super) fn settle(
        mut self,
        tree: &Tree<'_>,
        id: u32,
        told: &Told,
        budget: &Budget<'_>,
        answer: &mut Answer,
    ) {
        let Some(member) = tree.members.get(&id) else {
            return;
        };
        if self.spelling.is_some() && (self.capped || self.notes.overflow) {
            answer.end(Exhausted::Limit(Limit::Variants));
        }
        let outcome = if !self.readings.is_empty() {
            Outcome::Dde {
                auto: self.auto,
                readings: std::mem::take(&mut self.readings),
            }
        } else if let Some((external, nested)) = best(std::mem::take(&mut self.externals)) {
            self.exfiltration = nested
                && is_remote(&external.target)
                && member
                    .children()
                    .any(|child| told.personal.contains(&child));
            Outcome::External(external)
        } else if let Some(reading) = self.guess.take() {
            self.spelling = Some(Spelling::Loose);
            self.notes.unresolved = true;
            Outcome::Dde {
                auto: true,
                readings: vec![reading],
            }
        } else if let Some(reading) = self.literal.take().or_else(|| self.bare.take()) {
            Outcome::Literal(reading)
        } else {
            return;
        };
        let techniques = if matches!(outcome, Outcome::Literal(_)) {
            Vec::new()
        } else {
            disguise::techniques(&self, tree, member, &outcome, told, budget)
        };
        let dirty = tree.ancestors(member).any(|around| around.node.dirty);
        answer.found.push(Found {
            node: id,
            confidence: self.confidence(member).min(member.node.confidence),
            techniques,
            raw: tree.raw(member, usize::MAX, budget),
            dirty: dirty || member.node.dirty,
            outcome,
        });
    }

    fn confidence(&self, member: &Member) -> Confidence {
        match self.spelling {
            Some(Spelling::Loose) => Confidence::Low,
            Some(Spelling::Stored | Spelling::Nested | Spelling::Whole) => Confidence::Medium,
            Some(Spelling::Literal) | None if !self.first => Confidence::Medium,
            Some(Spelling::Literal) | None if !member.node.closed => Confidence::High,
            Some(Spelling::Literal) | None => Confidence::Certain,
        }
    }

    /// White space at the edges of elements makes a difference.
    pub(super) fn depends_on_spaces(&self) -> bool {
        self.untrimmed != self.trimmed
    }
}

/// Pays for keeping one more reading; those of ordinary length cost no more than their field.
fn pay(bytes: usize, budget: &Budget<'_>) -> bool {
    /// Bytes of a reading that are not counted.
    const ORDINARY: usize = 2_048;
    let cost = u64::try_from(bytes.saturating_sub(ORDINARY)).unwrap_or(u64::MAX);
    cost == 0 || budget.charge_produced(cost).is_ok()
}

fn digest(reading: &Reading) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&reading.service, &reading.topic, &reading.item).hash(&mut hasher);
    hasher.finish()
}

fn same(one: &Reading, other: &Reading) -> bool {
    (&one.service, &one.topic, &one.item) == (&other.service, &other.topic, &other.item)
}

/// Looks like an argument, not like a keyword in some language.
fn is_argument(token: &Token) -> bool {
    token.form == Form::Quoted || token.text.contains(['\\', '/', '.', ':'])
}
