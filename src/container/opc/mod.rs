//! Open Packaging Conventions: content types and relationships over the members of a zip.
//!
//! # Malformed input
//!
//! Part names are compared without regard to case, slashes, dot segments and percent codes; a
//! package may lack its content types; every `.rels` part is read, equal names and broken ones
//! included; relationships may lead in circles, to themselves and to nothing (`spec/word.md`
//! §1.6).
//!
//! # Worst cases
//!
//! Linear in the bytes of the parts read here, times the logarithm of the number of members and
//! relationships. Both are held in memory, which is paid for.

mod names;
mod pieces;

use std::cell::{Cell, OnceCell};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::io::BufRead;
use std::sync::Arc;

use super::held::Held;
use super::{Member, Shortfall};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;
use crate::markup::surroundings::Surroundings;
use crate::markup::xml::{Event, Reader, Tag};
use names::Names;
pub(crate) use pieces::{is_piece, join};

/// One `<Relationship>` of one `.rels` part.
#[derive(Clone, Debug)]
pub(crate) struct Relationship {
    /// The member that the `.rels` part belongs to; `None` for the package itself or for a part
    /// that does not exist.
    pub(crate) source: Option<usize>,
    /// The member that holds the relationship.
    pub(crate) rels_member: usize,
    pub(crate) id: String,
    /// The last segment of the type URI, lower case: `officedocument`, `attachedtemplate`. Shared
    /// with the relationship in front of it, and with what it leads to.
    pub(crate) segment: Arc<str>,
    /// The target as it stands in the part.
    pub(crate) target: String,
    /// `TargetMode="External"`, in any case.
    pub(crate) external: bool,
    /// The member an internal target names.
    pub(crate) resolved: Option<usize>,
    /// Byte of the `.rels` part at which the element starts.
    pub(crate) offset: u64,
    /// The attributes as they stand in the part, where the target is no part of the package.
    pub(crate) source_text: String,
}

/// What the package says of its parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opc {
    /// In the order of the `.rels` members and of the elements in each.
    pub(crate) relationships: Vec<Relationship>,
    /// Content type of each member, where one is declared; lower case, without parameters.
    pub(crate) content_types: Vec<Option<Arc<str>>>,
    /// What is odd about the package as a whole.
    pub(crate) techniques: Vec<TechniqueId>,
    /// Members that were not read to their end here.
    pub(crate) shortfalls: Vec<(usize, Shortfall)>,
    /// Live memory that was paid for; to be released when this is dropped.
    pub(crate) live: u64,
    /// Members that hold the relationships of the package itself.
    roots: Vec<usize>,
    /// `.rels` parts and the content types: they belong to the package without a relationship.
    fabric: Vec<usize>,
    /// Of members with equal names, the first for each of the others.
    twins: BTreeMap<usize, usize>,
    /// Indices into `relationships`, sorted by source and id.
    by_source: OnceCell<Vec<usize>>,
}

/// A member in the order in which members are to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) member: usize,
    /// The type segment of the relationship that led here first.
    pub(crate) relation: Option<Arc<str>>,
    /// Whether relationships lead here from the package itself.
    pub(crate) reachable: bool,
}

/// A content type is two names of at most 127 characters (RFC 6838); longer ones are of no use.
const CONTENT_TYPE: usize = 255;
/// Characters kept of the last segment of a relationship type: the longest that a program knows
/// has some forty.
const SEGMENT: usize = 255;
/// What an entry of a tree of maps takes besides its key and value, when its nodes are half full.
const NODE: usize = 48;
/// The two counts in front of a shared text.
const COUNTS: usize = 16;

impl Opc {
    /// Reads content types and relationships of the package `data` with these `members`.
    pub(crate) fn read(data: &[u8], members: &[Member], budget: &Budget<'_>) -> Opc {
        Opc::read_within(data, members, &[], budget)
    }

    /// The same of members some of which stand inside other markup: `surroundings` has what is
    /// around each.
    pub(crate) fn read_within(
        data: &[u8],
        members: &[Member],
        surroundings: &[Option<Surroundings>],
        budget: &Budget<'_>,
    ) -> Opc {
        let mut passing = Held::new(budget);
        let mut reading = Reading {
            data,
            members,
            surroundings,
            budget,
            // A sheet has up to 65,530 hyperlinks: they fit.
            held: Held::most(budget),
            opc: Opc {
                content_types: vec![None; members.len()],
                ..Opc::default()
            },
        };
        match Names::of(members, &mut passing) {
            Ok(names) => {
                reading.opc.twins = names.twins();
                reading.content_types(&names);
                reading.relationships(&names);
            }
            Err(cause) => {
                // Nothing is known of the package then; its members are still read.
                reading
                    .opc
                    .shortfalls
                    .push((0, Shortfall::Exhausted(cause)));
            }
        }
        reading.opc.live = reading.held.leave();
        reading.opc
    }

    /// What the parts say themselves of their types: it comes before what the package says.
    pub(crate) fn declare(&mut self, types: Vec<Option<Arc<str>>>) {
        for (slot, declared) in self.content_types.iter_mut().zip(types) {
            *slot = declared.or(slot.take());
        }
    }

    /// The first relationship `id` of the part that is member `source`.
    pub(crate) fn relationship(&self, source: usize, id: &str) -> Option<&Relationship> {
        let source = self.first_of(source);
        let first = self.indices(Some(source), Some(id)).first()?;
        self.relationships.get(*first)
    }

    /// All relationships `id` of the part that is member `source`, as indices, in document order: an
    /// id should be there once, and a program may take any of them.
    pub(crate) fn relationships_of(&self, source: usize, id: &str) -> &[usize] {
        self.indices(Some(self.first_of(source)), Some(id))
    }

    /// The first of the members that have the name of `member`: the one that relationships name.
    pub(crate) fn first_of(&self, member: usize) -> usize {
        self.twins.get(&member).copied().unwrap_or(member)
    }

    /// Content types of the main parts: where the relationships of the package lead, and without
    /// any, those of all parts.
    pub(crate) fn main_content_types(&self) -> Vec<&str> {
        let of = |member: usize| self.content_types.get(member)?.as_deref();
        let main: Vec<&str> = self
            .roots()
            .filter(|relationship| *relationship.segment == *"officedocument")
            .filter_map(|relationship| of(relationship.resolved?))
            .collect();
        if main.is_empty() {
            self.content_types
                .iter()
                .flatten()
                .map(|content_type| &**content_type)
                .collect()
        } else {
            main
        }
    }

    fn roots(&self) -> impl Iterator<Item = &Relationship> {
        self.relationships
            .iter()
            .filter(|relationship| self.roots.binary_search(&relationship.rels_member).is_ok())
    }

    /// The order in which to read the members: breadth first along the relationships from the
    /// package, in document order; then the rest in directory order.
    pub(crate) fn reading_order(&self) -> Vec<Reached> {
        let mut others: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (twin, first) in &self.twins {
            others.entry(*first).or_default().push(*twin);
        }
        let mut order = Vec::new();
        let mut seen = vec![false; self.content_types.len()];
        let mut queue: VecDeque<usize> = VecDeque::new();
        let mut reach = |relationship: &Relationship, queue: &mut VecDeque<usize>| {
            let Some(member) = relationship.resolved else {
                return;
            };
            if seen
                .get_mut(member)
                .is_none_or(|seen| std::mem::replace(seen, true))
            {
                return;
            }
            queue.push_back(member);
            for &member in [member]
                .iter()
                .chain(others.get(&member).into_iter().flatten())
            {
                if let Some(seen) = seen.get_mut(member) {
                    *seen = true;
                }
                let relation = Some(relationship.segment.clone());
                order.push(Reached {
                    member,
                    relation,
                    reachable: true,
                });
            }
        };
        for relationship in self.roots() {
            reach(relationship, &mut queue);
        }
        while let Some(member) = queue.pop_front() {
            let mut leading: Vec<usize> = self.indices(Some(member), None).to_vec();
            leading.sort_unstable();
            for relationship in leading
                .iter()
                .filter_map(|&index| self.relationships.get(index))
            {
                reach(relationship, &mut queue);
            }
        }
        for (member, seen) in seen.iter().enumerate() {
            if !seen {
                let reachable = self.fabric.binary_search(&member).is_ok();
                order.push(Reached {
                    member,
                    relation: None,
                    reachable,
                });
            }
        }
        order
    }

    /// The relationships of a source, or those of them with an id, as indices.
    fn indices(&self, source: Option<usize>, id: Option<&str>) -> &[usize] {
        let key = |index: &usize| {
            let relationship = self.relationships.get(*index);
            relationship.map(|relationship| (relationship.source, relationship.id.as_str()))
        };
        let sorted = self.by_source.get_or_init(|| {
            let mut sorted: Vec<usize> = (0..self.relationships.len()).collect();
            sorted.sort_by_key(key);
            sorted
        });
        let compare = |index: &usize| match (key(index), id) {
            (Some((of, _)), None) => of.cmp(&source),
            (Some(of), Some(id)) => of.cmp(&(source, id)),
            (None, _) => std::cmp::Ordering::Less,
        };
        let start = sorted.partition_point(|index| compare(index).is_lt());
        let end = sorted.partition_point(|index| compare(index).is_le());
        sorted.get(start..end).unwrap_or_default()
    }
}

struct Reading<'d, 'b> {
    data: &'d [u8],
    members: &'d [Member],
    surroundings: &'d [Option<Surroundings>],
    budget: &'b Budget<'b>,
    held: Held<'b>,
    opc: Opc,
}

impl Reading<'_, '_> {
    fn content_types(&mut self, names: &Names) {
        let mut defaults: BTreeMap<String, Arc<str>> = BTreeMap::new();
        let mut passing = Held::half(self.budget);
        for &member in names.find("[content_types].xml") {
            self.opc.fabric.push(member);
            self.parse(member, |reading, tag| {
                let Some(content_type) = tag.attribute("ContentType") else {
                    return Ok(());
                };
                let content_type = plain_type(&content_type);
                match tag.name.local {
                    "Default" => {
                        let extension = tag.attribute("Extension").unwrap_or_default();
                        let extension = extension.trim_start_matches('.').to_lowercase();
                        if let Entry::Vacant(entry) = defaults.entry(extension) {
                            passing.pay::<(String, Arc<str>, [u8; NODE])>(1)?;
                            passing.pay_text(entry.key().len())?;
                            passing.pay_text(content_type.len().saturating_add(COUNTS))?;
                            entry.insert(content_type);
                        }
                    }
                    "Override" => {
                        let part = tag.attribute("PartName").unwrap_or_default();
                        // Members with one name get one type, all of them at once.
                        let untyped = |member: &usize| {
                            let types = &reading.opc.content_types;
                            types.get(*member).is_some_and(Option::is_none)
                        };
                        let twins = names.find(&names::key(&part));
                        if !twins.first().is_some_and(untyped) {
                            return Ok(());
                        }
                        reading
                            .held
                            .pay_text(content_type.len().saturating_add(COUNTS))?;
                        for &member in twins {
                            if let Some(slot) = reading.opc.content_types.get_mut(member) {
                                *slot = Some(Arc::clone(&content_type));
                            }
                        }
                    }
                    _ => {}
                }
                Ok(())
            });
        }
        for (key, member) in names.iter() {
            if let Some(slot) = self.opc.content_types.get_mut(member)
                && slot.is_none()
                && let Some((_, extension)) = key.rsplit_once('.')
            {
                *slot = defaults.get(extension).cloned();
            }
        }
    }

    fn relationships(&mut self, names: &Names) {
        let mut parts: Vec<(usize, String)> = names
            .iter()
            .filter_map(|(key, member)| Some((member, names::source_of(key)?)))
            .collect();
        parts.sort_unstable();
        let mut last: Arc<str> = Arc::from("");
        for (rels_member, source_key) in parts {
            self.opc.fabric.push(rels_member);
            if source_key.is_empty() {
                self.opc.roots.push(rels_member);
            }
            let source = names.find(&source_key).first().copied();
            self.parse(rels_member, |reading, tag| {
                if tag.name.local != "Relationship" {
                    return Ok(());
                }
                let text = |name| tag.attribute(name).unwrap_or_default();
                let target = text("Target");
                let mode = text("TargetMode");
                let external = mode.trim().eq_ignore_ascii_case("external");
                let resolved = names::candidates(&source_key, &target)
                    .into_iter()
                    .filter(|_| !external)
                    .find_map(|key| names.find(&key).first().copied());
                let segment = segment(&text("Type"));
                if *last != *segment {
                    reading
                        .held
                        .pay_text(segment.len().saturating_add(COUNTS))?;
                    last = Arc::from(segment);
                }
                let mut relationship = Relationship {
                    source,
                    rels_member,
                    id: text("Id").into_owned(),
                    segment: Arc::clone(&last),
                    external,
                    resolved,
                    offset: tag.offset,
                    target: target.into_owned(),
                    source_text: match resolved {
                        Some(_) => String::new(),
                        None => tag.source().to_owned(),
                    },
                };
                for text in [
                    &mut relationship.id,
                    &mut relationship.target,
                    &mut relationship.source_text,
                ] {
                    text.shrink_to_fit();
                    reading.held.pay_text(text.len())?;
                }
                // The index of relationships holds one more number for each.
                reading.held.pay::<(Relationship, usize)>(1)?;
                if resolved.is_none() {
                    // Where it may lead is counted before it is reported, in a tree of maps.
                    reading.held.pay::<(u64, &str, [u8; NODE])>(1)?;
                }
                reading.opc.relationships.push(relationship);
                Ok(())
            });
        }
        self.opc.fabric.sort_unstable();
    }

    /// Reads the tags of a member; what ended it early is noted.
    fn parse(
        &mut self,
        member: usize,
        mut each: impl FnMut(&mut Self, &Tag<'_>) -> Result<(), Exhausted>,
    ) {
        let Some(source) = self.members.get(member).map(|member| &member.source) else {
            return;
        };
        let (data, budget) = (self.data, self.budget);
        let outcome = Cell::new(None);
        let around = self.surroundings.get(member).and_then(Option::as_ref);
        let limits = budget.limits();
        let bytes = source.open(data, budget, &outcome);
        let mut reader = Reader::inside(bytes, around, false, limits);
        let mut ended = self.walk(&mut reader, &mut each).err();
        let flaws = reader.flaws();
        let techniques = reader.techniques();
        drop(reader);
        for technique in techniques {
            if !self.opc.techniques.contains(&technique) {
                self.opc.techniques.push(technique);
            }
        }
        if flaws.malformed && ended.is_none() {
            // Found again is found twice, which does no harm: the first of each id counts.
            let again = Cell::new(None);
            let bytes = source.open(data, budget, &again);
            let mut reader = Reader::inside(bytes, around, true, limits);
            ended = self.walk(&mut reader, &mut each).err();
        }
        let shortfall = match (ended, outcome.take()) {
            (Some(cause), _) => Some(Shortfall::Exhausted(cause)),
            (None, Some(shortfall)) => Some(shortfall),
            (None, None) if flaws.cut_tag => {
                Some(Shortfall::Exhausted(Exhausted::Limit(Limit::TagBytes)))
            }
            (None, None) if flaws.truncated => Some(Shortfall::Damaged("markup is cut off")),
            (None, None) => None,
        };
        self.opc
            .shortfalls
            .extend(shortfall.map(|shortfall| (member, shortfall)));
    }

    fn walk<R: BufRead>(
        &mut self,
        reader: &mut Reader<R>,
        each: &mut impl FnMut(&mut Self, &Tag<'_>) -> Result<(), Exhausted>,
    ) -> Result<(), Exhausted> {
        while let Some(event) = reader.next()? {
            if let Event::Start(tag) = event {
                each(self, &tag)?;
            }
        }
        Ok(())
    }
}

/// A content type without its parameters, in lower case.
pub(super) fn plain_type(content_type: &str) -> Arc<str> {
    let (plain, _) = content_type.split_once(';').unwrap_or((content_type, ""));
    let plain: String = plain.trim().chars().take(CONTENT_TYPE).collect();
    Arc::from(plain.to_lowercase())
}

/// The last segment of a relationship type, lower case: the same for the transitional and the
/// Strict URIs.
fn segment(uri: &str) -> String {
    let uri = uri.trim().trim_end_matches('/');
    let segment = uri.rsplit(['/', '\\']).next().unwrap_or_default();
    let segment: String = segment.chars().take(SEGMENT).collect();
    segment.to_lowercase()
}

#[cfg(test)]
mod tests;
