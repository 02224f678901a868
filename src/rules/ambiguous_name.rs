//! The service is a program and a word.

use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "ambiguous-name",
    weight: 50,
    part: Part::Base,
    since: "0.1.0",
    doc: "The service is the short name of a system tool that servers may have too (`at`, \
          `net`, `control` …), and nothing in the topic looks like a command.",
    hits: &[Case::dde("net", "topic"), Case::dde("hh", "x")],
    misses: &[
        Case::dde("finger", "user@host"),
        Case::dde("hh", "mk:@MSITStore:x"),
        Case::dde("net", "use \\\\x\\s"),
        Case::dde("C:\\Windows\\hh", "x"),
        Case::dde("foo", "net"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    (subject.is_dde() && subject.is_ambiguous()).then(|| subject.service.clone())
}
