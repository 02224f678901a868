//! What LibreOffice writes: the same link in every format that keeps it, none in those that lose
//! it. The documents are made by `tests/support/make-libreoffice.py`.

mod support;

use std::path::Path;

use ddetect::{Analyzer, Carrier, Kind, Report, Trigger, Verdict};
use support::triples;

fn analyze(name: &str) -> Report {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus/word")
        .join(name);
    Analyzer::default().analyze(&std::fs::read(path).unwrap())
}

/// The field of Word that starts the calculator.
#[track_caller]
fn field(name: &str) {
    let report = analyze(name);
    let wanted = ["cmd", "/c calc", ""].map(str::to_owned);
    let [service, topic, item] = wanted;
    assert_eq!(triples(&report), [(service, topic, item)], "{report:#?}");
    let finding = &report.findings()[0];
    assert_eq!(
        (finding.kind, finding.trigger),
        (Kind::DdeAuto, Trigger::Open)
    );
    assert_eq!(finding.carrier, Carrier::Field);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete(), "{:?}", report.gaps());
}

#[test]
fn a_field_in_docx() {
    field("libreoffice-field-docx.zip");
}

#[test]
fn a_field_in_doc() {
    field("libreoffice-field-doc.zip");
}

#[test]
fn a_field_in_rtf() {
    field("libreoffice-field-rtf.zip");
}

/// The two links of LibreOffice's own; harmless, and reported as what they are.
#[test]
fn links_in_open_document() {
    for name in [
        "libreoffice-link.odt",
        "libreoffice-link.ott",
        "libreoffice-link.fodt",
    ] {
        let report = analyze(name);
        let wanted = [
            ("soffice", "/home/example/prices.ods", "Sheet1.A1"),
            ("soffice", "/home/example/terms.odt", "Terms"),
        ];
        let wanted = wanted.map(|(s, t, i)| (s.to_owned(), t.to_owned(), i.to_owned()));
        assert_eq!(triples(&report), wanted, "{name}: {report:#?}");
        for finding in report.findings() {
            assert_eq!(finding.carrier, Carrier::DdeDeclaration, "{name}");
            assert_eq!(
                (finding.kind, finding.trigger),
                (Kind::DdeAuto, Trigger::Open)
            );
        }
        assert_eq!(report.verdict(), Verdict::Clean, "{name}");
        assert!(report.complete(), "{:?}", report.gaps());
    }
}

#[track_caller]
fn lost(name: &str) {
    let report = analyze(name);
    assert!(triples(&report).is_empty(), "{name}: {report:#?}");
    assert_eq!(report.verdict(), Verdict::Clean, "{name}: {report:#?}");
}

#[test]
fn what_loses_the_link_says_nothing() {
    for name in [
        "libreoffice-link.docx",
        "libreoffice-link.txt",
        "libreoffice-field.txt",
    ] {
        lost(name);
    }
}

#[test]
fn what_loses_the_link_as_a_page_says_nothing() {
    lost("libreoffice-link.html");
    lost("libreoffice-field.html");
}
