//! The text of one element while it comes in pieces, paid as live bytes.

use crate::limits::{Budget, Exhausted, Limit};

/// What one text may take of what may be alive. The reading needs copies of the text, and other
/// texts need room too.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Share {
    #[default]
    Half,
    /// Where texts wait for what stands behind them.
    Quarter,
}

/// A text that is being put together.
#[derive(Debug, Default)]
pub(super) struct Capture {
    pub(super) text: String,
    share: Share,
    /// Live bytes paid for it.
    paid: u64,
    /// The text is longer than what was kept of it.
    over: Option<Exhausted>,
    /// Letters are spelled as character references.
    pub(super) referenced: bool,
}

impl Capture {
    /// A text that is put together in `text`, which is empty and may have room.
    pub(super) fn in_room_of(text: String, share: Share) -> Self {
        Capture {
            text,
            share,
            ..Capture::default()
        }
    }

    /// A piece of the text. What does not fit is left out, and it is said: what stands in front of
    /// the cut is read.
    pub(super) fn push(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) {
        if self.over.is_some() {
            return;
        }
        // A growing buffer has up to twice the room that it needs.
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let bytes = bytes.saturating_mul(2);
        let paid = self.paid.saturating_add(bytes);
        let most = budget.limits().live_bytes;
        let most = match self.share {
            Share::Half => most / 2,
            Share::Quarter => most / 4,
        };
        let fits = if paid > most {
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

    /// Why something was left out, if it was.
    pub(super) fn left_out(&self) -> Option<Exhausted> {
        self.over
    }

    /// Forgets the text, and keeps its room.
    pub(super) fn restart(&mut self) {
        self.text.clear();
        self.referenced = false;
    }

    /// Gives the memory back; says as well why something was left out.
    pub(super) fn close(self, budget: &Budget<'_>) -> Option<Exhausted> {
        budget.release_live(self.paid);
        self.over
    }
}
