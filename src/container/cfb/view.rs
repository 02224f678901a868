//! Streams where they stand in the file, without a copy.
//!
//! # Malformed input
//!
//! As for reading: a stream has the bytes that its chain has, and no more than its directory
//! entry says. Behind a break of the chain it goes on with the next sector of the file, and is
//! called short.
//!
//! # Worst cases
//!
//! A view holds one entry for each stretch of the file that the stream takes, which a file with
//! scattered sectors makes as many as it has sectors; that is charged before it is built. To find
//! a byte is a binary search among them.

use std::ops::Range;

use super::table::Walk;
use super::{Cfb, MINI, MINI_CUTOFF, Place, Stream, second};
use crate::limits::{Budget, Exhausted, Limit};

/// What a stretch costs; a growing list may be twice what is filled.
const STRETCH: u64 = 64;

/// The bytes of one stream.
#[derive(Debug, Default)]
pub(crate) struct View<'a> {
    data: &'a [u8],
    /// Stretches of the file, each with the byte of the stream at which it begins.
    runs: Vec<(usize, Range<usize>)>,
    length: usize,
    /// The stream itself, where only the crate knows where it stands.
    held: Vec<u8>,
    charged: u64,
    /// The stream is shorter than its directory entry says.
    pub(crate) short: bool,
}

/// How a walk over the stretches of a stream went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Walked {
    /// The steps were enough.
    pub(super) enough: bool,
    /// No chain leads to some of them.
    pub(super) guessed: bool,
}

/// How often the bytes of a file may be read as those of other streams: in a sound file no two
/// streams share one.
const SHARED: u64 = 16;

impl<'a> Cfb<'a> {
    /// How many bytes of streams are read of a file before it is said that they share sectors.
    pub(crate) fn readable(&self) -> u64 {
        let length = u64::try_from(self.data.len()).unwrap_or(u64::MAX);
        length.saturating_mul(SHARED)
    }

    /// Where the bytes of a stream stand in the file: merged when adjacent, in the order of the
    /// stream, and no more than its directory entry says. Empty for a stream that only the crate
    /// sees. Costs two numbers for each stretch.
    pub(crate) fn runs(&self, stream: &Stream) -> Vec<Range<usize>> {
        let mut runs = Vec::new();
        self.each_run(stream, |run| runs.push(run));
        runs
    }

    /// Opens a stream to be read where it stands. Pays for a part, and for what the view holds;
    /// [`View::close`] gives that back.
    ///
    /// # Errors
    ///
    /// The limit that does not allow it.
    pub(crate) fn view(&self, stream: &Stream, budget: &Budget<'_>) -> Result<View<'a>, Exhausted> {
        let mut view = View {
            data: self.data,
            ..View::default()
        };
        if stream.place == Place::Second {
            let (held, shortfall) = second::read(self.data, &stream.path, stream.size, budget);
            view.charged = u64::try_from(held.len()).unwrap_or(u64::MAX);
            view.length = held.len();
            view.held = held;
            view.short = shortfall.is_some();
            return Ok(view);
        }
        budget.charge_part()?;
        let mut stretches = 0u64;
        self.each_run(stream, |_| stretches = stretches.saturating_add(1));
        let cost = stretches.saturating_mul(STRETCH);
        budget.charge_live(cost)?;
        view.charged = cost;
        let walked = self.each_run(stream, |run| view.add(run));
        view.short = walked.guessed || u64::try_from(view.length).unwrap_or(u64::MAX) < stream.size;
        Ok(view)
    }

    fn each_run(&self, stream: &Stream, visit: impl FnMut(Range<usize>)) -> Walked {
        let mut steps = usize::MAX;
        self.each_run_within(stream, stream.size, &mut steps, visit)
    }

    /// Visits the stretches of the first `wanted` bytes of a stream; each of its sectors takes one
    /// of `steps`.
    pub(super) fn each_run_within(
        &self,
        stream: &Stream,
        wanted: u64,
        steps: &mut usize,
        mut visit: impl FnMut(Range<usize>),
    ) -> Walked {
        let mut walked = Walked {
            enough: true,
            guessed: false,
        };
        let (id, other) = match stream.place {
            Place::Entry(id) => (id, false),
            Place::Other(id) => (id, true),
            Place::Second => return walked,
        };
        let Some(entry) = self.entry(id) else {
            return walked;
        };
        let mut merged = Merged {
            left: usize::try_from(wanted.min(entry.size)).unwrap_or(usize::MAX),
            last: 0..0,
            visit: &mut visit,
        };
        // No file has such a size: it does not say how far to go.
        let possible = usize::try_from(entry.size).is_ok_and(|size| size <= self.data.len());
        let more = |walk: &Walk<'_>| possible || !walk.is_broken();
        if (entry.size < MINI_CUTOFF) != other && (other || !self.stands_outside(&entry)) {
            let mut walk = self.mini.walk(entry.start, self.sectors.size());
            let mut sure = true;
            while merged.left > 0 && *steps > 0 && more(&walk) {
                let Some(sector) = walk.next() else { break };
                // The chain of a small stream is a short one.
                *steps = steps.saturating_sub(usize::from(other));
                sure &= self.mini.is_sure(sector);
                if !merged.add(self.mini_run(sector)) {
                    break;
                }
            }
            walked.guessed = walk.guessed() || !sure;
        } else {
            let mut walk = self.sectors.fat.walk(entry.start, self.sectors.count());
            while merged.left > 0 && *steps > 0 && more(&walk) {
                let Some(sector) = walk.next() else { break };
                *steps = steps.saturating_sub(1);
                merged.add(self.sectors.run(sector));
            }
            walked.guessed = walk.guessed();
        }
        walked.enough = merged.left == 0 || *steps > 0;
        merged.finish();
        walked
    }

    /// Where a mini sector stands in the file.
    fn mini_run(&self, sector: u32) -> Option<Range<usize>> {
        let at = usize::try_from(sector).ok()?.checked_mul(MINI)?;
        let size = self.sectors.size();
        let holder = self.mini.stream.get(at.checked_div(size)?)?;
        let run = self.sectors.run(*holder)?;
        let start = run.start.checked_add(at.checked_rem(size)?)?;
        let end = start.checked_add(MINI)?.min(run.end);
        (start < end).then_some(start..end)
    }
}

/// Joins stretches that touch.
struct Merged<'v> {
    /// Bytes of the stream that are still to come.
    left: usize,
    last: Range<usize>,
    visit: &'v mut dyn FnMut(Range<usize>),
}

impl Merged<'_> {
    /// Adds a stretch; returns whether there was one.
    fn add(&mut self, run: Option<Range<usize>>) -> bool {
        let Some(run) = run else { return false };
        let length = run.len().min(self.left);
        self.left = self.left.saturating_sub(length);
        let end = run.start.saturating_add(length);
        if run.start == self.last.end && !self.last.is_empty() {
            self.last.end = end;
        } else {
            self.finish();
            self.last = run.start..end;
        }
        true
    }

    fn finish(&mut self) {
        let last = std::mem::take(&mut self.last);
        if !last.is_empty() {
            (self.visit)(last);
        }
    }
}

impl<'a> View<'a> {
    /// Of these stretches of a file; `charged` was paid for holding them.
    pub(super) fn of(data: &'a [u8], stretches: Vec<Range<usize>>, charged: u64) -> Self {
        let mut view = View {
            data,
            charged,
            ..View::default()
        };
        stretches.into_iter().for_each(|run| view.add(run));
        view
    }
}

impl View<'_> {
    /// One more stretch of the file.
    pub(super) fn add(&mut self, run: Range<usize>) {
        let start = self.length;
        self.length = start.saturating_add(run.len());
        self.runs.push((start, run));
    }

    /// A view of bytes that were made of a stream, and paid for as live.
    pub(crate) fn holding(bytes: Vec<u8>) -> Self {
        View {
            length: bytes.len(),
            charged: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            held: bytes,
            ..View::default()
        }
    }

    /// Bytes of the stream that are there.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The bytes from `at` on that stand together in the file; empty past the end.
    pub(crate) fn chunk(&self, at: usize) -> &[u8] {
        if !self.held.is_empty() {
            return self.held.get(at..).unwrap_or_default();
        }
        let next = self.runs.partition_point(|(start, _)| *start <= at);
        let Some((start, run)) = next.checked_sub(1).and_then(|last| self.runs.get(last)) else {
            return &[];
        };
        let from = run.start.saturating_add(at.saturating_sub(*start));
        self.data.get(from..run.end).unwrap_or_default()
    }

    /// `N` bytes from `at` on; `None` where the stream ends before.
    pub(crate) fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        let chunk = self.chunk(at);
        if let Some(bytes) = chunk.first_chunk() {
            return Some(*bytes);
        }
        let mut bytes = [0; N];
        let mut filled = 0usize;
        while filled < N {
            let chunk = self.chunk(at.checked_add(filled)?);
            let slots = bytes.get_mut(filled..)?;
            let taken = chunk.len().min(slots.len());
            if taken == 0 {
                return None;
            }
            slots
                .iter_mut()
                .zip(chunk)
                .for_each(|(to, from)| *to = *from);
            filled = filled.saturating_add(taken);
        }
        Some(bytes)
    }

    pub(crate) fn u16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// Copies a range, or what there is of it. Pays for the bytes and for holding them: the
    /// caller releases the length of what it gets.
    ///
    /// # Errors
    ///
    /// The limit that does not allow it; nothing is held then.
    pub(crate) fn copy(
        &self,
        range: Range<usize>,
        budget: &Budget<'_>,
    ) -> Result<Vec<u8>, Exhausted> {
        let end = range.end.min(self.length);
        let length = u64::try_from(end.saturating_sub(range.start)).unwrap_or(u64::MAX);
        if length > budget.limits().part_bytes {
            return Err(Exhausted::Limit(Limit::PartBytes));
        }
        budget.charge_decoded(length)?;
        budget.charge_live(length)?;
        let mut bytes = Vec::new();
        bytes.reserve_exact(usize::try_from(length).unwrap_or(0));
        let mut at = range.start;
        while at < end {
            let chunk = self.chunk(at);
            let taken = chunk.len().min(end.saturating_sub(at));
            if taken == 0 {
                break;
            }
            bytes.extend(chunk.iter().take(taken));
            at = at.saturating_add(taken);
        }
        Ok(bytes)
    }

    /// Where the bytes `wanted` of the stream stand in the file; `None` where only the crate knows.
    pub(crate) fn runs_of(&self, wanted: Range<usize>) -> Option<Vec<Range<usize>>> {
        if !self.held.is_empty() {
            return None;
        }
        let before =
            |(at, run): &(usize, Range<usize>)| at.saturating_add(run.len()) <= wanted.start;
        let first = self.runs.partition_point(before);
        let rest = self.runs.get(first..).unwrap_or_default();
        let within = rest.iter().take_while(|(at, _)| *at < wanted.end);
        let parts = within.map(|(at, run)| {
            let from = wanted.start.saturating_sub(*at).min(run.len());
            let to = wanted.end.saturating_sub(*at).min(run.len());
            run.start.saturating_add(from)..run.start.saturating_add(to)
        });
        Some(parts.collect())
    }

    /// Gives the memory back to the account.
    pub(crate) fn close(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

/// A view of bytes that are no stream of a compound file.
impl<'a> From<&'a [u8]> for View<'a> {
    fn from(data: &'a [u8]) -> Self {
        View {
            data,
            runs: vec![(0, 0..data.len())],
            length: data.len(),
            ..View::default()
        }
    }
}
