//! Where links stand in each document: one file a file type, the same floor plan in each.
//!
//! A reader works in two passes. `gather` goes once over every member and keeps what matters;
//! `resolve` turns what was gathered into [`Link`](crate::link::Link)s and reads no bytes.

mod access;
mod activemime;
mod base64;
mod excel;
pub(crate) mod ledger;
#[cfg(feature = "mail")]
mod mail;
#[cfg(feature = "mail")]
mod mhtml;
mod odf;
mod offer;
pub(crate) mod ole;
mod onenote;
pub(crate) mod ooxml;
mod pages;
mod properties;
mod relations;
mod slides;
mod strings;
mod visio;
pub(crate) mod word;

use std::collections::BTreeSet;

use crate::container::cfb::{Cfb, Damage, Stream, View};
use crate::container::opc::Opc;
use crate::identify::Format;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::location::Location;
use crate::markup::xml::{Name, Tag};
use crate::report::Properties;
use ledger::Ledger;

/// What the reader of a document gives besides what it writes into the ledger.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What the document says of itself.
    pub(crate) properties: Properties,
    /// Whether the budget of the whole analysis still holds.
    pub(crate) ended: Result<(), Exhausted>,
}

impl From<Result<(), Exhausted>> for Outcome {
    fn from(ended: Result<(), Exhausted>) -> Self {
        Outcome {
            properties: Properties::default(),
            ended,
        }
    }
}

/// Reads a document that stands in one run of bytes.
pub(crate) type Reader = fn(&[u8], &Location, &Budget<'_>, &mut Ledger<'_>) -> Outcome;

/// Who reads a document that stands in one run of bytes: all that are no containers, as far as a
/// reader exists.
const READERS: &[(Format, Reader)] = &[
    (Format::Access, access::read),
    (Format::ActiveMime, activemime::read),
    (Format::Base64, base64::read),
    (Format::DelimitedText, excel::read_delimited),
    (Format::Dif, excel::read_dif),
    (Format::Doc, word::doc::read_raw),
    (Format::Html, word::read_html),
    (Format::Html, excel::read_html),
    #[cfg(feature = "mail")]
    (Format::Icalendar, mail::read_calendar),
    (Format::Lotus, strings::read_lotus),
    #[cfg(feature = "mail")]
    (Format::Eml, mail::read_eml),
    #[cfg(feature = "mail")]
    (Format::Mhtml, mhtml::read),
    (Format::OneNote, onenote::read),
    #[cfg(feature = "mail")]
    (Format::Smime, mail::read_smime),
    (Format::QueryFile, excel::read_query),
    (Format::Rtf, word::read_rtf),
    (Format::Sylk, excel::read_sylk),
    #[cfg(feature = "mail")]
    (Format::Tnef, mail::read_tnef),
    #[cfg(feature = "mail")]
    (Format::Vcard, mail::read_calendar),
    (Format::Xls, excel::xls::read_raw),
];

/// The readers of a document that stands in one run of bytes; none for containers, and for what no
/// reader exists for. Where several programs open a format, each has a reader of its own.
pub(crate) fn readers_of(format: Format) -> impl Iterator<Item = Reader> {
    let readers = READERS.iter().filter(move |(read, _)| *read == format);
    readers.map(|(_, reader)| *reader)
}

/// Reads a document that stands in the streams of one storage of a compound file: these streams
/// (with `_VBA_PROJECT`, where there are macros), then where the compound file itself stands.
pub(crate) type StorageReader =
    fn(&Cfb<'_>, &[Stream], &Location, &Budget<'_>, &mut Ledger<'_>) -> Outcome;

/// Who reads a document that stands in a storage.
const STORAGE_READERS: &[(Format, StorageReader)] = &[
    (Format::Doc, word::doc::read_streams),
    #[cfg(feature = "mail")]
    (Format::Msg, mail::read_msg),
    (Format::OleOther, strings::read_streams),
    (Format::Ppt, slides::ppt::read_streams),
    (Format::Xls, excel::xls::read_streams),
];

/// The reader of a document that stands in a storage; `None` for what no reader exists for.
pub(crate) fn storage_reader_of(format: Format) -> Option<StorageReader> {
    let (_, reader) = STORAGE_READERS.iter().find(|(read, _)| *read == format)?;
    Some(*reader)
}

/// Searches what no stream of a compound file holds, or all of it: by what it turned out to be, and
/// what is missing of it.
pub(crate) fn read_remains(
    cfb: &Cfb<'_>,
    (format, damage): (Format, Option<Damage>),
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    // A compound file of nothing that is known may be a document with another name. The reader of
    // documents has searched what is left of one that it knows of.
    let lost = damage == Some(Damage::Directory) && format != Format::Doc;
    if format == Format::Other || lost {
        return search(&View::from(cfb.bytes()), location, budget, ledger).ended;
    }
    if !matches!(format, Format::Doc | Format::Xls) && damage.is_none() {
        return Ok(());
    }
    let view = match cfb.unused(budget) {
        Ok(view) => view,
        Err(cause) => {
            ledger.exhausted(cause, location.clone());
            return Ok(());
        }
    };
    let place = location.child("unused sectors");
    let found = search(&view, &place, budget, ledger);
    view.close(budget);
    found.ended
}

fn search(
    view: &View<'_>,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let word = word::doc::read_remains(view, location, budget, ledger);
    if word.ended.is_err() {
        return word;
    }
    excel::xls::read_remains(view, location, budget, ledger)
}

/// What a vocabulary is told of a part before it is read.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    /// Index of the member in its package.
    pub(crate) member: usize,
    /// The name of the part in its package (`word/document.xml`).
    pub(crate) name: &'a str,
    pub(crate) location: &'a Location,
    /// The type segment of the relationship that leads here (`worksheet`), lower case.
    pub(crate) relation: Option<&'a str>,
    /// Whether any relationship from the package root leads here.
    pub(crate) reachable: bool,
    /// What is odd about the member (zip anomalies).
    pub(crate) techniques: &'a [TechniqueId],
}

/// The markup of one application: gathers from the events of every part, resolves at the end.
///
/// `start`, `end` and `text` come in the order of the part. A part may be read a second time with
/// the lenient reader when its XML is broken (`salvage`): the same link found again is one link.
pub(crate) trait Vocabulary {
    fn begin_part(&mut self, part: &Part<'_>, salvage: bool);
    fn start(&mut self, tag: &Tag<'_>, budget: &Budget<'_>) -> Result<(), Exhausted>;
    fn end(&mut self, name: Name<'_>, budget: &Budget<'_>) -> Result<(), Exhausted>;
    fn text(&mut self, text: &str, referenced: bool, budget: &Budget<'_>) -> Result<(), Exhausted>;
    /// The part is over, read to its end or not; `techniques` are those of its encoding.
    fn end_part(&mut self, techniques: &[TechniqueId]);
    /// Turns what was gathered into links. Relationships that a link explains are added to
    /// `claimed` by their index; the others are reported by their type.
    fn resolve(
        &mut self,
        opc: &Opc,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
        claimed: &mut BTreeSet<usize>,
    );
}
