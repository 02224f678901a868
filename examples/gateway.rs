//! How a mail gateway calls the library: a time limit for each attachment, and an action for each
//! verdict.
//!
//! `cargo run --example gateway -- ATTACHMENT…`

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use ddetect::{Analyzer, Escaped, GapKind, Input, Options, Report, Verdict};

/// A gateway gives a whole mail some seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the gateway does with the mail.
enum Action {
    Deliver,
    /// Deliver, and mark what could not be looked into.
    Tag(&'static str),
    Quarantine,
    Reject,
}

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        eprintln!("usage: gateway ATTACHMENT…");
        return ExitCode::from(3);
    }
    // One analyser serves all threads of a gateway.
    let analyzer = Analyzer::new(Options::gateway());
    let mut unreadable = false;
    for path in paths {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                // Never "deliver" for what was not looked into; the other attachments go on.
                eprintln!("{}: {error}", Escaped::new(&path));
                unreadable = true;
                continue;
            }
        };
        let report = analyze_in_time(&analyzer, &bytes, &path);
        let what = match action(&report) {
            Action::Deliver => "deliver".to_owned(),
            Action::Tag(tag) => format!("deliver, tagged {tag}"),
            Action::Quarantine => "quarantine".to_owned(),
            Action::Reject => "reject".to_owned(),
        };
        println!(
            "X-DDE: {}; score={}; complete={}; action={what}; name={}",
            report.verdict().as_str(),
            report.score(),
            report.complete(),
            Escaped::new(&path)
        );
    }
    if unreadable {
        ExitCode::from(3)
    } else {
        ExitCode::SUCCESS
    }
}

/// Analyses on this thread while another raises the stop flag when the time is over. What was
/// found until then is in the report, and the rest is a gap: never "clean".
fn analyze_in_time(analyzer: &Analyzer, bytes: &[u8], name: &str) -> Report {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    let (done, watched) = mpsc::channel::<()>();
    let timer = thread::spawn(move || {
        if watched.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            raised.store(true, Ordering::Relaxed);
        }
    });
    let report = analyzer.analyze(Input::new(bytes).name(name).stop_flag(stop));
    // Ends the timer at once.
    drop(done);
    drop(timer.join());
    report
}

/// `Verdict` is exhaustive on purpose: a new one would not compile here.
fn action(report: &Report) -> Action {
    match report.verdict() {
        Verdict::Clean => Action::Deliver,
        Verdict::Incomplete if is_only_encrypted(report) => Action::Tag("encrypted"),
        Verdict::Incomplete => Action::Quarantine,
        Verdict::Suspicious => Action::Quarantine,
        Verdict::Malicious => Action::Reject,
    }
}

fn is_only_encrypted(report: &Report) -> bool {
    let mut gaps = report.gaps().iter();
    gaps.all(|gap| gap.kind == GapKind::Encrypted)
}
