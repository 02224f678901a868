//! Prints the worst finding of a document in full: what stands in the file, what it means, and
//! how one became the other.
//!
//! `cargo run --example explain -- FILE`

use std::cmp::Reverse;
use std::fmt::Display;
use std::process::ExitCode;

use ddetect::{Analyzer, Escaped, Finding, Input};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: explain FILE");
        return ExitCode::from(3);
    };
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{}: {error}", Escaped::new(&path));
            return ExitCode::from(3);
        }
    };
    let report = Analyzer::default().analyze(Input::new(&bytes).name(&path));
    // Of equal scores the first in the document.
    let worst = report
        .findings()
        .iter()
        .min_by_key(|finding| Reverse(finding.score));
    match worst {
        Some(finding) => explain(finding),
        None => println!("nothing was found; {} gaps", report.gaps().len()),
    }
    ExitCode::SUCCESS
}

fn explain(finding: &Finding) {
    row(
        "what",
        format_args!("{} in {}", finding.kind.as_str(), finding.carrier.as_str()),
    );
    row("where", &finding.location);
    row("trigger", finding.trigger.as_str());
    row("severity", finding.severity.as_str());
    row("confidence", finding.confidence.as_str());
    row("score", finding.score);
    text("in the file", Some(&finding.raw));
    for technique in &finding.techniques {
        row("disguise", technique.id.as_str());
        text("  before", technique.before.as_deref());
        text("  after", technique.after.as_deref());
    }
    text("means", Some(&finding.resolved));
    text("service", finding.service.as_deref());
    text("topic", finding.topic.as_deref());
    text("item", finding.item.as_deref());
    text("target", finding.target.as_deref());
    if let Some(command) = &finding.command {
        text("command", Some(&command.line));
        text("image", command.image.as_deref());
        text("arguments", command.arguments.as_deref());
    }
    for alternative in &finding.alternatives {
        let command = alternative.command.as_ref();
        text("or command", command.map(|command| command.line.as_str()));
    }
    for place in &finding.used_by {
        text("used by", Some(place));
    }
    for signal in &finding.signals {
        let evidence = Escaped::new(&signal.evidence);
        row(
            "signal",
            format_args!("{} ({}): {evidence}", signal.rule, signal.weight),
        );
    }
    for indicator in &finding.indicators {
        text("indicator", Some(&indicator.defanged));
    }
    row("ATT&CK", finding.attack.join(" "));
    row("fingerprint", &finding.fingerprint);
}

fn row(label: &str, value: impl Display) {
    println!("{label:<12} {value}");
}

/// A row whose value comes from the document, if there is one.
fn text(label: &str, value: Option<&str>) {
    if let Some(value) = value {
        row(label, Escaped::new(value));
    }
}
