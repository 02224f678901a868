//! Stacks of wrappers around payloads: what is found bare is found through any of them, with the
//! way to it (laws 5 and 6 of the design). Two thousand stacks, the same in every run.

#![cfg(all(feature = "crypt", feature = "mail"))]

#[path = "../support/mod.rs"]
mod support;

mod wrappers;

use std::collections::BTreeMap;

use ddetect::{Analyzer, Input, Limits, Options, Verdict};
use support::excel::payload::Triple;
use support::{docx, excel, payloads, triples, word};
use wrappers::{ALL, Parcel};

/// Stacks, and how many wrappers one may have.
const STACKS: u64 = 2_000;
const HIGHEST: u64 = 6;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// Bare documents with what each must yield.
fn payloads() -> Vec<(Parcel, Triple)> {
    let parcel = |name: &str, bytes: Vec<u8>| Parcel {
        bytes,
        name: name.to_owned(),
        path: Vec::new(),
        is_text: name.ends_with(".csv") || name.ends_with(".slk"),
    };
    let owned = |texts: [&str; 3]| {
        let [service, topic, item] = texts.map(str::to_owned);
        (service, topic, item)
    };
    let std = owned([payloads::STD_SERVICE, payloads::STD_TOPIC, ""]);
    let mut all = vec![(
        parcel(
            "letter.docx",
            docx::docx(&docx::simple(payloads::STD)).build(),
        ),
        std.clone(),
    )];
    let doc = word::doc::DocFile::new(&format!("\u{13}{}\u{14}x\u{15}\r", payloads::STD));
    all.push((parcel("letter.doc", doc.build()), std.clone()));
    let rtf = format!(
        "{{\\rtf1{{\\field{{\\*\\fldinst {}}}{{\\fldrslt x}}}}}}",
        payloads::STD.replace('\\', "\\\\")
    );
    all.push((parcel("letter.rtf", rtf.into_bytes()), std));
    let link = owned(["cmd", "/c calc.exe", "A1"]);
    let book =
        support::xlsx::Workbook::new()
            .formula("B4", "[1]!A1")
            .dde("cmd", "/c calc.exe", &["A1"]);
    all.push((parcel("book.xlsx", book.build()), link.clone()));
    let stream = excel::biff8::stream(excel::biff8::WORKED, excel::biff8::WORKED_CELL);
    let xls = word::doc::compound(&[("Workbook".to_owned(), stream)]);
    all.push((parcel("book.xls", xls), link));
    let cell = owned(["cmd", "/c calc", "A0"]);
    all.push((
        parcel("cells.csv", b"a,b\r\n1,=cmd|'/c calc'!A0\r\n".to_vec()),
        cell.clone(),
    ));
    all.push((
        parcel(
            "cells.slk",
            b"ID;P\r\nC;Y1;X1;K0;Ecmd|'/c calc'!A0\r\nE\r\n".to_vec(),
        ),
        cell,
    ));
    all
}

#[test]
fn stacks_of_wrappers_hide_nothing() {
    let payloads = payloads();
    let limits = Limits {
        nesting: 2 * HIGHEST + 2,
        // Six archives with AES, tried with three passwords each at every way to them.
        derivation_rounds: 10_000_000,
        ..Limits::default()
    };
    let analyzer = Analyzer::new(Options::default().limits(limits));
    let mut random = Random(0x00dd_e7ec);
    let mut used: BTreeMap<&str, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    for number in 0..STACKS {
        let (bare, triple) = random.pick(&payloads).clone();
        let mut names = vec![bare.name.clone()];
        let mut parcel = bare;
        for _ in 0..=random.below(HIGHEST) {
            let fitting = ALL.iter().filter(|wrapper| (wrapper.takes)(&parcel));
            let fitting: Vec<_> = fitting
                .flat_map(|wrapper| std::iter::repeat_n(wrapper, wrapper.weight))
                .collect();
            let wrapper = random.pick(&fitting);
            let way = random.next();
            parcel = (wrapper.wrap)(parcel, way);
            names.push(wrapper.name.to_owned());
            *used.entry(wrapper.name).or_default() += 1;
        }
        let report = analyzer.analyze(Input::new(&parcel.bytes).name(&parcel.name));
        let places: Vec<Vec<String>> = support::dde(&report)
            .iter()
            .zip(triples(&report))
            .filter(|(_, found)| *found == triple)
            .map(|(finding, _)| finding.location.path().map(str::to_owned).collect())
            .collect();
        let found = places.iter().any(|place| leads(place, &parcel.path));
        if report.verdict() != Verdict::Malicious || !found {
            wrong.push(format!(
                "{number}: {names:?}: {:?}, {places:?} for {:?}, {:?}",
                report.verdict(),
                parcel.path,
                report.gaps()
            ));
        }
    }
    println!("{used:#?}");
    assert!(used.len() >= 10 && used.values().all(|count| *count >= 50));
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

/// Whether a path passes all of these names, in this order.
fn leads(path: &[String], steps: &[String]) -> bool {
    let mut rest = path.iter();
    steps
        .iter()
        .all(|step| rest.any(|name| name == step || name.starts_with(&format!("{step}#"))))
}
