//! From token streams to the workbook: what the numbers in them stand for
//! (`spec/excel.md` §3.6, §3.7).

use super::supbook::Role;
use super::tables::Tables;
use super::version::{Substreams, Version};
use crate::format::excel::xlsx::{cell_name, range_name};
use crate::formula::ptg::{self, Names, Outer};

/// Uses of one formula that are told; a formula of 64 KiB has room for nine thousand.
const USES: usize = 0x1_0000;
/// What a sheet of another workbook is called: no link depends on its name.
const ELSEWHERE: &str = "Sheet";

/// What the numbers of one formula stand for.
pub(super) struct Lookup<'t> {
    tables: &'t Tables,
    substreams: &'t Substreams,
    version: Version,
    /// Link and item, each from 1, of every external name that was met.
    pub(super) used: Vec<(u32, u32)>,
}

impl<'t> Lookup<'t> {
    pub(super) fn new(tables: &'t Tables, substreams: &'t Substreams) -> Self {
        Lookup {
            tables,
            substreams,
            version: substreams.version(),
            used: Vec::new(),
        }
    }

    /// A token stream in the encoding of the workbook.
    pub(super) fn stream<'a>(&self, rgce: &'a [u8], extra: &'a [u8]) -> ptg::Stream<'a> {
        ptg::Stream {
            rgce,
            extra,
            dialect: self.version.dialect(),
            encoding: self.tables.encoding,
        }
    }

    /// The number of a link, from 1, with the sheet that the table names.
    fn number(&self, link: i32) -> Option<(u32, u16)> {
        if self.version == Version::Biff8 {
            let xti = self.tables.xti.get(usize::try_from(link).ok()?)?;
            return Some((u32::from(xti.book).saturating_add(1), xti.sheet));
        }
        let number = self.substreams.external_number(u32::try_from(link).ok()?)?;
        Some((number, 0))
    }
}

impl Names for Lookup<'_> {
    fn external(&mut self, link: i32, nth: u32) -> Option<Outer<'_>> {
        let (number, _) = self.number(link)?;
        let name = match self.tables.role(number)? {
            Role::Book | Role::Pair => {
                if self.used.len() < USES && self.used.last() != Some(&(number, nth)) {
                    self.used.push((number, nth));
                }
                None
            }
            Role::AddIn => self.tables.function(number, nth).and_then(short),
            Role::Own => self.name(nth),
            Role::Nothing => None,
        };
        name.map(|name| Outer { book: None, name })
    }

    fn name(&mut self, nth: u32) -> Option<&str> {
        let at = usize::try_from(nth).ok()?.checked_sub(1)?;
        self.tables.names.get(at).and_then(short)
    }

    fn sheet(&mut self, link: i32, tab: Option<u16>) -> Option<Outer<'_>> {
        let own = |tab: u16| {
            let name = self.tables.sheets.names.get(usize::from(tab));
            let name = name.and_then(short)?;
            Some(Outer { book: None, name })
        };
        let Some((number, sheet)) = self.number(link) else {
            return own(tab?);
        };
        match self.tables.role(number)? {
            Role::Book | Role::Pair => Some(Outer {
                book: Some(number),
                name: ELSEWHERE,
            }),
            Role::Own | Role::AddIn | Role::Nothing => own(tab.unwrap_or(sheet)),
        }
    }
}

/// What is printed of a name: `_xlfn.WEBSERVICE` has 16 bytes, no function that is listed has many
/// more. A longer one would only make the text long.
fn short(name: &str) -> Option<&str> {
    const LONGEST: usize = 64;
    (name.len() <= LONGEST).then_some(name)
}

/// The name of a cell: `B4` for row 3, column 1.
pub(super) fn cell(row: u16, column: u16) -> String {
    cell_name(u32::from(column), u32::from(row).saturating_add(1))
}

/// The name of a range, or of the one cell that it is.
pub(super) fn range(rows: [u16; 2], columns: [u16; 2]) -> String {
    let [first, last] = rows.map(u32::from);
    let [left, right] = columns.map(u32::from);
    range_name((first, last), (left, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_letters_and_numbers() {
        for (row, column, expected) in [
            (3, 1, "B4"),
            (0, 0, "A1"),
            (0, 25, "Z1"),
            (0, 26, "AA1"),
            (65535, 255, "IV65536"),
            (0, 701, "ZZ1"),
            (0, 702, "AAA1"),
        ] {
            assert_eq!(cell(row, column), expected);
        }
        assert_eq!(range([0, 9], [0, 0]), "A1:A10");
        assert_eq!(range([1, 1], [1, 1]), "B2");
    }
}
