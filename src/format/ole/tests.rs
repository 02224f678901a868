//! Compound files as a whole, made with the `cfb` crate.

use std::io::{Cursor, Write as _};

use super::moniker::tests as monikers;
use super::native::tests::package;
use super::*;
use crate::container::Coding;
use crate::format::ledger::Child;
use crate::gap::{Gap, Skipped};
use crate::limits::{Limit, Limits};
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId, Trigger};

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
    assert!(matches!(child.source.coding, Coding::Scattered(_)));
    let (bytes, short) = child.source.decode(data, &budget);
    assert_eq!(short, None);
    (child.location.to_string(), bytes.into_owned())
}

#[test]
fn a_pdf_in_an_object_is_skipped_whatever_it_brings() {
    let pdf = b"%PDF-1.7\n1 0 obj << /Type /EmbeddedFile >> endobj\n%%EOF";
    let seen = read(&smith(&[("CONTENTS", pdf), ("\u{1}Ole", b"x")]));
    assert_eq!(seen.gaps, []);
    assert_eq!(seen.skipped[0].reason, SkipReason::Pdf);
    assert!(seen.children.is_empty());
}

#[test]
fn a_link_moniker_is_a_link() {
    // `spec/word.md` §6.4, L07.
    let ole = monikers::ole(1, 1, &[], &monikers::url("http://h/a.hta"), true);
    let comp_obj = class::tests::comp_obj(&class::tests::LINK, "Word.Document.8");
    let data = smith(&[
        ("WordDocument", b"x"),
        ("ObjectPool/_1234/\u{1}Ole", &ole),
        ("ObjectPool/_1234/\u{1}CompObj", &comp_obj),
    ]);
    let seen = read(&data);
    let [link] = &seen.links[..] else {
        panic!("{:?}", seen.links)
    };
    assert_eq!(link.kind, Kind::ExternalLink);
    assert_eq!(link.carrier, Carrier::OleLink);
    assert_eq!(link.target.as_deref(), Some("http://h/a.hta"));
    assert_eq!(link.prog_id.as_deref(), Some("Word.Document.8"));
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(link.confidence, Confidence::Certain);
    assert_eq!(
        link.location.path().collect::<Vec<_>>(),
        ["x", "ObjectPool/_1234/\u{1}Ole"]
    );
    assert_eq!(seen.outcome.format, Format::Doc);
}

#[test]
fn a_moniker_without_the_link_bit_is_less_sure() {
    let ole = monikers::ole(0, 3, &[], &monikers::url("http://h/a"), false);
    let seen = read(&smith(&[("\u{1}OLE", &ole)]));
    assert_eq!(seen.links[0].confidence, Confidence::Medium);
    assert_eq!(seen.links[0].trigger, Trigger::Update);
    assert_eq!(seen.outcome.format, Format::OleObject);
    // An embedded object names nothing.
    let seen = read(&smith(&[(
        "\u{1}Ole",
        &monikers::ole(0, 0, &[], &[], false),
    )]));
    assert!(seen.links.is_empty());
    assert_eq!(seen.outcome.opaque, Some(SkipReason::OleObject));
}

#[test]
fn script_monikers_and_classes_execute() {
    let body = [
        class::COMPOSITE_MONIKER.to_vec(),
        2u32.to_le_bytes().to_vec(),
        monikers::file(0, "C:\\t\\a.sct", None),
        class::NEW_MONIKER.to_vec(),
    ];
    let ole = monikers::ole(1, 1, &[], &body.concat(), true);
    let seen = read(&smith(&[("a/\u{1}Ole", &ole)]));
    assert_eq!(seen.links[0].kind, Kind::Execute);
    assert_eq!(seen.links[0].target.as_deref(), Some("script:C:\\t\\a.sct"));
    for class in [
        "25336920-03F9-11CF-8FFD-00AA00686F13",
        "06290BD3-48AA-11D2-8432-006008C3FBFC",
    ] {
        let data = classed(&[("a/\u{1}CompObj", b"x")], &[("a", class)]);
        let seen = read(&data);
        assert_eq!(seen.links[0].kind, Kind::Execute);
        assert_eq!(seen.links.len(), 1);
    }
}

#[test]
fn a_package_stream_is_a_child() {
    let seen = smith(&[("MBD01/Package", ZIP), ("MBD01/\u{1}Ole", b"")]);
    let found = read(&seen);
    assert_eq!(found.children.len(), 1);
    assert_eq!(
        child(&seen, &found.children[0]),
        ("x › MBD01/Package".to_owned(), ZIP.to_vec())
    );
    assert!(found.gaps.is_empty() && found.links.is_empty());
    // Bytes that are no document are skipped, with their reason.
    let found = read(&smith(&[("Package", b"\x89PNG\r\n\x1a\n....")]));
    assert!(found.children.is_empty() && found.gaps.is_empty());
    assert_eq!(found.skipped[0].reason, SkipReason::Picture);
}

#[test]
fn any_stream_that_starts_like_a_document_is_a_child() {
    let big = [ZIP, &[7; 9000]].concat();
    let data = smith(&[
        ("WordDocument", b"x"),
        ("Data", ZIP),
        ("junk", b"nothing"),
        ("folder/whatever", &big),
        ("folder/CONTENTS", ZIP),
    ]);
    let seen = read(&data);
    let mut found: Vec<_> = seen.children.iter().map(|c| child(&data, c)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            ("x › Data".to_owned(), ZIP.to_vec()),
            ("x › folder/CONTENTS".to_owned(), ZIP.to_vec()),
            ("x › folder/whatever".to_owned(), big),
        ]
    );
}

#[test]
fn every_storage_is_identified_by_its_own_streams() {
    let data = smith(&[
        ("wordDOCUMENT", b"x"),
        ("ObjectPool/_1/Workbook", b"x"),
        ("ObjectPool/_2/PowerPoint Document", b"x"),
        ("ObjectPool/_3/VisioDocument", b"x"),
        ("ObjectPool/_3/\u{1}CompObj", b"x"),
        ("ObjectPool/_4/Equation Native", b"x"),
        ("ObjectPool/_4/\u{1}Ole", b""),
    ]);
    let seen = read(&data);
    let mut gaps: Vec<_> = seen
        .gaps
        .iter()
        .map(|gap| gap.location.to_string())
        .collect();
    gaps.sort();
    assert_eq!(gaps, ["x", "x › ObjectPool/_1", "x › ObjectPool/_2"]);
    let mut skipped: Vec<_> = seen
        .skipped
        .iter()
        .map(|skipped| (skipped.location.to_string(), skipped.reason))
        .collect();
    skipped.sort();
    assert_eq!(
        skipped,
        [
            ("x › ObjectPool/_3".to_owned(), SkipReason::OleObject),
            ("x › ObjectPool/_4".to_owned(), SkipReason::OleObject)
        ]
    );
}

/// Says which streams it was given.
fn reader(
    _: &Cfb<'_>,
    streams: &[crate::container::cfb::Stream],
    location: &Location,
    _: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> super::super::Outcome {
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
            comp_obj: None,
            found: &mut found,
        };
        if !identify::identify_storage(&storage.path, &storage.class, folder.names()).is_empty() {
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

#[test]
fn a_storage_goes_to_its_reader_with_its_streams() {
    let mut streams = handed(&smith(&[
        ("WordDocument", b"x"),
        ("1Table", b"x"),
        ("Macros/VBA/_VBA_PROJECT", b"x"),
        ("ObjectPool/_1/WordDocument", b"x"),
        ("ObjectPool/_1/0Table", b"x"),
        ("ObjectPool/_2/\u{1}Ole", b"x"),
    ]));
    streams.sort();
    assert_eq!(
        streams,
        [
            "x › 1Table",
            "x › Macros/VBA/_VBA_PROJECT",
            "x › ObjectPool/_1/0Table",
            "x › ObjectPool/_1/WordDocument",
            "x › WordDocument",
        ]
    );
}

#[test]
fn an_encrypted_package_is_a_gap_wherever_it_is() {
    let streams: &[(&str, &[u8])] = &[
        ("EncryptionInfo", b"\x04\0\x04\0"),
        ("EncryptedPackage", b"x"),
        ("a/EncryptionInfo", b"\x04\0\x04\0"),
        ("a/EncryptedPackage", b"x"),
    ];
    let seen = read(&smith(streams));
    assert_eq!(seen.outcome.format, Format::EncryptedOoxml);
    assert_eq!(seen.gaps.len(), 2);
    assert!(seen.gaps.iter().all(|gap| gap.kind == GapKind::Encrypted));
    assert_eq!(seen.gaps[0].detail, "ECMA-376 agile");
}

#[test]
fn an_embedded_file_is_a_child_and_a_program_is_a_link() {
    let data = package("my.docx", "C:\\x\\my.docx", "C:\\t\\my.docx", 3, ZIP);
    let file = smith(&[("\u{1}Ole10Native", &data)]);
    let seen = read(&file);
    assert!(seen.links.is_empty());
    assert_eq!(
        child(&file, &seen.children[0]),
        (
            "x › \u{1}Ole10Native › my.docx".replace('\u{1}', "\\u{1}"),
            ZIP.to_vec()
        )
    );

    let data = package(
        "invoice.js",
        "C:\\x\\invoice.js",
        "C:\\t\\invoice.js",
        3,
        b"WScript",
    );
    let seen = read(&smith(&[("\u{1}Ole10Native", &data)]));
    let [link] = &seen.links[..] else {
        panic!("{:?}", seen.links)
    };
    assert_eq!(
        (link.kind, link.carrier),
        (Kind::Execute, Carrier::OlePackage)
    );
    assert_eq!(link.target.as_deref(), Some("C:\\t\\invoice.js"));
    assert_eq!(link.trigger, Trigger::Click);

    // A harmless file is no link and no gap.
    let data = package("a.txt", "C:\\a.txt", "C:\\a.txt", 3, b"hello");
    let seen = read(&smith(&[("\u{1}Ole10Native", &data)]));
    assert!(seen.links.is_empty() && seen.gaps.is_empty() && seen.children.is_empty());
}

/// The name says that it runs, the bytes say what.
#[test]
fn a_shortcut_in_a_package_gives_its_command() {
    let lnk = shortcut::tests::lnk("C:\\Windows\\System32\\cmd.exe", "/c calc");
    let url = b"[InternetShortcut]\r\nURL=file://h/s/a.exe\r\n".as_slice();
    for (name, file, wanted) in [
        (
            "evil.lnk",
            lnk.as_slice(),
            ["evil.lnk", "C:\\Windows\\System32\\cmd.exe /c calc"].as_slice(),
        ),
        (
            "notes.txt",
            &lnk,
            &["C:\\Windows\\System32\\cmd.exe /c calc"],
        ),
        ("b.lnk", url, &["b.lnk", "file://h/s/a.exe"]),
    ] {
        let data = package(name, "", name, 3, file);
        let seen = read(&smith(&[("\u{1}Ole10Native", &data)]));
        let targets: Vec<_> = seen
            .links
            .iter()
            .filter_map(|l| l.target.as_deref())
            .collect();
        assert_eq!(targets, wanted);
        for link in &seen.links {
            assert_eq!(
                (link.kind, link.carrier),
                (Kind::Execute, Carrier::OlePackage)
            );
            assert_eq!(link.trigger, Trigger::Click);
        }
        let sure = seen
            .links
            .iter()
            .all(|l| l.confidence == Confidence::Certain);
        assert_eq!(sure, name != "notes.txt");
        assert!(seen.gaps.is_empty());
    }
}

#[test]
fn a_linked_package_leads_to_its_file() {
    let data = package("a", "\\\\h\\s\\a.docx", "", 1, b"");
    let seen = read(&smith(&[("\u{1}Ole10Native", &data)]));
    assert_eq!(seen.links[0].kind, Kind::ExternalLink);
    assert_eq!(seen.links[0].carrier, Carrier::OlePackage);
}

#[test]
fn native_data_of_an_old_program_is_skipped_unless_a_document_is_in_it() {
    let seen = read(&smith(&[("a/\u{1}Ole10Native", b"\x04\0\0\0BM..")]));
    assert!(seen.children.is_empty() && seen.gaps.is_empty());
    assert_eq!(seen.skipped[0].reason, SkipReason::OleObject);
    let hidden = [b"\xff\xff\xff\xffjunk", ZIP].concat();
    let file = smith(&[("a/\u{1}Ole10Native", &hidden)]);
    let seen = read(&file);
    assert_eq!(child(&file, &seen.children[0]).1, ZIP);
}

#[test]
fn streams_that_no_storage_holds_are_read() {
    let ole = monikers::ole(1, 1, &[], &monikers::url("http://h/a"), true);
    let mut data = smith(&[("\u{1}Ole", &ole), ("Workbook", b"x")]);
    // The root's child ([MS-CFB] 2.6.1): none.
    let root: Vec<u8> = "Root Entry"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let root = memchr::memmem::find(&data, &root).unwrap();
    data[root + 76..root + 80].copy_from_slice(&[0xff; 4]);
    let seen = read(&data);
    assert_eq!(seen.links[0].target.as_deref(), Some("http://h/a"));
    assert!(seen.links[0].has(TechniqueId::Unreachable));
    assert_eq!(seen.gaps[0].kind, GapKind::Unsupported);
}

#[test]
fn state_of_controls_and_macros_is_told() {
    let button = "D7053240-CE69-11CD-A777-00DD01143C57";
    let seen = read(&classed(&[("contents", b"\0\x02\x20\0")], &[("", button)]));
    assert_eq!(seen.outcome.opaque, Some(SkipReason::ActiveX));
    let seen = read(&smith(&[("VBA/_VBA_PROJECT", b"x"), ("VBA/dir", b"x")]));
    assert_eq!(seen.outcome.opaque, Some(SkipReason::VbaProject));
    assert!(seen.gaps.is_empty());
}

#[test]
fn the_memory_for_runs_is_a_limit() {
    let limits = Limits {
        live_bytes: 2_000,
        ..Limits::default()
    };
    let seen = read_with(
        &smith(&[("Package", ZIP), ("a/Package", ZIP)]),
        &limits,
        |_| None,
    );
    assert!(!seen.gaps.is_empty() || seen.children.len() == 2);
    let limits = Limits {
        parts: 1,
        ..Limits::default()
    };
    let seen = read_with(
        &smith(&[("Package", ZIP), ("a/Package", ZIP)]),
        &limits,
        |_| None,
    );
    assert_eq!(seen.outcome.ended, Err(Exhausted::Limit(Limit::Parts)));
    assert_eq!(seen.children.len(), 1);
}

/// A directory entry ([MS-CFB] 2.6.1).
fn entry(name: &str, kind: u8, right: u32, child: u32, start: u32, size: u32) -> [u8; 128] {
    let mut entry = [0; 128];
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry[..name.len()].copy_from_slice(&name);
    entry[64] = name.len() as u8 + 2;
    entry[66] = kind;
    for (at, number) in [
        (68, u32::MAX),
        (72, right),
        (76, child),
        (116, start),
        (120, size),
    ] {
        entry[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    entry
}

/// A compound file with so many storages, each with a stream of this name; all streams have the
/// same bytes, in the same place.
fn crowd(storages: u32, name: &str, bytes: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 4096;
    let mut directory = Vec::new();
    let size = bytes.len() as u32;
    directory.extend(entry("Root Entry", 5, u32::MAX, 1, 0, SECTOR as u32));
    for n in 0..storages {
        // Neighbours hang on each other's right: a list, the worst of trees.
        let next = if n + 1 < storages {
            2 * n + 3
        } else {
            u32::MAX
        };
        directory.extend(entry(&format!("_{n}"), 1, next, 2 * n + 2, 0, 0));
        directory.extend(entry(name, 2, u32::MAX, u32::MAX, 0, size));
    }
    directory.resize(directory.len().next_multiple_of(SECTOR), 0);
    let sectors = directory.len() / SECTOR;
    let fats = (sectors + 2 + 64).div_ceil(SECTOR / 4);
    // Mini stream, mini FAT, directory, FAT.
    let mut fat = vec![0xffff_fffe_u32, 0xffff_fffe];
    fat.extend((0..sectors).map(|n| n as u32 + 3));
    *fat.last_mut().unwrap() = 0xffff_fffe;
    fat.resize(fats * SECTOR / 4, 0xffff_fffd);
    let minis = bytes.len().div_ceil(64);
    let mut mini_fat: Vec<u32> = (0..minis).map(|n| n as u32 + 1).collect();
    *mini_fat.last_mut().unwrap() = 0xffff_fffe;
    mini_fat.resize(SECTOR / 4, u32::MAX);

    let mut data = vec![0; SECTOR];
    data[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    data[24..34].copy_from_slice(&[0x3e, 0, 4, 0, 0xfe, 0xff, 12, 0, 6, 0]);
    for (at, number) in [
        (40, sectors as u32),
        (44, fats as u32),
        (48, 2),
        (56, 4096),
        (60, 1),
        (64, 1),
        (68, 0xffff_fffe),
    ] {
        data[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    for n in 0..109 {
        let sector = if n < fats {
            (2 + sectors + n) as u32
        } else {
            u32::MAX
        };
        data[76 + 4 * n..80 + 4 * n].copy_from_slice(&sector.to_le_bytes());
    }
    let mut mini = bytes.to_vec();
    mini.resize(SECTOR, 0);
    data.extend(mini);
    data.extend(mini_fat.iter().flat_map(|n| n.to_le_bytes()));
    data.extend(directory);
    data.extend(fat.iter().flat_map(|n| n.to_le_bytes()));
    data
}

#[test]
fn a_crowd_of_links_is_read_as_far_as_the_parts_go() {
    let ole = monikers::ole(1, 1, &[], &monikers::url("http://h/a"), true);
    let few = read(&crowd(3, "\u{1}Ole", &ole));
    assert_eq!(few.links.len(), 3);
    assert_eq!(few.links[2].target.as_deref(), Some("http://h/a"));

    let data = crowd(100_000, "\u{1}Ole", &ole);
    let start = crate::tests::Clock::start();
    let seen = read_with(&data, &Limits::default(), |_| None);
    assert_eq!(seen.outcome.ended, Err(Exhausted::Limit(Limit::Parts)));
    // A link pays for its stream and for the class of its storage.
    assert_eq!(seen.links.len(), 20_000);
    assert_eq!(seen.live, seen.outcome.held);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_crowd_of_documents_is_handed_over_in_the_time_of_its_streams() {
    let data = crowd(20_000, "WordDocument", b"x");
    let start = crate::tests::Clock::start();
    assert!(handed(&data).len() >= 1_000);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_crowd_of_packages_holds_what_it_pays_for() {
    let data = crowd(1_000, "Package", ZIP);
    let seen = read(&data);
    assert_eq!(seen.children.len(), 1_000);
    assert_eq!(child(&data, &seen.children[999]).1, ZIP);
}

/// Whatever the bytes are: an end, and nothing paid that is not held.
#[test]
fn broken_files_end_well() {
    let ole = monikers::ole(
        1,
        1,
        &monikers::file(1, "a.xls", Some("a long name.xls")),
        &monikers::url("http://h/a"),
        true,
    );
    let file = package("a.docx", "C:\\a.docx", "C:\\t\\a.docx", 3, ZIP);
    let comp_obj = class::tests::comp_obj(&class::tests::LINK, "Word.Document.8");
    let good = smith(&[
        ("\u{1}Ole", &ole),
        ("\u{1}CompObj", &comp_obj),
        ("a/\u{1}Ole10Native", &file),
        ("a/Package", ZIP),
        ("b/WordDocument", &[7; 5000]),
    ]);
    let mut state = 1u32;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for _ in 0..600 {
        let mut data = good.clone();
        for _ in 0..=next(6) {
            let at = next(data.len());
            data[at] = [0, 1, 0x7f, 0xff][next(4)];
        }
        data.truncate(data.len() - next(3) * next(2000));
        if Cfb::open(&data).is_some() {
            read(&data);
        }
    }
}
