//! The command line of ddetect: public API of the library only.
#![forbid(unsafe_code)]

mod args;
mod card;
mod defang;
mod events;
mod exit;
mod export;
mod gaps;
mod hunt;
mod json;
mod limits;
mod progress;
mod reports;
mod scan;
mod text;
mod triage;
mod walk;

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error),
    };
    match arguments.task {
        args::Task::Scan(scan) => scan::run(&scan),
        args::Task::Hunt(hunt) => hunt::run(&hunt),
        args::Task::Triage(triage) => triage::run(&triage),
        args::Task::Limits => printed(limits::print(&mut io::stdout().lock())),
        args::Task::Schema => printed(writeln!(io::stdout().lock(), "{}", ddetect::schema())),
    }
}

fn printed(outcome: io::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            not_written(&error);
            exit::TROUBLE.into()
        }
    }
}

/// `--help` and `--version` end here too; they are no mistake. Clap's own status for a mistake
/// is 2, which means "incomplete" here.
fn refused(error: &clap::Error) -> ExitCode {
    let mistake = error.use_stderr();
    match error.print() {
        Ok(()) if !mistake => ExitCode::SUCCESS,
        Ok(()) | Err(_) => exit::TROUBLE.into(),
    }
}

/// One line on standard error. Whether anybody reads it changes nothing.
fn complain(message: fmt::Arguments<'_>) {
    drop(writeln!(io::stderr().lock(), "ddetect: {message}"));
}

/// Standard output does not take what we write. A reader that has seen enough (`| head`) is not
/// worth a line.
fn not_written(error: &io::Error) {
    if error.kind() != io::ErrorKind::BrokenPipe {
        complain(format_args!("cannot write the output: {error}"));
    }
}
