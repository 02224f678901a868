//! Documents in one XML file: Word 2003 XML and Flat OPC (`spec/word.md` §4.1, §4.2, §4.8).

mod support;

use std::fmt::Write as _;

use ddetect::{Carrier, Finding, Format, GapKind, Kind, Report, SkipReason, Verdict};
use support::docx::{W, docx, simple};
use support::package::{Package, R, rels};
use support::payloads::{STD, STD_SERVICE, STD_TOPIC};
use support::{analyze, techniques, triples};

const W2003: &str = "http://schemas.microsoft.com/office/word/2003/wordml";
const PKG: &str = "xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\"";

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (index, group) in bytes.chunks(3).enumerate() {
        let bits = group
            .iter()
            .fold(0_u32, |bits, b| bits << 8 | u32::from(*b));
        let bits = bits << (8 * (3 - group.len()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at > group.len() {
                '='
            } else {
                char::from(letter)
            });
        }
        if index % 19 == 18 {
            text.push_str("\r\n");
        }
    }
    text
}

/// The same package in one file.
fn flat(package: &Package) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <?mso-application progid=\"Word.Document\"?><pkg:package {PKG}>"
    );
    for (name, bytes) in package.parts() {
        if name == "[Content_Types].xml" {
            continue;
        }
        write!(text, "<pkg:part pkg:name=\"/{name}\">").unwrap();
        match std::str::from_utf8(bytes) {
            Ok(xml) if xml.starts_with('<') => {
                let root = xml.find("?>").map_or(xml, |at| &xml[at + 2..]);
                write!(text, "<pkg:xmlData>{root}</pkg:xmlData>").unwrap();
            }
            _ => write!(text, "<pkg:binaryData>{}</pkg:binaryData>", base64(bytes)).unwrap(),
        }
        text.push_str("</pkg:part>");
    }
    text + "</pkg:package>"
}

fn is_std(report: &Report) {
    let wanted = (STD_SERVICE.to_owned(), STD_TOPIC.to_owned(), String::new());
    assert_eq!(triples(report), [wanted], "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(report.findings()[0].kind, Kind::DdeAuto);
}

fn paths(finding: &Finding) -> Vec<&str> {
    finding.location.path().collect()
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mut bytes = if mark { vec![0xff, 0xfe] } else { Vec::new() };
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

fn older(body: &str) -> String {
    let body = body.replace(W, W2003);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <?mso-application progid=\"Word.Document\"?>\
         <w:wordDocument xmlns:w=\"{W2003}\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xml:space=\"preserve\"><o:DocumentProperties><o:Author>A. Author</o:Author>\
         <o:Created>2018-01-01T00:00:00Z</o:Created></o:DocumentProperties>\
         <w:body>{body}</w:body></w:wordDocument>"
    )
}

#[test]
fn x01_word_2003_xml() {
    let text = older(&simple(STD));
    for bytes in [
        text.clone().into_bytes(),
        utf16(&text, true),
        utf16(&text, false),
    ] {
        let report = analyze(&bytes);
        is_std(&report);
        let document = report.document();
        assert_eq!(document.format, Format::WordXml2003);
        assert_eq!(document.properties.author.as_deref(), Some("A. Author"));
        assert_eq!(
            document.properties.created.as_deref(),
            Some("2018-01-01T00:00:00Z")
        );
        assert!(report.complete(), "{:?}", report.gaps());
        // The offset is one of the file.
        let at = usize::try_from(report.findings()[0].location.offset().unwrap()).unwrap();
        let start = &bytes[at..at + 1];
        assert_eq!(start, b"<", "{at}");
    }
}

#[test]
fn x02_flat_opc() {
    let report = analyze(flat(&docx(&simple(STD))).as_bytes());
    is_std(&report);
    assert_eq!(report.document().format, Format::FlatOpc);
    assert_eq!(
        paths(&report.findings()[0]).last(),
        Some(&"/word/document.xml")
    );
    assert!(report.complete(), "{:?}", report.gaps());
    assert!(techniques(&report.findings()[0]).is_empty());
}

#[test]
fn x03_a_document_in_base64() {
    let inner = docx(&simple(STD)).build();
    let package = docx("<w:p/>").part("word/embeddings/x.bin", inner);
    let report = analyze(flat(&package).as_bytes());
    is_std(&report);
    let path = paths(&report.findings()[0]);
    assert!(
        path.ends_with(&["/word/embeddings/x.bin", "word/document.xml"]),
        "{path:?}"
    );
}

#[test]
fn a_part_in_base64_is_that_part() {
    let text = flat(&docx(&simple(STD)));
    let (front, rest) = text
        .split_once("<pkg:part pkg:name=\"/word/document.xml\"><pkg:xmlData>")
        .unwrap();
    let (xml, back) = rest.split_once("</pkg:xmlData>").unwrap();
    let text = format!(
        "{front}<pkg:part pkg:name=\"/word/document.xml\"><pkg:binaryData>{}</pkg:binaryData>{back}",
        base64(xml.as_bytes())
    );
    let report = analyze(text.as_bytes());
    is_std(&report);
    assert_eq!(
        paths(&report.findings()[0]).last(),
        Some(&"/word/document.xml")
    );
}

#[test]
fn parts_use_what_is_declared_around_them() {
    let body = simple(STD);
    for entity in ["", "<!DOCTYPE x [<!ENTITY e \"DDE\">]>"] {
        let body = if entity.is_empty() {
            body.clone()
        } else {
            body.replacen("DDEAUTO", "&e;AUTO", 1)
        };
        let text = format!(
            "{entity}<pkg:package {PKG} xmlns:w=\"{W}\"><pkg:part pkg:name=\"/word/document.xml\">\
             <pkg:xmlData><w:document><w:body>{body}</w:body></w:document></pkg:xmlData>\
             </pkg:part></pkg:package>"
        );
        for bytes in [text.clone().into_bytes(), utf16(&text, true)] {
            is_std(&analyze(&bytes));
        }
    }
}

#[test]
fn relationships_resolve_as_in_a_zip() {
    let package = docx("<w:p/>")
        .part(
            "word/_rels/settings.xml.rels",
            rels(&[("rId1", "attachedTemplate", "http://x/t.dotm", true)]),
        )
        .part(
            "word/settings.xml",
            format!(
                "<w:settings xmlns:w=\"{W}\" xmlns:r=\"{R}\"><w:attachedTemplate r:id=\"rId1\"/>\
                 </w:settings>"
            ),
        );
    let report = analyze(flat(&package).as_bytes());
    let zipped = analyze(&package.build());
    let one = |report: &Report| -> Vec<(Carrier, Option<String>, u8)> {
        let all = report.findings().iter();
        all.map(|f| (f.carrier, f.target.clone(), f.score))
            .collect()
    };
    assert_eq!(one(&report), one(&zipped));
    assert_eq!(report.findings()[0].carrier, Carrier::RemoteTemplate);
    assert_eq!(
        paths(&report.findings()[0]).last(),
        Some(&"/word/_rels/settings.xml.rels")
    );
}

#[test]
fn a_workbook_in_one_file() {
    let package = support::xlsx::Workbook::new().dde("cmd", "/c calc.exe", &["A1"]);
    let report = analyze(flat(&package.package()).as_bytes());
    let wanted = ("cmd".to_owned(), "/c calc.exe".to_owned(), "A1".to_owned());
    assert_eq!(triples(&report), [wanted], "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete(), "{:?}", report.gaps());
}

#[test]
fn data_that_is_no_document_is_skipped_and_pictures_are_pictures() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01".to_vec();
    let emz = b"\x1f\x8b\x08\0\0\0\0\0\0\0junk".to_vec();
    let text = older(&format!(
        "<w:pict><w:binData w:name=\"wordml://1.png\">{}</w:binData>\
         <w:binData w:name=\"wordml://2.emz\">{}</w:binData></w:pict>",
        base64(&png),
        base64(&emz)
    ));
    let report = analyze(text.as_bytes());
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    let skipped: Vec<_> = report.skipped().iter().map(|s| s.reason).collect();
    assert_eq!(skipped, [SkipReason::Picture, SkipReason::Picture]);
}

#[test]
fn a_document_in_binary_data() {
    let inner = docx(&simple(STD)).build();
    let coded = base64(&inner).replacen('A', "&#65;<!-- AAAA -->", 1);
    let text = older(&format!(
        "<w:docOleData><w:binData w:name=\"oledata.mso\">{coded}</w:binData></w:docOleData>"
    ));
    for bytes in [text.clone().into_bytes(), utf16(&text, true)] {
        let report = analyze(&bytes);
        is_std(&report);
        let path = paths(&report.findings()[0]);
        assert!(
            path.ends_with(&["oledata.mso", "word/document.xml"]),
            "{path:?}"
        );
    }
}

#[test]
fn broken_files_are_read_leniently_and_say_so() {
    // A missing quotation mark in front of the part.
    let text =
        flat(&docx(&simple(STD))).replacen("<pkg:part pkg:name=\"/", "<pkg:part pkg:x=\"", 1);
    let text = text.replacen("<pkg:part pkg:x=\"", "<pkg:part pkg:x=\"><y z=", 1);
    let report = analyze(text.as_bytes());
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    // Cut off behind the field.
    let text = flat(&docx(&simple(STD)));
    let at = text.find("</w:body>").unwrap();
    let report = analyze(&text.as_bytes()[..at]);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.gaps().iter().any(|gap| gap.kind == GapKind::Damaged));
    let text = older(&simple(STD));
    let at = text.find("</w:body>").unwrap();
    let report = analyze(&text.as_bytes()[..at]);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.gaps().iter().any(|gap| gap.kind == GapKind::Damaged));
}

#[test]
fn parts_in_parts_hide_nothing() {
    let document = format!(
        "<w:document xmlns:w=\"{W}\"><w:body>{}</w:body></w:document>",
        simple(STD)
    );
    for text in [
        format!(
            "<pkg:package {PKG}><pkg:part pkg:name=\"/a\"><pkg:part pkg:name=\"/b\"><pkg:xmlData>\
             {document}</pkg:xmlData></pkg:part></pkg:part></pkg:package>"
        ),
        format!(
            "<pkg:package {PKG}><pkg:part pkg:name=\"/a\"><pkg:xmlData><pkg:package>\
             <pkg:part pkg:name=\"/b\"><pkg:xmlData>{document}</pkg:xmlData></pkg:part>\
             </pkg:package></pkg:xmlData></pkg:part></pkg:package>"
        ),
        format!(
            "<pkg:package {PKG}><pkg:part pkg:name=\"/a\"><pkg:xmlData><pkg:package {PKG}>\
             <pkg:part pkg:name=\"/b\"><pkg:xmlData>{document}</pkg:xmlData></pkg:part>\
             </pkg:package></pkg:xmlData></pkg:part></pkg:package>"
        ),
    ] {
        is_std(&analyze(text.as_bytes()));
    }
}

#[test]
fn many_parts_end_at_a_limit_and_base64_that_is_none_is_nothing() {
    let mut text = format!("<pkg:package {PKG}>");
    for index in 0..100_000 {
        write!(
            text,
            "<pkg:part pkg:name=\"/{index}\"><pkg:xmlData><a/></pkg:xmlData></pkg:part>"
        )
        .unwrap();
    }
    text.push_str("</pkg:package>");
    let report = analyze(text.as_bytes());
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert!(report.gaps().iter().any(|gap| gap.kind == GapKind::Limit));

    let noise = "?~<x>&&#;&#xFFFFFFFFFFFF;<!-".repeat(400_000);
    let text = format!(
        "<pkg:package {PKG}><pkg:part pkg:name=\"/a\"><pkg:binaryData>{noise}</pkg:binaryData>\
         </pkg:part></pkg:package>"
    );
    let report = analyze(text.as_bytes());
    assert_ne!(report.verdict(), Verdict::Malicious);

    // One package in another, until the nesting or the depth ends it.
    let text = format!(
        "{}x",
        format!("<pkg:package {PKG}><pkg:part pkg:name=\"/a\"><pkg:xmlData>").repeat(5_000)
    );
    let report = analyze(text.as_bytes());
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

#[test]
fn a_presentation_in_one_file_is_read() {
    let text = format!(
        "<pkg:package {PKG}><pkg:part pkg:name=\"/ppt/presentation.xml\" \
         pkg:contentType=\"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml\">\
         <pkg:xmlData><p:presentation xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"/>\
         </pkg:xmlData></pkg:part></pkg:package>"
    );
    let report = analyze(text.as_bytes());
    assert!(report.complete(), "{report:#?}");
}

#[test]
fn a_plain_document_is_clean() {
    let report = analyze(flat(&docx(&simple("PAGE"))).as_bytes());
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    let report = analyze(older(&simple("HYPERLINK \"https://example.com\"")).as_bytes());
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
}

#[test]
fn the_root_counts_however_it_is_spelled_and_wherever_it_stands() {
    let text = older(&simple(STD));
    let spelled = text.replacen("2003/wordml", "2003/wordm&#x6c;", 1);
    is_std(&analyze(spelled.as_bytes()));
    let (declaration, rest) = text.split_once("?>").unwrap();
    let typed = format!(
        "{declaration}?><!DOCTYPE w:wordDocument [<!ENTITY e \"2003/wordml\">]>{}",
        rest.replacen("2003/wordml", "&e;", 1)
    );
    is_std(&analyze(typed.as_bytes()));
    for filler in ["<!-- - -->", "<?x y?>", "\r\n\t    "] {
        let filler = filler.repeat((1 << 20) / filler.len() + 1);
        let late = format!("{declaration}?>{filler}{rest}");
        let report = analyze(late.as_bytes());
        is_std(&report);
        assert_eq!(report.document().format, Format::WordXml2003);
        let package = flat(&docx(&simple(STD)));
        let (declaration, rest) = package.split_once("?>").unwrap();
        is_std(&analyze(
            format!("{declaration}?>{filler}{rest}").as_bytes(),
        ));
    }
    // Brackets and marks in a document type.
    let typed = format!(
        "{declaration}?><!DOCTYPE w:wordDocument [<!-- don't ]> --><!ENTITY e \"]><x/>\">]>{rest}"
    );
    let report = analyze(typed.as_bytes());
    assert_eq!(report.document().format, Format::WordXml2003);
    assert_eq!(report.verdict(), Verdict::Malicious);
    // One that is too long to read.
    let typed = format!(
        "{declaration}?><!DOCTYPE x [{}]>{rest}",
        "<!ENTITY e 'x'>".repeat(400_000)
    );
    assert_ne!(analyze(typed.as_bytes()).verdict(), Verdict::Clean);
    // Blanks alone, and markup of no kind that is opened.
    assert_eq!(
        analyze(" ".repeat(2 << 20).as_bytes()).verdict(),
        Verdict::Clean
    );
    let late = format!("<!--{}--><x/>", "-x".repeat(1 << 20));
    assert_eq!(analyze(late.as_bytes()).verdict(), Verdict::Clean);
    let late = format!(
        "<!--{}--><html><span style='mso-field-code:\" DDEAUTO cmd /c \"'></span></html>",
        "-x".repeat(1 << 20)
    );
    assert_eq!(analyze(late.as_bytes()).verdict(), Verdict::Malicious);
}

#[test]
fn a_member_of_a_zip_without_a_name_is_a_member() {
    use support::zipsmith::{Entry, Zip};
    let inner = docx(&simple(STD)).build();
    let bytes = Zip::new().entry(Entry::stored("", inner)).build();
    is_std(&analyze(&bytes));
    let text = older(&simple(STD));
    let bytes = Zip::new().entry(Entry::stored("", text)).build();
    is_std(&analyze(&bytes));
}
