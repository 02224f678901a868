//! The event cap: keeps every event of the XML parser small, whatever the document does.
//!
//! The parser collects one event (a text, a tag, a comment) in memory before it hands it on. This
//! reader stands under the parser and counts what goes into the current event. When a text or a
//! CDATA section grows too long it slips in an empty comment or a section break, so that the
//! parser hands on a piece; the middle of a long comment or processing instruction is left out; a
//! tag over its limit is closed and the rest skipped up to the next `<`. At the end of the part
//! an open tag, section or comment is closed, so that what stands in it is not lost.
//!
//! Nothing is scanned in ordinary documents: the kind of an event is decided from its first bytes
//! and only when it overflows.

use std::io::{self, BufRead, Read};

use super::lenient::{Lenient, Source};
use super::transcode::Transcoder;

/// A text longer than this is handed on in pieces (design page, "XML is read as a stream").
const TEXT: u64 = 1 << 20;

/// What the current event is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Cdata,
    Comment,
    Instruction,
    Doctype,
    Tag,
}

/// How an open tag can be closed: the first helps outside quotes, the second inside double ones,
/// the third inside single ones.
const TAG_CLOSERS: [&[u8]; 3] = [b">", b"\">", b"'>"];

pub(super) struct Cap<R> {
    inner: Source<R>,
    tag_limit: u64,
    /// First bytes of the current event.
    head: [u8; 9],
    head_len: usize,
    /// Bytes handed on in the current event.
    used: u64,
    /// The last two bytes handed on before an overflow.
    tail: [u8; 2],
    /// Bytes that may be handed on before the event is looked at.
    allowed: u64,
    /// Slipped-in bytes that were not consumed yet.
    injected: &'static [u8],
    /// How many of [`TAG_CLOSERS`] were tried on the current event.
    closers: usize,
    /// Skip to the next `<` before the next event.
    resync: bool,
    /// The document type is too long: nothing more is handed on.
    ended: bool,
    /// The part ended inside an event.
    truncated: bool,
    /// A tag was longer than its limit.
    cut_tag: bool,
}

impl<R: BufRead> Cap<R> {
    /// `lenient`: tags are repaired first, see [`Lenient`].
    pub(super) fn new(inner: R, tag_limit: u64, lenient: bool) -> Self {
        let text = Transcoder::new(inner);
        let inner = if lenient {
            Source::Lenient(Lenient::new(text))
        } else {
            Source::Plain(text)
        };
        Cap {
            inner,
            tag_limit,
            head: [0; 9],
            head_len: 0,
            used: 0,
            tail: [0; 2],
            allowed: TEXT.min(tag_limit),
            injected: b"",
            closers: 0,
            resync: false,
            ended: false,
            truncated: false,
            cut_tag: false,
        }
    }

    /// The parser asks for a new event: the count starts anew. Gives the source byte at which the
    /// event starts.
    pub(super) fn begin_event(&mut self) -> io::Result<u64> {
        self.head_len = 0;
        self.used = 0;
        self.closers = 0;
        self.allowed = TEXT.min(self.tag_limit);
        if self.resync && self.injected.is_empty() {
            self.skip_to_markup()?;
        }
        self.inner.position()
    }

    pub(super) fn source(&self) -> &Transcoder<R> {
        self.inner.text()
    }

    /// Whether the part ended inside an event.
    pub(super) fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Whether a tag was longer than its limit, so that its rest was not read.
    pub(super) fn has_cut_tag(&self) -> bool {
        self.cut_tag
    }

    fn kind(&self) -> Kind {
        let head = self.head.get(..self.head_len).unwrap_or_default();
        if head.starts_with(b"<![CDATA[") {
            Kind::Cdata
        } else if head.starts_with(b"<!--") {
            Kind::Comment
        } else if head.starts_with(b"<?") {
            Kind::Instruction
        } else if head.starts_with(b"<!") {
            Kind::Doctype
        } else if head.starts_with(b"<") {
            Kind::Tag
        } else {
            Kind::Text
        }
    }

    /// The event reached what it was allowed.
    fn overflow(&mut self) -> io::Result<()> {
        match self.kind() {
            Kind::Text => {
                self.injected = b"<!---->";
                self.allowed = u64::MAX;
            }
            Kind::Cdata => {
                self.injected = b"]]><![CDATA[";
                self.allowed = u64::MAX;
            }
            Kind::Comment => self.leave_out(*b"--", b"-->")?,
            Kind::Instruction => self.leave_out([0, b'?'], b"?>")?,
            Kind::Doctype => {
                self.cut_tag = true;
                self.ended = true;
            }
            Kind::Tag if self.used < self.tag_limit => self.allowed = self.tag_limit,
            Kind::Tag => {
                self.cut_tag = true;
                self.resync = true;
                self.close_tag();
            }
        }
        Ok(())
    }

    /// Offers the parser the next way to end an open tag.
    fn close_tag(&mut self) {
        match TAG_CLOSERS.get(self.closers) {
            Some(closer) => {
                self.injected = closer;
                self.closers = self.closers.saturating_add(1);
            }
            None => self.ended = true,
        }
    }

    /// Skips the rest of a comment or processing instruction, then ends it. `before` are the
    /// bytes that make a `>` its end (0 stands for any).
    fn leave_out(&mut self, before: [u8; 2], end: &'static [u8]) -> io::Result<()> {
        let mut last = self.tail;
        loop {
            let block = self.inner.fill_buf()?;
            if block.is_empty() {
                self.truncated = true;
                break;
            }
            let mut consumed = block.len();
            let mut found = false;
            for at in memchr::memchr_iter(b'>', block) {
                let previous = |back: usize| match at.checked_sub(back) {
                    Some(index) => block.get(index).copied(),
                    None => last
                        .get(2usize.saturating_add(at).saturating_sub(back))
                        .copied(),
                };
                if (before[0] == 0 || previous(2) == Some(before[0]))
                    && previous(1) == Some(before[1])
                {
                    consumed = at.saturating_add(1);
                    found = true;
                    break;
                }
            }
            last = match block.get(..consumed) {
                Some([.., a, b]) => [*a, *b],
                Some([b]) => [last[1], *b],
                _ => last,
            };
            self.inner.consume(consumed);
            if found {
                break;
            }
        }
        self.injected = end;
        self.allowed = u64::MAX;
        Ok(())
    }

    /// Skips to the next `<`.
    fn skip_to_markup(&mut self) -> io::Result<()> {
        loop {
            let block = self.inner.fill_buf()?;
            if block.is_empty() {
                break;
            }
            match memchr::memchr(b'<', block) {
                Some(at) => {
                    self.inner.consume(at);
                    break;
                }
                None => {
                    let len = block.len();
                    self.inner.consume(len);
                }
            }
        }
        self.resync = false;
        Ok(())
    }

    /// The part is over: closes what is open.
    fn close_at_end(&mut self) {
        let kind = self.kind();
        if kind == Kind::Text || self.used == 0 {
            return;
        }
        self.truncated = true;
        match kind {
            Kind::Cdata if self.closers == 0 => self.injected = b"]]>",
            Kind::Comment if self.closers == 0 => self.injected = b"-->",
            Kind::Instruction if self.closers == 0 => self.injected = b"?>",
            Kind::Tag => {
                self.close_tag();
                return;
            }
            Kind::Cdata | Kind::Comment | Kind::Instruction | Kind::Doctype | Kind::Text => {}
        }
        self.closers = self.closers.saturating_add(1);
    }
}

impl<R: BufRead> BufRead for Cap<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.injected.is_empty() && !self.ended {
            if self.used >= self.allowed {
                self.overflow()?;
            }
        }
        if self.injected.is_empty() && !self.ended {
            let exhausted = self.inner.fill_buf()?.is_empty();
            if exhausted {
                self.close_at_end();
            }
        }
        if !self.injected.is_empty() {
            return Ok(self.injected);
        }
        if self.ended {
            return Ok(&[]);
        }
        let block = self.inner.fill_buf()?;
        let left = usize::try_from(self.allowed.saturating_sub(self.used)).unwrap_or(usize::MAX);
        if block.len() <= left {
            return Ok(block);
        }
        // Cut on a character; a piece has at least one.
        let mut end = left.max(4).min(block.len());
        while end > 1 && block.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
            end = end.saturating_sub(1);
        }
        Ok(block.get(..end).unwrap_or(block))
    }

    fn consume(&mut self, amount: usize) {
        if !self.injected.is_empty() {
            let taken = self.injected.get(..amount).unwrap_or(self.injected);
            remember(&mut self.head, &mut self.head_len, taken);
            self.injected = self.injected.get(amount..).unwrap_or_default();
            return;
        }
        self.used = self
            .used
            .saturating_add(u64::try_from(amount).unwrap_or(u64::MAX));
        if (self.head_len < self.head.len() || self.used >= self.allowed)
            && let Ok(block) = self.inner.fill_buf()
        {
            let taken = block.get(..amount).unwrap_or(block);
            remember(&mut self.head, &mut self.head_len, taken);
            self.tail = match taken {
                [.., a, b] => [*a, *b],
                [b] => [self.tail[1], *b],
                [] => self.tail,
            };
        }
        self.inner.consume(amount);
    }
}

/// Adds `bytes` to the first bytes of an event.
fn remember(head: &mut [u8; 9], len: &mut usize, bytes: &[u8]) {
    for (slot, byte) in head.iter_mut().skip(*len).zip(bytes) {
        *slot = *byte;
        *len = len.saturating_add(1);
    }
}

impl<R: BufRead> Read for Cap<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buf.len());
        for (slot, byte) in buf.iter_mut().zip(available) {
            *slot = *byte;
        }
        self.consume(count);
        Ok(count)
    }
}
