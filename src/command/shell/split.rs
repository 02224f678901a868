//! Where one command ends and the next begins: `&`, `&&`, `|`, `||`, line breaks, `( … )`, and the
//! two commands that hold others, `for` and `if`. Quotation marks and carets take the meaning from
//! all of them.
//!
//! Source: the page "cmd" of Microsoft ("Using multiple commands and conditional processing
//! symbols").
//!
//! # Worst cases
//!
//! One pass over the text for each level of parentheses; the caller bounds the levels.

use super::carets;

/// What may stand in front of a command, and between it and its arguments.
pub(super) fn is_delimiter(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | ',' | ';' | '=' | '\u{b}' | '\u{c}' | '\u{ff}'
    )
}

/// One command of a line, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body<'t> {
    Simple(&'t str),
    /// What stands between parentheses, and the redirections behind them.
    Block(&'t str, &'t str),
    /// What follows `for`; it takes all the rest.
    For(&'t str),
    /// What follows `if`; likewise.
    If(&'t str),
}

/// The first command of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split<'t> {
    /// As it stands in the text, whole.
    pub(super) raw: &'t str,
    pub(super) body: Body<'t>,
    /// The operator behind it: empty at the end.
    pub(super) operator: &'t str,
    pub(super) rest: &'t str,
}

/// A character with what it means where it stands.
struct Meant {
    at: usize,
    c: char,
    /// Neither quoted nor escaped.
    plain: bool,
}

/// The characters of a text, with the state of quotation marks and carets.
fn meant(text: &str) -> impl Iterator<Item = Meant> {
    let mut quoted = false;
    let mut escaped = false;
    text.char_indices().map(move |(at, c)| {
        if escaped {
            escaped = false;
            return Meant {
                at,
                c,
                plain: false,
            };
        }
        match c {
            '"' => quoted = !quoted,
            '\n' => quoted = false,
            '^' if !quoted => escaped = true,
            _ => {}
        }
        Meant {
            at,
            c,
            plain: c == '\n' || !quoted && !matches!(c, '"' | '^'),
        }
    })
}

/// The place of the first character of a kind that is neither quoted nor escaped.
pub(super) fn find(text: &str, wanted: char) -> Option<usize> {
    let found = meant(text).find(|meant| meant.plain && meant.c == wanted);
    found.map(|meant| meant.at)
}

/// The text between a parenthesis that was opened and the one that closes it, and what follows.
pub(super) fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1_usize;
    for meant in meant(text).filter(|meant| meant.plain) {
        match meant.c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let inner = text.get(..meant.at)?;
            return Some((inner, text.get(meant.at.checked_add(1)?..)?));
        }
    }
    None
}

/// Takes the first command from a text; `None` where there is none.
pub(super) fn first(text: &str) -> Option<Split<'_>> {
    let start =
        text.trim_start_matches(|c: char| is_delimiter(c) || matches!(c, '@' | '\r' | '\n'));
    if start.trim().is_empty() {
        return None;
    }
    if let Some(open) = start.strip_prefix('(') {
        let (inner, after) = closed(open).unwrap_or((open, ""));
        let (redirections, operator, rest) = at_operator(after);
        return Some(Split {
            raw: upto(text, after.len().saturating_sub(redirections.len())),
            body: Body::Block(inner, redirections),
            operator,
            rest,
        });
    }
    for keyword in ["for", "if"] {
        if let Some(rest) = after_keyword(start, keyword) {
            let (taken, rest) = line(rest);
            let body = match keyword {
                "for" => Body::For(taken),
                _ => Body::If(taken),
            };
            return Some(Split {
                raw: upto(text, rest.len()),
                body,
                operator: if rest.is_empty() { "" } else { "\n" },
                rest,
            });
        }
    }
    // A remark goes to the end of its line.
    if let Some(remark) = after_keyword(start, "rem")
        && !remark
            .trim_start_matches(is_delimiter)
            .starts_with(['&', '|'])
    {
        let (_, rest) = line(remark);
        let raw = upto(text, rest.len());
        return Some(Split {
            raw,
            body: Body::Simple(raw),
            operator: if rest.is_empty() { "" } else { "\n" },
            rest,
        });
    }
    let (simple, operator, rest) = at_operator(text);
    // Delimiters in front of a line break are nothing.
    Some(Split {
        raw: simple,
        body: Body::Simple(simple),
        operator,
        rest,
    })
}

/// The part of a text in front of its last `behind` bytes.
fn upto(text: &str, behind: usize) -> &str {
    let end = text.len().saturating_sub(behind);
    text.get(..end).unwrap_or(text)
}

/// What follows a keyword, which may have carets between its letters.
pub(super) fn after_keyword<'t>(text: &'t str, keyword: &str) -> Option<&'t str> {
    let mut rest = text;
    for letter in keyword.chars() {
        rest = rest.strip_prefix('^').unwrap_or(rest);
        let mut chars = rest.chars();
        if !chars.next()?.eq_ignore_ascii_case(&letter) {
            return None;
        }
        rest = chars.as_str();
    }
    let end = rest.strip_prefix('^').unwrap_or(rest);
    let ends = end
        .chars()
        .next()
        .is_none_or(|c| is_delimiter(c) || matches!(c, '(' | '/' | '\n' | '&' | '|'));
    ends.then_some(rest)
}

/// Splits behind the line; a line goes on within parentheses.
fn line(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for meant in meant(text).filter(|meant| meant.plain) {
        match meant.c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            '\n' if depth == 0 => {
                return text.split_at_checked(meant.at).unwrap_or((text, ""));
            }
            _ => {}
        }
    }
    (text, "")
}

/// Splits at the first operator that joins commands.
fn at_operator(text: &str) -> (&str, &str, &str) {
    let mut previous = ' ';
    // Leading line breaks are nothing.
    let mut begun = false;
    for meant in meant(text) {
        let operator = match meant.c {
            _ if !meant.plain => false,
            '&' => !matches!(previous, '<' | '>'),
            '|' => true,
            '\n' => begun,
            _ => false,
        };
        if operator {
            let (before, from) = text.split_at_checked(meant.at).unwrap_or((text, ""));
            let width = if from.starts_with("&&") || from.starts_with("||") {
                2
            } else {
                1
            };
            let (operator, rest) = from.split_at_checked(width).unwrap_or((from, ""));
            return (before, operator, rest);
        }
        begun |= !meant.c.is_whitespace();
        previous = if meant.plain { meant.c } else { ' ' };
    }
    (text, "", "")
}

/// A word of a command in front of the first delimiter, without carets, and what follows.
pub(super) fn word(text: &str) -> (String, &str) {
    let text = text.trim_start_matches(|c: char| is_delimiter(c) || c == '\n');
    let end = meant(text).find(|meant| {
        meant.plain && (is_delimiter(meant.c) || matches!(meant.c, '\n' | '(' | '&' | '|'))
    });
    let (word, rest) = end
        .and_then(|end| text.split_at_checked(end.at))
        .unwrap_or((text, ""));
    (carets::plain(word), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(String, &str)> {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some(split) = first(rest) {
            found.push((format!("{:?}", split.body), split.operator));
            rest = split.rest;
        }
        found
    }

    #[test]
    fn operators() {
        for (text, count) in [
            ("calc", 1),
            ("a & b && c | d || e", 5),
            ("a \"&\" ^& b", 1),
            ("a 2>&1 & b", 2),
            ("(a & b) & c", 2),
            ("for %a in (x) do a & b", 1),
            ("if 1==1 a & b", 1),
            ("a\nb\n\nc", 3),
            ("f^or %a in (1) do b & c", 1),
            ("forfiles & b", 2),
            ("rem x & calc", 1),
            ("rem & calc", 2),
            ("& & calc", 3),
            ("  ,; ", 0),
        ] {
            assert_eq!(parts(text).len(), count, "{text}: {:?}", parts(text));
        }
        assert_eq!(
            first("(a (b) \")\" c) >x & d").unwrap().body,
            Body::Block("a (b) \")\" c", " >x ")
        );
        assert_eq!(first("@echo off&x").unwrap().rest, "x");
    }
}
