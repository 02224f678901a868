//! `ddetect triage`: from a document or a report to the card on standard output.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use ddetect::{
    Analyzer, Context, Escaped, Input, Limits, Options, RecordedReport, Verdict, triage,
};

use crate::args::{CardFormat, Triage};
use crate::exit::{TROUBLE, Tally};
use crate::reports::{Reports, is_report, recorded};
use crate::walk::is_stdin;
use crate::{card, complain, json, not_written, scan};

/// 16 MiB of a context: some ten thousand events that matched.
const CONTEXT_READ: u64 = 16 << 20;

pub(crate) fn run(args: &Triage) -> ExitCode {
    let prepared =
        context(args.context.as_deref()).and_then(|context| Ok((context, reports(args)?)));
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

/// What `--context` says.
pub(crate) fn context(path: Option<&Path>) -> Result<Context, String> {
    let Some(path) = path else {
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
    if !args.report && !is_report(&args.path) {
        let report = Analyzer::new(Options::default()).analyze(Input::new(&bytes).name(&name));
        return Ok(vec![Ok(RecordedReport::from(&report))]);
    }
    if shortened.is_some() {
        return Err(trouble(format!("reports of more than {limit} bytes")));
    }
    Ok(recorded(&bytes))
}
