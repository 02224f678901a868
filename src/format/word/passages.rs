//! The text of bookmarks, which REF fields repeat (`spec/word.md` §0.6).
//!
//! Bookmarks nest and overlap, so the text is kept once and each bookmark is a range of it.
//!
//! # Malformed input
//!
//! A bookmark without an end reaches to the end of its part; an end without a start is ignored;
//! one that begins again begins anew.
//!
//! # Worst cases
//!
//! Constant time a mark, apart from the names, and linear in the text. What a bookmark says is cut
//! at 64 KiB, and text is only kept while it belongs to what is not cut.

use std::collections::BTreeMap;

use crate::limits::Budget;

/// Bytes of a passage that are kept: more than an instruction can hold (design page, "Limits").
const LONGEST: usize = 64 << 10;
/// What a bookmark costs besides its names.
const ENTRY: u64 = 192;

/// The bookmarks of a document and their text.
#[derive(Debug, Default)]
pub(super) struct Passages {
    text: String,
    /// Bookmarks that are open: their names, and where they begin.
    open: BTreeMap<String, (String, usize)>,
    /// Where the last of them begins.
    last: usize,
    ended: Vec<(String, usize, usize)>,
    /// Something could not be paid for.
    short: bool,
    charged: u64,
}

impl Passages {
    /// Whether text that comes now belongs to a bookmark.
    pub(super) fn are_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn open(&mut self, key: &str, name: &str, budget: &Budget<'_>) {
        let names = key.len().saturating_add(name.len());
        let cost = u64::try_from(names)
            .unwrap_or(u64::MAX)
            .saturating_add(ENTRY);
        if !self.pay(cost, budget) {
            return;
        }
        self.last = self.text.len();
        let place = (name.to_owned(), self.last);
        if let Some((name, start)) = self.open.insert(key.to_owned(), place) {
            self.end(name, start);
        }
    }

    pub(super) fn close(&mut self, key: &str) {
        if let Some((name, start)) = self.open.remove(key) {
            self.end(name, start);
        }
    }

    /// The part is over, and with it what is open.
    pub(super) fn end_part(&mut self) {
        for (name, start) in std::mem::take(&mut self.open).into_values() {
            self.end(name, start);
        }
    }

    /// Text of the document, as it is shown.
    pub(super) fn text(&mut self, text: &str, budget: &Budget<'_>) {
        let room = self
            .last
            .saturating_add(LONGEST)
            .saturating_sub(self.text.len());
        let kept = head(text, room);
        // A growing string may be twice what is filled.
        let cost = u64::try_from(kept.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(2);
        if self.pay(cost, budget) {
            self.text.push_str(kept);
        }
    }

    /// Visits the bookmarks that say something. Returns whether all of them were kept, here and
    /// by the visitor.
    pub(super) fn each(&self, mut visit: impl FnMut(&str, &str) -> bool) -> bool {
        let mut kept = !self.short;
        for (name, start, end) in &self.ended {
            let text = self.text.get(*start..*end).unwrap_or_default();
            let text = head(text, LONGEST);
            kept &= text.trim().is_empty() || visit(name, text);
        }
        kept
    }

    /// Gives the memory back to the account; nothing is left then.
    pub(super) fn clear(&mut self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
        *self = Passages::default();
    }

    fn end(&mut self, name: String, start: usize) {
        self.ended.push((name, start, self.text.len()));
    }

    fn pay(&mut self, cost: u64, budget: &Budget<'_>) -> bool {
        let paid = budget.charge_live(cost).is_ok();
        if paid {
            self.charged = self.charged.saturating_add(cost);
        } else {
            self.short = true;
        }
        paid
    }
}

/// The longest start of `text` that fits into `room` bytes.
fn head(text: &str, room: usize) -> &str {
    let mut end = room.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn passages(drive: impl FnOnce(&mut Passages, &Budget<'_>)) -> Vec<(String, String)> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut passages = Passages::default();
        drive(&mut passages, &budget);
        passages.end_part();
        let mut all = Vec::new();
        assert!(passages.each(|name, text| {
            all.push((name.to_owned(), text.to_owned()));
            true
        }));
        passages.clear(&budget);
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
        all
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn bookmarks_overlap() {
        let all = passages(|passages, budget| {
            passages.open("1", "a", budget);
            passages.text("one ", budget);
            passages.open("2", "b", budget);
            passages.text("two ", budget);
            passages.close("1");
            passages.text("three", budget);
            passages.close("2");
            passages.close("7");
        });
        assert_eq!(all, [pair("a", "one two "), pair("b", "two three")]);
    }

    #[test]
    fn a_bookmark_without_an_end_reaches_to_the_end_of_its_part() {
        let all = passages(|passages, budget| {
            passages.open("1", "a", budget);
            passages.text("x", budget);
            passages.end_part();
            assert!(!passages.are_open());
        });
        assert_eq!(all, [pair("a", "x")]);
    }

    #[test]
    fn a_book_in_one_bookmark_is_cut() {
        let all = passages(|passages, budget| {
            passages.open("1", "a", budget);
            for _ in 0..10_000 {
                passages.text("0123456789", budget);
            }
            assert!(passages.text.len() <= LONGEST);
            passages.open("2", "b", budget);
            passages.text("more", budget);
        });
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].1.len(), LONGEST);
        assert_eq!(all[1], pair("b", "more"));
    }
}
