//! Does opening this Office document start a program or fetch something through DDE (Dynamic Data
//! Exchange) or a link that does the same job, with what command, and how sure are we?
//!
//! An [`Analyzer`] is configured once and shared by all threads. [`Analyzer::analyze`] takes the
//! bytes of a document and returns a [`Report`]: a [`Verdict`], the [`Finding`]s that led to it with
//! the command in clear and the place where it stands, and the [`Gap`]s, which are what could not
//! be read. A document with a gap is never [`Clean`](Verdict::Clean).
//!
//! ```
//! use ddetect::{Analyzer, Input, Options, Verdict};
//!
//! let analyzer = Analyzer::new(Options::gateway());
//! let bytes = b"7z\xbc\xaf\x27\x1c an archive of a kind that is not opened";
//! let report = analyzer.analyze(Input::new(bytes).name("letter.doc"));
//! assert_eq!(report.verdict(), Verdict::Incomplete);
//! println!("{}: {}", report.gaps()[0].location, report.gaps()[0].detail);
//! ```
//!
//! The library opens no files, reads no clock and no environment, starts no threads and prints
//! nothing. What a document says of itself (names, types, lengths, counts) decides nothing: content
//! does. Trouble with a document is data in the report; [`Error`] is for mistakes of the caller.
//!
//! # What is read
//!
//! Word documents of every kind: Office Open XML (`.docx`, its macro-enabled and template forms, ISO
//! Strict, Flat OPC), binary (`.doc` of all ages), Rich Text Format, web pages and archives, Word
//! 2003 XML. Excel documents of every kind: Office Open XML (`.xlsx`, `.xlsb`), binary (`.xls` of all
//! ages), Excel 2003 XML, SYLK, DIF, delimited text, tables of web pages, query files. OpenDocument of
//! every kind. PowerPoint documents in Office Open XML and binary ones, Visio drawings in XML. OLE
//! objects in any of these, and zip archives around them. Every other kind of document that Word,
//! Excel, PowerPoint, OneNote, Outlook or LibreOffice opens is recognised and reported as a gap of kind
//! [`Unsupported`](GapKind::Unsupported). Out of scope are the emulation of VBA and Excel 4 macros,
//! the contents of PDF files, exploits of memory corruption, and archives other than zip.
//!
//! # Worst cases
//!
//! Time is linear in the bytes that are read and decoded, whatever is in them; the [`Limits`] bound
//! those bytes (by default 128 MiB in, 1 GiB decoded), and with them the time. A part of 200 MB in a
//! zip of 0.5 MB takes some seconds at the densest markup. `cargo bench --bench growth` holds this for
//! every format: a document made to cost most, sixteen times as long, takes at most 1.15 times the
//! instructions for each decoded byte. The most that a byte was seen to cost:
//!
//! | format | instructions for a byte | full of |
//! |---|---|---|
//! | `.docx`, Flat OPC, Word 2003 XML | 1,340 | fields that are links |
//! | RTF, `.doc` | 850 | fields that are links |
//! | web pages and archives | 2,000 | fields that are links |
//! | delimited text, SYLK, DIF, tables of web pages | 7,600 | links, each a command |
//! | `.xlsx`, `.xls`, `.xlsb`, Excel 2003 XML, OpenDocument | 4,200 | link tables, each a command |
//! | PowerPoint | 380 | actions |
//! | zip, compound files, OneNote | 1,330 | small documents |
//! | messages, calendars, `winmail.dat` | 4,000 | uuencoded files |
//! | commands in any of them | 5,400 | brackets; numbers of characters |
//! | anything else | 290 | noise |
//!
//! Entries of a zip archive whose names overlap cost more, up to a fixed 20,000 names of 64 KiB: half a
//! second. A caller with a deadline raises the stop
//! flag of [`Input`]: it is looked at every 64 KiB of decoded bytes, for every field and before
//! every step of evaluation.
//!
//! Memory is bounded by the input plus 64 MiB: 48 MiB of decoded and gathered data
//! ([`Limits::live_bytes`]) and 16 MiB of findings. Nothing recurses on the depth of the input, and
//! no allocation or loop is sized by a number from it before the budget was charged.
//!
//! Panics in this library are defects. Calls into dependencies are caught where the caller's
//! profile unwinds, and become gaps of kind [`Internal`](GapKind::Internal).
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        clippy::print_stdout,
        clippy::print_stderr,
        clippy::exit,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::exhaustive_enums,
        clippy::exhaustive_structs,
        clippy::iter_over_hash_type
    )
)]

mod analyzer;
mod bytes;
mod collector;
mod command;
mod container;
mod error;
#[cfg(feature = "export")]
pub mod export;
mod field;
mod finding;
mod format;
mod formula;
mod gap;
mod guard;
mod identify;
mod input;
mod limits;
mod link;
mod location;
mod markup;
mod options;
mod passwords;
mod precondition;
pub mod recorded;
mod report;
mod rules;
#[cfg(feature = "schema")]
mod schema;
mod seen;
mod spare;
mod text;
pub mod triage;
mod verdict;

pub use analyzer::Analyzer;
pub use command::{Command, Indicator, IndicatorKind, Origin, Source, Stage};
pub use error::Error;
pub use finding::{Alternative, Finding, Severity, Signal};
pub use gap::{Gap, GapKind, SkipReason, Skipped};
pub use identify::Format;
pub use input::Input;
pub use limits::{Limit, Limits};
pub use link::{Carrier, Confidence, Kind, Technique, TechniqueId, Trigger};
pub use location::Location;
pub use options::{Options, Policy};
pub use precondition::{Precondition, PreconditionId};
#[cfg(feature = "serde")]
pub use recorded::RecordedError;
pub use recorded::RecordedReport;
pub use report::{Document, Omitted, Properties, Report};
#[cfg(feature = "schema")]
pub use schema::schema;
pub use text::Escaped;
pub use triage::{Context, Triage, triage};
pub use verdict::Verdict;

/// Runs the example of the README as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests;
