//! Formulas, macros and texts.

use super::*;

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
        (0x04bc, shared, "Sheet1!B4:B10"),
        (0x0221, array, "Sheet1!B4:B10"),
        (0x1051, chart, "Sheet1!chart"),
        (0x01b1, condition, "Sheet1!conditional format"),
        (0x01be, validation, "Sheet1!data validation"),
        (0x005d, object, "Sheet1!object"),
    ] {
        let report = analyze(&workbook(WORKED, &record(id, &body)));
        assert_eq!(only(&report).used_by, [place], "{id:x}");
        assert_eq!(only(&report).kind, Kind::DdeAuto);
    }
    // A child of a shared formula says only where it stands.
    let child = formula(3, 1, b"\x01\x03\0\x01\0");
    let report = analyze(&workbook(WORKED, &child));
    assert!(only(&report).used_by.is_empty());
    // A defined name.
    let mut name = vec![0, 0, 0, 1];
    name.extend((token.len() as u16).to_le_bytes());
    name.extend([0; 9]);
    name.push(b'x');
    name.extend(&token);
    let globals = [WORKED.to_vec(), record(0x18, &name)].concat();
    let report = analyze(&workbook(&globals, &[]));
    assert_eq!(only(&report).used_by, ["defined name x"]);
}

#[test]
fn macros_execute() {
    // EXEC("calc.exe") on a sheet of macros: function 110.
    let call = b"\x17\x08\0calc.exe\x42\x01\x6e\x00";
    let report = analyze(&stream_of(&[], &formula(0, 0, call), 0, 1));
    let found = &report.findings()[0];
    assert_eq!(found.kind, Kind::Execute);
    assert_eq!(found.carrier, Carrier::Xlm);
    assert_eq!(found.target.as_deref(), Some("calc.exe"));
    assert_eq!(found.trigger, Trigger::Update);
    // A name that opens with the workbook starts it.
    let open = b"\x20\0\0\x01\x07\0\0\0\0\0\0\0\0\0\0\x01\x3a\0\0\0\0\0\0";
    let report = analyze(&stream_of(&record(0x18, open), &formula(0, 0, call), 2, 1));
    assert_eq!(report.findings()[0].trigger, Trigger::Open);
    assert_eq!(report.verdict(), Verdict::Malicious);
    // What else a sheet of macros does is not the question, that it is there is said.
    let report = analyze(&stream_of(
        &record(0x18, open),
        &formula(0, 0, b"\x1e\x01\0"),
        2,
        1,
    ));
    assert_eq!(report.verdict(), Verdict::Clean);
    let skipped: Vec<_> = report.skipped().iter().map(|one| one.reason).collect();
    assert_eq!(skipped, [SkipReason::Macro]);
    // On a substream of macros that no record lists.
    let stream = [bof(GLOBALS), eof(), bof(MACRO), formula(0, 0, call), eof()].concat();
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
        (Vec::new(), record(0x0204, &label), "Sheet1!B4"),
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
fn macros_calculate_texts() {
    let mut tokens = b"\x17\x12\0=EXEC(\"powershell\")".to_vec();
    tokens[1] = (tokens.len() - 3) as u8;
    tokens.extend(b"\x41\x01\x01");
    let report = analyze(&stream_of(&[], &formula(0, 0, &tokens), 0, 1));
    assert_eq!(targets(&report), ["powershell"]);
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
        extern_sheet(&[0, 1]),
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

/// [MS-XLS] String: what a formula came to is text, at its cell.
#[test]
fn results_of_formulas_are_texts() {
    let text = "=cmd|'/c calc'!A0";
    let mut result = vec![text.len() as u8, 0, 0];
    result.extend(text.bytes());
    let sheet = [formula(3, 1, &[0x17, 0, 0]), record(0x0207, &result)].concat();
    let report = analyze(&workbook(&[], &sheet));
    assert_eq!(report.findings().len(), 1);
    let found = &report.findings()[0];
    assert_eq!(found.kind, Kind::Inert);
    assert_eq!(found.used_by, ["Sheet1!B4"]);
    // Before BIFF8 without flags.
    result.remove(2);
    let stream = [
        biff5::bof(SHEET),
        formula(3, 1, &[0x17, 0]),
        record(0x0207, &result),
        eof(),
    ];
    let report = analyze(&stream.concat());
    assert_eq!(report.findings()[0].kind, Kind::Inert, "{report:#?}");
}

/// [MS-XLS] Uncalced.
#[test]
fn formulas_that_were_not_calculated_are_at_opening() {
    let link = [
        supbook("srv\u{3}data"),
        extern_name(0, "x"),
        extern_sheet(&[0]),
    ]
    .concat();
    for (flags, expected) in [
        (vec![], false),
        (record(0x0d, b"\0\0"), false),
        (record(0x5e, b"\0\0"), true),
        (
            [record(0x0d, b"\0\0"), record(0x5e, b"\0\0")].concat(),
            true,
        ),
    ] {
        let sheet = [flags, formula(0, 0, &name_x(0, 1))].concat();
        let report = analyze(&workbook(&link, &sheet));
        let shown = techniques(only(&report)).contains(&"recalculate-on-load");
        assert_eq!(shown, expected);
    }
}
