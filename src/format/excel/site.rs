//! Where the reader is: the part, the sheet's row and cell, and the name of a place for people.

use std::collections::BTreeSet;

use crate::limits::Budget;
use crate::link::TechniqueId;
use crate::location::Location;

/// Characters kept of the name of a place. A name has at most 255 characters, a range fewer.
const LABEL: usize = 255;
/// The last column that Excel has is XFD, the 16,384th.
const COLUMNS: u32 = 16_384;

/// What is remembered of a part.
#[derive(Debug)]
pub(super) struct PartFacts {
    pub(super) member: usize,
    pub(super) name: String,
    pub(super) location: Location,
    pub(super) reachable: bool,
    /// A sheet of Excel 4 macros.
    pub(super) macros: bool,
    /// What is odd about the member and its encoding.
    pub(super) techniques: BTreeSet<TechniqueId>,
}

/// What the structures around a text take in memory: measured, with the share of a tree that is
/// half full and what an allocation costs beside its bytes.
pub(super) mod cost {
    /// A find with its texts and the link that is made of it.
    pub(in crate::format::excel) const FIND: usize = 896;
    /// A use of an external link, and its place in the tables that tie it to its part.
    pub(in crate::format::excel) const USE: usize = 512;
    /// The name of a place.
    pub(in crate::format::excel) const SPOT: usize = 256;
    /// The number of a part.
    pub(in crate::format::excel) const PART: usize = 64;
    /// An external link.
    pub(in crate::format::excel) const LINK: usize = 1_024;
    /// An item of a link, a sheet, a reference, a connection's attribute.
    pub(in crate::format::excel) const ENTRY: usize = 256;
}

/// How much of the memory something may take: what is there in thousands must not leave what
/// starts a program without room, whichever is read first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// It says nothing by itself: up to half of the memory.
    Junk,
    /// A link: up to three quarters.
    Link,
    /// A link that starts a program.
    Program,
}

/// What was paid for.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Live bytes, to be given back at the end.
    pub(super) kept: u64,
    /// Something did not fit.
    pub(super) short: bool,
}

/// A payment for what stays in memory until the links are resolved.
pub(super) struct Purse<'p, 'b> {
    pub(super) budget: &'p Budget<'b>,
    pub(super) account: &'p mut Account,
}

impl Purse<'_, '_> {
    /// Pays for `bytes`, those of the structure included; `false` when there is no room. That is
    /// noted, and the part goes on.
    pub(super) fn keep(&mut self, rank: Rank, bytes: usize) -> bool {
        let fits = self.fits(rank, bytes);
        self.account.short |= !fits;
        fits
    }

    /// As [`Purse::keep`], for what nobody misses.
    pub(super) fn fits(&mut self, rank: Rank, bytes: usize) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let all = self.budget.limits().live_bytes;
        let reserve = match rank {
            Rank::Junk => all / 2,
            Rank::Link => all / 4,
            Rank::Program => 0,
        };
        let fits = self.budget.live_left() >= bytes.saturating_add(reserve)
            && self.budget.charge_live(bytes).is_ok();
        if fits {
            self.account.kept = self.account.kept.saturating_add(bytes);
        }
        fits
    }
}

/// The cell at which the reader is. `r` attributes are optional: without them the position counts.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    row: u32,
    column: u32,
    /// `B4`.
    pub(super) cell: String,
    /// The cell holds text of its own (`t`), before any formula was seen.
    pub(super) kind: CellKind,
}

/// What `c@t` says, as far as it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CellKind {
    #[default]
    Other,
    /// `str`: `v` is text, the value of a formula if there is one.
    Text,
    /// `inlineStr`: `is` is text.
    Inline,
}

impl Cursor {
    /// A part begins.
    pub(super) fn restart(&mut self) {
        *self = Cursor::default();
    }

    /// A row begins.
    pub(super) fn row(&mut self, reference: Option<&str>) {
        let next = self.row.saturating_add(1);
        self.row = reference
            .and_then(|r| r.trim().parse().ok())
            .unwrap_or(next);
        self.column = 0;
    }

    /// A cell begins.
    pub(super) fn enter(&mut self, reference: Option<&str>, kind: Option<&str>) {
        self.kind = match kind {
            Some("str") => CellKind::Text,
            Some("inlineStr") => CellKind::Inline,
            Some(_) | None => CellKind::Other,
        };
        self.cell.clear();
        if let Some(reference) = reference {
            push_cut(&mut self.cell, reference);
            self.column = column_number(reference);
        } else {
            self.column = self.column.saturating_add(1);
            push_column(&mut self.cell, self.column);
            self.cell.push_str(&self.row.to_string());
        }
    }
}

/// Appends `text`, cut to what a name of a place may be long.
pub(super) fn push_cut(label: &mut String, text: &str) {
    label.extend(text.chars().take(LABEL));
}

/// The number of the column in `B4`; 1 is A.
fn column_number(reference: &str) -> u32 {
    let letters = reference
        .bytes()
        .take_while(u8::is_ascii_alphabetic)
        .take(3);
    letters.fold(0_u32, |number, letter| {
        let digit = u32::from(letter.to_ascii_uppercase().saturating_sub(b'A'));
        number
            .saturating_mul(26)
            .saturating_add(digit)
            .saturating_add(1)
    })
}

/// Writes the letters of a column.
fn push_column(label: &mut String, column: u32) {
    let mut letters = Vec::new();
    let mut left = column.min(COLUMNS);
    while left > 0 {
        let before = left.saturating_sub(1);
        let digit = u8::try_from(before.checked_rem(26).unwrap_or_default()).unwrap_or_default();
        letters.push(char::from(b'A'.saturating_add(digit)));
        left = before.checked_div(26).unwrap_or_default();
    }
    label.extend(letters.iter().rev());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_without_references_count_on() {
        let mut cursor = Cursor::default();
        cursor.row(None);
        cursor.enter(None, None);
        assert_eq!(cursor.cell, "A1");
        cursor.row(Some("7"));
        cursor.enter(Some("Z7"), Some("str"));
        assert_eq!((cursor.cell.as_str(), cursor.kind), ("Z7", CellKind::Text));
        cursor.enter(None, Some("inlineStr"));
        assert_eq!(
            (cursor.cell.as_str(), cursor.kind),
            ("AA7", CellKind::Inline)
        );
        cursor.enter(Some("ZZ7"), None);
        cursor.enter(None, None);
        assert_eq!(cursor.cell, "AAA7");
        cursor.enter(Some("ÄÖ"), None);
        cursor.enter(None, None);
        assert_eq!(cursor.cell, "A7");
    }
}
