//! Containers as directories of members that are read one at a time, in charged blocks.

pub(crate) mod opc;

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::ops::Range;

use crate::limits::{Budget, Exhausted, Limit};
use crate::link::TechniqueId;

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
    /// The coded bytes, in the container.
    pub(crate) range: Range<usize>,
    pub(crate) coding: Coding,
}

/// How the bytes of a member are coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Stored,
    Deflated,
}

/// Why less than the whole of a member was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shortfall {
    Damaged(&'static str),
    Encrypted(&'static str),
    Exhausted(Exhausted),
    Unsupported(String),
}
