//! An animation activates the object.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, Kind, TechniqueId};

pub(super) const RULE: Rule = Rule {
    id: "activated-object",
    weight: 15,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "An animation of a slide activates the object that holds a program or a link: showing \
          the slide is enough (CVE-2014-4114, CVE-2017-8570).",
    hits: &[
        Case::execute(Carrier::OlePackage, "slides.inf").shown(&[TechniqueId::Activated]),
        Case::external(Carrier::OleLink, "\\\\h.example\\s\\a.doc")
            .shown(&[TechniqueId::Activated]),
    ],
    misses: &[
        Case::execute(Carrier::OlePackage, "slides.inf"),
        Case::external(Carrier::Hyperlink, "https://example.com").shown(&[TechniqueId::Activated]),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let acts = subject.link.kind == Kind::Execute
        || subject.is_external_in(&[Carrier::OleLink, Carrier::Ole1Link, Carrier::OlePackage]);
    let shown = subject.shows(&[TechniqueId::Activated]).filter(|_| acts)?;
    Some(shown.as_str().to_owned())
}
