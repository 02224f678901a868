//! The workbook recalculates everything when it is opened.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "recalculate-on-load",
    weight: 5,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The workbook recalculates everything when it is opened, which raises the link.",
    hits: &[Case::dde("foo", "bar").shown(&[TechniqueId::RecalculateOnLoad])],
    misses: &[
        Case::dde("foo", "bar"),
        Case::external(Carrier::ExternalWorkbook, "http://x/a.xlsx")
            .shown(&[TechniqueId::RecalculateOnLoad]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let shown = subject.shows(&[TechniqueId::RecalculateOnLoad])?;
    subject.starts().then(|| shown.as_str().to_owned())
}
