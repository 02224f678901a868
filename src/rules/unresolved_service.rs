//! Only the running program knows what is started.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "unresolved-service",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "A function call (`DDE(…)`, `INITIATE(…)`) or a field within the field \
          (`MERGEFIELD`) puts the service together when the document is calculated or updated: \
          anything may be started. Feeds name their service.",
    hits: &[
        Case::dde("<expr>", "/c <expr>").shown(&[TechniqueId::Unresolved]),
        Case::dde("", "x").shown(&[TechniqueId::Unresolved]),
        Case::dde("c<expr>", "x")
            .carrier(Carrier::Xlm)
            .shown(&[TechniqueId::Unresolved]),
        Case::dde("\u{27e6}MERGEFIELD x\u{27e7}", "x")
            .carrier(Carrier::Field)
            .shown(&[TechniqueId::Unresolved]),
        Case::dde("foo", "x")
            .carrier(Carrier::Field)
            .raw("DDEAUTO { MERGEFIELD x } \"x\""),
    ],
    misses: &[
        Case::dde("Excel", "<expr>").shown(&[TechniqueId::Unresolved]),
        Case::dde("<expr>", "x").carrier(Carrier::Field),
        Case::dde("Excel", "x")
            .carrier(Carrier::Field)
            .raw("DDEAUTO Excel \"{ MERGEFIELD x }\""),
        Case::dde("", "")
            .carrier(Carrier::Xlm)
            .shown(&[TechniqueId::Unresolved]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject
        .has_unresolved_service()
        .then(|| subject.link.raw.clone())
}
