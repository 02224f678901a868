//! What is cut off, damaged, or made to hurt.

use super::*;

#[test]
fn a_damaged_stream_is_a_gap_and_what_was_found_stays() {
    let mut stream = workbook(WORKED, WORKED_CELL);
    stream.truncate(stream.len() - 10);
    let report = analyze(&stream);
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert!(!report.complete());
    // No record leads to the link table: it is searched for.
    let head = [bof(GLOBALS), vec![0xfe, 0x7f, 0xff, 0xff]].concat();
    let report = analyze(&[head, vec![7; 100], WORKED.to_vec()].concat());
    let found = only(&report);
    assert_eq!(found.service.as_deref(), Some("cmd"));
    assert_eq!(found.confidence, Confidence::Low);
    assert!(techniques(found).contains(&"raw-scan"));
    assert!(!report.complete());
}

/// LibreOffice passes over records of number and length 0 between others.
#[test]
fn records_of_nothing_end_nothing() {
    let nothing = record(0, &[]);
    for globals in [
        [nothing.clone(), WORKED.to_vec()].concat(),
        [nothing.repeat(100), WORKED.to_vec()].concat(),
    ] {
        let report = analyze(&workbook(&globals, WORKED_CELL));
        let found = only(&report);
        assert_eq!(found.used_by, ["Sheet1!B4"]);
        assert_eq!(found.confidence, Confidence::Certain);
        assert_eq!(report.verdict(), Verdict::Malicious);
    }
}

#[test]
fn a_workbook_that_ends_early_is_not_whole() {
    let whole = workbook(&[], &formula(0, 0, b"\x1e\x01\0"));
    assert_silent(&analyze(&compound(&[("Workbook", &whole)])));
    let globals = whole.len() - 4 - formula(0, 0, b"\x1e\x01\0").len() - bof(SHEET).len();
    for end in [whole.len() - 4, globals] {
        let report = analyze(&compound(&[("Workbook", &whole[..end])]));
        assert_eq!(report.verdict(), Verdict::Incomplete, "{end}");
        assert_eq!(report.gaps()[0].kind, GapKind::Damaged);
    }
}

#[test]
fn padding_ends_nothing() {
    let stream = [workbook(&[], &[]), vec![0; 4096]].concat();
    assert_silent(&analyze(&stream));
    // What stands behind it may not be read by any program.
    let stream = [workbook(&[], &[]), vec![0; 64], WORKED.to_vec()].concat();
    assert_eq!(only(&analyze(&stream)).confidence, Confidence::Low);
}

#[test]
fn wrong_bytes_and_cut_streams_end_nothing() {
    let stream = workbook(WORKED, WORKED_CELL);
    for end in 0..stream.len() {
        analyze(&stream[..end]);
    }
    let whole = [stream.clone(), old("cmd\u{3}/c calc.exe")].concat();
    for at in 8..whole.len() {
        for byte in [0, 1, 0x7f, 0xff] {
            let mut wrong = whole.clone();
            wrong[at] = byte;
            // One wrong byte may break one of the two links; it cannot hide both.
            let report = analyze(&wrong);
            assert_ne!(report.verdict(), Verdict::Clean, "{at} {byte}");
        }
    }
}

#[test]
fn hostile_counts_end() {
    let many = |unit: Vec<u8>| [bof(GLOBALS), unit.repeat(5_000)].concat();
    for unit in [
        bof(SHEET),
        eof(),
        bound_sheet("a", 2, 1),
        supbook("a\u{3}b"),
        extern_name(0x7fe2, "A"),
        extern_sheet(&[0, 1, 2]),
        record(0x3c, &[]),
        record(0xfc, &[0xff; 11]),
    ] {
        let report = analyze(&many(unit));
        assert!(report.verdict() <= Verdict::Incomplete);
    }
    // What starts a program is found behind all of them.
    let junk = [
        supbook("a\u{3}b").repeat(40_000),
        extern_name(0x7fe2, "A").repeat(20_000),
        WORKED.to_vec(),
    ];
    let report = analyze(&workbook(&junk.concat(), &[]));
    assert_eq!(report.verdict(), Verdict::Malicious);
}
