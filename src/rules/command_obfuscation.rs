//! The command is written so that it is hard to read.

use super::features;
use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "command-obfuscation",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "Carets, pieces of variables or empty quotes stand within the words of the command, \
          or it holds long encoded text.",
    hits: &[
        Case::dde("cmd", "/c p^ower^shell"),
        Case::dde("cmd", "/c %ComSpec:~0,3%"),
        Case::dde("c^md", "/c calc"),
    ],
    misses: &[Case::dde("cmd", "/c calc"), Case::dde("BLP", "M")],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let text = subject.arguments();
    let caret = subject.service.contains('^').then(|| "^".to_owned());
    subject
        .is_dangerous()
        .then(|| features::obfuscation(text).or(caret))
        .flatten()
}
