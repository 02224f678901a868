//! What a `SUPBOOK` record means, by its text and not by flags (`spec/excel.md` §3.4, A.1); and the
//! like in an `EXTERNSHEET` record before BIFF8 (§3.9).
//!
//! # Malformed input
//!
//! Text that is shorter than its length says is read as far as it goes. Where the rules of the
//! format leave two readings, DDE is the one that counts, with less confidence.

use super::path;
use super::records::Flow;
use super::strings;
use crate::format::excel::external::{Address, Target};
use crate::formula::scan::starts_program;
use crate::link::Confidence;

/// Lengths that mean something else ([MS-XLS] 2.4.271).
const OWN: u16 = 0x0401;
const ADD_IN: u16 = 0x3a01;
/// Bytes of a record with one of these, and nothing else.
const BARE: usize = 4;
/// Characters that the text has at most.
const LONGEST: u16 = 0xff;
/// What stands between service and topic.
const SPLIT: char = '\u{3}';
/// Classes of OLE that are no pair of names (§3.4).
const CLASSES: &[&str] = &["package", "htmlfile"];
/// Applications whose classes are links to files: `Word.Document.8`. A pair of words of which the
/// first is none of these may be anything.
const FAMILIES: &[&str] = &[
    "acroexch",
    "acrobat",
    "autocad",
    "coreldraw",
    "equation",
    "excel",
    "mspaint",
    "msgraph",
    "msproject",
    "opendocument",
    "paint",
    "photoshop",
    "powerpoint",
    "publisher",
    "soffice",
    "visio",
    "word",
    "wordpad",
];

/// What a record of the link table stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// This workbook.
    Own,
    /// Functions of add-ins.
    AddIn,
    /// Nothing that links.
    Nothing,
    /// Another workbook.
    Book,
    /// A service with a topic, or a class with a file.
    Pair,
}

/// A record of the link table.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) role: Role,
    pub(super) target: Option<(Target, Confidence)>,
}

impl Entry {
    fn plain(role: Role) -> Self {
        Entry { role, target: None }
    }

    fn link(target: Target, confidence: Confidence) -> Self {
        let role = match target {
            Target::Book { .. } => Role::Book,
            Target::Dde { .. } | Target::Ole { .. } => Role::Pair,
        };
        Entry {
            role,
            target: Some((target, confidence)),
        }
    }
}

/// Reads a `SUPBOOK` record of `length` bytes.
pub(super) fn supbook(
    flow: &mut Flow<'_>,
    length: usize,
    is_program: &dyn Fn(&str) -> bool,
) -> Entry {
    let (Some(sheets), Some(count)) = (flow.u16(), flow.u16()) else {
        return Entry::plain(Role::Nothing);
    };
    match count {
        OWN if length <= BARE => return Entry::plain(Role::Own),
        ADD_IN if length <= BARE => return Entry::plain(Role::AddIn),
        0 => return Entry::plain(Role::Nothing),
        _ => {}
    }
    let before = flow.clone();
    let Some(flags) = flow.byte() else {
        return Entry::plain(Role::Nothing);
    };
    let unflagged = flow.unflagged();
    let mut text = strings::characters(flow, usize::from(count), flags);
    if let Some(mut again) = unflagged {
        // The text goes on behind the flags themselves: some programs take those as said.
        let flagged = again.clone().byte().is_some_and(|flags| flags < 2);
        let other = strings::characters(&mut again, usize::from(count), flags);
        if pair(&other).is_some() && (pair(&text).is_none() || !flagged) {
            text = other;
        }
    }
    if flags & 0x0c != 0 {
        // Legal for rich strings only; some programs honour it here, too (§3.3). The numbers in
        // front read as characters: as control characters most often, and never as a program.
        let mut again = before;
        again.byte();
        if strings::tail(&mut again, flags).is_some() {
            let other = strings::characters(&mut again, usize::from(count), flags);
            let starts = |text: &str| {
                pair(text).is_some_and(|(left, right)| {
                    is_known(left, is_program) || starts_program(left, right, is_program)
                })
            };
            let odd = pair(&text).is_none() || text.starts_with(char::is_control);
            if pair(&other).is_some() && (odd || starts(&other) && !starts(&text)) {
                text = other;
            }
        }
    }
    let odd = count > LONGEST;
    if let Some((left, right)) = pair(&text) {
        let plain = !odd && !right.is_empty() && !text.starts_with('\0');
        let mut confidence = match sheets {
            0 if plain => Confidence::Certain,
            _ => Confidence::Medium,
        };
        let program = is_known(left, is_program) || starts_program(left, right, is_program);
        if sheets > 0 && !program && fit(flow, sheets) {
            return Entry::link(book(&text), Confidence::Certain);
        }
        let (target, most) = dde_or_ole(left, right, is_program);
        confidence = confidence.min(most);
        return Entry::link(target, confidence);
    }
    if odd || text == "\0" || text == " " || text.is_empty() {
        return Entry::plain(Role::Nothing);
    }
    // The mark of a path without a path: this workbook, as before BIFF8.
    if text == "\u{2}" {
        return Entry::plain(Role::Own);
    }
    Entry::link(book(&text), Confidence::Certain)
}

/// Reads the text of an `EXTERNSHEET` record of before BIFF8.
pub(super) fn external_sheet(text: &str, is_program: &dyn Fn(&str) -> bool) -> Entry {
    if let Some((left, right)) = pair(text) {
        let confidence = if right.is_empty() || text.starts_with('\0') {
            Confidence::Medium
        } else {
            Confidence::Certain
        };
        let (target, most) = dde_or_ole(left, right, is_program);
        return Entry::link(target, confidence.min(most));
    }
    let mut characters = text.chars();
    match (characters.next(), characters.as_str()) {
        (None | Some('\0' | '\u{2}' | '\u{4}'), "") => Entry::plain(Role::Own),
        (Some('\u{3}'), _) => Entry::plain(Role::Own),
        (Some(':'), "") => Entry::plain(Role::AddIn),
        (Some(_) | None, _) => {
            let address = Address::Plain(path::file(&path::decode(text)));
            let addresses = vec![address];
            Entry::link(Target::Book { addresses }, Confidence::Certain)
        }
    }
}

/// Service and topic, or class and file: what is left and right of the first separator, unless the
/// text is an encoded path.
fn pair(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches('\0');
    if text.starts_with(['\u{1}', '\u{2}']) {
        return None;
    }
    text.split_once(SPLIT).filter(|(left, _)| !left.is_empty())
}

fn book(text: &str) -> Target {
    let addresses = vec![Address::Plain(path::decode(text))];
    Target::Book { addresses }
}

/// Whether the name is a known program, whole or in the eight characters that count (§0.1).
fn is_known(name: &str, is_program: &dyn Fn(&str) -> bool) -> bool {
    let lower = name.trim().to_lowercase();
    let stem = lower.strip_suffix(".exe").unwrap_or(&lower);
    let head: String = stem.chars().take(8).collect();
    is_program(stem) || is_program(&head)
}

/// OLE if the left side is a known class and the right side a file; else DDE (§3.4), less sure if
/// the left side could be a class. Names of the link may say more.
fn dde_or_ole(left: &str, right: &str, is_program: &dyn Fn(&str) -> bool) -> (Target, Confidence) {
    let file = right.contains([':', '\\', '/']) && !right.trim_start().starts_with(['\\', '/']);
    let class = is_class(left) && file && !starts_program(left, right, is_program);
    if class && is_registered(left) && !is_known(left, is_program) {
        let target = Target::Ole {
            address: Some(Address::Plain(right.to_owned())),
            prog_id: Some(left.to_owned()),
        };
        return (target, Confidence::High);
    }
    let target = Target::Dde {
        service: left.to_owned(),
        topic: right.to_owned(),
    };
    let most = if class {
        Confidence::Medium
    } else {
        Confidence::Certain
    };
    (target, most)
}

/// Whether a class is one that programs register for documents.
fn is_registered(class: &str) -> bool {
    let family = class.split('.').next().unwrap_or_default();
    CLASSES
        .iter()
        .any(|known| class.eq_ignore_ascii_case(known))
        || FAMILIES
            .iter()
            .any(|known| family.eq_ignore_ascii_case(known))
}

/// Whether a name looks like that of a class: `Word.Document.8`, `Package`.
fn is_class(name: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let known = CLASSES.iter().any(|class| name.eq_ignore_ascii_case(class));
    let mut parts = name.split('.');
    let first = parts.next().is_some_and(word);
    let second = parts.next();
    let end = parts.next();
    let program = second.is_some_and(|second| {
        let second = second.to_ascii_lowercase();
        matches!(
            second.as_str(),
            "exe" | "com" | "bat" | "cmd" | "scr" | "pif"
        )
    });
    let shape = first
        && second.is_some_and(word)
        && end.is_none_or(number)
        && parts.next().is_none()
        && !program;
    known || shape
}

/// Whether so many names of sheets fill the rest of the record.
fn fit(flow: &mut Flow<'_>, sheets: u16) -> bool {
    for _ in 0..sheets {
        let Some(count) = flow.u16() else {
            return false;
        };
        let Some(flags) = flow.byte() else {
            return false;
        };
        flow.characters(usize::from(count), flags & 1 == 1, |_| false);
    }
    flow.byte().is_none()
}

#[cfg(test)]
mod tests {
    use super::super::records::Records;
    use super::*;
    use crate::container::cfb::View;

    fn program(name: &str) -> bool {
        matches!(name, "cmd" | "rundll32")
    }

    fn read(body: &[u8]) -> Entry {
        let mut record = vec![0xae, 0x01];
        record.extend((body.len() as u16).to_le_bytes());
        record.extend(body);
        let view = View::from(record.as_slice());
        let mut records = Records::new(&view, usize::MAX);
        let record = records.next().unwrap();
        supbook(&mut records.open(record), record.length, &program)
    }

    fn text(sheets: u16, text: &str) -> Entry {
        let mut body = sheets.to_le_bytes().to_vec();
        body.extend((text.len() as u16).to_le_bytes());
        body.push(0);
        body.extend(text.bytes());
        read(&body)
    }

    fn dde(entry: &Entry) -> Option<(&str, &str, Confidence)> {
        match &entry.target {
            Some((Target::Dde { service, topic }, confidence)) => {
                Some((service, topic, *confidence))
            }
            _ => None,
        }
    }

    fn path(entry: &Entry) -> Option<&str> {
        match &entry.target {
            Some((Target::Book { addresses }, _)) => match addresses.as_slice() {
                [Address::Plain(path)] => Some(path),
                _ => None,
            },
            _ => None,
        }
    }

    /// §3.3: `bit2 (0x04) ext: u32 size, bit3 (0x08) rich: u16 runs, both between flags and chars`.
    #[test]
    fn numbers_in_front_of_the_text() {
        for numbers in [
            [0, 0, 0, 0, 0, 0],
            [1, 0, 0, 0, 0, 0],
            [3, 0, 3, 0, 0, 0],
            *b"abcdef",
        ] {
            let body = [b"\0\0\x0f\0\x0c", &numbers[..], b"cmd\x03/c calc.exe"].concat();
            let entry = read(&body);
            let (service, topic, _) = dde(&entry).unwrap();
            assert_eq!((service, topic), ("cmd", "/c calc.exe"), "{numbers:?}");
        }
        // Without a separator behind the numbers, the path of a workbook stays one.
        let entry = read(b"\0\0\x0c\0\x0c\x01\x01Cd\x03q.xls\0\0\0");
        assert!(dde(&entry).is_none());
    }

    #[test]
    fn the_bytes_of_the_specification() {
        let entry = read(b"\0\0\x0f\0\0cmd\x03/c calc.exe");
        assert_eq!(
            dde(&entry),
            Some(("cmd", "/c calc.exe", Confidence::Certain))
        );
        assert_eq!(read(b"\x01\0\x01\x04").role, Role::Own);
        assert_eq!(read(b"\x01\0\x01\x3a").role, Role::AddIn);
        assert_eq!(read(b"\0\0\x01\0\0\0").role, Role::Nothing);
        assert_eq!(read(b"\0\0\x01\0\0 ").role, Role::Nothing);
        // Case 3: two bytes a character.
        let entry = read(b"\0\0\x05\0\x01c\0m\0d\0\x03\0x\0");
        assert_eq!(dde(&entry), Some(("cmd", "x", Confidence::Certain)));
    }

    #[test]
    fn an_encoded_path_is_a_workbook_although_it_has_no_sheets() {
        let entry = text(
            0,
            "\u{1}\u{1}@HEPPC3\u{3}gt$\u{3}Teaching\u{3}Syn\u{3}physyn.xls",
        );
        assert_eq!(path(&entry), Some(r"\\HEPPC3\gt$\Teaching\Syn\physyn.xls"));
    }

    #[test]
    fn sheets_that_fit_make_a_workbook_of_it_unless_it_is_a_program() {
        let body = |name: &str| {
            let mut body = vec![1, 0, name.len() as u8, 0, 0];
            body.extend(name.bytes());
            body.extend(b"\x02\0\0S1");
            body
        };
        assert_eq!(path(&read(&body("dir\u{3}b.xls"))), Some(r"dir\b.xls"));
        assert_eq!(
            dde(&read(&body("cmd\u{3}/c calc"))),
            Some(("cmd", "/c calc", Confidence::Medium))
        );
        // So does a path out of whatever the left side is.
        let topic = r"\..\..\Windows\System32\cmd.exe /c calc.exe";
        assert_eq!(
            dde(&read(&body(&format!("MSEXCEL\u{3}{topic}")))),
            Some(("MSEXCEL", topic, Confidence::Medium))
        );
        // They do not fit: less sure, but DDE.
        assert_eq!(
            dde(&text(7, "srv\u{3}topic")),
            Some(("srv", "topic", Confidence::Medium))
        );
    }

    #[test]
    fn a_class_with_a_file_is_ole() {
        for (left, right, ole) in [
            ("Word.Document.8", "C:\\a.doc", true),
            ("Package", "C:\\a.exe", true),
            ("htmlfile", "http://a.invalid/x", true),
            ("WinWord", "C:\\a.doc", false),
            ("cmdx.bar", "C:\\x /c calc", false),
            ("cmd.exe", "C:\\a.doc", false),
            ("Excel.Sheet.8", "data", false),
            ("MSEXCEL", "\\..\\..\\cmd.exe /c calc", false),
        ] {
            let entry = text(0, &format!("{left}\u{3}{right}"));
            let is_ole = matches!(entry.target, Some((Target::Ole { .. }, _)));
            assert_eq!(is_ole, ole, "{left}");
        }
    }

    #[test]
    fn older_external_sheets() {
        let role = |text: &str| external_sheet(text, &program).role;
        assert_eq!(role("\u{3}Weekly Report"), Role::Own);
        assert_eq!(role("\u{2}"), Role::Own);
        assert_eq!(role(":"), Role::AddIn);
        let entry = external_sheet("cmd\u{3}/c calc.exe", &program);
        assert_eq!(
            dde(&entry),
            Some(("cmd", "/c calc.exe", Confidence::Certain))
        );
        // calamine's OOM_alloc.xls (§3.9), cut.
        let entry = external_sheet("\u{1}\u{2}TCM\u{3}Business Mgmt\u{3}[a.xls]S", &program);
        assert_eq!(path(&entry), Some(r"\TCM\Business Mgmt\a.xls"));
    }

    /// A record that ends behind the flags: the next one begins with flags of its own, or not.
    #[test]
    fn flags_may_stand_alone() {
        for tail in [&b"cmd\x03/c calc.exe"[..], b"\0cmd\x03/c calc.exe"] {
            let mut bytes = b"\xae\x01\x05\0\0\0\x0f\0\0\x3c\0".to_vec();
            bytes.extend((tail.len() as u16).to_le_bytes());
            bytes.extend(tail);
            let view = View::from(bytes.as_slice());
            let mut records = Records::new(&view, usize::MAX);
            let record = records.next().unwrap();
            let entry = supbook(&mut records.open(record), record.length, &program);
            assert_eq!(
                dde(&entry),
                Some(("cmd", "/c calc.exe", Confidence::Certain))
            );
        }
    }

    #[test]
    fn only_the_first_separator_splits() {
        let entry = text(0, "cmd\u{3}/c a\u{3}b");
        assert_eq!(
            dde(&entry),
            Some(("cmd", "/c a\u{3}b", Confidence::Certain))
        );
        let entry = text(0, "\0\0cmd\u{3}/c a");
        assert_eq!(dde(&entry), Some(("cmd", "/c a", Confidence::Medium)));
        let entry = text(0, "cmd\u{3}");
        assert_eq!(dde(&entry), Some(("cmd", "", Confidence::Medium)));
    }
}
