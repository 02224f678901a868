//! OLE objects as the markup describes them: `o:OLEObject` and `w:objectLink`
//! (`spec/word.md` §6.3).

use super::Gather;
use crate::limits::Budget;
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// An object that may be a link.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) part: usize,
    pub(super) offset: u64,
    /// The relationship that says where it is.
    pub(super) id: String,
    pub(super) prog_id: Option<String>,
    /// `Link` or `Embed`, as the markup claims.
    pub(super) kind: Option<String>,
    /// It is updated when the document is opened.
    pub(super) always: bool,
}

impl Gather {
    pub(super) fn object(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let Some(id) = tag.attribute_in(Ns::Relationship, "id") else {
            return;
        };
        // `o:OLEObject` and `w:objectLink` differ in the case of the first letter.
        let value =
            |upper: &str, lower: &str| tag.attribute(upper).or_else(|| tag.attribute(lower));
        let always = value("UpdateMode", "updateMode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("always"));
        let Some(id) = self.keep(&id, budget) else {
            return;
        };
        let prog_id = value("ProgID", "progId").and_then(|value| self.keep(&value, budget));
        let kind = value("Type", "type").and_then(|value| self.keep(&value, budget));
        self.objects.push(Object {
            part: self.part(),
            offset: tag.offset,
            id,
            prog_id,
            kind,
            always,
        });
    }
}
