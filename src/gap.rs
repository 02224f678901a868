//! What was not read: gaps, which may hide a payload, and skipped bytes, which cannot.

use crate::limits::{Exhausted, Limit, Limits};
use crate::location::Location;

/// Why something that may hide a payload was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum GapKind {
    /// The bytes are broken past what the salvage readers can put together.
    Damaged,
    /// The bytes are encrypted and no password that was given opens them.
    Encrypted,
    /// A defect of this library or of one it uses; please report it.
    Internal,
    /// A limit was reached, or the caller's stop flag was raised.
    Limit,
    /// A document of a kind that this version, or this build of it, does not read.
    Unsupported,
}

impl GapKind {
    /// The name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            GapKind::Damaged => "damaged",
            GapKind::Encrypted => "encrypted",
            GapKind::Internal => "internal",
            GapKind::Limit => "limit",
            GapKind::Unsupported => "unsupported",
        }
    }
}

/// Something that was not read and may hide a payload. A report with a gap is never
/// [`Clean`](crate::Verdict::Clean).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Gap {
    /// Why it was not read.
    pub kind: GapKind,
    /// Where it stands.
    pub location: Location,
    /// What exactly: the limit and its value, the encryption scheme, the kind of document.
    pub detail: String,
}

impl Gap {
    pub(crate) fn new(kind: GapKind, location: Location, detail: impl Into<String>) -> Self {
        Gap {
            kind,
            location,
            detail: detail.into(),
        }
    }

    /// The gap that an exhausted budget leaves.
    pub(crate) fn exhausted(cause: Exhausted, limits: &Limits, location: Location) -> Self {
        match cause {
            Exhausted::Limit(limit) => Gap::limit(limit, limits, location),
            Exhausted::Stopped => Gap::new(GapKind::Limit, location, "stopped by the caller"),
        }
    }

    /// The gap that one reached limit leaves.
    pub(crate) fn limit(limit: Limit, limits: &Limits, location: Location) -> Self {
        let detail = format!("limit {} of {} reached", limit.key(), limits.value(limit));
        Gap::new(GapKind::Limit, location, detail)
    }
}

/// Why bytes that were not read cannot hide a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum SkipReason {
    /// State of an ActiveX control.
    ActiveX,
    /// The same document as one that was read before, in the same analysis.
    Duplicate,
    /// An executable program: reported by the rules when a link starts it, not a document.
    Executable,
    /// A font.
    Font,
    /// Macros of an OpenDocument file, or a sheet of Excel 4 macros, of which only what reaches out
    /// is reported: macros are not this library's question.
    Macro,
    /// Sound or video.
    Media,
    /// An OLE object of another program whose streams were read and hold no document.
    OleObject,
    /// A PDF without an embedded file or MIME part.
    Pdf,
    /// A picture.
    Picture,
    /// Printer settings.
    PrinterSettings,
    /// A digital signature.
    Signature,
    /// Bytes that start like no document.
    Unknown,
    /// A VBA project: macros are not this library's question.
    VbaProject,
}

impl SkipReason {
    /// The name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            SkipReason::ActiveX => "active-x",
            SkipReason::Duplicate => "duplicate",
            SkipReason::Executable => "executable",
            SkipReason::Font => "font",
            SkipReason::Macro => "macro",
            SkipReason::Media => "media",
            SkipReason::OleObject => "ole-object",
            SkipReason::Pdf => "pdf",
            SkipReason::Picture => "picture",
            SkipReason::PrinterSettings => "printer-settings",
            SkipReason::Signature => "signature",
            SkipReason::Unknown => "unknown",
            SkipReason::VbaProject => "vba-project",
        }
    }
}

/// Something that was not read and cannot hide a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// Where it stands.
    pub location: Location,
    /// Why it cannot hide one.
    pub reason: SkipReason,
}

#[cfg(feature = "serde")]
impl serde::Serialize for Skipped {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = Row {
            path: self.location.path().collect(),
            reason: self.reason,
        };
        row.serialize(serializer)
    }
}

/// Something that was not read and cannot hide a payload.
#[cfg(feature = "serde")]
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Skipped"))]
struct Row<'a> {
    /// The names that lead there, outermost first.
    path: Vec<&'a str>,
    /// Why it cannot hide one.
    reason: SkipReason,
}

#[cfg(feature = "schema")]
crate::schema::written_as!(Skipped, Row<'_>);
