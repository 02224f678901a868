//! What independent programs write: the same link in every format that keeps it, none in those
//! that lose it. `tests/support/make-excel.py` made the documents.

mod support;

use std::path::Path;

use ddetect::{Analyzer, Input, Report, Severity, Verdict};
use support::triples;

fn analyze(name: &str) -> Report {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let bytes = std::fs::read(&path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    Analyzer::default().analyze(Input::new(&bytes).name(&name))
}

/// The link that starts the calculator, so many times.
#[track_caller]
fn calculator(name: &str, times: usize) {
    let report = analyze(name);
    let found = triples(&report);
    assert_eq!(found.len(), times, "{report:#?}");
    let wanted = ["cmd", "/c calc", "A0"];
    for (service, topic, item) in &found {
        assert_eq!([service, topic, item], wanted, "{report:#?}");
    }
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete(), "{:?}", report.gaps());
}

/// Nothing above information, and nothing unread.
#[track_caller]
fn quiet(name: &str) {
    let report = analyze(name);
    let loud = report
        .findings()
        .iter()
        .filter(|f| f.severity > Severity::Info);
    assert_eq!(loud.count(), 0, "{report:#?}");
    assert!(triples(&report).is_empty(), "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.complete(), "{:?}", report.gaps());
}

#[test]
fn workbooks_of_markup() {
    calculator("excel/xlsxwriter-formula.zip", 1);
    calculator("excel/openpyxl-formula.zip", 1);
    calculator("excel/libreoffice-xlsx.zip", 1);
    quiet("benign/openpyxl-other-book.xlsx");
}

/// An array formula, a name, a conditional format, a validation, a cell of a very hidden sheet: one
/// link, and every place that uses it.
#[test]
fn a_link_everywhere() {
    calculator("excel/xlsxwriter-everywhere.zip", 1);
    let report = analyze("excel/xlsxwriter-everywhere.zip");
    let places = [
        "defined name Rate",
        "Prices!B4:B5",
        "Prices!B4:B9 (conditional format)",
        "Prices!C1 (data validation)",
        "Data!A1",
    ];
    assert_eq!(report.findings()[0].used_by, places);
}

#[test]
fn binary_workbooks() {
    calculator("excel/libreoffice-xls.zip", 1);
    quiet("benign/libreoffice-prices.xls");
    quiet("benign/xlwt-prices.xls");
}

#[test]
#[ignore = "pending: text reader"]
fn texts() {
    calculator("excel/libreoffice-slk.zip", 1);
    calculator("excel/libreoffice-csv.zip", 1);
    quiet("benign/libreoffice-prices.slk");
    quiet("benign/libreoffice-prices.csv");
    quiet("benign/libreoffice-prices.dif");
    // What the cell shows stands here, not the formula.
    quiet("excel/libreoffice-dif.zip");
}

#[test]
fn excel_2003_xml() {
    // LibreOffice writes the prefix of its own formulas into the attribute, and no program takes
    // that for a formula again: found or not, but read.
    let report = analyze("excel/libreoffice-xml.zip");
    let found = triples(&report);
    let wanted = ["cmd", "/c calc", "A0"];
    assert!(
        found.iter().all(|(s, t, i)| [s, t, i] == wanted),
        "{report:#?}"
    );
    assert!(report.complete(), "{:?}", report.gaps());
}

#[test]
fn pages() {
    quiet("benign/libreoffice-prices.html");
    quiet("excel/libreoffice-html.zip");
}

#[test]
fn open_document() {
    calculator("excel/libreoffice-ods.zip", 1);
    calculator("excel/libreoffice-fods.zip", 1);
    quiet("benign/libreoffice-prices.ods");
}
