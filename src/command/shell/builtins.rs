//! The commands of the interpreter itself: what they print and what they change.
//!
//! Source: `help` and the pages of the commands.

use super::associations::{assoc, ftype, matching};
use super::carets::Redirection;
use super::for_loop::{self, Variables};
use super::machine::{DEPTH, Machine, file_name};
use super::set::{self, Set};
use super::words::Command;
use super::{LONGEST, arithmetic, start};

impl Machine<'_, '_> {
    /// One command: one of the interpreter itself, or a program.
    pub(super) fn simple(
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
    pub(super) fn copy(&mut self, arguments: &str) {
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

    pub(super) fn set(&mut self, arguments: &str, input: Option<&str>) {
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

    pub(super) fn assign(&mut self, name: &str, value: String) {
        let size = name.len().saturating_add(value.len());
        if size <= LONGEST && self.pay(size) {
            self.env.set(name, value);
            self.sets = self.sets.saturating_add(1);
        } else {
            self.undecoded();
        }
    }
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
