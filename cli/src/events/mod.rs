//! Events of Windows logs, one after the other: processes that were started and values of the
//! registry that were set. Everything else is passed over.
//!
//! # Malformed input
//!
//! What cannot be read is counted, by reason, and the rest is read on.
//!
//! # Worst cases
//!
//! One line of a log, or one chunk of an EVTX file (64 KiB), is in memory at a time. A line longer
//! than [`LONGEST_LINE`] is passed over.

mod evtx;
mod fields;
mod lines;
mod row;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use serde::Serialize;

use crate::walk::is_stdin;
pub(crate) use row::{Event, ProcessId, ProcessStart, Said, ValueSet};

/// A line of a log: a command line has at most 32,767 characters, but nobody keeps a log from
/// saying more.
pub(crate) const LONGEST_LINE: usize = 32 << 20;

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// What became of the rows of the logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Count {
    /// All rows.
    pub(crate) rows: u64,
    /// Processes that were started (Sysmon 1, Security 4688).
    pub(crate) processes: u64,
    /// Values of the registry that were set (Sysmon 13, Security 4657).
    pub(crate) registry: u64,
    /// Events of other kinds.
    pub(crate) other: u64,
    /// Rows that are no event, are cut off, too long or damaged.
    pub(crate) unreadable: u64,
    /// Events of a kind that counts without the fields that make it one.
    pub(crate) incomplete: u64,
    /// Why rows were unreadable: the first reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_trouble: Option<String>,
}

impl Count {
    /// Whether everything was read.
    pub(crate) fn complete(&self) -> bool {
        self.unreadable == 0 && self.incomplete == 0
    }

    fn trouble(&mut self, place: &str, why: &str) {
        self.unreadable += 1;
        if self.first_trouble.is_none() {
            self.first_trouble = Some(format!("{place}: {why}"));
        }
    }

    /// One row of JSON, wherever it comes from.
    fn row(
        &mut self,
        place: impl FnOnce() -> String,
        json: &[u8],
        each: &mut dyn FnMut(&Event<'_>),
    ) {
        self.rows += 1;
        let fields = match fields::read(json) {
            Ok(fields) => fields,
            Err(error) => return self.trouble(&place(), &error.to_string()),
        };
        match row::event(fields) {
            row::Row::Event(event) => {
                match event {
                    Event::Process(_) => self.processes += 1,
                    Event::Registry(_) => self.registry += 1,
                }
                each(&event);
            }
            row::Row::Other => self.other += 1,
            row::Row::Incomplete => self.incomplete += 1,
            row::Row::NoEvent => self.trouble(&place(), "a row without the id of an event"),
        }
    }
}

/// Reads one log, `-` for standard input, and hands each event on that counts.
pub(crate) fn read(
    path: &Path,
    count: &mut Count,
    each: &mut dyn FnMut(&Event<'_>),
) -> io::Result<()> {
    if is_stdin(path) {
        return read_from(
            BufReader::with_capacity(BLOCK, io::stdin().lock()),
            "-",
            count,
            each,
        );
    }
    let mut file = File::open(path)?;
    let name = path.display().to_string();
    // A pipe cannot go back to its beginning.
    if file.metadata()?.is_file() && evtx::is_evtx(&mut file)? {
        return evtx::read(file, &name, count, each);
    }
    read_from(BufReader::with_capacity(BLOCK, file), &name, count, each)
}

fn read_from(
    input: BufReader<impl Read>,
    name: &str,
    count: &mut Count,
    each: &mut dyn FnMut(&Event<'_>),
) -> io::Result<()> {
    let mut lines = lines::Lines::new(input);
    if lines.starts_with(evtx::SIGNATURE)? {
        return Err(io::Error::other(
            "EVTX is read from a file, not from standard input",
        ));
    }
    while let Some(line) = lines.next()? {
        let number = line.number;
        let place = || format!("{name}, line {number}");
        match line.text {
            Some(text) => count.row(place, text, each),
            None => {
                count.rows += 1;
                count.trouble(&place(), "the line is too long");
            }
        }
    }
    Ok(())
}
