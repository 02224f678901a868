//! Storms in the other carriers of Word: marks, groups, tags and parts by the hundred thousand.
//!
//! A payload stands at the end of each: it is found, or there is a gap.

use std::time::Duration;

use ddetect::{Report, Verdict};

use super::support::word::doc::{DocFile, compound};
use super::{LARGE, bounded, turn, within};

/// 10 MB, or a twentieth of it.
const SIZE: usize = LARGE / 20;

/// `head`, as many `piece`s as fit, `tail`.
fn storm(head: &str, piece: &str, tail: &str) -> Vec<u8> {
    let mut text = String::from(head);
    while text.len() < SIZE {
        text.push_str(piece);
    }
    text.push_str(tail);
    text.into_bytes()
}

#[track_caller]
fn never_clean(what: &str, bytes: &[u8]) -> Report {
    // The bar for 10 MB of fields in RTF or marks in a binary document is two seconds.
    println!("{what}");
    let report = within(Duration::from_secs(2), bytes);
    assert!(report.verdict() > Verdict::Clean, "{what}");
    report
}

#[test]
fn rich_text() {
    let _turn = turn();
    let payload = r#"{\field{\*\fldinst DDEAUTO cmd "/c calc"}{\fldrslt}}}"#;
    for piece in [
        r"{\field{\*\fldinst PAGE}{\fldrslt 1}}",
        r"{\field{\*\fldinst DDE a b}{\fldrslt}}",
        r"{\field{\*\fldinst ",
        "{",
        "}",
        r"{\*\x }",
        r"\'41",
        r"\u65?",
        r"\uc9\u65 ",
        r"\bin-1 ",
        r"{\upr{a}{\*\ud{b}}}",
        r"{\object\objautlink{\*\objdata 0105}}",
        r"{\header {\footnote ",
        r"{\*\bkmkstart a}{\*\bkmkend b}",
        r"{\*\docvar {a}{b}}",
    ] {
        never_clean(piece, &storm(r"{\rtf1\ansi ", piece, payload));
    }
    // Here the payload is data, and no program runs it.
    for piece in [r"\bin9999999999 ", r"{\*\objdata 0105000002000000"] {
        within(
            Duration::from_secs(2),
            &storm(r"{\rtf1\ansi ", piece, payload),
        );
    }
}

#[test]
fn pages() {
    let _turn = turn();
    let payload = "<span style='mso-field-code:\"DDEAUTO cmd /c\"'>x</span>";
    for piece in [
        "<",
        "<b>",
        "<b>x",
        "</b>",
        "<!--[if mso]>",
        "<!--[if !mso]>x<![endif]-->",
        "<!--",
        "&",
        "&#x",
        "<span style='mso-element:field-begin'>",
        "<span style='mso-element:field-end'></span>",
        "<span style='mso-field-code:\" PAGE \"'>x</span>",
        "<style>.a{mso-element:field-begin}</style>",
        "<a href='x' style='a:b;c:d;'>",
        "<xml><o:p>",
        "<img src='http://example.invalid/'>",
    ] {
        never_clean(piece, &storm("<html><body>", piece, payload));
    }
}

#[test]
fn style_sheets() {
    let _turn = turn();
    let rules: String = (0..SIZE / 40)
        .map(|n| format!(".c{n}{{mso-element:field-begin}}"))
        .collect();
    let classes = "a ".repeat(SIZE / 20);
    let used = format!("<html><style>{rules}</style><p class='{classes}'>");
    never_clean(
        "many rules",
        &storm(&used, "<b class=c1></b>", "<p>DDEAUTO cmd /c"),
    );
    // One rule with a long value, used by every element.
    let long = format!(
        "<html><style>.a{{mso-field-code:\"DDEAUTO cmd {}\"}}</style>",
        "x".repeat(SIZE / 20)
    );
    never_clean("a long value", &storm(&long, "<b class=a>", ""));
}

#[cfg(feature = "mail")]
#[test]
fn web_archives() {
    let _turn = turn();
    let head = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b; type=\"text/html\"\r\n\r\n";
    let part = "--b\r\nContent-Type: text/html\r\nContent-Location: x\r\n\r\n<p>x\r\n";
    let payload = "--b\r\nContent-Type: text/html\r\nContent-Location: x\r\n\r\n<html><span style='mso-field-code:\"DDEAUTO cmd /c\"'>x</span>\r\n--b--\r\n";
    for piece in [
        part,
        "--b\r\n",
        "X: y\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
        "=\r\n",
        "AAAAAAAA",
    ] {
        never_clean(piece, &storm(head, piece, payload));
    }
}

#[test]
fn documents_in_one_file() {
    let _turn = turn();
    let declaration =
        "<w:wordDocument xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\"><w:body>";
    let payload = "<w:p><w:fldSimple w:instr=\"DDEAUTO cmd /c\"/></w:p></w:body></w:wordDocument>";
    for piece in ["<w:p>", "<w:binData w:name=\"x\">AAAA</w:binData>", "&amp;"] {
        never_clean(piece, &storm(declaration, piece, payload));
    }
    let package = "<pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">";
    let part = "<pkg:part pkg:name=\"/a\"><pkg:xmlData><x/></pkg:xmlData></pkg:part>";
    let main = "<pkg:part pkg:name=\"/word/document.xml\"><pkg:xmlData>\
                <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
                <w:p><w:fldSimple w:instr=\"DDEAUTO cmd /c\"/></w:p></w:document>\
                </pkg:xmlData></pkg:part></pkg:package>";
    for piece in [part, "<pkg:part pkg:name=\"/a\">", "<pkg:package>"] {
        never_clean(piece, &storm(package, piece, main));
    }
}

#[test]
fn binary_documents() {
    let _turn = turn();
    let payload = "\u{13}DDEAUTO cmd \"/c calc\"\u{15}";
    for piece in [
        "\u{13}",
        "\u{14}",
        "\u{15}",
        "\u{13}DDE a b\u{15}",
        "\u{13}PAGE\u{14}1\u{15}",
        "\u{7}",
    ] {
        let mut file = DocFile::new("");
        let text = String::from_utf8(storm("", piece, payload)).unwrap();
        file = file.story(super::support::word::doc::Part::Main, &text);
        // The tables of fields are another story; the builder's own are slow.
        file.plcfld = false;
        never_clean(piece, &file.build());
    }
    // A compound file of nothing but storages.
    let streams: Vec<(String, Vec<u8>)> = (0..SIZE / 2_000)
        .map(|n| (format!("s{n}/\u{1}Ole"), b"\x01\0\0\x02\x01\0\0\0".to_vec()))
        .collect();
    bounded(&compound(&streams));
}
