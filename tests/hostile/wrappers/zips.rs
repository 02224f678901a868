//! Archives, and what is packed like one.

use super::{Case, scaled};
use crate::support::docx::{document, docx, simple};
use crate::support::package::{zip, zip_with_password};
use crate::support::payloads::STD;
use crate::support::word::mht::{active_mime, base64};
use crate::support::zipsmith::{Entry, Zip};

fn payload() -> Vec<u8> {
    docx(&simple(STD)).build()
}

/// A zip in a zip in a zip …
fn nested(levels: usize, inner: Vec<u8>) -> Vec<u8> {
    (0..levels).fold(inner, |inner, _| zip(&[("a.zip", &inner)]))
}

/// Ten copies on each level.
fn tree(levels: usize) -> Vec<u8> {
    let zeros = vec![b' '; scaled(20_000_000)];
    let leaf = docx(&simple(STD)).part("word/notes.xml", zeros).build();
    (0..levels).fold(leaf, |inner, _| {
        let names: Vec<String> = (0..10).map(|n| format!("{n}.zip")).collect();
        let parts: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &inner[..])).collect();
        zip(&parts)
    })
}

/// A central directory that names the same few members, one of them large, again and again
/// (Fifield 2019, without the quoting of headers).
fn overlapping(entries: usize) -> Vec<u8> {
    let zeros = vec![b' '; scaled(10_000_000)];
    let mut data = docx(&simple(STD)).part("word/notes.xml", zeros).build();
    let end = data.len() - 22;
    let at = u32::from_le_bytes(data[end + 16..end + 20].try_into().unwrap()) as usize;
    let record = data[at..end].to_vec();
    data.truncate(at);
    for _ in 0..entries {
        data.extend(&record);
    }
    end_record(&mut data, at, entries);
    data
}

/// A directory of `entries` names for one deflated XML part, each told from the others by its name.
fn same_bytes(entries: usize) -> Vec<u8> {
    let lorem = "<w:p><w:r><w:t>lorem</w:t></w:r></w:p>";
    let lorem = lorem.repeat(scaled(50_000_000) / lorem.len());
    let xml = document(&(simple(STD) + &lorem)).into_bytes();
    let mut data = zip(&[("00000.xml", &xml[..])]);
    let end = data.len() - 22;
    let at = u32::from_le_bytes(data[end + 16..end + 20].try_into().unwrap()) as usize;
    let record = data[at..end].to_vec();
    data.truncate(at);
    for number in 0..entries {
        let mut record = record.clone();
        record[46..51].copy_from_slice(format!("{number:05}").as_bytes());
        data.extend(record);
    }
    end_record(&mut data, at, entries);
    data
}

fn end_record(data: &mut Vec<u8>, at: usize, entries: usize) {
    let size = u32::try_from(data.len() - at).unwrap();
    data.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(entries).unwrap().to_le_bytes();
    data.extend([count, count].concat());
    data.extend(size.to_le_bytes());
    data.extend(u32::try_from(at).unwrap().to_le_bytes());
    data.extend([0, 0]);
}

/// Entries of which each begins with a stored block that holds the local header of the next, so
/// that all of them end in one kernel (Fifield 2019, "quoting").
fn quoted(entries: usize) -> Vec<u8> {
    let mut xml = b"<a>".to_vec();
    xml.extend(b"<b>lorem</b>".repeat(scaled(20_000_000) / 12));
    xml.extend(b"</a>");
    let single = zip(&[("00000.xml", &xml[..])]);
    let end = single.len() - 22;
    let at = u32::from_le_bytes(single[end + 16..end + 20].try_into().unwrap()) as usize;
    let (header, kernel) = (&single[..39], &single[39..at]);
    let record = &single[at..end];
    let (mut data, mut directory) = (Vec::new(), Vec::new());
    for number in 0..entries {
        let rest = (entries - 1 - number) * (39 + 5) + kernel.len();
        let mut header = header.to_vec();
        header[18..22].copy_from_slice(&u32::try_from(rest).unwrap().to_le_bytes());
        header[30..35].copy_from_slice(format!("{number:05}").as_bytes());
        let mut record = record.to_vec();
        record[20..24].copy_from_slice(&u32::try_from(rest).unwrap().to_le_bytes());
        record[42..46].copy_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        record[46..51].copy_from_slice(format!("{number:05}").as_bytes());
        directory.extend(record);
        data.extend(header);
        if number + 1 < entries {
            data.extend([0, 39, 0, !39, 0xff]);
        }
    }
    data.extend(kernel);
    let at = data.len();
    data.extend(directory);
    end_record(&mut data, at, entries);
    data
}

pub(crate) fn cases() -> Vec<Case> {
    let spaces = vec![b' '; scaled(300_000_000)];
    let large = docx(&simple(STD)).part("word/notes.xml", spaces).build();
    let names: Vec<String> = (0..scaled(400_000)).map(|n| format!("{n}.xml")).collect();
    let many = names.iter().fold(Zip::new(), |zip, name| {
        zip.entry(Entry::stored(name, b"<a/>"))
    });
    let headers = names.iter().fold(Zip::new().no_central(), |zip, name| {
        zip.entry(Entry::stored(name, b"").local_only())
    });
    let whole = payload();
    let half = whole[..whole.len() / 2].to_vec();
    let locked: Vec<(String, Vec<u8>)> = (0..500)
        .map(|n| (format!("{n}.docx"), vec![n as u8; 1_000]))
        .collect();
    let locked: Vec<(&str, &[u8])> = locked.iter().map(|(n, b)| (n.as_str(), &b[..])).collect();
    vec![
        ("one part of 300 MB", large.clone()),
        ("the same in three archives", nested(3, large.clone())),
        ("the same in ActiveMime", active_mime(&large)),
        ("the same as base64", base64(&large).into_bytes()),
        ("ten to the fourth archives", tree(4)),
        ("50 archives, one in the other", nested(50, payload())),
        (
            "2,000 names for each of a few members",
            overlapping(scaled(2_000)),
        ),
        ("30,000 names for one part of 50 MB", same_bytes(30_000)),
        ("1,000 entries that quote each other", quoted(1_000)),
        ("400,000 members", many.build()),
        ("400,000 local headers alone", headers.build()),
        (
            "20 MB of signatures",
            b"PK\x03\x04".repeat(scaled(5_000_000)),
        ),
        (
            "20 MB of directory records",
            [payload(), b"PK\x01\x02".repeat(scaled(5_000_000))].concat(),
        ),
        (
            "20 MB of end records",
            b"PK\x05\x06".repeat(scaled(5_000_000)),
        ),
        ("cut in half", half),
        (
            "500 members with an unknown password",
            zip_with_password(&locked, "none of them"),
        ),
    ]
}
