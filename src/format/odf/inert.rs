//! Text of spreadsheet cells that would be DDE if it were a formula: it is none, and reported as
//! that (`spec/excel.md` §5.6, §7.2).
//!
//! # Worst cases
//!
//! Linear in the text. Text that does not begin like a formula is not held; text that does is paid
//! as live bytes up to the end of its paragraph.

use super::{Entry, Gather, What};
use crate::formula::has_trigger;
use crate::formula::normalise::normalise;
use crate::formula::scan::scan;
use crate::limits::Budget;
use crate::link::{Confidence, TechniqueId};
use crate::markup::xml::Tag;

/// Copies that reading a text takes at once: itself, as it grows, and without its fillers.
const COPIES: u64 = 3;

/// A paragraph of a cell that is open.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    text: String,
    offset: u64,
    referenced: bool,
    /// Live bytes that were charged.
    pub(super) paid: u64,
    /// It begins like a formula.
    begun: bool,
    /// It begins like no formula, or there is no room for it.
    ignored: bool,
}

impl Gather {
    /// An element begins: a paragraph, a blank in one, or a cell that says its text itself.
    pub(super) fn enter_text(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) {
        match tag.name.local {
            "p" | "h" if self.cells.in_sheet() => {
                self.leave_text("p", budget);
                self.paragraph = Some(Paragraph {
                    offset: tag.offset,
                    ..Paragraph::default()
                });
            }
            "s" | "tab" | "line-break" => self.add_text(" ", false, budget),
            "table-cell" | "covered-table-cell" if self.cells.in_sheet() => {
                let texts = tag
                    .attributes()
                    .filter(|attribute| attribute.name.local == "string-value");
                for attribute in texts {
                    self.inert(&attribute.value, tag.offset, attribute.referenced, budget);
                }
            }
            _ => {}
        }
    }

    /// Text of the paragraph that is open.
    pub(super) fn add_text(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) {
        let Some(paragraph) = self.paragraph.as_mut().filter(|open| !open.ignored) else {
            return;
        };
        let cost = u64::try_from(text.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(COPIES);
        let room = budget.live_left() / 2;
        if cost > room || budget.charge_live(cost).is_err() {
            paragraph.ignored = true;
            self.short.insert(self.part());
            return;
        }
        paragraph.paid = paragraph.paid.saturating_add(cost);
        paragraph.text.push_str(text);
        paragraph.referenced |= referenced;
        if !paragraph.begun {
            let plain = normalise(text);
            paragraph.begun = has_trigger(&plain.text);
            paragraph.ignored = !paragraph.begun && !plain.text.trim().is_empty();
        }
    }

    /// A paragraph ends, with its own end tag or, in broken markup, with that of what is around it.
    pub(super) fn leave_text(&mut self, local: &str, budget: &Budget<'_>) {
        let ends = ["p", "h", "table-cell", "table", "spreadsheet", "body"];
        if !ends.contains(&local) {
            return;
        }
        let Some(paragraph) = self.paragraph.take() else {
            return;
        };
        if !paragraph.ignored {
            self.inert(
                &paragraph.text,
                paragraph.offset,
                paragraph.referenced,
                budget,
            );
        }
        budget.release_live(paragraph.paid);
    }

    /// A text that is no formula.
    fn inert(&mut self, text: &str, offset: u64, referenced: bool, budget: &Budget<'_>) {
        if memchr::memchr(b'|', text.as_bytes()).is_none() && !text.contains('\u{ff5c}') {
            return;
        }
        let plain = normalise(text);
        let line: &str = &plain.text;
        if !has_trigger(line) {
            return;
        }
        let mut techniques: Vec<TechniqueId> = plain.techniques().collect();
        if referenced {
            techniques.push(TechniqueId::CharacterReferences);
        }
        let prose = line.trim_start().starts_with(['-', '@']);
        let is_program = self.is_program;
        for hit in scan(line, false, &is_program) {
            // A list item or a mention may well look like `-yes|no!maybe`.
            if prose && hit.confidence == Confidence::Low {
                continue;
            }
            let raw = line.get(hit.span.clone()).unwrap_or_default();
            let entry = Entry {
                part: self.part(),
                offset,
                raw: raw.to_owned(),
                what: What::Inert {
                    service: hit.service.into_owned(),
                    topic: hit.topic.into_owned(),
                    item: hit.item.into_owned(),
                },
                confidence: hit.confidence,
                count: 1,
                in_cell: true,
                used_by: Vec::new(),
                sheets: Vec::new(),
                techniques: techniques.clone(),
            };
            self.keep(entry, Some(self.cells.cell()), budget);
        }
    }
}
