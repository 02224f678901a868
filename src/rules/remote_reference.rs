//! Some other part of the document names another place.

use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::{Carrier, Trigger};

pub(super) const RULE: Rule = Rule {
    id: "remote-reference",
    weight: 35,
    part: Part::Base,
    since: "0.1.0",
    doc: "Something in the document refers to another place, to a device or to a handler \
          nobody knows, without a rule of its own.",
    hits: &[
        Case::external(Carrier::RdField, "http://x/a.docx"),
        Case::external(Carrier::AttachmentReference, "\\\\h.example\\s\\a.docx"),
        Case::external(Carrier::OleLink, "\\\\.\\pipe\\x"),
        Case::external(Carrier::RemoteTemplate, "foo:bar"),
        Case::external(Carrier::Function, "\\\\h.example\\s")
            .class("a.rtd")
            .trigger(Trigger::Update),
    ],
    misses: &[
        Case::external(Carrier::RdField, "a.docx"),
        Case::external(Carrier::Hyperlink, "http://x/"),
        Case::external(Carrier::ExternalWorkbook, "http://x/"),
        Case::external(Carrier::Function, "HYPERLINK(\"http://x/\",\"x\")"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let own = [
        Carrier::Hyperlink,
        Carrier::Action,
        Carrier::IncludePicture,
        Carrier::ExternalWorkbook,
        Carrier::MacroButton,
    ];
    // The server of an `RTD` may be anywhere; other functions have rules of their own.
    let called = subject.is_external_in(&[Carrier::Function]);
    let server = called && !subject.is_hyperlink() && subject.link.prog_id.is_some();
    let target = subject.target.as_ref().filter(|_| {
        subject.is_external() && !subject.is_external_in(&own) && (server || !called)
    })?;
    match target.class {
        Class::Device | Class::Scheme => Some(target.address.clone()),
        Class::Internal
        | Class::Local
        | Class::Relative
        | Class::Intranet
        | Class::Server
        | Class::Web => {
            let elsewhere = [
                Carrier::AttachmentReference,
                Carrier::RdField,
                Carrier::Formula,
                Carrier::Name,
                Carrier::Supbook,
                Carrier::Xlm,
            ];
            subject
                .reach()
                .filter(|_| server || subject.is_external_in(&elsewhere))
                .map(|(_, place)| place)
        }
    }
}
