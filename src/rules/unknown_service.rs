//! A single link to a service nobody knows.

use super::unknown_feed::FEED;
use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "unknown-service",
    weight: 25,
    part: Part::Base,
    since: "0.1.0",
    doc: "A link to a service that is in no list, with nothing in the topic that looks like a \
          command.",
    hits: &[
        Case::dde("foo", "bar"),
        Case::dde("ünicöde-test", ""),
        Case::dde("foo", "bar").siblings(2),
    ],
    misses: &[
        Case::dde("foo", "bar").siblings(3),
        Case::dde("BLP", "M"),
        Case::dde("cmd", ""),
        Case::dde("foo", "/c calc"),
        Case::dde("Excel", "x"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let feed = subject.link.siblings >= FEED && subject.is_plausible();
    (subject.is_stranger() && !feed).then(|| subject.service.clone())
}
