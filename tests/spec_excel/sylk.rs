//! SYLK: §4.4.

use ddetect::{Carrier, Format, Kind, Trigger, Verdict};

use super::support::analyze;
use super::support::excel::sylk::file;
use super::{is_inert, is_malicious, named, only, stands_at};

fn cell(program: &str, record: &str) -> Vec<u8> {
    file(program, &[record.to_owned()])
}

#[test]
#[ignore = "pending: text reader"]
fn case_1_an_expression() {
    let report = analyze(&cell("WXL;N;E", "C;Y1;X1;K0;Ecmd|'/C calc'!A0"));
    is_malicious(&report, ("cmd", "/C calc", "A0"));
    stands_at(only(&report), "A1");
}

#[test]
#[ignore = "pending: text reader"]
fn case_2_the_function_of_libreoffice() {
    let record = "C;Y1;X1;K0;EDDE(\"cmd\";;\"/C calc\";;\"A0\")";
    let report = analyze(&cell("CALCOOO32", record));
    is_malicious(&report, ("cmd", "/C calc", "A0"));
}

#[test]
#[ignore = "pending: text reader"]
fn case_3_a_macro_that_runs_by_itself() {
    let text = "ID;P\r\nO;E\r\nNN;NAuto_open;ER101C1;KOut Flank;F\r\nC;X1;Y101;EEXEC(\"CALC.EXE\")\r\n\
                C;X1;Y102;EHALT()\r\nE\r\n";
    let obfuscated =
        "ID;P\nNN;NAuTo_oPeN_x;ER101C1;F\nO;E\nC;X1;Y101;EEXEC(\"CALC\"&\".EXE\")\nE\n";
    for text in [text, obfuscated] {
        let report = analyze(text.as_bytes());
        let found: Vec<_> = report
            .findings()
            .iter()
            .filter(|finding| finding.kind == Kind::Execute)
            .collect();
        assert_eq!(found.len(), 1, "{report:#?}");
        assert_eq!(
            (found[0].carrier, found[0].trigger),
            (Carrier::Xlm, Trigger::Open)
        );
        assert_eq!(super::image(found[0]), Some("calc.exe"));
        assert!(report.verdict() >= Verdict::Suspicious, "{report:#?}");
    }
}

#[test]
#[ignore = "pending: text reader"]
fn case_4_doubled_semicolons() {
    let report = analyze(&cell("WXL;N;E", "C;Y1;X1;K0;Ecmd|'/c a;;b'!A0"));
    is_malicious(&report, ("cmd", "/c a;b", "A0"));
}

#[test]
#[ignore = "pending: text reader"]
fn case_5_named_csv() {
    let bytes = cell("", "NN;NAuto_Open;Ecmd|'/C calc'!A0");
    for report in [analyze(&bytes), named("prices.csv", &bytes)] {
        assert_eq!(report.document().format, Format::Sylk, "{report:#?}");
        is_malicious(&report, ("cmd", "/C calc", "A0"));
    }
}

#[test]
#[ignore = "pending: text reader"]
fn case_6_text_is_inert() {
    is_inert(&analyze(&cell("WXL;N;E", "C;Y1;X1;K\"=cmd|'/c calc'!A0\"")));
}

/// §4.1: XLM's own client of DDE, the second surface (§1.5).
#[test]
#[ignore = "pending: text reader"]
fn a_macro_that_talks_dde() {
    let text =
        "ID;P\r\nO;E\r\nNN;NAuto_open;ER1C1;F\r\nC;Y1;X1;EINITIATE(\"cmd\",\"/c calc\")\r\nE\r\n";
    let report = analyze(text.as_bytes());
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some("cmd"));
    assert_eq!(finding.topic.as_deref(), Some("/c calc"));
    assert_eq!(finding.carrier, Carrier::Xlm);
    assert_eq!(report.verdict(), Verdict::Malicious);
}
