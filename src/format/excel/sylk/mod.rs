//! SYLK, the symbolic link format of Multiplan that Excel still opens, without Protected View and
//! whatever the file is called (`spec/excel.md` §4).
//!
//! The file is read as delimited text, too: not every program asks for its first two letters.
//!
//! # Malformed input
//!
//! Records may stand in any order and any case, lines end in any way. Coordinates that are no
//! numbers leave the last ones in force.
//!
//! # Worst cases
//!
//! Two passes, linear in the text. A line that has to be decoded is read as far as memory allows;
//! the rest is a gap. Formulas that other cells share are kept if they are short, and read again
//! for a thousand cells.

mod record;

use std::collections::BTreeMap;

use self::record::{Field, Fields, record};
use super::book::Book;
use super::delimited::text::Text;
use super::delimited::{letters, read_text};
use super::evidence::Source;
use super::external::{Address, Target};
use super::letters::is_telling;
use super::site::{Place, Rank, cost};
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Carrier, Confidence};
use crate::location::Location;

/// What LibreOffice writes as the program: it evaluates only what it wrote itself (§4.3).
const LIBRE_OFFICE: &str = "CALCOOO";
/// Bytes of a formula that is kept for the cells that share it.
const SHARED: usize = 1 << 10;
/// Cells that share a formula and are named one by one.
const SHARING: usize = 1_000;
/// Characters kept of a name.
const NAME: usize = 255;

/// Reads a SYLK file.
pub(crate) fn read(
    bytes: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut book = Book::new(ledger.is_program());
    let place = book.open_place(Place::new(location.clone()));
    let name = location.path().last();
    let text = Text::of(bytes);
    let mut sheet = Sheet::begin(text, place);
    if let Some(place) = book.place_mut(place) {
        place.macros = sheet.macros;
    }
    let ended = sheet
        .read(text, &mut book, budget)
        .and_then(|()| read_text(bytes, name, place, Confidence::Certain, &mut book, budget));
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    book.settle(budget, ledger);
    Outcome::from(ended)
}

/// The sheet that the file is.
struct Sheet {
    place: usize,
    /// It says that it is a macro sheet, anywhere.
    macros: bool,
    /// LibreOffice wrote it.
    own: bool,
    /// The cell of the last record: column and row stay in force.
    column: u64,
    row: u64,
    /// Formulas by column and row that other cells may share.
    kept: BTreeMap<(u64, u64), String>,
    sharing: usize,
}

impl Sheet {
    /// What the whole file says of itself.
    fn begin(text: Text<'_>, place: usize) -> Self {
        let mut sheet = Sheet {
            place,
            macros: false,
            own: false,
            column: 1,
            row: 1,
            kept: BTreeMap::new(),
            sharing: 0,
        };
        let mut at = 0;
        let mut first = true;
        while at < text.len() {
            let (end, next) = text.line(at);
            let start = at.saturating_add(text.blanks(at, end));
            at = next;
            if first || text.starts_with(start, b'O') {
                let head = text.head(start, end);
                let (kind, mut fields) = record(&head);
                match kind.as_str() {
                    "O" => sheet.macros |= fields.any(|field| field.letter == 'E'),
                    "ID" => {
                        let program = fields.find(|field| field.letter == 'P');
                        let program = program.map(|field| field.value.to_uppercase());
                        sheet.own = program.is_some_and(|name| name.starts_with(LIBRE_OFFICE));
                    }
                    _ => {}
                }
            }
            first &= start >= end;
        }
        sheet
    }

    fn read(
        &mut self,
        text: Text<'_>,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let mut at = 0;
        while at < text.len() {
            budget.check_stop()?;
            let (end, next) = text.line(at);
            let start = at.saturating_add(text.blanks(at, end));
            at = next;
            let whole = text.read_cut(start..end, budget, |line| {
                self.record(line, start, book, budget)
            })?;
            if !whole {
                book.overflow(self.place, Exhausted::Limit(Limit::LiveBytes));
            }
        }
        Ok(())
    }

    fn record(
        &mut self,
        line: &str,
        start: usize,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let (kind, fields) = record(line);
        match kind.as_str() {
            "C" => self.cell(fields, start, book, budget),
            "NN" => self.name(fields, start, book, budget),
            "NE" | "NU" | "NL" => self.files(fields, start, book, budget),
            _ => Ok(()),
        }
    }

    fn cell(
        &mut self,
        fields: Fields<'_>,
        start: usize,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let (mut other_column, mut other_row) = (None, None);
        let mut shares = false;
        for field in fields.clone() {
            let number = || field.value.trim().parse().ok();
            match field.letter {
                'X' => self.column = number().unwrap_or(self.column),
                'Y' => self.row = number().unwrap_or(self.row),
                'C' => other_column = number(),
                'R' => other_row = number(),
                'S' => shares = true,
                _ => {}
            }
        }
        let (column, row) = (self.column, self.row);
        let label = || format!("{}{row}", letters(column));
        for field in fields {
            match field.letter {
                'E' | 'M' => {
                    let label = label();
                    let source = Source::cell(self.place, offset(start, &field), &label);
                    self.expression(&field.value, source, book, budget)?;
                    self.keep(&field.value, book, budget);
                }
                'K' => {
                    let text = quoted(&field);
                    if text.contains(is_telling) {
                        let label = label();
                        let source = Source::cell(self.place, offset(start, &field), &label);
                        book.text(text, &source, budget)?;
                    }
                }
                _ => {}
            }
        }
        let definition = (
            other_column.unwrap_or(self.column),
            other_row.unwrap_or(self.row),
        );
        if shares
            && self.sharing < SHARING
            && let Some(text) = self.kept.remove(&definition)
        {
            let label = label();
            self.sharing = self.sharing.saturating_add(1);
            let source = Source::cell(self.place, u64::try_from(start).unwrap_or(u64::MAX), &label);
            let read = self.expression(&text, source, book, budget);
            self.kept.insert(definition, text);
            read?;
        }
        Ok(())
    }

    /// Keeps a formula that other cells may share, if it can say anything.
    fn keep(&mut self, text: &str, book: &mut Book, budget: &Budget<'_>) {
        let cell = (self.column, self.row);
        let telling = text.len() <= SHARED && text.contains(['|', '(']);
        let bytes = text.len().saturating_add(cost::ENTRY);
        if telling && !self.kept.contains_key(&cell) && book.purse(budget).fits(Rank::Junk, bytes) {
            self.kept.insert(cell, text.to_owned());
        }
    }

    fn name(
        &self,
        fields: Fields<'_>,
        start: usize,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let mut label = "defined name".to_owned();
        for field in fields.clone().filter(|field| field.letter == 'N') {
            let visible = |c: &char| !c.is_control() && !c.is_whitespace();
            let name: String = field.value.chars().filter(visible).take(NAME).collect();
            book.auto_open |= runs_by_itself(&name);
            label = format!("defined name {name}");
        }
        for field in fields.filter(|field| field.letter == 'E') {
            let source = Source {
                carrier: Carrier::Name,
                ..Source::new(self.place, offset(start, &field), &label)
            };
            self.expression(&field.value, source, book, budget)?;
        }
        Ok(())
    }

    /// Reads a formula. Outside of macro sheets, macro functions most likely do nothing.
    fn expression(
        &self,
        text: &str,
        source: Source<'_>,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        // Excel knows no such function, and LibreOffice evaluates only what it wrote.
        let names_dde = text
            .as_bytes()
            .windows(3)
            .any(|name| name.eq_ignore_ascii_case(b"dde"));
        let most = if names_dde && !self.own && !text.contains('|') {
            Confidence::Medium
        } else {
            Confidence::Certain
        };
        let source = Source {
            macros: self.macros,
            most,
            ..source
        };
        book.formula(text, &source, budget)?;
        if self.macros || !text.contains('(') {
            return Ok(());
        }
        let source = Source {
            macros: true,
            most: Confidence::Medium,
            ..source
        };
        book.formula(text, &source, budget)
    }

    /// The files that external references name.
    fn files(
        &self,
        fields: Fields<'_>,
        start: usize,
        book: &mut Book,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        for field in fields {
            let at = offset(start, &field);
            let source = Source::new(self.place, at, "external reference");
            self.expression(&field.value, source, book, budget)?;
            let file = field.value.trim().trim_matches(['"', '\'']);
            if file.contains(['\\', '/', ':', '.']) && !file.contains('|') {
                let addresses = vec![Address::Plain(file.to_owned())];
                book.link(self.place, at, Target::Book { addresses }, budget);
            }
        }
        Ok(())
    }
}

/// The byte of a field.
fn offset(start: usize, field: &Field<'_>) -> u64 {
    u64::try_from(start.saturating_add(field.at)).unwrap_or(u64::MAX)
}

/// The text of a value in quotation marks. A `;` that stands alone in it ends the field for Excel,
/// and not for LibreOffice.
fn quoted<'f>(field: &'f Field<'_>) -> &'f str {
    let Some(inside) = field.value.trim_start().strip_prefix('"') else {
        return "";
    };
    if let Some(text) = inside.trim_end().strip_suffix('"') {
        return text;
    }
    let joined = field.rest.trim_start().strip_prefix('"');
    let closed = joined.and_then(|joined| joined.split_once('"'));
    closed.map_or(inside, |(text, _)| text)
}

/// Whether Excel runs a macro of this name by itself. More letters may follow.
fn runs_by_itself(name: &str) -> bool {
    let lower = name.to_lowercase();
    [
        "auto_open",
        "auto_close",
        "auto_activate",
        "auto_deactivate",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests;
