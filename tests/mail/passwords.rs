//! Words of a message that open what comes with it.

use ddetect::{GapKind, Verdict};

use super::support::mail::{Mail, Part};
use super::support::package::zip_with_password;
use super::{analyze, brief, dde, document};

fn locked(password: &str) -> Part {
    Part::file(
        "a.zip",
        &zip_with_password(&[("q.docx", &document())], password),
    )
}

#[test]
fn the_password_stands_in_the_message() {
    let page = "<p>Pass<b>wor</b>d:&nbsp;<b>Sommer&amp;7</b></p>";
    for (case, mail) in [
        (
            "text",
            Mail::with(
                "Hi!\r\nThe password is Sommer&7.\r\n",
                &[locked("Sommer&7")],
            ),
        ),
        (
            "behind",
            Mail::of(Part::multipart(
                "mixed",
                "bb",
                &[locked("x1y2"), Part::text("code: x1y2")],
            )),
        ),
        (
            "page",
            Mail::of(Part::multipart(
                "mixed",
                "bb",
                &[Part::html(page), locked("Sommer&7")],
            )),
        ),
        (
            "alone",
            Mail::with("Use 2024zip to open it", &[locked("2024zip")]),
        ),
        (
            "subject",
            Mail::with("hello", &[locked("Rechnung77")]).subject("Rechnung77"),
        ),
        (
            "coded subject",
            Mail::with("hello", &[locked("пароль1")]).subject("=?utf-8?B?0L/QsNGA0L7Qu9GMMQ==?="),
        ),
        ("Russian", Mail::with("Пароль: привет", &[locked("привет")])),
        (
            "Chinese",
            Mail::with("解压密码：abc123。", &[locked("abc123")]),
        ),
        (
            "the message around",
            Mail::with(
                "password: outer9",
                &[Part::message(&Mail::with("x", &[locked("outer9")]))],
            ),
        ),
    ] {
        let report = analyze(&mail.build());
        let found = dde(&report);
        assert_eq!(found.len(), 1, "{case}: {}", brief(&report));
        assert!(report.complete(), "{case}: {:?}", report.gaps());
    }
}

#[test]
fn what_no_word_opens_stays_a_gap() {
    let many: String = (0..2_000).map(|n| format!("password: x{n}y\r\n")).collect();
    for text in ["hello", &many, "password:"] {
        let report = analyze(&Mail::with(text, &[locked("secret")]).build());
        assert_eq!(report.verdict(), Verdict::Incomplete, "{}", brief(&report));
        assert_eq!(report.gaps()[0].kind, GapKind::Encrypted);
    }
}

/// A draft without anybody that it goes to, with its parts as those of a page.
#[test]
fn drafts_name_passwords_too() {
    let mail = Mail::of(Part::multipart(
        "related",
        "rr",
        &[Part::html("<p>Password: geheim"), locked("geheim")],
    ));
    let mut draft = mail.clone();
    draft.headers = vec!["X-Unsent: 1".to_owned(), "MIME-Version: 1.0".to_owned()];
    for mail in [mail, draft] {
        let report = analyze(&mail.build());
        assert_eq!(dde(&report).len(), 1, "{}", brief(&report));
    }
}
