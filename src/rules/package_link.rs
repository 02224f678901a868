//! A linked package is a file that runs.

use super::features::is_executable;
use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "package-link",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "An OLE link of class `Package` leads to a file that Windows runs.",
    hits: &[Case::external(Carrier::LinkField, "C:\\x\\evil.exe").class("Package")],
    misses: &[
        Case::external(Carrier::LinkField, "C:\\x\\book.xlsx").class("Package"),
        Case::external(Carrier::LinkField, "C:\\x\\evil.exe").class("Word.Document.8"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let target = subject
        .target
        .as_ref()
        .filter(|_| subject.is_external() && subject.class() == "package")?;
    is_executable(&target.address).then(|| target.address.clone())
}
