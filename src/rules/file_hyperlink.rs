//! A hyperlink leads to a file server.

use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "file-hyperlink",
    weight: 25,
    part: Part::Base,
    since: "0.1.0",
    doc: "A hyperlink leads to a file on a server. A click gives away a password hash when the \
          server is not one's own.",
    hits: &[
        Case::external(Carrier::Hyperlink, "\\\\server\\s\\a.docx"),
        Case::external(Carrier::Hyperlink, "file://a.example/s/a.docx"),
    ],
    misses: &[
        Case::external(Carrier::Hyperlink, "http://x/"),
        Case::external(Carrier::Hyperlink, "file:///C:/a.docx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let target = subject.target.as_ref().filter(|_| subject.is_hyperlink())?;
    matches!(
        target.class,
        Class::Intranet | Class::Server | Class::Device
    )
    .then(|| target.address.clone())
}
