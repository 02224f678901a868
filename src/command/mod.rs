//! From a DDE triple to what would run: the image that would really start, its arguments, and the
//! addresses they name.

/// What a link would start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Command {
    /// The command line as the document asks for it: service, a space, topic.
    pub line: String,
    /// The lower-case base name of the program that would start, path traversal resolved.
    pub image: Option<String>,
    /// What the program would be given.
    pub arguments: Option<String>,
}

/// What an [`Indicator`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum IndicatorKind {
    /// A file path.
    FilePath,
    /// A UNC path.
    Unc,
    /// A URL.
    Url,
}

/// An address or a file that a command or target names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Indicator {
    /// What it is.
    pub kind: IndicatorKind,
    /// As it stands in the document.
    pub value: String,
    /// Safe to paste into a ticket.
    pub defanged: String,
}
