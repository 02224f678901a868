//! Methods and members of constants: `.Replace`, `.Substring`, `.ToCharArray`, `GetString`, and
//! those of objects that start programs.

use super::replace::Pattern;
use super::value::Value;
use super::{Folder, Piece};
use crate::command::unfold::{Language, Next};
use crate::link::TechniqueId;

impl Folder<'_, '_> {
    /// The code that a method would run: `.Invoke()` of a block made from text,
    /// `$ExecutionContext.InvokeCommand.InvokeScript(…)`.
    pub(super) fn invoked(
        &self,
        on: &Piece,
        name: &str,
        arguments: Option<&[Piece]>,
    ) -> Option<String> {
        let arguments = arguments?;
        match name.to_ascii_lowercase().as_str() {
            "invoke" | "invokereturnasis" => match &on.value {
                Some(Value::Code(code)) => Some(code.clone()),
                _ => None,
            },
            "invokescript" => arguments.iter().find_map(|argument| match &argument.value {
                Some(Value::Text(code) | Value::Code(code)) => Some(code.clone()),
                _ => None,
            }),
            _ => None,
        }
    }

    /// What a member or a method of a value is, where that is constant.
    pub(super) fn call(
        &mut self,
        on: &Piece,
        mark: &str,
        name: &str,
        arguments: Option<&[Piece]>,
    ) -> Option<Value> {
        let name = name.to_ascii_lowercase();
        let list = arguments.unwrap_or_default();
        self.starts_something(on, &name, list);
        if matches!(
            name.as_str(),
            "newscriptblock" | "addscript" | "expandstring"
        ) {
            let text = list.first()?.value.clone()?.into_text()?;
            if name == "addscript" {
                if self.running == 0 {
                    self.step(TechniqueId::InvokedText, "AddScript", &text);
                    self.outcome
                        .next
                        .push(Next::Code(Language::PowerShell, text));
                }
                return None;
            }
            return Some(if name == "expandstring" {
                Value::Text(text)
            } else {
                Value::Code(text)
            });
        }
        let value = on.value.as_ref()?;
        if let Value::Type(class) = value {
            if mark != "::" {
                return None;
            }
            return self.static_member(class, &name, arguments);
        }
        if !self.fuel.pay(value.size()) {
            return None;
        }
        let value = value.clone();
        let argument = |at: usize| list.get(at).and_then(|piece| piece.value.clone());
        let text = |at: usize| argument(at).and_then(Value::into_text);
        let number = |at: usize| usize::try_from(argument(at)?.int()?).ok();
        match value {
            Value::Holder(inner) => {
                matches!(name.as_str(), "value" | "name" | "definition" | "valueonly")
                    .then_some(*inner)
            }
            Value::Encoding(encoding) => match name.as_str() {
                "getstring" => {
                    let bytes = argument(0)?.bytes()?;
                    if !self.fuel.pay(bytes.len().saturating_mul(2)) {
                        return None;
                    }
                    let text = encoding.decode(&bytes);
                    Some(Value::Text(text.trim_start_matches('\u{feff}').to_owned()))
                }
                "getbytes" => self.paid_bytes(encoding.encode(&text(0)?)),
                _ => None,
            },
            Value::Stream(bytes) => match name.as_str() {
                "toarray" | "getbuffer" => self.paid_bytes(bytes),
                "readtoend" => {
                    let text = super::encoding::Encoding::Utf8.decode(&bytes);
                    self.paid(Value::Text(text))
                }
                _ => None,
            },
            Value::Bytes(_) | Value::List(_) => match name.as_str() {
                "length" | "count" => {
                    Some(Value::Int(i64::try_from(value.into_list().len()).ok()?))
                }
                "tochararray" | "getenumerator" => Some(value),
                "tostring" => None,
                _ => None,
            },
            Value::Char(c) if name == "value" => Some(Value::Char(c)),
            Value::Text(_) | Value::Char(_) | Value::Int(_) => {
                let subject = value.into_text()?;
                self.method(&subject, &name, arguments, &argument, &text, &number)
            }
            _ => None,
        }
    }

    fn method(
        &mut self,
        subject: &str,
        name: &str,
        arguments: Option<&[Piece]>,
        argument: &dyn Fn(usize) -> Option<Value>,
        text: &dyn Fn(usize) -> Option<String>,
        number: &dyn Fn(usize) -> Option<usize>,
    ) -> Option<Value> {
        let count = arguments.map(<[Piece]>::len);
        let cut = |from: usize, to: usize| -> Option<(String, String, String)> {
            let chars: Vec<char> = subject.chars().collect();
            let part = |range: Option<&[char]>| range.map(|part| part.iter().collect::<String>());
            Some((
                part(chars.get(..from))?,
                part(chars.get(from..to))?,
                part(chars.get(to..))?,
            ))
        };
        let length = subject.chars().count();
        let letters = |name: &str, c: char| match arguments {
            Some([]) | None => c.is_whitespace(),
            Some(list) => {
                let _ = name;
                list.iter().any(|piece| match &piece.value {
                    Some(Value::List(list)) => list.iter().any(|value| value.char() == Some(c)),
                    Some(value) => value.text().is_some_and(|text| text.contains(c)),
                    None => false,
                })
            }
        };
        let value = match (name, count) {
            ("length", None) => return Some(Value::Int(i64::try_from(length).ok()?)),
            ("tochararray", Some(0)) => {
                return self.paid(Value::List(subject.chars().map(Value::Char).collect()));
            }
            ("tostring", Some(0 | 1)) => subject.to_owned(),
            ("replace", Some(2)) => {
                let (old, new) = (text(0)?, text(1)?);
                if old.is_empty() {
                    return None;
                }
                let replaced = Pattern::plain(&old).replace(subject, &new, self.fuel)?;
                self.note(TechniqueId::ReplacedText);
                replaced
            }
            ("split", Some(_)) => {
                let pattern = match argument(0)? {
                    Value::List(list) => {
                        Pattern::any_of(list.iter().filter_map(Value::char).collect())
                    }
                    value => Pattern::any_of(value.into_text()?.chars().collect()),
                };
                return self.split(Value::Text(subject.to_owned()), &pattern);
            }
            ("substring", Some(1)) => {
                self.note(TechniqueId::VariableSubstring);
                cut(number(0)?, length)?.1
            }
            ("substring", Some(2)) => {
                self.note(TechniqueId::VariableSubstring);
                cut(number(0)?, number(0)?.checked_add(number(1)?)?)?.1
            }
            ("remove", Some(1)) => cut(number(0)?, length)?.0,
            ("remove", Some(2)) => {
                let (front, _, rest) = cut(number(0)?, number(0)?.checked_add(number(1)?)?)?;
                self.note(TechniqueId::ReplacedText);
                front + &rest
            }
            ("insert", Some(2)) => {
                let (front, _, rest) = cut(number(0)?, number(0)?)?;
                self.note(TechniqueId::StringConcat);
                front + &text(1)? + &rest
            }
            ("tolower" | "tolowerinvariant", Some(_)) => subject.to_lowercase(),
            ("toupper" | "toupperinvariant", Some(_)) => subject.to_uppercase(),
            ("trim", Some(_)) => subject.trim_matches(|c| letters(name, c)).to_owned(),
            ("trimstart", Some(_)) => subject.trim_start_matches(|c| letters(name, c)).to_owned(),
            ("trimend", Some(_)) => subject.trim_end_matches(|c| letters(name, c)).to_owned(),
            ("chars", Some(1)) => {
                return subject.chars().nth(number(0)?).map(Value::Char);
            }
            ("normalize", Some(0)) => subject.to_owned(),
            _ => return None,
        };
        self.paid(Value::Text(value))
    }
}
