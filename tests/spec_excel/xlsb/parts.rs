//! What a part is, in which order parts are read, and what stands in extensions.

use super::*;

/// §1.8: what a part is, its bytes say, not the package around it.
#[test]
fn binary_and_markup_parts_mix() {
    let markup = external_link(&dde_link("cmd", "/c calc", &["x"]));
    let report = analyze(
        &Workbook::new()
            .link(markup.clone().into_bytes(), "")
            .build(),
    );
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "x")]);
    assert!(!techniques(dde(&report)[0]).contains(&"unreachable"));
    // So they do where blanks or a mark stand in front, or each character has two bytes.
    let wide: Vec<u8> = format!("\u{feff}{markup}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let blank = format!("{}{markup}", " ".repeat(100_000)).into_bytes();
    for part in [wide, blank] {
        let report = analyze(&Workbook::new().link(part, "").build());
        assert_eq!(triples(&report), [triple("cmd", "/c calc", "x")]);
    }
    for name in ["xl/externalLinks/externalLink1.xml", "xl/media/image1.png"] {
        let package = support::xlsx::Workbook::new()
            .formula("B4", "[1]!x")
            .dde("a", "b", &["x"])
            .package()
            .part(name, link_part(1, "cmd", "/c calc", &[("x", 2)]));
        let report = analyze(&package.build());
        whole(&report);
        let found = dde(&report);
        let found = found.iter().find(|f| f.service.as_deref() == Some("cmd"));
        let linked = name.ends_with("1.xml");
        let used: &[&str] = if linked { &["Tabelle1!B4"] } else { &[] };
        assert_eq!(found.unwrap().used_by, used, "{name}");
        assert_eq!(techniques(found.unwrap()).contains(&"unreachable"), !linked);
    }
}

/// What its content type says is not hidden by what its bytes hold of other formats.
#[test]
fn signatures_inside_records_hide_nothing() {
    let mut link = record(1, b"PK\x03\x04");
    link.extend(link_part(1, "cmd", "/c calc", &[("x", 2)]));
    let report = analyze(&Workbook::new().link(link, "").build());
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "x")]);
}

/// §1.8: an external link that is outside of the package is a remote reference.
#[test]
fn a_link_part_outside() {
    let target = "http://example.invalid/externalLink1.xml";
    let package = support::xlsx::Workbook::new()
        .formula("A1", "[1]!x")
        .dde("a", "b", &["x"]);
    let relations = rels(&[
        ("rId1", "worksheet", "worksheets/sheet1.xml", false),
        ("rId2", "externalLink", target, true),
    ]);
    let report = analyze(
        &package
            .package()
            .part("xl/_rels/workbook.xml.rels", relations)
            .build(),
    );
    let found = report
        .findings()
        .iter()
        .find(|f| f.target.as_deref() == Some(target));
    assert_eq!(found.unwrap().carrier, Carrier::ExternalWorkbook);
}

/// Embedded workbooks have types that begin alike, and toolbars are no records.
#[test]
fn other_parts_with_such_types() {
    let inner = |item| {
        let book = support::xlsx::Workbook::new();
        book.dde("cmd", "/c calc", &[item]).build()
    };
    let types = support::package::content_types(&[
        (
            "/xl/embeddings/a.xlsm",
            "application/vnd.ms-excel.sheet.macroEnabled.12",
        ),
        ("/xl/embeddings/b.xlsm", "application/vnd.ms-excel.sheet"),
        (
            "/xl/attachedToolbars.bin",
            "application/vnd.ms-excel.attachedToolbars",
        ),
    ]);
    let package = support::xlsx::Workbook::new().package();
    let report = analyze(
        &package
            .part("[Content_Types].xml", types)
            .part("xl/embeddings/a.xlsm", inner("x"))
            .part("xl/embeddings/b.xlsm", inner("y"))
            .part(
                "xl/attachedToolbars.bin",
                &b"\x08\x00\x00\xff\xff\x7f toolbar"[..],
            )
            .build(),
    );
    whole(&report);
    assert_eq!(dde(&report).len(), 2, "{report:#?}");
}

/// Which part is read first is up to whoever packs it: the names and numbers of the workbook count
/// for sheets that are read before it, too.
#[test]
fn sheets_that_are_read_before_the_workbook() {
    // A name that begins so is a function of a later version: PtgName, an argument, 255.
    let name = record(
        39,
        &join(&[
            &u32s(&[0]),
            &[0],
            &u32s(&[u32::MAX]),
            &wide("_xlfn.WEBSERVICE"),
            &formula(&[0x1c, 0x1d]),
            &u32s(&[u32::MAX]),
        ]),
    );
    let call = join(&[
        &[0x23],
        &u32s(&[1]),
        &string_token("http://a.invalid/x"),
        &[0x42, 2, 255, 0],
    ]);
    let workbook = Workbook::new()
        .dde("cmd", "/c calc", &[("A1", 2)])
        .names(&name)
        .cells(&join(&[
            &row(3),
            &formula_cell(1, &name_x(0, 1)),
            &formula_cell(2, &call),
        ]));
    let ordered = analyze(&workbook.build());
    let first = rels(&[
        ("rId9", "worksheet", "xl/worksheets/sheet1.bin", false),
        ("rId1", "officeDocument", "xl/workbook.bin", false),
    ]);
    let mut package = Package::empty();
    for (name, bytes) in workbook.package().parts() {
        let bytes = match name.as_str() {
            "_rels/.rels" => first.clone().into_bytes(),
            _ => bytes.clone(),
        };
        package = package.part(name, bytes);
    }
    let report = analyze(&package.build());
    whole(&report);
    for report in [&ordered, &report] {
        assert_eq!(triples(report), [triple("cmd", "/c calc", "A1")]);
        assert_eq!(dde(report)[0].used_by, ["Sheet1!B4"]);
        assert_eq!(dde(report)[0].kind, Kind::DdeAuto);
        let calls: Vec<_> = report
            .findings()
            .iter()
            .filter(|finding| finding.carrier == Carrier::Function)
            .collect();
        assert_eq!(calls.len(), 1, "{:#?}", report.findings());
        assert_eq!(calls[0].target.as_deref(), Some("http://a.invalid/x"));
        assert_eq!(calls[0].used_by, ["Sheet1!C4"]);
    }
}

/// A record that opens a connection says nothing of the records of other kinds behind it.
#[test]
fn an_open_connection_hides_nothing() {
    let opens = record(201, &[]);
    let in_extension = join(&[&record(35, &[0, 0, 0x10, 0]), &opens, &record(36, &[])]);
    for stray in [opens, in_extension] {
        let link = link_part(1, "cmd", "/c calc.exe", &[("A1", 0x7502)]);
        let cells = join(&[&stray, &row(3), &formula_cell(1, &name_x(0, 1))]);
        let workbook = Workbook::new()
            .link(join(&[&stray, &link]), "")
            .cells(&cells);
        let report = analyze(&workbook.build());
        assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
        assert_eq!(dde(&report)[0].used_by, ["Sheet1!B4"]);
        assert_eq!(report.verdict(), Verdict::Malicious);
    }
}

/// What stands in an extension has no part in what numbers count.
#[test]
fn decoys_in_extensions_change_no_number() {
    let inside = |records: &[u8]| {
        let begin = record(35, &[0, 0, 0x10, 0]);
        join(&[&begin, records, &record(36, &[])])
    };
    let link = link_part(1, "cmd", "/c calc.exe", &[("A1", 0x7502)]);
    let head = record(360, &join(&[&[1, 0], &wide("cmd"), &wide("/c calc.exe")]));
    let tail = &link[head.len()..];
    let other = record(360, &join(&[&[0, 0], &wide("r"), &wide("x")]));
    let item = join(&[&record(577, &wide("junk")), &record(587, &[])]);
    for decoy in [other, item] {
        let part = join(&[&head, &inside(&decoy), tail]);
        let cells = join(&[&row(3), &formula_cell(1, &name_x(0, 1))]);
        let report = analyze(&Workbook::new().link(part, "").cells(&cells).build());
        assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
        assert_eq!(dde(&report)[0].used_by, ["Sheet1!B4"]);
    }
}

/// A link in an extension inside an item: what follows is of the item around it.
#[test]
fn an_item_goes_on_behind_an_extension() {
    let inner = link_part(1, "srv", "data", &[("z", 0)]);
    let extension = join(&[&record(35, &[0, 0, 0x10, 0]), &inner, &record(36, &[])]);
    let part = join(&[
        &record(360, &join(&[&[1, 0], &wide("cmd"), &wide("/c calc.exe")])),
        &record(577, &wide("A1")),
        &extension,
        &record(586, &[2, 0x75, 0, 0, 0, 0, 1]),
        &record(587, &[]),
        &record(588, &[]),
    ]);
    let cells = join(&[&row(3), &formula_cell(1, &name_x(0, 1))]);
    let report = analyze(&Workbook::new().link(part, "").cells(&cells).build());
    let found = dde(&report);
    let outer = found.iter().find(|f| f.service.as_deref() == Some("cmd"));
    let outer = outer.expect("the link around the extension");
    assert_eq!(outer.item.as_deref(), Some("A1"));
    // Only the flags behind the extension say that it updates by itself.
    assert_eq!(outer.trigger, Trigger::Open);
    assert_eq!(outer.used_by, ["Sheet1!B4"]);
    assert!(triples(&report).contains(&triple("srv", "data", "z")));
}
