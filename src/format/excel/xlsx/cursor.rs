//! The cell at which the reader of a sheet is.

use super::super::site::push_cut;

/// The last column that Excel has is XFD, the 16,384th.
const COLUMNS: u32 = 16_384;

/// The cell at which the reader is. `r` attributes are optional: without them the position counts.
#[derive(Debug, Default)]
pub(super) struct Cursor {
    row: u32,
    /// The column of the cell, where it was counted; where not, the cell's name says it.
    column: Option<u32>,
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
        self.column = Some(0);
    }

    /// A cell begins.
    pub(super) fn enter(&mut self, reference: Option<&str>, kind: Option<&str>) {
        self.kind = match kind {
            Some("str") => CellKind::Text,
            Some("inlineStr") => CellKind::Inline,
            Some(_) | None => CellKind::Other,
        };
        if let Some(reference) = reference {
            self.cell.clear();
            push_cut(&mut self.cell, reference);
            self.column = None;
        } else {
            let before = self.column.unwrap_or_else(|| column_number(&self.cell));
            let column = before.saturating_add(1);
            self.column = Some(column);
            self.cell.clear();
            push_column(&mut self.cell, column);
            self.cell.push_str(&self.row.to_string());
        }
    }
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

/// The name of a cell; columns count from 0, rows from 1.
pub(in crate::format::excel) fn cell_name(column: u32, row: u32) -> String {
    let mut name = String::new();
    push_column(&mut name, column.saturating_add(1));
    name.push_str(&row.to_string());
    name
}

/// The name of a range, or of the one cell that it is: first and last row, first and last column,
/// all from 0.
pub(in crate::format::excel) fn range_name(rows: (u32, u32), columns: (u32, u32)) -> String {
    let first = cell_name(columns.0, rows.0.saturating_add(1));
    if rows.0 == rows.1 && columns.0 == columns.1 {
        return first;
    }
    format!("{first}:{}", cell_name(columns.1, rows.1.saturating_add(1)))
}

/// Writes the letters of a column.
pub(in crate::format::excel) fn push_column(label: &mut String, column: u32) {
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
