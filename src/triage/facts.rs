//! What the questions, the level and the actions rest on: drawn from report and context once.

use std::collections::BTreeSet;

use super::card::{Answer, Needed, Predicted};
use super::context::{Context, MatchQuality, Observed, ObservedKind, SenderTrust};
use super::predict::{COUNTS, is_dde, is_ordinary, shows};
use super::settings::{enabled, settings};
use crate::recorded::{Finding, RecordedReport};
use crate::verdict::Verdict;

/// A score from which a finding is malicious (design page, "The JSON contract").
const MALICIOUS: u8 = 80;
/// Carriers that load a document, whose payload then stands elsewhere.
const LOADERS: &[&str] = &[
    "alt-chunk",
    "frame",
    "include-text",
    "rd-field",
    "remote-template",
    "sub-document",
];

pub(super) struct Facts<'a> {
    pub(super) report: &'a RecordedReport,
    pub(super) context: &'a Context,
    pub(super) chains: &'a [Predicted],
    pub(super) needed: &'a [Needed],
    /// Findings that no allow entry took out.
    pub(super) findings: Vec<&'a Finding>,
    /// The ids of the chains.
    ids: BTreeSet<&'a str>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(
        report: &'a RecordedReport,
        context: &'a Context,
        chains: &'a [Predicted],
        needed: &'a [Needed],
    ) -> Self {
        let findings = report.findings.iter().filter(|finding| !finding.allowed);
        Facts {
            report,
            context,
            chains,
            needed,
            findings: findings.collect(),
            ids: chains.iter().map(|chain| &*chain.id).collect(),
        }
    }

    /// Whether everything was read.
    pub(super) fn complete(&self) -> bool {
        let incomplete = self.report.verdict == Verdict::Incomplete;
        self.report.complete && self.report.gaps.is_empty() && !incomplete
    }

    pub(super) fn any(&self, what: impl Fn(&Finding) -> bool) -> bool {
        self.findings.iter().any(|finding| what(finding))
    }

    /// Something counts for the verdict, kept in the report or not.
    pub(super) fn counts(&self) -> bool {
        let omitted = self.report.omitted.iter();
        self.report.verdict >= Verdict::Suspicious
            || self.any(|finding| finding.score >= COUNTS)
            || omitted.into_iter().any(|rest| rest.highest_score >= COUNTS)
    }

    /// A link starts a program, and the score says that it is the attacker's.
    pub(super) fn executes(&self) -> bool {
        self.any(|finding| {
            let starts = is_dde(finding) || finding.kind == "execute";
            starts && finding.score >= MALICIOUS && finding.command.is_some()
        })
    }

    /// DDE with a server that is neither known for abuse nor known as ordinary.
    pub(super) fn unknown_server(&self) -> bool {
        self.any(|finding| is_dde(finding) && finding.score < COUNTS && !is_ordinary(finding))
    }

    /// DDE that is ordinary by what it talks to.
    pub(super) fn ordinary(&self) -> bool {
        self.any(|finding| is_dde(finding) && is_ordinary(finding))
    }

    /// A document is loaded from another place.
    pub(super) fn loads_elsewhere(&self) -> bool {
        self.any(|finding| {
            finding.kind == "external-link"
                && finding.score >= COUNTS
                && LOADERS.contains(&finding.carrier.as_str())
        })
    }

    /// The payload itself would change the settings of DDE.
    pub(super) fn would_enable(&self) -> bool {
        self.any(|finding| shows(finding, "enables-dde"))
    }

    /// DDE of any kind.
    pub(super) fn dde(&self) -> bool {
        self.any(is_dde)
    }

    pub(super) fn programs(&self) -> bool {
        self.chains.iter().any(|chain| chain.process.is_some())
    }

    pub(super) fn network(&self) -> bool {
        self.chains.iter().any(|chain| !chain.network.is_empty())
    }

    fn events(&self, kind: ObservedKind) -> impl Iterator<Item = &'a Observed> {
        let of_report = move |event: &&Observed| {
            let known = |id: &String| self.ids.contains(id.as_str());
            // A change of the settings needs no chain.
            event
                .chain
                .as_ref()
                .map_or(event.kind == ObservedKind::RegistryEnable, known)
        };
        let observed = self.context.observed.iter();
        observed
            .filter(move |event| event.kind == kind)
            .filter(of_report)
    }

    /// Programs of predicted chains that were started.
    pub(super) fn started(&self) -> Vec<&'a Observed> {
        self.events(ObservedKind::Process).collect()
    }

    /// What proves that a payload ran: a program with the words of its command line, or what it
    /// writes into the registry.
    pub(super) fn ran(&self) -> Vec<&'a Observed> {
        let processes = self.events(ObservedKind::Process);
        let values = self.events(ObservedKind::RegistryPayload);
        let all = processes.chain(values);
        all.filter(|event| event.quality >= MatchQuality::Terms)
            .collect()
    }

    /// Changes of the registry that let DDE run.
    pub(super) fn enabled(&self) -> Vec<&'a Observed> {
        self.events(ObservedKind::RegistryEnable).collect()
    }

    /// Values that the payload sets were set.
    pub(super) fn written(&self) -> Vec<&'a Observed> {
        self.events(ObservedKind::RegistryPayload).collect()
    }

    /// Whether the settings of the computer let the links act, as far as they are known: AllowDDE
    /// and its like, which stand otherwise where nobody changed them.
    pub(super) fn dde_allowed(&self) -> Answer {
        let settings = settings(self.needed);
        let mut answers = settings
            .iter()
            .map(|setting| (setting.id, enabled(setting, self.context)));
        if answers.any(|(id, answer)| id == "allow-dde" && answer == Answer::Yes) {
            return Answer::Yes;
        }
        let mut answers = settings
            .iter()
            .map(|setting| enabled(setting, self.context));
        if answers.any(|answer| answer == Answer::No) {
            Answer::No
        } else {
            Answer::Unknown
        }
    }

    pub(super) fn untrusted(&self) -> bool {
        !matches!(
            self.context.sender,
            Some(SenderTrust::Trusted | SenderTrust::Known)
        )
    }

    pub(super) fn phishing(&self) -> bool {
        self.context.sender == Some(SenderTrust::Spoofed)
            || self.context.related_phishing == Some(true)
    }
}

/// Where and when, for a sentence.
pub(super) fn told(events: &[&Observed]) -> String {
    let mut words: Vec<String> = Vec::new();
    for event in events.iter().take(3) {
        let mut word = event.source.clone();
        for (before, text) in [(" on ", &event.host), (" at ", &event.when)] {
            if let Some(text) = text {
                word.push_str(before);
                word.push_str(text);
            }
        }
        words.push(word);
    }
    let more = events.len().saturating_sub(words.len());
    if more > 0 {
        words.push(format!("{more} more"));
    }
    words.join(", ")
}
