//! The target is within the document.

use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "internal-reference",
    weight: 0,
    part: Part::Base,
    since: "0.1.0",
    doc: "The target is empty or a place within the document.",
    hits: &[
        Case::external(Carrier::Frame, "#a"),
        Case::external(Carrier::OleLink, ""),
    ],
    misses: &[
        Case::external(Carrier::Frame, "a.htm"),
        Case::dde("foo", ""),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let target = subject.target.as_ref().filter(|_| subject.is_external())?;
    (target.class == Class::Internal).then(|| target.address.clone())
}
