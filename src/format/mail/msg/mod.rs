//! Messages of Outlook, and their templates (`.msg`, `.oft`; [MS-OXMSG]; `spec/word.md` §5.1): each
//! body and each attachment is a document of its own.
//!
//! A storage is read by what its streams say, whether it is the message, an attachment or a message
//! that is attached. What an attachment keeps in storages of its own (OLE objects) is for the reader
//! of compound files.
//!
//! A field in the body of a message is as live as in a document: Outlook shows the body with Word
//! when it is opened or answered (`spec/word.md` §5).
//!
//! The files: `streams` (names and lists of properties), `named` (properties with names).
//!
//! # Malformed input
//!
//! The list of properties may be missing or lie: streams are read by their names. Where bodies or
//! texts stand there twice, each is read. The checksum of a compressed body is a technique where it
//! is wrong; an attachment by reference is one if it is said to be, or has a place and nothing says
//! what it is.
//!
//! # Lost
//!
//! Passwords that stand in a body that there is as RTF only, and the reminders of a message inside another document (`ObjectPool`).
//!
//! # Worst cases
//!
//! Linear in the streams and the bytes of those that are read; each pays for a part. What waits in
//! the queue holds sixteen bytes a run of its stream, paid for until the end of the analysis.

mod named;
mod streams;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::BTreeMap;

use super::mapi::{self, Property, STRING8, UNICODE};
use super::words::{self, Words};
use crate::container::cfb::{Cfb, Stream};
use crate::container::transfer::{Transfer, lzfu};
use crate::container::{Coding, Shortfall, Source};
use crate::format::ledger::{Child, Ledger, Provenance, Role};
use crate::format::{Outcome, offer, properties};
use crate::gap::{GapKind, SkipReason};
use crate::identify::{Disposition, Format, Sniffer};
use crate::limits::{Budget, Exhausted};
use crate::link::{Confidence, TechniqueId};
use crate::location::Location;
use crate::report::Properties;
use streams::{FIXED, Fixed, Tag};

/// Bytes of a text that names something: paths have at most 32,767 characters.
const TEXT: u64 = 64 << 10;
/// Bytes of a body that are looked at for passwords.
const BODY: u64 = 256 << 10;
/// Bytes of a list of properties: a row has sixteen, and a message some hundred.
const ROWS: u64 = 1 << 20;
/// Streams of one property in a storage that are read: there should be one.
const SAME: usize = 16;
/// Characters of a name or a label that are kept.
const NAME: usize = 200;
/// What is paid for looking at the sectors of a stream: a step for each mini sector.
const STEP: u64 = 64;
/// What a child in the queue costs besides its runs.
const CHILD: u64 = 1 << 10;

/// Reads the message, or the part of one, that these streams of one storage make.
pub(in crate::format) fn read_streams(
    cfb: &Cfb<'_>,
    streams: &[Stream],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let first = streams.first();
    let storage = first.and_then(|first| first.path.rsplit_once('/'));
    let storage = storage.map_or("", |(storage, _)| storage);
    let is_root = storage.is_empty() && first.is_some_and(|first| !first.orphan);
    let mut reading = Reading {
        cfb,
        file: location,
        place: streams::place(location, storage),
        budget,
        ledger,
        fixed: Fixed::default(),
        name: None,
        media_type: None,
        words: Words::default(),
        counts: BTreeMap::new(),
        attached: 0,
    };
    let mut properties = Properties::default();
    let mut ended = reading.storage(streams, &mut properties);
    reading.words.tell(reading.ledger);
    if is_root {
        ended = ended.and_then(|()| reading.reminders());
    }
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    Outcome { properties, ended }
}

/// One storage on its turn.
struct Reading<'r, 's> {
    cfb: &'r Cfb<'r>,
    /// Where the compound file stands.
    file: &'r Location,
    /// Where the storage does.
    place: Location,
    budget: &'r Budget<'r>,
    ledger: &'r mut Ledger<'s>,
    fixed: Fixed,
    /// What is attached is called so.
    name: Option<String>,
    media_type: Option<String>,
    /// Words that may be passwords of what is attached.
    words: Words,
    /// How many streams of each property there were.
    counts: BTreeMap<Property, usize>,
    /// How many children and links have the name of what is attached.
    attached: usize,
}

impl Reading<'_, '_> {
    fn storage(
        &mut self,
        streams: &[Stream],
        properties: &mut Properties,
    ) -> Result<(), Exhausted> {
        let name = |stream: &&Stream| {
            let name = stream.path.rsplit('/').next().unwrap_or_default();
            name.eq_ignore_ascii_case(FIXED)
        };
        for stream in streams.iter().filter(name).take(SAME) {
            let rows = self.bytes(stream, ROWS)?;
            self.fixed.read(&rows);
        }
        properties.created = self.fixed.time().and_then(properties::date);
        self.labels(streams, properties)?;
        self.counts.clear();
        // Those of the types that programs write come first: many others do not crowd them out.
        let usual = tagged(streams).filter(|(tag, _)| tag.is_usual());
        let others = tagged(streams).filter(|(tag, _)| !tag.is_usual());
        for (tag, stream) in usual.chain(others) {
            if stream.size == 0 {
                continue;
            }
            self.budget.check_stop()?;
            if !self.admits(tag) {
                continue;
            }
            match tag.property() {
                Some(Property::CompressedRtf) => self.rtf(stream)?,
                Some(Property::Html) => self.html(tag, stream)?,
                Some(Property::Body | Property::Subject) => self.named_in(tag, stream)?,
                Some(Property::AttachData) => self.attachment(stream)?,
                Some(Property::LongPath | Property::ShortPath) => self.reference(tag, stream)?,
                Some(_) | None => {}
            }
        }
        Ok(())
    }

    /// Whether a stream is one of the first of its property. Those of one that holds something are
    /// a gap when they are too many.
    fn admits(&mut self, tag: Tag) -> bool {
        let Some(property) = tag.property() else {
            return false;
        };
        let count = self.counts.entry(property).or_default();
        *count = count.saturating_add(1);
        let fits = *count <= SAME;
        let holds = matches!(
            property,
            Property::CompressedRtf
                | Property::Html
                | Property::AttachData
                | Property::LongPath
                | Property::ShortPath
        );
        if holds && !fits {
            let detail = "more streams of one property than are read";
            self.ledger.gap(GapKind::Limit, self.place.clone(), detail);
        }
        fits
    }

    /// Reads what things are called, each once.
    fn labels(&mut self, streams: &[Stream], properties: &mut Properties) -> Result<(), Exhausted> {
        // The name of an attachment, the best last.
        let names = [
            Property::DisplayName,
            Property::ShortName,
            Property::LongName,
        ];
        let (mut best, mut name, mut media_type) = (None, None, None);
        for (tag, stream) in tagged(streams) {
            let Some(property) = tag.property() else {
                continue;
            };
            let rank = names.iter().position(|name| *name == property);
            let label = if property == Property::MessageClass {
                &mut properties.class
            } else if property == Property::Sender {
                &mut properties.author
            } else if property == Property::MediaType {
                &mut media_type
            } else if rank.is_some() && rank > best {
                &mut name
            } else {
                continue;
            };
            if label.is_some() && rank.is_none() || !self.admits(tag) {
                continue;
            }
            let text = self.text(tag, stream, TEXT)?;
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                *label = Some(text.chars().take(NAME).collect());
                best = rank.or(best);
            }
        }
        self.name = name;
        self.media_type = media_type.map(|kind: String| kind.to_lowercase());
        Ok(())
    }

    /// The body as RTF.
    fn rtf(&mut self, stream: &Stream) -> Result<(), Exhausted> {
        let place = self.called(Property::CompressedRtf, "rtf-body");
        let Some(runs) = self.runs(stream, &place)? else {
            return Ok(());
        };
        let outcome = Cell::new(None);
        let stored = Source::scattered(runs.clone(), Coding::Stored);
        let head = lzfu::head(stored.open(self.cfb.bytes(), self.budget, &outcome));
        self.shortfall(outcome.take(), &place)?;
        let unsound = head.is_some_and(|head| !head.sound);
        let provenance = Provenance {
            techniques: unsound
                .then_some(TechniqueId::BadCrc)
                .into_iter()
                .chain(oddity(stream))
                .collect(),
            declared: Some(Format::Rtf),
            role: Role::Body,
            ..Provenance::default()
        };
        let source = Source::scattered(runs, Coding::Transfer(Transfer::Lzfu));
        self.ledger.child_by(
            Child {
                source,
                location: place,
            },
            provenance,
        );
        Ok(())
    }

    /// The body as HTML.
    fn html(&mut self, tag: Tag, stream: &Stream) -> Result<(), Exhausted> {
        let place = self.called(Property::Html, "html-body");
        let Some(runs) = self.runs(stream, &place)? else {
            return Ok(());
        };
        let pages = (self.fixed.internet_page, self.fixed.message_page);
        let charset = match tag.kind {
            UNICODE => Some("utf-16le"),
            STRING8 => pages.1.or(pages.0).and_then(mapi::charset),
            _ => pages.0.and_then(mapi::charset),
        };
        let start = self.bytes(stream, BODY)?;
        self.words.text(&words::of_page(&start, charset));
        let provenance = Provenance {
            techniques: Vec::from_iter(oddity(stream)),
            declared: Some(Format::Html),
            charset: charset.map(str::to_owned),
            role: Role::Body,
            ..Provenance::default()
        };
        let source = source(runs);
        self.ledger.child_by(
            Child {
                source,
                location: place,
            },
            provenance,
        );
        Ok(())
    }

    /// The body as plain text, or the subject: no program makes fields of it, but it may name a
    /// password.
    fn named_in(&mut self, tag: Tag, stream: &Stream) -> Result<(), Exhausted> {
        let Some(text) = self.text(tag, stream, BODY)? else {
            return Ok(());
        };
        if tag.property() == Some(Property::Subject) {
            self.words.subject(&text);
        } else {
            self.words.text(&text);
        }
        Ok(())
    }

    /// The bytes of an attachment.
    fn attachment(&mut self, stream: &Stream) -> Result<(), Exhausted> {
        let place = self.called_as_attached();
        let Some(runs) = self.runs(stream, &place)? else {
            return Ok(());
        };
        let source = source(runs);
        let outcome = Cell::new(None);
        let reader = source.open(self.cfb.bytes(), self.budget, &outcome);
        let sniffer = Sniffer::named(self.name.as_deref().unwrap_or_default());
        let could_be = offer::sniff(reader, sniffer, |_| ());
        let offered = offer::tell(could_be, &place, self.ledger, |identity, so_far, _| {
            let unknown = identity.disposition == Disposition::Opaque(SkipReason::Unknown);
            unknown && so_far.is_child
        });
        self.shortfall(outcome.take(), &place)?;
        if offered.is_child {
            let provenance = Provenance {
                techniques: Vec::from_iter(oddity(stream)),
                media_type: self.media_type.clone(),
                role: Role::Attachment,
                ..Provenance::default()
            };
            self.ledger.child_by(
                Child {
                    source,
                    location: place,
                },
                provenance,
            );
        }
        Ok(())
    }

    /// Where an attachment by reference stands. One that is said to be here may tell where it came
    /// from.
    fn reference(&mut self, tag: Tag, stream: &Stream) -> Result<(), Exhausted> {
        let methods = (0u32..).zip(self.fixed.methods);
        let said = methods.filter(|(_, said)| *said).map(|(method, _)| method);
        // By value, as a message, as an object.
        let is_here = said.clone().any(|method| matches!(method, 1 | 5 | 6));
        let is_reference = said.clone().any(mapi::is_reference);
        if is_here && !is_reference {
            return Ok(());
        }
        let Some(target) = self.text(tag, stream, TEXT)? else {
            return Ok(());
        };
        if target.trim().is_empty() {
            return Ok(());
        }
        let place = self.called_as_attached();
        let mut link = mapi::reference(&target, place);
        if let Some(technique) = oddity(stream) {
            link.add_technique(technique);
        }
        if !is_reference {
            link.confidence = Confidence::Medium;
        }
        self.ledger.link(link);
        Ok(())
    }

    /// The place of a body; those past the first carry an index.
    fn called(&self, property: Property, name: &str) -> Location {
        let count = self.counts.get(&property).copied().unwrap_or_default();
        numbered(&self.place, name, count)
    }

    /// The place of what is attached; where a storage holds several, those past the first carry an
    /// index.
    fn called_as_attached(&mut self) -> Location {
        self.attached = self.attached.saturating_add(1);
        match (self.name.as_deref(), self.attached) {
            (None, 1) => self.place.clone(),
            (None, count) => numbered(&self.place, "data", count),
            (Some(name), count) => numbered(&self.place, name, count),
        }
    }

    /// Where the bytes of a stream are, paid for; `None` where there is no room for that.
    fn runs(&mut self, stream: &Stream, place: &Location) -> Result<Option<Runs>, Exhausted> {
        let length = u64::try_from(self.cfb.bytes().len()).unwrap_or(u64::MAX);
        self.budget.charge_decoded(stream.size.min(length) / STEP)?;
        let runs = self.cfb.runs(stream);
        let count = u64::try_from(runs.len()).unwrap_or(u64::MAX);
        let cost = count.saturating_mul(16).saturating_add(CHILD);
        if let Err(cause) = self.budget.charge_live(cost) {
            self.ledger.exhausted(cause, place.clone());
            return Ok(None);
        }
        let there: usize = runs.iter().map(ExactSizeIterator::len).sum();
        if u64::try_from(there).unwrap_or(u64::MAX) < stream.size {
            let detail = "stream is shorter than its directory entry says";
            self.ledger.gap(GapKind::Damaged, place.clone(), detail);
        }
        Ok(Some(runs))
    }

    /// The start of a text; `None` where the type is none.
    fn text(&mut self, tag: Tag, stream: &Stream, max: u64) -> Result<Option<String>, Exhausted> {
        if !matches!(tag.kind, STRING8 | UNICODE) {
            return Ok(None);
        }
        let bytes = self.bytes(stream, max)?;
        let page = self.fixed.message_page.or(self.fixed.internet_page);
        Ok(Some(mapi::text(tag.kind, &bytes, page)))
    }

    /// The start of a stream that is small; what it holds is given back to the budget at once.
    fn bytes(&mut self, stream: &Stream, max: u64) -> Result<Vec<u8>, Exhausted> {
        let (bytes, shortfall) = self.cfb.read(stream, max, self.budget);
        let held = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.budget.release_live(held);
        // What is cut says so for the whole file.
        let shortfall = shortfall.filter(|why| !matches!(why, Shortfall::Damaged(_)));
        let place = self.place.clone();
        self.shortfall(shortfall, &place)?;
        Ok(bytes)
    }

    fn shortfall(
        &mut self,
        shortfall: Option<Shortfall>,
        place: &Location,
    ) -> Result<(), Exhausted> {
        match shortfall {
            Some(shortfall) => self.ledger.shortfall(shortfall, place),
            None => Ok(()),
        }
    }
}

/// A name with its number, which the first one needs not.
fn numbered(place: &Location, name: &str, count: usize) -> Location {
    if count > 1 {
        place.child(&format!("{name}#{count}"))
    } else {
        place.child(name)
    }
}

/// What is odd about a stream: no storage holds it.
fn oddity(stream: &Stream) -> Option<TechniqueId> {
    stream.orphan.then_some(TechniqueId::Unreachable)
}

/// Stretches of the file.
type Runs = Vec<std::ops::Range<usize>>;

/// The streams that hold properties.
fn tagged(streams: &[Stream]) -> impl Iterator<Item = (Tag, &Stream)> {
    let streams = streams.iter();
    streams.filter_map(|stream| Some((Tag::of(&stream.path)?, stream)))
}

/// Bytes in these stretches; one stretch needs no copy.
fn source(runs: Runs) -> Source {
    match runs.as_slice() {
        [run] => Source::stored(run.clone()),
        _ => Source::scattered(runs, Coding::Stored),
    }
}
