//! Another Office program is asked for something other than a document.

use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "office-peer",
    weight: 25,
    part: Part::Base,
    since: "0.1.0",
    doc: "The service is an Office program, and the topic is neither a document nor anything \
          that looks like a command.",
    hits: &[Case::dde("Excel", "something"), Case::dde("WinWord", "")],
    misses: &[
        Case::dde("Excel", "[Book1.xlsx]Sheet1"),
        Case::dde("MSEXCEL", "\\..\\..\\Windows\\System32\\cmd.exe"),
        Case::dde("BLP", "M"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_dde() && subject.is_peer() && !subject.asks_document();
    found.then(|| subject.service.clone())
}
