//! The text of one element at a time: read while it may matter, paid as live bytes.

use super::super::letters::{is_leading, is_telling_or_bracket, may_trigger_escaped};
use crate::limits::{Budget, Exhausted, Limit};
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
    pub(super) text: String,
    /// Live bytes paid for `text`.
    pub(super) paid: u64,
    /// The text is longer than what was collected of it.
    pub(super) over: Option<Exhausted>,
    pub(super) referenced: bool,
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
        self.over.is_none() && !self.is_range && !self.text.contains(is_telling_or_bracket)
    }

    /// Gives back the memory; the label and the text, empty, for the next one.
    pub(super) fn leave(&mut self, budget: &Budget<'_>) -> (String, String) {
        budget.release_live(std::mem::take(&mut self.paid));
        let mut spare = (
            std::mem::take(&mut self.label),
            std::mem::take(&mut self.text),
        );
        if spare.1.capacity() > SPARE {
            spare.1 = String::new();
        }
        spare.0.clear();
        spare.1.clear();
        spare
    }

    /// A piece of the text. A text that cannot begin a formula is not kept.
    pub(super) fn push(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) {
        if self.over.is_some() {
            return;
        }
        let mut text = text;
        if let Collected::Text { open, dead, .. } = &mut self.what {
            if !*open || *dead {
                return;
            }
            if self.text.is_empty() {
                text = text.trim_start_matches(is_leading);
                *dead = text.chars().next().is_some_and(|c| !may_trigger_escaped(c));
                if text.is_empty() || *dead {
                    return;
                }
            }
        }
        // A growing buffer has up to twice the room that it needs.
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let bytes = bytes.saturating_mul(2);
        let paid = self.paid.saturating_add(bytes);
        // The reading needs copies of the text, and other texts need room too: one text may take
        // a quarter of what may be alive. What stands in front of the cut is read.
        let fits = if paid > budget.limits().live_bytes / 4 {
            Err(Exhausted::Limit(Limit::LiveBytes))
        } else {
            budget.charge_live(bytes)
        };
        if let Err(cause) = fits {
            self.over = Some(cause);
            return;
        }
        self.paid = paid;
        self.text.push_str(text);
        // `&quot;` and `&amp;` are how a formula is written; a letter is not.
        self.referenced |= referenced && text.contains(char::is_alphanumeric);
    }
}
