//! Calendars and contacts (`spec/word.md` §5.5).

use ddetect::{Format, Severity, Verdict};

use super::support::calendar::{calendar, contact, escaped, file, page};
use super::support::word::mht::base64;
use super::{H02, RTF, analyze, clean, docx, names, std_case, targets};

#[test]
fn e09_a_page_as_description() {
    let html = format!("<!DOCTYPE HTML><HTML>\n<BODY>a, b; {H02}</BODY></HTML>");
    for html in [html.as_str(), H02] {
        let report = analyze(&calendar(&[page(html)]));
        assert_eq!(report.document().format, Format::Icalendar);
        std_case(&report, &["X-ALT-DESC"]);
        assert!(report.complete(), "{report:#?}");
    }
    let styled = format!(
        "STYLED-DESCRIPTION;VALUE=TEXT;FMTTYPE=text/html:{}",
        escaped(H02)
    );
    std_case(&analyze(&calendar(&[styled])), &["STYLED-DESCRIPTION"]);
    let coded = format!(
        "x-alt-desc;fmttype=text/html;encoding=base64:{}",
        base64(H02.as_bytes())
    );
    std_case(&analyze(&calendar(&[coded])), &["X-ALT-DESC"]);
    // Lines that end in another way; a mark in front; UTF-16.
    let text = String::from_utf8(calendar(&[page(H02)])).unwrap();
    for ends in ["\n", "\r", "\r\n\r\n"] {
        let text = text.replace("\r\n", ends);
        std_case(
            &analyze(format!("\u{feff}{text}").as_bytes()),
            &["X-ALT-DESC"],
        );
    }
    let wide: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std_case(&analyze(&wide), &["X-ALT-DESC"]);
}

#[test]
fn descriptions_are_text() {
    for name in ["DESCRIPTION", "SUMMARY", "COMMENT", "X-MS-OLK-CONFTYPE"] {
        let report = clean(&calendar(&[
            format!("{name}:{}", escaped(RTF)),
            format!("{name}:{}", escaped(H02)),
        ]));
        assert!(report.findings().is_empty());
    }
    clean(&contact("3.0", &[format!("NOTE:{}", escaped(RTF))]));
}

#[test]
fn files_in_base64() {
    let report = analyze(&calendar(&[file("q.docx", &base64(&docx()))]));
    std_case(&report, &["q.docx", "word/document.xml"]);
    let rtf = base64(RTF.as_bytes()).replace("\r\n", "");
    for line in [
        format!("ATTACH;VALUE=BINARY;ENCODING=B:{rtf}"),
        format!("ATTACH;FMTTYPE=application/octet-stream;ENCODING=BASE64:{rtf}"),
        format!("ATTACH:data:application/rtf;base64,{rtf}"),
        format!("ATTACH:{rtf}"),
    ] {
        std_case(&analyze(&calendar(&[line])), &["ATTACH"]);
    }
    for (version, line, name) in [
        ("3.0", format!("PHOTO;TYPE=JPEG;ENCODING=b:{rtf}"), "PHOTO"),
        ("2.1", format!("LOGO;BASE64;JPEG:\r\n {rtf}\r\n"), "LOGO"),
        (
            "2.1",
            format!("item1.KEY;ENCODING=BASE64:\r\n{rtf}\r\n"),
            "KEY",
        ),
        (
            "4.0",
            format!("SOUND:data:audio/ogg;base64\\,{rtf}"),
            "SOUND",
        ),
        (
            "3.0",
            format!(
                "AGENT:{}",
                escaped(&format!("BEGIN:VCARD\nKEY;ENCODING=b:{rtf}\nEND:VCARD\n"))
            ),
            "KEY",
        ),
    ] {
        let report = analyze(&contact(version, std::slice::from_ref(&line)));
        assert_eq!(names(&report), [name], "{line} {report:#?}");
        assert_eq!(report.document().format, Format::Vcard);
    }
}

#[test]
fn what_is_quoted_printable() {
    let coded: String = H02.bytes().map(|byte| format!("={byte:02X}")).collect();
    let lines: Vec<_> = coded
        .as_bytes()
        .chunks(60)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let line = format!(
        "X-ALT-DESC;ENCODING=QUOTED-PRINTABLE:{}",
        lines.join("=\r\n")
    );
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    std_case(&analyze(text.as_bytes()), &["X-ALT-DESC"]);
    let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nURL;QUOTED-PRINTABLE:http=3A//exam=\r\nple.com/\r\nEND:VCARD\r\n";
    let expected = [("hyperlink", "http://example.com/".to_owned())];
    assert_eq!(targets(&clean(text.as_bytes())), expected);
}

#[test]
fn addresses_are_links() {
    let report = clean(&calendar(&[
        "ATTACH;FMTTYPE=application/msword:https://files.example.com/agenda.doc".to_owned(),
        "ATTACH:CID:jsmith.part3.960817T083000.xyzMail@example.com".to_owned(),
        "DESCRIPTION;ALTREP=\"cid:part3.msg.970415T083000@example.com\":x".to_owned(),
        "LOCATION;ALTREP=\"https://example.com/room?a:b\":Room".to_owned(),
        "URL:https\\://example.com/a\\,b".to_owned(),
        "CONFERENCE;VALUE=URI;LABEL=Join:https://video.example.com/1".to_owned(),
    ]));
    let expected = [
        (
            "attachment-reference",
            "https://files.example.com/agenda.doc",
        ),
        ("hyperlink", "https://example.com/room?a:b"),
        ("hyperlink", "https://example.com/a,b"),
        ("hyperlink", "https://video.example.com/1"),
    ];
    assert_eq!(
        targets(&report),
        expected.map(|(carrier, target)| (carrier, target.to_owned()))
    );
    // Those that start something are what they are anywhere.
    for line in [
        "ATTACH:ms-msdt:/id PCWDiagnostic /skip force /param \"x\"",
        "URL:search-ms:query=x&crumb=location:\\\\\\\\h.example\\\\s",
        "X;ALTREP=\"ms-msdt:/id PCWDiagnostic\":x",
    ] {
        let report = analyze(&calendar(&[line.to_owned()]));
        assert!(
            report.verdict() >= Verdict::Suspicious,
            "{line}: {report:#?}"
        );
        assert!(report.findings()[0].severity >= Severity::Medium);
    }
    // An alarm that starts a program.
    let report = analyze(&calendar(&[
        "PALARM:20240101T0000;PT5M;2;file:///c:/x/a.exe".to_owned(),
    ]));
    assert_eq!(
        targets(&report),
        [("attachment-reference", "file:///c:/x/a.exe".to_owned())]
    );
}

/// As Outlook, Google Calendar, Apple's programs and Thunderbird write them.
#[test]
fn ordinary_files_are_clean() {
    for text in ORDINARY {
        let report = clean(text.replace('\n', "\r\n").as_bytes());
        assert!(report.findings().iter().all(|finding| finding.score < 50));
    }
}

const ORDINARY: [&str; 6] = [
    // Outlook, an invitation.
    "BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:REQUEST
X-MS-OLK-FORCEINSPECTOROPEN:TRUE
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;CN=\"Doe, Jane\";RSVP=TRUE:mailto:jane@example.com
CLASS:PUBLIC
DESCRIPTION:Agenda:\\n1. =SUM(A1)\\n2. Report\\, final\\n\\n
DTEND;TZID=\"W. Europe Standard Time\":20240102T100000
ORGANIZER;CN=\"Roe, Jo\":mailto:jo@example.com
PRIORITY:5
SUMMARY;LANGUAGE=en-us:Status
X-ALT-DESC;FMTTYPE=text/html:<html xmlns:v=\"urn:schemas-microsoft-com:vml\" xm
\tlns:o=\"urn:schemas-microsoft-com:office:office\"><head><style><!--\\n@font-fa
\tce\\n\\t{font-family:\"Cambria Math\"\\;}\\np.MsoNormal\\, li.MsoNormal\\n\\t{margin
\t:0cm\\;}\\n--></style></head><body lang=EN-US><p class=MsoNormal>Agenda<o:p></
\to:p></p><p><a href=\"https://example.com/\">page</a></p></body></html>
X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
",
    // Google Calendar.
    "BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
DTSTART:20240102T090000Z
UID:7kukuqrfedlm2f9t0vr7@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=jane@example.com;X-NUM-GUESTS=0:mailto:jane@example.com
X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg-hij
ATTACH;FILENAME=Notes;FMTTYPE=application/vnd.google-apps.document:https://d
 rive.google.com/file/d/1a2b/view?usp=drive_web
DESCRIPTION:<b>Hello</b><br><a href=\"https://example.com\">x</a>\\n-::~:~::~
SEQUENCE:0
END:VEVENT
END:VCALENDAR
",
    // Calendar of macOS.
    "BEGIN:VCALENDAR
CALSCALE:GREGORIAN
PRODID:-//Apple Inc.//macOS 14.2//EN
VERSION:2.0
X-WR-CALNAME:Home
BEGIN:VEVENT
TRANSP:OPAQUE
X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-MAPKIT-HANDLE=CAES;X-APPLE-RADI
 US=100;X-TITLE=\"1 Main St\":geo:52.5,13.4
URL;VALUE=URI:https://example.com
SUMMARY:Dinner
BEGIN:VALARM
X-WR-ALARMUID:E2F0
TRIGGER:-PT1H
ATTACH;VALUE=URI:Chord
ACTION:AUDIO
END:VALARM
END:VEVENT
END:VCALENDAR
",
    // Contacts of macOS, with a picture.
    "BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//macOS 14.2//EN
N:Doe;Jane;;;
FN:Jane Doe
EMAIL;type=INTERNET;type=HOME;type=pref:jane@example.com
item1.URL;type=pref:http\\://www.example.com
item1.X-ABLabel:_$!<HomePage>!$_
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/4QBARXhpZgAATU0AKgA
 AAAgAAYdpAAQAAAABAAAAGgAAAAAAAqACAAQAAAABAAAAAaADAAQAAAABAAAAAQAAAAD/
END:VCARD
",
    // Outlook, a contact.
    "BEGIN:VCARD
VERSION:2.1
X-MS-OL-DESIGN;CHARSET=utf-8:<card xmlns=\"http://schemas.microsoft.com/office/outlook/12/electronicbusinesscards\" ver=\"1.0\" layout=\"left\" bgcolor=\"ffffff\"><img xmlns=\"\" align=\"fit\" area=\"16\" use=\"cardpicture\"/></card>
N;LANGUAGE=en-us:Doe;Jane
FN:Jane Doe
LABEL;WORK;PREF;ENCODING=QUOTED-PRINTABLE:1 Main St=0D=0A=
12345 Town
X-MS-OL-DEFAULT-POSTAL-ADDRESS:2
URL;WORK:https://example.com
PHOTO;TYPE=JPEG;ENCODING=BASE64:
 /9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRof
 Hh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/

X-MS-OL-DESIGN;CHARSET=utf-8:<card/>
REV:20240102T080000Z
END:VCARD
",
    // Google Contacts and Android.
    "BEGIN:VCARD
VERSION:3.0
FN:J\u{f6}rg Doe
N:Doe;J\u{f6}rg;;;
TEL;TYPE=CELL:+49 30 123
item1.URL:https\\://www.example.com/j
item1.X-ABLabel:PROFILE
PHOTO:https://lh3.example.com/contacts/AAAA
CATEGORIES:myContacts
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=44=6F=65;=4A;;;
TEL;CELL:0123
END:VCARD
",
];
