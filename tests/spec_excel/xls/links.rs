//! The link table, and the streams and records that it may stand in.

use super::*;

#[test]
fn both_streams_of_a_dual_file_are_read() {
    let plain = workbook(&[], &[]);
    for (first, second) in [
        (plain.clone(), old("cmd\u{3}/c calc.exe")),
        (workbook(WORKED, WORKED_CELL), biff5::bof(GLOBALS)),
    ] {
        let report = analyze(&compound(&[("Workbook", &first), ("Book", &second)]));
        assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    }
}

#[test]
fn records_beside_the_workbook_are_read() {
    let plain = workbook(&[], &[]);
    for name in ["Revision Log", "User Names", "_SX_DB_CUR/0001"] {
        let report = analyze(&compound(&[("Workbook", &plain), (name, WORKED)]));
        assert_eq!(
            triples(&report),
            [triple("cmd", "/c calc.exe", "A1")],
            "{name}"
        );
    }
    let pivot = record(0xc6, &[0; 20]);
    assert_silent(&analyze(&compound(&[
        ("Workbook", &plain),
        ("Revision Log", &record(0x138, &[0; 20])),
        ("_SX_DB_CUR/0001", &pivot),
    ])));
}

#[test]
fn the_text_decides_and_not_the_flags() {
    // A manual item has no flags at all, like a defined name.
    let globals = [supbook("cmd\u{3}/c calc"), extern_name(0, "A1")].concat();
    let report = analyze(&workbook(&globals, &[]));
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "A1")]);
    assert_eq!(only(&report).trigger, Trigger::Update);
    // A class with a document is OLE, and so is what says so.
    let report = analyze(&workbook(&supbook("Word.Document.8\u{3}C:\\a\\b.doc"), &[]));
    assert!(dde(&report).is_empty());
    assert_eq!(targets(&report), ["C:\\a\\b.doc"]);
    let globals = [supbook("AcroExch\u{3}C:\\a.pdf"), extern_name(0x10, "x")].concat();
    let report = analyze(&workbook(&globals, &[]));
    assert!(dde(&report).is_empty());
    assert_eq!(targets(&report), ["C:\\a.pdf"]);
    // A flag hides no program.
    let globals = [supbook("cmd\u{3}/c calc"), extern_name(0x10, "x")].concat();
    let report = analyze(&workbook(&globals, &[]));
    assert_eq!(only(&report).confidence, Confidence::Medium);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn numbers_of_links_go_through_the_tables() {
    // Two tables: the second stands in front of the first.
    let globals = [
        supbook("MTX\u{3}DATA"),
        extern_name(0x7fe2, "A"),
        supbook("cmd\u{3}/c calc"),
        extern_name(0x7fe2, "B"),
        extern_sheet(&[0]),
        extern_sheet(&[1]),
    ]
    .concat();
    let report = analyze(&workbook(&globals, &formula(0, 0, &name_x(0, 1))));
    let used: Vec<_> = dde(&report)
        .iter()
        .map(|f| (f.service.as_deref().unwrap(), f.used_by.clone()))
        .collect();
    let nowhere: Vec<String> = Vec::new();
    assert_eq!(
        used,
        [("MTX", nowhere), ("cmd", vec!["Sheet1!A1".to_owned()])]
    );
}

#[test]
fn hidden_sheets_are_said() {
    for (state, technique) in [(1, "hidden-sheet"), (2, "very-hidden-sheet")] {
        let report = analyze(&stream_of(WORKED, WORKED_CELL, state, 0));
        assert!(techniques(only(&report)).contains(&technique));
    }
    // Where a sheet begins may be a lie: its turn counts then.
    let stream = [
        bof(GLOBALS),
        bound_sheet_at(7, "Hidden", 2, 0),
        WORKED.to_vec(),
        eof(),
        bof(SHEET),
        WORKED_CELL.to_vec(),
        eof(),
    ]
    .concat();
    assert_eq!(only(&analyze(&stream)).used_by, ["Hidden!B4"]);
}

#[test]
fn records_go_on_in_others() {
    // The text of the link is cut, and goes on behind a new flag byte.
    let globals = [
        record(0x01ae, b"\0\0\x0f\0\0cmd\x03/c "),
        record(0x3c, b"\0calc.exe"),
    ]
    .concat();
    let report = analyze(&workbook(&globals, &[]));
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "")]);
    let globals = [
        record(0x01ae, b"\0\0\x0c\0\0cmd\x03/c "),
        record(0x3c, b"\x01c\0a\0l\0c\0 \0"),
    ]
    .concat();
    let report = analyze(&workbook(&globals, &[]));
    assert_eq!(triples(&report), [triple("cmd", "/c calc ", "")]);
}

/// §9: each program looks for its own stream, so a workbook beside a document or a presentation is
/// a workbook all the same; and beside a package that is encrypted.
#[test]
fn a_workbook_beside_other_documents() {
    let stream = workbook(WORKED, WORKED_CELL);
    let beside: [&[&str]; 5] = [
        &["WordDocument", "1Table"],
        &["PowerPoint Document", "Current User"],
        &["VisioDocument"],
        &["__properties_version1.0"],
        &["EncryptionInfo", "EncryptedPackage"],
    ];
    for names in beside {
        for book in ["Workbook", "Book"] {
            let mut streams: Vec<(&str, &[u8])> = vec![(book, &stream)];
            streams.extend(names.iter().map(|name| (*name, &b"x"[..])));
            let report = analyze(&compound(&streams));
            assert_eq!(
                triples(&report),
                [triple("cmd", "/c calc.exe", "A1")],
                "{book} beside {names:?}"
            );
            assert_eq!(report.verdict(), Verdict::Malicious, "{names:?}");
        }
    }
}
