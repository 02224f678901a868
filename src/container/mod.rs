//! Containers as directories of members that are read one at a time, in charged blocks.

pub(crate) mod activemime;
pub(crate) mod cfb;
mod engine;
pub(crate) mod flat;
mod held;
mod metered;
#[cfg(feature = "mail")]
pub(crate) mod mime;
pub(crate) mod opc;
mod read;
pub(crate) mod transfer;
pub(crate) mod zip;
#[cfg(test)]
#[path = "../../tests/support/zipsmith.rs"]
pub(crate) mod zipsmith;

use std::ops::Range;
use std::sync::Arc;

pub(crate) use read::{MemberReader, held};

use crate::limits::Exhausted;
use crate::link::TechniqueId;
use transfer::Transfer;
use zip::cipher::Keys;

/// One entry of a package.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The name as the directory spells it, decoded; equal names carry an index (`name#2`).
    pub(crate) name: String,
    /// Where its bytes are and how they are coded.
    pub(crate) source: Source,
    /// What is odd about the entry.
    pub(crate) techniques: Vec<TechniqueId>,
}

/// Where the bytes of a member are in its container, and how they are coded. A handle: no bytes
/// are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The coded bytes, in the container. That of a deflated entry may reach beyond them: the
    /// stream says itself where it ends. It may also reach beyond the container, which then is
    /// cut off.
    pub(crate) range: Range<usize>,
    pub(crate) coding: Coding,
    /// What the headers say that the CRC-32 of the bytes is: the bytes are damaged when it is
    /// neither of these.
    pub(crate) checksums: Option<[u32; 2]>,
}

/// How the bytes of a member are coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Stored,
    Deflated,
    /// In several runs of the container, joined in this order; the range of the source says
    /// nothing then. What lies beyond the container is left out.
    Scattered(Arc<[Range<usize>]>),
    /// A deflate stream in several runs of the container, that may break off once this many bytes
    /// came: some programs do not end it.
    DeflatedRuns {
        runs: Arc<[Range<usize>]>,
        length: u64,
    },
    /// As several sources, one after the other.
    Pieces(Arc<[Source]>),
    /// As text that stands for the bytes.
    Transfer(Transfer),
    /// ZipCrypto in front of one of the two, opened: the keys are those behind the random header.
    ZipCrypto {
        keys: Keys,
        deflated: bool,
    },
    /// Encrypted with this scheme, and no password that was given opens it.
    Encrypted(&'static str),
    /// A zip compression method (APPNOTE 4.4.5) that is not read.
    Unsupported(u16),
}

/// Why less than the whole of a member was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shortfall {
    Damaged(&'static str),
    Encrypted(&'static str),
    Exhausted(Exhausted),
    Unsupported(String),
}
