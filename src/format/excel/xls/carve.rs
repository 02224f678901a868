//! A search for the link table in bytes that no record leads to (`spec/excel.md` §3.11).
//!
//! It is made where records lead to no link table, and in what is left of a damaged file. What it
//! finds may be a remnant that no program reads, so it is never sure.
//!
//! # Worst cases
//!
//! One pass over the bytes, which are charged; a block with what follows it is held at a time.

use std::collections::BTreeSet;

use memchr::memmem;

use super::records::Records;
use super::supbook::{self, Role};
use crate::container::cfb::View;
use crate::format::excel::book::Book;
use crate::format::excel::external::{Style, Target};
use crate::limits::{Budget, Exhausted};
use crate::link::{Confidence, TechniqueId};

/// Bytes that are searched at once, and how many of the next ones with them: a record has fewer.
const BLOCK: usize = 64 << 10;
const OVERLAP: usize = 2 << 10;
/// Hits that are kept: more say nothing new.
const HITS: usize = 1_000;
/// Characters of service and topic, as a `SUPBOOK` record allows.
const LONGEST: usize = 255;
/// Bytes of the record in front of its text.
const HEAD: usize = 9;
/// The number of the record.
const SUPBOOK: &[u8] = b"\xae\x01";
/// Services that are looked for without a record around them.
const SERVICES: &[&str] = &["cmd", "MSEXCEL"];

/// Searches `view`; tells `book` what is found, at `place`. Returns whether anything is.
pub(super) fn search(
    view: &View<'_>,
    place: usize,
    book: &mut Book,
    budget: &Budget<'_>,
) -> Result<bool, Exhausted> {
    let mut known: BTreeSet<usize> = BTreeSet::new();
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    let mut at = 0usize;
    while at < view.length() && known.len() < HITS {
        let end = at.saturating_add(BLOCK).saturating_add(OVERLAP);
        let block = view.copy(at..end, budget)?;
        for hit in memmem::find_iter(&block, SUPBOOK).filter(|hit| *hit < BLOCK) {
            if let Some((service, topic)) = record(block.get(hit..).unwrap_or_default(), book) {
                let offset = at.saturating_add(hit);
                // The text of the record is no hit of its own.
                known.insert(offset.saturating_add(HEAD));
                if known.insert(offset) && found.insert((service.clone(), topic.clone())) {
                    tell((service, topic), offset, place, book, budget);
                }
            }
        }
        for service in SERVICES {
            for (hit, topic) in bare(&block, service) {
                let offset = at.saturating_add(hit);
                let pair = ((*service).to_owned(), topic);
                if hit < BLOCK && known.insert(offset) && found.insert(pair.clone()) {
                    tell(pair, offset, place, book, budget);
                }
            }
        }
        budget.release_live(u64::try_from(block.len()).unwrap_or(u64::MAX));
        at = at.saturating_add(BLOCK);
    }
    book.close_open();
    Ok(!known.is_empty())
}

fn tell(
    (service, topic): (String, String),
    offset: usize,
    place: usize,
    book: &mut Book,
    budget: &Budget<'_>,
) {
    let offset = u64::try_from(offset).unwrap_or(u64::MAX);
    let target = Target::Dde { service, topic };
    if book.link(place, offset, target, budget).is_some() {
        book.style(Style {
            confidence: Confidence::Low,
            techniques: vec![TechniqueId::RawScan],
            ..Style::default()
        });
    }
}

/// Service and topic of what looks like a whole `SUPBOOK` record of DDE at the start of `bytes`.
fn record(bytes: &[u8], book: &Book) -> Option<(String, String)> {
    let (head, text) = bytes.split_first_chunk::<HEAD>()?;
    let [_, _, low, high, sheets, more, count, over, flags] = *head;
    let length = usize::from(u16::from_le_bytes([low, high]));
    let count = usize::from(u16::from_le_bytes([count, over]));
    let size = if flags & 1 == 1 {
        count.saturating_mul(2)
    } else {
        count
    };
    let plausible = sheets == 0
        && more == 0
        && (3..=LONGEST).contains(&count)
        && flags < 2
        && length == size.saturating_add(5);
    let step = if flags & 1 == 1 { 2 } else { 1 };
    let mut text = text.iter().take(size).step_by(step);
    // The first control character is the separator: most of what only looks like a record ends here.
    if !plausible || text.find(|byte| **byte < 0x20) != Some(&3) {
        return None;
    }
    let view = View::from(bytes);
    let mut records = Records::new(&view, usize::MAX);
    let record = records.next()?;
    let is_program = book.is_program();
    let entry = supbook::supbook(&mut records.open(record), length, &is_program);
    match (entry.role, entry.target) {
        (Role::Pair, Some((Target::Dde { service, topic }, _)))
            if is_text(&service) && is_text(&topic) =>
        {
            Some((service, topic))
        }
        _ => None,
    }
}

/// Places where a service stands with a separator and something behind it, of one byte a character
/// or two.
fn bare(block: &[u8], service: &str) -> Vec<(usize, String)> {
    let mut hits = Vec::new();
    let mut narrow: Vec<u8> = service.bytes().collect();
    narrow.push(3);
    for hit in memmem::find_iter(block, &narrow) {
        let topic = block.get(hit.saturating_add(narrow.len())..);
        let topic: String = topic
            .unwrap_or_default()
            .iter()
            .take(LONGEST)
            .map(|byte| char::from(*byte))
            .take_while(|c| !c.is_control())
            .collect();
        hits.push((hit, topic));
    }
    let wide: Vec<u8> = narrow.iter().flat_map(|byte| [*byte, 0]).collect();
    for hit in memmem::find_iter(block, &wide) {
        let topic = block.get(hit.saturating_add(wide.len())..);
        let (units, _) = topic.unwrap_or_default().as_chunks();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
        let topic = char::decode_utf16(units.take(LONGEST))
            .map_while(Result::ok)
            .take_while(|c| !c.is_control())
            .collect();
        hits.push((hit, topic));
    }
    hits.retain(|(_, topic)| topic.len() > 1);
    hits
}

fn is_text(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_control)
}
