//! The same inside of mail (`spec/word.md` §5.3), and words of a body that open what comes with it.

use super::support::calendar::{calendar, file, page};
use super::support::mail::{Coding, Mail, Part};
use super::support::msg::Msg;
use super::support::package::zip_with_password;
use super::support::tnef::{BODY, Tnef, binary, counted, text};
use super::support::word::mht::base64;
use super::tnef::VECTOR;
use super::{H02, RTF, analyze, clean, docx, std_case, unhex};

#[test]
fn e06_in_a_message() {
    for (media_type, name) in [
        ("application/ms-tnef", "winmail.dat"),
        ("application/octet-stream", "win.dat"),
        ("image/png", "logo.png"),
    ] {
        let media_type = format!("{media_type}; name=\"{name}\"");
        let part = Part::new(&media_type, &unhex(VECTOR), Coding::Base64);
        let report = analyze(&Mail::with("see below", &[part]).build());
        std_case(&report, &[name, "rtf-body"]);
        assert!(report.complete(), "{report:#?}");
    }
}

#[test]
fn invitations() {
    for media_type in [
        "text/calendar; method=REQUEST",
        "application/ics; name=\"invite.ics\"",
    ] {
        let bytes = calendar(&[page(H02)]);
        let part = Part::new(media_type, &bytes, Coding::Base64);
        let report = analyze(&Mail::with("see below", &[part]).build());
        let found = super::names(&report);
        assert_eq!(found, ["X-ALT-DESC"], "{media_type} {report:#?}");
    }
    let ordinary = calendar(&[page("<html><body><p>Hello</p></body></html>")]);
    let part = Part::new("text/calendar; charset=utf-8", &ordinary, Coding::Base64);
    clean(&Mail::with("see below", &[part]).build());
    // A file in an invitation in winmail.dat in a message.
    let rtf = base64(RTF.as_bytes()).replace("\r\n", "");
    let tnef = Tnef::default().file("a.ics", &calendar(&[file("b.rtf", &rtf)]));
    let part = Part::file("winmail.dat", &tnef.build());
    let report = analyze(&Mail::with("see below", &[part]).build());
    std_case(&report, &["winmail.dat", "a.ics", "b.rtf"]);
}

#[test]
fn pages_in_rich_text_of_messages() {
    let tag = H02.replace('\\', "\\\\");
    let rtf = format!("{{\\rtf1\\ansi\\fromhtml1 {{\\*\\htmltag {tag}}}}}");
    let report = analyze(&Msg::new().rtf(&rtf).build());
    std_case(&report, &["rtf-body", "html"]);
}

#[test]
fn words_of_bodies_are_passwords() {
    let zip = zip_with_password(&[("q.docx", &docx())], "Sommer&7");
    let words = "The password is Sommer&7.";
    let html = "<p>The pass<b>word</b> is Sommer&amp;7</p>";
    let message = |value: Vec<u8>| Tnef::default().message(&[value]);
    for tnef in [
        Tnef::default().attribute(1, BODY, words.as_bytes()),
        message(text(0x1000, words)),
        message(counted(0x1000, 0x001e, &[words.as_bytes()])),
        message(text(0x0037, words)),
        message(binary(0x1013, html.as_bytes())),
    ] {
        let report = analyze(&tnef.file("a.zip", &zip).build());
        std_case(&report, &["a.zip", "q.docx", "word/document.xml"]);
    }
}
