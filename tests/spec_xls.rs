//! The cases of `spec/excel.md` §3: binary workbooks of every version, with the exact values of its
//! tables, and the ordinary ones that must stay silent.

mod support;

use ddetect::{
    Carrier, Confidence, Finding, Format, GapKind, Kind, Report, Severity, SkipReason, Trigger,
    Verdict,
};
use support::biff::{
    CELL, GLOBALS, LINK_TABLE, MACROS, SHEET, bof5, bof8, bound_sheet, compound, eof, extern_name,
    formula, name_x, named, record, supbook, workbook, xti,
};
use support::{analyze, dde, techniques, triples};

#[track_caller]
fn only(report: &Report) -> &Finding {
    let found = dde(report);
    assert_eq!(found.len(), 1, "{report:#?}");
    found[0]
}

fn triple(service: &str, topic: &str, item: &str) -> (String, String, String) {
    (service.to_owned(), topic.to_owned(), item.to_owned())
}

fn image(finding: &Finding) -> Option<&str> {
    finding.command.as_ref()?.image.as_deref()
}

/// The targets of links that are no DDE.
fn targets(report: &Report) -> Vec<&str> {
    let found = report.findings().iter();
    found.filter_map(|f| f.target.as_deref()).collect()
}

#[track_caller]
fn assert_silent(report: &Report) {
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.findings().is_empty(), "{report:#?}");
    assert!(report.gaps().is_empty(), "{report:#?}");
}

#[test]
fn case_1_as_excel_writes_it() {
    let stream = workbook(LINK_TABLE, CELL);
    for bytes in [stream.clone(), compound(&[("Workbook", &stream)])] {
        let report = analyze(&bytes);
        assert_eq!(report.document().format, Format::Xls);
        let finding = only(&report);
        assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
        assert_eq!(finding.used_by, ["Sheet!B4"]);
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
        (b"\0\0\x59\xb3\x0a\x9a", "XOR obfuscation"),
    ] {
        let globals = [record(0x2f, body), LINK_TABLE.to_vec()].concat();
        let report = analyze(&[bof8(GLOBALS), globals, eof()].concat());
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

/// The stream of appendix B4, with this text in front of the item.
fn biff5(text: &str) -> Vec<u8> {
    let mut sheet = vec![text.len() as u8];
    sheet.extend(text.bytes());
    [
        bof5(GLOBALS),
        record(0x16, b"\x01\0"),
        record(0x17, &sheet),
        record(0x23, b"\xe2\x7f\0\0\0\0\x02A1"),
        eof(),
    ]
    .concat()
}

#[test]
fn case_5_biff5_in_a_book_alone() {
    let stream = biff5("cmd\u{3}/c calc.exe");
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
    globals.extend(xti(&[0, 1]));
    let report = analyze(&workbook(&globals, &formula(1, 8, &name_x(0, 1))));
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(report.complete());
    let found = dde(&report);
    assert_eq!(found.len(), 602);
    assert_eq!(triples(&report)[0], triple("MTX", "DATA", "I0.SON"));
    assert_eq!(found[0].used_by, ["Sheet!I2"]);
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

#[test]
fn both_streams_of_a_dual_file_are_read() {
    let plain = workbook(&[], &[]);
    for (first, second) in [
        (plain.clone(), biff5("cmd\u{3}/c calc.exe")),
        (workbook(LINK_TABLE, CELL), bof5(GLOBALS)),
    ] {
        let report = analyze(&compound(&[("Workbook", &first), ("Book", &second)]));
        assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    }
}

#[test]
fn records_beside_the_workbook_are_read() {
    let plain = workbook(&[], &[]);
    for name in ["Revision Log", "User Names", "_SX_DB_CUR/0001"] {
        let report = analyze(&compound(&[("Workbook", &plain), (name, LINK_TABLE)]));
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
        xti(&[0]),
        xti(&[1]),
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
        [("MTX", nowhere), ("cmd", vec!["Sheet!A1".to_owned()])]
    );
}

#[test]
fn formulas_stand_in_many_records() {
    let area = b"\x03\0\x09\0\x01\x01";
    let token = name_x(0, 1);
    let with = |head: &[u8]| {
        let mut body = head.to_vec();
        body.extend((token.len() as u16).to_le_bytes());
        body.extend(&token);
        body
    };
    let shared = with(&[area, &b"\0\x07"[..]].concat());
    let array = with(&[area, &[0; 6][..]].concat());
    let chart = with(&[0; 6]);
    let mut condition = vec![1, 0];
    condition.extend((token.len() as u16).to_le_bytes());
    condition.extend([0, 0, 1, 2, 3, 4]);
    condition.extend(&token);
    let mut validation = vec![0; 4];
    validation.extend(b"\x01\0\0\0".repeat(4));
    validation.extend((token.len() as u16).to_le_bytes());
    validation.extend([0, 0]);
    validation.extend(&token);
    validation.extend([0; 4]);
    let mut object = vec![0x15, 0, 2, 0, 0, 0, 4, 0];
    object.extend((token.len() as u16 + 6).to_le_bytes());
    object.extend((token.len() as u16).to_le_bytes());
    object.extend([0; 4]);
    object.extend(&token);
    for (id, body, place) in [
        (0x04bc, shared, "Sheet!B4:B10"),
        (0x0221, array, "Sheet!B4:B10"),
        (0x1051, chart, "Sheet!chart"),
        (0x01b1, condition, "Sheet!conditional format"),
        (0x01be, validation, "Sheet!data validation"),
        (0x005d, object, "Sheet!object"),
    ] {
        let report = analyze(&workbook(LINK_TABLE, &record(id, &body)));
        assert_eq!(only(&report).used_by, [place], "{id:x}");
        assert_eq!(only(&report).kind, Kind::DdeAuto);
    }
    // A child of a shared formula says only where it stands.
    let child = formula(3, 1, b"\x01\x03\0\x01\0");
    let report = analyze(&workbook(LINK_TABLE, &child));
    assert!(only(&report).used_by.is_empty());
    // A defined name.
    let mut name = vec![0, 0, 0, 1];
    name.extend((token.len() as u16).to_le_bytes());
    name.extend([0; 9]);
    name.push(b'x');
    name.extend(&token);
    let globals = [LINK_TABLE.to_vec(), record(0x18, &name)].concat();
    let report = analyze(&workbook(&globals, &[]));
    assert_eq!(only(&report).used_by, ["defined name x"]);
}

#[test]
fn hidden_sheets_are_said() {
    for (state, technique) in [(1, "hidden-sheet"), (2, "very-hidden-sheet")] {
        let report = analyze(&named(LINK_TABLE, CELL, state, 0));
        assert!(techniques(only(&report)).contains(&technique));
    }
    // Where a sheet begins may be a lie: its turn counts then.
    let stream = [
        bof8(GLOBALS),
        bound_sheet(7, 2, 0, "Hidden"),
        LINK_TABLE.to_vec(),
        eof(),
        bof8(SHEET),
        CELL.to_vec(),
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

#[test]
fn macros_execute() {
    // EXEC("calc.exe") on a sheet of macros: function 110.
    let call = b"\x17\x08\0calc.exe\x42\x01\x6e\x00";
    let report = analyze(&named(&[], &formula(0, 0, call), 0, 1));
    let found = &report.findings()[0];
    assert_eq!(found.kind, Kind::Execute);
    assert_eq!(found.carrier, Carrier::Xlm);
    assert_eq!(found.target.as_deref(), Some("calc.exe"));
    assert_eq!(found.trigger, Trigger::Update);
    // A name that opens with the workbook starts it.
    let open = b"\x20\0\0\x01\x07\0\0\0\0\0\0\0\0\0\0\x01\x3a\0\0\0\0\0\0";
    let report = analyze(&named(&record(0x18, open), &formula(0, 0, call), 2, 1));
    assert_eq!(report.findings()[0].trigger, Trigger::Open);
    assert_eq!(report.verdict(), Verdict::Malicious);
    // What else a sheet of macros does is not the question, that it is there is said.
    let report = analyze(&named(
        &record(0x18, open),
        &formula(0, 0, b"\x1e\x01\0"),
        2,
        1,
    ));
    assert_eq!(report.verdict(), Verdict::Clean);
    let skipped: Vec<_> = report.skipped().iter().map(|one| one.reason).collect();
    assert_eq!(skipped, [SkipReason::Macro]);
    // On a substream of macros that no record lists.
    let stream = [
        bof8(GLOBALS),
        eof(),
        bof8(MACROS),
        formula(0, 0, call),
        eof(),
    ]
    .concat();
    assert_eq!(analyze(&stream).findings()[0].kind, Kind::Execute);
    // On an ordinary sheet the function does not exist.
    let report = analyze(&workbook(&[], &formula(0, 0, call)));
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(report.skipped().is_empty());
}

#[test]
fn texts_are_inert() {
    let text = "=cmd|'/c calc'!A1";
    let mut label = vec![3, 0, 1, 0, 0, 0, text.len() as u8, 0, 0];
    label.extend(text.bytes());
    // The second text of the table goes on in another record.
    let mut table = vec![
        2,
        0,
        0,
        0,
        2,
        0,
        0,
        0,
        1,
        0,
        0,
        b'x',
        text.len() as u8,
        0,
        0,
    ];
    table.extend(text[..5].bytes());
    let mut more = vec![1];
    more.extend(text[5..].bytes().flat_map(|byte| [byte, 0]));
    let table = [record(0xfc, &table), record(0x3c, &more)].concat();
    for (globals, sheet, place) in [
        (Vec::new(), record(0x0204, &label), "Sheet!B4"),
        (table, Vec::new(), "shared string 2"),
    ] {
        let report = analyze(&workbook(&globals, &sheet));
        let found = &report.findings()[0];
        assert_eq!(found.kind, Kind::Inert, "{report:#?}");
        assert_eq!(found.used_by, [place]);
        assert!(report.verdict() <= Verdict::Suspicious);
    }
    let mut label = vec![3, 0, 1, 0, 0, 0, 7, 0, 0];
    label.extend(b"a|b!c|d");
    assert_silent(&analyze(&workbook(&[], &record(0x0204, &label))));
}

#[test]
fn queries_lead_outside() {
    let piece = |text: &str| {
        let mut body = (text.len() as u16).to_le_bytes().to_vec();
        body.push(0);
        body.extend(text.bytes());
        record(0x00cd, &body)
    };
    // A web query whose address is cut in two; the table is filled at opening.
    let sheet = [
        record(0x01ad, b"\x20\0\0\0"),
        record(0x00dc, b"\x04\0\0\0\0\0\0\0\0\0\x02\0"),
        piece("URL;http://a.inva"),
        piece("lid/x.htm"),
    ]
    .concat();
    let report = analyze(&workbook(&[], &sheet));
    let found = &report.findings()[0];
    assert_eq!(found.carrier, Carrier::WebQuery);
    assert_eq!(found.target.as_deref(), Some("http://a.invalid/x.htm"));
    assert_eq!(found.trigger, Trigger::Open);
    // A query of a database.
    let sheet = [
        record(0x00dc, b"\x01\0\0\0\x01\0\0\0\0\0\x01\0"),
        piece("EXEC xp_cmdshell 'calc'"),
        piece("ODBC;DRIVER=SQL Server;SERVER=db.example"),
    ]
    .concat();
    let report = analyze(&workbook(&[], &sheet));
    let found = &report.findings()[0];
    assert_eq!(found.carrier, Carrier::Connection);
    assert_eq!(found.target.as_deref(), Some("db.example"));
    assert!(found.raw.contains("xp_cmdshell"));
    assert!(report.verdict() >= Verdict::Suspicious);
    // A range of another workbook that is consolidated.
    let mut range = vec![0; 6];
    let path = "\u{1}\u{1}@host\u{3}share\u{3}[a.xls]S";
    range.extend([path.len() as u8, 0, 0]);
    range.extend(path.bytes());
    let report = analyze(&workbook(&[], &record(0x51, &range)));
    assert_eq!(targets(&report), [r"\\host\share\a.xls"]);
    // Before BIFF8 the length has one byte.
    let mut range = vec![0; 6];
    range.push(path.len() as u8);
    range.extend(path.bytes());
    let stream = [bof5(SHEET), record(0x51, &range), eof()].concat();
    assert_eq!(
        targets(&analyze(&stream)),
        [r"\\host\share\a.xls"],
        "{:#?}",
        analyze(&stream).findings()
    );
}

/// [MS-XLS] 2.4.81, wRefreshInterval.
#[test]
fn queries_that_refresh_every_so_many_minutes_act_at_opening() {
    for (minutes, trigger) in [(5, Trigger::Open), (0, Trigger::Update)] {
        let mut extension = vec![0; 28];
        extension[0] = 3;
        extension[1] = 8;
        extension[22] = minutes;
        let mut piece = vec![22, 0, 0];
        piece.extend(b"URL;http://a.invalid/x");
        let sheet = [
            record(0x00dc, b"\x04\0\0\0\0\0\0\0\0\0\x01\0"),
            record(0x00cd, &piece),
            record(0x0803, &extension),
        ]
        .concat();
        let report = analyze(&workbook(&[], &sheet));
        let found = &report.findings()[0];
        assert_eq!(found.target.as_deref(), Some("http://a.invalid/x"));
        assert_eq!(found.trigger, trigger);
    }
}

/// [MS-XLS] 2.4.22, grUpdateLinks, and 2.4.125, fNoDeps.
#[test]
fn flags_of_the_workbook() {
    let link = [supbook("srv\u{3}data"), extern_name(0, "x"), xti(&[0])].concat();
    let read = |flags: &[u8]| {
        let globals = [flags, &link].concat();
        analyze(&workbook(&globals, &formula(0, 0, &name_x(0, 1))))
    };
    let report = read(&[]);
    assert_eq!(only(&report).trigger, Trigger::Update);
    assert!(!techniques(only(&report)).contains(&"recalculate-on-load"));
    // Bits 5 and 6: 0 asks, 1 never updates, 2 updates silently.
    for (grbit, trigger) in [
        (0x00, Trigger::Update),
        (0x20, Trigger::Update),
        (0x40, Trigger::Open),
    ] {
        let report = read(&record(0xda, &[grbit, 0]));
        assert_eq!(only(&report).trigger, trigger, "{grbit:#x}");
    }
    for (value, expected) in [(1, true), (0, false)] {
        let mut full = vec![0xa3, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        full.extend([value, 0, 0, 0]);
        let report = read(&record(0x08a3, &full));
        let found = techniques(only(&report)).contains(&"recalculate-on-load");
        assert_eq!(found, expected);
    }
}

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
            bof5(GLOBALS),
            record(0x17, b"\x07MTX\x03DAT"),
            eof(),
            bof5(SHEET),
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

#[test]
fn a_damaged_stream_is_a_gap_and_what_was_found_stays() {
    let mut stream = workbook(LINK_TABLE, CELL);
    stream.truncate(stream.len() - 10);
    let report = analyze(&stream);
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert!(!report.complete());
    // No record leads to the link table: it is searched for.
    let head = [bof8(GLOBALS), vec![0xfe, 0x7f, 0xff, 0xff]].concat();
    let report = analyze(&[head, vec![7; 100], LINK_TABLE.to_vec()].concat());
    let found = only(&report);
    assert_eq!(found.service.as_deref(), Some("cmd"));
    assert_eq!(found.confidence, Confidence::Low);
    assert!(techniques(found).contains(&"raw-scan"));
    assert!(!report.complete());
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
        bof5(0x20),
        [bof5(0x20), eof()].concat(),
    ];
    for stray in strays {
        let first = |records: &[u8]| [stray.clone(), records.to_vec()].concat();
        let report = analyze(&workbook(&first(LINK_TABLE), CELL));
        assert_eq!(only(&report).used_by.len(), 1, "{stray:?}");
        let report = analyze(&workbook(LINK_TABLE, &first(CELL)));
        assert_eq!(only(&report).used_by, ["Sheet!B4"], "{stray:?}");
        let cell = formula(0, 0, exec);
        let report = analyze(&named(&[], &first(&cell), 0, 1));
        assert_eq!(report.verdict(), Verdict::Malicious, "{stray:?}");
        let report = analyze(&workbook(&[], &first(&formula(0, 0, fetch))));
        assert_eq!(targets(&report), ["http://a.invalid/x"], "{stray:?}");
        // In front of all, it is the version of the stream; it is not the only one.
        let whole = compound(&[("Workbook", &first(&workbook(LINK_TABLE, CELL)))]);
        assert_eq!(only(&analyze(&whole)).used_by.len(), 1, "{stray:?}");
    }
    let old = biff5("cmd\u{3}/c calc.exe");
    let at = bof5(GLOBALS).len();
    let nested = [&old[..at], &bof8(0x20), &old[at..]].concat();
    let report = analyze(&compound(&[("Book", &nested)]));
    assert_eq!(only(&report).service.as_deref(), Some("cmd"));
}

/// LibreOffice passes over records of number and length 0 between others.
#[test]
fn records_of_nothing_end_nothing() {
    let nothing = record(0, &[]);
    for globals in [
        [nothing.clone(), LINK_TABLE.to_vec()].concat(),
        [nothing.repeat(100), LINK_TABLE.to_vec()].concat(),
    ] {
        let report = analyze(&workbook(&globals, CELL));
        let found = only(&report);
        assert_eq!(found.used_by, ["Sheet!B4"]);
        assert_eq!(found.confidence, Confidence::Certain);
        assert_eq!(report.verdict(), Verdict::Malicious);
    }
}

#[test]
fn a_workbook_that_ends_early_is_not_whole() {
    let whole = workbook(&[], &formula(0, 0, b"\x1e\x01\0"));
    assert_silent(&analyze(&compound(&[("Workbook", &whole)])));
    let globals = whole.len() - 4 - formula(0, 0, b"\x1e\x01\0").len() - bof8(SHEET).len();
    for end in [whole.len() - 4, globals] {
        let report = analyze(&compound(&[("Workbook", &whole[..end])]));
        assert_eq!(report.verdict(), Verdict::Incomplete, "{end}");
        assert_eq!(report.gaps()[0].kind, GapKind::Damaged);
    }
}

#[test]
fn macros_calculate_texts() {
    let mut tokens = b"\x17\x12\0=EXEC(\"powershell\")".to_vec();
    tokens[1] = (tokens.len() - 3) as u8;
    tokens.extend(b"\x41\x01\x01");
    let report = analyze(&named(&[], &formula(0, 0, &tokens), 0, 1));
    assert_eq!(targets(&report), ["powershell"]);
}

#[test]
fn padding_ends_nothing() {
    let stream = [workbook(&[], &[]), vec![0; 4096]].concat();
    assert_silent(&analyze(&stream));
    // What stands behind it may not be read by any program.
    let stream = [workbook(&[], &[]), vec![0; 64], LINK_TABLE.to_vec()].concat();
    assert_eq!(only(&analyze(&stream)).confidence, Confidence::Low);
}

#[test]
fn ordinary_workbooks_are_silent() {
    let sum = b"\x25\0\0\x02\0\0\xc0\0\xc0\x19\x10\0\0";
    let sheet = [
        formula(0, 0, sum),
        formula(1, 0, b"\x1e\x01\0\x1e\x02\0\x03"),
    ]
    .concat();
    assert_silent(&analyze(&workbook(&[], &sheet)));
    let report = analyze(&compound(&[("Workbook", &workbook(&[], &sheet))]));
    assert_silent(&report);
    // Functions of add-ins, and references to other sheets.
    let globals = [
        record(0x01ae, b"\x01\0\x01\x3a"),
        record(0x23, b"\0\0\0\0\0\0\x0b\0EUROCONVERT\x02\0\x1c\x17"),
        record(0x01ae, b"\x01\0\x01\x04"),
        xti(&[0, 1]),
    ]
    .concat();
    let mut call = name_x(0, 1);
    call.extend(b"\x1e\x01\0\x42\x02\xff\0");
    assert_silent(&analyze(&workbook(&globals, &formula(0, 0, &call))));
}

#[test]
fn functions_that_fetch_are_called_through_names() {
    // Since Excel 2013 they are names: `_xlfn.WEBSERVICE`, function 255 with the name first.
    let mut name = vec![0, 0, 0, 16, 0, 0];
    name.extend([0; 8]);
    name.push(0);
    name.extend(b"_xlfn.WEBSERVICE");
    let mut call = vec![0x23, 1, 0, 0, 0];
    call.extend(b"\x17\x12\0http://a.invalid/x\x42\x02\xff\0");
    let report = analyze(&workbook(&record(0x18, &name), &formula(0, 0, &call)));
    assert_eq!(report.findings()[0].carrier, Carrier::Function);
    assert_eq!(targets(&report), ["http://a.invalid/x"]);
}

#[test]
fn wrong_bytes_and_cut_streams_end_nothing() {
    let stream = workbook(LINK_TABLE, CELL);
    for end in 0..stream.len() {
        analyze(&stream[..end]);
    }
    let whole = [stream.clone(), biff5("cmd\u{3}/c calc.exe")].concat();
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
    let many = |unit: Vec<u8>| [bof8(GLOBALS), unit.repeat(5_000)].concat();
    for unit in [
        bof8(SHEET),
        eof(),
        bound_sheet(0, 2, 1, "a"),
        supbook("a\u{3}b"),
        extern_name(0x7fe2, "A"),
        xti(&[0, 1, 2]),
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
        LINK_TABLE.to_vec(),
    ];
    let report = analyze(&workbook(&junk.concat(), &[]));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// [MS-OLEPS] 2.25.1: PIDSI_AUTHOR and PIDSI_APPNAME.
#[test]
fn properties_are_told() {
    let summary = support::word::doc::summary(&[(4, "A. Example"), (18, "Microsoft Excel")]);
    let book = workbook(&[], &[]);
    let file = compound(&[("Workbook", &book), ("\u{5}SummaryInformation", &summary)]);
    let report = analyze(&file);
    let properties = &report.document().properties;
    assert_eq!(properties.author.as_deref(), Some("A. Example"));
    assert_eq!(properties.application.as_deref(), Some("Microsoft Excel"));
    assert_silent(&report);
    // A set that is cut off says what is left of it, and hides nothing else.
    for end in 0..summary.len() {
        let file = compound(&[
            ("Workbook", &book),
            ("\u{5}SummaryInformation", &summary[..end]),
        ]);
        assert_silent(&analyze(&file));
    }
}

/// §9: each program looks for its own stream, so a workbook beside a document or a presentation is
/// a workbook all the same; and beside a package that is encrypted.
#[test]
fn a_workbook_beside_other_documents() {
    let stream = workbook(LINK_TABLE, CELL);
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
