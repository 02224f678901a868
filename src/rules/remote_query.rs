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
}
