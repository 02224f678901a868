//! The cases of `spec/word.md` by their ids, with the exact values of its tables: `fields` §0.8,
//! `docx` §1.10, `doc` §2.10, `rtf` §3.7, `markup` §4.8, `msg` §5.6, `links` §6.4.

#[path = "../support/mod.rs"]
mod support;

mod doc;
mod docx;
mod fields;
mod links;
mod markup;
mod msg;
mod rtf;

use ddetect::{Carrier, Finding, Kind, Report, Severity, Trigger, Verdict};
use support::docx::{begin, end, field, instruction, paragraph, separate};
use support::payloads::{STD_SERVICE, STD_TOPIC};
use support::{analyze, dde};

/// The tables' "CMD".
const CMD: &str = r#"c:\\windows\\system32\\cmd.exe "/k calc.exe""#;

fn body(content: &str) -> Report {
    analyze(&support::docx::docx(content).build())
}

/// A field with this instruction text, nested fields given as markup.
fn with_field(runs: &str) -> Report {
    body(&paragraph(&field(runs)))
}

/// The one DDE finding, which must be the tables' "std".
#[track_caller]
fn std_case(report: &Report) -> &Finding {
    let finding = only(report);
    assert_eq!(finding.kind, Kind::DdeAuto, "{finding:#?}");
    assert_eq!(finding.trigger, Trigger::Open);
    assert_eq!(
        finding.service.as_deref(),
        Some(STD_SERVICE),
        "{finding:#?}"
    );
    assert_eq!(finding.topic.as_deref(), Some(STD_TOPIC), "{finding:#?}");
    assert_eq!(finding.item, None);
    let command = finding.command.as_ref().unwrap();
    assert_eq!(command.line, format!("{STD_SERVICE} {STD_TOPIC}"));
    assert_eq!(command.image.as_deref(), Some("cmd.exe"));
    assert_eq!(command.arguments.as_deref(), Some(STD_TOPIC));
    assert_eq!(finding.severity, Severity::Critical);
    assert!(finding.attack.contains(&"T1559.002"));
    assert_eq!(report.verdict(), Verdict::Malicious);
    finding
}

#[track_caller]
fn only(report: &Report) -> &Finding {
    let found = dde(report);
    assert_eq!(found.len(), 1, "{report:#?}");
    found[0]
}

#[track_caller]
fn clean(report: &Report) {
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(dde(report).is_empty(), "{report:#?}");
}

/// A nested complex field with a cached result, as instruction text.
fn nested(text: &str) -> String {
    begin() + &instruction(text) + &separate() + &instruction("?") + &end()
}

#[track_caller]
fn link(report: &Report, carrier: Carrier) -> &Finding {
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|f| f.carrier == carrier)
        .collect();
    assert_eq!(found.len(), 1, "{report:#?}");
    found[0]
}

/// Character codes of a text, decimal.
fn codes(text: &str) -> String {
    text.chars().map(|c| format!(" {}", u32::from(c))).collect()
}

/// Character codes of a text, hexadecimal.
fn hex_codes(text: &str) -> String {
    text.chars()
        .map(|c| format!(" 0x{:x}", u32::from(c)))
        .collect()
}
