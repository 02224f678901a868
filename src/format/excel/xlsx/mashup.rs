//! The Power Query package of a workbook: `DataMashup` in a `customXml` part, base64 of a header
//! and a zip of the queries (`spec/excel.md` §1.6).
//!
//! # Malformed input
//!
//! The layout behind the base64 is not certain, so a zip is looked for where the header says and
//! then anywhere. A package without one, or of which something is missing, is a gap.
//!
//! # Worst cases
//!
//! The text, its bytes and one query at a time are in memory, paid as live bytes; a text that
//! takes more than a quarter of what may be alive is a gap.

use std::borrow::Cow;
use std::collections::BTreeSet;

use memchr::memmem;

use super::super::book::Book;
use super::super::capture::{Capture, Share};
use super::super::connections::Connection;
use super::super::power_query;
use super::super::site::{Place, Rank, cost};
use crate::bytes::Bytes;
use crate::container::transfer::Transfer;
use crate::container::{Coding, Shortfall, Source, held, zip};
use crate::limits::Budget;
use crate::passwords::Passwords;
use crate::text::from_utf16;

/// The signature of a local header.
const LOCAL: &[u8] = b"PK\x03\x04";
/// Where the queries are, and how their files end.
const QUERIES: &str = ".m";

/// A package whose text is being read.
pub(super) struct Mashup {
    part: usize,
    offset: u64,
    pub(super) depth: usize,
    text: Capture,
}

/// What a package is stored in when it is read.
pub(super) struct Opened<'b, 'l> {
    pub(super) book: &'b mut Book,
    pub(super) budget: &'b Budget<'l>,
    /// By place: the index of the member in its package.
    pub(super) members: &'b mut Vec<usize>,
}

impl Mashup {
    pub(super) fn new(part: usize, offset: u64, depth: usize) -> Self {
        Mashup {
            part,
            offset,
            depth,
            text: Capture::in_room_of(String::new(), Share::Quarter),
        }
    }

    /// Where it stands.
    pub(super) fn at(&self) -> (usize, u64) {
        (self.part, self.offset)
    }

    pub(super) fn push(&mut self, text: &str, budget: &Budget<'_>) {
        self.text.push(text.trim(), false, budget);
    }

    /// It is not read.
    pub(super) fn discard(self, budget: &Budget<'_>) {
        self.text.close(budget);
    }

    /// The text is complete.
    pub(super) fn read(self, to: &mut Opened<'_, '_>) {
        let part = self.part;
        if let Some(cause) = self.text.left_out() {
            to.book.overflow(part, cause);
        }
        let text = &self.text.text;
        if !text.is_empty() {
            let source = Source {
                range: 0..text.len(),
                coding: Coding::Transfer(Transfer::Base64),
                checksums: None,
            };
            let (bytes, shortfall) = source.decode(text.as_bytes(), to.budget);
            if let Some(shortfall) = shortfall {
                to.book.falls_short(part, shortfall);
            }
            if !self.read_bytes(&bytes, to) {
                let detail = "a Power Query package that holds no queries that can be read";
                to.book.falls_short(part, Shortfall::Damaged(detail));
            }
            to.budget.release_live(held(&bytes));
        }
        self.text.close(to.budget);
    }

    /// Whether a query was there.
    fn read_bytes(&self, bytes: &[u8], to: &mut Opened<'_, '_>) -> bool {
        let announced = announced(bytes).is_some_and(|package| self.read_zip(package, to));
        announced
            || memmem::find(bytes, LOCAL)
                .and_then(|at| bytes.get(at..))
                .is_some_and(|package| self.read_zip(package, to))
    }

    fn read_zip(&self, package: &[u8], to: &mut Opened<'_, '_>) -> bool {
        let listing = zip::list(package, &Passwords::default(), to.budget);
        let mut found = false;
        for member in &listing.members {
            let name = member.name.to_ascii_lowercase();
            // Equal names carry an index.
            if !name.ends_with(QUERIES) && !name.contains(".m#") {
                continue;
            }
            found = true;
            let (bytes, shortfall) = member.source.decode(package, to.budget);
            self.read_queries(&member.name, &bytes, shortfall, to);
            to.budget.release_live(held(&bytes));
        }
        if let Some(cause) = listing.exhausted {
            to.book.overflow(self.part, cause);
        }
        to.budget.release_live(listing.live);
        found
    }

    fn read_queries(
        &self,
        name: &str,
        bytes: &[u8],
        shortfall: Option<Shortfall>,
        to: &mut Opened<'_, '_>,
    ) {
        let Opened {
            book,
            budget,
            members,
        } = to;
        let Some(around) = book.place_mut(self.part) else {
            return;
        };
        let place = Place {
            reachable: around.reachable,
            techniques: around.techniques.clone(),
            ..Place::new(around.location.child(name))
        };
        let place = book.open_place(place);
        members.extend(members.get(self.part).copied());
        if let Some(shortfall) = shortfall {
            book.falls_short(place, shortfall);
        }
        let live = u64::try_from(power_query::cost(bytes.len())).unwrap_or(u64::MAX);
        if let Err(cause) = budget.charge_live(live) {
            book.overflow(place, cause);
            return;
        }
        let text = section_text(bytes);
        // The same address from many queries is one.
        let mut seen = BTreeSet::new();
        let mut open = false;
        let cut = power_query::read(&text, &mut |fetch| {
            if fetch.more {
                if open {
                    book.more_of_connection(fetch.name, fetch.value, budget);
                }
                return;
            }
            let key = (fetch.name, fetch.value.clone());
            open = !seen.contains(&key);
            if !open {
                return;
            }
            let bytes = fetch.value.len().saturating_add(cost::ENTRY);
            if book.purse(budget).fits(Rank::Junk, bytes) {
                seen.insert(key);
            }
            let connection = Connection {
                attributes: vec![(fetch.name, fetch.value)],
                web: fetch.web,
                of_package: true,
                ..Connection::default()
            };
            let offset = u64::try_from(fetch.offset).unwrap_or(u64::MAX);
            book.connection(place, offset, connection, budget);
        });
        if cut {
            let what = "queries with more names than are followed";
            book.falls_short(place, Shortfall::Unsupported(what.to_owned()));
        }
        budget.release_live(live);
    }
}

/// The zip that the header tells of: a version, a length, and so many bytes.
fn announced(bytes: &[u8]) -> Option<&[u8]> {
    let mut bytes = Bytes::new(bytes);
    bytes.u32()?;
    let length = usize::try_from(bytes.u32()?).ok()?;
    bytes
        .take(length)
        .filter(|package| package.starts_with(LOCAL))
}

/// The text of a section of queries: UTF-8, or UTF-16 by its mark or by the NULs between its
/// letters.
fn section_text(bytes: &[u8]) -> Cow<'_, str> {
    let read: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] | [1..=0xff, 0, 1..=0xff, 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, 1..=0xff, 0, 1..=0xff, ..] => u16::from_be_bytes,
        _ => {
            let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            return String::from_utf8_lossy(plain);
        }
    };
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| read(*unit));
    let text = from_utf16(units);
    Cow::Owned(text.trim_start_matches('\u{feff}').to_owned())
}

#[cfg(test)]
mod tests {
    use super::section_text;

    #[test]
    fn sections_in_utf16() {
        let le: Vec<u8> = "a=\"x\""
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let be: Vec<u8> = "a=\"x\""
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let marked = [b"\xff\xfe".as_slice(), &le].concat();
        for bytes in [le, be, marked, b"\xef\xbb\xbfa=\"x\"".to_vec()] {
            assert_eq!(section_text(&bytes), "a=\"x\"");
        }
    }
}
