//! Hostile documents: no panic, no hang, bounded memory, and nothing found is lost.
//!
//! In release builds the documents have their full size and the time and the memory are checked;
//! debug builds use a twentieth.

mod archives;
mod cfb;
mod commands;
mod copies;
mod encrypted;
mod excel;
mod messages;
mod packages;
#[path = "../support/mod.rs"]
mod support;
mod word;
mod wrappers;

use std::io::Write;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use ddetect::{Analyzer, GapKind, Input, Limit, Report, Verdict};
use support::docx::{begin, document, docx, field, instruction, paragraph, simple};
use support::package::{Package, rels, zip};
use support::payloads::STD;
use support::{analyze, noise, triples};

/// 200 MB, or a twentieth of it.
const LARGE: usize = if cfg!(debug_assertions) {
    10_000_000
} else {
    200_000_000
};

/// The main part of a document: `piece` as often as `bytes` take, then a payload.
fn main_part(before: &str, piece: &str, bytes: usize, after: &str) -> Vec<u8> {
    let xml = document("@");
    let (head, tail) = xml.split_once('@').unwrap();
    let mut part = Vec::with_capacity(bytes + 4096);
    part.extend_from_slice(head.as_bytes());
    part.extend_from_slice(before.as_bytes());
    while part.len() < bytes {
        part.extend_from_slice(piece.as_bytes());
    }
    part.extend_from_slice(after.as_bytes());
    part.extend_from_slice(simple(STD).as_bytes());
    part.extend_from_slice(tail.as_bytes());
    part
}

/// The document around that main part.
fn around(part: Vec<u8>) -> Vec<u8> {
    docx("").part("word/document.xml", part).build()
}

/// The same with a picture of five megabytes beside it: a document of that size may hold parts
/// that a small one may not (limit `expansion`).
fn around_and_picture(part: Vec<u8>) -> Vec<u8> {
    docx("")
        .part("word/document.xml", part)
        .part("word/media/image1.jpeg", noise(5_000_000))
        .build()
}

/// Peak resident memory of this process, in bytes; 0 where it cannot be read.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

/// Starts the count of peak memory anew.
fn reset_peak() -> bool {
    std::fs::OpenOptions::new()
        .write(true)
        .open("/proc/self/clear_refs")
        .and_then(|mut file| file.write_all(b"5"))
        .is_ok()
}

/// Time that this thread has spent on a processor: what others do on the machine does not count.
fn spent() -> Duration {
    let nanoseconds = std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|line| {
            let first = line.split_whitespace().next()?;
            first.parse().ok()
        });
    match nanoseconds {
        Some(nanoseconds) => Duration::from_nanos(nanoseconds),
        None => STARTED.elapsed(),
    }
}

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The most that one of the documents here may take, in release builds.
const PATIENCE: Duration = Duration::from_secs(3);

/// Analyses within three seconds and input + 64 MiB.
#[track_caller]
fn bounded(bytes: &[u8]) -> Report {
    within(PATIENCE, bytes)
}

/// Analyses within that time, in release builds, and input + 64 MiB.
#[track_caller]
fn within(patience: Duration, bytes: &[u8]) -> Report {
    let mut took = Duration::MAX;
    let mut report = None;
    // A slow machine gets two more tries; a slow analyser fails them all.
    for _ in 0..3 {
        let started = spent();
        report = Some(bounded_memory(bytes));
        took = took.min(spent().saturating_sub(started));
        if cfg!(debug_assertions) || took < patience {
            break;
        }
    }
    println!("{} bytes: {took:?}", bytes.len());
    assert!(cfg!(debug_assertions) || took < patience, "{took:?}");
    report.unwrap()
}

/// Analyses within input + 64 MiB.
#[track_caller]
fn bounded_memory(bytes: &[u8]) -> Report {
    let measured = reset_peak();
    let before = peak();
    let report = analyze(bytes);
    let grew = peak().saturating_sub(before);
    println!("{} bytes: {} KiB over them", bytes.len(), grew / 1024);
    assert!(
        !measured || grew <= 64 << 20,
        "{} MiB over the input",
        grew >> 20
    );
    report
}

/// Where a process of its own finds the document that it analyses.
const DOCUMENT: &str = "DDETECT_HOSTILE_DOCUMENT";

/// What a process of its own, which holds nothing but the document, needs over its bytes. Memory
/// that this process has and no longer uses would hide what an analysis takes.
#[track_caller]
fn lean(bytes: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-document");
    std::fs::write(&path, bytes).unwrap();
    let test = std::env::current_exe().unwrap();
    let output = std::process::Command::new(test)
        .args(["--exact", "in_a_process_of_its_own", "--nocapture"])
        .env(DOCUMENT, &path)
        .output()
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    print!(
        "{}",
        text.lines()
            .find(|line| line.contains("over them"))
            .unwrap_or_default()
    );
    println!();
    assert!(output.status.success(), "{text}");
}

/// Not a test by itself: the other end of [`lean`].
#[test]
fn in_a_process_of_its_own() {
    if let Some(path) = std::env::var_os(DOCUMENT) {
        bounded_memory(&std::fs::read(path).unwrap());
    }
}

/// The tests here measure the memory of the process, so they take turns, from the moment they
/// build their documents: what another test allocates meanwhile would count.
static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());

fn turn() -> std::sync::MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn names(report: &Report, limit: Limit) -> bool {
    report
        .gaps()
        .iter()
        .any(|gap| gap.detail.contains(limit.key()))
}

#[test]
fn large_parts_of_three_shapes() {
    let _turn = turn();
    let runs = around_and_picture(main_part(
        "",
        "<w:p><w:r><w:t>lorem ipsum</w:t></w:r></w:p>",
        LARGE,
        "",
    ));
    let report = bounded(&runs);
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    assert!(report.complete());
    drop(runs);

    let node = around_and_picture(main_part(
        "<w:p><w:r><w:t>",
        "lorem ipsum ",
        LARGE,
        "</w:t></w:r></w:p>",
    ));
    let report = bounded(&node);
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    drop(node);

    let attribute = around_and_picture(main_part("<w:p w:x=\"", "lorem ipsum ", LARGE, "\"/>"));
    let report = bounded(&attribute);
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    assert!(names(&report, Limit::TagBytes), "{report:#?}");
}

#[test]
fn a_large_instruction() {
    let _turn = turn();
    let open = begin() + "<w:r><w:instrText xml:space=\"preserve\">DDEAUTO cmd ";
    let bytes = around(main_part(
        &open,
        "lorem ipsum ",
        LARGE,
        "</w:instrText></w:r>",
    ));
    let report = bounded(&bytes);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(names(&report, Limit::InstructionBytes), "{report:#?}");
}

/// A deflated run of zeros, `gigabytes` long, as a member.
fn padding(megabytes: usize) -> Vec<u8> {
    use zip::write::{SimpleFileOptions, ZipWriter};
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true);
    let block = vec![b' '; 1 << 20];
    for number in 0..4 {
        writer
            .start_file(format!("pad{number}.bin"), options)
            .unwrap();
        for _ in 0..megabytes / 4 {
            writer.write_all(&block).unwrap();
        }
    }
    for (name, part) in docx(&simple(STD)).parts() {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(part).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn behind_two_gigabytes_of_padding() {
    let _turn = turn();
    // Parts that relationships lead to are read first: padding cannot starve them.
    let (megabytes, at_most) = if cfg!(debug_assertions) {
        (100, Limit::Expansion)
    } else {
        (2_000, Limit::PartBytes)
    };
    let report = bounded(&padding(megabytes));
    assert_eq!(triples(&report).len(), 1, "{report:#?}");

    // Padding in the main part itself, in front of the payload: never clean.
    for (megabytes, limit) in [(100, Limit::Expansion), (megabytes, at_most)] {
        let report = bounded_memory(&padded_main_part(megabytes));
        assert_eq!(report.verdict(), Verdict::Incomplete, "{report:#?}");
        assert!(names(&report, limit), "{:#?}", report.gaps());
    }
    // As much as a small document may have.
    let report = bounded(&padded_main_part(60));
    assert_eq!(triples(&report).len(), 1, "{:#?}", report.gaps());
}

/// A document whose main part holds so many megabytes of small runs before the payload.
fn padded_main_part(megabytes: usize) -> Vec<u8> {
    use zip::write::{SimpleFileOptions, ZipWriter};
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true);
    let block = "<w:p><w:r><w:t>lorem ipsum</w:t></w:r></w:p>".repeat(24_000);
    let package = docx("");
    for (name, part) in package
        .parts()
        .iter()
        .filter(|(name, _)| name != "word/document.xml")
    {
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(part).unwrap();
    }
    let xml = document("@");
    let (head, tail) = xml.split_once('@').unwrap();
    writer.start_file("word/document.xml", options).unwrap();
    writer.write_all(head.as_bytes()).unwrap();
    for _ in 0..megabytes {
        writer.write_all(block.as_bytes()).unwrap();
    }
    writer.write_all((simple(STD) + tail).as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_hundred_thousand_entries() {
    let _turn = turn();
    let count = if cfg!(debug_assertions) {
        5_000
    } else {
        100_000
    };
    let names_: Vec<String> = (0..count).map(|n| format!("x/{n}.xml")).collect();
    let mut parts: Vec<(&str, &[u8])> = names_
        .iter()
        .map(|n| (n.as_str(), b"<x/>".as_slice()))
        .collect();
    let package = docx(&simple(STD));
    parts.extend(
        package
            .parts()
            .iter()
            .map(|(n, b)| (n.as_str(), b.as_slice())),
    );
    let report = bounded(&zip(&parts));
    assert_eq!(triples(&report).len(), 1, "{:#?}", report.gaps());
    if !cfg!(debug_assertions) {
        assert!(names(&report, Limit::Parts), "{:#?}", report.gaps());
    }
}

#[test]
fn field_storms() {
    let _turn = turn();
    for piece in [
        begin(),
        support::docx::end(),
        support::docx::separate(),
        begin() + &support::docx::end(),
        begin() + &instruction("PAGE") + &support::docx::end(),
        field(&instruction(r#"HYPERLINK "http://example.invalid/""#)),
        begin() + &instruction("DDEAUTO") ,
        "<w:p><w:txbxContent>".to_owned(),
        "<mc:AlternateContent xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\">\
         <mc:Choice Requires=\"w\">"
            .to_owned(),
    ] {
        let bytes = around(main_part("<w:p>", &piece, LARGE / 20, "</w:p>"));
        let report = bounded(&bytes);
        assert!(report.verdict() > Verdict::Clean, "{piece}: the payload at the end, or a gap");
    }
}

#[test]
fn formula_storms() {
    let _turn = turn();
    let size = LARGE / 20;
    for piece in [
        "|", "=|", "'", "\"", "[1]!", "{", "(", "a|b!", "a|'b'!c+", "DDE(", "[", "_x0041_",
    ] {
        let formula = piece.repeat(size / piece.len());
        let bytes = support::xlsx::Workbook::new()
            .formula("A1", &formula)
            .formula("A2", "cmd|'/c calc'!A0")
            .build();
        let report = bounded(&bytes);
        assert_eq!(
            report.verdict(),
            Verdict::Malicious,
            "{piece}: {:#?}",
            report.gaps()
        );
    }
}

#[test]
fn broken_input_of_every_kind() {
    let _turn = turn();
    let whole = docx(&simple(STD)).build();
    // Cut anywhere: no panic, and never clean once there is a whole local header.
    for end in 0..whole.len() {
        let report = analyze(&whole[..end]);
        if end >= 60 {
            assert!(
                report.verdict() > Verdict::Clean,
                "cut at {end}: {report:#?}"
            );
        }
    }
    // One byte changed anywhere: no panic; and unless the change is in the coded bytes of the main
    // part, the payload is found. A lie about the length of the extra field moves those bytes:
    // not followed yet, but never called clean.
    let name = b"word/document.xml";
    let name_at = whole.windows(name.len()).position(|w| w == name).unwrap();
    let central = whole.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let (extra_length, coded) = (name_at - 2..name_at, name_at + name.len()..central);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let report = analyze(&bytes);
        if extra_length.contains(&at) {
            assert!(
                report.verdict() > Verdict::Clean,
                "changed at {at}: {report:#?}"
            );
        } else if !coded.contains(&at) {
            assert!(!triples(&report).is_empty(), "changed at {at}: {report:#?}");
        }
    }
}

#[test]
fn relationships_in_circles() {
    let _turn = turn();
    let bytes = docx(&simple(STD))
        .part(
            "word/_rels/document.xml.rels",
            rels(&[
                ("a", "aFChunk", "document.xml", false),
                ("b", "subDocument", "../word/document.xml", false),
                ("c", "officeDocument", "_rels/document.xml.rels", false),
                ("d", "header", "../../../../word/document.xml", false),
            ]),
        )
        .part(
            "word/_rels/_rels/document.xml.rels.rels",
            rels(&[("a", "x", "document.xml.rels", false)]),
        )
        .build();
    let report = analyze(&bytes);
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
}

#[test]
fn a_zip_that_holds_itself_many_times() {
    let _turn = turn();
    let mut bytes = docx(&simple(STD)).build();
    for depth in 0..14 {
        let name = format!("{depth}.zip");
        bytes = zip(&[(&name, &bytes)]);
    }
    let report = analyze(&bytes);
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert!(names(&report, Limit::Nesting), "{report:#?}");
}

#[test]
fn a_wrong_name_changes_nothing() {
    let _turn = turn();
    let bytes = docx(&simple(STD)).build();
    for name in [
        "a.png",
        "a.txt",
        "a.xlsx",
        "a",
        "",
        "../../etc/passwd",
        "a\u{202e}gpj.docx",
    ] {
        let report = Analyzer::default().analyze(Input::new(&bytes).name(name));
        assert_eq!(report.verdict(), Verdict::Malicious, "{name}");
    }
}

#[test]
fn a_finding_survives_what_stands_behind_it() {
    let _turn = turn();
    for tail in [
        "<",
        "<w:",
        "&",
        "</w:document>",
        "<!--",
        "<![CDATA[",
        "<?x",
        "\u{0}",
        "<!DOCTYPE x [",
        "]]>",
    ] {
        let xml = document(&simple(STD));
        let (head, _) = xml.split_once("</w:body>").unwrap();
        let part = format!("{head}{tail}");
        let report = analyze(&docx("").part("word/document.xml", part).build());
        assert_eq!(triples(&report).len(), 1, "{tail}: {report:#?}");
        assert_eq!(report.verdict(), Verdict::Malicious, "{tail}");
    }
}

#[test]
fn an_encrypted_or_unreadable_member_does_not_hide_the_others() {
    let _turn = turn();
    let package: Package = docx(&simple(STD));
    let mut archive = package.build();
    archive.extend(support::package::zip_with_password(
        &[("x.docx", b"PK\x03\x04 secret")],
        "s",
    ));
    let report = analyze(&archive);
    assert!(!triples(&report).is_empty(), "{report:#?}");
    assert!(
        report
            .gaps()
            .iter()
            .any(|gap| gap.kind == GapKind::Encrypted),
        "{report:#?}"
    );
}

#[test]
fn documents_are_shared_between_threads() {
    let _turn = turn();
    let analyzer = Analyzer::default();
    let bytes = docx(&paragraph(&field(&instruction(STD)))).build();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(analyzer.analyze(&bytes).verdict(), Verdict::Malicious);
                }
            });
        }
    });
}
