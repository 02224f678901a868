//! SARIF 2.1.0: results for build servers and code scanning.
//!
//! Source: OASIS, Static Analysis Results Interchange Format Version 2.1.0 (section numbers below).
//!
//! One run. **One result a finding**, not one a signal: who reads SARIF counts results, opens one
//! alert for each and follows it by its fingerprint, and a finding is one thing to fix. Its
//! `ruleId` is the rule with the highest weight, which is what the score rests on; all signals
//! stand in `properties.signals`. `rank` is the score, `level` says what it does to the verdict
//! (error: malicious, warning: suspicious, note: nothing), and what the allow list takes out is a
//! suppressed result.
//!
//! Every name on the way to a finding is an artifact, each inside the one before (`parentIndex`).
//! `byteOffset` counts in the innermost. Gaps, and paths that could not be read, are notifications
//! of the invocation.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::attack;
use super::reported::{Found, Place, Reported};
use super::shortened;
use crate::recorded::RecordedReport;

mod model;
mod uri;

use model::{
    Artifact, ArtifactLocation, Component, Descriptor, Hashes, Index, Invocation, Location,
    LogicalLocation, Message, Named, Notification, Properties, Region, Result, Run, Signal,
    Suppression, Taxonomy, Tool,
};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Bytes of a document's text in a message. All of it stands in `properties`.
const QUOTED: usize = 600;

/// Reports as one SARIF log.
#[derive(Clone, Debug, Default)]
pub struct Sarif {
    artifacts: Vec<Artifact>,
    /// Where the artifact of each path stands.
    paths: BTreeMap<Vec<String>, usize>,
    rules: Table,
    notices: Table,
    taxa: Table,
    results: Vec<Result>,
    notifications: Vec<Notification>,
    failed: bool,
}

/// Ids in the order in which they were met.
#[derive(Clone, Debug, Default)]
struct Table {
    ids: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Table {
    fn place(&mut self, id: &str) -> usize {
        if let Some(place) = self.places.get(id) {
            return *place;
        }
        let place = self.ids.len();
        self.ids.push(id.to_owned());
        self.places.insert(id.to_owned(), place);
        place
    }
}

impl Sarif {
    /// Adds a report.
    pub fn add<'r>(&mut self, report: impl Into<Cow<'r, RecordedReport>>) {
        let report = report.into();
        self.take(&Reported::from(report.as_ref()));
    }

    fn take(&mut self, report: &Reported<'_>) {
        // Two documents may have the same name, or none.
        self.paths.clear();
        let root = self.artifacts.len();
        self.artifacts.push(Artifact {
            location: ArtifactLocation {
                uri: uri::root(report.name.unwrap_or("document")),
                index: None,
            },
            parent_index: None,
            length: Some(report.bytes),
            hashes: report.sha256.map(|sha256| Hashes {
                sha256: sha256.to_owned(),
            }),
            roles: &["analysisTarget"],
        });
        self.paths
            .insert(report.name.map(str::to_owned).into_iter().collect(), root);
        for gap in &report.gaps {
            let id = format!("gap-{}", gap.kind);
            // A gap never stops the tool; a defect of it is another matter.
            let level = if gap.kind == "internal" {
                "error"
            } else {
                "warning"
            };
            let notification = Notification {
                descriptor: Index {
                    index: self.notices.place(&id),
                    id,
                },
                level,
                message: Message::of(&format!("Not read: {}", gap.detail)),
                locations: vec![self.location(root, &gap.place, None)],
            };
            self.notifications.push(notification);
        }
        for finding in &report.findings {
            let result = self.result(root, finding);
            self.results.push(result);
        }
    }

    /// Adds a path that could not be read.
    pub fn unreadable(&mut self, name: &str, error: &str) {
        self.failed = true;
        let id = "unreadable".to_owned();
        let location = ArtifactLocation {
            uri: uri::root(name),
            index: None,
        };
        self.notifications.push(Notification {
            descriptor: Index {
                index: self.notices.place(&id),
                id,
            },
            level: "error",
            message: Message::of(&format!("Cannot be read: {error}")),
            locations: vec![Location::of(location)],
        });
    }

    fn result(&mut self, root: usize, finding: &Found<'_>) -> Result {
        let signals = finding.signals.iter();
        // The first of the highest: signals stand in the order of the rules, worst first.
        let strongest = signals
            .clone()
            .reduce(|best, one| if one.1 > best.1 { one } else { best });
        let rule_id = strongest.map_or(finding.kind, |(rule, ..)| *rule);
        let level = match finding.score {
            super::MALICIOUS.. => "error",
            super::COUNTS.. => "warning",
            _ => "note",
        };
        let taxa = finding.attack.iter().map(|id| Named {
            index: self.taxa.place(id),
            id: (*id).to_owned(),
            tool_component: ("MITRE ATT&CK", 0).into(),
        });
        let taxa = taxa.collect();
        let suppressions = finding.allowed.then_some(Suppression {
            kind: "external",
            justification: "The fingerprint is on the allow list.",
        });
        let command = finding.runs.first();
        let location = self.location(root, &finding.place, Some(finding.raw));
        let place = location.physical_location.artifact_location.index;
        let target = self
            .artifacts
            .get(root)
            .filter(|_| place != Some(root))
            .map(|target| ArtifactLocation {
                uri: target.location.uri.clone(),
                index: Some(root),
            });
        Result {
            rule_index: self.rules.place(rule_id),
            rule_id: rule_id.to_owned(),
            level,
            message: Message::of(&message(finding)),
            locations: vec![location],
            analysis_target: target,
            partial_fingerprints: [("ddetect/v1", finding.fingerprint.to_owned())].into(),
            rank: finding.score,
            suppressions: suppressions.into_iter().collect(),
            taxa,
            properties: Properties {
                kind: finding.kind.to_owned(),
                carrier: finding.carrier.to_owned(),
                severity: finding.severity.to_owned(),
                confidence: finding.confidence.to_owned(),
                raw: finding.raw.to_owned(),
                resolved: finding.resolved.to_owned(),
                image: command.and_then(|run| run.image.map(str::to_owned)),
                arguments: command.and_then(|run| run.arguments.map(str::to_owned)),
                techniques: finding.techniques.iter().map(|&id| id.to_owned()).collect(),
                signals: signals.map(Signal::from).collect(),
            },
        }
    }

    /// The place of something in a document, with an artifact for every name on the way.
    fn location(&mut self, root: usize, place: &Place<'_>, raw: Option<&str>) -> Location {
        let mut index = root;
        let mut path = Vec::new();
        for name in &place.path {
            path.push((*name).to_owned());
            if let Some(known) = self.paths.get(&path) {
                index = *known;
                continue;
            }
            let parent = std::mem::replace(&mut index, self.artifacts.len());
            self.artifacts.push(Artifact {
                location: ArtifactLocation {
                    uri: uri::nested(name),
                    index: None,
                },
                parent_index: Some(parent),
                length: None,
                hashes: None,
                roles: &[],
            });
            self.paths.insert(path.clone(), index);
        }
        let uri = self
            .artifacts
            .get(index)
            .map(|one| one.location.uri.clone());
        let mut location = Location::of(ArtifactLocation {
            uri: uri.unwrap_or_default(),
            index: Some(index),
        });
        location.physical_location.region = place.offset.map(|byte_offset| Region {
            byte_offset,
            snippet: raw.map(Message::verbatim),
        });
        let within = place
            .cell
            .map(str::to_owned)
            .or_else(|| place.field.map(|number| format!("field {number}")));
        location.logical_locations = vec![LogicalLocation {
            name: within,
            fully_qualified_name: place.display.to_owned(),
        }];
        location
    }
}

/// One sentence: what it is, what it would start or where it points to, and why that is bad. The
/// addresses are safe to click on.
fn message(finding: &Found<'_>) -> String {
    let what = match finding.kind {
        "dde" => "DDE that needs an update or a click",
        "dde-auto" => "DDE that acts when the document is opened",
        "execute" => "A link that starts a program",
        "external-link" => "A link to another place",
        "inert" => "DDE text that no program would run",
        "anomaly" => "An oddity of the container",
        other => other,
    };
    let image = finding.runs.first().and_then(|run| run.image);
    let starts = image
        .filter(|_| finding.starts())
        .map(|image| format!(" (would start {image})"));
    let text = match finding.resolved {
        "" => finding.target.unwrap_or(finding.raw),
        resolved => resolved,
    };
    let mut quoted = shortened(text, QUOTED).to_owned();
    for named in &finding.indicators {
        if named.value != named.defanged && !named.value.is_empty() {
            quoted = quoted.replace(named.value, named.defanged);
        }
    }
    if text.len() > QUOTED {
        quoted.push('…');
    }
    let rules: Vec<_> = finding.signals.iter().map(|(rule, ..)| *rule).collect();
    format!(
        "{what}{}: {quoted} [{}]",
        starts.unwrap_or_default(),
        rules.join(", ")
    )
}

impl Serialize for Sarif {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let rules = self.rules.ids.iter().map(|id| {
            let meaning = crate::rules::meaning(id).unwrap_or("Something that a report names.");
            Descriptor::rule(id, meaning)
        });
        let notices = self.notices.ids.iter().map(|id| Descriptor::notice(id));
        let taxa = self
            .taxa
            .ids
            .iter()
            .map(|id| Descriptor::taxon(id, attack::name(id), attack::page(id)));
        let taxa: Vec<_> = taxa.collect();
        let run = Run {
            tool: Tool {
                driver: Component {
                    name: "ddetect",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    supported_taxonomies: (!taxa.is_empty())
                        .then(|| ("MITRE ATT&CK", 0).into())
                        .into_iter()
                        .collect(),
                    rules: rules.collect(),
                    notifications: notices.collect(),
                },
            },
            taxonomies: (!taxa.is_empty())
                .then_some(Taxonomy {
                    name: "MITRE ATT&CK",
                    version: attack::VERSION,
                    organization: "MITRE",
                    information_uri: "https://attack.mitre.org/",
                    short_description: Message::verbatim("Techniques of adversaries"),
                    is_comprehensive: false,
                    taxa,
                })
                .into_iter()
                .collect(),
            invocations: [Invocation {
                execution_successful: !self.failed,
                tool_execution_notifications: &self.notifications,
            }],
            artifacts: &self.artifacts,
            results: &self.results,
        };
        model::Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [run],
        }
        .serialize(to)
    }
}

#[cfg(test)]
mod tests;
