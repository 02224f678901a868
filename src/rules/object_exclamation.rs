//! An object's web address ends in an exclamation mark (CVE-2022-30190).

use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "object-exclamation",
    weight: 85,
    part: Part::Base,
    since: "0.1.0",
    doc: "The web address of a linked object ends in `!`: the shape of the Follina documents \
          (CVE-2022-30190).",
    hits: &[
        Case::external(Carrier::OleLink, "https://h/RDF842l.html!"),
        Case::external(Carrier::LinkField, "http://h/a.html!"),
    ],
    misses: &[
        Case::external(Carrier::OleLink, "https://h/RDF842l.html"),
        Case::external(Carrier::Hyperlink, "https://h/wow!"),
        Case::external(Carrier::OleLink, "C:\\a.xlsx!Sheet1!R1C1"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [
        Carrier::OleLink,
        Carrier::Ole1Link,
        Carrier::LinkField,
        Carrier::Frame,
        Carrier::RemoteTemplate,
    ];
    let target = subject
        .target
        .as_ref()
        .filter(|_| subject.is_external_in(&carriers))?;
    let found = target.suffix.as_deref() == Some("") && target.class == Class::Web;
    found.then(|| target.address.clone())
}
