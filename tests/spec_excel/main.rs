//! The cases of `spec/excel.md`, with the exact values of its tables, format by format.

#[path = "../support/mod.rs"]
mod support;

mod html;
mod ods;
mod query;
mod slides;
mod sylk;
mod text;
mod xls;
mod xlsb;
mod xlsx;
mod xml2003;

use ddetect::{Analyzer, Finding, Input, Kind, Report, Severity, Trigger, Verdict};
use support::dde;

#[track_caller]
fn only(report: &Report) -> &Finding {
    let found = dde(report);
    assert_eq!(found.len(), 1, "{report:#?}");
    found[0]
}

fn triple(service: &str, topic: &str, item: &str) -> (String, String, String) {
    (service.to_owned(), topic.to_owned(), item.to_owned())
}

fn image(finding: &Finding) -> Option<&str> {
    finding.command.as_ref()?.image.as_deref()
}

/// Analyses under a name.
fn named(name: &str, bytes: &[u8]) -> Report {
    Analyzer::default().analyze(Input::new(bytes).name(name))
}

/// A finding's place, in either way to say it, ends like this.
#[track_caller]
fn stands_at(finding: &Finding, place: &str) {
    let mut users = finding.used_by.iter();
    let told = users.any(|user| user.ends_with(place))
        || finding
            .location
            .cell()
            .is_some_and(|cell| cell.ends_with(place));
    let (users, cell) = (&finding.used_by, finding.location.cell());
    assert!(told, "{place} is not told: {users:?}, {cell:?}");
}

/// One malicious link, and nothing unread.
#[track_caller]
fn is_malicious(report: &Report, link: (&str, &str, &str)) {
    let (service, topic, item) = link;
    let found = support::triples(report);
    assert_eq!(found, [triple(service, topic, item)], "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    assert!(report.complete(), "{:?}", report.gaps());
}

/// Text that looks like a link and is none: at most one finding, inert, no louder than low.
#[track_caller]
fn is_inert(report: &Report) {
    assert!(dde(report).is_empty(), "{report:#?}");
    let inert: Vec<_> = report.findings().iter().collect();
    assert_eq!(inert.len(), 1, "{report:#?}");
    assert_eq!(inert[0].kind, Kind::Inert);
    assert_eq!(inert[0].trigger, Trigger::None);
    assert!(inert[0].severity <= Severity::Low);
    assert_eq!(report.verdict(), Verdict::Clean);
}

/// Nothing found, nothing unread.
#[track_caller]
fn is_silent(report: &Report) {
    assert!(report.findings().is_empty(), "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
}
