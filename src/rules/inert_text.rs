//! No program would run the text.

use super::{Case, Part, Rule, Subject, foreign_name};
use crate::link::{Kind, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "inert-text",
    weight: 10,
    part: Part::Cap,
    since: "0.1.0",
    doc: "The text is DDE, but stands where no program runs it. Where only the name of the text \
          says so, known programs do not count: see `foreign-name`.",
    hits: &[
        Case::dde("cmd", "/c calc").kind(Kind::Inert),
        Case::dde("server", "topic")
            .kind(Kind::Inert)
            .shown(&[TechniqueId::ForeignName]),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("cmd", "/c calc")
            .kind(Kind::Inert)
            .shown(&[TechniqueId::ForeignName]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let counts = foreign_name::look(subject).is_none();
    (subject.link.kind == Kind::Inert && counts).then(|| Kind::Inert.as_str().to_owned())
}
