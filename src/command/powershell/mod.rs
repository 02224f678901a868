//! PowerShell, as far as it hides what it would run: the script is read as PowerShell reads it
//! (`about_Parsing`, `about_Operator_Precedence`), what is constant is worked out, and text that the
//! script would run as a script is put in its place and read again until nothing is left.
//!
//! What depends on the machine or on the network stays as it stands. Loops are not run, apart from
//! `ForEach-Object` over constants.
//!
//! # Malformed input
//!
//! PowerShell refuses a script with a syntax error as a whole; here everything is read that can be.
//!
//! # Worst cases
//!
//! Every byte that is read or produced is paid for. Brackets are read [`DEPTH`] deep, what is deeper
//! stays as it stands; text that runs text that runs text is followed [`ROUNDS`] times.

mod aliases;
mod calls;
mod commands;
mod encoding;
mod environment;
mod expression;
mod format;
mod indices;
mod members;
mod number;
mod operators;
mod replace;
mod scan;
mod start;
mod statement;
mod statics;
mod stream;
mod strings;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;

pub(super) use encoding::command as encoded_command;
use scan::Scan;
pub(super) use scan::is_dash;
use value::Value;

use super::unfold::{Fuel, Outcome};
use crate::link::{Technique, TechniqueId};

/// How deep brackets are read.
const DEPTH: usize = 24;
/// How often text that is run is read again.
const ROUNDS: usize = 256;
/// Steps noted of one script.
const STEPS: usize = 64;

/// What a script would run.
pub(crate) fn run(code: &str, fuel: &mut Fuel<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut code = code.trim().to_owned();
    let mut stuck = false;
    let mut rounds = 0usize;
    loop {
        if !fuel.pay(code.len()) {
            outcome.clear = Some(code);
            return outcome;
        }
        let mut folder = Folder::new(fuel);
        let mut scan = Scan::new(&code);
        let clear = folder.statements(&mut scan, None).text;
        let Folder {
            outcome: found,
            spliced,
            stuck: stuck_now,
            ..
        } = folder;
        stuck |= stuck_now;
        for step in found.steps {
            if outcome.steps.len() < STEPS && !outcome.steps.contains(&step) {
                outcome.steps.push(step);
            }
        }
        rounds = rounds.saturating_add(1);
        if !spliced || rounds >= ROUNDS || fuel.is_out() {
            stuck |= spliced;
            outcome.next = found.next;
            outcome.clear = Some(clear);
            break;
        }
        code = clear.trim().to_owned();
    }
    if stuck {
        outcome.steps.push(Technique::from(TechniqueId::Undecoded));
    }
    outcome
}

/// A part of a script.
#[derive(Clone, Debug, Default)]
struct Piece {
    /// As it stands, what is inside in clear. Empty where the value says it: see [`Piece::shown`].
    text: String,
    value: Option<Value>,
    /// The value takes the place of the text.
    folded: bool,
    /// The variable that it is.
    variable: Option<String>,
    /// What stands in front of it in a pipeline is part of it.
    takes_input: bool,
}

impl Piece {
    fn text(text: impl Into<String>) -> Piece {
        Piece {
            text: text.into(),
            ..Piece::default()
        }
    }

    fn folded(value: Value) -> Piece {
        Piece {
            value: Some(value),
            folded: true,
            ..Piece::default()
        }
    }

    /// The text in clear.
    fn shown(&self) -> String {
        match &self.value {
            Some(value) if self.folded => value.literal().unwrap_or_else(|| self.text.clone()),
            _ => self.text.clone(),
        }
    }

    /// The constant as text.
    fn as_text(&self) -> Option<String> {
        Some(self.value.as_ref()?.text()?.into_owned())
    }
}

/// Reads a script once.
struct Folder<'f, 'p> {
    fuel: &'f mut Fuel<'p>,
    outcome: Outcome,
    variables: BTreeMap<String, Value>,
    /// What is assigned to the other variables.
    sources: BTreeMap<String, String>,
    /// Variables of the environment stand for themselves, as other programs write them.
    symbolic: bool,
    /// Aliases that the script defines.
    aliases: BTreeMap<String, String>,
    /// How much was put in clear so far: where nothing was, the text stays as it stands.
    changes: usize,
    /// Text that is run was put in place and has to be read.
    spliced: bool,
    /// Something is visibly disguised still.
    stuck: bool,
    depth: usize,
    /// Commas part the arguments of a method here and make no list.
    arguments: bool,
    /// Brackets of expressions around here: only the outermost says what was undone.
    nested: usize,
    /// What was undone in the expression that is being read.
    pending: Vec<TechniqueId>,
    /// Loops around here that are being run: no steps, nothing that starts.
    running: usize,
}

impl<'f, 'p> Folder<'f, 'p> {
    fn new(fuel: &'f mut Fuel<'p>) -> Self {
        Folder {
            fuel,
            outcome: Outcome::default(),
            variables: BTreeMap::new(),
            sources: BTreeMap::new(),
            symbolic: false,
            aliases: BTreeMap::new(),
            changes: 0,
            spliced: false,
            stuck: false,
            depth: 0,
            arguments: false,
            nested: 0,
            pending: Vec::new(),
            running: 0,
        }
    }

    /// Something was put in clear.
    fn changed(&mut self) {
        self.changes = self.changes.saturating_add(1);
    }

    /// A disguise in the expression that is being read.
    fn note(&mut self, id: TechniqueId) {
        self.changed();
        if !self.pending.contains(&id) {
            self.pending.push(id);
        }
    }

    /// A disguise with what stood there.
    fn step(&mut self, id: TechniqueId, before: &str, after: &str) {
        self.changed();
        let full = self.outcome.steps.len() >= STEPS;
        if !full && self.running == 0 && self.fuel.pay(before.len().saturating_add(after.len())) {
            self.outcome.step(id, before, after);
        }
    }

    /// Says what was undone in an expression that ends here.
    fn flush(&mut self, before: &str, after: &str) {
        if self.nested > 0 || self.running > 0 {
            return;
        }
        for id in std::mem::take(&mut self.pending) {
            if before == after {
                continue;
            }
            self.step(id, before.trim(), after);
        }
    }

    /// Pays for a value that is copied or made.
    fn paid(&mut self, value: Value) -> Option<Value> {
        self.fuel.pay(value.size()).then_some(value)
    }
}
