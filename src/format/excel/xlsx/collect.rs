//! The text of one element at a time: read while it may matter, paid as live bytes.

use super::super::capture::Capture;
use super::super::letters::{is_leading, is_telling_or_bracket, may_trigger_escaped};
use crate::limits::Budget;
use crate::link::Carrier;

/// Room of a text that is kept for the next one: most formulas are shorter.
const SPARE: usize = 4096;

/// An element whose text is being read.
pub(super) struct Collecting {
    pub(super) part: usize,
    pub(super) offset: u64,
    pub(super) depth: usize,
    pub(super) salvage: bool,
    pub(super) what: Collected,
    pub(super) label: String,
    /// What it is of the range that its element covers.
    pub(super) of_range: Option<&'static str>,
    /// It is such a range itself.
    pub(super) is_range: bool,
    pub(super) on_sheet: bool,
    pub(super) macros: bool,
    pub(super) capture: Capture,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Collected {
    Formula(Carrier),
    /// Text of a cell, in `t` elements or directly in `v`; read while it may be DDE.
    Text {
        wrapped: bool,
        open: bool,
        dead: bool,
    },
}

impl Collected {
    /// A text in `t` elements.
    pub(super) const WRAPPED: Collected = Collected::Text {
        wrapped: true,
        open: false,
        dead: false,
    };
    /// A text that stands in the element itself.
    pub(super) const DIRECT: Collected = Collected::Text {
        wrapped: false,
        open: true,
        dead: false,
    };
}

impl Collecting {
    /// An element inside opens (`t` or another) or ends: cell text stands in `t` only.
    pub(super) fn inner(&mut self, in_text: bool) {
        if let Collected::Text {
            wrapped: true,
            open,
            ..
        } = &mut self.what
        {
            *open = in_text;
        }
    }

    /// Whether nothing has to be done with the text: what most formulas and texts come to.
    pub(super) fn says_nothing(&self) -> bool {
        self.capture.left_out().is_none()
            && !self.is_range
            && !self.capture.text.contains(is_telling_or_bracket)
    }

    /// Gives back the memory; the label and the text, empty, for the next one.
    pub(super) fn leave(&mut self, budget: &Budget<'_>) -> (String, String) {
        let mut label = std::mem::take(&mut self.label);
        let mut capture = std::mem::take(&mut self.capture);
        let mut text = std::mem::take(&mut capture.text);
        if text.capacity() > SPARE {
            text = String::new();
        }
        label.clear();
        text.clear();
        capture.close(budget);
        (label, text)
    }

    /// A piece of the text. A text that cannot begin a formula is not kept.
    pub(super) fn push(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) {
        let mut text = text;
        if let Collected::Text { open, dead, .. } = &mut self.what {
            if !*open || *dead {
                return;
            }
            if self.capture.text.is_empty() {
                text = text.trim_start_matches(is_leading);
                *dead = text.chars().next().is_some_and(|c| !may_trigger_escaped(c));
                if text.is_empty() || *dead {
                    return;
                }
            }
        }
        self.capture.push(text, referenced, budget);
    }
}
