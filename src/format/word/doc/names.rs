//! Names: bookmarks, building blocks, document variables, associated strings (`spec/word.md`
//! §2.1; [MS-DOC] 2.2.4, 2.8.10, 2.8.12, 2.9.277, 2.9.286).
//!
//! # Malformed input
//!
//! Lists that are cut have what fits. A bookmark that ends before it begins is none.
//!
//! # Worst cases
//!
//! Linear in the tables, but for sorting the places. What is kept is paid before.

use std::ops::Range;

use super::super::document::Document;
use crate::bytes::Bytes;
use crate::container::cfb::View;
use crate::limits::{Budget, Exhausted};
use crate::text::from_utf16;

/// What a range costs besides its name: two places, and a string.
const RANGE: u64 = 128;

/// A list of strings ([MS-DOC] 2.2.4).
pub(super) struct Strings<'b> {
    bytes: Bytes<'b>,
    wide: bool,
    /// Bytes behind each string.
    extra: usize,
    left: usize,
}

impl<'b> Strings<'b> {
    /// The list at the start of `bytes`; `old` is how Word 6 writes it.
    pub(super) fn new(bytes: &'b [u8], old: bool) -> Self {
        let mut rest = Bytes::new(bytes);
        let first = rest.u16().unwrap_or_default();
        let wide = first == 0xffff;
        let (left, extra) = match (wide, old) {
            (true, _) => (rest.u16(), rest.u16()),
            (false, false) => (Some(first), rest.u16()),
            // The bytes of the list are counted, not the strings.
            (false, true) => (Some(u16::MAX), Some(0)),
        };
        Strings {
            bytes: rest,
            wide,
            extra: usize::from(extra.unwrap_or_default()),
            left: usize::from(left.unwrap_or_default()),
        }
    }

    /// What follows the list, once it was read.
    fn rest(&self) -> Bytes<'b> {
        self.bytes
    }
}

impl Iterator for Strings<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.left = self.left.checked_sub(1)?;
        let text = if self.wide {
            counted(&mut self.bytes)?
        } else {
            let [length] = *self.bytes.take(1)?.first_chunk()?;
            let text = self.bytes.take(usize::from(length))?;
            text.iter().map(|byte| char::from(*byte)).collect()
        };
        self.bytes.skip(self.extra)?;
        Some(text)
    }
}

/// UTF-16 behind its number of units.
fn counted(bytes: &mut Bytes<'_>) -> Option<String> {
    let units = usize::from(bytes.u16()?);
    let (units, _) = bytes.take(units.checked_mul(2)?)?.as_chunks();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    Some(from_utf16(units))
}

/// What begins or ends at a position; ends come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    End,
    Start,
}

/// What the names of ranges are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    #[default]
    Bookmark,
    /// Entries of AutoText.
    Block,
}

/// Named ranges of the text.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    sort: Sort,
    names: Vec<String>,
    /// Positions, counted over all parts, with the name that begins or ends there.
    edges: Vec<(u32, Edge, usize)>,
    next: usize,
    charged: u64,
}

/// The three tables of bookmarks.
pub(super) struct Bookmarks {
    pub(super) names: Range<usize>,
    pub(super) starts: Range<usize>,
    pub(super) ends: Range<usize>,
}

impl Ranges {
    /// Reads the bookmarks. Gives what could be kept, and the limit that ended it.
    pub(super) fn bookmarks(
        table: &View<'_>,
        tables: &Bookmarks,
        old: bool,
        budget: &Budget<'_>,
    ) -> (Self, Option<Exhausted>) {
        let starts = clipped(table, &tables.starts);
        let count = starts.len().saturating_sub(4) / 8;
        let place = |at: usize, index: usize| table.u32(index.checked_mul(4)?.checked_add(at)?);
        let range = |index: usize| {
            let start = place(starts.start, index)?;
            // Each start says which end is its own.
            let own = count.checked_add(1)?.checked_add(index)?;
            let own = own.checked_mul(4)?.checked_add(starts.start)?;
            let end = usize::from(table.u16(own)?);
            let end = place(tables.ends.start, end)?;
            Some(start..end)
        };
        Self::read(table, &tables.names, old, count, range, budget)
    }

    /// Reads the entries of AutoText: each reaches to the next ([MS-DOC] 2.8.14).
    pub(super) fn blocks(
        table: &View<'_>,
        names: &Range<usize>,
        places: &Range<usize>,
        budget: &Budget<'_>,
    ) -> (Self, Option<Exhausted>) {
        let places = clipped(table, places);
        let place = |index: usize| table.u32(index.checked_mul(4)?.checked_add(places.start)?);
        let range = |index: usize| Some(place(index)?..place(index.checked_add(1)?)?);
        let count = (places.len() / 4).saturating_sub(1);
        let (mut ranges, ended) = Self::read(table, names, false, count, range, budget);
        ranges.sort = Sort::Block;
        (ranges, ended)
    }

    fn read(
        table: &View<'_>,
        names: &Range<usize>,
        old: bool,
        count: usize,
        range: impl Fn(usize) -> Option<Range<u32>>,
        budget: &Budget<'_>,
    ) -> (Self, Option<Exhausted>) {
        let mut ranges = Ranges::default();
        let bytes = match table.copy(clipped(table, names), budget) {
            Ok(bytes) => bytes,
            Err(cause) => return (ranges, Some(cause)),
        };
        let mut ended = None;
        for (index, name) in Strings::new(&bytes, old).take(count).enumerate() {
            let Some(range) = range(index).filter(|range| range.start < range.end) else {
                continue;
            };
            let cost = length(&name).saturating_add(RANGE);
            if let Err(cause) = budget.charge_live(cost) {
                ended = Some(cause);
                break;
            }
            ranges.charged = ranges.charged.saturating_add(cost);
            let number = ranges.names.len();
            ranges.edges.push((range.start, Edge::Start, number));
            ranges.edges.push((range.end, Edge::End, number));
            ranges.names.push(name);
        }
        budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        ranges.edges.sort_unstable();
        (ranges, ended)
    }

    /// The text has come to `cp`: what is there begins or ends. Returns the next such position.
    pub(super) fn reach(&mut self, cp: u32, document: &mut Document, budget: &Budget<'_>) -> u32 {
        while let Some((at, edge, number)) = self.edges.get(self.next).copied() {
            if at > cp {
                return at;
            }
            self.next = self.next.saturating_add(1);
            let name = self.names.get(number).map_or("", String::as_str);
            match (edge, self.sort) {
                (Edge::Start, Sort::Bookmark) => {
                    document.open_bookmark(&number.to_string(), name, budget);
                }
                (Edge::End, Sort::Bookmark) => document.close_bookmark(&number.to_string()),
                (Edge::Start, Sort::Block) => document.open_block(name, budget),
                (Edge::End, Sort::Block) => document.close_block(),
            }
        }
        u32::MAX
    }

    /// Leaves behind what begins and ends before `cp`: its part is over.
    pub(super) fn pass(&mut self, cp: u32) {
        while self.edges.get(self.next).is_some_and(|(at, ..)| *at < cp) {
            self.next = self.next.saturating_add(1);
        }
    }

    /// Gives the memory back to the account.
    pub(super) fn close(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

/// What of a table is in its stream.
fn clipped(table: &View<'_>, range: &Range<usize>) -> Range<usize> {
    let end = range.end.min(table.length());
    range.start.min(end)..end
}

fn length(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

/// The document variables: their names, then their values (`StwUser`, [MS-DOC] 2.9.286).
///
/// # Errors
///
/// The limit that does not allow it.
pub(super) fn variables(
    table: &View<'_>,
    range: &Range<usize>,
    document: &mut Document,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    let bytes = table.copy(clipped(table, range), budget)?;
    // The names are read twice, so that they need not be held.
    let mut names = Strings::new(&bytes, false);
    names.by_ref().for_each(drop);
    let mut values = names.rest();
    for name in Strings::new(&bytes, false) {
        let Some(value) = counted(&mut values) else {
            break;
        };
        document.variable(&name, &value, budget);
    }
    budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    Ok(())
}

/// Strings that belong to the document ([MS-DOC] 2.9.277): what they are, by their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Associated {
    Template,
    /// The field that repeats it.
    Property(&'static str),
    /// The data, or the header, of a mail merge.
    Merge,
}

/// The associated strings that are not empty, each with the byte of the table at which the list
/// begins.
///
/// # Errors
///
/// The limit that does not allow it.
pub(super) fn associated(
    table: &View<'_>,
    range: &Range<usize>,
    old: bool,
    budget: &Budget<'_>,
    mut visit: impl FnMut(Associated, &str),
) -> Result<(), Exhausted> {
    let bytes = table.copy(clipped(table, range), budget)?;
    for (index, text) in Strings::new(&bytes, old).enumerate() {
        let what = match index {
            1 => Associated::Template,
            2 => Associated::Property("TITLE"),
            3 => Associated::Property("SUBJECT"),
            4 => Associated::Property("KEYWORDS"),
            6 => Associated::Property("AUTHOR"),
            7 => Associated::Property("LASTSAVEDBY"),
            8 | 9 => Associated::Merge,
            _ => continue,
        };
        if !text.trim().is_empty() {
            visit(what, &text);
        }
    }
    budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    Ok(())
}
