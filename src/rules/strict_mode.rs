//! DDE where nobody uses it.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, Kind};

pub(super) const RULE: Rule = Rule {
    id: "strict-mode",
    weight: 50,
    part: Part::Floor,
    since: "0.1.0",
    doc: "A DDE link of any kind, live or not. Only under the strict policy, for places where \
          nobody uses DDE: suspicious at least, feeds and links between Office documents \
          included.",
    hits: &[
        Case::dde("BLP", "M"),
        Case::dde("Excel", "[Book1.xlsx]Sheet1"),
        Case::dde("foo", "bar").kind(Kind::Inert),
        Case::dde("foo", "bar").kind(Kind::DdeAuto),
    ],
    misses: &[
        Case::external(Carrier::Hyperlink, "http://x/"),
        Case::execute(Carrier::Action, "calc.exe"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject
        .is_dde()
        .then(|| subject.link.kind.as_str().to_owned())
}
