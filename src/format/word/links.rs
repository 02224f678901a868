//! What was gathered, as links.
//!
//! Links come in the order of the parts and, within one, of the document. The same link is
//! reported once where branches of alternative markup repeat it, where a second reading of a
//! broken part finds it again, and where branches share a field.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::objects::Object;
use super::settings::Merge;
use super::{Gather, Source};
use crate::container::opc::{Opc, Relationship};
use crate::field::{Answer, External, Found, Outcome, assign, evaluate, place_in};
use crate::format::ledger::Ledger;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, Confidence, Kind, Link, Reading, TechniqueId, Trigger};
use crate::location::Location;

/// What a link is, for comparing: a digest, so that it costs the same whatever it says.
type Digest = [u8; 32];

/// Links that were reported already.
#[derive(Default)]
struct Seen {
    /// By part and the alternative markup they stand in.
    alternates: BTreeSet<(u32, u32, Digest)>,
    /// By part and number.
    shared: BTreeSet<(u32, u32, Digest)>,
    /// By member, of members that are read twice.
    members: BTreeSet<(usize, Digest)>,
    twice: BTreeSet<usize>,
}

impl Gather {
    /// Reports everything.
    pub(super) fn settle(
        &mut self,
        opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        self.fields(opc, budget, ledger);
        for merge in &self.merges {
            self.merge(merge, opc, ledger, claimed);
        }
        self.object_links(opc, ledger, claimed);
        for attached in &self.attached {
            let Some(source) = self.sources.get(attached.part) else {
                continue;
            };
            let location = source.location.clone().with_offset(attached.offset);
            let mut link = Link::new(
                Kind::ExternalLink,
                attached.carrier,
                location,
                attached.target.as_str(),
            );
            link.trigger = Trigger::Open;
            link.target = Some(attached.target.clone());
            finish(link, source, ledger);
        }
        for (part, limit) in &self.short {
            if let Some(source) = self.sources.get(*part) {
                ledger.exhausted(Exhausted::Limit(*limit), source.location.clone());
            }
        }
    }

    fn fields(&mut self, opc: &Opc, budget: &Budget<'_>, ledger: &mut Ledger<'_>) {
        let mut roots: Vec<u32> = self.forest.roots().collect();
        let mut gaps = Gaps::default();
        // Names are known everywhere, before the field that sets them too (`spec/word.md` §0.6).
        for _ in 0..2 {
            for root in &roots {
                if let Err(cause) = assign(&self.forest, *root, &mut self.environment, budget) {
                    gaps.add(self.place(*root), cause, ledger);
                }
            }
        }
        roots.sort_by_key(|root| self.forest.node(*root).map(|node| (node.part, node.number)));
        let macros = opc
            .relationships
            .iter()
            .any(|relationship| relationship.segment == "vbaproject");
        let mut seen = Seen {
            twice: self
                .sources
                .iter()
                .filter(|source| source.salvage)
                .map(|source| source.member)
                .collect(),
            ..Seen::default()
        };
        for root in roots {
            let Answer { mut found, ended } =
                evaluate(&self.forest, root, &mut self.environment, budget);
            for cause in ended {
                gaps.add(self.place(root), cause, ledger);
            }
            found.sort_by_key(|found| self.forest.node(found.node).map(|node| node.number));
            for found in found {
                self.field(found, macros, &mut seen, ledger);
            }
        }
        for reached in self.forest.reached() {
            let location = self
                .source(reached.part)
                .map(|source| source.location.clone())
                .map(|location| {
                    location
                        .with_field(reached.number)
                        .with_offset(reached.offset)
                });
            gaps.add(
                location.map(|location| (reached.part, location)),
                Exhausted::Limit(reached.limit),
                ledger,
            );
        }
    }

    fn source(&self, part: u32) -> Option<&Source> {
        self.sources.get(usize::try_from(part).ok()?)
    }

    fn place(&self, node: u32) -> Option<(u32, Location)> {
        let node = self.forest.node(node)?;
        let location = self.source(node.part)?.location.clone();
        Some((
            node.part,
            location.with_field(node.number).with_offset(node.offset),
        ))
    }

    fn field(&self, found: Found, macros: bool, seen: &mut Seen, ledger: &mut Ledger<'_>) {
        let (Some(node), Some((part, location))) =
            (self.forest.node(found.node), self.place(found.node))
        else {
            return;
        };
        let Some(source) = self.source(part) else {
            return;
        };
        let Some(mut link) = self.link(&found, location, macros) else {
            return;
        };
        link.confidence = found.confidence;
        link.techniques.extend(found.techniques);
        if found.dirty && link.kind != Kind::Inert {
            link.add_technique(TechniqueId::Dirty);
        }
        if source.glossary {
            link.confidence = link.confidence.min(Confidence::Medium);
        }
        let digest = digest(&link);
        let repeated = node.alternate != 0
            && !seen.alternates.insert((part, node.alternate, digest))
            || self.forest.shares() && !seen.shared.insert((part, node.number, digest))
            || seen.twice.contains(&source.member)
                && !seen.members.insert((source.member, digest))
                && source.salvage;
        if !repeated {
            finish(link, source, ledger);
        }
    }

    fn link(&self, found: &Found, location: Location, macros: bool) -> Option<Link> {
        let link = match &found.outcome {
            Outcome::Dde { auto, readings } => {
                let open = *auto || found.dirty || self.update_fields;
                let kind = if open { Kind::DdeAuto } else { Kind::Dde };
                let mut link = Link::new(kind, Carrier::Field, location, found.raw.as_str());
                link.trigger = if open { Trigger::Open } else { Trigger::Update };
                link.readings.clone_from(readings);
                if self.update_fields && !auto {
                    link.add_technique(TechniqueId::UpdateFields);
                }
                link
            }
            Outcome::Literal(reading) => {
                let mut link = Link::new(Kind::Inert, Carrier::Field, location, found.raw.as_str());
                link.readings.push(reading.clone());
                link
            }
            Outcome::External(external) => {
                // A button without a macro behind it is a form to fill in.
                if external.carrier == Carrier::MacroButton && !macros {
                    return None;
                }
                self.external(external, found, location)
            }
        };
        Some(link)
    }

    fn external(&self, external: &External, found: &Found, location: Location) -> Link {
        let mut link = Link::new(
            Kind::ExternalLink,
            external.carrier,
            location,
            found.raw.as_str(),
        );
        link.target = Some(external.target.clone());
        link.prog_id.clone_from(&external.class);
        link.readings.push(Reading {
            resolved: external.resolved.clone(),
            ..Reading::default()
        });
        let clicked = matches!(external.carrier, Carrier::Hyperlink | Carrier::MacroButton);
        let open = external.auto || found.dirty;
        link.trigger = if clicked {
            Trigger::Click
        } else if open || self.update_fields {
            Trigger::Open
        } else {
            Trigger::Update
        };
        if !clicked && !open && self.update_fields {
            link.add_technique(TechniqueId::UpdateFields);
        }
        link
    }

    /// A mail merge: one link for each source (`spec/word.md` §1.8).
    fn merge(
        &self,
        merge: &Merge,
        opc: &Opc,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        let Some(source) = self.sources.get(merge.part) else {
            return;
        };
        let raw = describe(merge);
        let mut targets: Vec<String> = Vec::new();
        for id in &merge.ids {
            let same = opc.relationships_of(source.member, id);
            for index in same.iter().take(SAME) {
                claimed.insert(*index);
                let relationship = opc.relationships.get(*index);
                targets.extend(relationship.map(|relationship| plain(&relationship.target)));
            }
        }
        let named = [&merge.named, &merge.connect, &merge.udl];
        if targets.is_empty() {
            targets.extend(named.into_iter().flatten().next().cloned());
        }
        // A connection or a query may lead elsewhere than the source does.
        let other = [&merge.connect, &merge.udl, &merge.query];
        targets.extend(
            other
                .into_iter()
                .flatten()
                .filter_map(|text| place_in(text)),
        );
        if targets.is_empty() {
            targets.extend(merge.query.clone());
        }
        targets.sort();
        targets.dedup();
        for target in targets {
            let location = source.location.clone().with_offset(merge.offset);
            let mut link = Link::new(
                Kind::ExternalLink,
                Carrier::MailMerge,
                location,
                raw.as_str(),
            );
            link.trigger = Trigger::Open;
            link.target = Some(target);
            link.readings.push(Reading {
                resolved: raw.clone(),
                ..Reading::default()
            });
            finish(link, source, ledger);
        }
    }

    /// OLE objects whose relationship leads out of the package, whatever their markup claims.
    fn object_links(&self, opc: &Opc, ledger: &mut Ledger<'_>, claimed: &mut BTreeSet<usize>) {
        let mut settled = BTreeSet::new();
        for object in &self.objects {
            let Some(source) = self.sources.get(object.part) else {
                continue;
            };
            // Both branches of alternative markup show the same object.
            let object_is = (object.id.as_str(), object.prog_id.as_deref(), object.always);
            if !settled.insert((opc.first_of(source.member), object_is)) {
                continue;
            }
            let same = opc.relationships_of(source.member, &object.id);
            for index in same.iter().take(SAME) {
                if let Some(relationship) = opc.relationships.get(*index)
                    && relationship.external
                {
                    claimed.insert(*index);
                    finish(linked(object, relationship, source), source, ledger);
                }
            }
        }
    }
}

/// The link of an object through one of the relationships that have its id.
fn linked(object: &Object, relationship: &Relationship, source: &Source) -> Link {
    let kind = object.kind.as_deref().unwrap_or("Link");
    let mode = if object.always { "Always" } else { "OnCall" };
    let class = object.prog_id.as_deref().unwrap_or_default();
    let raw = format!(
        "OLEObject Type={kind} ProgID={class} UpdateMode={mode} {}",
        relationship.target
    );
    let location = source.location.clone().with_offset(object.offset);
    let mut link = Link::new(Kind::ExternalLink, Carrier::OleLink, location, raw);
    link.trigger = if object.always {
        Trigger::Open
    } else {
        Trigger::Update
    };
    link.target = Some(relationship.target.clone());
    link.prog_id.clone_from(&object.prog_id);
    link
}

/// Relationships with one id that are told of where the id is used; those past it are reported by
/// their type.
const SAME: usize = 16;

/// One gap for each part and cause: the first place tells enough.
#[derive(Default)]
struct Gaps {
    noted: BTreeSet<(u32, Option<Limit>)>,
}

impl Gaps {
    fn add(&mut self, place: Option<(u32, Location)>, cause: Exhausted, ledger: &mut Ledger<'_>) {
        let limit = match cause {
            Exhausted::Limit(limit) => Some(limit),
            Exhausted::Stopped => None,
        };
        if let Some((part, location)) = place
            && self.noted.insert((part, limit))
        {
            ledger.exhausted(cause, location);
        }
    }
}

/// Adds what is odd about the part, and reports.
fn finish(mut link: Link, source: &Source, ledger: &mut Ledger<'_>) {
    for technique in &source.techniques {
        link.add_technique(*technique);
    }
    link.techniques.sort();
    ledger.link(link);
}

/// A local or UNC path without the scheme that packages put in front of it.
fn plain(target: &str) -> String {
    target
        .strip_prefix("file:///")
        .filter(|path| path.starts_with(r"\\") || path.get(1..2) == Some(":"))
        .unwrap_or(target)
        .to_owned()
}

/// A mail merge in one line. `database`, `spreadsheet` and `textFile` are DDE connections
/// (ECMA-376, ST_MailMergeDataType).
fn describe(merge: &Merge) -> String {
    let mut raw = String::from("mailMerge");
    let values = [
        ("dataType", &merge.data_type),
        ("connectString", &merge.connect),
        ("query", &merge.query),
        ("udl", &merge.udl),
        ("table", &merge.table),
    ];
    for (name, value) in values {
        if let Some(value) = value {
            raw.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    let dde = merge.data_type.as_deref().is_some_and(|kind| {
        ["database", "spreadsheet", "textFile"]
            .iter()
            .any(|dde| kind.eq_ignore_ascii_case(dde))
    });
    if dde {
        raw.push_str(" (a DDE connection)");
    }
    raw
}

fn digest(link: &Link) -> Digest {
    let mut hash = Sha256::new();
    let mut add = |text: Option<&str>| {
        let text = text.unwrap_or("\0");
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(text);
    };
    add(Some(link.kind.as_str()));
    add(Some(link.carrier.as_str()));
    add(link.target.as_deref());
    add(link.prog_id.as_deref());
    for reading in &link.readings {
        add(reading.service.as_deref());
        add(reading.topic.as_deref());
        add(reading.item.as_deref());
    }
    hash.finalize().into()
}
