//! Where a formula stands: the sheet and the cell, and whether the sheet is shown.
//!
//! Repeated rows and columns are counted by their number, never one by one.

use std::collections::BTreeMap;

use crate::markup::xml::Tag;

/// Characters of a name of a sheet or a style that are kept: the dialogs take fewer.
const NAME: usize = 64;
/// Tables inside tables that are followed; Writer nests a few.
const DEPTH: usize = 64;
/// Styles that a style is based on, one after the other: no program writes more than one.
const PARENTS: usize = 16;

/// The tables that are open.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// The body of a spreadsheet is open.
    spreadsheet: bool,
    open: Vec<Table>,
    /// Tables deeper than are followed.
    deeper: u64,
    /// The last name that was given to a place of formulas that is no cell.
    named: String,
    /// The table style that is open.
    style: Option<String>,
}

/// A table, and the cell of it that is open.
#[derive(Debug, Default)]
struct Table {
    name: String,
    style: String,
    hidden: bool,
    /// Rows and columns before this one; how many are this one.
    row: u64,
    rows: u64,
    column: u64,
    columns: u64,
}

/// Table styles that say whether a sheet is shown, and on which others they are based.
#[derive(Debug, Default)]
pub(super) struct Styles {
    known: BTreeMap<String, Style>,
}

#[derive(Debug, Default)]
struct Style {
    parent: String,
    shown: Option<bool>,
}

/// What a formula is on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) style: String,
    pub(super) hidden: bool,
}

fn short(tag: &Tag<'_>, attribute: &str) -> String {
    let name = tag.attribute(attribute).unwrap_or_default();
    name.chars().take(NAME).collect()
}

/// `table:display` and the like: whether it says that something is shown.
fn shown(tag: &Tag<'_>) -> Option<bool> {
    let value = tag.attribute("display")?;
    Some(!matches!(
        value.trim().to_ascii_lowercase().as_str(),
        "false" | "0"
    ))
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
            "table" | "sub-table" => {
                if self.open.len() >= DEPTH {
                    self.deeper = self.deeper.saturating_add(1);
                    return;
                }
                self.open.push(Table {
                    name: short(tag, "name"),
                    style: short(tag, "style-name"),
                    hidden: shown(tag) == Some(false),
                    ..Table::default()
                });
            }
            "table-row" => {
                if let Some(table) = self.innermost() {
                    table.row = table.row.saturating_add(table.rows);
                    table.rows = count("number-rows-repeated");
                    (table.column, table.columns) = (0, 0);
                }
            }
            "table-cell" | "covered-table-cell" => {
                if let Some(table) = self.innermost() {
                    table.column = table.column.saturating_add(table.columns);
                    table.columns = count("number-columns-repeated");
                }
            }
            "spreadsheet" => self.spreadsheet = true,
            "conditional-format" => self.named = short(tag, "target-range-address"),
            "content-validation" => self.named = short(tag, "name"),
            _ => {}
        }
    }

    pub(super) fn leave(&mut self, local: &str) {
        match local {
            "table" | "sub-table" if self.deeper > 0 => {
                self.deeper = self.deeper.saturating_sub(1);
            }
            "table" | "sub-table" => {
                self.open.pop();
            }
            "spreadsheet" => self.spreadsheet = false,
            "style" => self.style = None,
            _ => {}
        }
    }

    /// The table that rows and cells belong to.
    fn innermost(&mut self) -> Option<&mut Table> {
        (self.deeper == 0).then(|| self.open.last_mut()).flatten()
    }

    /// The sheet that is open.
    pub(super) fn sheet(&self) -> Option<Sheet> {
        let table = self.open.last()?;
        (table.hidden || !table.style.is_empty()).then(|| Sheet {
            style: table.style.clone(),
            hidden: table.hidden,
        })
    }

    /// What the formula of an element belongs to, as people name it: `Sheet1.B4`.
    pub(super) fn user(&self, tag: &Tag<'_>) -> Option<String> {
        let named = |what: &str, name: &str| Some(format!("{what} {name}").trim_end().to_owned());
        match tag.name.local {
            "table-cell" | "covered-table-cell" => Some(self.cell()),
            "named-expression" | "named-range" => named("defined name", &short(tag, "name")),
            "content-validation" => named("validation", &short(tag, "name")),
            "condition" | "color-scale-entry" | "formatting-entry" => {
                named("conditional format", &self.named)
            }
            "map" => named("conditional style", ""),
            "change-track-table-cell" => named("tracked change", ""),
            _ => None,
        }
    }

    /// Whether a table of a spreadsheet is open.
    pub(super) fn in_sheet(&self) -> bool {
        self.spreadsheet && !self.open.is_empty()
    }

    /// The name of the open cell, as LibreOffice writes it.
    pub(super) fn cell(&self) -> String {
        let nothing = Table::default();
        let table = self.open.last().unwrap_or(&nothing);
        let mut letters = Vec::new();
        let mut rest = table.column.saturating_add(1);
        while let Some(index) = rest.checked_sub(1) {
            let letter = u8::try_from(index.checked_rem(26).unwrap_or(0)).unwrap_or(0);
            letters.push(char::from(b'A'.saturating_add(letter)));
            rest = index / 26;
        }
        letters.reverse();
        let column: String = letters.into_iter().collect();
        format!("{}.{column}{}", table.name, table.row.saturating_add(1))
    }

    /// What a table style says of the sheets that have it, where it says something: its name, the
    /// style that it is based on, and whether they are shown.
    pub(super) fn style(&mut self, tag: &Tag<'_>) -> Option<(String, String, Option<bool>)> {
        match tag.name.local {
            "style" => {
                let of_tables = tag.attribute("family").as_deref() == Some("table");
                self.style = of_tables.then(|| short(tag, "name"));
                let parent = short(tag, "parent-style-name");
                let name = self.style.clone()?;
                (!parent.is_empty()).then_some((name, parent, None))
            }
            // The second is the name that OpenOffice 1 gave it.
            "table-properties" | "properties" => {
                let name = self.style.clone()?;
                let shown = shown(tag)?;
                Some((name, String::new(), Some(shown)))
            }
            _ => None,
        }
    }
}

impl Styles {
    pub(super) fn add(&mut self, name: String, parent: String, shown: Option<bool>) {
        let style = self.known.entry(name).or_default();
        if !parent.is_empty() {
            style.parent = parent;
        }
        // Of two styles with one name, that of another part may be the one that counts.
        style.shown = match (style.shown, shown) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (known, new) => new.or(known),
        };
    }

    /// Whether a sheet is hidden.
    pub(super) fn hide(&self, sheet: &Sheet) -> bool {
        let mut name = sheet.style.as_str();
        for _ in 0..PARENTS {
            let Some(style) = self.known.get(name) else {
                break;
            };
            match style.shown {
                Some(shown) => return sheet.hidden || !shown,
                None => name = &style.parent,
            }
        }
        sheet.hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, name) in [(0, "S.A1"), (25, "S.Z1"), (26, "S.AA1"), (702, "S.AAA1")] {
            let mut cells = Cells::default();
            cells.open.push(Table {
                name: "S".to_owned(),
                column,
                ..Table::default()
            });
            assert_eq!(cells.cell(), name);
        }
    }

    #[test]
    fn styles_hide_sheets() {
        let mut styles = Styles::default();
        styles.add("a".to_owned(), String::new(), Some(false));
        styles.add("b".to_owned(), "a".to_owned(), None);
        styles.add("c".to_owned(), "c".to_owned(), None);
        styles.add("d".to_owned(), "a".to_owned(), Some(true));
        let of = |style: &str| Sheet {
            style: style.to_owned(),
            hidden: false,
        };
        for (style, hidden) in [
            ("a", true),
            ("b", true),
            ("c", false),
            ("d", false),
            ("e", false),
        ] {
            assert_eq!(styles.hide(&of(style)), hidden, "{style}");
        }
    }
}
