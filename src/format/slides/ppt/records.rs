//! The records of a presentation, one after the other ([MS-PPT] 2.3.1).
//!
//! A record is a header of eight bytes (version and instance, type, length) and its body; a
//! container (version 0xF) has records in its body.
//!
//! # Malformed input
//!
//! A record that is longer than the container around it is cut there. The rest of that container
//! then is no longer in step: it is searched for headers of the records that matter. A record that
//! is longer than the stream is said ([`Records::is_cut`]). Fewer than eight bytes at the end of a
//! container are padding.
//!
//! # Worst cases
//!
//! Every step moves ahead: a record takes eight bytes at least, a search one. Nothing recurses;
//! the ends of [`DEPTH`] containers are remembered, those deeper are entered all the same.

use std::ops::Range;

use crate::container::cfb::View;

/// Types of records ([MS-PPT] 2.13.24).
pub(super) mod kind {
    pub(in super::super) const DOCUMENT: u16 = 0x03e8;
    pub(in super::super) const C_STRING: u16 = 0x0fba;
    pub(in super::super) const EX_OLE_EMBED: u16 = 0x0fcc;
    pub(in super::super) const EX_OLE_LINK: u16 = 0x0fce;
    pub(in super::super) const EX_OLE_LINK_ATOM: u16 = 0x0fd1;
    pub(in super::super) const EX_HYPERLINK_ATOM: u16 = 0x0fd3;
    pub(in super::super) const EX_HYPERLINK: u16 = 0x0fd7;
    pub(in super::super) const EX_CONTROL: u16 = 0x0fee;
    pub(in super::super) const INTERACTIVE_INFO: u16 = 0x0ff2;
    pub(in super::super) const INTERACTIVE_INFO_ATOM: u16 = 0x0ff3;
    pub(in super::super) const EX_VIDEO: u16 = 0x1005;
    pub(in super::super) const EX_MIDI_AUDIO: u16 = 0x100d;
    pub(in super::super) const EX_WAV_AUDIO_LINK: u16 = 0x1010;
    pub(in super::super) const EX_OLE_OBJ_STG: u16 = 0x1011;
    /// Records in a container that does not say that it is one.
    pub(in super::super) const BINARY_TAG_DATA: u16 = 0x138b;
    /// Properties of a shape ([MS-ODRAW] 2.2.9 and following).
    pub(in super::super) const SHAPE_OPTIONS: u16 = 0xf00b;
    pub(in super::super) const MORE_OPTIONS: u16 = 0xf121;
    pub(in super::super) const LAST_OPTIONS: u16 = 0xf122;
    pub(in super::super) const TIME_COMMAND: u16 = 0xf132;
    pub(in super::super) const TIME_COMMAND_ATOM: u16 = 0xf13b;
}

/// Containers whose ends are remembered; programs nest about ten.
const DEPTH: usize = 64;
/// Bytes of a header.
const HEADER: usize = 8;
/// The version of a container.
const CONTAINER: u16 = 0xf;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) kind: u16,
    pub(super) instance: u16,
    /// Where its header is in the stream.
    pub(super) at: usize,
    /// Its body, as far as there is one.
    pub(super) body: Range<usize>,
}

/// The walk.
pub(super) struct Records<'v> {
    view: &'v View<'v>,
    at: usize,
    /// What is entered: the stream, then containers.
    around: Vec<Around>,
    cut: bool,
}

struct Around {
    end: usize,
    /// A record in it was too long: what comes is searched.
    astray: bool,
}

impl<'v> Records<'v> {
    pub(super) fn new(view: &'v View<'v>) -> Self {
        Records {
            view,
            at: 0,
            around: vec![Around {
                end: view.length(),
                astray: false,
            }],
            cut: false,
        }
    }

    /// Whether a record is longer than the stream.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The header at `at`, with where the record says that it ends.
    fn header(&self, at: usize) -> Option<(Record, usize, bool)> {
        let [a, b, c, d, e, f, g, h] = self.view.array(at)?;
        let version = u16::from_le_bytes([a, b]);
        let length = usize::try_from(u32::from_le_bytes([e, f, g, h])).unwrap_or(usize::MAX);
        let start = at.saturating_add(HEADER);
        let end = start.saturating_add(length);
        let record = Record {
            kind: u16::from_le_bytes([c, d]),
            instance: version >> 4,
            at,
            body: start..end,
        };
        let is_container = version & CONTAINER == CONTAINER || record.kind == kind::BINARY_TAG_DATA;
        Some((record, end, is_container))
    }

    /// The next header of a record that matters, from `at` on and as a whole before `end`.
    fn search(&self, from: usize, end: usize) -> Option<usize> {
        let mut at = from;
        let mut last = 0u8;
        while at < end {
            let chunk = self.view.chunk(at);
            let chunk = chunk.get(..chunk.len().min(end.saturating_sub(at)))?;
            if chunk.is_empty() {
                return None;
            }
            for (index, byte) in chunk.iter().enumerate() {
                let found = at.saturating_add(index).checked_sub(3);
                if let Some(start) = found.filter(|start| *start >= from)
                    && matters(u16::from_le_bytes([last, *byte]))
                    && self.fits(start, end)
                {
                    return Some(start);
                }
                last = *byte;
            }
            at = at.saturating_add(chunk.len());
        }
        None
    }

    /// Whether the header at `at` is a plausible one of a record that matters.
    fn fits(&self, at: usize, limit: usize) -> bool {
        let Some((record, end, is_container)) = self.header(at) else {
            return false;
        };
        let atom = matches!(
            record.kind,
            kind::EX_OLE_OBJ_STG | kind::INTERACTIVE_INFO_ATOM
        );
        end <= limit && !record.body.is_empty() && atom != is_container && record.instance <= 1
    }
}

/// Whether records of this type are searched for where the walk is out of step.
fn matters(kind: u16) -> bool {
    matches!(
        kind,
        kind::EX_HYPERLINK
            | kind::EX_OLE_LINK
            | kind::EX_OLE_OBJ_STG
            | kind::INTERACTIVE_INFO
            | kind::INTERACTIVE_INFO_ATOM
            | kind::TIME_COMMAND
    )
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            while self.around.len() > 1
                && self
                    .around
                    .last()
                    .is_some_and(|around| self.at >= around.end)
            {
                self.around.pop();
            }
            let depth = self.around.len();
            let around = self.around.last_mut()?;
            let limit = around.end;
            if around.astray {
                let found = self.search(self.at, limit);
                self.at = found.unwrap_or(limit);
            }
            if limit.saturating_sub(self.at) < HEADER {
                if depth == 1 {
                    return None;
                }
                self.at = limit;
                continue;
            }
            let (mut record, end, is_container) = self.header(self.at)?;
            if end > limit {
                record.body.end = limit;
                self.cut |= depth == 1;
                if !is_container && let Some(around) = self.around.last_mut() {
                    around.astray = true;
                    self.at = record.body.start;
                    return Some(record);
                }
            }
            self.at = if is_container {
                record.body.start
            } else {
                record.body.end
            };
            if is_container && depth < DEPTH {
                self.around.push(Around {
                    end: record.body.end,
                    astray: false,
                });
            }
            return Some(record);
        }
    }
}
