//! `set`: what it makes of its arguments. Source: `set /?`.

use super::split::is_delimiter;

/// One form of `set`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Set<'t> {
    /// Prints the variables that begin so.
    List(&'t str),
    Assign(&'t str, &'t str),
    /// `/a`: assignments and expressions, one after the other.
    Arithmetic(&'t str),
    /// `/p`: prints the text and reads a line.
    Prompt(&'t str, &'t str),
}

/// Reads what follows `set`.
pub(super) fn read(arguments: &str) -> Set<'_> {
    let text = arguments.trim_start_matches(is_delimiter);
    let switch = |letter: char| {
        let rest = text.strip_prefix('/')?;
        let mut chars = rest.chars();
        let is_it = chars.next()?.eq_ignore_ascii_case(&letter);
        is_it.then(|| chars.as_str().trim_start())
    };
    if let Some(expression) = switch('a') {
        return Set::Arithmetic(expression);
    }
    if let Some(rest) = switch('p') {
        let (name, value) = unquoted(rest).split_once('=').unwrap_or((rest, ""));
        let value = value.trim_start();
        return Set::Prompt(name, value.trim_matches('"'));
    }
    match unquoted(text).split_once('=') {
        Some((name, value)) => Set::Assign(name, value),
        None => Set::List(text.trim_end_matches(is_delimiter)),
    }
}

/// `"name=value" anything`: between the first quotation mark and the last.
fn unquoted(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('"') else {
        return text.trim_end_matches(['\r', '\n']);
    };
    inner.rsplit_once('"').map_or(inner, |(inner, _)| inner)
}

/// The assignments of an expression: the name if there is one, the operator in front of the equals
/// sign, the expression.
pub(super) fn assignments(text: &str) -> impl Iterator<Item = (Option<&str>, Option<char>, &str)> {
    text.split(',').map(|part| {
        let part = part.trim().trim_matches('"').trim();
        let Some((name, value)) = part.split_once('=') else {
            return (None, None, part);
        };
        let name = name.trim_end();
        let kept = name.trim_end_matches(['+', '-', '*', '/', '%', '&', '|', '^', '<', '>']);
        let operator = name.get(kept.len()..).and_then(|rest| rest.chars().next());
        (Some(kept.trim()), operator, value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (text, expected) in [
            (" x=calc", Set::Assign("x", "calc")),
            (" x=calc ", Set::Assign("x", "calc ")),
            (" \"x=a & b\" c", Set::Assign("x", "a & b")),
            (" x=\"q\"", Set::Assign("x", "\"q\"")),
            (" x=a=b", Set::Assign("x", "a=b")),
            (" x =y", Set::Assign("x ", "y")),
            (" PS ", Set::List("PS")),
            ("", Set::List("")),
            ("/a 1+1", Set::Arithmetic("1+1")),
            (" /A n=3", Set::Arithmetic("n=3")),
            (" /p x=calc", Set::Prompt("x", "calc")),
            (" /p=\"calc\"", Set::Prompt("", "calc")),
            (" /p \"x=calc\"", Set::Prompt("x", "calc")),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let found: Vec<_> = assignments("a=1, b+=2,3").collect();
        assert_eq!(
            found,
            [
                (Some("a"), None, "1"),
                (Some("b"), Some('+'), "2"),
                (None, None, "3")
            ]
        );
    }
}
