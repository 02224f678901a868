//! What an expression comes to, where it can be known without running the script.

use std::borrow::Cow;

use super::encoding::Encoding;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Char(char),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Value>),
    /// A type, in lower case and without `System.`.
    Type(String),
    /// A block of the script.
    Block(String),
    /// A block made from text.
    Code(String),
    Encoding(Encoding),
    /// A stream over bytes that are in clear.
    Stream(Vec<u8>),
    /// An object of that COM class.
    Com(String),
    /// A variable, alias or command as an object: its value is inside.
    Holder(Box<Value>),
}

impl Value {
    /// As PowerShell turns it to text; `None` where that says nothing.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Value::Null => Cow::Borrowed(""),
            Value::Bool(true) => Cow::Borrowed("True"),
            Value::Bool(false) => Cow::Borrowed("False"),
            Value::Int(number) => Cow::Owned(number.to_string()),
            Value::Char(c) => Cow::Owned(c.to_string()),
            Value::Text(text) | Value::Block(text) | Value::Code(text) => Cow::Borrowed(text),
            Value::Bytes(_) | Value::List(_) => Cow::Owned(self.joined(" ")?),
            _ => return None,
        })
    }

    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text),
            other => other.text().map(Cow::into_owned),
        }
    }

    /// The elements with something in between.
    pub(super) fn joined(&self, between: &str) -> Option<String> {
        let mut text = String::new();
        let mut first = true;
        let mut push = |piece: &str| {
            if !std::mem::take(&mut first) {
                text.push_str(between);
            }
            text.push_str(piece);
        };
        match self {
            Value::Bytes(bytes) => bytes.iter().for_each(|byte| push(&byte.to_string())),
            Value::List(list) => {
                for value in list {
                    match value {
                        // Two levels are as deep as scripts go.
                        Value::List(inner) => {
                            for value in inner {
                                push(&value.scalar()?);
                            }
                        }
                        value => push(&value.scalar()?),
                    }
                }
            }
            value => push(&value.scalar()?),
        }
        Some(text)
    }

    fn scalar(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::List(_) | Value::Bytes(_) => None,
            value => value.text(),
        }
    }

    pub(super) fn int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            Value::Char(c) => Some(i64::from(u32::from(*c))),
            Value::Bool(yes) => Some(i64::from(*yes)),
            Value::Null => Some(0),
            Value::Text(text) => super::number::number(text.trim()),
            Value::List(list) => match list.as_slice() {
                [one] => match one {
                    Value::List(_) => None,
                    one => one.int(),
                },
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn char(&self) -> Option<char> {
        match self {
            Value::Char(c) => Some(*c),
            Value::Int(number) => char::from_u32(u32::try_from(*number).ok()?),
            Value::Text(text) => {
                let mut chars = text.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => Some(c),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The elements that a pipeline or an index sees. A text is one element.
    pub(super) fn into_list(self) -> Vec<Value> {
        match self {
            Value::List(list) => list,
            Value::Bytes(bytes) => bytes
                .into_iter()
                .map(|byte| Value::Int(i64::from(byte)))
                .collect(),
            Value::Null => Vec::new(),
            value => vec![value],
        }
    }

    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Value::Bytes(bytes) | Value::Stream(bytes) => Some(bytes.clone()),
            Value::List(list) => list
                .iter()
                .map(|value| u8::try_from(value.int()?).ok())
                .collect(),
            _ => None,
        }
    }

    pub(super) fn is_true(&self) -> Option<bool> {
        Some(match self {
            Value::Null => false,
            Value::Bool(yes) => *yes,
            Value::Int(number) => *number != 0,
            Value::Text(text) => !text.is_empty(),
            _ => return None,
        })
    }

    /// Roughly the bytes that a copy takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Value::Text(text) | Value::Block(text) | Value::Code(text) => {
                text.len().saturating_add(1)
            }
            Value::Bytes(bytes) | Value::Stream(bytes) => bytes.len().saturating_add(1),
            Value::List(list) => list
                .iter()
                .map(|value| match value {
                    Value::List(inner) => inner.len().saturating_mul(32),
                    Value::Text(text) => text.len().saturating_add(32),
                    _ => 32,
                })
                .fold(32, usize::saturating_add),
            _ => 8,
        }
    }

    /// As it would be written in a script; `None` where the script says it better.
    pub(super) fn literal(&self) -> Option<String> {
        Some(match self {
            Value::Null => "$null".to_owned(),
            Value::Bool(yes) => if *yes { "$true" } else { "$false" }.to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Char(c) => quoted(&c.to_string()),
            Value::Text(text) => quoted(text),
            Value::Block(text) | Value::Code(text) => format!("{{{text}}}"),
            Value::List(list) => {
                let mut text = String::from("@(");
                for (at, value) in list.iter().enumerate() {
                    if at > 0 {
                        text.push_str(", ");
                    }
                    if matches!(value, Value::List(_)) {
                        return None;
                    }
                    text.push_str(&value.literal()?);
                }
                text.push(')');
                text
            }
            _ => return None,
        })
    }
}

/// A text in single quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        quoted.push(c);
        if super::scan::is_single(c) {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}
