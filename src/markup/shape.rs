//! What one look at a start tag tells, so that nobody has to look for it again.

use super::tag::{split, tag_name};

/// Where the parts of a start tag stand, and what is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Length of the name.
    pub(super) name: usize,
    /// Length of its prefix with the colon; 0 without one.
    pub(super) prefix: usize,
    /// Its end tag is known by comparison: no mark in the name that ends a tag elsewhere than its
    /// `>`, no character that is a blank for some only.
    pub(super) plain: bool,
    /// What stands behind the name.
    pub(super) signs: Signs,
}

/// Bytes that ask for a closer look, wherever among the attributes they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// A `<`, which is not allowed: most often it is a missing quote.
    pub(super) tag: bool,
    /// An `x`, without which there is no `xmlns`.
    pub(super) declaration: bool,
    /// An `&`.
    pub(super) reference: bool,
}

impl Signs {
    #[inline]
    pub(super) fn note(&mut self, byte: u8) {
        self.tag |= byte == b'<';
        self.declaration |= byte == b'x';
        self.reference |= byte == b'&';
    }
}

impl Shape {
    /// The shape of a tag without its brackets, which may be written in any way.
    pub(super) fn of(content: &str) -> Self {
        let name = tag_name(content);
        let (_, local) = split(name);
        let mut signs = Signs::default();
        for byte in content.bytes().skip(name.len()) {
            signs.note(byte);
        }
        Shape {
            name: name.len(),
            prefix: name.len().saturating_sub(local.len()),
            plain: false,
            signs,
        }
    }
}
