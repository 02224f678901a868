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
mod mashup;
mod places;
#[cfg(test)]
mod tests;
mod texts;
mod workbook;

pub(super) use cursor::push_column;

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::evidence::Source;
use super::letters::is_telling_or_bracket;
use super::resolve::Relations;
use super::site::{Place, Rank};
use super::xlsb::Tables;
use crate::container::opc::Opc;
use crate::format::ledger::Ledger;
use crate::format::{Part, Vocabulary};
use crate::formula::functions::Class;
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, TechniqueId};
use crate::markup::names::Ns;
use crate::markup::xml::{Name, Tag};
use collect::Collecting;
use cursor::{CellKind, Cursor};
pub(super) use cursor::{cell_name, range_name};
use mashup::{Mashup, Opened};
use places::attributes_of;
use texts::Ranged;
pub(super) use workbook::{Listed, Workbook, runs_at_opening};

/// Workbook parts of one package whose references are followed, in the order in which they were
/// read: the one that Excel opens comes first, others only stand there to confuse.
const WORKBOOKS: usize = 16;

/// What was gathered from the parts of one package.
pub(crate) struct Gather {
    pub(super) book: Book,
    /// By place: the index of the member in its package.
    members: Vec<usize>,
    by_member: BTreeMap<usize, usize>,
    pub(super) workbooks: BTreeMap<usize, Workbook>,
    /// What numbers in token streams mean, where the workbook is binary.
    pub(super) tables: Tables,
    /// Power Query packages that were read, by place and byte: a part may be read twice.
    mashups: BTreeSet<(usize, u64)>,
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
    ranged: Ranged,
    /// Texts of the part so far, for their names.
    texts: u64,
    real_time: bool,
    connections: connections::Reading,
    collecting: Option<Collecting>,
    mashup: Option<Mashup>,
    /// Texts that the last part cut off.
    unfinished: Vec<Collecting>,
    /// The label and the text of one that is done: the next one writes over them.
    spare: (String, String),
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
            tables: Tables::default(),
            mashups: BTreeSet::new(),
            here: Here::default(),
            is_program,
        }
    }

    /// The number of the part that was begun last.
    pub(super) fn place(&self) -> usize {
        self.here.part
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

    /// A cell begins. Once over the attributes, since most elements of a workbook are cells. One of
    /// another namespace stands in only where there is none of the right one.
    fn cell(&mut self, tag: &Tag<'_>) {
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
                .filter(|value| value.contains(is_telling_or_bracket))
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
        const TEXTS: &[&str] = &[
            "comment",
            "customMenu",
            "description",
            "help",
            "statusBar",
            // What a name of another workbook means there.
            "refersTo",
        ];
        for name in TEXTS {
            let Some(value) = tag
                .attribute(name)
                .filter(|value| value.contains(is_telling_or_bracket))
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

    /// The package of Power Query is complete.
    fn finish_mashup(&mut self, budget: &Budget<'_>) {
        let Some(mashup) = self.here.mashup.take() else {
            return;
        };
        let at = mashup.at();
        // One that was cut off comes again, when its part is read again.
        let again = self.here.salvage && self.here.depth == 0 && at.0 == self.here.part;
        if again || !self.mashups.insert(at) {
            mashup.discard(budget);
            return;
        }
        mashup.read(&mut Opened {
            book: &mut self.book,
            budget,
            members: &mut self.members,
        });
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
        self.book.recalculates |= workbooks().any(|workbook| workbook.recalculates);
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

    fn leads_out(&self, place: usize, id: &str) -> bool {
        let member = self.members.get(place);
        let relation = member.and_then(|member| self.opc.relationship(*member, id));
        relation.is_some_and(|relation| relation.external)
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
        let unfinished = std::mem::take(&mut self.here.unfinished);
        let mashup = self.here.mashup.take();
        self.here = Here {
            part: index,
            salvage,
            unfinished,
            mashup,
            ..Here::default()
        };
        self.here.cursor.restart();
        self.book.close_open();
    }

    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted> {
        // What a part leaves is settled at the root of the next one, or goes on waiting.
        if self.here.depth == 0 || !self.here.unfinished.is_empty() {
            self.finish_texts(budget)?;
        }
        self.here.depth = self.here.depth.saturating_add(1);
        if !self.here.root_seen {
            self.root(tag);
        }
        let part = self.here.part;
        // What a sheet consists of, which means nothing else anywhere.
        if tag.name.ns == Ns::Spreadsheet && self.here.collecting.is_none() {
            let plain = match tag.name.local {
                "c" => {
                    self.cell(tag);
                    true
                }
                "v" => self.here.cursor.kind != CellKind::Text,
                "row" => {
                    self.here.cursor.row(tag.attribute("r").as_deref());
                    true
                }
                _ => false,
            };
            if plain {
                self.book.note_short(part);
                return Ok(());
            }
        }
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
            // What was last seen of a server or of another workbook.
            (Ns::Spreadsheet, "c" | "cell" | "value") => self.cell(tag),
            (Ns::Spreadsheet, "conditionalFormatting" | "dataValidation" | "sparkline") => {
                self.open_range(tag.attribute("sqref").as_deref());
            }
            // One sheet that is calculated at opening is enough (§1.4).
            (Ns::Spreadsheet, "sheetCalcPr") => {
                self.book.recalculates |= tag.flag("fullCalcOnLoad");
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
                | "cacheSource"
                | "worksheetSource"
                | "rangeSet",
            )
            | (Ns::Drawing, "externalData" | "autoUpdate")
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
            (_, "DataMashup") => {
                let mashup = Mashup::new(part, tag.offset, self.here.depth);
                self.here.mashup.get_or_insert(mashup);
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
        if self
            .here
            .mashup
            .as_ref()
            .is_some_and(|open| open.depth == depth)
        {
            self.finish_mashup(budget);
        }
        match &mut self.here.collecting {
            Some(collecting) if depth > collecting.depth => {
                collecting.inner(false);
                return Ok(());
            }
            Some(idle) if idle.says_nothing() => {
                self.here.spare = idle.leave(budget);
                self.here.collecting = None;
            }
            Some(_) | None => {}
        }
        if let Some(done) = self.here.collecting.take() {
            self.judge(done, budget)?;
        }
        self.close_range(depth, budget)
    }

    fn text(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if let Some(mashup) = &mut self.here.mashup {
            mashup.push(text, budget);
        }
        if let Some(collecting) = &mut self.here.collecting {
            collecting.push(text, referenced, budget);
        }
        Ok(())
    }

    fn end_part(&mut self, techniques: &[TechniqueId]) {
        self.leave_texts();
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
        self.here.salvage = false;
        self.finish_mashup(budget);
        let last = self.here.unfinished.first().map(|text| text.part);
        if let Err(cause) = self.finish_texts(budget)
            && let Some(place) = last.and_then(|part| self.book.place_mut(part))
        {
            ledger.exhausted(cause, place.location.clone());
        }
        if let Err(cause) = self.finish_tokens(budget)
            && let Some(place) = self.book.place_mut(0)
        {
            ledger.exhausted(cause, place.location.clone());
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
