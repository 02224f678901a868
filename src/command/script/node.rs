//! One expression of a script while it is read: a constant, or the text that it becomes.

use super::lexer::Dialect;
use super::value::Value;
use crate::link::TechniqueId;

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it stands in the code.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: Value,
    /// What is written for it, where it is no constant (of the `tail` only what stands before).
    pub(super) text: String,
    /// A constant that is not written as one literal.
    pub(super) folded: bool,
    /// The disguises that were undone in it and are not yet reported.
    pub(super) kinds: Vec<TechniqueId>,
    /// Constants joined to its end, so that a long chain is written once.
    pub(super) tail: Option<Tail>,
    /// The text that it makes, with the code of what is unknown in place of its value.
    pub(super) loose: Option<String>,
    /// The name that a call would call: a path of names, or a method of `receiver`.
    pub(super) name: Option<String>,
    pub(super) receiver: Option<Value>,
}

/// Constants at the end of a concatenation that begins with something unknown.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    /// The operator in front, with its blanks.
    pub(super) operator: String,
    pub(super) text: String,
    pub(super) start: usize,
    /// More than one literal.
    pub(super) folded: bool,
}

impl Node {
    pub(super) fn unknown(start: usize, end: usize, text: String) -> Self {
        Node {
            start,
            end,
            value: Value::Unknown,
            text,
            folded: false,
            kinds: Vec::new(),
            tail: None,
            loose: None,
            name: None,
            receiver: None,
        }
    }

    pub(super) fn constant(start: usize, end: usize, value: Value) -> Self {
        Node {
            value,
            ..Node::unknown(start, end, String::new())
        }
    }

    /// Whether it is a constant that can be written as one.
    pub(super) fn is_constant(&self) -> bool {
        !matches!(self.value, Value::Unknown | Value::Object(_))
    }

    pub(super) fn kind(&mut self, id: TechniqueId) {
        if !self.kinds.contains(&id) {
            self.kinds.push(id);
        }
    }

    /// What is written for it.
    pub(super) fn written(&self, code: &str, dialect: Dialect) -> String {
        if self.is_constant() {
            return if self.folded {
                self.value.literal(dialect)
            } else {
                code.get(self.start..self.end).unwrap_or_default().to_owned()
            };
        }
        let mut text = self.text.clone();
        if let Some(tail) = &self.tail {
            text.push_str(&tail.operator);
            text.push_str(&Value::Text(tail.text.clone()).literal(dialect));
        }
        text
    }

    /// The text that it makes, if only in part known.
    pub(super) fn spoken(&self) -> Option<String> {
        self.value.text().or_else(|| self.loose.clone())
    }
}
