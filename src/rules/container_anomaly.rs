//! The container or the markup is not what a program writes.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, Kind};

pub(super) const RULE: Rule = Rule {
    id: "container-anomaly",
    weight: 20,
    part: Part::Base,
    since: "0.1.0",
    doc: "Something in the container or the markup that only an attacker or a defect makes. \
          Said for information.",
    hits: &[Case::external(Carrier::Container, "x").kind(Kind::Anomaly)],
    misses: &[
        Case::external(Carrier::OlePackage, "x"),
        Case::dde("foo", "bar"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    (subject.link.kind == Kind::Anomaly).then(|| subject.link.raw.clone())
}
