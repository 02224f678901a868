//! Archives that grow, overlap or hold themselves, and headers that make a reader try again.

use ddetect::{Analyzer, Limit, Limits, Options, Report, Verdict};

use super::support::docx::{docx, simple};
use super::support::package::zip;
use super::support::payloads::STD;
use super::support::triples;
use super::support::zipsmith::{Entry, Zip, deflate};
use super::{bounded, names, turn};

/// In full size, or a twentieth of it.
const fn sized(full: usize) -> usize {
    if cfg!(debug_assertions) {
        full / 20
    } else {
        full
    }
}

/// Analyses within the bounds. Debug builds, which are slow, may decode a twentieth, too.
#[track_caller]
fn spent(bytes: &[u8]) -> Report {
    if !cfg!(debug_assertions) {
        return bounded(bytes);
    }
    let mut limits = Limits::default();
    limits.decoded_bytes /= 20;
    Analyzer::new(Options::default().limits(limits)).analyze(bytes)
}

fn payload() -> Vec<u8> {
    docx(&simple(STD)).build()
}

/// A document with another archive beside its parts.
fn beside(name: &str, bytes: impl Into<Vec<u8>>) -> Vec<u8> {
    docx(&simple(STD)).part(name, bytes).build()
}

#[test]
fn archives_of_archives_of_zeros() {
    let _turn = turn();
    // Sixteen in one, five levels deep, as 42.zip.
    let mut bytes = zip(&[("0.bin", &vec![0; sized(20 << 20)])]);
    for _ in 0..5 {
        let parts: Vec<(String, &[u8])> = (0..16)
            .map(|number| (format!("{number}.zip"), bytes.as_slice()))
            .collect();
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, b)| (n.as_str(), *b)).collect();
        bytes = zip(&parts);
    }
    // A million archives, of which six differ: each is read once, and nothing is left.
    let report = spent(&bytes);
    assert_eq!(report.verdict(), Verdict::Clean, "{:#?}", report.gaps());
    assert!(report.complete());

    let report = spent(&beside("word/embeddings/bomb.zip", bytes));
    assert_eq!(triples(&report).len(), 1);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete());
}

/// One stream of zeros that all entries end in: each begins with a stored block that holds the
/// local header of the next.
fn overlapping(entries: usize, zeros: usize, others: &[(String, Vec<u8>)]) -> Vec<u8> {
    let data = vec![0; zeros];
    let mut tail = deflate(&data);
    let mut content = crc32fast::Hasher::new();
    content.update(&data);
    let mut size = zeros;
    // From the last entry to the first: the local header, then what it covers.
    let mut headers = Vec::new();
    let mut pieces = vec![std::mem::take(&mut tail)];
    let mut packed = pieces[0].len();
    for number in (0..entries).rev() {
        let name = format!("{number:06}");
        let fields = |out: &mut Vec<u8>| {
            out.extend([0, 0, 8, 0, 0, 0, 0, 0]);
            out.extend(content.clone().finalize().to_le_bytes());
            out.extend((packed as u32).to_le_bytes());
            out.extend((size as u32).to_le_bytes());
            out.extend([6, 0, 0, 0]);
        };
        let mut local = b"PK\x03\x04\x14\0".to_vec();
        fields(&mut local);
        local.extend(name.bytes());
        let mut central = b"PK\x01\x02\x14\0\x14\0".to_vec();
        fields(&mut central);
        central.extend([0; 10]);
        headers.push((central, name));
        let mut quoting = crc32fast::Hasher::new();
        quoting.update(&local);
        quoting.combine(&content);
        content = quoting;
        size += local.len();
        let length = local.len() as u16;
        let mut block = vec![0];
        block.extend(length.to_le_bytes());
        block.extend((!length).to_le_bytes());
        packed += local.len() + block.len();
        pieces.push(local);
        pieces.push(block);
    }
    // The block in front of the first header belongs to nobody.
    pieces.pop();
    let mut out: Vec<u8> = Vec::new();
    let mut places = Vec::new();
    for piece in pieces.iter().rev() {
        if piece.starts_with(b"PK") {
            places.push(out.len() as u32);
        }
        out.extend(piece);
    }
    let mut central = Vec::new();
    for ((header, name), place) in headers.iter().rev().zip(places) {
        central.extend(header);
        central.extend(place.to_le_bytes());
        central.extend(name.bytes());
    }
    let mut zip = Zip::new();
    for (name, bytes) in others {
        zip = zip.entry(Entry::deflated(name, bytes));
    }
    // The parts of the document follow, and its directory is put behind the other one.
    let rest = zip.build();
    let at = rest
        .windows(4)
        .position(|w| w == b"PK\x01\x02")
        .unwrap_or(0);
    let end = rest.len().saturating_sub(22);
    let base = out.len() as u32;
    out.extend(&rest[..at]);
    let directory = out.len() as u32;
    let mut moved = rest[at..end].to_vec();
    let starts: Vec<usize> = (0..moved.len().saturating_sub(4))
        .filter(|at| moved[*at..].starts_with(b"PK\x01\x02"))
        .collect();
    for at in starts {
        let field: [u8; 4] = moved[at + 42..at + 46].try_into().unwrap();
        let offset = u32::from_le_bytes(field) + base;
        moved[at + 42..at + 46].copy_from_slice(&offset.to_le_bytes());
    }
    central.extend(moved);
    let count = (entries + others.len()) as u16;
    out.extend(&central);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((central.len() as u32).to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[test]
fn entries_that_overlap() {
    let _turn = turn();
    let bytes = overlapping(sized(20_000), sized(20 << 20), docx(&simple(STD)).parts());
    let report = spent(&bytes);
    // The parts of the document come first, whatever stands in front of them.
    assert_eq!(triples(&report).len(), 1, "{:#?}", report.gaps());
    assert!(names(&report, Limit::Expansion), "{:#?}", report.gaps());
    // The archive is sound in itself.
    let small = spent(&overlapping(3, 1_000, docx(&simple(STD)).parts()));
    let mut gaps = small.gaps().iter();
    assert!(
        gaps.all(|gap| !gap.detail.contains("checksum")),
        "{small:#?}"
    );
}

#[test]
fn one_stream_under_many_names() {
    let _turn = turn();
    let zeros = vec![0; sized(20 << 20)];
    let mut zip = Zip::new().entry(Entry::deflated("0.bin", &zeros));
    for number in 1..sized(20_000) {
        let other = Entry::deflated(format!("{number}.bin"), "").central(|central| {
            central.offset = Some(0);
        });
        zip = zip.entry(other);
    }
    for (name, bytes) in docx(&simple(STD)).parts() {
        zip = zip.entry(Entry::deflated(name, bytes));
    }
    let report = spent(&zip.build());
    assert_eq!(triples(&report).len(), 1, "{:#?}", report.gaps());
    assert!(names(&report, Limit::Expansion), "{:#?}", report.gaps());
}

#[test]
fn an_archive_that_holds_itself() {
    let _turn = turn();
    // A stored entry that reaches from its data to the end of the file: in it stand the same
    // directory and the same offsets.
    let entry =
        Entry::stored("again.zip", "").local(|l| (l.packed, l.size) = (Some(200), Some(200)));
    let again = entry.central(|c| (c.packed, c.size) = (Some(200), Some(200)));
    let mut zip = Zip::new();
    zip = zip.entry(again);
    zip = zip.entry(Entry::deflated("q.docx", payload()));
    let mut bytes = zip.build();
    let length = (bytes.len() - 39) as u32;
    let central = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    for at in [18, 22, central + 20, central + 24] {
        bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
    }
    let report = spent(&bytes);
    assert!(!triples(&report).is_empty(), "{:#?}", report.gaps());
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(!report.complete());
}

#[test]
fn storms_of_headers_that_lie() {
    let _turn = turn();
    let count = sized(100_000);
    let local = |name: &str, flags: u16, method: u16, packed: u32, size: u32, extra: u16| {
        let mut header = b"PK\x03\x04\x14\0".to_vec();
        header.extend(flags.to_le_bytes());
        header.extend(method.to_le_bytes());
        header.extend([0, 0, 0, 0, 1, 2, 3, 4]);
        header.extend(packed.to_le_bytes());
        header.extend(size.to_le_bytes());
        header.extend((name.len() as u16).to_le_bytes());
        header.extend(extra.to_le_bytes());
        header.extend(name.bytes());
        header
    };
    let far = 60_000_000;
    let storms = [
        // Stored, long, over each other; with lengths that lead into the middle of others.
        local("a", 0, 0, far, far, 0),
        local("a", 0, 0, 70, 70, 9),
        local("a", 0, 0, 1_000_000, 7, 65_535),
        // Deflated, and not.
        local("a", 0, 8, far, far, 0),
        local("a", 0, 8, 70, 70, 9),
        // Marked as encrypted, by each scheme.
        local("a", 1, 8, far, far, 0),
        local("a", 1, 0, far, far, 0),
        local("a", 9, 0, 0, 0, 0),
        local("a", 1, 99, far, far, 0),
        [
            local("a", 1, 99, far, far, 11),
            b"\x01\x99\x07\0\x02\0AE\x03\x08\0".to_vec(),
        ]
        .concat(),
        // Methods that are tried as others.
        local("a", 0, 14, far, far, 0),
        local("a", 0, 8, 3_000_000, 3_000_000, 0),
    ];
    for (number, header) in storms.iter().enumerate() {
        // Behind them a megabyte without any signature.
        let mut bytes = header.repeat(count / 4);
        bytes.extend(vec![b'x'; sized(20 << 20)]);
        bytes.extend(docx(&simple(STD)).build());
        let report = spent(&bytes);
        assert!(report.verdict() > Verdict::Clean, "{number}");
        println!("storm {number}: {:?}", report.verdict());
        assert_eq!(
            report.verdict(),
            Verdict::Malicious,
            "{number}: {:#?}",
            report.gaps().first()
        );
    }
}

#[test]
fn streams_that_are_tried_and_are_long() {
    let _turn = turn();
    // Each is sound for a megabyte, so that each trial costs as much.
    let zeros = deflate(&vec![0; 2 << 20]);
    let mut zip = Zip::new();
    for number in 0..sized(6_000) {
        let entry = Entry::deflated(format!("{number}.bin"), "")
            .coded(zeros.clone())
            .flags(1);
        zip = zip.entry(entry);
    }
    for (name, bytes) in docx(&simple(STD)).parts() {
        zip = zip.entry(Entry::deflated(name, bytes));
    }
    let report = spent(&zip.build());
    assert_eq!(triples(&report).len(), 1, "{:#?}", report.gaps().first());
    if !cfg!(debug_assertions) {
        assert!(!report.complete());
    }
}
