//! What a script would start: programs by name, `Start-Process`, WMI, COM objects of the shell,
//! `Process.Start` (the page of each in Microsoft's documentation).

use super::commands::Argument;
use super::value::Value;
use super::{Folder, Piece};
use crate::command::unfold::Next;
use crate::command::{base_name, executable_extension, stem, tier};

/// Parameters of `Start-Process` in the order of their positions, then those by name only.
const START_PROCESS: &[&str] = &[
    "filepath",
    "argumentlist",
    "credential",
    "environment",
    "redirectstandarderror",
    "redirectstandardinput",
    "redirectstandardoutput",
    "verb",
    "windowstyle",
    "workingdirectory",
];
/// Those without a value, and those that all cmdlets have.
const SWITCHES: &[&str] = &[
    "confirm",
    "debug",
    "force",
    "loaduserprofile",
    "lup",
    "nnw",
    "nonewwindow",
    "passthru",
    "usenewenvironment",
    "verbose",
    "wait",
    "whatif",
];

/// Programs that are kept of one script.
const STARTS: usize = 128;

impl Folder<'_, '_> {
    fn start(&mut self, line: String) {
        let full = self.outcome.next.len() >= STARTS;
        if full || self.running > 0 || line.trim().is_empty() || !self.fuel.pay(line.len()) {
            return;
        }
        let next = Next::Line(line);
        if !self.outcome.next.contains(&next) {
            self.outcome.next.push(next);
        }
    }

    /// A command starts a program, if its name is one.
    pub(super) fn started(
        &mut self,
        name: &str,
        resolved: &str,
        arguments: &[Argument],
        called: bool,
    ) {
        if self.running > 0 {
            return;
        }
        match resolved {
            "Start-Process" => {
                let bound = bind(arguments, START_PROCESS, 2);
                let Some(file) = bound
                    .first()
                    .copied()
                    .flatten()
                    .map(|piece| self.plain(piece))
                else {
                    return;
                };
                let list = bound
                    .get(1)
                    .copied()
                    .flatten()
                    .map(|piece| self.plain(piece))
                    .unwrap_or_default();
                self.start(join(&file, &list));
            }
            "Invoke-Item" => {
                if let Some(path) = bind(arguments, &["path"], 1).first().copied().flatten() {
                    let path = self.plain(path);
                    self.start(join(&path, ""));
                }
            }
            "Invoke-WmiMethod" => {
                let names = &["class", "name", "argumentlist"];
                let bound = bind(arguments, names, 3);
                let class = bound
                    .first()
                    .copied()
                    .flatten()
                    .map(|piece| self.plain(piece))
                    .unwrap_or_default();
                if class.to_ascii_lowercase().contains("win32_process")
                    && let Some(line) = bound.get(2).copied().flatten()
                {
                    let line = first(line).unwrap_or_else(|| self.plain(line));
                    self.start(line);
                }
            }
            "Invoke-CimMethod" => {
                let names = &["classname", "methodname", "arguments"];
                let bound = bind(arguments, names, 3);
                if let Some(hash) = bound.get(2).copied().flatten()
                    && let Some(line) = self.entry(&hash.text, "commandline")
                {
                    self.start(line);
                }
            }
            _ => {
                let base = base_name(name);
                let program = tier(stem(&base)).is_some() || executable_extension(&base).is_some();
                let cmdlet = super::aliases::cmdlet(resolved).is_some();
                let path = name.contains(['\\', '/']);
                // An alias of an in-box cmdlet hides a program of the same name.
                let hidden = cmdlet && !base.contains('.');
                if hidden || !(program || path || called && base.contains('.')) {
                    return;
                }
                let mut line = join(resolved, "");
                for argument in arguments {
                    line.push(' ');
                    let word = self.native(&argument.piece);
                    line.push_str(&word);
                }
                self.start(line);
            }
        }
    }

    /// The value as the program would see it, variables of the environment as other programs write
    /// them; or else the text.
    fn plain(&mut self, piece: &Piece) -> String {
        if let Some(text) = piece.as_text() {
            return text;
        }
        let shown = piece.shown();
        match self.symbol(&shown).and_then(Value::into_text) {
            Some(text) => text,
            None => shown,
        }
    }

    /// A text of the script with variables of the environment left in.
    pub(super) fn symbol(&mut self, text: &str) -> Option<Value> {
        if self.depth >= super::DEPTH || !self.fuel.pay(text.len()) {
            return None;
        }
        let pending = self.pending.clone();
        let changes = self.changes;
        let outer = std::mem::replace(&mut self.symbolic, true);
        (self.running, self.depth) = (self.running.saturating_add(1), self.depth.saturating_add(1));
        let mut scan = super::scan::Scan::new(text);
        let piece =
            if super::statement::starts_expression(&scan) && !super::strings::word_goes_on(&scan) {
                self.expression(&mut scan, 0)
            } else if crate::text::starts_with(text, "join-path") {
                self.command(&mut scan, None, 0)
            } else {
                self.word(&mut scan)
            };
        (self.running, self.depth) = (self.running.saturating_sub(1), self.depth.saturating_sub(1));
        self.symbolic = outer;
        (self.changes, self.pending) = (changes, pending);
        piece.value.filter(|_| scan.is_done())
    }

    /// The value of a key in `@{…}`.
    fn entry(&mut self, hash: &str, key: &str) -> Option<String> {
        if !self.fuel.pay(hash.len()) {
            return None;
        }
        let at = hash.to_ascii_lowercase().find(key)?;
        let (_, after) = hash.get(at..)?.split_once('=')?;
        let mut scan = super::scan::Scan::new(after.trim_start());
        self.expression(&mut scan, 0).as_text()
    }

    /// A method starts a program.
    pub(super) fn starts_something(&mut self, on: &Piece, name: &str, arguments: &[Piece]) {
        if self.running > 0 || arguments.is_empty() {
            return;
        }
        let class = match &on.value {
            Some(Value::Com(class) | Value::Type(class)) => class.as_str(),
            _ => "",
        };
        let class = class.to_owned();
        let mut argument = |at: usize| {
            arguments
                .get(at)
                .map(|piece| self.plain(piece))
                .unwrap_or_default()
        };
        let line = match (class.as_str(), name) {
            ("wscript.shell" | "wscript.shell.1", "run" | "exec") => argument(0),
            ("diagnostics.process", "start") => join(&argument(0), &argument(1)),
            (_, "shellexecute") => join(&argument(0), &argument(1)),
            (_, "executeshellcommand") => join(&argument(0), &argument(2)),
            (class, "create") if class.starts_with("wmi:") && class.contains("win32_process") => {
                argument(0)
            }
            ("shell.application", "open") => join(&argument(0), ""),
            ("microsoft.visualbasic.interaction", "shell") => argument(0),
            _ => return,
        };
        self.start(line);
    }
}

/// The values of parameters. Those without a name fill the first positions that are free. Names may
/// be cut short.
fn bind<'a>(arguments: &'a [Argument], names: &[&str], positions: usize) -> Vec<Option<&'a Piece>> {
    let mut bound: Vec<Option<&Piece>> = vec![None; names.len()];
    let mut wanted: Option<usize> = None;
    let mut skip = false;
    for argument in arguments {
        if let Some(parameter) = &argument.parameter {
            let parameter = match parameter.as_str() {
                "args" => "argumentlist",
                "path" if names.first() == Some(&"filepath") => "filepath",
                "pspath" | "literalpath" => "path",
                parameter => parameter,
            };
            let is = |name: &&str| name.starts_with(parameter);
            wanted = names.iter().position(|name| is(&name));
            skip = wanted.is_none() && !SWITCHES.iter().any(is);
            continue;
        }
        if std::mem::take(&mut skip) {
            continue;
        }
        let at = wanted
            .take()
            .or_else(|| bound.iter().take(positions).position(Option::is_none));
        if let Some(slot) = at.and_then(|at| bound.get_mut(at)) {
            *slot = Some(&argument.piece);
        }
    }
    bound
}

/// A program and its arguments as one line.
fn join(program: &str, arguments: &str) -> String {
    let program = program.trim();
    let quoted = program.contains(' ') && !program.starts_with('"');
    // `Start-Process 'cmd /c calc'` would fail, and is meant.
    let path = program.contains(['\\', '/']) && executable_extension(&base_name(program)).is_some();
    let mut line = if quoted && path {
        format!("\"{program}\"")
    } else {
        program.to_owned()
    };
    if !arguments.is_empty() {
        line.push(' ');
        line.push_str(arguments);
    }
    line
}

/// The first element.
fn first(piece: &Piece) -> Option<String> {
    match &piece.value {
        Some(Value::List(list)) => Some(list.first()?.text()?.into_owned()),
        value => Some(value.as_ref()?.text()?.into_owned()),
    }
}

impl Folder<'_, '_> {
    /// An argument of a program: PowerShell puts quotes around what has blanks.
    fn native(&mut self, piece: &Piece) -> String {
        let text = match &piece.value {
            Some(Value::Block(code) | Value::Code(code)) => {
                return format!("-Command {}", code.trim());
            }
            Some(Value::List(_)) => return self.plain(piece),
            _ => self.plain(piece),
        };
        let known = piece.value.is_some() || piece.text.starts_with('"');
        if known && text.contains(char::is_whitespace) && !text.starts_with('"') {
            format!("\"{text}\"")
        } else {
            text
        }
    }
}
