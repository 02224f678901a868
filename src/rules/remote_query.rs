//! Data come from another place.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-query",
    weight: 45,
    part: Part::Base,
    since: "0.1.0",
    doc: "A connection, a web query or a database field reads from another place. Ordinary in \
          companies, and the way remote DDE came in 2018.",
    hits: &[
        Case::external(Carrier::WebQuery, "http://x.example/x.dat"),
        Case::external(Carrier::WebQuery, "<expr>"),
        Case::external(Carrier::WebQuery, "<expr>ttp://192.0.2.1/a"),
        Case::external(Carrier::Connection, "URL=https://x.example/a"),
        Case::external(Carrier::DatabaseField, "DSN=x;DBQ=\\\\h.example\\s\\a.mdb"),
    ],
    misses: &[
        Case::external(Carrier::Connection, "DSN=x;DBQ=C:\\a.mdb"),
        Case::external(Carrier::DatabaseField, "DSN=x;DBQ=\\\\h\\s\\a.mdb"),
        Case::external(Carrier::ExternalWorkbook, "http://x/a.xlsx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [
        Carrier::WebQuery,
        Carrier::Connection,
        Carrier::DatabaseField,
    ];
    subject
        .remote()
        .filter(|_| subject.is_external_in(&carriers))
        .or_else(|| open_address(subject))
}

/// The address of a web query of which a part is only known when it is asked: it is fetched in any
/// case.
pub(super) fn open_address(subject: &Subject<'_>) -> Option<String> {
    let target = subject.link.target.as_deref()?;
    let open = subject.is_external_in(&[Carrier::WebQuery]) && target.contains("<expr>");
    open.then(|| target.to_owned())
}
