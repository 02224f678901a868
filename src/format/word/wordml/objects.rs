//! OLE objects as the markup describes them: `o:OLEObject` and `w:objectLink`
//! (`spec/word.md` §6.3).

use std::collections::BTreeSet;

use super::super::document::Source;
use super::super::links::finish;
use super::Gather;
use crate::container::opc::{Opc, Relationship};
use crate::format::ledger::Ledger;
use crate::limits::Budget;
use crate::link::{Carrier, Kind, Link, Trigger};
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
}

impl Gather {
    pub(super) fn object(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let Some(id) = tag.attribute_in(Ns::Relationship, "id") else {
            return;
        };
        // `o:OLEObject` and `w:objectLink` differ in the case of the first letter.
        let value =
            |upper: &str, lower: &str| tag.attribute(upper).or_else(|| tag.attribute(lower));
        let always = value("UpdateMode", "updateMode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("always"));
        let Some(id) = self.document.keep(&id, budget) else {
            return;
        };
        let prog_id =
            value("ProgID", "progId").and_then(|value| self.document.keep(&value, budget));
        let kind = value("Type", "type").and_then(|value| self.document.keep(&value, budget));
        self.objects.push(Object {
            part: self.document.part(),
            offset: tag.offset,
            id,
            prog_id,
            kind,
            always,
        });
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
    link
}
