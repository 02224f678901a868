//! The second reading of a part whose markup is broken: quotation marks protect nothing.
//!
//! An attribute value without its closing quote swallows everything up to the next quote, other
//! tags included. In this reading a tag ends at the first `>` or before the next `<`, and its
//! quotes are balanced, so that the parser finds the tags that the first reading lost
//! (`spec/word.md`, end of §1.9). What the first reading found and this one does not (a `>` inside
//! a value) is not lost: both readings count.

use std::io::{self, BufRead};

use super::transcode::{Transcoder, Unit, push};

/// A tag longer than this is handed on as it is; the event cap deals with it.
const TAG: usize = 1 << 20;

/// The text of a part as the event cap sees it: as it is, or with its tags repaired.
pub(super) enum Source<R> {
    Plain(Transcoder<R>),
    Lenient(Lenient<R>),
}

impl<R: BufRead> Source<R> {
    /// Puts the next block of text behind `window`. Gives the source byte at which it starts, and
    /// how it measures in source bytes.
    pub(super) fn next_block(&mut self, window: &mut String) -> io::Result<(u64, Unit)> {
        match self {
            Source::Plain(text) => text.next_block(window),
            Source::Lenient(lenient) => {
                let start = lenient.position()?;
                let length = push(window, lenient.fill_buf()?);
                lenient.consume(length);
                Ok(start)
            }
        }
    }

    pub(super) fn text(&self) -> &Transcoder<R> {
        match self {
            Source::Plain(text) => text,
            Source::Lenient(lenient) => &lenient.inner,
        }
    }
}

pub(super) struct Lenient<R> {
    inner: Transcoder<R>,
    /// The repaired tag, consumed up to `tag_at`.
    tag: Vec<u8>,
    tag_at: usize,
    /// Source byte at which the repaired tag starts.
    starts_at: u64,
}

impl<R: BufRead> Lenient<R> {
    pub(super) fn new(inner: Transcoder<R>) -> Self {
        Lenient {
            inner,
            tag: Vec::new(),
            tag_at: 0,
            starts_at: 0,
        }
    }

    /// Like [`Transcoder::position`]; a repaired tag is measured at its start only.
    fn position(&mut self) -> io::Result<(u64, Unit)> {
        self.fill_buf()?;
        if self.tag_at < self.tag.len() {
            return Ok((self.starts_at, Unit::Unknown));
        }
        self.inner.position()
    }

    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.tag_at >= self.tag.len() {
            self.tag.clear();
            self.tag_at = 0;
            if self.inner.fill_buf()?.first() == Some(&b'<') {
                self.starts_at = self.inner.position()?.0;
                self.read_tag()?;
            }
        }
        if self.tag_at < self.tag.len() {
            return Ok(self.tag.get(self.tag_at..).unwrap_or_default());
        }
        // Text: up to the next tag.
        let block = self.inner.fill_buf()?;
        let end = memchr::memchr(b'<', block).unwrap_or(block.len());
        Ok(block.get(..end).unwrap_or(block))
    }

    fn consume(&mut self, amount: usize) {
        if self.tag_at < self.tag.len() {
            self.tag_at = self.tag_at.saturating_add(amount);
        } else {
            self.inner.consume(amount);
        }
    }

    /// Takes one tag from the source and balances its quotes.
    fn read_tag(&mut self) -> io::Result<()> {
        self.tag.push(b'<');
        self.inner.consume(1);
        let mut closed = false;
        while self.tag.len() < TAG {
            let block = self.inner.fill_buf()?;
            if block.is_empty() {
                break;
            }
            match memchr::memchr2(b'<', b'>', block) {
                Some(at) => {
                    self.tag
                        .extend_from_slice(block.get(..at).unwrap_or_default());
                    closed = block.get(at) == Some(&b'>');
                    self.inner.consume(at.saturating_add(usize::from(closed)));
                    break;
                }
                None => {
                    self.tag.extend_from_slice(block);
                    let len = block.len();
                    self.inner.consume(len);
                }
            }
        }
        // Comments, sections and instructions end as they say; only tags are repaired.
        if self.tag.starts_with(b"<!") || self.tag.starts_with(b"<?") {
            if closed {
                self.tag.push(b'>');
            }
            return Ok(());
        }
        let slash = closed && self.tag.pop_if(|byte| *byte == b'/').is_some();
        for quote in [b'"', b'\''] {
            if memchr::memchr_iter(quote, &self.tag).count() % 2 == 1 {
                self.tag.push(quote);
            }
        }
        if slash {
            self.tag.push(b'/');
        }
        self.tag.push(b'>');
        Ok(())
    }
}
