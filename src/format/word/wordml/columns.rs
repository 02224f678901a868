//! Bookmarks of some columns of a table (`w:colFirst`, `w:colLast`): one more reading of what
//! stands between their marks, cell by cell (`spec/word.md` §1.2).
//!
//! # Malformed input
//!
//! Rows and cells count by their starts and ends; ends that match nothing do nothing.
//!
//! # Worst cases
//!
//! [`MARKS`] bookmarks are looked at for each cell; those past it are read as a whole only.

use super::Gather;
use crate::limits::Budget;
use crate::markup::xml::Tag;

/// Such bookmarks that are open at once.
const MARKS: usize = 16;

/// Where the reading of tables stands.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The cells of each row that is open.
    rows: Vec<u32>,
    marks: Vec<Mark>,
}

/// A bookmark of some columns.
#[derive(Debug)]
struct Mark {
    id: String,
    /// What its cells are known by.
    key: String,
    name: String,
    first: u32,
    last: u32,
    /// Rows open around it.
    level: usize,
}

impl Gather {
    /// A bookmark that may be one of columns begins.
    pub(super) fn open_columns(
        &mut self,
        tag: &Tag<'_>,
        id: &str,
        name: &str,
        budget: &Budget<'_>,
    ) {
        let number = |local| tag.attribute(local)?.trim().parse::<u32>().ok();
        let (first, last) = (number("colFirst"), number("colLast"));
        let Some((first, last)) = first.or(last).zip(last.or(first)) else {
            return;
        };
        if self.columns.marks.len() >= MARKS {
            return;
        }
        let (Some(id), Some(name)) = (
            self.document.keep(id, budget),
            self.document.keep(name, budget),
        ) else {
            return;
        };
        let mark = Mark {
            key: format!("{id}#"),
            id,
            name,
            first,
            last,
            level: self.columns.rows.len(),
        };
        let here = self
            .columns
            .rows
            .last()
            .and_then(|next| next.checked_sub(1));
        if here.is_some_and(|here| (mark.first..=mark.last).contains(&here)) {
            self.document.open_bookmark(&mark.key, &mark.name, budget);
        }
        self.columns.marks.push(mark);
    }

    /// A bookmark ends.
    pub(super) fn close_columns(&mut self, id: &str) {
        let document = &mut self.document;
        self.columns.marks.retain(|mark| {
            let over = mark.id == id;
            if over {
                document.close_bookmark(&mark.key);
            }
            !over
        });
    }

    pub(super) fn begin_row(&mut self) {
        self.columns.rows.push(0);
    }

    pub(super) fn end_row(&mut self) {
        self.columns.rows.pop();
    }

    pub(super) fn begin_cell(&mut self, budget: &Budget<'_>) {
        let level = self.columns.rows.len();
        let Some(next) = self.columns.rows.last_mut() else {
            return;
        };
        let here = *next;
        *next = next.saturating_add(1);
        for mark in &self.columns.marks {
            if mark.level == level && (mark.first..=mark.last).contains(&here) {
                self.document.open_bookmark(&mark.key, &mark.name, budget);
            }
        }
    }

    pub(super) fn end_cell(&mut self) {
        let level = self.columns.rows.len();
        for mark in self.columns.marks.iter().filter(|mark| mark.level == level) {
            self.document.close_bookmark(&mark.key);
        }
    }
}
