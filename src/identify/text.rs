//! Text formats.

use super::{Format, Identity};

/// The start of texts that have a format (`spec/word.md` §0.1; `spec/excel.md` §4.1, §6.3).
const STARTS: &[(&str, Format, &str)] = &[
    (
        "begin:vcalendar",
        Format::Icalendar,
        "calendar entry (.ics)",
    ),
    ("begin:vcard", Format::Vcard, "contact (.vcf)"),
];

/// The start of base64 of a compound file, a zip archive, a Rich Text Format document and an
/// ActiveMime container: some programs write objects so (`spec/word.md` §0.1).
const BASE64: &[&str] = &["0M8R4KGxGuE", "UEsDB", "e1xyd", "QWN0aXZlTWlt"];

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
    if BASE64.iter().any(|start| text.starts_with(start)) {
        return Some(Identity::read(Format::Base64));
    }
    if QUERIES.iter().any(|start| starts(start)) || is_web_query(text) {
        return Some(Identity::read(Format::QueryFile));
    }
    // Excel asks for these two letters, whatever the file is called (spec/excel.md §4.3).
    if ["id;", "id\r", "id\n"].into_iter().any(starts) {
        return Some(Identity::read(Format::Sylk));
    }
    let mut lines = text.lines().map(str::trim);
    let (first, second) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    if first.eq_ignore_ascii_case("table") && second.starts_with("0,") {
        return Some(Identity::read(Format::Dif));
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
