//! A mail merge reads a remote source through DDE.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-merge-dde",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "The data of a mail merge come from another place through DDE.",
    hits: &[
        Case::external(Carrier::MailMerge, "\\\\a.example\\s\\b.xls").raw("dataType=spreadsheet"),
    ],
    misses: &[
        Case::external(Carrier::MailMerge, "\\\\a.example\\s\\b.xls").raw("dataType=native"),
        Case::external(Carrier::MailMerge, "C:\\b.xls").raw("dataType=database"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let raw = subject.link.raw.to_ascii_lowercase();
    // The data types that the standard calls DDE (Word specification, section 1.8).
    let typed = ["spreadsheet", "database", "textfile"]
        .iter()
        .any(|kind| raw.contains(kind));
    let found =
        subject.is_external_in(&[Carrier::MailMerge]) && (typed || subject.reading.is_some());
    subject.remote().filter(|_| found)
}
