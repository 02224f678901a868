//! It is one of several readings, or was found by a fallback.

use super::{Case, Part, Rule, Subject};
use crate::link::Confidence;

pub(super) const RULE: Rule = Rule {
    id: "low-confidence",
    weight: 70,
    part: Part::Cap,
    since: "0.1.0",
    doc: "What was found with low confidence is suspicious at most.",
    hits: &[Case::dde("cmd", "/c calc").confidence(Confidence::Low)],
    misses: &[Case::dde("cmd", "/c calc").confidence(Confidence::Medium)],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    (subject.link.confidence == Confidence::Low).then(|| Confidence::Low.as_str().to_owned())
}
