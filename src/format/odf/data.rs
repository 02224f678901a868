//! Data sources, scripts and codes that are named otherwise than by `xlink:href`
//! (`spec/excel.md` §7.2).

use super::Gather;
use super::places::Reach;
use crate::limits::Budget;
use crate::link::{Carrier, Kind, Trigger};
use crate::markup::xml::Tag;

/// Attributes that may name a place, and what is done with it there.
const PLACES: &[(&str, Carrier, Trigger)] = &[
    ("database-name", Carrier::Connection, Trigger::Update),
    ("datasource", Carrier::Connection, Trigger::Update),
    ("image-data", Carrier::IncludePicture, Trigger::Open),
    ("archive", Carrier::OleLink, Trigger::Update),
];

impl Gather {
    /// An element that may name a place without a link to it.
    pub(super) fn data(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let event = matches!(tag.name.local, "event-listener" | "event");
        if event && let Some(name) = tag.attribute("macro-name") {
            // OpenOffice 1 and 2 named the macro itself.
            let (kind, carrier) = (Kind::ExternalLink, Carrier::MacroButton);
            self.keep_place(
                tag,
                name.trim(),
                kind,
                carrier,
                Trigger::Click,
                Vec::new(),
                budget,
            );
        }
        match tag.name.local {
            // A component of the program that brings data, and where it takes them from.
            "source-service" => {
                let words = ["source-name", "name"].map(|name| tag.attribute(name));
                let place = words
                    .into_iter()
                    .flatten()
                    .find(|word| !word.trim().is_empty());
                return self.source(
                    tag,
                    &place.unwrap_or_default(),
                    Carrier::Connection,
                    Trigger::Update,
                    budget,
                );
            }
            // The statement stands beside the name of the database.
            "database-source-sql" => {
                let name = tag.attribute("database-name").unwrap_or_default();
                return self.source(tag, &name, Carrier::Connection, Trigger::Update, budget);
            }
            _ => {}
        }
        for (attribute, carrier, trigger) in PLACES {
            if let Some(name) = tag.attribute(attribute)
                && Reach::of(name.trim(), false) == Some(Reach::Absolute)
            {
                self.source(tag, &name, *carrier, *trigger, budget);
            }
        }
    }

    fn source(
        &mut self,
        tag: &Tag<'_>,
        name: &str,
        carrier: Carrier,
        trigger: Trigger,
        budget: &Budget<'_>,
    ) {
        let kind = Kind::ExternalLink;
        self.keep_place(tag, name.trim(), kind, carrier, trigger, Vec::new(), budget);
    }
}
