//! The programs that open a document, and so would be the parent of what it starts.
//!
//! The carrier decides where only one program has it; then the name of the innermost document,
//! and then the format of the whole.

use crate::recorded::{Document, Finding};

/// The family of a document, by its usual program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Word,
    Excel,
    Slides,
    Text,
    Sheet,
    Show,
    Mail,
    Access,
    OneNote,
    Visio,
    Publisher,
}

/// Extensions of names and formats of reports, which are the same words where there are both.
const FAMILIES: &[(&str, Family)] = &[
    ("accdb", Family::Access),
    ("accde", Family::Access),
    ("access", Family::Access),
    ("csv", Family::Excel),
    ("delimited-text", Family::Excel),
    ("dif", Family::Excel),
    ("doc", Family::Word),
    ("docm", Family::Word),
    ("docx", Family::Word),
    ("dot", Family::Word),
    ("dotm", Family::Word),
    ("dotx", Family::Word),
    ("dqy", Family::Excel),
    ("eml", Family::Mail),
    ("excel-xml-2003", Family::Excel),
    ("icalendar", Family::Mail),
    ("iqy", Family::Excel),
    ("mdb", Family::Access),
    ("msg", Family::Mail),
    ("odp", Family::Show),
    ("ods", Family::Sheet),
    ("odt", Family::Text),
    ("oft", Family::Mail),
    ("one", Family::OneNote),
    ("one-note", Family::OneNote),
    ("oqy", Family::Excel),
    ("ots", Family::Sheet),
    ("ott", Family::Text),
    ("pot", Family::Slides),
    ("potm", Family::Slides),
    ("potx", Family::Slides),
    ("pps", Family::Slides),
    ("ppsm", Family::Slides),
    ("ppsx", Family::Slides),
    ("ppt", Family::Slides),
    ("pptm", Family::Slides),
    ("pptx", Family::Slides),
    ("pub", Family::Publisher),
    ("query-file", Family::Excel),
    ("rqy", Family::Excel),
    ("rtf", Family::Word),
    ("slk", Family::Excel),
    ("sylk", Family::Excel),
    ("tnef", Family::Mail),
    ("visio", Family::Visio),
    ("vsdm", Family::Visio),
    ("vsdx", Family::Visio),
    ("wbk", Family::Word),
    ("word-xml-2003", Family::Word),
    ("xla", Family::Excel),
    ("xlam", Family::Excel),
    ("xls", Family::Excel),
    ("xlsb", Family::Excel),
    ("xlsm", Family::Excel),
    ("xlsx", Family::Excel),
    ("xlt", Family::Excel),
    ("xltm", Family::Excel),
    ("xltx", Family::Excel),
    ("xlw", Family::Excel),
];

/// Carriers that only Word has.
const WORD: &[&str] = &[
    "database-field",
    "field",
    "frame",
    "include-text",
    "link-field",
    "macro-button",
    "mail-merge",
    "rd-field",
];
/// Carriers that only Excel has.
const EXCEL: &[&str] = &[
    "connection",
    "dde-link-part",
    "external-workbook",
    "formula",
    "function",
    "name",
    "supbook",
    "web-query",
    "xlm",
];
/// The carrier that only OpenDocument has.
const OPEN_DOCUMENT: &str = "dde-declaration";

fn family(word: &str) -> Option<Family> {
    let (_, family) = FAMILIES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))?;
    Some(*family)
}

/// The family of the innermost document on the way to a finding.
fn innermost(finding: &Finding, document: &Document) -> Option<Family> {
    let mut names = finding.location.path.iter().rev();
    let by_name = names.find_map(|name| family(name.rsplit_once('.')?.1));
    by_name.or_else(|| family(&document.format))
}

/// The lower-case base names of the programs, the likeliest first. None is known for a document
/// without a telling name: then it is any of the usual ones.
pub(super) fn parents(finding: &Finding, document: &Document) -> Vec<&'static str> {
    let family = innermost(finding, document);
    let carrier = finding.carrier.as_str();
    let of_word = WORD.contains(&carrier);
    let of_excel = EXCEL.contains(&carrier);
    let programs: &[&str] = match family {
        // Outlook shows a body with Word's engine in its own process.
        Some(Family::Mail) if !of_excel => &["outlook.exe"],
        Some(Family::Access) => &["msaccess.exe"],
        Some(Family::Visio) => &["visio.exe"],
        Some(Family::OneNote) => &["onenote.exe"],
        Some(Family::Publisher) => &["mspub.exe"],
        Some(Family::Text) => &["soffice.bin", "winword.exe"],
        Some(Family::Sheet) => &["soffice.bin", "excel.exe"],
        Some(Family::Show) => &["soffice.bin", "powerpnt.exe"],
        _ if of_word => &["winword.exe"],
        _ if of_excel => &["excel.exe"],
        _ if carrier == OPEN_DOCUMENT => &["soffice.bin"],
        Some(Family::Word) => &["winword.exe"],
        Some(Family::Excel) => &["excel.exe"],
        Some(Family::Slides) => &["powerpnt.exe"],
        Some(Family::Mail) | None => &["winword.exe", "excel.exe", "powerpnt.exe", "outlook.exe"],
    };
    programs.to_vec()
}
