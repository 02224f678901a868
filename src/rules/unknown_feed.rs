//! Several links share an unknown service and topic: a feed.

use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "unknown-feed",
    weight: 10,
    part: Part::Base,
    since: "0.1.0",
    doc: "Three links or more share a service that is in no list and a topic that a feed may \
          have: most likely data of a program we do not know.",
    hits: &[Case::dde("foo", "bar").siblings(3)],
    misses: &[
        Case::dde("foo", "bar"),
        Case::dde("foo", "/c calc").siblings(9),
        Case::dde("foo", "b\u{1}ar").siblings(9),
        Case::dde("MT4", "BID").siblings(3),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let feed = subject.link.siblings >= FEED && subject.is_plausible();
    (subject.is_stranger() && feed).then(|| subject.service.clone())
}

/// From how many links on service and topic are a feed (spreadsheet specification, section 10.2).
pub(super) const FEED: u32 = 3;
