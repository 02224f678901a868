//! The objects of SARIF that are written, with the properties that are used. Section 3 of the
//! standard has them all.

use std::collections::BTreeMap;

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) runs: [Run<'a>; 1],
}

#[derive(Serialize)]
pub(super) struct Run<'a> {
    pub(super) tool: Tool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) taxonomies: Vec<Taxonomy>,
    pub(super) invocations: [Invocation<'a>; 1],
    pub(super) artifacts: &'a [Artifact],
    pub(super) results: &'a [Result],
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) driver: Component,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) semantic_version: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) supported_taxonomies: Vec<ComponentReference>,
    pub(super) rules: Vec<Descriptor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) notifications: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taxonomy {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) organization: &'static str,
    pub(super) information_uri: &'static str,
    pub(super) short_description: Message,
    pub(super) is_comprehensive: bool,
    pub(super) taxa: Vec<Descriptor>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ComponentReference {
    name: &'static str,
    index: usize,
}

impl From<(&'static str, usize)> for ComponentReference {
    fn from((name, index): (&'static str, usize)) -> Self {
        ComponentReference { name, index }
    }
}

/// A rule, a kind of notification or a technique (3.49).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    short_description: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
}

impl Descriptor {
    /// The first sentence of what a rule means is its short description.
    pub(super) fn rule(id: &str, meaning: &str) -> Self {
        let first = meaning.split_once(". ").map_or(meaning, |(first, _)| first);
        let first = first.trim_end_matches('.');
        Descriptor {
            id: id.to_owned(),
            // A name that only repeats the id is not wanted (SARIF1001).
            name: id.contains('-').then(|| pascal(id)),
            short_description: Message::of(&format!("{first}.")),
            full_description: Some(Message::of(meaning)),
            help: Some(Message::of(meaning)),
            help_uri: None,
        }
    }

    pub(super) fn notice(id: &str) -> Self {
        let text = match id {
            "unreadable" => "A path could not be read.",
            "gap-damaged" => "Bytes that may hide a payload are broken past repair.",
            "gap-encrypted" => "Bytes that may hide a payload are encrypted.",
            "gap-internal" => "A defect of the tool: please report it.",
            "gap-limit" => "A limit was reached before everything was read.",
            "gap-unsupported" => "A document of a kind that is not read.",
            _ => "Something that may hide a payload was not read.",
        };
        Descriptor {
            id: id.to_owned(),
            name: id.contains('-').then(|| pascal(id)),
            short_description: Message::of(text),
            full_description: None,
            help: None,
            help_uri: None,
        }
    }

    pub(super) fn taxon(id: &str, name: &str, page: String) -> Self {
        Descriptor {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            short_description: Message::verbatim(name),
            full_description: None,
            help: None,
            help_uri: Some(page),
        }
    }
}

/// `hidden-window` is `HiddenWindow`: names of rules are in that case (3.49.7).
fn pascal(id: &str) -> String {
    let words = id.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    pub(super) execution_successful: bool,
    #[serde(skip_serializing_if = "<[Notification]>::is_empty")]
    pub(super) tool_execution_notifications: &'a [Notification],
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Notification {
    pub(super) descriptor: Index,
    pub(super) level: &'static str,
    pub(super) message: Message,
    pub(super) locations: Vec<Location>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Index {
    pub(super) id: String,
    pub(super) index: usize,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    pub(super) location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) length: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hashes: Option<Hashes>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) roles: &'static [&'static str],
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Hashes {
    #[serde(rename = "sha-256")]
    pub(super) sha256: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Result {
    pub(super) rule_id: String,
    pub(super) rule_index: usize,
    pub(super) level: &'static str,
    pub(super) rank: u8,
    pub(super) message: Message,
    pub(super) locations: Vec<Location>,
    /// The document that was handed over, where it is not the place itself (3.27.13).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) analysis_target: Option<ArtifactLocation>,
    pub(super) partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) taxa: Vec<Named>,
    pub(super) properties: Properties,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Suppression {
    pub(super) kind: &'static str,
    pub(super) justification: &'static str,
}

/// A technique in the list of the run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) index: usize,
    pub(super) tool_component: ComponentReference,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    pub(super) physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) logical_locations: Vec<LogicalLocation>,
}

impl Location {
    pub(super) fn of(artifact_location: ArtifactLocation) -> Self {
        Location {
            physical_location: PhysicalLocation {
                artifact_location,
                region: None,
            },
            logical_locations: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub(super) artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) byte_offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snippet: Option<Message>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) fully_qualified_name: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Message {
    text: String,
}

impl Message {
    /// Text for people. Braces and square brackets have a meaning in messages (3.11.5, 3.11.6).
    pub(super) fn of(text: &str) -> Self {
        let mut escaped = String::new();
        for c in text.chars() {
            match c {
                '{' | '}' => escaped.extend([c, c]),
                '[' | ']' => escaped.extend(['\\', c]),
                c => escaped.push(c),
            }
        }
        Message { text: escaped }
    }

    /// Text that is quoted as it is, where nothing in it has a meaning.
    pub(super) fn verbatim(text: &str) -> Self {
        Message {
            text: text.to_owned(),
        }
    }
}

/// What SARIF has no word for (3.8).
#[derive(Clone, Debug, Serialize)]
pub(super) struct Properties {
    pub(super) kind: String,
    pub(super) carrier: String,
    pub(super) severity: String,
    pub(super) confidence: String,
    pub(super) raw: String,
    pub(super) resolved: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arguments: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) techniques: Vec<String>,
    pub(super) signals: Vec<Signal>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Signal {
    rule: String,
    weight: i32,
    evidence: String,
}

impl From<&(&str, i32, &str)> for Signal {
    fn from((rule, weight, evidence): &(&str, i32, &str)) -> Self {
        Signal {
            rule: (*rule).to_owned(),
            weight: *weight,
            evidence: (*evidence).to_owned(),
        }
    }
}
