//! Excel 2003 XML: a workbook in one XML file (`spec/excel.md` §6.1).
//!
//! Formulas stand as text in attributes of their cells, `service|topic!item` included; the link
//! table repeats service and topic in `SupBook`. What the islands of a page have as well is read
//! by [`elements`].
//!
//! # Malformed input
//!
//! Elements count by their local names. A cell without an index stands behind the one before it;
//! an index that is no number is none. A workbook that is read twice, because its markup is
//! broken, counts once.
//!
//! # Worst cases
//!
//! Time is linear in the bytes, whatever the indices say: they are counted, never walked. Memory is
//! one text at a time, and what mentions a link; both are paid as live bytes. A sheet that finds no
//! room goes by the name of the workbook.

mod cells;
pub(super) mod elements;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::capture::Capture;
use super::evidence::Source;
use super::letters::{is_leading, is_telling, is_telling_or_path, may_trigger_escaped};
use super::site::{Place, Rank, Sheet, State, cost, push_cut};
use crate::container::opc::Opc;
use crate::format::ledger::Ledger;
use crate::format::{Part, Vocabulary};
use crate::formula::functions::Class;
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, TechniqueId};
use crate::markup::names::Ns;
use crate::markup::xml::{Name, Tag};
use cells::Cursor;
use elements::Elements;

/// What was gathered from the markup of one document.
pub(crate) struct Gather {
    book: Book,
    is_program: fn(&str) -> bool,
    /// The place of the workbook, once there is one.
    workbook: Option<usize>,
    /// By byte, the places of the sheets: a workbook that is read twice has each of them once.
    sheets: BTreeMap<u64, usize>,
    elements: Elements,
    salvage: bool,
    cursor: Cursor,
    data: Data,
}

/// The text of a cell.
#[derive(Debug, Default)]
struct Data {
    /// Elements open in it, with itself.
    depth: u32,
    offset: u64,
    /// It cannot be a formula.
    dead: bool,
    text: Capture,
}

impl Gather {
    /// `is_program` as for [`Book::new`].
    pub(crate) fn new(is_program: fn(&str) -> bool) -> Self {
        Gather {
            book: Book::new(is_program),
            is_program,
            workbook: None,
            sheets: BTreeMap::new(),
            elements: Elements::default(),
            salvage: false,
            cursor: Cursor::default(),
            data: Data::default(),
        }
    }

    fn place(&self) -> usize {
        self.elements.sheet
    }

    /// A sheet begins.
    fn sheet(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        /// What the place of a sheet costs besides its name.
        const PLACE: usize = 2 * cost::ENTRY;
        self.cursor = Cursor::default();
        if let Some(place) = self.sheets.get(&tag.offset) {
            self.elements.sheet = *place;
            return;
        }
        let workbook = self.workbook.unwrap_or_default();
        self.elements.sheet = workbook;
        let mut name = String::new();
        push_cut(&mut name, &tag.attribute("Name").unwrap_or_default());
        let paid = PLACE.saturating_add(name.len());
        if !self.book.purse(budget).fits(Rank::Junk, paid) {
            return;
        }
        let Some(around) = self.book.place_mut(workbook) else {
            return;
        };
        let place = Place {
            sheet: Some(Sheet {
                name,
                state: State::Visible,
            }),
            reachable: around.reachable,
            techniques: around.techniques.clone(),
            ..Place::new(around.location.clone())
        };
        let place = self.book.open_place(place);
        self.sheets.insert(tag.offset, place);
        self.elements.sheet = place;
    }

    fn cell(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        // Once over the attributes, since most elements of a workbook are cells.
        let mut formulas = [None, None];
        let mut link = None;
        let (mut index, mut across) = (None, None);
        for attribute in tag.attributes() {
            match attribute.name.local {
                "Formula" => formulas[0] = Some(attribute),
                "ArrayRange" => formulas[1] = Some(attribute),
                "HRef" => link = Some(attribute.value),
                "Index" => index = Some(attribute.value),
                "MergeAcross" => across = Some(attribute.value),
                _ => {}
            }
        }
        self.cursor.cell(index.as_deref(), across.as_deref());
        let place = self.place();
        for formula in formulas.into_iter().flatten() {
            if !formula.value.contains(is_telling_or_path) {
                continue;
            }
            let label = self.cursor.label();
            let source = Source {
                salvage: self.salvage,
                referenced: formula.referenced && is_spelled(&formula.value),
                ..Source::cell(place, tag.offset, &label)
            };
            self.book.formula(&formula.value, &source, budget)?;
        }
        if let Some(target) = link
            && !target.is_empty()
            && !target.starts_with('#')
        {
            let label = self.cursor.label();
            let source = Source {
                carrier: Carrier::Hyperlink,
                salvage: self.salvage,
                ..Source::cell(place, tag.offset, &label)
            };
            let raw = format!("HRef=\"{target}\"");
            let call = ("HYPERLINK", Class::Click);
            self.book.call(call, &target, &raw, &source, budget);
        }
        Ok(())
    }

    /// The text of a cell is complete.
    fn end_data(&mut self, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let mut data = std::mem::take(&mut self.data);
        let place = self.place();
        let mut ended = Ok(());
        if data.text.text.contains(is_telling) {
            let label = self.cursor.label();
            let source = Source {
                salvage: self.salvage,
                referenced: data.text.referenced,
                ..Source::cell(place, data.offset, &label)
            };
            ended = self.book.text(&data.text.text, &source, budget);
        }
        data.text.restart();
        if let Some(cause) = data.text.close(budget) {
            self.book.overflow(place, cause);
        }
        ended
    }
}

/// Whether a value that holds references spells letters with them: `&quot;` and its like never
/// stand for these.
fn is_spelled(value: &str) -> bool {
    !value.contains(['&', '<', '>', '"', '\'', '\n', '\r', '\t'])
}

impl Default for Gather {
    fn default() -> Self {
        Gather::new(|_| false)
    }
}

impl Vocabulary for Gather {
    fn begin_part(&mut self, part: &Part<'_>, salvage: bool) {
        let workbook = self.workbook.unwrap_or_else(|| {
            self.book.open_place(Place {
                reachable: part.reachable,
                techniques: part.techniques.iter().copied().collect(),
                ..Place::new(part.location.clone())
            })
        });
        self.workbook = Some(workbook);
        self.salvage = salvage;
        self.elements = Elements::new(workbook, salvage);
        self.cursor = Cursor::default();
        self.book.close_open();
    }

    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if self.data.depth > 0 {
            // Fonts and the like in the text of a cell.
            self.data.depth = self.data.depth.saturating_add(1);
            return Ok(());
        }
        let own = tag.name.ns == Ns::Spreadsheet2003;
        match tag.name.local {
            "Cell" if own => self.cell(tag, budget)?,
            "Row" if own => {
                let (index, span) = (tag.attribute("Index"), tag.attribute("Span"));
                self.cursor.row(index.as_deref(), span.as_deref());
            }
            "Data" if own => {
                self.data.depth = 1;
                self.data.dead = false;
                self.data.offset = tag.offset;
            }
            "Worksheet" if own => self.sheet(tag, budget),
            local => {
                let attribute = |name: &str| tag.attribute(name).map(|value| value.into_owned());
                let book = &mut self.book;
                self.elements
                    .start(local, tag.offset, &attribute, book, budget)?;
            }
        }
        let place = self.place();
        self.book.note_short(place);
        Ok(())
    }

    fn end(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if self.data.depth > 0 {
            self.data.depth = self.data.depth.saturating_sub(1);
            if self.data.depth == 0 {
                return self.end_data(budget);
            }
            return Ok(());
        }
        let own = name.ns == Ns::Spreadsheet2003;
        match name.local {
            "Cell" | "Row" if own => Ok(()),
            "Worksheet" if own => {
                self.elements.sheet = self.workbook.unwrap_or_default();
                Ok(())
            }
            local => self.elements.end(local, &mut self.book, budget),
        }
    }

    fn text(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if self.data.depth == 0 {
            self.elements.text(text, referenced, budget);
            return Ok(());
        }
        if self.data.dead {
            return Ok(());
        }
        let mut text = text;
        if self.data.text.text.is_empty() {
            text = text.trim_start_matches(is_leading);
            self.data.dead = text.chars().next().is_some_and(|c| !may_trigger_escaped(c));
            if text.is_empty() || self.data.dead {
                return Ok(());
            }
        }
        self.data.text.push(text, referenced, budget);
        Ok(())
    }

    fn end_part(&mut self, techniques: &[TechniqueId]) {
        let places = self.workbook.iter().chain(self.sheets.values());
        for place in places {
            if let Some(place) = self.book.place_mut(*place) {
                place.techniques.extend(techniques);
            }
        }
    }

    fn resolve(
        &mut self,
        _opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        _claimed: &mut BTreeSet<usize>,
    ) {
        let Some(workbook) = self.workbook else {
            return;
        };
        let data = if self.data.depth > 0 {
            self.end_data(budget)
        } else {
            Ok(())
        };
        let ended = data.and(self.elements.close(&mut self.book, budget));
        if let Err(cause) = ended {
            self.book.overflow(workbook, cause);
        }
        let gathered = std::mem::replace(self, Gather::new(self.is_program));
        gathered.book.settle(budget, ledger);
    }
}
