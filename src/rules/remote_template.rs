//! The document takes its template or a frame from another place.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-template",
    weight: 70,
    part: Part::Base,
    since: "0.1.0",
    doc: "A template or a frame is loaded from another place when the document is opened. It \
          may hold the macros or the DDE that this document does not show.",
    hits: &[
        Case::external(Carrier::RemoteTemplate, "http://x/t.dotm"),
        Case::external(Carrier::Frame, "http://x/p.docx"),
        Case::external(Carrier::RemoteTemplate, "\\\\a.example\\s\\t.dotm"),
    ],
    misses: &[
        Case::external(Carrier::RemoteTemplate, "Normal.dotm"),
        Case::external(Carrier::RemoteTemplate, "\\\\server\\templates\\t.dotm"),
        Case::external(Carrier::OleLink, "http://x/a.doc"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_external_in(&[Carrier::RemoteTemplate, Carrier::Frame]);
    subject.remote().filter(|_| found)
}
