//! From a DDE triple to what would run: the image that would really start, its arguments, and the
//! addresses they name.
//!
//! Everything here works on decoded text (quotes removed, escapes undone, nested fields
//! evaluated), is linear in its length and never fails: text that makes no sense gives a command
//! without an image or a relative target.

mod indicators;
mod launch;
mod normal;
mod path;
mod powershell;
mod programs;
mod quote;
mod resolve;
mod script;
mod shell;
mod stage;
mod target;
mod unfold;

pub(crate) use indicators::{Indicators, find_address, indicators, plain_address};
pub use indicators::{Origin, Source};
pub(crate) use normal::normal;
pub(crate) use path::{base_name, canonical, document_extension, executable_extension, runs, stem};
pub(crate) use programs::{Tier, is_ambiguous, is_program, program_in, tier};
pub(crate) use quote::cut;
pub(crate) use resolve::{ImageSource, Resolved, resolve, resolve_line};
pub use stage::Stage;
pub(crate) use target::{Class, Oddity, Target, classify};
pub(crate) use unfold::{Pool, unfold};

/// What a link would start.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Command {
    /// The command line as the document asks for it: service, a space, topic.
    pub line: String,
    /// The lower-case base name of the program that would start, path traversal resolved.
    pub image: Option<String>,
    /// What the program would be given.
    pub arguments: Option<String>,
    /// The code in the arguments that the program would run, in clear.
    pub script: Option<String>,
    /// What it would start itself.
    pub stages: Vec<Stage>,
}

/// What an [`Indicator`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum IndicatorKind {
    /// An address of mail.
    Email,
    /// A file path.
    FilePath,
    /// The name of a computer.
    Host,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A key of the registry.
    RegistryKey,
    /// A value of the registry with the data that it is given: `key\name=data`.
    RegistryValue,
    /// A UNC path.
    Unc,
    /// A URL.
    Url,
}

impl IndicatorKind {
    /// The name as it stands in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            IndicatorKind::Email => "email",
            IndicatorKind::FilePath => "file-path",
            IndicatorKind::Host => "host",
            IndicatorKind::Ip => "ip",
            IndicatorKind::RegistryKey => "registry-key",
            IndicatorKind::RegistryValue => "registry-value",
            IndicatorKind::Unc => "unc",
            IndicatorKind::Url => "url",
        }
    }
}

/// An address, a file or an entry of the registry that a command or target names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Indicator {
    /// What it is.
    pub kind: IndicatorKind,
    /// As it stands in the document.
    pub value: String,
    /// Safe to paste into a ticket.
    pub defanged: String,
    /// What it means where it is written in another way: the host of a URL in clear, the name of
    /// a hive in full.
    pub canonical: Option<String>,
    /// Where it stands.
    pub source: Source,
}
