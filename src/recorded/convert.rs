//! From the report in memory, field by field: the same as through JSON.

use super::{
    Alternative, Command, Document, Finding, Gap, Indicator, Location, Omitted, Precondition,
    Properties, RecordedReport, Signal, Skipped, Source, Stage, Step, Tool,
};
use crate::report::Report;
use crate::{command, finding, gap, link, location, precondition};

impl From<&Report> for RecordedReport {
    fn from(report: &Report) -> Self {
        let document = report.document();
        let properties = &document.properties;
        RecordedReport {
            schema: "ddetect/1".to_owned(),
            tool: Tool {
                name: "ddetect".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                rules: crate::rules::VERSION.to_owned(),
            },
            document: Document {
                name: document.name.clone(),
                bytes: document.bytes,
                sha256: document.sha256.clone(),
                format: document.format.as_str().to_owned(),
                properties: Properties {
                    application: properties.application.clone(),
                    author: properties.author.clone(),
                    created: properties.created.clone(),
                    class: properties.class.clone(),
                },
            },
            verdict: report.verdict(),
            score: report.score(),
            complete: report.complete(),
            findings: all(report.findings()),
            gaps: all(report.gaps()),
            skipped: all(report.skipped()),
            omitted: report
                .omitted()
                .iter()
                .map(|omitted| Omitted {
                    kind: omitted.kind.as_str().to_owned(),
                    count: omitted.count,
                    highest_score: omitted.highest_score,
                })
                .collect(),
        }
    }
}

fn all<'a, T, R: From<&'a T>>(list: &'a [T]) -> Vec<R> {
    list.iter().map(R::from).collect()
}

impl From<&finding::Finding> for Finding {
    fn from(finding: &finding::Finding) -> Self {
        let mut techniques: Vec<_> = finding.techniques.iter().map(|step| step.id).collect();
        techniques.dedup();
        Finding {
            kind: finding.kind.as_str().to_owned(),
            carrier: finding.carrier.as_str().to_owned(),
            severity: finding.severity.as_str().to_owned(),
            confidence: finding.confidence.as_str().to_owned(),
            trigger: finding.trigger.as_str().to_owned(),
            preconditions: all(&finding.preconditions),
            score: finding.score,
            location: Location::from(&finding.location),
            raw: finding.raw.clone(),
            resolved: finding.resolved.clone(),
            service: finding.service.clone(),
            topic: finding.topic.clone(),
            item: finding.item.clone(),
            target: finding.target.clone(),
            used_by: finding.used_by.clone(),
            alternatives: all(&finding.alternatives),
            command: finding.command.as_ref().map(Command::from),
            techniques: techniques.iter().map(|id| id.as_str().to_owned()).collect(),
            steps: finding.techniques.iter().filter_map(step).collect(),
            signals: all(&finding.signals),
            indicators: all(&finding.indicators),
            attack: finding.attack.iter().copied().map(str::to_owned).collect(),
            fingerprint: finding.fingerprint.clone(),
            allowed: finding.allowed,
        }
    }
}

/// A technique whose text can be shown.
fn step(technique: &link::Technique) -> Option<Step> {
    Some(Step {
        technique: technique.id.as_str().to_owned(),
        before: technique.before.clone()?,
        after: technique.after.clone()?,
    })
}

impl From<&location::Location> for Location {
    fn from(location: &location::Location) -> Self {
        Location {
            path: location.path().map(str::to_owned).collect(),
            display: location.to_string(),
            field: location.field(),
            cell: location.cell().map(str::to_owned),
            offset: location.offset(),
        }
    }
}

impl From<&precondition::Precondition> for Precondition {
    fn from(precondition: &precondition::Precondition) -> Self {
        Precondition {
            id: precondition.id.as_str().to_owned(),
            needs: precondition.needs.to_owned(),
            by_default: precondition.default.to_owned(),
        }
    }
}

impl From<&command::Stage> for Stage {
    fn from(stage: &command::Stage) -> Self {
        Stage {
            image: stage.image.clone(),
            arguments: stage.arguments.clone(),
            script: stage.script.clone(),
            stages: all(&stage.stages),
        }
    }
}

impl From<&command::Command> for Command {
    fn from(command: &command::Command) -> Self {
        Command {
            line: command.line.clone(),
            image: command.image.clone(),
            arguments: command.arguments.clone(),
            script: command.script.clone(),
            stages: all(&command.stages),
        }
    }
}

impl From<&finding::Alternative> for Alternative {
    fn from(other: &finding::Alternative) -> Self {
        Alternative {
            service: other.service.clone(),
            topic: other.topic.clone(),
            item: other.item.clone(),
            command: other.command.as_ref().map(Command::from),
        }
    }
}

impl From<&finding::Signal> for Signal {
    fn from(signal: &finding::Signal) -> Self {
        Signal {
            rule: signal.rule.to_owned(),
            weight: signal.weight,
            evidence: signal.evidence.clone(),
        }
    }
}

impl From<&command::Indicator> for Indicator {
    fn from(indicator: &command::Indicator) -> Self {
        let place = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
        Indicator {
            kind: indicator.kind.as_str().to_owned(),
            value: indicator.value.clone(),
            defanged: indicator.defanged.clone(),
            canonical: indicator.canonical.clone(),
            source: Source {
                text: indicator.source.text.to_string(),
                start: place(indicator.source.start),
                end: place(indicator.source.end),
            },
        }
    }
}

impl From<&gap::Gap> for Gap {
    fn from(gap: &gap::Gap) -> Self {
        Gap {
            kind: gap.kind.as_str().to_owned(),
            location: Location::from(&gap.location),
            detail: gap.detail.clone(),
        }
    }
}

impl From<&gap::Skipped> for Skipped {
    fn from(skipped: &gap::Skipped) -> Self {
        Skipped {
            path: skipped.location.path().map(str::to_owned).collect(),
            reason: skipped.reason.as_str().to_owned(),
        }
    }
}
