//! Commands: their names, which may be aliases or made of pieces, their arguments, and those of them
//! that make or run text (`about_Command_Syntax`, the page of each cmdlet).

use super::scan::{Scan, is_dash, is_double, is_line_end, is_single};
use super::statement::starts_expression;
use super::value::Value;
use super::{Folder, Piece, aliases};
use crate::link::TechniqueId;

/// An argument of a command.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    /// It is the name of a parameter, in lower case and without dash.
    pub(super) parameter: Option<String>,
    pub(super) piece: Piece,
}

impl Folder<'_, '_> {
    /// A command with its arguments. `input` stands in front of it in the pipeline, which began at
    /// `whole`.
    pub(super) fn command(
        &mut self,
        scan: &mut Scan<'_>,
        input: Option<Piece>,
        whole: usize,
    ) -> Piece {
        let start = scan.at;
        let before = self.changes;
        let sign = match scan.peek() {
            Some(c @ ('&' | '.')) => {
                let mut ahead = *scan;
                ahead.bump();
                let called = c == '&'
                    || ahead.peek().is_some_and(|c| {
                        c.is_whitespace()
                            || matches!(c, '(' | '$' | '{' | '[')
                            || is_single(c)
                            || is_double(c)
                    });
                if called {
                    *scan = ahead;
                    scan.blanks();
                }
                called.then_some(c)
            }
            _ => None,
        };
        let name_at = scan.at;
        let name =
            if sign.is_some() && starts_expression(scan) && !super::strings::word_goes_on(scan) {
                if scan.peek() == Some('[') {
                    self.unary(scan)
                } else {
                    self.primary(scan)
                }
            } else {
                self.word(scan)
            };
        let source = scan.since(name_at);
        let clear = match &name.value {
            Some(Value::Text(text)) => Some(text.clone()),
            Some(Value::Holder(inner)) => inner.text().map(|text| text.into_owned()),
            _ => None,
        };
        if self.changes != before {
            let after = clear.clone().unwrap_or_else(|| name.shown());
            self.flush(source, &after);
        }
        let resolved = clear.as_ref().map(|name| self.resolved(name));
        let mut arguments = Vec::new();
        loop {
            scan.blanks();
            let Some(c) = scan.peek() else { break };
            if is_line_end(c) || matches!(c, ';' | '|' | '&' | ')' | '}') {
                break;
            }
            let at = scan.at;
            arguments.push(self.argument(scan));
            if scan.at == at {
                scan.bump();
            }
            if self.fuel.is_out() {
                break;
            }
        }
        let source = scan.since(start).trim_end().to_owned();
        if let Some(Value::Code(code)) = &name.value
            && self.running == 0
        {
            return self.splice(&source, &code.clone());
        }
        if let Some(resolved) = &resolved
            && let Some(piece) =
                self.cmdlet(scan, resolved, &arguments, input.as_ref(), start, whole)
        {
            return piece;
        }
        match (&clear, &resolved) {
            (Some(name), Some(resolved)) => {
                self.started(name, resolved, &arguments, sign.is_some());
            }
            _ if sign.is_some() || name.text.contains('\\') => {
                let shown = name.shown();
                if let Some(Value::Text(name)) = self.symbol(&shown) {
                    self.started(&name, &name, &arguments, true);
                }
            }
            _ => {}
        }
        let text = if self.changes == before {
            source
        } else {
            let mut text = match (&resolved, sign) {
                (Some(name), _) if is_plain(name) => name.clone(),
                (Some(name), sign) => {
                    format!("{} {}", sign.unwrap_or('&'), super::value::quoted(name))
                }
                (None, Some(sign)) => format!("{sign} {}", name.shown()),
                (None, None) => name.shown(),
            };
            let class = resolved.as_deref() == Some("New-Object");
            for argument in &arguments {
                text.push(' ');
                match &argument.piece.value {
                    Some(Value::Text(name)) if class && is_plain(name) => {
                        text.push_str(super::environment::spelled(name).unwrap_or(name));
                    }
                    _ => text.push_str(&argument.piece.shown()),
                }
            }
            text
        };
        Piece::text(text)
    }

    /// A command by its full name.
    fn resolved(&mut self, name: &str) -> String {
        let mut plain = name.trim();
        // `Microsoft.PowerShell.Utility\Invoke-Expression`.
        if let Some((module, own)) = plain.rsplit_once('\\')
            && crate::text::starts_with(module, "microsoft.powershell")
        {
            plain = own;
        }
        let lower = plain.to_lowercase();
        let own = self.aliases.get(&lower).cloned();
        let target = own.as_deref().unwrap_or(plain);
        let cmdlet = aliases::of(&target.to_lowercase()).or_else(|| aliases::cmdlet(target));
        let Some(cmdlet) = cmdlet else {
            if own.is_some() {
                self.step(TechniqueId::Alias, name, target);
            }
            return target.to_owned();
        };
        if !cmdlet.eq_ignore_ascii_case(plain) {
            self.step(TechniqueId::Alias, name, cmdlet);
        } else if cmdlet != name {
            self.changed();
        }
        cmdlet.to_owned()
    }

    fn argument(&mut self, scan: &mut Scan<'_>) -> Argument {
        let start = scan.at;
        let before = self.changes;
        let second = scan.second();
        if scan.peek().is_some_and(is_dash)
            && second.is_some_and(|c| c.is_alphabetic() || matches!(c, '`' | '_'))
        {
            let mut ahead = *scan;
            ahead.bump();
            let word = ahead.take_while(|c| c.is_alphanumeric() || matches!(c, '`' | '_' | '-'));
            let plain = word.replace('`', "");
            let ends = ahead
                .peek()
                .is_none_or(|c| super::scan::ends_word(c) || c == ':');
            if ends {
                *scan = ahead;
                scan.eat(':');
                if plain.len() < word.len() {
                    self.step(TechniqueId::Backticks, word, &plain);
                }
                let text = if self.changes == before {
                    scan.since(start).to_owned()
                } else {
                    format!("-{plain}")
                };
                return Argument {
                    parameter: Some(plain.to_lowercase()),
                    piece: Piece::text(text),
                };
            }
        }
        let mut piece = self.argument_value(scan);
        let mut items: Option<Vec<Value>> = None;
        let mut known = piece.value.is_some();
        loop {
            let mut ahead = *scan;
            ahead.blanks();
            if ahead.peek() != Some(',') {
                break;
            }
            ahead.bump();
            ahead.lines();
            *scan = ahead;
            let next = self.argument_value(scan);
            if piece.folded {
                piece.text = piece.shown();
                piece.folded = false;
            }
            piece.text.push_str(", ");
            piece.text.push_str(&next.shown());
            known &= next.value.is_some();
            let list = items.get_or_insert_with(|| piece.value.take().into_iter().collect());
            list.extend(next.value);
            if self.fuel.is_out() || scan.is_done() {
                break;
            }
        }
        if let Some(items) = items {
            piece.value = Some(Value::List(items)).filter(|_| known);
            piece.variable = None;
        }
        if self.changes == before {
            piece.text = scan.since(start).to_owned();
        } else {
            let shown = piece.shown();
            self.flush(scan.since(start), &shown);
        }
        Argument {
            parameter: None,
            piece,
        }
    }

    fn argument_value(&mut self, scan: &mut Scan<'_>) -> Piece {
        let (Some(c), second) = (scan.peek(), scan.second()) else {
            return Piece::default();
        };
        let quoted = |c: char| is_single(c) || is_double(c);
        match c {
            '$' if super::strings::word_goes_on(scan) => self.word(scan),
            '$' | '(' | '{' => self.primary(scan),
            '@' if second.is_some_and(|c| matches!(c, '(' | '{') || quoted(c)) => {
                self.primary(scan)
            }
            c if quoted(c) => self.primary(scan),
            // A type is a word here, unless something is called of it.
            '[' if super::expression::names_member(scan) => self.unary(scan),
            _ => {
                let start = scan.at;
                let mut piece = self.word(scan);
                // `2>&1`.
                if scan.peek() == Some('&') && scan.since(start).ends_with('>') {
                    scan.bump();
                    scan.take_while(|c| c.is_ascii_digit());
                    piece = Piece::text(scan.since(start));
                }
                piece
            }
        }
    }

    /// Text that is run takes the place of what runs it.
    pub(super) fn splice(&mut self, before: &str, code: &str) -> Piece {
        self.spliced = true;
        self.pending.clear();
        self.step(TechniqueId::InvokedText, before, code);
        let mut text = code.trim().to_owned();
        // A comment must not swallow what follows.
        if text.contains('#') {
            text.push('\n');
        }
        if self.nested > 0 {
            text = format!("$({text})");
        }
        Piece {
            text,
            takes_input: true,
            ..Piece::default()
        }
    }

    /// Cmdlets that make text, run it, or keep it.
    fn cmdlet(
        &mut self,
        scan: &Scan<'_>,
        name: &str,
        arguments: &[Argument],
        input: Option<&Piece>,
        start: usize,
        whole: usize,
    ) -> Option<Piece> {
        let source = || scan.since(whole).trim_end().to_owned();
        let constant = |value: Value| Piece {
            text: scan.since(start).trim_end().to_owned(),
            value: Some(value),
            folded: true,
            ..Piece::default()
        };
        let input_value = || input.and_then(|piece| piece.value.clone());
        let positional = |at: usize| {
            arguments
                .iter()
                .filter(|argument| argument.parameter.is_none())
                .nth(at)
                .map(|argument| &argument.piece)
        };
        let value_at = |at: usize| positional(at).and_then(|piece| piece.value.clone());
        match name {
            "Invoke-Expression" => {
                let text = match value_at(0).or_else(input_value)? {
                    Value::List(list) => Value::List(list).joined("\n")?,
                    value => value.into_text()?,
                };
                if self.running > 0 || !self.fuel.pay(text.len()) {
                    return None;
                }
                Some(self.splice(&source(), &text))
            }
            "Invoke-Command" | "Start-Job" => {
                let piece = arguments
                    .iter()
                    .map(|argument| &argument.piece)
                    .find(|piece| matches!(piece.value, Some(Value::Code(_))))?;
                let code = piece.as_text()?;
                (self.running == 0).then(|| self.splice(&source(), &code))
            }
            "ForEach-Object" => {
                let block = positional(0)?;
                let Some(Value::Block(code) | Value::Code(code)) = &block.value else {
                    return None;
                };
                let input = input_value()?;
                let text = input.clone();
                let Some(result) = self.for_each(input.into_list(), code) else {
                    // One text that the block runs.
                    let lower = code.to_ascii_lowercase();
                    let runs = lower.contains("iex") || lower.contains("invoke-expression");
                    let Value::Text(text) = text else { return None };
                    if !runs || self.running > 0 || !self.fuel.pay(text.len()) {
                        return None;
                    }
                    let code = format!("$_ = {}; {}", super::value::quoted(&text), code.trim());
                    return Some(self.splice(&source(), &code));
                };
                self.changed();
                Some(Piece {
                    takes_input: true,
                    ..constant(result)
                })
            }
            "Write-Output" | "Out-String" => {
                if name == "Out-String" {
                    return Some(Piece {
                        takes_input: true,
                        ..constant(input_value()?)
                    });
                }
                let value = value_at(0)?;
                let piece = positional(0)?;
                // Text for the eye of a person stays as it stands.
                Some(Piece {
                    text: format!("{name} {}", piece.shown()),
                    value: Some(value),
                    ..Piece::default()
                })
            }
            "Set-Variable" | "New-Variable" => {
                let variable = value_at(0)?.into_text()?.to_lowercase();
                match value_at(1).or_else(input_value) {
                    Some(value) => {
                        let value = self.paid(value)?;
                        self.variables.insert(variable, value);
                    }
                    None => {
                        self.variables.remove(&variable);
                    }
                }
                None
            }
            "Set-Item" | "New-Item" => {
                let name = value_at(0)?.into_text()?.to_lowercase();
                let name = name
                    .strip_prefix("variable:")?
                    .trim_start_matches(['\\', '/'])
                    .to_owned();
                let value = self.paid(value_at(1)?)?;
                self.variables.insert(name, value);
                None
            }
            "Get-Variable" => {
                let (value, _) = self.variable_value(&value_at(0)?.into_text()?)?;
                self.used();
                let only = arguments.iter().any(|argument| {
                    argument
                        .parameter
                        .as_ref()
                        .is_some_and(|name| "valueonly".starts_with(name.as_str()))
                });
                Some(constant(if only {
                    value
                } else {
                    Value::Holder(Box::new(value))
                }))
            }
            "Get-ChildItem" | "Get-Item" | "Get-Content" => {
                let path = value_at(0)?.into_text()?.to_lowercase();
                let path = path.replace(":\\", ":").replace(":/", ":");
                let variable = path
                    .strip_prefix("variable:")
                    .or_else(|| path.starts_with("env:").then_some(path.as_str()))?;
                let (value, _) = self.variable_value(variable)?;
                self.used();
                Some(constant(if name == "Get-Content" {
                    value
                } else {
                    Value::Holder(Box::new(value))
                }))
            }
            "Get-Command" | "Get-Alias" => {
                let pattern = value_at(0)?.into_text()?;
                let found = if name == "Get-Alias" {
                    aliases::alias_matching(&pattern)
                } else {
                    aliases::matching(&pattern)
                }?;
                self.note(TechniqueId::Alias);
                Some(constant(Value::Holder(Box::new(Value::Text(
                    found.to_owned(),
                )))))
            }
            "Set-Alias" | "New-Alias" => {
                let alias = value_at(0)?.into_text()?.to_lowercase();
                let target = value_at(1)?.into_text()?;
                self.fuel
                    .pay(target.len())
                    .then(|| self.aliases.insert(alias, target));
                None
            }
            "New-Object" => {
                let com = arguments.iter().position(|argument| {
                    argument
                        .parameter
                        .as_ref()
                        .is_some_and(|name| "comobject".starts_with(name.as_str()))
                });
                let plain = |value: Value, changed: bool| Piece {
                    text: if changed {
                        let mut text = name.to_owned();
                        for argument in arguments {
                            text.push(' ');
                            text.push_str(&argument.piece.shown());
                        }
                        text
                    } else {
                        scan.since(start).trim_end().to_owned()
                    },
                    value: Some(value),
                    ..Piece::default()
                };
                let changed = !scan.since(start).starts_with(name);
                if com.is_some() {
                    let class = value_at(0)?.into_text()?.to_lowercase();
                    return Some(plain(Value::Com(class), true));
                }
                let class = super::expression::type_name(&value_at(0)?.into_text()?);
                // `New-Object IO.MemoryStream(,$bytes)`, `… -ArgumentList $a, $b`.
                let rest: Vec<Piece> = match positional(1)?.value.clone() {
                    Some(Value::List(list)) => list
                        .into_iter()
                        .map(|value| Piece {
                            value: Some(value),
                            ..Piece::default()
                        })
                        .collect(),
                    value => vec![Piece {
                        value,
                        ..Piece::default()
                    }],
                };
                let value = self.object(&class, &rest)?;
                if matches!(value, Value::Text(_)) {
                    return Some(constant(value));
                }
                Some(plain(value, changed))
            }
            "Join-Path" => {
                let (folder, child) = (value_at(0)?.into_text()?, value_at(1)?.into_text()?);
                let folder = folder.trim_end_matches('\\');
                let path = format!("{folder}\\{}", child.trim_start_matches('\\'));
                self.paid(Value::Text(path)).map(constant)
            }
            "ConvertTo-SecureString" => {
                self.stuck |= value_at(0).or_else(input_value).is_some()
                    && !arguments.iter().any(|argument| {
                        argument
                            .parameter
                            .as_ref()
                            .is_some_and(|name| name.starts_with("as"))
                    });
                None
            }
            _ => None,
        }
    }

    /// `… | % { … }` over constants.
    fn for_each(&mut self, items: Vec<Value>, code: &str) -> Option<Value> {
        let kept = ["_", "psitem"].map(|name| (name, self.variables.remove(name)));
        let (changes, steps) = (self.changes, self.outcome.next.len());
        let stuck = self.stuck;
        let depth = self.depth;
        self.depth = self.depth.saturating_add(1);
        self.running = self.running.saturating_add(1);
        let mut results = Some(Vec::new());
        for item in items {
            if self.depth > super::DEPTH || !self.fuel.pay(code.len().saturating_add(item.size())) {
                results = None;
                break;
            }
            self.variables.insert("_".to_owned(), item.clone());
            self.variables.insert("psitem".to_owned(), item);
            let mut scan = Scan::new(code);
            let nested = std::mem::replace(&mut self.nested, 1);
            let value = self.statements(&mut scan, None).value;
            self.nested = nested;
            match (value, &mut results) {
                (Some(Value::List(list)), Some(results)) => results.extend(list),
                (Some(value), Some(results)) => results.push(value),
                _ => {
                    results = None;
                    break;
                }
            }
        }
        self.running = self.running.saturating_sub(1);
        self.depth = depth;
        self.outcome.next.truncate(steps);
        for (name, value) in kept {
            self.variables.remove(name);
            if let Some(value) = value {
                self.variables.insert(name.to_owned(), value);
            }
        }
        if results.is_none() {
            (self.changes, self.stuck) = (changes, stuck);
        }
        // The item is no variable of the script.
        self.pending.retain(|id| *id != TechniqueId::VariableText);
        let mut results = results?;
        // A pipeline unrolls a list of one.
        match results.len() {
            1 => results.pop(),
            _ => Some(Value::List(results)),
        }
    }
}

/// Whether a name can stand without quotes.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, '-' | '.' | '\\' | ':' | '/' | '_' | '%' | '~')
        })
        && !name.starts_with(|c: char| c.is_ascii_digit())
}
