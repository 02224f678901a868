//! Another Office program is asked for a document.

use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "office-document",
    weight: 0,
    part: Part::Base,
    since: "0.1.0",
    doc: "The service is an Office program and the topic a document, a sheet or `System`: what \
          Office itself writes.",
    hits: &[
        Case::dde("Excel", "[Book1.xlsx]Sheet1"),
        Case::dde("Excel", "System"),
        Case::dde("WinWord", "C:\\data\\letter.doc"),
        Case::dde("Excel.Sheet.12", "C:\\data\\b.xlsx"),
        Case::dde("soffice", "/home/a/b.ods"),
    ],
    misses: &[
        Case::dde("Excel", "something"),
        Case::dde("Excel", "[OPEN(\"http://x\")]"),
        Case::dde("WinWord", "[DocClose]"),
        Case::dde("MSEXCEL", "\\..\\..\\x.xlsx"),
        Case::dde("foo", "b.xlsx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_dde() && subject.is_peer() && subject.asks_document();
    found.then(|| format!("{}|{}", subject.service, subject.topic))
}
