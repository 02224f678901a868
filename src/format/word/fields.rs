//! The fields of a document, as links.
//!
//! Links come in the order of the parts and, within one, of the document, those of settings and
//! objects among them. The same link is reported once where branches of alternative markup repeat
//! it, where a second reading of a broken part finds it again, and where branches share a field.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use super::document::{Document, Source};
use super::links::{Rest, finish};
use crate::field::{Answer, External, Found, Outcome, assign, evaluate};
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

impl Document {
    /// Evaluates every field over the whole document, and reports what matters, with whatever
    /// else was gathered in the order in which it stands.
    pub(super) fn settle_all(&mut self, budget: &Budget<'_>, ledger: &mut Ledger<'_>) {
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
        self.sort_links();
        let mut rest = Rest::default();
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
                if let Some(node) = self.forest.node(found.node) {
                    let part = usize::try_from(node.part).unwrap_or(usize::MAX);
                    self.settle_links(&mut rest, Some((part, node.offset)), ledger);
                }
                self.field(found, &mut seen, ledger);
            }
        }
        self.settle_links(&mut rest, None, ledger);
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

    fn field(&self, found: Found, seen: &mut Seen, ledger: &mut Ledger<'_>) {
        let (Some(node), Some((part, location))) =
            (self.forest.node(found.node), self.place(found.node))
        else {
            return;
        };
        let Some(source) = self.source(part) else {
            return;
        };
        let Some(mut link) = self.link(&found, location) else {
            return;
        };
        link.confidence = found.confidence;
        link.techniques.extend(found.techniques);
        if found.dirty && link.kind != Kind::Inert {
            link.add_technique(TechniqueId::Dirty);
        }
        for technique in self
            .disguises
            .get(&(part, node.number))
            .into_iter()
            .flatten()
        {
            link.add_technique(*technique);
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

    fn link(&self, found: &Found, location: Location) -> Option<Link> {
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
                if external.carrier == Carrier::MacroButton && !self.macros {
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
}

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
