//! Messages in messages, mailboxes, signed and encrypted messages, files in texts.

use ddetect::{GapKind, Kind, SkipReason, Trigger, Verdict};

use super::support::mail::{self, Coding, Mail, Part};
use super::support::package;
use super::{analyze, brief, document, rtf, standard};

#[test]
fn messages_in_messages() {
    let inner = Mail::with("hello", &[Part::file("q.docx", &document())]);
    let part = Part::message(&inner);
    let path = standard(
        &Mail::with("fwd", std::slice::from_ref(&part)).build(),
        "rfc822",
    );
    assert_eq!(path, ["mail.eml", "message", "q.docx", "word/document.xml"]);
    let named = part
        .clone()
        .header("Content-Disposition: attachment; filename=\"old.eml\"");
    let path = standard(&Mail::with("fwd", &[named]).build(), "named");
    assert_eq!(path, ["mail.eml", "old.eml", "q.docx", "word/document.xml"]);
    // Coded as a whole, which RFC 2046 forbids and programs do.
    let coded = Part::new("message/rfc822; name=a.eml", &inner.build(), Coding::Base64);
    let path = standard(&Mail::with("fwd", &[coded]).build(), "coded");
    assert_eq!(path, ["mail.eml", "a.eml", "q.docx", "word/document.xml"]);
    // Behind it the outer message goes on.
    let parts = [
        Part::message(&Mail::with("hello", &[Part::text("x")])),
        Part::file("q.docx", &document()),
    ];
    let path = standard(&Mail::with("fwd", &parts).build(), "behind");
    assert_eq!(path[..2], ["mail.eml", "q.docx"]);
    // As a file of any name.
    let file = Part::file("a.dat", &inner.build());
    let path = standard(&Mail::with("fwd", &[file]).build(), "file");
    assert_eq!(path[1..3], ["a.dat", "q.docx"]);
    // In a zip, and a zip in it.
    let zip = package::zip(&[("a/b.eml", &inner.build())]);
    let path = standard(&mail::around("x.zip", &zip), "zip");
    assert_eq!(path[1..4], ["x.zip", "a/b.eml", "q.docx"]);
}

#[test]
fn many_messages_in_each_other() {
    let mut mail = Mail::with("hello", &[Part::file("q.docx", &document())]);
    for level in 0..100 {
        let part = Part::multipart("mixed", &format!("b{level}"), &[Part::message(&mail)]);
        mail = Mail::of(part);
    }
    let path = standard(&mail.build(), "nested");
    // The way shows some of them.
    assert_eq!(path.len(), 11, "{path:?}");
    assert_eq!(path.last().map(String::as_str), Some("word/document.xml"));
}

#[test]
fn a_digest_holds_messages() {
    let inner = Mail::with("hello", &[Part::file("q.docx", &document())]);
    let bare = Part {
        headers: vec!["X-A: b".to_owned()],
        body: inner.build(),
    };
    let path = standard(
        &Mail::of(Part::multipart("digest", "dd", &[bare])).build(),
        "digest",
    );
    assert_eq!(path, ["mail.eml", "message", "q.docx", "word/document.xml"]);
}

#[test]
fn a_mailbox_holds_messages() {
    let mark = "From a@example.invalid Mon Jan  1 10:00:00 2024\r\n";
    let clean = mail::around("a.txt", b"hello");
    let bad = mail::around("q.docx", &document());
    let two = [mark.as_bytes(), &clean, b"\r\n\r\n", mark.as_bytes(), &bad].concat();
    let path = standard(&two, "two");
    assert_eq!(
        path,
        ["mail.eml", "message 2", "q.docx", "word/document.xml"]
    );
    let first = [mark.as_bytes(), &bad, b"\r\n\r\n", mark.as_bytes(), &clean].concat();
    assert_eq!(standard(&first, "first")[1], "message 1");
    let one = [mark.as_bytes(), &bad].concat();
    assert_eq!(standard(&one, "one")[1], "q.docx");
    // A line that looks like a mark ends nothing that is open.
    let mut parts = Mail::with("hello\r\n\r\nFrom me: x\r\na: b\r\n", &[]);
    parts.body = Part::multipart(
        "mixed",
        "bb",
        &[
            Part::text(&format!("hello\r\n\r\n{mark}a: b\r\n")),
            Part::file("q.docx", &document()),
        ],
    );
    let trick = [mark.as_bytes(), &parts.build()].concat();
    standard(&trick, "trick");
}

#[test]
fn files_in_the_text() {
    let doc = document();
    let uu = mail::uuencode("q.docx", &doc).into_bytes();
    let yenc = mail::yenc("q.docx", &doc);
    let base64 = super::support::word::mht::base64(&doc).into_bytes();
    for (case, block) in [("uu", &uu), ("yenc", &yenc), ("base64", &base64)] {
        let text = [
            b"Hello,\r\nsee the file:\r\n\r\n",
            &block[..],
            b"\r\nbye, bye\r\n",
        ]
        .concat();
        let name = if case == "base64" { "part 2" } else { "q.docx" };
        // Without MIME, in a part, and coded.
        let headers = b"From: a@example.invalid\r\nTo: b\r\nSubject: x\r\n\r\n";
        let path = standard(&[&headers[..], &text].concat(), case);
        assert_eq!(path, ["mail.eml", name, "word/document.xml"], "{case}");
        let part = Part::new("text/plain; charset=utf-8", &text, Coding::Binary);
        let path = standard(&Mail::of(part).build(), case);
        assert_eq!(path, ["mail.eml", name, "word/document.xml"], "{case}");
        for coding in [Coding::Base64, Coding::QuotedPrintable] {
            let part = Part::new("text/plain; charset=utf-8", &text, coding);
            let path = standard(&Mail::of(part).build(), case);
            assert_eq!(path[..2], ["mail.eml", "part 1"], "{case}");
        }
    }
}

#[test]
fn signed_messages_are_read() {
    let entity = Part::multipart("mixed", "in", &[Part::file("q.docx", &document())]).build();
    for content in [&entity, &document(), &rtf()] {
        let signed = mail::cms(2, content);
        for media_type in [
            "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
            "application/x-pkcs7-mime; name=\"smime.p7m\"",
            "application/octet-stream; name=smime.p7m",
        ] {
            let part = Part::new(media_type, &signed, Coding::Base64);
            let path = standard(&Mail::of(part).build(), media_type);
            assert_eq!(path[..3], ["mail.eml", "smime.p7m", "content"]);
        }
    }
    let part = Part::new(
        "application/pkcs7-mime; name=a",
        &mail::cms_compressed(&entity),
        Coding::Base64,
    );
    let path = standard(&Mail::of(part).build(), "compressed");
    assert_eq!(path[..4], ["mail.eml", "a", "content", "q.docx"]);
    // A part without anything but a type.
    let body = Part::new("text/html", super::page().as_bytes(), Coding::Base64).build();
    let part = Part::new(
        "application/pkcs7-mime",
        &mail::cms(2, &body),
        Coding::Base64,
    );
    assert_eq!(
        analyze(&Mail::of(part).build()).verdict(),
        Verdict::Malicious
    );
}

/// Programs that know no MIME show the whole of a message (RFC 2046 §5.1.1).
#[test]
fn files_around_the_parts() {
    let doc = document();
    let uu = mail::uuencode("q.docx", &doc).into_bytes();
    let yenc = mail::yenc("q.docx", &doc);
    let base64 = super::support::word::mht::base64(&doc).into_bytes();
    let mut parts: Vec<(String, Vec<u8>)> = [("uu", uu), ("yenc", yenc), ("base64", base64)]
        .into_iter()
        .map(|(case, block)| (case.to_owned(), [b"see:\r\n", &block[..]].concat()))
        .collect();
    for (coding, bytes) in Coding::ALL
        .into_iter()
        .flat_map(|coding| [(coding, rtf()), (coding, document())])
    {
        if coding == Coding::Binary && bytes.starts_with(b"PK") {
            // The message is a zip with something in front as well.
            continue;
        }
        let part = Part::new("application/msword", &bytes, coding).build();
        parts.push((format!("part {coding:?}"), part.clone()));
        let behind = [b"A text of more lines.\r\n\r\n", &part[..]].concat();
        parts.push((format!("behind a text {coding:?}"), behind));
    }
    let head = b"From: a\r\nTo: b\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=bb\r\n\r\n";
    let part = b"--bb\r\nContent-Type: text/plain\r\n\r\nhello\r\n";
    for (case, file) in parts {
        let front = [&head[..], &file, b"\r\n", part, b"--bb--\r\n"].concat();
        standard(&front, &format!("{case} in front"));
        let behind = [&head[..], part, b"--bb--\r\n", &file].concat();
        standard(&behind, &format!("{case} behind"));
        let alone = [&head[..], &file].concat();
        // Its bytes are read as what is left of a broken message as well.
        let report = analyze(&alone);
        assert_eq!(report.verdict(), Verdict::Malicious, "{case} alone");
        assert!(!super::dde(&report).is_empty(), "{case} alone");
    }
    let usual = b"This is a multi-part message in MIME format.\r\n";
    let all = [&head[..], usual, part, b"--bb--\r\n", usual].concat();
    let report = analyze(&all);
    assert_eq!(report.verdict(), Verdict::Clean, "{}", brief(&report));
    assert!(report.complete());
}

/// RFC 7468 §8, §9: the same in base64 between marks, as a file and in a text.
#[test]
fn signed_messages_in_armour_are_read() {
    let entity = Part::multipart("mixed", "in", &[Part::file("q.docx", &document())]).build();
    let base64 = super::support::word::mht::base64(&mail::cms(2, &entity));
    for label in ["PKCS7", "CMS", "PKCS #7 SIGNED DATA"] {
        let armour = format!("-----BEGIN {label}-----\r\n{base64}\r\n-----END {label}-----\r\n");
        standard(armour.as_bytes(), label);
        standard(&mail::around("a.p7m", armour.as_bytes()), label);
        let text = format!("hello,\r\n\r\n{armour}\r\nbye\r\n");
        standard(&Mail::with(&text, &[]).build(), label);
        let part = Part::new(
            "application/pkcs7-mime; name=a.p7m",
            text.as_bytes(),
            Coding::Base64,
        );
        standard(&Mail::of(part).build(), label);
    }
}

/// A declared type leads to the reader where the bytes are written as no program writes them: the
/// length of the identifier in two bytes.
#[test]
fn signed_messages_written_oddly_are_read() {
    let signed = mail::cms(2, &document());
    let at = signed.iter().position(|byte| *byte == 6).unwrap();
    let mut odd = vec![0x30, 0x80, 0x06, 0x81];
    odd.extend(&signed[at + 1..]);
    odd.extend([0, 0]);
    let part = Part::new("application/pkcs7-mime; name=a", &odd, Coding::Base64);
    standard(&Mail::of(part).build(), "long length");
}

/// Only a sound signature has its content elsewhere.
#[test]
fn signed_messages_without_a_content_are_gaps() {
    let bare = mail::cms(2, b"");
    let id = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    let deep = [&b"\x30\x80"[..], id, &[0xa0, 0x80].repeat(300_000)].concat();
    let closed = [&deep[..], &[0, 0].repeat(300_001)].concat();
    for (case, bytes) in [
        ("deep", &deep[..]),
        ("closed", &closed),
        ("cut", &bare[..bare.len() - 1]),
        ("hashed", &mail::cms(5, b"")),
    ] {
        for bytes in [bytes, &mail::around("smime.p7s", bytes)] {
            let report = analyze(bytes);
            assert_eq!(report.verdict(), Verdict::Incomplete, "{case}");
            assert_eq!(report.gaps()[0].kind, GapKind::Damaged, "{case}");
        }
    }
}

/// What stands in front of the content may look like one.
#[test]
fn every_content_of_a_signed_message_is_read() {
    let decoy = b"\x30\x0b\x06\x03\x2a\x03\x04\xa0\x04\x04\x02hi";
    let inner = [
        &b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80\x24\x80\x04\x05{\\rtf\0\0"
            [..],
        &[4, 45],
        &rtf()[5..50],
        &[4, u8::try_from(rtf().len() - 50).unwrap()],
        &rtf()[50..],
        &[0; 8],
    ]
    .concat();
    let signed = [
        &b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01"[..],
        decoy,
        b"\x30\x80",
        &inner,
        &[0; 8],
    ]
    .concat();
    standard(&signed, "decoy");
}

#[test]
fn signatures_beside_the_message_hide_nothing() {
    let signature = Part::new(
        "application/pkcs7-signature; name=smime.p7s",
        &mail::cms(2, b""),
        Coding::Base64,
    );
    let report = analyze(
        &Mail::of(Part::multipart(
            "signed",
            "ss",
            &[Part::text("hello"), signature.clone()],
        ))
        .build(),
    );
    assert_eq!(report.verdict(), Verdict::Clean, "{}", brief(&report));
    assert_eq!(report.skipped()[0].reason, SkipReason::Signature);
    let parts = [Part::file("q.docx", &document()), signature];
    standard(
        &Mail::of(Part::multipart("signed", "ss", &parts)).build(),
        "signed",
    );
}

#[test]
fn encrypted_messages_are_gaps() {
    let smime = Part::new(
        "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        &mail::cms(3, b"secret"),
        Coding::Base64,
    );
    let armor = "-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n";
    let pgp = Part::multipart(
        "encrypted; protocol=\"application/pgp-encrypted\"",
        "pp",
        &[
            Part::new("application/pgp-encrypted", b"Version: 1", Coding::Binary),
            Part::new("application/octet-stream", armor.as_bytes(), Coding::Binary),
        ],
    );
    for (part, detail) in [
        (smime, "S/MIME"),
        (pgp, "PGP/MIME"),
        (Part::text(armor), "PGP/MIME"),
    ] {
        let report = analyze(&Mail::of(part).build());
        assert_eq!(report.verdict(), Verdict::Incomplete, "{}", brief(&report));
        let gaps: Vec<_> = report
            .gaps()
            .iter()
            .map(|gap| (gap.kind, &*gap.detail))
            .collect();
        assert_eq!(gaps, [(GapKind::Encrypted, detail)]);
    }
}

#[test]
fn pieces_of_messages_are_gaps() {
    let part = |parameters: &str| Part {
        headers: vec![format!("Content-Type: message/partial; {parameters}")],
        body: mail::around("q.docx", &document()),
    };
    let report = analyze(&Mail::of(part("id=a; number=1; total=2")).build());
    assert_eq!(report.verdict(), Verdict::Malicious, "{}", brief(&report));
    assert_eq!(report.gaps()[0].kind, GapKind::Unsupported);
    let whole = Mail::of(part("id=a; number=1; total=1"));
    assert_eq!(
        standard(&whole.build(), "whole")[1..3],
        ["message", "q.docx"]
    );
    let second = Part {
        headers: vec!["Content-Type: message/partial; id=a; number=2; total=2".to_owned()],
        body: b"QUJDREVGRw==\r\n".to_vec(),
    };
    assert_eq!(
        analyze(&Mail::of(second).build()).verdict(),
        Verdict::Incomplete
    );
}

#[test]
fn bodies_that_stand_elsewhere() {
    for (parameters, target) in [
        (
            "access-type=URL; URL=\"http://h.example/\r\n a.docx\"",
            "http://h.example/a.docx",
        ),
        (
            "access-type=anon-ftp; site=h.example; directory=pub/x; name=a.docx",
            "ftp://h.example/pub/x/a.docx",
        ),
        (
            "access-type=local-file; name=\"//host/share/a.docx\"",
            "//host/share/a.docx",
        ),
    ] {
        let part = Part {
            headers: vec![format!("Content-Type: message/external-body; {parameters}")],
            body: b"Content-Type: application/msword\r\nContent-ID: <a@b>\r\n\r\n".to_vec(),
        };
        let report = analyze(&Mail::with("hello", &[part]).build());
        let found = report.findings();
        assert_eq!(found.len(), 1, "{}", brief(&report));
        assert_eq!(found[0].kind, Kind::ExternalLink);
        assert_eq!(found[0].carrier.as_str(), "attachment-reference");
        assert_eq!(found[0].trigger, Trigger::Click);
        assert_eq!(found[0].target.as_deref(), Some(target));
    }
}
