//! Binary presentations ([MS-PPT]; `spec/excel.md` §8.1).

use std::io::Write as _;

use ddetect::{Carrier, Format, GapKind, Kind, SkipReason, Trigger, Verdict};

use super::support::docx::{begin, docx, end, instruction, paragraph};
use super::support::slides::{
    atom, compound, compressed, container, current_user, hyperlink, interaction, ppt, program,
    stream, string,
};
use super::support::{analyze, techniques};
use super::{image, only, target};

/// A Word document that starts a program, in an object of OLE.
fn payload() -> Vec<u8> {
    let field = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"";
    let runs = [begin(), instruction(field), end()].concat();
    compound(&[("Package", &docx(&paragraph(&runs)).build())])
}

#[test]
fn hyperlinks_are_links() {
    let links = [
        hyperlink(1, "https://example.com/"),
        hyperlink(2, "C:\\Windows\\System32\\cmd.exe"),
        hyperlink(3, ""),
    ];
    let clicks = [
        interaction(false, 4, 0, 1, ""),
        interaction(true, 4, 0, 2, ""),
    ];
    let report = analyze(&ppt(&stream(&links, &clicks)));
    assert_eq!(report.document().format, Format::Ppt);
    assert!(report.complete(), "{:?}", report.gaps());
    let [page, program] = report.findings() else {
        panic!("{report:#?}")
    };
    assert_eq!(
        (page.kind, page.carrier),
        (Kind::ExternalLink, Carrier::Hyperlink)
    );
    assert_eq!((target(page), page.score), ("https://example.com/", 3));
    assert_eq!((program.kind, program.score), (Kind::ExternalLink, 60));
    assert_eq!(techniques(program), ["hover"]);
    let way: Vec<&str> = page.location.path().collect();
    assert_eq!(way, ["PowerPoint Document"]);
}

#[test]
fn an_action_runs_a_program() {
    let program = "cmd.exe /c calc";
    let by_name = stream(&[], &[interaction(false, 2, 0, 0, program)]);
    let by_link = stream(&[hyperlink(7, program)], &[interaction(false, 2, 0, 7, "")]);
    let by_pointer = stream(&[], &[interaction(true, 2, 0, 0, program)]);
    // An older edit stands behind the document; its records are whole.
    let link_after = [
        stream(&[], &[interaction(false, 2, 0, 7, "")]),
        container(0, 1033, &[hyperlink(7, program)]),
    ];
    for (bytes, odd) in [
        (by_name, vec![]),
        (by_link, vec![]),
        (by_pointer, vec!["hover"]),
        (link_after.concat(), vec![]),
    ] {
        let report = analyze(&ppt(&bytes));
        assert_eq!(report.verdict(), Verdict::Malicious);
        assert!(report.complete(), "{:?}", report.gaps());
        let finding = only(&report);
        assert_eq!(
            (finding.kind, finding.carrier, finding.trigger),
            (Kind::Execute, Carrier::Action, Trigger::Click)
        );
        assert_eq!((target(finding), image(finding)), (program, "cmd.exe"));
        assert_eq!(techniques(finding), odd);
    }
}

#[test]
fn what_stays_in_the_presentation_is_nothing() {
    // None, jump, media, custom show; a name that only some actions have.
    let clicks: Vec<Vec<u8>> = [0, 3, 6, 7]
        .into_iter()
        .map(|action| interaction(false, action, 0, 0, "cmd.exe /c calc"))
        .collect();
    let report = analyze(&ppt(&stream(&[], &clicks)));
    assert_eq!(report.verdict(), Verdict::Clean);
    assert!(report.findings().is_empty() && report.complete());

    let report = analyze(&ppt(&stream(&[], &[interaction(false, 1, 0, 0, "Go")])));
    assert_eq!(
        (only(&report).carrier, target(only(&report))),
        (Carrier::MacroButton, "Go")
    );
    assert_eq!(report.verdict(), Verdict::Clean);

    let report = analyze(&ppt(&stream(&[], &[interaction(false, 5, 3, 0, "")])));
    assert_eq!(only(&report).raw, "InteractiveInfo action=ole verb=3");
    assert_eq!(report.verdict(), Verdict::Clean);

    let document = [interaction(
        false,
        2,
        0,
        0,
        "C:\\My Documents\\Sales Report.doc",
    )];
    let report = analyze(&ppt(&stream(&[], &document)));
    assert_eq!(report.verdict(), Verdict::Clean);
    assert_eq!(only(&report).kind, Kind::Execute);
}

#[test]
fn an_animation_activates_an_object() {
    // TimeCommandBehaviorContainer in the tag data of PowerPoint 10: type 2 is a verb.
    let command = |kind: u8| atom(0, 0xf13b, &[3, 0, 0, 0, kind, 0, 0, 0]);
    let timing = |kind| container(0, 0xf132, &[command(kind)]);
    let tag = |kind| atom(0, 0x138b, &container(1, 0xf144, &[timing(kind)]));
    let report = analyze(&ppt(&stream(&[], &[tag(2)])));
    assert_eq!(
        (only(&report).carrier, only(&report).trigger),
        (Carrier::Action, Trigger::Open)
    );
    assert_eq!(report.verdict(), Verdict::Clean);
    let report = analyze(&ppt(&stream(&[], &[tag(1)])));
    assert!(report.findings().is_empty());
}

#[test]
fn linked_media_and_objects() {
    let film = container(
        0,
        0x1006,
        &[container(
            0,
            0x1005,
            &[
                atom(0, 0x1004, &[0; 8]),
                string(0, "\\\\films.example\\s\\tour.avi"),
            ],
        )],
    );
    let report = analyze(&ppt(&stream(&[film], &[])));
    let finding = only(&report);
    assert_eq!(
        (finding.carrier, finding.trigger),
        (Carrier::IncludePicture, Trigger::Open)
    );
    assert_eq!(target(finding), "\\\\films.example\\s\\tour.avi");

    let linked = |mode: u8, path: &str| {
        container(
            0,
            4046,
            &[
                atom(0, 4049, &[0, 0, 0, 0, mode, 0, 0, 0, 0, 0, 0, 0]),
                atom(1, 4035, &[0; 24]),
                string(1, "Worksheet"),
                string(2, "Excel.Sheet.8"),
                string(3, path),
            ],
        )
    };
    for (mode, trigger) in [(1, Trigger::Open), (3, Trigger::Update)] {
        let report = analyze(&ppt(&stream(
            &[linked(mode, "http://x.example/a.xls")],
            &[],
        )));
        let finding = only(&report);
        assert_eq!(
            (finding.carrier, finding.trigger),
            (Carrier::OleLink, trigger)
        );
        assert_eq!(report.verdict(), Verdict::Suspicious);
    }
    // The names of an object are no place: where it leads stands in its storage.
    let report = analyze(&ppt(&stream(
        &[linked(1, "Microsoft Excel Worksheet")],
        &[],
    )));
    assert!(report.findings().is_empty());
}

#[test]
fn objects_are_documents_of_their_own() {
    let plain = atom(0, 4113, &payload());
    let packed = compressed(&payload());
    // The record says the opposite of what it is.
    let mut lying = packed.clone();
    lying[0] = 0;
    // PowerPoint does not end the streams of macros.
    let mut coder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    coder.write_all(&payload()).unwrap();
    coder.flush().unwrap();
    let mut body = (payload().len() as u32).to_le_bytes().to_vec();
    body.extend(coder.get_ref());
    let open = atom(1, 4113, &body);
    for object in [plain, packed, lying, open] {
        let bytes = [stream(&[], &[]), object].concat();
        let report = analyze(&ppt(&bytes));
        assert_eq!(report.verdict(), Verdict::Malicious);
        assert!(report.complete(), "{:?}", report.gaps());
        let way: Vec<&str> = only(&report).location.path().collect();
        let expected = [
            "PowerPoint Document",
            "object 1",
            "Package",
            "word/document.xml",
        ];
        assert_eq!(way, expected);
    }
    // Bytes are missing that should be there.
    body.truncate(body.len() - 40);
    let report = analyze(&ppt(&[stream(&[], &[]), atom(1, 4113, &body)].concat()));
    assert!(
        report.gaps().iter().any(|gap| gap.kind == GapKind::Damaged),
        "{report:#?}"
    );
    // State of another program.
    let chart = compound(&[("\u{1}CompObj", b"x"), ("CONTENTS", b"state")]);
    let report = analyze(&ppt(&[stream(&[], &[]), compressed(&chart)].concat()));
    assert_eq!(report.verdict(), Verdict::Clean);
    let opaque = report
        .skipped()
        .iter()
        .any(|skipped| skipped.reason == SkipReason::OleObject);
    assert!(opaque, "{:?}", report.skipped());
    // Bytes that are no storage at all.
    let broken = atom(1, 4113, b"\x10\x00\x00\x00\x78\x9cnothing");
    let report = analyze(&ppt(&[stream(&[], &[]), broken].concat()));
    assert_eq!(report.verdict(), Verdict::Incomplete);
}

/// An animation activates objects: a program in one needs no click then.
#[test]
fn an_activated_program() {
    let command = atom(0, 0xf13b, &[3, 0, 0, 0, 2, 0, 0, 0]);
    let package = compressed(&program("slides.vbs"));
    for (slide, verdict) in [
        (vec![], Verdict::Suspicious),
        (vec![command], Verdict::Malicious),
    ] {
        let report = analyze(&ppt(&[stream(&[], &slide), package.clone()].concat()));
        assert_eq!(report.verdict(), verdict);
    }
}

#[test]
fn an_object_in_scattered_sectors() {
    // Mini sectors of two streams that grow in turns lie between each other.
    let bytes = [stream(&[], &[]), compressed(&payload())].concat();
    assert!(bytes.len() < 4096, "{}", bytes.len());
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    let names = ["/PowerPoint Document", "/Pictures"];
    for name in names {
        file.create_stream(name).unwrap();
    }
    for piece in bytes.chunks(64) {
        for name in names {
            use std::io::{Seek, SeekFrom};
            let mut stream = file.open_stream(name).unwrap();
            stream.seek(SeekFrom::End(0)).unwrap();
            stream.write_all(piece).unwrap();
        }
    }
    let report = analyze(&file.into_inner().into_inner());
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    assert!(report.complete(), "{:?}", report.gaps());
}

#[test]
fn encrypted_and_older_presentations_are_named() {
    let main = stream(&[], &[]);
    let encrypted = compound(&[
        ("PowerPoint Document", &[0x5a; 4000]),
        ("Current User", &current_user(true)),
    ]);
    let old = compound(&[("PP40", &main), ("Current User", &current_user(false))]);
    let both = compound(&[("PP40", &main), ("PowerPoint Document", &main)]);
    for (document, kind, detail) in [
        (encrypted, GapKind::Encrypted, "RC4 CryptoAPI"),
        (
            old,
            GapKind::Unsupported,
            "PowerPoint 4 or 95 presentation (.ppt)",
        ),
        (
            both,
            GapKind::Unsupported,
            "PowerPoint 4 or 95 presentation (.ppt)",
        ),
    ] {
        let report = analyze(&document);
        assert_eq!(report.document().format, Format::Ppt);
        assert_eq!(report.verdict(), Verdict::Incomplete);
        let [gap] = report.gaps() else {
            panic!("{:?}", report.gaps())
        };
        assert_eq!((gap.kind, gap.detail.as_str()), (kind, detail));
    }
}

/// The edit names an encryption, whatever the token says ([MS-PPT] 2.3.3).
#[test]
fn an_edit_that_names_an_encryption() {
    let mut edit = vec![0; 32];
    edit[28] = 9;
    let main = stream(&[], &[]);
    let bytes = [main.clone(), atom(0, 0x0ff5, &edit)].concat();
    let mut user = current_user(false);
    user[16..20].copy_from_slice(&(main.len() as u32).to_le_bytes());
    let document = compound(&[("PowerPoint Document", &bytes), ("Current User", &user)]);
    let report = analyze(&document);
    assert_eq!(report.gaps()[0].kind, GapKind::Encrypted);
}

/// [MS-OLEPS] 2.25.1: PIDSI_AUTHOR and PIDSI_APPNAME.
#[test]
fn properties_are_told() {
    let summary = super::support::word::doc::summary(&[(4, "A. Example"), (18, "PowerPoint")]);
    let report = analyze(&compound(&[
        ("Current User", &current_user(false)),
        ("PowerPoint Document", &stream(&[], &[])),
        ("\u{5}SummaryInformation", &summary),
    ]));
    assert_eq!(report.document().format, Format::Ppt);
    let properties = &report.document().properties;
    assert_eq!(properties.author.as_deref(), Some("A. Example"));
    assert_eq!(properties.application.as_deref(), Some("PowerPoint"));
    assert_eq!(report.verdict(), Verdict::Clean);
}
