//! Some other part of the document names another place.

use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::Carrier;

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
        Carrier::Function,
        Carrier::MacroButton,
    ];
    let target = subject
        .target
        .as_ref()
        .filter(|_| subject.is_external() && !subject.is_external_in(&own))?;
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
                .filter(|_| subject.is_external_in(&elsewhere))
                .map(|(_, place)| place)
        }
    }
}
