//! How fast each kind of Word document is read: the same long letter, and the same storm of fields;
//! and how fast each kind of spreadsheet.
//!
//! `cargo bench --bench carriers`; see `benches/README.md`.

#[path = "../tests/support/mod.rs"]
mod support;

#[path = "carriers/excel.rs"]
mod excel;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use ddetect::{Analyzer, Kind, Trigger};
use support::word::carriers;
use support::word::payload::{Disguise, Expected, Payload, Piece, f, t};

/// Times each document is analysed; the quickest counts.
const ROUNDS: usize = 3;

fn main() {
    // `cargo bench` gives this flag and `cargo test` does not: a test run must not measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    if std::env::args().any(|argument| argument == "excel") {
        return excel::run();
    }
    let analyzer = Analyzer::default();
    println!(
        "carrier                              letter: file bytes, text MB/s   fields: file bytes, fields/s"
    );
    let letter = payload(letter());
    let storm = payload(storm());
    let mut seen = BTreeSet::new();
    // The first carrier of each reader: the others differ in where the story stands.
    for carrier in carriers::ALL.iter().filter(|c| seen.insert(c.reader)) {
        let (Ok(letter), Ok(storm)) = ((carrier.write)(&letter), (carrier.write)(&storm)) else {
            continue;
        };
        let quickest = quickest(&analyzer, &letter).as_secs_f64();
        let text = (PARAGRAPHS * SENTENCE.len()) as f64 / 1e6;
        let fields = self::quickest(&analyzer, &storm).as_secs_f64();
        println!(
            "{:<36} {:>12} {:>10.0} {:>18} {:>14.0}",
            carrier.name,
            letter.len(),
            text / quickest,
            storm.len(),
            FIELDS as f64 / fields
        );
    }
    excel::run();
}

fn quickest(analyzer: &Analyzer, document: &[u8]) -> Duration {
    let rounds = (0..ROUNDS).map(|_| {
        let started = Instant::now();
        black_box(analyzer.analyze(black_box(document)));
        started.elapsed()
    });
    rounds.min().unwrap_or(Duration::ZERO)
}

const PARAGRAPHS: usize = 20_000;
const FIELDS: usize = 100_000;
const SENTENCE: &str = "The parties agree that the price of the goods, as it stands in the annex, \
                        is due within thirty days after the goods were handed over. ";

/// Text, with a page number or a link now and then.
fn letter() -> Vec<Piece> {
    let mut story = Vec::new();
    for number in 0..PARAGRAPHS {
        story.push(t(SENTENCE));
        if number % 20 == 0 {
            story.push(f(" PAGE "));
            story.push(f(r#" HYPERLINK "https://example.com/terms" "#));
        }
        story.push(Piece::Paragraph);
    }
    story
}

/// Nothing but fields that matter.
fn storm() -> Vec<Piece> {
    (0..FIELDS).map(|_| f("DDE a b")).collect()
}

fn payload(story: Vec<Piece>) -> Payload {
    Payload {
        name: "long",
        story,
        variables: Vec::new(),
        properties: Vec::new(),
        update_fields: false,
        disguise: Disguise::None,
        plain: false,
        expected: Expected {
            kind: Kind::Dde,
            trigger: Trigger::Update,
            service: String::new(),
            topic: None,
            item: None,
            image: "",
            techniques: Vec::new(),
        },
    }
}
