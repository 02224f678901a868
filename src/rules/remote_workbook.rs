//! Formulas use a workbook in another place.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-workbook",
    weight: 30,
    part: Part::Base,
    since: "0.1.0",
    doc: "Formulas use a workbook in another place or on a server. Ordinary in companies.",
    hits: &[
        Case::external(Carrier::ExternalWorkbook, "https://x.example/a.xlsx"),
        Case::external(Carrier::ExternalWorkbook, "file:///\\\\server\\s\\a.xlsx"),
    ],
    misses: &[
        Case::external(Carrier::ExternalWorkbook, "a.xlsx"),
        Case::external(Carrier::OleLink, "http://x/a.xlsx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_external_in(&[Carrier::ExternalWorkbook]);
    subject.reach().filter(|_| found).map(|(_, place)| place)
}
