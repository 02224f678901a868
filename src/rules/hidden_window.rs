//! What starts shows no window.

use super::features;
use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "hidden-window",
    weight: 10,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "The program that would start shows no window, or a minimised one (`-w hidden`, `-w 1`, \
          `start /min`, `Run …,0`, `conhost --headless`): the user is not to see it.",
    hits: &[
        Case::dde("powershell", "-w hidden -c x"),
        Case::dde("cmd", "/c powershell -WindowStyle 1 -c x"),
        Case::dde("cmd", "/c start \"\" /MIN calc"),
        Case::dde(
            "mshta",
            "vbscript:Close(CreateObject(\"WScript.Shell\").Run(\"calc\", 0))",
        ),
        Case::dde("conhost", "--headless calc"),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("cmd", "/c start calc"),
        Case::dde("powershell", "-w normal -c x"),
        Case::dde(
            "mshta",
            "vbscript:CreateObject(\"WScript.Shell\").Run(\"calc\",1)",
        ),
        Case::dde("BLP", "/min"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    if !subject.is_dangerous() {
        return None;
    }
    subject.first_in_clear(|stem, text| features::hidden(text, features::is_powershell(stem)))
}
