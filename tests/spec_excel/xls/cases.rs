//! Binary workbooks of Excel 97 and before: §3.13, and the traps of §3.4.

use ddetect::{Carrier, GapKind, Kind, Severity, Verdict};

use crate::support::excel::biff5;
use crate::support::excel::biff8::{
    self, AUTOMATIC, Biff8, EOF, EXTERNNAME, FILEPASS, GLOBALS, Place, SHEET, STD, WORKED,
    WORKED_CELL, bof, bound_sheet, container, extern_name, extern_sheet, record, supbook,
    supbook_of,
};
use crate::support::excel::payload::Link;
use crate::support::excel::tokens::Token;
use crate::support::{analyze, dde, triples};
use crate::{image, is_malicious, only, stands_at, triple};

const LINK: &[Token] = &[Token::Link(0, 1)];

fn file(globals: &[u8], sheet: &[u8]) -> Vec<u8> {
    container(&[("Workbook", biff8::stream(globals, sheet))])
}

#[test]
fn case_1_as_excel_writes_it() {
    let report = analyze(&file(WORKED, WORKED_CELL));
    is_malicious(&report, ("cmd", "/c calc.exe", "A1"));
    let finding = only(&report);
    assert_eq!(
        (finding.carrier, finding.kind),
        (Carrier::Supbook, Kind::DdeAuto)
    );
    assert_eq!(image(finding), Some("cmd.exe"));
    stands_at(finding, "Sheet1!B4");
}

/// Encryption that no password opens is recognised, and the gap names its scheme.
#[test]
fn case_2_encrypted() {
    let rc4 = [&[1, 0, 1, 0, 1, 0][..], &[0x5a; 48]].concat();
    let header = [&[0; 32][..], b"M\0S\0\0\0"].concat();
    let crypto = [
        &[1, 0, 2, 0, 2, 0, 4, 0, 0, 0][..],
        &u32::try_from(header.len()).unwrap().to_le_bytes(),
        &header,
        &[0x5a; 60],
    ]
    .concat();
    let cases: [(&str, &[u8]); 3] = [
        ("XOR", &[0, 0, 0x12, 0x34, 0x56, 0x78]),
        ("RC4", &rc4),
        ("CryptoAPI", &crypto),
    ];
    for (scheme, body) in cases {
        let stream = [
            bof(GLOBALS),
            record(FILEPASS, body),
            record(0x01ae, &[0x5a; 20]),
            record(EXTERNNAME, &[0x5a; 10]),
            record(EOF, &[]),
        ]
        .concat();
        let report = analyze(&container(&[("Workbook", stream)]));
        assert!(report.findings().is_empty(), "{scheme}: {report:#?}");
        assert_eq!(report.verdict(), Verdict::Incomplete, "{scheme}");
        let gaps: Vec<_> = report.gaps().iter().collect();
        assert_eq!(gaps.len(), 1, "{scheme}: {gaps:?}");
        assert_eq!(gaps[0].kind, GapKind::Encrypted);
        assert!(
            gaps[0].detail.contains(scheme),
            "{scheme}: {}",
            gaps[0].detail
        );
    }
}

#[test]
fn case_3_sixteen_bits() {
    let globals = [
        supbook_of(0, "cmd\u{3}/c calc", true, None),
        extern_sheet(&[0]),
    ]
    .concat();
    let report = analyze(&file(&globals, &[]));
    let found: Vec<_> = triples(&report)
        .into_iter()
        .map(|(s, t, _)| (s, t))
        .collect();
    assert_eq!(found, [("cmd".to_owned(), "/c calc".to_owned())]);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// POI 60460.xls: an external workbook with no sheet names.
#[test]
fn case_4_an_external_workbook_is_not_dde() {
    let path = "\u{1}\u{1}@HEPPC3\u{3}gt$\u{3}Teaching\u{3}Syn\u{3}physyn.xls";
    assert_eq!(path.len(), 0x25);
    let globals = [supbook(path), extern_sheet(&[0])].concat();
    assert!(globals.starts_with(b"\xae\x01\x2a\x00\x00\x00\x25\x00\x00\x01\x01@HEPPC3"));
    let report = analyze(&file(&globals, &[]));
    assert!(dde(&report).is_empty(), "{report:#?}");
    let links: Vec<_> = report.findings().iter().collect();
    assert_eq!(links.len(), 1, "{report:#?}");
    assert_eq!(links[0].carrier, Carrier::ExternalWorkbook);
    assert_eq!(
        links[0].target.as_deref(),
        Some(r"\\HEPPC3\gt$\Teaching\Syn\physyn.xls")
    );
}

#[test]
fn case_5_an_older_stream_alone() {
    let extern_sheet = record(0x0017, b"\x0fcmd\x03/c calc.exe");
    let extern_name = record(0x0023, b"\xe2\x7f\0\0\0\0\x02A1");
    let bof = b"\x09\x08\x08\0\0\x05\x05\0\x04\x1a\xcc\x07";
    // Appendix B4.
    let stream = [
        &bof[..],
        b"\x16\0\x02\0\x01\0",
        &extern_sheet,
        &extern_name,
        &record(EOF, &[]),
    ]
    .concat();
    let report = analyze(&container(&[("Book", stream)]));
    is_malicious(&report, ("cmd", "/c calc.exe", "A1"));
    // With a cell.
    let links = [Link::new("cmd", "/c calc.exe", &["A1"])];
    let report = analyze(&biff5::build(&links, LINK));
    is_malicious(&report, ("cmd", "/c calc.exe", "A1"));
    stands_at(only(&report), "Sheet1!B4");
}

/// The shape of POI 49219.xls: two feeds with 477 and 127 items.
#[test]
fn case_6_a_sheet_full_of_market_data() {
    let mut globals = Vec::new();
    for (service, topic, items) in [("MTX", "DATA", 477), ("IDT", "IMKB", 127)] {
        globals.extend(supbook(&format!("{service}\u{3}{topic}")));
        globals.extend(extern_name(STD, "StdDocumentName"));
        for item in 0..items {
            globals.extend(extern_name(AUTOMATIC, &format!("S{item}.SON")));
        }
    }
    globals.extend(extern_sheet(&[0, 1]));
    let report = analyze(&file(&globals, &[]));
    let found = triples(&report);
    assert_eq!(found.len(), 604);
    assert!(found.contains(&triple("MTX", "DATA", "S476.SON")));
    assert!(found.contains(&triple("IDT", "IMKB", "S126.SON")));
    let loud = report
        .findings()
        .iter()
        .filter(|f| f.severity > Severity::Info);
    assert_eq!(loud.count(), 0);
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn case_7_cached_data_that_are_not_there() {
    let name = b"\xe2\x7f\0\0\0\0\x02\0A1\xff\xff\xff";
    let globals = [
        supbook("cmd\u{3}/c calc.exe"),
        record(EXTERNNAME, name),
        extern_sheet(&[0]),
    ]
    .concat();
    let report = analyze(&file(&globals, &[]));
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// §3.4: the owner decides what an EXTERNNAME is, not its flags.
#[test]
fn a_manual_item_is_an_item() {
    let mut book = Biff8::new(&[Link::new("cmd", "/c calc", &["A1"])], LINK);
    book.flags = 0;
    let report = analyze(&book.build());
    assert_eq!(triples(&report), [triple("cmd", "/c calc", "A1")]);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// §3.4: `@HEPPC3 gt$ …` without the mark of a coded path, and sheets: an external workbook, unless
/// a program is named.
#[test]
fn a_link_that_counts_sheets() {
    for (service, malicious) in [("cmd", true), ("powershell", true)] {
        let path = format!("{service}\u{3}/c calc");
        let globals = [supbook_of(1, &path, false, None), extern_sheet(&[0])].concat();
        let report = analyze(&file(&globals, &[]));
        assert_eq!(
            report.verdict() == Verdict::Malicious,
            malicious,
            "{report:#?}"
        );
    }
}

/// Records may stand behind an EOF that comes too early, and offsets may lie.
#[test]
fn substreams_in_any_order() {
    let sheet = [bof(SHEET), WORKED_CELL.to_vec(), record(EOF, &[])].concat();
    let globals = [
        bof(GLOBALS),
        bound_sheet("Sheet1", 0, 0),
        WORKED.to_vec(),
        record(EOF, &[]),
    ]
    .concat();
    let report = analyze(&container(&[("Workbook", [sheet, globals].concat())]));
    assert_eq!(triples(&report), [triple("cmd", "/c calc.exe", "A1")]);
}

/// A real workbook of two versions: what one stream says twice is told once for each stream.
#[test]
fn two_streams_with_the_same_link() {
    let links = [Link::new("cmd", "/c calc", &["A1"])];
    let old = biff5::stream(&links, LINK, biff5::Table::Sheet);
    let new = Biff8::new(&links, LINK).place(Place::Cell).stream();
    let report = analyze(&container(&[("Book", old), ("Workbook", new)]));
    let found = triples(&report);
    assert!((1..=2).contains(&found.len()), "{found:?}");
    assert!(
        found
            .iter()
            .all(|found| *found == triple("cmd", "/c calc", "A1"))
    );
}
