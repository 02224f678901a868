//! The target is a script that runs when it is bound.

use super::{Case, Part, Rule, Subject};
use crate::link::{Carrier, Kind};

pub(super) const RULE: Rule = Rule {
    id: "script-moniker",
    weight: 90,
    part: Part::Base,
    since: "0.1.0",
    doc: "The target is a script moniker or a SOAP address (`script:`, `scriptlet:`, `soap:`): \
          loading it runs it (CVE-2017-8570, CVE-2017-8759).",
    hits: &[
        Case::external(Carrier::OleLink, "script:http://x/a.sct"),
        Case::execute(Carrier::OleLink, "script:C:\\a.sct"),
        Case::external(Carrier::LinkField, "soap:wsdl=http://x/a"),
    ],
    misses: &[
        Case::external(Carrier::Hyperlink, "script:x"),
        Case::external(Carrier::OleLink, "http://x/script.sct"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let scheme = subject.scheme()?;
    let found = matches!(scheme, "script" | "scriptlet" | "soap")
        && (subject.loads() || subject.link.kind == Kind::Execute);
    found.then(|| format!("{scheme}:"))
}
