//! Does opening this Office document start a program or fetch something through DDE?
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
mod report;
mod rules;
mod text;
mod verdict;

pub use analyzer::Analyzer;
pub use command::{Command, Indicator, IndicatorKind};
pub use error::Error;
pub use finding::{Alternative, Finding, Severity, Signal};
pub use gap::{Gap, GapKind, SkipReason, Skipped};
pub use identify::Format;
pub use input::Input;
pub use limits::{Limit, Limits};
pub use link::{Carrier, Confidence, Kind, Technique, TechniqueId, Trigger};
pub use location::Location;
pub use options::{Options, Policy};
pub use report::{Document, Omitted, Properties, Report};
pub use text::Escaped;
pub use verdict::Verdict;

/// Runs the example of the README as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
