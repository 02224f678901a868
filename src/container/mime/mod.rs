//! MIME messages as the parts they are made of (RFC 2045, 2046, 2557): mail, and web pages in one
//! file.
//!
//! Headers are read by the `mail-parser` crate. Where parts begin and end is found here, in one
//! pass over the lines that holds no bodies: a part is a range of the message and how it is coded.
//!
//! # Malformed input
//!
//! Lines end in any of the three ways. Anything may stand in front of the first header. A header
//! block ends at an empty line or at a boundary; where a line in it is no header, the body may
//! begin there or behind the empty line, and both are believed. Boundaries are
//! compared without their case; all that a message names count, and where none is named the first
//! line that looks like one does. A part without an end ends with the message. Where a header
//! occurs twice and says two things, both are believed: programs differ in which one they take.
//! What stands around the parts of a multipart is a part when there is markup in it, when files
//! stand in it as text, and where a header of a part begins a paragraph; parts behind the end are
//! parts. Where the first header of MIME stands behind a message of its own, both
//! begin a message. In a file of a mailbox each mark begins one, which ends nothing that is open.
//! A message of which nothing can be made is left to [`salvage`].
//!
//! # Worst cases
//!
//! Linear in the bytes; memory is the parts, whose number the limit `mime-parts` bounds, and one
//! header block of at most [`HEADERS`] bytes.

pub(crate) mod blocks;
mod header;
mod lines;
pub(crate) mod salvage;

use std::collections::BTreeMap;
use std::ops::Range;

use super::Coding;
use super::transfer::Transfer;
use crate::limits::{Budget, Exhausted};
use header::Head;
use lines::Lines;

/// Bytes of one header block that are read (`spec/word.md` §9).
const HEADERS: usize = 1 << 20;
/// Bytes from the start in which the first header is looked for (`spec/word.md` §0.1).
const PREAMBLE: usize = 1 << 20;
/// Bytes of a boundary that are compared; RFC 2046 §5.1.1 allows 70.
const BOUNDARY: usize = 1 << 10;

/// Multiparts coded as a whole that are decoded: each is read to the end of the message.
const CODED: usize = 4;

/// The mark of UTF-8 in front of a text.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// One part that is no multipart itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its body, still coded.
    pub(crate) range: Range<usize>,
    /// How the body is coded; several where its headers contradict each other.
    pub(crate) codings: Vec<Coding>,
    /// The declared type, lower case (`image/jpeg`); empty when there is none.
    pub(crate) media_type: String,
    /// The last segment of the name or address of the part.
    pub(crate) name: Option<String>,
    /// The encoding of its text that its headers name, lower case.
    pub(crate) charset: Option<String>,
    /// Where its body is, when it is none itself (RFC 2046 §5.2.3).
    pub(crate) address: Option<String>,
    /// The headers give it a name to be saved under.
    pub(crate) is_named: bool,
    /// It is to be shown on demand only (RFC 2183 §2.2).
    pub(crate) is_attached: bool,
    /// Which message it is a part of.
    pub(crate) message: usize,
}

/// A message inside another; the first of all is the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Inner {
    /// Which message it is in.
    pub(crate) parent: Option<usize>,
    /// The name of the part that it is.
    pub(crate) name: Option<String>,
    pub(crate) subject: Option<String>,
    /// One of several in a file of a mailbox.
    pub(crate) is_entry: bool,
    /// A part of a message that was sent in pieces (RFC 2046 §5.2.2).
    pub(crate) is_fragment: bool,
}

/// What a message is made of.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) parts: Vec<Part>,
    /// The messages that the parts belong to; a parent stands in front of its children. Never empty.
    pub(crate) messages: Vec<Inner>,
    /// Bytes in front of the first header.
    pub(crate) preamble: usize,
    /// Something that should have parts has none.
    pub(crate) broken: bool,
    /// The crate that reads headers panicked.
    pub(crate) panicked: bool,
    /// Why the rest was not looked at.
    pub(crate) exhausted: Option<Exhausted>,
}

/// What the present line belongs to.
enum Place {
    /// Headers that began there.
    Headers(usize),
    /// Where the body begins, and what its headers say; twice where that is not sure.
    Body(Vec<(usize, Head)>),
    /// In front of the first part of a multipart, or behind its last.
    Between(usize),
}

/// A multipart that is open.
struct Open {
    boundaries: Vec<Vec<u8>>,
    /// It names no boundary: the first line that looks like one is it.
    adopts: bool,
    empty: bool,
    /// What says nothing else is a message (RFC 2046 §5.1.5).
    is_digest: bool,
    /// Which message it is in.
    message: usize,
}

/// Splits a message into its parts.
pub(crate) fn read(data: &[u8], budget: &Budget<'_>) -> Message {
    let Start {
        at: start,
        mime,
        is_mailbox,
    } = beginning(data);
    let bare = data.get(start..).unwrap_or_default();
    let bare = bare.trim_ascii_start().starts_with(b"--");
    let mut walk = Walk {
        data,
        budget,
        message: Message {
            preamble: mime,
            messages: vec![Inner::default()],
            ..Message::default()
        },
        open: Vec::new(),
        levels: BTreeMap::new(),
        coded: 0,
        looked: 0,
        place: Place::Headers(start),
        again: (mime > start).then_some(mime),
        is_mailbox,
        current: 0,
        digested: false,
    };
    if is_mailbox {
        walk.enter(Inner {
            is_entry: true,
            ..Inner::default()
        });
    }
    if bare {
        // The body of a multipart without its headers.
        walk.open(Vec::new(), false);
        walk.place = Place::Between(start);
    }
    if let Err(cause) = walk.run(start) {
        walk.message.exhausted = Some(cause);
    }
    walk.message.broken |= walk.open.iter().any(|open| open.empty);
    walk.message
}

/// Where a message begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Start {
    /// Its first header.
    at: usize,
    /// The first of the headers among which the first one of MIME stands.
    mime: usize,
    is_mailbox: bool,
}

/// Looks for the first headers.
fn beginning(data: &[u8]) -> Start {
    let head = data.get(..data.len().min(PREAMBLE)).unwrap_or_default();
    let blank = |byte: &&u8| byte.is_ascii_whitespace();
    let mark = if head.starts_with(BOM) { BOM.len() } else { 0 };
    let front = head.get(mark..).unwrap_or_default();
    let first = mark.saturating_add(front.iter().take_while(blank).count());
    let text = |line: &lines::Line| head.get(line.start..line.end).unwrap_or_default();
    let mut top = Lines::new(head, first).take(2);
    let is_mailbox = head
        .get(first..)
        .is_some_and(|rest| rest.starts_with(b"From "));
    // One line of something else may stand in front.
    let own = top.find(|line| lines::is_header(text(line)));
    let own = own.map(|line| line.start);
    // Or the parts themselves begin.
    let rest = head.get(first..).unwrap_or_default();
    let own = own.filter(|_| !rest.starts_with(b"--"));
    let own = own.or(rest.starts_with(b"--").then_some(first));
    // The start of the header lines that come one after the other, up to the present line.
    let mut block = None;
    let mut mime = None;
    for line in Lines::new(head, mark) {
        let text = text(&line);
        if lines::is_mime_header(text) {
            mime = Some(block.unwrap_or(line.start));
            break;
        }
        if lines::is_header(text) {
            block.get_or_insert(line.start);
        } else if !(block.is_some() && lines::is_folded(text)) {
            block = None;
        }
    }
    let mime = mime.or(own).unwrap_or(mark);
    Start {
        at: own.filter(|own| *own < mime).unwrap_or(mime),
        mime,
        is_mailbox,
    }
}

/// Whether signs stand in base64 that are letters of one alphabet (RFC 4648 §5) and noise in the
/// other.
fn is_url_safe(body: &[u8]) -> bool {
    memchr::memchr2(b'-', b'_', body).is_some()
}

struct Walk<'a> {
    data: &'a [u8],
    budget: &'a Budget<'a>,
    message: Message,
    open: Vec<Open>,
    /// The open multiparts that a boundary belongs to: of several the last one opened, until it
    /// says that it ends.
    levels: BTreeMap<Vec<u8>, Vec<usize>>,
    place: Place,
    /// Multiparts that are coded as a whole.
    coded: usize,
    /// The end of the lines that were looked at ahead.
    looked: usize,
    /// Where headers begin, whatever stands in front.
    again: Option<usize>,
    /// The bytes begin like a mailbox: each mark begins a message.
    is_mailbox: bool,
    /// The message that the present line belongs to.
    current: usize,
    /// The headers are those of a part that is a message when it says nothing else.
    digested: bool,
}

impl Walk<'_> {
    fn run(&mut self, start: usize) -> Result<(), Exhausted> {
        let data = self.data;
        self.budget.charge_mime_part()?;
        let mut behind_blank = false;
        for line in Lines::new(data, start) {
            let text = data.get(line.start..line.end).unwrap_or_default();
            let is_behind_blank = std::mem::replace(&mut behind_blank, text.is_empty());
            if self.again == Some(line.start) {
                self.finish(line.before);
                self.place = Place::Headers(line.start);
            }
            if self.is_mailbox && is_behind_blank && self.is_mark(text, line.next) {
                self.budget.charge_mime_part()?;
                self.finish(line.before);
                self.place = Place::Headers(line.next);
                self.current = 0;
                self.enter(Inner {
                    is_entry: true,
                    ..Inner::default()
                });
                continue;
            }
            if let Some((level, closes, shared)) = self.boundary(text) {
                self.finish(line.before);
                self.close_above(level);
                if closes && shared {
                    // What follows is of the multipart around it.
                    self.close_above(level.wrapping_sub(1));
                }
                if closes {
                    // What stands behind it may be a part.
                    self.budget.charge_mime_part()?;
                    // It stays open: programs differ in whether parts may follow.
                    self.place = Place::Between(line.next);
                } else {
                    self.budget.charge_mime_part()?;
                    if let Some(open) = self.open.last_mut() {
                        open.empty = false;
                        self.digested = open.is_digest;
                    }
                    self.place = Place::Headers(line.next);
                }
                continue;
            }
            if let Place::Between(from) = self.place
                && line.start >= from
                && (is_behind_blank || line.start == from)
                && lines::is_content_header(text)
            {
                // A part that no boundary begins.
                self.budget.charge_mime_part()?;
                self.finish(line.before);
                self.place = Place::Headers(line.start);
            }
            let Place::Headers(from) = self.place else {
                continue;
            };
            if line.start < from {
                continue;
            }
            let blank = text.trim_ascii().is_empty();
            let continues = lines::is_header(text) || line.start > from && lines::is_folded(text);
            let long = line.start.saturating_sub(from) > HEADERS;
            if !blank && continues && !long {
                continue;
            }
            let headers = from..line.start;
            if !blank {
                let other = self.blank_behind(from, line.start).filter(|_| !long);
                self.begin_body(headers, line.start, other)?;
            } else if headers.is_empty() && self.headers_at(line.next) {
                let other = self.blank_behind(line.next, line.next);
                self.begin_body(headers, line.next, other)?;
            } else {
                self.begin_body(headers, line.next, None)?;
            }
        }
        // What a multipart without parts has is left to be salvaged.
        let is_empty = self.open.last().is_some_and(|open| open.empty);
        match self.place {
            Place::Between(start) if is_empty => self.around(start..data.len()),
            Place::Headers(_) if is_empty => {}
            Place::Headers(_) | Place::Body(_) | Place::Between(_) => self.finish(data.len()),
        }
        Ok(())
    }

    /// Whether a line is the mark in front of a message of a mailbox (RFC 4155): a header follows.
    fn is_mark(&self, line: &[u8], next: usize) -> bool {
        let next = Lines::new(self.data, next).next();
        line.starts_with(b"From ")
            && next.is_some_and(|next| {
                let text = self.data.get(next.start..next.end).unwrap_or_default();
                lines::is_header(text)
            })
    }

    /// A message begins inside the present one.
    fn enter(&mut self, inner: Inner) {
        let parent = Some(self.current);
        self.current = self.message.messages.len();
        self.message.messages.push(Inner { parent, ..inner });
    }

    /// A multipart begins.
    fn open(&mut self, boundaries: Vec<Vec<u8>>, is_digest: bool) {
        self.open.push(Open {
            adopts: boundaries.is_empty(),
            boundaries,
            empty: true,
            is_digest,
            message: self.current,
        });
    }

    /// The headers from `from` on, when they go on behind a line that is none, at `at`, to the
    /// next empty line; and where that ends.
    fn blank_behind(&mut self, from: usize, at: usize) -> Option<(Range<usize>, usize)> {
        // Each line is looked at once, however often messages begin among them.
        if at < self.looked {
            return None;
        }
        for line in Lines::new(self.data, at) {
            self.looked = line.next;
            let text = self.data.get(line.start..line.end).unwrap_or_default();
            if text.starts_with(b"--") || line.start.saturating_sub(from) > HEADERS {
                return None;
            }
            if text.trim_ascii().is_empty() {
                return Some((from..line.start, line.next));
            }
        }
        None
    }

    /// Whether a header of a part stands there.
    fn headers_at(&self, at: usize) -> bool {
        let line = Lines::new(self.data, at).next();
        line.is_some_and(|line| {
            let text = self.data.get(line.start..line.end).unwrap_or_default();
            lines::is_content_header(text)
        })
    }

    /// The headers of a part are over, and its body begins; `other` is another reading of both.
    fn begin_body(
        &mut self,
        headers: Range<usize>,
        body: usize,
        other: Option<(Range<usize>, usize)>,
    ) -> Result<(), Exhausted> {
        let mut readings: Vec<(usize, Head)> = Vec::new();
        for (headers, body) in std::iter::once((headers, body)).chain(other) {
            let head = header::read(self.data.get(headers).unwrap_or_default());
            self.message.panicked |= head.panicked;
            readings.push((body, head));
        }
        let digested = std::mem::take(&mut self.digested);
        for (_, head) in &mut readings {
            head.is_message |= digested && head.media_type.is_empty();
            if let Some(inner) = self.message.messages.get_mut(self.current)
                && inner.subject.is_none()
            {
                inner.subject = head.subject.take();
            }
        }
        let structure = readings
            .iter()
            .position(|(_, head)| head.is_multipart || head.is_message);
        let Some((body, head)) = structure.map(|place| readings.swap_remove(place)) else {
            self.place = Place::Body(readings);
            return Ok(());
        };
        if head.is_multipart {
            let level = self.open.len();
            for boundary in &head.boundaries {
                self.levels.entry(boundary.clone()).or_default().push(level);
            }
            self.open(head.boundaries.clone(), head.is_digest);
            self.place = Place::Between(body);
            // A multipart may not be coded (RFC 2045 §6.4); some programs decode it.
            if head.codings != [Coding::Stored] && self.coded < CODED {
                self.coded = self.coded.saturating_add(1);
                let whole = head.part(body..self.data.len());
                self.add(whole);
            }
        } else if head.codings == [Coding::Stored] {
            self.budget.charge_mime_part()?;
            self.enter(Inner {
                name: head.name.clone(),
                is_fragment: head.is_fragment,
                ..Inner::default()
            });
            self.place = Place::Headers(body);
        } else {
            self.place = Place::Body(vec![(body, head)]);
        }
        Ok(())
    }

    /// Which open multipart a line is a boundary of, whether it closes it, and whether another one
    /// has the same.
    fn boundary(&mut self, line: &[u8]) -> Option<(usize, bool, bool)> {
        let rest = line.strip_prefix(b"--")?.trim_ascii_end();
        if rest.len() > BOUNDARY.saturating_add(2) {
            return None;
        }
        let rest = rest.to_ascii_lowercase();
        let named = |name: &[u8]| {
            let levels = self.levels.get(name)?;
            Some((*levels.last()?, levels.len() > 1))
        };
        if let Some((level, shared)) = named(&rest) {
            return Some((level, false, shared));
        }
        if let Some((level, shared)) = rest.strip_suffix(b"--").and_then(named) {
            return Some((level, true, shared));
        }
        let level = self.open.len().checked_sub(1)?;
        let open = self.open.get_mut(level)?;
        if open.adopts && !rest.is_empty() {
            open.adopts = false;
            open.boundaries.push(rest.clone());
            self.levels.entry(rest).or_default().push(level);
            return Some((level, false, false));
        }
        None
    }

    /// What is open inside the multipart `level` is over; `usize::MAX` stands for all.
    fn close_above(&mut self, level: usize) {
        if let Some(open) = self.open.get(level) {
            self.current = open.message;
        }
        let keep = level.wrapping_add(1);
        while self.open.len() > keep {
            let Some(open) = self.open.pop() else { break };
            self.message.broken |= open.empty;
            let own = self.open.len();
            for boundary in open.boundaries {
                if let Some(levels) = self.levels.get_mut(&boundary) {
                    levels.retain(|level| *level != own);
                    if levels.is_empty() {
                        self.levels.remove(&boundary);
                    }
                }
            }
        }
    }

    /// The part that is open, if any, ends at `end`.
    fn finish(&mut self, end: usize) {
        let place = std::mem::replace(&mut self.place, Place::Between(end));
        let mut readings = match place {
            Place::Body(readings) => readings,
            // Headers and nothing else: what looks like headers may be all there is.
            Place::Headers(start) => vec![(start, Head::unknown())],
            Place::Between(start) => {
                self.around(start..end);
                let text = self.data.get(start..end).unwrap_or_default();
                if memchr::memchr(b'<', text).is_none() {
                    return;
                }
                let mut head = Head::unknown();
                head.media_type.push_str("text/html");
                vec![(start, head)]
            }
        };
        // Without base64 the longer of two bodies has all of the shorter.
        let base64 = Coding::Transfer(Transfer::Base64);
        if let [(_, first), (_, second)] = &*readings
            && first.codings == second.codings
            && !first.codings.contains(&base64)
        {
            if let [(_, first), (_, second)] = &mut *readings {
                std::mem::swap(first, second);
            }
            readings.truncate(1);
        }
        for (start, mut head) in readings {
            if start >= end {
                continue;
            }
            let body = self.data.get(start..end).unwrap_or_default();
            if head.codings.contains(&base64) {
                if memchr::memchr(b'<', body).is_some() && !head.codings.contains(&Coding::Stored) {
                    head.codings.push(Coding::Stored);
                }
                // Letters in front of the text would be read with it.
                let junk = salvage::junk_before(body);
                if junk > 0 {
                    let mut part = head.part(start.saturating_add(junk)..end);
                    part.codings = vec![base64.clone()];
                    self.add(part);
                }
                if is_url_safe(body) {
                    head.codings.push(Coding::Transfer(Transfer::Base64Strict));
                }
            } else if head.codings == [Coding::Stored] && salvage::is_coded_document(body) {
                head.codings.push(base64.clone());
            }
            self.add(head.part(start..end));
        }
    }

    /// Files that stand as text around the parts, which programs that know no MIME show.
    fn around(&mut self, range: Range<usize>) {
        let mut look = blocks::Look::default();
        look.feed(self.data.get(range.clone()).unwrap_or_default());
        look.finish();
        if look.found {
            self.add(Head::unknown().part(range));
        }
    }

    /// Keeps a part of the present message.
    fn add(&mut self, part: Part) {
        self.message.parts.push(Part {
            message: self.current,
            ..part
        });
    }
}

#[cfg(test)]
mod tests;
