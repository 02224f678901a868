//! Something is started that no list knows.

use super::action_opens_document::document;
use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, Kind};

pub(super) const RULE: Rule = Rule {
    id: "started-program",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "The link starts a program or native code without DDE (macro function, action, \
          embedded file), and nothing more is known about it.",
    hits: &[
        Case::execute(Carrier::Action, "foo"),
        Case::execute(Carrier::Xlm, "CALL(\"foo\",\"bar\")"),
    ],
    misses: &[
        Case::dde("foo", "bar"),
        Case::execute(Carrier::Action, "report.docx"),
        Case::external(Carrier::Hyperlink, "foo.exe"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let target = subject.link.target.as_deref().unwrap_or(&subject.link.raw);
    (subject.link.kind == Kind::Execute && document(subject).is_none()).then(|| target.to_owned())
}
