//! What markup that stands inside other markup takes from around it.

use std::rc::Rc;

use encoding_rs::Encoding;

use super::bindings::Scope;
use super::references::Entities;

/// What prefixes and entities mean at one point of a document, and how its text is encoded.
/// Cheap to copy: places where the same holds share it.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(super) encoding: &'static Encoding,
    pub(super) scope: Rc<Scope>,
    pub(super) entities: Rc<Entities>,
    /// Tells where the same prefixes are declared.
    pub(super) stand: u64,
    pub(super) bytes: u64,
}

impl Surroundings {
    /// Whether both are the same thing in memory.
    pub(crate) fn is_shared_with(&self, other: &Surroundings) -> bool {
        Rc::ptr_eq(&self.scope, &other.scope)
    }

    /// Memory in use, roughly.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}
