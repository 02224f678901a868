//! Text formats.

use super::{Format, Identity};
use crate::text::starts_with;

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

/// The lines that make a text a query: `.dqy`, `.oqy` and `.rqy`, `.udl`, `.dsn`
/// (`spec/excel.md` §6.3), blanks left out.
const QUERIES: &[&str] = &["xlodbc", "[oledb]", "[odbc]", "[filedatasource]"];
/// What such a line begins with.
const QUERY_TYPE: &str = "querytype=";

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
    let first = STARTS.iter().find(|(start, ..)| starts_with(text, start));
    if let Some((_, format, name)) = first {
        return Some(if cfg!(feature = "mail") {
            Identity::read(*format)
        } else {
            Identity::unsupported(*format, name)
        });
    }
    if BASE64.iter().any(|start| text.starts_with(start)) {
        return Some(Identity::read(Format::Base64));
    }
    if is_query(text) || is_web_query(text) {
        return Some(Identity::read(Format::QueryFile));
    }
    // Excel asks for these two letters, whatever the file is called (spec/excel.md §4.3).
    // Blanks and fillers behind them change nothing.
    let id = starts_with(text, "id").then(|| text.get(2..).unwrap_or_default());
    let behind = id.and_then(|rest| rest.trim_start_matches([' ', '\t', '\0']).chars().next());
    if behind.is_some_and(|next| matches!(next, ';' | '\r' | '\n')) {
        return Some(Identity::read(Format::Sylk));
    }
    if behind == Some(',') && has_records(text) {
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

/// Whether lines of a text are records of SYLK: cells and names with an expression, or the mark of a
/// macro sheet. A first line of other signs than SYLK has does not keep every program from them.
fn has_records(text: &str) -> bool {
    text.split(['\r', '\n']).any(|line| {
        let line = line.trim_start();
        let (kind, fields) = line.split_once(';').unwrap_or((line, ""));
        let has = |letter: char| {
            let mut fields = fields.split(';').map(str::trim_start);
            fields.any(|field| field.starts_with([letter, letter.to_ascii_lowercase()]))
        };
        match kind.trim().to_ascii_uppercase().as_str() {
            "C" => (has('X') || has('Y')) && (has('E') || has('K')),
            "NN" => has('N') && has('E'),
            _ => false,
        }
    })
}

/// Whether a text is a query or the file of a data source: its first line that says something
/// does, behind comments and the version.
fn is_query(text: &str) -> bool {
    /// Lines that may stand in front.
    const FRONT: usize = 16;
    /// Letters of a line that are looked at.
    const LINE: usize = 80;
    let mut lines = text.split(['\r', '\n']).take(FRONT).map(|line| {
        let letters = line.chars().take(LINE);
        let letters = letters.filter(|c| !c.is_whitespace() && *c != '\0');
        letters.collect::<String>().to_ascii_lowercase()
    });
    let says =
        |line: &String| !line.is_empty() && !line.starts_with(';') && !line.starts_with("version=");
    let first = lines.find(says).unwrap_or_default();
    QUERIES.contains(&first.as_str()) || first.starts_with(QUERY_TYPE)
}

/// Whether a text is a web query: `WEB`, its version, and an address. The first two lines may be
/// missing, and then the settings of the program that wrote it tell an address from any other.
/// A list with a column called "Web" is none.
fn is_web_query(text: &str) -> bool {
    /// Lines in front of the settings: kind, version, address, what is posted, and a blank one.
    const FRONT: usize = 8;
    let all = || {
        text.split(['\r', '\n'])
            .map(|line| line.trim_matches(is_blank))
    };
    let mut lines = all().filter(|line| !line.is_empty()).peekable();
    let is_address = |line: &str| {
        let scheme = line.split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| !scheme.contains(char::is_whitespace))
            || line.starts_with("\\\\")
    };
    let kind = lines.next_if(|line| line.eq_ignore_ascii_case("web"));
    let version = lines.next_if(|line| line.bytes().all(|byte| byte.is_ascii_digit()));
    let address = lines.next().unwrap_or_default();
    if kind.is_some() && version == Some("1") {
        // The scheme may be missing.
        let is_path = address.contains(['/', '\\'])
            && address.contains(char::is_alphabetic)
            && !address.contains(char::is_whitespace);
        return is_address(address) || is_path;
    }
    if !is_address(address) {
        return false;
    }
    all().take(FRONT).any(|line| {
        let key = line.split_once('=').map(|(key, _)| key.trim());
        WEB_QUERY_SETTINGS
            .iter()
            .any(|known| key.is_some_and(|key| key.eq_ignore_ascii_case(known)))
    })
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\0'
}
