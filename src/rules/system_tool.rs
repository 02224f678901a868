//! The image is a tool that attackers use beside administrators.

use super::{Case, Part, Rule, Subject};
use crate::command::Tier;

pub(super) const RULE: Rule = Rule {
    id: "system-tool",
    weight: 85,
    part: Part::Base,
    since: "0.1.0",
    doc: "The program that would start, or one that it starts, is a system tool or a runtime that attackers use to \
          fetch, install or run things (`schtasks`, `curl`, `reg`, `explorer`, `java` …).",
    hits: &[
        Case::dde("schtasks", "/create /tn x"),
        Case::dde("curl", "http://x/a.exe"),
        Case::dde("net", "use \\\\x\\s"),
        Case::dde("sc", "create x"),
    ],
    misses: &[
        Case::dde("net", "topic"),
        Case::dde("cmd", "/c calc"),
        Case::dde("RSLinx", "channel"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject.starts_a(Tier::SystemTool).map(str::to_owned)
}
