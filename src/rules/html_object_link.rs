//! An HTML object is loaded from another place.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "html-object-link",
    weight: 85,
    part: Part::Base,
    since: "0.1.0",
    doc: "An OLE link of class `htmlfile` loads a page from another place, with its scripts \
          (the carrier of CVE-2021-40444).",
    hits: &[
        Case::external(Carrier::OleLink, "http://h/x.html").class("htmlfile"),
        Case::external(Carrier::LinkField, "\\\\h.example\\s\\x.html").class("HTMLFile"),
    ],
    misses: &[
        Case::external(Carrier::OleLink, "http://h/x.doc").class("Word.Document.8"),
        Case::external(Carrier::OleLink, "C:\\x.html").class("htmlfile"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_external() && subject.class().starts_with("htmlfile");
    subject.remote().filter(|_| found)
}
