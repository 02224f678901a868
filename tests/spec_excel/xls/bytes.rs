//! The cases of §3.13, record by record.

use super::*;

#[test]
fn case_1_as_excel_writes_it() {
    let stream = workbook(WORKED, WORKED_CELL);
    for bytes in [stream.clone(), compound(&[("Workbook", &stream)])] {
        let report = analyze(&bytes);
        assert_eq!(report.document().format, Format::Xls);
        let finding = only(&report);
        assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
        assert_eq!(finding.used_by, ["Sheet1!B4"]);
        assert_eq!(finding.carrier, Carrier::Supbook);
        assert_eq!(
            (finding.kind, finding.trigger),
            (Kind::DdeAuto, Trigger::Open)
        );
        assert_eq!(finding.severity, Severity::Critical);
        assert_eq!(finding.confidence, Confidence::Certain);
        assert_eq!(image(finding), Some("cmd.exe"));
        assert_eq!(report.verdict(), Verdict::Malicious);
        assert!(report.complete());
    }
}

#[test]
fn case_2_encrypted_names_its_scheme_and_is_not_read() {
    for (body, scheme) in [
        (&b"\x01\0\x01\0\x01\0"[..], "RC4"),
        (b"\x01\0\x02\0\x02\0", "RC4 CryptoAPI"),
        (b"\0\0\x59\xb3\x0a\x9b", "XOR obfuscation"),
    ] {
        let globals = [record(0x2f, body), WORKED.to_vec()].concat();
        let report = analyze(&[bof(GLOBALS), globals, eof()].concat());
        assert_eq!(report.verdict(), Verdict::Incomplete);
        let gap = &report.gaps()[0];
        assert_eq!(
            (gap.kind, gap.detail.as_str()),
            (GapKind::Encrypted, scheme)
        );
        assert!(report.findings().is_empty());
    }
}

#[test]
fn case_3_two_bytes_a_character() {
    let text: Vec<u8> = "cmd\u{3}/c calc"
        .bytes()
        .flat_map(|byte| [byte, 0])
        .collect();
    let mut body = vec![0, 0, 11, 0, 1];
    body.extend(text);
    let report = analyze(&workbook(&record(0x01ae, &body), &[]));
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "")]);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn case_4_an_external_workbook_without_sheets_is_no_dde() {
    // POI 60460.xls.
    let path = "\u{1}\u{1}@HEPPC3\u{3}gt$\u{3}Teaching\u{3}Syn\u{3}physyn.xls";
    let report = analyze(&workbook(&supbook(path), &[]));
    assert!(dde(&report).is_empty());
    assert_eq!(targets(&report), [r"\\HEPPC3\gt$\Teaching\Syn\physyn.xls"]);
    assert_eq!(report.findings()[0].carrier, Carrier::ExternalWorkbook);
}

#[test]
fn case_5_biff5_in_a_book_alone() {
    let stream = old("cmd\u{3}/c calc.exe");
    for bytes in [
        compound(&[("Book", &stream)]),
        compound(&[("BOOK", &stream)]),
        stream.clone(),
    ] {
        let report = analyze(&bytes);
        assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
        assert_eq!(report.verdict(), Verdict::Malicious);
    }
}

#[test]
fn case_6_hundreds_of_items_of_market_data_are_information() {
    // The shape of POI 49219.xls.
    let mut globals = Vec::new();
    for (pair, items) in [("MTX\u{3}DATA", 476), ("IDT\u{3}IMKB", 126)] {
        globals.extend(supbook(pair));
        for item in 0..items {
            globals.extend(extern_name(0x7fe2, &format!("I{item}.SON")));
        }
        globals.extend(extern_name(0x7fea, "StdDocumentName"));
    }
    globals.extend(extern_sheet(&[0, 1]));
    let report = analyze(&workbook(&globals, &formula(1, 8, &name_x(0, 1))));
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(report.complete());
    let found = dde(&report);
    assert_eq!(found.len(), 602);
    assert_eq!(triples(&report)[0], triple("MTX", "DATA", "I0.SON"));
    assert_eq!(found[0].used_by, ["Sheet1!I2"]);
    assert!(found.iter().all(|f| f.severity == Severity::Info));
}

#[test]
fn case_7_values_that_are_not_there() {
    let globals = [
        supbook("cmd\u{3}/c calc"),
        record(0x23, b"\xe2\x7f\0\0\0\0\x02\0A1\xff\xff\xff"),
    ]
    .concat();
    let report = analyze(&workbook(&globals, &[]));
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "A1")]);
}
