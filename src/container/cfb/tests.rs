use std::io::{Cursor, Write as _};

use super::*;
use crate::limits::{Limit, Limits};

/// A compound file of (path, bytes); version 3 has sectors of 512 bytes, 4 of 4096.
fn smith(version: cfb::Version, streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file =
        cfb::CompoundFile::create_with_version(version, Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file.create_storage_all(format!("/{folder}")).unwrap();
        }
        file.create_stream(format!("/{path}"))
            .unwrap()
            .write_all(bytes)
            .unwrap();
    }
    file.into_inner().into_inner()
}

fn contents(data: &[u8]) -> Vec<(String, Vec<u8>, Option<Shortfall>)> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let cfb = Cfb::open(data).unwrap();
    cfb.streams()
        .map(|stream| {
            let (bytes, short) = cfb.read(&stream, u64::MAX, &budget);
            (stream.path, bytes, short)
        })
        .collect()
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n / 3) as u8).collect()
}

/// Where the directory entry with this name starts.
fn entry_at(data: &[u8], name: &str) -> usize {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(data, &name).unwrap()
}

#[test]
fn streams_come_out_as_they_went_in() {
    for version in [cfb::Version::V3, cfb::Version::V4] {
        let (small, exact, large) = (pattern(100), pattern(4096), pattern(900_000));
        let data = smith(
            version,
            &[
                ("WordDocument", &large),
                ("ObjectPool/_1/\u{1}Ole", &small),
                ("ObjectPool/_1/CONTENTS", &exact),
                ("empty", &[]),
            ],
        );
        let mut found = contents(&data);
        found.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            found,
            [
                ("ObjectPool/_1/\u{1}Ole".to_owned(), small, None),
                ("ObjectPool/_1/CONTENTS".to_owned(), exact, None),
                ("WordDocument".to_owned(), large, None),
                ("empty".to_owned(), vec![], None),
            ]
        );
        assert!(!Cfb::open(&data).unwrap().disagrees());
    }
}

#[test]
fn other_bytes_are_no_compound_file() {
    assert!(Cfb::open(b"").is_none());
    assert!(Cfb::open(b"PK\x03\x04").is_none());
    // The signature alone is one without streams.
    assert_eq!(
        Cfb::open(&[SIGNATURE, &[0; 504]].concat())
            .unwrap()
            .streams()
            .count(),
        0
    );
    assert!(Cfb::open(SIGNATURE).is_none());
}

#[test]
fn one_wrong_byte_hides_no_stream() {
    let large = pattern(9_000);
    let good = smith(
        cfb::Version::V3,
        &[("WordDocument", &large), ("small", b"DDEAUTO")],
    );
    let word = entry_at(&good, "WordDocument");
    // Offset and value: what the crate refuses (measured) or lets a program read on.
    let cases: [(usize, &[u8]); 9] = [
        (word + 67, &[7]),                // colour
        (word + 66, &[9]),                // entry type
        (word + 66, &[1]),                // a stream that says it is a storage
        (word + 64, &[70, 0]),            // name length
        (word + 68, &[0xee, 0xee, 0, 0]), // left sibling
        (26, &[5, 0]),                    // major version
        (28, &[0, 0]),                    // byte order mark
        (32, &[7, 0]),                    // mini sector shift
        (56, &[1, 16, 0, 0]),             // mini stream cutoff
    ];
    for (at, bytes) in cases {
        let mut data = good.clone();
        data[at..at + bytes.len()].copy_from_slice(bytes);
        let found = contents(&data);
        let has = |name: &str, bytes: &[u8]| {
            found
                .iter()
                .any(|(path, found, _)| path == name && found == bytes)
        };
        assert!(
            has("WordDocument", &large) && has("small", b"DDEAUTO"),
            "{at}: {found:?}"
        );
    }
}

#[test]
fn streams_that_no_tree_reaches_are_found() {
    let good = smith(cfb::Version::V3, &[("only", b"DDEAUTO")]);
    let mut data = good.clone();
    let root = entry_at(&good, "Root Entry");
    data[root + 76..root + 80].copy_from_slice(&[0xff; 4]);
    let streams: Vec<Stream> = Cfb::open(&data).unwrap().streams().collect();
    assert_eq!(
        (streams[0].path.as_str(), streams[0].orphan),
        ("only", true)
    );
    assert_eq!(contents(&data)[0].1, b"DDEAUTO");
    assert!(Cfb::open(&data).unwrap().disagrees());
}

#[test]
fn sizes_and_chains_that_lie_end_at_the_file() {
    let large = pattern(9_000);
    let good = smith(cfb::Version::V3, &[("Workbook", &large)]);
    let at = entry_at(&good, "Workbook");
    let mut data = good.clone();
    data[at + 120..at + 124].copy_from_slice(&[0xff; 4]);
    let (_, bytes, short) = contents(&data).remove(0);
    assert!(bytes.starts_with(&large) && bytes.len() <= data.len());
    assert!(matches!(short, Some(Shortfall::Damaged(_))));
    // The tail of the file is missing.
    let mut data = good.clone();
    data.truncate(data.len() - 600);
    let (_, bytes, short) = contents(&data).remove(0);
    assert!(large.starts_with(&bytes[..bytes.len().min(4_000)]) || short.is_some());
    // Every FAT entry leads to itself or round in a circle.
    for next in [|n: u32| n, |n: u32| n ^ 1] {
        let mut data = good.clone();
        let fat = 512 + 512 * u32::from_le_bytes(data[76..80].try_into().unwrap()) as usize;
        for n in 0..128u32 {
            let at = fat + 4 * n as usize;
            data[at..at + 4].copy_from_slice(&next(n).to_le_bytes());
        }
        let total: usize = contents(&data)
            .iter()
            .map(|(_, bytes, _)| bytes.len())
            .sum();
        assert!(total <= 4 * data.len());
    }
}

#[test]
fn reading_pays_and_stops_at_the_limits() {
    let data = smith(cfb::Version::V3, &[("Workbook", &pattern(300_000))]);
    let cfb = Cfb::open(&data).unwrap();
    let stream = cfb.find("WORKBOOK").unwrap();
    let limits = Limits {
        live_bytes: 100_000,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let (bytes, short) = cfb.read(&stream, u64::MAX, &budget);
    assert_eq!(
        short,
        Some(Shortfall::Exhausted(Exhausted::Limit(Limit::LiveBytes)))
    );
    assert_eq!(budget.live_left(), 100_000 - bytes.len() as u64);
    let (bytes, short) = cfb.read(&stream, 10, &Budget::new(&limits, None));
    assert_eq!((bytes.len(), short), (10, None));
}

#[test]
fn a_storage_with_an_impossible_size_stays_one() {
    let good = smith(cfb::Version::V3, &[("ObjectPool/x", b"x"), ("only", b"x")]);
    let at = entry_at(&good, "ObjectPool");
    let mut data = good.clone();
    data[at + 76..at + 80].copy_from_slice(&[0xff; 4]);
    data[at + 120..at + 124].copy_from_slice(&0x901e_2b09u32.to_le_bytes());
    let paths: Vec<String> = Cfb::open(&data)
        .unwrap()
        .streams()
        .map(|s| s.path)
        .collect();
    assert_eq!(paths.len(), 2);
    assert!(!paths.contains(&"ObjectPool".to_owned()));
}

#[test]
fn storages_have_their_class() {
    let class = "00020906-0000-0000-c000-000000000046";
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_storage("/MBD1").unwrap();
    file.set_storage_clsid("/", class.parse().unwrap()).unwrap();
    let data = file.into_inner().into_inner();
    let storages: Vec<Storage> = Cfb::open(&data).unwrap().storages().collect();
    assert_eq!(storages[0].class[..4], [0x06, 0x09, 0x02, 0x00]);
    assert_eq!(storages[1].path, "MBD1");
}

#[test]
fn deep_storages_cost_no_more_than_their_names() {
    let path = vec!["a"; 200].join("/");
    let data = smith(cfb::Version::V3, &[(&format!("{path}/WordDocument"), b"x")]);
    let streams: Vec<Stream> = Cfb::open(&data).unwrap().streams().collect();
    assert!(streams[0].path.starts_with("…/a/") && streams[0].path.ends_with("a/WordDocument"));
}

#[test]
fn a_view_shows_what_reading_gives() {
    let (small, large) = (pattern(100), pattern(900_000));
    for version in [cfb::Version::V3, cfb::Version::V4] {
        let data = smith(version, &[("a", &large), ("b/c", &small), ("d", &[])]);
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let cfb = Cfb::open(&data).unwrap();
        for stream in cfb.streams() {
            let (bytes, _) = cfb.read(&stream, u64::MAX, &budget);
            let joined: Vec<u8> = cfb
                .runs(&stream)
                .into_iter()
                .flat_map(|run| data[run].to_vec())
                .collect();
            assert_eq!(joined, bytes);
            let view = cfb.view(&stream, &budget).unwrap();
            assert_eq!(view.length(), bytes.len());
            assert!(!view.short);
            let copy = view.copy(0..usize::MAX, &budget).unwrap();
            assert_eq!(copy, bytes);
            for at in [0, 1, 63, 98, 511, 4095, 899_998] {
                let pair = bytes.get(at..at + 2).map(|pair| [pair[0], pair[1]]);
                assert_eq!(view.array(at), pair, "{at}");
            }
            view.close(&budget);
            budget.release_live(2 * bytes.len() as u64);
        }
        assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    }
}

#[test]
fn a_view_of_scattered_sectors_is_paid_for() {
    // A FAT that leads back and forth: every sector is a stretch of its own.
    let mut data = smith(cfb::Version::V3, &[("scattered", &pattern(512 * 100))]);
    let start = u32::from_le_bytes(
        data[entry_at(&data, "scattered") + 116..][..4]
            .try_into()
            .unwrap(),
    );
    let fat = 512 * (1 + u32::from_le_bytes(data[76..80].try_into().unwrap()) as usize);
    let order: Vec<u32> = (0..100).map(|n| start + (n * 37) % 100).collect();
    for pair in order.windows(2) {
        let at = fat + 4 * pair[0] as usize;
        data[at..at + 4].copy_from_slice(&pair[1].to_le_bytes());
    }
    let last = fat + 4 * order[99] as usize;
    data[last..last + 4].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    let limits = Limits {
        live_bytes: 100 * 64,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let cfb = Cfb::open(&data).unwrap();
    let stream = cfb.find("scattered").unwrap();
    let view = cfb.view(&stream, &budget).unwrap();
    assert_eq!(view.length(), 51_200);
    assert_eq!(
        view.chunk(512),
        &data[512 * (1 + order[1] as usize)..][..512]
    );
    assert!(budget.charge_live(1).is_err());
    view.close(&budget);
    budget.charge_live(1).unwrap();
    assert!(cfb.view(&stream, &budget).is_err());
}

#[test]
fn streams_are_grouped_by_their_storage() {
    let streams: &[(&str, &[u8])] = &[
        ("WordDocument", b"1"),
        ("ObjectPool/_2/\u{1}Ole", b"2"),
        ("ObjectPool/_1/CONTENTS", b"3"),
        ("ObjectPool/_1/\u{1}Ole", b"4"),
        ("1Table", b"5"),
    ];
    let mut data = smith(cfb::Version::V3, streams);
    let groups = |data: &[u8]| {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let cfb = Cfb::open(data).unwrap();
        let folders = cfb.folders(&budget).unwrap();
        let mut groups: Vec<(String, bool, Vec<String>)> = folders
            .each()
            .map(|folder| {
                let mut names: Vec<String> = folder.names().collect();
                names.sort();
                for (name, stream) in folder.streams() {
                    assert!(stream.path.ends_with(&name));
                    assert_eq!(cfb.read(&stream, 9, &budget).0.len(), 1);
                    budget.release_live(1);
                }
                assert_eq!(
                    folder.is_root(),
                    folder.storage().path.is_empty() && !folder.is_orphan()
                );
                (folder.storage().path, folder.is_orphan(), names)
            })
            .collect();
        drop(folders);
        assert_eq!(budget.live_left(), limits.live_bytes);
        groups.sort();
        groups
    };
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        groups(&data),
        [
            (String::new(), false, names(&["1Table", "WordDocument"])),
            (
                "ObjectPool/_1".to_owned(),
                false,
                names(&["\u{1}Ole", "CONTENTS"])
            ),
            ("ObjectPool/_2".to_owned(), false, names(&["\u{1}Ole"])),
        ]
    );
    // The root loses its children: all streams are nobody's.
    let root = entry_at(&data, "Root Entry");
    data[root + 76..root + 80].copy_from_slice(&[0xff; 4]);
    let all = ["\u{1}Ole", "\u{1}Ole", "1Table", "CONTENTS", "WordDocument"];
    assert_eq!(groups(&data), [(String::new(), true, names(&all))]);
}

#[test]
fn a_lost_directory_is_searched_for() {
    let large = pattern(9_000);
    let good = smith(
        cfb::Version::V3,
        &[("WordDocument", &large), ("1Table", &large)],
    );
    assert_eq!(Cfb::open(&good).unwrap().damage(), None);
    let at = entry_at(&good, "Root Entry");
    // Its start in the header: outside the file, free, and a sector that is none of its own.
    for start in [0x7fff_u32, 0xffff_ffff, 3] {
        let mut data = good.clone();
        data[48..52].copy_from_slice(&start.to_le_bytes());
        assert_eq!(Cfb::open(&data).unwrap().damage(), Some(Damage::Directory));
        let found = contents(&data);
        let whole = |name: &str| {
            let mut found = found.iter();
            found.any(|(path, bytes, _)| path == name && *bytes == large)
        };
        assert!(whole("WordDocument") && whole("1Table"), "{start}");
    }
    // Its chain leads out of the file behind the first sector.
    let mut data = good.clone();
    let fat = 512 * (1 + u32::from_le_bytes(data[76..80].try_into().unwrap()) as usize);
    let slot = fat + 4 * (at / 512 - 1);
    data[slot..slot + 4].copy_from_slice(&0x7fff_u32.to_le_bytes());
    assert_eq!(Cfb::open(&data).unwrap().damage(), Some(Damage::Directory));
    assert!(contents(&data).iter().any(|(_, bytes, _)| *bytes == large));
    // Nothing is left of it.
    let junk = [SIGNATURE, &pattern(20_000)].concat();
    let cfb = Cfb::open(&junk).unwrap();
    assert_eq!(
        (cfb.damage(), cfb.streams().count()),
        (Some(Damage::Directory), 0)
    );
}

#[test]
fn a_stream_beyond_the_end_of_the_file_is_damage() {
    let (small, large) = (pattern(100), pattern(90_000));
    for version in [cfb::Version::V3, cfb::Version::V4] {
        let good = smith(version, &[("small", &small), ("large", &large)]);
        assert_eq!(Cfb::open(&good).unwrap().damage(), None);
        let cut = &good[..good.len() - 20_000];
        assert!(Cfb::open(cut).unwrap().damage().is_some());
    }
    // A last sector that is not filled up is not.
    let data = smith(cfb::Version::V3, &[("large", &pattern(90_000))]);
    let last = data.iter().rposition(|byte| *byte != 0).unwrap();
    assert_eq!(Cfb::open(&data[..=last]).unwrap().damage(), None);
}

#[test]
fn a_thousand_streams_on_one_chain_cost_no_more_than_some() {
    let large = pattern(60_000);
    let names: Vec<String> = (0..1_000).map(|n| format!("s{n}")).collect();
    let mut all: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &b"x"[..])).collect();
    all.push(("large", &large));
    let mut data = smith(cfb::Version::V3, &all);
    let start = entry_at(&data, "large") + 116;
    let place: [u8; 8] = data[start..start + 8].try_into().unwrap();
    let root = entry_at(&data, "Root Entry");
    for entry in (root + 128..data.len().min(root + 100_000)).step_by(128) {
        if data[entry] == b's' && data[entry + 66] == 2 {
            data[entry + 116..entry + 124].copy_from_slice(&place);
        }
    }
    assert_eq!(Cfb::open(&data).unwrap().damage(), Some(Damage::Streams));
}

#[test]
fn a_signature_without_a_header_is_broken() {
    let mut data = SIGNATURE.to_vec();
    data.extend(b"\r\n=cmd|'/c calc'!A0\r\n");
    for length in [60, 511, 512] {
        data.resize(length, b' ');
        let damage = Cfb::open(&data).and_then(|cfb| cfb.damage());
        assert_eq!(damage, Some(Damage::Directory), "{length}");
    }
}

/// All files of a folder that are compound files.
fn compound_files(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            if bytes.starts_with(SIGNATURE) {
                found.push((path.strip_prefix(folder).unwrap().to_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}

/// What the crate reads: path and bytes of each stream that it reads whole.
fn as_the_crate_reads(data: &[u8]) -> Vec<(String, Vec<u8>)> {
    use std::io::Read as _;
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(data)) else {
        return Vec::new();
    };
    let walk = file.walk();
    let paths: Vec<_> = walk
        .filter(cfb::Entry::is_stream)
        .map(|entry| (entry.path().to_owned(), entry.len()))
        .collect();
    let mut read = Vec::new();
    for (path, size) in paths {
        let mut bytes = Vec::new();
        let stream = file.open_stream(&path);
        let whole = stream.is_ok_and(|mut stream| stream.read_to_end(&mut bytes).is_ok());
        if whole && bytes.len() as u64 == size {
            let path = path.to_string_lossy().trim_start_matches('/').to_owned();
            read.push((path, bytes));
        }
    }
    read
}

/// Every stream that the crate or olefile (`tests/support/make-streams.py`) reads whole is in
/// ours, byte for byte. Of the 149 compound files of the labelled folder that are 2,237 streams of
/// the crate and 2,414 of olefile 0.47; 23 more stand in no storage.
#[test]
fn streams_of_real_files_are_what_others_read() {
    use sha2::{Digest as _, Sha256};
    let Some(folder) = std::env::var_os("DDETECT_LABELLED").map(std::path::PathBuf::from) else {
        return;
    };
    let list = std::env::var_os("DDETECT_STREAMS");
    let list = list.map(|path| std::fs::read_to_string(path).unwrap());
    let (mut by_crate, mut by_olefile, mut orphans) = (0, 0, 0);
    let files = compound_files(&folder);
    let mut wrong = Vec::new();
    for (path, data) in &files {
        let limits = Limits::default();
        let cfb = Cfb::open(data).unwrap();
        let ours: Vec<(String, Vec<u8>)> = cfb
            .streams()
            .map(|stream| {
                let budget = Budget::new(&limits, None);
                orphans += usize::from(stream.orphan);
                (stream.path.clone(), cfb.read(&stream, u64::MAX, &budget).0)
            })
            .collect();
        let has = |name: &str, same: &dyn Fn(&[u8]) -> bool| {
            let name = name.split('\0').next().unwrap_or_default().to_lowercase();
            let mut named = ours.iter();
            named.any(|(ours, bytes)| ours.to_lowercase() == name && same(bytes))
        };
        for (name, bytes) in as_the_crate_reads(data) {
            by_crate += 1;
            if !has(&name, &|ours| ours == bytes) {
                wrong.push(format!("{}: {name:?} by the crate", path.display()));
            }
        }
        let shown = path.to_string_lossy();
        for line in list.iter().flat_map(|list| list.lines()) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [file, name, length, digest] = columns[..] else {
                panic!("{line}")
            };
            if file != shown || length == "-1" {
                continue;
            }
            by_olefile += 1;
            let name: Vec<u8> = (0..name.len() / 2)
                .map(|at| u8::from_str_radix(&name[2 * at..2 * at + 2], 16).unwrap())
                .collect();
            let name = String::from_utf8(name).unwrap();
            let same = |ours: &[u8]| {
                let ours = Sha256::digest(ours);
                ours.iter().map(|b| format!("{b:02x}")).collect::<String>() == digest
            };
            // All of the mini FAT is 0, and olefile reads the first 64 bytes again and again; a name
            // without its end mark has one letter more for us.
            let known = [
                "POIHSLFFuzzer-5018229722382336",
                "POIHSMFFuzzer-5336473854148608",
            ];
            let known = known.iter().any(|file| shown.contains(file));
            if !has(&name, &same) && !known {
                wrong.push(format!("{shown}: {name:?} by olefile"));
            }
        }
    }
    let files = files.len();
    println!("{files} files: {by_crate} streams of the crate, {by_olefile} of olefile");
    println!("{orphans} streams without a storage");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
