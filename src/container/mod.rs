//! Containers as directories of members that are read one at a time, in charged blocks.

pub(crate) mod activemime;
pub(crate) mod cfb;
pub(crate) mod crypt;
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

pub(crate) use read::{MemberReader, WRONG_CHECKSUM, held};

use crate::limits::Exhausted;
use crate::link::TechniqueId;
use crypt::Cipher;
use transfer::Transfer;

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
    /// A deflate stream that may break off once this many bytes came: some programs do not end
    /// it.
    DeflatedTo(u64),
    /// In several runs of the container, joined in this order and coded so; the range of the
    /// source says nothing then. What lies beyond the container is left out. Runs of runs are not
    /// followed.
    Scattered {
        runs: Arc<[Range<usize>]>,
        coding: Box<Coding>,
    },
    /// As several sources, one after the other.
    Pieces(Arc<[Source]>),
    /// As text that stands for the bytes.
    Transfer(Transfer),
    /// Encrypted, and opened.
    Enciphered(Arc<Enciphered>),
    /// Encrypted with this scheme, and no password that was given opens it.
    Encrypted(&'static str),
    /// A zip compression method (APPNOTE 4.4.5) that is not read.
    Unsupported(u16),
}

/// What is encrypted, with what opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Enciphered {
    pub(crate) cipher: Cipher,
    /// A deflate stream stands below.
    pub(crate) deflated: bool,
    /// How many bytes it stands for, as far as that is known: ciphers of blocks fill the last one.
    pub(crate) length: Option<u64>,
}

impl Source {
    /// Bytes of the container as they are.
    pub(crate) fn stored(range: Range<usize>) -> Self {
        Source {
            range,
            coding: Coding::Stored,
            checksums: None,
        }
    }

    /// Bytes in several runs of the container, joined in this order and coded so.
    pub(crate) fn scattered(runs: impl Into<Arc<[Range<usize>]>>, coding: Coding) -> Self {
        Source {
            range: 0..0,
            coding: Coding::Scattered {
                runs: runs.into(),
                coding: Box::new(coding),
            },
            checksums: None,
        }
    }
}

/// Why less than the whole of a member was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shortfall {
    Damaged(&'static str),
    Encrypted(&'static str),
    Exhausted(Exhausted),
    Unsupported(String),
}
