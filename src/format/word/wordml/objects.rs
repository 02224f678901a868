//! OLE objects as the markup describes them: `o:OLEObject` with its `o:FieldCodes` and
//! `o:LockedField`, `w:objectLink`, `w:objectEmbed` and `w:control` (`spec/word.md` §6.3).

use std::collections::BTreeSet;

use super::super::document::Source;
use super::super::links::finish;
use super::Gather;
use crate::container::opc::{Opc, Relationship};
use crate::format::ledger::Ledger;
use crate::gap::GapKind;
use crate::limits::Budget;
use crate::link::{Carrier, Kind, Link, TechniqueId, Trigger};
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// An object that may be a link.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) part: usize,
    pub(super) offset: u64,
    /// The relationship that says where it is.
    pub(super) id: String,
    pub(super) prog_id: Option<String>,
    /// `Link` or `Embed`, as the markup claims.
    pub(super) kind: Option<String>,
    /// It is updated when the document is opened.
    pub(super) always: bool,
    /// It is not updated until somebody unlocks it.
    pub(super) locked: bool,
}

/// An element inside an object whose text says something of it.
#[derive(Debug)]
pub(super) struct Setting {
    /// The switches of its link; otherwise whether it is locked.
    switches: bool,
    text: String,
}

/// Bytes of such a text that are kept: `\a \f 0`, `false`.
const SETTING: usize = 256;

impl Gather {
    pub(super) fn object(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let Some(id) = tag.attribute_in(Ns::Relationship, "id") else {
            return;
        };
        self.setting = None;
        // `o:OLEObject` and `w:objectLink` differ in the case of the first letter.
        let value =
            |upper: &str, lower: &str| tag.attribute(upper).or_else(|| tag.attribute(lower));
        let always = value("UpdateMode", "updateMode")
            .is_some_and(|mode| mode.trim().eq_ignore_ascii_case("always"))
            || tag
                .attribute("fieldCodes")
                .is_some_and(|c| is_automatic(&c));
        let locked = tag.attribute("lockedField").is_some_and(|v| is_true(&v));
        let Some(id) = self.document.keep(&id, budget) else {
            return;
        };
        let prog_id =
            value("ProgID", "progId").and_then(|value| self.document.keep(&value, budget));
        let element = match tag.name.local {
            "objectEmbed" => Some("Embed".into()),
            "control" => Some("Control".into()),
            _ => None,
        };
        let kind = value("Type", "type").or(element);
        let kind = kind.and_then(|value| self.document.keep(&value, budget));
        self.objects.push(Object {
            part: self.document.part(),
            offset: tag.offset,
            id,
            prog_id,
            kind,
            always,
            locked,
        });
    }

    /// An element of the Office namespace of VML.
    pub(super) fn office(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        match tag.name.local {
            "OLEObject" => self.object(tag, budget),
            local @ ("FieldCodes" | "LockedField") => {
                self.setting = Some(Setting {
                    switches: local == "FieldCodes",
                    text: String::new(),
                });
            }
            _ => {}
        }
    }

    /// Text that may be that of a setting.
    pub(super) fn object_text(&mut self, text: &str) {
        if let Some(setting) = &mut self.setting
            && setting.text.len().saturating_add(text.len()) <= SETTING
        {
            setting.text.push_str(text);
        }
    }

    /// An element ends: what it said goes to the object before it.
    pub(super) fn object_set(&mut self) {
        let part = self.document.part();
        if let (Some(setting), Some(object)) = (self.setting.take(), self.objects.last_mut())
            && object.part == part
        {
            if setting.switches {
                object.always |= is_automatic(&setting.text);
            } else {
                object.locked |= is_true(&setting.text);
            }
        }
    }

    /// Says of the first id with more relationships than are followed that some were not.
    pub(super) fn unread(&self, opc: &Opc, ledger: &mut Ledger<'_>) {
        let objects = self.objects.iter().map(|object| (object.part, &object.id));
        let merges = self.merges.iter();
        let merges = merges.flat_map(|open| open.ids.iter().map(|id| (open.merge.part, id)));
        let many = objects.chain(merges).find_map(|(part, id)| {
            let source = self.document.sources.get(part)?;
            let same = opc.relationships_of(source.member, id).len();
            (same > super::SAME).then_some(source)
        });
        if let Some(source) = many {
            let detail = "relationships of one id that were not followed";
            ledger.gap(GapKind::Limit, source.location.clone(), detail);
        }
    }

    /// OLE objects whose relationship leads out of the package, whatever their markup claims.
    pub(super) fn object_links(
        &self,
        opc: &Opc,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        let mut settled = BTreeSet::new();
        for object in &self.objects {
            let Some(source) = self.document.sources.get(object.part) else {
                continue;
            };
            // Both branches of alternative markup show the same object.
            let object_is = (object.id.as_str(), object.prog_id.as_deref(), object.always);
            let object_is = (object_is, object.locked);
            if !settled.insert((opc.first_of(source.member), object_is)) {
                continue;
            }
            let same = opc.relationships_of(source.member, &object.id);
            for index in same.iter().take(super::SAME) {
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
    if object.locked {
        link.add_technique(TechniqueId::Locked);
    }
    link
}

/// Whether the switches of a LINK field update it when the document is opened.
fn is_automatic(switches: &str) -> bool {
    let mut words = switches.split_whitespace();
    words.any(|word| word.eq_ignore_ascii_case("\\a"))
}

/// The spellings of "true" in VML (ECMA-376, ST_TrueFalse) and in WordprocessingML.
fn is_true(value: &str) -> bool {
    let value = value.trim();
    ["1", "on", "t", "true"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word))
}
