//! A link that has been judged.

use crate::command::{Command, Indicator};
use crate::link::{Carrier, Confidence, Kind, Technique, Trigger};
use crate::location::Location;

/// How much harm a finding does if it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
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
        use serde::ser::SerializeStruct;

        /// A technique with the text it changed.
        #[derive(serde::Serialize)]
        struct Step<'a> {
            technique: crate::link::TechniqueId,
            before: &'a str,
            after: &'a str,
        }

        let mut ids: Vec<_> = self
            .techniques
            .iter()
            .map(|technique| technique.id)
            .collect();
        ids.dedup();
        let steps: Vec<Step<'_>> = self
            .techniques
            .iter()
            .filter_map(|technique| {
                let before = technique.before.as_deref()?;
                let after = technique.after.as_deref()?;
                Some(Step {
                    technique: technique.id,
                    before,
                    after,
                })
            })
            .collect();

        let mut map = serializer.serialize_struct("Finding", 23)?;
        map.serialize_field("kind", &self.kind)?;
        map.serialize_field("carrier", &self.carrier)?;
        map.serialize_field("severity", &self.severity)?;
        map.serialize_field("confidence", &self.confidence)?;
        map.serialize_field("trigger", &self.trigger)?;
        map.serialize_field("score", &self.score)?;
        map.serialize_field("location", &self.location)?;
        map.serialize_field("raw", &self.raw)?;
        map.serialize_field("resolved", &self.resolved)?;
        map.serialize_field("service", &self.service)?;
        map.serialize_field("topic", &self.topic)?;
        map.serialize_field("item", &self.item)?;
        map.serialize_field("target", &self.target)?;
        map.serialize_field("used_by", &self.used_by)?;
        map.serialize_field("alternatives", &self.alternatives)?;
        map.serialize_field("command", &self.command)?;
        map.serialize_field("techniques", &ids)?;
        map.serialize_field("steps", &steps)?;
        map.serialize_field("signals", &self.signals)?;
        map.serialize_field("indicators", &self.indicators)?;
        map.serialize_field("attack", &self.attack)?;
        map.serialize_field("fingerprint", &self.fingerprint)?;
        map.serialize_field("allowed", &self.allowed)?;
        map.end()
    }
}
