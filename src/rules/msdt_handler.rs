//! The target starts the troubleshooter (CVE-2022-30190).

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, Trigger};

pub(super) const RULE: Rule = Rule {
    id: "msdt-handler",
    weight: 90,
    part: Part::Base,
    since: "0.1.0",
    doc: "The target starts the troubleshooting wizard (`ms-msdt:`), which runs code in its \
          parameters (CVE-2022-30190). In a hyperlink only together with such parameters.",
    hits: &[
        Case::external(Carrier::OleLink, "ms-msdt:/id PCWDiagnostic"),
        Case::external(
            Carrier::Hyperlink,
            "ms-msdt:/id x /param \"IT_BrowseForFile=$(calc)\"",
        ),
    ],
    misses: &[
        Case::external(Carrier::Function, "ms-msdt:/id").trigger(Trigger::Click),
        Case::external(Carrier::Hyperlink, "ms-msdt:/id x"),
        Case::external(Carrier::OleLink, "http://x/ms-msdt"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let target = subject
        .target
        .as_ref()
        .filter(|_| subject.scheme() == Some("ms-msdt"))?;
    let parameters = target.address.to_ascii_lowercase().contains("it_");
    (!subject.is_hyperlink() || parameters).then(|| target.address.clone())
}
