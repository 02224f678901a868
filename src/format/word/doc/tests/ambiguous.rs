//! Documents that programs read in different ways: every reading is made.

use super::*;

/// A compound file in which the names of streams that end in a digit lose it: `1Table2` becomes
/// a second `1Table` of its storage.
fn twins(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let owned: Vec<(String, Vec<u8>)> = streams
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
        .collect();
    let mut data = smith::compound(&owned);
    for (name, _) in streams {
        let short = name.trim_end_matches(char::is_numeric);
        if short.len() == name.len() {
            continue;
        }
        let units = |text: &str| -> Vec<u8> {
            let mut bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes.resize(64, 0);
            bytes
        };
        // Name and length of the directory entry ([MS-CFB] 2.6.1).
        let at = memchr::memmem::find(&data, &units(name)).unwrap();
        data[at..at + 64].copy_from_slice(&units(short));
        data[at + 64] = u8::try_from(2 * (short.len() + 1)).unwrap();
    }
    data
}

/// A field the keyword of which no search for letters finds.
fn hidden() -> String {
    let keyword = format!("{BEGIN}QUOTE 68 68 69 65 85 84 79{SEPARATOR}{END}");
    field(&STD.replace("DDEAUTO", &keyword))
}

/// The two streams of a document.
fn parts(text: &str) -> (Vec<u8>, Vec<u8>) {
    let mut streams = DocFile::new(text).all_streams().into_iter();
    (streams.next().unwrap().1, streams.next().unwrap().1)
}

#[test]
fn of_streams_with_one_name_all_are_read() {
    let (decoy, decoy_table) = parts("Nothing here.");
    let (main, table) = parts(&hidden());
    for data in [
        twins(&[
            ("WordDocument", &decoy),
            ("1Table", &decoy_table),
            ("WordDocument2", &main),
            ("1Table2", &table),
        ]),
        twins(&[
            ("WordDocument2", &main),
            ("1Table2", &table),
            ("WordDocument3", &decoy),
            ("1Table3", &decoy_table),
        ]),
    ] {
        let found = read_all(&data);
        let links: Vec<&Link> = found
            .links
            .iter()
            .filter(|link| link.location.cell().is_none())
            .collect();
        assert!(!links.is_empty(), "{:#?}", found.gaps);
        for link in links {
            is_std(link);
            assert!(link.has(TechniqueId::DuplicateStream), "{link:#?}");
        }
        assert_eq!(found.ended, Ok(()));
    }
}

#[test]
fn of_tables_with_one_name_all_are_read() {
    let (main, table) = parts(&hidden());
    // The same table, but the text begins behind the first mark.
    let at = number(&main, pair_at(pair::CLX)) + 5 + 8 + 2;
    let mut decoy = table.clone();
    let place = number(&decoy, at) + 2 * 40;
    put(&mut decoy, at, u32::try_from(place).unwrap());
    for tables in [[&decoy, &table], [&table, &decoy]] {
        let [one, two] = tables;
        let data = twins(&[("WordDocument", &main), ("1Table", one), ("1Table2", two)]);
        let found = read_all(&data);
        is_std(found.only());
        assert!(found.only().has(TechniqueId::DuplicateStream));
    }
}

#[test]
fn more_streams_of_one_name_than_are_read_are_a_gap() {
    let (main, table) = parts("Body.");
    let names = ["1Table", "1Table2", "1Table3", "1Table4", "1Table5"];
    for (count, expected) in [(4, 0), (5, 1)] {
        let mut streams: Vec<(&str, &[u8])> = vec![("WordDocument", &main)];
        streams.extend(names.iter().take(count).map(|name| (*name, &table[..])));
        let found = read_all(&twins(&streams));
        let kinds: Vec<GapKind> = found.gaps.iter().map(|gap| gap.kind).collect();
        assert_eq!(kinds, vec![GapKind::Limit; expected]);
    }
}

#[test]
fn each_layout_of_the_block_that_leads_to_pieces_is_read() {
    // Six more numbers of two bytes in front of the pairs: where a program that does not count
    // them looks for the piece table stands that of another text.
    let (main, mut table) = parts(&hidden());
    let mut wider = main[..0x22].to_vec();
    wider[0x20..0x22].copy_from_slice(&20_u16.to_le_bytes());
    wider.extend(&main[0x22..0x3e]);
    wider.extend([0; 12]);
    wider.extend(&main[0x3e..0x400 - 12]);
    wider.extend(&main[0x400..]);
    let decoy = [
        &[2, 16, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0][..],
        &(0x4000_0000_u32 | (2 * u32::try_from(wider.len()).unwrap())).to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    wider.extend(b"Body.");
    put(
        &mut wider,
        pair_at(pair::CLX),
        u32::try_from(table.len()).unwrap(),
    );
    put(
        &mut wider,
        pair_at(pair::CLX) + 4,
        u32::try_from(decoy.len()).unwrap(),
    );
    table.extend(decoy);
    let found = read_all(&twins(&[("WordDocument", &wider), ("1Table", &table)]));
    is_std(found.only());
    assert_eq!(found.only().confidence, Confidence::Medium);
}

#[test]
fn text_in_clear_that_is_said_to_be_encrypted_is_read() {
    for (flags, scheme) in [(0x0100, "unknown scheme"), (0x8100, "XOR obfuscation")] {
        let mut file = DocFile::new(&hidden());
        file.flags = flags;
        let found = read_all(&file.build());
        is_std(found.only());
        assert_eq!(found.only().confidence, Confidence::Medium);
        assert_eq!(found.gaps(), [(GapKind::Encrypted, scheme)]);
    }
    // Of what is old only fields that say so in letters are found.
    let mut file = DocFile::word6(&field(STD));
    file.flags = 0x0100;
    for data in [file.build(), file.build_raw()] {
        let found = read_all(&data);
        is_std(found.only());
        assert_eq!(found.only().confidence, Confidence::Low);
        assert_eq!(found.gaps(), [(GapKind::Encrypted, "XOR obfuscation")]);
    }
}

#[test]
fn properties_of_streams_with_one_name_are_all_kept() {
    let keyword = format!("{BEGIN}TITLE{SEPARATOR}{END}");
    let (main, table) = parts(&field(&STD.replace("DDEAUTO", &keyword)));
    let summary = |title: &str| {
        let mut file = DocFile::new("Body.");
        file.summary = vec![(2, title.to_owned())];
        file.all_streams().pop().unwrap().1
    };
    let (one, two) = (summary("Nothing"), summary("DDEAUTO"));
    for [one, two] in [[&one, &two], [&two, &one]] {
        let found = read_all(&twins(&[
            ("WordDocument", &main),
            ("1Table", &table),
            ("\u{5}SummaryInformation", one),
            ("\u{5}SummaryInformation2", two),
        ]));
        assert!(
            found.links.iter().any(|link| link.kind == Kind::DdeAuto),
            "{:#?}",
            found.links
        );
    }
}

#[test]
fn pieces_in_clear_count_whatever_the_header_says() {
    // The header of RC4 stands in front of tables that are not encrypted.
    let mut file = DocFile::new(&hidden());
    file.flags = 0x0100;
    file.table_head = [&[1, 0, 1, 0][..], &[7; 48]].concat();
    let found = read_all(&file.build());
    is_std(found.only());
    assert_eq!(found.gaps(), [(GapKind::Encrypted, "RC4")]);
    // Noise in their place leads to nothing.
    let data = changed(&file, |_, table| {
        table.iter_mut().skip(52).for_each(|byte| *byte ^= 0x5a);
    });
    let found = read_all(&data);
    assert_eq!(found.links.len(), 0);
    assert_eq!(found.gaps(), [(GapKind::Encrypted, "RC4")]);
}
