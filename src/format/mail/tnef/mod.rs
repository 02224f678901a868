//! Outlook's own container for what mail cannot carry (`winmail.dat`; [MS-OXTNEF],
//! `spec/word.md` §5.4): the body as compressed RTF or HTML, and the attachments.
//!
//! # Malformed input
//!
//! A wrong checksum is a technique on what stands in the attribute. A length that is longer than
//! what is left ends there, and is a gap. Where no attribute begins, the next one of a known kind is
//! looked for; what stands behind the last is nothing. Names and types of properties count, not what
//! they belong to.
//!
//! # Worst cases
//!
//! Linear in the bytes, which are paid for once. What is handed on pays for a part. Of attachments
//! one at a time is remembered.

mod properties;

use std::cell::Cell;
use std::ops::Range;

use super::attachment::Holder;
use super::mapi::{self, BINARY, OBJECT, Property, SOUND, STRING8, UNICODE};
use super::words::{self, Words};
use crate::bytes::Bytes;
use crate::container::transfer::{Transfer, lzfu};
use crate::container::{Coding, Source, cfb};
use crate::format::Outcome;
use crate::format::ledger::{Ledger, Provenance, Role};
use crate::gap::GapKind;
use crate::identify::Format;
use crate::limits::{Budget, Exhausted};
use crate::link::{Confidence, TechniqueId};
use crate::location::Location;
use properties::{Value, Values};

/// The signature and the key ([MS-OXTNEF] 2.1.1).
const HEADER: usize = 6;
/// The signature alone.
const SIGNATURE: &[u8] = b"\x78\x9f\x3e\x22";
/// Level, name, type and length of an attribute.
const HEAD: usize = 9;
/// Bytes of a name that are decoded.
const NAME: usize = 4 << 10;
/// Bytes of a body that are searched for passwords.
const TEXT: usize = 64 << 10;
/// Bytes of a path that are decoded; Windows allows 32,767 characters.
const PATH: usize = 64 << 10;
/// `IID_IMessage`: an object that is a message ([MS-OXTNEF] 2.1.3.4).
const MESSAGE: &[u8] = b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";

/// Attributes that count ([MS-OXTNEF] 2.1.1.2).
const SUBJECT: u16 = 0x8004;
const BODY: u16 = 0x800c;
const ATTACH_DATA: u16 = 0x800f;
const ATTACH_TITLE: u16 = 0x8010;
const TRANSPORT_NAME: u16 = 0x9001;
const REND_DATA: u16 = 0x9002;
const PROPERTIES: u16 = 0x9003;
const ATTACHMENT: u16 = 0x9005;
const OEM_PAGE: u16 = 0x9007;

/// Names and types of all attributes ([MS-OXTNEF] 2.1.1.2), as they stand in the file: where one of
/// these stands, an attribute may begin.
const KNOWN: &[[u8; 4]] = &[
    [0x00, 0x00, 0x06, 0x00],
    [0x01, 0x00, 0x06, 0x00],
    [0x02, 0x00, 0x06, 0x00],
    [0x06, 0x00, 0x03, 0x00],
    [0x06, 0x00, 0x07, 0x00],
    [0x07, 0x00, 0x03, 0x00],
    [0x08, 0x00, 0x04, 0x00],
    [0x09, 0x00, 0x04, 0x00],
    [0x00, 0x80, 0x00, 0x00],
    [0x04, 0x80, 0x01, 0x00],
    [0x05, 0x80, 0x03, 0x00],
    [0x06, 0x80, 0x03, 0x00],
    [0x07, 0x80, 0x06, 0x00],
    [0x08, 0x80, 0x07, 0x00],
    [0x09, 0x80, 0x01, 0x00],
    [0x0a, 0x80, 0x01, 0x00],
    [0x0b, 0x80, 0x01, 0x00],
    [0x0c, 0x80, 0x02, 0x00],
    [0x0d, 0x80, 0x04, 0x00],
    [0x0f, 0x80, 0x06, 0x00],
    [0x10, 0x80, 0x01, 0x00],
    [0x11, 0x80, 0x06, 0x00],
    [0x12, 0x80, 0x03, 0x00],
    [0x13, 0x80, 0x03, 0x00],
    [0x20, 0x80, 0x03, 0x00],
    [0x01, 0x90, 0x06, 0x00],
    [0x02, 0x90, 0x06, 0x00],
    [0x03, 0x90, 0x06, 0x00],
    [0x04, 0x90, 0x06, 0x00],
    [0x05, 0x90, 0x06, 0x00],
    [0x06, 0x90, 0x08, 0x00],
    [0x07, 0x90, 0x06, 0x00],
];

/// Reads a container.
pub(in crate::format) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut reader = Reader {
        holder: Holder::new(data, location, budget, ledger),
        page: None,
        words: Words::default(),
        attachment: Attachment::default(),
        damage: None,
    };
    let mut ended = reader.walk();
    if ended.is_ok() {
        ended = reader.end_attachment();
    }
    reader.words.tell(reader.holder.ledger);
    if let Some(damage) = reader.damage {
        ledger.gap(GapKind::Damaged, location.clone(), damage);
    }
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    Outcome::from(ended)
}

/// Bytes of an attribute, and what is odd about them.
#[derive(Clone, Debug)]
struct Piece {
    range: Range<usize>,
    /// Its checksum is wrong.
    bad: bool,
}

impl Piece {
    fn provenance(&self) -> Provenance {
        Provenance {
            techniques: Vec::from_iter(self.bad.then_some(TechniqueId::BadCrc)),
            ..Provenance::default()
        }
    }
}

/// The attachment whose attributes come.
#[derive(Default)]
struct Attachment {
    title: Option<String>,
    transport: Option<String>,
    data: Option<Piece>,
    properties: Option<Piece>,
}

struct Reader<'a, 's> {
    holder: Holder<'a, 's>,
    /// The code page of texts.
    page: Option<u32>,
    /// Words that may be passwords.
    words: Words,
    attachment: Attachment,
    /// What is missing.
    damage: Option<&'static str>,
}

impl Reader<'_, '_> {
    fn walk(&mut self) -> Result<(), Exhausted> {
        let data = self.holder.data;
        let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
        self.holder.budget.charge_decoded(length)?;
        let mut at = HEADER;
        while let Some(start) = self.attribute_from(at) {
            self.holder.budget.check_stop()?;
            let Some(mut head) = Bytes::at(data, start.saturating_add(1)) else {
                break;
            };
            let (Some(name), Some(_kind), Some(length)) = (head.u16(), head.u16(), head.u32())
            else {
                break;
            };
            let first = start.saturating_add(HEAD);
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let end = first.saturating_add(length);
            if end > data.len() {
                self.damage = Some("an attribute is cut off");
            }
            let range = first..end.min(data.len());
            let content = data.get(range.clone()).unwrap_or_default();
            let expected = Bytes::at(data, end).and_then(|mut rest| rest.u16());
            let bad = expected.is_some_and(|expected| expected != checksum(content));
            self.attribute(name, Piece { range, bad })?;
            at = end.saturating_add(2);
        }
        Ok(())
    }

    /// Where the next attribute begins, at `at` or behind it.
    fn attribute_from(&mut self, at: usize) -> Option<usize> {
        let rest = self.holder.data.get(at..)?;
        rest.get(HEAD.checked_sub(1)?)?;
        if matches!(rest.first(), Some(1 | 2)) {
            return Some(at);
        }
        let begins = |window: &[u8]| match window {
            [1 | 2, a, b, c, d] => KNOWN.contains(&[*a, *b, *c, *d]),
            _ => false,
        };
        let behind = rest.windows(5).position(begins)?;
        self.damage = Some("bytes between the attributes");
        Some(at.saturating_add(behind))
    }

    fn attribute(&mut self, name: u16, piece: Piece) -> Result<(), Exhausted> {
        let content = self.holder.data.get(piece.range.clone());
        let content = content.unwrap_or_default();
        match name {
            OEM_PAGE => self.page = Bytes::new(content).u32(),
            SUBJECT => self.words.subject(&self.text(STRING8, content, NAME)),
            BODY => self.words.text(&self.text(STRING8, content, TEXT)),
            PROPERTIES => self.message(&piece)?,
            REND_DATA => self.end_attachment()?,
            ATTACH_TITLE => self.attachment.title = Some(self.text(STRING8, content, NAME)),
            TRANSPORT_NAME => {
                self.attachment.transport = Some(self.text(STRING8, content, NAME));
            }
            ATTACH_DATA => {
                if self.attachment.data.is_some() {
                    self.end_attachment()?;
                }
                self.attachment.data = Some(piece);
            }
            ATTACHMENT => {
                if self.attachment.properties.is_some() {
                    self.end_attachment()?;
                }
                self.attachment.properties = Some(piece);
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&self, kind: u16, bytes: &[u8], most: usize) -> String {
        let bytes = bytes.get(..bytes.len().min(most)).unwrap_or_default();
        mapi::text(kind, bytes, self.page)
    }

    /// The properties of the message.
    fn message(&mut self, piece: &Piece) -> Result<(), Exhausted> {
        let data = self.holder.data;
        let mut internet = None;
        let mut values = Values::new(data, &piece.range);
        while let Some(value) = values.next() {
            match Property::numbered(value.id) {
                Some(Property::InternetPage) => internet = values.number(&value),
                Some(Property::MessagePage) => self.page = values.number(&value).or(self.page),
                _ => {}
            }
        }
        if values.is_damaged() {
            self.damage = Some("properties of the message are cut off");
        }
        for value in Values::new(data, &piece.range) {
            if value.name == Some(SOUND) && matches!(value.kind, STRING8 | UNICODE) {
                self.reminder(&value)?;
                continue;
            }
            match (Property::numbered(value.id), value.kind) {
                (Some(Property::CompressedRtf), _) => self.rich_text(value.range, piece)?,
                (Some(Property::Html), kind) => {
                    let page = match kind {
                        UNICODE => Some(1200),
                        STRING8 => self.page,
                        _ => internet,
                    };
                    self.page_body(value.range, page, piece)?;
                }
                (Some(Property::Body), kind @ (STRING8 | UNICODE)) => {
                    let bytes = data.get(value.range).unwrap_or_default();
                    self.words.text(&self.text(kind, bytes, TEXT));
                }
                (Some(Property::Subject), kind @ (STRING8 | UNICODE)) => {
                    let bytes = data.get(value.range).unwrap_or_default();
                    self.words.subject(&self.text(kind, bytes, NAME));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The sound of a reminder.
    fn reminder(&mut self, value: &Value) -> Result<(), Exhausted> {
        let bytes = self.holder.data.get(value.range.clone());
        let target = self.text(value.kind, bytes.unwrap_or_default(), PATH);
        if let Some(link) = mapi::reminder(&target, self.holder.location.clone()) {
            self.holder.budget.charge_field()?;
            self.holder.ledger.link(link);
        }
        Ok(())
    }

    /// The body as compressed RTF.
    fn rich_text(&mut self, range: Range<usize>, piece: &Piece) -> Result<(), Exhausted> {
        let mut provenance = piece.provenance();
        provenance.role = Role::Body;
        let location = self.holder.place("rtf-body");
        let outcome = Cell::new(None);
        let coded = Source::stored(range.clone());
        let head = lzfu::head(coded.open(self.holder.data, self.holder.budget, &outcome));
        if let Some(shortfall) = outcome.take() {
            self.holder.ledger.shortfall(shortfall, &location)?;
        }
        if head.is_some_and(|head| !head.sound) {
            provenance.techniques.push(TechniqueId::BadCrc);
        }
        let source = Source {
            range,
            coding: Coding::Transfer(Transfer::Lzfu),
            checksums: None,
        };
        self.holder.offer(source, location, provenance)
    }

    /// The body as HTML.
    fn page_body(
        &mut self,
        range: Range<usize>,
        page: Option<u32>,
        piece: &Piece,
    ) -> Result<(), Exhausted> {
        let provenance = Provenance {
            declared: Some(Format::Html),
            charset: page.and_then(mapi::charset).map(str::to_owned),
            media_type: Some("text/html".to_owned()),
            role: Role::Body,
            ..piece.provenance()
        };
        let start = self.holder.data.get(range.clone()).unwrap_or_default();
        let start = start.get(..start.len().min(TEXT)).unwrap_or_default();
        self.words
            .text(&words::of_page(start, provenance.charset.as_deref()));
        let location = self.holder.place("html-body");
        self.holder
            .offer(Source::stored(range), location, provenance)
    }

    /// No more comes of the attachment.
    fn end_attachment(&mut self) -> Result<(), Exhausted> {
        let attachment = std::mem::take(&mut self.attachment);
        let data = self.holder.data;
        let mut names = Names::default();
        let mut media_type = None;
        let mut method = 0;
        if let Some(piece) = &attachment.properties {
            let mut values = Values::new(data, &piece.range);
            while let Some(value) = values.next() {
                let Some(property) = Property::numbered(value.id) else {
                    continue;
                };
                let bytes = data.get(value.range.clone()).unwrap_or_default();
                let text = |most| {
                    matches!(value.kind, STRING8 | UNICODE)
                        .then(|| self.text(value.kind, bytes, most))
                };
                match property {
                    Property::LongName => names.long = text(NAME),
                    Property::ShortName => names.short = text(NAME),
                    Property::DisplayName => names.display = text(NAME),
                    Property::LongPath => names.long_path = text(PATH),
                    Property::ShortPath => names.short_path = text(PATH),
                    Property::MediaType => media_type = text(NAME),
                    Property::AttachMethod => method = values.number(&value).unwrap_or(0),
                    Property::AttachData
                    | Property::MessageClass
                    | Property::Subject
                    | Property::Sender
                    | Property::Body
                    | Property::Html
                    | Property::CompressedRtf
                    | Property::InternetPage
                    | Property::MessagePage => {}
                }
            }
            if values.is_damaged() {
                self.damage = Some("properties of an attachment are cut off");
            }
        }
        let all = [
            &names.long,
            &attachment.transport,
            &attachment.title,
            &names.short,
            &names.display,
        ];
        let name = all
            .into_iter()
            .flatten()
            .find(|name| !name.trim().is_empty());
        let name = name.map_or("attachment", String::as_str);
        let media_type = media_type.map(|media_type| media_type.to_ascii_lowercase());
        let paths = [&names.long_path, &names.short_path];
        let path = paths.into_iter().flatten().find(|path| !path.is_empty());
        // By value, as a message, as an object: then the path tells where it came from.
        if !matches!(method, 1 | 5 | 6)
            && let Some(path) = path
        {
            self.holder.budget.charge_field()?;
            let location = self.holder.place(name);
            let mut link = mapi::reference(path, location);
            if !mapi::is_reference(method) {
                link.confidence = Confidence::Medium;
            }
            self.holder.ledger.link(link);
        }
        let stored = |range| Source::stored(range);
        if let Some(piece) = attachment.data {
            let provenance = Provenance {
                media_type: media_type.clone(),
                role: Role::Attachment,
                ..piece.provenance()
            };
            let location = self.holder.place(name);
            self.holder
                .offer(stored(piece.range), location, provenance)?;
        }
        let Some(piece) = attachment.properties else {
            return Ok(());
        };
        for value in Values::new(data, &piece.range) {
            if Property::numbered(value.id) != Some(Property::AttachData) {
                continue;
            }
            let mut provenance = Provenance {
                media_type: media_type.clone(),
                role: Role::Attachment,
                ..piece.provenance()
            };
            let mut range = value.range;
            match value.kind {
                BINARY => {}
                OBJECT => provenance.declared = object(data, &mut range),
                _ => continue,
            }
            let location = self.holder.place(name);
            self.holder.offer(stored(range), location, provenance)?;
        }
        Ok(())
    }
}

/// What the properties of an attachment say of its name and its place.
#[derive(Default)]
struct Names {
    long: Option<String>,
    short: Option<String>,
    display: Option<String>,
    long_path: Option<String>,
    short_path: Option<String>,
}

/// Takes what says what an object is from in front of it; what it is, if that says it.
fn object(data: &[u8], range: &mut Range<usize>) -> Option<Format> {
    let bytes = data.get(range.clone()).unwrap_or_default();
    // Nothing stands in front of an object that begins like one.
    if bytes.starts_with(cfb::SIGNATURE) || bytes.starts_with(SIGNATURE) {
        return None;
    }
    let kind = bytes.get(..MESSAGE.len())?;
    range.start = range.start.saturating_add(MESSAGE.len());
    (kind == MESSAGE).then_some(Format::Tnef)
}

/// The sum of the bytes in sixteen bits ([MS-OXTNEF] 2.1.3.1).
fn checksum(bytes: &[u8]) -> u16 {
    bytes
        .iter()
        .fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(*byte)))
}
