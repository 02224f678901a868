//! Messages that programs of mail repair.

use ddetect::Verdict;

use super::support::mail::{self, Mail, Part};
use super::{analyze, brief, dde, document, rtf, standard};

/// A message, as text.
fn text() -> String {
    String::from_utf8(mail::around("q.docx", &document())).unwrap()
}

const B: &str = "----=_Part_1";

/// RFC 2045 §6.8 has signs passed over that RFC 4648 §5 has stand for bytes.
#[test]
fn base64_of_either_alphabet() {
    let text = text();
    let at = text.find("UEsDB").unwrap();
    let (front, coded) = text.split_at(at);
    let (coded, end) = coded.split_at(coded.find("\r\n--").unwrap());
    let noise: String = coded
        .lines()
        .map(|line| format!("{}-{}_\r\n", &line[..7], &line[7..]))
        .collect();
    for (case, coded) in [
        ("noise", noise),
        ("of URLs", coded.replace('+', "-").replace('/', "_")),
    ] {
        // What the other reading makes of it may be a gap.
        let report = analyze(format!("{front}{coded}{end}").as_bytes());
        assert_eq!(dde(&report).len(), 1, "{case}: {}", brief(&report));
        assert_eq!(report.verdict(), Verdict::Malicious, "{case}");
    }
}

/// RFC 2046 §5.2.1 forbids it, and programs read it.
#[test]
fn coded_messages_in_messages() {
    let inner = mail::around("q.docx", &document());
    for kind in ["message/rfc822", "message/global", "MESSAGE/RFC822"] {
        for coding in [mail::Coding::Base64, mail::Coding::QuotedPrintable] {
            for named in ["", "; name=a.eml"] {
                let part = Part::new(&format!("{kind}{named}"), &inner, coding);
                standard(&Mail::with("x", &[part]).build(), kind);
            }
        }
        // It says nothing that makes it a message.
        let bare = [b"X-A: b\r\n\r\n", &super::page().into_bytes()[..]].concat();
        let part = Part::new(kind, &bare, mail::Coding::QuotedPrintable);
        let report = analyze(&Mail::with("x", &[part]).build());
        assert_eq!(report.verdict(), Verdict::Malicious, "{}", brief(&report));
        // Or it says to be coded and is not.
        let mut part = Part::new(kind, &inner, mail::Coding::Base64);
        part.body.clone_from(&inner);
        let report = analyze(&Mail::with("x", &[part]).build());
        assert_eq!(report.verdict(), Verdict::Malicious, "{}", brief(&report));
    }
}

/// Editors keep texts so, with a mark in front (RFC 2781 §3.2) or without.
#[test]
fn messages_in_utf16() {
    let plain = "From: a\r\nTo: b\r\nSubject: Gr\u{fc}\u{df}e\r\n\r\nhello\r\n".to_owned();
    let mut page = super::page();
    page.insert_str(0, "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n");
    for mark in ["", "\u{feff}"] {
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide = |text: &str| -> Vec<u8> {
                let text = format!("{mark}{text}");
                text.encode_utf16().flat_map(order).collect()
            };
            let path = standard(&wide(&text()), "wide");
            assert_eq!(path, ["mail.eml", "text", "q.docx", "word/document.xml"]);
            standard(&mail::around("b.eml", &wide(&text())), "attached");
            let report = analyze(&wide(&page));
            assert_eq!(report.verdict(), Verdict::Malicious, "{}", brief(&report));
            let report = analyze(&wide(&plain));
            assert_eq!(report.verdict(), Verdict::Clean, "{}", brief(&report));
            assert!(report.complete());
        }
    }
}

/// What is done to a message.
type Repaired<'a> = (&'a str, &'a dyn Fn(&str) -> String);

#[test]
fn what_programs_repair() {
    let named = format!("; boundary=\"{B}\"");
    let repaired: &[Repaired<'_>] = &[
        ("as it is", &str::to_owned),
        ("line feeds", &|m| m.replace("\r\n", "\n")),
        ("carriage returns", &|m| m.replace("\r\n", "\r")),
        ("no version", &|m| m.replace("MIME-Version: 1.0\r\n", "")),
        ("a mark", &|m| format!("\u{feff}{m}")),
        ("a mark and nothing but the type", &|m| {
            let at = m.find("Content-Type: multipart").unwrap();
            format!("\u{feff}{}", &m[at..])
        }),
        ("blank lines in front", &|m| format!("\r\n\r\n{m}")),
        ("junk in front", &|m| format!("junk\r\n{m}")),
        ("no boundary named", &|m| m.replace(&named, "")),
        ("an empty boundary", &|m| {
            m.replace(&named, "; boundary=\"\"")
        }),
        ("another case", &|m| {
            m.replace(
                &format!("\r\n--{B}"),
                &format!("\r\n--{}", B.to_uppercase()),
            )
        }),
        ("blanks behind", &|m| {
            m.replace(&format!("\r\n--{B}\r\n"), &format!("\r\n--{B} \t\r\n"))
        }),
        ("blanks in the name", &|m| {
            m.replace(&named, &format!("; boundary=\" {B} \""))
        }),
        ("no quotes", &|m| {
            m.replace(B, "xyz").replace("\"xyz\"", "xyz")
        }),
        ("no end", &|m| m.replace(&format!("--{B}--"), "")),
        ("cut in the end", &|m| {
            m[..m.rfind("--\r\n").unwrap()].to_owned()
        }),
        ("an end in front", &|m| {
            m.replacen(&format!("--{B}\r\n"), &format!("--{B}--\r\n--{B}\r\n"), 1)
        }),
        ("a folded type", &|m| {
            m.replace(&named, &format!(";\r\n\tboundary=\"{B}\""))
        }),
        ("a fold of blanks", &|m| {
            m.replace(&named, &format!("; \r\n \r\n\tboundary=\"{B}\""))
        }),
        ("another type", &|m| {
            m.replace("multipart/mixed", "Multipart/X-unknown")
        }),
        ("comments", &|m| {
            m.replace("multipart/mixed", "(a) multipart/mixed (b)")
        }),
        ("two types", &|m| {
            m.replace(
                "Content-Type: multipart",
                "Content-Type: text/plain\r\nContent-Type: multipart",
            )
        }),
        ("two types, the other way", &|m| {
            m.replace(&named, &format!("{named}\r\nContent-Type: text/plain"))
        }),
        ("two boundaries", &|m| {
            m.replace(
                "Content-Type: multipart",
                "Content-Type: multipart/mixed; boundary=q\r\nContent-Type: multipart",
            )
        }),
        ("two codings", &|m| {
            m.replace(": base64", ": 7bit\r\nContent-Transfer-Encoding: base64")
        }),
        ("two codings, the other way", &|m| {
            m.replace(": base64", ": base64\r\nContent-Transfer-Encoding: 7bit")
        }),
        ("blanks before the colon", &|m| {
            m.replace(
                "Content-Transfer-Encoding:",
                "Content-Transfer-Encoding \t:",
            )
        }),
        ("a coding of another case", &|m| {
            m.replace("base64", " bAsE64 (x)")
        }),
        ("a coding in quotes", &|m| m.replace("base64", "\"base64\"")),
        ("a coding in the next line", &|m| {
            m.replace(": base64", ":\r\n base64")
        }),
        ("no coding", &|m| {
            m.replace("Content-Transfer-Encoding: base64\r\n", "")
        }),
        ("an unknown coding", &|m| m.replace(": base64", ": x-y")),
        ("junk in base64", &|m| {
            let at = m.find("UEsDB").unwrap() + 100;
            format!("{}!*\u{0}\r\n\r\n\t {}", &m[..at], &m[at..])
        }),
        ("a header that is none", &|m| {
            m.replace("Content-Transfer", "oops\r\nContent-Transfer")
        }),
        ("headers without an end", &|m| {
            m.replace("filename=\"q.docx\"\r\n\r\n", "filename=\"q.docx\"\r\n")
        }),
    ];
    for (case, repair) in repaired {
        let path = standard(repair(&text()).as_bytes(), case);
        assert_eq!(path.first().map(String::as_str), Some("mail.eml"), "{case}");
        assert_eq!(
            path.last().map(String::as_str),
            Some("word/document.xml"),
            "{case}"
        );
    }
}

/// `spec/word.md` §4.4: where no part comes out, the texts that stand for bytes are read.
#[test]
fn the_second_pass() {
    let boundary = format!("\r\n--{B}");
    for other in ["\r\n--other", "\r\n==other"] {
        let found = analyze(text().replace(&boundary, other).as_bytes());
        assert_eq!(dde(&found).len(), 1, "{other}: {}", brief(&found));
        assert_eq!(found.verdict(), Verdict::Malicious);
    }
    let page = Mail::of(Part::multipart(
        "mixed",
        "bb",
        &[Part::html(&super::page())],
    ))
    .build();
    let page = String::from_utf8(page)
        .unwrap()
        .replace("\r\n--bb", "\r\n--cc");
    assert_eq!(analyze(page.as_bytes()).verdict(), Verdict::Malicious);
}

#[test]
fn base64_that_is_cut_gives_what_there_is() {
    let rtf = [rtf(), vec![b' '; 1_000]].concat();
    let mail = String::from_utf8(mail::around("a.rtf", &rtf)).unwrap();
    let cut = &mail[..mail.len() - 600];
    assert_eq!(analyze(cut.as_bytes()).verdict(), Verdict::Malicious);
}

/// A message without MIME in front of the headers that make one.
#[test]
fn both_beginnings_count() {
    let file = mail::uuencode("q.docx", &document());
    let front = format!("From: a\r\nTo: b\r\nSubject: x\r\n\r\n{file}\r\n");
    let behind = mail::around("a.txt", b"hello");
    let path = standard(&[front.as_bytes(), &behind].concat(), "front");
    assert_eq!(path[1], "q.docx");
    let front = b"From: a\r\nTo: b\r\nSubject: x\r\n\r\nhello\r\n\r\n";
    standard(
        &[&front[..], &mail::around("q.docx", &document())].concat(),
        "behind",
    );
}
