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
            "Chinese, no blanks",
            Mail::with("解压密码：abc789，请查收", &[locked("abc789")]),
        ),
        (
            "Japanese",
            Mail::with("パスワード：「Kx7mQ2」です。", &[locked("Kx7mQ2")]),
        ),
        (
            "Korean",
            Mail::with("비밀번호는 qwe123입니다", &[locked("qwe123")]),
        ),
        (
            "in quotes",
            Mail::with("The password is \"open sesame\".", &[locked("open sesame")]),
        ),
        (
            "bold",
            Mail::of(Part::multipart(
                "mixed",
                "bb",
                &[Part::html("<b>pass</b>: rosebud"), locked("rosebud")],
            )),
        ),
        (
            "labelled subject",
            Mail::with("hello", &[locked("rosebud")]).subject("invoice (password rosebud)"),
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

/// Programs of archives take what is typed in the encoding of the country: "тест" in code pages
/// 866 and 1251.
#[test]
fn the_password_of_an_archive_in_other_encodings() {
    for bytes in [
        &b"\xe2\xa5\xe1\xe2"[..],
        b"\xf2\xe5\xf1\xf2",
        "тест".as_bytes(),
    ] {
        let zip =
            super::support::package::zip_with_password_bytes(&[("q.docx", &document())], bytes);
        let mail = Mail::with("Пароль: тест", &[Part::file("a.zip", &zip)]);
        let report = analyze(&mail.build());
        assert_eq!(dde(&report).len(), 1, "{bytes:x?}: {}", brief(&report));
    }
}

/// Each trial on such a document costs 100,000 rounds of the two million that are allowed.
#[test]
#[cfg(feature = "crypt")]
fn documents_that_no_word_opens_leave_rounds_for_the_next() {
    let locked = |password: &str| {
        let agile = super::support::ecma::Agile {
            password: password.to_owned(),
            spin: "100000".to_owned(),
            rounds: 100_000,
            ..super::support::ecma::Agile::default()
        };
        agile.encrypt(&document()).build()
    };
    let decoy = locked("not said");
    let mut parts: Vec<_> = (0..7)
        .map(|number| {
            // Other bytes behind it, so that it is another file.
            let bytes = [&decoy[..], &[number; 512]].concat();
            Part::file(&format!("{number}.docx"), &bytes)
        })
        .collect();
    parts.push(Part::file("q.docx", &locked("rosebud")));
    let report = analyze(&Mail::with("password: rosebud", &parts).build());
    assert_eq!(dde(&report).len(), 1, "{}", brief(&report));
    assert!(!report.complete());
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
