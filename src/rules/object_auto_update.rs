//! A linked text is fetched from the web when the document is opened (CVE-2017-0199).

use super::{Case, Part, Rule, Subject};
use crate::command::Class;
use crate::link::{Carrier, Trigger};

pub(super) const RULE: Rule = Rule {
    id: "object-auto-update",
    weight: 75,
    part: Part::Base,
    since: "0.1.0",
    doc: "An OLE link of a Word document, of RTF or of no class fetches from the web when the \
          document is opened: the shape of CVE-2017-0199. What comes is run by what it says it \
          is, an HTML application for one.",
    hits: &[
        Case::external(Carrier::OleLink, "http://h.example/a.doc")
            .class("Word.Document.8")
            .trigger(Trigger::Open),
        Case::external(Carrier::Ole1Link, "http://h.example/a").trigger(Trigger::Open),
        Case::external(Carrier::LinkField, "https://h.example/a.rtf")
            .class("Word.RTF.8")
            .trigger(Trigger::Open),
    ],
    misses: &[
        Case::external(Carrier::OleLink, "http://h.example/a.doc")
            .class("Word.Document.8")
            .trigger(Trigger::Update),
        Case::external(Carrier::OleLink, "http://h.example/a.xlsx")
            .class("Excel.Sheet.12")
            .trigger(Trigger::Open),
        Case::external(Carrier::OleLink, "C:\\a.doc")
            .class("Word.Document.8")
            .trigger(Trigger::Open),
        Case::external(Carrier::IncludeText, "http://h.example/a.doc").trigger(Trigger::Open),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let carriers = [Carrier::LinkField, Carrier::Ole1Link, Carrier::OleLink];
    let target = subject.target.as_ref().filter(|target| {
        subject.is_external_in(&carriers)
            && subject.link.trigger == Trigger::Open
            && target.class == Class::Web
    })?;
    let class = subject.class();
    let text = ["word.", "rtf", "richtext"];
    let found = class.is_empty() || text.iter().any(|start| class.starts_with(start));
    found.then(|| target.address.clone())
}
