//! The whole answer to one call.

use crate::finding::Finding;
use crate::gap::{Gap, Skipped};
use crate::identify::Format;
use crate::link::Kind;
use crate::verdict::{Settled, Verdict};

/// What the document says of itself. Nothing here is verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Properties {
    /// The program that wrote it.
    pub application: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// When it was made, as it stands in the document.
    pub created: Option<String>,
    /// What kind of item a message is, as it says itself (`IPM.Note`,
    /// `IPM.Schedule.Meeting.Request`).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub class: Option<String>,
}

/// The document that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Document {
    /// The name it came with.
    pub name: Option<String>,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// What it is, by content.
    pub format: Format,
    /// What it says of itself.
    pub properties: Properties,
}

/// Findings that were judged but not kept, because the report was full.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Omitted {
    /// What they are.
    pub kind: Kind,
    /// How many.
    pub count: u64,
    /// The worst of them; it counts for the verdict.
    pub highest_score: u8,
}

/// The answer to one call of [`Analyzer::analyze`](crate::Analyzer::analyze).
///
/// Reports are made by the analyser alone. This does not compile:
///
/// ```compile_fail
/// let clean = ddetect::Report::default();
/// ```
///
/// nor does this:
///
/// ```compile_fail
/// let report = ddetect::Analyzer::default().analyze(b"".as_slice());
/// let clean = ddetect::Report { verdict: ddetect::Verdict::Clean, ..report };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    document: Document,
    verdict: Verdict,
    score: u8,
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
    skipped: Vec<Skipped>,
    omitted: Vec<Omitted>,
}

impl From<Settled> for Report {
    fn from(settled: Settled) -> Self {
        let Settled {
            parts,
            verdict,
            score,
            ..
        } = settled;
        Report {
            document: parts.document,
            verdict,
            score,
            findings: parts.findings,
            gaps: parts.gaps,
            skipped: parts.skipped,
            omitted: parts.omitted,
        }
    }
}

impl Report {
    /// The answer.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The highest score of any finding that counts, 0 to 100.
    pub fn score(&self) -> u8 {
        self.score
    }

    /// Whether everything was read: no [`Gap`], whatever the verdict.
    pub fn complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// The document that was handed over.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The links that were found and judged, in document order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What was not read and may hide a payload.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// What was not read and cannot hide one.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Findings that were judged but not kept.
    pub fn omitted(&self) -> &[Omitted] {
        &self.omitted
    }
}

/// The JSON contract: names are permanent, additions only.
#[cfg(feature = "serde")]
impl serde::Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tool = Tool {
            name: "ddetect",
            version: env!("CARGO_PKG_VERSION"),
            rules: crate::rules::VERSION,
        };
        let row = Row {
            schema: "ddetect/1",
            tool,
            document: &self.document,
            verdict: self.verdict,
            score: self.score,
            complete: self.complete(),
            findings: &self.findings,
            gaps: &self.gaps,
            skipped: &self.skipped,
            omitted: &self.omitted,
        };
        row.serialize(serializer)
    }
}

/// What wrote the report.
#[cfg(feature = "serde")]
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Tool {
    /// `ddetect`.
    name: &'static str,
    /// The version of the library.
    version: &'static str,
    /// The version of the rules.
    rules: &'static str,
}

/// The whole answer to one document.
#[cfg(feature = "serde")]
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Report"))]
struct Row<'a> {
    /// The version of this contract.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "ddetect/1")))]
    schema: &'static str,
    tool: Tool,
    document: &'a Document,
    verdict: Verdict,
    /// The highest score of any finding that counts, 0 to 100.
    score: u8,
    /// Whether everything was read: no gap, whatever the verdict.
    complete: bool,
    /// The links that were found and judged, in document order.
    findings: &'a Vec<Finding>,
    /// What was not read and may hide a payload.
    gaps: &'a Vec<Gap>,
    /// What was not read and cannot hide one.
    skipped: &'a Vec<Skipped>,
    /// Findings that were judged but not kept.
    omitted: &'a Vec<Omitted>,
}

#[cfg(feature = "schema")]
crate::schema::written_as!(Report, Row<'_>);
