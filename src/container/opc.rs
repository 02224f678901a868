//! Open Packaging Conventions: content types and relationships over the members of a zip.

use crate::link::TechniqueId;

/// One `<Relationship>` of one `.rels` part.
#[derive(Clone, Debug)]
pub(crate) struct Relationship {
    /// The member that the `.rels` part belongs to; `None` for the package itself or for a part
    /// that does not exist.
    pub(crate) source: Option<usize>,
    /// The member that holds the relationship.
    pub(crate) rels_member: usize,
    pub(crate) id: String,
    /// The last segment of the type URI, lower case: `officedocument`, `attachedtemplate`.
    pub(crate) segment: String,
    /// The target as it stands in the part.
    pub(crate) target: String,
    /// `TargetMode="External"`, in any case.
    pub(crate) external: bool,
    /// The member an internal target names.
    pub(crate) resolved: Option<usize>,
    /// Byte of the `.rels` part at which the element starts.
    pub(crate) offset: u64,
}

/// What the package says of its parts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opc {
    pub(crate) relationships: Vec<Relationship>,
    /// Content type of each member, where one is declared; lower case.
    pub(crate) content_types: Vec<Option<String>>,
    /// What is odd about the package as a whole.
    pub(crate) techniques: Vec<TechniqueId>,
}

impl Opc {
    /// The relationship `id` of the part that is member `source`.
    pub(crate) fn relationship(&self, source: usize, id: &str) -> Option<&Relationship> {
        self.relationships
            .iter()
            .find(|r| r.source == Some(source) && r.id == id)
    }
}
