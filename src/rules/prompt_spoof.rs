//! The prompt of the program is made to lie.

use super::{Case, Part, Rule, Subject};
use crate::link::TechniqueId;

pub(super) const RULE: Rule = Rule {
    id: "prompt-spoof",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "Text around the command only serves to be read in the question that the program asks \
          before it starts something (`for security reasons`): it names a harmless program in place \
          of the real one. Counts together with a command only.",
    hits: &[
        Case::dde("cmd", "/c calc").shown(&[TechniqueId::PromptSpoof]),
        Case::dde("cmd", "/c calc.exe").item("for security reasons"),
    ],
    misses: &[
        Case::dde("cmd", "/c calc").item("A0"),
        Case::dde("BLP", "M").item("last price of the day"),
        Case::dde("foo", "bar").shown(&[TechniqueId::PromptSpoof]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let shown = subject.shows(&[TechniqueId::PromptSpoof])?;
    let item = subject.reading.and_then(|reading| reading.item.clone());
    let item = item.filter(|item| !item.trim().is_empty());
    let evidence = item.unwrap_or_else(|| shown.as_str().to_owned());
    subject.is_dangerous().then_some(evidence)
}
