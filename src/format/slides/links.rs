//! From what was gathered of a presentation to its links; reads no bytes.
//!
//! A program that an action runs is `execute`; a file that an action opens, a macro and a verb are
//! links to look at. The same link in the same package is one; how often it occurs stands in
//! `siblings`.
//!
//! # Worst cases
//!
//! Linear in the entries and in the relationships that have their ids, [`SAME`] of each, times a
//! logarithm.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Action, percent_decoded};
use super::gather::{Click, Entry, Gather, Object, Source};
use crate::container::opc::{Opc, Relationship};
use crate::format::ledger::Ledger;
use crate::gap::GapKind;
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId, Trigger};
use crate::location::Location;

/// Relationships with one id that are told of where the id is used; those past it are reported by
/// their type, and it is said that there are more.
const SAME: usize = 16;

/// Reports the links; relationships that they explain are added to `claimed`. Gives the members
/// with objects that an animation activates by itself.
pub(super) fn report(
    gather: &Gather,
    opc: &Opc,
    ledger: &mut Ledger<'_>,
    claimed: &mut BTreeSet<usize>,
) -> BTreeSet<usize> {
    let resolving = Resolving { gather, opc };
    let shapes = resolving.shapes();
    resolving.actions(ledger, claimed);
    resolving.unread(ledger);
    let activated = resolving.activated(&shapes);
    resolving.objects(&activated, ledger, claimed);
    resolving.verbs(&shapes, ledger);
    resolving.held(&activated)
}

/// The objects of each shape, by the member it stands in and its number.
type Shapes<'g> = BTreeMap<(usize, &'g str), Vec<usize>>;

/// What activates the object of a shape.
struct Activation<'g> {
    part: usize,
    offset: u64,
    verb: &'g str,
    shape: &'g str,
    /// In the words of the document.
    by: &'static str,
    trigger: Trigger,
    hover: bool,
    alternative: bool,
}

struct Resolving<'g> {
    gather: &'g Gather,
    opc: &'g Opc,
}

impl<'g> Resolving<'g> {
    fn source(&self, part: usize) -> Option<&'g Source> {
        self.gather.sources.get(part)
    }

    /// The relationships with an id in a part, with their index.
    fn relationships(
        &self,
        part: usize,
        id: &str,
    ) -> impl Iterator<Item = (usize, &'g Relationship)> {
        let member = self.source(part).map(|source| source.member);
        let same = member.map(|member| self.opc.relationships_of(member, id));
        let opc = self.opc;
        same.unwrap_or_default()
            .iter()
            .take(SAME)
            .filter_map(move |index| Some((*index, opc.relationships.get(*index)?)))
    }

    /// Every action with a relationship that it leads through.
    fn leading(&self) -> impl Iterator<Item = (&'g Entry<Click>, usize, &'g Relationship)> {
        self.gather.actions.iter().flat_map(|entry| {
            self.relationships(entry.part, &entry.what.id)
                .filter(|(_, relationship)| leads(&entry.what.action, relationship))
                .map(move |(index, relationship)| (entry, index, relationship))
        })
    }

    /// Says of the first id with more relationships than are followed that some were not.
    fn unread(&self, ledger: &mut Ledger<'_>) {
        let actions = self.gather.actions.iter();
        let ids = actions.map(|entry| (entry.part, &entry.what.id));
        let objects = self.gather.objects.iter();
        let mut ids = ids.chain(objects.map(|entry| (entry.part, &entry.what.id)));
        let many = ids.find_map(|(part, id)| {
            let source = self.source(part)?;
            let same = self.opc.relationships_of(source.member, id).len();
            (same > SAME).then_some(source)
        });
        if let Some(source) = many {
            let detail = "relationships of one id that were not followed";
            ledger.gap(GapKind::Limit, source.location.clone(), detail);
        }
    }

    fn actions(&self, ledger: &mut Ledger<'_>, claimed: &mut BTreeSet<usize>) {
        // Counted first, so that each link goes on at once and none is held.
        let mut counts: BTreeMap<(&Action, bool, &str), u32> = BTreeMap::new();
        for (entry, _, relationship) in self.leading() {
            let key = (&entry.what.action, entry.what.hover, &*relationship.target);
            let count = counts.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        for (entry, index, relationship) in self.leading() {
            if relationship.external {
                claimed.insert(index);
            }
            let key = (&entry.what.action, entry.what.hover, &*relationship.target);
            if let Some(siblings) = counts.remove(&key) {
                let mut link = self.started(entry, relationship);
                link.siblings = siblings;
                self.finish(link, entry.part, entry.alternative, ledger);
            }
        }
        let mut macros = BTreeSet::new();
        for entry in &self.gather.actions {
            if let Action::Macro(name) = &entry.what.action
                && macros.insert((name, entry.what.hover))
            {
                let raw = format!(
                    "{} {}?name={name}",
                    element(&entry.what),
                    Action::word(&entry.what.action)
                );
                let mut link = self.link(
                    Kind::ExternalLink,
                    Carrier::MacroButton,
                    entry.part,
                    entry.offset,
                    raw,
                );
                link.trigger = Trigger::Click;
                link.target = Some(name.clone());
                if entry.what.hover {
                    link.add_technique(TechniqueId::Hover);
                }
                self.finish(link, entry.part, entry.alternative, ledger);
            }
        }
    }

    /// A program that an action runs, or a file that it opens.
    fn started(&self, entry: &Entry<Click>, relationship: &Relationship) -> Link {
        let runs = entry.what.action == Action::Program;
        let word = entry.what.action.word();
        let raw = format!("{} {word} {}", element(&entry.what), relationship.target);
        let kind = if runs {
            Kind::Execute
        } else {
            Kind::ExternalLink
        };
        let mut link = self.link(kind, Carrier::Action, entry.part, entry.offset, raw);
        link.trigger = Trigger::Click;
        link.confidence = match (relationship.external, relationship.resolved) {
            (true, _) => Confidence::Certain,
            (false, None) => Confidence::Medium,
            // What runs is a part of the package, which no program writes.
            (false, Some(_)) => Confidence::Low,
        };
        link.target = Some(if runs {
            percent_decoded(&relationship.target)
        } else {
            relationship.target.clone()
        });
        if entry.what.hover {
            link.add_technique(TechniqueId::Hover);
        }
        link
    }

    fn shapes(&self) -> Shapes<'g> {
        let mut shapes = Shapes::new();
        for (index, entry) in self.gather.objects.iter().enumerate() {
            if let Some(source) = self.source(entry.part) {
                let key = (source.member, entry.what.shape.as_str());
                shapes.entry(key).or_default().push(index);
            }
        }
        shapes
    }

    /// Everything that activates objects.
    fn activations(&self) -> impl Iterator<Item = Activation<'g>> {
        let verbs = self.gather.verbs.iter().map(|entry| Activation {
            part: entry.part,
            offset: entry.offset,
            verb: &entry.what.verb,
            shape: &entry.what.shape,
            by: "cmd type=verb",
            trigger: if entry.what.waits {
                Trigger::Click
            } else {
                Trigger::Open
            },
            hover: false,
            alternative: entry.alternative,
        });
        let actions = self.gather.actions.iter().filter_map(|entry| {
            let Action::Verb(verb) = &entry.what.action else {
                return None;
            };
            Some(Activation {
                part: entry.part,
                offset: entry.offset,
                verb,
                shape: &entry.what.shape,
                by: "ppaction://ole",
                trigger: Trigger::Click,
                hover: entry.what.hover,
                alternative: entry.alternative,
            })
        });
        verbs.chain(actions)
    }

    /// The objects that are activated without a click.
    fn activated(&self, shapes: &Shapes<'g>) -> BTreeSet<usize> {
        let mut shown: BTreeSet<(usize, &str)> = BTreeSet::new();
        for activation in self.activations() {
            if activation.trigger == Trigger::Open
                && let Some(source) = self.source(activation.part)
            {
                shown.insert((source.member, activation.shape));
            }
        }
        let objects = shown.iter().filter_map(|shape| shapes.get(shape));
        objects.flatten().copied().collect()
    }

    /// Objects whose relationship leads out of the package, whatever their markup claims.
    fn objects(
        &self,
        activated: &BTreeSet<usize>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        let mut settled = BTreeSet::new();
        for (index, entry) in self.gather.objects.iter().enumerate() {
            let Object {
                id,
                prog_id,
                automatic,
                ..
            } = &entry.what;
            let opens = *automatic || activated.contains(&index);
            for (at, relationship) in self.relationships(entry.part, id) {
                if !relationship.external {
                    continue;
                }
                claimed.insert(at);
                if !settled.insert((at, prog_id.as_deref(), opens)) {
                    continue;
                }
                let class = prog_id.as_deref().unwrap_or_default();
                let update = if *automatic { " updateAutomatic" } else { "" };
                let raw = format!("oleObj progId={class}{update} {}", relationship.target);
                let (part, offset) = (entry.part, entry.offset);
                let mut link = self.link(Kind::ExternalLink, Carrier::OleLink, part, offset, raw);
                link.trigger = if opens {
                    Trigger::Open
                } else {
                    Trigger::Update
                };
                link.target = Some(relationship.target.clone());
                link.prog_id.clone_from(prog_id);
                if activated.contains(&index) {
                    link.add_technique(TechniqueId::Activated);
                }
                self.finish(link, part, entry.alternative, ledger);
            }
        }
    }

    /// Verbs on objects that the package holds: what they activate is read as a document of its
    /// own.
    fn verbs(&self, shapes: &Shapes<'g>, ledger: &mut Ledger<'_>) {
        let mut settled = BTreeSet::new();
        for activation in self.activations() {
            let Some(source) = self.source(activation.part) else {
                continue;
            };
            let verb = (source.member, activation.shape, activation.trigger);
            if !settled.insert(verb) {
                continue;
            }
            let objects = shapes.get(&(source.member, activation.shape));
            let held = objects.into_iter().flatten().find_map(|index| {
                let object = self.gather.objects.get(*index)?;
                let mut all = self.relationships(object.part, &object.what.id);
                let (_, relationship) = all.next()?;
                Some((object, relationship))
            });
            // A linked object is reported as such.
            if held.is_some_and(|(_, relationship)| relationship.external) {
                continue;
            }
            let target = held.map(|(_, relationship)| relationship.target.as_str());
            let raw = format!(
                "{} verb={} shape={} {}",
                activation.by,
                activation.verb,
                activation.shape,
                target.unwrap_or_default()
            );
            let (part, offset) = (activation.part, activation.offset);
            let raw = raw.trim_end();
            let mut link = self.link(
                Kind::ExternalLink,
                Carrier::Action,
                part,
                offset,
                raw.to_owned(),
            );
            link.trigger = activation.trigger;
            link.target = target.map(str::to_owned);
            link.prog_id = held.and_then(|(object, _)| object.what.prog_id.clone());
            if activation.hover {
                link.add_technique(TechniqueId::Hover);
            }
            self.finish(link, part, activation.alternative, ledger);
        }
    }

    /// The members that hold these objects.
    fn held(&self, objects: &BTreeSet<usize>) -> BTreeSet<usize> {
        let entries = objects.iter();
        let entries = entries.filter_map(|index| self.gather.objects.get(*index));
        let relationships =
            entries.flat_map(|entry| self.relationships(entry.part, &entry.what.id));
        relationships
            .filter_map(|(_, relationship)| relationship.resolved)
            .collect()
    }

    fn link(&self, kind: Kind, carrier: Carrier, part: usize, offset: u64, raw: String) -> Link {
        let location = self.source(part).map(|source| source.location.clone());
        let location = location.unwrap_or_else(|| Location::root(None));
        Link::new(kind, carrier, location.with_offset(offset), raw)
    }

    /// Adds what is odd about the part, and reports.
    fn finish(&self, mut link: Link, part: usize, alternative: bool, ledger: &mut Ledger<'_>) {
        if alternative {
            link.add_technique(TechniqueId::MarkupAlternative);
        }
        let source = self.source(part);
        for technique in source.into_iter().flat_map(|source| &source.techniques) {
            link.add_technique(*technique);
        }
        link.techniques.sort();
        ledger.link(link);
    }
}

/// Whether an action leads anywhere through a relationship. Within the package, only what is run
/// is told.
fn leads(action: &Action, relationship: &Relationship) -> bool {
    match action {
        Action::Program => !relationship.target.trim().is_empty(),
        Action::File => relationship.external,
        Action::Verb(_) | Action::Macro(_) => false,
    }
}

fn element(click: &Click) -> &'static str {
    if click.hover {
        "hlinkMouseOver"
    } else {
        "hlinkClick"
    }
}
