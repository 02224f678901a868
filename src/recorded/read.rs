//! Reports from JSON.

use serde::{Deserialize, Deserializer};
use thiserror::Error;

use super::RecordedReport;
use crate::verdict::Verdict;

/// What every version of the contract begins with.
const PREFIX: &str = "ddetect/";
/// The major version that is read.
const MAJOR: &str = "1";

/// Why bytes are not a report.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecordedError {
    /// It is no JSON, is cut off, or a field holds something else than reports have there.
    #[error("not a report: {0}")]
    Malformed(String),
    /// It is JSON, but says nowhere that it is a report.
    #[error("not a report: it has no \"schema\" that begins with \"ddetect/\"")]
    NoSchema,
    /// It is a report of another major version, or of another program.
    #[error("reports of the schema \"{}\" are not read, only \"ddetect/1\"", crate::text::Escaped(.0))]
    Schema(String),
    /// It says that this path could not be read: there is no report.
    #[error("\"{}\" was not analysed: {}", crate::text::Escaped(.name), crate::text::Escaped(.error))]
    Unreadable {
        /// The name of the document.
        name: String,
        /// Why it could not be read.
        error: String,
    },
}

/// What tells a report from other JSON.
#[derive(Deserialize)]
struct Probe {
    schema: Option<String>,
    error: Option<String>,
    document: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

impl RecordedReport {
    /// Reads a report back from JSON.
    ///
    /// ```
    /// use ddetect::{RecordedReport, Verdict};
    ///
    /// let json = br#"{"schema":"ddetect/1","document":{"name":"q.docx"},"verdict":"clean"}"#;
    /// let report = RecordedReport::from_json(json)?;
    /// assert_eq!(report.verdict, Verdict::Clean);
    /// assert!(RecordedReport::from_json(&json[..40]).is_err());
    /// # Ok::<(), ddetect::RecordedError>(())
    /// ```
    pub fn from_json(json: &[u8]) -> Result<Self, RecordedError> {
        // Windows tools write a byte order mark.
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let probe: Probe = serde_json::from_slice(json).map_err(malformed)?;
        match probe.schema {
            None => return Err(no_report(probe)),
            Some(schema) if !is_read(&schema) => return Err(RecordedError::Schema(schema)),
            Some(_) => {}
        }
        serde_json::from_slice(json).map_err(malformed)
    }
}

fn no_report(probe: Probe) -> RecordedError {
    match probe.error {
        Some(error) => {
            let name = probe.document.and_then(|document| document.name);
            let name = name.unwrap_or_default();
            RecordedError::Unreadable { name, error }
        }
        None => RecordedError::NoSchema,
    }
}

/// `ddetect/1`, and what may be added to it: `ddetect/1.2`.
fn is_read(schema: &str) -> bool {
    let version = schema.strip_prefix(PREFIX);
    version.is_some_and(|version| version.split('.').next() == Some(MAJOR))
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
fn malformed(error: serde_json::Error) -> RecordedError {
    // It may quote what stands in the JSON.
    RecordedError::Malformed(crate::text::Escaped(&error.to_string()).to_string())
}

/// A verdict, by its name in reports. One that is not known cannot be taken for another.
pub(super) fn verdict<'de, D: Deserializer<'de>>(from: D) -> Result<Verdict, D::Error> {
    let name = String::deserialize(from)?;
    let all = [
        Verdict::Clean,
        Verdict::Incomplete,
        Verdict::Suspicious,
        Verdict::Malicious,
    ];
    let known = all.into_iter().find(|verdict| verdict.as_str() == name);
    known.ok_or_else(|| serde::de::Error::custom(format_args!("unknown verdict \"{name}\"")))
}
