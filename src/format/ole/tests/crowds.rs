//! Many storages, limits, broken files.

use super::*;

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
