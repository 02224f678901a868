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
//! and only when it overflows. What stands in the window as a whole is handed out without a copy.

use std::io::{self, BufRead, Read};
use std::ops::Range;

use super::lenient::{Lenient, Source};
use super::token;
use super::transcode::{Transcoder, Unit};

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

/// What stands under the parser: a window of decoded text over the part.
///
/// The parser asks for its bytes some times in each event, so the way through here is a slice of
/// the window; all bookkeeping happens when a window is used up.
pub(super) struct Cap<R> {
    source: Source<R>,
    /// Decoded text; consumed up to `at`, handed on up to `visible`.
    window: String,
    at: usize,
    visible: usize,
    /// Source byte of the window's start, and of a place in it that was measured already.
    measured: (usize, u64),
    unit: Unit,
    tag_limit: u64,
    /// Where in the window the current event starts.
    event_at: usize,
    /// First bytes of the current event, where it began before this window.
    head: [u8; 9],
    head_len: usize,
    /// Bytes of the current event before this window.
    used: u64,
    /// The last two bytes before this window.
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
    /// Some event began where the source byte is not known.
    unmeasured: bool,
}

impl<R: BufRead> Cap<R> {
    /// `lenient`: tags are repaired first, see [`Lenient`].
    pub(super) fn new(text: Transcoder<R>, tag_limit: u64, lenient: bool) -> Self {
        // Every event has to make some way.
        let tag_limit = tag_limit.max(1);
        let source = if lenient {
            Source::Lenient(Lenient::new(text))
        } else {
            Source::Plain(text)
        };
        Cap {
            source,
            window: String::new(),
            at: 0,
            visible: 0,
            measured: (0, 0),
            unit: Unit::Bytes,
            tag_limit,
            event_at: 0,
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
            unmeasured: false,
        }
    }

    /// The parser asks for a new event: the count starts anew. Gives the source byte at which the
    /// event starts.
    #[inline]
    pub(super) fn begin_event(&mut self) -> io::Result<u64> {
        self.head_len = 0;
        self.used = 0;
        self.event_at = self.at;
        self.closers = 0;
        self.allowed = TEXT.min(self.tag_limit);
        if self.injected.is_empty() {
            if self.resync {
                self.skip_to_markup()?;
            }
            if self.at >= self.window.len() {
                self.next_window()?;
            }
        }
        self.show();
        Ok(self.position())
    }

    /// What stands next, and its length, if all of it can be seen and nothing is special about it.
    /// Only between two events, and before [`Cap::pass`].
    #[inline]
    pub(super) fn token(&self) -> Option<(token::Kind, usize)> {
        token::first(self.ahead())
    }

    /// What stands next, as far as it can be seen; nothing where it is not as it stands in the
    /// part.
    #[inline]
    pub(super) fn ahead(&self) -> &[u8] {
        if !self.injected.is_empty() || self.ended {
            return &[];
        }
        self.stretch(self.at, self.visible)
    }

    /// The event is over, and so long. Where in the window it stands.
    #[inline]
    pub(super) fn pass(&mut self, length: usize) -> Range<usize> {
        let start = self.at;
        self.at = start.saturating_add(length).min(self.visible);
        start..self.at
    }

    /// A stretch of the window, as long as nothing more is read.
    #[inline]
    pub(super) fn window(&self, range: Range<usize>) -> &str {
        self.window.get(range).unwrap_or_default()
    }

    #[inline]
    fn stretch(&self, from: usize, to: usize) -> &[u8] {
        self.window.as_bytes().get(from..to).unwrap_or_default()
    }

    /// The source byte of the next unconsumed character.
    fn position(&mut self) -> u64 {
        let (from, base) = self.measured;
        let text = self.stretch(from, self.at);
        let width = match self.unit {
            Unit::Bytes => text.len(),
            // A four-byte sequence is a surrogate pair; every other character is one unit.
            Unit::Utf16 => text
                .iter()
                .map(|&b| match b {
                    0xf0.. => 4,
                    0x80..0xc0 => 0,
                    _ => 2,
                })
                .sum(),
            Unit::Characters => text.iter().map(|&b| usize::from(b & 0xc0 != 0x80)).sum(),
            Unit::Unknown => {
                self.unmeasured |= !text.is_empty();
                0
            }
        };
        let position = base.saturating_add(u64::try_from(width).unwrap_or(u64::MAX));
        self.measured = (self.at, position);
        position
    }

    /// Takes the next block of text into the window. Only when the window is used up.
    #[cold]
    fn next_window(&mut self) -> io::Result<()> {
        self.remember();
        self.window.clear();
        let (position, unit) = self.source.next_block(&mut self.window)?;
        self.at = 0;
        self.event_at = 0;
        self.measured = (0, position);
        self.unit = unit;
        Ok(())
    }

    /// Keeps what is needed of a window that is about to go.
    fn remember(&mut self) {
        let event = self.window.as_bytes();
        let event = event.get(self.event_at..self.at).unwrap_or_default();
        for (slot, byte) in self.head.iter_mut().skip(self.head_len).zip(event) {
            *slot = *byte;
            self.head_len = self.head_len.saturating_add(1);
        }
        self.tail = match event {
            [.., a, b] => [*a, *b],
            [b] => [self.tail[1], *b],
            [] => self.tail,
        };
        self.used = self
            .used
            .saturating_add(u64::try_from(event.len()).unwrap_or(u64::MAX));
        self.event_at = self.at;
    }

    /// Decides how much of the window the parser may see: all of it, or up to where the current
    /// event must be looked at.
    #[inline]
    fn show(&mut self) {
        if self.resync {
            // The tag is to end: nothing but what closes it.
            self.visible = self.at;
            return;
        }
        let left = usize::try_from(self.allowed.saturating_sub(self.used)).unwrap_or(usize::MAX);
        let mut visible = self.event_at.saturating_add(left).max(self.at);
        if visible >= self.window.len() {
            self.visible = self.window.len();
            return;
        }
        // Cut on a character; a piece has at least one.
        visible = visible
            .max(self.at.saturating_add(4))
            .min(self.window.len());
        while !self.window.is_char_boundary(visible) {
            visible = visible.saturating_sub(1);
        }
        self.visible = visible;
    }

    /// What the parser sees is used up, in the middle of an event.
    fn refill(&mut self) -> io::Result<()> {
        self.remember();
        if self.used >= self.allowed {
            self.overflow()?;
        }
        if self.injected.is_empty() && !self.ended {
            if self.at >= self.window.len() {
                self.next_window()?;
            }
            if self.window.is_empty() {
                self.close_at_end();
            }
        }
        self.show();
        Ok(())
    }

    pub(super) fn source(&self) -> &Transcoder<R> {
        self.source.text()
    }

    /// Whether the offset of every event is exact so far.
    pub(super) fn is_measured(&self) -> bool {
        !self.unmeasured
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
            if self.at >= self.window.len() {
                self.next_window()?;
            }
            let block = self.stretch(self.at, self.window.len());
            if block.is_empty() {
                self.truncated = true;
                break;
            }
            let found = memchr::memchr_iter(b'>', block).find(|at| {
                let previous = |back: usize| match at.checked_sub(back) {
                    Some(index) => block.get(index).copied(),
                    None => last
                        .get(2usize.saturating_add(*at).saturating_sub(back))
                        .copied(),
                };
                (before[0] == 0 || previous(2) == Some(before[0])) && previous(1) == Some(before[1])
            });
            let consumed = found.map_or(block.len(), |at| at.saturating_add(1));
            last = match block.get(..consumed) {
                Some([.., a, b]) => [*a, *b],
                Some([b]) => [last[1], *b],
                Some([]) | None => last,
            };
            self.at = self.at.saturating_add(consumed);
            if found.is_some() {
                break;
            }
        }
        self.event_at = self.at;
        self.injected = end;
        self.allowed = u64::MAX;
        Ok(())
    }

    /// Skips to the next `<`.
    fn skip_to_markup(&mut self) -> io::Result<()> {
        loop {
            if self.at >= self.window.len() {
                self.next_window()?;
            }
            let block = self.stretch(self.at, self.window.len());
            if block.is_empty() {
                break;
            }
            if let Some(at) = memchr::memchr(b'<', block) {
                self.at = self.at.saturating_add(at);
                break;
            }
            self.at = self.window.len();
        }
        // What was skipped is not part of the event that starts here.
        self.event_at = self.at;
        self.head_len = 0;
        self.used = 0;
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
        if self.at >= self.visible && self.injected.is_empty() && !self.ended {
            self.refill()?;
        }
        if !self.injected.is_empty() {
            return Ok(self.injected);
        }
        if self.ended {
            return Ok(&[]);
        }
        Ok(self.stretch(self.at, self.visible))
    }

    fn consume(&mut self, amount: usize) {
        if self.injected.is_empty() {
            self.at = self.at.saturating_add(amount).min(self.visible);
            return;
        }
        let taken = self.injected.get(..amount).unwrap_or(self.injected);
        for (slot, byte) in self.head.iter_mut().skip(self.head_len).zip(taken) {
            *slot = *byte;
            self.head_len = self.head_len.saturating_add(1);
        }
        self.injected = self.injected.get(amount..).unwrap_or_default();
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
