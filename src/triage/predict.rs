//! What would happen if a link acted: predicted from the document, seen by nobody.

use std::collections::BTreeSet;

use super::card::{Ioc, Predicted, Process};
use super::parent::parents;
use super::prompts::prompts;
use super::terms::terms;
use crate::recorded::{Command, Document, Finding, Indicator, RecordedReport, Stage};

/// A score from which a finding counts for the verdict (design page, "The JSON contract").
pub(super) const COUNTS: u8 = 50;
/// Programs of one chain. Reports hold no more; one that somebody wrote may.
const PROGRAMS: usize = 64;

/// Whether a link is DDE that acts.
pub(super) fn is_dde(finding: &Finding) -> bool {
    matches!(finding.kind.as_str(), "dde" | "dde-auto")
}

/// Whether a rule fired.
pub(super) fn shows(finding: &Finding, rule: &str) -> bool {
    finding.signals.iter().any(|signal| signal.rule == rule)
}

/// Market data, plant data, Office to Office.
pub(super) fn is_ordinary(finding: &Finding) -> bool {
    let ordinary = ["benign-service", "office-peer"];
    finding.score < COUNTS && ordinary.iter().any(|rule| shows(finding, rule))
}

/// Findings of which a chain is made.
fn acts(finding: &Finding) -> bool {
    let kind = finding.kind.as_str();
    let starts = is_dde(finding) || kind == "execute";
    let known_not_to_act = matches!(kind, "inert" | "anomaly");
    !finding.allowed
        && !is_ordinary(finding)
        && !known_not_to_act
        && (starts || finding.score >= COUNTS)
}

/// The chains of a report, in document order: one for each fingerprint, one for each other
/// reading of it.
pub(super) fn predicted(report: &RecordedReport) -> Vec<Predicted> {
    let mut seen = BTreeSet::new();
    let mut chains = Vec::new();
    for finding in report.findings.iter().filter(|finding| acts(finding)) {
        if seen.insert(finding.fingerprint.as_str()) {
            chains.push(chain(finding, &report.document));
            chains.extend(others(finding, &report.document));
        }
    }
    chains
}

fn chain(finding: &Finding, document: &Document) -> Predicted {
    let parents = parents(finding, document);
    let values = |kinds: &[&str]| values(&finding.indicators, kinds);
    Predicted {
        id: finding.fingerprint.clone(),
        finding: finding.fingerprint.clone(),
        location: finding.location.display.clone(),
        prompts: prompts(finding, &parents),
        parents,
        command_line: line(finding),
        process: finding.command.as_ref().and_then(process),
        network: values(&["email", "host", "ip", "unc", "url"]),
        files: values(&["file-path"]),
        registry: values(&["registry-key", "registry-value"]),
        confidence: finding.confidence.clone(),
    }
}

/// The chains of other readings that would start something else.
fn others(finding: &Finding, document: &Document) -> Vec<Predicted> {
    let mut chains: Vec<Predicted> = Vec::new();
    let main = chain(finding, document);
    for other in finding.alternatives.iter().take(8) {
        let Some(command) = &other.command else {
            continue;
        };
        let process = process(command);
        let same = |chain: &Predicted| chain.process == process;
        if process.is_none() || same(&main) || chains.iter().any(same) {
            continue;
        }
        chains.push(Predicted {
            id: format!("{}-{}", main.id, chains.len().saturating_add(1)),
            command_line: command.line.clone(),
            process,
            confidence: "low".to_owned(),
            ..main.clone()
        });
    }
    chains
}

fn line(finding: &Finding) -> String {
    let line = finding.command.as_ref().map(|command| &command.line);
    line.or(finding.target.as_ref())
        .unwrap_or(&finding.resolved)
        .clone()
}

/// Indicators of these kinds, as they are meant, once each.
fn values(indicators: &[Indicator], kinds: &[&str]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let wanted = indicators
        .iter()
        .filter(|named| kinds.contains(&named.kind.as_str()));
    let meant = wanted.map(|named| named.canonical.as_ref().unwrap_or(&named.value));
    meant.filter(|value| seen.insert(*value)).cloned().collect()
}

fn process(command: &Command) -> Option<Process> {
    let image = command.image.clone()?;
    let mut left = PROGRAMS;
    Some(Process {
        image,
        // What Office starts, the log shows as the document says it.
        terms: terms(command.arguments.as_deref().unwrap_or_default(), true),
        arguments: command.arguments.clone(),
        script: command.script.clone(),
        children: children(&command.stages, &mut left),
    })
}

/// What a program would start. Stages whose program is not known are left out, what they would
/// start is not.
fn children(stages: &[Stage], left: &mut usize) -> Vec<Process> {
    let mut all = Vec::new();
    for stage in stages {
        let Some(fewer) = left.checked_sub(1) else {
            break;
        };
        *left = fewer;
        let below = children(&stage.stages, left);
        match &stage.image {
            None => all.extend(below),
            Some(image) => all.push(Process {
                image: image.clone(),
                terms: terms(stage.arguments.as_deref().unwrap_or_default(), false),
                arguments: stage.arguments.clone(),
                script: stage.script.clone(),
                children: below,
            }),
        }
    }
    all
}

/// What the links that are no ordinary ones name, once each, in document order.
pub(super) fn iocs(report: &RecordedReport) -> Vec<Ioc> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for finding in report.findings.iter().filter(|finding| acts(finding)) {
        for named in &finding.indicators {
            if seen.insert((&named.kind, &named.value)) {
                all.push(Ioc {
                    kind: named.kind.clone(),
                    value: named.value.clone(),
                    defanged: named.defanged.clone(),
                    finding: finding.fingerprint.clone(),
                });
            }
        }
    }
    all
}
