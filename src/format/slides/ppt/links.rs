//! From what was gathered of a binary presentation to its links; reads no bytes.
//!
//! # Worst cases
//!
//! Linear in the hyperlinks and actions, times a logarithm: the actions of one hyperlink are told
//! apart by what they do.

use std::collections::{BTreeMap, BTreeSet};

use super::gather::{Action, Does, Gathered, Hyperlink, Linked};
use crate::format::ledger::Ledger;
use crate::link::{Carrier, Kind, Link, TechniqueId, Trigger};
use crate::location::Location;

/// How a hyperlink is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    /// An interaction runs its target.
    runs: bool,
    clicked: bool,
    hover: bool,
}

/// Reports the links of one stream. The same link is one; how often it occurs stands in
/// `siblings`.
pub(super) fn report(
    gathered: &Gathered,
    location: &Location,
    techniques: &[TechniqueId],
    ledger: &mut Ledger<'_>,
) {
    let mut reporter = Reporter {
        location,
        techniques,
        ledger,
    };
    let mut uses: BTreeMap<u32, Use> = BTreeMap::new();
    for action in &gathered.actions {
        let used = uses.entry(action.id).or_default();
        match action.does {
            Does::Program => used.runs = true,
            Does::Hyperlink => {}
            Does::Macro | Does::Verb(_) | Does::Command => continue,
        }
        if action.hover {
            used.hover = true;
        } else {
            used.clicked = true;
        }
    }
    let used = |link: &Hyperlink| uses.get(&link.id).copied().unwrap_or_default();
    let key = |link: &Hyperlink| (used(link).runs, address(link));
    let mut counts: BTreeMap<(bool, String), u32> = BTreeMap::new();
    for link in &gathered.hyperlinks {
        let count = counts.entry(key(link)).or_default();
        *count = count.saturating_add(1);
    }
    for link in &gathered.hyperlinks {
        if let Some(siblings) = counts.remove(&key(link)) {
            reporter.hyperlink(link, used(link), siblings);
        }
    }
    for action in &gathered.actions {
        reporter.action(action);
    }
    let mut settled = BTreeSet::new();
    for linked in &gathered.linked {
        if settled.insert((linked.media, linked.automatic, linked.place.as_str())) {
            reporter.linked(linked);
        }
    }
}

struct Reporter<'r, 'l, 's> {
    location: &'r Location,
    techniques: &'r [TechniqueId],
    ledger: &'l mut Ledger<'s>,
}

impl Reporter<'_, '_, '_> {
    fn hyperlink(&mut self, link: &Hyperlink, used: Use, siblings: u32) {
        let address = if used.runs {
            link.target.trim().to_owned()
        } else {
            address(link)
        };
        let (kind, carrier, raw) = if used.runs {
            let raw = format!("InteractiveInfo action=run-program {address}");
            (Kind::Execute, Carrier::Action, raw)
        } else {
            (Kind::ExternalLink, Carrier::Hyperlink, address.clone())
        };
        let mut found = self.link(kind, carrier, link.offset, raw);
        found.siblings = siblings;
        found.target = Some(address);
        self.finish(found, used.hover && !used.clicked);
    }

    fn action(&mut self, action: &Action) {
        let name = action.name.trim();
        let (kind, carrier, raw) = match action.does {
            Does::Program if !name.is_empty() => (
                Kind::Execute,
                Carrier::Action,
                format!("InteractiveInfo action=run-program {name}"),
            ),
            Does::Macro if !name.is_empty() => (
                Kind::ExternalLink,
                Carrier::MacroButton,
                format!("InteractiveInfo action=macro {name}"),
            ),
            Does::Verb(verb) => (
                Kind::ExternalLink,
                Carrier::Action,
                format!("InteractiveInfo action=ole verb={verb}"),
            ),
            Does::Command => (
                Kind::ExternalLink,
                Carrier::Action,
                "TimeCommandBehavior type=verb".to_owned(),
            ),
            Does::Program | Does::Macro | Does::Hyperlink => return,
        };
        let mut link = self.link(kind, carrier, action.offset, raw);
        if matches!(action.does, Does::Program | Does::Macro) {
            link.target = Some(name.to_owned());
        }
        if action.does == Does::Command {
            link.trigger = Trigger::Open;
        }
        self.finish(link, action.hover);
    }

    fn linked(&mut self, linked: &Linked) {
        let raw = format!("{} {}", linked.prog_id, linked.place);
        let carrier = if linked.media {
            Carrier::IncludePicture
        } else {
            Carrier::OleLink
        };
        let mut link = self.link(
            Kind::ExternalLink,
            carrier,
            linked.offset,
            raw.trim().to_owned(),
        );
        link.trigger = if linked.media || linked.automatic {
            Trigger::Open
        } else {
            Trigger::Update
        };
        link.target = Some(linked.place.clone());
        link.prog_id = Some(linked.prog_id.clone()).filter(|id| !id.is_empty());
        self.finish(link, false);
    }

    /// A link that a click sets off.
    fn link(&self, kind: Kind, carrier: Carrier, offset: usize, raw: String) -> Link {
        let offset = u64::try_from(offset).unwrap_or(u64::MAX);
        let location = self.location.clone().with_offset(offset);
        let mut link = Link::new(kind, carrier, location, raw);
        link.trigger = Trigger::Click;
        link
    }

    fn finish(&mut self, mut link: Link, hover: bool) {
        if hover {
            link.add_technique(TechniqueId::Hover);
        }
        for technique in self.techniques {
            link.add_technique(*technique);
        }
        link.techniques.sort();
        self.ledger.link(link);
    }
}

/// Where a hyperlink leads.
fn address(link: &Hyperlink) -> String {
    let (target, location) = (link.target.trim(), link.location.trim());
    if location.is_empty() {
        target.to_owned()
    } else {
        format!("{target}#{location}")
    }
}
