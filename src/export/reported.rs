//! What the exports read of a report, borrowed from it: the one place that knows where it stands
//! there.

use crate::recorded::{Finding, Gap, Location, RecordedReport, Stage};
use crate::verdict::Verdict;

/// A report as the exports read it.
#[derive(Clone, Debug)]
pub(super) struct Reported<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) bytes: u64,
    /// Of reports that were read back, only if it is one.
    pub(super) sha256: Option<&'a str>,
    pub(super) format: &'a str,
    pub(super) verdict: Verdict,
    pub(super) findings: Vec<Found<'a>>,
    pub(super) gaps: Vec<Missed<'a>>,
}

/// A finding.
#[derive(Clone, Debug)]
pub(super) struct Found<'a> {
    pub(super) kind: &'a str,
    pub(super) carrier: &'a str,
    pub(super) severity: &'a str,
    pub(super) confidence: &'a str,
    pub(super) place: Place<'a>,
    pub(super) raw: &'a str,
    pub(super) resolved: &'a str,
    pub(super) target: Option<&'a str>,
    /// The program that the link starts, then what that starts: parents stand before children.
    pub(super) runs: Vec<Run<'a>>,
    pub(super) techniques: Vec<&'a str>,
    /// Rule, weight and evidence.
    pub(super) signals: Vec<(&'a str, i32, &'a str)>,
    pub(super) indicators: Vec<Named<'a>>,
    pub(super) attack: Vec<&'a str>,
    pub(super) score: u8,
    pub(super) fingerprint: &'a str,
    pub(super) allowed: bool,
}

impl Found<'_> {
    /// Whether it counts for the verdict.
    pub(super) fn counts(&self) -> bool {
        self.score >= super::COUNTS && !self.allowed
    }

    pub(super) fn is_malicious(&self) -> bool {
        self.score >= super::MALICIOUS && !self.allowed
    }

    /// Whether it starts a program when it acts.
    pub(super) fn starts(&self) -> bool {
        matches!(self.kind, "dde" | "dde-auto" | "execute")
    }
}

/// Where something stands.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    /// The names that lead there, the document first when it has a name.
    pub(super) path: Vec<&'a str>,
    pub(super) display: &'a str,
    pub(super) field: Option<u32>,
    pub(super) cell: Option<&'a str>,
    pub(super) offset: Option<u64>,
}

/// A program that would start.
#[derive(Clone, Debug)]
pub(super) struct Run<'a> {
    /// How many of the programs before it lead to it.
    pub(super) depth: usize,
    pub(super) image: Option<&'a str>,
    pub(super) arguments: Option<&'a str>,
    pub(super) script: Option<&'a str>,
}

/// An address, a file or an entry of the registry.
#[derive(Clone, Debug)]
pub(super) struct Named<'a> {
    pub(super) kind: &'a str,
    pub(super) value: &'a str,
    pub(super) canonical: Option<&'a str>,
    pub(super) defanged: &'a str,
}

impl<'a> Named<'a> {
    /// What it means.
    pub(super) fn meaning(&self) -> &'a str {
        self.canonical.unwrap_or(self.value)
    }
}

/// A gap.
#[derive(Clone, Debug)]
pub(super) struct Missed<'a> {
    pub(super) kind: &'a str,
    pub(super) detail: &'a str,
    pub(super) place: Place<'a>,
}

impl<'a> From<&'a RecordedReport> for Reported<'a> {
    fn from(report: &'a RecordedReport) -> Self {
        let document = &report.document;
        let sha256 = document.sha256.as_str();
        let is_sha256 = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        Reported {
            name: document.name.as_deref(),
            bytes: document.bytes,
            sha256: is_sha256.then_some(sha256),
            format: &document.format,
            verdict: report.verdict,
            findings: report.findings.iter().map(found).collect(),
            gaps: report.gaps.iter().map(missed).collect(),
        }
    }
}

fn place(location: &Location) -> Place<'_> {
    Place {
        path: strings(&location.path),
        display: &location.display,
        field: location.field,
        cell: location.cell.as_deref(),
        offset: location.offset,
    }
}

fn strings(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

fn missed(gap: &Gap) -> Missed<'_> {
    Missed {
        kind: &gap.kind,
        detail: &gap.detail,
        place: place(&gap.location),
    }
}

fn found(finding: &Finding) -> Found<'_> {
    let signals = finding.signals.iter();
    let indicators = finding.indicators.iter().map(|one| Named {
        kind: &one.kind,
        value: &one.value,
        canonical: one.canonical.as_deref(),
        defanged: &one.defanged,
    });
    Found {
        kind: &finding.kind,
        carrier: &finding.carrier,
        severity: &finding.severity,
        confidence: &finding.confidence,
        place: place(&finding.location),
        raw: &finding.raw,
        resolved: &finding.resolved,
        target: finding.target.as_deref(),
        runs: runs(finding),
        techniques: strings(&finding.techniques),
        signals: signals
            .map(|one| (one.rule.as_str(), one.weight, one.evidence.as_str()))
            .collect(),
        indicators: indicators.collect(),
        attack: strings(&finding.attack),
        score: finding.score.min(100),
        fingerprint: &finding.fingerprint,
        allowed: finding.allowed,
    }
}

/// The programs of a finding in the order in which they start.
fn runs(finding: &Finding) -> Vec<Run<'_>> {
    let Some(command) = &finding.command else {
        return Vec::new();
    };
    let mut runs = vec![Run {
        depth: 0,
        image: command.image.as_deref(),
        arguments: command.arguments.as_deref(),
        script: command.script.as_deref(),
    }];
    let mut open: Vec<(usize, &Stage)> = command.stages.iter().rev().map(|one| (1, one)).collect();
    while let Some((depth, stage)) = open.pop() {
        runs.push(Run {
            depth,
            image: stage.image.as_deref(),
            arguments: stage.arguments.as_deref(),
            script: stage.script.as_deref(),
        });
        let below = depth.saturating_add(1);
        open.extend(stage.stages.iter().rev().map(|one| (below, one)));
    }
    runs
}
