//! The interpreter: takes a line command by command through the phases, keeps variables and what
//! commands print, and writes down what would start.

use std::collections::BTreeMap;

use super::super::unfold::{Fuel, Next, Outcome};
use super::carets::{self, Redirection};
use super::delayed::delayed;
use super::environment::Environment;
use super::for_loop::{self, Variables};
use super::percent::expand;
use super::split::{self, Body, after_keyword, is_delimiter};
use crate::link::{Technique, TechniqueId};

/// How deep parentheses, loops and child interpreters nest.
pub(super) const DEPTH: usize = 24;
/// Bytes that may be looked at again, for a text and for each of its bytes.
const ALLOWANCE: usize = 96 << 10;
const ALLOWANCE_EACH: usize = 12;
/// Programs and scripts that one text starts.
const NEXT: usize = 64;
/// Steps of one text.
const STEPS: usize = 40;

/// What a command printed.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    pub(super) text: String,
    /// A program printed too.
    pub(super) partial: bool,
}

pub(super) struct Machine<'f, 'p> {
    fuel: &'f mut Fuel<'p>,
    allowance: usize,
    pub(super) env: Environment,
    pub(super) delayed: bool,
    pub(super) outcome: Outcome,
    pub(super) clear: String,
    /// The operator in front of the command that runs.
    pub(super) joint: &'static str,
    pub(super) sinks: Vec<Output>,
    pub(super) files: BTreeMap<String, String>,
    pub(super) copies: BTreeMap<String, String>,
    pub(super) clipboard: Option<String>,
    pub(super) loops: usize,
    /// Nothing of what runs is shown.
    pub(super) silent: usize,
    pub(super) sets: usize,
}

impl<'f, 'p> Machine<'f, 'p> {
    pub(super) fn new(delayed: bool, size: usize, fuel: &'f mut Fuel<'p>) -> Self {
        Machine {
            fuel,
            allowance: size
                .saturating_mul(ALLOWANCE_EACH)
                .saturating_add(ALLOWANCE),
            env: Environment::default(),
            delayed,
            outcome: Outcome::default(),
            clear: String::new(),
            joint: "",
            sinks: Vec::new(),
            files: BTreeMap::new(),
            copies: BTreeMap::new(),
            clipboard: None,
            loops: 0,
            silent: 0,
            sets: 0,
        }
    }

    /// What came out of a code.
    pub(super) fn close(mut self, code: &str) -> Outcome {
        let hidden = !self.outcome.steps.is_empty() && !self.clear.is_empty();
        let clear = if hidden { self.clear } else { code.to_owned() };
        self.outcome.clear = Some(clear);
        self.outcome
    }

    /// Runs a text line by line, as typed: each line sees what those before it have set. A line
    /// goes on within parentheses and behind a caret.
    pub(super) fn lines(&mut self, code: &str) {
        let mut chunk = String::new();
        let mut open = 0_i64;
        for line in code.split_inclusive('\n') {
            let count = |c| i64::try_from(line.matches(c).count()).unwrap_or(0);
            open = open.saturating_add(count('(')).saturating_sub(count(')'));
            chunk.push_str(line);
            if open <= 0 && !line.trim_end().ends_with('^') {
                self.line(&chunk);
                chunk.clear();
                open = 0;
            }
        }
        if !chunk.is_empty() {
            self.line(&chunk);
        }
    }

    fn line(&mut self, line: &str) {
        self.joint = if self.clear.is_empty() { "" } else { "\n" };
        let text = self.percent(line, false);
        self.run(&text, &Variables::new(), None, 0);
    }

    pub(super) fn pay(&mut self, bytes: usize) -> bool {
        self.charge(bytes);
        self.fuel.pay(bytes)
    }

    /// What the body of a loop costs comes out of the allowance.
    fn charge(&mut self, bytes: usize) {
        if self.loops > 0 {
            self.allowance = self.allowance.saturating_sub(bytes);
        }
    }

    /// Pays for something that runs again.
    pub(super) fn pay_again(&mut self, bytes: usize) -> bool {
        // Nothing is free, or a loop over nothing never ends.
        let bytes = bytes.saturating_add(16);
        match self.allowance.checked_sub(bytes) {
            Some(left) => {
                self.allowance = left;
                self.fuel.pay(bytes)
            }
            None => {
                self.allowance = 0;
                false
            }
        }
    }

    /// Notes a disguise; within loops each kind once.
    pub(super) fn step(&mut self, id: TechniqueId, before: &str, after: &str) {
        let (before, after) = (before.trim(), after.trim());
        let known = self.outcome.steps.iter().any(|step| step.id == id);
        if !known || self.loops == 0 && self.outcome.steps.len() < STEPS {
            self.outcome.step(id, before, after);
        }
    }

    pub(super) fn undecoded(&mut self) {
        let id = TechniqueId::Undecoded;
        if !self.outcome.steps.iter().any(|step| step.id == id) {
            self.outcome.steps.push(Technique::from(id));
        }
    }

    /// Something that would run.
    pub(super) fn push(&mut self, next: Next) {
        if self.outcome.next.len() >= NEXT {
            self.undecoded();
        } else if !self.outcome.next.contains(&next) {
            self.outcome.next.push(next);
        }
    }

    pub(super) fn print(&mut self, text: &str) {
        if self.pay(text.len())
            && let Some(sink) = self.sinks.last_mut()
        {
            sink.text.push_str(text);
        }
    }

    /// A program prints what nobody knows.
    pub(super) fn print_unknown(&mut self) {
        if let Some(sink) = self.sinks.last_mut() {
            sink.partial = true;
        }
    }

    /// Shows a command in clear.
    pub(super) fn show(&mut self, text: &str) {
        let text = text.trim();
        if self.silent > 0 || text.is_empty() || !self.pay(text.len()) {
            return;
        }
        if !self.clear.is_empty() {
            self.clear.push_str(match self.joint {
                "" => " & ",
                joint => joint,
            });
        }
        self.clear.push_str(text);
        self.joint = "";
    }

    /// The first phase.
    pub(super) fn percent(&mut self, text: &str, only_own: bool) -> String {
        if !text.contains('%') || only_own && !self.env.has_own() {
            return text.to_owned();
        }
        let (env, fuel) = (&self.env, &mut *self.fuel);
        let mut spent = 0_usize;
        let mut pay = |bytes| {
            spent = spent.saturating_add(bytes);
            fuel.pay(bytes)
        };
        let expanded = expand(text, '%', only_own, env, &mut pay);
        self.charge(spent);
        let Some(expanded) = expanded else {
            self.undecoded();
            return text.to_owned();
        };
        for (seen, id) in [
            (expanded.windows, TechniqueId::EnvironmentVariable),
            (expanded.own, TechniqueId::VariableText),
            (expanded.substring, TechniqueId::VariableSubstring),
            (expanded.replacement, TechniqueId::VariableReplace),
        ] {
            if seen {
                self.step(id, text, &expanded.text);
            }
        }
        expanded.text
    }

    /// The fourth and fifth phase: the variables of loops, and `!name!`.
    pub(super) fn finished(&mut self, text: &str, variables: &Variables) -> String {
        let text = for_loop::applied(text, variables);
        if !self.delayed || !text.contains('!') {
            return text;
        }
        let (env, fuel) = (&self.env, &mut *self.fuel);
        let mut spent = 0_usize;
        let mut pay = |bytes| {
            spent = spent.saturating_add(bytes);
            fuel.pay(bytes)
        };
        let expanded = delayed(&text, env, &mut pay);
        self.charge(spent);
        let Some(expanded) = expanded else {
            self.undecoded();
            return text;
        };
        if expanded.own || expanded.windows || expanded.substring || expanded.replacement {
            self.step(TechniqueId::DelayedExpansion, &text, &expanded.text);
        }
        for (seen, id) in [
            (expanded.substring, TechniqueId::VariableSubstring),
            (expanded.replacement, TechniqueId::VariableReplace),
        ] {
            if seen {
                self.step(id, &text, &expanded.text);
            }
        }
        expanded.text
    }

    /// Runs a text whose percent signs are expanded.
    pub(super) fn run(
        &mut self,
        raw: &str,
        variables: &Variables,
        input: Option<&str>,
        depth: usize,
    ) {
        let mut rest = raw;
        let layers = |text: &str| {
            let open = text.chars().filter(|c| !c.is_whitespace());
            open.take_while(|c| *c == '(').count()
        };
        if layers(raw) > DEPTH {
            self.undecoded();
            rest = raw.trim_start_matches(['(', ' ', '\n', '\r']);
            rest = rest.trim_end_matches([')', ' ', '\n', '\r']);
        }
        if depth > DEPTH {
            self.undecoded();
            if depth > DEPTH.saturating_add(2) {
                return;
            }
        }
        let mut flow: Option<String> = None;
        let mut piped = false;
        while let Some(split) = split::first(rest) {
            if !self.pay(split.raw.len()) {
                return;
            }
            let into_pipe = split.operator == "|";
            let given = match piped {
                true => flow.take(),
                false => input.map(str::to_owned),
            };
            if into_pipe {
                self.sinks.push(Output::default());
            }
            let any = piped || into_pipe;
            self.command(split.body, variables, given.as_deref(), any, depth);
            if into_pipe && let Some(sink) = self.sinks.pop() {
                let known = !sink.partial || !sink.text.is_empty();
                flow = known.then_some(sink.text);
            }
            piped = into_pipe;
            self.joint = match split.operator {
                "&" => " & ",
                "&&" => " && ",
                "|" => " | ",
                "||" => " || ",
                "\n" => "\n",
                _ => "",
            };
            rest = split.rest;
        }
    }

    fn command(
        &mut self,
        body: Body<'_>,
        variables: &Variables,
        input: Option<&str>,
        piped: bool,
        depth: usize,
    ) {
        match body {
            Body::Simple(raw) => {
                let read = if piped {
                    // Each side of a pipe is a line of an interpreter of its own.
                    let text = self.percent(raw, false);
                    carets::read(&text)
                } else {
                    carets::read(raw)
                };
                let start = raw.trim_start_matches(is_delimiter);
                if read.noise && after_keyword(start, "rem").is_none() {
                    self.step(TechniqueId::Carets, raw, &read.shown);
                }
                let text = self.finished(&read.text, variables);
                let mut redirections = read.redirections;
                for redirection in &mut redirections {
                    redirection.target = self.finished(&redirection.target, variables);
                }
                self.redirected(&redirections, input, |machine, input| {
                    machine.simple(&text, &redirections, input, depth);
                });
            }
            Body::Block(inner, redirections) => {
                let redirections = carets::read(redirections).redirections;
                let depth = depth.saturating_add(1);
                self.redirected(&redirections, input, |machine, input| {
                    machine.run(inner, variables, input, depth);
                });
            }
            Body::For(text) => self.for_loop(text, variables, input, depth.saturating_add(1)),
            Body::If(text) => self.condition(text, variables, input, depth.saturating_add(1)),
        }
    }

    /// Runs something whose input or output is a file.
    fn redirected(
        &mut self,
        redirections: &[Redirection],
        input: Option<&str>,
        run: impl FnOnce(&mut Self, Option<&str>),
    ) {
        let last = |kinds: &[char]| {
            let mut last = redirections.iter().rev();
            last.find(|one| kinds.contains(&one.kind))
        };
        let read = last(&['<']).map(|from| self.file(&from.target).unwrap_or_default());
        let Some(to) = last(&['>', '+']) else {
            return run(self, read.as_deref().or(input));
        };
        self.sinks.push(Output::default());
        run(self, read.as_deref().or(input));
        let Some(sink) = self.sinks.pop() else { return };
        let name = file_name(&to.target);
        if matches!(name.as_str(), "nul" | "con" | "") || sink.text.is_empty() {
            return;
        }
        let file = self.files.entry(name).or_default();
        if to.kind == '>' {
            file.clear();
        }
        file.push_str(&sink.text);
    }

    /// A file that the line itself wrote.
    pub(super) fn file(&self, path: &str) -> Option<String> {
        self.files.get(&file_name(path)).cloned()
    }
}

/// A file by its last name, whatever its folder is called.
pub(super) fn file_name(path: &str) -> String {
    let path = path.trim().trim_matches('"');
    let name = path.rsplit(['\\', '/']).next().unwrap_or_default();
    name.trim().to_ascii_lowercase()
}
