//! Content comes from a server of the intranet.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "intranet-content",
    weight: 40,
    part: Part::Base,
    since: "0.1.0",
    doc: "Content or data are loaded from a server that only the intranet knows. Ordinary in \
          companies; on the outside it gives away a password hash.",
    hits: &[
        Case::external(Carrier::RemoteTemplate, "\\\\server\\templates\\t.dotm"),
        Case::external(Carrier::IncludeText, "\\\\host\\s\\a.docx"),
        Case::external(Carrier::MailMerge, "\\\\host\\s\\b.xls"),
        Case::external(Carrier::Connection, "DSN=x;DBQ=\\\\host\\s\\a.mdb"),
    ],
    misses: &[
        Case::external(Carrier::RemoteTemplate, "\\\\a.example\\t.dotm"),
        Case::external(Carrier::Hyperlink, "\\\\server\\s"),
        Case::external(Carrier::ExternalWorkbook, "\\\\server\\s\\a.xlsx"),
        Case::external(Carrier::Connection, "URL;http://reports/q"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.loads() || subject.is_external_in(&[Carrier::MailMerge]);
    // A share that a connection reads; a page of the intranet is asked without a password.
    let share = subject.is_external_in(&[Carrier::Connection]);
    subject
        .intranet()
        .filter(|place| (found && subject.is_external()) || (share && place.starts_with("\\\\")))
}
