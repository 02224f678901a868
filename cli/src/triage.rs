//! `ddetect triage`: from a document or a report to the card on standard output.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use ddetect::{
    Analyzer, Context, Escaped, Input, Limits, Options, RecordedError, RecordedReport, Verdict,
    triage,
};
use serde_json::value::RawValue;

use crate::args::{CardFormat, Triage};
use crate::exit::{TROUBLE, Tally};
use crate::walk::is_stdin;
use crate::{card, complain, json, not_written, scan};

/// 16 MiB of a context: some ten thousand events that matched.
const CONTEXT_READ: u64 = 16 << 20;

pub(crate) fn run(args: &Triage) -> ExitCode {
    let prepared = context(args).and_then(|context| Ok((context, reports(args)?)));
    let (context, reports) = match prepared {
        Ok(prepared) => prepared,
        Err(message) => {
            complain(format_args!("{message}"));
            return TROUBLE.into();
        }
    };
    let mut tally = Tally::default();
    let mut out = BufWriter::new(io::stdout().lock());
    let written = write(args, &context, reports, &mut tally, &mut out).and_then(|()| out.flush());
    if let Err(error) = written {
        // What nobody could be told counts as not read.
        tally.trouble += 1;
        not_written(&error);
    }
    tally.status(Verdict::Incomplete).into()
}

type Reports = Vec<Result<RecordedReport, RecordedError>>;

fn write(
    args: &Triage,
    context: &Context,
    reports: Reports,
    tally: &mut Tally,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut document = json::Document::new(reports.len() > 1);
    let mut first = true;
    for report in reports {
        let report = match report {
            Ok(report) => report,
            Err(error) => {
                complain(format_args!("{error}"));
                tally.trouble += 1;
                continue;
            }
        };
        tally.count(report.verdict);
        let triage = triage(&report, context);
        match args.format {
            CardFormat::Json => document.row(out, &triage)?,
            CardFormat::Text => {
                if !first {
                    out.write_all(b"\n")?;
                }
                card::print(out, &triage)?;
            }
        }
        first = false;
    }
    match args.format {
        CardFormat::Json => document.end(out),
        CardFormat::Text => Ok(()),
    }
}

fn context(args: &Triage) -> Result<Context, String> {
    let Some(path) = &args.context else {
        return Ok(Context::new());
    };
    let name = path.display().to_string();
    let name = Escaped::new(&name);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(CONTEXT_READ + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot read the context in {name}: {error}"))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > CONTEXT_READ {
        return Err(format!("the context in {name} is more than 16 MiB"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        let error = error.to_string();
        format!("the context in {name} is wrong: {}", Escaped::new(&error))
    })
}

fn reports(args: &Triage) -> Result<Reports, String> {
    let name = args.path.to_string_lossy();
    let limit = Limits::default().input_bytes;
    let read = match is_stdin(&args.path) {
        true => scan::read(&mut io::stdin().lock(), limit, None),
        false => scan::read_file(&args.path, limit),
    };
    let trouble = |error: String| format!("cannot read {}: {error}", Escaped::new(&name));
    let (bytes, shortened) = read.map_err(trouble)?;
    if !is_report(args) {
        let report = Analyzer::new(Options::default()).analyze(Input::new(&bytes).name(&name));
        return Ok(vec![Ok(RecordedReport::from(&report))]);
    }
    if shortened.is_some() {
        return Err(trouble(format!("reports of more than {limit} bytes")));
    }
    Ok(recorded(&bytes))
}

/// The name decides, and not what stands in the file: a document could say that it is the report
/// of a clean one.
fn is_report(args: &Triage) -> bool {
    let extension = Path::new(&args.path).extension().unwrap_or_default();
    args.report || extension.eq_ignore_ascii_case("json") || extension.eq_ignore_ascii_case("jsonl")
}

/// The reports of one run of `ddetect scan`: one object, an array of them, or one a line.
fn recorded(bytes: &[u8]) -> Reports {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().starts_with(b"[") {
        return match serde_json::from_slice::<Vec<&RawValue>>(bytes) {
            Ok(rows) => rows.iter().map(|row| one(row.get().as_bytes())).collect(),
            Err(_) => vec![one(bytes)],
        };
    }
    let lines = bytes.split(|byte| *byte == b'\n');
    let mut lines = lines.filter(|line| !line.trim_ascii().is_empty());
    match lines.next() {
        // Indented, so that its first line is none.
        Some(first) if serde_json::from_slice::<&RawValue>(first).is_ok() => {
            [first].into_iter().chain(lines).map(one).collect()
        }
        Some(_) | None => vec![one(bytes)],
    }
}

fn one(json: &[u8]) -> Result<RecordedReport, RecordedError> {
    RecordedReport::from_json(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: &str = r#"{"schema":"ddetect/1","document":{"name":"a"},"verdict":"clean"}"#;

    #[test]
    fn reports_come_as_one_object_an_array_or_lines() {
        let count = |text: &str| {
            let all = recorded(text.as_bytes());
            (
                all.len(),
                all.iter().filter(|report| report.is_ok()).count(),
            )
        };
        assert_eq!(count(CLEAN), (1, 1));
        assert_eq!(count(&CLEAN.replace(',', ",\n")), (1, 1));
        assert_eq!(count(&format!("[{CLEAN},\n{CLEAN}]")), (2, 2));
        assert_eq!(count("[]"), (0, 0));
        assert_eq!(count(&format!("{CLEAN}\n\r\n{CLEAN}\n{{\"a\n")), (3, 2));
        assert_eq!(count(&format!("[{CLEAN},")), (1, 0));
        assert_eq!(count(""), (1, 0));
    }
}
