//! OLE objects as documents hold them: packages, links and programs in compound files
//! (`spec/word.md` §2.7, §3.6, §6.3), judged.

mod support;

use std::io::{Cursor, Write as _};

use ddetect::{Finding, Format, GapKind, Kind, Report, Trigger, Verdict};
use support::analyze;
use support::docx::{begin, docx, end, instruction, paragraph, text};
use support::package::rels;

const DDE: &str = r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#;

/// A compound file of (path, bytes).
fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(format!("/{folder}")).unwrap();
        }
        let mut stream = file.create_stream(format!("/{path}")).unwrap();
        stream.write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

/// A Word document that starts a program.
fn payload() -> Vec<u8> {
    let runs = [begin(), instruction(DDE), end()];
    docx(&paragraph(&runs.concat())).build()
}

/// A Word document with this object.
fn around(object: Vec<u8>) -> Vec<u8> {
    let relations = rels(&[("r1", "oleObject", "embeddings/o.bin", false)]);
    docx(&paragraph(&text("x")))
        .part("word/embeddings/o.bin", object)
        .part("word/_rels/document.xml.rels", relations)
        .build()
}

/// A `\x01Ole10Native` stream (`spec/word.md` §3.6).
fn native(label: &str, temp: &str, kind: u16, file: &[u8]) -> Vec<u8> {
    let mut body = 2u16.to_le_bytes().to_vec();
    for text in [label, temp] {
        body.extend(text.as_bytes());
        body.push(0);
    }
    body.extend([0, 0]);
    body.extend(kind.to_le_bytes());
    body.extend((temp.len() as u32 + 1).to_le_bytes());
    body.extend(temp.as_bytes());
    body.push(0);
    body.extend((file.len() as u32).to_le_bytes());
    body.extend(file);
    let mut data = (body.len() as u32).to_le_bytes().to_vec();
    data.extend(body);
    data
}

/// A `\x01Ole` stream with an absolute moniker (`spec/word.md` §6.3).
fn link(flags: u32, update: u32, moniker: &[u8]) -> Vec<u8> {
    let mut data = 0x0200_0001u32.to_le_bytes().to_vec();
    for number in [flags, update, 0, 0, 0, moniker.len() as u32] {
        data.extend(number.to_le_bytes());
    }
    data.extend(moniker);
    data
}

fn url_moniker(address: &str) -> Vec<u8> {
    let mut data = vec![
        0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0, 0xaa, 0, 0x4b, 0xa9, 0x0b,
    ];
    let text: Vec<u8> = address
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    data.extend((text.len() as u32).to_le_bytes());
    data.extend(text);
    data
}

fn file_moniker(path: &str) -> Vec<u8> {
    let mut data = vec![3, 3, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46, 0, 0];
    data.extend((path.len() as u32 + 1).to_le_bytes());
    data.extend(path.as_bytes());
    data.extend([0, 0xff, 0xff, 0xad, 0xde]);
    data.extend([0; 24]);
    data
}

fn only(report: &Report) -> &Finding {
    let [finding] = report.findings() else {
        panic!("{report:#?}")
    };
    finding
}

#[test]
fn a_payload_is_found_in_every_kind_of_object() {
    let payload = payload();
    let package = native("a.docx", "C:\\t\\a.docx", 3, &payload);
    let late = [b"\xff\xff\xff\xffjunk in front".as_slice(), &payload].concat();
    for (path, bytes, last) in [
        ("Package", &payload, "Package"),
        ("PACKAGE", &payload, "PACKAGE"),
        ("CONTENTS", &payload, "CONTENTS"),
        ("ObjectPool/_1/Package", &payload, "ObjectPool/_1/Package"),
        ("a/b/c/anything", &payload, "a/b/c/anything"),
        ("\u{1}Ole10Native", &package, "a.docx"),
        ("x/\u{1}OLE10NATIVE", &package, "a.docx"),
        ("\u{1}Ole10Native", &late, "\u{1}Ole10Native"),
    ] {
        let object = compound(&[(path, bytes), ("\u{1}CompObj", b"x")]);
        // Bare, in a document, in an object in a document in an object.
        let nested = around(object.clone());
        let twice = around(compound(&[("Package", &nested)]));
        for (document, depth) in [(object, 0), (nested, 1), (twice, 3)] {
            let report = analyze(&document);
            assert_eq!(report.verdict(), Verdict::Malicious, "{path}");
            assert!(report.complete(), "{path} {:?}", report.gaps());
            let finding = only(&report);
            assert_eq!(finding.kind, Kind::DdeAuto);
            let way: Vec<&str> = finding.location.path().collect();
            let [.., holder, part] = &way[..] else {
                panic!("{way:?}")
            };
            assert_eq!((*holder, *part), (last, "word/document.xml"), "{path}");
            assert!(way.len() > depth + 1, "{way:?}");
        }
    }
}

#[test]
fn a_harmless_object_is_clean() {
    let plain = docx(&paragraph(&text("x"))).build();
    let embedded = link(0, 0, &[]);
    let local = link(1, 3, &file_moniker("C:\\data\\a.xlsx"));
    for streams in [
        vec![("Package", plain.as_slice())],
        vec![("\u{1}Ole", &embedded), ("Equation Native", b"x")],
        vec![("\u{1}Ole", &local)],
        vec![("CONTENTS", b"state of a control".as_slice())],
        vec![("VisioDocument", b"x"), ("\u{1}CompObj", b"x")],
    ] {
        let inner: Vec<(String, &[u8])> = streams
            .iter()
            .map(|(name, bytes)| (format!("ObjectPool/_1/{name}"), *bytes))
            .collect();
        let inner: Vec<(&str, &[u8])> = inner.iter().map(|(n, b)| (n.as_str(), *b)).collect();
        let report = analyze(&around(compound(&inner)));
        assert_eq!(report.verdict(), Verdict::Clean, "{streams:?} {report:#?}");
        assert!(report.complete());
    }
    let picture = native("a.png", "C:\\t\\a.png", 3, b"\x89PNG\r\n\x1a\n....");
    let report = analyze(&around(compound(&[("\u{1}Ole10Native", &picture)])));
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(report.findings().is_empty());
}

#[test]
fn a_program_in_a_package_is_suspicious() {
    for name in [
        "invoice.exe",
        "invoice.pdf.js",
        "my invoice.vbs",
        "a.lnk",
        "a.hta",
        "a.SettingContent-ms",
        "a.bat",
        "a.scr",
    ] {
        let temp = format!("C:\\Users\\x\\AppData\\Local\\Temp\\{name}");
        let data = native(name, &temp, 3, b"MZ\x90\0");
        let report = analyze(&around(compound(&[("\u{1}Ole10Native", &data)])));
        let finding = only(&report);
        assert_eq!(finding.carrier.as_str(), "ole-package");
        assert_eq!(finding.trigger, Trigger::Click);
        assert!(
            finding.signals.iter().any(|s| s.rule == "embedded-program"),
            "{name} {finding:?}"
        );
        assert_eq!(report.verdict(), Verdict::Suspicious, "{name}");
    }
    // A linked package is a command line.
    for command in ["cmd.exe /c calc", "cmd /c calc"] {
        let data = native("x", command, 1, b"");
        let report = analyze(&around(compound(&[("\u{1}Ole10Native", &data)])));
        assert_eq!(only(&report).kind, Kind::Execute);
        assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    }
    // And one to a document is a link like any other.
    for (path, verdict) in [
        ("\\\\h.example\\s\\a.docx", Verdict::Suspicious),
        ("C:\\data\\a.docx", Verdict::Clean),
    ] {
        let data = native("x", path, 1, b"");
        let report = analyze(&around(compound(&[("\u{1}Ole10Native", &data)])));
        assert_eq!(only(&report).kind, Kind::ExternalLink);
        assert_eq!(report.verdict(), verdict, "{report:#?}");
    }
}

/// `spec/word.md` §6.3 and §6.4, L07.
#[test]
fn links_are_judged_by_where_they_lead() {
    let new_moniker = [
        0xc6, 0xaf, 0xab, 0xec, 0x19, 0x7f, 0xd2, 0x11, 0x97, 0x8e, 0, 0, 0xf8, 0x75, 0x7e, 0x2a,
    ];
    let script = [file_moniker("C:\\t\\a.sct"), new_moniker.to_vec()].concat();
    for (data, kind, verdict) in [
        (
            link(1, 1, &url_moniker("http://h.example/a.hta")),
            Kind::ExternalLink,
            Verdict::Suspicious,
        ),
        (
            link(9, 3, &url_moniker("http://h.example/a.doc")),
            Kind::ExternalLink,
            Verdict::Suspicious,
        ),
        (
            link(0, 3, &url_moniker("http://h.example/a.doc")),
            Kind::ExternalLink,
            Verdict::Suspicious,
        ),
        (
            link(1, 1, &url_moniker("https://h.example/a.html!")),
            Kind::ExternalLink,
            Verdict::Malicious,
        ),
        (
            link(1, 1, &file_moniker("\\\\h.example\\s\\a.doc")),
            Kind::ExternalLink,
            Verdict::Suspicious,
        ),
        (link(1, 1, &script), Kind::Execute, Verdict::Malicious),
        (
            link(1, 3, &file_moniker("C:\\data\\a.xlsx")),
            Kind::ExternalLink,
            Verdict::Clean,
        ),
    ] {
        let object = compound(&[("\u{1}Ole", &data), ("\u{1}CompObj", b"x")]);
        for document in [object.clone(), around(object)] {
            let report = analyze(&document);
            let finding = only(&report);
            assert_eq!(finding.carrier.as_str(), "ole-link");
            assert_eq!(
                (finding.kind, report.verdict()),
                (kind, verdict),
                "{finding:?}"
            );
            assert!(report.complete());
        }
    }
}

#[test]
fn a_storage_of_a_kind_not_read_yet_says_where_it_is() {
    let object = compound(&[("MBD01/PP40", b"x"), ("MBD01/\u{1}CompObj", b"x")]);
    let report = analyze(&around(object));
    let [gap] = report.gaps() else {
        panic!("{report:#?}")
    };
    assert_eq!(gap.kind, GapKind::Unsupported);
    assert_eq!(
        gap.location.path().collect::<Vec<_>>(),
        ["word/embeddings/o.bin", "MBD01"]
    );
    let report = analyze(&compound(&[("\u{1}Ole10Native", b"x")]));
    assert_eq!(report.document().format, Format::Other);
    assert_eq!(report.verdict(), Verdict::Clean);
}
