//! Outlook messages (`spec/word.md` §5.6, E01 to E05, E08, E11).

use ddetect::{Carrier, GapKind, Input, Kind, Report, Trigger, Verdict};

use super::support::docx::{docx, field, instruction, paragraph};
use super::support::msg::{Msg, compound, compressed_rtf};
use super::support::package::{rels, zip_with_password};
use super::support::{analyze, dde, techniques};
use super::{CMD, clean, only, std_case};

/// The text of M-LZ (§5.2).
const RTF: &str = concat!(
    r"{\rtf1\ansi{\field{\*\fldinst DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe ",
    r#""/k calc.exe"}{\fldrslt x}}}"#
);
/// M-LZ itself.
const VECTOR: &str = "6b000000670000004c5a4675e39138c9a7000901f108906c6400002a02000b0df00b80730540\
    444445418055544f20633a5c0f714103f06e646f77730f727342790ea0656d33320f7263006d642e6578652022ac2f6b\
    0f400740631152220292910df072736c0540787d1330011360";

fn vector() -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&VECTOR[at..at + 2], 16).unwrap();
    (0..VECTOR.len()).step_by(2).map(digits).collect()
}

fn named(bytes: &[u8]) -> Report {
    let report = ddetect::Analyzer::default().analyze(Input::new(bytes).name("msg"));
    assert_eq!(report.document().format.as_str(), "msg");
    report
}

/// The way to the one finding, which must be "std".
fn way(report: &Report) -> Vec<&str> {
    std_case(report).location.path().collect()
}

fn document() -> Vec<u8> {
    docx(&paragraph(&field(&instruction(&format!("DDEAUTO {CMD}"))))).build()
}

#[test]
fn e01_a_body() {
    let message = Msg::of_class("IPM.Note").property(0x1009, 0x0102, vector());
    let report = named(&message.build());
    assert_eq!(way(&report), ["msg", "rtf-body"]);
    assert_eq!(std_case(&report).location.field(), Some(1));
    assert!(report.complete(), "{:?}", report.gaps());
    // As this project's builder writes it.
    assert_eq!(
        way(&named(&Msg::new().rtf(RTF).build())),
        ["msg", "rtf-body"]
    );
    // Names in any case, and nothing but the body.
    for name in ["__substg1.0_10090102", "__SUBSTG1.0_10090102"] {
        let file = compound(&[(name.to_owned(), vector())]);
        assert_eq!(way(&named(&file)), ["msg", "rtf-body"]);
    }
}

#[test]
fn e02_a_wrong_checksum() {
    let mut body = vector();
    body[12] ^= 0xff;
    let report = named(&Msg::new().property(0x1009, 0x0102, body).build());
    assert!(techniques(std_case(&report)).contains(&"bad-crc"));
    let right = named(&Msg::new().property(0x1009, 0x0102, vector()).build());
    assert!(!techniques(std_case(&right)).contains(&"bad-crc"));
}

#[test]
fn e03_a_meeting() {
    let class = "IPM.Schedule.Meeting.Request";
    let report = named(
        &Msg::of_class(class)
            .property(0x1009, 0x0102, vector())
            .build(),
    );
    assert_eq!(way(&report), ["msg", "rtf-body"]);
    let said = report.document().properties.class.as_deref();
    assert_eq!(said, Some(class));
}

#[test]
fn e04_an_attachment() {
    let unnamed = Msg::new().property(0x3701, 0x0102, document());
    for attachment in [unnamed.clone(), unnamed.clone().number(0x3705, 1)] {
        let report = named(&Msg::new().attach(attachment).build());
        assert_eq!(way(&report), ["msg", "attach#0", "word/document.xml"]);
    }
    let message = Msg::new().file("a.txt", "x").file("q.docx", document());
    let report = named(&message.build());
    assert_eq!(
        way(&report),
        ["msg", "attach#1", "q.docx", "word/document.xml"]
    );
    assert!(report.complete(), "{:?}", report.gaps());
    // The other names.
    for (id, kind, name) in [(0x3704, 0x1e, "Q~1.DOC"), (0x3001, 0x1f, "Q\0")] {
        let attachment = unnamed.clone().property(id, kind, name);
        let report = named(&Msg::new().attach(attachment).build());
        let way = way(&report);
        assert_eq!(way[..2], ["msg", "attach#0"]);
        assert_eq!(way.len(), 4, "{way:?}");
    }
}

#[test]
fn e05_a_message_in_a_message() {
    let inner = Msg::new().property(0x1009, 0x0102, vector());
    let report = named(&Msg::new().message(inner.clone()).build());
    assert_eq!(way(&report), ["msg", "attach#0", "rtf-body"]);
    let outer = Msg::new()
        .file("a.txt", "x")
        .message(Msg::new().message(inner));
    let report = named(&outer.build());
    assert_eq!(way(&report), ["msg", "attach#1", "attach#0", "rtf-body"]);
    // Without any list of properties.
    let mut streams = outer.streams();
    streams.retain(|(path, _)| !path.ends_with("__properties_version1.0"));
    let report = named(&compound(&streams));
    assert_eq!(way(&report), ["msg", "attach#1", "attach#0", "rtf-body"]);
}

#[test]
fn e08_a_body_that_is_cut() {
    let mut body = vector();
    body[4..8].copy_from_slice(&[0xff; 4]);
    body.truncate(100);
    let report = named(&Msg::new().property(0x1009, 0x0102, body).build());
    let finding = only(&report);
    assert_eq!(
        finding.service.as_deref(),
        Some("c:\\windows\\system32\\cmd.exe")
    );
    let gaps: Vec<_> = report
        .gaps()
        .iter()
        .map(|gap| (gap.kind, &*gap.detail))
        .collect();
    assert_eq!(gaps, [(GapKind::Damaged, "compressed RTF is cut off")]);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn e11_an_attachment_by_reference() {
    for (method, path) in [
        (7, "\\\\host\\s\\a.docx"),
        (2, "\\\\host\\s\\a.docx"),
        (3, "file://host/s/a.docx"),
        (4, "https://h.example/a.docx"),
    ] {
        let report = named(&Msg::new().reference(method, path).build());
        let [finding] = report.findings() else {
            panic!("{report:#?}")
        };
        assert_eq!(finding.carrier, Carrier::AttachmentReference);
        assert_eq!(finding.kind, Kind::ExternalLink);
        assert_eq!(finding.trigger, Trigger::Click);
        assert_eq!(finding.target.as_deref(), Some(path));
        let way: Vec<&str> = finding.location.path().collect();
        assert_eq!(way, ["msg", "attach#0"]);
        assert!(report.complete());
    }
    // What is here says where it was.
    let here = Msg::new()
        .number(0x3705, 1)
        .text(0x370d, "\\\\host\\s\\a.png");
    clean(&named(
        &Msg::new()
            .attach(here.clone().property(0x3701, 0x0102, "x"))
            .build(),
    ));
    // Nothing says what it is.
    let unsaid = Msg::new().property(0x3708, 0x001e, "\\\\host\\s\\A~1.DOC");
    let report = named(&Msg::new().attach(unsaid).build());
    assert_eq!(report.findings().len(), 1, "{report:#?}");
}

/// A page with the field of H01 (§4.8).
const PAGE: &str = r"<html><body><p><!--[if supportFields]><span style='mso-element:field-begin'></span>DDEAUTO c:\\windows\\system32\\cmd.exe &quot;/k calc.exe&quot; <span style='mso-element:field-separator'></span><![endif]-->x<!--[if supportFields]><span style='mso-element:field-end'></span><![endif]--></p></body></html>";

#[test]
fn a_body_in_html() {
    let wide: Vec<u8> = PAGE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (kind, bytes) in [
        (0x0102, PAGE.as_bytes().to_vec()),
        (0x001e, PAGE.as_bytes().to_vec()),
        (0x001f, wide),
    ] {
        let message = Msg::new().property(0x1013, kind, bytes);
        let report = named(&message.number(0x3fde, 65_001).build());
        let finding = only(&report);
        assert_eq!(
            finding.service.as_deref(),
            Some("c:\\windows\\system32\\cmd.exe")
        );
        let way: Vec<&str> = finding.location.path().collect();
        assert_eq!(way, ["msg", "html-body"], "{kind:x}");
        assert!(report.complete(), "{:?}", report.gaps());
    }
    // In the code page that the message names, a field is a field: UTF-7, which hides all of it.
    let hidden =
        "<html><body>+ADw-p+AD4-".to_owned() + &PAGE.replace('<', "+ADw-").replace('>', "+AD4-");
    let report = named(
        &Msg::new()
            .property(0x1013, 0x0102, hidden.as_bytes())
            .number(0x3fde, 65_000)
            .build(),
    );
    assert!(techniques(only(&report)).contains(&"odd-encoding"));
}

#[test]
fn an_object_in_a_message() {
    let inside = "__substg1.0_3701000D";
    let package = Msg::new()
        .number(0x3705, 6)
        .stream(&format!("{inside}/Package"), document());
    let report = named(&Msg::new().attach(package).build());
    assert_eq!(way(&report).last(), Some(&"word/document.xml"));
    // An object as a stream.
    let stream = Msg::new()
        .number(0x3705, 6)
        .property(0x3701, 0x000d, document());
    let report = named(&Msg::new().attach(stream).build());
    assert_eq!(way(&report), ["msg", "attach#0", "word/document.xml"]);
}

#[test]
fn what_is_attached_is_told_by_its_bytes() {
    let rtf = RTF.as_bytes();
    let report = named(&Msg::new().file("a.jpg", rtf).build());
    assert_eq!(way(&report), ["msg", "attach#0", "a.jpg"]);
    // A text of cells: the name of the attachment counts.
    let cells = "=cmd|'/k calc.exe'!A0\r\n";
    let report = named(&Msg::new().file("a.csv", cells).build());
    let finding = only(&report);
    assert_eq!(finding.service.as_deref(), Some("cmd"));
    assert_eq!(finding.location.path().last(), Some("a.csv"));
    // It is none in a body.
    clean(&named(&Msg::new().text(0x1000, cells).build()));
    // A message that is a file.
    let inner = Msg::new().rtf(RTF).build();
    let report = named(&Msg::new().file("b.msg", inner).build());
    assert_eq!(way(&report), ["msg", "attach#0", "b.msg", "rtf-body"]);
}

#[test]
fn a_message_that_is_another_document_as_well() {
    let mut streams = Msg::new().rtf(RTF).build();
    assert_eq!(way(&named(&streams)), ["msg", "rtf-body"]);
    let mut parts = Msg::new().rtf(RTF).file("a.docx", document()).streams();
    parts.push((
        "Workbook".to_owned(),
        b"\x09\x08\x08\0\0\x06\x05\0\0\0\0\0".to_vec(),
    ));
    streams = compound(&parts);
    let report = analyze(&streams);
    assert_eq!(dde(&report).len(), 2, "{report:#?}");
    // In an object of a document.
    let object = Msg::new().rtf(RTF).streams();
    let object: Vec<_> = object
        .into_iter()
        .map(|(path, bytes)| (format!("MBD1/{path}"), bytes))
        .collect();
    let relations = rels(&[("r1", "oleObject", "embeddings/o.bin", false)]);
    let outer = docx(&paragraph("x"))
        .part("word/embeddings/o.bin", compound(&object))
        .part("word/_rels/document.xml.rels", relations)
        .build();
    let report = analyze(&outer);
    assert_eq!(std_case(&report).location.path().last(), Some("rtf-body"));
}

#[test]
fn two_bodies_are_two_documents() {
    let message = Msg::new().property(0x1009, 0x0102, vector()).property(
        0x1009,
        0x000d,
        compressed_rtf(format!("{RTF}\n").as_bytes()),
    );
    let report = named(&message.build());
    let found = dde(&report);
    let names: Vec<_> = found
        .iter()
        .map(|f| f.location.path().last().unwrap())
        .collect();
    assert_eq!(names, ["rtf-body", "rtf-body#2"]);
}

/// `PSETID_Common` ([MS-OXPROPS] 1.3.2).
const COMMON: [u8; 16] = [8, 0x20, 6, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

#[test]
fn the_sound_of_a_reminder() {
    let sound = |path: &str| Msg::of_class("IPM.Appointment").named(COMMON, 0x851f, 0x1f, path);
    let report = named(&sound("\\\\203.0.113.7\\s\\a.wav").build());
    let [finding] = report.findings() else {
        panic!("{report:#?}")
    };
    assert_eq!(finding.kind, Kind::ExternalLink);
    assert_eq!(finding.target.as_deref(), Some("\\\\203.0.113.7\\s\\a.wav"));
    assert_eq!(finding.trigger, Trigger::Open);
    println!("{} {:?}", finding.score, finding.signals);
    clean(&named(&sound("reminder.wav").build()));
    clean(&named(&sound("C:\\Windows\\Media\\chimes.wav").build()));
    // Another name with the same number.
    let other = Msg::new().named([7; 16], 0x851f, 0x1f, "\\\\203.0.113.7\\s\\a.wav");
    clean(&named(&other.build()));
}

#[test]
fn harmless_messages_are_clean() {
    let plain = r"{\rtf1\ansi\deff0{\fonttbl{\f0 Calibri;}}\pard Hello\par}";
    for message in [
        Msg::new(),
        Msg::of_class("IPM.Contact").rtf(plain),
        Msg::of_class("IPM.Note")
            .text(0x0037, "x")
            .text(0x1000, "see DDEAUTO cmd \"/k calc\""),
        Msg::new().property(0x1009, 0x0102, []),
        Msg::new().property(0x1013, 0x0102, "<html><body><p>Hello</p></body></html>"),
        Msg::new().file("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice()),
        Msg::new().file("a.bin", "x").message(Msg::new().rtf(plain)),
    ] {
        clean(&named(&message.build()));
    }
}

#[test]
fn properties_of_the_message_are_told() {
    let message = Msg::of_class("IPM.Note").text(0x0c1a, "A. Sender");
    let report = named(&message.build());
    let properties = &report.document().properties;
    assert_eq!(properties.author.as_deref(), Some("A. Sender"));
    assert_eq!(properties.class.as_deref(), Some("IPM.Note"));
    assert_eq!(properties.created, None);
}

#[test]
fn a_password_in_the_message_opens_what_is_attached() {
    let document = document();
    let archive = zip_with_password(&[("q.docx", &document)], "rosebud7");
    let page = "<html><body><p>Password: <b>rosebud7</b></p></body></html>";
    for message in [
        Msg::new().text(0x1000, "The invoice is attached.\r\nPassword: rosebud7\r\n"),
        Msg::new().property(0x1000, 0x001e, "password is \"rosebud7\"."),
        Msg::new().text(0x0037, "pw=rosebud7"),
        Msg::new().property(0x1013, 0x0102, page),
    ] {
        let report = named(&message.file("i.zip", archive.clone()).build());
        std_case(&report);
        assert!(report.complete(), "{:?}", report.gaps());
    }
    let report = named(
        &Msg::new()
            .text(0x1000, "see below")
            .file("i.zip", archive)
            .build(),
    );
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

/// A signed message holds what was signed as MIME in its one attachment (`spec/word.md` §5.1).
#[test]
fn a_signed_message() {
    let signed = format!(
        "Content-Type: multipart/signed; boundary=BB\r\n\r\n--BB\r\nContent-Type: text/rtf\r\n\
         \r\n{RTF}\r\n--BB\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--BB--\r\n"
    );
    let message = Msg::of_class("IPM.Note.SMIME.MultipartSigned").file("smime.p7m", signed);
    let report = named(&message.build());
    let way = way(&report);
    assert_eq!(way[..3], ["msg", "attach#0", "smime.p7m"]);
}
