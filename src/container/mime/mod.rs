//! MIME messages as the parts they are made of (RFC 2045, 2046, 2557): mail, and web pages in one
//! file.
//!
//! Headers are read by the `mail-parser` crate. Where parts begin and end is found here, in one
//! pass over the lines that holds no bodies: a part is a range of the message and how it is coded.
//!
//! # Malformed input
//!
//! Lines end in any of the three ways. Anything may stand in front of the first header. A header
//! block ends at an empty line, at a line that is no header, or at a boundary. Boundaries are
//! compared without their case; all that a message names count, and where none is named the first
//! line that looks like one does. A part without an end ends with the message. Where a header
//! occurs twice and says two things, both are believed: programs differ in which one they take.
//! A message of which nothing can be made is left to [`salvage`].
//!
//! # Worst cases
//!
//! Linear in the bytes; memory is the parts, whose number the limit `mime-parts` bounds, and one
//! header block of at most [`HEADERS`] bytes.

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

/// One part that is no multipart itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its body, still coded.
    pub(crate) range: Range<usize>,
    /// How the body is coded; several where its headers contradict each other.
    pub(crate) codings: Vec<Coding>,
    /// The declared type, lower case (`image/jpeg`); empty when there is none.
    pub(crate) media_type: String,
    /// The last segment of the name or address of the part.
    pub(crate) name: Option<String>,
}

/// What a message is made of.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) parts: Vec<Part>,
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
    Body(usize, Head),
    /// In front of the first part of a multipart, or behind its last.
    Between,
}

/// A multipart that is open.
struct Open {
    boundaries: Vec<Vec<u8>>,
    /// It names no boundary: the first line that looks like one is it.
    adopts: bool,
    empty: bool,
}

/// Splits a message into its parts.
pub(crate) fn read(data: &[u8], budget: &Budget<'_>) -> Message {
    let start = beginning(data);
    let mut walk = Walk {
        data,
        budget,
        message: Message {
            preamble: start,
            ..Message::default()
        },
        open: Vec::new(),
        levels: BTreeMap::new(),
        place: Place::Headers(start),
    };
    if let Err(cause) = walk.run(start) {
        walk.message.exhausted = Some(cause);
    }
    walk.message.broken |= walk.open.iter().any(|open| open.empty);
    walk.message
}

/// Where the first header stands that is one of MIME, with those in front of it.
fn beginning(data: &[u8]) -> usize {
    let head = data.get(..data.len().min(PREAMBLE)).unwrap_or_default();
    // The start of the header lines that come one after the other, up to the present line.
    let mut block = None;
    for line in Lines::new(head, 0) {
        let text = head.get(line.start..line.end).unwrap_or_default();
        if lines::is_mime_header(text) {
            return block.unwrap_or(line.start);
        }
        if lines::is_header(text) {
            block.get_or_insert(line.start);
        } else if !(block.is_some() && lines::is_folded(text)) {
            block = None;
        }
    }
    0
}

struct Walk<'a> {
    data: &'a [u8],
    budget: &'a Budget<'a>,
    message: Message,
    open: Vec<Open>,
    /// The open multipart that a boundary belongs to.
    levels: BTreeMap<Vec<u8>, usize>,
    place: Place,
}

impl Walk<'_> {
    fn run(&mut self, start: usize) -> Result<(), Exhausted> {
        let data = self.data;
        self.budget.charge_mime_part()?;
        for line in Lines::new(data, start) {
            let text = data.get(line.start..line.end).unwrap_or_default();
            if let Some((level, closes)) = self.boundary(text) {
                self.finish(line.before);
                self.close_above(level);
                if closes {
                    self.close_above(level.wrapping_sub(1));
                    self.place = Place::Between;
                } else {
                    self.budget.charge_mime_part()?;
                    if let Some(open) = self.open.last_mut() {
                        open.empty = false;
                    }
                    self.place = Place::Headers(line.next);
                }
                continue;
            }
            let Place::Headers(from) = self.place else {
                continue;
            };
            let blank = text.trim_ascii().is_empty();
            let continues = lines::is_header(text) || line.start > from && lines::is_folded(text);
            let long = line.start.saturating_sub(from) > HEADERS;
            if !blank && continues && !long {
                continue;
            }
            let body = if blank { line.next } else { line.start };
            self.begin_body(from..line.start, body)?;
        }
        self.finish(data.len());
        Ok(())
    }

    /// The headers of a part are over.
    fn begin_body(&mut self, headers: Range<usize>, body: usize) -> Result<(), Exhausted> {
        let block = self.data.get(headers).unwrap_or_default();
        let head = header::read(block);
        self.message.panicked |= head.panicked;
        if head.is_multipart {
            let level = self.open.len();
            for boundary in &head.boundaries {
                // Of multiparts with the same boundary the outermost has all parts.
                self.levels.entry(boundary.clone()).or_insert(level);
            }
            self.open.push(Open {
                adopts: head.boundaries.is_empty(),
                boundaries: head.boundaries,
                empty: true,
            });
            self.place = Place::Between;
        } else if head.is_message && head.codings == [Coding::Stored] {
            self.budget.charge_mime_part()?;
            self.place = Place::Headers(body);
        } else {
            self.place = Place::Body(body, head);
        }
        Ok(())
    }

    /// Which open multipart a line is a boundary of, and whether it closes it.
    fn boundary(&mut self, line: &[u8]) -> Option<(usize, bool)> {
        let rest = line.strip_prefix(b"--")?.trim_ascii_end();
        if rest.len() > BOUNDARY.saturating_add(2) {
            return None;
        }
        let rest = rest.to_ascii_lowercase();
        if let Some(level) = self.levels.get(&rest) {
            return Some((*level, false));
        }
        if let Some(level) = rest
            .strip_suffix(b"--")
            .and_then(|name| self.levels.get(name))
        {
            return Some((*level, true));
        }
        let level = self.open.len().checked_sub(1)?;
        let open = self.open.get_mut(level)?;
        if open.adopts && !rest.is_empty() {
            open.adopts = false;
            open.boundaries.push(rest.clone());
            self.levels.insert(rest, level);
            return Some((level, false));
        }
        None
    }

    /// What is open inside the multipart `level` is over; `usize::MAX` stands for all.
    fn close_above(&mut self, level: usize) {
        let keep = level.wrapping_add(1);
        while self.open.len() > keep {
            let Some(open) = self.open.pop() else { break };
            self.message.broken |= open.empty;
            let own = self.open.len();
            for boundary in open.boundaries {
                if self.levels.get(&boundary) == Some(&own) {
                    self.levels.remove(&boundary);
                }
            }
        }
    }

    /// The part that is open, if any, ends at `end`.
    fn finish(&mut self, end: usize) {
        let (start, head) = match std::mem::replace(&mut self.place, Place::Between) {
            Place::Body(start, head) => (start, head),
            // Headers and nothing else: what looks like headers may be all there is.
            Place::Headers(start) => (start, Head::unknown()),
            Place::Between => return,
        };
        if start >= end {
            return;
        }
        let range = start..end;
        let mut codings = head.codings;
        let body = self.data.get(range.clone()).unwrap_or_default();
        if codings == [Coding::Stored] && salvage::is_coded_document(body) {
            codings.push(Coding::Transfer(Transfer::Base64));
        }
        self.message.parts.push(Part {
            range,
            codings,
            media_type: head.media_type,
            name: head.name,
        });
    }
}

#[cfg(test)]
mod tests;
