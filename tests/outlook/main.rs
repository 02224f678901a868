//! What Outlook sends besides mail itself: TNEF, calendars and contacts, pages in rich text
//! (`spec/word.md` §5.2, §5.4, §5.5). The cases of §5.6 have their ids in their names.

#![cfg(feature = "mail")]

#[path = "../support/mod.rs"]
mod support;

mod calendar;
mod hostile;
mod mail;
mod page;
mod tnef;

use ddetect::{Finding, Kind, Report, Verdict};
use support::payloads::{STD_SERVICE, STD_TOPIC};
use support::{analyze, dde, techniques};

/// The document of the vectors M-LZ and M-TNEF.
const RTF: &str = r#"{\rtf1\ansi{\field{\*\fldinst DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe"}{\fldrslt x}}}"#;

/// The page of the case H02.
const H02: &str = r#"<span style='mso-field-code:" DDEAUTO c\:\\\\windows\\\\system32\\\\cmd\.exe \0022\/k calc\.exe\0022 "'>x</span>"#;

/// The one DDE finding, which must be the tables' "std", with the way to it.
#[track_caller]
fn std_case<'r>(report: &'r Report, path: &[&str]) -> &'r Finding {
    let found = dde(report);
    assert_eq!(found.len(), 1, "{report:#?}");
    let finding = found[0];
    assert_eq!(finding.kind, Kind::DdeAuto, "{finding:#?}");
    assert_eq!(finding.service.as_deref(), Some(STD_SERVICE));
    assert_eq!(finding.topic.as_deref(), Some(STD_TOPIC));
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(finding.location.path().collect::<Vec<_>>(), path);
    finding
}

#[track_caller]
fn clean(bytes: &[u8]) -> Report {
    let report = analyze(bytes);
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.complete(), "{report:#?}");
    report
}

/// The targets of the links that are no DDE.
fn targets(report: &Report) -> Vec<(&'static str, String)> {
    let all = report.findings().iter();
    let all = all.filter(|finding| finding.kind == Kind::ExternalLink);
    all.map(|finding| {
        let target = finding.target.clone().unwrap_or_default();
        (finding.carrier.as_str(), target)
    })
    .collect()
}

fn names<'r>(report: &'r Report) -> Vec<&'r str> {
    let found = dde(report);
    let last = |finding: &&'r Finding| finding.location.path().last().unwrap_or_default();
    found.iter().map(last).collect()
}

/// A document with the standard payload.
fn docx() -> Vec<u8> {
    let instruction = r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#;
    support::docx::docx(&support::docx::simple(instruction)).build()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

#[track_caller]
fn has_technique(report: &Report, technique: &str) {
    for finding in dde(report) {
        assert!(techniques(finding).contains(&technique), "{finding:#?}");
    }
}
