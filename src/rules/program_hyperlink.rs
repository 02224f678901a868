//! A hyperlink leads to a file that runs.

use super::features::is_executable;
use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "program-hyperlink",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "A hyperlink leads to a program or script on this computer or on a server outside the \
          intranet, or climbs out of the document's folder to one.",
    hits: &[
        Case::external(Carrier::Hyperlink, "..\\..\\windows\\system32\\cmd.exe"),
        Case::external(Carrier::Hyperlink, "file:///C:/Windows/System32/cmd.exe"),
        Case::external(Carrier::Hyperlink, "\\\\a.example\\s\\x.exe"),
    ],
    misses: &[
        Case::external(Carrier::Hyperlink, "www.example.com"),
        Case::external(Carrier::Hyperlink, "..\\www.example.com"),
        Case::external(Carrier::Hyperlink, "http://x/a.exe"),
        Case::external(Carrier::Hyperlink, "\\\\server\\apps\\setup.exe"),
        Case::external(Carrier::Hyperlink, "setup.exe"),
        Case::external(Carrier::Hyperlink, "C:\\a.docx"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let target = subject.target.as_ref().filter(|_| subject.is_hyperlink())?;
    let address = target.address.as_str();
    let placed = match target.class {
        Class::Local | Class::Server => true,
        Class::Relative => address.contains(".."),
        Class::Device | Class::Internal | Class::Intranet | Class::Scheme | Class::Web => false,
    };
    // A name that ends in .com is more likely a web address that lost its scheme.
    let host = address.to_ascii_lowercase().ends_with(".com");
    (placed && !host && is_executable(address)).then(|| address.to_owned())
}
