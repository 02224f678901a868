//! Formulas: where they stand, names, functions, macros, texts.

use super::*;

#[test]
fn used_by_names_every_kind_of_place() {
    let uses = name_x(0, 1);
    let range = u32s(&[1, 2, 1, 2]);
    let validation = join(&[
        &u32s(&[0, 1]),
        &range,
        &u32s(&[u32::MAX; 4]),
        &formula(&uses),
        &formula(b""),
    ]);
    let format = join(&[&u32s(&[1, 0, 1]), &range]);
    let rule = join(&[
        &u32s(&[2, 0, 0, 1, 0, 0, 0]),
        &[0, 0],
        &u32s(&[1, 0, 0, u32::MAX]),
        &formula(&uses),
    ]);
    let extended = join(&[
        &u32s(&[6, 1, 2, 1]),
        &range,
        &u32s(&[1, 2, uses.len() as u32, 0]),
        &uses,
    ]);
    // The range of a rule stands with the format around it.
    let rule_14 = join(&[&u32s(&[4, 1, 2, uses.len() as u32, 0]), &uses]);
    let cases: [(u16, Vec<u8>, &str); 9] = [
        (426, join(&[&range, &[0], &formula(&uses)]), "B2:C3"),
        (427, join(&[&range, &formula(&uses)]), "B2:C3"),
        (64, validation, "B2:C3 (data validation)"),
        (463, rule, "B2:C3 (conditional format)"),
        (1053, extended.clone(), "B2:C3 (data validation)"),
        (1048, extended.clone(), "B2:C3 (conditional format)"),
        (1043, extended, "B2:C3 (sparkline)"),
        (1048, rule_14, "B2:C3 (conditional format)"),
        (504, join(&[&u32s(&[1, 1]), &wide("[1]!x")]), "scenario"),
    ];
    for (id, payload, label) in cases {
        let records = join(&[
            &record(461, &format),
            &record(id, &payload),
            &record(462, b""),
        ]);
        let report = analyze(
            &Workbook::new()
                .dde("cmd", "/c calc", &[("x", 2)])
                .after(&records)
                .build(),
        );
        whole(&report);
        assert_eq!(dde(&report)[0].used_by, [format!("Sheet1!{label}")], "{id}");
    }
}

/// Functions of newer versions are names of the workbook, and names run at opening.
#[test]
fn names_and_functions() {
    let name = |name: &str, rgce: &[u8]| {
        let head = [0; 5];
        let sheet = u32s(&[u32::MAX]);
        record(
            39,
            &join(&[
                &head,
                &sheet,
                &wide(name),
                &formula(rgce),
                &u32s(&[u32::MAX]),
            ]),
        )
    };
    // `WEBSERVICE("http://…")`: the name, the text, a call of two.
    let call = join(&[
        &[0x23],
        &u32s(&[1]),
        &string_token("http://example.invalid/x"),
        &[0x42, 2, 255, 0],
    ]);
    let report = analyze(
        &Workbook::new()
            .names(&name("_xlfn.WEBSERVICE", &[0x1d, 0]))
            .cells(&join(&[&row(0), &formula_cell(0, &call)]))
            .build(),
    );
    whole(&report);
    let found = report.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].carrier, Carrier::Function);
    assert_eq!(found[0].target.as_deref(), Some("http://example.invalid/x"));

    // `EXEC("calc.exe")` in a name, with Auto_Open beside it.
    let exec = join(&[&string_token("calc.exe"), &[0x41], &110_u16.to_le_bytes()]);
    let report = analyze(
        &Workbook::new()
            .names(&name("_xlnm.Auto_Open", &[0x1d, 0]))
            .names(&name("x", &exec))
            .build(),
    );
    let found = report.findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        (found[0].kind, found[0].trigger),
        (Kind::Execute, Trigger::Open)
    );
    assert_eq!(found[0].target.as_deref(), Some("calc.exe"));
}

#[test]
fn macro_sheets_run_and_worksheets_do_not() {
    let exec = join(&[&string_token("calc.exe"), &[0x41], &110_u16.to_le_bytes()]);
    let cells = join(&[&row(0), &formula_cell(0, &exec)]);
    assert_eq!(
        analyze(&Workbook::new().cells(&cells).build())
            .findings()
            .len(),
        0
    );
    let mut workbook = Workbook::new().part(
        "xl/macrosheets/sheet1.bin",
        join(&[&record(129, b""), &cells, &record(130, b"")]),
    );
    workbook
        .more_rels
        .push(("rId50", "xlMacrosheet", "macrosheets/sheet1.bin"));
    let report = analyze(&workbook.build());
    whole(&report);
    assert_eq!(report.findings().len(), 1, "{report:#?}");
    assert_eq!(report.findings()[0].carrier, Carrier::Xlm);
    assert_eq!(report.findings()[0].location.cell(), Some("sheet1!A1"));
    // One without anything that matters is said to be there.
    let empty = join(&[&record(129, b""), &record(130, b"")]);
    let mut workbook = Workbook::new().part("xl/macrosheets/sheet1.bin", empty);
    let relation = ("rId50", "xlMacrosheet", "macrosheets/sheet1.bin");
    workbook.more_rels.push(relation);
    let report = analyze(&workbook.build());
    assert!(report.findings().is_empty());
    let skipped: Vec<_> = report.skipped().iter().map(|one| one.reason).collect();
    assert_eq!(skipped, [SkipReason::Macro]);
}

/// [MS-XLSB] 2.4.315, fNoDeps, and 2.4.782.
#[test]
fn everything_may_be_calculated_at_opening() {
    let flags = |value: u16| {
        let record = record(157, &join(&[&[0; 24], &value.to_le_bytes()]));
        Workbook::new().names(&record)
    };
    let sheet = |value: u8| Workbook::new().after(&record(663, &[value]));
    for (workbook, expected) in [
        (flags(0x0001), true),
        (flags(0x0100), true),
        (flags(0x0008), false),
        (sheet(1), true),
        (sheet(0), false),
    ] {
        let workbook = workbook
            .dde("srv", "data", &[("x", 0)])
            .cells(&join(&[&row(0), &formula_cell(0, &name_x(0, 1))]));
        let report = analyze(&workbook.build());
        let found = techniques(dde(&report)[0]).contains(&"recalculate-on-load");
        assert_eq!(found, expected);
    }
}

#[test]
fn texts_are_inert() {
    let text = "=cmd|'/c calc'!A0";
    let cached = record(371, &join(&[&u32s(&[0]), &wide(text)]));
    let values = record(582, &wide(text));
    let strings = join(&[
        &record(159, &u32s(&[1, 1])),
        &record(19, &join(&[&[0], &wide(text)])),
        &record(160, b""),
    ]);
    let workbook = Workbook::new()
        .cells(&join(&[
            &row(1),
            &record(6, &join(&[&u32s(&[0, 0]), &wide(text)])),
        ]))
        .part("xl/sharedStrings.bin", strings)
        .part(
            "xl/x.bin",
            join(&[&link_part(1, "BLP", "M", &[]), &cached, &values]),
        );
    let report = analyze(&workbook.build());
    whole(&report);
    let inert = report.findings().iter().filter(|f| f.kind == Kind::Inert);
    assert_eq!(inert.count(), 1, "{:#?}", report.findings());
    assert_eq!(triples(&report), [triple("BLP", "M", "")]);
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn hidden_sheets_and_flags_of_the_workbook() {
    let mut workbook = written();
    workbook.state = 2;
    workbook.names = join(&[
        &record(157, &join(&[&[0; 24], &1_u16.to_le_bytes()])),
        &record(153, &u32s(&[0x200])),
    ]);
    let report = analyze(&workbook.build());
    let found = techniques(dde(&report)[0]);
    assert!(
        found.contains(&"very-hidden-sheet") && found.contains(&"recalculate-on-load"),
        "{found:?}"
    );
}

/// A table of formulas with every function, number and text of an ordinary sheet is silent.
#[test]
fn ordinary_formulas_are_silent() {
    // SUM(A1:B2)*2
    let area = join(&[&[0x25], &u32s(&[0, 1]), &[0, 0xc0, 1, 0xc0]]);
    let sum = join(&[&area, &[0x42, 1, 4, 0, 0x1e, 2, 0, 5]]);
    let report = analyze(
        &Workbook::new()
            .cells(&join(&[&row(0), &formula_cell(0, &sum)]))
            .build(),
    );
    whole(&report);
    assert!(report.findings().is_empty());
}

/// [MS-XLSB] 2.4.136, fldFmla: it stands behind the names, and the flag of bit 8 says so.
#[test]
fn formulas_of_calculated_fields() {
    // RTD("my.server",,"x").
    let call = join(&[
        &string_token("my.server"),
        &[0x16],
        &string_token("x"),
        &[0x42, 3, 0x7b, 1],
    ]);
    for (flags, caption, expected) in [(0x0104, false, 1), (0x010c, true, 1), (0x0004, false, 0)] {
        let mut body = join(&[&u16::to_le_bytes(flags), &[0; 18], &wide("field")]);
        if caption {
            body.extend(wide("shown"));
        }
        body.extend(formula(&call));
        let part = join(&[
            &record(179, &[3, 3, 3, 0, 0, 0, 0, 0]),
            &record(181, &u32s(&[1])),
            &record(183, &body),
        ]);
        let report = analyze(&Workbook::new().part("xl/cache.bin", part).build());
        whole(&report);
        let found: Vec<_> = report
            .findings()
            .iter()
            .map(|f| f.target.as_deref())
            .collect();
        assert_eq!(found, vec![Some("my.server"); expected], "{flags:#x}");
    }
}
