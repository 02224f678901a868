//! The elements that an Excel 2003 XML workbook and the `<xml>` islands of a page have in common:
//! links, names, formats, queries and the state of sheets (`spec/excel.md` §6.1, §6.2).
//!
//! # Malformed input
//!
//! Elements count by their local names, in any case, wherever they stand. Items in front of the
//! path of their link count as well as those behind it.

use super::super::book::Book;
use super::super::capture::Capture;
use super::super::connections::Connection;
use super::super::evidence::Source;
use super::super::external::{Address, Item, Style, Target};
use super::super::letters::is_telling_or_path;
use super::super::power_query;
use super::super::site::{Rank, State, cost, push_cut};
use crate::container::Shortfall;
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, TechniqueId};
use crate::markup::html::resolve;

/// The item that Excel writes beside every other (`spec/excel.md` §1.2).
const DOCUMENT_ITEM: &str = "StdDocumentName";
/// Items kept in front of the path of their link. Excel writes the path first, and an item never
/// reaches the program.
const EARLY: usize = 16;

/// The element that gives its children their meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    None,
    SupBook,
    ExternName,
    Name,
    Sheet,
    /// The words say what the formulas in it are.
    Format(&'static str),
    Query,
}

/// What the text of an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Path,
    Library,
    Item,
    Name,
    SheetName,
    Visible,
    Kind,
    Range,
    Formula,
    /// A text of a query, by the name that [`Connection`] has for it.
    Query(&'static str),
    Refresh,
    FileName,
    /// Power Query, as the text of another document.
    Mashup,
}

/// What an element is asked for.
pub(in crate::format::excel) type Attribute<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What is open while the elements of one document pass by.
#[derive(Debug, Default)]
pub(in crate::format::excel) struct Elements {
    /// The place of the workbook, and of the sheet that is open.
    workbook: usize,
    pub(in crate::format::excel) sheet: usize,
    salvage: bool,
    section: Section,
    capture: Option<(What, u64, Capture)>,
    /// The link that is open has a path.
    linked: bool,
    /// Items that stand in front of it, and the one that is open.
    early: Vec<(u64, Item)>,
    item: Option<(u64, Item)>,
    /// A query is open.
    querying: bool,
    /// What says how a text file is imported is open.
    wizard: bool,
    name: String,
    range: String,
    /// The page is a data connection (`.odc`).
    pub(in crate::format::excel) connects: bool,
    /// The sheets that the islands of a page describe: how many, and the last one.
    pub(in crate::format::excel) sheets: u32,
    pub(in crate::format::excel) listed: (String, Option<State>),
}

impl Elements {
    /// The elements of the workbook that is `place`; `salvage` when it is read a second time.
    pub(in crate::format::excel) fn new(place: usize, salvage: bool) -> Self {
        Elements {
            workbook: place,
            sheet: place,
            salvage,
            ..Elements::default()
        }
    }

    /// Whether text that comes now matters.
    pub(in crate::format::excel) fn captures(&self) -> bool {
        self.capture.is_some()
    }

    /// An element begins; `local` is its name without prefix.
    pub(in crate::format::excel) fn start(
        &mut self,
        local: &str,
        offset: u64,
        attribute: Attribute<'_>,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        // No element whose text matters has elements in it.
        self.finish(book, budget)?;
        let lower = local.to_ascii_lowercase();
        match lower.as_str() {
            "supbook" => {
                self.forget();
                self.section = Section::SupBook;
            }
            "externname" if self.section != Section::Name => {
                self.keep_item(book, budget);
                self.section = Section::ExternName;
                self.item = Some((
                    offset,
                    Item {
                        name: String::new(),
                        advise: false,
                        document: false,
                    },
                ));
            }
            "wantadvise" => {
                if let Some((_, item)) = &mut self.item {
                    item.advise = true;
                }
            }
            "ole" => {
                if let Some((_, item)) = &mut self.item {
                    item.document = true;
                }
            }
            "namedrange" => return self.named(offset, attribute, book, budget),
            "excelname" => {
                self.section = Section::Name;
                self.name.clear();
            }
            "excelworksheet" => {
                self.section = Section::Sheet;
                self.sheets = self.sheets.saturating_add(1);
                self.listed = (String::new(), None);
            }
            "worksheetsource" => self.sheet_source(offset, attribute, book, budget),
            "conditionalformatting" => {
                self.section = Section::Format("conditional format");
                self.range.clear();
            }
            "datavalidation" => {
                self.section = Section::Format("data validation");
                self.range.clear();
            }
            "pivottable" | "pivotcache" | "ptsource" | "querytable" | "querysource"
            | "webquery" => {
                self.query(offset, book, budget);
            }
            "officedataconnection" => {
                self.connects = true;
                self.query(offset, book, budget);
            }
            "textwizardsettings" => self.wizard = true,
            "connection" if attribute("type").is_some() => self.query(offset, book, budget),
            _ => {}
        }
        if let Some(what) = self.what(&lower) {
            // The same may stand in an attribute of it.
            if let (What::Query("url"), Some(address)) = (what, attribute("HRef")) {
                self.judge(what, offset, &address, false, book, budget)?;
            }
            self.capture = Some((what, offset, Capture::default()));
        }
        Ok(())
    }

    /// What the text of an element says where it stands.
    fn what(&self, lower: &str) -> Option<What> {
        // Names that mean nothing else count outside of what holds queries, too: where Excel writes
        // them is not documented.
        let asks = self.section == Section::Query;
        let may_ask = asks || self.section == Section::None;
        Some(match (self.section, lower) {
            (Section::SupBook | Section::ExternName, "path") => What::Path,
            (Section::SupBook | Section::ExternName, "dll") => What::Library,
            (Section::ExternName, "name") => What::Item,
            (Section::Name, "name") => What::Name,
            // Of a name, or of a field that a pivot table calculates.
            (Section::Name | Section::Query, "formula") => What::Formula,
            (Section::Sheet, "name") => What::SheetName,
            (_, "visible") => What::Visible,
            (_, "worksheettype") => What::Kind,
            (Section::Format(_), "range") => What::Range,
            (Section::Format(_), "value" | "value1" | "value2" | "min" | "max") => What::Formula,
            (_, "connectionstring") if may_ask => What::Query("connection"),
            (_, "commandtext") if may_ask => What::Query("command"),
            (_, "urlstring") if may_ask => What::Query("url"),
            (_, "editwebpage") if may_ask => What::Query("editPage"),
            (_, "connection") if asks => What::Query("connection"),
            (_, "url") if asks => What::Query("url"),
            (_, "posttext" | "poststring" | "post") if asks => What::Query("post"),
            (_, "sourcefile") if asks => What::Query("sourceFile"),
            (_, "connectionfile" | "sourceconnectionfile") if asks => What::Query("odcFile"),
            (_, "filename") if asks => What::FileName,
            (_, "name") if self.wizard => What::FileName,
            (_, "powerquerymashupdata") if may_ask => What::Mashup,
            (_, "refreshonfileopen" | "refreshonopen" | "refreshonload") => What::Refresh,
            _ => return None,
        })
    }

    /// A piece of text.
    pub(in crate::format::excel) fn text(
        &mut self,
        text: &str,
        referenced: bool,
        budget: &Budget<'_>,
    ) {
        if let Some((_, _, capture)) = &mut self.capture {
            capture.push(text, referenced, budget);
        }
    }

    /// An element ends.
    pub(in crate::format::excel) fn end(
        &mut self,
        local: &str,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        self.finish(book, budget)?;
        match local.to_ascii_lowercase().as_str() {
            "externname" if self.section == Section::ExternName => {
                self.keep_item(book, budget);
                self.section = Section::SupBook;
            }
            "supbook" => {
                self.keep_item(book, budget);
                self.forget();
                self.section = Section::None;
            }
            "excelname" | "excelworksheet" | "conditionalformatting" | "datavalidation" => {
                self.section = Section::None;
            }
            "textwizardsettings" => self.wizard = false,
            "pivottable" | "querytable" | "officedataconnection" => {
                self.section = Section::None;
                self.querying = false;
            }
            _ => {}
        }
        Ok(())
    }

    /// The document ends: what is open ends with it.
    pub(in crate::format::excel) fn close(
        &mut self,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let ended = self.finish(book, budget);
        self.keep_item(book, budget);
        ended
    }

    /// The text that is being read is complete.
    pub(in crate::format::excel) fn finish(
        &mut self,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let Some((what, offset, mut capture)) = self.capture.take() else {
            return Ok(());
        };
        let text = std::mem::take(&mut capture.text);
        let referenced = capture.referenced;
        let ended = self.judge(what, offset, &text, referenced, book, budget);
        drop(text);
        if let Some(cause) = capture.close(budget) {
            book.overflow(self.sheet, cause);
        }
        ended
    }

    fn judge(
        &mut self,
        what: What,
        offset: u64,
        text: &str,
        referenced: bool,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let plain = text.trim();
        let cut = |text: &str| {
            let mut cut = String::new();
            push_cut(&mut cut, text);
            cut
        };
        match what {
            What::Path => self.path(offset, text, referenced, book, budget),
            What::Library if !plain.is_empty() => {
                let addresses = vec![Address::Plain(plain.to_owned())];
                book.link(self.workbook, offset, Target::Book { addresses }, budget);
            }
            What::Item => {
                let paid = text.len().saturating_add(cost::ENTRY);
                if book.purse(budget).keep(Rank::Junk, paid)
                    && let Some((_, item)) = &mut self.item
                {
                    item.name.push_str(text);
                }
                book.note_short(self.workbook);
            }
            What::Name => {
                self.name = cut(plain);
                opens(plain, book);
            }
            What::SheetName => self.listed.0 = cut(plain),
            What::Visible => {
                let state = match plain.to_ascii_lowercase().as_str() {
                    "sheethidden" => State::Hidden,
                    "sheetveryhidden" => State::VeryHidden,
                    _ => return Ok(()),
                };
                self.listed.1 = Some(state);
                if let Some(place) = book.place_mut(self.sheet)
                    && let Some(sheet) = &mut place.sheet
                {
                    sheet.state = state;
                }
            }
            What::Kind if plain.to_ascii_lowercase().contains("macro") => {
                if let Some(place) = book.place_mut(self.sheet) {
                    place.macros = true;
                }
            }
            What::Range => self.range = cut(plain),
            What::Formula => return self.formula(offset, plain, referenced, book, budget),
            What::Query(name) if !plain.is_empty() => {
                if !self.querying {
                    self.query(offset, book, budget);
                }
                if let Some(connection) = book.connections.current() {
                    connection.web |= name == "url";
                }
                book.more_of_connection(name, plain.to_owned(), budget);
                book.note_short(self.sheet);
            }
            What::Refresh if !matches!(plain, "False" | "false" | "0") => {
                if let Some(connection) = book.connections.current() {
                    connection.refreshes = true;
                }
            }
            What::Mashup => self.mashup(offset, plain, book, budget),
            What::FileName if plain.contains(['\\', '/', ':']) => {
                let addresses = vec![Address::Plain(plain.to_owned())];
                book.link(self.sheet, offset, Target::Book { addresses }, budget);
            }
            What::Library | What::Kind | What::Query(_) | What::Refresh | What::FileName => {}
        }
        Ok(())
    }

    /// The queries of Power Query: a document in which their texts stand as they are, or escaped.
    fn mashup(&self, offset: u64, text: &str, book: &mut Book, budget: &Budget<'_>) {
        // Its escapes undone, and what reading it takes.
        let live = power_query::cost(text.len()).saturating_add(text.len().saturating_mul(2));
        let live = u64::try_from(live).unwrap_or(u64::MAX);
        if let Err(cause) = budget.charge_live(live) {
            book.overflow(self.sheet, cause);
            return;
        }
        let (text, _) = resolve(text);
        let mut open = false;
        let cut = power_query::read(&text, &mut |fetch| {
            if fetch.more {
                if open {
                    book.more_of_connection(fetch.name, fetch.value, budget);
                }
                return;
            }
            open = true;
            let connection = Connection {
                attributes: vec![(fetch.name, fetch.value)],
                web: fetch.web,
                of_package: true,
                ..Connection::default()
            };
            book.connection(self.sheet, offset, connection, budget);
        });
        if cut {
            let what = "queries with more names than are followed";
            book.falls_short(self.sheet, Shortfall::Unsupported(what.to_owned()));
        }
        drop(text);
        budget.release_live(live);
    }

    /// A formula of a name or of a range.
    fn formula(
        &self,
        offset: u64,
        text: &str,
        referenced: bool,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        if !text.contains(is_telling_or_path) {
            return Ok(());
        }
        let label = if let Section::Format(words) = self.section {
            if self.range.is_empty() {
                words.to_owned()
            } else {
                format!("{} ({words})", self.range)
            }
        } else if self.section == Section::Query {
            "pivot field".to_owned()
        } else {
            format!("defined name {}", self.name)
        };
        let is_name = self.section == Section::Name;
        let source = Source {
            on_sheet: !is_name,
            carrier: if is_name {
                Carrier::Name
            } else {
                Carrier::Formula
            },
            macros: is_name,
            referenced,
            salvage: self.salvage,
            ..Source::new(self.sheet, offset, &label)
        };
        book.formula(text, &source, budget)
    }

    /// The path of a link: `service|topic`, or another workbook.
    fn path(
        &mut self,
        offset: u64,
        text: &str,
        referenced: bool,
        book: &mut Book,
        budget: &Budget<'_>,
    ) {
        let text = text.trim_matches(['\r', '\n', '\t', ' ']);
        if text.is_empty() {
            return;
        }
        // What BIFF writes between the two counts as well (`spec/excel.md` §3.5).
        let target = match text.split_once(['|', '\u{3}']) {
            Some((service, topic)) => Target::Dde {
                service: service.to_owned(),
                topic: topic.to_owned(),
            },
            None => Target::Book {
                addresses: vec![Address::Plain(text.to_owned())],
            },
        };
        let spelled = referenced.then_some(TechniqueId::CharacterReferences);
        if book.link(self.workbook, offset, target, budget).is_some() {
            book.style(Style {
                techniques: spelled.into_iter().collect(),
                ..Style::default()
            });
            self.linked = true;
            for (offset, item) in std::mem::take(&mut self.early) {
                book.item(offset, item, budget);
            }
        }
    }

    /// The item that is open is complete.
    fn keep_item(&mut self, book: &mut Book, budget: &Budget<'_>) {
        let Some((offset, mut item)) = self.item.take() else {
            return;
        };
        item.document &= item.name.eq_ignore_ascii_case(DOCUMENT_ITEM);
        if self.linked {
            book.item(offset, item, budget);
        } else if self.early.len() < EARLY {
            self.early.push((offset, item));
        }
    }

    /// What follows belongs to no link.
    fn forget(&mut self) {
        self.linked = false;
        self.early.clear();
        self.item = None;
    }

    /// A query begins.
    fn query(&mut self, offset: u64, book: &mut Book, budget: &Budget<'_>) {
        self.section = Section::Query;
        self.querying = true;
        book.connection(self.sheet, offset, Connection::default(), budget);
    }

    /// `NamedRange`: a name in attributes.
    fn named(
        &mut self,
        offset: u64,
        attribute: Attribute<'_>,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let name = attribute("Name").unwrap_or_default();
        opens(&name, book);
        let Some(formula) = attribute("RefersTo") else {
            return Ok(());
        };
        self.name.clear();
        push_cut(&mut self.name, &name);
        self.section = Section::Name;
        let ended = self.formula(offset, &formula, false, book, budget);
        self.section = Section::None;
        ended
    }

    /// The file of a sheet, where it is none that came with the page.
    fn sheet_source(
        &mut self,
        offset: u64,
        attribute: Attribute<'_>,
        book: &mut Book,
        budget: &Budget<'_>,
    ) {
        let Some(target) = attribute("HRef") else {
            return;
        };
        if target.contains("://") || target.starts_with("\\\\") {
            let addresses = vec![Address::Plain(target)];
            book.link(self.workbook, offset, Target::Book { addresses }, budget);
        }
    }
}

/// A name that makes Excel run a macro when the workbook is opened (`spec/excel.md` §1.3).
fn opens(name: &str, book: &mut Book) {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("_xlnm.").unwrap_or(&name);
    book.auto_open |= name.starts_with("auto_open") || name.starts_with("auto_activate");
}
