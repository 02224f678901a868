//! What to do next: only where the evidence for it exists.

use std::collections::BTreeSet;

use super::card::{Action, Predicted};
use super::context::ObservedKind;
use super::facts::{Facts, told};
use super::predict::COUNTS;
use super::settings::settings;

fn act(all: &mut Vec<Action>, id: &'static str, text: impl Into<String>) {
    let text = text.into();
    all.push(Action { id, text });
}

/// What the first line does.
pub(super) fn next_steps(facts: &Facts<'_>) -> Vec<Action> {
    let mut all = Vec::new();
    if !facts.findings.is_empty() && facts.untrusted() {
        let text = "Ask the supposed sender, over another channel, whether the document is theirs.";
        act(&mut all, "verify-source", text);
    }
    let settings = settings(facts.needed);
    if !settings.is_empty() {
        let names: Vec<_> = settings.iter().map(|setting| setting.name).collect();
        let text = format!("Read {} on the computer.", names.join(", "));
        act(&mut all, "check-settings", text);
    }
    if facts.programs() && !facts.context.logs_searched {
        let text = "Search the logs with the hunts, five minutes before and after the document was opened.";
        act(&mut all, "search-chain", text);
    }
    if facts.network() {
        let text =
            "Search outbound connections and DNS queries for the addresses in the indicators.";
        act(&mut all, "search-network", text);
    }
    if facts.counts() && !facts.chains.is_empty() {
        let text = "Look for other documents with the same fingerprints.";
        act(&mut all, "find-siblings", text);
    }
    if facts.counts() && facts.context.opened == Some(true) || !facts.ran().is_empty() {
        let text = "Compare the logons of the user before and after the document was opened.";
        act(&mut all, "check-logons", text);
    }
    if facts.loads_elsewhere() {
        let text = "Fetch the document that this one loads, in a safe place, and analyse it.";
        act(&mut all, "fetch-linked", text);
    }
    let encrypted = |kind: &str| facts.report.gaps.iter().any(|gap| gap.kind == kind);
    if encrypted("encrypted") {
        let text = "Get the password, often in the message, and analyse the document again.";
        act(&mut all, "get-password", text);
    }
    if facts.report.gaps.iter().any(|gap| gap.kind != "encrypted") {
        let text = "Look at what was not read (evidence.gaps) by other means.";
        act(&mut all, "read-gaps", text);
    }
    all
}

/// What the second line does.
pub(super) fn t2_actions(facts: &Facts<'_>) -> Vec<Action> {
    let mut all = Vec::new();
    let started = facts.started();
    if !started.is_empty() {
        let text = format!(
            "Examine the computers on which it was seen: {}.",
            told(&started)
        );
        act(&mut all, "examine-host", text);
        let text = "Capture the memory of the processes of the chain while they run.";
        act(&mut all, "capture-memory", text);
    }
    if facts.network() && facts.counts() {
        let text = "Fetch what the chain would download, in a safe place, and analyse it.";
        act(&mut all, "fetch-next-stage", text);
    }
    let enabled = facts.enabled();
    if !enabled.is_empty() {
        let text = format!(
            "Find out who changed the settings of DDE: {}.",
            told(&enabled)
        );
        act(&mut all, "explain-change", text);
    }
    if facts.executes() && !facts.context.logs_searched {
        let text = "Correlate the hunts over all computers that got the document.";
        act(&mut all, "correlate", text);
    }
    all
}

/// What stops it.
pub(super) fn containment(facts: &Facts<'_>) -> Vec<Action> {
    let mut all = Vec::new();
    let ran = facts.ran();
    if !ran.is_empty() {
        let text = format!("Isolate the computers on which it ran: {}.", told(&ran));
        act(&mut all, "isolate-host", text);
    }
    if ran.iter().any(|event| event.kind == ObservedKind::Process) {
        let text = "Terminate the processes of the chain, children included.";
        act(&mut all, "terminate-process", text);
        let text = "Review the rights of the user on whose account it ran, and reset the password.";
        act(&mut all, "review-account", text);
    }
    if !facts.written().is_empty() {
        let text = "Remove the registry entries that the payload set.";
        act(&mut all, "remove-entries", text);
    }
    if !facts.enabled().is_empty() {
        let text = "Set the values that keep DDE off again, by policy.";
        act(&mut all, "restore-settings", text);
    }
    let bad = facts
        .findings
        .iter()
        .filter(|finding| finding.score >= COUNTS);
    let bad: BTreeSet<_> = bad.map(|finding| &finding.fingerprint).collect();
    let reaches = |chain: &Predicted| !chain.network.is_empty() && bad.contains(&chain.finding);
    if facts.chains.iter().any(reaches) {
        let text = "Block the addresses in the indicators.";
        act(&mut all, "block-addresses", text);
    }
    let format = facts.report.document.format.as_str();
    let mail = facts.context.mail == Some(true) || ["eml", "msg", "tnef"].contains(&format);
    if mail && facts.counts() {
        let text =
            "Remove messages that carry the document or its fingerprints from all mailboxes.";
        act(&mut all, "purge-mail", text);
    }
    all
}
