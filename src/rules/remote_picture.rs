//! A picture is fetched from another place.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-picture",
    weight: 25,
    part: Part::Base,
    since: "0.1.0",
    doc: "A picture is fetched from another place when the document is opened: it tells who \
          opened it.",
    hits: &[
        Case::external(Carrier::IncludePicture, "http://x/a.png"),
        Case::external(Carrier::IncludePicture, "\\\\server\\s\\a.png"),
    ],
    misses: &[
        Case::external(Carrier::IncludePicture, "media/a.png"),
        Case::external(Carrier::Hyperlink, "http://x/a.png"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_external_in(&[Carrier::IncludePicture]);
    subject.reach().filter(|_| found).map(|(_, place)| place)
}
