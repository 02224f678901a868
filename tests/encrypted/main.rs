//! Encrypted Office Open XML: what a password opens is found, what stays closed is said
//! (`spec/excel.md` §3.10; [MS-OFFCRYPTO] 2.3.4).
//!
//! Here the files of independent programs (`tests/support/make-encrypted-packages.py`); in `built`
//! those that need a choice of their own.
#![cfg(feature = "crypt")]

#[path = "../support/mod.rs"]
mod support;

mod built;
mod closed;

use std::path::Path;

use ddetect::{Analyzer, GapKind, Input, Report, Verdict};
use support::{dde, techniques, triples};

/// Who encrypted the file, and the scheme that he writes.
const MAKERS: [(&str, &str); 2] = [
    ("msoffcrypto", "ECMA-376 agile"),
    // It writes the document anew, too.
    ("libreoffice", "ECMA-376 standard"),
];

fn analyze(name: &str, passwords: &[&str]) -> Report {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let bytes = std::fs::read(path).unwrap();
    let input = Input::new(&bytes);
    let input = passwords
        .iter()
        .fold(input, |input, password| input.password(password));
    Analyzer::default().analyze(input)
}

/// The payload is found, and everything was read.
#[track_caller]
pub(crate) fn found(report: &Report, wanted: [&str; 3], technique: &str) {
    let [service, topic, item] = wanted.map(str::to_owned);
    assert_eq!(triples(report), [(service, topic, item)], "{report:#?}");
    for finding in dde(report) {
        assert!(techniques(finding).contains(&technique), "{finding:#?}");
    }
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete(), "{:#?}", report.gaps());
}

/// Nothing is found, and the one gap says which scheme closes it.
#[track_caller]
pub(crate) fn closed(report: &Report, scheme: &str) {
    assert_eq!(report.verdict(), Verdict::Incomplete, "{report:#?}");
    let gaps: Vec<_> = report
        .gaps()
        .iter()
        .map(|gap| (gap.kind, gap.detail.as_str()))
        .collect();
    assert_eq!(gaps, [(GapKind::Encrypted, scheme)], "{report:#?}");
}

#[test]
fn a_workbook_under_the_password_of_excel() {
    for (maker, _) in MAKERS {
        let report = analyze(&format!("excel/encrypted-{maker}-default-xlsx.zip"), &[]);
        let item = if maker == "libreoffice" { "a0" } else { "A0" };
        found(
            &report,
            ["cmd", "/c calc", item],
            "decrypted-default-password",
        );
        let path: Vec<&str> = report.findings()[0].location.path().collect();
        assert_eq!(
            path,
            [
                "sample.xlsx",
                "EncryptedPackage",
                "xl/worksheets/sheet1.xml"
            ]
        );
    }
}

#[test]
fn a_letter_under_the_password_of_excel() {
    for (maker, _) in MAKERS {
        let report = analyze(&format!("word/encrypted-{maker}-default-docx.zip"), &[]);
        found(
            &report,
            ["cmd", "/c calc", ""],
            "decrypted-default-password",
        );
    }
}

#[test]
fn a_letter_under_a_password_that_is_given() {
    for (maker, scheme) in MAKERS {
        let name = format!("word/encrypted-{maker}-given-docx.zip");
        closed(&analyze(&name, &[]), scheme);
        closed(&analyze(&name, &["Let me in", "let me in "]), scheme);
        let report = analyze(&name, &["no", "let me in"]);
        found(&report, ["cmd", "/c calc", ""], "decrypted-given-password");
    }
}

#[test]
fn a_workbook_under_a_password_that_nobody_knows() {
    for (maker, scheme) in MAKERS {
        let name = format!("excel/encrypted-{maker}-unknown-xlsx.zip");
        closed(&analyze(&name, &["let me in"]), scheme);
    }
}

#[test]
fn harmless_documents_are_clean() {
    for (maker, _) in MAKERS {
        for name in ["letter.docx", "sum.xlsx"] {
            let report = analyze(&format!("benign/encrypted-{maker}-default-{name}"), &[]);
            assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
            assert!(report.complete() && report.findings().is_empty());
        }
    }
}
