//! Content comes from this computer.

use super::remote_query::open_address;
use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "local-content",
    weight: 5,
    part: Part::Base,
    since: "0.1.0",
    doc: "Content, data or a template come from a file of this computer or next to the \
          document.",
    hits: &[
        Case::external(Carrier::RemoteTemplate, "Normal.dotm"),
        Case::external(Carrier::OleLink, "file:///C:\\a.xlsx"),
        Case::external(Carrier::ExternalWorkbook, "a.xlsx"),
        Case::external(Carrier::Connection, "DSN=x;DBQ=C:\\a.mdb"),
    ],
    misses: &[
        Case::external(Carrier::RemoteTemplate, "http://x/t.dotm"),
        Case::external(Carrier::WebQuery, "<expr>"),
        Case::external(Carrier::Hyperlink, "C:\\a.docx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let links = subject.is_hyperlink() || subject.is_external_in(&[Carrier::MacroButton]);
    let target = subject
        .target
        .as_ref()
        .filter(|_| subject.is_external() && !links)?;
    let local = matches!(target.class, Class::Local | Class::Relative) && subject.reach().is_none();
    let local = local && open_address(subject).is_none();
    local.then(|| target.address.clone())
}
