//! The bytes of one member as a stream of charged blocks.
//!
//! # Malformed input
//!
//! A broken or cut stream delivers what came out of it before. Sizes in headers are not looked at.
//! Bytes with a wrong checksum are delivered, and said to be damaged.
//!
//! # Worst cases
//!
//! Each block of at most 64 KiB pays for what it reads or for what it writes, whichever is more,
//! so that a stream that reads much and writes nothing (empty deflate blocks) is not free. Memory
//! is two blocks and the 32 KiB window of deflate.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::sync::Arc;

use super::engine::{BLOCK, CUT_OFF, Engine, Feed, Inflate, Step, Transferred};
use super::{Coding, Enciphered, Shortfall, Source};
use crate::limits::{Budget, Exhausted, Limit};

impl Source {
    /// Opens the member for reading. Pays for one part.
    ///
    /// The reader never gives an error: when the stream is broken, the budget spent or the coding
    /// not readable, it delivers what there is, then the end, and `outcome` holds the reason.
    pub(crate) fn open<'a>(
        &self,
        container: &'a [u8],
        budget: &'a Budget<'a>,
        outcome: &'a Cell<Option<Shortfall>>,
    ) -> MemberReader<'a> {
        outcome.set(None);
        let mut reader = MemberReader {
            budget,
            outcome,
            container,
            part_left: budget.limits().part_bytes,
            feed: Feed::new(&[]),
            engine: Engine::Stored { ready: 0 },
            checksums: None,
            cut: false,
            enough: None,
            pieces: None,
            turn: false,
            over: false,
        };
        match &self.coding {
            Coding::Pieces(pieces) => {
                reader.pieces = Some((pieces.clone(), 0));
                reader.turn = true;
            }
            Coding::Stored
            | Coding::Deflated
            | Coding::DeflatedTo(_)
            | Coding::Scattered { .. }
            | Coding::Transfer(_)
            | Coding::Enciphered(_)
            | Coding::Encrypted(_)
            | Coding::Unsupported(_) => reader.load(self),
        }
        if let Err(cause) = budget.charge_part() {
            reader.end(Some(Shortfall::Exhausted(cause)));
        }
        reader
    }

    /// The whole member in memory, for containers inside containers.
    ///
    /// Stored bytes are borrowed. Others are held: they pay for live memory as they grow, and the
    /// caller gives [`held`] of them back to the budget when it drops them.
    pub(crate) fn decode<'a>(
        &self,
        container: &'a [u8],
        budget: &Budget<'_>,
    ) -> (Cow<'a, [u8]>, Option<Shortfall>) {
        let outcome = Cell::new(None);
        let mut reader = self.open(container, budget, &outcome);
        if self.coding == Coding::Stored {
            let mut length = 0usize;
            while let Some(block) = reader.block() {
                length = length.saturating_add(block);
                reader.consume(block);
            }
            let (coded, _) = self.coded(container);
            let bytes = coded.get(..length).unwrap_or_default();
            return (Cow::Borrowed(bytes), outcome.take());
        }
        let mut bytes = Vec::new();
        while let Some(block) = reader.block() {
            let size = u64::try_from(block).unwrap_or(u64::MAX);
            if let Err(cause) = budget.charge_live(size) {
                return (Cow::Owned(bytes), Some(Shortfall::Exhausted(cause)));
            }
            if bytes.capacity().saturating_sub(bytes.len()) < block {
                // Not doubled, so that what is held stays close to what was paid.
                bytes.reserve_exact(BLOCK.max(bytes.len() / 4));
            }
            bytes.extend_from_slice(reader.unread());
            reader.consume(block);
        }
        (Cow::Owned(bytes), outcome.take())
    }

    /// The coded bytes that are there, and whether some are missing.
    fn coded<'a>(&self, container: &'a [u8]) -> (&'a [u8], bool) {
        let end = self.range.end.min(container.len());
        let coded = container.get(self.range.start..end).unwrap_or_default();
        (coded, self.range.end > container.len())
    }
}

/// What the bytes of [`Source::decode`] paid for live memory.
#[expect(
    clippy::ptr_arg,
    reason = "what is borrowed was not paid for: the difference counts"
)]
pub(crate) fn held(bytes: &Cow<'_, [u8]>) -> u64 {
    match bytes {
        Cow::Borrowed(_) => 0,
        Cow::Owned(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
    }
}

impl Coding {
    /// What it is encrypted with, and whether there is a deflate stream below.
    fn layers(&self) -> (Option<&Enciphered>, bool) {
        match self {
            Coding::Deflated | Coding::DeflatedTo(_) => (None, true),
            Coding::Enciphered(enciphered) => (Some(enciphered), enciphered.deflated),
            Coding::Stored
            | Coding::Scattered { .. }
            | Coding::Pieces(_)
            | Coding::Transfer(_)
            | Coding::Encrypted(_)
            | Coding::Unsupported(_) => (None, false),
        }
    }

    fn unreadable(&self) -> Option<Shortfall> {
        match self {
            Coding::Stored
            | Coding::Deflated
            | Coding::DeflatedTo(_)
            | Coding::Scattered { .. }
            | Coding::Pieces(_)
            | Coding::Transfer(_)
            | Coding::Enciphered(_) => None,
            Coding::Encrypted(scheme) => Some(Shortfall::Encrypted(scheme)),
            Coding::Unsupported(method) => Some(Shortfall::Unsupported(method_name(*method))),
        }
    }
}

/// The name of a compression method (APPNOTE 4.4.5).
fn method_name(method: u16) -> String {
    let name = match method {
        1 => "shrink",
        2..=5 => "reduce",
        6 => "implode",
        9 => "deflate64",
        10 => "PKWARE implode",
        12 => "bzip2",
        14 => "LZMA",
        16 | 18 | 19 => "IBM",
        20 | 93 => "Zstandard",
        95 => "XZ",
        97 => "WavPack",
        98 => "PPMd",
        _ => return format!("zip compression method {method}"),
    };
    format!("{name} compression (zip method {method})")
}

/// How far the deflate stream at the start of `coded` reaches, or to where it breaks. Costs like
/// reading it.
pub(super) fn deflate_end(coded: &[u8], budget: &Budget<'_>) -> Result<usize, Exhausted> {
    let mut feed = Feed::new(coded);
    let mut inflate = Inflate::new(budget.spare());
    loop {
        let (step, cost) = inflate.step(&mut feed);
        budget.charge_decoded(cost)?;
        match step {
            Step::More => {}
            Step::End | Step::Broken(_) => {
                return Ok(coded.len().saturating_sub(feed.rest.len()));
            }
        }
    }
}

/// What is said of bytes whose checksum is another.
pub(crate) const WRONG_CHECKSUM: &str = "checksum does not match";

/// What a trial reading came to.
pub(super) enum Check {
    /// Read to the end.
    Whole {
        /// The checksum of what came out, and how much that was.
        crc: u32,
        size: u64,
        /// Bytes behind the end of the stream.
        rest: usize,
    },
    /// A deflate stream that is sound for longer than chance explains.
    Long,
    /// Broken.
    Broken,
}

/// How much of a deflate stream is decoded to tell a right password from a wrong one: a random
/// stream breaks within some hundred bytes.
const CHECKED: u64 = 1 << 20;

/// How much must come out of a stream that is cut off for the same.
const SOUND: u64 = 16 << 10;

/// Reads a member to see whether it can be read so. Costs like reading it; not a part.
pub(super) fn check(
    source: &Source,
    container: &[u8],
    budget: &Budget<'_>,
) -> Result<Check, Exhausted> {
    let (coded, _) = source.coded(container);
    let (cipher, deflated) = source.coding.layers();
    let mut feed = Feed::new(coded).decrypted(cipher);
    let mut crc = crc32fast::Hasher::new();
    let mut size = 0u64;
    let length_of = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if !deflated {
        loop {
            feed.fill();
            let length = feed.peek().len();
            if length == 0 {
                let crc = crc.finalize();
                return Ok(Check::Whole { crc, size, rest: 0 });
            }
            budget.charge_decoded(length_of(feed.peek()))?;
            crc.update(feed.peek());
            size = size.saturating_add(length_of(feed.peek()));
            feed.advance(length);
        }
    }
    let mut inflate = Inflate::new(budget.spare());
    let mut total = 0u64;
    loop {
        let (step, cost) = inflate.step(&mut feed);
        budget.charge_decoded(cost)?;
        crc.update(inflate.unread());
        size = size.saturating_add(length_of(inflate.unread()));
        total = total.saturating_add(cost);
        match step {
            Step::End => {
                let (crc, rest) = (crc.finalize(), feed.left());
                return Ok(Check::Whole { crc, size, rest });
            }
            Step::Broken(CUT_OFF) if size > SOUND => return Ok(Check::Long),
            Step::Broken(_) => return Ok(Check::Broken),
            Step::More if total > CHECKED => return Ok(Check::Long),
            Step::More => {}
        }
    }
}

/// The bytes of one member. Both [`Read`] and [`BufRead`]; never gives an error.
pub(crate) struct MemberReader<'a> {
    budget: &'a Budget<'a>,
    outcome: &'a Cell<Option<Shortfall>>,
    container: &'a [u8],
    /// What the limit on one part still allows.
    part_left: u64,
    feed: Feed<'a>,
    engine: Engine<'a>,
    /// What the checksum should be, and what came so far.
    checksums: Option<([u32; 2], crc32fast::Hasher)>,
    /// The container ends before the member does.
    cut: bool,
    /// After so many bytes, a stream may break off.
    enough: Option<u64>,
    /// Sources that follow each other, and which of them comes next.
    pieces: Option<(Arc<[Source]>, usize)>,
    /// The next of them is due.
    turn: bool,
    over: bool,
}

impl MemberReader<'_> {
    /// Goes on with the bytes of this source.
    fn load(&mut self, source: &Source) {
        let (coded, cut) = source.coded(self.container);
        let mut coding = &source.coding;
        let mut feed = Feed::new(coded);
        if let Coding::Scattered {
            runs,
            coding: below,
        } = coding
        {
            feed = Feed::scattered(self.container, runs.clone());
            coding = below;
        }
        let (cipher, deflated) = coding.layers();
        self.feed = feed.decrypted(cipher);
        self.cut = cut;
        self.enough = None;
        if let Coding::DeflatedTo(length) = coding {
            self.enough = Some(*length);
        }
        self.checksums = source
            .checksums
            .map(|expected| (expected, crc32fast::Hasher::new()));
        self.engine = if let Coding::Transfer(transfer) = coding {
            Engine::Transfer(Transferred::new(*transfer))
        } else if deflated {
            Engine::Inflate(Inflate::new(self.budget.spare()))
        } else {
            Engine::Stored { ready: 0 }
        };
        if let Some(shortfall) = coding.unreadable() {
            self.end(Some(shortfall));
        }
    }

    /// Goes on with the next piece, if there is one.
    fn next_piece(&mut self) -> bool {
        let Some((pieces, next)) = self.pieces.take() else {
            return false;
        };
        let Some(piece) = pieces.get(next) else {
            return false;
        };
        self.load(piece);
        self.pieces = Some((pieces.clone(), next.saturating_add(1)));
        true
    }

    /// Sees to it that there are unread bytes; their number, or `None` at the end.
    fn block(&mut self) -> Option<usize> {
        while self.unread().is_empty() && !self.over {
            self.refill();
        }
        Some(self.unread().len()).filter(|&length| length > 0)
    }

    fn unread(&self) -> &[u8] {
        match &self.engine {
            Engine::Inflate(inflate) => inflate.unread(),
            Engine::Transfer(transferred) => transferred.unread(),
            Engine::Stored { ready } => self.feed.peek().get(..*ready).unwrap_or_default(),
        }
    }

    fn refill(&mut self) {
        if std::mem::take(&mut self.turn) && !self.next_piece() {
            return self.end(None);
        }
        if self.over {
            return;
        }
        let (length, cost, end) = match &mut self.engine {
            Engine::Transfer(transferred) => {
                let cost = transferred.step(&mut self.feed);
                let cut = self
                    .cut
                    .then_some(Shortfall::Damaged("coded text is cut off"))
                    .or_else(|| transferred.damage().map(Shortfall::Damaged));
                (transferred.unread().len(), cost, (cost == 0).then_some(cut))
            }
            Engine::Inflate(inflate) => {
                let (step, cost) = inflate.step(&mut self.feed);
                let end = match step {
                    Step::More => None,
                    Step::End => Some(None),
                    Step::Broken(what) => Some(Some(Shortfall::Damaged(what))),
                };
                (inflate.unread().len(), cost, end)
            }
            Engine::Stored { .. } => {
                self.feed.fill();
                let length = self.feed.peek().len();
                let cut = self
                    .cut
                    .then_some(Shortfall::Damaged("stored data is cut off"));
                let cost = u64::try_from(length).unwrap_or(u64::MAX);
                (length, cost, (length == 0).then_some(cut))
            }
        };
        if let Err(cause) = self.budget.charge_decoded(cost) {
            self.deliver(0);
            return self.end(Some(Shortfall::Exhausted(cause)));
        }
        let allowed = usize::try_from(self.part_left)
            .unwrap_or(usize::MAX)
            .min(length);
        self.part_left = self
            .part_left
            .saturating_sub(u64::try_from(allowed).unwrap_or(u64::MAX));
        let came = self
            .budget
            .limits()
            .part_bytes
            .saturating_sub(self.part_left);
        let is_enough = self.enough.is_some_and(|enough| came >= enough);
        let end = match end {
            Some(Some(Shortfall::Damaged(CUT_OFF))) if is_enough => Some(None),
            end => end,
        };
        self.deliver(allowed);
        if let Some((expected, mut sum)) = self.checksums.take() {
            sum.update(self.unread());
            self.checksums = Some((expected, sum));
        }
        if allowed < length {
            let cause = Exhausted::Limit(Limit::PartBytes);
            self.end(Some(Shortfall::Exhausted(cause)));
        } else if let Some(shortfall) = end {
            let wrong = self.checksums.take().filter(|_| shortfall.is_none());
            let wrong = wrong.filter(|(expected, sum)| !expected.contains(&sum.clone().finalize()));
            let shortfall = shortfall.or(wrong.map(|_| Shortfall::Damaged(WRONG_CHECKSUM)));
            // The last block is unread still: the next piece waits until it was read.
            self.turn = shortfall.is_none() && self.pieces.is_some();
            if !self.turn {
                self.end(shortfall);
            }
        }
    }

    /// Makes `length` bytes of the new block readable.
    fn deliver(&mut self, length: usize) {
        match &mut self.engine {
            Engine::Inflate(inflate) => inflate.keep(length),
            Engine::Transfer(transferred) => transferred.keep(length),
            Engine::Stored { ready } => *ready = length,
        }
    }

    fn end(&mut self, shortfall: Option<Shortfall>) {
        self.over = true;
        if shortfall.is_some() {
            self.outcome.set(shortfall);
        }
    }
}

impl BufRead for MemberReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.block();
        Ok(self.unread())
    }

    fn consume(&mut self, amount: usize) {
        match &mut self.engine {
            Engine::Inflate(inflate) => inflate.consume(amount),
            Engine::Transfer(transferred) => transferred.consume(amount),
            Engine::Stored { ready } => {
                let amount = amount.min(*ready);
                *ready = ready.saturating_sub(amount);
                self.feed.advance(amount);
            }
        }
    }
}

impl Read for MemberReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let amount = bytes.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..amount), bytes.get(..amount)) {
            to.copy_from_slice(from);
        }
        self.consume(amount);
        Ok(amount)
    }
}
