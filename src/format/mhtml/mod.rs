//! Web pages in MIME (`.mht`): each part is a document of its own (`spec/word.md` §4.4).
//!
//! # Malformed input
//!
//! What a part is, is told by its bytes; its declared type counts only where they say nothing,
//! and is a technique where it is a lie. Where the message falls apart into nothing, the texts in
//! it that stand for bytes are read wherever they are, and the whole of it as quoted-printable.
//!
//! # Lost
//!
//! A style sheet in a part of its own is not joined with its page: a gap where it makes fields.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::ledger::{Child, Ledger, Provenance};
use super::{Outcome, offer};
use crate::container::mime::{self, Part, salvage};
use crate::container::transfer::Transfer;
use crate::container::{Coding, Source};
use crate::gap::{GapKind, SkipReason};
use crate::identify::{Disposition, Format, Identity, Sniffer};
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, Kind, Link, TechniqueId, Trigger};
use crate::location::Location;

/// Types of parts in which no document is expected.
const PASSIVE: [&str; 5] = ["image/", "audio/", "video/", "font/", "text/css"];

/// Queues the parts of a page.
pub(super) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let message = mime::read(data, budget);
    if message.panicked {
        let detail = "the MIME reader panicked";
        ledger.gap(GapKind::Internal, location.clone(), detail);
    }
    let front = data.get(..message.preamble).unwrap_or_default();
    let polyglot = memchr::memmem::find(front, b"%PDF-").is_some();
    let mut page = Page {
        data,
        location,
        techniques: Vec::from_iter(polyglot.then_some(TechniqueId::PolyglotPdfMht)),
        names: BTreeMap::new(),
        budget,
        ledger,
    };
    let mut ended = message.exhausted.map_or(Ok(()), Err);
    for part in &message.parts {
        if let Err(cause) = page.part(part) {
            return Outcome::from(Err(cause));
        }
    }
    if message.parts.is_empty() || message.broken {
        ended = ended.and(page.salvage());
    }
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    // The limit on parts ends this message only.
    Outcome::from(match ended {
        Err(Exhausted::Stopped) => Err(Exhausted::Stopped),
        Err(Exhausted::Limit(_)) | Ok(()) => Ok(()),
    })
}

struct Page<'a, 's> {
    data: &'a [u8],
    location: &'a Location,
    techniques: Vec<TechniqueId>,
    /// How often a name occurred.
    names: BTreeMap<String, u32>,
    budget: &'a Budget<'a>,
    ledger: &'a mut Ledger<'s>,
}

impl Page<'_, '_> {
    fn part(&mut self, part: &Part) -> Result<(), Exhausted> {
        let name = part.name.as_deref().unwrap_or("part");
        let location = self.place(name);
        if let Some(address) = &part.address
            && part.media_type == "message/external-body"
        {
            let carrier = Carrier::AttachmentReference;
            let mut link = Link::new(Kind::ExternalLink, carrier, location.clone(), address);
            link.trigger = Trigger::Click;
            link.target = Some(address.clone());
            self.ledger.link(link);
        }
        for coding in &part.codings {
            let source = Source {
                range: part.range.clone(),
                coding: coding.clone(),
                checksums: None,
            };
            self.offer(source, part, &location)?;
        }
        Ok(())
    }

    /// Hands on the bytes of a part as each of the things that they could be.
    fn offer(&mut self, source: Source, part: &Part, location: &Location) -> Result<(), Exhausted> {
        let media_type = &*part.media_type;
        let outcome = Cell::new(None);
        let reader = source.open(self.data, self.budget, &outcome);
        let mut style = Style::default();
        let could_be = offer::sniff(reader, Sniffer::of_part(), |block| style.feed(block));
        let declared = declared(media_type).filter(|_| could_be.iter().all(Identity::is_vague));
        let relation = is_picture(part).then_some("image");
        let reached = could_be
            .into_iter()
            .map(|identity| identity.reached_by(relation));
        let coded = part.codings.contains(&Coding::Transfer(Transfer::Base64));
        // It is offered as what it stands for as well.
        let again = source.coding == Coding::Stored && coded;
        let offered = offer::tell(reached, location, self.ledger, |identity, so_far, _| {
            let unknown = identity.disposition == Disposition::Opaque(SkipReason::Unknown);
            again && identity.format == Format::Base64
                || unknown && (declared.is_some() || so_far.is_child)
        });
        let is_child = declared.is_some() || offered.is_child;
        if let Some(shortfall) = outcome.take() {
            self.ledger.shortfall(shortfall, location)?;
        }
        if !is_child && style.found {
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
                // The program that opens the archive opens its pages.
                media_type: self.ledger.media_type().map(str::to_owned),
            };
            self.ledger.child_by(child, provenance);
        }
        Ok(())
    }

    /// Reads what stands for bytes, wherever it is.
    fn salvage(&mut self) -> Result<(), Exhausted> {
        let (runs, ended) = salvage::base64_runs(self.data, self.budget);
        // From the first tag on, so that it is not taken for a message again.
        let whole = memchr::memchr(b'<', self.data)
            .map(|start| (start..self.data.len(), Transfer::QuotedPrintable));
        let coded = runs.into_iter().map(|run| (run, Transfer::Base64));
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
            let location = self.place("text");
            let part = Part {
                media_type: media_type.to_owned(),
                ..Part::default()
            };
            self.offer(source, &part, &location)?;
        }
        ended
    }

    /// The place of a part; equal names carry an index.
    fn place(&mut self, name: &str) -> Location {
        let count = self.names.entry(name.to_owned()).or_default();
        *count = count.saturating_add(1);
        match count {
            1 => self.location.child(name),
            count => self.location.child(&format!("{name}#{count}")),
        }
    }
}

/// A look for what makes fields in a style sheet (`spec/word.md` §4.3), in any block of it.
#[derive(Default)]
struct Style {
    found: bool,
    /// The end of the last block, in lower case.
    seam: Vec<u8>,
}

/// Properties that make fields.
const PROPERTIES: [&[u8]; 2] = [b"mso-element", b"mso-field-code"];

impl Style {
    fn feed(&mut self, block: &[u8]) {
        /// A property, less one letter.
        const SEAM: usize = 13;
        if self.found {
            return;
        }
        let mut lower = std::mem::take(&mut self.seam);
        lower.extend(block.iter().map(u8::to_ascii_lowercase));
        let mut properties = PROPERTIES.iter();
        self.found = properties.any(|name| memchr::memmem::find(&lower, name).is_some());
        lower.drain(..lower.len().saturating_sub(SEAM));
        self.seam = lower;
    }
}

/// Whether a part is declared as a picture: those of Windows are compressed (`.emz`, `.wmz`).
fn is_picture(part: &Part) -> bool {
    let name = part.name.as_deref().unwrap_or_default().to_lowercase();
    part.media_type.starts_with("image/") || name.ends_with(".emz") || name.ends_with(".wmz")
}

/// The format that a declared type stands for, where content may not tell.
fn declared(media_type: &str) -> Option<Format> {
    match media_type {
        "text/html" | "application/xhtml+xml" | "text/x-html" => Some(Format::Html),
        _ if media_type.starts_with("multipart/") => Some(Format::Mhtml),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
