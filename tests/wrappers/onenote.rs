//! Sections of OneNote (`spec/excel.md` §8.2, §8.4 (5)).

use ddetect::{Carrier, Finding, Format, GapKind, Kind, Report, Trigger, Verdict};

use crate::support::docx::{docx, paragraph, simple, text};
use crate::support::onenote::{section, stored};
use crate::support::package::zip;
use crate::support::{analyze, techniques};
use crate::{is_std, rtf, way, word};

fn program(report: &Report) -> Option<&Finding> {
    report.findings().iter().find(|finding| {
        finding.kind == Kind::Execute
            && finding.carrier == Carrier::OlePackage
            && finding.trigger == Trigger::Click
    })
}

/// §8.4 (5).
#[test]
fn files_that_start_something() {
    let lnk = b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46".as_slice();
    let hta = b"<html><head><hta:application id=a></head><script>x</script></html>".as_slice();
    for (extension, file) in [
        (".hta", b"<html><script>x</script></html>".as_slice()),
        (".bat", b"start calc"),
        (".vbs", b"x = 1"),
        (".js", b"x = 1"),
        (".lnk", lnk),
        (".exe", b"MZ\x90\0"),
        (".wsf", b"<job><script>x</script></job>"),
        // Without an extension the bytes tell.
        ("", hta),
        ("", lnk),
        ("", b"MZ\x90\0"),
        (".png", b"MZ\x90\0"),
    ] {
        let report = analyze(&section(&[
            (".png", b"\x89PNG\r\n\x1a\n"),
            (extension, file),
        ]));
        assert_eq!(report.document().format, Format::OneNote);
        let finding = program(&report).unwrap_or_else(|| panic!("{extension} {report:#?}"));
        assert_eq!(way(finding), [format!("file2{extension}")]);
        assert!(
            report.verdict() >= Verdict::Suspicious,
            "{extension} {report:#?}"
        );
        assert!(report.complete());
    }
}

#[test]
fn files_that_are_documents() {
    for (extension, file, end) in [
        (".docx", word(), vec!["file1.docx", "word/document.xml"]),
        ("", word(), vec!["file1", "word/document.xml"]),
        (".rtf", rtf(), vec!["file1.rtf"]),
        (
            ".one",
            section(&[(".rtf", &rtf())]),
            vec!["file1.one", "file1.rtf"],
        ),
    ] {
        let inner = section(&[(extension, &file)]);
        is_std(&analyze(&inner), extension, &end);
        is_std(&analyze(&zip(&[("a.one", &inner)])), extension, &end);
    }
    let table = section(&[(".csv", b"=cmd|'/c calc'!A0\r\n")]);
    let report = analyze(&table);
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
}

#[test]
fn harmless_files_are_silent() {
    let plain = docx(&paragraph(&text("x"))).build();
    let files: [(&str, &[u8]); 4] = [
        (".docx", &plain),
        (".pdf", b"%PDF-1.4 x"),
        (".png", b"\x89PNG\r\n\x1a\n"),
        (".txt", b"some text"),
    ];
    for section in [section(&[]), section(&files)] {
        let report = analyze(&section);
        assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
        assert!(report.findings().is_empty());
    }
}

/// What is broken is said, and what is there is read.
#[test]
fn lengths_that_lie() {
    let payload = word();
    let whole = section(&[]);
    for length in [0, 5, u64::MAX, u64::MAX / 2, payload.len() as u64 + 100_000] {
        let file = [whole.clone(), stored(&payload, length), stored(&rtf(), 3)].concat();
        let report = analyze(&file);
        assert_eq!(report.verdict(), Verdict::Malicious, "{length}");
        assert_eq!(crate::support::dde(&report).len(), 2, "{report:#?}");
        assert!(report.gaps().iter().all(|gap| gap.kind == GapKind::Damaged));
        assert!(!report.complete());
    }
    // Cut off.
    let mut file = [whole, stored(&rtf(), rtf().len() as u64)].concat();
    file.truncate(file.len() - 20);
    let report = analyze(&file);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(!report.complete());
}

#[test]
fn what_is_not_read_is_a_gap() {
    let mut other = section(&[]);
    other[48] ^= 0xff;
    let locked = [
        section(&[]),
        0xfb6b_a385_dad1_a067_u64.to_le_bytes().to_vec(),
    ]
    .concat();
    let short = section(&[])[..30].to_vec();
    for (file, kind) in [
        (other, GapKind::Unsupported),
        (locked, GapKind::Encrypted),
        (short, GapKind::Damaged),
    ] {
        let report = analyze(&file);
        assert_eq!(report.verdict(), Verdict::Incomplete);
        assert_eq!(report.gaps()[0].kind, kind);
    }
}

/// An extension that is a lie stands with the link.
#[test]
fn an_extension_that_lies() {
    let report = analyze(&section(&[(".pdf", &rtf())]));
    let found = crate::support::dde(&report);
    assert!(techniques(found[0]).contains(&"type-mismatch"), "{found:?}");
    let plain = section(&[(".docx", &docx(&simple(crate::STD)).build())]);
    let report = analyze(&plain);
    let found = crate::support::dde(&report);
    assert!(
        !techniques(found[0]).contains(&"type-mismatch"),
        "{found:?}"
    );
}

/// Headers that state what they like, and one that holds many: no file is read twice.
#[test]
fn many_headers_cost_what_they_are() {
    let header = &stored(b"", 0)[..36];
    let mut file = section(&[]);
    for number in 0..100_000u64 {
        let mut header = header.to_vec();
        header[16..24].copy_from_slice(&(number * 36).to_le_bytes());
        file.extend(header);
    }
    let report = analyze(&file);
    assert_eq!(report.verdict(), Verdict::Incomplete);
    let whole = stored(&file, file.len() as u64);
    let report = analyze(&[section(&[]), whole, stored(&rtf(), rtf().len() as u64)].concat());
    assert_eq!(crate::support::dde(&report).len(), 1, "{report:#?}");
    // Names without end.
    let names: Vec<(&str, &[u8])> = vec![(".txt", b"x"); 6_000];
    let report = analyze(&section(&names));
    assert!(!report.complete());
}
