//! `ddetect scan`: from paths to reports on standard output.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use ddetect::{Analyzer, Input, Options, Report, Verdict};
use serde::Serialize;

use crate::args::{Color, Format, Scan};
use crate::exit::{TROUBLE, Tally};
use crate::progress::Progress;
use crate::walk::{Found, is_stdin, walk};
use crate::{complain, export, json, not_written, text};

/// One way to write reports.
pub(crate) trait Printer {
    fn report(
        &mut self,
        out: &mut dyn Write,
        report: &Report,
        shortened: Option<Shortened>,
    ) -> io::Result<()>;

    fn unreadable(&mut self, out: &mut dyn Write, name: &str, error: &str) -> io::Result<()>;

    /// After the last report.
    fn finish(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// A file above the input limit is not read to its end. One byte more than the limit is, so that
/// the library sees that the limit is reached and says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Shortened {
    /// What was read and handed to the library.
    pub(crate) read_bytes: u64,
    /// What the file has; unknown for standard input.
    pub(crate) file_bytes: Option<u64>,
}

pub(crate) fn run(args: &Scan) -> ExitCode {
    match prepare(args) {
        Ok(prepared) => run_with(args, &prepared),
        Err(message) => {
            complain(format_args!("{message}"));
            TROUBLE.into()
        }
    }
}

struct Prepared {
    analyzer: Analyzer,
    input_bytes: u64,
    /// How many passwords were given.
    passwords: usize,
}

fn prepare(args: &Scan) -> Result<Prepared, String> {
    if args.paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err("standard input ('-') can be read only once".to_owned());
    }
    let limits = args.limits().map_err(|error| error.to_string())?;
    let input_bytes = limits.input_bytes;
    let policy = args.policy().map_err(|error| error.to_string())?;
    let mut options = Options::default().limits(limits).policy(policy);
    let mut passwords = args.passwords.clone();
    if let Some(file) = &args.passwords_file {
        passwords.extend(passwords_in(file)?);
    }
    for password in &passwords {
        options = options.password(password);
    }
    Ok(Prepared {
        analyzer: Analyzer::new(options),
        input_bytes,
        passwords: passwords.len(),
    })
}

/// 1 MiB of a file of passwords: some ten thousand of them, each tried on every member that is
/// encrypted.
const PASSWORDS_READ: u64 = 1 << 20;

/// The lines of a file of passwords. Only the end of the line is taken off: blanks may be part
/// of a password.
fn passwords_in(file: &Path) -> Result<Vec<String>, String> {
    let name = file.display();
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(PASSWORDS_READ + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("cannot read the passwords in {name}: {error}"))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > PASSWORDS_READ {
        return Err(format!(
            "the passwords in {name} are more than 1 MiB: give fewer of them"
        ));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| format!("the passwords in {name} are not UTF-8: {error}"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(text
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

fn run_with(args: &Scan, prepared: &Prepared) -> ExitCode {
    let stdout = io::stdout();
    let printer: Result<Box<dyn Printer>, String> = match args.format {
        Format::Text => Ok(Box::new(text::Text::new(
            text::Style::new(colored(args.color, stdout.is_terminal())),
            args.verbose,
            prepared.passwords,
        ))),
        Format::Json => Ok(Box::new(json::Document::new(is_many(args)))),
        Format::Jsonl => Ok(Box::new(json::Lines)),
        Format::Sarif => Ok(Box::<export::Sarif>::default()),
        Format::Sigma => export::now().map(export::sigma),
        Format::Stix => export::now().map(export::stix),
        Format::Misp => export::now().map(export::misp),
    };
    let mut printer = match printer {
        Ok(printer) => printer,
        Err(message) => {
            complain(format_args!("{message}"));
            return TROUBLE.into();
        }
    };
    let mut out = BufWriter::new(stdout.lock());
    let mut tally = Tally::default();
    let written = scan(args, prepared, printer.as_mut(), &mut out, &mut tally)
        .and_then(|()| printer.finish(&mut out))
        .and_then(|()| match args.format {
            Format::Text if !args.quiet && is_many(args) => text::summary(&mut out, &tally),
            Format::Text
            | Format::Json
            | Format::Jsonl
            | Format::Sarif
            | Format::Sigma
            | Format::Stix
            | Format::Misp => Ok(()),
        })
        .and_then(|()| out.flush());
    if let Err(error) = written {
        // What nobody could be told counts as not read: the status must not say "all clean".
        tally.trouble += 1;
        not_written(&error);
    } else if tally.links > 0 && !args.quiet {
        complain(format_args!(
            "{} symbolic link{} in folders not followed",
            tally.links,
            if tally.links == 1 { "" } else { "s" }
        ));
    }
    tally.status(Verdict::from(args.fail_on)).into()
}

/// Whether the arguments can lead to more than one report.
fn is_many(args: &Scan) -> bool {
    match args.paths.as_slice() {
        [one] => !is_stdin(one) && one.is_dir(),
        _ => true,
    }
}

fn colored(color: Color, terminal: bool) -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            terminal
                && !is_set("NO_COLOR")
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

fn scan(
    args: &Scan,
    prepared: &Prepared,
    printer: &mut dyn Printer,
    out: &mut dyn Write,
    tally: &mut Tally,
) -> io::Result<()> {
    let mut progress = (!args.quiet && io::stderr().is_terminal()).then(|| {
        // Counting first costs a second walk, and only a person who waits asks for it.
        let files =
            walk(&args.paths).filter(|found| matches!(found, Found::File(_) | Found::Stdin));
        Progress::new(files.count().try_into().unwrap_or(u64::MAX))
    });
    // Nothing at all would be no JSON.
    let leave_out_clean = args.quiet && (args.format != Format::Json || is_many(args));
    for found in walk(&args.paths) {
        let (name, bytes) = match found {
            Found::Link => {
                tally.links += 1;
                continue;
            }
            Found::File(path) => (lossy(&path), read_file(&path, prepared.input_bytes)),
            Found::Stdin => (
                args.stdin_name.clone(),
                read(&mut io::stdin().lock(), prepared.input_bytes, None),
            ),
            Found::Unreadable(path, error) => (lossy(&path), Err(error)),
        };
        let outcome = bytes.map(|(bytes, shortened)| {
            let input = Input::new(&bytes).name(&name);
            (prepared.analyzer.analyze(input), shortened)
        });
        let mut print = || {
            match &outcome {
                Ok((report, _)) if leave_out_clean && report.verdict() == Verdict::Clean => Ok(()),
                Ok((report, shortened)) => printer.report(out, report, *shortened),
                Err(error) => printer.unreadable(out, &name, error),
            }?;
            out.flush()
        };
        match &outcome {
            Ok((report, _)) => {
                tally.count(report.verdict());
                tally.no_document += u64::from(text::is_no_document(report));
            }
            Err(_) => tally.trouble += 1,
        }
        match &mut progress {
            Some(progress) => {
                progress.aside(print)?;
                progress.advance();
            }
            None => print()?,
        }
    }
    Ok(())
}

fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

pub(crate) type Bytes = (Vec<u8>, Option<Shortened>);

pub(crate) fn read_file(path: &Path, limit: u64) -> Result<Bytes, String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    read(&mut file, limit, Some(size))
}

/// Reads at most one byte more than the limit.
pub(crate) fn read(from: &mut dyn Read, limit: u64, size: Option<u64>) -> Result<Bytes, String> {
    let mut bytes = Vec::new();
    // Only a hint: a file may grow, and one that does not fit is an error, not a crash.
    let expected = size.unwrap_or(0).min(limit).saturating_add(1);
    bytes
        .try_reserve(usize::try_from(expected).unwrap_or(usize::MAX))
        .map_err(|error| error.to_string())?;
    let read_bytes = from
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?
        .try_into()
        .unwrap_or(u64::MAX);
    // The size of a file that grows, or of one that has none (`/proc`), is not the truth.
    let file_bytes = size.filter(|size| *size >= read_bytes);
    let shortened = (read_bytes > limit && file_bytes != Some(read_bytes)).then_some(Shortened {
        read_bytes,
        file_bytes,
    });
    Ok((bytes, shortened))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_more_than_the_limit_is_read() {
        let exact = read(&mut [7; 10].as_slice(), 10, Some(10)).unwrap();
        assert_eq!((exact.0.len(), exact.1), (10, None));
        let long = read(&mut [7; 5000].as_slice(), 10, Some(5000)).unwrap();
        assert_eq!(long.0.len(), 11);
        let shortened = Shortened {
            read_bytes: 11,
            file_bytes: Some(5000),
        };
        assert_eq!(long.1, Some(shortened));
        let just = read(&mut [7; 11].as_slice(), 10, Some(11)).unwrap();
        assert_eq!(
            (just.0.len(), just.1),
            (11, None),
            "read whole, though over the limit"
        );
        let endless = read(&mut io::repeat(1), 10, None).unwrap();
        assert_eq!(endless.1.unwrap().file_bytes, None);
    }
}
