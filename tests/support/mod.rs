//! Documents for tests, built from readable markup, and what tests ask of a report.
//!
//! Each test file uses a part of it.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "shared by several test binaries"
)]

pub mod calendar;
pub mod cfbsmith;
pub mod ciphers;
pub mod docx;
#[cfg(feature = "crypt")]
pub mod ecma;
pub mod excel;
pub mod mail;
pub mod msg;
pub mod onenote;
pub mod package;
pub mod payloads;
pub mod recipes;
pub mod slides;
pub mod tnef;
pub mod word;
pub mod xlsx;
#[cfg(feature = "crypt")]
pub mod zip_aes;
pub mod zipsmith;

use ddetect::{Analyzer, Finding, GapKind, Kind, Report};

/// Analyses with the default options. The net that catches panics must have nothing to catch.
pub fn analyze(bytes: &[u8]) -> Report {
    let report = Analyzer::default().analyze(bytes);
    assert!(
        report
            .gaps()
            .iter()
            .all(|gap| gap.kind != GapKind::Internal),
        "{report:#?}"
    );
    report
}

/// The findings that are DDE, in document order.
pub fn dde(report: &Report) -> Vec<&Finding> {
    report
        .findings()
        .iter()
        .filter(|f| matches!(f.kind, Kind::Dde | Kind::DdeAuto))
        .collect()
}

/// Service, topic and item of each DDE finding.
pub fn triples(report: &Report) -> Vec<(String, String, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    dde(report)
        .iter()
        .map(|f| (text(&f.service), text(&f.topic), text(&f.item)))
        .collect()
}

/// The ids of the techniques of a finding.
pub fn techniques(finding: &Finding) -> Vec<&'static str> {
    finding
        .techniques
        .iter()
        .map(|technique| technique.id.as_str())
        .collect()
}

/// Bytes that no coder makes smaller.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}
