//! Compound files that are all tables: FATs and directories without end, trees without a floor,
//! chains that everybody shares.
//!
//! A payload stands in each: it is found, or there is a gap.

use std::time::Duration;

use ddetect::{GapKind, Report, Verdict};

use super::support::cfbsmith::{Compound, Smith};
use super::support::excel::biff8::{self, WORKED, WORKED_CELL};
use super::support::triples;
use super::support::word::doc::{BEGIN, DocFile, END};
use super::{LARGE, turn, within};

/// 100 MB, or a twentieth of it.
const TABLE: usize = LARGE / 2;
const FREE: u32 = 0xffff_ffff;
const END_OF_CHAIN: u32 = 0xffff_fffe;

/// A document with a payload.
fn document() -> Vec<(String, Vec<u8>)> {
    DocFile::new(&format!("{BEGIN} DDEAUTO cmd \"/c calc\" {END}")).all_streams()
}

/// A workbook with a payload and a stream that is larger than what stands in the mini stream.
fn workbook() -> Vec<u8> {
    biff8::stream(WORKED, WORKED_CELL)
}

/// Analyses within a second for each mebibyte, and at least a second; and what it holds is not
/// called clean.
#[track_caller]
fn never_clean(what: &str, bytes: &[u8]) -> Report {
    println!("{what}");
    let patience = Duration::from_secs((bytes.len() as u64 >> 20).max(1));
    let report = within(patience, bytes);
    println!("{:?}, {} gaps", report.verdict(), report.gaps().len());
    assert!(report.verdict() > Verdict::Clean, "{what}");
    report
}

/// Analyses a file of which the payload is found, or a limit is named that stands before it.
#[track_caller]
fn found(what: &str, bytes: &[u8]) {
    let report = never_clean(what, bytes);
    let limited = report.gaps().iter().any(|gap| gap.kind == GapKind::Limit);
    assert!(
        !triples(&report).is_empty() || limited,
        "{what}: {report:#?}"
    );
}

/// Adds sectors of these numbers at the end; returns the first.
fn append(file: &mut Compound, numbers: impl IntoIterator<Item = u32>) -> u32 {
    let first = file.count();
    let bytes = numbers.into_iter().flat_map(u32::to_le_bytes);
    file.bytes.extend(bytes);
    let whole = file.bytes.len().next_multiple_of(file.size());
    file.bytes.resize(whole, 0xff);
    first
}

/// Names sectors in a chain of DIFAT sectors.
fn name_in_difat(file: &mut Compound, sectors: impl Iterator<Item = u32>) {
    let per = file.size() / 4 - 1;
    let sectors: Vec<u32> = sectors.collect();
    let first = file.count();
    let mut numbers = Vec::new();
    for (nth, named) in (1..).zip(sectors.chunks(per)) {
        numbers.extend_from_slice(named);
        numbers.resize(nth * (per + 1) - 1, FREE);
        numbers.push(first + u32::try_from(nth).unwrap());
    }
    *numbers.last_mut().unwrap() = END_OF_CHAIN;
    let count = u32::try_from(sectors.chunks(per).count()).unwrap();
    append(file, numbers);
    file.put_u32(68, first);
    file.put_u32(72, count);
}

#[test]
fn tables_without_end() {
    let _turn = turn();
    let sectors = TABLE / 512;
    // Each of the sectors is a table, and named once, in order or not, or again and again.
    for kind in 0..4u32 {
        let mut file = Smith::new(document()).build();
        let numbers = 0..u32::try_from(sectors * 128).unwrap();
        let first = match kind {
            0 => append(&mut file, numbers.map(|n| n + 1)),
            1 => append(&mut file, numbers.map(|n| n ^ 1)),
            2 => append(
                &mut file,
                numbers.map(|n| n.wrapping_mul(2_654_435_761) >> 12),
            ),
            _ => append(&mut file, numbers.map(|_| 0)),
        };
        let last = first + u32::try_from(sectors).unwrap();
        name_in_difat(&mut file, first..last);
        found("100 MB of FAT", &file.bytes);
    }
    let mut file = Smith::new(document()).build();
    let fat = file.fat[0];
    name_in_difat(&mut file, std::iter::repeat_n(fat, TABLE / 4));
    found("100 MB of DIFAT that names one sector", &file.bytes);
    let mut file = Smith::new(document()).build();
    name_in_difat(&mut file, std::iter::repeat_n(FREE, TABLE / 4));
    found("100 MB of DIFAT that names none", &file.bytes);
    // The DIFAT in a circle.
    let last = file.count() - 1;
    let at = file.sector(last) + file.size() - 4;
    let start = file.u32(68);
    file.put_u32(at, start);
    found("a DIFAT in a circle", &file.bytes);
}

/// A million entries, or a twentieth.
const ENTRIES: usize = LARGE / 200;

fn crowd(name: impl Fn(usize) -> String, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut streams: Vec<_> = (0..ENTRIES).map(|n| (name(n), bytes.to_vec())).collect();
    streams.extend(document());
    streams
}

#[test]
fn a_million_entries() {
    let _turn = turn();
    let plain = Smith::new(crowd(|n| format!("s{n}"), &[]));
    found("a million streams", &plain.build().bytes);
    found("a million streams in a list", &plain.listed().build().bytes);
    let mut lost = Smith::new(crowd(|n| format!("s{n}"), &[])).build();
    lost.put_u32(lost.entry("") + 76, FREE);
    found("a million streams of no storage", &lost.bytes);
    let same = Smith::new(crowd(|_| "WordDocument".to_owned(), &[]));
    never_clean("a million main streams", &same.build().bytes);
    let books = Smith::new(crowd(|_| "Workbook".to_owned(), &[]));
    never_clean("a million workbooks", &books.build().bytes);
    let objects = crowd(|n| format!("o{}/\u{1}Ole", n % (ENTRIES / 2)), &[]);
    found(
        "half a million storages",
        &Smith::new(objects).build().bytes,
    );
    let mut free = Smith::new(crowd(|n| format!("s{n}"), &[])).build();
    for id in 1..ENTRIES {
        free.put(free.nth(id) + 66, &[0]);
        free.put(free.nth(id) + 120, &[1]);
    }
    found("a million free entries with names", &free.bytes);
    let mut sizes = Smith::new(crowd(|n| format!("s{n}"), &[])).build();
    for id in 1..ENTRIES {
        sizes.put_u32(sizes.nth(id) + 116, 0);
        sizes.put_u32(sizes.nth(id) + 120, FREE);
    }
    found("a million streams of 4 GB", &sizes.bytes);
}

#[test]
fn a_tree_without_a_floor() {
    let _turn = turn();
    let levels = LARGE / 2_000;
    for kind in [1u8, 2] {
        let mut streams: Vec<(String, Vec<u8>)> = document();
        streams.extend((0..levels).map(|_| ("a".to_owned(), Vec::new())));
        let mut file = Smith::new(streams).build();
        // Each entry stands in the one before, and the document at the bottom.
        let own = document().len();
        let first = own + 1;
        file.put_u32(file.entry("") + 76, u32::try_from(first).unwrap());
        for id in first..first + levels {
            let at = file.nth(id);
            let next = if id + 1 == first + levels { 1 } else { id + 1 };
            file.put(at + 66, &[kind]);
            file.put_u32(at + 68, FREE);
            file.put_u32(at + 72, FREE);
            file.put_u32(at + 76, u32::try_from(next).unwrap());
        }
        for id in 1..=own {
            let next = if id == own { FREE } else { id as u32 + 1 };
            file.put_u32(file.nth(id) + 68, FREE);
            file.put_u32(file.nth(id) + 72, next);
        }
        found("100,000 levels", &file.bytes);
    }
}

#[test]
fn one_chain_for_all() {
    let _turn = turn();
    let size = LARGE / 20;
    let count = LARGE / 10_000;
    for (name, start) in [
        ("s", &b"x"[..]),
        ("s", b"PK\x03\x04"),
        ("Workbook", b"\x09\x08\x10\0"),
    ] {
        let mut shared = start.to_vec();
        shared.resize(size, b'x');
        let mut streams = vec![("shared".to_owned(), shared)];
        streams.extend((0..count).map(|n| match name {
            "s" => (format!("s{n}"), vec![]),
            name => (name.to_owned(), vec![]),
        }));
        streams.extend(document());
        let mut file = Smith::new(streams).build();
        let from = file.entry("shared") + 116;
        let place: Vec<u8> = file.bytes[from..from + 12].to_vec();
        for id in 2..2 + count {
            let at = file.nth(id) + 116;
            file.put(at, &place);
        }
        never_clean("all streams on one chain", &file.bytes);
        // And no table says where it goes.
        file.put_u32(76, FREE);
        never_clean("all streams on one guess", &file.bytes);
    }
}

#[test]
fn a_mini_stream_without_end() {
    let _turn = turn();
    let many: Vec<(String, Vec<u8>)> = (0..LARGE / 10_000)
        .map(|n| (format!("s{n}"), vec![b'x'; 4_000]))
        .chain([("Workbook".to_owned(), workbook())])
        .collect();
    let mut file = Smith::new(many).build();
    file.put_u32(file.entry("") + 120, FREE);
    found("a mini stream of 4 GB", &file.bytes);
    // Every small stream says that it is the whole mini stream, which is one chain.
    let sectors = file.mini.len() * 8;
    for sector in 0..sectors {
        let next = u32::try_from(sector + 1).unwrap();
        file.put_u32(file.mini_slot(next - 1), next);
    }
    for id in 1..file.used() - 1 {
        file.put_u32(file.nth(id) + 120, FREE);
    }
    found("4 GB streams in a mini stream", &file.bytes);
    // Nothing leads to it, and each sector is a chain of its own.
    file.put_u32(file.entry("") + 116, END_OF_CHAIN);
    for sector in file.mini.clone() {
        file.put_u32(file.slot(sector), END_OF_CHAIN);
    }
    never_clean("a mini stream in pieces", &file.bytes);
}

#[test]
fn every_other_sector_is_free() {
    let _turn = turn();
    let mut spare = vec![b'x'; TABLE];
    let book = workbook();
    let at = TABLE - 600;
    spare[at..at + book.len()].copy_from_slice(&book);
    let mut file = Smith::new(vec![("Workbook", vec![0; 5_000])])
        .spare(&spare)
        .build();
    found("100 MB that no stream takes", &file.bytes);
    // A stream takes each other sector of them.
    let spare = file.spare.clone();
    let entry = file.entry("Workbook");
    for pair in spare.windows(3).step_by(2) {
        file.put_u32(file.slot(pair[0]), pair[2]);
    }
    file.put_u32(entry + 116, spare[0]);
    file.put_u32(entry + 120, u32::try_from(spare.len() * 256).unwrap());
    never_clean("sectors in turns", &file.bytes);
}

#[test]
fn signatures_without_files() {
    let _turn = turn();
    let mut bytes = vec![0u8];
    let header = Smith::new(document()).build().bytes;
    while bytes.len() < 1 << 20 {
        bytes.extend_from_slice(&header[..32]);
    }
    bytes.extend_from_slice(&header);
    println!("{:?}", within(Duration::from_secs(1), &bytes).verdict());
}
