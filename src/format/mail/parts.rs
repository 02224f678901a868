//! The parts of a MIME message, handed on as what they could be: what mail and web archives have in
//! common.
//!
//! # Malformed input
//!
//! What a part is, is told by its bytes; its declared type counts only where they say nothing,
//! and is a technique where it is a lie. Where the message falls apart into nothing, the texts in
//! it that stand for bytes are read wherever they are, and the whole of it as quoted-printable.
//!
//! # Worst cases
//!
//! Each part is read once for each of its codings, then waits as a handle; the limit on parts of
//! messages bounds their number, and that of the blocks in texts. Of at most [`BODIES`] texts their
//! first [`TEXT`] bytes are held, one after the other. The way to a part shows at most [`SHOWN`]
//! messages.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead as _;

use super::looks::{Locked, Style};
use super::words::{self, Words};
use crate::container::mime::{self, Inner, Message, Part, blocks, salvage};
use crate::container::transfer::Transfer;
use crate::container::{Coding, Source};
use crate::format::ledger::{Child, Ledger, Provenance, Role};
use crate::format::{Outcome, offer, readers_of};
use crate::gap::{GapKind, SkipReason};
use crate::identify::{Disposition, Format, Identity, Sniffer, Units, units};
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, Kind as LinkKind, Link, TechniqueId, Trigger};
use crate::location::Location;

/// Types of parts in which no document is expected.
const PASSIVE: [&str; 5] = ["image/", "audio/", "video/", "font/", "text/css"];

/// Types that a program of mail shows as the text of a message.
const SHOWN_TYPES: [&str; 9] = [
    "",
    "application/rtf",
    "text/enriched",
    "text/html",
    "text/plain",
    "text/richtext",
    "text/rtf",
    "text/watch-html",
    "text/x-amp-html",
];

/// Bytes that tell whether a message is in UTF-16.
const HEAD: usize = 4 << 10;

/// Blanks in front of a message that are looked at.
const FRONT: usize = 4 << 10;

/// Messages inside each other that the way to a part shows.
const SHOWN: usize = 8;

/// Texts of a message that are searched for passwords, and bytes of each.
const BODIES: usize = 16;
const TEXT: usize = 64 << 10;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Kind {
    /// It has a text that is shown, and attachments that are opened.
    Mail,
    /// A web page with what belongs to it.
    Page,
}

/// Queues the parts of a message.
pub(in crate::format) fn read(
    data: &[u8],
    kind: Kind,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    if let Some(big_endian) = wide(data) {
        ledger.child_by(
            Child {
                source: Source {
                    range: 0..data.len(),
                    coding: Coding::Transfer(Transfer::Utf16 { big_endian }),
                    checksums: None,
                },
                location: location.child("text"),
            },
            Provenance {
                declared: Some(match kind {
                    Kind::Mail => Format::Eml,
                    Kind::Page => Format::Mhtml,
                }),
                ..Provenance::default()
            },
        );
        // It may look so and be none: the bytes are read as well.
    }
    let message = mime::read(data, budget);
    if message.panicked {
        let detail = "the MIME reader panicked";
        ledger.gap(GapKind::Internal, location.clone(), detail);
    }
    let front = data.get(..message.preamble).unwrap_or_default();
    let polyglot = memchr::memmem::find(front, b"%PDF-").is_some();
    let mut parts = Parts {
        data,
        kind,
        techniques: Vec::from_iter(polyglot.then_some(TechniqueId::PolyglotPdfMht)),
        places: Vec::new(),
        names: BTreeMap::new(),
        coded: BTreeSet::new(),
        is_encrypted: false,
        brings_files: false,
        locked: 0,
        budget,
        ledger,
    };
    parts.enter(location, &message.messages);
    let ended = match parts.all(&message) {
        Ok(ended) => ended,
        Err(Said(cause)) => return Outcome::from(Err(cause)),
    };
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    // The limit on parts ends this message only.
    Outcome::from(match ended {
        Err(Exhausted::Stopped) => Err(Exhausted::Stopped),
        Err(Exhausted::Limit(_)) | Ok(()) => Ok(()),
    })
}

/// Whether the order of bytes is the big one, when a message is in UTF-16.
fn wide(data: &[u8]) -> Option<bool> {
    match units(data.get(..data.len().min(HEAD)).unwrap_or_default())? {
        Units::Bytes => None,
        Units::Utf16Le => Some(false),
        Units::Utf16Be => Some(true),
    }
}

/// What ends the whole analysis; the gap is written down.
struct Said(Exhausted);

/// Whether the limit on parts still holds, unless all is over.
type Ended = Result<Result<(), Exhausted>, Said>;

struct Parts<'a, 's> {
    data: &'a [u8],
    kind: Kind,
    techniques: Vec<TechniqueId>,
    /// Where each message stands, and how many parts of it were seen.
    places: Vec<(Location, u32)>,
    /// How often a name occurred in a message.
    names: BTreeMap<(usize, String), u32>,
    /// Where the base64 begins that was handed on: it is not salvaged once more.
    coded: BTreeSet<usize>,
    /// A part that is encrypted was said to be.
    is_encrypted: bool,
    /// Something came that may have a password.
    brings_files: bool,
    /// Documents that are encrypted as a whole.
    locked: u64,
    budget: &'a Budget<'a>,
    ledger: &'a mut Ledger<'s>,
}

impl Parts<'_, '_> {
    /// Gives each message its place.
    fn enter(&mut self, root: &Location, messages: &[Inner]) {
        let several = messages.iter().filter(|inner| inner.is_entry).count() > 1;
        let mut entries = 0u32;
        let deepest = root.path().len().saturating_add(SHOWN);
        for inner in messages {
            let parent = inner
                .parent
                .and_then(|parent| Some((parent, self.places.get(parent)?.0.clone())));
            let place = match parent {
                None => root.clone(),
                Some((_, above)) if inner.is_entry && !several => above,
                Some((_, above)) if inner.is_entry => {
                    entries = entries.saturating_add(1);
                    above.child(&format!("message {entries}"))
                }
                Some((_, above)) if above.path().len() >= deepest => above,
                Some((parent, _)) => self.place(parent, inner.name.as_deref().unwrap_or("message")),
            };
            if inner.is_fragment {
                let detail = "a message in pieces (message/partial)";
                self.ledger.gap(GapKind::Unsupported, place.clone(), detail);
            }
            self.places.push((place, 0));
        }
    }

    fn all(&mut self, message: &Message) -> Ended {
        let mut ended = message.exhausted.map_or(Ok(()), Err);
        for part in &message.parts {
            ended = ended.and(self.part(part)?);
        }
        if message.parts.is_empty() || message.broken {
            ended = ended.and(self.salvage()?);
        }
        self.ledger.passwords().expect(self.locked);
        if self.brings_files {
            self.words(message);
        }
        Ok(ended)
    }

    /// Hands on one part; what is inside says whether the limit on parts still holds.
    fn part(&mut self, part: &Part) -> Ended {
        let location = self.place_of(part);
        if let Some(address) = &part.address {
            self.reference(address, &location);
        }
        if part.media_type == "application/pgp-encrypted" {
            self.encrypted(location.clone());
        }
        let mut ended = Ok(());
        if part.codings.contains(&Coding::Transfer(Transfer::Base64)) {
            let body = self.data.get(part.range.clone()).unwrap_or_default();
            let blanks = body.len().saturating_sub(body.trim_ascii_start().len());
            self.coded.insert(part.range.start.saturating_add(blanks));
        }
        for coding in &part.codings {
            let source = Source {
                range: part.range.clone(),
                coding: coding.clone(),
                checksums: None,
            };
            let look = self.offer(source, part, &location)?;
            if look.found && self.is_text(part) && *coding == Coding::Stored {
                ended = ended.and(self.blocks(part)?);
            }
        }
        Ok(ended)
    }

    /// A part that brings no body tells where it is.
    fn reference(&mut self, address: &str, location: &Location) {
        let carrier = Carrier::AttachmentReference;
        let mut link = Link::new(LinkKind::ExternalLink, carrier, location.clone(), address);
        link.trigger = Trigger::Click;
        link.target = Some(address.to_owned());
        self.ledger.link(link);
    }

    /// What PGP encrypted: its two parts are one gap.
    fn encrypted(&mut self, location: Location) {
        if !std::mem::replace(&mut self.is_encrypted, true) {
            self.ledger.gap(GapKind::Encrypted, location, "PGP/MIME");
        }
    }

    /// Hands on the files that stand in the text of a message.
    fn blocks(&mut self, part: &Part) -> Ended {
        let (found, ended) = blocks::find(self.data, part.range.clone(), self.budget);
        // The first document in base64 was offered where all of the text is one.
        let base64 = Transfer::Base64;
        let whole = part.codings.contains(&Coding::Transfer(base64));
        let offered = found
            .first()
            .filter(|first| whole && first.transfer == base64);
        let offered = usize::from(offered.is_some());
        for block in found.into_iter().skip(offered) {
            let of_block = Part {
                range: block.range.clone(),
                name: block.name,
                is_named: true,
                is_attached: true,
                message: part.message,
                ..Part::default()
            };
            if block.transfer == base64 {
                self.coded.insert(block.range.start);
            }
            let source = Source {
                range: block.range,
                coding: Coding::Transfer(block.transfer),
                checksums: None,
            };
            let location = self.place_of(&of_block);
            self.offer(source, &of_block, &location)?;
        }
        Ok(ended)
    }

    /// Hands on the bytes of a part as each of the things that they could be.
    fn offer(
        &mut self,
        source: Source,
        part: &Part,
        location: &Location,
    ) -> Result<blocks::Look, Said> {
        let media_type = &*part.media_type;
        let role = self.role(part);
        let sniffer = match role {
            Role::Attachment => Sniffer::named(part.name.as_deref().unwrap_or_default()),
            Role::Part | Role::Body => Sniffer::of_part(),
        };
        let outcome = Cell::new(None);
        let reader = source.open(self.data, self.budget, &outcome);
        let mut style = Style::default();
        let mut look = blocks::Look::default();
        let mut locked = Locked::default();
        let mut could_be = offer::sniff(reader, sniffer, |block| {
            style.feed(block);
            locked.feed(block);
            look.feed(block);
        });
        look.finish();
        let is_compound = could_be
            .iter()
            .any(|identity| identity.disposition == Disposition::Compound);
        if locked.found && is_compound {
            self.locked = self.locked.saturating_add(1);
        }
        // A message of headers only is not in itself once more.
        let front = self.data.get(..source.range.start).unwrap_or_default();
        let is_all = source.coding == Coding::Stored
            && source.range.end >= self.data.len()
            && front.len() <= FRONT
            && front.trim_ascii().is_empty();
        if is_all {
            could_be.retain(|one| !matches!(one.format, Format::Eml | Format::Mhtml));
        }
        if self.is_text(part) {
            // A page that is quoted in a text is not shown as one.
            could_be.retain(|identity| look.is_markup || identity.format != Format::Html);
        }
        let is_vague = could_be.iter().all(Identity::is_vague);
        let mut declared = self.declared(media_type).filter(|_| is_vague);
        let coded = part.codings.contains(&Coding::Transfer(Transfer::Base64));
        if look.found
            && self.is_text(part)
            && source.coding != Coding::Stored
            && !coded_only(&could_be)
        {
            if is_vague {
                // The blocks in it are ranges of what it stands for.
                declared = Some(Format::Eml);
            } else {
                let detail = "files in a coded text that is something else";
                self.ledger
                    .gap(GapKind::Unsupported, location.clone(), detail);
            }
        }
        let relation = is_picture(part).then_some("image");
        let reached = could_be
            .into_iter()
            .map(|identity| identity.reached_by(relation));
        // It is offered as what it stands for as well.
        let again = source.coding == Coding::Stored && coded;
        let is_told = role == Role::Body && media_type != "application/rtf";
        let offered = offer::tell(reached, location, self.ledger, |identity, so_far, _| {
            let unknown = identity.disposition == Disposition::Opaque(SkipReason::Unknown);
            again && identity.format == Format::Base64
                || unknown && (declared.is_some() || so_far.is_child || is_told)
        });
        let is_child = declared.is_some() || offered.is_child;
        self.brings_files |= role == Role::Attachment || offered.is_unread;
        if let Some(shortfall) = outcome.take() {
            self.ledger.shortfall(shortfall, location).map_err(Said)?;
        }
        if look.is_pgp && !is_child {
            self.encrypted(location.clone());
        }
        let is_sheet = self.kind == Kind::Page || media_type == "text/css";
        if !is_child && style.found && is_sheet {
            let detail = "a style sheet in a part of its own that makes fields";
            self.ledger
                .gap(GapKind::Unsupported, location.clone(), detail);
        }
        if is_child {
            let mut techniques = self.techniques.clone();
            let passive = PASSIVE.iter().any(|kind| media_type.starts_with(kind));
            if offered.is_child && passive {
                techniques.push(TechniqueId::TypeMismatch);
            }
            let child = Child {
                source,
                location: location.clone(),
            };
            let provenance = Provenance {
                techniques,
                declared,
                charset: part.charset.clone(),
                media_type: match role {
                    // The program that opens the archive opens its pages.
                    Role::Part => self.ledger.media_type().map(str::to_owned),
                    Role::Attachment => Some(media_type.to_owned()).filter(|kind| !kind.is_empty()),
                    Role::Body => None,
                },
                role,
            };
            self.ledger.child_by(child, provenance);
        }
        Ok(look)
    }

    /// What a part is to the program that opens the message.
    fn role(&self, part: &Part) -> Role {
        match self.kind {
            _ if part.is_attached => Role::Attachment,
            Kind::Mail if is_shown(part) => Role::Body,
            Kind::Mail => Role::Attachment,
            Kind::Page => Role::Part,
        }
    }

    /// Whether a part is shown as plain text: fields in it are text, files in it are attachments.
    fn is_text(&self, part: &Part) -> bool {
        self.role(part) == Role::Body && matches!(&*part.media_type, "" | "text/plain")
    }

    /// The format that a declared type stands for, where content may not tell.
    fn declared(&self, media_type: &str) -> Option<Format> {
        let format = match (self.kind, media_type) {
            (_, "text/html" | "application/xhtml+xml" | "text/x-html") => Format::Html,
            (Kind::Mail, "text/calendar") => Format::Icalendar,
            (Kind::Mail, "text/vcard" | "text/x-vcard" | "text/directory") => Format::Vcard,
            (Kind::Page, kind) if kind.starts_with("multipart/") => Format::Mhtml,
            (Kind::Mail, kind) if kind.starts_with("multipart/") => Format::Eml,
            (_, "application/pkcs7-mime" | "application/x-pkcs7-mime") => Format::Smime,
            (Kind::Mail, "message/rfc822" | "message/global" | "message/news") => Format::Eml,
            _ => return None,
        };
        readers_of(format).next().map(|_| format)
    }

    /// Reads what stands for bytes, wherever it is.
    fn salvage(&mut self) -> Ended {
        let (runs, ended) = salvage::base64_runs(self.data, self.budget);
        // From the first tag on, so that it is not taken for a message again.
        let whole = memchr::memchr(b'<', self.data)
            .map(|start| (start..self.data.len(), Transfer::QuotedPrintable));
        let seen = std::mem::take(&mut self.coded);
        let runs = runs.into_iter().filter(|run| !seen.contains(&run.start));
        let coded = runs.map(|run| (run, Transfer::Base64));
        for (range, transfer) in whole.into_iter().chain(coded) {
            let media_type = if transfer == Transfer::QuotedPrintable {
                "text/html"
            } else {
                ""
            };
            let source = Source {
                range,
                coding: Coding::Transfer(transfer),
                checksums: None,
            };
            let location = self.place(0, "text");
            let part = Part {
                media_type: media_type.to_owned(),
                ..Part::default()
            };
            self.offer(source, &part, &location)?;
        }
        Ok(ended)
    }

    /// Notes the words of the message that may open what comes with it.
    fn words(&mut self, message: &Message) {
        let mut words = Words::default();
        for inner in &message.messages {
            if let Some(subject) = &inner.subject {
                words.subject(subject);
            }
        }
        let is_body = |part: &&Part| !part.is_attached && is_shown(part);
        for part in message.parts.iter().filter(is_body).take(BODIES) {
            let Some(coding) = part.codings.first() else {
                continue;
            };
            let source = Source {
                range: part.range.clone(),
                coding: coding.clone(),
                checksums: None,
            };
            let outcome = Cell::new(None);
            let mut reader = source.open(self.data, self.budget, &outcome);
            let mut bytes = Vec::new();
            while bytes.len() < TEXT {
                // Reading never gives an error.
                let block = reader.fill_buf().unwrap_or_default();
                let length = block.len().min(TEXT.saturating_sub(bytes.len()));
                if length == 0 {
                    break;
                }
                bytes.extend_from_slice(block.get(..length).unwrap_or_default());
                reader.consume(length);
            }
            let charset = part.charset.as_deref();
            if part.media_type.ends_with("html") {
                words.text(&words::of_page(&bytes, charset));
            } else {
                words.text(&words::decoded(&bytes, charset));
            }
        }
        words.tell(self.ledger);
    }

    /// The place of a part: its name, or its number in the message.
    fn place_of(&mut self, part: &Part) -> Location {
        let number = self.places.get_mut(part.message).map_or(0, |(_, count)| {
            *count = count.saturating_add(1);
            *count
        });
        match (&part.name, self.kind) {
            (Some(name), _) => self.place(part.message, name),
            (None, Kind::Mail) => self.place(part.message, &format!("part {number}")),
            (None, Kind::Page) => self.place(part.message, "part"),
        }
    }

    /// The place of a name in a message; equal names carry an index.
    fn place(&mut self, message: usize, name: &str) -> Location {
        let count = self.names.entry((message, name.to_owned())).or_default();
        *count = count.saturating_add(1);
        let name = match count {
            1 => name.to_owned(),
            count => format!("{name}#{count}"),
        };
        match self.places.get(message) {
            Some((place, _)) => place.child(&name),
            None => Location::root(Some(&name)),
        }
    }
}

/// Whether a part has a type that is shown as the text of a message, and no name.
fn is_shown(part: &Part) -> bool {
    !part.is_named && SHOWN_TYPES.contains(&&*part.media_type)
}

/// Whether bytes are a document in base64 and nothing else.
fn coded_only(could_be: &[Identity]) -> bool {
    could_be
        .iter()
        .any(|identity| identity.format == Format::Base64)
}

/// Whether a part is declared as a picture: those of Windows are compressed (`.emz`, `.wmz`).
fn is_picture(part: &Part) -> bool {
    let name = part.name.as_deref().unwrap_or_default().to_lowercase();
    part.media_type.starts_with("image/") || name.ends_with(".emz") || name.ends_with(".wmz")
}
