//! The document carries a program that a click starts.

use super::{Case, Part, Rule, Subject};
use crate::command::executable_extension;
use crate::link::{Carrier, Kind};

pub(super) const RULE: Rule = Rule {
    id: "embedded-program",
    weight: 70,
    part: Part::Base,
    since: "0.1.0",
    doc: "An embedded package holds a file that Windows runs: a program, a script or a \
          shortcut.",
    hits: &[
        Case::execute(Carrier::OlePackage, "evil.lnk"),
        Case::execute(Carrier::OlePackage, "C:\\Users\\x\\invoice.pdf.js"),
    ],
    misses: &[
        Case::execute(Carrier::OlePackage, "book.xlsx"),
        Case::external(Carrier::Hyperlink, "evil.lnk"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let embedded =
        subject.link.kind == Kind::Execute && subject.link.carrier == Carrier::OlePackage;
    let image = subject
        .image()
        .filter(|image| executable_extension(image).is_some());
    // A name without extension has become a program on the way.
    let target = subject.link.target.as_deref().unwrap_or_default();
    image
        .filter(|_| embedded && target.contains('.'))
        .map(str::to_owned)
}
