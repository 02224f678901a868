//! Operators between constants: `+`, `*`, `-join`, `-split`, `-replace`, `-f`, `-bxor`, `..`, and
//! casts (`about_Operators`, `about_Type_Operators`).

use super::encoding::Encoding;
use super::replace::{Pattern, substitution};
use super::value::Value;
use super::{Folder, format, number};
use crate::link::TechniqueId;

/// Numbers in a range.
const RANGE: u64 = 65_536;

impl Folder<'_, '_> {
    /// What an operator makes of two constants.
    pub(super) fn binary(&mut self, operator: &str, left: Value, right: Value) -> Option<Value> {
        match operator {
            "+" => self.plus(left, right),
            "*" => match left {
                Value::Text(text) => {
                    let times = usize::try_from(right.int()?).ok()?;
                    let size = text.len().checked_mul(times)?;
                    // A loop of PowerShell's own, and the commonest bomb.
                    if size > 1 << 20 || !self.fuel.pay(size) {
                        return None;
                    }
                    self.note(TechniqueId::StringConcat);
                    Some(Value::Text(text.repeat(times)))
                }
                left => number::arithmetic("*", left.int()?, right.int()?),
            },
            "-" | "/" | "%" | "bor" | "band" | "shl" | "shr" => {
                number::arithmetic(operator, left.int()?, right.int()?)
            }
            "bxor" => {
                let value = number::arithmetic(operator, left.int()?, right.int()?)?;
                self.note(TechniqueId::CharCodes);
                Some(value)
            }
            ".." => {
                let (from, to) = (left.int()?, right.int()?);
                let length = from.abs_diff(to);
                if length >= RANGE || !self.fuel.pay(usize::try_from(length).ok()?) {
                    return None;
                }
                let list: Vec<Value> = if from <= to {
                    (from..=to).map(Value::Int).collect()
                } else {
                    (to..=from).rev().map(Value::Int).collect()
                };
                Some(Value::List(list))
            }
            "f" => {
                let format = left.into_text()?;
                let items = match right {
                    Value::List(items) => items,
                    item => vec![item],
                };
                let text = format::formatted(&format, &items, self.fuel)?;
                self.note(TechniqueId::FormatOperator);
                self.paid(Value::Text(text))
            }
            "join" => self.join(&left, &right.into_text()?),
            "split" | "isplit" | "csplit" => {
                let (pattern, limit) = match right {
                    Value::List(list) => {
                        let mut list = list.into_iter();
                        (list.next()?, list.next())
                    }
                    pattern => (pattern, None),
                };
                if limit.is_some_and(|limit| limit.int() != Some(0)) {
                    return None;
                }
                let pattern = pattern.into_text()?;
                self.split(left, &Pattern::regex(&pattern, operator != "csplit")?)
            }
            "replace" | "ireplace" | "creplace" => {
                let (pattern, with) = match right {
                    Value::List(list) => {
                        let mut list = list.into_iter();
                        let pattern = list.next()?.into_text()?;
                        (
                            pattern,
                            list.next().map_or(Some(String::new()), Value::into_text)?,
                        )
                    }
                    pattern => (pattern.into_text()?, String::new()),
                };
                if matches!(left, Value::List(_)) {
                    return None;
                }
                let text = left.into_text()?;
                let with = substitution(&with)?;
                // A dot by itself, where the author forgot that it is any letter.
                let pattern = Pattern::regex(&pattern, operator != "creplace")?;
                let text = pattern.replace(&text, &with, self.fuel)?;
                self.note(TechniqueId::ReplacedText);
                Some(Value::Text(text))
            }
            "as" => match right {
                Value::Type(class) => self.cast(&class, left),
                Value::Text(class) => self.cast(&super::expression::type_name(&class), left),
                _ => None,
            },
            "xor" => Some(Value::Bool(left.is_true()? != right.is_true()?)),
            _ => None,
        }
    }

    pub(super) fn plus(&mut self, left: Value, right: Value) -> Option<Value> {
        if !self.fuel.pay(right.size()) {
            return None;
        }
        match (left, right) {
            (Value::Int(a), Value::Int(b)) => number::arithmetic("+", a, b),
            (Value::Text(mut text), right) => {
                text.push_str(&right.text()?);
                self.note(TechniqueId::StringConcat);
                Some(Value::Text(text))
            }
            // A letter and a text make a text.
            (Value::Char(c), right @ (Value::Text(_) | Value::Char(_))) => {
                let mut text = c.to_string();
                text.push_str(&right.text()?);
                self.note(TechniqueId::StringConcat);
                Some(Value::Text(text))
            }
            (Value::List(mut list), right) => {
                match right {
                    Value::List(more) => list.extend(more),
                    value => list.push(value),
                }
                Some(Value::List(list))
            }
            (Value::Null, right) => Some(right),
            (left @ Value::Int(_), right) => number::arithmetic("+", left.int()?, right.int()?),
            _ => None,
        }
    }

    /// `-join`: what is between may be nothing.
    pub(super) fn join(&mut self, list: &Value, between: &str) -> Option<Value> {
        let count = match list {
            Value::List(list) => list.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 1,
        };
        let size = between.len().checked_mul(count)?.checked_add(list.size())?;
        if !self.fuel.pay(size) {
            return None;
        }
        let text = list.joined(between)?;
        if count > 1 {
            self.note(TechniqueId::StringJoin);
        }
        Some(Value::Text(text))
    }

    pub(super) fn split(&mut self, text: Value, pattern: &Pattern) -> Option<Value> {
        let mut pieces = Vec::new();
        for text in text.into_list() {
            let text = text.into_text()?;
            pieces.extend(
                pattern
                    .split(&text, self.fuel)?
                    .into_iter()
                    .map(Value::Text),
            );
        }
        self.note(TechniqueId::StringJoin);
        self.paid(Value::List(pieces))
    }

    /// `-join`, `-split`, `-`, `!` and the like in front of a constant.
    pub(super) fn in_front(&mut self, operator: &str, value: Value) -> Option<Value> {
        match operator {
            "join" => self.join(&value, ""),
            "split" | "isplit" | "csplit" => {
                let text = value.into_text()?;
                let pieces: Vec<Value> = text
                    .split_whitespace()
                    .map(|piece| Value::Text(piece.to_owned()))
                    .collect();
                self.paid(Value::List(pieces))
            }
            "-" => Some(Value::Int(value.int()?.checked_neg()?)),
            "+" => Some(Value::Int(value.int()?)),
            "," => Some(Value::List(vec![value])),
            "not" => Some(Value::Bool(!value.is_true()?)),
            "bnot" => Some(Value::Int(!value.int()?)),
            _ => None,
        }
    }

    /// `[type]value`.
    pub(super) fn cast(&mut self, class: &str, value: Value) -> Option<Value> {
        match class {
            "string" => {
                let text = self.join(&value, " ")?;
                Some(text)
            }
            "char" => {
                let c = match &value {
                    Value::Text(text) if text.chars().count() == 1 => value.char()?,
                    value => char::from_u32(u32::try_from(value.int()?).ok()?)?,
                };
                if !matches!(value, Value::Char(_)) {
                    self.note(TechniqueId::CharCodes);
                }
                Some(Value::Char(c))
            }
            "char[]" => {
                let list = match value {
                    Value::Text(text) => text.chars().map(Value::Char).collect(),
                    value => {
                        self.note(TechniqueId::CharCodes);
                        let chars = value.into_list().into_iter().map(|value| {
                            let code = || char::from_u32(u32::try_from(value.int()?).ok()?);
                            Some(Value::Char(match value {
                                Value::Text(_) => value.char()?,
                                _ => code()?,
                            }))
                        });
                        chars.collect::<Option<Vec<_>>>()?
                    }
                };
                self.paid(Value::List(list))
            }
            "int" | "int32" | "int64" | "uint32" | "long" | "int16" | "uint16" | "byte" => {
                Some(Value::Int(value.int()?))
            }
            "byte[]" => self.paid_bytes(value.bytes()?),
            "int[]" | "int32[]" => {
                let numbers = value
                    .into_list()
                    .into_iter()
                    .map(|value| value.int().map(Value::Int));
                Some(Value::List(numbers.collect::<Option<Vec<_>>>()?))
            }
            "string[]" => {
                let texts = value
                    .into_list()
                    .into_iter()
                    .map(|value| value.into_text().map(Value::Text));
                Some(Value::List(texts.collect::<Option<Vec<_>>>()?))
            }
            "array" | "object[]" | "collections.arraylist" => Some(match value {
                list @ (Value::List(_) | Value::Bytes(_)) => list,
                value => Value::List(vec![value]),
            }),
            "object" | "psobject" => Some(value),
            "bool" => Some(Value::Bool(value.is_true()?)),
            "type" => Some(Value::Type(super::expression::type_name(
                &value.into_text()?,
            ))),
            "io.memorystream" => {
                let bytes = value.bytes()?;
                self.fuel.pay(bytes.len()).then_some(Value::Stream(bytes))
            }
            "scriptblock" => match value {
                block @ (Value::Block(_) | Value::Code(_)) => Some(block),
                value => Some(Value::Code(value.into_text()?)),
            },
            "wmiclass" => Some(Value::Com(format!(
                "wmi:{}",
                value.into_text()?.to_ascii_lowercase()
            ))),
            "text.encoding" => {
                Encoding::named(&value.into_text()?.to_lowercase()).map(Value::Encoding)
            }
            _ => None,
        }
    }

    pub(super) fn paid_bytes(&mut self, bytes: Vec<u8>) -> Option<Value> {
        self.fuel.pay(bytes.len()).then_some(Value::Bytes(bytes))
    }
}
