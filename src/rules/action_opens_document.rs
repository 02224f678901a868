//! An action opens a document as if it were a program.

use super::{Case, Part, Rule, Subject};
use crate::command::{Class, base_name, document_extension};
use crate::link::{Carrier, Kind};

pub(super) const RULE: Rule = Rule {
    id: "action-opens-document",
    weight: 10,
    part: Part::Base,
    since: "0.1.0",
    doc: "An action that runs a program is given a document, a picture or a recording of this \
          computer or next to the presentation: a click opens it.",
    hits: &[
        Case::execute(Carrier::Action, "report.docx"),
        Case::execute(Carrier::Action, "file:///C:\\data\\Sales Report.xls"),
        Case::execute(Carrier::Action, "..\\films\\tour.avi"),
    ],
    misses: &[
        Case::execute(Carrier::Action, "foo"),
        Case::execute(Carrier::Action, "foo report.docx"),
        Case::execute(Carrier::Action, "x.exe C:\\report.docx"),
        Case::execute(Carrier::Action, "C:\\x.bat"),
        Case::execute(Carrier::Action, "\\\\h.example\\s\\report.docx"),
        Case::execute(Carrier::OlePackage, "report.docx"),
        Case::external(Carrier::Action, "report.docx"),
    ],
    look,
};

/// Pictures, films and sounds, and documents of readers: what opens them runs nothing in them.
const VIEWED: &[&str] = &[
    "avi", "bmp", "gif", "jpeg", "jpg", "mid", "midi", "mov", "mp3", "mp4", "mpeg", "mpg", "pdf",
    "png", "pps", "ppsx", "swf", "tif", "tiff", "wav", "wma", "wmv",
];

fn look(subject: &Subject<'_>) -> Option<String> {
    document(subject).map(str::to_owned)
}

/// The document that an action opens, if that is all it does.
pub(super) fn document<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    let link = subject.link;
    if link.kind != Kind::Execute || link.carrier != Carrier::Action {
        return None;
    }
    let target = link.target.as_deref()?.trim().trim_matches('"');
    let placed = match crate::command::classify(target).class {
        Class::Local => true,
        // `foo report.docx` starts `foo`.
        Class::Relative => !target.contains(char::is_whitespace),
        Class::Device
        | Class::Internal
        | Class::Intranet
        | Class::Scheme
        | Class::Server
        | Class::Web => false,
    };
    let base = base_name(target);
    let (_, extension) = base.rsplit_once('.').unwrap_or_default();
    let viewed = document_extension(&base) || VIEWED.contains(&extension);
    let runs = subject.tier().is_some() || subject.feature().is_some();
    (placed && viewed && !runs).then_some(target)
}
