//! No relationship leads to the part.

use super::{Case, Part, Rule, Subject};
use crate::link::TechniqueId;

pub(super) const RULE: Rule = Rule {
    id: "unreachable-part",
    weight: -15,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "No relationship leads to the part in which the link stands: the program most likely \
          never reads it.",
    hits: &[Case::dde("cmd", "/c calc").shown(&[TechniqueId::Unreachable])],
    misses: &[Case::dde("cmd", "/c calc")],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject
        .shows(&[TechniqueId::Unreachable])
        .map(|id| id.as_str().to_owned())
}
