//! No program would run the text.

use super::{Case, Part, Rule, Subject};
use crate::link::Kind;

pub(super) const RULE: Rule = Rule {
    id: "inert-text",
    weight: 10,
    part: Part::Cap,
    since: "0.1.0",
    doc: "The text is DDE, but stands where no program runs it.",
    hits: &[Case::dde("cmd", "/c calc").kind(Kind::Inert)],
    misses: &[Case::dde("cmd", "/c calc")],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    (subject.link.kind == Kind::Inert).then(|| Kind::Inert.as_str().to_owned())
}
