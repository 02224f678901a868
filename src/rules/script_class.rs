//! The class of an OLE link is a page or a script.

use super::lexicon::SCRIPT_CLASSES;
use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "script-class",
    weight: 55,
    part: Part::Base,
    since: "0.1.0",
    doc: "The class of an OLE link runs the scripts of what it loads (`htmlfile`, `htafile`, \
          `scriptletfile` …), wherever that lies.",
    hits: &[
        Case::external(Carrier::OleLink, "C:\\x.html").class("htmlfile"),
        Case::external(Carrier::LinkField, "c:\\x").class("scriptletfile"),
        Case::external(Carrier::LinkField, "c:\\x").class("HTAFile"),
    ],
    misses: &[
        Case::external(Carrier::LinkField, "C:\\a.xlsx").class("Excel.Sheet.12"),
        Case::external(Carrier::Hyperlink, "C:\\x.html"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let class = subject.class();
    let found = subject.is_external() && SCRIPT_CLASSES.contains(&class.as_str());
    found.then_some(class)
}
