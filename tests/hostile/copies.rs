//! Links with long topics and many items: each item is a finding with a copy of the topic, unless
//! that is too much.
//!
//! Every link starts a program, so nothing here may come out as less than malicious, whatever was
//! joined or left out.

use std::time::Duration;

use ddetect::{Report, Verdict};

use super::support::docx::{docx, simple};
use super::support::excel::biff8;
use super::support::excel::payload::Link;
use super::support::excel::tokens::Token;
use super::support::excel::xlsb::Xlsb;
use super::support::excel::{sylk, xml2003};
use super::support::triples;
use super::support::xlsx::Workbook;
use super::{lean, turn, within};

const LINKS: usize = 8;
const ITEMS: usize = if cfg!(debug_assertions) { 17 } else { 170 };
const TOPIC: usize = if cfg!(debug_assertions) {
    10_000
} else {
    100_000
};
/// Just below what an instruction may take.
const INSTRUCTION: usize = if cfg!(debug_assertions) {
    6_000
} else {
    60_000
};

/// `/c calc` and so many letters in all, another text for each number.
fn topic(number: usize, length: usize) -> String {
    let head = format!("/c calc.exe {number} ");
    let rest = length.saturating_sub(head.len());
    head + &"x".repeat(rest)
}

/// The links, or the formulas that ask for the same.
fn links(length: usize) -> Vec<Link> {
    let items: Vec<String> = (0..ITEMS).map(|item| format!("A{item}")).collect();
    let items: Vec<&str> = items.iter().map(String::as_str).collect();
    (0..LINKS)
        .map(|number| Link::new("cmd", &topic(number, length), &items))
        .collect()
}

fn formulas(links: &[Link]) -> Vec<String> {
    let all = links.iter().flat_map(|link| {
        let items = link.items.iter();
        items.map(|item| link.reference(item))
    });
    all.collect()
}

/// Every link is told of, or there is a gap; and it is as bad as one of them alone.
#[track_caller]
fn told(what: &str, bytes: &[u8]) -> Report {
    println!("{what}");
    // A second for each MB, and no less than two.
    let seconds = (bytes.len() as u64 >> 20).max(2);
    lean(bytes);
    let report = within(Duration::from_secs(seconds), bytes);
    assert_eq!(report.verdict(), Verdict::Malicious, "{what}");
    let told = triples(&report);
    for number in 0..LINKS {
        let head = format!("/c calc.exe {number} ");
        let found = told.iter().any(|(_, topic, _)| topic.starts_with(&head));
        assert!(found || !report.complete(), "{what}: {number}");
    }
    report
}

#[test]
fn link_parts() {
    let _turn = turn();
    let links = links(TOPIC);
    let mut book = Workbook::new();
    for link in &links {
        let items: Vec<&str> = link.items.iter().map(String::as_str).collect();
        book = book.dde(&link.service, &link.topic, &items);
    }
    told("link parts", &book.build());
    // Used by cells.
    for number in 0..LINKS {
        for item in 0..ITEMS {
            let cell = format!("A{}", number * ITEMS + item + 1);
            book = book.formula(&cell, &format!("[{}]!A{item}", number + 1));
        }
    }
    told("link parts and cells", &book.build());
    // Asked for and not listed.
    let mut book = Workbook::new();
    for link in &links {
        book = book.dde(&link.service, &link.topic, &[]);
    }
    for number in 0..LINKS {
        for item in 0..ITEMS {
            let cell = format!("A{}", number * ITEMS + item + 1);
            book = book.formula(&cell, &format!("[{}]!B{item}", number + 1));
        }
    }
    told("items that no link lists", &book.build());
    let mut book = Workbook::new();
    for (row, formula) in formulas(&links).iter().enumerate() {
        book = book.formula(&format!("A{}", row + 1), formula);
    }
    told("cells", &book.build());
}

#[test]
fn records() {
    let _turn = turn();
    // A SUPBOOK has 65,535 characters at most, one record 8,224 bytes.
    let cut = |link: &Link| -> Vec<u8> {
        let whole = format!("{}\u{3}{}", link.service, link.topic);
        let units = u16::try_from(whole.len()).unwrap().to_le_bytes();
        let mut pieces = whole.as_bytes().chunks(8_000);
        let first = [&[0, 0][..], &units, &[0], pieces.next().unwrap()].concat();
        let mut bytes = biff8::record(biff8::SUPBOOK, &first);
        for piece in pieces {
            bytes.extend(biff8::record(biff8::CONTINUE, &[&[0], piece].concat()));
        }
        bytes
    };
    let links = links(65_000);
    let mut table = Vec::new();
    for link in &links {
        table.extend(cut(link));
        for item in &link.items {
            table.extend(biff8::extern_name(biff8::AUTOMATIC, item));
        }
    }
    table.extend(biff8::own(1));
    let books: Vec<u16> = (0..LINKS).map(|link| link as u16).collect();
    table.extend(biff8::extern_sheet(&books));
    let mut cells = Vec::new();
    for link in 0..LINKS {
        for item in 0..ITEMS {
            let (book, name) = (link as u16, item as u16 + 1);
            let mut rgce = vec![0x59];
            rgce.extend(book.to_le_bytes());
            rgce.extend(name.to_le_bytes());
            rgce.extend([0, 0]);
            cells.extend(biff8::formula(link as u16, item as u16, &rgce));
        }
    }
    let stream = biff8::stream(&table, &cells);
    told("SUPBOOK", &stream);
    told(
        "SUPBOOK, in a container",
        &biff8::container(&[("Workbook", stream)]),
    );
}

#[test]
fn binary_packages() {
    let _turn = turn();
    let book = Xlsb::new(&links(TOPIC), &[Token::Link(0, 1)]);
    told("BrtSupBookSrc", &book.build());
}

/// Files without compression: the topics are shorter, so that the files stay within the limits.
#[test]
fn texts() {
    let _turn = turn();
    let length = if cfg!(debug_assertions) {
        1_000
    } else {
        20_000
    };
    let formulas = formulas(&links(length));
    let records: Vec<String> = (1..)
        .zip(&formulas)
        .map(|(row, formula)| format!("C;Y{row};X1;K0;E{}", sylk::field(formula)))
        .collect();
    told("SYLK", &sylk::file("WXL;N;E", &records));
    let rows: Vec<String> = formulas.iter().map(|f| format!("\"={f}\"")).collect();
    let text = ["name,value".to_owned(), rows.join("\r\n")].join("\r\n");
    told("CSV", text.as_bytes());
    let text = xml2003::Book::default().text();
    let (head, tail) = text.split_once("</Row>").unwrap();
    let cells: String = formulas
        .iter()
        .map(|f| xml2003::cell(&format!("={f}")))
        .collect();
    told(
        "Excel 2003 XML",
        format!("{head}{cells}</Row>{tail}").as_bytes(),
    );
    let book = xml2003::Book {
        excel: links(TOPIC).iter().map(xml2003::sup_book).collect(),
        ..xml2003::Book::default()
    };
    told("SupBook", &book.build());
}

/// Fields say the whole link each time; an instruction has 64 KiB at most.
#[test]
fn fields() {
    let _turn = turn();
    let mut body = String::new();
    for number in 0..LINKS {
        let topic = topic(number, INSTRUCTION);
        for item in 0..ITEMS {
            body += &simple(&format!("DDEAUTO cmd \"{topic}\" A{item}"));
        }
    }
    told("fields", &docx(&body).build());
    // One text by a name, used again and again.
    let mut body = String::new();
    for number in 0..LINKS {
        let topic = topic(number, INSTRUCTION);
        body += &simple(&format!("SET t{number} \"{topic}\""));
        for item in 0..ITEMS {
            body += &super::field(&format!(
                "{}{}{}",
                super::instruction("DDEAUTO cmd "),
                super::field(&super::instruction(&format!("REF t{number}"))),
                super::instruction(&format!(" A{item}"))
            ));
        }
    }
    told("fields and names", &docx(&body).build());
}
