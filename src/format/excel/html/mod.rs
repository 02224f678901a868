//! Pages as Excel opens them (`spec/excel.md` §6.2): cells of tables, formulas in attributes, and
//! the islands that Excel writes beside them.
//!
//! Excel and LibreOffice enter the text of a page as if it were typed, a paragraph or cell at a
//! time: what begins like a formula is one, with or without the attributes that Excel itself
//! writes. Frames, hyperlinks and files beside the page are reported by the reader of Word
//! documents, which reads the same page; so are its encoding and what is too long in it.
//!
//! A page that belongs to another program by its name, and says nowhere that it is Excel's, is
//! read all the same: what stands in it is inert.
//!
//! # Malformed input
//!
//! Cells count wherever they stand, in tables in tables too: a cell ends where the next begins.
//! Conditions are not asked, so that an island counts in whichever comment it stands.
//!
//! # Worst cases
//!
//! Linear in the page. Text that cannot begin a formula is passed over; a text that can is paid as
//! live bytes while it lasts.

mod block;
mod signs;
#[cfg(test)]
mod tests;

use super::book::Book;
use super::delimited::names::names_workbook;
use super::evidence::Source;
use super::letters::is_telling;
use super::site::{Place, Sheet, State};
use super::xml2003::elements::Elements;
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::limits::{Budget, Exhausted};
use crate::link::Confidence;
use crate::link::TechniqueId;
use crate::location::Location;
use crate::markup::html::{Enclosed, Page, Tag, Token, Tokens, cut, is_block, resolve, unicode};
use block::Block;
use signs::Signs;

/// Tokens after which the stop flag is looked at.
const TURN: u32 = 1 << 12;

/// Reads a page.
pub(crate) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    // The bytes were charged, and what is missing of them was said, by the reader that comes first.
    let page = Page::read(data, ledger.charset(), budget);
    let mut place = Place::new(location.clone());
    if page.utf16 {
        place.techniques.insert(TechniqueId::Utf16);
    }
    if page.odd {
        place.techniques.insert(TechniqueId::OddEncoding);
    }
    if let Some(cause) = page.exhausted {
        ledger.exhausted(cause, location.clone());
    }
    let mut book = Book::new(ledger.is_program());
    let place = book.open_place(place);
    let mut reader = Reader {
        page: &page,
        budget,
        book,
        place,
        elements: Elements::new(place, false),
        block: Block::default(),
        island_to: 0,
        mute_to: 0,
        lines: 0,
        tables: 0,
        row: 0,
        cell: 0,
        in_cell: false,
        signs: Signs {
            excel: signs::are_declared(&page.text),
            ..Signs::default()
        },
        named: names_workbook(location.path(), ledger.media_type()),
    };
    let ended = reader.run();
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    let Reader { book, .. } = reader;
    book.settle(budget, ledger);
    page.release(budget);
    Outcome::from(ended)
}

struct Reader<'a> {
    page: &'a Page<'a>,
    budget: &'a Budget<'a>,
    book: Book,
    place: usize,
    elements: Elements,
    /// The text that is being put together.
    block: Block,
    /// Where the island ends in which we are.
    island_to: usize,
    /// Where the element ends whose text is none of the sheet.
    mute_to: usize,
    /// Elements open in which the end of a line is one.
    lines: u32,
    /// Tables so far, rows of the last one, cells of the last row.
    tables: u32,
    row: u32,
    cell: u32,
    in_cell: bool,
    signs: Signs,
    /// Whether its names say that Excel opens it.
    named: Option<bool>,
}

impl Reader<'_> {
    fn run(&mut self) -> Result<(), Exhausted> {
        let page = self.page;
        let mut tokens = Tokens::new(&page.text);
        let mut turn = 0u32;
        while let Some((at, token)) = tokens.next() {
            turn = turn.wrapping_add(1);
            if turn.is_multiple_of(TURN) {
                self.budget.check_stop()?;
            }
            match token {
                Token::Text(text) | Token::Data(text) => self.text(text, at),
                Token::Start(tag) => {
                    if at >= self.island_to
                        && !tag.is_closed()
                        && tag.name.eq_ignore_ascii_case(b"xml")
                    {
                        self.island_to = tokens.end_of(Enclosed::Xml).unwrap_or(0);
                    }
                    if tag.name.eq_ignore_ascii_case(b"title") {
                        self.mute_to = tokens.end_of(Enclosed::Title).unwrap_or(0);
                    }
                    self.start(&tag, at)?;
                }
                Token::End(name) => self.end(name, at)?,
                Token::Condition(_)
                | Token::EndCondition
                | Token::Shown
                | Token::Script(_)
                | Token::Style(_) => {}
            }
        }
        self.hard()?;
        self.elements.close(&mut self.book, self.budget)?;
        self.describe();
        Ok(())
    }

    /// What the page says of its only sheet.
    fn describe(&mut self) {
        let (name, state) = std::mem::take(&mut self.elements.listed);
        if let Some(place) = self.book.place_mut(self.place) {
            if self.elements.sheets == 1 {
                let state = state.unwrap_or(State::Visible);
                place.sheet = Some(Sheet { name, state });
            }
            if self.elements.connects {
                place.techniques.insert(TechniqueId::QueryFile);
            }
            let islands = self.elements.sheets > 0 || self.elements.connects;
            if !islands && self.signs.are_foreign(self.named) {
                place.techniques.insert(TechniqueId::ForeignName);
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>, at: usize) -> Result<(), Exhausted> {
        let limit = self.budget.limits().tag_bytes;
        if u64::try_from(tag.length()).unwrap_or(u64::MAX) > limit {
            return Ok(());
        }
        self.signs.tag(tag);
        let name = unicode(tag.name).to_ascii_lowercase();
        if let Some(local) = self.foreign(&name, at) {
            if at < self.island_to {
                self.hard()?;
            }
            let offset = self.page.offset(at);
            let attribute = |wanted: &str| attribute(tag, wanted);
            let (book, budget) = (&mut self.book, self.budget);
            self.elements
                .start(local, offset, &attribute, book, budget)?;
            if tag.is_closed() {
                self.elements.end(local, book, budget)?;
            }
            return Ok(());
        }
        self.settle_element(&name)?;
        match name.as_str() {
            name if may_break(name) => self.block.line(self.budget),
            "table" => {
                self.hard()?;
                self.tables = self.tables.saturating_add(1);
                (self.row, self.cell, self.in_cell) = (0, 0, false);
            }
            "tr" => {
                self.hard()?;
                self.row = self.row.saturating_add(1);
                (self.cell, self.in_cell) = (0, false);
            }
            "td" | "th" => {
                self.hard()?;
                self.cell = self.cell.saturating_add(1);
                self.in_cell = true;
                // Whoever sees a cell in a title sees a title that is over.
                self.mute_to = 0;
                self.attributes(tag, at)?;
            }
            "pre" | "xmp" | "listing" | "textarea" | "plaintext" => {
                self.hard()?;
                self.lines = self.lines.saturating_add(1);
            }
            name if is_block(name) => self.hard()?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &[u8], at: usize) -> Result<(), Exhausted> {
        let name = unicode(name).to_ascii_lowercase();
        if let Some(local) = self.foreign(&name, at) {
            if at < self.island_to {
                self.hard()?;
            }
            return self.elements.end(local, &mut self.book, self.budget);
        }
        self.settle_element(&name)?;
        match name.as_str() {
            name if may_break(name) => self.block.line(self.budget),
            "td" | "th" | "tr" | "table" => {
                self.hard()?;
                self.in_cell = false;
            }
            "pre" | "xmp" | "listing" | "textarea" | "plaintext" => {
                self.hard()?;
                self.lines = self.lines.saturating_sub(1);
            }
            name if is_block(name) => self.hard()?,
            _ => {}
        }
        Ok(())
    }

    /// The local name of an element of Office: it has a prefix, or stands in an island and is none
    /// of HTML. LibreOffice enters the cells of a table in an island like any others.
    fn foreign<'n>(&self, name: &'n str, at: usize) -> Option<&'n str> {
        match name.rsplit_once(':') {
            Some((_, local)) => Some(local),
            None => (at < self.island_to && name != "xml" && !separates(name)).then_some(name),
        }
    }

    /// An element of the page begins or ends that holds no text of Office's: what has no end tag of
    /// its own ends here.
    fn settle_element(&mut self, name: &str) -> Result<(), Exhausted> {
        if self.elements.captures() && separates(name) {
            self.elements.finish(&mut self.book, self.budget)?;
        }
        Ok(())
    }

    fn text(&mut self, text: &[u8], at: usize) {
        let captures = self.elements.captures();
        // Outside of an island, what looks like its elements is text to others.
        let entered = at >= self.mute_to && !(captures && at < self.island_to);
        let mut rest = text;
        let mut from = at;
        while !rest.is_empty() {
            let (piece, tail) = rest.split_at_checked(cut(rest)).unwrap_or((rest, &[]));
            rest = tail;
            let decoded = unicode(piece);
            let (plain, needless) = resolve(&decoded);
            if captures {
                self.elements.text(&plain, needless, self.budget);
            }
            if entered {
                let lines = self.lines > 0;
                self.block.text(&plain, needless, lines, from, self.budget);
            }
            from = from.saturating_add(piece.len());
        }
    }

    /// Where the present text stands, in words.
    fn label(&self) -> String {
        if self.in_cell {
            format!(
                "table {}, row {}, cell {}",
                self.tables, self.row, self.cell
            )
        } else {
            "text".to_owned()
        }
    }

    /// What Excel writes beside the text of a cell.
    fn attributes(&mut self, tag: &Tag<'_>, at: usize) -> Result<(), Exhausted> {
        for (name, value) in tag.attributes() {
            let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
            let is = |names: &[&[u8]]| names.iter().any(|name| local.eq_ignore_ascii_case(name));
            let (formula, string) = (is(&[b"fmla", b"formula"]), is(&[b"str"]));
            if !formula && !string && !is(&[b"num", b"bool", b"err", b"arrayrange"]) {
                continue;
            }
            let value = unicode(value);
            let (value, needless) = resolve(&value);
            if !value.contains(is_telling) {
                continue;
            }
            let label = self.label();
            let source = Source {
                referenced: needless,
                ..Source::new(self.place, self.page.offset(at), &label)
            };
            let (book, budget) = (&mut self.book, self.budget);
            if formula {
                book.formula(&value, &source, budget)?;
            } else if string {
                // The value of a cell that is text.
                book.text(&value, &source, budget)?;
            } else {
                book.typed(&value, &source, budget)?;
            }
        }
        Ok(())
    }

    /// A paragraph or a cell ends: what stands in it is entered.
    fn hard(&mut self) -> Result<(), Exhausted> {
        let block = std::mem::take(&mut self.block);
        let mut ended = Ok(());
        if block.is_telling() {
            let label = self.label();
            let source = Source {
                referenced: block.referenced(),
                ..Source::new(self.place, self.page.offset(block.at()), &label)
            };
            let (book, budget) = (&mut self.book, self.budget);
            block.each(|text, mixed| {
                let source = Source {
                    mixed,
                    least: if mixed {
                        Confidence::Medium
                    } else {
                        Confidence::Low
                    },
                    ..source.clone()
                };
                if ended.is_ok() {
                    ended = book.typed(text, &source, budget);
                }
            });
        }
        if let Some(cause) = block.close(self.budget) {
            self.book.overflow(self.place, cause);
        }
        ended
    }
}

/// Whether an element stands between two texts, so that neither goes on in the other.
fn separates(name: &str) -> bool {
    is_block(name)
        || may_break(name)
        || matches!(
            name,
            "html" | "pre" | "xmp" | "listing" | "textarea" | "plaintext"
        )
}

/// Elements that begin a new cell to one program and not to another.
fn may_break(name: &str) -> bool {
    matches!(
        name,
        "br" | "address"
            | "article"
            | "aside"
            | "button"
            | "caption"
            | "details"
            | "dir"
            | "fieldset"
            | "figure"
            | "footer"
            | "header"
            | "iframe"
            | "label"
            | "legend"
            | "main"
            | "menu"
            | "nav"
            | "noframes"
            | "noscript"
            | "object"
            | "option"
            | "section"
            | "select"
            | "summary"
            | "tbody"
            | "tfoot"
            | "thead"
    )
}

/// The value of an attribute, with its references resolved; a prefix of its name does not count.
fn attribute(tag: &Tag<'_>, wanted: &str) -> Option<String> {
    let (_, value) = tag.attributes().find(|(name, _)| {
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        local.eq_ignore_ascii_case(wanted.as_bytes())
    })?;
    Some(resolve(&unicode(value)).0.into_owned())
}
