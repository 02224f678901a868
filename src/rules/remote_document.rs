//! Another Office program is sent to another place.

use super::{Case, Part, Rule, Subject};
use crate::link::Confidence;

pub(super) const RULE: Rule = Rule {
    id: "remote-document",
    weight: 45,
    part: Part::Base,
    since: "0.1.0",
    doc: "The service is an Office program and the topic a web address, or a server by its full \
          name or number: it loads what lies there, with its macros and links. Suspicious \
          together with `remote-address`. Servers of the intranet do not count.",
    hits: &[
        Case::dde("winword", "http://example.invalid/x.doc"),
        Case::dde("winword", "\\\\example.invalid\\x.docm"),
        Case::dde("Word.Document.8", "http://example.invalid/x.doc"),
        Case::dde("excel", "[http://example.invalid/x.xlsx]Sheet1"),
        Case::dde("excel", "\\\\10.0.0.1\\s\\x.xlsm"),
    ],
    misses: &[
        Case::dde("Excel", "\\\\server\\share\\a.xlsx"),
        Case::dde("Excel", "C:\\data\\a.xlsx"),
        Case::dde("Excel", "http://x/a.xlsx").confidence(Confidence::Low),
        Case::dde("foo", "http://x/a.xlsx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let sure = subject.link.confidence != Confidence::Low;
    let found = subject.is_dde() && subject.is_peer() && sure;
    found.then(|| subject.far_topic()).flatten()
}
