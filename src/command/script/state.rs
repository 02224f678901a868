//! What a script knows while it is read: its variables, and what it was seen to run.

use std::collections::BTreeMap;

use super::lexer::Dialect;
use super::read::Arguments;
use super::value::Value;
use crate::command::resolve::{ImageSource, resolve_line};
use crate::command::unfold::{Fuel, Language, Next, Outcome};
use crate::link::TechniqueId;

/// Steps whose text is kept of one script.
const STEPS: usize = 48;
/// Texts that are run as scripts, one in the other or one after the other.
const LAYERS: usize = 64;

pub(super) struct State<'f, 'p> {
    pub(super) dialect: Dialect,
    variables: BTreeMap<String, Value>,
    pub(super) outcome: Outcome,
    /// Texts that the statement before runs as code of the same language.
    pub(super) waiting: Vec<String>,
    pub(super) undecoded: bool,
    layers: usize,
    pub(super) fuel: &'f mut Fuel<'p>,
}

impl<'f, 'p> State<'f, 'p> {
    pub(super) fn new(dialect: Dialect, fuel: &'f mut Fuel<'p>) -> Self {
        State {
            dialect,
            variables: BTreeMap::new(),
            outcome: Outcome::default(),
            waiting: Vec::new(),
            undecoded: false,
            layers: 0,
            fuel,
        }
    }

    /// The constant that a variable holds.
    pub(super) fn variable(&mut self, name: &str) -> Option<Value> {
        let value = self.variables.get(name)?;
        if !self.fuel.pay(value.size()) {
            self.undecoded = true;
            return None;
        }
        Some(value.clone())
    }

    /// Sets a variable, or forgets what it was.
    pub(super) fn assign(&mut self, name: String, value: Value) {
        if value.is_known() && self.fuel.pay(value.size()) {
            self.variables.insert(name, value);
        } else {
            self.variables.remove(&name);
        }
    }

    /// Notes a disguise.
    pub(super) fn note(&mut self, id: TechniqueId, before: &str, after: &str) {
        let known = || self.outcome.steps.iter().any(|step| step.id == id);
        if self.outcome.steps.len() < STEPS || !known() {
            self.outcome.step(id, before, after);
        }
    }

    /// What a call that gives no constant does; its value, if that is an object.
    pub(super) fn effect(
        &mut self,
        path: &str,
        receiver: Option<&Value>,
        arguments: &Arguments,
    ) -> Value {
        let name = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let spoken = |at: usize| arguments.spoken.get(at).cloned().flatten();
        let object = match receiver {
            Some(Value::Object(object)) => Some(object.to_ascii_lowercase()),
            _ => None,
        };
        let first = spoken(0);
        match name.as_str() {
            "createobject" | "activexobject" | "getobject" | "createobjectex" => {
                return first.map_or(Value::Unknown, Value::Object);
            }
            "run" | "exec" => {
                let pattern = matches!(receiver, Some(Value::Pattern(..) | Value::Text(_)));
                let shell = object.as_ref().is_some_and(|object| object.contains("shell"));
                if let Some(line) = first.filter(|_| !pattern) {
                    self.started(line, shell);
                }
            }
            "shellexecute" => {
                if let Some(program) = first {
                    let arguments = spoken(1).unwrap_or_default();
                    self.started(joined(&program, &arguments), true);
                }
            }
            // MMC20.Application.
            "executeshellcommand" => {
                if let Some(program) = first {
                    let arguments = spoken(2).unwrap_or_default();
                    self.started(joined(&program, &arguments), true);
                }
            }
            "create" => {
                let wmi = object.is_some_and(|object| object.contains("win"));
                if let Some(line) = first {
                    self.started(line, wmi);
                }
            }
            "get" | "instancesof" => {
                if let Some(object) = object {
                    return Value::Object(format!("{object}:{}", first.unwrap_or_default()));
                }
            }
            "namespace" | "connectserver" | "open" | "item" => {
                if let Some(Value::Object(object)) = receiver
                    && object.len() < 256
                {
                    return Value::Object(object.clone());
                }
            }
            "execscript" => {
                let language = spoken(1).unwrap_or_else(|| "jscript".to_owned());
                if let Some(code) = first {
                    self.invoke(code, Some(&language));
                }
            }
            "execute" | "executeglobal" | "eval" | "settimeout" | "setinterval" | "function"
            | "constructor" => {
                let code = if matches!(name.as_str(), "function" | "constructor") {
                    arguments.spoken.last().cloned().flatten()
                } else {
                    first
                };
                let known = arguments.values.iter().any(|value| value.as_text().is_some());
                match code {
                    Some(code) if known => self.invoke(code, None),
                    _ => {}
                }
            }
            // Of MSScriptControl.ScriptControl, whose language is mostly VBScript.
            "addcode" | "executestatement" => {
                if let Some(code) = first {
                    self.invoke(code, Some("vbscript"));
                }
            }
            "write" | "writeln" => {
                if let Some(page) = first.filter(|page| page.contains('<'))
                    && self.fuel.pay(page.len())
                {
                    super::page::scripts(&page, &mut self.outcome);
                }
            }
            _ => {}
        }
        Value::Unknown
    }

    /// A command line. Of an unknown object only what names a program counts: methods of that name
    /// are common.
    fn started(&mut self, line: String, sure: bool) {
        if line.trim().is_empty() || !self.fuel.pay(line.len()) {
            return;
        }
        if sure || resolve_line(&line).source != ImageSource::Unknown {
            self.outcome.next.push(Next::Line(line));
        }
    }

    /// Text that is run as code.
    fn invoke(&mut self, code: String, language: Option<&str>) {
        self.layers = self.layers.saturating_add(1);
        if self.layers > LAYERS || !self.fuel.pay(code.len()) {
            self.undecoded = true;
            return;
        }
        let dialect = language.map(dialect_of);
        if dialect.is_none_or(|dialect| dialect == self.dialect) {
            self.waiting.push(code);
        } else {
            let language = match self.dialect {
                Dialect::Vb => Language::JScript,
                Dialect::Js => Language::VbScript,
            };
            self.outcome.next.push(Next::Code(language, code));
        }
        if !self.outcome.steps.iter().any(|step| step.id == TechniqueId::InvokedText) {
            self.outcome.steps.push(TechniqueId::InvokedText.into());
        }
    }
}

/// The language of a name: `vbs`, `VBScript.Encode`.
pub(super) fn dialect_of(name: &str) -> Dialect {
    if name.trim().to_ascii_lowercase().starts_with("vb") {
        Dialect::Vb
    } else {
        Dialect::Js
    }
}

fn joined(program: &str, arguments: &str) -> String {
    let program = program.trim();
    let quote = program.contains(' ') && !program.starts_with('"') && program.contains('\\');
    let program = if quote { format!("\"{program}\"") } else { program.to_owned() };
    format!("{program} {arguments}").trim_end().to_owned()
}
