//! Text formats, and whether a text of no format can hold a formula.

use super::{Format, Identity};

/// The start of texts that have a format (`spec/word.md` §0.1; `spec/excel.md` §4.1, §6.3).
const STARTS: &[(&str, Format, &str)] = &[
    (
        "begin:vcalendar",
        Format::Icalendar,
        "calendar entry (.ics)",
    ),
    ("begin:vcard", Format::Vcard, "contact (.vcf)"),
    ("id;", Format::Sylk, "SYLK worksheet (.slk)"),
    // Base64 of documents: some programs write objects so (spec/word.md §0.1).
    ("0m8r4kgxgue", Format::OleOther, "base64 of a compound file"),
    ("uesdb", Format::Zip, "base64 of a zip archive"),
    (
        "e1xyd",
        Format::Rtf,
        "base64 of a Rich Text Format document",
    ),
    (
        "qwn0axzltwlt",
        Format::ActiveMime,
        "base64 of an ActiveMime container",
    ),
];

/// The start of queries: `.dqy`, `.oqy` and `.rqy`, `.udl`, `.dsn` (`spec/excel.md` §6.3).
const QUERIES: &[&str] = &[
    "xlodbc\r",
    "xlodbc\n",
    "querytype=",
    "[oledb]",
    "[odbc]",
    "[file data source]",
];

/// Keys of the lines in a web query that say how its answer is read (`spec/excel.md` §6.3).
pub(crate) const WEB_QUERY_SETTINGS: &[&str] = &[
    "Selection",
    "Formatting",
    "PreFormattedTextToColumns",
    "ConsecutiveDelimitersAsOne",
    "SingleBlockTextImport",
    "DisableDateRecognition",
    "DisableRedirections",
];

/// What the start of a text says. `text` begins behind marks, blanks and NULs.
pub(super) fn identify(text: &str) -> Option<Identity> {
    // Word asks for these four bytes, in this case (spec/word.md §0.1).
    if text.starts_with("{\\rt") {
        return Some(Identity::read(Format::Rtf));
    }
    let starts = |start: &str| {
        text.as_bytes()
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    if let Some((_, format, name)) = STARTS.iter().find(|(start, ..)| starts(start)) {
        return Some(Identity::unsupported(*format, name));
    }
    if QUERIES.iter().any(|start| starts(start)) || is_web_query(text) {
        return Some(Identity::read(Format::QueryFile));
    }
    let mut lines = text.lines().map(str::trim);
    let (first, second) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    if first.eq_ignore_ascii_case("table") && second.starts_with("0,") {
        return Some(Identity::unsupported(
            Format::Dif,
            "Data Interchange Format worksheet (.dif)",
        ));
    }
    None
}

/// Whether a text is a web query: its first two lines may be missing, and then the settings of the
/// program that wrote it tell an address from any other.
fn is_web_query(text: &str) -> bool {
    /// Lines in front of the settings: kind, version, address, what is posted, and a blank one.
    const FRONT: usize = 8;
    let all = || text.split(['\r', '\n']).map(str::trim);
    let mut lines = all().filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let second = lines.next().unwrap_or_default();
    let is_address = |line: &str| line.contains("://") || line.starts_with("\\\\");
    if first.eq_ignore_ascii_case("web") {
        return second.starts_with(|c: char| c.is_ascii_digit()) || is_address(second);
    }
    let version = !second.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
    if !is_address(if version { second } else { first }) {
        return false;
    }
    all().take(FRONT).any(|line| {
        let key = line.split_once('=').map(|(key, _)| key.trim());
        WEB_QUERY_SETTINGS
            .iter()
            .any(|known| key.is_some_and(|key| key.eq_ignore_ascii_case(known)))
    })
}

/// How the characters of a text lie in its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Units {
    Bytes,
    Utf16Le,
    Utf16Be,
}

/// How the head of a text is to be read; `None` when it is no text.
///
/// NULs between letters are UTF-16 from three in ten bytes of one parity on
/// (`spec/excel.md` §5.2); of other control characters a text has few.
pub(super) fn units(head: &[u8]) -> Option<Units> {
    match head {
        [0xff, 0xfe, ..] => return Some(Units::Utf16Le),
        [0xfe, 0xff, ..] => return Some(Units::Utf16Be),
        _ => {}
    }
    let sample = head.get(..head.len().min(4 << 10)).unwrap_or_default();
    let nul = |parity: usize| {
        let bytes = sample.iter().skip(parity).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (nul(0), nul(1));
    let many = sample.len().saturating_mul(3) / 20;
    let others = sample
        .iter()
        .filter(|byte| **byte < b' ' && !matches!(**byte, 0 | b'\t'..=b'\r' | 0x1a | 0x1b))
        .count();
    if others > sample.len() / 50 {
        return None;
    }
    match (even > many, odd > many) {
        (false, true) => Some(Units::Utf16Le),
        (true, false) => Some(Units::Utf16Be),
        // NULs everywhere: letters padded with more of them, or no text.
        (true, true) => (even.saturating_add(odd) < sample.len()).then_some(Units::Bytes),
        (false, false) => Some(Units::Bytes),
    }
}

/// Whether a text can hold a formula that starts or fetches something: a line or a field between
/// delimiters begins with a formula trigger, and behind it stands what such a formula needs, a
/// `|` or a `(`.
///
/// Bytes that are no text are scanned as well, because Excel opens them as text all the same; in
/// them the trigger, a `|` and a `!` must stand in one run of printable characters.
pub(super) struct FormulaScan {
    units: Option<Units>,
    /// The first half of a UTF-16 unit, or a lead of a full-width character in UTF-8.
    held: [Option<u8>; 2],
    at_field: bool,
    quoted: bool,
    armed: bool,
    piped: bool,
    found: bool,
    /// `sep=X` in the first line names one more delimiter.
    separator: Option<u32>,
    opening: [u32; 4],
    seen: usize,
}

impl FormulaScan {
    pub(super) fn new(units: Option<Units>) -> Self {
        FormulaScan {
            units,
            held: [None; 2],
            at_field: true,
            quoted: false,
            armed: false,
            piped: false,
            found: false,
            separator: None,
            opening: [0; 4],
            seen: 0,
        }
    }

    pub(super) fn found(&self) -> bool {
        self.found
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.found {
                return;
            }
            match self.units {
                Some(Units::Bytes) | None => self.byte(byte),
                Some(order) => match self.held {
                    [Some(first), _] => {
                        self.held = [None; 2];
                        let pair = [first, byte];
                        let unit = if order == Units::Utf16Le {
                            u16::from_le_bytes(pair)
                        } else {
                            u16::from_be_bytes(pair)
                        };
                        self.unit(u32::from(unit));
                    }
                    [None, _] => self.held = [Some(byte), None],
                },
            }
        }
    }

    /// A byte of UTF-8 or of a code page; full-width forms of ASCII are put together.
    fn byte(&mut self, byte: u8) {
        match (self.held, byte) {
            ([None, _], 0xef) => self.held = [Some(byte), None],
            ([Some(_), None], 0xbc) => self.held = [Some(0xef), Some(byte)],
            ([Some(_), Some(_)], 0x80..=0xbf) => {
                self.held = [None; 2];
                self.unit(0xff00 | u32::from(byte & 0x3f));
            }
            _ => {
                for held in std::mem::take(&mut self.held).into_iter().flatten() {
                    self.unit(u32::from(held));
                }
                self.unit(u32::from(byte));
            }
        }
    }

    fn unit(&mut self, unit: u32) {
        let narrow = u8::try_from(unit).unwrap_or(0x80);
        let line_end = matches!(narrow, b'\n' | b'\r');
        self.note_separator(unit, narrow);
        if self.units.is_none() && !(b' '..=b'~').contains(&narrow) {
            self.armed = false;
        }
        if self.armed {
            match narrow {
                b'|' | b'(' if self.units.is_some() => self.found = true,
                b'|' => self.piped = true,
                b'!' if self.piped => self.found = true,
                b'"' => self.quoted = false,
                _ => {}
            }
        }
        if line_end {
            // A quoted field goes on over the end of the line.
            self.armed &= self.quoted;
            self.quoted &= self.armed;
            self.at_field = true;
        } else if matches!(narrow, b',' | b';' | b'\t') || self.separator == Some(unit) {
            self.at_field = true;
        } else if self.at_field {
            match narrow {
                // Quotes, blanks, NULs, no-break spaces and pieces of marks in front.
                b'"' if !self.armed => self.quoted = true,
                b'"' | b'\'' | b' ' | 0 | 0xa0 | 0xc2 | 0xef | 0xbb | 0xbf => {}
                _ if matches!(unit, 0xfeff | 0x3000) => {}
                b'=' | b'+' | b'-' | b'@' => self.arm(),
                _ if matches!(unit, 0xff1d | 0xff0b | 0xff0d | 0xff20) => self.arm(),
                _ => {
                    self.at_field = false;
                    self.quoted &= self.armed;
                }
            }
        }
    }

    fn arm(&mut self) {
        self.armed = true;
        self.piped = false;
        self.at_field = false;
    }

    fn note_separator(&mut self, unit: u32, narrow: u8) {
        let mark = unit == 0xfeff || matches!(narrow, 0 | 0xef | 0xbb | 0xbf);
        if mark || self.seen > 4 {
            return;
        }
        if let Some(slot) = self.opening.get_mut(self.seen) {
            *slot = u32::from(narrow.to_ascii_lowercase());
        } else if self.opening
            == [
                u32::from(b's'),
                u32::from(b'e'),
                u32::from(b'p'),
                u32::from(b'='),
            ]
        {
            self.separator = Some(unit);
        }
        self.seen = self.seen.saturating_add(1);
    }
}
