//! What makes bytes of coded bytes, block by block: inflate, the decoders of texts, decryption.
//!
//! # Malformed input
//!
//! A step on broken data gives what came out before it broke.

use std::ops::Range;
use std::sync::Arc;

use flate2::{Decompress, FlushDecompress, Status};

use super::Enciphered;
use super::crypt::Decrypt;
use super::transfer::{Decode, Transfer};
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

    /// What is missing or wrong, once there is no more.
    pub(super) fn damage(&self) -> Option<&'static str> {
        self.decoder.damage()
    }

    /// Decodes one block; what it cost is what it read or wrote, whichever is more. Nothing when
    /// there is no more.
    pub(super) fn step(&mut self, feed: &mut Feed<'_>) -> u64 {
        self.out.clear();
        self.from = 0;
        feed.fill();
        let most = BLOCK.checked_div(self.decoder.growth()).unwrap_or(BLOCK);
        let length = feed.peek().len().min(most);
        if length > 0 {
            let coded = feed.peek().get(..length).unwrap_or_default();
            self.decoder.push(coded, &mut self.out);
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
    decryptor: Box<dyn Decrypt>,
    block: Vec<u8>,
    at: usize,
    /// Bytes that are still to come, as far as that is known.
    left: Option<usize>,
}

impl<'a> Feed<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Feed {
            rest,
            runs: None,
            cipher: None,
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

    /// What these bytes stand for.
    pub(super) fn decrypted(mut self, enciphered: Option<&Enciphered>) -> Self {
        let Some(enciphered) = enciphered else {
            return self;
        };
        let left = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
        self.cipher = Some(Decryption {
            decryptor: enciphered.cipher.decryptor(),
            block: Vec::new(),
            at: 0,
            left: enciphered.length.map(left),
        });
        self
    }

    /// Goes on to the next run, or decrypts the next block, when the last one was used up.
    pub(super) fn fill(&mut self) {
        let Some(mut cipher) = self.cipher.take() else {
            return self.next_run();
        };
        if cipher.at >= cipher.block.len() {
            cipher.block.clear();
            cipher.at = 0;
            // Ciphers work on blocks that take no notice of runs.
            while cipher.left != Some(0) && cipher.block.len() < BLOCK {
                self.next_run();
                let room = BLOCK.saturating_sub(cipher.block.len());
                let (head, tail) = self.rest.split_at(self.rest.len().min(room));
                if head.is_empty() {
                    break;
                }
                self.rest = tail;
                cipher.block.extend_from_slice(head);
            }
            cipher.decryptor.decrypt(&mut cipher.block);
            if let Some(left) = &mut cipher.left {
                cipher.block.truncate(*left);
                *left = left.saturating_sub(cipher.block.len());
            }
        }
        self.cipher = Some(cipher);
    }

    /// Goes on to the next run when the last one was used up.
    fn next_run(&mut self) {
        let Some(runs) = &mut self.runs else { return };
        while self.rest.is_empty()
            && let Some(run) = runs.runs.get(runs.next)
        {
            runs.next = runs.next.saturating_add(1);
            let end = run.end.min(runs.container.len());
            self.rest = runs.container.get(run.start..end).unwrap_or_default();
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

    /// How many coded bytes are there still; those of further runs are not counted.
    pub(super) fn left(&self) -> usize {
        let decrypted = self.cipher.as_ref().map_or(0, |_| self.peek().len());
        self.rest.len().saturating_add(decrypted)
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
