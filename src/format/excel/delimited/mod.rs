//! Delimited text: CSV, TSV, TXT, PRN, and whatever else Excel does not know and opens as text
//! (`spec/excel.md` §5).
//!
//! Which delimiter a program takes depends on its settings, so the text is split in every way
//! (`,` `;` TAB, what `sep=` names, two blanks, not at all), all at once, and each field is entered
//! as if it were typed. What is found in several ways counts once.
//!
//! # Malformed input
//!
//! Any bytes are a text. Broken quoting gives several readings, and all are tried.
//!
//! # Worst cases
//!
//! Time is linear in the text. Memory is what mentions a link; a field is borrowed from the input,
//! and where it has to be unquoted or decoded, it is read as far as memory allows and the rest is
//! a gap.

mod anchors;
mod columns;
mod fields;
pub(super) mod names;
pub(super) mod text;

use std::borrow::Cow;
use std::ops::Range;

use self::anchors::Anchors;
use self::fields::{Cut, Field, Fields};
use self::text::Text;
use super::book::Book;
use super::evidence::Source;
use super::site::Place;
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::identify::ends_run;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::{Confidence, TechniqueId};
use crate::location::Location;

/// What names a delimiter at the start of a text (`spec/excel.md` §5.3).
const SEPARATOR: &[u8] = b"sep=";

/// Reads a text.
pub(crate) fn read(
    bytes: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut book = Book::new(ledger.is_program());
    let mut place = Place::new(location.clone());
    let name = location.path().last();
    if names::is_foreign(name, ledger.media_type()) {
        place.techniques.insert(TechniqueId::ForeignName);
    }
    let place = book.open_place(place);
    let ended = read_text(bytes, name, place, Confidence::Certain, &mut book, budget);
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    book.settle(budget, ledger);
    Outcome::from(ended)
}

/// Enters the fields of a text; nothing in it is surer than `most`.
pub(super) fn read_text(
    bytes: &[u8],
    name: Option<&str>,
    place: usize,
    most: Confidence,
    book: &mut Book,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    let reading = Reading {
        name,
        place,
        most,
        budget,
    };
    if let Some((plain, whole)) = text::utf7(bytes, budget) {
        if !whole {
            book.overflow(place, Exhausted::Limit(Limit::LiveBytes));
        }
        let ended = reading.enter(Text::of(&plain), book);
        budget.release_live(text::held(&plain));
        return ended;
    }
    let text = Text::of(bytes);
    reading.enter(text, book)?;
    // That it is UTF-16 is a guess unless a mark says so.
    match text.as_bytes() {
        Some(text) => reading.enter(text, book),
        None => Ok(()),
    }
}

/// What all fields of a text share.
struct Reading<'a, 'b> {
    name: Option<&'a str>,
    place: usize,
    most: Confidence,
    budget: &'a Budget<'b>,
}

/// One way to split the text.
struct Way<'a> {
    fields: Fields<'a>,
    next: Option<Field>,
    /// The text itself says that this is the way.
    declared: bool,
}

impl Reading<'_, '_> {
    fn enter(&self, text: Text<'_>, book: &mut Book) -> Result<(), Exhausted> {
        let mut anchors = Anchors::of(text);
        if anchors.next(0).is_none() {
            return Ok(());
        }
        let [separator, behind] = separators(text);
        let mut cuts: Vec<Cut> = [separator, behind]
            .into_iter()
            .flatten()
            .map(Cut::At)
            .collect();
        cuts.extend([b',', b';', b'\t'].map(|unit| Cut::At(u16::from(unit))));
        cuts.push(Cut::Nowhere);
        if names::may_be_aligned(self.name) {
            cuts.push(Cut::Blanks);
        }
        let least = if !text.printable {
            Confidence::Medium
        } else {
            Confidence::Low
        };
        let columned = columns::are_told_by_bars(text);
        let mut ways = Vec::new();
        for cut in cuts {
            for loose in [true, false] {
                let mut fields = Fields::new(text, cut, loose, anchors.clone());
                ways.push(Way {
                    next: fields.next(),
                    fields,
                    declared: separator.is_some_and(|unit| cut == Cut::At(unit)),
                });
            }
        }
        let mut lines = Lines {
            text,
            next: 0,
            number: 0,
        };
        while let Some(start) = ways
            .iter()
            .filter_map(|way| way.next.as_ref().map(|field| field.start))
            .min()
        {
            self.budget.check_stop()?;
            let line = lines.of(start);
            let here = |way: &mut Way<'_>| {
                let field = way.next.take_if(|field| field.start == start)?;
                way.next = way.fields.next();
                Some((field, way.declared))
            };
            let found: Vec<(Field, bool)> = ways.iter_mut().filter_map(here).collect();
            let mut done: Vec<(usize, bool)> = Vec::new();
            for (field, _) in &found {
                let what = (field.end, field.quoted);
                if done.contains(&what) {
                    continue;
                }
                done.push(what);
                let same = found
                    .iter()
                    .filter(|(other, _)| (other.end, other.quoted) == what);
                let label = label(same, line, separator.is_some());
                let source = Source {
                    least,
                    most: self.most,
                    columned,
                    width: u64::try_from(field.end.saturating_sub(start)).unwrap_or(u64::MAX),
                    // Another way to split it has more of it.
                    mixed: found.iter().any(|(other, _)| other.end > field.end),
                    ..Source::cell(self.place, u64::try_from(start).unwrap_or(u64::MAX), &label)
                };
                self.field(text, field, &source, book)?;
            }
        }
        Ok(())
    }

    fn field(
        &self,
        text: Text<'_>,
        field: &Field,
        source: &Source<'_>,
        book: &mut Book,
    ) -> Result<(), Exhausted> {
        let width = text.width();
        let inside = field.start.saturating_add(width);
        let quoted = |range: Range<usize>| text.find_in(range, [b'"'.into(); 3]).is_some();
        // Only the marks around it, or none.
        let last = field.end.saturating_sub(width);
        let mut range = if !field.quoted {
            field.from..field.end
        } else if text.at(last) == Some(b'"'.into()) && last >= inside && !quoted(inside..last) {
            inside..last
        } else {
            inside..field.end
        };
        if !text.printable {
            range = printable(text, range);
        }
        let unquote = field.quoted && quoted(range.clone());
        let mut paid = 0;
        if unquote || !text.is_borrowed(range.clone()) {
            // The bytes and their characters: three bytes for one of windows-1252.
            let room = usize::try_from(self.budget.live_left() / 4 / 4).unwrap_or(usize::MAX);
            if range.len() > room {
                // Whole units.
                let room = room.saturating_sub(room % 2);
                range.end = range.start.saturating_add(room);
                book.overflow(self.place, Exhausted::Limit(Limit::LiveBytes));
            }
            paid = u64::try_from(range.len())
                .unwrap_or(u64::MAX)
                .saturating_mul(4);
            self.budget.charge_live(paid)?;
        }
        let characters = if unquote {
            let bytes = unquoted(text, range.clone());
            text.decoded(Cow::Owned(bytes))
        } else {
            text.decode(range)
        };
        let read = book.typed(&characters, source, self.budget);
        drop(characters);
        self.budget.release_live(paid);
        read
    }
}

/// What people call the field: its cell where all the ways to split the text agree on it, else its
/// line.
fn label<'f>(fields: impl Iterator<Item = &'f (Field, bool)>, line: u64, declared: bool) -> String {
    let mut cells = Vec::new();
    for (field, by_declaration) in fields {
        // The line that declares the delimiter is no row.
        let row = line
            .saturating_sub(field.inner_lines)
            .saturating_sub(u64::from(declared));
        let cell = (field.column, row);
        if *by_declaration {
            cells = vec![cell];
            break;
        }
        if !cells.contains(&cell) {
            cells.push(cell);
        }
    }
    match cells.as_slice() {
        [(column, row)] => format!("{}{row}", letters(*column)),
        _ => format!("line {line}"),
    }
}

/// The letters of a column, from 1: `A`, `Z`, `AA`.
pub(super) fn letters(column: u64) -> String {
    let mut rest = column;
    let mut letters = Vec::new();
    while rest > 0 {
        let place = rest.saturating_sub(1) % 26;
        let letter = u8::try_from(place).unwrap_or(0).saturating_add(b'A');
        letters.push(char::from(letter));
        rest = rest.saturating_sub(1) / 26;
    }
    letters.iter().rev().collect()
}

/// The delimiter that the first line names: one character, whatever it is. If that is a filler,
/// the character behind the fillers as well: whether a program sees them is not known.
fn separators(text: Text<'_>) -> [Option<u16>; 2] {
    let mut at = 0;
    let skip = |at: &mut usize| {
        while text.at(*at) != Some(b' '.into()) {
            match text.blank(*at) {
                0 => break,
                length => *at = at.saturating_add(length),
            }
        }
        text.ascii(*at)
    };
    for expected in SEPARATOR {
        let letter = skip(&mut at);
        if !letter.is_some_and(|letter| letter.eq_ignore_ascii_case(expected)) {
            return [None; 2];
        }
        at = at.saturating_add(text.width());
    }
    let first = separator_at(text, at);
    skip(&mut at);
    let behind = separator_at(text, at).filter(|behind| first != Some(*behind));
    match first {
        Some(_) => [first, behind],
        None => [behind, None],
    }
}

/// The character that stands there, as a delimiter.
fn separator_at(text: Text<'_>, at: usize) -> Option<u16> {
    let first = text.at(at).filter(|unit| !text::is_line_end(*unit))?;
    // Of a longer character in UTF-8, the last byte.
    let (end, _) = text.line(at);
    let rest = text.bytes.get(at..end).unwrap_or_default();
    let long = rest.iter().skip(1).take_while(|byte| **byte & 0xc0 == 0x80);
    match long.last() {
        Some(last) if !text.is_wide() && first >= 0xc0 => Some(u16::from(*last)),
        Some(_) | None => Some(first),
    }
}

/// In bytes that are no text, a formula is one run of ASCII.
fn printable(text: Text<'_>, range: Range<usize>) -> Range<usize> {
    let bytes = text.bytes.get(range.clone()).unwrap_or_default();
    let is_inside = |byte: &u8| !ends_run(*byte);
    let start = bytes.iter().position(is_inside).unwrap_or(bytes.len());
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|byte| ends_run(*byte))
        .unwrap_or(rest.len());
    let start = range.start.saturating_add(start);
    start..start.saturating_add(length)
}

/// The bytes of a quoted field without its marks: from behind the one that opens it. Two of them
/// are one, until one closes it; NULs are padding.
fn unquoted(text: Text<'_>, range: Range<usize>) -> Vec<u8> {
    let width = text.width();
    let mut plain = Vec::new();
    let mut at = range.start;
    while let Some(mark) = text.find_in(at..range.end, [b'"'.into(); 3]) {
        let next = mark.saturating_add(width);
        let second = text.skip_nuls(next);
        let doubled = text.at(second) == Some(b'"'.into()) && second < range.end;
        let (keep, behind) = if doubled {
            (next, second.saturating_add(width))
        } else {
            (mark, next)
        };
        plain.extend_from_slice(text.bytes.get(at..keep).unwrap_or_default());
        at = behind;
        if !doubled {
            break;
        }
    }
    let rest = text.bytes.get(at..range.end).unwrap_or_default();
    plain.extend_from_slice(rest);
    plain
}

/// Counts lines.
struct Lines<'a> {
    text: Text<'a>,
    /// Where the next line starts.
    next: usize,
    /// The number of the line before it.
    number: u64,
}

impl Lines<'_> {
    /// The line of a position, from 1. Asked in order.
    fn of(&mut self, position: usize) -> u64 {
        while self.next <= position && self.next < self.text.len() {
            (_, self.next) = self.text.line(self.next);
            self.number = self.number.saturating_add(1);
        }
        self.number
    }
}

#[cfg(test)]
mod tests;
