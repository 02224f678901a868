//! Messages that are broken, or larger than the limits: made with the `cfb` crate, and not judged.

use std::io::{Cursor, Write as _};

use super::*;
use crate::format::ledger::Waiting;
use crate::format::ole::{self, Compound};
use crate::format::storage_reader_of;
use crate::gap::Gap;
use crate::limits::{Limit, Limits};
use crate::link::Link;

fn smith(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(format!("/{folder}")).unwrap();
        }
        let mut stream = file.create_stream(format!("/{path}")).unwrap();
        stream.write_all(bytes).unwrap();
    }
    file.into_inner().into_inner()
}

struct Seen {
    format: Format,
    links: Vec<Link>,
    children: Vec<Waiting>,
    gaps: Vec<Gap>,
    ended: Result<(), Exhausted>,
}

impl Seen {
    fn names(&self) -> Vec<String> {
        let names = self.children.iter();
        names.map(|(child, _)| child.location.to_string()).collect()
    }
}

fn read(data: &[u8], limits: &Limits) -> Seen {
    let budget = Budget::new(limits, None);
    let mut links = Vec::new();
    let mut judge = |link| links.push(link);
    let mut ledger = Ledger::new(limits, &mut judge);
    let cfb = Cfb::open(data).unwrap();
    let location = Location::root(Some("m"));
    let compound = Compound {
        data,
        cfb: &cfb,
        location: &location,
        runs: |_| false,
        reader_of: storage_reader_of,
    };
    let outcome = ole::read(&compound, &budget, &mut ledger);
    let mut children = ledger.take_children();
    children.reverse();
    let (gaps, _) = ledger.close();
    Seen {
        format: outcome.format,
        links,
        children,
        gaps,
        ended: outcome.ended,
    }
}

const RTF: &str = "__substg1.0_10090102";
const HTML: &str = "__substg1.0_10130102";
/// A compressed body without letters.
const BODY: &[u8] = b"\x0f\0\0\0\0\0\0\0LZFu\x27\xd7\xca\x10\x01\x0c\xf0";

/// Where the entry of this name stands in the directory.
fn entry(data: &[u8], name: &str) -> usize {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(data, &wide).unwrap()
}

#[test]
fn bodies_that_no_storage_holds_are_read() {
    let mut data = smith(&[
        (RTF, BODY),
        (HTML, b"<p>x"),
        ("__substg1.0_370D001E", b"\\\\h\\s"),
    ]);
    let root = entry(&data, "Root Entry");
    data[root + 76..root + 80].copy_from_slice(&[0xff; 4]);
    let seen = read(&data, &Limits::default());
    assert_eq!(seen.format, Format::Msg);
    assert_eq!(seen.names(), ["m › rtf-body", "m › html-body"]);
    for (_, provenance) in &seen.children {
        assert_eq!(provenance.techniques, [TechniqueId::Unreachable]);
    }
    assert!(seen.links[0].has(TechniqueId::Unreachable));
}

#[test]
fn a_body_that_is_shorter_than_its_entry_is_a_gap() {
    let mut data = smith(&[(RTF, BODY)]);
    let at = entry(&data, RTF);
    data[at + 120..at + 124].copy_from_slice(&5_000u32.to_le_bytes());
    let seen = read(&data, &Limits::default());
    // Such a size belongs to a stream in ordinary sectors: both places are read.
    assert_eq!(seen.names(), ["m › rtf-body", "m › rtf-body#2"]);
    assert!(!seen.gaps.is_empty());
    assert!(seen.gaps.iter().all(|gap| gap.kind == GapKind::Damaged));
}

#[test]
fn limits_leave_gaps_and_keep_what_was_found() {
    let data = smith(&[(RTF, BODY), (HTML, b"<p>x")]);
    // No room for what waits: the storage is told, the rest is not read.
    let limits = Limits {
        live_bytes: 2_500,
        ..Limits::default()
    };
    let seen = read(&data, &limits);
    assert_eq!(seen.names(), ["m › rtf-body"]);
    assert_eq!(seen.gaps.len(), 1, "{:?}", seen.gaps);
    assert_eq!(seen.gaps[0].kind, GapKind::Limit);
    assert_eq!(seen.ended, Ok(()));
    // No parts left.
    let limits = Limits {
        parts: 1,
        ..Limits::default()
    };
    let seen = read(&data, &limits);
    assert_eq!(seen.names(), ["m › rtf-body"]);
    assert_eq!(seen.ended, Err(Exhausted::Limit(Limit::Parts)));
    assert!(!seen.gaps.is_empty());
}

#[test]
fn the_page_of_a_body_is_the_code_page_of_the_message() {
    let row = |id: u16, page: u32| {
        let mut row = vec![3, 0];
        row.extend(id.to_le_bytes());
        row.extend([0; 4]);
        row.extend(u64::from(page).to_le_bytes());
        row
    };
    let mut rows = vec![0; 32];
    rows.extend(row(0x3ffd, 1251));
    rows.extend(row(0x3fde, 20_866));
    let name = "__properties_version1.0";
    for (stream, charset) in [
        (HTML, "koi8-r"),
        ("__substg1.0_1013001E", "windows-1251"),
        ("__substg1.0_1013001F", "utf-16le"),
    ] {
        let data = smith(&[(name, &rows), (stream, b"<p>x")]);
        let seen = read(&data, &Limits::default());
        let [(_, provenance)] = &seen.children[..] else {
            panic!("{:?}", seen.children)
        };
        assert_eq!(provenance.charset.as_deref(), Some(charset));
        assert_eq!(provenance.declared, Some(Format::Html));
    }
    let seen = read(&smith(&[(HTML, b"<p>x")]), &Limits::default());
    assert_eq!(seen.children[0].1.charset, None);
}

/// Which method counts where the list says several, or none ([MS-OXCMSG] 2.2.2.9).
#[test]
fn references_by_their_methods() {
    for (methods, confidence) in [
        (&[] as &[u32], Some(Confidence::Medium)),
        (&[0], Some(Confidence::Medium)),
        (&[1], None),
        (&[5], None),
        (&[6], None),
        (&[2], Some(Confidence::Certain)),
        (&[7], Some(Confidence::Certain)),
        (&[1, 7], Some(Confidence::Certain)),
        (&[u32::MAX], Some(Confidence::Medium)),
    ] {
        let mut rows = vec![0; 8];
        for method in methods {
            rows.extend([3, 0, 5, 0x37, 0, 0, 0, 0]);
            rows.extend(u64::from(*method).to_le_bytes());
        }
        let folder = "__attach_version1.0_#00000000";
        let list = format!("{folder}/__properties_version1.0");
        let path = format!("{folder}/__SUBSTG1.0_370D001E");
        let data = smith(&[(&list, &rows), (&path, b"\\\\h\\s\\a.docx\0")]);
        let seen = read(&data, &Limits::default());
        assert_eq!(seen.format, Format::Msg);
        let found: Vec<Confidence> = seen.links.iter().map(|link| link.confidence).collect();
        assert_eq!(found, Vec::from_iter(confidence), "{methods:?}");
    }
}
