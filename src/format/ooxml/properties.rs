//! What a document says of itself (`docProps/app.xml`, `docProps/core.xml`).

use crate::markup::xml::Event;
use crate::report::Properties;

/// The properties that a report shows.
#[derive(Clone, Copy)]
pub(super) enum Property {
    Application,
    Author,
    Created,
}

/// The longest property value that is kept.
const PROPERTY: usize = 256;

/// Notes one event of a properties part; `open` is the property whose text comes next.
pub(super) fn note(event: &Event<'_>, open: &mut Option<Property>, properties: &mut Properties) {
    match event {
        Event::Start(tag) => {
            *open = match tag.name.local {
                "Application" => Some(Property::Application),
                "creator" => Some(Property::Author),
                "created" => Some(Property::Created),
                _ => None,
            };
        }
        Event::End(_) => *open = None,
        Event::Text { text, .. } => {
            let value = match open {
                Some(Property::Application) => &mut properties.application,
                Some(Property::Author) => &mut properties.author,
                Some(Property::Created) => &mut properties.created,
                None => return,
            };
            let value = value.get_or_insert_default();
            value.extend(text.chars().take(PROPERTY.saturating_sub(value.len())));
        }
    }
}
