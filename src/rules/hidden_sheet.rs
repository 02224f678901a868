//! It stands on a hidden sheet.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "hidden-sheet",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The link stands on a sheet that is hidden, or that the user interface cannot unhide.",
    hits: &[
        Case::dde("foo", "bar").shown(&[TechniqueId::HiddenSheet]),
        Case::dde("foo", "bar").shown(&[TechniqueId::VeryHiddenSheet]),
    ],
    misses: &[
        Case::dde("foo", "bar"),
        Case::external(Carrier::ExternalWorkbook, "http://x/a.xlsx")
            .shown(&[TechniqueId::HiddenSheet]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let shown = subject.shows(&[TechniqueId::HiddenSheet, TechniqueId::VeryHiddenSheet])?;
    subject.starts().then(|| shown.as_str().to_owned())
}
