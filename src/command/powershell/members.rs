//! What stands behind a value: members, methods, indices.

use super::scan::{Scan, is_double, is_name, is_single};
use super::value::Value;
use super::{Folder, Piece, environment, indices};
use crate::link::TechniqueId;

/// What `$ShellId`, `$PSHome` and other standard variables are used for.
fn is_standard(piece: &Piece) -> bool {
    !piece.folded && piece.variable.is_some()
}

impl Folder<'_, '_> {
    /// Members, methods and indices behind a value that began at `start`. Their number is not
    /// bounded; each is appended to the text.
    pub(super) fn postfix(&mut self, scan: &mut Scan<'_>, piece: Piece, start: usize) -> Piece {
        let mut piece = piece;
        loop {
            let here = scan.at;
            let before = self.changes;
            let (Some(c), second) = (scan.peek(), scan.second()) else {
                return piece;
            };
            match c {
                '[' if piece.text.is_empty() && !piece.folded => return piece,
                '[' => {
                    let index = self.index(scan);
                    let standard = is_standard(&piece);
                    let found = match (&piece.value, &index.value) {
                        (Some(value), Some(index))
                            if self.fuel.pay(value.size().saturating_add(index.size())) =>
                        {
                            if indices::is_backwards(index) {
                                self.note(TechniqueId::ReversedText);
                            }
                            indices::at(value, index)
                        }
                        _ => None,
                    };
                    if let Some(value @ Value::Int(_)) = found {
                        // Calculation is no disguise.
                        self.append(&mut piece, scan, here, before, || {
                            format!("[{}]", index.shown())
                        });
                        piece.value = Some(value);
                        continue;
                    }
                    if let Some(value) = found {
                        self.note(if standard {
                            TechniqueId::VariableText
                        } else {
                            TechniqueId::StringJoin
                        });
                        piece = Piece::folded(value);
                        continue;
                    }
                    self.append(&mut piece, scan, here, before, || {
                        format!("[{}]", index.shown())
                    });
                }
                '.' | ':' if c == '.' || second == Some(':') => {
                    let mark = if c == '.' { "." } else { "::" };
                    let mut ahead = *scan;
                    ahead.skip(mark.len());
                    // `'a'..'b'` and a dot at the end.
                    let begins = ahead.peek().is_some_and(|c| {
                        is_name(c)
                            || matches!(c, '`' | '$' | '(' | ' ')
                            || is_single(c)
                            || is_double(c)
                    });
                    if !begins {
                        return piece;
                    }
                    ahead.blanks();
                    *scan = ahead;
                    let Some((name, arguments)) = self.member(scan) else {
                        scan.at = here;
                        return piece;
                    };
                    let shown = |piece: &Option<Vec<Piece>>| match piece {
                        Some(arguments) => {
                            let shown: Vec<String> = arguments.iter().map(Piece::shown).collect();
                            format!("({})", shown.join(", "))
                        }
                        None => String::new(),
                    };
                    let standard = is_standard(&piece);
                    if let Some(code) = self.invoked(&piece, &name, arguments.as_deref())
                        && self.running == 0
                    {
                        let before = format!("{}.{name}", piece.shown());
                        piece = self.splice(&before, &code);
                        if self.nested > 0 {
                            piece.text = format!("$({})", piece.text);
                        }
                        continue;
                    }
                    let value = self.call(&piece, mark, &name, arguments.as_deref());
                    if let Some(value) = value {
                        let raw = matches!(
                            value,
                            Value::Bytes(_) | Value::Stream(_) | Value::Encoding(_) | Value::Com(_)
                        );
                        if standard {
                            self.note(TechniqueId::VariableText);
                        }
                        if raw {
                            self.append(&mut piece, scan, here, before, || {
                                format!("{mark}{name}{}", shown(&arguments))
                            });
                            piece.value = Some(value);
                        } else if self.fuel.pay(scan.at.saturating_sub(start)) {
                            self.changed();
                            piece = Piece::folded(value);
                            piece.text = scan.since(start).to_owned();
                        }
                        continue;
                    }
                    self.append(&mut piece, scan, here, before, || {
                        format!("{mark}{name}{}", shown(&arguments))
                    });
                }
                '+' if second == Some('+') => {
                    scan.skip(2);
                    self.append(&mut piece, scan, here, before, || "++".to_owned());
                    if let Some(name) = piece.variable.take() {
                        self.variables.remove(&name.to_lowercase());
                    }
                }
                _ => return piece,
            }
            if self.fuel.is_out() {
                return piece;
            }
        }
    }

    /// Puts something behind a value that stays as it is.
    fn append(
        &mut self,
        piece: &mut Piece,
        scan: &Scan<'_>,
        here: usize,
        before: usize,
        clear: impl FnOnce() -> String,
    ) {
        if piece.folded {
            piece.text = piece.shown();
        }
        if self.changes == before {
            piece.text.push_str(scan.since(here));
        } else {
            piece.text.push_str(&clear());
        }
        piece.folded = false;
        piece.value = None;
        piece.variable = None;
    }

    fn index(&mut self, scan: &mut Scan<'_>) -> Piece {
        if self.depth >= super::DEPTH {
            let start = scan.at;
            scan.skip_brackets();
            self.stuck = true;
            let inside = scan.since(start);
            return Piece::text(inside.trim_start_matches('[').trim_end_matches(']'));
        }
        self.depth = self.depth.saturating_add(1);
        scan.bump();
        scan.lines();
        let arguments = std::mem::take(&mut self.arguments);
        let piece = self.expression(scan, 0);
        self.arguments = arguments;
        scan.lines();
        scan.take_while(|c| !matches!(c, ']' | ')' | '}'));
        scan.eat(']');
        self.depth = self.depth.saturating_sub(1);
        piece
    }

    /// The name of a member and the arguments of a call.
    fn member(&mut self, scan: &mut Scan<'_>) -> Option<(String, Option<Vec<Piece>>)> {
        let start = scan.at;
        let c = scan.peek()?;
        let name = if is_single(c) || is_double(c) {
            let piece = self.string(scan);
            let name = piece.as_text()?;
            self.changed();
            name
        } else if c == '(' {
            self.nested = self.nested.saturating_add(1);
            let piece = self.bracket(scan, ')');
            self.nested = self.nested.saturating_sub(1);
            match piece.as_text() {
                Some(name) => {
                    self.changed();
                    name
                }
                None => piece.shown(),
            }
        } else if c == '$' {
            let name = super::strings::variable(scan)?;
            match self
                .variable_value(&name.name)
                .and_then(|(value, _)| value.into_text())
            {
                Some(text) => {
                    self.used();
                    text
                }
                None => scan.since(start).to_owned(),
            }
        } else {
            let word = scan.take_while(|c| is_name(c) || c == '`');
            let plain: String = word.chars().filter(|c| *c != '`').collect();
            if plain.is_empty() {
                return None;
            }
            if plain.len() < word.len() {
                self.step(TechniqueId::Backticks, word, &plain);
            }
            plain
        };
        // Only a letter of its own case is changed.
        let name = match environment::spelled(&name) {
            Some(spelled) if spelled != name => {
                let usual = name.chars().all(|c| c.is_lowercase()) && !name.starts_with("download");
                if !usual {
                    self.changed();
                }
                if usual { name } else { spelled.to_owned() }
            }
            _ => name,
        };
        if scan.peek() != Some('(') {
            return Some((name, None));
        }
        if self.depth >= super::DEPTH {
            let start = scan.at;
            scan.skip_brackets();
            self.stuck = true;
            let inside = scan.since(start);
            let inside = inside.get(1..).unwrap_or_default().trim_end_matches(')');
            return Some((name, Some(vec![Piece::text(inside)])));
        }
        self.depth = self.depth.saturating_add(1);
        self.nested = self.nested.saturating_add(1);
        scan.bump();
        let mut arguments = Vec::new();
        loop {
            scan.lines();
            match scan.peek() {
                None => break,
                Some(')') => {
                    scan.bump();
                    break;
                }
                Some(',') => {
                    scan.bump();
                    continue;
                }
                _ => {}
            }
            let at = scan.at;
            // Above the comma: it parts the arguments.
            arguments.push(self.argument_expression(scan));
            if scan.at == at {
                scan.bump();
            }
            if self.fuel.is_out() {
                break;
            }
        }
        self.nested = self.nested.saturating_sub(1);
        self.depth = self.depth.saturating_sub(1);
        Some((name, Some(arguments)))
    }
}
