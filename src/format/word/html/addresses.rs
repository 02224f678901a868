//! Files that stand in the addresses of a page: `data:application/msword;base64,…` (RFC 2397).
//!
//! # Malformed input
//!
//! What is not in the alphabet of base64 is passed over; an address ends where its attribute does.
//! Addresses are found wherever they stand, in text and in scripts as well.
//!
//! # Lost
//!
//! Addresses in pages in UTF-16, and files that are spelled with `%` instead of base64: no program
//! of Office opens them.
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
    for comma in memchr::memchr_iter(b',', data) {
        if !begins(data.get(..comma).unwrap_or_default()) {
            continue;
        }
        let start = comma.saturating_add(1);
        let rest = data.get(start..).unwrap_or_default();
        let end = rest.iter().position(|byte| is_end(*byte));
        let end = start.saturating_add(end.unwrap_or(rest.len()));
        number = number.saturating_add(1);
        let source = Source {
            range: start..end,
            coding: Coding::Transfer(Transfer::Base64),
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

/// Whether the start of an address with base64 ends here.
fn begins(before: &[u8]) -> bool {
    let Some(at) = before.len().checked_sub(CODED.len()) else {
        return false;
    };
    let (front, coded) = before.split_at_checked(at).unwrap_or_default();
    if !coded.eq_ignore_ascii_case(CODED) {
        return false;
    }
    let from = front.len().saturating_sub(TYPE);
    let front = front.get(from..).unwrap_or_default();
    let inside = front.rsplit(|byte| is_end(*byte)).next();
    let inside = inside.unwrap_or_default();
    inside
        .windows(SCHEME.len())
        .any(|window| window.eq_ignore_ascii_case(SCHEME))
}

/// Whether an address ends with this byte: blanks in it are left out by programs.
fn is_end(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'<' | b'>' | b')')
}
