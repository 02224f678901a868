//! What deep documents cost: alone in its program, because it measures the memory of it.

mod support;

use std::io::Write as _;

use ddetect::{Limit, Report};
use support::docx::{docx, simple};
use support::package::zip;
use support::payloads::STD;
use support::zipsmith::{Entry, Zip};
use support::{analyze, dde, noise};

/// Debug builds use an eighth.
const LARGE: usize = if cfg!(debug_assertions) {
    2 << 20
} else {
    16 << 20
};

/// Peak resident memory of this process, in bytes; 0 where it cannot be read.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    kib.and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// Analyses within 64 MiB over the input.
fn bounded(bytes: &[u8]) -> Report {
    let measured = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = peak();
    let report = analyze(bytes);
    let grew = peak().saturating_sub(before);
    println!("{} bytes: {} KiB over them", bytes.len(), grew >> 10);
    assert!(!measured || grew <= 64 << 20, "{} MiB", grew >> 20);
    report
}

/// Ten levels with large members beside the next one and in front of it: one decoded container a
/// level is alive at most, and what is not a document is not kept.
#[test]
fn deep_documents_stay_within_their_memory() {
    let mut bytes = docx(&simple(STD)).build();
    for level in 0..9u8 {
        let blank = vec![b'a' + level; LARGE];
        let below = zip(&[("z", &vec![level; LARGE])]);
        bytes = zip(&[
            ("large.bin", &blank),
            ("before.zip", &below),
            ("next.zip", &bytes),
            ("after.bin", &blank),
        ]);
    }
    let report = bounded(&bytes);
    assert_eq!(dde(&report).len(), 1, "{report:#?}");
    assert!(report.complete(), "{:?}", report.gaps());

    // Where the levels are large themselves, what does not fit is said.
    let noise = noise(2 << 20);
    let mut bytes = docx(&simple(STD)).build();
    for _ in 0..9 {
        // Coded, and as long as before.
        let none = flate2::Compression::none();
        let mut coder = flate2::write::DeflateEncoder::new(Vec::new(), none);
        coder.write_all(&bytes).unwrap();
        let coded = coder.finish().unwrap();
        bytes = Zip::new()
            .entry(Entry::deflated("next.zip", &bytes).coded(coded))
            .entry(Entry::stored("noise.bin", &noise))
            .build();
    }
    let report = bounded(&bytes);
    let limit = Limit::LiveBytes.key();
    let told = report.gaps().iter().any(|gap| gap.detail.contains(limit));
    assert!(told && !report.complete(), "{report:#?}");
}
