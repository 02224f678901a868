//! References to external links: `[1]!item`, `[1]!'quoted item'`, `[1]Sheet!A1`
//! (`spec/excel.md` §1.2, A.7).

use std::borrow::Cow;

use super::brackets::{Brackets, is_name};
use super::{quoted, skip_blanks};
use crate::text::strip_prefix;

/// What Excel puts in front of a DDE item that would read as a cell reference (§1.2).
const BACKGROUND_NAME: &str = "_xlbgnm.";

/// The item as the DDE server is asked for it.
pub(crate) fn plain_item(item: &str) -> &str {
    strip_prefix(item, BACKGROUND_NAME).unwrap_or(item)
}

/// One use of an external link in a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ref<'t> {
    /// The 1-based position in `externalReferences`; 0 is the workbook itself.
    pub(crate) index: u32,
    /// The item or name, `_xlbgnm.` stripped; `None` when the reference names a sheet of an
    /// external book.
    pub(crate) item: Option<Cow<'t, str>>,
}

/// Every use of an external link in `text`, in order. String literals are skipped.
pub(crate) fn refs(text: &str) -> Refs<'_> {
    Refs {
        text,
        at: 0,
        brackets: Brackets::of(text),
    }
}

/// See [`refs`].
pub(crate) struct Refs<'t> {
    text: &'t str,
    at: usize,
    brackets: Brackets,
}

impl<'t> Iterator for Refs<'t> {
    type Item = Ref<'t>;

    fn next(&mut self) -> Option<Ref<'t>> {
        let bytes = self.text.as_bytes();
        loop {
            let found = memchr::memchr3(b'"', b'\'', b'[', bytes.get(self.at..)?)?;
            let start = self.at.saturating_add(found);
            let after = start.saturating_add(1);
            match bytes.get(start) {
                Some(b'"') => {
                    self.at = quoted(self.text, start, b'"').map_or(after, |(_, end)| end);
                }
                Some(b'\'') => {
                    let Some((name, end)) = quoted(self.text, start, b'\'') else {
                        self.at = after;
                        continue;
                    };
                    self.at = end;
                    // `'[1]My sheet'!A1`; the name is unescaped, its digits are not.
                    if bytes.get(end) == Some(&b'!')
                        && let Some((index, _)) = bracketed(&name, 0)
                    {
                        return Some(Ref { index, item: None });
                    }
                }
                _ => {
                    // `R[1]C[-1]`, `Table1[1]`: brackets that follow a name name no workbook.
                    let follows = start.checked_sub(1).and_then(|before| bytes.get(before));
                    let follows = follows.is_some_and(|before| is_name(*before));
                    let number = bracketed(self.text, start).filter(|_| !follows);
                    let Some((index, close)) = number else {
                        self.at = self.brackets.end(bytes, start).unwrap_or(after);
                        continue;
                    };
                    self.at = close;
                    if let Some(found) = self.named(index, close) {
                        return Some(found);
                    }
                }
            }
        }
    }
}

impl<'t> Refs<'t> {
    /// What follows `[N]`, up to `close`.
    fn named(&mut self, index: u32, close: usize) -> Option<Ref<'t>> {
        let bytes = self.text.as_bytes();
        let mark = skip_blanks(bytes, close, true);
        if bytes.get(mark) != Some(&b'!') {
            // `[1]Sheet1!A1`, `[1]Sheet1:Sheet3!A1`
            let end = name_end(bytes, close);
            self.at = end;
            let sheet = end > close && matches!(bytes.get(end), Some(b'!' | b':'));
            return sheet.then_some(Ref { index, item: None });
        }
        let start = skip_blanks(bytes, mark.saturating_add(1), true);
        let item = if bytes.get(start) == Some(&b'\'') {
            let (item, end) = quoted(self.text, start, b'\'')?;
            self.at = end;
            item
        } else {
            let end = name_end(bytes, start);
            self.at = end;
            Cow::Borrowed(self.text.get(start..end)?)
        };
        if item.is_empty() && self.at == start {
            return None;
        }
        let item = match item {
            Cow::Borrowed(item) => Cow::Borrowed(plain_item(item)),
            Cow::Owned(item) => Cow::Owned(plain_item(&item).to_owned()),
        };
        Some(Ref {
            index,
            item: Some(item),
        })
    }
}

/// The number in `[digits]` at `start`, and the byte after the closing bracket.
fn bracketed(text: &str, start: usize) -> Option<(u32, usize)> {
    let bytes = text.as_bytes();
    if bytes.get(start) != Some(&b'[') {
        return None;
    }
    let first = start.saturating_add(1);
    // Nine digits fit a u32; no workbook has a billion external references.
    let digits = bytes
        .get(first..)?
        .iter()
        .take(10)
        .take_while(|b| b.is_ascii_digit());
    let end = first.saturating_add(digits.count());
    if bytes.get(end) != Some(&b']') {
        return None;
    }
    let index = text.get(first..end)?.parse().ok()?;
    Some((index, end.saturating_add(1)))
}

/// The end of the bare name that starts at `at` (A.7).
fn name_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b) = bytes.get(at)
        && (b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'\\' | b'?') || *b >= 0x80)
    {
        at = at.saturating_add(1);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(u32, Option<String>)> {
        refs(text)
            .map(|r| (r.index, r.item.map(Cow::into_owned)))
            .collect()
    }

    fn item(index: u32, name: &str) -> (u32, Option<String>) {
        (index, Some(name.to_owned()))
    }

    #[test]
    fn items_bare_and_quoted() {
        assert_eq!(all("[1]!_xlbgnm.A1"), [item(1, "A1")]);
        assert_eq!(all("[1]!zz"), [item(1, "zz")]);
        assert_eq!(
            all("[2]!'INDU Index,[PX_close_5d]'"),
            [item(2, "INDU Index,[PX_close_5d]")]
        );
        // From a real file (§1.2): the item is one quotation mark.
        assert_eq!(all("[1]!''''"), [item(1, "'")]);
        assert_eq!(
            all("IF([1]!a>[12]!b,[0]!c,1)"),
            [item(1, "a"), item(12, "b"), item(0, "c")]
        );
        assert_eq!(all("[1]!Größe"), [item(1, "Größe")]);
    }

    #[test]
    fn sheets_of_external_books() {
        assert_eq!(all("SUM([1]Sheet1!A1)"), [(1, None)]);
        assert_eq!(
            all("SUM('[3]My sheet'!A1,[4]a:b!C1)"),
            [(3, None), (4, None)]
        );
    }

    #[test]
    fn line_breaks_are_blanks() {
        assert_eq!(all("[1]! \r\nx"), [item(1, "x")]);
        assert_eq!(all("[1] ! x"), [item(1, "x")]);
    }

    #[test]
    fn names_of_columns_open_no_string() {
        for text in [
            "COUNTA(Table1[a\"b])&[1]!x&\"\"",
            "COUNTA(Table1[a'#b])&[1]!x&'it''s'!A1",
            "Table1[[#This Row],[a'\"b]]&[1]!x",
        ] {
            assert_eq!(all(text), [item(1, "x")], "{text}");
        }
    }

    #[test]
    fn what_is_no_reference() {
        for text in [
            "\"[1]!a\"",
            "Table1[1]",
            "Table1[[#This Row],[1]]",
            "SUM(R[1]C:R[2]C)",
            "R[1]C1:R[3]C2!x",
            "RC[-1]+R[-1]C[1]!x",
            "Table1[1]!x",
            "[1]",
            "[]!a",
            "[a]!b",
            "[99999999999]!a",
            "[1]!",
            "[1]!+1",
            "",
        ] {
            assert_eq!(all(text), [], "{text}");
        }
    }

    /// SpreadsheetML 2003 and SYLK write cells by offset (§6.1).
    #[test]
    fn offsets_of_rows_and_columns_hide_nothing() {
        for text in [
            "R[1]C[-1]+[1]!x",
            "SUM(R[-1]C:RC[-1],[1]!x)",
            "R[1]*[1]!x",
            "[1]!x&R[1]C[1]",
        ] {
            assert_eq!(all(text), [item(1, "x")], "{text}");
        }
    }

    #[test]
    fn unclosed_marks_swallow_nothing() {
        assert_eq!(all("' [1]!a"), [item(1, "a")]);
        assert_eq!(all("\" [1]!a"), [item(1, "a")]);
        assert_eq!(all("[1]!'a+[2]!b"), [item(2, "b")]);
    }

    #[test]
    fn long_junk_is_linear() {
        for junk in ["[", "[1", "[1]", "[1]!", "'", "\"", "[1]!'", "''"] {
            let text = junk.repeat(1_000_000 / junk.len());
            let _ = refs(&text).count();
        }
    }
}
