//! A server is told who reads the document.

use super::{Case, Part, Rule, Subject};
use crate::command::{Class, IndicatorKind, classify};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "unc-leak",
    weight: 4,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "A UNC path leads to a server outside the intranet: Windows signs in there by itself, and \
          the server gets a password hash. Weighs so little because a share with a full name is \
          ordinary in companies: it lifts nothing over a line by itself. Hyperlinks need a click \
          and are counted by `file-hyperlink`.",
    hits: &[
        Case::external(Carrier::IncludePicture, "\\\\10.0.0.1\\s\\a.png"),
        Case::external(Carrier::RemoteTemplate, "file://h.example/s/a.dotm"),
        Case::dde("cmd", "/c dir \\\\h.example\\s"),
    ],
    misses: &[
        Case::external(Carrier::IncludePicture, "http://h.example/a.png"),
        Case::external(Carrier::IncludePicture, "\\\\server\\s\\a.png"),
        Case::external(Carrier::Hyperlink, "\\\\h.example\\s\\a.docx"),
        Case::dde("\\\\SERVER\\NDDE$", "Chart$"),
        Case::dde("BLP", "M"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    if subject.is_hyperlink() {
        return None;
    }
    if let Some(target) = subject.target.as_ref().filter(|_| subject.is_external()) {
        let server = target.class == Class::Server;
        if server {
            return Some(target.address.clone());
        }
    }
    let far = |value: &str| classify(value).class == Class::Server;
    let mut named = subject.indicators.iter();
    let found = named.find(|named| named.kind == IndicatorKind::Unc && far(&named.value))?;
    Some(found.value.clone())
}
