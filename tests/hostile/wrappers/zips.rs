//! Archives, and what is packed like one.

use super::{Case, scaled};
use crate::support::docx::{docx, simple};
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
    let size = u32::try_from(record.len() * entries).unwrap();
    data.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(entries).unwrap().to_le_bytes();
    data.extend([count, count].concat());
    data.extend(size.to_le_bytes());
    data.extend(u32::try_from(at).unwrap().to_le_bytes());
    data.extend([0, 0]);
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
