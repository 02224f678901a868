//! Mail (`spec/word.md` §5.3): what is found in a file is found in the message that brings it, with
//! the way to it, and ordinary mail is clean.

#![cfg(feature = "mail")]

#[path = "../support/mod.rs"]
mod support;

mod benign;
mod broken;
mod hostile;
mod inside;
mod passwords;

use ddetect::{Analyzer, Confidence, Finding, GapKind, Input, Report, Verdict};
use support::docx;
use support::mail::{Coding, Mail, Part};
use support::payloads::{self, STD, STD_SERVICE, STD_TOPIC};
use support::word::html::{self, Marks};
use support::{dde, techniques};

/// A Word document with the payload that all tables call "std".
fn document() -> Vec<u8> {
    docx::docx(&docx::simple(STD)).build()
}

/// The same in Rich Text Format.
fn rtf() -> Vec<u8> {
    br#"{\rtf1\ansi{\field{\*\fldinst DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe"}{\fldrslt x}}}"#
        .to_vec()
}

/// The same as a page that Word writes.
fn page() -> String {
    let payload = support::word::spellings::all().swap_remove(0);
    html::complex(&payload, Marks::Conditional).unwrap()
}

fn analyze(bytes: &[u8]) -> Report {
    let report = Analyzer::default().analyze(Input::new(bytes).name("mail.eml"));
    let internal = |gap: &ddetect::Gap| gap.kind == GapKind::Internal;
    assert!(!report.gaps().iter().any(internal), "{}", brief(&report));
    report
}

/// What a report says, in few words.
fn brief(report: &Report) -> String {
    let found = report.findings().iter();
    let found: Vec<_> = found.map(|f| format!("{} {}", f.location, f.raw)).collect();
    let gaps: Vec<_> = report
        .gaps()
        .iter()
        .map(|g| format!("{} {}", g.location, g.detail))
        .collect();
    format!("{found:#?} {gaps:#?} {:?}", report.skipped())
}

/// The one finding that is DDE.
fn only<'r>(report: &'r Report, case: &str) -> &'r Finding {
    let found = dde(report);
    assert_eq!(found.len(), 1, "{case}: {}", brief(report));
    assert_eq!(report.verdict(), Verdict::Malicious, "{case}");
    found[0]
}

/// The standard payload, and nothing unread.
fn standard(bytes: &[u8], case: &str) -> Vec<String> {
    let report = analyze(bytes);
    let found = only(&report, case);
    assert_eq!(found.service.as_deref(), Some(STD_SERVICE), "{case}");
    assert_eq!(found.topic.as_deref(), Some(STD_TOPIC), "{case}");
    assert!(report.complete(), "{case}: {:?}", report.gaps());
    found.location.path().map(str::to_owned).collect()
}

#[test]
fn every_payload_in_attachments_of_every_coding_and_disposition() {
    let types = ["application/octet-stream", "application/pdf", "text/plain"];
    let dispositions = [
        "Content-Disposition: attachment; filename=\"q.doc\"",
        "Content-Disposition: inline; filename=q.doc",
        "Content-Disposition: form-data; filename*=utf-8''q.doc",
        "content-disposition:attachment;\r\n\tfilename*0=\"q.\";\r\n filename*1=doc",
        "Content-Disposition: attachment; filename=\"=?utf-8?B?cS5kb2M=?=\"",
        "X-None: 1",
    ];
    let mut tried = 0;
    for payload in payloads::fields() {
        let bytes = docx::docx(&docx::simple(&payload.instruction)).build();
        for coding in Coding::ALL {
            for media_type in types {
                for disposition in dispositions {
                    let part = Part::new(media_type, &bytes, coding).header(disposition);
                    let report = analyze(&Mail::with("hello", &[part]).build());
                    let case = format!("{} {coding:?} {media_type} {disposition}", payload.name);
                    let found = only(&report, &case);
                    assert_eq!(found.service.as_deref(), Some(payload.service), "{case}");
                    assert_eq!(found.topic.as_deref(), Some(payload.topic), "{case}");
                    assert_eq!(found.item.as_deref(), payload.item, "{case}");
                    let path: Vec<&str> = found.location.path().collect();
                    let name = match disposition {
                        "X-None: 1" => "part 2",
                        _ => "q.doc",
                    };
                    assert_eq!(path, ["mail.eml", name, "word/document.xml"], "{case}");
                    assert!(report.complete(), "{case}: {:?}", report.gaps());
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

/// E07: a part that is called and declared a PDF.
#[test]
fn e07_attachment_that_lies_about_its_type() {
    let part = Part::new("application/pdf; name=\"a.pdf\"", &rtf(), Coding::Base64);
    let path = standard(&Mail::with("hello", &[part]).build(), "E07");
    assert_eq!(path, ["mail.eml", "a.pdf"]);
}

/// RFC 2397: what is not said to be base64 is spelled with `%`.
#[test]
fn documents_in_addresses_of_pages() {
    let coded = |bytes: &[u8]| -> String {
        let spelled = bytes.iter().map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(*byte).to_string()
            } else {
                format!("%{byte:02x}")
            }
        });
        spelled.collect()
    };
    let named = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    for (case, address) in [
        (
            "docx",
            format!("data:{named};charset=utf-8,{}", coded(&document())),
        ),
        ("rtf", format!("data:application/rtf,{}", coded(&rtf()))),
        ("nothing", format!("DATA:,{}", coded(&rtf()))),
        (
            "page",
            format!("data:text/html,{}", coded(page().as_bytes())),
        ),
        (
            "a comma",
            format!("data:text/html,a,b,{}", coded(page().as_bytes())),
        ),
    ] {
        for html in [
            format!("<p>x</p><a href=\"{address}\">y</a>"),
            format!("<p>x</p><iframe src='{address}'></iframe>"),
            format!("<p>x</p><embed src={address}>"),
        ] {
            let report = analyze(&Mail::of(Part::html(&html)).build());
            assert_eq!(dde(&report).len(), 1, "{case}: {}", brief(&report));
            assert_eq!(report.verdict(), Verdict::Malicious, "{case}");
        }
    }
    for address in [
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E",
        "data:text/css,p%7Bcolor:red%7D",
        "data:,hello,%20world",
    ] {
        let html = format!("<p>x</p><img src=\"{address}\">Our data: a, b, c");
        let report = analyze(&Mail::of(Part::html(&html)).build());
        assert_eq!(report.verdict(), Verdict::Clean, "{}", brief(&report));
        assert!(report.complete());
    }
}

#[test]
fn a_page_is_a_body_in_its_own_right() {
    for coding in Coding::ALL {
        let part = Part::new("text/html; charset=utf-8", page().as_bytes(), coding);
        let alternative = [Part::text("hello"), part.clone()];
        for mail in [
            Mail::of(part.clone()),
            Mail::of(Part::multipart("alternative", "b1", &alternative)),
            Mail::with(
                "hello",
                &[Part::multipart(
                    "related",
                    "b2",
                    std::slice::from_ref(&part),
                )],
            ),
        ] {
            let report = analyze(&mail.build());
            let found = only(&report, "body");
            // What Outlook does with it is not documented.
            assert_eq!(found.confidence, Confidence::Medium, "{coding:?}");
            assert!(report.complete(), "{:?}", report.gaps());
        }
        // As an attachment it is a page like any other.
        let part = part.header("Content-Disposition: attachment; filename=a.htm");
        let report = analyze(&Mail::with("hello", &[part]).build());
        assert_eq!(only(&report, "file").confidence, Confidence::High);
    }
}

#[test]
fn other_bodies() {
    for (media_type, bytes) in [
        ("text/rtf", rtf()),
        ("application/rtf", rtf()),
        // The bytes decide.
        ("text/plain", rtf()),
        ("text/html", rtf()),
        ("text/html", document()),
    ] {
        let mail = Mail::of(Part::new(media_type, &bytes, Coding::Base64));
        standard(&mail.build(), media_type);
    }
}

#[test]
fn fields_and_formulas_in_plain_text_are_text() {
    let text = format!("=cmd|'/c calc'!A0\r\n{{ {STD} }}\r\n{}\r\n", page());
    for coding in [Coding::Base64, Coding::QuotedPrintable, Coding::Binary] {
        let part = Part::new("text/plain; charset=utf-8", text.as_bytes(), coding);
        for mail in [Mail::of(part.clone()), Mail::with("hello", &[part])] {
            let report = analyze(&mail.build());
            assert_eq!(report.verdict(), Verdict::Clean, "{}", brief(&report));
            assert!(report.findings().is_empty(), "{}", brief(&report));
        }
    }
    // Nor is a page in which somebody writes about formulas a text of cells.
    let page = "hello\r\n=cmd|'/c calc'!A0\r\n<p>x</p>";
    let report = analyze(&Mail::of(Part::html(page)).build());
    assert!(
        report.findings().is_empty() && report.complete(),
        "{}",
        brief(&report)
    );
}

/// Design page, "Delimited text": tried on attachments.
#[test]
fn formulas_in_attached_texts_are_formulas() {
    let cells = b"a,b\r\n=cmd|'/c calc.exe'!A0,1\r\n";
    for (media_type, name) in [
        ("text/csv", "a.csv"),
        ("application/vnd.ms-excel", "a.csv"),
        ("application/octet-stream", "a.csv"),
        ("text/html", "a.csv"),
        ("message/rfc822", "a.csv"),
        ("text/csv", ""),
    ] {
        let mut part = Part::new(media_type, cells, Coding::Base64);
        if !name.is_empty() {
            part = part.header(&format!("Content-Disposition: attachment; filename={name}"));
        }
        let report = analyze(&Mail::with("hello", &[part]).build());
        let found = only(&report, media_type);
        assert_eq!(found.service.as_deref(), Some("cmd"), "{media_type}");
        assert_eq!(found.topic.as_deref(), Some("/c calc.exe"), "{media_type}");
    }
    // A program of another kind opens it.
    let part = Part::new("text/x-log", cells, Coding::Base64)
        .header("Content-Disposition: attachment; filename=a.log");
    let report = analyze(&Mail::with("hello", &[part]).build());
    assert_eq!(report.verdict(), Verdict::Suspicious, "{}", brief(&report));
    assert!(techniques(&report.findings()[0]).contains(&"foreign-name"));
}

#[test]
fn names_are_decoded() {
    for (header, name) in [
        (
            "filename=\"=?iso-8859-1?Q?Rechnung_=FC.doc?=\"",
            "Rechnung ü.doc",
        ),
        ("filename*=utf-8''Rechnung%20%C3%BC.doc", "Rechnung ü.doc"),
        ("filename=\"C:\\\\a\\\\b.doc\"", "b.doc"),
        ("filename=\"../../b.doc\"", "b.doc"),
    ] {
        let part = Part::new("application/msword", &document(), Coding::Base64)
            .header(&format!("Content-Disposition: attachment; {header}"));
        let path = standard(&Mail::with("hello", &[part]).build(), header);
        assert_eq!(path[1], name, "{header}");
    }
    // Equal names carry an index.
    let clean = Part::file("a.doc", b"{\\rtf1 x}");
    let parts = [clean, Part::file("a.doc", &document())];
    let path = standard(&Mail::with("hello", &parts).build(), "equal");
    assert_eq!(path[1], "a.doc#2");
}
