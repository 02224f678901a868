//! Mails, and what travels in them.

use super::{Case, scaled};
use crate::support::docx::{docx, simple};
use crate::support::payloads::STD;
use crate::support::word::mht::base64;

const HEAD: &str = "From: a@a.example\r\nTo: b@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n";

fn payload() -> String {
    let text = base64(&docx(&simple(STD)).build());
    format!(
        "Content-Type: application/octet-stream; name=a.docx\r\nContent-Transfer-Encoding: base64\
         \r\n\r\n{text}\r\n"
    )
}

/// Parts of a mail, then one with a payload.
fn mail(parts: &str) -> Vec<u8> {
    format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}\r\n--b\r\n{}\r\n--b--\r\n",
        payload()
    )
    .into_bytes()
}

/// Compressed RTF that says it is this long ([MS-OXRTFCP]), of references alone.
fn compressed(raw: u32, references: usize) -> Vec<u8> {
    // Eight references a control byte, each copies 16 bytes from the start of the dictionary, so
    // that the place to write to, which an end mark would name, is never that start.
    let group = [&[0xff][..], &[0x00, 0x0e].repeat(8)].concat();
    let body = group.repeat(references / 8);
    let length = u32::try_from(body.len() + 12).unwrap();
    [
        &length.to_le_bytes()[..],
        &raw.to_le_bytes(),
        b"LZFu",
        &[0; 4],
        &body,
    ]
    .concat()
}

/// A message with this as its compressed RTF body ([MS-OXMSG]).
fn message(rtf: Vec<u8>) -> Vec<u8> {
    crate::support::word::doc::compound(&[
        ("__properties_version1.0".to_owned(), vec![0; 32]),
        ("__substg1.0_10090102".to_owned(), rtf),
        (
            "__attach_version1.0_#00000000/__substg1.0_37010102".to_owned(),
            docx(&simple(STD)).build(),
        ),
    ])
}

/// One attribute of TNEF.
fn attribute(level: u8, id: u32, length: u32, data: &[u8]) -> Vec<u8> {
    let sum: u16 = data
        .iter()
        .fold(0, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    [
        &[level][..],
        &id.to_le_bytes(),
        &length.to_le_bytes(),
        data,
        &sum.to_le_bytes(),
    ]
    .concat()
}

const TNEF: &[u8] = b"\x78\x9f\x3e\x22\x01\0";

pub(crate) fn cases() -> Vec<Case> {
    let file = docx(&simple(STD)).build();
    let part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n";
    let nested: String = (0..scaled(100_000))
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let messages = "Content-Type: message/rfc822\r\n\r\n".repeat(scaled(200_000));
    let endings: String = (0..scaled(100_000))
        .map(|n| {
            format!(
                "Content-Type: multipart/mixed; boundary={}\r\n\r\n",
                "b".repeat(n % 70)
            )
        })
        .collect();
    let mut properties = u32::MAX.to_le_bytes().to_vec();
    properties.extend([2, 1, 9, 0x10].repeat(scaled(1_000_000)));
    let length = u32::try_from(properties.len()).unwrap();
    let rtf = compressed(10_000_000, 1_500_000);
    let mut cut = compressed(u32::MAX, 80);
    cut.truncate(cut.len() - 1);
    vec![
        ("a million parts", mail(&part.repeat(scaled(1_000_000)))),
        (
            "100,000 multiparts in each other",
            mail(&format!("--b\r\n{nested}")),
        ),
        (
            "200,000 messages in each other",
            mail(&format!("--b\r\n{messages}")),
        ),
        (
            "boundaries that begin each other",
            mail(&format!("--b\r\n{endings}")),
        ),
        (
            "no boundary",
            format!(
                "{HEAD}Content-Type: multipart/mixed\r\n\r\n--x\r\n{}",
                payload()
            )
            .into_bytes(),
        ),
        (
            "a header of 20 MB",
            format!(
                "{HEAD}X-A: {}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{}--b--",
                "a".repeat(scaled(20_000_000)),
                payload()
            )
            .into_bytes(),
        ),
        (
            "20 MB of folded lines",
            format!(
                "{HEAD}Content-Type: multipart/mixed;{} boundary=b\r\n\r\n--b\r\n{}--b--",
                "\r\n a=b;".repeat(scaled(3_000_000)),
                payload()
            )
            .into_bytes(),
        ),
        (
            "a name of a million words",
            mail(&format!(
                "--b\r\nContent-Type: image/png; name=\"{}\"\r\n\r\nx\r\n",
                "=?utf-8?q?a?= ".repeat(scaled(1_000_000))
            )),
        ),
        ("20 MB of dashes", mail(&"--\r\n".repeat(scaled(5_000_000)))),
        (
            "20 MB of passwords",
            mail(&format!(
                "--b\r\n\r\n{}\r\n",
                "password: a1b2 ".repeat(scaled(1_400_000))
            )),
        ),
        (
            "a million uuencoded files",
            mail(&format!(
                "--b\r\n\r\n{}\r\n",
                "begin 644 a\r\n#0V%T\r\n`\r\nend\r\n".repeat(scaled(600_000))
            )),
        ),
        (
            "a million lines of yEnc",
            mail(&format!(
                "--b\r\n\r\n{}\r\n",
                "=ybegin line=1 size=1 name=a\r\n".repeat(scaled(600_000))
            )),
        ),
        ("compressed RTF of references alone", message(rtf)),
        ("compressed RTF that claims 4 GB", message(cut)),
        (
            "an attribute of 4 GB",
            [TNEF, &attribute(1, 0x0006_9003, u32::MAX, b"xx")].concat(),
        ),
        (
            "four billion properties",
            [TNEF, &attribute(1, 0x0006_9003, length, &properties)].concat(),
        ),
        (
            "two million attachments",
            [
                TNEF,
                &attribute(2, 0x0006_9002, 0, b"").repeat(scaled(2_000_000)),
                &attribute(2, 0x0006_800f, file.len() as u32, &file),
            ]
            .concat(),
        ),
    ]
}
