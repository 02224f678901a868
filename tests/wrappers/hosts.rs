//! Packages and texts that hold documents.

use ddetect::{GapKind, Verdict};

use crate::support::analyze;
use crate::support::docx::{docx, paragraph, text};
use crate::support::package::{Package, rels, zip};
use crate::support::slides;
use crate::support::word::mht::{self, Transfer, base64};
use crate::support::word::ooxml::{chunk, flat_around};
use crate::support::xlsx::Workbook;
use crate::support::zipsmith::{Entry, Zip};
use crate::{is_std, only, rtf, way, word};

/// A document with a part of this name, which a relationship of this kind leads to.
fn holding(kind: &str, part: &str, bytes: &[u8]) -> Vec<u8> {
    let target = part.strip_prefix("word/").unwrap_or(part);
    let target = match target == part {
        true => format!("/{part}"),
        false => target.to_owned(),
    };
    docx(&paragraph(&text("x")))
        .part(part, bytes)
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("r1", kind, &target, false)]),
        )
        .build()
}

/// §9, row "OOXML": any relationship, any part name.
#[test]
fn parts_of_packages() {
    for kind in [
        "package",
        "oleObject",
        "attachedTemplate",
        "aFChunk",
        "subDocument",
        "frame",
        "externalLink",
        "image",
        "unheardOf",
    ] {
        for part in [
            "word/embeddings/Sheet1.docx",
            "word/embeddings/oleObject1.bin",
            "word/media/image1.png",
            "a/b/c",
        ] {
            let what = format!("{kind} {part}");
            let report = analyze(&holding(kind, part, &word()));
            is_std(&report, &what, &[part, "word/document.xml"]);
            let report = analyze(&holding(kind, part, &rtf()));
            is_std(&report, &what, &[part]);
        }
    }
}

/// §9, rows "customXml", "activeX", and parts that nothing leads to.
#[test]
fn parts_that_nothing_leads_to() {
    for part in [
        "word/embeddings/Microsoft_Excel_Sheet.xlsx",
        "customXml/item1.xml",
        "word/activeX/activeX1.bin",
        "docProps/thumbnail.jpeg",
        "x",
    ] {
        let file = docx(&paragraph(&text("x"))).part(part, word()).build();
        is_std(&analyze(&file), part, &[part, "word/document.xml"]);
    }
}

/// §9: the host is a workbook or a presentation.
#[test]
fn workbooks_and_presentations() {
    let part = "xl/embeddings/Document.docx";
    let book = Workbook::new().package().part(part, word()).build();
    is_std(&analyze(&book), "xlsx", &[part, "word/document.xml"]);
    let part = "ppt/embeddings/oleObject1.bin";
    let relations = [("r1", "oleObject", "../embeddings/oleObject1.bin", false)];
    let show = slides::pptx("", &relations).part(part, word()).build();
    is_std(&analyze(&show), "pptx", &[part, "word/document.xml"]);
    let object = slides::compressed(&slides::compound(&[("Package", &word())]));
    let show = slides::ppt(&[slides::stream(&[], &[]), object].concat());
    is_std(&analyze(&show), "ppt", &["Package", "word/document.xml"]);
    // §9 (1): a workbook in a document.
    let inner = Workbook::new().dde("cmd", "/c calc.exe", &["A1"]).build();
    let part = "word/embeddings/Microsoft_Excel_Sheet.xlsx";
    let report = analyze(&holding("package", part, &inner));
    let way = way(only(&report, "xlsx"));
    assert_eq!(way[0], part);
    assert!(way.len() > 1, "{way:?}");
}

/// An alternative-format chunk may be any document, of any name.
#[test]
fn chunks() {
    for (name, bytes) in [("docx", word()), ("rtf", rtf()), ("txt", rtf())] {
        let report = analyze(&chunk(name, &bytes));
        let part = format!("word/afchunk.{name}");
        let found = way(only(&report, name)).contains(&part.as_str());
        assert!(found, "{report:#?}");
    }
    let page = format!(
        "<html><!--[if supportFields]><span style='mso-element:field-begin'></span>{} \
         <span style='mso-element:field-separator'></span><![endif]-->x<!--[if supportFields]>\
         <span style='mso-element:field-end'></span><![endif]--></html>",
        crate::STD.replace('"', "&quot;")
    );
    let report = analyze(&chunk("htm", page.as_bytes()));
    is_std(&report, "page", &["word/afchunk.htm"]);
    let message = mht::page(&page, Transfer::QuotedPrintable);
    let report = analyze(&chunk("mht", &message));
    is_std(&report, "message", &["word/afchunk.mht", "doc.htm"]);
}

/// §4.2, §4.8 X03; §4.1: base64 in XML.
#[test]
fn base64_in_markup() {
    let flat = flat_around("x.bin", &word());
    let report = analyze(flat.as_bytes());
    let part = "word/embeddings/x.bin";
    assert!(way(only(&report, "flat"))[0].ends_with(part), "{report:#?}");
    let object = |bytes: &[u8]| {
        format!(
            "<w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\">\
             <w:docOleData><w:binData w:name=\"oledata.mso\">{}</w:binData></w:docOleData>\
             <w:body/></w:wordDocument>",
            base64(bytes)
        )
    };
    let report = analyze(object(&word()).as_bytes());
    is_std(&report, "2003", &["oledata.mso", "word/document.xml"]);
    // §4.5: in an ActiveMime file, as Word writes it.
    let report = analyze(object(&mht::active_mime(&word())).as_bytes());
    let end = ["oledata.mso", "content", "word/document.xml"];
    is_std(&report, "ActiveMime", &end);
}

/// §0.1, last row, and §4.5: the whole file.
#[test]
fn files_that_stand_for_others() {
    let end = ["content", "word/document.xml"];
    let report = analyze(base64(&word()).as_bytes());
    is_std(&report, "base64", &end);
    is_std(&analyze(&mht::active_mime(&word())), "ActiveMime", &end);
    let both = base64(&mht::active_mime(&word()));
    let end = ["content", "content", "word/document.xml"];
    is_std(&analyze(both.as_bytes()), "both", &end);
}

/// §9, "ZIP in ZIP": of any depth that the limit allows, stored and deflated.
#[test]
fn zips_in_zips() {
    let mut bytes = word();
    let mut end = vec!["word/document.xml".to_owned()];
    for level in 0..9 {
        let name = format!("level{level}.zip");
        bytes = match level % 2 {
            0 => zip(&[(&name, &bytes)]),
            _ => Zip::new().entry(Entry::stored(&name, &bytes)).build(),
        };
        end.insert(0, name);
        let end: Vec<&str> = end.iter().map(String::as_str).collect();
        is_std(&analyze(&bytes), &format!("level {level}"), &end);
    }
}

/// A stored message in an archive can be seen from outside as well: it is told once.
#[test]
fn a_stored_page_in_an_archive() {
    let page = format!(
        "<html><span style='mso-field-code:\"{}\"'>x</span></html>",
        crate::STD.replace('\\', "\\\\").replace('"', "\\0022")
    );
    let message = mht::page(&page, Transfer::Base64);
    let file = Zip::new().entry(Entry::stored("a.mht", &message)).build();
    let report = analyze(&file);
    let found = crate::support::dde(&report);
    assert!(!found.is_empty(), "{report:#?}");
    assert!(found.iter().any(|finding| way(finding)[0] == "a.mht"));
}

/// Objects of OpenDocument files, and the pictures that stand for them.
#[test]
fn objects_of_open_documents() {
    let content = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:\
                   office:1.0\"><office:body><office:text/></office:body></office:document-content>";
    for part in ["Object 1", "ObjectReplacements/Object 1", "Pictures/a.png"] {
        let file = Package::empty()
            .part("mimetype", "application/vnd.oasis.opendocument.text")
            .part("content.xml", content)
            .part(part, word())
            .build();
        is_std(&analyze(&file), part, &[part, "word/document.xml"]);
    }
}

/// A page brings a file in an address.
#[test]
fn files_in_addresses() {
    let coded = base64(&word());
    for (page, way) in [
        (
            format!(
                "<html><object data=\"data:application/msword;base64,{coded}\"></object></html>"
            ),
            "data1",
        ),
        (
            format!("<html><a href='DATA:;name=a.doc;BASE64,{coded}'>x</a></html>"),
            "data1",
        ),
        (
            format!(
                "<html><iframe src=data:,x></iframe><embed src=\"data:x/y;base64,{coded}\"></html>"
            ),
            "data2",
        ),
    ] {
        let report = analyze(page.as_bytes());
        is_std(&report, way, &[way, "word/document.xml"]);
    }
    let picture = base64(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let page = format!("<html><img src=\"data:image/png;base64,{picture}\"></html>");
    let report = analyze(page.as_bytes());
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.findings().is_empty(), "{report:#?}");
}

/// A script of a page makes a file of a text.
#[test]
fn files_in_scripts() {
    let coded = base64(&word());
    for page in [
        format!("<html><script>var b=atob(\"{coded}\");</script></html>"),
        format!("<html><script>save('{coded}', 'a.docx')</script><p>x</p></html>"),
    ] {
        let report = analyze(page.as_bytes());
        is_std(&report, "base64-1", &["base64-1", "word/document.xml"]);
    }
    // In two pieces: what is there is read, and what is missing is said.
    let (first, second) = coded.split_at(coded.len() / 2);
    let page = format!("<html><script>atob('{first}'+'{second}')</script></html>");
    let report = analyze(page.as_bytes());
    assert!(report.verdict() > Verdict::Clean, "{report:#?}");
    // A word that begins alike.
    let report = analyze(b"<html><p>UEsDB is what zip archives begin with in base64</p></html>");
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.complete(), "{report:#?}");
}

/// §9, "7z/rar/gz/cab/iso/img/vhd": what is not opened is a gap, wherever it stands. A notebook of
/// OneNote is sent as a cabinet.
#[test]
fn archives_that_are_not_opened() {
    let mut disc = vec![0; 0x8001];
    disc.extend(b"CD001\x01");
    let mut udf = vec![0; 0x8001];
    udf.extend(b"BEA01\x01");
    let rows: [(&str, &[u8]); 9] = [
        ("a.onepkg", b"MSCF\0\0\0\0\x30\0\0\0"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("a.rar", b"Rar!\x1a\x07\x01\0"),
        ("a.gz", b"\x1f\x8b\x08\0\0\0\0\0"),
        ("a.bz2", b"BZh91AY&SY\x01\x02"),
        ("a.xz", b"\xfd7zXZ\0\0\x04"),
        ("a.iso", &disc),
        ("a.img", &udf),
        ("a.vhdx", b"vhdxfile\0\0"),
    ];
    for (name, bytes) in rows {
        let object = slides::compound(&[("Package", bytes)]);
        let message = mht::message(&[(name, "application/octet-stream", bytes, Transfer::Base64)]);
        for file in [
            bytes.to_vec(),
            zip(&[(name, bytes)]),
            holding("package", "word/embeddings/x.bin", bytes),
            holding("unheardOf", "x", bytes),
            object,
            message,
        ] {
            let report = analyze(&file);
            assert_eq!(report.verdict(), Verdict::Incomplete, "{name} {report:#?}");
            let kind = report.gaps()[0].kind;
            assert_eq!(kind, GapKind::Unsupported, "{name} {report:#?}");
        }
    }
}
