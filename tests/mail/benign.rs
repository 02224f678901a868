//! Ordinary mail: clean, and nothing unread.

use ddetect::{Report, Verdict};

use super::support::docx;
use super::support::mail::{self, Coding, Mail, Part};
use super::{analyze, brief};

fn clean(mail: &Mail, case: &str) -> Report {
    let report = analyze(&mail.build());
    assert_eq!(
        report.verdict(),
        Verdict::Clean,
        "{case}: {}",
        brief(&report)
    );
    assert!(report.complete(), "{case}: {:?}", report.gaps());
    assert!(report.findings().iter().all(|f| f.score < 50), "{case}");
    report
}

const NEWSLETTER: &str = "<!DOCTYPE html><html xmlns:o=\"urn:schemas-microsoft-com:office:office\">\
    <head><style>@media only screen{.c{width:100%!important}}</style><!--[if gte mso 9]><xml>\
    <o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch>\
    </o:OfficeDocumentSettings></xml><![endif]--></head><body><!--[if mso]><table><tr><td><![endif]-->\
    <a href=\"https://news.example/c?id=1&amp;u=2\"><img src=\"https://news.example/p.gif\" width=1></a>\
    <p>Our new DDE guide: how DDEAUTO and =SUM(A1) work.</p>\
    <a href=\"mailto:unsubscribe@news.example?subject=stop\">Unsubscribe</a>\
    <!--[if mso]></td></tr></table><![endif]--></body></html>";

#[test]
fn newsletters() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";
    let picture = Part::new("image/png; name=logo.png", png, Coding::Base64)
        .header("Content-ID: <logo@news>")
        .header("Content-Disposition: inline; filename=logo.png");
    let text = "See https://news.example/ for the DDE guide.\r\n\r\n-- \r\nA\r\n";
    let related = Part::multipart("related", "rr", &[Part::html(NEWSLETTER), picture]);
    let alternative = Part::multipart("alternative", "aa", &[Part::text(text), related]);
    clean(&Mail::of(alternative.clone()), "alternative");
    let footer = Part::text("_______\r\nlist mailing list\r\n");
    clean(
        &Mail::of(Part::multipart("mixed", "mm", &[alternative, footer])),
        "list",
    );
    clean(&Mail::of(Part::html(NEWSLETTER)), "page alone");
}

#[test]
fn ordinary_attachments() {
    let letter = docx::docx(&docx::paragraph(&docx::text("hello"))).build();
    let parts = [
        Part::file("letter.docx", &letter),
        Part::file("notes.txt", b"begin with the end\r\nA=1, B=2\r\n"),
        Part::file("list.csv", b"name;amount\r\nA;=1+1\r\nB;-5\r\n"),
        Part::file("a.pdf", b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n"),
        Part::file("photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
        Part::new(
            "application/pgp-signature; name=s.asc",
            b"-----BEGIN PGP SIGNATURE-----\r\n\r\nx\r\n",
            Coding::Binary,
        ),
        Part::new(
            "application/pgp-keys",
            b"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n",
            Coding::Binary,
        ),
    ];
    let report = clean(
        &Mail::with("Hello,\r\nplease find attached.\r\n", &parts),
        "files",
    );
    // What is shown is not listed among what was left out.
    assert!(
        report
            .skipped()
            .iter()
            .all(|skipped| skipped.location.path().last() != Some("part 1")),
        "{:?}",
        report.skipped()
    );
}

#[test]
fn reports_on_delivery() {
    let status = "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; b@example.invalid\r\n\
        Action: failed\r\nStatus: 5.1.1\r\n";
    let parts = [
        Part::text("Undelivered."),
        Part::new("message/delivery-status", status.as_bytes(), Coding::Binary),
        Part::message(&Mail::of(Part::text("hello"))),
        Part::new(
            "text/rfc822-headers",
            b"From: a\r\nTo: b\r\nSubject: x\r\n",
            Coding::Binary,
        ),
    ];
    let report = Part::multipart("report; report-type=delivery-status", "rr", &parts);
    clean(&Mail::of(report), "report");
}

#[test]
fn plain_messages() {
    let text = "From: a@example.invalid\r\nTo: b\r\nSubject: x\r\n\r\nHello\r\n\r\n> From: c\r\n\
        > begin 644 days ago\r\nbegin 2024 well\r\nend\r\n";
    let report = analyze(text.as_bytes());
    assert_eq!(report.verdict(), Verdict::Clean, "{}", brief(&report));
    assert!(
        report.findings().is_empty() && report.skipped().is_empty(),
        "{}",
        brief(&report)
    );
    let empty = analyze(b"From: a@example.invalid\r\nTo: b\r\nSubject: x\r\n\r\n");
    assert_eq!(empty.verdict(), Verdict::Clean, "{}", brief(&empty));
    let mailbox = [
        b"From a Mon Jan  1 10:00:00 2024\r\n",
        &mail::around("a.txt", b"hello")[..],
        b"\r\nFrom b Mon Jan  1 10:00:00 2024\r\n",
        &mail::around("a.txt", b"hello"),
    ]
    .concat();
    assert_eq!(analyze(&mailbox).verdict(), Verdict::Clean);
}
