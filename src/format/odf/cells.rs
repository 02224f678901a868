//! Where a formula stands: the sheet and the cell.

use crate::markup::xml::Tag;

/// Characters of a sheet's name that are kept: its dialog takes fewer.
const NAME: usize = 64;

/// The cell that is open.
#[derive(Debug, Default)]
pub(super) struct Cells {
    table: String,
    /// Rows and columns before this one; how many are this one.
    row: u64,
    rows: u64,
    column: u64,
    columns: u64,
}

impl Cells {
    pub(super) fn enter(&mut self, tag: &Tag<'_>) {
        let count = |name| {
            let count = tag
                .attribute(name)
                .and_then(|text| text.trim().parse().ok());
            count.unwrap_or(1_u64)
        };
        match tag.name.local {
            "table" => {
                let name = tag.attribute("name").unwrap_or_default();
                *self = Cells {
                    table: name.chars().take(NAME).collect(),
                    ..Cells::default()
                };
            }
            "table-row" => {
                self.row = self.row.saturating_add(self.rows);
                self.rows = count("number-rows-repeated");
                (self.column, self.columns) = (0, 0);
            }
            "table-cell" | "covered-table-cell" => {
                self.column = self.column.saturating_add(self.columns);
                self.columns = count("number-columns-repeated");
            }
            _ => {}
        }
    }

    /// The name of the cell: `Sheet1!B4`.
    pub(super) fn name(&self) -> String {
        let mut letters = Vec::new();
        let mut rest = self.column.saturating_add(1);
        while let Some(index) = rest.checked_sub(1) {
            let letter = u8::try_from(index.checked_rem(26).unwrap_or(0)).unwrap_or(0);
            letters.push(char::from(b'A'.saturating_add(letter)));
            rest = index / 26;
        }
        letters.reverse();
        let column: String = letters.into_iter().collect();
        format!("{}!{column}{}", self.table, self.row.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, name) in [(0, "S!A1"), (25, "S!Z1"), (26, "S!AA1"), (702, "S!AAA1")] {
            let cells = Cells {
                table: "S".to_owned(),
                column,
                ..Cells::default()
            };
            assert_eq!(cells.name(), name);
        }
    }
}
