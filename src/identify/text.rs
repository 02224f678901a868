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
    ("xlodbc\r", Format::QueryFile, "database query (.dqy)"),
    ("xlodbc\n", Format::QueryFile, "database query (.dqy)"),
    ("querytype=", Format::QueryFile, "data query (.oqy, .rqy)"),
    ("[oledb]", Format::QueryFile, "data link (.udl)"),
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
    // Excel asks for these two letters, whatever the file is called (spec/excel.md §4.3).
    if ["id;", "id\r", "id\n"].into_iter().any(starts) {
        return Some(Identity::read(Format::Sylk));
    }
    let mut lines = text.lines().map(str::trim);
    let (first, second) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    if first.eq_ignore_ascii_case("web") && second.starts_with(|c: char| c.is_ascii_digit())
        || (starts("http") && first.contains("://") && text.contains("Selection="))
    {
        return Some(Identity::unsupported(Format::QueryFile, "web query (.iqy)"));
    }
    if first.eq_ignore_ascii_case("table") && second.starts_with("0,") {
        return Some(Identity::read(Format::Dif));
    }
    None
}
