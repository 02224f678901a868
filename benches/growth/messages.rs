//! Messages: parts, headers, boundaries and codings.

use crate::repeated;
use crate::support::msg::Msg;
use crate::support::tnef;

type Shape = (&'static str, &'static str, fn(usize) -> Vec<u8>);

pub(crate) const SHAPES: &[Shape] = &[
    ("mail, parts", "a.eml", |n| {
        mail("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", n)
    }),
    ("mail, multiparts in each other", "a.eml", |n| {
        mail(
            "--b\r\nContent-Type: multipart/mixed; boundary=b#\r\n\r\n--b#\r\n",
            n,
        )
    }),
    ("mail, messages in each other", "a.eml", |n| {
        mail(
            &format!(
                "--b\r\n{}",
                repeated("Content-Type: message/rfc822\r\n\r\n", n)
            ),
            1,
        )
    }),
    ("mail, headers", "a.eml", |n| {
        mail(
            &format!(
                "--b\r\n{}\r\n",
                repeated("X-#: =?utf-8?q?a?=\r\n b;\r\n", n)
            ),
            1,
        )
    }),
    ("mail, dashes", "a.eml", |n| mail("--\r\n", n)),
    ("mail, base64", "a.eml", |n| {
        mail(
            &format!(
                "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
                repeated("QUJD\r\n", n)
            ),
            1,
        )
    }),
    ("mail, quoted-printable", "a.eml", |n| {
        mail(
            &format!(
                "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}",
                repeated("=41=\r\n", n)
            ),
            1,
        )
    }),
    ("mail, uuencode", "a.eml", |n| {
        mail("begin 644 a\r\n#0V%T\r\n`\r\nend\r\n", n)
    }),
    ("mail, yEnc", "a.eml", |n| {
        mail("=ybegin line=1 size=1 name=a\r\n", n)
    }),
    ("mail, words that may be passwords", "a.eml", |n| {
        mail("password: a1b#\r\n", n)
    }),
    ("mailbox", "a.mbox", |n| {
        repeated(
            "From a@b.invalid Mon Jan  1 00:00:00 2026\nFrom: a@b.invalid\nSubject: x\n\nx\n\n",
            n,
        )
        .into_bytes()
    }),
    ("calendar", "a.ics", |n| {
        let events = repeated("BEGIN:VEVENT\r\nATTACH:file:x#\r\nEND:VEVENT\r\n", n);
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n").into_bytes()
    }),
    ("msg, attachments", "a.msg", |n| {
        (0..n / 1_500)
            .fold(Msg::new(), |msg, number| {
                msg.file(&format!("{number}.csv"), "=a|b!c")
            })
            .build()
    }),
    ("msg, compressed RTF", "a.msg", |n| {
        Msg::new()
            .rtf(&format!(
                r"{{\rtf1 {}}}",
                repeated(r"{\field{\*\fldinst DDE a b}}", n)
            ))
            .build()
    }),
    ("TNEF, properties", "winmail.dat", |n| {
        let properties: Vec<_> = (0..n / 20).map(|_| tnef::text(0x1000, "a")).collect();
        tnef::Tnef::default().message(&properties).build()
    }),
    ("TNEF, attachments", "winmail.dat", |n| {
        (0..n / 80)
            .fold(tnef::Tnef::default(), |tnef, _| {
                tnef.file("a.csv", b"=a|b!c")
            })
            .build()
    }),
];

fn mail(piece: &str, bytes: usize) -> Vec<u8> {
    let parts = repeated(piece, bytes);
    format!(
        "From: a@b.invalid\r\nTo: c@d.invalid\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}\r\n--b--\r\n"
    )
    .into_bytes()
}
