//! Presentations: actions, linked and embedded objects, animations (`spec/excel.md` §8).

#[path = "../support/mod.rs"]
mod support;

mod binary;
mod encrypted;
mod hostile;
mod ooxml;

use ddetect::{Finding, Report};

/// The only finding of a report.
fn only(report: &Report) -> &Finding {
    let [finding] = report.findings() else {
        panic!("{report:#?}")
    };
    finding
}

fn image(finding: &Finding) -> &str {
    let command = finding.command.as_ref();
    command
        .and_then(|command| command.image.as_deref())
        .unwrap_or_default()
}

fn target(finding: &Finding) -> &str {
    finding.target.as_deref().unwrap_or_default()
}
