//! Excel's link syntax: the formula text in which `service|topic!item`, `[1]!item` and the
//! functions that fetch or start something stand.
//!
//! The way of a text: [`xstring`] undoes the `_xHHHH_` escapes of SpreadsheetML, [`normalise`]
//! removes fillers and full-width letters, then [`scan`], [`refs`] and [`functions`] each go over
//! the result once; [`files`] does the same for workbooks that
//! have no table of external links, and [`ptg`] turns the formulas of binary workbooks into text. Nothing here knows a container or a format, nothing recurses, and every pass
//! is linear in the length of the text.
//!
//! # Malformed input
//!
//! Any text is a formula here. Unclosed quotation marks, brackets and parentheses end nothing and
//! swallow nothing: what follows them is read as if they were ordinary separators.

mod array;
mod brackets;
pub(crate) mod dde_call;
pub(crate) mod files;
mod fold;
mod fuel;
pub(crate) mod functions;
pub(crate) mod normalise;
pub(crate) mod ptg;
pub(crate) mod refs;
pub(crate) mod scan;
pub(crate) mod xstring;

use std::borrow::Cow;

/// Writes a DDE triple the way Excel shows it: `cmd|'/c calc.exe'!A1`.
pub(crate) fn render(service: &str, topic: &str, item: &str) -> String {
    format!(
        "{}|{}!{}",
        quoted_if_needed(service),
        quoted_if_needed(topic),
        quoted_if_needed(item)
    )
}

/// A part that Excel accepts bare stays bare; everything else is quoted.
fn quoted_if_needed(part: &str) -> Cow<'_, str> {
    let bare = !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '\\' | '/' | ':' | '?'));
    if bare {
        Cow::Borrowed(part)
    } else {
        Cow::Owned(format!("'{}'", part.replace('\'', "''")))
    }
}

/// Whether a text cell would become a formula when it is typed or read from delimited text.
pub(crate) fn has_trigger(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@'])
}

/// Reads the quoted text that opens at `start`: the text with its doubled quotation marks undone
/// and the byte after the closing one. `None` when it is not closed.
///
/// Linear over a whole text although an unclosed one is looked at up to its end: after an unclosed
/// mark all later runs of that mark have an even length, and those close where they stand.
fn quoted(text: &str, start: usize, mark: u8) -> Option<(Cow<'_, str>, usize)> {
    let bytes = text.as_bytes();
    let inside = start.saturating_add(1);
    let mut at = inside;
    let mut doubled = false;
    loop {
        let found = memchr::memchr(mark, bytes.get(at..)?)?;
        let close = at.saturating_add(found);
        let next = close.saturating_add(1);
        if bytes.get(next) == Some(&mark) {
            doubled = true;
            at = next.saturating_add(1);
            continue;
        }
        let inner = text.get(inside..close)?;
        let inner = if doubled {
            let (two, one) = if mark == b'"' {
                ("\"\"", "\"")
            } else {
                ("''", "'")
            };
            Cow::Owned(inner.replace(two, one))
        } else {
            Cow::Borrowed(inner)
        };
        return Some((inner, next));
    }
}

/// Whether a byte is a blank. A formula goes on after a line break, a text that is typed ends.
fn is_blank(byte: u8, lines: bool) -> bool {
    matches!(byte, b' ' | b'\t') || lines && matches!(byte, b'\r' | b'\n')
}

/// The first byte at or after `at` that is no blank.
fn skip_blanks(bytes: &[u8], mut at: usize, lines: bool) -> usize {
    while bytes.get(at).is_some_and(|byte| is_blank(*byte, lines)) {
        at = at.saturating_add(1);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triple_is_shown_as_excel_shows_it() {
        assert_eq!(render("cmd", "/c calc.exe", "A1"), "cmd|'/c calc.exe'!A1");
        assert_eq!(render("BLP", "M", "INDU Index"), "BLP|M!'INDU Index'");
        assert_eq!(render("cmd", "it's", ""), "cmd|'it''s'!''");
    }

    #[test]
    fn triggers_are_the_four_of_the_specification() {
        for text in ["=a", "+a", "-a", "@a", "  =a"] {
            assert!(has_trigger(text), "{text}");
        }
        // oletools' class `[=+-@]` is a range that also takes digits and commas.
        for text in ["5", ",a", ":a", "/a", "a=b", ""] {
            assert!(!has_trigger(text), "{text}");
        }
    }
}
