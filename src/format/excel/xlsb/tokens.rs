//! Formulas of binary parts: token streams with the names and links that their numbers mean
//! (`spec/excel.md` §2.4).
//!
//! # Malformed input
//!
//! The workbook part says what the numbers mean. A formula that is read before it waits until all
//! parts are read, in whichever order the package has them.
//!
//! # Worst cases
//!
//! Formulas that wait are paid for; what finds no room is read without names, and that is a gap.

use super::super::evidence::Source;
use super::super::letters::is_telling_or_bracket;
use super::super::site::{Rank, cost};
use super::super::xlsx::Gather;
use super::Reader;
use super::fields::Formula;
use crate::container::Shortfall;
use crate::formula::ptg::{Dialect, Names, Outer, Stream, Trouble, render};
use crate::limits::{Budget, Exhausted};

/// What the numbers in token streams mean, in the order of the workbook part.
#[derive(Debug, Default)]
pub(in crate::format::excel) struct Tables {
    /// The place of the workbook part that says it: the first binary one.
    pub(super) place: Option<usize>,
    pub(super) links: Vec<Link>,
    /// The index of a link for each number in a formula.
    pub(super) numbers: Vec<u32>,
    /// The same of what stands in extensions: it counts if nothing else is there.
    pub(super) more_links: Vec<Link>,
    pub(super) more_numbers: Vec<u32>,
    /// Defined names; one that found no room is empty.
    pub(super) names: Vec<String>,
    /// Names of functions in add-ins.
    pub(super) functions: Vec<String>,
    /// Formulas that use numbers, read before anything said what those mean.
    waiting: Vec<Waiting>,
}

/// A formula that waits for the workbook part.
#[derive(Debug)]
struct Waiting {
    rgce: Vec<u8>,
    extra: Vec<u8>,
    label: String,
    /// The rest of its source, without the label.
    source: Source<'static>,
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
        let numbers = if self.numbers.is_empty() {
            &self.more_numbers
        } else {
            &self.numbers
        };
        let links = if self.links.is_empty() {
            &self.more_links
        } else {
            &self.links
        };
        let number = numbers.get(usize::try_from(number).ok()?)?;
        links.get(usize::try_from(*number).ok()?).copied()
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
    /// Some number was looked up.
    asked: bool,
}

impl Names for Known<'_> {
    fn external(&mut self, link: i32, nth: u32) -> Option<Outer<'_>> {
        self.asked = true;
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
        self.asked = true;
        nth_of(&self.tables.names, nth)
    }

    fn sheet(&mut self, link: i32, _tab: Option<u16>) -> Option<Outer<'_>> {
        self.asked = true;
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
        let source = Source {
            macros: source.macros || self.macros,
            ..source.clone()
        };
        self.gather.tokens(formula, &source, true, self.budget)
    }
}

impl Gather {
    /// Reads the formulas that waited for the workbook part: all parts are read.
    pub(in crate::format::excel) fn finish_tokens(
        &mut self,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        for waiting in std::mem::take(&mut self.tables.waiting) {
            let formula = Formula {
                rgce: &waiting.rgce,
                extra: &waiting.extra,
            };
            let source = Source {
                label: &waiting.label,
                ..waiting.source
            };
            self.tokens(formula, &source, false, budget)?;
        }
        Ok(())
    }

    /// Reads a formula, now or, if it `may_wait`, when it is known what its numbers mean.
    fn tokens(
        &mut self,
        formula: Formula<'_>,
        source: &Source<'_>,
        may_wait: bool,
        budget: &Budget<'_>,
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
            tables: &self.tables,
            used: Vec::new(),
            asked: false,
        };
        let rendered = render(&stream, &mut known, budget)?;
        let Known { used, asked, .. } = known;
        if may_wait
            && asked
            && self.tables.place.is_none()
            && self.postpone(formula, source, budget)
        {
            return Ok(());
        }
        for (number, nth) in used {
            self.book.uses_nth(number, nth, source, budget);
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
            self.book.falls_short(source.part, shortfall);
        }
        if rendered.text.contains(is_telling_or_bracket) {
            self.book.formula(&rendered.text, source, budget)?;
        }
        Ok(())
    }

    /// Keeps a formula until the workbook part is read; `false` when there is no room for it.
    fn postpone(&mut self, formula: Formula<'_>, source: &Source<'_>, budget: &Budget<'_>) -> bool {
        let bytes = formula.rgce.len().saturating_add(formula.extra.len());
        let bytes = bytes.saturating_add(source.label.len());
        let fits = self
            .book
            .purse(budget)
            .keep(Rank::Link, bytes.saturating_add(cost::SPOT));
        if fits {
            self.tables.waiting.push(Waiting {
                rgce: formula.rgce.to_vec(),
                extra: formula.extra.to_vec(),
                label: source.label.to_owned(),
                source: Source {
                    label: "",
                    ..source.clone()
                },
            });
        }
        self.book.note_short(source.part);
        fits
    }
}
