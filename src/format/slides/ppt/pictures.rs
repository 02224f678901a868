//! Pictures that a drawing takes from elsewhere: names of pictures in the properties of a shape
//! ([MS-ODRAW] 2.2.9, 2.3.23.2).
//!
//! # Malformed input
//!
//! Properties and their data are read as far as they go.
//!
//! # Worst cases
//!
//! Linear in the properties of one shape, six bytes each.

use super::records::Record;
use crate::container::cfb::View;

/// Bytes of a property; its data, where it has some, stand behind all of them.
const PROPERTY: usize = 6;
/// Bit of a property with data.
const COMPLEX: u16 = 0x8000;
/// Bits of a property that name it.
const NAME: u16 = 0x3fff;
/// Names of pictures (of the shape, its fill, its line), each followed by its flags.
const NAMES: [u16; 3] = [0x0105, 0x0187, 0x01c6];
/// The picture is not in the file, or is taken from its place each time ([MS-ODRAW] 2.4.5).
const LINKED: u32 = 0x04 | 0x08;

/// Where the names of linked pictures stand: UTF-16, as records of strings have it.
pub(super) fn linked(record: &Record, view: &View<'_>) -> Vec<Record> {
    let mut found = Vec::new();
    let count = usize::from(record.instance);
    let table = count.saturating_mul(PROPERTY);
    let mut data = record.body.start.saturating_add(table);
    let mut last: Option<(u16, Record)> = None;
    for index in 0..count {
        let at = index
            .saturating_mul(PROPERTY)
            .saturating_add(record.body.start);
        let (Some(id), Some(value)) = (view.u16(at), view.u32(at.saturating_add(2))) else {
            break;
        };
        if at >= record.body.end {
            break;
        }
        let name = id & NAME;
        if let Some((before, text)) = last.take()
            && name == before.saturating_add(1)
            && value & LINKED != 0
        {
            found.push(text);
        }
        if id & COMPLEX == 0 {
            continue;
        }
        let end = data.saturating_add(usize::try_from(value).unwrap_or(usize::MAX));
        if NAMES.contains(&name) {
            let text = Record {
                body: data..end.min(record.body.end),
                ..record.clone()
            };
            last = Some((name, text));
        }
        data = end.min(record.body.end);
    }
    found
}
