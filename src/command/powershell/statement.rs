//! Statements, pipelines and assignments.

use super::scan::{Scan, ends_word, is_double, is_line_end, is_name, is_single};
use super::value::Value;
use super::{DEPTH, Folder, Piece};
use crate::link::TechniqueId;

/// Words that take brackets and blocks (`about_Language_Keywords`).
const KEYWORDS: &[&str] = &[
    "begin",
    "catch",
    "data",
    "do",
    "dynamicparam",
    "else",
    "elseif",
    "end",
    "finally",
    "for",
    "foreach",
    "filter",
    "function",
    "if",
    "param",
    "process",
    "switch",
    "trap",
    "try",
    "until",
    "while",
];

/// Words in front of an expression.
const LEADING: &[&str] = &["return", "throw", "exit"];

impl Folder<'_, '_> {
    /// Statements up to a bracket, which is not read, or the end.
    pub(super) fn statements(&mut self, scan: &mut Scan<'_>, close: Option<char>) -> Piece {
        let start = scan.at;
        let before = self.changes;
        let mut texts: Vec<String> = Vec::new();
        let mut values = Some(Vec::new());
        loop {
            scan.gaps();
            match scan.peek() {
                None => break,
                Some(c) if Some(c) == close => break,
                // One that closes nothing.
                Some(')' | '}' | ']') if close.is_none() => {
                    scan.bump();
                    continue;
                }
                Some(')' | '}' | ']') => break,
                Some('&') if scan.second() == Some('&') => {
                    scan.skip(2);
                    continue;
                }
                Some('|') => {
                    scan.bump();
                    continue;
                }
                _ => {}
            }
            let at = scan.at;
            let piece = self.statement(scan);
            if scan.at == at {
                scan.bump();
            }
            if let Some(list) = &mut values {
                match &piece.value {
                    Some(value) if !piece.text.is_empty() || piece.folded => {
                        list.push(value.clone());
                    }
                    // An assignment says nothing.
                    None if piece.variable.is_some() => {}
                    _ => values = None,
                }
            }
            let shown = piece.shown();
            if !shown.trim().is_empty() {
                texts.push(shown);
            }
            if self.fuel.is_out() {
                let rest = scan.rest();
                texts.push(rest.to_owned());
                scan.skip(rest.len());
                break;
            }
        }
        let value = values.and_then(|mut values| match values.len() {
            0 => None,
            1 => values.pop(),
            _ => Some(Value::List(values)),
        });
        let text = if self.changes == before {
            scan.since(start).trim().to_owned()
        } else {
            in_a_row(&texts)
        };
        Piece {
            text,
            value,
            ..Piece::default()
        }
    }

    pub(super) fn statement(&mut self, scan: &mut Scan<'_>) -> Piece {
        let start = scan.at;
        if let Some(word) = keyword(scan) {
            return self.keyword(scan, word);
        }
        for lead in LEADING {
            let mut ahead = *scan;
            if let Some(rest) = crate::text::strip_prefix(ahead.rest(), lead)
                && rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '(' | '$'))
            {
                ahead.skip(lead.len());
                ahead.blanks();
                *scan = ahead;
                let before = self.changes;
                let piece = self.pipeline(scan);
                let text = if self.changes == before {
                    scan.since(start).to_owned()
                } else {
                    format!("{lead} {}", piece.shown())
                };
                return Piece::text(text);
            }
        }
        if let Some(assignment) = Assignment::at(scan) {
            return self.assignment(scan, assignment);
        }
        self.pipeline(scan)
    }

    fn assignment(&mut self, scan: &mut Scan<'_>, assignment: Assignment) -> Piece {
        let start = scan.at;
        let before = self.changes;
        scan.at = assignment.value;
        scan.lines();
        let Assignment {
            name,
            operator,
            target,
            casts,
            ..
        } = assignment;
        self.depth = self.depth.saturating_add(1);
        let right = if self.depth > DEPTH {
            self.stuck = true;
            scan.take_while(|c| !matches!(c, ';' | ')' | '}') && !is_line_end(c));
            Piece::text(scan.since(assignment.value).trim())
        } else {
            self.statement(scan)
        };
        self.depth = self.depth.saturating_sub(1);
        let kept = self.variables.remove(&name);
        let value = match (operator, &right.value) {
            ("=", Some(value)) => Some(value.clone()),
            ("+=", Some(value)) => {
                // What is assigned shows where it is used.
                let (changes, pending) = (self.changes, self.pending.len());
                let value = kept.and_then(|kept| self.plus(kept, value.clone()));
                self.pending.truncate(pending);
                self.changes = changes;
                value
            }
            _ => None,
        };
        let mut value = value.and_then(|value| self.paid(value));
        for class in casts.iter().rev() {
            let (changes, pending) = (self.changes, self.pending.len());
            value = value.and_then(|value| self.cast(class, value));
            self.pending.truncate(pending);
            self.changes = changes;
        }
        if let Some(value) = &value {
            self.variables.insert(name.clone(), value.clone());
        }
        let source = right.shown();
        if value.is_none() && operator == "=" && self.fuel.pay(source.len()) {
            self.sources.insert(name.clone(), source);
        } else {
            self.sources.remove(&name);
        }
        let text = if self.changes == before {
            scan.since(start).to_owned()
        } else {
            format!("{target} {operator} {}", right.shown())
        };
        // `($x = 'a')` has a value, but as a statement it says nothing.
        Piece {
            text,
            value: if self.nested > 0 { value } else { None },
            folded: false,
            variable: Some(name),
            takes_input: false,
        }
    }

    /// `[type]::member = …`, `$list[0] = …`: behind the target.
    fn stored(&mut self, scan: &mut Scan<'_>, target: Piece, start: usize) -> Piece {
        let mut ahead = *scan;
        ahead.blanks();
        let operators = ["=", "+=", "-=", "*=", "??="];
        let rest = ahead.rest();
        let Some(operator) = operators
            .into_iter()
            .find(|operator| rest.starts_with(operator))
        else {
            return target;
        };
        if rest.starts_with("==") || self.depth >= DEPTH {
            return target;
        }
        let mut root = Scan::new(ahead.since(start));
        if let Some(name) = super::strings::variable(&mut root) {
            self.variables.remove(&name.name.to_lowercase());
        }
        ahead.skip(operator.len());
        ahead.lines();
        *scan = ahead;
        self.depth = self.depth.saturating_add(1);
        let value = self.statement(scan);
        self.depth = self.depth.saturating_sub(1);
        Piece::text(format!("{} {operator} {}", target.shown(), value.shown()))
    }

    /// `if (…) {…}`, `function x {…}` and the like: what is inside may run or not, so that nothing
    /// it assigns is known afterwards.
    fn keyword(&mut self, scan: &mut Scan<'_>, word: &str) -> Piece {
        let start = scan.at;
        let before = self.changes;
        let mut parts = vec![word.to_owned()];
        scan.skip(word.len());
        let branch = matches!(
            word,
            "try" | "finally" | "do" | "begin" | "process" | "end" | "data"
        );
        loop {
            scan.lines();
            match scan.peek() {
                Some('(') => parts.push(self.bracket(scan, ')').shown()),
                Some('{') => {
                    let mut ahead = *scan;
                    ahead.skip_brackets();
                    let inside = ahead.since(scan.at);
                    if !branch {
                        self.forget_assigned(inside);
                    }
                    parts.push(self.block(scan).text);
                    if !branch {
                        self.forget_assigned(inside);
                    }
                    break;
                }
                Some(c) if c == ';' || is_line_end(c) || matches!(c, ')' | '}' | ']') => break,
                None => break,
                Some('[') => {
                    let at = scan.at;
                    scan.skip_brackets();
                    parts.push(scan.since(at).to_owned());
                }
                Some(_) => {
                    let at = scan.at;
                    scan.bump();
                    scan.take_while(|c| !ends_word(c));
                    parts.push(scan.since(at).to_owned());
                }
            }
            if self.fuel.is_out() {
                break;
            }
        }
        let text = if self.changes == before {
            scan.since(start).to_owned()
        } else {
            parts.join(" ")
        };
        Piece::text(text)
    }

    /// Variables that a block assigns are not known around it.
    pub(super) fn forget_assigned(&mut self, block: &str) {
        if self.variables.is_empty() || !self.fuel.pay(block.len()) {
            return;
        }
        let mut scan = Scan::new(block);
        while let Some(at) = scan.rest().find('$') {
            scan.skip(at);
            if let Some(assignment) = Assignment::at(&scan) {
                self.variables.remove(&assignment.name);
            }
            scan.bump();
            let name = scan.take_while(is_name);
            if scan.rest().starts_with("++") || scan.rest().starts_with("--") {
                self.variables.remove(&name.to_lowercase());
            }
        }
    }

    /// `{…}`; the text has its braces.
    pub(super) fn block(&mut self, scan: &mut Scan<'_>) -> Piece {
        let nested = std::mem::take(&mut self.nested);
        let piece = self.bracket(scan, '}');
        self.nested = nested;
        piece
    }

    /// Statements within brackets, which are read too. The value is that of the statements.
    pub(super) fn bracket(&mut self, scan: &mut Scan<'_>, close: char) -> Piece {
        let start = scan.at;
        if self.depth >= DEPTH {
            scan.skip_brackets();
            self.stuck = true;
            return Piece::text(scan.since(start));
        }
        self.depth = self.depth.saturating_add(1);
        if close == ')' {
            self.nested = self.nested.saturating_add(1);
        }
        let before = self.changes;
        let open = scan.bump();
        let arguments = std::mem::take(&mut self.arguments);
        let inside = self.statements(scan, Some(close));
        self.arguments = arguments;
        scan.eat(close);
        if close == ')' {
            self.nested = self.nested.saturating_sub(1);
        }
        self.depth = self.depth.saturating_sub(1);
        let text = if self.changes == before {
            scan.since(start).to_owned()
        } else {
            let blank = if close == '}' { " " } else { "" };
            let open = open.unwrap_or('(');
            format!("{open}{blank}{}{blank}{close}", inside.shown())
        };
        Piece {
            text,
            value: inside.value,
            ..Piece::default()
        }
    }

    pub(super) fn pipeline(&mut self, scan: &mut Scan<'_>) -> Piece {
        let start = scan.at;
        let before = self.changes;
        let mut whole = self.element(scan, None, start);
        let mut lefts: Vec<String> = Vec::new();
        loop {
            scan.blanks();
            let mut ahead = *scan;
            ahead.lines();
            if ahead.peek() != Some('|') || ahead.second() == Some('|') {
                break;
            }
            *scan = ahead;
            scan.bump();
            scan.lines();
            let left = whole.shown();
            let mut next = self.element(scan, Some(whole), start);
            if next.takes_input {
                lefts.clear();
            } else if !left.is_empty() {
                lefts.push(left);
            }
            next.takes_input = false;
            whole = next;
            if self.fuel.is_out() {
                break;
            }
        }
        if self.changes == before {
            whole.text = scan.since(start).trim_end().to_owned();
        } else if !lefts.is_empty() {
            lefts.push(whole.shown());
            whole.text = lefts.join(" | ");
            whole.folded = false;
        }
        whole
    }

    /// One part of a pipeline. Where it takes the place of what stands before it, it says so.
    fn element(&mut self, scan: &mut Scan<'_>, input: Option<Piece>, whole: usize) -> Piece {
        let before = self.changes;
        let start = scan.at;
        let piece = if starts_expression(scan) {
            let target = self.expression(scan, 0);
            self.stored(scan, target, start)
        } else {
            self.command(scan, input, whole)
        };
        if self.changes != before {
            let shown = piece.shown();
            self.flush(scan.since(start), &shown);
        }
        piece
    }
}

/// Statements in one line.
fn in_a_row(texts: &[String]) -> String {
    let mut line = String::new();
    for text in texts {
        let word = text
            .split(|c: char| !c.is_ascii_alphabetic())
            .next()
            .unwrap_or_default();
        let goes_on = ["catch", "else", "elseif", "finally", "until"]
            .iter()
            .any(|keyword| keyword.eq_ignore_ascii_case(word));
        if goes_on && line.ends_with('}') {
            line.push(' ');
        } else if !line.is_empty() && !line.ends_with('\n') {
            line.push_str("; ");
        }
        line.push_str(text);
    }
    line
}

fn keyword(scan: &Scan<'_>) -> Option<&'static str> {
    let mut ahead = *scan;
    let word = ahead.take_while(|c| c.is_ascii_alphabetic());
    if word.is_empty() || ahead.peek().is_some_and(|c| !ends_word(c)) {
        return None;
    }
    KEYWORDS
        .iter()
        .copied()
        .find(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// Whether an expression stands here, not a command (`about_Parsing`).
pub(super) fn starts_expression(scan: &Scan<'_>) -> bool {
    let (Some(c), second) = (scan.peek(), scan.second()) else {
        return false;
    };
    match c {
        '$' | '(' | '[' | '{' | ',' | '!' => true,
        '@' => second.is_some_and(|c| matches!(c, '(' | '{') || is_single(c) || is_double(c)),
        '+' => second.is_some_and(|c| c.is_ascii_digit() || matches!(c, '$' | '(' | '+')),
        c if super::scan::is_dash(c) => {
            let word = scan.rest().get(c.len_utf8()..).unwrap_or_default();
            second.is_some_and(|c| c.is_ascii_digit() || matches!(c, '$' | '(' | '-'))
                || ["join", "split", "not", "bnot", "csplit", "isplit"]
                    .iter()
                    .any(|operator| crate::text::starts_with(word, operator))
        }
        c => c.is_ascii_digit() || is_single(c) || is_double(c),
    }
}

/// `$x = …`, with a type in front or without.
struct Assignment {
    name: String,
    operator: &'static str,
    /// Where the value begins.
    value: usize,
    /// What stands in front of the operator.
    target: String,
    /// The types in front.
    casts: Vec<String>,
}

impl Assignment {
    fn at(scan: &Scan<'_>) -> Option<Assignment> {
        let mut ahead = *scan;
        let start = ahead.at;
        let mut casts = Vec::new();
        while ahead.peek() == Some('[') {
            let at = ahead.at;
            ahead.take_while(|c| c.is_alphanumeric() || matches!(c, '[' | '.'));
            let class = ahead.since(at).to_ascii_lowercase();
            if casts.len() >= 4 || class.len() > 64 {
                return None;
            }
            casts.push(super::expression::type_name(&format!("{class}]")));
            ahead.eat(']');
            ahead.eat(']');
            ahead.blanks();
        }
        let name = super::strings::variable(&mut ahead)?;
        let target = if name.noisy {
            format!("${}", name.name)
        } else {
            ahead.since(start).to_owned()
        };
        ahead.blanks();
        let rest = ahead.rest();
        let operator = ["=", "+=", "-=", "*=", "/=", "%=", "??="]
            .into_iter()
            .find(|operator| rest.starts_with(operator))?;
        if rest.starts_with("==") {
            return None;
        }
        ahead.skip(operator.len());
        Some(Assignment {
            name: name.name.to_lowercase(),
            operator,
            value: ahead.at,
            target,
            casts,
        })
    }
}

impl Folder<'_, '_> {
    /// A text in an expression that stands for more than its letters.
    pub(super) fn variable_value(&mut self, name: &str) -> Option<(Value, bool)> {
        let lower = name.to_lowercase();
        let lower = ["global:", "script:", "local:", "private:", "variable:"]
            .iter()
            .find_map(|scope| lower.strip_prefix(scope))
            .unwrap_or(&lower);
        if let Some(value) = self.variables.get(lower) {
            let value = value.clone();
            return Some((self.paid(value)?, true));
        }
        if self.symbolic {
            if let Some(name) = lower.strip_prefix("env:") {
                return Some((Value::Text(format!("%{}%", name.to_uppercase())), true));
            }
            let source = self.sources.remove(lower)?;
            let value = self.symbol(&source);
            self.sources.insert(lower.to_owned(), source);
            return Some((value?, true));
        }
        let constant = match lower {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            name => Value::Text(super::environment::standard(name)?.to_owned()),
        };
        Some((constant, false))
    }

    /// A variable took the place of its name.
    pub(super) fn used(&mut self) {
        self.note(TechniqueId::VariableText);
    }
}
