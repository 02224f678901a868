//! Reports as plain data: read back from JSON, or made from a [`Report`](crate::Report) in memory.
//!
//! A [`Report`](crate::Report) can be made by the analyser alone. What was written to a file may
//! have been changed by anybody, and may come from another version, so it is another type: what
//! it says is worth what its source is worth.
//!
//! The verdict must be one of the four. Every other name of a closed list stays text, so that the
//! reports of later versions are read; fields that this version does not know are left out, and
//! those that an earlier version did not write have their empty value.
//!
//! # Malformed input
//!
//! What is no JSON, is cut off, is no report or is one of another major version is a
//! [`RecordedError`] that says what was found.
//!
//! # Worst cases
//!
//! Linear in the bytes; memory is a small multiple of them. What is read nests no deeper than 128,
//! or it is refused; fields that this version does not know are passed over without recursion.

mod convert;
#[cfg(feature = "serde")]
mod read;
#[cfg(all(test, feature = "serde"))]
mod tests;

use std::borrow::Cow;

use crate::verdict::Verdict;

#[cfg(feature = "serde")]
pub use read::RecordedError;

macro_rules! recorded {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
        #[non_exhaustive]
        pub struct $name { $( $(#[$field_meta])* pub $field: $type, )* }
    )* };
}

recorded! {
    /// What wrote the report.
    Tool {
        /// `ddetect`.
        name: String,
        /// The version of the library.
        version: String,
        /// The version of the rules.
        rules: String,
    }

    /// What the document says of itself.
    Properties {
        /// The program that wrote it.
        application: Option<String>,
        /// Who made it.
        author: Option<String>,
        /// When it was made, as it stands in the document.
        created: Option<String>,
        /// What kind of item a message is.
        class: Option<String>,
    }

    /// The document that was analysed.
    Document {
        /// The name it came with.
        name: Option<String>,
        /// How many bytes it has.
        bytes: u64,
        /// SHA-256 of its bytes, in hexadecimal.
        sha256: String,
        /// What it is, by content.
        format: String,
        /// What it says of itself.
        properties: Properties,
    }

    /// Where something stands.
    Location {
        /// The names that lead there, outermost first.
        path: Vec<String>,
        /// The whole way in one line, control characters escaped.
        display: String,
        /// The number of the field in its part.
        field: Option<u32>,
        /// The cell or other named place.
        cell: Option<String>,
        /// The byte of the innermost part.
        offset: Option<u64>,
    }

    /// What must be so before a link acts.
    Precondition {
        /// Which.
        id: String,
        /// What is needed.
        needs: String,
        /// How it is where nobody changed anything.
        #[cfg_attr(feature = "serde", serde(rename = "default"))]
        by_default: String,
    }

    /// A program that a command, a script or another stage would start.
    Stage {
        /// The lower-case base name of the program.
        image: Option<String>,
        /// What the program would be given.
        arguments: Option<String>,
        /// The code in its arguments that it would run, in clear.
        script: Option<String>,
        /// What it would start itself.
        stages: Vec<Stage>,
    }

    /// What a link would start.
    Command {
        /// The command line as the document asks for it.
        line: String,
        /// The lower-case base name of the program.
        image: Option<String>,
        /// What the program would be given.
        arguments: Option<String>,
        /// The code in its arguments that it would run, in clear.
        script: Option<String>,
        /// What it would start itself.
        stages: Vec<Stage>,
    }

    /// Another plausible reading of an ambiguous link.
    Alternative {
        /// The DDE service of this reading.
        service: Option<String>,
        /// The DDE topic of this reading.
        topic: Option<String>,
        /// The DDE item of this reading.
        item: Option<String>,
        /// What would start under this reading.
        command: Option<Command>,
    }

    /// A disguise that was undone, with the text it changed.
    Step {
        /// Which.
        technique: String,
        /// What stands in the file, or what the step before made of it.
        before: String,
        /// What it means.
        after: String,
    }

    /// One rule that fired.
    Signal {
        /// The permanent id of the rule.
        rule: String,
        /// What it adds to, or takes from, the score.
        weight: i32,
        /// What in the link made it fire.
        evidence: String,
    }

    /// The place of an indicator in the texts of its finding.
    Source {
        /// Which text.
        text: String,
        /// Where it begins, in bytes.
        start: u64,
        /// Where it ends, in bytes.
        end: u64,
    }

    /// An address, a file or an entry of the registry that a link names.
    Indicator {
        /// What it is.
        kind: String,
        /// As it stands in the document.
        value: String,
        /// Safe to paste into a ticket.
        defanged: String,
        /// What it means where it is written in another way.
        canonical: Option<String>,
        /// Where it stands.
        source: Source,
    }

    /// A link that was judged.
    Finding {
        /// What it is, by what it would do.
        kind: String,
        /// What in the document carries it.
        carrier: String,
        /// Harm if it runs.
        severity: String,
        /// That it is what the report says.
        confidence: String,
        /// What makes it act.
        trigger: String,
        /// What must be so before it acts.
        preconditions: Vec<Precondition>,
        /// 0 to 100.
        score: u8,
        /// Where it stands.
        location: Location,
        /// What stands in the file.
        raw: String,
        /// What it means, with everything evaluated.
        resolved: String,
        /// The DDE service, decoded.
        service: Option<String>,
        /// The DDE topic, decoded.
        topic: Option<String>,
        /// The DDE item, decoded.
        item: Option<String>,
        /// Where an external link points to.
        target: Option<String>,
        /// Cells, names and other places that use the link.
        used_by: Vec<String>,
        /// Other plausible readings.
        alternatives: Vec<Alternative>,
        /// What would start.
        command: Option<Command>,
        /// The disguises that were undone.
        techniques: Vec<String>,
        /// Those of them whose text can be shown.
        steps: Vec<Step>,
        /// The rules that fired.
        signals: Vec<Signal>,
        /// Addresses, files and the like that the link names.
        indicators: Vec<Indicator>,
        /// ATT&CK technique ids.
        attack: Vec<String>,
        /// Stable over documents that carry the same link.
        fingerprint: String,
        /// An allow entry matched: the finding does not count.
        allowed: bool,
    }

    /// Something that was not read and may hide a payload.
    Gap {
        /// Why it was not read.
        kind: String,
        /// Where it stands.
        location: Location,
        /// What exactly.
        detail: String,
    }

    /// Something that was not read and cannot hide a payload.
    Skipped {
        /// The names that lead there, outermost first.
        path: Vec<String>,
        /// Why it cannot hide one.
        reason: String,
    }

    /// Findings that were judged but not kept.
    Omitted {
        /// What they are.
        kind: String,
        /// How many.
        count: u64,
        /// The worst of them.
        highest_score: u8,
    }
}

/// A report as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[non_exhaustive]
pub struct RecordedReport {
    /// The version of the JSON contract: `ddetect/1`.
    pub schema: String,
    /// What wrote it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub tool: Tool,
    /// The document.
    pub document: Document,
    /// The answer.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "read::verdict"))]
    pub verdict: Verdict,
    /// The highest score of any finding that counts.
    #[cfg_attr(feature = "serde", serde(default))]
    pub score: u8,
    /// Whether everything was read. A report that does not say is not complete.
    #[cfg_attr(feature = "serde", serde(default))]
    pub complete: bool,
    /// The links that were found and judged.
    #[cfg_attr(feature = "serde", serde(default))]
    pub findings: Vec<Finding>,
    /// What was not read and may hide a payload.
    #[cfg_attr(feature = "serde", serde(default))]
    pub gaps: Vec<Gap>,
    /// What was not read and cannot hide one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub skipped: Vec<Skipped>,
    /// Findings that were judged but not kept.
    #[cfg_attr(feature = "serde", serde(default))]
    pub omitted: Vec<Omitted>,
}

impl<'r> From<&'r RecordedReport> for Cow<'r, RecordedReport> {
    fn from(report: &'r RecordedReport) -> Self {
        Cow::Borrowed(report)
    }
}

impl<'r> From<&'r crate::report::Report> for Cow<'r, RecordedReport> {
    fn from(report: &'r crate::report::Report) -> Self {
        Cow::Owned(RecordedReport::from(report))
    }
}
