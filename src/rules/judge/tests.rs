//! What links score, and what reports quote of them.

mod external;
mod feeds;
mod page;
mod published;
mod readings;
mod targets;
mod text;

use super::*;
use crate::link::{Technique, Trigger};
use crate::location::Location;
use crate::verdict::Verdict;

fn reading(service: &str, topic: &str, item: &str) -> Reading {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Reading {
        service: some(service),
        topic: some(topic),
        item: some(item),
        resolved: format!("{service}|{topic}!{item}"),
    }
}

fn link(kind: Kind, carrier: Carrier) -> Link {
    Link::new(kind, carrier, Location::root(Some("a.docx")), "raw")
}

fn dde(service: &str, topic: &str, item: &str) -> Finding {
    let mut link = link(Kind::Dde, Carrier::Formula);
    link.readings.push(reading(service, topic, item));
    judged(link)
}

fn field(service: &str, topic: &str, item: &str) -> Finding {
    let mut link = link(Kind::DdeAuto, Carrier::Field);
    link.trigger = Trigger::Open;
    link.readings.push(reading(service, topic, item));
    judged(link)
}

fn external(carrier: Carrier, target: &str) -> Finding {
    let mut link = link(Kind::ExternalLink, carrier);
    link.target = Some(target.to_owned());
    judged(link)
}

fn verdict(finding: &Finding) -> Verdict {
    match finding.score {
        80.. => Verdict::Malicious,
        50.. => Verdict::Suspicious,
        _ => Verdict::Clean,
    }
}

fn image(finding: &Finding) -> &str {
    finding
        .command
        .as_ref()
        .and_then(|command| command.image.as_deref())
        .unwrap_or_default()
}

fn rules(finding: &Finding) -> Vec<&str> {
    finding.signals.iter().map(|signal| signal.rule).collect()
}

/// Judged under the default policy.
fn judged(link: Link) -> Finding {
    judged_by(link, &Policy::default())
}

/// Judged under that policy.
fn judged_by(link: Link, policy: &Policy) -> Finding {
    judge(link, policy, &Pool::new(u64::MAX))
}
