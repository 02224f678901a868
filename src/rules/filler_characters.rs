//! Invisible characters stand between the letters.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "filler-characters",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "Control, invisible or full-width characters stand in for, or between, the letters of \
          service or topic.",
    hits: &[
        Case::dde("\0C\0\0m\0D\0", "/\0c calc.exe"),
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::FillerCharacters]),
        Case::dde("\u{ff43}md", "/c calc"),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::external(Carrier::Hyperlink, "http://x/").shown(&[TechniqueId::FillerCharacters]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let shown = subject.shows(&[TechniqueId::FillerCharacters, TechniqueId::FullWidth])?;
    subject.starts().then(|| shown.as_str().to_owned())
}
