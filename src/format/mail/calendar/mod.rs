//! Calendars (iCalendar, vCalendar) and contacts (vCard) (`spec/word.md` §5.5).
//!
//! A description in HTML is a page like the body of a mail. What is attached in base64 is handed
//! on; what stands elsewhere is a link. Descriptions and notes as plain text are shown, and nothing
//! in them acts.
//!
//! # Malformed input
//!
//! See [`lines`]. The order of the properties and what they belong to do not matter, nor whether
//! anything ends. Base64 of a document is read where nothing says that it is base64, too.
//!
//! # Worst cases
//!
//! Linear in the bytes, which are paid for once. Each link pays for a field, each piece that is
//! handed on for a part; addresses are cut at [`ADDRESS`] bytes.

mod lines;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::ops::Range;

use super::attachment::Holder;
use crate::container::transfer::Transfer;
use crate::container::{Coding, Source};
use crate::format::Outcome;
use crate::format::ledger::{Ledger, Provenance, Role};
use crate::gap::GapKind;
use crate::identify::Format;
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, Kind, Link, Trigger};
use crate::location::Location;
use crate::text::{starts_with, strip_prefix};
use lines::{Encoding, Properties, Property};

/// Bytes of an address that are kept; programs of Windows take some thousand.
const ADDRESS: usize = 64 << 10;
/// Bytes of the links that are remembered.
const TOLD: usize = 256 << 10;
/// Content lines after which the stop flag is looked at.
const TURN: usize = 1 << 10;

/// Properties whose value is an address: RFC 5545 §3.8, RFC 7986, RFC 6350 §6. Others have one
/// where they say so (`VALUE=URI`).
const ADDRESSES: &[&str] = &[
    "ATTACH", "IMAGE", "KEY", "LOGO", "PHOTO", "SOUND", "SOURCE", "URL",
];
/// Alarms of vCalendar 1.0: the last piece of the value is what they play or start.
const ALARMS: &[&str] = &["AALARM", "PALARM"];
/// Parameters that hold a file name.
const NAMES: &[&str] = &["FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-NAME"];
/// The start of base64 of documents (`spec/word.md` §0.1).
const BASE64: &[&str] = &["0M8R4KGxGuE", "UEsDB", "e1xyd", "QWN0aXZlTWlt"];

/// Reads a calendar or contacts.
pub(in crate::format) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let mut reader = Reader {
        holder: Holder::new(data, location, budget, ledger),
        cut: false,
        told: BTreeSet::new(),
        told_bytes: 0,
    };
    let ended = reader.walk();
    let cut = reader.cut;
    if cut {
        let detail = "parameters of a content line, or an address, that are too long";
        ledger.gap(GapKind::Limit, location.clone(), detail);
    }
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    Outcome::from(ended)
}

struct Reader<'a, 's> {
    holder: Holder<'a, 's>,
    /// Something was too long to be kept.
    cut: bool,
    /// Links that were told, and the bytes that they take: calendars repeat theirs.
    told: BTreeSet<(Carrier, String)>,
    told_bytes: usize,
}

impl Reader<'_, '_> {
    fn walk(&mut self) -> Result<(), Exhausted> {
        let data = self.holder.data;
        let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
        self.holder.budget.charge_decoded(length)?;
        for (number, property) in Properties::new(data).enumerate() {
            if number % TURN == 0 {
                self.holder.budget.check_stop()?;
            }
            self.property(&property)?;
        }
        Ok(())
    }

    fn property(&mut self, property: &Property) -> Result<(), Exhausted> {
        self.cut |= property.cut;
        for address in property.parameter("ALTREP") {
            self.link(property, "ALTREP", address, Carrier::Hyperlink)?;
        }
        let raw = self.holder.data.get(property.value.clone());
        let raw = raw.unwrap_or_default();
        if raw
            .iter()
            .all(|byte| byte.is_ascii_whitespace() || *byte == 0)
        {
            return Ok(());
        }
        let mut types = property.parameter("FMTTYPE");
        let is_page = types.any(|kind| starts_with(kind, "text/html"));
        let is_address = ADDRESSES.contains(&&*property.name)
            || property.parameter("VALUE").any(|kind| {
                ["uri", "url"]
                    .iter()
                    .any(|name| kind.eq_ignore_ascii_case(name))
            });
        if property.encoding == Encoding::Base64 {
            return self.attached(property, property.value.clone(), Transfer::Base64);
        }
        if property.name == "X-ALT-DESC" || is_page && !is_address {
            return self.page(property, raw);
        }
        // A contact in a contact (RFC 2426 §3.5.4).
        if property.name == "AGENT" {
            return self.attached(property, property.value.clone(), text_of(property));
        }
        let start = self.start(property, raw);
        if BASE64.iter().any(|base64| start.starts_with(base64)) {
            return self.attached(property, property.value.clone(), Transfer::Base64);
        }
        if ALARMS.contains(&&*property.name) {
            let value = self.address(property)?;
            let last = value.rsplit(';').next().unwrap_or_default();
            return self.link(property, "", last, Carrier::AttachmentReference);
        }
        if is_address {
            return self.at_address(property, raw, &start);
        }
        Ok(())
    }

    /// A value that says where something is.
    fn at_address(
        &mut self,
        property: &Property,
        raw: &[u8],
        start: &str,
    ) -> Result<(), Exhausted> {
        if let Some(rest) = strip_prefix(start, "data:") {
            let coded = rest.split(',').next().unwrap_or_default();
            let is_base64 = coded.to_ascii_lowercase().contains("base64");
            if is_base64 && let Some(comma) = memchr::memchr(b',', raw) {
                let first = property.value.start.saturating_add(comma).saturating_add(1);
                let value = first..property.value.end;
                return self.attached(property, value, Transfer::Base64);
            }
        }
        let address = self.address(property)?;
        let carrier = if property.name == "ATTACH" {
            Carrier::AttachmentReference
        } else {
            Carrier::Hyperlink
        };
        self.link(property, "", &address, carrier)
    }

    /// What the value begins with.
    fn start(&self, property: &Property, raw: &[u8]) -> String {
        /// Letters that tell base64 of a document, or how a `data:` address is coded.
        const START: usize = 128;
        if property.encoding != Encoding::Text {
            return String::new();
        }
        let letters = raw
            .iter()
            .filter(|byte| !byte.is_ascii_whitespace() && **byte != 0);
        let letters = letters.take(START).map(|byte| char::from(*byte));
        letters.collect()
    }

    /// A page, as the body of a mail is one.
    fn page(&mut self, property: &Property, raw: &[u8]) -> Result<(), Exhausted> {
        // Without a tag there is nothing in a page.
        if memchr::memchr2(b'<', b'=', raw).is_none() {
            return Ok(());
        }
        let mut charsets = property.parameter("CHARSET");
        let charset = charsets.next().map(str::to_ascii_lowercase);
        let provenance = Provenance {
            declared: Some(Format::Html),
            charset: charset.or_else(|| self.holder.ledger.charset().map(str::to_owned)),
            media_type: Some("text/html".to_owned()),
            role: Role::Body,
            ..Provenance::default()
        };
        let location = self.holder.place(&property.name);
        let source = coded(property.value.clone(), text_of(property));
        self.holder.offer(source, location, provenance)
    }

    /// A file that stands in the value.
    fn attached(
        &mut self,
        property: &Property,
        value: Range<usize>,
        transfer: Transfer,
    ) -> Result<(), Exhausted> {
        let mut names = NAMES.iter().flat_map(|name| property.parameter(name));
        let name = names.find(|name| !name.trim().is_empty());
        let location = self.holder.place(name.unwrap_or(&property.name));
        let mut types = property.parameter("FMTTYPE");
        let provenance = Provenance {
            media_type: types.next().map(str::to_ascii_lowercase),
            role: Role::Attachment,
            ..Provenance::default()
        };
        self.holder
            .offer(coded(value, transfer), location, provenance)
    }

    /// The address that the value is.
    fn address(&mut self, property: &Property) -> Result<String, Exhausted> {
        let raw = self.holder.data.get(property.value.clone());
        let mut text = Vec::new();
        if property.encoding == Encoding::QuotedPrintable {
            let source = coded(property.value.clone(), Transfer::QuotedPrintable);
            let outcome = Cell::new(None);
            let mut reader = source.open(self.holder.data, self.holder.budget, &outcome);
            loop {
                // Reading never gives an error.
                let block = reader.fill_buf().unwrap_or_default();
                let length = block.len();
                if length == 0 || text.len() > ADDRESS {
                    break;
                }
                text.extend_from_slice(block);
                reader.consume(length);
            }
            if let Some(shortfall) = outcome.take() {
                self.holder
                    .ledger
                    .shortfall(shortfall, self.holder.location)?;
            }
        } else {
            let letters = lines::joined(raw.unwrap_or_default());
            text.extend(letters.take(ADDRESS.saturating_add(1)));
        }
        self.cut |= text.len() > ADDRESS;
        text.truncate(ADDRESS);
        Ok(String::from_utf8_lossy(&text).trim().to_owned())
    }

    fn link(
        &mut self,
        property: &Property,
        parameter: &str,
        address: &str,
        carrier: Carrier,
    ) -> Result<(), Exhausted> {
        // What stands in the message itself (RFC 2392) is a part of it.
        if address.is_empty() || starts_with(address, "cid:") {
            return Ok(());
        }
        if self.was_told(address, carrier) {
            return Ok(());
        }
        self.holder.budget.charge_field()?;
        let name = &property.name;
        let raw = match parameter {
            "" => format!("{name}:{address}"),
            parameter => format!("{name};{parameter}=\"{address}\""),
        };
        let location = self.holder.location.clone();
        let at = u64::try_from(property.value.start).ok();
        let location = at.map_or(location.clone(), |at| location.with_offset(at));
        let mut link = Link::new(Kind::ExternalLink, carrier, location, raw);
        link.trigger = Trigger::Click;
        link.target = Some(address.to_owned());
        self.holder.ledger.link(link);
        Ok(())
    }

    /// Whether the same link was told before, as far as that is remembered.
    fn was_told(&mut self, address: &str, carrier: Carrier) -> bool {
        let key = (carrier, address.to_owned());
        if self.told.contains(&key) {
            return true;
        }
        let bytes = self.told_bytes.saturating_add(address.len());
        if bytes <= TOLD && self.told.len() < TOLD / 64 {
            self.told_bytes = bytes;
            self.told.insert(key);
        }
        false
    }
}

/// How the text of a property stands in the file.
fn text_of(property: &Property) -> Transfer {
    match property.encoding {
        Encoding::Text => Transfer::ContentLine,
        Encoding::Base64 => Transfer::Base64,
        Encoding::QuotedPrintable => Transfer::QuotedPrintable,
    }
}

fn coded(range: Range<usize>, transfer: Transfer) -> Source {
    Source {
        range,
        coding: Coding::Transfer(transfer),
        checksums: None,
    }
}
