//! Names and declared types that are a lie.

use ddetect::{Analyzer, Input, Report, Verdict};

use crate::support::docx::{docx, paragraph, text};
use crate::support::package::{content_types, rels, zip};
use crate::support::word::mht::{self, Transfer};
use crate::support::{analyze, dde, techniques};
use crate::{analyze_as, rtf, word};

fn mismatched(report: &Report) -> bool {
    let found = dde(report);
    assert!(!found.is_empty(), "{report:#?}");
    let lies = |id: &str| id == "type-mismatch";
    let lie = techniques(found[0]).iter().any(|id| lies(id));
    assert!(
        found
            .iter()
            .all(|f| techniques(f).iter().any(|id| lies(id)) == lie)
    );
    lie
}

/// The name of the root, of a member, of a part.
#[test]
fn names() {
    let message = mht::active_mime(&word());
    for (name, bytes, lie) in [
        ("a.pdf", rtf(), true),
        ("a.docx", rtf(), true),
        ("a.doc", rtf(), true),
        ("a.jpg", word(), true),
        ("a.jpg", zip(&[("b.docx", &word())]), true),
        ("a.docx", zip(&[("b.docx", &word())]), true),
        ("image001.gif", message.clone(), true),
        ("a.xlsx", word(), true),
        ("a.doc", word(), true),
        ("a.mso", message, false),
        ("a.docx", word(), false),
        ("a.DOTM", word(), false),
        ("a.zip", word(), false),
        ("a.rtf", rtf(), false),
        ("a.bin", rtf(), false),
        ("a", rtf(), false),
    ] {
        assert_eq!(mismatched(&analyze_as(name, &bytes)), lie, "{name}");
        let report = analyze(&zip(&[("x", b"x"), (name, &bytes)]));
        assert_eq!(mismatched(&report), lie, "member {name}");
    }
}

/// E07's other half: what is declared for the whole.
#[test]
fn declared_types() {
    let typed = |kind: &str, bytes: &[u8]| {
        Analyzer::default().analyze(Input::new(bytes).declared_type(kind))
    };
    for (kind, bytes, lie) in [
        ("application/pdf", rtf(), true),
        ("image/jpeg", word(), true),
        ("application/msword", rtf(), true),
        ("application/rtf", rtf(), false),
        ("application/octet-stream", rtf(), false),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            word(),
            false,
        ),
    ] {
        assert_eq!(mismatched(&typed(kind, &bytes)), lie, "{kind}");
    }
}

/// The declared type of a part of a package.
#[test]
fn content_types_of_parts() {
    let main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    for (kind, lie) in [
        ("image/jpeg", true),
        ("application/pdf", true),
        (
            "application/vnd.openxmlformats-officedocument.oleObject",
            false,
        ),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            false,
        ),
    ] {
        let types = content_types(&[("/word/document.xml", main), ("/word/x.bin", kind)]);
        let file = docx(&paragraph(&text("x")))
            .part("[Content_Types].xml", types)
            .part("word/x.bin", word())
            .part(
                "word/_rels/document.xml.rels",
                rels(&[("r1", "package", "x.bin", false)]),
            );
        assert_eq!(mismatched(&analyze(&file.build())), lie, "{kind}");
    }
}

/// M03.
#[test]
fn m03_a_picture_that_is_none() {
    let container = mht::active_mime(&word());
    for (place, kind, lie) in [
        ("file:///C:/image001.bin", "image/jpeg", true),
        ("file:///C:/image001.jpg", "application/x-mso", true),
        ("file:///C:/editdata.mso", "application/x-mso", false),
    ] {
        let message = mht::message(&[(place, kind, &container, Transfer::Base64)]);
        assert_eq!(mismatched(&analyze(&message)), lie, "{place}");
        // What the whole was declared as says nothing of its parts.
        let input = Input::new(&message).declared_type("multipart/related");
        assert_eq!(mismatched(&Analyzer::default().analyze(input)), lie);
    }
}

/// The lie alone is no alarm.
#[test]
fn a_harmless_lie_is_clean() {
    let plain = docx(&paragraph(&text("x"))).build();
    let page = b"<html><body><table><tr><td>1</td></tr></table></body></html>";
    for (name, bytes) in [
        ("a.doc", b"{\\rtf1 harmless}".as_slice()),
        ("a.doc", page),
        ("a.xls", page),
        ("a.xls", b"a,b\r\n1,2\r\n"),
        ("a.doc", &plain),
        ("a.pdf", &plain),
        ("a.jpg", b"{\\rtf1 harmless}"),
    ] {
        let report = analyze_as(name, bytes);
        assert_eq!(report.verdict(), Verdict::Clean, "{name} {report:#?}");
        assert!(report.findings().is_empty());
    }
}
