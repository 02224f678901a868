//! Documents in documents in documents: what is met again, what holds itself, what it costs.

use ddetect::{GapKind, Limit, SkipReason, Verdict};

use crate::support::analyze;
use crate::support::docx::{docx, paragraph, simple, text};
use crate::support::package::{rels, zip};
use crate::support::word::mht::base64;
use crate::support::zipsmith::{Entry, Zip};
use crate::{is_std, only, way, word};

fn duplicates(report: &ddetect::Report) -> usize {
    let skipped = report.skipped().iter();
    skipped
        .filter(|skipped| skipped.reason == SkipReason::Duplicate)
        .count()
}

#[test]
fn identical_documents_are_read_once() {
    let one = word();
    let file = zip(&[("a.docx", &one), ("b/c.docx", &one), ("d.DOCX", &one)]);
    let report = analyze(&file);
    is_std(&report, "once", &["a.docx", "word/document.xml"]);
    assert_eq!(duplicates(&report), 2);
    let skipped: Vec<_> = report.skipped()[0].location.path().collect();
    assert_eq!(skipped, ["b/c.docx"]);
    // In another archive, which is another document.
    let again = zip(&[
        ("x.zip", &file),
        ("y.zip", &zip(&[("a.docx", &one), ("n", b"n")])),
    ]);
    let report = analyze(&again);
    is_std(&report, "once", &["x.zip", "a.docx", "word/document.xml"]);
    assert_eq!(duplicates(&report), 3);
}

/// The same bytes under a name or on a way that makes them something else.
#[test]
fn what_differs_is_read_again() {
    let table = b"=cmd|'/c calc'!A0\r\n";
    let report = analyze(&zip(&[
        ("a.csv", table),
        ("b.log", table),
        ("c.csv", table),
    ]));
    assert_eq!(report.findings().len(), 2, "{report:#?}");
    assert_eq!(duplicates(&report), 1);
    // One is reached by a relationship, the other is not: each says so.
    let file = docx(&paragraph(&text("x")))
        .part("word/a.bin", word())
        .part("word/b.bin", word())
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("r1", "package", "b.bin", false)]),
        );
    let report = analyze(&file.build());
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete());
}

/// Nearer to the outside there is more room below.
#[test]
fn what_was_too_deep_is_read_where_it_is_not() {
    let mut inner = zip(&[("p.docx", &word())]);
    for _ in 0..3 {
        inner = zip(&[("n.zip", &inner)]);
    }
    let mut deep = inner.clone();
    for _ in 0..7 {
        deep = zip(&[("m.zip", &deep), ("x", b"x")]);
    }
    let report = analyze(&zip(&[("deep.zip", &deep), ("flat.zip", &inner)]));
    let found = crate::support::dde(&report);
    assert_eq!(found.len(), 1, "{report:#?}");
    assert_eq!(way(found[0])[0], "flat.zip");
    assert_eq!(report.gaps().len(), 1);
    assert!(report.gaps()[0].detail.contains(Limit::Nesting.key()));
}

/// Four bytes behind `bytes` that make the CRC-32 of all of them zero: the register is run backward
/// from its last state over 32 zero bits.
fn to_zero(bytes: &[u8]) -> [u8; 4] {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let wanted = (0..32).fold(u32::MAX, |register, _| match register >> 31 {
        0 => register << 1,
        _ => (register ^ POLYNOMIAL) << 1 | 1,
    });
    (!crc32fast::hash(bytes) ^ wanted).to_le_bytes()
}

/// A zip with one member in two pieces that join to the zip itself: the second piece is everything
/// behind the header of its entry, the first a copy of that header. The checksum of the second
/// piece, which would be a part of both, is zero.
fn endless() -> Vec<u8> {
    const NAMES: [&str; 2] = ["a.zip/[0].piece", "a.zip/[1].last.piece"];
    const COMMENT: usize = 4;
    fn record(signature: &[u8], fields: &[u16]) -> Vec<u8> {
        let numbers = fields.iter().flat_map(|field| field.to_le_bytes());
        signature.iter().copied().chain(numbers).collect()
    }
    let wide = |number: usize| [number as u16, (number >> 16) as u16];
    // Version, flags, method, time, date, checksum, sizes, lengths of the name and of the rest.
    let entry = |name: &str, crc: u32, size: usize| {
        let [sum, more] = wide(crc as usize);
        let [low, high] = wide(size);
        let length = name.len() as u16;
        [20, 0, 0, 0, 0, sum, more, low, high, low, high, length, 0]
    };
    let header = |name: &str, crc, size| {
        let mut bytes = record(b"PK\x03\x04", &entry(name, crc, size));
        bytes.extend(name.as_bytes());
        bytes
    };
    let [first, last] = NAMES.map(|name| 30 + name.len());
    let directory: usize = NAMES.iter().map(|name| 46 + name.len()).sum();
    let size = first + last + directory + 22 + COMMENT;
    let front = header(NAMES[1], 0, size);
    let crc = crc32fast::hash(&front);
    let mut back = header(NAMES[0], crc, last);
    back.extend(&front);
    let start = front.len() + back.len();
    for (name, crc, size, at) in [(NAMES[0], crc, last, front.len()), (NAMES[1], 0, size, 0)] {
        let mut fields = vec![20];
        fields.extend(entry(name, crc, size));
        // The comment, the disk, attributes, where the entry stands.
        fields.extend([0, 0, 0, 0, 0]);
        fields.extend(wide(at));
        back.extend(record(b"PK\x01\x02", &fields));
        back.extend(name.as_bytes());
    }
    let end = [
        0,
        0,
        2,
        2,
        directory as u16,
        0,
        start as u16,
        0,
        COMMENT as u16,
    ];
    back.extend(record(b"PK\x05\x06", &end));
    back.extend(to_zero(&back));
    assert_eq!((back.len(), crc32fast::hash(&back)), (size, 0));
    [front, back].concat()
}

/// §9 (3).
#[test]
fn a_document_that_holds_itself_has_no_end() {
    let file = endless();
    for (name, depth) in [("a.zip", 1), ("b", 2)] {
        let report = crate::analyze_as(name, &file);
        assert!(report.verdict() >= Verdict::Incomplete, "{report:#?}");
        let nesting: Vec<_> = report
            .gaps()
            .iter()
            .filter(|gap| gap.detail.contains(Limit::Nesting.key()))
            .collect();
        let [gap] = nesting[..] else {
            panic!("{report:#?}")
        };
        assert_eq!(gap.kind, GapKind::Limit);
        assert!(gap.detail.contains("holds itself"), "{}", gap.detail);
        assert_eq!(gap.location.path().len(), 1 + depth, "{}", gap.location);
    }
    // What stands beside it is read.
    let report = analyze(&zip(&[("q.zip", &file), ("p.docx", &word())]));
    assert_eq!(crate::support::dde(&report).len(), 1);
    assert!(!report.complete());
}

/// All levels share one budget, and each wrapper in the middle counts.
#[test]
fn ten_levels_of_different_kinds() {
    let mut bytes = word();
    for level in 0..8 {
        bytes = match level % 4 {
            0 => zip(&[("a.docx", &bytes)]),
            1 => docx(&paragraph(&text("x"))).part("x.bin", bytes).build(),
            2 => base64(&bytes).into_bytes(),
            _ => Zip::new().entry(Entry::stored("a", &bytes)).build(),
        };
    }
    let report = analyze(&bytes);
    assert!(way(only(&report, "mixed")).len() >= 8, "{report:#?}");
    let harmless = docx(&simple("PAGE")).build();
    let mut bytes = harmless;
    for _ in 0..11 {
        bytes = zip(&[("a.zip", &bytes)]);
    }
    let report = analyze(&bytes);
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert!(report.gaps()[0].detail.contains(Limit::Nesting.key()));
}
