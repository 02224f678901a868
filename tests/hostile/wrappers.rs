//! Wrappers made to hold an analysis up: archives, compound files, mails, ciphers. None may come
//! out clean, take longer than a second a megabyte (one second at least) or hold more than the
//! input and 64 MiB. `cargo test --release --test hostile wrappers -- --nocapture` prints the
//! table.

mod ciphers;
mod compound;
mod mail;
mod zips;

use std::time::Duration;

use ddetect::Verdict;

use crate::{bounded_memory, spent, turn};

/// A document and what it is called in the table.
pub(crate) type Case = (&'static str, Vec<u8>);

/// A twentieth in debug builds.
pub(crate) const fn scaled(size: usize) -> usize {
    if cfg!(debug_assertions) {
        size / 20
    } else {
        size
    }
}

/// A second a megabyte, one at least.
fn patience(bytes: usize) -> Duration {
    Duration::from_secs_f64((bytes as f64 / 1e6).max(1.0))
}

pub(crate) fn check(cases: fn() -> Vec<Case>) {
    // Building them takes memory, too.
    let _turn = turn();
    let mut wrong = Vec::new();
    for (name, bytes) in cases() {
        let mut took = Duration::MAX;
        let mut report = None;
        // A slow machine gets another try; a slow analyser fails both.
        for _ in 0..2 {
            let started = spent();
            report = Some(bounded_memory(&bytes));
            took = took.min(spent().saturating_sub(started));
            if took < patience(bytes.len()) {
                break;
            }
        }
        let verdict = report.unwrap().verdict();
        println!(
            "{name:<44} {:>11} bytes {took:>12.1?} {verdict:?}",
            bytes.len()
        );
        let slow = !cfg!(debug_assertions) && took > patience(bytes.len());
        if slow || verdict == Verdict::Clean {
            wrong.push(format!("{name}: {took:?} {verdict:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn archives() {
    check(zips::cases);
}

#[test]
fn compound_files() {
    check(compound::cases);
}

#[test]
fn messages() {
    check(mail::cases);
}

#[test]
fn encrypted_documents() {
    check(ciphers::cases);
}
