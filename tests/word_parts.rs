//! What the parts of a docx give to its fields: bookmarks, properties, building blocks; and parts
//! that stand in the package in unusual ways (`spec/word.md` §0.6, §1.2, §1.6).

mod support;

use ddetect::{Confidence, GapKind, Kind, Report, Verdict};
use support::docx::{W, document, docx, field, instruction, paragraph, run, simple, text};
use support::package::Package;
use support::{analyze, techniques, triples};

const CORE: &str = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
const CUSTOM: &str = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties";
const APP: &str = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
const VT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";

#[track_caller]
fn yields(report: &Report, service: &str, topic: &str) {
    let found = triples(report);
    let wanted = (service.to_owned(), topic.to_owned(), String::new());
    assert!(found.contains(&wanted), "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
}

/// `{ DDEAUTO { <field> } "/c calc" }`.
fn around(nested: &str) -> String {
    paragraph(&field(&format!(
        "{}{}{}",
        instruction("DDEAUTO "),
        field(&instruction(nested)),
        instruction(r#" "/c calc""#)
    )))
}

fn bookmark(id: u32, name: &str, content: &str) -> String {
    format!(
        r#"<w:bookmarkStart w:id="{id}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{id}"/>"#
    )
}

#[test]
fn a_field_repeats_the_text_of_a_bookmark() {
    let target = paragraph(&bookmark(
        3,
        "Target",
        &format!("{}{}", text("cm"), text("d")),
    ));
    for (name, before) in [
        ("REF target", true),
        ("REF target", false),
        (" target ", false),
    ] {
        let field = around(name);
        let body = if before {
            format!("{field}{target}")
        } else {
            format!("{target}{field}")
        };
        yields(&analyze(&docx(&body).build()), "cmd", "/c calc");
    }
}

#[test]
fn bookmarks_are_known_across_parts() {
    let header = format!(
        r#"<w:hdr xmlns:w="{W}">{}</w:hdr>"#,
        paragraph(&bookmark(1, "b", &text("cmd")))
    );
    let package = docx(&around("REF b")).part("word/header1.xml", header);
    yields(&analyze(&package.build()), "cmd", "/c calc");
}

#[test]
fn a_field_repeats_a_property() {
    let core = format!(
        r#"<cp:coreProperties xmlns:cp="{CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>cmd</dc:title><dc:subject>x</dc:subject></cp:coreProperties>"#
    );
    let custom = format!(
        r#"<Properties xmlns="{CUSTOM}" xmlns:vt="{VT}"><property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="Mine"><vt:lpwstr>cmd</vt:lpwstr></property></Properties>"#
    );
    let app = format!(r#"<Properties xmlns="{APP}"><Company>cmd</Company></Properties>"#);
    for name in [
        "TITLE",
        "DOCPROPERTY Title",
        "DOCPROPERTY mine",
        "INFO title",
        "DOCPROPERTY Company",
    ] {
        let package = docx(&around(name))
            .part("docProps/core.xml", core.clone())
            .part("docProps/custom.xml", custom.clone())
            .part("docProps/app.xml", app.clone());
        yields(&analyze(&package.build()), "cmd", "/c calc");
    }
}

#[test]
fn a_field_inserts_a_building_block() {
    let glossary = format!(
        r#"<w:glossaryDocument xmlns:w="{W}"><w:docParts><w:docPart><w:docPartPr><w:name w:val="Greeting"/></w:docPartPr><w:docPartBody>{}</w:docPartBody></w:docPart></w:docParts></w:glossaryDocument>"#,
        paragraph(&text("cmd"))
    );
    for name in ["AUTOTEXT greeting", "GLOSSARY Greeting"] {
        let package = docx(&around(name)).part("word/glossary/document.xml", glossary.clone());
        yields(&analyze(&package.build()), "cmd", "/c calc");
    }
}

#[test]
fn a_field_in_a_building_block_is_reported_with_less_confidence() {
    let glossary = format!(
        r#"<w:glossaryDocument xmlns:w="{W}"><w:docParts><w:docPart><w:docPartPr><w:name w:val="x"/></w:docPartPr><w:docPartBody>{}</w:docPartBody></w:docPart></w:docParts></w:glossaryDocument>"#,
        paragraph(&simple(r#"DDEAUTO cmd "/c calc""#))
    );
    let package = docx(&paragraph(&text("x"))).part("word/glossary/document.xml", glossary);
    let report = analyze(&package.build());
    assert_eq!(report.findings().len(), 1);
    assert_eq!(report.findings()[0].kind, Kind::DdeAuto);
    assert_eq!(report.findings()[0].confidence, Confidence::Medium);
}

#[test]
fn a_bound_content_control_shows_its_data() {
    let control = r#"<w:sdt><w:sdtPr><w:dataBinding w:xpath="/ns0:root[1]/ns0:prog[1]" w:storeItemID="{1}"/></w:sdtPr><w:sdtContent>SHOWN</w:sdtContent></w:sdt>"#;
    let body = paragraph(&field(&format!(
        "{}{}{}",
        instruction("DDEAUTO "),
        control.replace("SHOWN", &instruction("winword")),
        instruction(r#" "/c calc""#)
    )));
    let data = r#"<root xmlns="urn:x"><other>y</other><prog>cmd</prog></root>"#;
    let report = analyze(&docx(&body).part("customXml/item1.xml", data).build());
    yields(&report, "cmd", "/c calc");
    let found = &report.findings()[0];
    assert!(
        techniques(found).contains(&"bound-instruction"),
        "{found:#?}"
    );
    // What the document itself shows is the other reading.
    let shown = found
        .alternatives
        .iter()
        .map(|other| other.service.as_deref());
    assert!(shown.into_iter().any(|service| service == Some("winword")));
    // Without the data, what is shown counts.
    let report = analyze(&docx(&body.replace("winword", "cmd")).build());
    yields(&report, "cmd", "/c calc");
}

/// The document part in pieces of so many bytes.
fn in_pieces(content: &str, size: usize, last: &str) -> Vec<u8> {
    let whole = document(content);
    let mut package = Package::empty();
    for (name, bytes) in docx("").parts() {
        if name != "word/document.xml" {
            package = package.part(name, bytes.clone());
        }
    }
    let count = whole.len().div_ceil(size);
    // The last piece stands first in the archive.
    for (number, piece) in whole.as_bytes().chunks(size).enumerate().rev() {
        let mark = if number + 1 == count { last } else { "" };
        package = package.part(&format!("word/document.xml/[{number}]{mark}.piece"), piece);
    }
    package.build()
}

#[test]
fn interleaved_pieces_are_one_part() {
    let body = paragraph(&simple(r#"DDEAUTO cmd "/c calc""#));
    for size in [1, 7, 100_000] {
        for last in [".last", ""] {
            let report = analyze(&in_pieces(&body, size, last));
            yields(&report, "cmd", "/c calc");
            assert!(report.complete(), "{report:#?}");
            let found = report
                .findings()
                .iter()
                .find(|finding| finding.kind == Kind::DdeAuto)
                .unwrap();
            assert!(techniques(found).contains(&"interleaved-pieces"));
            assert!(
                found
                    .location
                    .path()
                    .any(|name| name == "word/document.xml")
            );
        }
    }
}

#[test]
fn a_piece_without_the_others_is_a_gap() {
    let package = docx(&paragraph(&text("x"))).part("word/a.xml/[1].piece", "<a>");
    let report = analyze(&package.build());
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert!(report.gaps().iter().any(|gap| gap.kind == GapKind::Damaged));
}

/// An ordinary document with bookmarks, properties and building blocks says nothing.
#[test]
fn ordinary_names_are_silent() {
    let body = format!(
        "{}{}",
        paragraph(&bookmark(1, "_Toc1", &text("Chapter"))),
        paragraph(&format!(
            "{}{}",
            field(&instruction(r" PAGEREF _Toc1 \h ")),
            run("<w:tab/>")
        ))
    );
    let report = analyze(&docx(&body).build());
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(report.findings().is_empty(), "{report:#?}");
}
