//! OLE objects (`spec/word.md` §3.4, §3.6): links of OLE 1 are links, what is embedded is a
//! document of its own.
//!
//! # Malformed input
//!
//! The version may be any number, lengths are cut at what is there. Behind a header that makes no
//! sense the beginning of a document is looked for. Where programs differ in which digits count,
//! both readings are made.
//!
//! # Worst cases
//!
//! The data of an object is decoded once or twice here and once more as a document; each time it
//! is paid for.

use std::cell::Cell;
use std::io::BufRead as _;
use std::ops::Range;

use memchr::memmem;

use super::Reader;
use super::state::{Dest, Ends};
use crate::bytes::Bytes;
use crate::container::transfer::Transfer;
use crate::container::{Coding, Source};
use crate::format::ledger::Child;
use crate::gap::SkipReason;
use crate::limits::{Exhausted, Limit};
use crate::link::{Carrier, Kind, Link, Reading, Trigger};
use crate::location::Location;

/// Objects inside objects.
const OBJECTS: usize = 1 << 10;
/// Decoded bytes in which a header is looked for.
const HEAD: usize = 64 << 10;
/// The class name of an object that is a file ([MS-OLEDS] 2.2.4).
const PACKAGE: &str = "Package";
/// Bytes at the start of documents.
const STARTS: [&[u8]; 3] = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"{\\rt"];
/// The longest of them.
const LONGEST_START: usize = 8;
/// Extensions of what Windows runs when it is opened.
const PROGRAMS: &[&str] = &[
    "application",
    "appref-ms",
    "bat",
    "chm",
    "cmd",
    "com",
    "cpl",
    "exe",
    "hta",
    "jar",
    "js",
    "jse",
    "lnk",
    "msc",
    "msi",
    "msp",
    "mst",
    "pif",
    "ps1",
    "psc1",
    "reg",
    "scf",
    "scr",
    "sct",
    "settingcontent-ms",
    "shb",
    "shs",
    "url",
    "vb",
    "vbe",
    "vbs",
    "ws",
    "wsc",
    "wsf",
    "wsh",
];

/// An object whose group is open.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) linked: bool,
    /// It is updated when the document is opened.
    pub(super) auto: bool,
    pub(super) class: String,
}

/// The data of an object, whose group is open.
#[derive(Debug)]
pub(super) struct Data {
    start: usize,
    pub(super) depth: u32,
    /// Digits stand in groups inside.
    pub(super) nested: bool,
}

/// What the data of an object is.
enum Found {
    Link {
        class: String,
        topic: String,
        item: String,
    },
    /// A document from this decoded byte on, and the names that a package gives it.
    Embedded {
        at: usize,
        names: Vec<String>,
    },
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
        if self.data_open.is_none() && self.ends_with_group(Ends::DATA) {
            self.groups.change(self.budget).dest = Dest::Object;
            self.data_open = Some(Data {
                start: self.tokens.position(),
                depth: self.groups.depth(),
                nested: false,
            });
        }
        Ok(())
    }

    pub(super) fn end_data(&mut self, end: usize) -> Result<(), Exhausted> {
        let Some(data) = self.data_open.take() else {
            return Ok(());
        };
        self.object_count = self.object_count.saturating_add(1);
        let location = self
            .location
            .child(&format!("object {}", self.object_count));
        self.object_data(data.start..end, true, &location)?;
        if data.nested {
            self.object_data(data.start..end, false, &location)?;
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
            let nothing = head.is_empty();
            match self.header(&head) {
                _ if nothing => Found::Nothing,
                Some(found) => found,
                None => match search(head, &mut reader) {
                    Some(at) => Found::Embedded {
                        at,
                        names: Vec::new(),
                    },
                    None => Found::Nothing,
                },
            }
        };
        if let Some(shortfall) = outcome.take() {
            self.ledger.shortfall(shortfall, location)?;
        }
        match found {
            Found::Link { class, topic, item } => {
                self.object_link(range.start, &class, &topic, &item);
            }
            Found::Embedded { at, names } => {
                for name in names.iter().filter(|name| runs(name)).take(1) {
                    self.package_link(range.start, name);
                }
                self.ledger.child(Child {
                    source: source(super::place(at)),
                    location: location.clone(),
                });
            }
            Found::Nothing => self.ledger.skip(location.clone(), SkipReason::Unknown),
        }
        Ok(())
    }

    /// The header of OLE 1 ([MS-OLEDS] 2.2.4 to 2.2.6).
    fn header(&self, head: &[u8]) -> Option<Found> {
        let mut bytes = Bytes::new(head);
        let _version = bytes.u32()?;
        let format = bytes.u32()?;
        let class = self.string(&mut bytes)?;
        let topic = self.string(&mut bytes).unwrap_or_default();
        let item = self.string(&mut bytes).unwrap_or_default();
        match format {
            1 => {
                let own = self.objects.last().map(|object| object.class.clone());
                let class = Some(class).filter(|class| !class.is_empty()).or(own);
                Some(Found::Link {
                    class: class.filter(|class| !class.is_empty())?,
                    topic,
                    item,
                })
            }
            2 => {
                let _size = bytes.u32()?;
                let at = head.len().saturating_sub(bytes.rest().len());
                let mut names = Vec::new();
                let mut inner = at;
                if class.eq_ignore_ascii_case(PACKAGE)
                    && let Some(length) = self.package(bytes.rest(), &mut names)
                {
                    inner = at.saturating_add(length);
                }
                Some(Found::Embedded { at: inner, names })
            }
            _ => None,
        }
    }

    /// A string behind its length; the length may be more than there is.
    fn string(&self, bytes: &mut Bytes<'_>) -> Option<String> {
        let length = usize::try_from(bytes.u32()?).unwrap_or(usize::MAX);
        let text = bytes.take(length.min(bytes.rest().len()))?;
        Some(self.decoded(text))
    }

    fn decoded(&self, text: &[u8]) -> String {
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        let mut out = String::new();
        self.page.decode(text, &mut out);
        out
    }

    /// The file in a package: where it begins, and what it is called.
    fn package(&self, bytes: &[u8], names: &mut Vec<String>) -> Option<usize> {
        let all = bytes.len();
        let mut bytes = Bytes::new(bytes);
        let mut text = |bytes: &mut Bytes<'_>| {
            let length = bytes.rest().iter().position(|byte| *byte == 0)?;
            let name = bytes.take(length)?;
            bytes.skip(1)?;
            names.push(self.decoded(name));
            Some(())
        };
        bytes.u16()?;
        text(&mut bytes)?;
        text(&mut bytes)?;
        bytes.skip(4)?;
        let length = usize::try_from(bytes.u32()?).ok()?;
        let name = bytes.take(length)?;
        names.push(self.decoded(name));
        let _size = bytes.u32()?;
        Some(all.saturating_sub(bytes.rest().len()))
    }

    /// A link of OLE 1, which is one of DDE.
    fn object_link(&mut self, at: usize, class: &str, topic: &str, item: &str) {
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
        self.ledger.link(link);
    }

    /// A package whose file is a program: a click starts it.
    fn package_link(&mut self, at: usize, name: &str) {
        let location = self.location.clone().with_offset(super::place(at));
        let mut link = Link::new(Kind::Execute, Carrier::OlePackage, location, name);
        link.trigger = Trigger::Click;
        link.target = Some(name.to_owned());
        link.prog_id = Some(PACKAGE.to_owned());
        self.ledger.link(link);
    }
}

/// Where in the decoded bytes a document begins; `head` was read already.
fn search(mut window: Vec<u8>, reader: &mut crate::container::MemberReader<'_>) -> Option<usize> {
    let mut before = 0usize;
    loop {
        let first = STARTS
            .iter()
            .filter_map(|start| memmem::find(&window, start))
            .min();
        if let Some(at) = first {
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

fn runs(name: &str) -> bool {
    let extension = name.trim_end_matches(['.', ' ']).rsplit_once('.');
    extension.is_some_and(|(_, extension)| {
        PROGRAMS
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}
