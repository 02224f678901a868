//! What a query file asks for is no page.

use super::{Case, Part, Rule, Subject, query_file};
use crate::command::{Oddity, Target};
use crate::link::{Carrier, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "query-second-stage",
    weight: 30,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "A file that is nothing but a query asks a computer without a name, or for what a program \
          puts together or hides (`.php`, `.dat`): the shape of the web queries of 2018, whose \
          answers were formulas.",
    hits: &[
        Case::external(Carrier::WebQuery, "http://1.2.3.4/x.htm").shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "http://x.example/2.dat")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "http://x.example/a/sc.PHP?id=1")
            .shown(&[TechniqueId::QueryFile]),
    ],
    misses: &[
        Case::external(Carrier::WebQuery, "http://x.example/2.dat"),
        Case::external(Carrier::WebQuery, "http://x.example/q.asp?a=b.php")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::WebQuery, "http://192.168.1.5/x.dat")
            .shown(&[TechniqueId::QueryFile]),
        Case::external(Carrier::Connection, "db.example").shown(&[TechniqueId::QueryFile]),
    ],
    look,
};

/// What the address of a second stage ends with (`spec/excel.md` §6.3).
const STAGES: &[&str] = &[".dat", ".php"];

fn look(subject: &Subject<'_>) -> Option<String> {
    let (target, place) = query_file::place(subject)?;
    let Target {
        address, oddities, ..
    } = target?;
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.to_ascii_lowercase();
    let found =
        oddities.contains(&Oddity::NumericHost) || STAGES.iter().any(|stage| path.ends_with(stage));
    found.then_some(place)
}
