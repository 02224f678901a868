//! The cell at which the reader of a sheet is: positions are counted (`spec/excel.md` §6.1).

use super::super::xlsx::push_column;

/// Rows and columns as they are told, each from 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    row: u32,
    /// Where the next row stands.
    next_row: u32,
    column: u32,
    next_column: u32,
}

impl Cursor {
    /// A row begins: `index` is its number, `span` says for how many more it stands.
    pub(super) fn row(&mut self, index: Option<&str>, span: Option<&str>) {
        self.row = number(index).unwrap_or(self.next_row.max(1));
        self.next_row = after(self.row, span);
        self.column = 0;
        self.next_column = 1;
    }

    /// A cell begins: `across` says over how many more columns it reaches.
    pub(super) fn cell(&mut self, index: Option<&str>, across: Option<&str>) {
        self.column = number(index).unwrap_or(self.next_column.max(1));
        self.next_column = after(self.column, across);
    }

    /// `B4`.
    pub(super) fn label(&self) -> String {
        let mut label = String::new();
        push_column(&mut label, self.column);
        label.push_str(&self.row.max(1).to_string());
        label
    }
}

fn number(text: Option<&str>) -> Option<u32> {
    text?.trim().parse().ok().filter(|number| *number > 0)
}

fn after(at: u32, more: Option<&str>) -> u32 {
    let more = number(more).unwrap_or(0);
    at.saturating_add(more).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted() {
        let mut cursor = Cursor::default();
        let mut cells = Vec::new();
        let mut tell = |cursor: &Cursor| cells.push(cursor.label());
        cursor.row(None, None);
        cursor.cell(None, None);
        tell(&cursor);
        cursor.cell(None, Some("2"));
        tell(&cursor);
        cursor.cell(None, None);
        tell(&cursor);
        cursor.row(Some("7"), Some("2"));
        cursor.cell(Some("3"), None);
        tell(&cursor);
        cursor.row(None, None);
        cursor.cell(Some("x"), None);
        tell(&cursor);
        // More than there is: nothing is walked, and the column ends with the last one.
        cursor.row(Some("4294967295"), Some("4294967295"));
        cursor.cell(Some("4294967295"), None);
        tell(&cursor);
        cursor.row(None, None);
        assert_eq!(cells, ["A1", "B1", "E1", "C7", "A10", "XFD4294967295"]);
    }
}
