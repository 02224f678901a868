//! The whole answer to one call.

use crate::finding::Finding;
use crate::gap::{Gap, Skipped};
use crate::identify::Format;
use crate::link::Kind;
use crate::verdict::{Settled, Verdict};

/// What the document says of itself. Nothing here is verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
        use serde::ser::SerializeStruct;

        #[derive(serde::Serialize)]
        struct Tool {
            name: &'static str,
            version: &'static str,
            rules: &'static str,
        }

        let tool = Tool {
            name: "ddetect",
            version: env!("CARGO_PKG_VERSION"),
            rules: crate::rules::VERSION,
        };
        let mut map = serializer.serialize_struct("Report", 10)?;
        map.serialize_field("schema", "ddetect/1")?;
        map.serialize_field("tool", &tool)?;
        map.serialize_field("document", &self.document)?;
        map.serialize_field("verdict", &self.verdict)?;
        map.serialize_field("score", &self.score)?;
        map.serialize_field("complete", &self.complete())?;
        map.serialize_field("findings", &self.findings)?;
        map.serialize_field("gaps", &self.gaps)?;
        map.serialize_field("skipped", &self.skipped)?;
        map.serialize_field("omitted", &self.omitted)?;
        map.end()
    }
}
