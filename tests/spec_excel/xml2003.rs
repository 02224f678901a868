//! Excel 2003 XML: §6.5.

use super::support::excel::payload::Link;
use super::support::excel::xml2003::{Book, cell, sup_book};
use super::support::{analyze, techniques};
use super::{image, is_inert, is_malicious, only, stands_at};

#[test]
fn case_1_as_excel_writes_it() {
    let book = Book {
        excel: sup_book(&Link::new("cmd", "/c calc.exe", &["A1"])),
        cells: cell("=cmd|'/c calc.exe'!A1"),
        ..Book::default()
    };
    let report = analyze(&book.build());
    is_malicious(&report, ("cmd", "/c calc.exe", "A1"));
    stands_at(only(&report), "Tabelle1!B4");
}

#[test]
fn case_2_from_the_link_alone() {
    let book = Book {
        excel: sup_book(&Link::new("MSEXCEL", r"\..\..\x.exe", &["A1"])),
        ..Book::default()
    };
    let report = analyze(&book.build());
    is_malicious(&report, ("MSEXCEL", r"\..\..\x.exe", "A1"));
    assert_eq!(image(only(&report)), Some("x.exe"));
    assert!(techniques(only(&report)).contains(&"path-traversal"));
}

#[test]
fn a_second_bar_belongs_to_the_topic() {
    let book = Book {
        excel: sup_book(&Link::new("cmd", "/c a|b", &["A1"])),
        ..Book::default()
    };
    is_malicious(&analyze(&book.build()), ("cmd", "/c a|b", "A1"));
}

#[test]
fn text_is_inert() {
    let book = Book {
        cells: "<Cell><Data ss:Type=\"String\">=cmd|'/c calc'!A0</Data></Cell>".to_owned(),
        ..Book::default()
    };
    is_inert(&analyze(&book.build()));
}
