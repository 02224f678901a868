//! Work that grows faster than the document: for each format a document made to cost most, at one
//! and at sixteen times its size, in instructions (valgrind counts them, so that the figures are the
//! same on every run). Fails where a byte of the large one costs more than 1.15 times a byte of the
//! small one.
//!
//! `cargo bench --bench growth`; see `benches/README.md`.

#[path = "../tests/support/mod.rs"]
mod support;

mod growth {
    pub(crate) mod commands;
    pub(crate) mod containers;
    pub(crate) mod excel;
    pub(crate) mod messages;
    pub(crate) mod word;
}

use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ddetect::{Analyzer, GapKind, Input, Report};

/// How often the large document holds what the small one holds once.
const TIMES: usize = 16;
/// What a byte of the large one may cost, against a byte of the small one.
const BAR: f64 = 1.15;
/// Bytes of the small document that are of what costs.
const SIZE: usize = 8_192;
/// Shapes counted at the same time.
const AT_ONCE: usize = 2;

/// A document that costs a reader as much as possible.
struct Shape {
    /// Format, and what it is full of.
    name: &'static str,
    /// The name of the file.
    file: &'static str,
    /// Of about so many bytes.
    make: fn(usize) -> Vec<u8>,
}

fn shapes() -> Vec<Shape> {
    let all = [
        growth::word::SHAPES,
        growth::excel::SHAPES,
        growth::containers::SHAPES,
        growth::messages::SHAPES,
        growth::commands::SHAPES,
    ];
    let all = all.iter().flat_map(|shapes| shapes.iter());
    all.map(|&(name, file, make)| Shape { name, file, make })
        .collect()
}

/// `piece`, with `#` replaced by its number, until there are about so many bytes of it.
fn repeated(piece: &str, bytes: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < bytes {
        text += &piece.replace('#', &number.to_string());
        number += 1;
    }
    text
}

/// Compression would make another part of the document grow than the one that is meant.
fn stored(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    use support::zipsmith::{Entry, Zip};
    let entries = parts.iter();
    let zip = entries.fold(Zip::new(), |zip, (name, bytes)| {
        zip.entry(Entry::stored(name, bytes))
    });
    zip.build()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo bench` gives this flag and `cargo test` does not: a test run must not measure.
    if let [_, one, shape, times] = arguments.as_slice()
        && one == "--one"
    {
        return one_shape(shape, times);
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let wanted = arguments.iter().skip(1).find(|word| !word.starts_with('-'));
    let shapes = shapes().into_iter();
    let shapes =
        shapes.filter(|shape| wanted.is_none_or(|word| shape.name.contains(word.as_str())));
    all(&shapes.collect::<Vec<_>>())
}

/// What a program of its own does, under valgrind.
fn one_shape(name: &str, times: &str) -> ExitCode {
    let shape = shapes().into_iter().find(|shape| shape.name == name);
    let (Some(shape), Ok(times)) = (shape, times.parse::<usize>()) else {
        return ExitCode::FAILURE;
    };
    let analyzer = Analyzer::default();
    // Tables that are made once belong to neither.
    let small = (shape.make)(SIZE);
    black_box(analyzer.analyze(Input::new(&small).name(shape.file)));
    let bytes = (shape.make)(SIZE * times);
    let report = counted(&analyzer, Input::new(&bytes).name(shape.file));
    let limit = report.gaps().iter().any(|gap| gap.kind == GapKind::Limit);
    println!("{} {} {limit}", bytes.len(), report.verdict().as_str());
    ExitCode::SUCCESS
}

/// What valgrind counts: it knows the function by its name.
#[inline(never)]
fn counted(analyzer: &Analyzer, input: Input<'_>) -> Report {
    black_box(analyzer.analyze(black_box(input)))
}

/// One document under valgrind.
struct Cost {
    bytes: usize,
    instructions: f64,
    verdict: String,
    limit: bool,
}

fn cost(shape: &Shape, times: usize) -> Result<Cost, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["--collect-atstart=no", "--toggle-collect=*growth*counted*"])
        .arg(program)
        .args(["--one", shape.name, &times.to_string()])
        .output()
        .map_err(|error| {
            format!("valgrind does not run ({error}): install the package valgrind")
        })?;
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let said: Vec<&str> = out.split_whitespace().collect();
    let collected = err.lines().find_map(|line| line.split_once("Collected :"));
    let collected = collected.and_then(|(_, count)| count.trim().parse::<f64>().ok());
    match (said.as_slice(), collected) {
        ([bytes, verdict, limit], Some(instructions)) if instructions > 0.0 => Ok(Cost {
            bytes: bytes.parse().map_err(|error| format!("{bytes}: {error}"))?,
            instructions,
            verdict: (*verdict).to_owned(),
            limit: *limit == "true",
        }),
        _ => Err(format!("{}: nothing was counted:\n{out}{err}", shape.name)),
    }
}

fn all(shapes: &[Shape]) -> ExitCode {
    println!(
        "format, full of                        file bytes   instructions/byte   at {TIMES} times   ratio"
    );
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    let work = || {
        while let Some(shape) = shapes.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(why) = check(shape) {
                failed.lock().unwrap().push(why);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap();
    for why in &failed {
        println!("FAILED: {why}");
    }
    match failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn check(shape: &Shape) -> Result<(), String> {
    let small = cost(shape, 1)?;
    let large = cost(shape, TIMES)?;
    // Of what costs, not of the file: some of it is compressed.
    let (one, many) = (
        small.instructions / SIZE as f64,
        large.instructions / (SIZE * TIMES) as f64,
    );
    let ratio = many / one;
    let limit = if large.limit {
        ", a limit ended it"
    } else {
        ""
    };
    println!(
        "{:<40} {:>9} {:>19.0} {:>13.0} {ratio:>7.2}   {}{limit}",
        shape.name, large.bytes, one, many, large.verdict
    );
    if small.limit {
        return Err(format!(
            "{}: the small one ends at a limit and measures nothing",
            shape.name
        ));
    }
    match ratio <= BAR {
        true => Ok(()),
        false => Err(format!(
            "{}: {ratio:.2} times the work for a byte",
            shape.name
        )),
    }
}
