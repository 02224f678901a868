//! Documents that stand as base64 in the text of a page, where a script makes files of them
//! (`atob("UEsDB…")`, ATT&CK T1027.006): behind a quotation mark, a bracket or a tag.
//!
//! # Malformed input
//!
//! Lines may be broken. A run of base64 ends with the first other character that is none: a text that a script puts together
//! from several gives a document that is cut off, and is said to be.
//!
//! # Lost
//!
//! What a script computes. Pages in UTF-16.
//!
//! # Worst cases
//!
//! One pass over the page for each signature, and one over each run, which do not overlap.

use std::ops::Range;

use crate::container::transfer::Transfer;
use crate::container::{Coding, Source};
use crate::format::ledger::{Child, Ledger};
use crate::limits::{Budget, Exhausted};
use crate::location::Location;

/// What base64 of documents begins with: zip archives, compound files, Rich Text Format.
const STARTS: [&[u8]; 3] = [b"UEsDB", b"0M8R4KGxGuE", b"e1xydG"];
/// A document takes more characters than this.
const LEAST: usize = 64;

/// Hands on the documents in the text of a page.
pub(super) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for start in STARTS {
        let mut until = 0usize;
        for at in memchr::memmem::find_iter(data, start) {
            // Not inside a run, and not a file in an address, which is read as one.
            let front = data.get(..at).and_then(|front| front.last());
            let begins = matches!(front, Some(b'"' | b'\'' | b'`' | b'>' | b'('));
            if at < until || !begins {
                continue;
            }
            let rest = data.get(at..).unwrap_or_default();
            let length = rest
                .iter()
                .position(|byte| !is_base64(*byte) && !matches!(byte, b'\r' | b'\n'));
            until = at.saturating_add(length.unwrap_or(rest.len()));
            if until.saturating_sub(at) >= LEAST {
                // The run itself is decoded, and paid for, when its turn comes.
                budget.charge_part()?;
                runs.push(at..until);
            }
        }
    }
    runs.sort_by_key(|run| run.start);
    for (run, number) in runs.into_iter().zip(1u32..) {
        let source = Source {
            range: run,
            coding: Coding::Transfer(Transfer::Base64),
            checksums: None,
        };
        let location = location.child(&format!("base64-{number}"));
        ledger.child(Child { source, location });
    }
    Ok(())
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}
