//! Containers: many entries, many names, many sectors, and what only looks like them.

use crate::repeated;
use crate::support::cfbsmith::Smith;
use crate::support::noise;
use crate::support::onenote;
use crate::support::zipsmith::{Entry, Zip};

type Shape = (&'static str, &'static str, fn(usize) -> Vec<u8>);

pub(crate) const SHAPES: &[Shape] = &[
    ("zip, entries", "a.zip", |n| {
        let zip = (0..n / 100).fold(Zip::new(), |zip, number| {
            zip.entry(Entry::stored(format!("f{number}"), b"x"))
        });
        zip.build()
    }),
    ("zip, entries of one name", "a.zip", |n| {
        (0..n / 100)
            .fold(Zip::new(), |zip, _| zip.entry(Entry::stored("a", b"x")))
            .build()
    }),
    ("zip, signatures", "a.zip", |n| {
        Zip::new().entry(Entry::stored("a", headers(n))).build()
    }),
    ("zip, documents", "a.zip", |n| {
        let zip = (0..n / 200).fold(Zip::new(), |zip, number| {
            let text = format!("=cmd|'/c {number}'!A1\r\n");
            zip.entry(Entry::stored(format!("{number}.csv"), text.as_bytes()))
        });
        zip.build()
    }),
    ("CFB, streams", "a.doc", |n| {
        Smith::new((0..n / 200).map(|number| (format!("s{number}"), vec![0; 64])))
            .build()
            .bytes
    }),
    ("CFB, storages", "a.doc", |n| {
        Smith::new((0..n / 300).map(|number| (format!("o{number}/\u{1}Ole"), vec![0; 20])))
            .build()
            .bytes
    }),
    ("CFB, one large stream", "a.doc", |n| {
        Smith::new([("Package", b"\x01\x02Ole10Native".repeat(n / 13))])
            .build()
            .bytes
    }),
    ("OneNote, files", "a.one", |n| {
        let file = b"=cmd|'/c a'!A1".as_slice();
        onenote::section(&vec![("a.csv", file); n / 150])
    }),
    ("no document", "a.bin", noise),
    ("text", "a.txt", |n| {
        repeated("The price is due within # days. ", n).into_bytes()
    }),
];

/// Headers of entries without a name and without data.
fn headers(bytes: usize) -> Vec<u8> {
    [&b"PK\x03\x04"[..], &[0; 26], b"PK\x05\x06PK\x07\x08"]
        .concat()
        .repeat(bytes / 38)
}
