//! Expressions by the precedence of their operators (`about_Operator_Precedence`).

use super::scan::{Scan, is_dash, is_double, is_single};
use super::value::Value;
use super::{Folder, Piece};
use crate::link::TechniqueId;

/// Operators of each level, the loosest first. Those with letters stand behind a dash.
const LEVELS: &[&[&str]] = &[
    &["and", "or", "xor"],
    &["band", "bor", "bxor", "shl", "shr"],
    &[
        "join",
        "split",
        "isplit",
        "csplit",
        "replace",
        "ireplace",
        "creplace",
        "eq",
        "ieq",
        "ceq",
        "ne",
        "ine",
        "cne",
        "gt",
        "ge",
        "lt",
        "le",
        "like",
        "ilike",
        "clike",
        "notlike",
        "match",
        "imatch",
        "cmatch",
        "notmatch",
        "contains",
        "icontains",
        "ccontains",
        "notcontains",
        "in",
        "notin",
        "isnot",
        "is",
        "as",
    ],
    &["+", "-"],
    &["*", "/", "%"],
    &["f"],
    &[".."],
    &[","],
];

impl Folder<'_, '_> {
    /// An expression whose operators are at least of that level.
    pub(super) fn expression(&mut self, scan: &mut Scan<'_>, level: usize) -> Piece {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary(scan);
        };
        let tighter = level.saturating_add(1);
        let start = scan.at;
        let before = self.changes;
        let mut left = self.expression(scan, tighter);
        let mut end = scan.at;
        // The text in clear; `None` while it is that of the script.
        let mut shown: Option<String> = None;
        let mut items: Option<Vec<Value>> = None;
        let mut count = 0usize;
        loop {
            let mut ahead = *scan;
            ahead.blanks();
            let Some(operator) = operator(&mut ahead, operators) else {
                break;
            };
            if operator == "," && self.arguments {
                break;
            }
            let untouched = self.changes == before;
            *scan = ahead;
            scan.lines();
            let right = self.expression(scan, tighter);
            count = count.saturating_add(1);
            let (known, right_value) = (left.value.take(), right.value.as_ref());
            let result = match (known, right_value) {
                (known, Some(value)) if operator == "," => {
                    // Gathered: a million of them is one list.
                    let list = items.take().or_else(|| known.map(|value| vec![value]));
                    items = list.map(|mut list| {
                        list.push(value.clone());
                        list
                    });
                    None
                }
                (Some(a), Some(b)) => self.binary(operator, a, b.clone()),
                _ => {
                    items = None;
                    None
                }
            };
            left.variable = None;
            if let Some(value) = result {
                left = Piece::folded(value);
                if matches!(left.value, Some(Value::Bytes(_) | Value::Stream(_))) {
                    left.text = scan.since(start).to_owned();
                }
                shown = None;
                self.changed();
            } else {
                if self.changes != before {
                    let mut text = match shown.take() {
                        Some(text) => text,
                        None if left.folded => left.shown(),
                        None if count > 1 || untouched => {
                            let mut ahead = *scan;
                            ahead.at = end;
                            ahead.since(start).to_owned()
                        }
                        None => std::mem::take(&mut left.text),
                    };
                    spell(&mut text, operator);
                    text.push_str(&right.shown());
                    shown = Some(text);
                }
                left.folded = false;
            }
            end = scan.at;
            if self.fuel.is_out() {
                break;
            }
        }
        if count > 0 && !left.folded {
            left.text = shown.unwrap_or_else(|| scan.since(start).to_owned());
        }
        if let Some(items) = items {
            left.value = self.paid(Value::List(items));
        }
        left
    }

    /// An argument of a method.
    pub(super) fn argument_expression(&mut self, scan: &mut Scan<'_>) -> Piece {
        let outer = std::mem::replace(&mut self.arguments, true);
        let piece = self.expression(scan, 0);
        self.arguments = outer;
        piece
    }

    /// Casts and operators in front, then what they apply to. Their number is not bounded, so they
    /// are gathered.
    pub(super) fn unary(&mut self, scan: &mut Scan<'_>) -> Piece {
        let mut fronts: Vec<(usize, String)> = Vec::new();
        let before = self.changes;
        let mut piece = loop {
            scan.blanks();
            let start = scan.at;
            let rest = scan.rest();
            if rest.starts_with('[')
                && let Some(name) = type_here(scan)
            {
                let mut ahead = *scan;
                ahead.blanks();
                // `[x]::y` and `[x]` alone are values.
                let member = ahead.rest().starts_with("::");
                let cast = !member && starts_operand(&ahead);
                if cast {
                    fronts.push((start, name));
                    continue;
                }
                let value = Value::Type(type_name(&name));
                let piece = Piece {
                    text: scan.since(start).to_owned(),
                    value: Some(value),
                    ..Piece::default()
                };
                break self.postfix(scan, piece, start);
            }
            let mut ahead = *scan;
            let front = if let Some(word) = operator(
                &mut ahead,
                &[
                    "join", "split", "isplit", "csplit", "not", "bnot", "++", "--",
                ],
            ) {
                Some(word)
            } else if ahead.eat('!') {
                Some("not")
            } else if ahead.eat('+') {
                Some("+")
            } else if ahead.eat(',') {
                Some(",")
            } else if ahead.peek().is_some_and(is_dash) {
                ahead.bump();
                Some("-")
            } else {
                None
            };
            let Some(front) = front else {
                break self.primary(scan);
            };
            *scan = ahead;
            fronts.push((start, front.to_owned()));
            if scan.is_done() {
                break Piece::default();
            }
        };
        for (start, front) in fronts.into_iter().rev() {
            if !self.fuel.pay(scan.at.saturating_sub(start)) {
                break;
            }
            let result = match (front.starts_with('['), piece.value.take()) {
                (true, Some(value)) => {
                    let kept = value.clone();
                    let result = self.cast(&type_name(&front), value);
                    if result.is_none() {
                        piece.value = Some(kept).filter(|_| front.eq_ignore_ascii_case("[void]"));
                    }
                    result
                }
                (false, Some(value)) => self.in_front(&front, value),
                _ => None,
            };
            piece.variable = None;
            match result {
                Some(value) => {
                    let number = matches!(value, Value::Int(_)) && self.changes == before;
                    let quiet = number
                        || matches!(value, Value::Bytes(_) | Value::Stream(_) | Value::Type(_))
                        || self.changes == before && matches!(value, Value::List(_));
                    let text = scan.since(start).to_owned();
                    if quiet {
                        piece = Piece {
                            text,
                            value: Some(value),
                            ..Piece::default()
                        };
                    } else {
                        self.changed();
                        piece = Piece::folded(value);
                        piece.text = text;
                    }
                }
                None => {
                    let shown = piece.shown();
                    piece.folded = false;
                    piece.text = if self.changes == before {
                        scan.since(start).to_owned()
                    } else if front.starts_with('[') || matches!(front.as_str(), "+" | "-" | ",") {
                        format!("{front}{shown}")
                    } else {
                        format!("-{front} {shown}")
                    };
                }
            }
        }
        piece
    }

    pub(super) fn primary(&mut self, scan: &mut Scan<'_>) -> Piece {
        let start = scan.at;
        let Some(c) = scan.peek() else {
            return Piece::default();
        };
        let second = scan.second();
        let piece = match c {
            '@' if second.is_some_and(|c| is_single(c) || is_double(c)) => self.string(scan),
            '@' if second == Some('(') => self.group(scan, "@"),
            '@' if second == Some('{') => self.table(scan),
            '$' if second == Some('(') => self.group(scan, "$"),
            '$' => self.variable(scan),
            '(' => self.group(scan, ""),
            '{' => {
                let at = scan.at;
                let mut ahead = *scan;
                ahead.skip_brackets();
                let inside = ahead.since(at);
                let inside = inside.strip_prefix('{').unwrap_or(inside);
                let inside = inside.strip_suffix('}').unwrap_or(inside).to_owned();
                let mut block = self.block(scan);
                block.value = self.paid(Value::Block(inside));
                block
            }
            c if is_single(c) || is_double(c) => self.string(scan),
            c if c.is_ascii_digit() => {
                let digits = scan.take_while(|c| c.is_ascii_alphanumeric());
                let value = super::number::number(digits).map(Value::Int);
                if value.is_none() && scan.peek() == Some('.') && scan.second() != Some('.') {
                    scan.bump();
                    scan.take_while(|c| c.is_ascii_alphanumeric());
                }
                Piece {
                    text: scan.since(start).to_owned(),
                    value,
                    ..Piece::default()
                }
            }
            c if matches!(c, ')' | '}' | ']' | ';' | '|' | '\n' | '\r') => Piece::default(),
            _ => {
                let mut piece = self.word(scan);
                if scan.at == start {
                    scan.bump();
                    piece.text = scan.since(start).to_owned();
                }
                piece.value = None;
                piece
            }
        };
        self.postfix(scan, piece, start)
    }

    /// `(…)`, `$(…)`, `@(…)`.
    fn group(&mut self, scan: &mut Scan<'_>, sign: &str) -> Piece {
        let start = scan.at;
        let before = self.changes;
        scan.skip(sign.len());
        let mut piece = self.bracket(scan, ')');
        if sign == "@" {
            piece.value = piece.value.map(|value| match value {
                list @ (Value::List(_) | Value::Bytes(_)) => list,
                Value::Null => Value::List(Vec::new()),
                value => Value::List(vec![value]),
            });
        }
        if self.changes == before {
            piece.text = scan.since(start).to_owned();
        } else if let Some(
            Value::Text(_) | Value::Int(_) | Value::List(_) | Value::Char(_) | Value::Code(_),
        ) = &piece.value
        {
            // What is constant needs no brackets.
            piece.folded = true;
        } else {
            piece.text.insert_str(0, sign);
        }
        piece
    }

    /// `@{key = value; …}`.
    fn table(&mut self, scan: &mut Scan<'_>) -> Piece {
        let start = scan.at;
        if self.depth >= super::DEPTH {
            scan.skip_brackets();
            self.stuck = true;
            return Piece::text(scan.since(start));
        }
        self.depth = self.depth.saturating_add(1);
        let before = self.changes;
        scan.skip(2);
        let mut entries = Vec::new();
        loop {
            scan.gaps();
            if scan.is_done() || scan.eat('}') {
                break;
            }
            let key = scan.take_while(|c| !matches!(c, '=' | ';' | '}' | '\n'));
            if scan.eat('=') {
                scan.lines();
                let value = self.statement(scan);
                entries.push(format!("{}={}", key.trim(), value.shown()));
            } else {
                entries.push(key.trim().to_owned());
            }
            // What closes nothing here.
            if matches!(scan.peek(), Some(')' | ']')) {
                scan.bump();
            }
            if self.fuel.is_out() {
                break;
            }
        }
        self.depth = self.depth.saturating_sub(1);
        Piece::text(if self.changes == before {
            scan.since(start).to_owned()
        } else {
            format!("@{{{}}}", entries.join("; "))
        })
    }

    fn variable(&mut self, scan: &mut Scan<'_>) -> Piece {
        let start = scan.at;
        let Some(name) = super::strings::variable(scan) else {
            scan.bump();
            return Piece::text(scan.since(start));
        };
        let source = scan.since(start).to_owned();
        let mut text = source.clone();
        if name.noisy {
            text = format!("${}", name.name);
            if text != source {
                let ticked = source.contains('`');
                self.changed();
                if ticked {
                    self.step(TechniqueId::Backticks, &source, &text);
                }
            }
        }
        let mut piece = Piece::text(text);
        if let Some((value, own)) = self.variable_value(&name.name) {
            let plain = matches!(value, Value::Text(_) | Value::Char(_) | Value::Int(_));
            piece.value = Some(value);
            if own && plain {
                self.used();
                piece.folded = true;
            }
        }
        piece.variable = Some(name.name);
        piece
    }
}

fn spell(text: &mut String, operator: &str) {
    match operator {
        "," => text.push_str(", "),
        ".." => text.push_str(".."),
        "+" | "-" | "*" | "/" | "%" => {
            text.push(' ');
            text.push_str(operator);
            text.push(' ');
        }
        word => {
            text.push_str(" -");
            text.push_str(word);
            text.push(' ');
        }
    }
}

/// Letters of the name of a type.
const LONGEST_TYPE: usize = 96;

/// The type `[…]` here, which is read; `None` where it is none.
fn type_here(scan: &mut Scan<'_>) -> Option<String> {
    let mut ahead = *scan;
    let start = ahead.at;
    ahead.bump();
    let mut length = 0usize;
    let name = ahead.take_while(|c| {
        length = length.saturating_add(1);
        let known = matches!(c, '.' | '_' | '`' | ' ' | '[' | ',' | '+' | '"' | '\'');
        length <= LONGEST_TYPE && (known || c.is_alphanumeric())
    });
    if name.trim().is_empty() || !ahead.eat(']') {
        return None;
    }
    // `[char[]]`.
    ahead.eat(']');
    let text = ahead.since(start);
    *scan = ahead;
    Some(text.replace(['`', ' '], ""))
}

/// Whether `[type]::` stands here.
pub(super) fn names_member(scan: &Scan<'_>) -> bool {
    let mut ahead = *scan;
    type_here(&mut ahead).is_some() && ahead.rest().starts_with("::")
}

/// In lower case, without brackets and `System.`.
pub(super) fn type_name(text: &str) -> String {
    let lower = text
        .trim_matches(['[', ']', ' ', '"', '\''])
        .to_ascii_lowercase();
    let lower = lower.strip_prefix("system.").unwrap_or(&lower);
    let array = text.contains("[]");
    let lower = lower.trim_end_matches(['[', ']']);
    if array {
        format!("{lower}[]")
    } else {
        lower.to_owned()
    }
}

/// Whether a cast in front of here has something to cast.
fn starts_operand(scan: &Scan<'_>) -> bool {
    scan.peek().is_some_and(|c| {
        matches!(c, '$' | '(' | '[' | '@' | '{' | '+')
            || is_single(c)
            || is_double(c)
            || c.is_ascii_digit()
    }) || scan.peek().is_some_and(is_dash)
        && scan
            .second()
            .is_some_and(|c| c.is_ascii_digit() || matches!(c, 'j' | 'J' | 's' | 'S'))
}

/// The operator here, which is read.
fn operator(scan: &mut Scan<'_>, operators: &[&'static str]) -> Option<&'static str> {
    let rest = scan.rest();
    let first = rest.chars().next()?;
    if is_dash(first) {
        let after = rest.get(first.len_utf8()..)?;
        let end = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let word = after.get(..end)?;
        if word.is_empty() {
            let found = operators
                .iter()
                .copied()
                .find(|operator| matches!(*operator, "-" | "--"))?;
            let doubled = after.starts_with(is_dash);
            if (found == "--") != doubled || after.starts_with('=') {
                return None;
            }
            scan.skip(first.len_utf8());
            if doubled {
                scan.bump();
            }
            return Some(found);
        }
        let found = operators
            .iter()
            .copied()
            .find(|operator| operator.eq_ignore_ascii_case(word))?;
        scan.skip(first.len_utf8().saturating_add(end));
        return Some(found);
    }
    let found = operators
        .iter()
        .copied()
        .filter(|operator| !operator.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-'))
        .find(|operator| rest.starts_with(operator))?;
    let after = rest.get(found.len()..)?;
    if after.starts_with('=') || found == "+" && after.starts_with('+') {
        return None;
    }
    scan.skip(found.len());
    Some(found)
}
