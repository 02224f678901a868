//! The conditions of conditional comments (`spec/word.md` §4.3).
//!
//! # Malformed input
//!
//! A condition that cannot be evaluated is unknown, one longer than [`LONGEST`] too. What only
//! looks like a condition (`<!--[iffy]>`) is none.
//!
//! # Worst cases
//!
//! Linear, without recursion: a search ends at the next `<`.

use memchr::memchr2;

/// Bytes of a condition that is evaluated; Word writes fewer than 40.
const LONGEST: usize = 1 << 10;
/// The oldest Word that reads such pages, Word 2000, and the newest, by their numbers.
pub(crate) const MSO_9: u32 = 9;
pub(crate) const MSO_16: u32 = 16;

/// The condition at the start of a conditional comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Condition<'a> {
    pub(super) text: &'a [u8],
    /// In a comment, which those hide that know no conditions.
    pub(crate) hidden: bool,
    /// A blank stands in front: it is a comment like any other.
    pub(super) plain: bool,
    /// It ends somewhere.
    pub(crate) ends: bool,
}

/// The condition at the start of `text`, or none where one ends; and its length up to its `>`.
pub(super) fn read(text: &[u8]) -> Option<(Option<Condition<'_>>, usize)> {
    let blank = text.first().is_some_and(u8::is_ascii_whitespace);
    let inside = text.trim_ascii_start().strip_prefix(b"[")?;
    let word = inside.trim_ascii_start();
    let after = |name: &[u8]| {
        let (start, rest) = word.split_at_checked(name.len())?;
        let ends = !rest.first().is_some_and(u8::is_ascii_alphanumeric);
        (ends && start.eq_ignore_ascii_case(name)).then_some(rest)
    };
    let opens = after(b"if");
    if opens.is_none() && after(b"endif").is_none() {
        return None;
    }
    // No condition has tags in it: the search ends there.
    let close = memchr2(b']', b'<', inside).filter(|at| inside.get(*at) == Some(&b']'))?;
    let rest = inside.get(close.saturating_add(1)..)?;
    let condition = opens.map(|opens| {
        let length = opens.len().saturating_sub(rest.len()).saturating_sub(1);
        Condition {
            text: opens.get(..length).unwrap_or_default().trim_ascii(),
            hidden: false,
            plain: blank,
            ends: true,
        }
    });
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b"--").unwrap_or(rest);
    let rest = rest.strip_prefix(b">")?;
    Some((condition, text.len().saturating_sub(rest.len())))
}

impl Condition<'_> {
    /// Whether it holds for a Word of this version; `None` where nobody can tell.
    pub(crate) fn holds(&self, version: u32) -> Option<bool> {
        if self.plain {
            return Some(false);
        }
        if self.text.len() > LONGEST {
            return None;
        }
        evaluate(&self.text.to_ascii_lowercase(), version)
    }

    /// Whether Word writes such conditions itself.
    pub(crate) fn is_usual(&self) -> bool {
        let text = self.text.strip_prefix(b"!").unwrap_or(self.text);
        let words = [
            &b"mso"[..],
            b"gte mso 9",
            b"gte mso 10",
            b"vml",
            b"gte vml 1",
        ];
        let support = text
            .strip_prefix(b"support")
            .is_some_and(|rest| rest.iter().all(u8::is_ascii_alphabetic));
        !self.plain && (support || words.contains(&text))
    }
}

/// The value of a condition: `!` binds strongest, then `&`, then `|`. What is open stands on a
/// stack, so that its depth costs no more than its length.
fn evaluate(text: &[u8], version: u32) -> Option<bool> {
    /// An alternative that is being read.
    #[derive(Clone, Copy)]
    struct Open {
        either: Option<bool>,
        both: Option<bool>,
        not: bool,
    }
    const START: Open = Open {
        either: Some(false),
        both: Some(true),
        not: false,
    };
    fn value(open: &mut Open, value: Option<bool>) {
        let value = if open.not { value.map(|v| !v) } else { value };
        open.not = false;
        open.both = and(open.both, value);
    }
    let mut outer: Vec<Open> = Vec::new();
    let mut open = START;
    let mut rest = text.trim_ascii_start();
    while let Some(byte) = rest.first() {
        let next = rest.get(1..).unwrap_or_default();
        match byte {
            b'!' => open.not = !open.not,
            b'&' => {}
            b'|' => {
                open.either = or(open.either, open.both);
                open.both = Some(true);
            }
            b'(' => outer.push(std::mem::replace(&mut open, START)),
            b')' => {
                let inner = or(open.either, open.both);
                open = outer.pop()?;
                value(&mut open, inner);
            }
            _ => {
                let length = rest
                    .iter()
                    .position(|byte| matches!(byte, b'!' | b'&' | b'|' | b'(' | b')'));
                let (term, after) = rest.split_at_checked(length.unwrap_or(rest.len()))?;
                value(&mut open, feature(term, version));
                rest = after.trim_ascii_start();
                continue;
            }
        }
        rest = next.trim_ascii_start();
    }
    or(open.either, open.both).filter(|_| outer.is_empty() && !text.is_empty())
}

fn and(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    and(one.map(|v| !v), other.map(|v| !v)).map(|v| !v)
}

/// `mso`, `gte mso 9`, `supportFields`.
fn feature(term: &[u8], version: u32) -> Option<bool> {
    let term = std::str::from_utf8(term).ok()?;
    let mut words = term.split_ascii_whitespace();
    let first = words.next()?;
    let (operator, name) = match first {
        "lt" | "lte" | "gt" | "gte" | "eq" => (first, words.next()?),
        _ => ("eq", first),
    };
    let asked = words.next();
    if words.next().is_some() {
        return None;
    }
    match (name, asked) {
        ("true", None) => Some(true),
        ("false", None) | ("ie", _) => Some(false),
        ("vml" | "mso", None) => Some(true),
        ("mso", Some(asked)) => {
            let asked = asked.split('.').next()?.parse::<u32>().ok()?;
            Some(match operator {
                "lt" => version < asked,
                "lte" => version <= asked,
                "gt" => version > asked,
                "gte" => version >= asked,
                _ => version == asked,
            })
        }
        ("vml", Some("1")) => Some(operator.contains('e')),
        _ if asked.is_none() && name.starts_with("support") => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_word_and_of_others() {
        let holds = |text: &str| {
            let text = format!("[if {text}]>");
            read(text.as_bytes()).unwrap().0.unwrap().holds(MSO_16)
        };
        for (text, expected) in [
            ("supportFields", Some(true)),
            ("!supportEmptyParas", Some(false)),
            ("gte mso 9", Some(true)),
            ("mso>9", None),
            ("lt mso 1", Some(false)),
            ("gte mso 17", Some(false)),
            ("!mso", Some(false)),
            ("!vml", Some(false)),
            ("gte vml 1", Some(true)),
            ("IE 6", Some(false)),
            ("lt IE 9", Some(false)),
            ("(gte mso 9)|(IE)", Some(true)),
            ("(gte mso 9)&(!(IE))", Some(true)),
            ("(gte mso 9)&(IE)", Some(false)),
            ("!(mso & IE) & true", Some(true)),
            ("false | x", None),
            ("x", None),
            ("(mso", None),
            ("", None),
        ] {
            assert_eq!(holds(text), expected, "{text}");
        }
        assert!(read(b"[iffy]>").is_none());
        assert!(read(b"[if mso]").is_none());
        assert_eq!(read(b"[endif]-->"), Some((None, 10)));
        let deep = format!("[if {}mso]>", "(".repeat(1 << 20));
        assert_eq!(read(deep.as_bytes()).unwrap().0.unwrap().holds(9), None);
    }
}
