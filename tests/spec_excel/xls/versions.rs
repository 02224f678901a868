//! Streams of older versions, and of more than one.

use super::*;

#[test]
fn older_versions() {
    for (bof, item) in [
        (record(0x0009, b"\x02\0\x10\0"), record(0x23, b"\x02A1")),
        (
            record(0x0009, b"\x02\0\x10\0"),
            record(0x23, b"\x02\0\x02A1"),
        ),
        (
            record(0x0209, b"\0\x03\x10\0\0\0"),
            record(0x0223, b"\x02\0\x02A1"),
        ),
        (
            record(0x0409, b"\0\x04\x10\0\0\0"),
            record(0x0223, b"\x02\0\x02A1"),
        ),
        // A workspace.
        (
            record(0x0409, b"\0\x04\0\x01\0\0"),
            record(0x0223, b"\x02\0\x02A1"),
        ),
    ] {
        let mut sheet = vec![15];
        sheet.extend(b"cmd\x03/c calc.exe");
        let stream = [bof, record(0x17, &sheet), item, eof()].concat();
        let report = analyze(&stream);
        assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
        assert_eq!(report.verdict(), Verdict::Malicious);
    }
    // The formula of a sheet of BIFF5 uses the links of its own substream.
    let mut token = vec![0x59, 1, 0];
    token.extend([0; 8]);
    token.extend([1, 0]);
    token.extend([0; 12]);
    let links = [
        record(0x17, b"\x03\x03Two"),
        record(0x17, b"\x0fcmd\x03/c calc.exe"),
        record(0x23, b"\xe2\x7f\0\0\0\0\x02A1"),
    ]
    .concat();
    let stream = |number: u8| {
        token[1] = number;
        [
            biff5::bof(GLOBALS),
            record(0x17, b"\x07MTX\x03DAT"),
            eof(),
            biff5::bof(SHEET),
            links.clone(),
            formula(0, 0, &token),
            eof(),
        ]
        .concat()
    };
    let mut stream = stream;
    let used = |report: &Report| {
        let found = dde(report);
        let cmd = found.iter().find(|f| f.service.as_deref() == Some("cmd"));
        cmd.unwrap().used_by.clone()
    };
    assert_eq!(used(&analyze(&stream(2))), ["A1"]);
    assert!(used(&analyze(&stream(1))).is_empty());
}

/// §A.1: the version of a stream is that of its first `BOF`. One of another version somewhere in it
/// changes nothing of what stands behind.
#[test]
fn a_stray_bof_changes_no_version() {
    let exec = b"\x17\x16\0powershell -c calc.exe\x42\x01\x6e\0";
    let fetch = b"\x17\x12\0http://a.invalid/x\x42\x01\x67\x01";
    let strays = [
        record(9, &[]),
        record(0x209, &[]),
        record(0x409, &[]),
        biff5::bof(0x20),
        [biff5::bof(0x20), eof()].concat(),
    ];
    for stray in strays {
        let first = |records: &[u8]| [stray.clone(), records.to_vec()].concat();
        let report = analyze(&workbook(&first(WORKED), WORKED_CELL));
        assert_eq!(only(&report).used_by.len(), 1, "{stray:?}");
        let report = analyze(&workbook(WORKED, &first(WORKED_CELL)));
        assert_eq!(only(&report).used_by, ["Sheet1!B4"], "{stray:?}");
        let cell = formula(0, 0, exec);
        let report = analyze(&stream_of(&[], &first(&cell), 0, 1));
        assert_eq!(report.verdict(), Verdict::Malicious, "{stray:?}");
        let report = analyze(&workbook(&[], &first(&formula(0, 0, fetch))));
        assert_eq!(targets(&report), ["http://a.invalid/x"], "{stray:?}");
        // In front of all, it is the version of the stream; it is not the only one.
        let whole = compound(&[("Workbook", &first(&workbook(WORKED, WORKED_CELL)))]);
        assert_eq!(only(&analyze(&whole)).used_by.len(), 1, "{stray:?}");
    }
    let book = old("cmd\u{3}/c calc.exe");
    let at = biff5::bof(GLOBALS).len();
    let nested = [&book[..at], &bof(0x20), &book[at..]].concat();
    let report = analyze(&compound(&[("Book", &nested)]));
    assert_eq!(only(&report).service.as_deref(), Some("cmd"));
}

/// A picture that is linked, in BIFF5: its formula is the name of the item (§3.6, §3.9).
#[test]
fn objects_of_biff5_use_links() {
    let mut object = vec![1, 0, 0, 0, 8, 0, 1, 0];
    object.extend([0; 62]);
    object.extend(b"\x20\0\x19\0\0\0\0\0\x39\x01\0");
    object.extend([0; 8]);
    object.extend(b"\x01\0");
    object.extend([0; 13]);
    let stream = [
        biff5::bof(SHEET),
        record(0x17, b"\x0fcmd\x03/c calc.exe"),
        record(0x23, b"\xe2\x7f\0\0\0\0\x02A1"),
        record(0x5d, &object),
        eof(),
    ];
    let report = analyze(&stream.concat());
    let finding = only(&report);
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert_eq!(finding.used_by, ["object"]);
    assert_eq!(finding.trigger, Trigger::Open);
}
