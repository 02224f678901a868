//! Compound files as a whole, made with the `cfb` crate.

mod children;
mod crowds;
mod links;

use super::moniker::tests as monikers;
use super::native::tests::package;
use super::*;
use crate::container::Coding;
use crate::format::ledger::Child;
use crate::gap::{Gap, Skipped};
use crate::limits::{Limit, Limits};
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId, Trigger};
use std::io::{Cursor, Write as _};

/// A zip with an entry, as far as its first bytes say.
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

fn smith(streams: &[(&str, &[u8])]) -> Vec<u8> {
    classed(streams, &[])
}

/// A compound file of (path, bytes), with classes of its storages.
fn classed(streams: &[(&str, &[u8])], classes: &[(&str, &str)]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(format!("/{folder}")).unwrap();
        }
        let mut stream = file.create_stream(format!("/{path}")).unwrap();
        stream.write_all(bytes).unwrap();
    }
    for (path, class) in classes {
        file.set_storage_clsid(format!("/{path}"), class.parse().unwrap())
            .unwrap();
    }
    file.into_inner().into_inner()
}

struct Seen {
    outcome: Outcome,
    links: Vec<Link>,
    children: Vec<Child>,
    gaps: Vec<Gap>,
    skipped: Vec<Skipped>,
    live: u64,
}

fn runs(name: &str) -> bool {
    [".exe", ".js", ".lnk"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn read_with(data: &[u8], limits: &Limits, reader_of: fn(Format) -> Option<StorageReader>) -> Seen {
    let budget = Budget::new(limits, None);
    let mut links = Vec::new();
    let mut judge = |link| links.push(link);
    let mut ledger = Ledger::new(limits, &mut judge);
    let cfb = Cfb::open(data).unwrap();
    let location = Location::root(Some("x"));
    let compound = Compound {
        data,
        cfb: &cfb,
        location: &location,
        runs,
        reader_of,
    };
    let outcome = super::read(&compound, &budget, &mut ledger);
    let mut children: Vec<Child> = ledger
        .take_children()
        .into_iter()
        .map(|(child, _)| child)
        .collect();
    children.reverse();
    let (gaps, skipped) = ledger.close();
    let live = limits.live_bytes - budget.live_left();
    Seen {
        outcome,
        links,
        children,
        gaps,
        skipped,
        live,
    }
}

fn read(data: &[u8]) -> Seen {
    let seen = read_with(data, &Limits::default(), |_| None);
    // What was paid for is what the children hold.
    assert_eq!(seen.live, seen.outcome.held);
    assert_eq!(seen.outcome.ended, Ok(()));
    seen
}

/// The bytes of a child, and where it stands.
fn child(data: &[u8], child: &Child) -> (String, Vec<u8>) {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    assert!(matches!(child.source.coding, Coding::Scattered { .. }));
    let (bytes, short) = child.source.decode(data, &budget);
    assert_eq!(short, None);
    (child.location.to_string(), bytes.into_owned())
}

/// Says which streams it was given.
fn reader(
    _: &Cfb<'_>,
    streams: &[crate::container::cfb::Stream],
    location: &Location,
    _: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> crate::format::Outcome {
    for stream in streams {
        ledger.skip(location.child(&stream.path), SkipReason::Unknown);
    }
    Ok(()).into()
}

/// Hands every storage of `data` that is a document to the reader.
fn handed(data: &[u8]) -> Vec<String> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut judge = |_: Link| {};
    let mut ledger = Ledger::new(&limits, &mut judge);
    let cfb = Cfb::open(data).unwrap();
    let location = Location::root(Some("x"));
    let compound = Compound {
        data,
        cfb: &cfb,
        location: &location,
        runs,
        reader_of: |_| Some(reader),
    };
    let folders = cfb.folders(&budget).unwrap();
    for folder in folders.each() {
        let storage = folder.storage();
        let mut found = Found::default();
        let mut stored = Stored {
            file: &compound,
            folder: &folder,
            storage: &storage,
            known: true,
            message: false,
            comp_obj: None,
            found: &mut found,
        };
        if identify::identify_storage(&storage.path, &storage.class, folder.names()).is_some() {
            stored
                .document(Format::Doc, Disposition::Read, &budget, &mut ledger)
                .unwrap();
        }
    }
    drop(folders);
    assert_eq!(budget.live_left(), limits.live_bytes);
    let (_, skipped) = ledger.close();
    skipped
        .iter()
        .map(|skipped| skipped.location.to_string())
        .collect()
}
