//! Outlook messages made to cost time or memory.

use super::support::msg::{Msg, compound};
use super::{STD, bounded, docx, names, simple, triples, turn};

use ddetect::{Limit, Report, Verdict};

/// A hundred thousand, or a twentieth of it.
const MANY: usize = if cfg!(debug_assertions) {
    5_000
} else {
    100_000
};

const RTF: &str = r#"{\rtf1{\field{\*\fldinst DDEAUTO cmd "/k calc"}}}"#;

#[track_caller]
fn found(report: &Report) {
    let expected = ("cmd".to_owned(), "/k calc".to_owned(), String::new());
    assert!(triples(report).contains(&expected), "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn many_attachments_and_many_properties() {
    let _turn = turn();
    let document = docx(&simple(STD)).build();
    let mut message = Msg::new().rtf(RTF).file("q.docx", document);
    // Each takes some parts, of which an analysis reads 20,000.
    for _ in 0..(MANY / 10).min(4_000) {
        message = message.attach(
            Msg::new()
                .text(0x3707, "a.bin")
                .property(0x3701, 0x0102, "x"),
        );
    }
    let report = bounded(&message.build());
    found(&report);
    // Each of them has a stream for every type that there is, and is a body.
    let body = message_body();
    let bodies =
        (0..MANY.min(0x1_0000)).map(|kind| (format!("__substg1.0_1009{kind:04X}"), body.clone()));
    let report = bounded(&compound(&bodies.collect::<Vec<_>>()));
    found(&report);
    assert!(!report.complete());
}

fn message_body() -> Vec<u8> {
    super::support::msg::compressed_rtf(RTF.as_bytes())
}

#[test]
fn messages_in_messages() {
    let _turn = turn();
    // Side by side.
    let mut wide = Msg::new().rtf(RTF);
    for _ in 0..MANY / 20 {
        wide = wide.message(Msg::new().text(0x0037, "x").number(0x3fde, 1252));
    }
    found(&bounded(&wide.build()));
    // One in the other: storages of one file, then files.
    let mut deep = Msg::new().rtf(RTF);
    for _ in 0..30 {
        deep = Msg::new().message(deep);
    }
    found(&bounded(&deep.build()));
    let mut files = Msg::new().rtf(RTF).build();
    for _ in 0..30 {
        files = Msg::new().rtf(RTF).file("a.msg", files).build();
    }
    let report = bounded(&files);
    found(&report);
    assert!(names(&report, Limit::Nesting), "{:?}", report.gaps());
}

#[test]
fn a_body_that_grows_eightfold() {
    let _turn = turn();
    // References of seventeen letters to half a dictionary away.
    let mut body = [0xff; 8].to_vec();
    body.extend(b"LZFu\0\0\0\0");
    for turn in 0..200 * MANY / 100 {
        body.push(0xff);
        let far = ((207 + turn * 136 + 2048) % 4096) as u16;
        for _ in 0..8 {
            body.extend((far << 4 | 0xf).to_be_bytes());
        }
    }
    let message = Msg::new()
        .property(0x1009, 0x0102, body)
        .attach(Msg::new().property(0x3701, 0x0102, RTF));
    let report = bounded(&message.build());
    found(&report);
    assert!(!report.complete());
}

#[test]
fn names_of_properties_that_are_all_sounds() {
    let _turn = turn();
    let mut entries = Vec::new();
    let mut message = Msg::new().rtf(RTF);
    for index in 0..(MANY / 4).min(4_000) as u16 {
        entries.extend(0x851f_u32.to_le_bytes());
        entries.extend([6, 0]);
        entries.extend(index.to_le_bytes());
        message = message.text(0x8000 + index, "\\\\h.example\\s\\a.wav");
    }
    let message = message.stream("__nameid_version1.0/__substg1.0_00030102", entries);
    found(&bounded(&message.build()));
}
