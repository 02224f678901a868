//! An OLE link leads to a program, or has one as its class.

use super::features::is_executable;
use super::{Case, Part, Rule, Subject};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "linked-program",
    weight: 60,
    part: Part::Base,
    since: "0.1.0",
    doc: "An OLE link leads to a file that Windows runs, whatever its class says, or its class \
          is the path of one.",
    hits: &[
        Case::external(Carrier::OleLink, "file:///c:\\windows\\system32\\calc.exe"),
        Case::external(Carrier::LinkField, "..\\..\\windows\\system32\\calc.exe")
            .class("Excel.Sheet.12"),
        Case::external(Carrier::LinkField, "c:\\x.hta").class("Word.Document.8"),
        Case::external(Carrier::LinkField, "/x").class("c:\\x\\evil.exe"),
    ],
    misses: &[
        Case::external(Carrier::OleLink, "C:\\a.xlsx").class("Excel.Sheet.12"),
        Case::external(Carrier::OleLink, "C:\\a.docx").class("Word.Document.8"),
        Case::external(Carrier::Hyperlink, "setup.exe"),
        Case::external(Carrier::IncludeText, "C:\\a.txt"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [Carrier::LinkField, Carrier::Ole1Link, Carrier::OleLink];
    if !subject.is_external_in(&carriers) {
        return None;
    }
    let class = subject.class();
    let target = subject.target.as_ref();
    let address = target.map(|target| target.address.as_str());
    address
        .into_iter()
        .chain([class.as_str()])
        .find(|text| is_executable(text))
        .map(str::to_owned)
}
