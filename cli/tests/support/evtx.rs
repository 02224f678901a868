//! EVTX files, built byte by byte: no program but Windows writes them. Each event stands in full,
//! without templates.
//!
//! Layout: file header of 4 KiB, chunks of 64 KiB with a header of 512 bytes, records, binary XML.

const CHUNK: usize = 65_536;
/// Where the records of a chunk begin.
const RECORDS: usize = 512;
/// 100 ns from 1601 to 1970.
const EPOCH: u64 = 116_444_736_000_000_000;

/// An event: its log, its number, its computer and its data.
pub(crate) struct Event<'a> {
    pub(crate) provider: &'a str,
    pub(crate) id: u16,
    pub(crate) computer: &'a str,
    pub(crate) data: &'a [(&'a str, &'a str)],
}

/// A file of these events, as many as fit into one chunk.
pub(crate) fn file(events: &[Event<'_>]) -> Vec<u8> {
    let chunk = chunk(events);
    let mut header = b"ElfFile\0".to_vec();
    header.extend([0; 16]);
    header.extend((events.len() as u64 + 1).to_le_bytes());
    header.extend(128_u32.to_le_bytes());
    for number in [1_u16, 3, 4096, 1] {
        header.extend(number.to_le_bytes());
    }
    header.resize(120, 0);
    let checksum = crc32fast::hash(&header);
    header.extend([0; 4]);
    header.extend(checksum.to_le_bytes());
    header.resize(4096, 0);
    [header, chunk].concat()
}

fn chunk(events: &[Event<'_>]) -> Vec<u8> {
    let mut records = vec![0; RECORDS];
    let mut last = RECORDS;
    for (number, event) in (1_u64..).zip(events) {
        last = records.len();
        record(&mut records, number, event);
    }
    let end = records.len();
    assert!(end <= CHUNK, "more events than fit into a chunk");
    let count = events.len() as u64;
    let mut header = b"ElfChnk\0".to_vec();
    for number in [1, count, 1, count] {
        header.extend(number.to_le_bytes());
    }
    let checksum = crc32fast::hash(&records[RECORDS..]);
    for number in [128, last as u32, end as u32, checksum] {
        header.extend(number.to_le_bytes());
    }
    header.resize(120, 0);
    let mut covered = header.clone();
    covered.extend([0; RECORDS - 128]);
    header.extend([0; 4]);
    header.extend(crc32fast::hash(&covered).to_le_bytes());
    records[..128].copy_from_slice(&header);
    records.resize(CHUNK, 0);
    records
}

fn record(chunk: &mut Vec<u8>, number: u64, event: &Event<'_>) {
    let start = chunk.len();
    chunk.extend([0x2a, 0x2a, 0, 0, 0, 0, 0, 0]);
    chunk.extend(number.to_le_bytes());
    chunk.extend((EPOCH + number * 10_000_000).to_le_bytes());
    chunk.extend([0x0f, 1, 1, 0]);
    let id = event.id.to_string();
    element(chunk, "Event", &[], |chunk| {
        element(chunk, "System", &[], |chunk| {
            element(chunk, "Provider", &[("Name", event.provider)], |_| {});
            element(chunk, "EventID", &[], |chunk| text(chunk, &id));
            let time = [("SystemTime", "2026-11-24T10:00:00.000Z")];
            element(chunk, "TimeCreated", &time, |_| {});
            element(chunk, "Computer", &[], |chunk| text(chunk, event.computer));
        });
        element(chunk, "EventData", &[], |chunk| {
            for (name, value) in event.data {
                element(chunk, "Data", &[("Name", name)], |chunk| text(chunk, value));
            }
        });
    });
    chunk.push(0);
    chunk.resize(chunk.len().next_multiple_of(8) + 4, 0);
    let length = (chunk.len() + 4 - start) as u32;
    chunk[start + 4..start + 8].copy_from_slice(&length.to_le_bytes());
    chunk.extend(length.to_le_bytes());
}

fn element(
    chunk: &mut Vec<u8>,
    tag: &str,
    attributes: &[(&str, &str)],
    content: impl FnOnce(&mut Vec<u8>),
) {
    chunk.push(if attributes.is_empty() { 0x01 } else { 0x41 });
    let size_at = chunk.len();
    chunk.extend([0; 4]);
    name(chunk, tag);
    if !attributes.is_empty() {
        let list_at = chunk.len();
        chunk.extend([0; 4]);
        for (key, value) in attributes {
            chunk.push(0x06);
            name(chunk, key);
            text(chunk, value);
        }
        patch(chunk, list_at);
    }
    chunk.push(0x02);
    content(chunk);
    chunk.push(0x04);
    patch(chunk, size_at);
}

/// Writes how much stands behind a length, into the length.
fn patch(chunk: &mut [u8], at: usize) {
    let length = (chunk.len() - at - 4) as u32;
    chunk[at..at + 4].copy_from_slice(&length.to_le_bytes());
}

/// A name where it is used first: its place in the chunk, then the name itself.
fn name(chunk: &mut Vec<u8>, text: &str) {
    let at = chunk.len() + 4;
    chunk.extend((at as u32).to_le_bytes());
    chunk.extend([0; 4]);
    let hash = text.encode_utf16().fold(0_u32, |hash, unit| {
        hash.wrapping_mul(65_599).wrapping_add(u32::from(unit))
    });
    chunk.extend((hash as u16).to_le_bytes());
    units(chunk, text);
    chunk.extend([0; 2]);
}

fn text(chunk: &mut Vec<u8>, text: &str) {
    chunk.extend([0x05, 0x01]);
    units(chunk, text);
}

fn units(chunk: &mut Vec<u8>, text: &str) {
    let units: Vec<u16> = text.encode_utf16().collect();
    chunk.extend((units.len() as u16).to_le_bytes());
    chunk.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
}
