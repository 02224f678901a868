//! Who has to look at it next: a table, of which the highest row that applies counts (analyst
//! specification, section 2).

use super::card::{Answer, Escalation, Level};
use super::context::SenderTrust;
use super::facts::Facts;
use crate::verdict::Verdict;

type Applies = fn(&Facts<'_>) -> bool;

struct Row {
    applies: Applies,
    level: Level,
    reason: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        applies: |facts| !facts.ran().is_empty(),
        level: Level::Contain,
        reason: "the logs show that a predicted chain ran",
    },
    Row {
        applies: |facts| !facts.started().is_empty() || !facts.written().is_empty(),
        level: Level::EscalateT2,
        reason: "the logs show a program or a registry value that the document leads to",
    },
    Row {
        applies: |facts| !facts.enabled().is_empty(),
        level: Level::EscalateT2,
        reason: "the logs show a change of the registry that lets DDE run",
    },
    Row {
        applies: |facts| facts.executes(),
        level: Level::EscalateT2,
        reason: "a link starts a program of the attacker's choice",
    },
    Row {
        applies: |facts| facts.would_enable(),
        level: Level::EscalateT2,
        reason: "the payload changes the settings that keep DDE off",
    },
    Row {
        applies: |facts| facts.report.verdict == Verdict::Malicious && !facts.executes(),
        level: Level::EscalateT2,
        reason: "the document is malicious",
    },
    Row {
        applies: |facts| facts.counts() && facts.phishing(),
        level: Level::EscalateT2,
        reason: "a suspicious link in what looks like phishing",
    },
    Row {
        applies: |facts| facts.counts() && facts.report.verdict < Verdict::Malicious,
        level: Level::L1Review,
        reason: "a link reaches out in a way that ordinary documents do not",
    },
    Row {
        applies: |facts| facts.loads_elsewhere(),
        level: Level::L1Review,
        reason: "the payload is elsewhere: the document loads another one",
    },
    Row {
        applies: |facts| facts.unknown_server(),
        level: Level::L1Review,
        reason: "DDE to a server that is not known",
    },
    Row {
        applies: |facts| facts.context.sender == Some(SenderTrust::Spoofed),
        level: Level::L1Review,
        reason: "the sender is spoofed",
    },
    Row {
        applies: |facts| !facts.complete(),
        level: Level::L1Review,
        reason: "not everything was read: a payload may be in the rest",
    },
    Row {
        applies: |facts| facts.ordinary() && facts.untrusted(),
        level: Level::L1Review,
        reason: "ordinary DDE from a sender that is not known to be trusted",
    },
    Row {
        applies: |facts| facts.ordinary(),
        level: Level::Close,
        reason: "ordinary DDE to a known service, from a known sender",
    },
    Row {
        applies: |facts| facts.report.findings.iter().any(|finding| finding.allowed),
        level: Level::Close,
        reason: "the policy allows what was found",
    },
    Row {
        applies: |_| true,
        level: Level::Close,
        reason: "everything was read, and nothing reaches out in a way that matters",
    },
];

/// What could change the level if it were known.
const UNMET: &[(Applies, &str)] = &[
    (
        |facts| !facts.complete(),
        "what was not read (see evidence.gaps)",
    ),
    (
        |facts| facts.programs() && !facts.context.logs_searched,
        "whether the predicted chains are in the logs",
    ),
    (
        |facts| facts.programs() && facts.context.opened.is_none() && facts.started().is_empty(),
        "whether a user opened the document",
    ),
    (
        |facts| !facts.findings.is_empty() && facts.context.sender.is_none(),
        "whether the sender is known and trusted",
    ),
    (
        |facts| {
            let keys = facts.needed.iter().filter(|needed| !needed.keys.is_empty());
            keys.into_iter().any(|needed| needed.met == Answer::Unknown)
        },
        "the registry values of the computer",
    ),
    (
        |facts| facts.counts() && facts.context.related_phishing.is_none(),
        "whether other recent messages carry the same link",
    ),
];

pub(super) fn escalation(facts: &Facts<'_>) -> Escalation {
    let rows: Vec<_> = ROWS.iter().filter(|row| (row.applies)(facts)).collect();
    let level = rows.iter().map(|row| row.level).max();
    let level = level.unwrap_or(Level::L1Review);
    // A reason to close is none where something is to be looked at; the last row is none where
    // another one applies.
    let reasons = rows.iter().filter(|row| row.level != Level::Close);
    let mut reasons: Vec<_> = reasons.map(|row| row.reason.to_owned()).collect();
    if reasons.is_empty() {
        reasons.extend(rows.first().map(|row| row.reason.to_owned()));
    }
    let unmet = UNMET.iter().filter(|(applies, _)| applies(facts));
    Escalation {
        level,
        reasons,
        unmet: unmet.map(|(_, text)| (*text).to_owned()).collect(),
    }
}
