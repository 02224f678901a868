//! Constants of VBScript and JScript, and how each language writes them.

use super::lexer::Dialect;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Not a constant.
    Unknown,
    Text(String),
    Number(i64),
    List(Vec<Value>),
    /// A regular expression without operators, and whether it is global.
    Pattern(String, bool),
    /// An object by its class or moniker.
    Object(String),
}

impl Value {
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Value::Unknown)
    }

    /// As the text that concatenation makes of it.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Unknown | Value::List(_) | Value::Pattern(..) | Value::Object(_) => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As a number; a text in digits counts, `&H41` in VBScript and `0x41` in JScript too.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Text(text) => {
                let text = text.trim();
                let lower = text.get(..2).unwrap_or_default().to_ascii_lowercase();
                if matches!(lower.as_str(), "&h" | "0x") {
                    i64::from_str_radix(text.get(2..)?, 16).ok()
                } else {
                    text.parse().ok()
                }
            }
            _ => None,
        }
    }

    /// Bytes that it takes up.
    pub(super) fn size(&self) -> usize {
        match self {
            Value::Text(text) | Value::Object(text) | Value::Pattern(text, _) => text.len(),
            Value::List(list) => list.iter().fold(32, |sum: usize, value| {
                let own = match value {
                    Value::Text(text) => text.len(),
                    // Lists in lists are not copied.
                    _ => 8,
                };
                sum.saturating_add(own).saturating_add(32)
            }),
            Value::Number(_) | Value::Unknown => 8,
        }
    }

    /// As the language writes it.
    pub(super) fn literal(&self, dialect: Dialect) -> String {
        let mut out = String::new();
        self.write(dialect, true, &mut out);
        out
    }

    fn write(&self, dialect: Dialect, outer: bool, out: &mut String) {
        match self {
            Value::Text(text) => quoted(text, dialect, out),
            Value::Number(number) => out.push_str(&number.to_string()),
            Value::List(list) if outer => {
                out.push_str(if dialect == Dialect::Vb { "Array(" } else { "[" });
                for (at, value) in list.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    value.write(dialect, false, out);
                }
                out.push(if dialect == Dialect::Vb { ')' } else { ']' });
            }
            Value::List(_) | Value::Unknown => out.push_str("..."),
            Value::Pattern(text, global) => {
                out.push('/');
                out.push_str(text);
                out.push_str(if *global { "/g" } else { "/" });
            }
            Value::Object(name) => out.push_str(name),
        }
    }
}

fn quoted(text: &str, dialect: Dialect, out: &mut String) {
    if dialect == Dialect::Vb {
        out.push('"');
        for c in text.chars() {
            if c == '"' {
                out.push('"');
            }
            out.push(c);
        }
        out.push('"');
        return;
    }
    // The quote that the text does not hold reads best.
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}
