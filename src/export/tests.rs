//! Reports for the tests of each format, and what holds for all of them.

use serde_json::{Value, json};

use super::*;
use crate::recorded::RecordedReport;
use crate::{Analyzer, Input};

/// A document in an archive with a command.
pub(super) fn finding(image: &str, arguments: &str) -> Value {
    json!({
        "kind": "dde-auto", "carrier": "field", "severity": "critical", "confidence": "certain",
        "trigger": "open", "score": 100, "fingerprint": "f00d",
        "location": {
            "path": ["a.zip", "q.docx", "word/document.xml"],
            "display": "a.zip › q.docx › word/document.xml › field 1 @ byte 234",
            "field": 1, "offset": 234,
        },
        "raw": format!("DDEAUTO {image} {arguments}"),
        "resolved": format!("DDEAUTO {image} {arguments}"),
        "command": {
            "line": format!("{image} {arguments}"), "image": image, "arguments": arguments,
            "stages": [{ "image": "calc.exe", "stages": [] }],
        },
        "signals": [
            { "rule": "interpreter", "weight": 95, "evidence": image },
            { "rule": "auto-trigger", "weight": 5, "evidence": "open" },
        ],
        "indicators": [{
            "kind": "url", "value": "http://x.invalid/a'b\\c", "defanged": "hxxp://x[.]invalid/a'b\\c",
        }],
        "attack": ["T1559.002", "T1059.003"],
    })
}

pub(super) fn report(verdict: &str, findings: &[Value]) -> RecordedReport {
    let report = json!({
        "schema": "ddetect/1",
        "document": {
            "name": "a.zip", "bytes": 1000, "format": "zip",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
        "verdict": verdict, "score": 100, "complete": true, "findings": findings,
        "gaps": [{
            "kind": "encrypted", "detail": "AES {256}",
            "location": { "path": ["a.zip", "b.docx"], "display": "a.zip › b.docx" },
        }],
    });
    RecordedReport::from_json(report.to_string().as_bytes()).unwrap()
}

pub(super) fn malicious() -> RecordedReport {
    report("malicious", &[finding("cmd.exe", "/c calc.exe")])
}

pub(super) const NOON: u64 = 1_795_500_000;

fn all(reports: &[RecordedReport]) -> [String; 4] {
    let now = Created::from_unix(NOON);
    let mut sarif = Sarif::default();
    let mut sigma = Sigma::new(now);
    let mut stix = Stix::new(now);
    let mut misp = Misp::new(now);
    for report in reports {
        sarif.add(report);
        sigma.add(report);
        stix.add(report);
        misp.add(report);
    }
    [
        serde_json::to_string(&sarif).unwrap(),
        sigma.to_string(),
        serde_json::to_string(&stix).unwrap(),
        serde_json::to_string(&misp).unwrap(),
    ]
}

#[test]
fn the_same_reports_give_the_same_bytes() {
    let reports = [malicious(), report("clean", &[])];
    assert_eq!(all(&reports), all(&reports));
}

#[test]
fn a_report_and_its_record_give_the_same() {
    let rtf = br#"{\rtf1{\field{\*\fldinst DDEAUTO cmd "/c calc.exe"}}}"#;
    let live = Analyzer::default().analyze(Input::new(rtf).name("a.rtf"));
    let json = serde_json::to_vec(&live).unwrap();
    let recorded = RecordedReport::from_json(&json).unwrap();
    let mut one = Sarif::default();
    one.add(&live);
    let mut other = Sarif::default();
    other.add(&recorded);
    let [one, other] = [one, other].map(|sarif| serde_json::to_value(&sarif).unwrap());
    assert_eq!(one, other);
    assert_eq!(one["runs"][0]["results"][0]["level"], "error");
}

#[test]
fn what_does_not_count_becomes_no_rule_and_no_indicator() {
    let mut feed = finding("blp.exe", "M");
    feed["score"] = 10.into();
    feed["severity"] = "info".into();
    let mut allowed = finding("cmd.exe", "/c calc.exe");
    allowed["allowed"] = true.into();
    let [_, sigma, stix, misp] = all(&[report("clean", &[feed, allowed])]);
    assert!(!sigma.contains("process_creation"));
    assert!(!stix.contains("\"indicator\"") && !stix.contains("attack-pattern"));
    assert!(!misp.contains("\"sigma\"") && !misp.contains("misp-galaxy"));
    assert!(!misp.contains("\"to_ids\":true"));
}

/// Whatever a record says, the exports are well formed.
#[test]
fn hostile_records_are_written_all_the_same() {
    let nasty = "\0\u{1b}[2J\"'\\{}[]*?:# \u{202e}\u{ffff}\u{1f600}\n---\n...\r\ttext";
    let mut one = finding(nasty, nasty);
    for field in [
        "kind",
        "carrier",
        "severity",
        "confidence",
        "raw",
        "resolved",
        "fingerprint",
    ] {
        let mut other = one.clone();
        other[field] = nasty.into();
        other["score"] = 255.into();
        all(&[report("malicious", &[other])]);
    }
    one["location"]["path"] = json!(["", "..", "//", nasty]);
    one["indicators"][0]["value"] = "".into();
    one["attack"] = json!([nasty]);
    one["signals"] = json!([]);
    let mut record = report("suspicious", &[one]);
    record.document.sha256 = "' OR [x".to_owned();
    record.document.name = None;
    let [sarif, sigma, stix, misp] = all(&[record]);
    for text in [&sarif, &stix, &misp] {
        serde_json::from_str::<Value>(text).unwrap();
    }
    let controls = sigma
        .chars()
        .filter(|c| c.is_control() && *c != '\n')
        .count();
    assert_eq!(controls, 0);
    assert!(!stix.contains("OR [x"));
}
