//! A mail merge reads a remote source.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-merge",
    weight: 55,
    part: Part::Base,
    since: "0.1.0",
    doc: "The data of a mail merge come from another place.",
    hits: &[
        Case::external(Carrier::MailMerge, "http://x/b.xls"),
        Case::external(Carrier::MailMerge, "\\\\a.example\\s\\b.xls"),
    ],
    misses: &[
        Case::external(Carrier::MailMerge, "C:\\b.xls"),
        Case::external(Carrier::MailMerge, "\\\\server\\s\\b.xls"),
        Case::external(Carrier::Connection, "http://x/"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject
        .remote()
        .filter(|_| subject.is_external_in(&[Carrier::MailMerge]))
}
