//! Files that stand in the addresses of a page: `data:application/msword;base64,…`, or spelled with
//! `%` (RFC 2397).
//!
//! # Malformed input
//!
//! What is not in the alphabet of base64 is passed over; an address ends where its attribute does.
//! Addresses are found wherever they stand, in text and in scripts as well.
//!
//! # Lost
//!
//! Addresses in pages in UTF-16: no program of Office opens them.
//!
//! # Worst cases
//!
//! One pass over the page, and one over each file, which do not overlap.

use std::cell::Cell;

use crate::container::transfer::Transfer;
use crate::container::{Coding, Source};
use crate::format::ledger::{Child, Ledger};
use crate::format::offer;
use crate::identify::Sniffer;
use crate::limits::{Budget, Exhausted};
use crate::location::Location;

/// What stands in front of the data, in any case.
const CODED: &[u8] = b";base64";
/// What an address begins with, in any case.
const SCHEME: &[u8] = b"data:";
/// Colons of a type that may be the one of its scheme.
const COLONS: usize = 4;
/// Bytes of the longest type with its parameters.
const TYPE: usize = 256;

/// Hands on the files that the addresses in a page hold.
pub(super) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let mut number = 0u32;
    // Where the last address with `%` ends: commas in it begin no other.
    let mut until = 0usize;
    for comma in memchr::memchr_iter(b',', data) {
        let Some((transfer, quote)) = begins(data.get(..comma).unwrap_or_default()) else {
            continue;
        };
        if transfer == Transfer::Percent && comma < until {
            continue;
        }
        let start = comma.saturating_add(1);
        let rest = data.get(start..).unwrap_or_default();
        let end = rest.iter().position(|byte| match (transfer, quote) {
            // Markup may stand there as it is.
            (Transfer::Percent, Some(quote @ (b'"' | b'\''))) => *byte == quote,
            (Transfer::Percent, Some(b'(')) => *byte == b')',
            (Transfer::Percent, _) => byte.is_ascii_whitespace() || *byte == b'>',
            _ => is_end(*byte),
        });
        let end = start.saturating_add(end.unwrap_or(rest.len()));
        if transfer == Transfer::Percent {
            until = end;
        }
        number = number.saturating_add(1);
        let source = Source {
            range: start..end,
            coding: Coding::Transfer(transfer),
            checksums: None,
        };
        let location = location.child(&format!("data{number}"));
        let outcome = Cell::new(None);
        let reader = source.open(data, budget, &outcome);
        let could_be = offer::sniff(reader, Sniffer::of_part(), |_| ());
        if offer::tell(could_be, &location, ledger, |_, _, _| false).is_child {
            let location = location.clone();
            ledger.child(Child { source, location });
        }
        if let Some(shortfall) = outcome.take() {
            ledger.shortfall(shortfall, &location)?;
        }
    }
    Ok(())
}

/// How the data behind an address are coded, and what stands in front of it, if its start ends
/// here.
fn begins(before: &[u8]) -> Option<(Transfer, Option<u8>)> {
    let from = before.len().saturating_sub(TYPE);
    let front = before.get(from..).unwrap_or_default();
    let colons = memchr::memrchr_iter(b':', front).take(COLONS);
    let mut starts = colons.filter_map(|colon| {
        let start = colon.saturating_add(1).checked_sub(SCHEME.len())?;
        let (front, rest) = front.split_at_checked(start)?;
        let (scheme, media_type) = rest.split_at_checked(SCHEME.len())?;
        scheme
            .eq_ignore_ascii_case(SCHEME)
            .then_some((front.last().copied(), media_type))
    });
    let (quote, media_type) = starts.next()?;
    if media_type.iter().any(|byte| is_end(*byte)) {
        return None;
    }
    let last = media_type.len().checked_sub(CODED.len());
    let last = last.and_then(|last| media_type.get(last..));
    if last.is_some_and(|last| last.eq_ignore_ascii_case(CODED)) {
        return Some((Transfer::Base64, quote));
    }
    // The text of a page has the word as well.
    let is_type = |byte: &u8| byte.is_ascii_graphic() && *byte != b',';
    media_type
        .iter()
        .all(is_type)
        .then_some((Transfer::Percent, quote))
}

/// Whether an address ends with this byte: blanks in it are left out by programs.
fn is_end(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'<' | b'>' | b')')
}
