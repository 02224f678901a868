//! A Word document as any of its readers gathers it.
//!
//! # Worst cases
//!
//! Memory is what the forest keeps (see there), plus the values of settings, names and passages;
//! all of it is charged to the limit `live-bytes`.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{Attached, Merge, Placed};
use super::passages::{Passages, Told};
use crate::field::{Begin, Environment, Forest, Style};
use crate::format::ledger::Ledger;
use crate::gap::GapKind;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Link, TechniqueId};
use crate::location::Location;

/// What a field, object or setting of a part is reported with.
#[derive(Debug)]
pub(super) struct Source {
    /// Index of the member in its package; a number of the reader's own elsewhere. A member that
    /// is read twice has it twice.
    pub(super) member: usize,
    pub(super) location: Location,
    /// A building block: not in the document until somebody inserts it.
    pub(super) glossary: bool,
    /// A second reading of a broken part.
    pub(super) salvage: bool,
    pub(super) techniques: Vec<TechniqueId>,
}

impl Source {
    /// A part without anything odd about it.
    pub(super) fn new(member: usize, location: Location) -> Self {
        Source {
            member,
            location,
            glossary: false,
            salvage: false,
            techniques: Vec::new(),
        }
    }
}

/// Everything that was gathered from a document.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) sources: Vec<Source>,
    pub(super) forest: Forest,
    pub(super) environment: Environment,
    passages: Passages,
    /// The text of building blocks.
    blocks: Passages,
    /// Properties that repeat bookmarks, by the name of the bookmark in lower case.
    repeats: BTreeMap<String, Vec<String>>,
    /// The document refreshes all fields when it is opened.
    pub(super) update_fields: bool,
    /// There is a macro project: buttons do something.
    pub(super) macros: bool,
    pub(super) merges: Vec<Merge>,
    pub(super) attached: Vec<Attached>,
    pub(super) placed: Vec<Placed>,
    /// What is odd about single fields, by part and number.
    pub(super) disguises: BTreeMap<(u32, u32), Vec<TechniqueId>>,
    /// Parts with more mail merges, or sources of one, than are kept.
    pub(super) crowded: BTreeSet<usize>,
    /// Parts of which something was not kept.
    pub(super) short: BTreeSet<(usize, Limit)>,
    charged: u64,
}

impl Document {
    /// A part begins: an independent piece of the document with a place of its own. Fields are
    /// counted from 1 again. Ends the part before it.
    pub(super) fn begin_part(&mut self, source: Source) {
        self.end_part();
        self.sources.push(source);
        let part = u32::try_from(self.part()).unwrap_or(u32::MAX);
        self.forest.begin_part(part);
    }

    /// What comes now is reported as standing in this part, without ending what is open: for
    /// stories in the middle of another part.
    pub(super) fn enter_part(&mut self, part: usize) {
        self.forest
            .enter_part(u32::try_from(part).unwrap_or(u32::MAX));
    }

    /// The part is over: what is open in it ends.
    pub(super) fn end_part(&mut self) {
        self.forest.end_part();
        self.passages.end_part();
        self.blocks.end_part();
    }

    /// The index of the part that is being read.
    pub(super) fn part(&self) -> usize {
        self.sources.len().saturating_sub(1)
    }

    /// Whether text that comes now belongs to nothing that is kept.
    pub(super) fn is_idle(&self) -> bool {
        !self.passages.are_open() && !self.blocks.are_open() && self.forest.is_idle()
    }

    /// A field begins.
    pub(super) fn begin(&mut self, mark: Begin, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.forest.begin(mark, budget)
    }

    /// The instruction of the innermost field is over.
    pub(super) fn separate(&mut self, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.forest.separate(budget)
    }

    /// The innermost field is over.
    pub(super) fn end(&mut self, budget: &Budget<'_>) -> Result<(), Exhausted> {
        self.forest.end(budget)
    }

    /// Text, wherever it stands: of an instruction, a result or the body.
    pub(super) fn text(
        &mut self,
        text: &str,
        style: Style,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        for passages in [&mut self.passages, &mut self.blocks] {
            if passages.are_open() {
                passages.text(text, style, self.forest.spots(), budget);
            }
        }
        self.forest.text(text, style, budget)
    }

    /// A bookmark begins; `key` is what its end will be told by.
    pub(super) fn open_bookmark(&mut self, key: &str, name: &str, budget: &Budget<'_>) {
        self.passages.open(key, name, self.forest.spots(), budget);
    }

    /// The bookmark that was opened under `key` ends.
    pub(super) fn close_bookmark(&mut self, key: &str) {
        self.passages.close(key, self.forest.spots());
    }

    /// A building block begins: text that AUTOTEXT inserts by its name. They do not nest.
    pub(super) fn open_block(&mut self, name: &str, budget: &Budget<'_>) {
        self.blocks.open("", name, self.forest.spots(), budget);
    }

    /// The building block ends.
    pub(super) fn close_block(&mut self) {
        self.blocks.close("", self.forest.spots());
    }

    /// A document variable.
    pub(super) fn variable(&mut self, name: &str, value: &str, budget: &Budget<'_>) {
        if !self.environment.variable(name, value, budget) {
            self.note_short();
        }
    }

    /// A property says what a bookmark says.
    pub(super) fn repeat(&mut self, property: &str, bookmark: &str, budget: &Budget<'_>) {
        /// Properties that repeat one bookmark.
        const MOST: usize = 64;
        let bookmark = bookmark.trim().to_lowercase();
        let full = self
            .repeats
            .get(&bookmark)
            .is_some_and(|all| all.len() >= MOST);
        if full {
            self.note_short();
        } else if let (Some(bookmark), Some(property)) =
            (self.keep(&bookmark, budget), self.keep(property, budget))
        {
            self.repeats.entry(bookmark).or_default().push(property);
        }
    }

    /// Something is odd about the field that began last. Not kept when the budget does not reach.
    pub(super) fn disguised(&mut self, technique: TechniqueId, budget: &Budget<'_>) {
        /// What an entry costs.
        const ENTRY: u64 = 96;
        let part = u32::try_from(self.part()).unwrap_or(u32::MAX);
        let key = (part, self.forest.number());
        if !self.disguises.contains_key(&key) {
            if budget.charge_live(ENTRY).is_err() {
                return;
            }
            self.charged = self.charged.saturating_add(ENTRY);
        }
        let known = self.disguises.entry(key).or_default();
        if !known.contains(&technique) {
            known.push(technique);
        }
    }

    /// Something of the part could not be kept.
    pub(super) fn note_short(&mut self) {
        self.short.insert((self.part(), Limit::LiveBytes));
    }

    /// Another document that is loaded with this one, by its name.
    pub(super) fn attach(&mut self, attached: Attached) {
        self.attached.push(attached);
    }

    /// A link that was found where it stands. Given back when it cannot be kept for its turn.
    pub(super) fn place_link(&mut self, placed: Placed, budget: &Budget<'_>) -> Option<Link> {
        /// What a link costs besides its texts, which stand in it three times at most.
        const ENTRY: usize = 768;
        /// Links that wait for their turn; the memory is for the fields.
        const WAITING: usize = 1 << 13;
        if self.placed.len() >= WAITING {
            return Some(placed.link);
        }
        let bytes = placed
            .link
            .raw
            .len()
            .saturating_mul(3)
            .saturating_add(ENTRY);
        let cost = u64::try_from(bytes).unwrap_or(u64::MAX);
        if budget.charge_live(cost).is_err() {
            return Some(placed.link);
        }
        self.charged = self.charged.saturating_add(cost);
        self.placed.push(placed);
        None
    }

    /// Pays for text that is kept; notes the limit when it cannot be.
    pub(super) fn keep(&mut self, text: &str, budget: &Budget<'_>) -> Option<String> {
        /// What a kept text costs besides its bytes.
        const ENTRY: u64 = 64;
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let cost = bytes.saturating_add(ENTRY);
        if budget.charge_live(cost).is_err() {
            self.short.insert((self.part(), Limit::LiveBytes));
            return None;
        }
        self.charged = self.charged.saturating_add(cost);
        Some(text.to_owned())
    }

    /// Reports everything that was gathered, and gives the memory back.
    pub(super) fn settle(&mut self, budget: &Budget<'_>, ledger: &mut Ledger<'_>) {
        self.end_part();
        self.report(budget, ledger);
        self.clear(budget);
    }

    /// Reports everything that was gathered; [`Document::clear`] gives the memory back.
    pub(super) fn report(&mut self, budget: &Budget<'_>, ledger: &mut Ledger<'_>) {
        self.settle_passages(budget);
        self.settle_all(budget, ledger);
        if self.environment.missed() {
            // What a field repeats is cut where an instruction would be.
            self.short.insert((0, Limit::InstructionBytes));
        }
        for source in self
            .crowded
            .iter()
            .filter_map(|part| self.sources.get(*part))
        {
            let detail = "more mail merges, or sources of one, than are read";
            ledger.gap(GapKind::Limit, source.location.clone(), detail);
        }
        for (part, limit) in &self.short {
            if let Some(source) = self.sources.get(*part) {
                ledger.exhausted(Exhausted::Limit(*limit), source.location.clone());
            }
        }
    }

    /// Gives the fields the texts that they may name.
    fn settle_passages(&mut self, budget: &Budget<'_>) {
        if self.forest.roots().next().is_none() {
            return;
        }
        let environment = &mut self.environment;
        let passages = self.passages.each(|name, told| match told {
            Told::Text(text) => {
                let mut kept = environment.passage(name, text, budget);
                let found = (!self.repeats.is_empty())
                    .then(|| self.repeats.get(&name.trim().to_lowercase()))
                    .flatten();
                for property in found.into_iter().flatten() {
                    kept &= environment.property(property, text, budget);
                }
                kept
            }
            Told::More => environment.cut(name, budget),
        });
        let blocks = self.blocks.each(|name, told| match told {
            Told::Text(text) => environment.building_block(name, text, budget),
            Told::More => environment.cut(name, budget),
        });
        if !(passages && blocks) {
            self.short.insert((0, Limit::LiveBytes));
        }
    }

    /// Gives the memory back to the account; nothing is left then.
    pub(super) fn clear(&mut self, budget: &Budget<'_>) {
        self.forest.clear(budget);
        self.environment.clear(budget);
        self.passages.clear(budget);
        self.blocks.clear(budget);
        budget.release_live(self.charged);
        *self = Document::default();
    }
}
