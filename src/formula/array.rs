//! `INDEX({"a","b"},2)`: a constant picked from an array of constants, which lists of commands use
//! (`spec/excel.md` §1.5).

use std::borrow::Cow;

use super::{quoted, skip_blanks};

/// The element that a call of INDEX picks, and the byte after the call. `open` is the byte after
/// its parenthesis. `None` when it is not constant, or picks a whole row.
///
/// The array is looked at once here and, when it is `None`, once more by the caller.
pub(super) fn index(text: &str, open: usize) -> Option<(Cow<'_, str>, usize)> {
    let bytes = text.as_bytes();
    let brace = skip_blanks(bytes, open, true);
    if bytes.get(brace) != Some(&b'{') {
        return None;
    }
    // First its end, for what is picked stands behind it.
    let (columns, rows, end) = size(text, brace)?;
    let mut at = separator(bytes, end)?;
    let (first, next) = number(text, at)?;
    at = skip_blanks(bytes, next, true);
    let (row, column) = if bytes.get(at) == Some(&b')') {
        // One number counts along the only row or column.
        if rows == 1 { (1, first) } else { (first, 1) }
    } else {
        let (second, next) = number(text, separator(bytes, at)?)?;
        at = skip_blanks(bytes, next, true);
        (first, second)
    };
    if bytes.get(at) != Some(&b')') || row == 0 || column == 0 || column > columns || row > rows {
        return None;
    }
    let element = pick(text, brace, row, column)?;
    Some((element, at.saturating_add(1)))
}

/// Columns of the first row, rows, and the byte after the closing brace.
fn size(text: &str, brace: usize) -> Option<(usize, usize, usize)> {
    let (mut columns, mut rows) = (1_usize, 1_usize);
    let mut end = None;
    elements(text, brace, |mark, _, after| {
        match mark {
            b',' if rows == 1 => columns = columns.saturating_add(1),
            b';' => rows = rows.saturating_add(1),
            b'}' => end = Some(after),
            _ => {}
        }
        end.is_none()
    });
    end.map(|end| (columns, rows, end))
}

fn pick(text: &str, brace: usize, row: usize, column: usize) -> Option<Cow<'_, str>> {
    let (mut at_row, mut at_column) = (1_usize, 1_usize);
    let mut found = None;
    elements(text, brace, |mark, element, _| {
        if (at_row, at_column) == (row, column) {
            found = Some(element);
            return false;
        }
        if mark == b';' {
            at_row = at_row.saturating_add(1);
            at_column = 1;
        } else {
            at_column = at_column.saturating_add(1);
        }
        mark != b'}'
    });
    found
}

/// Hands each element of the array at `brace` to `each`, with the mark behind it and the byte after
/// that, until `each` has enough or something is no constant.
fn elements<'t>(
    text: &'t str,
    brace: usize,
    mut each: impl FnMut(u8, Cow<'t, str>, usize) -> bool,
) {
    let bytes = text.as_bytes();
    let mut at = brace.saturating_add(1);
    loop {
        let start = skip_blanks(bytes, at, true);
        let (element, end) = if bytes.get(start) == Some(&b'"') {
            let Some(found) = quoted(text, start, b'"') else {
                return;
            };
            found
        } else {
            let rest = bytes.get(start..).unwrap_or_default();
            let Some(length) = rest.iter().position(|b| b",;{}\"".contains(b)) else {
                return;
            };
            let end = start.saturating_add(length);
            let word = text.get(start..end).unwrap_or_default();
            (Cow::Borrowed(word.trim()), end)
        };
        let mark = skip_blanks(bytes, end, true);
        let after = mark.saturating_add(1);
        match bytes.get(mark) {
            Some(found @ (b',' | b';' | b'}')) => {
                if !each(*found, element, after) {
                    return;
                }
            }
            _ => return,
        }
        at = after;
    }
}

/// The byte after the separator that follows `at`.
fn separator(bytes: &[u8], at: usize) -> Option<usize> {
    let at = skip_blanks(bytes, at, true);
    matches!(bytes.get(at), Some(b',' | b';')).then(|| at.saturating_add(1))
}

/// A whole number and the byte after it.
fn number(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let start = skip_blanks(bytes, at, true);
    let digits = bytes.get(start..)?.iter().take(10);
    let length = digits.take_while(|b| b.is_ascii_digit()).count();
    let end = start.saturating_add(length);
    let value = text.get(start..end)?.parse().ok()?;
    Some((value, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        let (element, end) = index(text, "INDEX(".len())?;
        assert_eq!(text.get(end..), Some("&x"), "{text}");
        Some(element.into_owned())
    }

    /// What Excel documents for INDEX.
    #[test]
    fn the_element_is_picked() {
        for (text, expected) in [
            ("INDEX({\"a\",\"b\"},2)&x", "b"),
            ("INDEX({\"a\";\"b\"},2)&x", "b"),
            (
                "INDEX( { \"a\" , \"b\" ; \"c,;}\" , \"d\" } , 2 , 1 )&x",
                "c,;}",
            ),
            ("INDEX({\"a\",\"b\";\"c\",\"d\"};1;2)&x", "b"),
            ("INDEX({\"it\"\"s\"},1)&x", "it\"s"),
            ("INDEX({1,TRUE,2.5},1,3)&x", "2.5"),
            ("INDEX({\"a\",\"b\"},1,2)&x", "b"),
        ] {
            assert_eq!(of(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn everything_else_is_not_constant() {
        for text in [
            "INDEX({\"a\",\"b\"},3)&x",
            "INDEX({\"a\",\"b\"},0)&x",
            "INDEX({\"a\",\"b\"},A1)&x",
            "INDEX({\"a\",\"b\"},1+1)&x",
            "INDEX({\"a\",\"b\"},1,1,1)&x",
            "INDEX({\"a\" \"b\"},1)&x",
            "INDEX({\"a\",{1}},1)&x",
            "INDEX({\"a\",\"b\"",
            "INDEX({\"a",
            "INDEX(A1:B2,1)&x",
            "INDEX({},2)&x",
            "INDEX(",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
