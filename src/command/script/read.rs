//! Expressions of both languages, with their constants folded (VBScript Language Reference,
//! "Operators"; ECMA-262 3rd edition, section 11).
//!
//! # Malformed input
//!
//! What makes no expression is copied token by token; every step takes at least one.
//!
//! # Worst cases
//!
//! Brackets deeper than [`DEPTH`] are copied as they stand. Every token and every text that is
//! made is paid for.

use super::lexer::{Dialect, Kind, Token, token};
use super::library;
use super::node::{Node, Tail};
use super::state::State;
use super::value::Value;
use crate::link::TechniqueId;

/// How deep brackets are read.
const DEPTH: usize = 32;
/// Bytes of a path of names: `String.fromCharCode.apply`.
const PATH: usize = 64;

/// Arguments of a call, while it is open whether it becomes a constant.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) values: Vec<Value>,
    /// What the first few make as text, known in part.
    pub(super) spoken: Vec<Option<String>>,
    /// Blanks in front of the bracket.
    gap: String,
    /// As they are written, without brackets.
    pub(super) text: String,
    /// Disguises of constants among them: which, before, after.
    notes: Vec<(TechniqueId, String, String)>,
    kinds: Vec<TechniqueId>,
}

pub(super) struct Reader<'t, 's, 'f, 'p> {
    pub(super) code: &'t str,
    pub(super) at: usize,
    pub(super) state: &'s mut State<'f, 'p>,
    /// A value may begin here.
    operand: bool,
    depth: usize,
    /// Open brackets in which line breaks mean nothing (JScript).
    nested: usize,
}

impl<'t, 's, 'f, 'p> Reader<'t, 's, 'f, 'p> {
    pub(super) fn new(code: &'t str, at: usize, state: &'s mut State<'f, 'p>) -> Self {
        Reader {
            code,
            at,
            state,
            operand: true,
            depth: 0,
            nested: 0,
        }
    }

    pub(super) fn js(&self) -> bool {
        self.state.dialect == Dialect::Js
    }

    pub(super) fn peek(&self) -> Token {
        let mut at = self.at;
        loop {
            let next = token(self.code, at, self.state.dialect, self.operand);
            let line_break = next.kind == Kind::Separator && !self.raw(&next).contains(';');
            if self.js() && self.nested > 0 && line_break {
                at = next.end;
                continue;
            }
            return next;
        }
    }

    pub(super) fn raw(&self, token: &Token) -> &'t str {
        self.code.get(token.start..token.end).unwrap_or_default()
    }

    /// Steps over a token. False where the account is empty.
    pub(super) fn take(&mut self, token: &Token) -> bool {
        let length = token.end.saturating_sub(self.at);
        self.at = token.end;
        self.operand = matches!(token.kind, Kind::Sign(sign) if !matches!(sign, ")" | "]" | "}"))
            || matches!(token.kind, Kind::Separator);
        self.state.fuel.pay(length.saturating_add(4))
    }

    /// The blanks in front of a token; a comment there becomes one.
    pub(super) fn gap(&self, token: &Token) -> &'t str {
        let gap = self.code.get(self.at..token.start).unwrap_or_default();
        if gap.chars().all(char::is_whitespace) {
            gap
        } else {
            " "
        }
    }

    fn is_sign(token: &Token, sign: &str) -> bool {
        token.kind == Kind::Sign(match_sign(sign))
    }

    /// A whole argument: everything up to a comma, a closing bracket or the end of the statement.
    pub(super) fn argument(&mut self) -> Node {
        let first = self.peek();
        let mut whole: Option<Node> = None;
        let mut last_end = self.at;
        loop {
            let next = self.peek();
            match &next.kind {
                Kind::End | Kind::Separator | Kind::Sign("," | ")" | "]" | "}") => break,
                _ => {}
            }
            if self.state.fuel.is_out() {
                break;
            }
            let gap = self.gap(&next).to_owned();
            let part = if self.begins_operand(&next) {
                self.binary(0)
            } else {
                self.take(&next);
                Node::unknown(next.start, next.end, self.raw(&next).to_owned())
            };
            last_end = self.at;
            whole = Some(match whole {
                None => part,
                Some(before) => {
                    let start = before.start;
                    let mut text = self.absorb(before);
                    text.push_str(&gap);
                    text.push_str(&self.absorb(part));
                    Node::unknown(start, self.at, text)
                }
            });
        }
        whole.unwrap_or_else(|| Node::unknown(first.start, last_end, String::new()))
    }

    /// The expression with which a statement begins.
    pub(super) fn head(&mut self) -> Node {
        let next = self.peek();
        if self.begins_operand(&next) {
            self.binary(0)
        } else {
            self.argument()
        }
    }

    fn begins_operand(&self, token: &Token) -> bool {
        match &token.kind {
            Kind::Word(word) => !self.is_word_operator(word),
            Kind::Text(..) | Kind::Number(_) | Kind::Pattern(..) => true,
            Kind::Sign("(" | "-" | "+" | "!" | "~") => true,
            Kind::Sign("[" | "{") => self.js() && matches!(token.kind, Kind::Sign("[")),
            _ => false,
        }
    }

    fn is_word_operator(&self, word: &str) -> bool {
        let list: &[&str] = if self.js() {
            &["in", "instanceof", "function", "else", "while", "catch", "finally"]
        } else {
            &["and", "or", "eqv", "imp", "is", "then", "else", "to", "step", "in", "mod", "xor"]
        };
        list.iter().any(|known| word.eq_ignore_ascii_case(known))
    }

    /// The operator that comes next, how tightly it binds, and its token.
    fn operator(&self) -> Option<(Token, char, u8)> {
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

    fn binary(&mut self, least: u8) -> Node {
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

    fn combine(&mut self, mut left: Node, sign: char, operator: String, right: Node) -> Node {
        let joins = sign == '&' || sign == '+';
        if left.is_constant() && right.is_constant() {
            if let Some(value) = self.computed(&mut left, sign, &right) {
                if matches!(value, Value::Text(_)) {
                    left.kind(TechniqueId::StringConcat);
                }
                right.kinds.iter().for_each(|id| left.kind(*id));
                (left.value, left.folded, left.end) = (value, true, right.end);
                left.name = None;
                return left;
            }
        }
        // Unknown, and a constant behind it: kept aside, more may follow.
        if joins && !left.is_constant() && let Value::Text(text) = &right.value {
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
    fn computed(&mut self, left: &mut Node, sign: char, right: &Node) -> Option<Value> {
        let numbers = || Some((left.value.number()?, right.value.number()?));
        let texts = matches!(left.value, Value::Text(_)) || matches!(right.value, Value::Text(_));
        let both = matches!((&left.value, &right.value), (Value::Text(_), Value::Text(_)));
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
    fn unary(&mut self) -> Node {
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

    fn is_prefix(&self, word: &str) -> bool {
        let list: &[&str] = if self.js() {
            &["typeof", "void", "delete", "return", "throw", "case", "var"]
        } else {
            &["not", "new", "call", "set", "let"]
        };
        list.iter().any(|known| word.eq_ignore_ascii_case(known))
    }

    /// A value and what hangs on it: members, calls, indices.
    fn postfix(&mut self, start: usize, new: bool) -> Node {
        let mut node = self.primary();
        if new {
            node.start = start;
        }
        let mut new = new;
        loop {
            if self.state.fuel.is_out() {
                return node;
            }
            let mut next = self.peek();
            if self.js() && next.kind == Kind::Separator && !self.raw(&next).contains(';') {
                let after = token(self.code, next.end, Dialect::Js, false);
                if !Self::is_sign(&after, ".") {
                    return node;
                }
                next = after;
            }
            match next.kind {
                Kind::Sign(".") => {
                    self.take(&next);
                    let word = self.peek();
                    let Kind::Word(name) = &word.kind else {
                        let start = node.start;
                        let mut text = self.absorb(node);
                        text.push('.');
                        return Node::unknown(start, self.at, text);
                    };
                    self.take(&word);
                    node = self.member(node, name.clone(), false);
                }
                Kind::Sign("[") if self.js() => {
                    self.take(&next);
                    node = self.indexed(node);
                }
                Kind::Sign("(") if self.depth < DEPTH => {
                    // `a = b (c)` of VBScript is a call too.
                    let gap = self.gap(&next);
                    self.take(&next);
                    let (mut arguments, closed) = self.bracketed(")");
                    arguments.gap = gap.to_owned();
                    node = self.called(node, arguments, closed, new);
                    new = false;
                }
                _ => return node,
            }
        }
    }

    fn primary(&mut self) -> Node {
        let next = self.peek();
        let (start, end) = (next.start, next.end);
        let dialect = self.state.dialect;
        if self.depth >= DEPTH && matches!(next.kind, Kind::Sign(_)) {
            self.state.undecoded = true;
            self.take(&next);
            return Node::unknown(start, end, self.raw(&next).to_owned());
        }
        self.take(&next);
        match next.kind {
            Kind::Text(text, escaped) => {
                let paid = self.state.fuel.pay(text.len());
                let mut node = Node::constant(start, end, Value::Text(text));
                if escaped && paid {
                    node.folded = true;
                    node.kind(TechniqueId::HexCodes);
                }
                node
            }
            Kind::Number(number) => Node::constant(start, end, Value::Number(number)),
            Kind::Pattern(text, global) => {
                Node::constant(start, end, Value::Pattern(text, global))
            }
            Kind::Word(word) => {
                let raw = self.code.get(start..end).unwrap_or_default();
                let name = if dialect == Dialect::Vb { word.to_lowercase() } else { word.clone() };
                let mut node = Node::unknown(start, end, word.clone());
                if let Some(value) = self.state.variable(&name) {
                    node.folded = !matches!(value, Value::Object(_));
                    node.value = value;
                    if node.folded {
                        node.kind(TechniqueId::VariableText);
                    }
                } else if word != raw && dialect == Dialect::Js {
                    node.kind(TechniqueId::HexCodes);
                } else {
                    node.text = raw.to_owned();
                }
                node.name = Some(name);
                node
            }
            Kind::Sign("(") => {
                let before = self.at;
                self.depth = self.depth.saturating_add(1);
                self.nested = self.nested.saturating_add(1);
                let gap = self.gap(&self.peek()).to_owned();
                let inner = self.argument();
                let close = self.peek();
                let closed = Self::is_sign(&close, ")");
                let after = self.gap(&close).to_owned();
                if closed {
                    self.take(&close);
                }
                self.depth = self.depth.saturating_sub(1);
                self.nested = self.nested.saturating_sub(1);
                let known = inner.is_constant();
                if closed && known && before < self.at {
                    let mut node = inner;
                    (node.start, node.end, node.name) = (start, self.at, None);
                    // Brackets around a literal are not worth a word.
                    return node;
                }
                let mut node = Node::unknown(start, self.at, String::from("("));
                if closed && matches!(inner.value, Value::Object(_)) {
                    node.value = inner.value.clone();
                }
                if closed {
                    node.loose = inner.spoken();
                    // `(eval)('…')`.
                    node.name = inner.name.clone();
                }
                node.text.push_str(&gap);
                let inner = self.absorb(inner);
                node.text.push_str(&inner);
                if closed {
                    node.text.push_str(&after);
                    node.text.push(')');
                }
                node
            }
            Kind::Sign("[") if dialect == Dialect::Js => {
                let (arguments, closed) = self.bracketed("]");
                if closed && arguments.values.iter().all(Value::is_known) {
                    let mut node =
                        Node::constant(start, self.at, Value::List(arguments.values));
                    arguments.kinds.iter().for_each(|id| node.kind(*id));
                    node.folded = !node.kinds.is_empty();
                    return node;
                }
                self.settle(&arguments);
                let close = if closed { "]" } else { "" };
                Node::unknown(start, self.at, format!("[{}{close}", arguments.text))
            }
            _ => Node::unknown(start, end, self.code.get(start..end).unwrap_or_default().into()),
        }
    }

    /// Arguments up to a closing bracket, and whether there was one.
    fn bracketed(&mut self, close: &'static str) -> (Arguments, bool) {
        self.depth = self.depth.saturating_add(1);
        self.nested = self.nested.saturating_add(1);
        let mut arguments = Arguments::default();
        let closed = self.listed(&mut arguments, Some(close));
        self.depth = self.depth.saturating_sub(1);
        self.nested = self.nested.saturating_sub(1);
        (arguments, closed)
    }

    /// Arguments with commas between, up to the bracket or the end of the statement.
    pub(super) fn listed(&mut self, arguments: &mut Arguments, close: Option<&str>) -> bool {
        loop {
            let next = self.peek();
            let gap = self.gap(&next);
            if close.is_some_and(|close| Self::is_sign(&next, close)) {
                arguments.text.push_str(gap);
                self.take(&next);
                return true;
            }
            match next.kind {
                Kind::End | Kind::Separator | Kind::Sign(")" | "]" | "}") => return false,
                Kind::Sign(",") => {
                    // Nothing between two commas is an argument that was left out.
                    if arguments.text.is_empty() || arguments.text.ends_with(',') {
                        arguments.values.push(Value::Unknown);
                        arguments.spoken.push(None);
                    }
                    arguments.text.push_str(gap);
                    arguments.text.push(',');
                    self.take(&next);
                    continue;
                }
                _ => {}
            }
            if !self.state.fuel.pay(32) {
                return false;
            }
            arguments.text.push_str(gap);
            let node = self.argument();
            self.add(arguments, node);
        }
    }

    fn add(&mut self, arguments: &mut Arguments, node: Node) {
        let written = node.written(self.code, self.state.dialect);
        if node.is_constant() {
            let before = self.code.get(node.start..node.end).unwrap_or_default();
            for id in &node.kinds {
                if arguments.notes.len() < 16 {
                    arguments.notes.push((*id, before.to_owned(), written.clone()));
                }
                if !arguments.kinds.contains(id) {
                    arguments.kinds.push(*id);
                }
            }
        } else {
            self.emit(&node);
        }
        if arguments.spoken.len() < 4 {
            arguments.spoken.push(node.spoken());
        }
        let paid = self.state.fuel.pay(written.len());
        arguments.text.push_str(&written);
        arguments.values.push(if paid { node.value } else { Value::Unknown });
    }

    /// Reports the disguises of arguments that stay arguments.
    pub(super) fn settle(&mut self, arguments: &Arguments) {
        for (id, before, after) in &arguments.notes {
            self.state.note(*id, before, after);
        }
    }

    /// A member by its name; `quoted` when it was written as a text in brackets.
    fn member(&mut self, mut node: Node, name: String, quoted: bool) -> Node {
        let word = Value::Text(name.clone());
        if self.js() && let Some(value) = library::property(&node.value, &word) {
            (node.value, node.folded, node.end) = (value, true, self.at);
            return node;
        }
        let (start, kinds) = (node.start, std::mem::take(&mut node.kinds));
        let (value, path, receiver) = (node.value.clone(), node.name.take(), node.receiver.take());
        if !self.state.fuel.pay(value.size().saturating_add(name.len())) {
            self.state.undecoded = true;
        }
        let mut text = self.absorb(node);
        text.push('.');
        text.push_str(&name);
        let mut next = Node::unknown(start, self.at, text);
        next.kinds = kinds;
        if quoted {
            next.kind(TechniqueId::StringConcat);
        }
        let key = if self.js() { name } else { name.to_lowercase() };
        next.name = match (&value, path) {
            (Value::Unknown, Some(path)) if receiver.is_none() && path.len() < PATH => {
                Some(format!("{path}.{key}"))
            }
            _ => Some(key),
        };
        if matches!(value, Value::Object(_)) {
            next.value = value.clone();
        }
        next.receiver = Some(value).filter(Value::is_known);
        next
    }

    /// What stands in brackets behind a value of JScript.
    fn indexed(&mut self, mut node: Node) -> Node {
        let raw_start = self.at;
        let (arguments, closed) = self.bracketed("]");
        if closed && let [index] = arguments.values.as_slice() {
            if let Some(value) = library::property(&node.value, index) {
                (node.value, node.folded, node.end) = (value, true, self.at);
                arguments.kinds.iter().for_each(|id| node.kind(*id));
                node.name = None;
                return node;
            }
            let name = index.as_text().filter(|name| {
                !name.is_empty()
                    && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
            });
            if let Some(name) = name {
                let name = name.to_owned();
                let inner = self.code.get(raw_start..self.at).unwrap_or_default();
                let mut next = self.member(node, name.clone(), inner.contains('+'));
                arguments.kinds.iter().for_each(|id| next.kind(*id));
                return next;
            }
        }
        self.settle(&arguments);
        let start = node.start;
        let mut text = self.absorb(node);
        text.push('[');
        text.push_str(&arguments.text);
        if closed {
            text.push(']');
        }
        Node::unknown(start, self.at, text)
    }

    /// A call.
    pub(super) fn called(
        &mut self,
        node: Node,
        arguments: Arguments,
        closed: bool,
        new: bool,
    ) -> Node {
        let dialect = self.state.dialect;
        let name = node.name.clone().unwrap_or_default();
        let spelled = if new { format!("new {name}") } else { name.clone() };
        let receiver = node.receiver.as_ref().filter(|value| !matches!(value, Value::Object(_)));
        // A variable of VBScript that holds a list is indexed like a call.
        let element = match (&node.value, arguments.values.as_slice()) {
            (Value::List(_), [index]) if dialect == Dialect::Vb => {
                library::property(&node.value, index).map(|value| (value, None))
            }
            _ => None,
        };
        let known = arguments.values.iter().all(Value::is_known);
        let folded = element.or_else(|| {
            if !known || !closed || matches!(node.value, Value::Object(_)) {
                return None;
            }
            library::call(dialect, receiver, &spelled, &arguments.values, self.state.fuel)
        });
        if let Some((value, id)) = folded {
            let paid = self.state.fuel.pay(value.size());
            let mut next = Node::constant(node.start, self.at, value);
            next.folded = true;
            next.kinds = node.kinds;
            arguments.kinds.iter().for_each(|id| next.kind(*id));
            id.iter().for_each(|id| next.kind(*id));
            if paid {
                return next;
            }
            self.state.undecoded = true;
            let raw = self.code.get(next.start..next.end).unwrap_or_default();
            return Node::unknown(next.start, next.end, raw.to_owned());
        }
        self.settle(&arguments);
        let (start, receiver) = (node.start, node.receiver.clone());
        let mut text = self.absorb(node);
        text.push_str(&arguments.gap);
        text.push('(');
        text.push_str(&arguments.text);
        if closed {
            text.push(')');
        }
        let mut next = Node::unknown(start, self.at, text);
        next.value = self.state.effect(&name, receiver.as_ref(), &arguments);
        next.loose = None;
        next
    }

    /// What is written for a node that becomes part of something larger; its disguises are
    /// reported.
    pub(super) fn absorb(&mut self, node: Node) -> String {
        self.emit(&node);
        if node.is_constant() {
            let written = node.written(self.code, self.state.dialect);
            if !self.state.fuel.pay(written.len()) {
                self.state.undecoded = true;
            }
            return written;
        }
        let mut text = node.text;
        if let Some(tail) = node.tail {
            text.push_str(&tail.operator);
            text.push_str(&Value::Text(tail.text).literal(self.state.dialect));
        }
        text
    }

    fn emit(&mut self, node: &Node) {
        if node.kinds.is_empty() {
            return;
        }
        let start = node.tail.as_ref().map_or(node.start, |tail| tail.start);
        let before = self.code.get(start..node.end).unwrap_or_default();
        let after = match &node.tail {
            Some(tail) if tail.folded => {
                Value::Text(tail.text.clone()).literal(self.state.dialect)
            }
            _ => node.written(self.code, self.state.dialect),
        };
        for id in &node.kinds {
            self.state.note(*id, before, &after);
        }
    }
}

/// A sign as it stands in the lexer's table.
fn match_sign(sign: &str) -> &'static str {
    match sign {
        ")" => ")",
        "]" => "]",
        "." => ".",
        "+" => "+",
        _ => "",
    }
}
