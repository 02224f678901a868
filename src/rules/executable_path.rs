//! Service or topic is a path to something that runs.

use super::action_opens_document::document;
use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, Confidence};

pub(super) const RULE: Rule = Rule {
    id: "executable-path",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "Service or topic is a path to a program, a library or a script of no known name, or \
          climbs out of the service's folder; or the service is the name of such a file \
          (`a.docx.lnk`). Feeds are named, not found by path.",
    hits: &[
        Case::dde("C:\\Users\\Public\\x.exe", ""),
        Case::dde("MSEXCEL", "\\..\\..\\x\\y"),
        Case::dde("Excel", "C:\\x\\evil.exe"),
        Case::dde("foo", "C:\\x\\a.vbs"),
        Case::dde("a.scr", "x"),
        Case::dde("a.docx.lnk", "x"),
        Case::dde("a.hta", "x"),
        Case::dde("evil.bat", ""),
        Case::dde("C:\\x\\y", "z").confidence(Confidence::Low),
        Case::dde("\\x\\y.exe", "z").confidence(Confidence::Low),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("Excel", "C:\\data\\prices.xlsx"),
        Case::dde("Excel", "..\\prices.xlsx"),
        Case::dde("foo", "bar.exe"),
        Case::dde("excel.exe", "C:\\a.xlsx"),
        Case::dde("Word.Document.8", "C:\\a.doc"),
        Case::dde("a.scr", "x").confidence(Confidence::Low),
        Case::dde("\\", "[^"),
        Case::dde("\\w", "\\s").confidence(Confidence::Low),
        Case::dde("\\\\SERVER\\NDDE$", "Chart$"),
        Case::execute(Carrier::Action, "C:\\films\\tour.avi"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject
        .executable()
        .filter(|_| subject.starts() && document(subject).is_none())
        .map(str::to_owned)
}
