//! The texts of elements: opened where one may matter, judged where it ends.
//!
//! The range of an extended format or validation (`xm:sqref`) stands behind the formulas that
//! belong to it, so those wait for it, paid as live bytes; how many may wait is bounded.

use super::super::capture::{Capture, Share};
use super::super::evidence::Source;
use super::super::letters::is_telling_or_bracket;
use super::super::site::push_cut;
use super::Gather;
use super::collect::{Collected, Collecting};
use super::cursor::CellKind;
use super::places::{Holds, text_of};
use crate::limits::{Budget, Exhausted, Limit};
use crate::link::Carrier;
use crate::markup::names::Ns;
use crate::markup::xml::Tag;

/// Formulas that wait for their range; an extended format has a few rules of up to three formulas.
const WAITING: usize = 256;

/// What covers a range of the sheet: a conditional format, a data validation, a sparkline.
#[derive(Default)]
pub(super) struct Ranged {
    /// The range, once it is known.
    range: String,
    /// The depth of its element, while its range is not known.
    depth: Option<usize>,
    waiting: Vec<Collecting>,
}

impl Gather {
    /// An element that may hold a text worth reading.
    pub(super) fn open_text(&mut self, tag: &Tag<'_>) {
        let (mut label, text) = std::mem::take(&mut self.here.spare);
        let part = self.here.part;
        let mut macros = self.book.place_mut(part).is_some_and(|place| place.macros);
        let here = &self.here;
        let mut on_sheet = false;
        let mut of_range = None;
        let mut carrier = Carrier::Formula;
        let what = match (tag.name.ns, tag.name.local) {
            (Ns::Spreadsheet, "val") if here.cursor.kind == CellKind::Text => {
                label.push_str("last value of a link");
                Collected::DIRECT
            }
            (Ns::Spreadsheet, "stp") => {
                label.push_str("real-time data");
                Collected::DIRECT
            }
            (Ns::Spreadsheet, "si") => {
                self.here.texts = self.here.texts.saturating_add(1);
                label.push_str("shared string ");
                label.push_str(&self.here.texts.to_string());
                Collected::WRAPPED
            }
            (Ns::Spreadsheet, "is") if here.cursor.kind == CellKind::Inline => {
                on_sheet = true;
                label.push_str(&here.cursor.cell);
                Collected::WRAPPED
            }
            (Ns::Spreadsheet, "v") if here.cursor.kind == CellKind::Text => {
                on_sheet = true;
                label.push_str(&here.cursor.cell);
                Collected::DIRECT
            }
            _ => {
                let Some(holds) = text_of(tag.name) else {
                    self.here.spare = (label, text);
                    return;
                };
                match holds {
                    Holds::CellFormula => {
                        on_sheet = true;
                        // The value of a formula is no text of the cell's own.
                        self.here.cursor.kind = CellKind::Other;
                        // The master of a shared or array formula covers its range.
                        match tag.attribute("ref") {
                            Some(range) => push_cut(&mut label, &range),
                            None => label.push_str(&self.here.cursor.cell),
                        }
                    }
                    Holds::RangeFormula(words) => {
                        on_sheet = true;
                        of_range = Some(words);
                    }
                    Holds::Formula(words) => label.push_str(words),
                    Holds::Name => {
                        carrier = Carrier::Name;
                        macros = true;
                        label.push_str("defined name ");
                        push_cut(&mut label, &tag.attribute("name").unwrap_or_default());
                    }
                }
                Collected::Formula(carrier)
            }
        };
        self.here.collecting = Some(Collecting {
            part: self.here.part,
            offset: tag.offset,
            depth: self.here.depth,
            salvage: self.here.salvage,
            what,
            label,
            of_range,
            is_range: tag.name.is(Ns::ExcelMain, "sqref"),
            on_sheet,
            macros,
            capture: Capture::in_room_of(text, Share::Quarter),
        });
    }

    /// A text is complete: what it says is kept, the text is not.
    /// What does not fit into memory costs itself, not the rest of the part.
    pub(super) fn judge(&mut self, done: Collecting, budget: &Budget<'_>) -> Result<(), Exhausted> {
        let ranged = &mut self.here.ranged;
        if done.is_range && done.capture.left_out().is_none() {
            ranged.range.clear();
            push_cut(&mut ranged.range, done.capture.text.trim());
        } else if done.of_range.is_some()
            && ranged.depth.is_some()
            && ranged.waiting.len() < WAITING
            && done.capture.left_out().is_none()
            && done.capture.text.contains(is_telling_or_bracket)
        {
            ranged.waiting.push(done);
            return Ok(());
        }
        self.decide(done, budget)
    }

    /// A format, a validation or a sparkline begins: `range` is what it covers, as far as its tag
    /// says.
    pub(super) fn open_range(&mut self, range: Option<&str>) {
        let ranged = &mut self.here.ranged;
        ranged.range.clear();
        if let Some(range) = range {
            push_cut(&mut ranged.range, range);
        } else {
            // Of those inside each other the outer one has the range.
            ranged.depth.get_or_insert(self.here.depth);
        }
    }

    /// The element at `depth` ends: if it covers a range, that is known now or never.
    pub(super) fn close_range(
        &mut self,
        depth: usize,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        let ranged = &mut self.here.ranged;
        if ranged.depth != Some(depth) {
            return Ok(());
        }
        ranged.depth = None;
        for done in std::mem::take(&mut ranged.waiting) {
            self.decide(done, budget)?;
        }
        self.here.ranged.range.clear();
        Ok(())
    }

    /// The part is over: what waits is judged when somebody pays again.
    pub(super) fn leave_texts(&mut self) {
        let ranged = std::mem::take(&mut self.here.ranged);
        self.here.unfinished.extend(ranged.waiting);
        self.here.unfinished.extend(self.here.collecting.take());
    }

    /// What the last part left is judged.
    pub(in crate::format::excel) fn finish_texts(
        &mut self,
        budget: &Budget<'_>,
    ) -> Result<(), Exhausted> {
        if self.here.depth == 0 {
            self.finish_mashup(budget);
        }
        if self.here.unfinished.is_empty() {
            return Ok(());
        }
        for done in std::mem::take(&mut self.here.unfinished) {
            self.decide(done, budget)?;
        }
        Ok(())
    }

    fn decide(&mut self, mut done: Collecting, budget: &Budget<'_>) -> Result<(), Exhausted> {
        if let Some(words) = done.of_range {
            let range = &self.here.ranged.range;
            done.label = if range.is_empty() {
                words.to_owned()
            } else {
                format!("{range} ({words})")
            };
        }
        let mut source = Source {
            on_sheet: done.on_sheet,
            macros: done.macros,
            referenced: done.capture.referenced,
            salvage: done.salvage,
            ..Source::new(done.part, done.offset, &done.label)
        };
        let text = &done.capture.text;
        let result = match done.what {
            Collected::Formula(carrier) if text.contains(is_telling_or_bracket) => {
                source.carrier = carrier;
                self.book.formula(text, &source, budget)
            }
            Collected::Text { dead: false, .. } if text.contains(is_telling_or_bracket) => {
                self.book.text(text, &source, budget)
            }
            Collected::Formula(_) | Collected::Text { .. } => Ok(()),
        };
        let left_out = done.capture.left_out();
        self.here.spare = done.leave(budget);
        match result.and(left_out.map_or(Ok(()), Err)) {
            Err(cause @ Exhausted::Limit(Limit::LiveBytes)) => {
                self.book.overflow(done.part, cause);
                Ok(())
            }
            other => other,
        }
    }
}
