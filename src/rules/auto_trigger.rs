//! It acts when the document is opened.

use super::{Case, Part, Rule, Subject};
use crate::link::{Kind, Trigger};

pub(super) const RULE: Rule = Rule {
    id: "auto-trigger",
    weight: 5,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "What would start a program acts when the document is opened, without a click. Adds little: \
          a command is one whoever waits for it, and the trigger stands in the finding on its own.",
    hits: &[
        Case::dde("cmd", "/c calc").trigger(Trigger::Open),
        Case::dde("tool", "/c calc")
            .kind(Kind::DdeAuto)
            .trigger(Trigger::Open),
    ],
    misses: &[
        Case::dde("cmd", "/c calc").trigger(Trigger::Update),
        Case::dde("cmd", "/c calc").trigger(Trigger::Click),
        Case::dde("cmd", "/c calc")
            .trigger(Trigger::Open)
            .kind(Kind::Inert),
        Case::dde("BLP", "M").trigger(Trigger::Open),
        Case::dde("foo", "bar").trigger(Trigger::Open),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let live = subject.link.kind != Kind::Inert;
    let acts = live && subject.link.trigger == Trigger::Open && subject.is_dangerous();
    acts.then(|| Trigger::Open.as_str().to_owned())
}
