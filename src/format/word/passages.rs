//! What stands in the bookmarks of a document: the text that REF fields repeat (`spec/word.md`
//! §0.6).
//!
//! Bookmarks nest and overlap, so the text is kept once and each bookmark is a range of it. A
//! range says several things: what one program leaves out another shows, and what change tracking
//! marks as deleted may be there or not (§0.7, §1.5). Text of another story that stands inside the
//! range, such as that of a text box, is no part of it (§0.3).
//!
//! # Malformed input
//!
//! A bookmark without an end reaches to the end of its part; an end without a start is ignored;
//! one that begins again begins anew. Marks that Word does not read are none of its bookmarks'.
//!
//! # Worst cases
//!
//! Logarithmic time a mark, apart from the names, and linear in the text. What a bookmark says is
//! cut at 64 KiB after the blanks before it, and text is only kept while it belongs to what is not
//! cut. Telling what all bookmarks say is bounded by [`WORK`].

use std::collections::BTreeMap;

use crate::field::{Readers, Spot, Style};
use crate::limits::Budget;

/// Bytes of a passage that are told: more than an instruction can hold (design page, "Limits").
const LONGEST: usize = 64 << 10;
/// Bytes that are kept past the start of a bookmark: what is left out of it has room, too.
const ROOM: usize = 4 * LONGEST;
/// What a bookmark costs besides its names.
const ENTRY: u64 = 320;
/// What a stretch of text costs besides its bytes.
const STRETCH: u64 = 144;
/// Steps that telling what the bookmarks say may take: bytes and stretches. More than could be
/// alive at once.
const WORK: usize = 128 << 20;

/// Where each reader finds a piece of text.
type Spots = [Option<Spot>; Readers::COUNT];

/// Text that stands at one place.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: usize,
    spots: Spots,
    deleted: bool,
}

/// A bookmark.
#[derive(Debug)]
struct Mark {
    name: String,
    start: usize,
    spots: Spots,
    /// Text was cut so many times before; whether it was since, once it is over.
    cuts: u64,
}

/// The bookmarks of a document and their text.
#[derive(Debug, Default)]
pub(super) struct Passages {
    text: String,
    stretches: Vec<Stretch>,
    /// Bookmarks that are open.
    open: BTreeMap<String, Mark>,
    /// The places at which they want text, and how many of them do.
    wanted: BTreeMap<Spot, u32>,
    /// Where the last of them begins.
    last: usize,
    ended: Vec<(Mark, usize)>,
    /// How many times text was cut.
    cuts: u64,
    /// Something could not be paid for.
    short: bool,
    charged: u64,
}

/// What a bookmark says.
#[derive(Debug)]
pub(super) enum Told<'a> {
    Text(&'a str),
    /// More than is kept.
    More,
}

impl Passages {
    /// Whether text that comes now belongs to a bookmark.
    pub(super) fn are_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn open(&mut self, key: &str, name: &str, spots: Spots, budget: &Budget<'_>) {
        let names = key.len().saturating_add(name.len());
        let cost = u64::try_from(names)
            .unwrap_or(u64::MAX)
            .saturating_add(ENTRY);
        if !self.pay(cost, budget) {
            return;
        }
        self.last = self.text.len();
        let mark = Mark {
            name: name.to_owned(),
            start: self.last,
            spots,
            cuts: self.cuts,
        };
        for spot in wishes(&spots) {
            let count = self.wanted.entry(spot).or_default();
            *count = count.saturating_add(1);
        }
        if let Some(mark) = self.open.insert(full(key, &spots), mark) {
            self.end(mark);
        }
    }

    pub(super) fn close(&mut self, key: &str, spots: Spots) {
        if let Some(mark) = self.open.remove(&full(key, &spots)) {
            self.end(mark);
        }
    }

    /// The part is over, and with it what is open.
    pub(super) fn end_part(&mut self) {
        for mark in std::mem::take(&mut self.open).into_values() {
            self.end(mark);
        }
    }

    /// Text of the document.
    pub(super) fn text(&mut self, text: &str, style: Style, spots: Spots, budget: &Budget<'_>) {
        let wanted = |spot: &Option<Spot>| spot.is_some_and(|spot| self.wanted.contains_key(&spot));
        if text.is_empty() || !spots.iter().any(wanted) {
            return;
        }
        let room = self
            .last
            .saturating_add(ROOM)
            .saturating_sub(self.text.len());
        let kept = head(text, room);
        if kept.len() < text.len() {
            self.cuts = self.cuts.saturating_add(1);
        }
        if kept.is_empty() {
            return;
        }
        let deleted = style.has(Style::OPTIONAL) || style.has(Style::DELETED);
        let continues = self
            .stretches
            .last()
            .is_some_and(|last| last.spots == spots && last.deleted == deleted);
        // What grows may be twice what is filled.
        let mut cost = u64::try_from(kept.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(2);
        if !continues {
            cost = cost.saturating_add(STRETCH.saturating_mul(2));
        }
        if !self.pay(cost, budget) {
            return;
        }
        if !continues {
            self.stretches.push(Stretch {
                start: self.text.len(),
                spots,
                deleted,
            });
        }
        self.text.push_str(kept);
    }

    /// Visits what the bookmarks say. Returns whether all of it was kept, here and by the visitor.
    pub(super) fn each(&self, mut visit: impl FnMut(&str, Told<'_>) -> bool) -> bool {
        let mut kept = !self.short;
        let mut work = WORK;
        for (mark, end) in &self.ended {
            let mut more = mark.cuts > 0;
            let sure = self.is_sure(mark, *end, &mut work);
            for (reader, spot) in mark.spots.iter().enumerate() {
                for (shown, spot) in spot
                    .iter()
                    .flat_map(|spot| [(false, *spot), (true, spot.shown())])
                {
                    if shown && mark.spots.get(reader) == Some(&Some(spot)) {
                        continue;
                    }
                    for deleted in [false, true] {
                        if sure && (reader > 0 || deleted) || deleted && reader > 0 {
                            continue;
                        }
                        let range = (mark.start, *end);
                        let (text, cut) = self.told(range, (reader, spot), deleted, &mut work);
                        more |= cut;
                        kept &= text.trim().is_empty() || visit(&mark.name, Told::Text(&text));
                    }
                }
            }
            if more {
                kept &= visit(&mark.name, Told::More);
            }
        }
        kept && work > 0
    }

    /// Whether every reader reads all of the range.
    fn is_sure(&self, mark: &Mark, end: usize, work: &mut usize) -> bool {
        let mut stretches = self.within(mark.start, end);
        let [word, ..] = mark.spots;
        word.is_some_and(|word| word == word.shown())
            && mark.spots.iter().all(|spot| spot.is_some())
            && stretches.all(|stretch| {
                *work = work.saturating_sub(1);
                *work > 0 && !stretch.deleted && stretch.spots == mark.spots
            })
    }

    /// What stands in a range at one place, and whether there is more of it.
    fn told(
        &self,
        (start, end): (usize, usize),
        (reader, spot): (usize, Spot),
        deleted: bool,
        work: &mut usize,
    ) -> (String, bool) {
        let mut told = String::new();
        let mut stretches = self.within(start, end).peekable();
        while let Some(stretch) = stretches.next() {
            let next = stretches.peek().map_or(end, |next| next.start.min(end));
            *work = work.saturating_sub(1);
            if *work == 0 {
                return (told, true);
            }
            if stretch.spots.get(reader) != Some(&Some(spot)) || stretch.deleted && !deleted {
                continue;
            }
            let text = self.text.get(stretch.start.max(start)..next);
            let mut text = text.unwrap_or_default();
            if told.is_empty() {
                text = text.trim_start();
            }
            let kept = head(text, LONGEST.saturating_sub(told.len()));
            *work = work.saturating_sub(kept.len());
            told.push_str(kept);
            if kept.len() < text.len() {
                return (told, true);
            }
        }
        (told, false)
    }

    /// The stretches that reach into a range.
    fn within(&self, start: usize, end: usize) -> impl Iterator<Item = &Stretch> {
        let after = self.stretches.partition_point(|s| s.start <= start);
        self.stretches
            .iter()
            .skip(after.saturating_sub(1))
            .take_while(move |stretch| stretch.start < end)
    }

    /// Gives the memory back to the account; nothing is left then.
    pub(super) fn clear(&mut self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
        *self = Passages::default();
    }

    fn end(&mut self, mut mark: Mark) {
        for spot in wishes(&mark.spots) {
            if let Some(count) = self.wanted.get_mut(&spot) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    self.wanted.remove(&spot);
                }
            }
        }
        mark.cuts = self.cuts.saturating_sub(mark.cuts);
        self.ended.push((mark, self.text.len()));
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

/// The places of which a bookmark that begins at `spots` may say the text: its own, and what the
/// document shows.
fn wishes(spots: &Spots) -> impl Iterator<Item = Spot> {
    spots
        .iter()
        .flatten()
        .flat_map(|spot| [*spot, spot.shown()])
}

/// What Word does not read neither begins nor ends what it reads.
fn full(key: &str, spots: &Spots) -> String {
    let [word, ..] = spots;
    let mark = if word.is_some() { "" } else { "\0" };
    [mark, key].concat()
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
    use crate::field::Forest;
    use crate::limits::Limits;

    fn passages(drive: impl FnOnce(&mut Passages, &Budget<'_>)) -> Vec<(String, String)> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut passages = Passages::default();
        drive(&mut passages, &budget);
        passages.end_part();
        let mut all = Vec::new();
        assert!(passages.each(|name, told| {
            let text = match told {
                Told::Text(text) => text,
                Told::More => "(more)",
            };
            all.push((name.to_owned(), text.to_owned()));
            true
        }));
        passages.clear(&budget);
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
        all
    }

    fn here() -> Spots {
        Forest::default().spots()
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn bookmarks_overlap() {
        let all = passages(|passages, budget| {
            passages.open("1", "a", here(), budget);
            passages.text("one ", Style::default(), here(), budget);
            passages.open("2", "b", here(), budget);
            passages.text("two ", Style::default(), here(), budget);
            passages.close("1", here());
            passages.text("three", Style::default(), here(), budget);
            passages.close("2", here());
            passages.close("7", here());
        });
        assert_eq!(all, [pair("a", "one two "), pair("b", "two three")]);
    }

    #[test]
    fn a_bookmark_without_an_end_reaches_to_the_end_of_its_part() {
        let all = passages(|passages, budget| {
            passages.open("1", "a", here(), budget);
            passages.text("x", Style::default(), here(), budget);
            passages.end_part();
            assert!(!passages.are_open());
        });
        assert_eq!(all, [pair("a", "x")]);
    }

    #[test]
    fn a_book_in_one_bookmark_is_cut() {
        let all = passages(|passages, budget| {
            passages.open("1", "a", here(), budget);
            for _ in 0..30_000 {
                passages.text("0123456789", Style::default(), here(), budget);
            }
            assert!(passages.text.len() <= ROOM);
            passages.open("2", "b", here(), budget);
            passages.text("more", Style::default(), here(), budget);
        });
        assert_eq!(all.len(), 3);
        // The second ends first: both were open until the end of the part.
        let told = all.iter().find(|(name, _)| name == "a").unwrap();
        assert_eq!(told.1.len(), LONGEST);
        assert!(all.contains(&pair("a", "(more)")));
        assert!(all.contains(&pair("b", "more")));
    }
}
