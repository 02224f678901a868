//! What a document says of itself (`docProps/app.xml`, `docProps/core.xml`; `meta.xml`;
//! `o:DocumentProperties`).

use crate::markup::names::Ns;
use crate::markup::xml::{Event, Name};
use crate::report::Properties;

/// The properties that a report shows.
#[derive(Clone, Copy)]
pub(super) enum Property {
    Application,
    Author,
    Created,
}

impl Property {
    fn of(self, properties: &mut Properties) -> &mut Option<String> {
        match self {
            Property::Application => &mut properties.application,
            Property::Author => &mut properties.author,
            Property::Created => &mut properties.created,
        }
    }
}

/// The longest property value that is kept.
const PROPERTY: usize = 256;

/// Whether a part with this root says such things.
pub(super) fn are_in(root: Name<'_>) -> bool {
    matches!(
        (root.ns, root.local),
        (Ns::Properties, _)
            | (Ns::Word, "wordDocument")
            | (Ns::Spreadsheet2003, "Workbook")
            | (Ns::Odf, "document" | "document-meta")
    )
}

/// Notes one event of a properties part; `open` is the property whose text comes next.
pub(super) fn note(event: &Event<'_>, open: &mut Option<Property>, properties: &mut Properties) {
    match event {
        Event::Start(tag) => {
            *open = match (tag.name.ns, tag.name.local) {
                (Ns::Properties, "Application") => Some(Property::Application),
                (Ns::Odf, "generator") => Some(Property::Application),
                (Ns::Properties, "creator") => Some(Property::Author),
                (Ns::VmlOffice, "Author") | (Ns::Odf, "initial-creator") => Some(Property::Author),
                (Ns::Properties, "created") => Some(Property::Created),
                (Ns::VmlOffice, "Created") | (Ns::Odf, "creation-date") => Some(Property::Created),
                _ => None,
            }
            // The first one counts, of several and in a second reading.
            .filter(|property| property.of(properties).is_none());
        }
        Event::End(_) => *open = None,
        Event::Text { text, .. } => {
            let Some(property) = open else { return };
            let value = property.of(properties);
            let value = value.get_or_insert_default();
            value.extend(text.chars().take(PROPERTY.saturating_sub(value.len())));
        }
    }
}
