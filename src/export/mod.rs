//! Reports in the formats of other programs: SARIF 2.1.0, Sigma rules, STIX 2.1 bundles, MISP events.
//!
//! Each format is a value that reports are added to, one at a time, and that serialises (Sigma:
//! displays) as one document. It keeps what it writes and nothing of the report, so that a folder
//! of any size costs what its output costs.
//!
//! ```
//! use ddetect::export::Sarif;
//! use ddetect::{Analyzer, Input};
//!
//! let report = Analyzer::default().analyze(Input::new(b"a text").name("note.txt"));
//! let mut sarif = Sarif::default();
//! sarif.add(&report);
//! assert_eq!(serde_json::to_value(&sarif)?["version"], "2.1.0");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Same reports, same order, same [`Created`]: the same bytes. All ids are of version 5 of RFC 4122,
//! made from what they stand for and never from the time, so that a platform that gets a document
//! twice updates what it has.
//!
//! Reports come from the analyser, or from JSON as [`RecordedReport`](crate::RecordedReport).
//!
//! # What is said, and what is not
//!
//! What a document would start is a prediction: it stands in notes, messages and rules, never as a
//! process that was observed. Only findings that count for the verdict (a score of 50 or more, not
//! on the allow list) become rules and indicators.
//!
//! # Malformed input
//!
//! Texts come from documents and hold anything: terminal control, half an escape, the wildcards
//! and quotation marks of the target format. Each format escapes them in its own way. Sizes are
//! bounded by the report, which is bounded by the limits of the analysis.

mod attack;
mod created;
mod ids;
mod misp;
mod reported;
mod sarif;
mod sigma;
mod stix;

pub use created::Created;
pub use misp::Misp;
pub use sarif::Sarif;
pub use sigma::Sigma;
pub use stix::Stix;

/// From this score on a finding counts for the verdict: the line of "suspicious".
const COUNTS: u8 = 50;
/// From this score on a finding is malicious.
const MALICIOUS: u8 = 80;

/// At most this many bytes of a text, cut between characters.
fn shortened(text: &str, most: usize) -> &str {
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
