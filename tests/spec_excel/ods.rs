//! OpenDocument: §7.5.

use ddetect::{GapKind, Severity, Verdict};

use super::support::excel::ods::{body, cell, flat, links, package};
use super::support::excel::payload::Link;
use super::support::package::attribute;
use super::support::xlsx::Workbook;
use super::support::zipsmith::{Entry, Zip};
use super::support::{analyze, triples};
use super::{is_malicious, triple};

const CALL: &str = "of:=DDE(\"cmd\";\"/C calc\";\"A0\")";

#[test]
fn case_1_function_and_link_are_one() {
    let after = links(&[Link::new("cmd", "/C calc", &["A0"])]);
    let body = body(&cell(&attribute(CALL)), &after);
    for bytes in [flat(&body), package(&body)] {
        is_malicious(&analyze(&bytes), ("cmd", "/C calc", "A0"));
    }
}

#[test]
fn case_2_a_section_of_a_text() {
    let names = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
                 xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"";
    let text = format!(
        "<office:document {names} office:mimetype=\"application/vnd.oasis.opendocument.text\">\
         <office:body><office:text><text:section text:name=\"s\"><office:dde-source \
         office:dde-application=\"soffice\" office:dde-topic=\"/x/x.odt\" office:dde-item=\"bm\" \
         office:automatic-update=\"true\"/></text:section></office:text></office:body>\
         </office:document>"
    );
    let report = analyze(text.as_bytes());
    assert_eq!(triples(&report), [triple("soffice", "/x/x.odt", "bm")]);
    assert!(
        report
            .findings()
            .iter()
            .all(|f| f.severity == Severity::Info),
        "{report:#?}"
    );
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn case_3_the_function_in_a_workbook_of_excel() {
    let bytes = Workbook::new()
        .formula("A1", "DDE(\"cmd\",\"/C calc\",\"A0\")")
        .build();
    is_malicious(&analyze(&bytes), ("cmd", "/C calc", "A0"));
}

#[test]
fn case_4_a_formula_of_excel() {
    let body = body(&cell("msoxl:=cmd|'/C calc'!A0"), "");
    for bytes in [package(&body), flat(&body)] {
        is_malicious(&analyze(&bytes), ("cmd", "/C calc", "A0"));
    }
}

#[test]
fn case_5_encrypted() {
    let noise: Vec<u8> = (0..400_u32)
        .map(|i| u8::try_from(i * 97 % 251).unwrap())
        .collect();
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
        <manifest:file-entry manifest:full-path=\"content.xml\"><manifest:encryption-data>\
        <manifest:algorithm manifest:algorithm-name=\"http://www.w3.org/2001/04/xmlenc#aes256-cbc\"/>\
        </manifest:encryption-data></manifest:file-entry></manifest:manifest>";
    let bytes = Zip::new()
        .entry(Entry::stored(
            "mimetype",
            "application/vnd.oasis.opendocument.spreadsheet",
        ))
        .entry(Entry::stored("content.xml", noise))
        .entry(Entry::deflated("META-INF/manifest.xml", manifest))
        .build();
    let report = analyze(&bytes);
    assert_eq!(report.verdict(), Verdict::Incomplete, "{report:#?}");
    let gap = report
        .gaps()
        .iter()
        .find(|gap| gap.kind == GapKind::Encrypted);
    assert!(
        gap.is_some_and(|gap| gap.detail.contains("aes256-cbc")),
        "{report:#?}"
    );
}

/// Ordinary formulas, in the spelling of the format.
#[test]
fn ordinary_sheets_are_silent() {
    let cells: String = [
        "of:=SUM([.A1:.A9])*1.19",
        "of:=[.A1]&\"|\"&[.B1]&\"!\"",
        "of:=IF([.A1]>1;\"cmd|'/c calc'!A0\";\"\")",
        "oooc:=[.A1]",
        "msoxl:=A1&\"a|b!c\"",
    ]
    .iter()
    .map(|formula| cell(&attribute(formula)))
    .collect();
    let report = analyze(&package(&body(&cells, "")));
    super::is_silent(&report);
}
