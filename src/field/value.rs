//! What a nested field gives to the one around it, under every plausible choice.

use std::collections::BTreeMap;

use super::environment::Environment;
use super::eval::{Around, Computed, Mode, Value, compute};
use super::flt;
use super::instruction::Instruction;
use super::keyword::Keyword;
use super::layout::{Member, Purse, Tree};
use super::rows::Pick;
use super::tree::Style;
use crate::limits::Exhausted;
use crate::link::TechniqueId;

/// Values kept of one field (design page, "Ambiguity").
const VALUES: usize = 8;

/// What is known of a nested field.
pub(super) struct Known {
    /// What it may give, the most plausible first; never empty.
    values: Vec<Value>,
    /// The result that is stored with it, when it says something else and the field is not
    /// locked: a locked field gives it anyway.
    stored: Option<String>,
    /// The stored result, as a field around it would store it.
    pub(super) cached: String,
    /// It gives the value of a formula.
    pub(super) number: bool,
}

/// A nested field under one pick.
pub(super) enum Given<'a> {
    Value(&'a Value),
    /// The stored result.
    Text(&'a str),
    Nothing,
}

impl Known {
    /// How many values it may have.
    pub(super) fn choices(&self) -> usize {
        self.values.len()
    }

    pub(super) fn is_certain(&self) -> bool {
        self.values.first().is_some_and(|value| value.certain)
    }

    pub(super) fn is_stored(&self) -> bool {
        self.stored.is_some()
    }

    /// What it is most plausibly, and how that came about.
    pub(super) fn first(&self) -> Option<&Value> {
        self.values.first()
    }

    pub(super) fn give(&self, pick: Pick) -> Given<'_> {
        let nth = |choice: usize| self.values.get(choice).or(self.values.last());
        let value = match (pick, &self.stored) {
            (Pick::Stored, Some(stored)) => return Given::Text(stored),
            (Pick::Omitted, _) if !self.is_certain() => return Given::Nothing,
            (Pick::Value(choice), _) => nth(choice),
            (Pick::Stored | Pick::Omitted, _) => nth(0),
        };
        value.map_or(Given::Nothing, Given::Value)
    }

    /// Every value it may give.
    pub(super) fn all(&self) -> Vec<(Pick, &str)> {
        let mut all: Vec<(Pick, &str)> = (0..)
            .zip(&self.values)
            .map(|(choice, value)| (Pick::Value(choice), value.text.as_str()))
            .collect();
        all.extend(self.stored.as_deref().map(|text| (Pick::Stored, text)));
        if !self.is_certain() {
            all.push((Pick::Omitted, ""));
        }
        all
    }

    /// Bytes of the values.
    pub(super) fn weight(&self) -> u64 {
        let values = self.values.iter().map(|value| value.text.len());
        let bytes = values.fold(0, usize::saturating_add);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// The values of one field while its instruction is read again and again.
pub(super) struct Gathering {
    cached: String,
    values: Vec<Value>,
    number: bool,
    full: bool,
}

impl Gathering {
    /// Begins with the result that is stored with the field. It is paid.
    pub(super) fn new(
        tree: &Tree<'_>,
        member: &Member,
        mode: Mode,
        values: &BTreeMap<u32, Known>,
        purse: Purse<'_>,
    ) -> Result<Self, Exhausted> {
        let mut cached = String::new();
        for piece in &member.result {
            let text = match piece.field() {
                _ if mode.removed && piece.style.has(Style::OPTIONAL) => continue,
                None => tree.forest.piece_text(piece, mode.untrimmed),
                Some(child) => match values.get(&child) {
                    Some(known) if known.cached.is_empty() => {
                        known.first().map_or("", |value| value.text.as_str())
                    }
                    Some(known) => &known.cached,
                    None => continue,
                },
            };
            purse.pay(text)?;
            cached.push_str(text);
        }
        // The end of the paragraph or cell that follows a result is not part of it.
        let end = cached.trim_end_matches(['\r', '\u{7}']).len();
        cached.truncate(end);
        Ok(Gathering {
            cached,
            values: Vec::new(),
            number: false,
            full: false,
        })
    }

    /// More readings give nothing new.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// There were more readings than were made.
    pub(super) fn cap(&mut self) {
        self.full = true;
    }

    /// Adds what one reading of the instruction gives. What is new is paid.
    pub(super) fn add(
        &mut self,
        member: &Member,
        instruction: &Instruction,
        environment: &Environment,
        purse: Purse<'_>,
    ) -> Result<(), Exhausted> {
        let keyword = instruction.keyword;
        let first = self.values.is_empty();
        if first {
            self.number = keyword == Keyword::Formula;
        }
        let around = Around {
            environment,
            purse,
            stored: flt::name(member.node.flt),
            numbers: instruction.numbers,
        };
        let Computed {
            mut values,
            weak,
            untold,
            ended,
        } = compute(keyword, &instruction.lexed.tokens, around);
        for value in &mut values {
            value.certain &= instruction.certain;
            value.notes.merge(instruction.notes);
        }
        let doubtful = weak || untold || keyword == Keyword::Formula && !instruction.certain;
        let cached = || Value {
            text: self.cached.clone(),
            notes: instruction.notes,
            ..Value::default()
        };
        if first && (values.is_empty() || untold) && self.cached.is_empty() {
            let mut value = Value {
                notes: instruction.notes,
                ..Value::default()
            };
            // Fields that reach out leave nothing where they stand, as far as we can know.
            if !keyword.acts() || keyword.assigns() {
                value.notes.unresolved = true;
                value.text = placeholder(instruction);
            }
            values.insert(0, value);
        } else if first && (values.is_empty() || doubtful && !self.cached.is_empty()) {
            values.insert(0, cached());
        }
        if keyword == Keyword::MergeField {
            for value in &mut values {
                value.steps.push(TechniqueId::DataDriven);
            }
        }
        for value in values {
            if self.values.iter().any(|known| known.text == value.text) {
                continue;
            }
            if self.values.len() >= VALUES {
                self.full = true;
                break;
            }
            if !value.paid {
                purse.pay(&value.text)?;
            }
            self.values.push(value);
        }
        ended.map_or(Ok(()), Err)
    }

    /// Ends; `None` when not even one value could be paid.
    pub(super) fn finish(self, locked: bool) -> Option<Known> {
        let Gathering {
            cached,
            mut values,
            number,
            full,
        } = self;
        let first = values.first_mut()?;
        first.notes.overflow |= full;
        let differs = cached.contains(char::is_alphanumeric) && cached != first.text;
        let mut stored = None;
        if differs && locked {
            // A locked field is not computed again.
            let known = values.iter().position(|value| value.text == cached);
            let notes = values.first().map(|value| value.notes).unwrap_or_default();
            let value = match known {
                Some(at) => values.remove(at),
                None => Value {
                    text: cached.clone(),
                    certain: values.first().is_some_and(|value| value.certain),
                    notes,
                    ..Value::default()
                },
            };
            values.insert(0, value);
        } else if differs {
            stored = Some(cached.clone());
        }
        Some(Known {
            values,
            stored,
            cached,
            number,
        })
    }
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
