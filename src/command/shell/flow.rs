//! `for` and `if`: which commands run, how often, and over what.
//!
//! Where that depends on what nobody knows who only has the line (files, results of programs), the
//! body of a loop runs once and both branches of a condition do.

use super::condition::read;
use super::for_loop::{self, Kind, Options, Variables};
use super::machine::{DEPTH, Machine, Output};
use super::split::{after_keyword, closed, is_delimiter};
use super::{carets, delayed};
use crate::link::TechniqueId;

/// How often the body of a loop runs.
const ITERATIONS: usize = 4_096;

impl Machine<'_, '_> {
    pub(super) fn for_loop(
        &mut self,
        text: &str,
        variables: &Variables,
        input: Option<&str>,
        depth: usize,
    ) {
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
    pub(super) fn source(&mut self, set: &str, options: &Options, depth: usize) -> Option<String> {
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
    pub(super) fn printed(&mut self, line: &str, depth: usize) -> Option<String> {
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

    pub(super) fn condition(
        &mut self,
        text: &str,
        variables: &Variables,
        input: Option<&str>,
        depth: usize,
    ) {
        let condition = read(text);
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
}
