//! What LibreOffice writes: the same link in every format that keeps it, none in those that lose
//! it. The documents are made by `tests/support/make-libreoffice.py`, those under a password by
//! `make-encrypted.py` beside it.

mod support;

use std::path::Path;

use ddetect::{Analyzer, Carrier, Kind, Report, Trigger, Verdict};
use support::{techniques, triples};

fn analyze(name: &str) -> Report {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
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
    field("word/libreoffice-field-docx.zip");
}

#[test]
fn a_field_in_doc() {
    field("word/libreoffice-field-doc.zip");
}

/// RC4 of 40 bits, which is what LibreOffice writes under a password.
#[test]
fn documents_and_sheets_under_a_password() {
    for (name, technique) in [
        ("default", "decrypted-default-password"),
        ("infected", "decrypted-customary-password"),
    ] {
        let document = format!("word/libreoffice-encrypted-doc-{name}.zip");
        field(&document);
        // The archive around it opens with the customary one.
        assert!(techniques(&analyze(&document).findings()[0]).contains(&technique));
        let report = analyze(&format!("excel/libreoffice-encrypted-xls-{name}.zip"));
        let wanted = ["cmd", "/c calc", "A0"].map(str::to_owned);
        let [service, topic, item] = wanted;
        assert_eq!(triples(&report), [(service, topic, item)], "{report:#?}");
        assert_eq!(report.verdict(), Verdict::Malicious);
        assert!(techniques(&report.findings()[0]).contains(&technique));
        assert!(report.complete(), "{:?}", report.gaps());
    }
}

#[test]
fn a_field_in_rtf() {
    field("word/libreoffice-field-rtf.zip");
}

/// The two links of LibreOffice's own; harmless, and reported as what they are.
#[test]
fn links_in_open_document() {
    for name in [
        "word/libreoffice-link.odt",
        "word/libreoffice-link.ott",
        "word/libreoffice-link.fodt",
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
        "word/libreoffice-link.docx",
        "word/libreoffice-link.txt",
        "word/libreoffice-field.txt",
    ] {
        lost(name);
    }
}

#[test]
fn what_loses_the_link_as_a_page_says_nothing() {
    lost("word/libreoffice-link.html");
    lost("word/libreoffice-field.html");
}

/// The formula of a sheet that asks the calculator, as the format keeps it.
#[track_caller]
fn sheet(extension: &str, carrier: Carrier, topic: &str, users: &[&str]) {
    let report = analyze(&format!("excel/libreoffice-sheet-{extension}.zip"));
    let wanted = ["cmd", topic, "A0"].map(str::to_owned);
    let [service, topic, item] = wanted;
    assert_eq!(triples(&report), [(service, topic, item)], "{report:#?}");
    let finding = &report.findings()[0];
    assert_eq!(finding.carrier, carrier);
    assert_eq!(finding.used_by, users);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete(), "{:?}", report.gaps());
}

/// The formula, and the table of links that LibreOffice writes beside it.
#[test]
fn a_formula_in_open_document() {
    for extension in ["ods", "ots", "fods"] {
        sheet(
            extension,
            Carrier::DdeDeclaration,
            "/c calc",
            &["Prices.B1"],
        );
    }
}

#[test]
fn a_formula_in_xlsx() {
    sheet("xlsx", Carrier::Formula, "/c calc", &["Prices!B1"]);
}

#[test]
fn a_formula_in_xls() {
    sheet("xls", Carrier::Supbook, "/c calc", &["Prices!B1"]);
}

#[test]
fn a_formula_in_slk() {
    sheet("slk", Carrier::Formula, "/c calc", &["B1"]);
}

#[test]
fn a_formula_in_xml_of_excel_2003() {
    sheet("xml", Carrier::Formula, "/c calc", &["Prices!B1"]);
}

/// The text is that of the formula: it is one again when it is opened.
#[test]
fn a_formula_in_csv() {
    sheet("csv", Carrier::Formula, "/c calc", &["B1"]);
}

/// What keeps the value alone has no link.
#[test]
fn a_formula_lost_in_a_page() {
    lost("excel/libreoffice-sheet.html");
}

#[test]
fn a_formula_lost_in_dif() {
    lost("excel/libreoffice-sheet.dif");
}
