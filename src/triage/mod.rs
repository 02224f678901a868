//! The analyst's side: the card from which an alert about DDE (ATT&CK T1559.002) is worked, each of
//! its items answered as far as a document can answer it.
//!
//! [`triage`] is a pure function of a report and a [`Context`], which is what the analyst knows and
//! the document cannot tell. What neither tells is `unknown`, with what is needed to tell. What
//! would happen stands in `predicted`, what did happen in `observed`, which holds what the context
//! says and nothing else.
//!
//! # Malformed input
//!
//! A report read back from JSON may say anything. Names that this version does not know count as
//! nothing known: they never lower the level.
//!
//! # Worst cases
//!
//! Linear in the report and the context, times a logarithm. Recursion goes as deep as the stages
//! nest, which the reader of the JSON bounds at 128.

mod actions;
mod card;
mod context;
mod escalation;
mod facts;
mod hunts;
mod parent;
mod predict;
mod prompts;
mod questions;
mod settings;
mod terms;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use card::{
    Action, Answer, Escalation, Evidence, Field, Hunt, Ioc, KeyIndicator, Level, Match, Needed,
    Predicted, Process, Prompt, Provenance, Question, Subject, Triage,
};
pub use context::{
    Baseline, Context, HostValue, MatchQuality, Observed, ObservedKind, SenderTrust,
};

use crate::recorded::RecordedReport;
use facts::Facts;

/// The version of the JSON of cards.
const SCHEMA: &str = "ddetect-triage/1";

/// Fills in the card of a document from a [`Report`](crate::Report) or a [`RecordedReport`].
///
/// ```
/// use ddetect::triage::Level;
/// use ddetect::{Analyzer, Context, triage};
///
/// let report = Analyzer::default().analyze(b"=cmd|'/c calc.exe'!A1\n".as_slice());
/// let card = triage(&report, &Context::new());
/// assert_eq!(card.escalation.level, Level::EscalateT2);
/// assert_eq!(card.predicted[0].parents, ["excel.exe"]);
/// ```
pub fn triage<'r>(report: impl Into<Cow<'r, RecordedReport>>, context: &Context) -> Triage {
    let report: Cow<'r, RecordedReport> = report.into();
    let report = report.as_ref();
    let predicted = predict::predicted(report);
    let preconditions = settings::needed(report, &predicted, context);
    let facts = Facts::of(report, context, &predicted, &preconditions);
    Triage {
        schema: SCHEMA,
        document: Subject {
            name: report.document.name.clone(),
            sha256: report.document.sha256.clone(),
            format: report.document.format.clone(),
            verdict: report.verdict,
            score: report.score,
            complete: facts.complete(),
        },
        indicators: questions::indicators(&facts),
        iocs: predict::iocs(report),
        questions: questions::questions(&facts),
        hunts: hunts::hunts(&report.document, &predicted, &preconditions),
        observed: context.observed.clone(),
        escalation: escalation::escalation(&facts),
        next_steps: actions::next_steps(&facts),
        t2_actions: actions::t2_actions(&facts),
        containment: actions::containment(&facts),
        provenance: provenance(report, context),
        evidence: evidence(report),
        predicted,
        preconditions,
    }
}

fn provenance(report: &RecordedReport, context: &Context) -> Provenance {
    let said = &report.document.properties;
    let worst = report.findings.iter().rev();
    let worst = worst.max_by_key(|finding| (!finding.allowed, finding.score));
    let containers = worst.and_then(|finding| finding.location.path.split_last());
    Provenance {
        application: said.application.clone(),
        author: said.author.clone(),
        created: said.created.clone(),
        class: said.class.clone(),
        sender: context.sender,
        zone: context.zone,
        first_seen: context.first_seen.clone(),
        containers: containers.map_or(Vec::new(), |(_, outer)| outer.to_vec()),
    }
}

fn evidence(report: &RecordedReport) -> Evidence {
    let gaps = report.gaps.iter();
    let omitted = report.omitted.iter().map(|rest| rest.count);
    Evidence {
        schema: report.schema.clone(),
        tool: report.tool.name.clone(),
        version: report.tool.version.clone(),
        rules: report.tool.rules.clone(),
        gaps: gaps
            .map(|gap| format!("{}: {} ({})", gap.kind, gap.location.display, gap.detail))
            .collect(),
        omitted: omitted.fold(0, u64::saturating_add),
    }
}
