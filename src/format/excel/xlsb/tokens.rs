//! Formulas of binary parts: token streams with the names and links that their numbers mean
//! (`spec/excel.md` §2.4).

use super::super::evidence::Source;
use super::super::xlsx::is_telling;
use super::Reader;
use super::fields::Formula;
use crate::container::Shortfall;
use crate::formula::ptg::{Dialect, Names, Outer, Stream, Trouble, render};
use crate::limits::Exhausted;

/// What the numbers in token streams mean, in the order of the workbook part.
#[derive(Debug, Default)]
pub(in crate::format::excel) struct Tables {
    /// The place of the workbook part that says it: the first binary one.
    pub(super) place: Option<usize>,
    pub(super) links: Vec<Link>,
    /// The index of a link for each number in a formula.
    pub(super) numbers: Vec<u32>,
    /// Defined names; one that found no room is empty.
    pub(super) names: Vec<String>,
    /// Names of functions in add-ins.
    pub(super) functions: Vec<String>,
}

/// One entry of the link table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// The workbook itself.
    Own,
    Addin,
    /// The N-th link part, from 1.
    Source(u32),
}

impl Tables {
    fn link(&self, number: i32) -> Option<Link> {
        let number = self.numbers.get(usize::try_from(number).ok()?)?;
        self.links.get(usize::try_from(*number).ok()?).copied()
    }
}

fn nth_of(names: &[String], nth: u32) -> Option<&str> {
    let at = usize::try_from(nth.checked_sub(1)?).ok()?;
    let name = names.get(at).map(String::as_str);
    name.filter(|name| !name.is_empty())
}

/// The tables, and which items of links a formula uses: their names may come later, so they are
/// noted by number.
struct Known<'t> {
    tables: &'t Tables,
    used: Vec<(u32, u32)>,
}

impl Names for Known<'_> {
    fn external(&mut self, link: i32, nth: u32) -> Option<Outer<'_>> {
        let name = match self.tables.link(link)? {
            Link::Own => nth_of(&self.tables.names, nth)?,
            Link::Addin => nth_of(&self.tables.functions, nth)?,
            Link::Source(number) => {
                self.used.push((number, nth));
                return None;
            }
        };
        Some(Outer { book: None, name })
    }

    fn name(&mut self, nth: u32) -> Option<&str> {
        nth_of(&self.tables.names, nth)
    }

    fn sheet(&mut self, link: i32, _tab: Option<u16>) -> Option<Outer<'_>> {
        let book = match self.tables.link(link)? {
            Link::Source(number) => Some(number),
            Link::Own | Link::Addin => None,
        };
        Some(Outer {
            book,
            name: "Sheet",
        })
    }
}

impl Reader<'_, '_> {
    /// Reads a formula of this part.
    pub(super) fn formula(
        &mut self,
        formula: Formula<'_>,
        source: &Source<'_>,
    ) -> Result<(), Exhausted> {
        if formula.rgce.is_empty() {
            return Ok(());
        }
        let stream = Stream {
            rgce: formula.rgce,
            extra: formula.extra,
            dialect: Dialect::Biff12,
            encoding: encoding_rs::WINDOWS_1252,
        };
        let mut known = Known {
            tables: &self.gather.tables,
            used: Vec::new(),
        };
        let rendered = render(&stream, &mut known, self.budget)?;
        let used = known.used;
        let source = Source {
            macros: source.macros || self.macros,
            ..source.clone()
        };
        for (number, nth) in used {
            self.gather.book.uses_nth(number, nth, &source, self.budget);
        }
        let shortfall = match rendered.trouble {
            Some(Trouble::UnknownToken) => Some(Shortfall::Unsupported(
                "a formula with a token of an unknown kind".to_owned(),
            )),
            Some(Trouble::CutOff) => Some(Shortfall::Damaged("a formula that is cut off")),
            Some(Trouble::TooLong) => Some(Shortfall::Unsupported(
                "a formula that is longer than Excel allows".to_owned(),
            )),
            Some(Trouble::Unbalanced | Trouble::UnknownFunction) | None => None,
        };
        if let Some(shortfall) = shortfall {
            self.gather.book.falls_short(self.place, shortfall);
        }
        if rendered.text.contains(is_telling) {
            self.gather
                .book
                .formula(&rendered.text, &source, self.budget)?;
        }
        Ok(())
    }
}
