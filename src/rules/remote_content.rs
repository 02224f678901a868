//! Content of the document comes from another place.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-content",
    weight: 65,
    part: Part::Base,
    since: "0.1.0",
    doc: "An object, text or sub-document is loaded from another place, with whatever fields \
          it holds.",
    hits: &[
        Case::external(Carrier::OleLink, "http://x/a.doc"),
        Case::external(Carrier::LinkField, "http://x/a.doc").class("Word.Document.8"),
        Case::external(Carrier::IncludeText, "\\\\10.0.0.1\\s\\a.docx"),
        Case::external(Carrier::OlePackage, "http://x/a.docx"),
        Case::external(Carrier::SubDocument, "ftp://x/a.docx"),
        Case::external(Carrier::AltChunk, "file:///\\\\a.example\\s"),
    ],
    misses: &[
        Case::external(Carrier::OleLink, "file:///C:\\a.xlsx"),
        Case::external(Carrier::IncludeText, "\\\\host\\s\\a.docx"),
        Case::external(Carrier::IncludePicture, "http://x/a.png"),
        Case::external(Carrier::Hyperlink, "http://x/"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_external()
        && subject.loads()
        && !subject.is_external_in(&[Carrier::RemoteTemplate, Carrier::Frame]);
    subject.remote().filter(|_| found)
}
