//! An OLE link names a program as its class.

use super::{Case, Part, Rule, Subject};
use crate::command::{Tier, base_name, tier};
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "program-class",
    weight: 85,
    part: Part::Base,
    since: "0.1.0",
    doc: "The class of an OLE link is a program that runs what it is told, or the item climbs \
          to one: DDE by another name.",
    hits: &[
        Case::external(Carrier::LinkField, "/c calc").class("cmd"),
        Case::external(Carrier::Ole1Link, "x").class("PowerShell"),
        Case::external(Carrier::LinkField, "/k calc").class("c:\\windows\\system32\\cmd.exe"),
    ],
    misses: &[
        Case::external(Carrier::LinkField, "C:\\a.xlsx").class("Excel.Sheet.12"),
        Case::external(Carrier::OleLink, "a.doc").class("Package"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let class = subject.class();
    let base = base_name(&class);
    let class = base.split('.').next().unwrap_or_default();
    let named =
        subject.is_external() && matches!(tier(class), Some(Tier::Interpreter | Tier::SystemTool));
    let image = subject.image().filter(|_| subject.is_external());
    image.or(named.then_some(class)).map(str::to_owned)
}
