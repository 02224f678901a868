//! Pages saved for Excel: §6.5.

use super::support::excel::html::{bare, page};
use super::support::word::mht::{self, Transfer};
use super::{is_malicious, is_silent, named};

fn link(name: &str, page: &str) {
    is_malicious(&named(name, page.as_bytes()), ("cmd", "/c calc", "A0"));
}

#[test]
fn case_3_text_of_cells() {
    link("a.xls", &bare("<tr><td>=cmd|'/c calc'!A0</td></tr>"));
    link("a.xls", &page("", "<tr><td>=cmd|'/c calc'!A0</td></tr>"));
    let function = bare("<tr><td>=DDE(\"cmd\";\"/c calc\";\"x\")</td></tr>");
    is_malicious(
        &named("a.xls", function.as_bytes()),
        ("cmd", "/c calc", "x"),
    );
}

/// A page that is a text of cells as well: each reading finds the cell, which is told once.
#[test]
fn a_cell_that_is_a_line_too_is_told_once() {
    let cell = "<table><tr><td>\r\n=cmd|'/c calc'!A0\r\n</td></tr></table>\r\n";
    for (name, front) in [
        ("a.xls", "hello\r\n"),
        ("a.csv", "hello\r\n"),
        ("a.csv", ""),
    ] {
        let report = named(name, format!("{front}{cell}").as_bytes());
        is_malicious(&report, ("cmd", "/c calc", "A0"));
        assert_eq!(report.findings().len(), 1, "{name}: {report:#?}");
    }
    // Two links are two.
    let other = format!("hello\r\n=cmd|'/c mshta'!A0\r\n{cell}");
    assert_eq!(named("a.xls", other.as_bytes()).findings().len(), 2);
}

#[test]
fn case_4_references() {
    let cell = "<tr><td x:fmla=\"=&quot;a&quot;&amp;cmd&#124;&#39;/c calc&#39;!A0\">0</td></tr>";
    link("a.xls", &page("", cell));
    link("a.htm", &page("", cell));
    link(
        "a.xls",
        &bare("<tr><td>&#61;cmd&#x7c;'/c&nbsp;calc'&#33;A0</td></tr>").replace("&nbsp;", " "),
    );
}

#[test]
fn in_a_web_archive() {
    let page = page("", "<tr><td x:fmla=\"=cmd|'/c calc'!A0\">0</td></tr>");
    for transfer in [Transfer::QuotedPrintable, Transfer::Base64] {
        is_malicious(
            &named("a.mht", &mht::page(&page, transfer)),
            ("cmd", "/c calc", "A0"),
        );
    }
}

#[test]
fn ordinary_pages_are_silent() {
    let rows = "<tr><td>-5</td><td>a | b!</td><td>=SUM(A1:A2)</td><td x:fmla=\"=A1*2\">4</td>\
                <td>@user on a|b!c</td></tr>";
    for name in ["a.xls", "a.htm"] {
        is_silent(&named(name, page("", rows).as_bytes()));
        is_silent(&named(name, bare(rows).as_bytes()));
    }
}
