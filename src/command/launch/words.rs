//! Arguments as the C runtime of most programs splits them (Microsoft, "Parsing C command-line
//! arguments"; `CommandLineToArgvW`).
//!
//! Malformed input: a quote without an end goes to the end of the text.

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Quotes and their escapes undone.
    pub(super) text: String,
    /// Where it stands.
    pub(super) start: usize,
    pub(super) end: usize,
    /// A quote stood within it, not around it as a whole.
    pub(super) noise: bool,
}

/// Words that are read of one command line; the rest stays in the last one's tail.
const WORDS: usize = 4_096;

/// Splits a text at blanks that are not in quotes.
pub(super) fn split(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    while words.len() < WORDS {
        while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let Some((start, _)) = chars.peek().copied() else {
            break;
        };
        let mut word = String::new();
        let (mut quoted, mut quotes, mut backslashes) = (false, 0_usize, 0_usize);
        let mut end = text.len();
        let mut last = ' ';
        while let Some((at, c)) = chars.peek().copied() {
            if c.is_whitespace() && !quoted {
                end = at;
                break;
            }
            chars.next();
            last = c;
            if c == '\\' {
                backslashes = backslashes.saturating_add(1);
                word.push(c);
                continue;
            }
            if c == '"' {
                // Pairs in front of a quote stand for one; an odd one makes it a letter.
                let odd = backslashes % 2 == 1;
                let kept = word.len().saturating_sub(backslashes.div_ceil(2));
                word.truncate(kept);
                backslashes = 0;
                if odd {
                    word.push('"');
                } else {
                    quotes = quotes.saturating_add(1);
                    quoted = !quoted;
                }
                continue;
            }
            backslashes = 0;
            word.push(c);
        }
        let whole = quotes == 2 && last == '"' && text.get(start..).is_some_and(|t| t.starts_with('"'));
        let value = quotes <= 2 && last == '"' && text.get(start..end).is_some_and(|t| t.contains([':', '=']));
        words.push(Word {
            text: word,
            start,
            end,
            noise: quotes > 0 && !whole && !value,
        });
    }
    words
}

/// Characters that look like a hyphen and that some programs take for one (Wietze Beukema,
/// "Windows command-line obfuscation", 2021).
pub(super) const DASHES: &[char] = &['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}', '\u{fe63}'];

/// The lower-case name and the value of an option (`/tr`, `-i:http://x`, `–split`); `None` where it
/// is none.
pub(super) fn option(word: &str) -> Option<(String, Option<&str>)> {
    let rest = word
        .strip_prefix('/')
        .or_else(|| word.strip_prefix(DASHES).map(|rest| rest.trim_start_matches('-')))?;
    let (name, value) = match rest.split_once([':', '=']) {
        Some((name, value)) => (name, Some(value)),
        None => (rest, None),
    };
    Some((name.to_ascii_lowercase(), value))
}

/// What stands in a text behind one of its words.
pub(super) fn behind<'t>(text: &'t str, word: &Word) -> &'t str {
    text.get(word.end..).unwrap_or_default().trim()
}

/// A whole text without the quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.strip_suffix(quote).unwrap_or(inner);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Microsoft's table of examples.
    #[test]
    fn documented() {
        for (line, expected) in [
            (r#""abc" d e"#, vec!["abc", "d", "e"]),
            (r#"a\\b d"e f"g h"#, vec![r"a\\b", "de fg", "h"]),
            (r#"a\\\"b c d"#, vec![r#"a\"b"#, "c", "d"]),
            (r#"a\\\\"b c" d e"#, vec![r"a\\b c", "d", "e"]),
        ] {
            let words: Vec<_> = split(line).into_iter().map(|word| word.text).collect();
            assert_eq!(words, expected, "{line}");
        }
        assert!(split("u\"rl\"cache").iter().all(|word| word.noise));
        assert!(split("\"a b\" /i:\"http://x\"").iter().all(|word| !word.noise));
    }
}
