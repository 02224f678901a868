//! OLE objects (`spec/word.md` §3.4, §3.6): links of OLE 1 are links, what is embedded is a
//! document of its own.
//!
//! # Malformed input
//!
//! The version may be any number, lengths are cut at what is there. Behind a header that makes no
//! sense the beginning of a document is looked for. Where programs differ in which digits count,
//! both readings are made; so they are where the data of one object stands in several groups.
//!
//! # Worst cases
//!
//! The data of an object is decoded once or twice here, once more for each of up to eight objects
//! around it that have data in several groups, and once more as a document; each time it is paid
//! for.

use std::cell::Cell;
use std::io::BufRead as _;
use std::ops::Range;

use memchr::memmem;

use super::Reader;
use super::state::{Dest, Ends};
use crate::container::transfer::Transfer;
use crate::container::{Coding, MemberReader, Source};
use crate::format::ledger::Child;
use crate::format::ole::native::{self, Native};
use crate::format::ole::ole1::{self, Header};
use crate::format::ole::shortcut::{self, Shortcut};
use crate::format::word::links::Placed;
use crate::gap::SkipReason;
use crate::identify::{self, Identity};
use crate::limits::{Exhausted, Limit};
use crate::link::{Carrier, Kind, Link, Reading, Trigger};
use crate::location::Location;

/// Objects inside objects.
const OBJECTS: usize = 1 << 10;
/// Decoded bytes in which a header and the names of a package are looked for.
const HEAD: usize = 256 << 10;
/// Bytes at the start of documents.
const STARTS: [&[u8]; 3] = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"{\\rt"];
/// The longest of them.
const LONGEST_START: usize = 8;
/// Pieces of data of one object that wait for what else it says of itself.
const PIECES: usize = 16;
/// Data inside data: each is one more reading of what stands inside.
const DATA: usize = 4;
/// Objects inside objects whose pieces are read together, too: each is one more reading of what
/// stands inside.
const JOINED: usize = 8;

/// An object whose group is open.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) linked: bool,
    /// It is updated when the document is opened.
    pub(super) auto: bool,
    pub(super) class: String,
    pieces: Vec<Piece>,
}

/// Data of an object, whose group is over.
#[derive(Clone, Debug)]
struct Piece {
    range: Range<usize>,
    nested: bool,
    location: Location,
}

/// The data of an object, whose group is open.
#[derive(Debug)]
pub(super) struct Data {
    start: usize,
    pub(super) depth: u32,
    /// Digits stand in groups inside.
    pub(super) nested: bool,
    /// There are digits.
    pub(super) digits: bool,
}

/// What the data of an object is.
enum Found {
    Link(Header),
    /// A package, the names behind its file, and where its file begins.
    Package(Native, Vec<String>, usize, Option<Shortcut>),
    /// Documents from these decoded bytes on.
    Embedded(Vec<usize>),
    Nothing,
}

impl Reader<'_, '_> {
    pub(super) fn begin_object(&mut self) -> Result<(), Exhausted> {
        self.flush()?;
        if self.objects.len() < OBJECTS {
            if self.ends_with_group(Ends::OBJECT) {
                self.objects.push(Object::default());
            }
        } else {
            // What it says of itself is lost, its data is not.
            self.fall_short(Limit::Parts);
        }
        Ok(())
    }

    pub(super) fn mark_object(&mut self, mark: impl FnOnce(&mut Object)) {
        if let Some(object) = self.objects.last_mut() {
            mark(object);
        }
    }

    pub(super) fn begin_data(&mut self) -> Result<(), Exhausted> {
        self.flush()?;
        // Data that begins where other data does is the same.
        let new = self
            .data_open
            .last()
            .is_none_or(|data| data.digits && self.data_open.len() < DATA);
        if new && self.ends_with_group(Ends::DATA) {
            self.groups.change(self.budget).dest = Dest::Object;
            self.data_open.push(Data {
                start: self.tokens.position(),
                depth: self.groups.depth(),
                nested: false,
                digits: false,
            });
        }
        Ok(())
    }

    pub(super) fn end_data(&mut self, end: usize) -> Result<(), Exhausted> {
        let Some(data) = self.data_open.pop() else {
            return Ok(());
        };
        self.object_count = self.object_count.saturating_add(1);
        let location = self
            .location
            .child(&format!("object {}", self.object_count));
        let piece = Piece {
            range: data.start..end,
            nested: data.nested,
            location,
        };
        // What it is and when it is updated may stand behind its data.
        match self.objects.last_mut() {
            Some(object) if object.pieces.len() < PIECES => {
                object.pieces.push(piece);
                Ok(())
            }
            Some(_) | None => self.piece(&piece),
        }
    }

    /// The group of an object is over.
    pub(super) fn end_object(&mut self) -> Result<(), Exhausted> {
        let Some(object) = self.objects.last_mut() else {
            return Ok(());
        };
        let pieces = std::mem::take(&mut object.pieces);
        let mut ended = Ok(());
        for piece in &pieces {
            ended = ended.and_then(|()| self.piece(piece));
        }
        if let [first, .., last] = pieces.as_slice()
            && self.objects.len() <= JOINED
            && pieces.is_sorted_by(|one, next| one.range.end <= next.range.start)
        {
            // Some programs may go on where they stopped.
            let whole = first.range.start..last.range.end;
            ended = ended.and_then(|()| self.object_data(whole, true, &first.location));
        }
        self.objects.pop();
        ended
    }

    fn piece(&mut self, piece: &Piece) -> Result<(), Exhausted> {
        self.object_data(piece.range.clone(), true, &piece.location)?;
        if piece.nested {
            self.object_data(piece.range.clone(), false, &piece.location)?;
        }
        Ok(())
    }

    /// One reading of the data of an object: with the digits of the groups inside or without.
    fn object_data(
        &mut self,
        range: Range<usize>,
        nested: bool,
        location: &Location,
    ) -> Result<(), Exhausted> {
        let source = |skip| Source {
            range: range.clone(),
            coding: Coding::Transfer(Transfer::RtfHex { skip, nested }),
            checksums: None,
        };
        let outcome = Cell::new(None);
        let found = {
            let whole = source(0);
            let mut reader = whole.open(self.data, self.budget, &outcome);
            let mut head = Vec::new();
            while head.len() < HEAD {
                let block = reader.fill_buf().unwrap_or_default();
                let length = block.len();
                head.extend_from_slice(block);
                reader.consume(length);
                if length == 0 {
                    break;
                }
            }
            match self.header(&head, &mut reader) {
                _ if head.is_empty() => Found::Nothing,
                Some(found) => found,
                None => match search(head, &mut reader) {
                    Some(at) => Found::Embedded(vec![at]),
                    None => Found::Nothing,
                },
            }
        };
        if let Some(shortfall) = outcome.take() {
            self.ledger.shortfall(shortfall, location)?;
        }
        let mut documents = Vec::new();
        match found {
            Found::Link(header) => self.object_link(range.start, &header),
            Found::Package(package, wide, at, shortcut) => {
                let place = self.location.clone().with_offset(super::place(range.start));
                let runs = self.ledger.programs();
                if let Some(link) = package.link(&wide, place.clone(), runs) {
                    self.object_at(range.start, link);
                }
                if let Some(shortcut) = shortcut {
                    let runs = package.names().any(runs);
                    self.object_at(range.start, shortcut.link(place, runs));
                }
                if !package.linked {
                    documents.push(at);
                }
            }
            Found::Embedded(all) => documents = all,
            Found::Nothing => self.ledger.skip(location.clone(), SkipReason::Unknown),
        }
        for at in documents {
            let child = Child {
                source: source(super::place(at)),
                location: location.clone(),
            };
            self.children.push((range.start, child));
        }
        Ok(())
    }

    /// What stands behind the header of OLE 1 ([MS-OLEDS] 2.2.4 to 2.2.6).
    fn header(&self, head: &[u8], reader: &mut MemberReader<'_>) -> Option<Found> {
        let decode = |text: &[u8]| {
            let mut out = String::new();
            self.page.decode(text, &mut out);
            out
        };
        let mut header = Header::read(head, &decode)?;
        if header.format_id == ole1::LINKED {
            if header.class.is_empty()
                && let Some(object) = self.objects.last()
            {
                header.class.clone_from(&object.class);
            }
            let says_something = !(header.class.is_empty() && header.topic.is_empty());
            return says_something.then_some(Found::Link(header));
        }
        if header.format_id != ole1::EMBEDDED {
            return None;
        }
        let at = header.native.start;
        let data = head.get(at..)?;
        if let Some(package) = Native::read(data, usize::MAX) {
            let whole = if header.native.end < head.len() {
                header.native.end
            } else {
                usize::MAX
            };
            let end = at.saturating_add(package.file.end);
            let tail = end..end.saturating_add(native::TAIL).min(whole).max(end);
            let wide = native::wide_names(&tail_of(head, reader, tail));
            let file = at.saturating_add(package.file.start);
            let inside = head.get(file.min(head.len())..end.min(head.len()));
            let shortcut = shortcut::read(inside.filter(|_| !package.linked).unwrap_or_default());
            return Some(Found::Package(package, wide, file, shortcut));
        }
        let mut starts = vec![at];
        if identify::identify(data).iter().all(Identity::is_vague)
            && let Some(start) = start_in(data)
        {
            starts.push(at.saturating_add(start));
        }
        Some(Found::Embedded(starts))
    }

    /// A link of OLE 1, which is one of DDE.
    fn object_link(&mut self, at: usize, header: &Header) {
        let Header {
            class, topic, item, ..
        } = header;
        let auto = self.objects.last().is_some_and(|object| object.auto);
        let kind = if auto { Kind::DdeAuto } else { Kind::Dde };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut raw = format!("{class}|{topic}");
        if !item.is_empty() {
            raw.push('!');
            raw.push_str(item);
        }
        let location = self.location.clone().with_offset(super::place(at));
        let mut link = Link::new(kind, Carrier::Ole1Link, location, raw.as_str());
        link.trigger = if auto { Trigger::Open } else { Trigger::Update };
        link.prog_id = some(class);
        link.readings.push(Reading {
            service: some(class),
            topic: some(topic),
            item: some(item),
            resolved: raw,
        });
        self.object_at(at, link);
    }

    fn object_at(&mut self, at: usize, link: Link) {
        let placed = Placed {
            part: super::BODY,
            offset: super::place(at),
            link,
        };
        if let Some(link) = self.document.place_link(placed, self.budget) {
            self.ledger.link(link);
        }
    }
}

/// Decoded bytes behind what was read already, or at its end.
fn tail_of(head: &[u8], reader: &mut MemberReader<'_>, wanted: Range<usize>) -> Vec<u8> {
    let mut tail = Vec::new();
    let mut add = |from: usize, block: &[u8]| {
        let start = wanted.start.saturating_sub(from).min(block.len());
        let end = wanted.end.saturating_sub(from).min(block.len());
        tail.extend_from_slice(block.get(start..end).unwrap_or_default());
    };
    add(0, head);
    let mut at = head.len();
    while at < wanted.end {
        let block = reader.fill_buf().unwrap_or_default();
        let length = block.len();
        if length == 0 {
            break;
        }
        add(at, block);
        at = at.saturating_add(length);
        reader.consume(length);
    }
    tail
}

/// Where the first document begins.
fn start_in(data: &[u8]) -> Option<usize> {
    STARTS
        .iter()
        .filter_map(|start| memmem::find(data, start))
        .min()
}

/// Where in the decoded bytes a document begins; `head` was read already.
fn search(mut window: Vec<u8>, reader: &mut MemberReader<'_>) -> Option<usize> {
    let mut before = 0usize;
    loop {
        if let Some(at) = start_in(&window) {
            return Some(before.saturating_add(at));
        }
        // A start may lie across two blocks.
        let done = window.len().saturating_sub(LONGEST_START);
        before = before.saturating_add(done);
        window.drain(..done);
        let block = reader.fill_buf().unwrap_or_default();
        let length = block.len();
        window.extend_from_slice(block);
        reader.consume(length);
        if length == 0 {
            return None;
        }
    }
}
