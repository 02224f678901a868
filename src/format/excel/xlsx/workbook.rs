//! The workbook part: its sheets, the order of its external references, and what it does when it
//! is opened (`spec/excel.md` §1.2, §1.4).

use std::collections::BTreeMap;

use super::super::site::{Purse, Rank, Sheet, State, cost};
use super::links::relationship;
use crate::markup::xml::Tag;

/// References that have room before others; a real workbook has some hundred.
const REFERENCES: usize = 4_096;

/// One workbook part.
#[derive(Debug, Default)]
pub(in crate::format::excel) struct Workbook {
    /// By byte: a part that is read twice counts once.
    pub(in crate::format::excel) sheets: BTreeMap<u64, Listed>,
    /// The relationship ids of the external references; `[N]` is the position, from 1.
    pub(in crate::format::excel) references: BTreeMap<u64, String>,
    /// Everything is calculated when the workbook is opened.
    pub(in crate::format::excel) recalculates: bool,
    /// Links are updated without a question.
    pub(in crate::format::excel) updates: bool,
    /// A macro runs when the workbook is opened.
    pub(in crate::format::excel) auto_open: bool,
}

/// A sheet and the relationship that leads to it.
#[derive(Debug)]
pub(in crate::format::excel) struct Listed {
    pub(in crate::format::excel) sheet: Sheet,
    pub(in crate::format::excel) id: String,
}

/// Whether the macro of this name runs when the workbook is opened.
pub(in crate::format::excel) fn runs_at_opening(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("_xlnm.").unwrap_or(&name);
    // `Auto_Open22` runs too: Excel looks at the beginning (§1.3).
    name.starts_with("auto_open") || name.starts_with("auto_activate")
}

impl Workbook {
    /// Whether references come before other things.
    pub(in crate::format::excel) fn has_room(&self) -> bool {
        self.references.len() < REFERENCES
    }

    /// An element of the workbook part.
    pub(super) fn start(&mut self, tag: &Tag<'_>, purse: &mut Purse<'_, '_>) {
        match tag.name.local {
            "sheet" => {
                let name = tag.attribute("name").unwrap_or_default().into_owned();
                let id = relationship(tag).unwrap_or_default();
                let state = match tag.attribute("state").as_deref() {
                    Some("hidden") => State::Hidden,
                    Some("veryHidden") => State::VeryHidden,
                    Some(_) | None => State::Visible,
                };
                let bytes = name.len().saturating_add(id.len());
                if purse.keep(Rank::Junk, bytes.saturating_add(cost::ENTRY)) {
                    let sheet = Sheet { name, state };
                    self.sheets.insert(tag.offset, Listed { sheet, id });
                }
            }
            "externalReference" => {
                let id = relationship(tag).unwrap_or_default();
                let room = self.has_room();
                let rank = if room { Rank::Link } else { Rank::Junk };
                if purse.keep(rank, id.len().saturating_add(cost::ENTRY)) {
                    self.references.insert(tag.offset, id);
                }
            }
            "calcPr" => {
                self.recalculates |= tag.flag("fullCalcOnLoad") || tag.flag("forceFullCalc");
            }
            "workbookPr" => {
                self.updates |= tag
                    .attribute("updateLinks")
                    .is_some_and(|value| value.eq_ignore_ascii_case("always"));
            }
            "definedName" => {
                self.auto_open |= runs_at_opening(&tag.attribute("name").unwrap_or_default());
            }
            _ => {}
        }
    }
}
