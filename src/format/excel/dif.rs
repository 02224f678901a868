//! Data Interchange Format (`spec/excel.md` §5.4): a table of numbers and texts, two lines each.
//!
//! Whether Excel enters the texts as if they were typed is not documented, and LibreOffice does
//! not: nothing here is surer than medium. The file is read as delimited text, too, because that
//! is what a program makes of it that goes by its name.
//!
//! # Malformed input
//!
//! Anything is tolerated: a line in quotation marks behind the `DATA` topic is a text.
//!
//! # Worst cases
//!
//! Linear in the text. A line is decoded as far as memory allows; the rest is a gap.

use std::borrow::Cow;

use super::book::Book;
use super::delimited::text::Text;
use super::delimited::{letters, read_text};
use super::evidence::Source;
use super::site::Place;
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::Confidence;
use crate::location::Location;

/// Reads a DIF file.
pub(crate) fn read(
    bytes: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut book = Book::new(ledger.is_program());
    let place = book.open_place(Place::new(location.clone()));
    let name = location.path().last();
    let ended = cells(Text::of(bytes), place, &mut book, budget)
        .and_then(|()| read_text(bytes, name, place, Confidence::Medium, &mut book, budget));
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    book.settle(budget, ledger);
    Outcome::from(ended)
}

/// Enters the texts of the table.
fn cells(
    text: Text<'_>,
    place: usize,
    book: &mut Book,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    let (mut row, mut column) = (0u64, 0u64);
    let mut in_data = false;
    let mut kind = Line::Other;
    let mut at = 0;
    while at < text.len() {
        budget.check_stop()?;
        let (end, next) = text.line(at);
        let start = at.saturating_add(text.blanks(at, end));
        let head = text.head(start, end);
        at = next;
        if !in_data {
            in_data = head.eq_ignore_ascii_case("data");
            continue;
        }
        match std::mem::replace(&mut kind, Line::Other) {
            Line::Text => {
                column = column.saturating_add(1);
                let label = format!("{}{row}", letters(column));
                let offset = u64::try_from(start).unwrap_or(u64::MAX);
                let source = Source {
                    most: Confidence::Medium,
                    ..Source::cell(place, offset, &label)
                };
                let whole = text.read_cut(start..end, budget, |value| {
                    let value = value.trim_end();
                    let value = value.strip_prefix('"').unwrap_or(value);
                    let value = value.strip_suffix('"').unwrap_or(value);
                    let value = if value.contains("\"\"") {
                        Cow::Owned(value.replace("\"\"", "\""))
                    } else {
                        Cow::Borrowed(value)
                    };
                    book.typed(&value, &source, budget)
                })?;
                if !whole {
                    book.overflow(place, Exhausted::Limit(Limit::LiveBytes));
                }
            }
            Line::Number => column = column.saturating_add(1),
            Line::Special if head.eq_ignore_ascii_case("bot") => {
                row = row.saturating_add(1);
                column = 0;
            }
            Line::Special => {}
            Line::Other => kind = Line::of(&head),
        }
    }
    Ok(())
}

/// What a line announces of the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// `1,0`
    Text,
    /// `0,5`
    Number,
    /// `-1,0`
    Special,
    /// The two lines below the name of a topic, or anything.
    Other,
}

impl Line {
    fn of(head: &str) -> Self {
        let Some((kind, number)) = head.split_once(',') else {
            return Line::Other;
        };
        let is_number = number
            .trim()
            .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
        match kind.trim() {
            "1" if is_number => Line::Text,
            "0" if is_number => Line::Number,
            "-1" if is_number => Line::Special,
            _ => Line::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::link::{Kind, Link};

    fn links(bytes: &[u8]) -> Vec<Link> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut links = Vec::new();
        let mut judge = |link| links.push(link);
        let mut ledger =
            Ledger::new(&limits, &mut judge).with_programs(|_| false, |name| name == "cmd");
        let outcome = read(bytes, &Location::root(Some("a.dif")), &budget, &mut ledger);
        assert_eq!(outcome.ended, Ok(()));
        assert!(ledger.close().0.is_empty());
        links
    }

    const HEAD: &str = "TABLE\r\n0,1\r\n\"EXCEL\"\r\nVECTORS\r\n0,2\r\n\"\"\r\nTUPLES\r\n0,1\r\n\"\"\r\n\
                        DATA\r\n0,0\r\n\"\"\r\n";

    /// `spec/excel.md` §5.4.
    #[test]
    fn a_text_that_begins_like_a_formula_is_medium() {
        let file = format!(
            "{HEAD}-1,0\r\nBOT\r\n0,5\r\nV\r\n1,0\r\n\"=cmd|'/c calc'!A0\"\r\n-1,0\r\nEOD\r\n"
        );
        let links = links(file.as_bytes());
        assert_eq!(links.len(), 1, "{links:#?}");
        assert_eq!(links[0].kind, Kind::Dde);
        assert_eq!(links[0].confidence, Confidence::Medium);
        assert_eq!(links[0].location.cell(), Some("B1"));
        assert_eq!(links[0].readings[0].service.as_deref(), Some("cmd"));
    }

    #[test]
    fn numbers_and_ordinary_texts_are_silent() {
        let file = format!(
            "{HEAD}-1,0\r\nBOT\r\n0,-5\r\nV\r\n1,0\r\n\"-a|b\"\r\n1,0\r\n\"@home (x)\"\r\n-1,0\r\nEOD\r\n"
        );
        assert!(links(file.as_bytes()).is_empty());
    }

    #[test]
    fn what_stands_around_the_table_is_text() {
        let file = format!("{HEAD}-1,0\r\nEOD\r\n=cmd|'/c calc'!A0\r\n");
        assert_eq!(links(file.as_bytes()).len(), 1);
    }
}
