//! WordprocessingML: fields, settings and OLE objects, in whatever part of the package they stand
//! (`spec/word.md` §1).
//!
//! [`Gather`] drives the field forest from the events of every part and remembers what the
//! settings and objects say; `resolve` evaluates the fields over all of it.
//!
//! The files: `walk` (events to marks and text), `settings` (what changes how fields behave, and
//! mail merges), `properties` (what fields show of them), `binding` (content controls that show
//! data), `form` (form fields), `columns`
//! (bookmarks of columns), `objects` (OLE links in markup), `xml2003` (the older words).
//!
//! # Malformed input
//!
//! Elements count by name wherever they stand. Ends without a start and starts without an end move
//! the point at which an enclosing element is taken to be over, nothing else. A part that breaks
//! off is closed where it breaks.
//!
//! # Worst cases
//!
//! Time is linear in the events. Memory is that of the [`Document`], plus the objects; all of it
//! is charged to the limit `live-bytes`.

mod binding;
mod columns;
mod form;
mod objects;
mod properties;
mod settings;
#[cfg(test)]
mod tests;
mod walk;
mod xml2003;

use std::collections::BTreeSet;

use super::document::{Document, Source};
use crate::container::opc::Opc;
use crate::format::ledger::Ledger;
use crate::format::{Part, Vocabulary};
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::markup::xml::{Name, Tag};
use binding::Leaf;
use columns::Columns;
use form::Form;
use objects::{Object, Setting};
use properties::Property;
use settings::OpenMerge;
use walk::Walk;

/// Relationships with one id that are told of where the id is used; those past it are reported by
/// their type, and it is said that there are more.
const SAME: usize = 16;

/// Everything that was gathered from the parts of a package.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    document: Document,
    walk: Walk,
    merges: Vec<OpenMerge>,
    /// The merge whose element is open.
    merge: Option<OpenMerge>,
    objects: Vec<Object>,
    /// What an element of the last object says in its text.
    setting: Option<Setting>,
    /// The property whose element is open.
    property: Property,
    /// The name of the building block whose element is open.
    block: String,
    /// What the content control whose element is open is bound to.
    bound: Option<String>,
    leaf: Leaf,
    form: Form,
    columns: Columns,
    /// A relationship says that the part is data.
    data: bool,
    /// Parts in whose data a document stands.
    inner: BTreeSet<usize>,
}

impl Vocabulary for Gather {
    fn begin_part(&mut self, part: &Part<'_>, salvage: bool) {
        self.finish();
        let mut techniques = part.techniques.to_vec();
        if !part.reachable {
            techniques.push(TechniqueId::Unreachable);
        }
        if salvage {
            techniques.push(TechniqueId::SalvagedXml);
        }
        self.document.begin_part(Source {
            member: part.member,
            location: part.location.clone(),
            glossary: part.name.to_ascii_lowercase().contains("glossary/"),
            salvage,
            techniques,
        });
        self.walk = Walk::default();
        self.property = Property::default();
        self.setting = None;
        self.block.clear();
        self.bound = None;
        self.leaf = Leaf::default();
        self.form = Form::default();
        self.columns = Columns::default();
        self.data = part
            .relation
            .is_some_and(|relation| relation.to_ascii_lowercase().contains("customxml"));
    }

    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.enter(tag, budget)
    }

    fn end(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.object_set();
        self.leave(name, budget)
    }

    fn text(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.object_text(text);
        self.read(text, referenced, budget)
    }

    fn end_part(&mut self, techniques: &[TechniqueId]) {
        self.finish();
        if let Some(source) = self.document.sources.last_mut() {
            source.techniques.extend_from_slice(techniques);
        }
    }

    fn resolve(
        &mut self,
        opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        self.finish();
        self.document.macros |= opc
            .relationships
            .iter()
            .any(|relationship| *relationship.segment == *"vbaproject");
        self.unread(opc, ledger);
        self.settle_merges(opc, claimed);
        self.document.report(budget, ledger);
        self.object_links(opc, ledger, claimed);
        for part in &self.inner {
            if let Some(source) = self.document.sources.get(*part) {
                let detail = "document in a custom XML value";
                ledger.gap(GapKind::Unsupported, source.location.clone(), detail);
            }
        }
        self.document.clear(budget);
        *self = Gather::default();
    }
}
