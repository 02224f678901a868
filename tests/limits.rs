//! Each limit at its edge: at its value everything is read, one below a gap names it. No limit
//! lowers a verdict in silence.

mod support;

#[cfg(feature = "crypt")]
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

#[cfg(feature = "crypt")]
use ddetect::Gap;
use ddetect::{Analyzer, GapKind, Input, Kind, Limit, Limits, Options, Report, Verdict};
use support::docx::{begin, docx, end, field, instruction, paragraph, separate, simple, text};
use support::package::zip;
use support::payloads::STD;
use support::triples;

fn with(limit: Limit, value: u64, bytes: &[u8]) -> Report {
    let mut limits = Limits::default();
    if limit == Limit::DecodedBytes {
        // By itself: in a small document the other one is reached first.
        limits.expansion = u64::MAX;
    }
    limits.set(limit.key(), value).unwrap();
    Analyzer::new(Options::default().limits(limits)).analyze(bytes)
}

fn names(report: &Report, limit: Limit, value: u64) -> bool {
    let wanted = format!("limit {} of {value} reached", limit.key());
    report
        .gaps()
        .iter()
        .any(|gap| gap.kind == GapKind::Limit && gap.detail == wanted)
}

/// At `value` complete, one below a gap that names the limit.
#[track_caller]
fn edge(limit: Limit, value: u64, bytes: &[u8]) -> Report {
    let report = with(limit, value, bytes);
    assert!(
        report.complete(),
        "{} = {value}: {:#?}",
        limit.key(),
        report.gaps()
    );
    let report = with(limit, value - 1, bytes);
    assert!(
        names(&report, limit, value - 1),
        "{} = {}: {:#?}",
        limit.key(),
        value - 1,
        report.gaps()
    );
    assert!(report.verdict() >= Verdict::Incomplete);
    report
}

/// The smallest value at which everything is read, then its edge.
#[track_caller]
fn edge_somewhere(limit: Limit, bytes: &[u8]) -> (u64, Report) {
    let (mut low, mut high) = (0, Limits::default().value(limit));
    assert!(
        with(limit, high, bytes).complete(),
        "{:#?}",
        with(limit, high, bytes).gaps()
    );
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if with(limit, middle, bytes).complete() {
            high = middle
        } else {
            low = middle
        }
    }
    (high, edge(limit, high, bytes))
}

/// A harmless document with a payload in front.
fn payload_first(rest: &str) -> Vec<u8> {
    docx(&(simple(STD) + rest)).build()
}

#[test]
fn input_bytes() {
    let bytes = payload_first("");
    edge(Limit::InputBytes, bytes.len() as u64, &bytes);
}

#[test]
fn decoded_bytes_keep_what_was_found_before() {
    let padding = paragraph(&text(&"x".repeat(300_000)));
    let (value, report) = edge_somewhere(Limit::DecodedBytes, &payload_first(&padding));
    assert!(value > 300_000 && value < 700_000, "{value}");
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// What is free is a sixteenth of `decoded-bytes`; beyond that the document's own size counts.
#[test]
fn expansion() {
    let padding = paragraph(&text(&"x".repeat(300_000)));
    let bytes = payload_first(&padding);
    let (needed, _) = edge_somewhere(Limit::DecodedBytes, &bytes);
    let free = 250_000;
    let with = |expansion| {
        let limits = Limits {
            expansion,
            decoded_bytes: 16 * free,
            ..Limits::default()
        };
        Analyzer::new(Options::default().limits(limits)).analyze(&bytes)
    };
    let enough = (needed - free).div_ceil(bytes.len() as u64);
    assert!(enough > 10, "{enough}");
    assert!(with(enough).complete(), "{:#?}", with(enough).gaps());
    let report = with(enough - 1);
    assert!(
        names(&report, Limit::Expansion, enough - 1),
        "{:#?}",
        report.gaps()
    );
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn part_bytes() {
    let padding = paragraph(&text(&"x".repeat(300_000)));
    let package = docx(&(simple(STD) + &padding));
    let longest = package
        .parts()
        .iter()
        .map(|(_, bytes)| bytes.len())
        .max()
        .unwrap();
    let report = edge(Limit::PartBytes, longest as u64, &package.build());
    assert_eq!(triples(&report).len(), 1);
    let gap = report
        .gaps()
        .iter()
        .find(|gap| gap.kind == GapKind::Limit)
        .unwrap();
    assert_eq!(gap.location.path().last(), Some("word/document.xml"));
}

#[test]
fn a_part_over_its_limit_does_not_hide_the_next_one() {
    let padding = paragraph(&text(&"x".repeat(300_000)));
    let bytes = docx(&padding)
        .part("word/footnotes.xml", support::docx::document(&simple(STD)))
        .build();
    let report = with(Limit::PartBytes, 100_000, &bytes);
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
}

#[test]
fn live_bytes() {
    // Noise does not deflate, so the inner archive is as large in memory as its document.
    let noise: Vec<u8> = (0u32..60_000)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let inner = docx(&simple(STD)).part("media/noise.bin", noise).build();
    let bytes = zip(&[("a.docx", &inner)]);
    let (value, _) = edge_somewhere(Limit::LiveBytes, &bytes);
    assert!(value >= inner.len() as u64, "{value} for {}", inner.len());
}

#[test]
fn parts() {
    let names: Vec<String> = (0..50).map(|n| format!("word/x{n}.xml")).collect();
    let package = names
        .iter()
        .fold(docx(&simple(STD)), |p, name| p.part(name, "<x/>"));
    let (value, report) = edge_somewhere(Limit::Parts, &package.build());
    assert!((53..120).contains(&value), "{value}");
    assert_eq!(
        triples(&report).len(),
        1,
        "the main part is read before the others"
    );
}

#[test]
fn nesting() {
    let inner = docx(&simple(STD)).build();
    let bytes = zip(&[("b.zip", &zip(&[("a.docx", &inner)]))]);
    let report = edge(Limit::Nesting, 2, &bytes);
    assert!(triples(&report).is_empty());
    assert_eq!(
        report.gaps()[0].location.path().collect::<Vec<_>>(),
        ["b.zip", "a.docx"]
    );
}

#[test]
fn xml_depth() {
    // document, body, and 40 more.
    let nested = "<w:sdt>".repeat(40) + &"</w:sdt>".repeat(40);
    let report = edge(Limit::XmlDepth, 42, &payload_first(&nested));
    assert_eq!(triples(&report).len(), 1);
}

#[test]
fn tag_bytes() {
    let long = format!("<w:p w:rsid=\"{}\"/>", "0".repeat(5_000));
    let (value, report) = edge_somewhere(Limit::TagBytes, &payload_first(&long));
    assert!((5_000..5_050).contains(&value), "{value}");
    assert_eq!(triples(&report).len(), 1);
    // What stands behind the long tag is read.
    let report = with(
        Limit::TagBytes,
        2_000,
        &docx(&(long + &simple(STD))).build(),
    );
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
}

#[test]
fn open_fields() {
    let nested = (begin() + &instruction("IF ")).repeat(20) + &end().repeat(20);
    let report = edge(Limit::OpenFields, 20, &payload_first(&paragraph(&nested)));
    assert_eq!(triples(&report).len(), 1);
}

#[test]
fn a_hundred_nested_fields_are_read_with_the_defaults() {
    let nested = (begin() + &instruction("IF ")).repeat(100)
        + &field(&instruction(STD))
        + &end().repeat(100);
    let report = support::analyze(&docx(&paragraph(&nested)).build());
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    assert!(report.complete());
}

#[test]
fn fields() {
    let pages = paragraph(&field(&instruction(" PAGE "))).repeat(29);
    let report = edge(Limit::Fields, 30, &payload_first(&pages));
    assert_eq!(triples(&report).len(), 1);
}

#[test]
fn instruction_bytes() {
    let long = format!("{STD} {}", "x".repeat(3_000));
    let (value, report) = edge_somewhere(Limit::InstructionBytes, &docx(&simple(&long)).build());
    assert!((3_000..3_300).contains(&value), "{value}");
    // Too long an argument hides nothing: the keyword and the program stand in front of it.
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(triples(&report)[0].0, support::payloads::STD_SERVICE);
}

#[test]
fn variants() {
    // Deleted text, edges of white space and single backslashes: several readings each.
    let runs = instruction("DDEAUTO ")
        + "<w:del><w:r><w:delInstrText xml:space=\"preserve\">zzz </w:delInstrText></w:r></w:del>"
        + &support::docx::trimmed("\"c:\\windows ")
        + &support::docx::trimmed(" \\cmd.exe\" /c\\calc");
    let report = edge_somewhere(Limit::Variants, &docx(&paragraph(&field(&runs))).build()).1;
    assert_eq!(triples(&report).len(), 1);
}

/// A field whose arguments are character codes.
fn coded() -> Vec<u8> {
    let quote = begin()
        + &instruction(&format!("QUOTE{}", " 120".repeat(400)))
        + &separate()
        + &instruction("?")
        + &end();
    docx(&paragraph(&field(&(instruction("DDEAUTO cmd ") + &quote)))).build()
}

#[test]
fn evaluator_steps() {
    let (_, report) = edge_somewhere(Limit::EvaluatorSteps, &coded());
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// A field that repeats a long text: it gives more than it has itself, which a field may always.
fn repeated() -> Vec<u8> {
    let long = simple(&format!(r#"SET a "{}""#, "x".repeat(1_000)));
    let all = simple("REF a").repeat(20);
    docx(&(long + &paragraph(&field(&(instruction("DDEAUTO cmd ") + &all))))).build()
}

#[test]
fn evaluator_bytes() {
    let (value, report) = edge_somewhere(Limit::EvaluatorBytes, &repeated());
    assert!(value >= 10_000, "{value}");
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

/// A command in two layers of disguise; without the room to undo them it is still a command.
#[test]
fn command_bytes() {
    // "calc.exe" in base64 of UTF-16.
    let command = r#"DDEAUTO cmd "/c p^owershe^ll -enc YwBhAGwAYwAuAGUAeABlAA==""#;
    let bytes = docx(&simple(command)).build();
    let (value, short) = edge_somewhere(Limit::CommandBytes, &bytes);
    assert!(value >= 50, "{value}");
    let innermost = |report: &Report| {
        let command = report.findings()[0].command.clone().unwrap();
        let mut stages = command.stages;
        let mut image = command.image;
        while let Some(stage) = stages.pop() {
            (image, stages) = (stage.image, stage.stages);
        }
        image
    };
    let enough = with(Limit::CommandBytes, value, &bytes);
    assert_eq!(innermost(&enough).as_deref(), Some("calc.exe"));
    assert_ne!(innermost(&short).as_deref(), Some("calc.exe"));
    assert_eq!(short.verdict(), Verdict::Malicious);
}

#[test]
fn findings_are_judged_before_any_is_dropped() {
    let harmless: String = (0..30)
        .map(|n| simple(&format!(r#"DDE Excel "C:\\data\\book{n}.xls" R1C1"#)))
        .collect();
    let bytes = docx(&(harmless.clone() + &simple(STD) + &harmless)).build();
    let report = with(Limit::Findings, 5, &bytes);
    assert_eq!(report.findings().len(), 5);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(
        triples(&report)
            .iter()
            .filter(|t| t.0.ends_with("cmd.exe"))
            .count(),
        1
    );
    assert_eq!(report.omitted().iter().map(|o| o.count).sum::<u64>(), 56);
    assert!(report.omitted().iter().all(|o| o.kind == Kind::Dde));
    assert!(report.complete(), "nothing was left unread");
    // Even the worst one counts when it does not fit.
    assert_eq!(
        with(Limit::Findings, 0, &bytes).verdict(),
        Verdict::Malicious
    );
}

#[test]
fn the_stop_flag_ends_an_analysis_and_says_so() {
    let flag = Arc::new(AtomicBool::new(true));
    let bytes = payload_first("");
    let report = Analyzer::default().analyze(Input::new(&bytes).stop_flag(flag));
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert!(
        report
            .gaps()
            .iter()
            .any(|gap| gap.detail == "stopped by the caller"),
        "{report:#?}"
    );
}

/// The first password opens it, after the rounds that each costs.
#[test]
#[cfg(feature = "crypt")]
fn derivation_rounds_of_a_workbook() {
    use support::ciphers::{DEFAULT, Scheme, workbook};
    use support::excel::biff8::{WORKED, WORKED_CELL, container, stream};
    let stream = workbook(&stream(WORKED, WORKED_CELL), Scheme::Rc4, DEFAULT);
    let bytes = container(&[("Workbook", stream)]);
    edge(Limit::DerivationRounds, 8, &bytes);
}

#[test]
#[cfg(feature = "mail")]
fn mime_parts() {
    let part = "--x\r\nContent-Type: text/html\r\n\r\n<p>y</p>\r\n";
    let page = format!(
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n{}--x--\r\n",
        part.repeat(2)
    );
    // The message itself, its two parts, and what may stand behind the last boundary.
    edge(Limit::MimeParts, 4, page.as_bytes());
}

/// A workbook that Office opens without asking: one password, 100,000 rounds.
#[test]
#[cfg(feature = "crypt")]
fn derivation_rounds_of_a_package() {
    let path = "corpus/benign/encrypted-msoffcrypto-default-sum.xlsx";
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let report = edge(Limit::DerivationRounds, 100_000, &bytes);
    assert_eq!(report.verdict(), Verdict::Incomplete);
    let closed = |gap: &Gap| gap.kind == GapKind::Encrypted && gap.detail == "ECMA-376 agile";
    assert!(report.gaps().iter().any(closed), "{report:#?}");
}

#[test]
fn every_limit_may_be_none_or_one() {
    let nested =
        (begin() + &instruction("IF ")).repeat(5) + &field(&instruction(STD)) + &end().repeat(5);
    let inner = docx(&paragraph(&nested)).build();
    let bytes = docx(&(simple(STD) + &paragraph(&text("x"))))
        .part("word/embeddings/a.docx", inner)
        .build();
    for limit in Limit::ALL {
        for value in [0, 1] {
            let report = with(*limit, value, &bytes);
            assert!(
                report.verdict() > Verdict::Clean,
                "{} = {value}: {report:#?}",
                limit.key()
            );
        }
    }
}

#[cfg(feature = "crypt")]
#[test]
fn derivation_rounds_of_an_archive() {
    // Two passwords are refused by a thousand rounds each; the third takes four thousand.
    let bytes = support::zip_aes::zip_with_aes(&[("q.docx", &payload_first(""))], "infected");
    edge(Limit::DerivationRounds, 6_000, &bytes);
}

#[test]
fn every_limit_has_its_edge_here() {
    let source = include_str!("limits.rs");
    for limit in Limit::ALL {
        assert!(
            source.contains(&format!("Limit::{limit:?},")),
            "{limit:?} has no edge"
        );
    }
}
