//! The key indicators and the questions of the card. What neither the document nor the context
//! tells is unknown, with what is needed to tell.

use std::collections::BTreeSet;

use super::card::{Answer, KeyIndicator, Question};
use super::context::SenderTrust;
use super::facts::{Facts, told};
use super::predict::{COUNTS, is_dde};

type Told = (Answer, String);
/// Id, words, and who answers.
type Row = (&'static str, &'static str, fn(&Facts<'_>) -> Told);

fn yes(because: impl Into<String>) -> Told {
    (Answer::Yes, because.into())
}

fn no(because: impl Into<String>) -> Told {
    (Answer::No, because.into())
}

fn unknown(because: impl Into<String>) -> Told {
    (Answer::Unknown, because.into())
}

const INDICATORS: &[Row] = &[
    (
        "dde-payload",
        "The document carries a suspicious DDE payload.",
        payload,
    ),
    (
        "dde-enabled",
        "The registry was changed so that DDE runs.",
        enabled,
    ),
    (
        "office-child-process",
        "An Office program started a command interpreter or another unusual program.",
        child,
    ),
];

const QUESTIONS: &[Row] = &[
    (
        "trusted-source",
        "Does the document come from a known and trusted source?",
        source,
    ),
    ("above-baseline", "Is there more DDE than usual?", baseline),
    (
        "unusual-child-process",
        "Did Office start unusual child processes?",
        child,
    ),
    (
        "related-phishing",
        "Does recent phishing carry the same payload?",
        phishing,
    ),
    ("opened", "Did a user open the document?", opened),
    (
        "would-run",
        "Would the payload run on the computer as it is set up?",
        would_run,
    ),
];

pub(super) fn indicators(facts: &Facts<'_>) -> Vec<KeyIndicator> {
    let all = INDICATORS.iter().map(|(id, indicator, ask)| {
        let (answer, because) = ask(facts);
        KeyIndicator {
            id,
            indicator,
            answer,
            because,
        }
    });
    all.collect()
}

pub(super) fn questions(facts: &Facts<'_>) -> Vec<Question> {
    let all = QUESTIONS.iter().map(|(id, question, ask)| {
        let (answer, because) = ask(facts);
        Question {
            id,
            question,
            answer,
            because,
        }
    });
    all.collect()
}

fn payload(facts: &Facts<'_>) -> Told {
    let found = facts
        .findings
        .iter()
        .filter(|finding| is_dde(finding) && finding.score >= COUNTS);
    let count = found.clone().count();
    match found.max_by_key(|finding| finding.score) {
        Some(worst) => yes(format!(
            "{count} found, the worst with score {} at {}",
            worst.score, worst.location.display
        )),
        None if !facts.report.omitted.is_empty() => unknown("the report leaves findings out"),
        None if facts.complete() => no("everything was read and holds none"),
        None => unknown("not everything was read"),
    }
}

fn enabled(facts: &Facts<'_>) -> Told {
    let events = facts.enabled();
    if !events.is_empty() {
        yes(format!("seen: {}", told(&events)))
    } else if facts.dde_allowed() == Answer::Yes {
        yes("AllowDDE of the computer lets DDE run, which is not the default since December 2017")
    } else if facts.context.logs_searched {
        no("the logs were searched and show no such change")
    } else {
        unknown("needs registry events (Sysmon 13, Security 4657) or the values of the computer")
    }
}

fn child(facts: &Facts<'_>) -> Told {
    let events = facts.started();
    if !events.is_empty() {
        yes(format!("seen: {}", told(&events)))
    } else if facts.context.logs_searched {
        no("the logs were searched and show none of the predicted chains")
    } else if facts.programs() {
        unknown("needs process events (Sysmon 1, Security 4688); what to look for is in hunts")
    } else {
        unknown("needs process events (Sysmon 1, Security 4688); the document predicts none")
    }
}

fn source(facts: &Facts<'_>) -> Told {
    match facts.context.sender {
        Some(SenderTrust::Trusted) => yes("the sender is trusted"),
        Some(SenderTrust::Known) => yes("the sender has written before"),
        Some(SenderTrust::Unknown) => no("nobody wrote from there before"),
        Some(SenderTrust::Spoofed) => no("the sender is spoofed"),
        None => match facts.context.zone {
            Some(zone @ 3..) => unknown(format!(
                "the mark of the web says zone {zone}, the Internet; needs the sender"
            )),
            Some(_) | None => unknown("needs the sender"),
        },
    }
}

fn baseline(facts: &Facts<'_>) -> Told {
    if !facts.dde() && facts.complete() && facts.report.omitted.is_empty() {
        return no("the document carries no DDE");
    }
    let Some(baseline) = &facts.context.baseline else {
        return unknown("needs a count of the fingerprints seen before");
    };
    let since = baseline.since.as_deref().unwrap_or("counting began");
    match baseline.documents {
        0 => yes(format!("never seen since {since}")),
        documents => no(format!("seen in {documents} documents since {since}")),
    }
}

fn phishing(facts: &Facts<'_>) -> Told {
    match facts.context.related_phishing {
        Some(true) => yes("other recent messages carry the same link or address"),
        Some(false) => no("no other recent message carries it"),
        None => unknown("needs mail logs, searched for the indicators and fingerprints"),
    }
}

fn opened(facts: &Facts<'_>) -> Told {
    let events = facts.ran();
    if !events.is_empty() {
        return yes(format!("what it would start was seen: {}", told(&events)));
    }
    match facts.context.opened {
        Some(true) => yes("reported"),
        Some(false) => no("reported"),
        None => unknown("needs the user, or process events of the program that opens it"),
    }
}

fn would_run(facts: &Facts<'_>) -> Told {
    let events = facts.ran();
    if !events.is_empty() {
        return yes(format!("it ran: {}", told(&events)));
    }
    let refused = facts
        .needed
        .iter()
        .filter(|needed| needed.met == Answer::No);
    let refused: Vec<_> = refused.collect();
    // Settings of one program say nothing about a link that another one opens.
    let all = refused.iter().flat_map(|needed| &needed.findings);
    let all: BTreeSet<_> = all.collect();
    let refuses_all = facts
        .chains
        .iter()
        .all(|chain| all.contains(&chain.finding));
    let open = facts.needed.iter().any(|needed| needed.met != Answer::Yes);
    match refused.first() {
        Some(needed) if refuses_all && facts.complete() => no(format!(
            "{} is not set so",
            needed.name.unwrap_or(&needed.id)
        )),
        _ if facts.chains.is_empty() && facts.complete() => no("nothing in it would run"),
        _ if open || facts.chains.is_empty() => {
            unknown("needs the values of the computer and what the user answers")
        }
        _ => yes("everything that it needs is so"),
    }
}
