//! Operators, by their rank, and what they make of constants.

use super::super::lexer::{Dialect, Kind, Token, token};
use super::super::node::{Node, Tail};
use super::super::value::Value;
use super::Reader;
use crate::link::TechniqueId;

impl Reader<'_, '_, '_, '_> {
    pub(super) fn begins_operand(&self, token: &Token) -> bool {
        match &token.kind {
            Kind::Word(word) => !self.is_word_operator(word),
            Kind::Text(..) | Kind::Number(_) | Kind::Pattern(..) => true,
            Kind::Sign("(" | "-" | "+" | "!" | "~") => true,
            Kind::Sign("[" | "{") => self.js() && matches!(token.kind, Kind::Sign("[")),
            _ => false,
        }
    }

    pub(super) fn is_word_operator(&self, word: &str) -> bool {
        let list: &[&str] = if self.js() {
            &[
                "in",
                "instanceof",
                "function",
                "else",
                "while",
                "catch",
                "finally",
            ]
        } else {
            &[
                "and", "or", "eqv", "imp", "is", "then", "else", "to", "step", "in", "mod", "xor",
            ]
        };
        list.iter().any(|known| word.eq_ignore_ascii_case(known))
    }

    /// The operator that comes next, how tightly it binds, and its token.
    pub(super) fn operator(&self) -> Option<(Token, char, u8)> {
        let mut next = self.peek();
        if self.js() && next.kind == Kind::Separator && !self.raw(&next).contains(';') {
            let mut at = next.end;
            loop {
                next = token(self.code, at, Dialect::Js, false);
                if next.kind != Kind::Separator || self.raw(&next).contains(';') {
                    break;
                }
                at = next.end;
            }
            if !Self::is_sign(&next, "+") {
                return None;
            }
        }
        let (sign, tight) = match &next.kind {
            Kind::Sign("+") => ('+', 5),
            Kind::Sign("-") => ('-', 5),
            Kind::Sign("&") if !self.js() => ('&', 4),
            Kind::Sign("&") => ('a', 2),
            Kind::Sign("|") if self.js() => ('|', 0),
            Kind::Sign("^") if self.js() => ('x', 1),
            Kind::Sign("*") => ('*', 8),
            Kind::Sign("/") => ('/', 8),
            Kind::Sign("\\") if !self.js() => ('/', 7),
            Kind::Sign("%") if self.js() => ('%', 8),
            Kind::Word(word) if !self.js() && word.eq_ignore_ascii_case("mod") => ('%', 6),
            Kind::Word(word) if !self.js() && word.eq_ignore_ascii_case("xor") => ('x', 0),
            _ => return None,
        };
        Some((next, sign, tight))
    }

    pub(super) fn binary(&mut self, least: u8) -> Node {
        let mut left = self.unary();
        while let Some((next, sign, tight)) = self.operator() {
            if tight < least || self.state.fuel.is_out() {
                break;
            }
            let mut operator = self.gap(&next).to_owned();
            operator.push_str(self.raw(&next));
            self.take(&next);
            // A line that ends in an operator goes on.
            self.nested = self.nested.saturating_add(1);
            let ahead = self.peek();
            operator.push_str(self.gap(&ahead));
            let missing = !self.begins_operand(&ahead);
            if !missing && self.js() {
                self.at = ahead.start;
            }
            self.nested = self.nested.saturating_sub(1);
            if missing {
                let start = left.start;
                let mut text = self.absorb(left);
                text.push_str(&operator);
                return Node::unknown(start, self.at, text);
            }
            let right = self.binary(tight.saturating_add(1));
            left = self.combine(left, sign, operator, right);
        }
        left
    }

    pub(super) fn combine(
        &mut self,
        mut left: Node,
        sign: char,
        operator: String,
        right: Node,
    ) -> Node {
        let joins = sign == '&' || sign == '+';
        if left.is_constant()
            && right.is_constant()
            && let Some(value) = self.computed(&mut left, sign, &right)
        {
            if matches!(value, Value::Text(_)) {
                left.kind(TechniqueId::StringConcat);
            }
            right.kinds.iter().for_each(|id| left.kind(*id));
            (left.value, left.folded, left.end) = (value, true, right.end);
            left.name = None;
            return left;
        }
        // Unknown, and a constant behind it: kept aside, more may follow.
        if joins
            && !left.is_constant()
            && let Value::Text(text) = &right.value
        {
            if self.state.fuel.pay(text.len()) {
                let before = left.loose.get_or_insert_with(|| left.text.clone());
                before.push_str(text);
                right.kinds.iter().for_each(|id| left.kind(*id));
                match &mut left.tail {
                    Some(tail) => {
                        tail.text.push_str(text);
                        tail.folded = true;
                        left.kind(TechniqueId::StringConcat);
                    }
                    None => {
                        left.tail = Some(Tail {
                            operator,
                            text: text.clone(),
                            start: right.start,
                            folded: right.folded,
                        });
                    }
                }
                left.value = Value::Unknown;
                (left.end, left.name, left.receiver) = (right.end, None, None);
            }
            return left;
        }
        let (start, end) = (left.start, right.end);
        let more = right.spoken().unwrap_or_else(|| right.text.clone());
        if !self.state.fuel.pay(more.len()) {
            self.state.undecoded = true;
        }
        let loose = joins.then(|| {
            let before = left.loose.take().or_else(|| left.value.text());
            let mut loose = before.unwrap_or_else(|| left.text.clone());
            loose.push_str(&more);
            loose
        });
        let mut text = self.absorb(left);
        text.push_str(&operator);
        text.push_str(&self.absorb(right));
        let mut node = Node::unknown(start, end, text);
        node.loose = loose;
        node
    }

    /// The value of an operation on two constants; the text on the left is moved, so that a long
    /// chain stays linear.
    pub(super) fn computed(&mut self, left: &mut Node, sign: char, right: &Node) -> Option<Value> {
        let numbers = || Some((left.value.number()?, right.value.number()?));
        let texts = matches!(left.value, Value::Text(_)) || matches!(right.value, Value::Text(_));
        let both = matches!(
            (&left.value, &right.value),
            (Value::Text(_), Value::Text(_))
        );
        let joins = match sign {
            '&' => true,
            '+' if self.js() => texts,
            '+' => both,
            _ => false,
        };
        if joins {
            let more = right.value.text()?;
            if !self.state.fuel.pay(more.len()) {
                return None;
            }
            let mut text = match std::mem::replace(&mut left.value, Value::Unknown) {
                Value::Text(text) => text,
                other => match other.text() {
                    Some(text) => text,
                    None => {
                        left.value = other;
                        return None;
                    }
                },
            };
            text.push_str(&more);
            return Some(Value::Text(text));
        }
        let (a, b) = numbers()?;
        let number = match sign {
            '+' => a.checked_add(b)?,
            '-' => a.checked_sub(b)?,
            '*' => a.checked_mul(b)?,
            '/' if a.checked_rem(b)? == 0 => a.checked_div(b)?,
            '%' => a.checked_rem(b)?,
            'x' => a ^ b,
            'a' => a & b,
            '|' => a | b,
            _ => return None,
        };
        Some(Value::Number(number))
    }

    /// Signs and words in front of a value.
    pub(super) fn unary(&mut self) -> Node {
        let start = self.peek().start;
        let mut before = String::new();
        let mut sign = 1_i64;
        let mut only_signs = true;
        let mut new = false;
        loop {
            let next = self.peek();
            match &next.kind {
                Kind::Sign("-") => sign = sign.saturating_neg(),
                Kind::Sign("+") => {}
                Kind::Sign("!" | "~") => only_signs = false,
                Kind::Word(word) if self.js() && word == "new" => {
                    only_signs = false;
                    new = true;
                }
                Kind::Word(word) if self.is_prefix(word) => only_signs = false,
                _ => break,
            }
            if self.state.fuel.is_out() {
                break;
            }
            if !before.is_empty() {
                before.push_str(self.gap(&next));
            }
            before.push_str(self.raw(&next));
            self.take(&next);
        }
        if before.is_empty() {
            return self.postfix(start, false);
        }
        let next = self.peek();
        let gap = self.gap(&next).to_owned();
        if !self.begins_operand(&next) {
            return Node::unknown(start, self.at, before);
        }
        let mut node = self.postfix(start, new);
        if only_signs && let Some(number) = node.value.number() {
            let value = Value::Number(number.saturating_mul(sign));
            node.folded |= sign > 0 && before.len() > 1;
            node.value = value;
            node.start = start;
            return node;
        }
        if new && before == "new" && matches!(node.value, Value::List(_) | Value::Text(_)) {
            (node.start, node.folded) = (start, true);
            return node;
        }
        let value = match &node.value {
            Value::Object(_) => node.value.clone(),
            _ => Value::Unknown,
        };
        before.push_str(&gap);
        before.push_str(&self.absorb(node));
        let mut whole = Node::unknown(start, self.at, before);
        whole.value = value;
        whole
    }

    pub(super) fn is_prefix(&self, word: &str) -> bool {
        let list: &[&str] = if self.js() {
            &["typeof", "void", "delete", "return", "throw", "case", "var"]
        } else {
            &["not", "new", "call", "set", "let"]
        };
        list.iter().any(|known| word.eq_ignore_ascii_case(known))
    }
}
