//! A search for DDE fields in bytes that nothing refers to (`spec/word.md` §2.6, at the end).
//!
//! It is made only where the tables are damaged, or led to no DDE field that the search finds,
//! too. What it finds may be a remnant that no program reads, so it is never sure.
//!
//! # Worst cases
//!
//! One pass over the bytes, which are charged. A field that has no end is read for 64 KiB at most,
//! and the search goes on behind it.

use super::clx::Piece;
use super::text::{BEGIN, Flow};
use crate::container::cfb::View;
use crate::limits::{Budget, Exhausted};

/// Bytes that are searched before the budget is asked again.
const BLOCK: usize = 64 << 10;
/// Characters of a field that are read at once, and at most.
const STEP: u32 = 512;
const LONGEST: u32 = 64 << 10;
/// Hits that are kept: more say nothing new.
pub(super) const HITS: usize = 1_000;

/// A place that looks like the beginning of a DDE field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) at: usize,
    wide: bool,
}

/// Looks for field marks with `DDE` or `DDEAUTO` behind them, in one or two bytes a character.
pub(super) fn search(view: &View<'_>, budget: &Budget<'_>) -> Result<Vec<Hit>, Exhausted> {
    let mut hits = Vec::new();
    let mut state = State::default();
    let mut at = 0usize;
    loop {
        let chunk = view.chunk(at);
        let chunk = chunk.get(..chunk.len().min(BLOCK)).unwrap_or_default();
        if chunk.is_empty() {
            return Ok(hits);
        }
        budget.charge_decoded(u64::try_from(chunk.len()).unwrap_or(u64::MAX))?;
        let mut rest = chunk;
        loop {
            if state.begin.is_none() {
                let skip = memchr::memchr(BEGIN, rest).unwrap_or(rest.len());
                rest = rest.get(skip..).unwrap_or_default();
            }
            let Some((byte, behind)) = rest.split_first() else {
                break;
            };
            let done = chunk.len().saturating_sub(rest.len());
            rest = behind;
            if let Some(begin) = state.step(*byte, at.saturating_add(done))
                && let Some(hit) = confirm(view, begin, at.saturating_add(done))
            {
                hits.push(hit);
                if hits.len() >= HITS {
                    return Ok(hits);
                }
            }
        }
        at = at.saturating_add(chunk.len());
    }
}

/// What was seen of `mark, blanks, D, D, E`, NULs anywhere.
#[derive(Default)]
struct State {
    begin: Option<usize>,
    letters: usize,
}

impl State {
    /// Takes a byte; the place of the mark when the keyword is complete.
    fn step(&mut self, byte: u8, at: usize) -> Option<usize> {
        match (byte, self.letters) {
            (BEGIN, _) => {
                self.begin = Some(at);
                self.letters = 0;
            }
            (0, _) | (1..=0x20, 0) => {}
            (b'D' | b'd', 0 | 1) => self.letters = self.letters.saturating_add(1),
            (b'E' | b'e', 2) => {
                self.letters = 0;
                return self.begin.take();
            }
            _ => {
                self.begin = None;
                self.letters = 0;
            }
        }
        None
    }
}

/// Whether the keyword, the last letter of which is at `end`, is a whole one.
fn confirm(view: &View<'_>, begin: usize, end: usize) -> Option<Hit> {
    let wide = view.array(begin.checked_add(1)?) == Some([0])
        && view.array(end.checked_add(1)?) == Some([0]);
    let step = if wide { 2usize } else { 1 };
    let letter = |index: usize| {
        let [byte] = view.array(end.checked_add(index.checked_mul(step)?)?)?;
        byte.is_ascii_alphanumeric()
            .then_some(byte.to_ascii_uppercase())
    };
    let auto = (1..)
        .zip(*b"AUTO")
        .all(|(index, byte)| letter(index) == Some(byte));
    let behind = letter(if auto { 5 } else { 1 });
    behind.is_none().then_some(Hit { at: begin, wide })
}

/// Reads the field at each hit, as a story of its own.
pub(super) fn read(hits: &[Hit], view: &View<'_>, flow: &mut Flow<'_>) -> Result<(), Exhausted> {
    let mut reached = 0usize;
    for hit in hits {
        if hit.at < reached {
            continue;
        }
        flow.document.forest.begin_story();
        let width = if hit.wide { 2usize } else { 1 };
        let piece = Piece {
            cps: 0..LONGEST,
            at: hit.at,
            wide: hit.wide,
        };
        let mut cp = 0u32;
        let mut read = Ok(true);
        while cp < LONGEST && matches!(read, Ok(true)) {
            let next = cp.saturating_add(STEP);
            read = flow.piece(&piece, cp, next);
            cp = next;
            if flow.document.forest.is_idle() {
                break;
            }
        }
        flow.document.forest.end_story();
        read?;
        let length = usize::try_from(cp).unwrap_or(usize::MAX);
        reached = hit
            .at
            .saturating_add(length.saturating_mul(width))
            .min(view.length());
    }
    Ok(())
}
