//! What is a gap, and what is not: one test a row of the definition (ARCHITECTURE, "What is a
//! gap").

mod support;

use ddetect::{Analyzer, Format, GapKind, Report, SkipReason, Verdict};
use support::analyze;
use support::docx::{W, docx, paragraph, text};
use support::package::{rels, zip, zip_with_password};

fn one_gap(report: &Report, kind: GapKind) {
    assert_eq!(report.verdict(), Verdict::Incomplete, "{report:#?}");
    assert!(!report.complete());
    assert!(
        report.gaps().iter().any(|gap| gap.kind == kind),
        "{report:#?}"
    );
}

fn clean(report: &Report) {
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
    assert!(report.complete());
}

/// A presentation of PowerPoint 95.
fn compound_file() -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    let mut stream = file.create_stream("/PP40").unwrap();
    std::io::Write::write_all(&mut stream, &[0; 600]).unwrap();
    drop(stream);
    file.into_inner().into_inner()
}

#[test]
fn a_document_of_a_kind_not_read_yet_is_a_gap() {
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("ppt", compound_file()),
        ("Lotus", b"\x00\x00\x02\x00\x06\x04\x06\x00".to_vec()),
        ("Write", b"\x31\xbe\0\0\0\xab\0\0".to_vec()),
    ];
    for (name, bytes) in cases {
        let report = analyze(&bytes);
        one_gap(&report, GapKind::Unsupported);
        assert_ne!(report.document().format, Format::Other, "{name}");
        // The same in a zip, and embedded in a document: the gap names the way in.
        let report = analyze(&zip(&[("a/b.bin", &bytes)]));
        one_gap(&report, GapKind::Unsupported);
        assert_eq!(
            report.gaps()[0].location.path().last(),
            Some("a/b.bin"),
            "{name}"
        );
    }
}

#[test]
fn an_embedded_document_of_a_kind_not_read_yet_is_a_gap() {
    let bytes = docx(&paragraph(&text("x")))
        .part("word/embeddings/o.bin", compound_file())
        .build();
    let report = analyze(&bytes);
    one_gap(&report, GapKind::Unsupported);
    assert_eq!(
        report.gaps()[0].location.path().last(),
        Some("word/embeddings/o.bin")
    );
}

#[test]
fn a_loading_relation_to_unknown_bytes_is_a_gap_and_without_one_it_is_not() {
    let blob = [7u8, 1, 2, 3, 0, 200, 201, 202, 90, 91];
    let plain = docx(&paragraph(&text("x"))).part("word/thing.bin", blob.as_slice());
    clean(&analyze(&plain.build()));
    for relation in [
        "aFChunk",
        "package",
        "oleObject",
        "subDocument",
        "frame",
        "attachedTemplate",
    ] {
        let relations = rels(&[("r", relation, "thing.bin", false)]);
        let bytes = plain
            .clone()
            .part("word/_rels/document.xml.rels", relations)
            .build();
        let report = analyze(&bytes);
        one_gap(&report, GapKind::Unsupported);
        assert_eq!(
            report.gaps()[0].location.path().last(),
            Some("word/thing.bin"),
            "{relation}"
        );
    }
    // A text of nothing but letters is none, a text with a tag in it may be a page.
    for (text, complete) in [("Dear all,\r\nplain text.\r\n", true), ("x <b>y", false)] {
        let relations = rels(&[("r", "aFChunk", "chunk.txt", false)]);
        let bytes = plain
            .clone()
            .part("word/chunk.txt", text)
            .part("word/_rels/document.xml.rels", relations)
            .build();
        assert_eq!(analyze(&bytes).complete(), complete, "{text}");
    }
    // Opaque bytes behind one are no gap.
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
    let relations = rels(&[("r", "oleObject", "thing.bin", false)]);
    let bytes = plain
        .part("word/thing.bin", png)
        .part("word/_rels/document.xml.rels", relations)
        .build();
    clean(&analyze(&bytes));
}

#[test]
fn custom_data_that_looks_like_a_page_is_none_unless_it_is_loaded() {
    let page =
        "<form><title/><b style='mso-element:field-begin'>DDEAUTO cmd.exe \"/k calc\"</b></form>";
    let plain = docx(&paragraph(&text("x"))).part("customXml/item1.xml", page);
    clean(&analyze(&plain.build()));
    let relations = rels(&[("r", "aFChunk", "../customXml/item1.xml", false)]);
    let bytes = plain
        .part("word/_rels/document.xml.rels", relations)
        .build();
    let report = analyze(&bytes);
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    assert!(report.complete());
}

#[test]
fn a_page_in_a_chunk_of_a_document_is_read() {
    let page =
        "<html><b style='mso-field-code:\"DDEAUTO cmd.exe \\0022\\/k calc\\0022\"'>x</b></html>";
    let relations = rels(&[("r", "aFChunk", "afchunk.htm", false)]);
    let bytes = docx(&paragraph(&text("x")))
        .part("word/afchunk.htm", page)
        .part("word/_rels/document.xml.rels", relations)
        .build();
    let report = analyze(&bytes);
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    assert_eq!(report.findings()[0].topic.as_deref(), Some("/k calc"));
}

/// Without its feature a format is a gap, never silence.
#[test]
#[cfg(not(feature = "mail"))]
fn messages_are_gaps_without_the_feature() {
    let page = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n";
    one_gap(&analyze(page), GapKind::Unsupported);
    let mail = b"From: a\r\nTo: b\r\nSubject: c\r\n\r\nhello\r\n";
    one_gap(&analyze(mail), GapKind::Unsupported);
    let signed = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80";
    one_gap(&analyze(signed), GapKind::Unsupported);
}

/// Without its feature a format is a gap, never silence.
#[test]
#[cfg(not(feature = "mail"))]
fn what_outlook_sends_is_a_gap_without_the_feature() {
    for bytes in [
        &b"\x78\x9f\x3e\x22\x01\0"[..],
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        b"From: a\r\nTo: b\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello",
        b"{\\rtf1\\fromhtml1 {\\*\\htmltag <p>}x}",
    ] {
        one_gap(&analyze(bytes), GapKind::Unsupported);
    }
}

#[test]
fn an_encoding_that_is_not_decoded_is_a_gap() {
    let xml = support::docx::document(&paragraph(&text("x"))).replace("UTF-8", "UTF-7");
    let report = analyze(&docx("").part("word/document.xml", xml).build());
    one_gap(&report, GapKind::Unsupported);
}

#[test]
fn a_second_main_part_of_a_kind_not_read_yet_is_a_gap() {
    let relations = rels(&[
        ("r1", "officeDocument", "word/document.xml", false),
        ("r2", "officeDocument", "xl/workbook.bin", false),
    ]);
    let bytes = docx(&paragraph(&text("x")))
        .part("_rels/.rels", relations)
        .part(
            "xl/workbook.bin",
            [0x9fu8, 0x7f, 0xff, 0xff, 0xff, 0x7f, 0x32].as_slice(),
        )
        .build();
    one_gap(&analyze(&bytes), GapKind::Unsupported);
}

#[test]
fn a_piece_of_a_part_without_the_others_is_a_gap() {
    let bytes = docx(&paragraph(&text("x")))
        .part(
            "word/header1.xml/[1].piece",
            format!(r#"<w:hdr xmlns:w="{W}"/>"#),
        )
        .build();
    one_gap(&analyze(&bytes), GapKind::Damaged);
}

#[test]
fn an_archive_that_is_not_opened_is_a_gap() {
    for bytes in [
        b"7z\xbc\xaf\x27\x1c\0\x04".as_slice(),
        b"Rar!\x1a\x07\x01\0",
        b"MSCF\0\0\0\0",
        b"\x1f\x8b\x08\0\0\0\0\0",
    ] {
        one_gap(&analyze(bytes), GapKind::Unsupported);
    }
    let mut iso = vec![0u8; 0x8006];
    iso[0x8001..0x8006].copy_from_slice(b"CD001");
    one_gap(&analyze(&iso), GapKind::Unsupported);
}

#[test]
fn opaque_bytes_are_no_gap() {
    let cases: Vec<(&str, &[u8], SkipReason)> = vec![
        (
            "a.png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            SkipReason::Picture,
        ),
        (
            "a.jpg",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0",
            SkipReason::Picture,
        ),
        (
            "a.ttf",
            b"\0\x01\0\0\0\x0c\0\x80\0\x03\0\x40",
            SkipReason::Font,
        ),
        (
            "a.exe",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff",
            SkipReason::Executable,
        ),
        (
            "a.pdf",
            b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
            SkipReason::Pdf,
        ),
        (
            "a.bin",
            &[7, 1, 2, 3, 0, 200, 201, 202],
            SkipReason::Unknown,
        ),
    ];
    for (name, bytes, reason) in cases {
        let report = analyze(bytes);
        clean(&report);
        assert!(report.gaps().is_empty());
        let report = analyze(&zip(&[(name, bytes)]));
        clean(&report);
        assert_eq!(report.skipped()[0].reason, reason, "{name}");
        assert_eq!(report.skipped()[0].location.path().last(), Some(name));
    }
}

#[test]
fn a_pdf_with_something_in_it_is_a_gap() {
    one_gap(
        &analyze(b"%PDF-1.7\n1 0 obj\n<</Type/EmbeddedFile>>\n"),
        GapKind::Unsupported,
    );
}

#[test]
fn opaque_and_empty_roots_are_clean_and_say_what_they_are() {
    let report = analyze(b"\x89PNG\r\n\x1a\n");
    clean(&report);
    assert_eq!(report.document().format, Format::Other);
    let report = analyze(b"");
    clean(&report);
    assert_eq!(report.document().format, Format::Empty);
}

#[test]
fn what_is_encrypted_is_a_gap_until_a_password_opens_it() {
    let inner = docx(&paragraph(&text("x"))).build();
    let bytes = zip_with_password(&[("a.docx", &inner)], "secret");
    let report = analyze(&bytes);
    one_gap(&report, GapKind::Encrypted);
    assert!(report.gaps()[0].detail.contains("ZipCrypto"), "{report:#?}");
    let report = Analyzer::default().analyze(ddetect::Input::new(&bytes).password("secret"));
    clean(&report);
    let options = ddetect::Options::default().password("secret");
    clean(&Analyzer::new(options).analyze(&bytes));
}

#[test]
fn damage_is_a_gap_and_what_stands_before_it_counts() {
    let payload = support::docx::simple(support::payloads::STD);
    // Incompressible text behind the payload, then the archive is cut in the middle of it.
    let mut state = 1u64;
    let noise: String = (0..200_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(b'a' + u8::try_from(state >> 60).unwrap())
        })
        .collect();
    let body = payload + &paragraph(&text(&noise));
    let bytes = docx(&body).build();
    let cut = &bytes[..bytes.len() - 40_000];
    let report = analyze(cut);
    assert_eq!(support::triples(&report).len(), 1, "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(
        report.gaps().iter().any(|gap| gap.kind == GapKind::Damaged),
        "{report:#?}"
    );
}
