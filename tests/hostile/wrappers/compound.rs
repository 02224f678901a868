//! Compound files with a sound start and a lie further on.

use super::{Case, scaled};
use crate::support::word::doc::compound;

/// Bytes of a sector.
const SECTOR: usize = 512;

/// A document and a large stream, version 3.
fn file() -> Vec<u8> {
    let word = vec![0xec; 30_000];
    let large = vec![7; scaled(4_000_000)];
    compound(&[
        ("WordDocument".to_owned(), word),
        ("1Table".to_owned(), vec![0; 5_000]),
        ("Data".to_owned(), large),
        ("small".to_owned(), vec![1; 100]),
    ])
}

fn number(data: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(data[at..at + 4].try_into().unwrap())
}

fn put(data: &mut [u8], at: usize, value: u32) {
    data[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// Where the entry of a sector stands in the FAT.
fn fat(data: &[u8], sector: u32) -> usize {
    let of = sector as usize / (SECTOR / 4);
    let holder = number(data, 76 + 4 * of) as usize;
    (holder + 1) * SECTOR + 4 * (sector as usize % (SECTOR / 4))
}

/// Where the directory entry of this name stands.
fn entry(data: &[u8], name: &str) -> usize {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut at = (0..data.len()).step_by(128);
    at.find(|at| data[*at..].starts_with(&wide) && data[at + wide.len()] == 0)
        .unwrap()
}

fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut data = file();
    change(&mut data);
    data
}

/// A header, then a directory of nothing but storages, each the child or the sibling of the one
/// before.
fn chain(entries: usize, child: bool) -> Vec<u8> {
    let mut data = file()[..SECTOR].to_vec();
    let sectors = entries.div_ceil(4);
    let fats = sectors.div_ceil(SECTOR / 4 - 1) + 1;
    put(&mut data, 44, fats.min(109) as u32);
    put(&mut data, 48, fats as u32);
    for place in 0..109 {
        let holder = if place < fats { place as u32 } else { u32::MAX };
        put(&mut data, 76 + 4 * place, holder);
    }
    for sector in 0..fats * (SECTOR / 4) {
        let next = match sector {
            _ if sector < fats => 0xffff_fffd,
            _ if sector + 1 < fats + sectors => sector as u32 + 1,
            _ => 0xffff_fffe,
        };
        data.extend(next.to_le_bytes());
    }
    for id in 0..entries {
        let mut entry = [0; 128];
        let name = if id == 0 {
            "Root Entry".to_owned()
        } else {
            format!("s{id}")
        };
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry[..wide.len()].copy_from_slice(&wide);
        entry[64] = wide.len() as u8 + 2;
        entry[66] = if id == 0 { 5 } else { 1 };
        entry[67] = 1;
        entry[68..80].fill(0xff);
        let next = (id as u32 + 1).to_le_bytes();
        let at = if child || id == 0 { 76 } else { 72 };
        if id + 1 < entries {
            entry[at..at + 4].copy_from_slice(&next);
        }
        data.extend(entry);
    }
    data
}

pub(crate) fn cases() -> Vec<Case> {
    let whole = file();
    let length = whole.len();
    // Storages alone are a compound file of no kind: a document at the end makes them one.
    let with_document = |mut data: Vec<u8>| {
        let last = data.len() - 128;
        let wide: Vec<u8> = "WordDocument"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        data[last..last + 64].fill(0);
        data[last..last + wide.len()].copy_from_slice(&wide);
        data[last + 64] = wide.len() as u8 + 2;
        data[last + 66] = 2;
        put(&mut data, last + 120, 100_000);
        data
    };
    vec![
        (
            "directory that runs in a circle",
            changed(|data| {
                let first = number(data, 48);
                let at = fat(data, first);
                put(data, at, first);
            }),
        ),
        (
            "stream that runs in a circle",
            changed(|data| {
                let first = number(data, entry(data, "WordDocument") + 116);
                let at = fat(data, first);
                put(data, at, first);
            }),
        ),
        (
            "stream that leaves the file",
            changed(|data| {
                let first = number(data, entry(data, "WordDocument") + 116);
                let at = fat(data, first);
                put(data, at, 0x00ff_ffff);
            }),
        ),
        (
            "stream of 4 GB",
            changed(|data| {
                let at = entry(data, "WordDocument") + 120;
                put(data, at, u32::MAX);
            }),
        ),
        (
            "streams that are called empty",
            changed(|data| {
                for name in ["WordDocument", "1Table", "Data", "small"] {
                    let at = entry(data, name) + 120;
                    put(data, at, 0);
                    put(data, at + 4, 1 << 8);
                }
            }),
        ),
        (
            "siblings in a circle",
            changed(|data| {
                let at = entry(data, "WordDocument");
                put(data, at + 68, 1);
                put(data, at + 72, 1);
                let first = number(data, at + 116);
                let at = fat(data, first);
                put(data, at, first);
            }),
        ),
        (
            "no mini stream",
            changed(|data| {
                let at = entry(data, "Root Entry");
                put(data, at + 116, 0xffff_fffe);
                put(data, at + 120, 0);
            }),
        ),
        (
            "table of sectors that is its own",
            changed(|data| {
                put(data, 68, 0);
                put(data, 72, u32::MAX);
                let first = number(data, entry(data, "1Table") + 116);
                let at = fat(data, first);
                put(data, at, first);
            }),
        ),
        ("cut in half", whole[..length / 2].to_vec()),
        (
            "50,000 storages side by side",
            with_document(chain(scaled(50_000), false)),
        ),
        (
            "50,000 storages in each other",
            with_document(chain(scaled(50_000), true)),
        ),
    ]
}
