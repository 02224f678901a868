//! The text would start a program, and opens in another one than Excel.

use super::{Case, Part, Rule, Subject};
use crate::link::{Kind, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "foreign-name",
    weight: 70,
    part: Part::Cap,
    since: "0.1.0",
    doc: "The text would start a known program, or climbs to one, if it were opened in Excel; its \
          name or its declared type belongs to another program. Suspicious at most: pages about \
          such links look the same, and a name is soon changed.",
    hits: &[
        Case::dde("cmd", "/c calc")
            .kind(Kind::Inert)
            .shown(&[TechniqueId::ForeignName]),
        Case::dde("MSEXCEL", "\\..\\..\\Windows\\System32\\x.exe")
            .kind(Kind::Inert)
            .shown(&[TechniqueId::ForeignName]),
    ],
    misses: &[
        Case::dde("cmd", "/c calc").kind(Kind::Inert),
        Case::dde("cmd", "/c calc"),
        Case::dde("server", "/c calc")
            .kind(Kind::Inert)
            .shown(&[TechniqueId::ForeignName]),
    ],
    look,
};

/// Whether it is a text of another program that would start one: what it says.
pub(super) fn look(subject: &Subject<'_>) -> Option<String> {
    let foreign = subject.link.kind == Kind::Inert && subject.link.has(TechniqueId::ForeignName);
    let climbs = subject.shows(&[TechniqueId::PathTraversal]).is_some();
    (foreign && (climbs || subject.tier().is_some())).then(|| subject.stem().to_owned())
}
