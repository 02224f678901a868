//! SpreadsheetML: the workbook, its sheets, external links, connections, and every other part in
//! which a formula can stand (`spec/excel.md` §1).
//!
//! [`Gather`] is told of every XML part of a package whose root is not WordprocessingML, whatever
//! its name or content type, and takes what it knows wherever it stands: a part announced as
//! something else, an orphan, a branch of an alternative. `resolve` then ties formulas to links:
//! `[N]` in a formula is the N-th external reference of the workbook, whose relationship names the
//! part.
//!
//! # Malformed input
//!
//! Missing attributes have the schema's defaults, missing cell references are counted on, a
//! formula that is cut off by the end of its part is read as far as it goes, and a part that is
//! read twice counts once. References that lead nowhere leave the link reported as unused.
//!
//! # Worst cases
//!
//! Time is linear in the bytes of the parts. Memory is one formula or text at a time, and what
//! mentions a link, both paid as live bytes; a sheet without links keeps nothing. Places that use
//! one link are kept up to a thousand and counted beyond.

mod collect;
mod connections;
mod cursor;
mod links;
mod places;
#[cfg(test)]
mod tests;
mod workbook;

pub(super) use cursor::push_column;

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::evidence::Source;
use super::resolve::Relations;
use super::site::{Place, Rank, push_cut};
use crate::container::opc::Opc;
use crate::format::ledger::Ledger;
use crate::format::{Part, Vocabulary};
use crate::formula::functions::Class;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, TechniqueId};
use crate::markup::names::Ns;
use crate::markup::xml::{Name, Tag};
use collect::{Collected, Collecting, is_telling};
use cursor::{CellKind, Cursor};
use places::{Holds, attributes_of, text_of};
use workbook::Workbook;

/// Workbook parts of one package whose references are followed, in the order in which they were
/// read: the one that Excel opens comes first, others only stand there to confuse.
const WORKBOOKS: usize = 16;

/// What was gathered from the parts of one package.
pub(crate) struct Gather {
    book: Book,
    /// By place: the index of the member in its package.
    members: Vec<usize>,
    by_member: BTreeMap<usize, usize>,
    workbooks: BTreeMap<usize, Workbook>,
    here: Here,
    is_program: fn(&str) -> bool,
}

/// Where the reader is.
#[derive(Default)]
struct Here {
    part: usize,
    salvage: bool,
    root_seen: bool,
    in_workbook: bool,
    depth: usize,
    /// Alternatives open here, by their depth.
    alternatives: Vec<usize>,
    cursor: Cursor,
    /// The range that the open conditional format or data validation covers.
    range: String,
    /// Texts of the part so far, for their names.
    texts: u64,
    real_time: bool,
    connections: connections::Reading,
    collecting: Option<Collecting>,
    /// A text that its part cut off.
    unfinished: Option<Collecting>,
}

impl Gather {
    /// `is_program` says whether a lower-case program name without extension is one that is known
    /// to be abused: how sure a finding is depends on it, whether it is one does not.
    pub(crate) fn new(is_program: fn(&str) -> bool) -> Self {
        Gather {
            book: Book::new(is_program),
            members: Vec::new(),
            by_member: BTreeMap::new(),
            workbooks: BTreeMap::new(),
            here: Here::default(),
            is_program,
        }
    }

    /// The part's root says what it is.
    fn root(&mut self, tag: &Tag<'_>) {
        let name = tag.name;
        self.here.root_seen = true;
        self.here.in_workbook = name.is(Ns::Spreadsheet, "workbook");
        if self.here.in_workbook {
            self.workbooks.entry(self.here.part).or_default();
            // The labels of what stands in it say enough.
            if let Some(place) = self.book.place_mut(self.here.part) {
                place.title.clear();
            }
        }
        if name.local == "macrosheet"
            && matches!(name.ns, Ns::Spreadsheet | Ns::ExcelMain)
            && let Some(place) = self.book.place_mut(self.here.part)
        {
            place.macros = true;
        }
    }

    /// An element that may hold a text worth reading.
    fn open_text(&mut self, tag: &Tag<'_>) {
        let label = |text: &str| {
            let mut label = String::new();
            push_cut(&mut label, text);
            label
        };
        let part = self.here.part;
        let mut macros = self.book.place_mut(part).is_some_and(|place| place.macros);
        let here = &self.here;
        let mut on_sheet = false;
        let mut carrier = Carrier::Formula;
        let (what, label) = match (tag.name.ns, tag.name.local) {
            (Ns::Spreadsheet, "si") => {
                self.here.texts = self.here.texts.saturating_add(1);
                (
                    Collected::WRAPPED,
                    format!("shared string {}", self.here.texts),
                )
            }
            (Ns::Spreadsheet, "is") if here.cursor.kind == CellKind::Inline => {
                on_sheet = true;
                (Collected::WRAPPED, here.cursor.cell.clone())
            }
            (Ns::Spreadsheet, "v") if here.cursor.kind == CellKind::Text => {
                on_sheet = true;
                (Collected::DIRECT, here.cursor.cell.clone())
            }
            _ => {
                let Some(holds) = text_of(tag.name) else {
                    return;
                };
                let label = match holds {
                    Holds::CellFormula => {
                        on_sheet = true;
                        // The value of a formula is no text of the cell's own.
                        self.here.cursor.kind = CellKind::Other;
                        // The master of a shared or array formula covers its range.
                        match tag.attribute("ref") {
                            Some(range) => label(&range),
                            None => self.here.cursor.cell.clone(),
                        }
                    }
                    Holds::RangeFormula(words) => {
                        on_sheet = true;
                        let range = &here.range;
                        if range.is_empty() {
                            words.to_owned()
                        } else {
                            format!("{range} ({words})")
                        }
                    }
                    Holds::Formula(words) => words.to_owned(),
                    Holds::Name => {
                        carrier = Carrier::Name;
                        macros = true;
                        let name = tag.attribute("name").unwrap_or_default();
                        format!("defined name {}", label(&name))
                    }
                };
                (Collected::Formula(carrier), label)
            }
        };
        self.here.collecting = Some(Collecting {
            part: self.here.part,
            offset: tag.offset,
            depth: self.here.depth,
            salvage: self.here.salvage,
            what,
            label,
            on_sheet,
            macros,
            text: String::new(),
            paid: 0,
            over: None,
            referenced: false,
        });
    }

    /// Formulas in attributes.
    fn attributes(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if tag.name.is(Ns::Spreadsheet, "definedName") {
            return self.name_attributes(tag, budget);
        }
        let Some(places) = attributes_of(tag.name) else {
            return Ok(());
        };
        // An OLE object that updates itself takes its link along (§1.3, §1.7).
        let auto = tag.name.local == "oleObject"
            && (tag.flag("autoLoad")
                || tag
                    .attribute("oleUpdate")
                    .is_some_and(|value| value.eq_ignore_ascii_case("OLEUPDATE_ALWAYS")));
        for name in places.attributes {
            let Some(value) = tag
                .attribute(name)
                .filter(|value| value.contains(is_telling))
            else {
                continue;
            };
            let source = Source {
                auto,
                mixed: places.mixed,
                salvage: self.here.salvage,
                ..Source::cell(self.here.part, tag.offset, places.what)
            };
            self.book.formula(&value, &source, budget)?;
        }
        Ok(())
    }

    /// The texts that a defined name carries beside its formula.
    fn name_attributes(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        const TEXTS: &[&str] = &["comment", "customMenu", "description", "help", "statusBar"];
        for name in TEXTS {
            let Some(value) = tag
                .attribute(name)
                .filter(|value| value.contains(is_telling))
            else {
                continue;
            };
            let source = Source {
                carrier: Carrier::Name,
                mixed: true,
                salvage: self.here.salvage,
                ..Source::new(self.here.part, tag.offset, "text of a defined name")
            };
            self.book.text(&value, &source, budget)?;
        }
        Ok(())
    }

    /// COM servers that the workbook remembers from its RTD formulas (§1.5).
    fn real_time(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        match tag.name.local {
            "volType" => {
                let kind = tag.attribute("type");
                self.here.real_time = kind.is_some_and(|kind| kind == "realTimeData");
            }
            "main" if self.here.real_time => {
                let server = tag.attribute("first").unwrap_or_default();
                let source = Source {
                    carrier: Carrier::Function,
                    salvage: self.here.salvage,
                    ..Source::new(self.here.part, tag.offset, "real-time data")
                };
                let raw = format!("first=\"{server}\"");
                self.book
                    .call(("RTD", Class::Server), &server, &raw, &source, budget);
            }
            _ => {}
        }
    }

    /// A text is complete: what it says is kept, the text is not.
    /// What does not fit into memory costs itself, not the rest of the part.
    fn judge(&mut self, done: Collecting, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let mut source = Source {
            on_sheet: done.on_sheet,
            macros: done.macros,
            referenced: done.referenced,
            salvage: done.salvage,
            ..Source::new(done.part, done.offset, &done.label)
        };
        let result = match done.what {
            Collected::Formula(carrier) if done.text.contains(is_telling) => {
                source.carrier = carrier;
                self.book.formula(&done.text, &source, budget)
            }
            Collected::Text { dead: false, .. } if done.text.contains(is_telling) => {
                self.book.text(&done.text, &source, budget)
            }
            Collected::Formula(_) | Collected::Text { .. } => Ok(()),
        };
        budget.release_live(done.paid);
        match result.and(done.over.map_or(Ok(()), Err)) {
            Err(cause @ Exhausted::Limit(Limit::LiveBytes)) => {
                self.book.overflow(done.part, cause);
                Ok(())
            }
            other => other,
        }
    }

    /// Ties the parts together: which sheet a part is, which parts external references mean.
    fn tie(&mut self, opc: &Opc, budget: &Budget<'_>) {
        for ((place, _), link) in &mut self.book.external.links {
            link.group = self
                .members
                .get(*place)
                .map_or(usize::MAX, |member| opc.first_of(*member));
        }
        // By member, the first of those with one name.
        let mut sheets = BTreeMap::new();
        for (part, workbook) in self.workbooks.iter().take(WORKBOOKS) {
            let Some(member) = self.members.get(*part) else {
                continue;
            };
            let resolved = |id: &str| opc.relationship(*member, id)?.resolved;
            for listed in workbook.sheets.values() {
                if let Some(target) = resolved(&listed.id) {
                    sheets.entry(target).or_insert(&listed.sheet);
                }
            }
            for (at, id) in workbook.references.values().enumerate() {
                if let Some(target) = resolved(id) {
                    let index = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
                    self.book.reference(index, target);
                }
            }
        }
        for (place, member) in self.members.iter().enumerate() {
            let Some(sheet) = sheets.get(&opc.first_of(*member)) else {
                continue;
            };
            // Copies of a part are the same sheet, and each has the name.
            if self.book.purse(budget).fits(Rank::Junk, sheet.name.len())
                && let Some(place) = self.book.place_mut(place)
            {
                place.sheet = Some((*sheet).clone());
            }
        }
        let workbooks = || self.workbooks.values();
        self.book.recalculates = workbooks().any(|workbook| workbook.recalculates);
        self.book.updates = workbooks().any(|workbook| workbook.updates);
        self.book.auto_open = workbooks().any(|workbook| workbook.auto_open);
    }
}

/// The relationships of a package, and which of them a link explained.
struct Related<'a> {
    opc: &'a Opc,
    members: &'a [usize],
    claimed: &'a mut BTreeSet<usize>,
}

impl Relations for Related<'_> {
    fn target(&mut self, place: usize, id: &str) -> Option<String> {
        let member = self.opc.first_of(*self.members.get(place)?);
        let relation = self.opc.relationship(member, id)?;
        let all = self.opc.relationships_of(member, id);
        self.claimed.extend(all.first());
        Some(relation.target.clone())
    }
}

impl Default for Gather {
    fn default() -> Self {
        Gather::new(|_| false)
    }
}

impl Vocabulary for Gather {
    fn begin_part(&mut self, part: &Part<'_>, salvage: bool) {
        let index = match self.by_member.get(&part.member) {
            Some(index) => *index,
            None => {
                let relation = part.relation.unwrap_or_default();
                let index = self.book.open_place(Place {
                    title: stem(part.name).to_owned(),
                    reachable: part.reachable,
                    macros: relation.contains("macrosheet"),
                    techniques: part.techniques.iter().copied().collect(),
                    ..Place::new(part.location.clone())
                });
                self.by_member.insert(part.member, index);
                self.members.push(part.member);
                index
            }
        };
        let unfinished = self.here.unfinished.take();
        self.here = Here {
            part: index,
            salvage,
            unfinished,
            ..Here::default()
        };
        self.here.cursor.restart();
        self.book.close_open();
    }

    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if let Some(unfinished) = self.here.unfinished.take() {
            self.judge(unfinished, budget)?;
        }
        self.here.depth = self.here.depth.saturating_add(1);
        if !self.here.root_seen {
            self.root(tag);
        }
        let part = self.here.part;
        match (tag.name.ns, tag.name.local) {
            (Ns::MarkupCompatibility, "AlternateContent") => {
                self.here.alternatives.push(self.here.depth);
            }
            (
                Ns::Spreadsheet,
                "sheet" | "externalReference" | "calcPr" | "workbookPr" | "definedName",
            ) if self.here.in_workbook => {
                if let Some(workbook) = self.workbooks.get_mut(&part) {
                    workbook.start(tag, &mut self.book.purse(budget));
                }
            }
            (Ns::Spreadsheet, "row") => self.here.cursor.row(tag.attribute("r").as_deref()),
            (Ns::Spreadsheet, "c") => {
                // Once over the attributes, since most elements of a workbook are cells. One of
                // another namespace stands in only where there is none of the right one.
                let (mut reference, mut kind) = (None, None);
                for attribute in tag.attributes() {
                    let slot = match attribute.name.local {
                        "r" => &mut reference,
                        "t" => &mut kind,
                        _ => continue,
                    };
                    let own = attribute.name.ns == Ns::None;
                    if !slot.as_ref().is_some_and(|(had, _)| *had || !own) {
                        *slot = Some((own, attribute.value));
                    }
                }
                let reference = reference.as_ref().map(|(_, value)| value.as_ref());
                let kind = kind.as_ref().map(|(_, value)| value.as_ref());
                self.here.cursor.enter(reference, kind);
            }
            (Ns::Spreadsheet, "conditionalFormatting" | "dataValidation") => {
                self.here.range.clear();
                push_cut(
                    &mut self.here.range,
                    &tag.attribute("sqref").unwrap_or_default(),
                );
            }
            (Ns::Spreadsheet, "volType" | "main") => self.real_time(tag, budget),
            (
                Ns::Spreadsheet,
                "connection"
                | "dbPr"
                | "oledbPr"
                | "dataFeedPr"
                | "webPr"
                | "textPr"
                | "modelTextPr"
                | "olapPr"
                | "queryTable"
                | "pivotCacheDefinition"
                | "cacheSource",
            )
            | (
                _,
                // Extensions of a connection stand in a namespace of their own.
                "dbCommand" | "oledbPr" | "dataFeedPr" | "textPr" | "modelTextPr",
            ) => {
                let reading = &mut self.here.connections;
                reading.start(tag, part, &mut self.book, budget);
            }
            (_, "ddeLink" | "ddeItem")
            | (Ns::Spreadsheet, "oleLink" | "externalBook" | "absoluteUrl" | "relativeUrl") => {
                let alternative = !self.here.alternatives.is_empty();
                links::start(tag, part, alternative, &mut self.book, budget);
            }
            _ => {}
        }
        self.attributes(tag, budget)?;
        match &mut self.here.collecting {
            Some(collecting) => collecting.inner(tag.name.local == "t"),
            None => self.open_text(tag),
        }
        self.book.note_short(part);
        Ok(())
    }

    fn end(&mut self, _: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let depth = self.here.depth;
        self.here.depth = depth.saturating_sub(1);
        if self.here.alternatives.last() == Some(&depth) {
            self.here.alternatives.pop();
        }
        let Some(collecting) = &mut self.here.collecting else {
            return Ok(());
        };
        if depth > collecting.depth {
            collecting.inner(false);
            return Ok(());
        }
        match self.here.collecting.take() {
            Some(done) => self.judge(done, budget),
            None => Ok(()),
        }
    }

    fn text(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let Some(collecting) = &mut self.here.collecting else {
            return Ok(());
        };
        collecting.push(text, referenced, budget);
        Ok(())
    }

    fn end_part(&mut self, techniques: &[TechniqueId]) {
        self.here.unfinished = self.here.collecting.take();
        if let Some(place) = self.book.place_mut(self.here.part) {
            place.techniques.extend(techniques);
        }
    }

    fn resolve(
        &mut self,
        opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    ) {
        if let Some(unfinished) = self.here.unfinished.take() {
            let place = self.book.place_mut(unfinished.part);
            let location = place.map(|place| place.location.clone());
            if let (Err(cause), Some(location)) = (self.judge(unfinished, budget), location) {
                ledger.exhausted(cause, location);
            }
        }
        self.tie(opc, budget);
        let gathered = std::mem::replace(self, Gather::new(self.is_program));
        let mut related = Related {
            opc,
            members: &gathered.members,
            claimed,
        };
        gathered.book.settle_with(&mut related, budget, ledger);
    }
}

/// The file name of a part without its extension.
fn stem(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.split('.').next().unwrap_or(name)
}
