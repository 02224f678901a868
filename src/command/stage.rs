//! The programs that a command starts one after the other.

/// A program that a command line, a script or another stage would start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Stage {
    /// The lower-case base name of the program, path traversal resolved.
    pub image: Option<String>,
    /// What the program would be given, disguises of the stage before removed.
    pub arguments: Option<String>,
    /// The code in its arguments that the program would run, in clear.
    pub script: Option<String>,
    /// What it would start itself.
    pub stages: Vec<Stage>,
}
