//! What the settings of a document say: update all fields, variables, mail merges and templates
//! (`spec/word.md` §1.8).
//!
//! # Malformed input
//!
//! Settings count wherever they stand; a program reads one part, an attacker may name another.

use super::Gather;
use crate::limits::{Budget, Limit};
use crate::link::Carrier;
use crate::markup::names::Ns;
use crate::markup::xml::{Tag, is_on};

/// The data source of a mail merge.
#[derive(Debug, Default)]
pub(super) struct Merge {
    pub(super) part: usize,
    pub(super) offset: u64,
    pub(super) data_type: Option<String>,
    pub(super) connect: Option<String>,
    pub(super) query: Option<String>,
    /// The connection string of the newer data source object.
    pub(super) udl: Option<String>,
    pub(super) table: Option<String>,
    /// Relationship ids of the sources.
    pub(super) ids: Vec<String>,
    /// Sources named without a relationship (Word 2003).
    pub(super) named: Option<String>,
}

/// Sources of one merge: data, header, and the data source object's own.
const SOURCES: usize = 16;

/// Another document that settings name without a relationship (Word 2003).
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) part: usize,
    pub(super) offset: u64,
    pub(super) carrier: Carrier,
    pub(super) target: String,
}

impl Gather {
    pub(super) fn begin_merge(&mut self, tag: &Tag<'_>) {
        self.end_merge();
        self.merge = Some(Merge {
            part: self.part(),
            offset: tag.offset,
            ..Merge::default()
        });
    }

    pub(super) fn end_merge(&mut self) {
        self.merges.extend(self.merge.take());
    }

    /// An element of a settings part.
    pub(super) fn setting(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        match tag.name.local {
            "updateFields" => {
                self.update_fields |= tag.attribute("val").is_none_or(|value| is_on(&value));
            }
            "docVar" => {
                if let (Some(name), Some(value)) = (tag.attribute("name"), tag.attribute("val"))
                    && !self.environment.variable(&name, &value, budget)
                {
                    self.short.insert((self.part(), Limit::LiveBytes));
                }
            }
            "attachedTemplate" => self.attach(tag, Carrier::RemoteTemplate, budget),
            "sourceFileName" => self.attach(tag, Carrier::Frame, budget),
            _ if self.merge.is_some() => self.merge_setting(tag, budget),
            _ => {}
        }
    }

    /// A document by name; one by relationship is reported by the type of the relationship.
    fn attach(&mut self, tag: &Tag<'_>, carrier: Carrier, budget: &Budget<'_>) {
        let Some(value) = tag
            .attribute("val")
            .filter(|value| !value.trim().is_empty())
        else {
            return;
        };
        if let Some(target) = self.keep(value.trim(), budget) {
            self.attached.push(Attached {
                part: self.part(),
                offset: tag.offset,
                carrier,
                target,
            });
        }
    }

    fn merge_setting(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let is_source = matches!(tag.name.local, "dataSource" | "headerSource" | "src");
        let value = tag.attribute("val").unwrap_or_default();
        let value = if value.trim().is_empty() {
            None
        } else {
            self.keep(&value, budget)
        };
        let id = tag
            .attribute_in(Ns::Relationship, "id")
            .filter(|_| is_source)
            .and_then(|id| self.keep(&id, budget));
        let Some(merge) = &mut self.merge else {
            return;
        };
        if merge.ids.len() < SOURCES {
            merge.ids.extend(id);
        }
        let place = match tag.name.local {
            "dataType" => &mut merge.data_type,
            "connectString" => &mut merge.connect,
            "query" => &mut merge.query,
            "udl" => &mut merge.udl,
            "table" => &mut merge.table,
            "dataSource" => &mut merge.named,
            _ => return,
        };
        if place.is_none() {
            *place = value;
        }
    }
}
