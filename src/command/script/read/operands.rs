//! What stands between operators: constants, names, members, indices, brackets.

use super::super::lexer::{Dialect, Kind, token};
use super::super::library;
use super::super::node::Node;
use super::super::value::Value;
use super::{DEPTH, PATH, Reader};
use crate::link::TechniqueId;

impl Reader<'_, '_, '_, '_> {
    /// A value and what hangs on it: members, calls, indices.
    pub(super) fn postfix(&mut self, start: usize, new: bool) -> Node {
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
                Kind::Sign("[") if self.js() && self.depth < DEPTH => {
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

    pub(super) fn primary(&mut self) -> Node {
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
            Kind::Pattern(text, global) => Node::constant(start, end, Value::Pattern(text, global)),
            Kind::Word(word) => {
                let raw = self.code.get(start..end).unwrap_or_default();
                let name = if dialect == Dialect::Vb {
                    word.to_lowercase()
                } else {
                    word.clone()
                };
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
                    let mut node = Node::constant(start, self.at, Value::List(arguments.values));
                    arguments.kinds.iter().for_each(|id| node.kind(*id));
                    node.folded = !node.kinds.is_empty();
                    return node;
                }
                self.settle(&arguments);
                let close = if closed { "]" } else { "" };
                Node::unknown(start, self.at, format!("[{}{close}", arguments.text))
            }
            _ => Node::unknown(
                start,
                end,
                self.code.get(start..end).unwrap_or_default().into(),
            ),
        }
    }

    /// A member by its name; `quoted` when it was written as a text in brackets.
    pub(super) fn member(&mut self, mut node: Node, name: String, quoted: bool) -> Node {
        let word = Value::Text(name.clone());
        if self.js()
            && let Some(value) = library::property(&node.value, &word)
        {
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
    pub(super) fn indexed(&mut self, mut node: Node) -> Node {
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
                    && name
                        .chars()
                        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
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
}
