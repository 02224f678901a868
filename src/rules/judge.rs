//! From a link to a finding: which reading counts, what it scores, and what the report quotes.

use super::subject::Subject;
use super::{Part, RULES, attack, fingerprint, lexicon};
use crate::command::{Command, ImageSource, Pool, cut};
use crate::finding::{Alternative, Finding, Severity, Signal};
use crate::link::{Carrier, Confidence, Kind, Link, Reading, TechniqueId};
use crate::options::Policy;
use crate::precondition::preconditions;

/// Characters quoted of a service, an item and a piece of evidence (spreadsheet specification,
/// section 0.5); everything is judged in full.
const QUOTED_SERVICE: usize = 1_024;
/// Characters quoted of a topic, a target and the whole text of a link.
const QUOTED_TOPIC: usize = 8_192;
/// Characters quoted of what made a rule fire.
const QUOTED_EVIDENCE: usize = 200;

/// The score from which a finding raises the verdict. No policy lowers a finding below it that
/// reached it under the default policy.
const SUSPICIOUS: u8 = 50;

/// Judges one link: resolves every reading, takes the most severe one, weighs it.
pub(crate) fn judge(link: Link, policy: &Policy, pool: &Pool) -> Finding {
    let standard = Policy::default();
    let mut readings = link.readings.iter();
    let first = Subject::new(&link, readings.next(), pool);
    let others: Vec<_> = readings
        .map(|reading| Subject::new(&link, Some(reading), pool))
        .collect();
    // The worst score, then a known program, then a path that parses, then the first.
    let rank = |subject: &Subject<'_>, weighed: &Weighed| {
        let path = subject.resolved.as_ref().map(|resolved| &resolved.path);
        let parses = path.is_some_and(|path| path.absolute && path.components >= 2);
        (weighed.score, subject.tier().is_some(), parses)
    };
    let mut subject = &first;
    let mut weighed = weigh(subject, &standard);
    for other in &others {
        let next = weigh(other, &standard);
        if rank(other, &next) > rank(subject, &weighed) {
            (subject, weighed) = (other, next);
        }
    }

    let floor = weighed.score.min(SUSPICIOUS);
    let is_standard = policy.disabled.is_empty() && policy.weights.is_empty() && !policy.strict;
    let weighed = if is_standard {
        weighed
    } else {
        weigh(subject, policy)
    };
    let score = if floor == SUSPICIOUS {
        weighed.score.max(floor)
    } else {
        weighed.score
    };

    let fingerprint = fingerprint::fingerprint(subject);
    let reading = subject.reading;
    let resolved = match reading {
        Some(reading) if !reading.resolved.is_empty() => &reading.resolved,
        _ => &link.raw,
    };
    let quoted = |text: Option<&String>, limit| text.map(|text| cut(text, limit));
    Finding {
        kind: link.kind,
        carrier: link.carrier,
        severity: severity(subject, score),
        confidence: confidence(subject, std::ptr::eq(subject, &first)),
        trigger: link.trigger,
        preconditions: preconditions(&link),
        location: link.location.clone(),
        raw: cut(&link.raw, QUOTED_TOPIC),
        resolved: cut(resolved, QUOTED_TOPIC),
        service: quoted(
            reading.and_then(|reading| reading.service.as_ref()),
            QUOTED_SERVICE,
        ),
        topic: quoted(
            reading.and_then(|reading| reading.topic.as_ref()),
            QUOTED_TOPIC,
        ),
        item: quoted(
            reading.and_then(|reading| reading.item.as_ref()),
            QUOTED_SERVICE,
        ),
        target: quoted(link.target.as_ref(), QUOTED_TOPIC),
        used_by: link.used_by.clone(),
        alternatives: alternatives([&first].into_iter().chain(&others), subject),
        command: command(subject),
        techniques: subject.techniques(),
        signals: weighed.signals,
        indicators: subject.indicators.clone(),
        attack: attack::attack(subject, score),
        score,
        allowed: policy.allowed.contains(&fingerprint),
        fingerprint,
    }
}

/// What the rules say of a subject.
struct Weighed {
    signals: Vec<Signal>,
    score: u8,
}

/// Runs every rule that the policy leaves on.
fn weigh(subject: &Subject<'_>, policy: &Policy) -> Weighed {
    let mut signals = Vec::new();
    let (mut base, mut modifiers, mut cap, mut least) = (0_i64, 0_i64, 100_i64, 0_i64);
    for rule in RULES {
        let off = rule.part == Part::Floor && !policy.strict;
        if off || policy.disabled.contains(rule.id) {
            continue;
        }
        let Some(evidence) = (rule.look)(subject) else {
            continue;
        };
        let weight = policy.weights.get(rule.id).copied().unwrap_or(rule.weight);
        match rule.part {
            Part::Base => base = base.max(i64::from(weight)),
            Part::Modifier => modifiers = modifiers.saturating_add(i64::from(weight)),
            Part::Cap => cap = cap.min(i64::from(weight)),
            Part::Floor => least = least.max(i64::from(weight)),
        }
        signals.push(Signal {
            rule: rule.id,
            weight,
            evidence: cut(&evidence, QUOTED_EVIDENCE),
        });
    }
    let score = base.saturating_add(modifiers).clamp(0, 100).min(cap);
    let score = score.max(least).clamp(0, 100);
    Weighed {
        signals,
        score: u8::try_from(score).unwrap_or(100),
    }
}

/// Harm if it runs. How an archive is put together does none; a locked field takes one more step by the user.
fn severity(subject: &Subject<'_>, score: u8) -> Severity {
    let link = subject.link;
    if link.kind == Kind::Anomaly && link.carrier == Carrier::Container {
        return Severity::Info;
    }
    let severity = match score {
        80.. => Severity::Critical,
        50.. => Severity::High,
        30.. => Severity::Medium,
        11.. => Severity::Low,
        _ => Severity::Info,
    };
    if subject.shows(&[TechniqueId::Locked]).is_none() {
        return severity;
    }
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}

/// The link's confidence; a reading other than the first, or a name that only cutting makes a
/// program, is at most medium.
fn confidence(subject: &Subject<'_>, is_first: bool) -> Confidence {
    let cut_short = subject.source() == Some(ImageSource::Truncated8);
    if !is_first || cut_short {
        subject.link.confidence.min(Confidence::Medium)
    } else {
        subject.link.confidence
    }
}

/// What would start. The class of an Office document is none of the names of programs: the program
/// that is registered for it opens what the link leads to.
fn command(subject: &Subject<'_>) -> Option<Command> {
    let resolved = subject.resolved.as_ref()?;
    let is_link = subject.link.carrier == Carrier::Ole1Link;
    if is_link && resolved.source == ImageSource::Unknown && lexicon::is_class(&subject.service) {
        return None;
    }
    let command = &resolved.command;
    let line = QUOTED_SERVICE.saturating_add(QUOTED_TOPIC);
    Some(Command {
        line: cut(&command.line, line),
        image: command
            .image
            .as_deref()
            .map(|image| cut(image, QUOTED_SERVICE)),
        arguments: command
            .arguments
            .as_deref()
            .map(|text| cut(text, QUOTED_TOPIC)),
        script: command.script.clone(),
        stages: command.stages.clone(),
    })
}

/// The readings that do not count, each once.
fn alternatives<'s, 'l: 's>(
    subjects: impl Iterator<Item = &'s Subject<'l>>,
    chosen: &Subject<'_>,
) -> Vec<Alternative> {
    let triple = |reading: Option<&Reading>| {
        reading.map(|reading| {
            (
                reading.service.clone(),
                reading.topic.clone(),
                reading.item.clone(),
            )
        })
    };
    let mut seen = vec![triple(chosen.reading)];
    let mut alternatives = Vec::new();
    for subject in subjects {
        let this = triple(subject.reading);
        if seen.contains(&this) {
            continue;
        }
        if let Some((service, topic, item)) = &this {
            alternatives.push(Alternative {
                service: service.as_deref().map(|text| cut(text, QUOTED_SERVICE)),
                topic: topic.as_deref().map(|text| cut(text, QUOTED_TOPIC)),
                item: item.as_deref().map(|text| cut(text, QUOTED_SERVICE)),
                command: command(subject),
            });
        }
        seen.push(this);
    }
    alternatives
}

#[cfg(test)]
mod feeds;
#[cfg(test)]
mod tests;
