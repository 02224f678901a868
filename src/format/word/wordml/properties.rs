//! The properties of the document, which DOCPROPERTY, TITLE and their like repeat
//! (`docProps/core.xml`, `app.xml`, `custom.xml`; `spec/word.md` §0.6).
//!
//! # Malformed input
//!
//! Properties count in whatever part they stand, under whatever root: a program reads the parts
//! that relationships name, and an attacker may name any.

use crate::field::Environment;
use crate::limits::Budget;
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// Bytes of a value that are kept: more than an instruction can hold (design page, "Limits").
const LONGEST: usize = 64 << 10;

/// Elements of the core and the extended properties, and the field that shows each.
const BUILT_IN: &[(&str, &str)] = &[
    ("Application", "NAMEOFAPPLICATION"),
    ("Company", "COMPANY"),
    ("HyperlinkBase", "HYPERLINKBASE"),
    ("Manager", "MANAGER"),
    ("Template", "TEMPLATE"),
    ("category", "CATEGORY"),
    ("contentStatus", "STATUS"),
    ("creator", "AUTHOR"),
    ("description", "COMMENTS"),
    ("keywords", "KEYWORDS"),
    ("lastModifiedBy", "LASTSAVEDBY"),
    ("subject", "SUBJECT"),
    ("title", "TITLE"),
];

/// The property whose element is open.
#[derive(Debug, Default)]
pub(super) struct Property {
    name: Option<String>,
    value: String,
    /// A custom property: its value stands in an element of its own.
    custom: bool,
}

impl Property {
    /// A start tag: a property may begin.
    pub(super) fn enter(&mut self, tag: &Tag<'_>) {
        if tag.name.ns != Ns::Properties {
            return;
        }
        let custom = tag.name.local == "property";
        let name = if custom {
            tag.attribute("name").map(|name| name.into_owned())
        } else {
            BUILT_IN
                .iter()
                .find(|(element, _)| *element == tag.name.local)
                .map(|(_, field)| (*field).to_owned())
        };
        if name.is_some() {
            *self = Property {
                name,
                value: String::new(),
                custom,
            };
        }
    }

    /// Text: of the property that is open, if one is.
    pub(super) fn text(&mut self, text: &str) {
        if self.name.is_some() {
            let room = LONGEST.saturating_sub(self.value.len());
            let mut end = room.min(text.len());
            while !text.is_char_boundary(end) {
                end = end.saturating_sub(1);
            }
            self.value.push_str(text.get(..end).unwrap_or_default());
        }
    }

    /// An end: of a built-in property, or of a custom one. Returns whether the value was kept.
    pub(super) fn leave(
        &mut self,
        ns: Ns,
        local: &str,
        environment: &mut Environment,
        budget: &Budget<'_>,
    ) -> bool {
        if ns != Ns::Properties || self.custom != (local == "property") {
            return true;
        }
        let property = std::mem::take(self);
        property.name.is_none_or(|name| {
            property.value.is_empty() || environment.property(&name, &property.value, budget)
        })
    }
}
