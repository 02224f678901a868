//! The thinnest useful scanner: one line a document, more for what is not clean.
//!
//! `cargo run --example scan -- FILE…`

use std::process::ExitCode;

use ddetect::{Analyzer, Escaped, Input, Options, Verdict};

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        eprintln!("usage: scan FILE…");
        return ExitCode::from(3);
    }
    let analyzer = Analyzer::new(Options::analyst());
    let mut worst = Verdict::Clean;
    let mut unreadable = false;
    for path in paths {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{}: {error}", Escaped::new(&path));
                unreadable = true;
                continue;
            }
        };
        let report = analyzer.analyze(Input::new(&bytes).name(&path));
        worst = worst.max(report.verdict());
        println!("{:<10} {}", report.verdict().as_str(), Escaped::new(&path));
        for finding in report.findings() {
            let what = finding.command.as_ref().map(|command| &command.line);
            println!(
                "  {} at {}: {}",
                finding.kind.as_str(),
                finding.location,
                Escaped::new(what.unwrap_or(&finding.resolved))
            );
        }
        for gap in report.gaps() {
            let detail = Escaped::new(&gap.detail);
            println!(
                "  not read: {} ({}, {detail})",
                gap.location,
                gap.kind.as_str()
            );
        }
    }
    match worst {
        Verdict::Suspicious | Verdict::Malicious => ExitCode::from(1),
        Verdict::Clean | Verdict::Incomplete if unreadable => ExitCode::from(3),
        Verdict::Incomplete => ExitCode::from(2),
        Verdict::Clean => ExitCode::SUCCESS,
    }
}
