//! A command that is a program: what it takes over from the interpreter, and what it reads from a
//! pipe or from a file that the line wrote.

use super::super::path;
use super::super::programs::tier;
use super::super::unfold::{Language, Next};
use super::associations::matching;
use super::delayed::delayed;
use super::filter::filtered;
use super::inherit::{into_powershell, with_input};
use super::machine::{Machine, file_name, single_signs};
use super::words::Command;
use crate::link::TechniqueId;

/// Programs by their stems.
const POWERSHELLS: &[&str] = &["powershell", "pwsh", "powershell_ise"];

/// A command line whose program can be told from its arguments: `more +2` as `more.exe +2`.
fn named(command: &Command<'_>, stem: &str, line: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name = &command.name;
    let bare = !name.is_empty() && name.chars().all(plain) && tier(stem).is_none();
    match line.strip_prefix(name.as_str()) {
        Some(arguments) if bare && !arguments.trim().is_empty() => format!("{name}.exe{arguments}"),
        _ => line.to_owned(),
    }
}

impl Machine<'_, '_> {
    /// Writes down that a program starts; what is shown of it.
    pub(super) fn launch(&mut self, text: &str, input: Option<&str>) -> String {
        // A child sees the variables that were set; the line itself was expanded before they were.
        let text = self.percent(text, true);
        let command = Command::read(&text);
        if command.delimiters {
            self.step(TechniqueId::DelimiterBlanks, &text, &command.spaced);
        }
        if command.noise {
            self.step(TechniqueId::QuoteNoise, &command.spaced, &command.line);
        }
        let mut line = command.line.trim().to_owned();
        if line.is_empty() || !self.pay(line.len()) {
            return line;
        }
        let mut base = path::base_name(&command.name);
        let copied = [base.clone(), format!("{base}.exe")];
        if let Some(from) = copied.iter().find_map(|name| self.copies.get(name)) {
            line = format!("{from} {}", command.arguments);
            base = path::base_name(from);
        }
        let stem = path::stem(&base);
        if let Some(printed) = input.and_then(|input| filtered(stem, command.arguments, input)) {
            self.print(&printed);
            return line;
        }
        if stem == "where" {
            for found in matching(command.arguments.trim()) {
                self.print(found);
                self.print("\n");
            }
        }
        if stem == "clip" {
            self.clipboard = input.map(str::to_owned);
            return line;
        }
        self.print_unknown();
        if stem == "cmd" {
            line = self.inherited(line);
            let code = line
                .split_once(char::is_whitespace)
                .map_or("", |(_, code)| code.trim());
            if !code.is_empty() {
                self.step(TechniqueId::NestedShell, &line, code);
            }
        }
        let mut fed = input.map(str::trim).filter(|input| !input.is_empty());
        let powershell = POWERSHELLS.contains(&stem);
        if powershell {
            let own = into_powershell(&line, &self.env);
            if own != line {
                self.step(TechniqueId::VariableText, &line, &own);
                line = own;
            }
            if let Some(whole) = fed.and_then(|input| with_input(&line, input)) {
                line = whole;
                fed = None;
            }
        }
        if command.name.contains('%') && !self.known_signs(&command.name) {
            self.undecoded();
        }
        // The variable of a loop over lines that nobody knows is no program.
        if !(command.name.starts_with('%') && command.name.chars().count() <= 2) {
            self.push(Next::Line(named(&command, stem, &line)));
        }
        if let Some(text) = fed {
            let language = match stem {
                "cmd" => Some(Language::Shell { delayed: false }),
                _ if powershell => Some(Language::PowerShell),
                _ => None,
            };
            if let Some(language) = language {
                self.push(Next::Code(language, text.to_owned()));
            }
        }
        if powershell
            && line.to_ascii_lowercase().contains("clip")
            && let Some(text) = self.clipboard.clone()
        {
            self.push(Next::Code(Language::PowerShell, text.trim().to_owned()));
        }
        self.written(&line);
        line
    }

    /// Whether all that stands between percent signs depends on the user alone.
    fn known_signs(&self, name: &str) -> bool {
        let mut parts = name.split('%').skip(1);
        while let Some(variable) = parts.next() {
            if parts.next().is_none() || self.env.value(variable).is_none() {
                return false;
            }
        }
        true
    }

    /// The variables of delayed expansion that a child with `/v` would see.
    fn inherited(&mut self, line: String) -> String {
        let lower = line.to_ascii_lowercase();
        if !lower.contains("/v") || !line.contains('!') || !self.env.has_own() {
            return line;
        }
        // It sets variables itself.
        if lower.contains("set ") || lower.contains("set/") {
            return line;
        }
        let expanded = delayed(&line, &self.env, &mut |_| true);
        let Some(expanded) = expanded.filter(|expanded| expanded.own) else {
            return line;
        };
        self.step(TechniqueId::DelayedExpansion, &line, &expanded.text);
        expanded.text
    }

    /// A file that the line wrote is run by a program that names it.
    fn written(&mut self, line: &str) {
        if self.files.is_empty() || !self.pay(line.len()) {
            return;
        }
        let words = line.split([' ', '\t', '"', ',', '\'', '=']).take(64);
        let mut codes = Vec::new();
        for word in words {
            let name = file_name(word);
            let Some(text) = self.files.get(&name).filter(|text| !text.is_empty()) else {
                continue;
            };
            let language = match name.rsplit('.').next() {
                Some("bat" | "cmd") => Language::Shell { delayed: false },
                Some("ps1") => Language::PowerShell,
                Some("vbs") => Language::VbScript,
                Some("js") => Language::JScript,
                _ => continue,
            };
            let code = match language {
                // In a batch file two signs are one.
                Language::Shell { .. } => single_signs(text),
                _ => text.clone(),
            };
            codes.push(Next::Code(language, code.trim().to_owned()));
        }
        for code in codes {
            self.push(code);
        }
    }
}
