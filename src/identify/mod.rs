//! What could these bytes be? Sees bytes and a package's listing, opens nothing.

/// What a document is, by content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Format {
    /// No bytes at all.
    Empty,
    /// Nothing that an Office program opens.
    Other,
}
