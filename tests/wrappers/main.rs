//! A document inside a document, in every way that the specification lists (`spec/excel.md` §8.2,
//! §8.3, §9; `spec/word.md` §0.1, §2.7, §4.5): the payload that is found bare is found there, with
//! the way in.

#![cfg(feature = "mail")]

#[path = "../support/mod.rs"]
mod support;

mod claims;
mod hosts;
mod nesting;
mod objects;
mod onenote;

use ddetect::{Analyzer, Finding, Input, Report, Verdict};
use support::docx::{docx, simple};
use support::payloads::{STD, STD_SERVICE, STD_TOPIC};

/// A Word document that starts a program.
fn word() -> Vec<u8> {
    docx(&simple(STD)).build()
}

/// The same in RTF.
fn rtf() -> Vec<u8> {
    let instruction = STD.replace('\\', "\\\\");
    format!("{{\\rtf1\\ansi{{\\field{{\\*\\fldinst {instruction}}}{{\\fldrslt x}}}}}}").into_bytes()
}

/// A binary workbook that starts a program (`spec/excel.md` §3.4, worked bytes).
fn xls_stream() -> Vec<u8> {
    use support::excel::biff8;
    biff8::stream(biff8::WORKED, biff8::WORKED_CELL)
}

/// The names that lead to a finding.
fn way(finding: &Finding) -> Vec<&str> {
    finding.location.path().collect()
}

/// The only DDE link that is reported; everything was read.
#[track_caller]
fn only<'r>(report: &'r Report, what: &str) -> &'r Finding {
    let found = support::dde(report);
    let [finding] = found[..] else {
        panic!("{what}: {report:#?}")
    };
    assert_eq!(report.verdict(), Verdict::Malicious, "{what}");
    assert!(report.complete(), "{what}: {:?}", report.gaps());
    finding
}

/// The standard payload is found, once, by a way that ends so.
#[track_caller]
fn is_std(report: &Report, what: &str, end: &[&str]) {
    let finding = only(report, what);
    assert_eq!(finding.service.as_deref(), Some(STD_SERVICE), "{what}");
    assert_eq!(finding.topic.as_deref(), Some(STD_TOPIC), "{what}");
    let way = way(finding);
    assert!(way.ends_with(end), "{what}: {way:?} {end:?}");
}

fn analyze_as(name: &str, bytes: &[u8]) -> Report {
    Analyzer::default().analyze(Input::new(bytes).name(name))
}
