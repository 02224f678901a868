//! The interpreter: takes a line command by command through the phases, keeps variables and what
//! commands print, and writes down what would start.

use std::collections::BTreeMap;

use super::super::unfold::{Fuel, Next, Outcome};
use super::associations::{assoc, ftype, matching};
use super::carets::{self, Redirection};
use super::environment::Environment;
use super::for_loop::{self, Kind, Options, Variables};
use super::percent::expand;
use super::set::{self, Set};
use super::split::{self, Body, after_keyword, closed, is_delimiter};
use super::words::Command;
use super::{LONGEST, arithmetic, condition, delayed, start};
use crate::link::{Technique, TechniqueId};

/// How deep parentheses, loops and child interpreters nest.
const DEPTH: usize = 24;
/// How often the body of a loop runs.
const ITERATIONS: usize = 4_096;
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
    delayed: bool,
    pub(super) outcome: Outcome,
    clear: String,
    /// The operator in front of the command that runs.
    joint: &'static str,
    pub(super) sinks: Vec<Output>,
    pub(super) files: BTreeMap<String, String>,
    pub(super) copies: BTreeMap<String, String>,
    pub(super) clipboard: Option<String>,
    loops: usize,
    /// Nothing of what runs is shown.
    silent: usize,
    sets: usize,
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
    fn pay_again(&mut self, bytes: usize) -> bool {
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
    fn show(&mut self, text: &str) {
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
    fn finished(&mut self, text: &str, variables: &Variables) -> String {
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
        let expanded = delayed::delayed(&text, env, &mut pay);
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

    fn for_loop(&mut self, text: &str, variables: &Variables, input: Option<&str>, depth: usize) {
        let Some(found) = for_loop::read(text) else {
            self.undecoded();
            self.show(&format!("for{}", carets::plain(text)));
            // Whatever the loop is over, this is what it does.
            let lower = text.to_ascii_lowercase();
            let body = lower
                .find(" do ")
                .and_then(|at| text.get(at.saturating_add(4)..));
            if let Some(body) = body {
                self.silent = self.silent.saturating_add(1);
                self.run(body, variables, input, depth);
                self.silent = self.silent.saturating_sub(1);
            }
            return;
        };
        let set = self.finished(&found.set, variables);
        let rows = match &found.kind {
            Kind::Words => {
                let words = for_loop::words(&set);
                if !self.pay(
                    set.len()
                        .saturating_add(words.iter().map(String::len).sum()),
                ) {
                    return;
                }
                let rows = words.into_iter().map(|word| vec![(found.variable, word)]);
                Some(rows.collect::<Vec<_>>())
            }
            Kind::Numbers => for_loop::numbers(&set, ITERATIONS).map(|(numbers, more)| {
                if more {
                    self.undecoded();
                }
                let rows = numbers
                    .into_iter()
                    .map(|number| vec![(found.variable, number)]);
                rows.collect()
            }),
            Kind::Lines(options) => {
                let text = self.source(&set, options, depth);
                let rows = text.map(|text| options.rows(&text, found.variable));
                rows.filter(|rows| !rows.is_empty())
            }
        };
        let (started, sets, shown) = (self.outcome.next.len(), self.sets, self.clear.len());
        match rows {
            Some(rows) => {
                self.loops = self.loops.saturating_add(1);
                for row in rows.into_iter().take(ITERATIONS) {
                    let values: usize = row.iter().map(|(_, value)| value.len()).sum();
                    if !self.pay_again(found.body.len().saturating_add(values)) {
                        self.undecoded();
                        break;
                    }
                    let mut inner = variables.clone();
                    inner.extend(row);
                    self.run(found.body, &inner, input, depth);
                }
                self.loops = self.loops.saturating_sub(1);
            }
            None => {
                self.undecoded();
                let head = text.strip_suffix(found.body).unwrap_or(text);
                self.show(&format!("for{}", carets::plain(head)));
                self.joint = " ";
                self.run(found.body, variables, input, depth);
            }
        }
        if started != self.outcome.next.len() || sets != self.sets {
            let after = self.clear.get(shown..).unwrap_or_default().to_owned();
            let after = after.trim_start_matches([' ', '&', '|', '\n']);
            self.step(TechniqueId::ForLoop, &format!("for{text}"), after);
        }
    }

    /// The text whose lines `for /f` reads; `None` where nobody knows it.
    fn source(&mut self, set: &str, options: &Options, depth: usize) -> Option<String> {
        let set = set.trim();
        let (command, string) = match options.back_quotes {
            true => ('`', '\''),
            false => ('\'', '"'),
        };
        let within = |quote: char| {
            let inner = set.strip_prefix(quote)?;
            Some(inner.strip_suffix(quote).unwrap_or(inner))
        };
        if let Some(line) = within(command) {
            return self.printed(line, depth);
        }
        if let Some(text) = within(string) {
            return Some(text.to_owned());
        }
        self.file(set.trim_matches('"'))
    }

    /// What a line prints in an interpreter of its own, which changes nothing here.
    fn printed(&mut self, line: &str, depth: usize) -> Option<String> {
        if depth > DEPTH || !self.pay_again(self.env.size().saturating_add(line.len())) {
            self.undecoded();
            return None;
        }
        let env = self.env.clone();
        self.silent = self.silent.saturating_add(1);
        self.sinks.push(Output::default());
        let text = self.percent(line, false);
        self.run(&text, &Variables::new(), None, depth.saturating_add(1));
        self.silent = self.silent.saturating_sub(1);
        self.env = env;
        let sink = self.sinks.pop()?;
        (!sink.partial || !sink.text.is_empty()).then_some(sink.text)
    }

    fn condition(&mut self, text: &str, variables: &Variables, input: Option<&str>, depth: usize) {
        let condition = condition::read(text);
        let finish = |text: &str| {
            let text = for_loop::applied(text, variables);
            if !self.delayed {
                return text;
            }
            let expanded = delayed::delayed(&text, &self.env, &mut |_| true);
            expanded.map_or(text, |expanded| expanded.text)
        };
        let holds = condition.holds(&self.env, finish);
        let body = condition.body.trim_start_matches(is_delimiter);
        let block = body.strip_prefix('(').and_then(closed);
        let other = block.and_then(|(_, after)| {
            after_keyword(
                after.trim_start_matches(|c: char| is_delimiter(c) || c == '\n'),
                "else",
            )
        });
        if holds.is_none() {
            let question = text.strip_suffix(body).unwrap_or(text);
            self.show(&format!("if{}", carets::plain(question)));
            self.joint = " ";
        }
        if holds != Some(false) {
            let then = match (block, other) {
                (Some((inner, _)), Some(_)) => inner,
                _ => body,
            };
            self.run(then, variables, input, depth);
        }
        if let Some(other) = other.filter(|_| holds != Some(true)) {
            if holds.is_none() {
                self.joint = " else ";
            }
            self.run(other, variables, input, depth);
        }
    }

    /// One command: one of the interpreter itself, or a program.
    fn simple(
        &mut self,
        text: &str,
        redirections: &[Redirection],
        input: Option<&str>,
        depth: usize,
    ) {
        let command = Command::read(text);
        if command.name.is_empty() {
            return;
        }
        let arguments = command.arguments;
        let Some(builtin) = command.builtin() else {
            let line = self.launch(text, input);
            self.show(&with(&line, redirections));
            return;
        };
        if builtin != "call" && builtin != "start" && (builtin != "set" || self.loops == 0) {
            self.show(&with(text, redirections));
        }
        match builtin {
            "call" => self.call(arguments, input, depth),
            "start" => {
                let started = start::started(arguments);
                let inner = Command::read(started);
                if inner.builtin().is_some() && self.pay_again(started.len()) && depth < DEPTH {
                    self.run(started, &Variables::new(), input, depth.saturating_add(1));
                } else if !started.trim().is_empty() {
                    let line = self.launch(started, input);
                    self.show(&with(&format!("start {line}"), redirections));
                }
            }
            "set" => self.set(arguments, input),
            "echo" => {
                let mut chars = arguments.chars();
                chars.next();
                let text = chars.as_str().trim_end_matches(['\r', '\n']);
                if !matches!(text.trim().to_ascii_lowercase().as_str(), "on" | "off" | "") {
                    self.print(text);
                    self.print("\n");
                }
            }
            "assoc" => self.print(&assoc(arguments)),
            "ftype" => self.print(&ftype(arguments)),
            "type" => match self.file(arguments) {
                Some(text) => self.print(&text),
                None => self.print_unknown(),
            },
            "ver" => self.print("\nMicrosoft Windows [Version 10.0.19045.3803]\n"),
            "dir" => {
                let words = for_loop::words(arguments);
                self.print_unknown();
                for found in words.iter().flat_map(|word| matching(word)) {
                    let name = found.rsplit('\\').next().unwrap_or_default();
                    self.print(name);
                    self.print("\n");
                }
            }
            "copy" | "move" | "ren" | "rename" => self.copy(arguments),
            "date" | "time" | "vol" | "path" | "chcp" | "cd" | "chdir" => self.print_unknown(),
            _ => {}
        }
    }

    /// A file under another name is the same program.
    fn copy(&mut self, arguments: &str) {
        let words = for_loop::words(arguments);
        let mut files = words.iter().filter(|word| !word.starts_with('/'));
        let (Some(from), Some(to)) = (files.next(), files.next()) else {
            return;
        };
        let name = file_name(to);
        if let Some(text) = self.file(from) {
            self.files.insert(name, text);
        } else if from.len().saturating_add(name.len()) < LONGEST && self.copies.len() < 64 {
            self.copies.insert(name, from.trim_matches('"').to_owned());
        }
    }

    /// `call` takes its line through the first phases once more.
    fn call(&mut self, arguments: &str, input: Option<&str>, depth: usize) {
        let mut line = arguments.trim_start_matches(is_delimiter);
        while let Some(more) = after_keyword(line, "call") {
            line = more.trim_start_matches(is_delimiter);
        }
        if line.starts_with(':') {
            return;
        }
        if depth > DEPTH || !self.pay_again(line.len()) {
            self.undecoded();
            self.launch(line, input);
            return;
        }
        // In a batch file two signs are one.
        let single = single_signs(line);
        let text = self.percent(&single, false);
        if text != single {
            self.step(TechniqueId::CallExpansion, line, &text);
        }
        self.run(&text, &Variables::new(), input, depth.saturating_add(1));
    }

    fn set(&mut self, arguments: &str, input: Option<&str>) {
        match set::read(arguments) {
            Set::List(prefix) => {
                let listing = self.env.listing(prefix);
                self.print(&listing);
            }
            Set::Assign(name, value) => self.assign(name, value.to_owned()),
            Set::Arithmetic(text) => {
                let mut last = None;
                for (name, operator, text) in set::assignments(text) {
                    if !self.pay(text.len()) {
                        return;
                    }
                    let text = match (name, operator) {
                        (Some(name), Some(operator)) => format!("{name}{operator}({text})"),
                        _ => text.to_owned(),
                    };
                    last = arithmetic::value(&text, &self.env);
                    if let (Some(name), Some(value)) = (name, last) {
                        self.assign(name, value.to_string());
                    }
                }
                if let Some(value) = last {
                    self.print(&value.to_string());
                }
            }
            Set::Prompt(name, prompt) => {
                self.print(prompt);
                let line = input.and_then(|input| input.lines().next());
                if let Some(line) = line.filter(|line| !line.is_empty()) {
                    self.assign(name, line.to_owned());
                }
            }
        }
    }

    fn assign(&mut self, name: &str, value: String) {
        let size = name.len().saturating_add(value.len());
        if size <= LONGEST && self.pay(size) {
            self.env.set(name, value);
            self.sets = self.sets.saturating_add(1);
        } else {
            self.undecoded();
        }
    }
}

/// `%%name%%` as `%name%`.
pub(super) fn single_signs(text: &str) -> String {
    let mut single = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        single.push_str(before);
        single.push('%');
        let (doubled, after) = match after.strip_prefix('%') {
            Some(after) => (true, after),
            None => (false, after),
        };
        // The name and the sign behind it.
        let end = after.find('%').unwrap_or(after.len());
        let (name, behind) = after.split_at_checked(end).unwrap_or((after, ""));
        single.push_str(name);
        rest = behind;
        if let Some(more) = behind.strip_prefix('%') {
            single.push('%');
            let second = more.strip_prefix('%').filter(|_| doubled);
            rest = second.unwrap_or(more);
        }
    }
    single.push_str(rest);
    single
}

/// A file by its last name, whatever its folder is called.
pub(super) fn file_name(path: &str) -> String {
    let path = path.trim().trim_matches('"');
    let name = path.rsplit(['\\', '/']).next().unwrap_or_default();
    name.trim().to_ascii_lowercase()
}

/// A command with its redirections, to be read.
fn with(text: &str, redirections: &[Redirection]) -> String {
    let mut text = text.trim().to_owned();
    for Redirection { kind, target } in redirections {
        text.push_str(match kind {
            '<' => " < ",
            '+' => " >> ",
            _ => " > ",
        });
        text.push_str(target);
    }
    text
}
