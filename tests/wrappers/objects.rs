//! Objects: storages, streams, packages, and the data of objects in RTF.

use std::fmt::Write as _;

use ddetect::{Carrier, Kind, Verdict};

use crate::support::docx::{docx, paragraph, text};
use crate::support::slides::compound;
use crate::support::{analyze, triples};
use crate::{is_std, only, rtf, way, word, xls_stream};

/// A `\x01Ole10Native` stream (`spec/excel.md` §8.3).
fn native(label: &str, file: &[u8]) -> Vec<u8> {
    let mut body = 2u16.to_le_bytes().to_vec();
    let temp = format!("C:\\t\\{label}\0");
    body.extend(format!("{label}\0C:\\x\\{label}\0").as_bytes());
    body.extend(0x0003_0000u32.to_le_bytes());
    body.extend(u32::try_from(temp.len()).unwrap().to_le_bytes());
    body.extend(temp.as_bytes());
    body.extend(u32::try_from(file.len()).unwrap().to_le_bytes());
    body.extend(file);
    let mut data = u32::try_from(body.len()).unwrap().to_le_bytes().to_vec();
    data.extend(body);
    data
}

fn embedded(object: Vec<u8>) -> Vec<u8> {
    docx(&paragraph(&text("x")))
        .part("word/embeddings/oleObject1.bin", object)
        .build()
}

/// §9, row "CFB"; `spec/word.md` §2.7.
#[test]
fn storages_and_streams() {
    for folder in [
        "",
        "ObjectPool/_1234567890/",
        "MBD00A1B2C3/",
        "LNK00000001/",
        "a/b/",
    ] {
        for name in ["Package", "CONTENTS", "contents", "Anything"] {
            let path = format!("{folder}{name}");
            for (bytes, end) in [
                (word(), vec![path.as_str(), "word/document.xml"]),
                (rtf(), vec![path.as_str()]),
            ] {
                let object = compound(&[(&path, &bytes)]);
                is_std(&analyze(&object), &path, &end);
                is_std(&analyze(&embedded(object)), &path, &end);
            }
        }
        let path = format!("{folder}\u{1}Ole10Native");
        let object = compound(&[(&path, &native("a.docx", &word()))]);
        let end = [path.as_str(), "a.docx", "word/document.xml"];
        is_std(&analyze(&object), &path, &end);
    }
}

/// §9 (2): the storage is a workbook itself, whatever it is called.
#[test]
fn a_workbook_in_a_storage() {
    for folder in ["MBD00A1B2C3", "LNK00000001", "ObjectPool/_1"] {
        for name in ["Workbook", "BOOK"] {
            let path = format!("{folder}/{name}");
            let object = compound(&[(&path, &xls_stream())]);
            for document in [object.clone(), embedded(object)] {
                let report = analyze(&document);
                let finding = only(&report, &path);
                assert_eq!(finding.service.as_deref(), Some("cmd"));
                assert!(way(finding).contains(&path.as_str()), "{:?}", way(finding));
            }
        }
    }
}

/// §9 (4): a package drops a table that has a formula.
#[test]
fn a_table_in_a_package() {
    let table = b"a,b\r\n=cmd|'/c calc'!A0,1\r\n";
    let object = compound(&[("\u{1}Ole10Native", &native("prices.csv", table))]);
    for document in [object.clone(), embedded(object)] {
        let report = analyze(&document);
        let calc = ("cmd".to_owned(), "/c calc".to_owned(), "A0".to_owned());
        assert_eq!(triples(&report), [calc], "{report:#?}");
        assert_eq!(way(only(&report, "csv")).last(), Some(&"prices.csv"));
    }
}

/// §8.4 (4) and §8.2, last row: what a click on the package starts.
#[test]
fn files_that_start_something_in_packages() {
    let url = b"[InternetShortcut]\r\nURL=file://h.example/s/a.exe\r\n";
    for (label, file) in [
        (
            "evil.lnk",
            b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46".as_slice(),
        ),
        ("a.url", url),
        ("a.hta", b"<html><script>x</script></html>"),
        ("a.wsf", b"<job><script>x</script></job>"),
    ] {
        let object = compound(&[("\u{1}Ole10Native", &native(label, file))]);
        let report = analyze(&embedded(object));
        let found = report
            .findings()
            .iter()
            .any(|finding| finding.kind == Kind::Execute && finding.carrier == Carrier::OlePackage);
        assert!(found, "{label}: {report:#?}");
        assert!(report.verdict() >= Verdict::Suspicious, "{label}");
    }
}

/// An embedded object of OLE 1.0 ([MS-OLEDS] 2.2.5).
fn ole1(class: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = 0x0501u32.to_le_bytes().to_vec();
    bytes.extend(2u32.to_le_bytes());
    bytes.extend((class.len() as u32 + 1).to_le_bytes());
    bytes.extend(class.as_bytes());
    bytes.push(0);
    bytes.extend([0; 8]);
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn object(data: &str) -> Vec<u8> {
    format!(
        "{{\\rtf1\\ansi x{{\\object\\objemb{{\\*\\objclass Package}}{{\\*\\objdata {data}}}}}}}"
    )
    .into_bytes()
}

/// `spec/word.md` §3.6; §9, row "RTF": plain, split, and one in the other.
#[test]
fn data_of_objects_in_rtf() {
    let payload = word();
    let storage = compound(&[("Package", &payload)]);
    // Native data of the class `Package` has no length in front.
    let package = native("a.docx", &payload)[4..].to_vec();
    let inner = object(&hex(&ole1("Word.Document.12", &rtf())));
    for (what, data) in [
        ("compound", ole1("Word.Document.12", &storage)),
        ("package", ole1("Package", &package)),
        ("bare", ole1("Word.Document.12", &payload)),
        ("rtf", ole1("Word.Document.12", &rtf())),
        ("nested", ole1("Word.Document.12", &inner)),
        ("no header", storage.clone()),
    ] {
        let plain = hex(&data);
        let half = plain.len() / 2 / 2 * 2;
        let spaced: String = plain.chars().flat_map(|c| [c, ' ']).collect();
        let lines: String = plain
            .as_bytes()
            .chunks(3)
            .fold(String::new(), |text, chunk| {
                text + std::str::from_utf8(chunk).unwrap() + "\r\n\t"
            });
        let (front, back) = plain.split_at(half);
        let grouped = format!("{front}{{\\*\\nothing}}{back}");
        for data in [plain.clone(), spaced, lines, grouped] {
            let report = analyze(&object(&data));
            let finding = only(&report, what);
            assert_eq!(
                finding.service.as_deref(),
                Some(crate::STD_SERVICE),
                "{what}"
            );
        }
    }
}
