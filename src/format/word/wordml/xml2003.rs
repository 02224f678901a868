//! What Word 2003 XML says in other words than its successor: annotations, targets as attributes
//! (`spec/word.md` §4.1).
//!
//! # Malformed input
//!
//! These elements count in any part: a reader that knows the older words takes them.

use super::Gather;
use super::walk::Scope;
use crate::limits::Budget;
use crate::link::Carrier;
use crate::markup::names::Ns;
use crate::markup::xml::{Tag, is_on};

/// Where pictures of the file itself are named.
const OWN: &str = "wordml://";

impl Gather {
    /// `aml:annotation`: a revision, a bookmark or a comment, by its type.
    pub(super) fn annotation(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        let kind = tag.attribute_in(Ns::Word, "type");
        let id = || tag.attribute("id").unwrap_or_default();
        match kind.as_deref().map(str::trim) {
            Some("Word.Deletion") => self.begin_deleted(),
            Some("Word.Comment") => self.begin_story(),
            Some("Word.Bookmark.Start") => {
                if let Some(name) = tag.attribute_in(Ns::Word, "name") {
                    self.document.open_bookmark(id().trim(), &name, budget);
                }
            }
            Some("Word.Bookmark.End") => self.document.close_bookmark(id().trim()),
            Some(_) | None => {}
        }
    }

    /// An element that may name its target in an attribute.
    pub(super) fn target(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        match tag.name.local {
            "hlink" => self.attach(tag, "dest", Carrier::Hyperlink, budget),
            "subDoc" => self.attach(tag, "link", Carrier::SubDocument, budget),
            "wordDocument" => {
                let macros = tag.attribute_in(Ns::Word, "macrosPresent");
                self.document.macros |= macros.is_some_and(|value| is_on(&value));
            }
            "docSuppData" => self.document.macros = true,
            _ => {}
        }
    }

    /// A picture or a filling of VML: its file, or the place that it is linked to.
    pub(super) fn picture(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        // `r:href` names a relationship, which is reported by its type.
        let own = |ns: Ns| matches!(ns, Ns::None | Ns::Vml | Ns::VmlOffice);
        for attribute in tag.attributes() {
            let name = attribute.name;
            let is_target = own(name.ns) && matches!(name.local, "src" | "href");
            if is_target && !attribute.value.trim().starts_with(OWN) {
                self.attach_to(&attribute.value, tag, Carrier::IncludePicture, budget);
            }
        }
    }

    fn begin_story(&mut self) {
        self.document.forest.begin_story();
        self.push(Scope::Story);
    }

    fn begin_deleted(&mut self) {
        self.walk.deleted = self.walk.deleted.saturating_add(1);
        self.push(Scope::Deleted);
    }
}
