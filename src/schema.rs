//! The JSON Schema of reports, made from the types that are written.

use schemars::generate::SchemaSettings;
use schemars::{Schema, json_schema};

use crate::report::Report;

/// The JSON Schema (draft 2020-12) of a [`Report`] as JSON, indented.
///
/// It describes what reports hold; readers must accept more: fields and names are added, never
/// removed or changed.
///
/// ```
/// let schema = ddetect::schema();
/// assert!(schema.contains("\"Finding\""));
/// ```
pub fn schema() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Report>();
    let mut schema = schema.to_value();
    // A crate beside this one may have switched `preserve_order` of serde_json on.
    schema.sort_all_objects();
    // A `Schema` again: it writes the keywords that matter most first.
    let schema = Schema::try_from(schema).unwrap_or_default();
    serde_json::to_string_pretty(&schema).unwrap_or_default()
}

/// The schema of a closed list of names, each with what it means.
pub(crate) fn names(values: &[(&str, &str)]) -> Schema {
    let values = values.iter().map(|(name, about)| {
        let about = about.trim();
        json_schema!({ "type": "string", "const": name, "description": about })
    });
    let values: Vec<_> = values.collect();
    json_schema!({ "oneOf": values })
}

/// The schema of a type is that of the row it is written as.
macro_rules! written_as {
    ($name:ident, $row:ty) => {
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                <$row>::schema_name()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$row>::json_schema(generator)
            }
        }
    };
}
pub(crate) use written_as;
