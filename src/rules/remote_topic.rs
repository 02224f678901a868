//! A server is sent to another place.

use super::{Case, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    id: "remote-topic",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "The topic names a web address or a file server, and the service is no Office program \
          that might be asked for a document there. Stands above the list of known servers.",
    hits: &[
        Case::dde("BLP", "http://example.invalid/x"),
        Case::dde("foo", "http://example.invalid/a"),
        Case::dde("foo", "\\\\10.0.0.1\\s"),
    ],
    misses: &[
        Case::dde("Excel", "\\\\server\\share\\a.xlsx"),
        Case::dde("\\\\SERVER\\NDDE$", "Chart$"),
        Case::dde("foo", "bar"),
        Case::dde("cmd", "/c certutil http://x/a"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject.remote_topic().map(str::to_owned)
}
