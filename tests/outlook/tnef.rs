//! `winmail.dat` (`spec/word.md` §5.4).

use ddetect::{Format, GapKind, Trigger, Verdict};

use super::support::tnef::{
    ATTACHMENT, BODY, DATA, MESSAGE, PROPERTIES, REND_DATA, STORAGE, STRING8, TITLE, Tnef, binary,
    block, counted, mela, number, object, reminder, text,
};
use super::{H02, RTF, analyze, clean, dde, docx, has_technique, names, std_case, targets, unhex};

/// The vector M-TNEF.
pub(super) const VECTOR: &str = "789f3e220100010690080004000000000001000100010790060008000000e404000000000000\
    e8000103900600800000000100000002010910010000006f0000006b000000670000004c5a4675e39138c9a700090\
    1f108906c6400002a02000b0df00b80730540444445418055544f20633a5c0f714103f06e646f77730f727342790e\
    a0656d33320f7263006d642e6578652022ac2f6b0f400740631152220292910df072736c0540787d1330011360005\
    721";

#[test]
fn e06_the_vector() {
    let report = analyze(&unhex(VECTOR));
    assert_eq!(report.document().format, Format::Tnef);
    assert!(report.complete(), "{report:#?}");
    let finding = std_case(&report, &["rtf-body"]);
    assert!(finding.techniques.is_empty(), "{finding:#?}");
    // A checksum that is wrong, of the attribute or of the body: it is read all the same.
    let length = unhex(VECTOR).len();
    for at in [length - 1, length - 2, 79] {
        let mut bytes = unhex(VECTOR);
        bytes[at] ^= 1;
        let report = analyze(&bytes);
        std_case(&report, &["rtf-body"]);
        has_technique(&report, "bad-crc");
        assert!(report.complete(), "{report:#?}");
    }
}

#[test]
fn bodies() {
    let rtf = Tnef::default()
        .message(&[binary(0x1009, &mela(RTF))])
        .build();
    std_case(&analyze(&rtf), &["rtf-body"]);
    let page = format!("<html><body>{H02}</body></html>");
    let html = |value| {
        let named = reminder("reminder.wav");
        let page_1252 = number(0x3fde, 1252);
        Tnef::default().message(&[named, value, page_1252]).build()
    };
    std_case(
        &analyze(&html(binary(0x1013, page.as_bytes()))),
        &["html-body"],
    );
    std_case(&analyze(&html(text(0x1013, &page))), &["html-body"]);
    let narrow = counted(0x1013, STRING8, &[page.as_bytes()]);
    std_case(&analyze(&html(narrow)), &["html-body"]);
    // A body as plain text shows what it says.
    clean(&Tnef::default().attribute(1, BODY, RTF.as_bytes()).build());
}

#[test]
fn attachments_have_their_names() {
    let report = analyze(&Tnef::default().file("q.docx", &docx()).build());
    std_case(&report, &["q.docx", "word/document.xml"]);
    let several = Tnef::default()
        .file("a.txt", b"text")
        .file("a.rtf", RTF.as_bytes())
        .file("a.rtf", format!("{RTF}\n").as_bytes())
        .file("pic.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        .build();
    assert_eq!(names(&analyze(&several)), ["a.rtf", "a.rtf#2"]);
    // The last name of a path; no name at all.
    let bare = Tnef::default()
        .attribute(2, DATA, RTF.as_bytes())
        .attribute(2, TITLE, b"C:\\x\\b.rtf\0")
        .attribute(2, DATA, RTF.as_bytes())
        .build();
    assert_eq!(names(&analyze(&bare)), ["b.rtf", "attachment"]);
}

#[test]
fn attachments_in_properties() {
    let inner = Tnef::default()
        .message(&[binary(0x1009, &mela(RTF))])
        .build();
    let properties = [
        number(0x3705, 5),
        text(0x3001, "the meeting"),
        object(&MESSAGE, &inner),
    ];
    let message = Tnef::default().attached(&properties).build();
    std_case(&analyze(&message), &["the meeting", "rtf-body"]);
    // By value; without what it is in front; with another one.
    let whole = counted(0x3701, 0x000d, &[&inner]);
    for value in [binary(0x3701, &inner), whole, object(&STORAGE, &inner)] {
        let message = Tnef::default().attached(&[value]).build();
        std_case(&analyze(&message), &["attachment", "rtf-body"]);
    }
    // An OLE object is a compound file.
    let storage = compound("CONTENTS", RTF.as_bytes());
    let object = [number(0x3705, 6), object(&STORAGE, &storage)];
    let report = analyze(&Tnef::default().attached(&object).build());
    std_case(&report, &["attachment", "CONTENTS"]);
}

#[test]
fn sounds_of_reminders() {
    let target = "\\\\host.example\\s\\a.wav";
    let report = analyze(&Tnef::default().message(&[reminder(target)]).build());
    assert_eq!(
        targets(&report),
        [("attachment-reference", target.to_owned())]
    );
    assert_eq!(report.findings()[0].trigger, Trigger::Open);
    let report = clean(&Tnef::default().message(&[reminder("reminder.wav")]).build());
    assert!(report.findings().is_empty());
}

fn compound(stream: &str, bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream)
        .unwrap()
        .write_all(bytes)
        .unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn e11_attachments_by_reference() {
    for (method, id) in [(7, 0x370d), (2, 0x3708), (4, 0x370d)] {
        let properties = [
            number(0x3705, method),
            text(0x3707, "a.docx"),
            text(id, "\\\\host.example\\s\\a.docx"),
        ];
        let report = analyze(&Tnef::default().attached(&properties).build());
        let expected = "\\\\host.example\\s\\a.docx".to_owned();
        assert_eq!(targets(&report), [("attachment-reference", expected)]);
    }
    // By value, the path says where it came from.
    let properties = [
        number(0x3705, 1),
        text(0x370d, "\\\\host.example\\s\\a.docx"),
    ];
    let report = clean(&Tnef::default().attached(&properties).build());
    assert!(report.findings().is_empty());
}

#[test]
fn broken_containers() {
    let rtf = binary(0x1009, &mela(RTF));
    // Junk between attributes: the next one is found, and a gap says so.
    let junk = Tnef::default()
        .junk(b"\0junk\x01\x02")
        .message(std::slice::from_ref(&rtf));
    let report = analyze(&junk.build());
    std_case(&report, &["rtf-body"]);
    assert_eq!(report.gaps()[0].kind, GapKind::Damaged);
    // Behind the last, anything may stand.
    for end in [&b"\r\n\r\n"[..], &[0; 40], b"-- \r\nsent by a list\r\n"] {
        let message = Tnef::default()
            .message(std::slice::from_ref(&rtf))
            .junk(end);
        let report = analyze(&message.build());
        std_case(&report, &["rtf-body"]);
        assert!(report.complete(), "{report:#?}");
    }
    // Cut off anywhere, it is never clean once the body began.
    let whole = Tnef::default().message(std::slice::from_ref(&rtf)).build();
    for cut in 60..whole.len() - 3 {
        let report = analyze(&whole[..cut]);
        assert!(report.verdict() > Verdict::Clean, "{cut}");
    }
    // Numbers of properties that are too small or too large.
    for count in [0u32, 2, u32::MAX] {
        let mut properties = block(std::slice::from_ref(&rtf));
        properties[..4].copy_from_slice(&count.to_le_bytes());
        let report = analyze(
            &Tnef::default()
                .attribute(1, PROPERTIES, &properties)
                .build(),
        );
        std_case(&report, &["rtf-body"]);
        assert_eq!(report.complete(), count == 0, "{count}");
    }
    // A length that lies is a gap; so is a type that nobody knows.
    let unknown = [vec![0x33, 0x01, 0x01, 0x30], rtf.clone()];
    let report = analyze(&Tnef::default().message(&unknown).build());
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

/// An ordinary message as Outlook sends it.
#[test]
fn ordinary_messages_are_clean() {
    let rtf = r"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag64 <p>}Hello{\*\htmltag72 </p>}}";
    let message = Tnef::default()
        .attribute(1, 0x0007_8008, b"IPM.Microsoft Mail.Note\0")
        .attribute(1, BODY, b"Hello\r\n\0")
        .message(&[
            text(0x0070, "Hello"),
            number(0x3fde, 20127),
            binary(0x1009, &mela(rtf)),
            counted(0x0e04, STRING8, &[b"a", b"bc"]),
        ])
        .attribute(2, REND_DATA, &[1; 14])
        .attribute(2, DATA, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        .attribute(
            2,
            ATTACHMENT,
            &block(&[text(0x3707, "logo.png"), number(0x3705, 1)]),
        )
        .build();
    clean(&message);
    assert!(dde(&analyze(&message)).is_empty());
}
