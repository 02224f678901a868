//! A known data server.

use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "benign-service",
    weight: 0,
    part: Part::Base,
    since: "0.1.0",
    doc: "The service is a known server of market or plant data, or of the desktop, and the \
          topic is one that such servers have.",
    hits: &[
        Case::dde("BLP", "M"),
        Case::dde("MT4", "BID"),
        Case::dde("RSLinx", "channel"),
        Case::dde("REUTER", "IDN"),
        Case::dde("VTS", "Display"),
    ],
    misses: &[
        Case::dde("MT4", "/c calc"),
        Case::dde("foo", "bar"),
        Case::dde("BLP", "http://x/"),
        Case::dde("BLP", "M & calc"),
        Case::dde("BLP", "calc"),
        Case::dde("BLP", "M\u{1}"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_dde() && !subject.is_peer();
    subject
        .server()
        .filter(|_| found)
        .map(|server| format!("{} ({})", server.name, server.origin))
}
