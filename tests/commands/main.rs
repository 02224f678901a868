//! Command lines as they are published, and what they must resolve to: the programs in their
//! order, their arguments, the clear text, the indicators. And text that is no command.

#[path = "../support/mod.rs"]
mod support;

mod harmless;
mod services;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use ddetect::{Finding, Report, Stage, Verdict};
use support::analyze;
use support::docx::{docx, simple};
use support::xlsx::Workbook;
use table::{Row, rows};

/// Rows that the analysis does not resolve yet, and why.
const KNOWN: &[(&str, &str)] = &[
    (
        "mshta-01",
        "text that `Execute` runs is followed, and shown with its quotation marks doubled",
    ),
    (
        "format-13",
        "constants behind a cast to a type are not folded",
    ),
];

/// A workbook with this one DDE link, and its report.
fn report(service: &str, topic: &str) -> Report {
    analyze(&Workbook::new().dde(service, topic, &["A1"]).build())
}

/// Programs with their arguments, and every text in clear, in the order in which they start.
#[derive(Debug, Default)]
struct Flat {
    /// Image, and its arguments in every reading.
    chain: Vec<(String, String)>,
    text: String,
}

impl Flat {
    fn of(finding: &Finding) -> Flat {
        let mut flat = Flat::default();
        if let Some(command) = &finding.command {
            let [image, arguments, script] =
                [&command.image, &command.arguments, &command.script].map(Option::as_deref);
            flat.add(image, arguments, script);
            command.stages.iter().for_each(|stage| flat.stage(stage));
        }
        flat
    }

    fn stage(&mut self, stage: &Stage) {
        let [image, arguments, script] =
            [&stage.image, &stage.arguments, &stage.script].map(Option::as_deref);
        self.add(image, arguments, script);
        stage.stages.iter().for_each(|stage| self.stage(stage));
    }

    fn add(&mut self, image: Option<&str>, arguments: Option<&str>, script: Option<&str>) {
        let read: Vec<_> = [arguments, script].into_iter().flatten().collect();
        let read = read.join("\n");
        self.text += &read;
        self.text.push('\n');
        self.chain
            .push((image.unwrap_or_default().to_owned(), read));
    }
}

/// Case, runs of white space and the kind of quotation mark do not count.
fn folded(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").to_lowercase().replace('\'', "\"")
}

/// What is not as the row says.
fn failures(row: &Row) -> Vec<String> {
    let report = report(&row.service, &row.topic);
    let [finding] = report.findings() else {
        return vec![format!("{} findings", report.findings().len())];
    };
    let flat = Flat::of(finding);
    let mut wrong = Vec::new();
    let root = flat.chain.first().map_or("", |(image, _)| image.as_str());
    if root != row.root {
        wrong.push(format!("image {root}, not {}", row.root));
    }
    let mut started = flat.chain.iter().skip(1);
    for (image, part) in &row.chain {
        let found = started.any(|(started, arguments)| {
            let held = part
                .as_ref()
                .is_none_or(|part| folded(arguments).contains(&folded(part)));
            started == image && held
        });
        if !found {
            wrong.push(format!("does not start {image} {part:?}"));
            break;
        }
    }
    let text = folded(&flat.text);
    for part in &row.text {
        if !text.contains(&folded(part)) {
            wrong.push(format!("clear text lacks {part}"));
        }
    }
    for (kind, value) in &row.indicators {
        let found = finding
            .indicators
            .iter()
            .any(|known| kind_of(known) == *kind && said(known, value));
        if !found {
            wrong.push(format!("no {kind} {value}: {:?}", finding.indicators));
        }
    }
    if report.verdict() < Verdict::Suspicious {
        wrong.push(format!("verdict {:?}", report.verdict()));
    }
    if !wrong.is_empty() {
        wrong.push(format!("{:?}", flat.chain));
        wrong.push(flat.text);
    }
    wrong
}

/// Whether an indicator has this value, as written or in its canonical form.
fn said(indicator: &ddetect::Indicator, value: &str) -> bool {
    let canonical = indicator.canonical.as_deref().unwrap_or_default();
    folded(&indicator.value) == folded(value) || folded(canonical) == folded(value)
}

/// The kind as it stands in reports.
fn kind_of(indicator: &ddetect::Indicator) -> String {
    let mut kind = String::new();
    for c in format!("{:?}", indicator.kind).chars() {
        if c.is_uppercase() && !kind.is_empty() {
            kind.push('-');
        }
        kind.push(c.to_ascii_lowercase());
    }
    kind
}

#[test]
fn the_table_is_large_and_every_row_has_its_source() {
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for row in rows() {
        *families.entry(row.family.clone()).or_default() += 1;
        let expects = row.chain.len() + row.text.len() + row.indicators.len();
        assert!(expects > 0 && !row.topic.is_empty(), "{row:?}");
        assert!(row.source.len() > 10, "{row:?}");
        assert!(ids.insert(row.id.clone()), "{} twice", row.id);
    }
    assert!(families.len() >= 12, "{families:?}");
    assert!(families.values().all(|rows| *rows >= 10), "{families:?}");
    assert!(ids.len() >= 210, "{families:?}");
    assert!(KNOWN.len() * 20 <= ids.len());
    assert!(KNOWN.iter().all(|(id, _)| ids.contains(*id)));
}

/// A field of Word is read like a link of Excel.
#[test]
fn a_field_of_word_starts_the_same() {
    let mut wrong = Vec::new();
    for row in rows() {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let (service, topic) = (quoted(&row.service), quoted(&row.topic));
        let field = simple(&format!("DDEAUTO \"{service}\" \"{topic}\""));
        let word = analyze(&docx(&field).build());
        let excel = report(&row.service, &row.topic);
        let chain = |report: &Report| {
            let findings = report.findings().iter();
            findings
                .map(|finding| Flat::of(finding).chain)
                .collect::<Vec<_>>()
        };
        if chain(&word) != chain(&excel) {
            wrong.push(format!("{}: {:?}", row.id, chain(&word)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn published_spellings_resolve() {
    let mut families: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut failed = Vec::new();
    let only = std::env::var("DDETECT_ROW").ok();
    for row in rows() {
        if only.as_ref().is_some_and(|only| !row.id.contains(only)) {
            continue;
        }
        let wrong = failures(&row);
        let (passed, total) = families.entry(row.family.clone()).or_default();
        *total += 1;
        let known = KNOWN.iter().find(|(id, _)| *id == row.id);
        match (wrong.is_empty(), known) {
            (true, None) => *passed += 1,
            (true, Some(_)) => failed.push(format!("{}: is known to fail, and passes", row.id)),
            (false, Some((id, why))) => println!("{id}: known: {why}"),
            (false, None) => failed.push(format!("{}\n    {}", row.id, wrong.join("\n    "))),
        }
    }
    let (mut all, mut rows) = (0, 0);
    for (family, (passed, total)) in &families {
        println!("{family}: {passed}/{total}");
        all += passed;
        rows += total;
    }
    println!("all: {all}/{rows}");
    assert!(
        failed.is_empty(),
        "{} rows:\n{}",
        failed.len(),
        failed.join("\n")
    );
}
