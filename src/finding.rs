//! A link that has been judged.

use crate::command::{Command, Indicator};
use crate::link::{Carrier, Confidence, Kind, Technique, Trigger};
use crate::location::Location;
use crate::precondition::Precondition;

/// How much harm a finding does if it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Severity {
    /// None: said for completeness.
    Info,
    /// Little.
    Low,
    /// Some: it fetches from, or tells, another place.
    Medium,
    /// Much: it starts a program or loads a document from another place.
    High,
    /// It starts a command interpreter or a program that is known for abuse.
    Critical,
}

impl Severity {
    /// The name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// One rule that fired on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Signal {
    /// The permanent id of the rule.
    pub rule: &'static str,
    /// What it adds to, or takes from, the score of the finding.
    pub weight: i32,
    /// What in the link made it fire.
    pub evidence: String,
}

/// Another plausible reading of an ambiguous link.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Alternative {
    /// The DDE service of this reading.
    pub service: Option<String>,
    /// The DDE topic of this reading.
    pub topic: Option<String>,
    /// The DDE item of this reading.
    pub item: Option<String>,
    /// What would start under this reading.
    pub command: Option<Command>,
}

/// A link with what it would start and why that is bad or harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is, by what it would do.
    pub kind: Kind,
    /// What in the document carries it.
    pub carrier: Carrier,
    /// Harm if it runs.
    pub severity: Severity,
    /// That it is what we say.
    pub confidence: Confidence,
    /// What makes it act.
    pub trigger: Trigger,
    /// What must be so before it acts. None of it lowers the score.
    pub preconditions: Vec<Precondition>,
    /// Where it stands.
    pub location: Location,
    /// What stands in the file.
    pub raw: String,
    /// What it means, with everything evaluated.
    pub resolved: String,
    /// The DDE service (application), decoded.
    pub service: Option<String>,
    /// The DDE topic, decoded.
    pub topic: Option<String>,
    /// The DDE item, decoded.
    pub item: Option<String>,
    /// Where an external link points to.
    pub target: Option<String>,
    /// Cells, names and other places that use the link.
    pub used_by: Vec<String>,
    /// Other plausible readings.
    pub alternatives: Vec<Alternative>,
    /// What would start.
    pub command: Option<Command>,
    /// The disguises that were undone.
    pub techniques: Vec<Technique>,
    /// The rules that fired.
    pub signals: Vec<Signal>,
    /// Addresses, files and the like that the command names.
    pub indicators: Vec<Indicator>,
    /// ATT&CK technique ids that the evidence supports.
    pub attack: Vec<&'static str>,
    /// 0 to 100: 80 and more is malicious, 50 to 79 suspicious, below has no effect.
    pub score: u8,
    /// Stable over documents that carry the same link: for allow lists and look-ups.
    pub fingerprint: String,
    /// An entry of the policy's allow list matched the fingerprint: the finding does not count.
    pub allowed: bool,
}

#[cfg(feature = "serde")]
impl serde::Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut ids: Vec<_> = self.techniques.iter().map(|step| step.id).collect();
        ids.dedup();
        let steps = self.techniques.iter().filter_map(|technique| {
            Some(Step {
                technique: technique.id,
                before: technique.before.as_deref()?,
                after: technique.after.as_deref()?,
            })
        });
        let row = Row {
            kind: self.kind,
            carrier: self.carrier,
            severity: self.severity,
            confidence: self.confidence,
            trigger: self.trigger,
            preconditions: &self.preconditions,
            score: self.score,
            location: &self.location,
            raw: &self.raw,
            resolved: &self.resolved,
            service: &self.service,
            topic: &self.topic,
            item: &self.item,
            target: &self.target,
            used_by: &self.used_by,
            alternatives: &self.alternatives,
            command: &self.command,
            techniques: ids,
            steps: steps.collect(),
            signals: &self.signals,
            indicators: &self.indicators,
            attack: &self.attack,
            fingerprint: &self.fingerprint,
            allowed: self.allowed,
        };
        row.serialize(serializer)
    }
}

/// A technique with the text it changed.
#[cfg(feature = "serde")]
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Step<'a> {
    technique: crate::link::TechniqueId,
    /// What stands in the file, or what the step before made of it.
    before: &'a str,
    /// What it means.
    after: &'a str,
}

/// A link with what it would start and why that is bad or harmless.
#[cfg(feature = "serde")]
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Finding"))]
struct Row<'a> {
    /// What it is, by what it would do.
    kind: Kind,
    /// What in the document carries it.
    carrier: Carrier,
    /// Harm if it runs.
    severity: Severity,
    /// That it is what we say.
    confidence: Confidence,
    /// What makes it act.
    trigger: Trigger,
    /// What must be so before it acts. None of it lowers the score.
    preconditions: &'a Vec<Precondition>,
    /// 0 to 100: 80 and more is malicious, 50 to 79 suspicious, below has no effect.
    score: u8,
    /// Where it stands.
    location: &'a Location,
    /// What stands in the file.
    raw: &'a str,
    /// What it means, with everything evaluated.
    resolved: &'a str,
    /// The DDE service (application), decoded.
    service: &'a Option<String>,
    /// The DDE topic, decoded.
    topic: &'a Option<String>,
    /// The DDE item, decoded.
    item: &'a Option<String>,
    /// Where an external link points to.
    target: &'a Option<String>,
    /// Cells, names and other places that use the link.
    used_by: &'a Vec<String>,
    /// Other plausible readings.
    alternatives: &'a Vec<Alternative>,
    /// What would start.
    command: &'a Option<Command>,
    /// The disguises that were undone.
    techniques: Vec<crate::link::TechniqueId>,
    /// Those of them whose text can be shown, in their order.
    steps: Vec<Step<'a>>,
    /// The rules that fired.
    signals: &'a Vec<Signal>,
    /// Addresses, files and the like that the command names.
    indicators: &'a Vec<Indicator>,
    /// ATT&CK technique ids that the evidence supports.
    attack: &'a Vec<&'static str>,
    /// Stable over documents that carry the same link.
    fingerprint: &'a str,
    /// An entry of the allow list matched the fingerprint: the finding does not count.
    allowed: bool,
}

#[cfg(feature = "schema")]
crate::schema::written_as!(Finding, Row<'_>);
