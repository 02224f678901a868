//! The field is locked.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "locked-field",
    weight: 0,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The field is locked and not updated until someone unlocks it. The score stays; the \
          severity is one step lower.",
    hits: &[Case::dde("cmd", "/c calc")
        .carrier(Carrier::Field)
        .shown(&[TechniqueId::Locked])],
    misses: &[Case::dde("cmd", "/c calc")],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject
        .shows(&[TechniqueId::Locked])
        .map(|id| id.as_str().to_owned())
}
