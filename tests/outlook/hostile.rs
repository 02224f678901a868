//! Files made to cost time or memory: each ends soon, and none is clean that holds something.

use std::time::{Duration, Instant};

use ddetect::{Analyzer, Limits, Options, Verdict};

use super::support::calendar::{calendar, page};
use super::support::tnef::{
    MESSAGE, PROPERTIES, REND_DATA, Tnef, binary, block, mela, object, text,
};
use super::{H02, RTF, analyze, docx, std_case};

/// A second for each megabyte, at least one, four times that where nothing is optimised.
#[track_caller]
fn soon(bytes: &[u8]) -> Verdict {
    let allowed = Duration::from_secs(4) * (1 + (bytes.len() >> 20) as u32);
    let start = Instant::now();
    let verdict = analyze(bytes).verdict();
    assert!(start.elapsed() < allowed, "{:?}", start.elapsed());
    verdict
}

#[test]
fn containers_with_a_hundred_thousand_of_everything() {
    let rtf = binary(0x1009, &mela(RTF));
    let many = |piece: &dyn Fn(Tnef) -> Tnef| (0..100_000).fold(Tnef::default(), |t, _| piece(t));
    // Attachments: the limit on parts.
    let files = many(&|tnef| tnef.attribute(2, 0x0006_800f, b"{\\rtf1}"));
    assert_eq!(soon(&files.build()), Verdict::Incomplete);
    // Empty ones, and one that is not behind them.
    let empty = many(&|tnef| tnef.attribute(2, REND_DATA, b""));
    let report = analyze(&empty.file("q.docx", &docx()).build());
    std_case(&report, &["q.docx", "word/document.xml"]);
    // Junk between attributes that begins like one.
    let junk = many(&|tnef| tnef.junk(b"\x01\x03\x90\x06\0\x03\x01\x03\x90\x06"));
    assert!(soon(&junk.message(std::slice::from_ref(&rtf)).build()) > Verdict::Clean);
    // Properties, values that take no bytes, and numbers of them that are lies.
    let properties: Vec<_> = (0..100_000)
        .map(|_| text(0x3001, "x"))
        .chain([rtf])
        .collect();
    let message = Tnef::default().message(&properties).build();
    std_case(&analyze(&message), &["rtf-body"]);
    for kind in [0x1001u16, 0x1003, 0x101f, 0x1102, 0x1048] {
        let property = [kind.to_le_bytes(), [1, 0x30], [0xff; 2], [0xff; 2]].concat();
        let message = Tnef::default().attribute(1, PROPERTIES, &block(&[property]));
        soon(&message.build());
    }
}

#[test]
fn containers_inside_each_other() {
    let mut message = Tnef::default()
        .message(&[binary(0x1009, &mela(RTF))])
        .build();
    for _ in 0..1_000 {
        let object = object(&MESSAGE, &message);
        message = Tnef::default().attached(&[object]).build();
    }
    assert_eq!(soon(&message), Verdict::Incomplete);
}

#[test]
fn calendars_with_many_lines() {
    let text = |lines: &str| format!("BEGIN:VCALENDAR\r\n{lines}END:VCALENDAR\r\n").into_bytes();
    // A name that never ends, folded in every place, quoted without an end.
    soon(&text(&"X\r\n ".repeat(500_000)));
    soon(&text(&"X;A=\":\r\n".repeat(200_000)));
    soon(&text(&format!("X;A={}:\r\n", "\":".repeat(1_000_000))));
    soon(&text(&"\r\n".repeat(1_000_000)));
    soon(&text(&format!(
        "PHOTO;ENCODING=B:{}:",
        "AAAA\r\n".repeat(300_000)
    )));
    soon(&text(&format!(
        "N;QUOTED-PRINTABLE:{}",
        "=\r\n".repeat(500_000)
    )));
    // Links and pages: their limits.
    let links: String = (0..5_000)
        .map(|number| format!("URL:x{number}\r\n"))
        .collect();
    assert_eq!(soon(&text(&links)), Verdict::Clean);
    assert_eq!(soon(&text(&"URL:x\r\n".repeat(300_000))), Verdict::Clean);
    let limits = Limits {
        fields: 1_000,
        ..Limits::default()
    };
    let report = Analyzer::new(Options::default().limits(limits)).analyze(&*text(&links));
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert_eq!(
        soon(&text(&"X-ALT-DESC:<p>\r\n".repeat(30_000))),
        Verdict::Incomplete
    );
    // What stands in front of them does not hide it.
    let mut lines = vec!["X-JUNK:<p>\r\n".to_owned(); 100_000];
    lines.push(page(H02));
    std_case(&analyze(&calendar(&lines)), &["X-ALT-DESC"]);
}

#[test]
fn pages_in_groups_without_end() {
    let front = "{\\rtf1\\fromhtml1 ";
    soon(format!("{front}{}", "{".repeat(150_000)).as_bytes());
    let deep = format!(
        "{front}{}{{\\*\\htmltag {H02}}}",
        "{\\htmlrtf{\\htmlrtf0 ".repeat(200_000)
    );
    assert!(soon(deep.as_bytes()) > Verdict::Clean);
    soon(format!("{front}{}", "\\~".repeat(200_000)).as_bytes());
    soon(format!("{front}{}", "\\u-10179?".repeat(200_000)).as_bytes());
    soon(format!("{front}\\bin99999999999 {}", "}".repeat(100)).as_bytes());
}
