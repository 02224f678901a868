//! The fields of one event, wherever they stand in its JSON: the shapes of the EVTX readers
//! (`Event`/`System`/`EventData`), of Winlogbeat (`winlog.event_data`), of NXLog and others (flat).
//!
//! Only the fields that count are kept; everything else is passed over without a copy.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

macro_rules! fields {
    ($( $field:ident: $($name:literal)|+, )*) => {
        /// What an event says, as it says it.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub(super) struct Fields<'a> { $( pub(super) $field: Option<Cow<'a, str>>, )* }

        impl<'a> Fields<'a> {
            /// The field of this name, in any case.
            fn slot(&mut self, name: &str) -> Option<&mut Option<Cow<'a, str>>> {
                // So NXLog calls the process that wrote the log.
                if name == "ProcessID" {
                    return None;
                }
                $( if [$($name),+].iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    return Some(&mut self.$field);
                } )*
                None
            }
        }
    };
}

fields! {
    id: "EventID" | "event_id" | "EventId" | "winlog.event_id",
    provider: "Provider" | "ProviderName" | "provider_name" | "SourceName" | "winlog.provider_name",
    channel: "Channel" | "winlog.channel",
    computer: "Computer" | "computer_name" | "ComputerName" | "Hostname" | "host_name" | "winlog.computer_name",
    time: "UtcTime" | "SystemTime" | "@timestamp" | "EventTime" | "TimeCreated",
    image: "Image",
    parent_image: "ParentImage",
    command_line: "CommandLine",
    process_guid: "ProcessGuid",
    parent_guid: "ParentProcessGuid",
    process_id: "ProcessId",
    parent_id: "ParentProcessId",
    new_name: "NewProcessName",
    new_id: "NewProcessId",
    parent_name: "ParentProcessName",
    object: "TargetObject",
    details: "Details",
    object_name: "ObjectName",
    value_name: "ObjectValueName",
    new_value: "NewValue",
}

/// Objects that hold fields of the event or of its data.
const HOLDERS: &[&str] = &[
    "Event",
    "System",
    "EventData",
    "UserData",
    "winlog",
    "event_data",
    "Data",
];
/// Objects whose attributes hold one field each.
const WITH_ATTRIBUTES: &[&str] = &["Provider", "TimeCreated", "EventID"];
/// What carries attributes in JSON that was made from XML.
const ATTRIBUTES: &[&str] = &["#attributes", "attributes", "$"];
/// The text of an element in JSON that was made from XML.
const TEXTS: &[&str] = &["#text", "text", "_", "Value", "content"];
/// The name of a `Data` element.
const NAMES: &[&str] = &["Name", "@Name"];

pub(super) fn read(json: &[u8]) -> Result<Fields<'_>, serde_json::Error> {
    let mut fields = Fields::default();
    let mut reader = serde_json::Deserializer::from_slice(json);
    reader.deserialize_map(Object {
        fields: &mut fields,
        within: Within::Holder,
    })?;
    reader.end()?;
    Ok(fields)
}

fn is(name: &str, known: &[&str]) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[derive(Clone, Copy)]
enum Within {
    /// The event, or a part of it that holds fields.
    Holder,
    /// The element of this one of [`WITH_ATTRIBUTES`], or its attributes.
    Element(&'static str),
}

struct Object<'f, 'a> {
    fields: &'f mut Fields<'a>,
    within: Within,
}

impl<'de> Visitor<'de> for Object<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event as a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Text)? {
            let Some(name) = name else {
                return Err(A::Error::custom("a name that is no text"));
            };
            let known = |list: &'static [&'static str]| {
                list.iter().find(|known| known.eq_ignore_ascii_case(&name))
            };
            let within = match self.within {
                Within::Element(element) if is(&name, ATTRIBUTES) => Some(Within::Element(element)),
                Within::Element(element) => {
                    let wanted = match element {
                        "Provider" => is(&name, NAMES),
                        "TimeCreated" => is(name.trim_start_matches('@'), &["SystemTime"]),
                        _ => is(&name, TEXTS),
                    };
                    let value = map.next_value_seed(Text)?;
                    if let (true, Some(slot)) = (wanted, self.fields.slot(element)) {
                        fill(slot, value);
                    }
                    continue;
                }
                Within::Holder => {
                    if let Some(element) = known(WITH_ATTRIBUTES) {
                        Some(Within::Element(element))
                    } else if is(&name, HOLDERS) {
                        Some(Within::Holder)
                    } else {
                        None
                    }
                }
            };
            let fields = &mut *self.fields;
            match (within, fields.slot(&name).is_some()) {
                (Some(within), _) => map.next_value_seed(Part {
                    fields,
                    name: &name,
                    within,
                })?,
                (None, true) => {
                    let value = map.next_value_seed(Text)?;
                    if let Some(slot) = fields.slot(&name) {
                        fill(slot, value);
                    }
                }
                (None, false) => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// What comes first stays: the time of the event stands before the time of its arrival.
fn fill<'a>(slot: &mut Option<Cow<'a, str>>, value: Option<Cow<'a, str>>) {
    if slot.is_none() {
        *slot = value;
    }
}

/// A part of an event that may be an object, a list of elements, or plain text.
struct Part<'f, 'n, 'a> {
    fields: &'f mut Fields<'a>,
    name: &'n str,
    within: Within,
}

impl<'de> DeserializeSeed<'de> for Part<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Part<'_, '_, 'de> {
    fn text(self, text: Cow<'de, str>) {
        if let Some(slot) = self.fields.slot(self.name) {
            fill(slot, Some(text));
        }
    }
}

impl<'de> Visitor<'de> for Part<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Part { fields, within, .. } = self;
        Object { fields, within }.visit_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let fields = self.fields;
        while list
            .next_element_seed(Named {
                fields: &mut *fields,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.text(Cow::Borrowed(text));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.text(Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.text(Cow::Owned(number.to_string()));
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// `<Data Name="Image">…</Data>` as an object of its own.
struct Named<'f, 'a> {
    fields: &'f mut Fields<'a>,
}

impl<'de> DeserializeSeed<'de> for Named<'_, 'de> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Named<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field with its name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut field, mut value) = (None, None);
        while let Some(name) = map.next_key_seed(Text)? {
            let name = name.unwrap_or_default();
            if is(&name, NAMES) {
                field = map.next_value_seed(Text)?;
            } else if is(&name, ATTRIBUTES) {
                field = map.next_value_seed(NameIn)?;
            } else if is(&name, TEXTS) {
                value = map.next_value_seed(Text)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if let (Some(field), Some(value)) = (field, value)
            && let Some(slot) = self.fields.slot(&field)
        {
            fill(slot, Some(value));
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The name among the attributes of an element.
struct NameIn;

impl<'de> DeserializeSeed<'de> for NameIn {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NameIn {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key_seed(Text)? {
            let value = map.next_value_seed(Text)?;
            if name.is_some_and(|name| is(&name, NAMES)) {
                found = value;
            }
        }
        Ok(found)
    }
}

/// A text, or a number as text; anything else is none.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: serde::Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
