//! What makes bytes of coded bytes, block by block: inflate, the decoders of texts, decryption.
//!
//! # Malformed input
//!
//! A step on broken data gives what came out before it broke.

use std::ops::Range;
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};

use super::transfer::{Decode, Transfer};
use super::zip::cipher::Keys;
use crate::spare::Spare;

/// The most that is decoded before the budget is asked again.
pub(super) const BLOCK: usize = 64 << 10;

/// What is said of a stream that lacks its end.
pub(super) const CUT_OFF: &str = "deflate stream is cut off";

/// What makes the bytes of a member of its coded ones.
pub(super) enum Engine<'a> {
    Stored {
        /// Paid bytes that were not consumed yet.
        ready: usize,
    },
    Inflate(Inflate<'a>),
    Transfer(Transferred),
}

/// A text that stands for bytes, on its way.
pub(super) struct Transferred {
    decoder: Box<dyn Decode>,
    out: Vec<u8>,
    from: usize,
    over: bool,
}

impl Transferred {
    pub(super) fn new(transfer: Transfer) -> Self {
        Transferred {
            decoder: transfer.decoder(),
            out: Vec::new(),
            from: 0,
            over: false,
        }
    }

    pub(super) fn unread(&self) -> &[u8] {
        self.out.get(self.from..).unwrap_or_default()
    }

    pub(super) fn consume(&mut self, amount: usize) {
        self.from = self.from.saturating_add(amount).min(self.out.len());
    }

    pub(super) fn keep(&mut self, length: usize) {
        self.out.truncate(self.from.saturating_add(length));
    }

    /// Decodes one block; what it cost is what it read or wrote, whichever is more. Nothing when
    /// there is no more.
    pub(super) fn step(&mut self, feed: &mut Feed<'_>) -> u64 {
        self.out.clear();
        self.from = 0;
        feed.fill();
        let length = feed.peek().len();
        if length > 0 {
            self.decoder.push(feed.peek(), &mut self.out);
            feed.advance(length);
        } else if !self.over {
            self.over = true;
            self.decoder.finish(&mut self.out);
        }
        u64::try_from(length.max(self.out.len())).unwrap_or(u64::MAX)
    }
}

/// Coded bytes, decrypted on the way where they are encrypted.
pub(super) struct Feed<'a> {
    pub(super) rest: &'a [u8],
    /// Runs of the container that come after the rest.
    runs: Option<Runs<'a>>,
    cipher: Option<Decryption>,
}

struct Runs<'a> {
    container: &'a [u8],
    runs: Arc<[Range<usize>]>,
    next: usize,
}

struct Decryption {
    keys: Keys,
    block: Vec<u8>,
    at: usize,
}

impl<'a> Feed<'a> {
    pub(super) fn new(rest: &'a [u8], cipher: Option<Keys>) -> Self {
        let cipher = cipher.map(|keys| Decryption {
            keys,
            block: Vec::new(),
            at: 0,
        });
        Feed {
            rest,
            runs: None,
            cipher,
        }
    }

    pub(super) fn scattered(container: &'a [u8], runs: Arc<[Range<usize>]>) -> Self {
        Feed {
            rest: &[],
            runs: Some(Runs {
                container,
                runs,
                next: 0,
            }),
            cipher: None,
        }
    }

    /// Goes on to the next run, or decrypts the next block, when the last one was used up.
    pub(super) fn fill(&mut self) {
        if let Some(runs) = &mut self.runs {
            while self.rest.is_empty()
                && let Some(run) = runs.runs.get(runs.next)
            {
                runs.next = runs.next.saturating_add(1);
                let end = run.end.min(runs.container.len());
                self.rest = runs.container.get(run.start..end).unwrap_or_default();
            }
        }
        if let Some(cipher) = &mut self.cipher
            && cipher.at >= cipher.block.len()
        {
            let (head, tail) = self.rest.split_at(self.rest.len().min(BLOCK));
            self.rest = tail;
            cipher.block.clear();
            cipher.block.extend_from_slice(head);
            cipher.keys.decrypt(&mut cipher.block);
            cipher.at = 0;
        }
    }

    /// The next coded bytes, at most a block of them.
    pub(super) fn peek(&self) -> &[u8] {
        match &self.cipher {
            Some(cipher) => cipher.block.get(cipher.at..).unwrap_or_default(),
            None => self
                .rest
                .get(..self.rest.len().min(BLOCK))
                .unwrap_or_default(),
        }
    }

    pub(super) fn advance(&mut self, amount: usize) {
        match &mut self.cipher {
            Some(cipher) => cipher.at = cipher.at.saturating_add(amount),
            None => self.rest = self.rest.get(amount..).unwrap_or_default(),
        }
    }
}

/// What one step of inflating came to.
pub(super) enum Step {
    More,
    End,
    Broken(&'static str),
}

pub(super) struct Inflate<'a> {
    /// There until it is given back.
    state: Option<Decompress>,
    out: Vec<u8>,
    from: usize,
    to: usize,
    spare: &'a Spare,
}

impl Drop for Inflate<'_> {
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            self.spare.give((state, std::mem::take(&mut self.out)));
        }
    }
}

impl<'a> Inflate<'a> {
    pub(super) fn new(spare: &'a Spare) -> Self {
        let (state, out) = spare.take(BLOCK);
        Inflate {
            state: Some(state),
            out,
            from: 0,
            to: 0,
            spare,
        }
    }

    pub(super) fn unread(&self) -> &[u8] {
        self.out.get(self.from..self.to).unwrap_or_default()
    }

    pub(super) fn consume(&mut self, amount: usize) {
        self.from = self.from.saturating_add(amount).min(self.to);
    }

    pub(super) fn keep(&mut self, length: usize) {
        self.to = self.to.min(self.from.saturating_add(length));
    }

    /// Decodes one block; what it cost is what it read or wrote, whichever is more.
    pub(super) fn step(&mut self, feed: &mut Feed<'_>) -> (Step, u64) {
        feed.fill();
        let Some(state) = &mut self.state else {
            return (Step::End, 0);
        };
        let (read, written) = (state.total_in(), state.total_out());
        let status = state.decompress(feed.peek(), &mut self.out, FlushDecompress::None);
        let read = state.total_in().saturating_sub(read);
        let written = state.total_out().saturating_sub(written);
        feed.advance(usize::try_from(read).unwrap_or(usize::MAX));
        self.from = 0;
        self.to = usize::try_from(written)
            .unwrap_or(usize::MAX)
            .min(self.out.len());
        let step = match status {
            Ok(Status::StreamEnd) => Step::End,
            Ok(Status::Ok | Status::BufError) if read == 0 && written == 0 => Step::Broken(CUT_OFF),
            Ok(Status::Ok | Status::BufError) => Step::More,
            Err(_) => Step::Broken("deflate stream is broken"),
        };
        (step, read.max(written))
    }
}
