//! Analyses every file of a folder in-process, several rounds, and prints documents/s and MB/s.
//!
//! `cargo bench --bench folder -- [--rounds N] [FOLDER]`; see `benches/README.md`.

use std::fs;
use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ddetect::{Analyzer, Input};

struct Arguments {
    folder: PathBuf,
    rounds: usize,
}

fn main() -> ExitCode {
    // `cargo bench` gives this flag and `cargo test` does not: a test run must not measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}\nusage: cargo bench --bench folder -- [--rounds N] [FOLDER]");
            return ExitCode::FAILURE;
        }
    };
    let mut documents = Vec::new();
    if let Err(error) = load(&arguments.folder, &mut documents) {
        eprintln!("{}: {error}", arguments.folder.display());
        return ExitCode::FAILURE;
    }
    if documents.is_empty() {
        eprintln!("{}: no files", arguments.folder.display());
        return ExitCode::FAILURE;
    }
    measure(&arguments, &documents);
    ExitCode::SUCCESS
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        folder: PathBuf::from("corpus"),
        rounds: 5,
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--bench" => {}
            "--rounds" => {
                let rounds = words.next().and_then(|n| n.parse().ok());
                arguments.rounds = rounds.filter(|n| *n > 0).ok_or("--rounds takes a number")?;
            }
            option if option.starts_with('-') => return Err(format!("unknown option {option}")),
            folder => arguments.folder = PathBuf::from(folder),
        }
    }
    Ok(arguments)
}

/// Every regular file below `folder`, by name; symbolic links are not followed.
fn load(folder: &Path, documents: &mut Vec<(PathBuf, Vec<u8>)>) -> io::Result<()> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() {
            load(&path, documents)?;
        } else if kind.is_file() {
            let bytes = fs::read(&path)?;
            documents.push((path, bytes));
        }
    }
    Ok(())
}

fn measure(arguments: &Arguments, documents: &[(PathBuf, Vec<u8>)]) {
    let analyzer = Analyzer::default();
    let bytes: usize = documents.iter().map(|(_, bytes)| bytes.len()).sum();
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{}: {} documents, {megabytes:.1} MB",
        arguments.folder.display(),
        documents.len()
    );
    // The quickest round of each document: what the machine was doing besides is not ours.
    let mut best = vec![Duration::MAX; documents.len()];
    for round in 1..=arguments.rounds {
        let mut total = Duration::ZERO;
        for ((_, bytes), best) in documents.iter().zip(&mut best) {
            let started = Instant::now();
            black_box(analyzer.analyze(Input::new(black_box(bytes))));
            let taken = started.elapsed();
            *best = taken.min(*best);
            total += taken;
        }
        let rate = |amount: f64| amount / total.as_secs_f64();
        println!(
            "round {round}: {:.3} s, {:.0} documents/s, {:.1} MB/s",
            total.as_secs_f64(),
            rate(documents.len() as f64),
            rate(megabytes)
        );
    }
    let mut sorted: Vec<_> = best.iter().zip(documents).collect();
    sorted.sort_by_key(|(taken, _)| **taken);
    let at = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
    let ms = |taken: &Duration| taken.as_secs_f64() * 1e3;
    println!(
        "per document: median {:.3} ms, p95 {:.3} ms, slowest {:.3} ms",
        ms(at(50).0),
        ms(at(95).0),
        ms(at(100).0)
    );
    for (taken, (path, bytes)) in sorted.iter().rev().take(3) {
        println!(
            "  {:.3} ms  {} bytes  {}",
            ms(taken),
            bytes.len(),
            path.display()
        );
    }
}
