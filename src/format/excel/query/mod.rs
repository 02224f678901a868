//! Queries and data connections in files of their own (`spec/excel.md` §6.3): `.iqy`, `.dqy`,
//! `.oqy`, `.rqy`, `.udl` and `.dsn`. An `.odc` is a page, and is read with the pages.
//!
//! Opening one asks for data: the program warns, and then goes where the file says. What comes back
//! may hold formulas of its own, which no look at the file can show.
//!
//! # Malformed input
//!
//! The first lines of a web query may be missing, keys stand in any order and case, and a file may
//! be in UTF-16, with a mark or without. A line that is none of this says nothing.
//!
//! # Worst cases
//!
//! Linear in the bytes. The text is decoded as a whole and paid as live bytes.

use super::book::Book;
use super::connections::Connection;
use super::site::Place;
use crate::format::Outcome;
use crate::format::ledger::Ledger;
use crate::identify::WEB_QUERY_SETTINGS;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::markup::html::{Page, unicode};

/// Reads a query file.
pub(crate) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    // Marks, NULs and code pages are those of any text.
    let page = Page::read(data, ledger.charset(), budget);
    let ended = read_text(&page, location, budget, ledger);
    if let Some(cause) = page.exhausted {
        ledger.exhausted(cause, location.clone());
    }
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    page.release(budget);
    Outcome::from(ended)
}

fn read_text(
    page: &Page<'_>,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    if page.text.trim_ascii_start().starts_with(b"<") {
        // A page: its own reader sees the connection.
        return Ok(());
    }
    let mut place = Place::new(location.clone());
    place.techniques.insert(TechniqueId::QueryFile);
    if page.utf16 {
        place.techniques.insert(TechniqueId::Utf16);
    }
    let mut book = Book::new(ledger.is_program());
    let place = book.open_place(place);
    let mut query = Query {
        kind: Kind::Unknown,
        number: 0,
    };
    let mut open = false;
    let mut at = 0usize;
    let mut ended = Ok(());
    for line in page.text.split(|byte| matches!(byte, b'\n' | b'\r')) {
        let start = at;
        at = at.saturating_add(line.len()).saturating_add(1);
        // Decoded, and copied.
        let copies = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let copies = copies.saturating_mul(2);
        ended = budget.check_stop();
        if ended.is_err() {
            break;
        }
        if let Err(cause) = budget.charge_live(copies) {
            book.overflow(place, cause);
            continue;
        }
        if let Some((name, value)) = query.line(unicode(line).trim()) {
            // All keys of a data source are one connection.
            if !open {
                let connection = Connection {
                    refreshes: true,
                    web: name == "url",
                    ..Connection::default()
                };
                book.connection(place, page.offset(start), connection, budget);
                open = true;
            }
            book.more_of_connection(name, value, budget);
            book.note_short(place);
        }
        budget.release_live(copies);
    }
    book.settle(budget, ledger);
    ended
}

/// What kind of query it is, as far as its lines have said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unknown,
    /// `.iqy`
    Web,
    /// `.dqy`: the connection and the command are lines of their own.
    Odbc,
    /// `.oqy`, `.rqy`: keys and values.
    Keys,
    /// `.udl`, `.dsn`: each line is a part of a connection string.
    Source,
}

struct Query {
    kind: Kind,
    /// Lines behind those that say what kind of file it is.
    number: u32,
}

/// What a line gives: a name as [`Connection`] has it, and a value.
type Said = (&'static str, String);

impl Query {
    fn line(&mut self, text: &str) -> Option<Said> {
        if text.is_empty() {
            // Only in a web query an empty line stands for something: nothing to post.
            self.number = self.number.saturating_add(u32::from(self.number > 0));
            return None;
        }
        if self.number == 0 {
            match text.to_ascii_lowercase().as_str() {
                "web" => self.kind = Kind::Web,
                "xlodbc" => self.kind = Kind::Odbc,
                "[oledb]" | "[odbc]" | "[file data source]" => self.kind = Kind::Source,
                lower if lower.starts_with("querytype") => self.kind = Kind::Keys,
                // The version of the format.
                _ if text.bytes().all(|byte| byte.is_ascii_digit()) => {}
                _ => {
                    self.number = 1;
                    return self.content(text);
                }
            }
            return None;
        }
        self.number = self.number.saturating_add(1);
        self.content(text)
    }

    fn content(&self, text: &str) -> Option<Said> {
        let one = |name: &'static str, value: &str| Some((name, value.trim().to_owned()));
        match (self.kind, self.number) {
            (Kind::Unknown, 1) if !text.contains("://") && !text.starts_with("\\\\") => None,
            (Kind::Web | Kind::Unknown, 1) => one("url", text),
            (Kind::Web | Kind::Unknown, 2) if !is_setting(text) => one("post", text),
            (Kind::Web | Kind::Unknown, _) => None,
            (Kind::Odbc, 1) => one("connection", text),
            (Kind::Odbc, _) => one("command", text),
            (Kind::Keys, _) => {
                let (key, value) = text.split_once('=')?;
                let name = match key.trim().to_ascii_lowercase().as_str() {
                    "connection" | "connectionstring" => "connection",
                    "commandtext" | "command" => "command",
                    "url" | "sourcefile" | "connectionfile" => "sourceFile",
                    _ => return None,
                };
                one(name, value)
            }
            // A comment, or a part of a connection string.
            (Kind::Source, _) if text.starts_with([';', '[']) => None,
            (Kind::Source, _) => one("connection", text),
        }
    }
}

/// A line that says how the answer of a web query is read.
fn is_setting(text: &str) -> bool {
    text.split_once('=').is_some_and(|(key, _)| {
        WEB_QUERY_SETTINGS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(key.trim()))
    })
}

#[cfg(test)]
mod tests;
