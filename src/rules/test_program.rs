//! The image is the harmless program of proofs of concept.

use super::{Case, Part, Rule, Subject};
use crate::command::{Tier, document_extension};

pub(super) const RULE: Rule = Rule {
    id: "test-program",
    weight: 70,
    part: Part::Base,
    since: "0.1.0",
    doc: "The program that would start, or one that it starts, is one that tests and proofs of concept start, or a \
          browser (`calc`, `notepad`, `iexplore` …). Harmless by itself, but no feed does it.",
    hits: &[
        Case::dde("calc", "x"),
        Case::dde("notepad", "C:\\a.txt"),
        Case::dde("MSEXCEL", "\\..\\..\\Windows\\System32\\calc.exe"),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("calc", "C:\\data\\book.ods"),
        Case::dde("BLP", "M"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    // LibreOffice Calc answers to the same name; what it is asked for are documents.
    let office = subject.service == "calc" && document_extension(&subject.topic.to_lowercase());
    let worse = || {
        let worse = [Tier::Interpreter, Tier::SystemTool];
        worse.iter().any(|tier| subject.starts_a(*tier).is_some())
    };
    let found = subject.starts_a(Tier::Test)?;
    (!office && !worse()).then(|| found.to_owned())
}
