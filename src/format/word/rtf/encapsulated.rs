//! The page that Outlook made a document of ([MS-OXRTFEX], `spec/word.md` §5.2): `\fromhtml1` says
//! that there is one. Outlook shows the page and not the document.
//!
//! # Worst cases
//!
//! The document is decoded twice, to see whether it can be read in two ways; both readings are paid
//! for, and read only where they differ.

use std::cell::Cell;
use std::io::BufRead as _;

use crate::container::transfer::{Reading, Transfer};
use crate::container::{Coding, Source};
use crate::format::ledger::{Child, Ledger, Provenance, Role};
use crate::format::pages::Page;
use crate::identify::Format;
use crate::limits::{Budget, Exhausted};
use crate::location::Location;

/// Queues the page in `data`, of which `page` is the code page.
pub(super) fn queue(
    data: &[u8],
    page: Page,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let mut seen = None;
    for reading in [Reading::Plain, Reading::Tags] {
        let source = Source {
            range: 0..data.len(),
            coding: Coding::Transfer(Transfer::HtmlInRtf(reading)),
            checksums: None,
        };
        let location = location.child("html");
        let outcome = Cell::new(None);
        let mut reader = source.open(data, budget, &outcome);
        let mut sum = crc32fast::Hasher::new();
        let mut length = 0usize;
        loop {
            // Reading never gives an error.
            let block = reader.fill_buf().unwrap_or_default();
            let size = block.len();
            if size == 0 {
                break;
            }
            sum.update(block);
            length = length.saturating_add(size);
            reader.consume(size);
        }
        if let Some(shortfall) = outcome.take() {
            ledger.shortfall(shortfall, &location)?;
        }
        let bytes = Some((sum.finalize(), length));
        if seen == bytes || length == 0 {
            continue;
        }
        seen = bytes;
        let provenance = Provenance {
            declared: Some(Format::Html),
            charset: Some(page.on_the_web().name().to_ascii_lowercase()),
            media_type: Some("text/html".to_owned()),
            role: Role::Body,
            ..Provenance::default()
        };
        ledger.child_by(Child { source, location }, provenance);
    }
    Ok(())
}
