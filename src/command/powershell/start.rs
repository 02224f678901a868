//! What a script would start: programs by name, `Start-Process`, WMI, COM objects of the shell,
//! `Process.Start` (the page of each in Microsoft's documentation).

use super::commands::Argument;
use super::value::Value;
use super::{Folder, Piece};
use crate::command::unfold::Next;
use crate::command::{executable_extension, base_name, stem, tier};

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
    "confirm", "debug", "force", "loaduserprofile", "lup", "nnw", "nonewwindow", "passthru",
    "usenewenvironment", "verbose", "wait", "whatif",
];

impl Folder<'_, '_> {
    fn start(&mut self, line: String) {
        if self.running == 0 && !line.trim().is_empty() && self.fuel.pay(line.len()) {
            self.outcome.next.push(Next::Line(line));
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
                let Some(file) = bound.first().copied().flatten().map(plain) else {
                    return;
                };
                let list = bound.get(1).copied().flatten().map(plain).unwrap_or_default();
                self.start(join(&file, &list));
            }
            "Invoke-Item" => {
                if let Some(path) = bind(arguments, &["path"], 1).first().copied().flatten() {
                    self.start(join(&plain(path), ""));
                }
            }
            "Invoke-WmiMethod" => {
                let names = &["class", "name", "argumentlist"];
                let bound = bind(arguments, names, 3);
                let class = bound.first().copied().flatten().map(plain).unwrap_or_default();
                if class.to_ascii_lowercase().contains("win32_process")
                    && let Some(line) = bound.get(2).copied().flatten()
                {
                    self.start(first(line));
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
                    line.push_str(&native(&argument.piece));
                }
                self.start(line);
            }
        }
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
        let argument = |at: usize| arguments.get(at).map(plain).unwrap_or_default();
        let line = match (class, name) {
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

/// The value as the program would see it, or else the text without its quotes.
fn plain(piece: &Piece) -> String {
    match piece.as_text() {
        Some(text) => text,
        None => unquoted(&piece.shown()),
    }
}

fn first(piece: &Piece) -> String {
    match &piece.value {
        Some(Value::List(list)) => match list.first().and_then(Value::text) {
            Some(text) => text.into_owned(),
            None => plain(piece),
        },
        _ => plain(piece),
    }
}

/// An argument of a program: PowerShell puts quotes around what has blanks.
fn native(piece: &Piece) -> String {
    match &piece.value {
        Some(Value::Block(code)) => format!("-Command {}", code.trim()),
        Some(Value::Text(text)) => {
            let blanks = text.contains(char::is_whitespace) && !text.starts_with('"');
            if blanks { format!("\"{text}\"") } else { text.clone() }
        }
        Some(Value::List(_)) => match piece.value.as_ref().and_then(|list| list.joined(" ")) {
            Some(text) => text,
            None => piece.shown(),
        },
        _ => {
            let shown = piece.shown();
            let text = unquoted(&shown);
            let blanks = text.contains(char::is_whitespace) && shown.starts_with('"');
            if blanks { format!("\"{text}\"") } else { text }
        }
    }
}

/// Text that is not constant: without its quotes, variables of the environment as other programs
/// write them.
fn unquoted(text: &str) -> String {
    let inside = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let mut plain = String::new();
    let mut rest = inside;
    while let Some(at) = rest.find('$') {
        let (front, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(front);
        let mut scan = super::scan::Scan::new(after);
        match super::strings::variable(&mut scan) {
            Some(name) if crate::text::starts_with(&name.name, "env:") => {
                plain.push('%');
                plain.push_str(name.name.get(4..).unwrap_or_default());
                plain.push('%');
            }
            Some(_) => plain.push_str(scan.since(0)),
            None => {
                scan.bump();
                plain.push('$');
            }
        }
        rest = scan.rest();
    }
    plain.push_str(rest);
    plain.replace("`\"", "\"")
}
