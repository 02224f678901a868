//! What the settings of a document say: update all fields, variables, mail merges and templates
//! (`spec/word.md` §1.8).
//!
//! # Malformed input
//!
//! Settings count wherever they stand; a program reads one part, an attacker may name another.

use std::collections::BTreeSet;

use super::super::links::{Attached, Merge, MergeValue};
use super::Gather;
use crate::container::opc::Opc;
use crate::limits::Budget;
use crate::link::Carrier;
use crate::markup::names::Ns;
use crate::markup::xml::{Tag, is_on};

/// A mail merge whose sources are known by their relationships.
#[derive(Debug, Default)]
pub(super) struct OpenMerge {
    pub(super) merge: Merge,
    /// Relationship ids of the sources.
    pub(super) ids: Vec<String>,
}

/// Relationships of one merge: data, header, and the data source object's own.
const IDS: usize = 16;

impl Gather {
    pub(super) fn begin_merge(&mut self, tag: &Tag<'_>) {
        self.end_merge();
        self.merge = Some(OpenMerge {
            merge: Merge::at(self.document.part(), tag.offset),
            ids: Vec::new(),
        });
    }

    pub(super) fn end_merge(&mut self) {
        self.merges.extend(self.merge.take());
    }

    /// An element of a settings part.
    pub(super) fn setting(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        match tag.name.local {
            "updateFields" => {
                self.document.update_fields |=
                    tag.attribute("val").is_none_or(|value| is_on(&value));
            }
            "docVar" => {
                if let (Some(name), Some(value)) = (tag.attribute("name"), tag.attribute("val")) {
                    self.document.variable(&name, &value, budget);
                }
            }
            "attachedTemplate" => self.attach(tag, "val", Carrier::RemoteTemplate, budget),
            "sourceFileName" => self.attach(tag, "val", Carrier::Frame, budget),
            _ if self.merge.is_some() => self.merge_setting(tag, budget),
            _ => self.target(tag, budget),
        }
    }

    /// A document by name; one by relationship is reported by the type of the relationship.
    pub(super) fn attach(
        &mut self,
        tag: &Tag<'_>,
        attribute: &str,
        carrier: Carrier,
        budget: &Budget<'_>,
    ) {
        if let Some(value) = tag.attribute(attribute) {
            self.attach_to(&value, tag, carrier, budget);
        }
    }

    pub(super) fn attach_to(
        &mut self,
        value: &str,
        tag: &Tag<'_>,
        carrier: Carrier,
        budget: &Budget<'_>,
    ) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        if let Some(target) = self.document.keep(value, budget) {
            self.document.attach(Attached {
                part: self.document.part(),
                offset: tag.offset,
                carrier,
                target,
            });
        }
    }

    fn merge_setting(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let (value, is_source) = match tag.name.local {
            "dataType" => (MergeValue::DataType, false),
            "connectString" => (MergeValue::Connect, false),
            "query" => (MergeValue::Query, false),
            "udl" => (MergeValue::Udl, false),
            "table" => (MergeValue::Table, false),
            "dataSource" => (MergeValue::Named, true),
            // In Word 2003 the name itself.
            "headerSource" | "src" => (MergeValue::Source, true),
            _ => return,
        };
        let Some(OpenMerge { merge, ids }) = &mut self.merge else {
            return;
        };
        if let Some(text) = tag.attribute("val") {
            self.document.merge_value(merge, value, &text, budget);
        }
        if let Some(id) = tag.attribute_in(Ns::Relationship, "id")
            && is_source
            && ids.len() < IDS
        {
            ids.extend(self.document.keep(&id, budget));
        }
    }

    /// Gives the merges the targets of their relationships.
    pub(super) fn settle_merges(&mut self, opc: &Opc, claimed: &mut BTreeSet<usize>) {
        for OpenMerge { mut merge, ids } in std::mem::take(&mut self.merges) {
            let source = self.document.sources.get(merge.part);
            let member = source.map(|source| source.member).unwrap_or_default();
            for id in &ids {
                let same = opc.relationships_of(member, id);
                for index in same.iter().take(super::SAME) {
                    claimed.insert(*index);
                    let relationship = opc.relationships.get(*index);
                    merge
                        .sources
                        .extend(relationship.map(|relationship| relationship.target.clone()));
                }
            }
            self.document.end_merge(merge);
        }
    }
}
