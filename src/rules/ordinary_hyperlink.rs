//! A hyperlink as every document has them.

use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::{Carrier, Trigger};

pub(super) const RULE: Rule = Rule {
    id: "ordinary-hyperlink",
    weight: 3,
    part: Part::Base,
    since: "0.1.0",
    doc: "A hyperlink to a page, a mail address or a file. It needs a click. A place in the \
          document does not count.",
    hits: &[
        Case::external(Carrier::Hyperlink, "https://example.com"),
        Case::external(Carrier::Hyperlink, "mailto:a@b.example"),
        Case::external(Carrier::Hyperlink, "setup.exe"),
        Case::external(Carrier::Function, "HYPERLINK(\"http://x/\",\"x\")"),
        Case::external(Carrier::MacroButton, "Macro1"),
    ],
    misses: &[
        Case::external(Carrier::Hyperlink, "#Sheet1!A1"),
        Case::external(Carrier::Hyperlink, "#_Toc1"),
        Case::external(Carrier::Function, "http://x/").trigger(Trigger::Update),
        Case::external(Carrier::IncludePicture, "https://example.com/a.png"),
        Case::dde("foo", "bar"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_hyperlink() || subject.is_external_in(&[Carrier::MacroButton]);
    let class = subject.target.as_ref().map(|target| target.class);
    let found = found && class != Some(Class::Internal);
    let target = subject.link.target.as_ref().unwrap_or(&subject.link.raw);
    found.then(|| target.clone())
}
