//! Messages that try to wear the reader out: it ends, says so, and keeps what it found.

use std::time::Instant;

use ddetect::{GapKind, Report, Verdict};

use super::analyze;
use super::support::mail::{self, Mail, Part};

/// Seconds that a megabyte may take in an unoptimised build on a busy machine.
const SECONDS: u64 = 20;

fn in_time(bytes: &[u8], case: &str) -> Report {
    let clock = Instant::now();
    let report = analyze(bytes);
    let size = bytes.len() >> 20;
    let most = SECONDS * u64::try_from(size + 1).unwrap();
    assert!(
        clock.elapsed().as_secs() < most,
        "{case}: {:?}",
        clock.elapsed()
    );
    report
}

fn limited(report: &Report) -> bool {
    report.gaps().iter().any(|gap| gap.kind == GapKind::Limit)
}

#[test]
fn more_than_the_limit_is_a_gap_and_what_was_found_stays() {
    let bad = Part::file("a.rtf", &super::rtf());
    let many: Vec<Part> = std::iter::once(bad)
        .chain(std::iter::repeat_n(Part::text("x"), 100_000))
        .collect();
    let report = in_time(
        &Mail::of(Part::multipart("mixed", "b", &many)).build(),
        "parts",
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(limited(&report), "{:?}", report.gaps());
}

#[test]
fn deep_and_wide_messages() {
    let start = "From: a\r\nTo: b\r\nSubject: x\r\nMIME-Version: 1.0\r\n";
    let deep: String = (0..100_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let messages = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
    let partial = "Content-Type: message/partial; number=2\r\n\r\n".repeat(100_000);
    let digest = format!(
        "Content-Type: multipart/digest; boundary=d\r\n\r\n{}",
        "--d\r\n\r\n\r\n".repeat(100_000)
    );
    let blocks = format!("\r\n{}", "begin 644 a\r\n#0V%T\r\n".repeat(100_000));
    let marks = format!(
        "\r\n{}",
        "\r\nFrom a Mon Jan  1 10:00:00 2024\r\na: b\r\n".repeat(50_000)
    );
    for (case, body) in [
        ("deep", deep),
        ("messages", messages),
        ("partial", partial),
        ("digest", digest),
        ("blocks", blocks),
    ] {
        let report = in_time(format!("{start}{body}").as_bytes(), case);
        assert!(limited(&report), "{case}: {:?}", report.gaps().len());
        assert_eq!(report.verdict(), Verdict::Incomplete, "{case}");
    }
    let mailbox = format!("From a Mon Jan  1 10:00:00 2024\r\n{start}{marks}");
    assert!(limited(&in_time(mailbox.as_bytes(), "marks")));
}

#[test]
fn long_lines_and_many_words() {
    let zip = Part::file(
        "a.zip",
        &super::support::package::zip_with_password(&[("a.docx", b"x")], "?"),
    );
    for text in [
        "password: ".repeat(200_000),
        "x".repeat(2 << 20),
        "=ybegin \r\n".repeat(100_000),
        "\u{301}".repeat(1 << 20),
        "From \r\n\r\n".repeat(200_000),
    ] {
        let case: String = text.chars().take(9).collect();
        in_time(
            &Mail::with(&text, std::slice::from_ref(&zip)).build(),
            &case,
        );
        in_time(&Mail::of(Part::html(&text)).build(), &case);
    }
    let subject = "a1 ".repeat(300_000);
    in_time(
        &Mail::with("x", &[zip]).subject(&subject).build(),
        "subject",
    );
}

#[test]
fn signed_messages_that_lie() {
    let mut lies = mail::cms(2, b"{\\rtf1 x}");
    lies.truncate(40);
    lies.extend([0x24, 0x80].repeat(500_000));
    for bytes in [
        lies,
        [
            &mail::cms(2, b"x")[..13],
            &[0xa0, 0x80, 0x24, 0x80],
            &[4, 1, b'x'].repeat(300_000),
        ]
        .concat(),
    ] {
        in_time(&bytes, "alone");
        in_time(&mail::around("smime.p7m", &bytes), "in a message");
    }
    // A signature around itself, many times.
    let mut nested = b"hello".to_vec();
    for _ in 0..100 {
        nested = mail::cms(2, &nested);
    }
    let report = in_time(&nested, "nested");
    assert!(limited(&report), "{:?}", report.gaps());
}
