use std::cell::Cell;
use std::io::Read as _;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::container::{MemberReader, Shortfall, held};
use crate::limits::{Limit, Limits};

use crate::container::zipsmith::{Entry, Zip, deflate};

const DDE: &[u8] = b"<w:instrText>DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe</w:instrText>";

type Found = (String, Vec<u8>, Vec<TechniqueId>);

/// Names, contents and techniques of all members.
fn read_all(data: &[u8], passwords: &[&str]) -> (Vec<Found>, Listing) {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let listing = list(data, &Passwords::new(passwords.iter().copied()), &budget);
    let members = listing
        .members
        .iter()
        .map(|member| {
            let (bytes, _) = member.source.decode(data, &budget);
            budget.release_live(held(&bytes));
            (
                member.name.clone(),
                bytes.into_owned(),
                member.techniques.clone(),
            )
        })
        .collect();
    (members, listing)
}

fn names(data: &[u8]) -> Vec<String> {
    read_all(data, &[])
        .0
        .into_iter()
        .map(|(name, ..)| name)
        .collect()
}

fn shortfall(data: &[u8], passwords: &[&str]) -> Vec<Option<Shortfall>> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let listing = list(data, &Passwords::new(passwords.iter().copied()), &budget);
    listing
        .members
        .iter()
        .map(|member| member.source.decode(data, &budget).1)
        .collect()
}

#[test]
fn a_plain_archive_is_one_member_an_entry_and_nothing_odd() {
    let data = Zip::new()
        .entry(Entry::deflated("[Content_Types].xml", "<Types/>"))
        .entry(Entry::stored("word/document.xml", DDE))
        .entry(Entry::deflated("word/a.xml", DDE).descriptor())
        .build();
    let (members, listing) = read_all(&data, &[]);
    assert_eq!(listing.techniques, []);
    assert_eq!(
        members,
        [
            (
                "[Content_Types].xml".to_owned(),
                b"<Types/>".to_vec(),
                vec![]
            ),
            ("word/document.xml".to_owned(), DDE.to_vec(), vec![]),
            ("word/a.xml".to_owned(), DDE.to_vec(), vec![]),
        ]
    );
}

#[test]
fn bytes_that_are_no_archive_list_nothing() {
    for data in [
        b"".as_slice(),
        b"PK",
        b"PK\x05\x06",
        b"no archive at all, only text",
    ] {
        let (members, listing) = read_all(data, &[]);
        assert!(members.is_empty() && listing.techniques.is_empty());
    }
    assert!(names(&Zip::new().build()).is_empty());
}

#[test]
fn duplicate_names_are_members_of_their_own() {
    let data = Zip::new()
        .entry(Entry::deflated("word/document.xml", DDE))
        .entry(Entry::deflated("word/document.xml", "benign"))
        .build();
    let (members, _) = read_all(&data, &[]);
    let odd = vec![TechniqueId::ZipDuplicateName];
    assert_eq!(
        members,
        [
            ("word/document.xml".to_owned(), DDE.to_vec(), odd.clone()),
            ("word/document.xml#2".to_owned(), b"benign".to_vec(), odd),
        ]
    );
}

#[test]
fn wrong_counts_hide_nothing_and_are_noted() {
    let zip = Zip::new()
        .entry(Entry::deflated("a", "benign"))
        .entry(Entry::deflated("b", DDE));
    for count in [0, 1, 3, 65534] {
        let data = zip.clone().count(count).build();
        let (members, listing) = read_all(&data, &[]);
        assert_eq!(members.len(), 2, "count {count}");
        assert_eq!(members[1].1, DDE);
        assert!(
            listing.techniques.contains(&TechniqueId::ZipCountMismatch),
            "count {count}"
        );
    }
}

#[test]
fn entries_of_one_view_only_are_listed() {
    let data = Zip::new()
        .entry(Entry::deflated("both", "x"))
        .entry(Entry::deflated("local", DDE).local_only())
        .entry(Entry::deflated("central", DDE).central_only())
        .build();
    let (members, listing) = read_all(&data, &[]);
    assert_eq!(listing.techniques, []);
    assert_eq!(
        members,
        [
            ("both".to_owned(), b"x".to_vec(), vec![]),
            (
                "central".to_owned(),
                DDE.to_vec(),
                vec![TechniqueId::ZipCentralOnly]
            ),
            (
                "local".to_owned(),
                DDE.to_vec(),
                vec![TechniqueId::ZipLocalOnly]
            ),
        ]
    );
}

#[test]
fn headers_that_disagree_give_both_readings() {
    // One says stored and the other deflated: the checksum tells which it is.
    let odd = vec![TechniqueId::ZipDisagreement];
    let deflated = || Entry::deflated("a.xml", DDE);
    for entry in [
        deflated().local(|local| local.method = Some(0)),
        deflated().central(|central| central.method = Some(0)),
    ] {
        let (members, _) = read_all(&Zip::new().entry(entry).build(), &[]);
        assert_eq!(members.len(), 1, "{members:?}");
        assert_eq!(
            (members[0].0.as_str(), members[0].1.as_slice()),
            ("a.xml", DDE)
        );
        assert!(members[0].2.contains(&TechniqueId::ZipDisagreement));
    }
    // Where the checksum is wrong, both are read.
    let data = Zip::new()
        .entry(deflated().local(|local| {
            (local.method, local.crc, local.size) = (Some(0), Some(7), Some(7));
        }))
        .build();
    let (members, _) = read_all(&data, &[]);
    assert_eq!(members.len(), 2);
    assert_eq!(members[0], ("a.xml".to_owned(), DDE.to_vec(), odd.clone()));
    assert_eq!(members[1].0, "a.xml#2");
    // Another name.
    let data = Zip::new()
        .entry(Entry::deflated("a.xml", DDE).local(|local| local.name = Some(b"b.bin".to_vec())))
        .build();
    let (members, _) = read_all(&data, &[]);
    assert_eq!(
        members,
        [
            ("a.xml".to_owned(), DDE.to_vec(), odd.clone()),
            ("b.bin".to_owned(), DDE.to_vec(), odd),
        ]
    );
}

#[test]
fn lying_sizes_cost_nothing() {
    for lie in [0, 3, 70_000, u32::MAX - 1] {
        let data = Zip::new()
            .entry(Entry::deflated("a.xml", DDE).central(|central| {
                central.size = Some(lie);
                central.packed = Some(lie);
                central.crc = Some(lie);
            }))
            .entry(Entry::deflated("b.xml", "x"))
            .build();
        let (members, _) = read_all(&data, &[]);
        assert_eq!(
            members[0],
            (
                "a.xml".into(),
                DDE.to_vec(),
                vec![TechniqueId::ZipDisagreement]
            )
        );
        assert_eq!(members.len(), 2, "{lie}");
    }
}

#[test]
fn without_end_record_or_directory_the_local_headers_stand_alone() {
    let zip = Zip::new()
        .entry(Entry::deflated("a.xml", DDE))
        .entry(Entry::stored("b.xml", DDE).descriptor());
    for data in [
        zip.clone().no_end().build(),
        zip.clone().no_central().build(),
        zip.clone().no_central().trailing("PK\x05\x06 cut").build(),
    ] {
        let (members, listing) = read_all(&data, &[]);
        assert_eq!(listing.techniques, [TechniqueId::ZipRecovered]);
        assert!(listing.headless);
        let odd = vec![TechniqueId::ZipRecovered];
        assert_eq!(
            members,
            [
                ("a.xml".to_owned(), DDE.to_vec(), odd.clone()),
                ("b.xml".to_owned(), DDE.to_vec(), odd),
            ]
        );
    }
}

#[test]
fn bytes_in_front_and_behind_are_tolerated() {
    let zip = Zip::new().entry(Entry::deflated("a.xml", DDE));
    for data in [
        zip.clone().prefix(vec![b'x'; 999]).build(),
        zip.clone().unknown_prefix(vec![b'x'; 999]).build(),
        zip.clone().trailing(vec![b'x'; 70_000]).build(),
        zip.clone()
            .comment("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
            .build(),
    ] {
        let (members, _) = read_all(&data, &[]);
        assert_eq!(members, [("a.xml".to_owned(), DDE.to_vec(), vec![])]);
    }
}

#[test]
fn two_archives_in_one_file_are_both_listed() {
    let mut data = Zip::new().entry(Entry::deflated("first.xml", DDE)).build();
    data.extend(Zip::new().entry(Entry::deflated("second.xml", "x")).build());
    assert_eq!(names(&data), ["second.xml", "first.xml"]);
}

#[test]
fn an_inner_archive_is_not_listed_twice() {
    let inner = Zip::new().entry(Entry::stored("inner.xml", DDE)).build();
    let stored = Zip::new().entry(Entry::stored("inner.zip", &inner)).build();
    assert_eq!(names(&stored), ["inner.zip"]);
    // A deflate stream that holds a local header in a stored block.
    let mut block = vec![1];
    block.extend((inner.len() as u16).to_le_bytes());
    block.extend((!(inner.len() as u16)).to_le_bytes());
    block.extend(&inner);
    let deflated = Zip::new()
        .entry(Entry::deflated("inner.zip", &inner).coded(block))
        .build();
    assert_eq!(names(&deflated), ["inner.zip"]);
    // Stored data that holds a local header and is no archive: an entry that only repair finds.
    let mut junk = b"junk".to_vec();
    junk.extend(&inner);
    let hidden = Zip::new().entry(Entry::stored("junk.bin", junk)).build();
    assert_eq!(names(&hidden), ["junk.bin", "inner.xml"]);
}

#[test]
fn a_header_behind_the_end_of_a_stream_is_seen_whatever_the_sizes_say() {
    let mut coded = deflate(b"benign");
    coded.extend(
        Zip::new()
            .entry(Entry::deflated("hidden.xml", DDE))
            .no_central()
            .build(),
    );
    let data = Zip::new()
        .entry(Entry::deflated("a.xml", "benign").coded(coded))
        .build();
    assert_eq!(names(&data), ["a.xml", "hidden.xml"]);
}

#[test]
fn zipcrypto_opens_with_a_given_or_the_customary_password() {
    let data = Zip::new()
        .entry(Entry::deflated("a.xml", DDE).password("hunter2"))
        .entry(Entry::stored("b.xml", DDE).password("hunter2").descriptor())
        .entry(Entry::stored("c.xml", DDE).password("infected"))
        .build();
    let (members, _) = read_all(&data, &["wrong", "hunter2"]);
    assert!(
        members.iter().all(|(_, bytes, _)| bytes == DDE),
        "{members:?}"
    );
    let said: Vec<_> = members.iter().map(|(_, _, said)| said.as_slice()).collect();
    let given = [TechniqueId::DecryptedGivenPassword].as_slice();
    let customary = [TechniqueId::DecryptedCustomaryPassword].as_slice();
    assert_eq!(said, [given, given, customary]);
    let closed = Some(Shortfall::Encrypted("ZipCrypto"));
    assert_eq!(shortfall(&data, &["wrong"]), [closed.clone(), closed, None]);
}

#[test]
fn a_wrong_password_never_opens_an_entry() {
    // One of 256 passes the check byte; the data tells it.
    let data = Zip::new()
        .entry(Entry::stored("a", DDE).password("right"))
        .build();
    let wrong: Vec<String> = (0..2_000).map(|n| format!("wrong{n}")).collect();
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    assert_eq!(
        shortfall(&data, &wrong),
        [Some(Shortfall::Encrypted("ZipCrypto"))]
    );
}

#[test]
fn data_that_is_only_marked_as_encrypted_is_read() {
    let data = Zip::new()
        .entry(Entry::deflated("a.xml", DDE).flags(1))
        .entry(Entry::stored("b.xml", DDE).flags(1))
        .build();
    let (members, _) = read_all(&data, &[]);
    for (_, bytes, odd) in members {
        assert_eq!(bytes, DDE);
        assert_eq!(odd, [TechniqueId::ZipFakeEncryption]);
    }
}

#[test]
fn aes_is_named_by_its_strength() {
    let extra = |strength| vec![0x01, 0x99, 7, 0, 2, 0, b'A', b'E', strength, 8, 0];
    let names: Vec<_> = (1..=3)
        .flat_map(|strength| {
            let entry = Entry::stored("a", [0x5a; 40])
                .flags(1)
                .local(|local| {
                    (local.method, local.extra, local.crc) = (Some(99), extra(strength), Some(0))
                })
                .central(|c| (c.method, c.extra, c.crc) = (Some(99), extra(strength), Some(0)));
            shortfall(&Zip::new().entry(entry).build(), &[])
        })
        .collect();
    let named = ["AES-128", "AES-192", "AES-256"].map(|name| Some(Shortfall::Encrypted(name)));
    assert_eq!(names, named);
}

#[test]
fn unknown_methods_are_named_and_lies_about_the_method_are_undone() {
    let method = |method| {
        Entry::deflated("a", DDE)
            .local(|local| local.method = Some(method))
            .central(|central| central.method = Some(method))
    };
    let lie = Zip::new().entry(method(14)).build();
    assert_eq!(read_all(&lie, &[]).0[0].1, DDE);
    let real = Zip::new().entry(method(14).coded([0x5d; 40])).build();
    let name = "LZMA compression (zip method 14)".to_owned();
    assert_eq!(shortfall(&real, &[]), [Some(Shortfall::Unsupported(name))]);
}

#[test]
fn a_wrong_checksum_is_damage_and_hides_nothing() {
    let wrong = || Entry::deflated("a", DDE).local(|local| local.crc = Some(7));
    let both = || wrong().central(|central| central.crc = Some(7));
    let damaged = Some(Shortfall::Damaged("checksum does not match"));
    for (entry, expected) in [(wrong(), None), (both(), damaged)] {
        let data = Zip::new().entry(entry).build();
        let (members, _) = read_all(&data, &[]);
        assert_eq!((members.len(), members[0].1.as_slice()), (1, DDE));
        assert_eq!(shortfall(&data, &[]), [expected]);
    }
    // The checksum in a descriptor is not looked for.
    let data = Zip::new()
        .entry(Entry::deflated("a", DDE).descriptor())
        .no_central()
        .build();
    assert_eq!(shortfall(&data, &[]), [None]);
}

#[test]
fn folders_are_no_members_unless_they_hold_something() {
    let data = Zip::new()
        .entry(Entry::stored("word/", ""))
        .entry(Entry::deflated("xl/", DDE))
        .build();
    assert_eq!(names(&data), ["xl/"]);
}

#[test]
fn names_are_utf_8_by_flag_and_else_code_page_437() {
    let data = Zip::new()
        .entry(Entry::stored("größe.xml".as_bytes(), "x").flags(1 << 11))
        .entry(Entry::stored(b"gr\x94\xe1e.xml", "x"))
        .build();
    assert_eq!(names(&data), ["größe.xml", "größe.xml#2"]);
}

#[test]
fn broken_streams_deliver_what_came_before() {
    let text = DDE.repeat(4_000);
    let mut coded = deflate(&text);
    coded.truncate(coded.len() / 2);
    let zip = Zip::new().entry(Entry::deflated("a", &text).coded(coded));
    let data = zip.no_central().build();
    let (members, _) = read_all(&data, &[]);
    assert!(members[0].1.len() > 10_000 && text.starts_with(&members[0].1));
    assert_eq!(
        shortfall(&data, &[]),
        [Some(Shortfall::Damaged("deflate stream is cut off"))]
    );
    // A block of the reserved type 3.
    let data = Zip::new()
        .entry(Entry::deflated("a", "").coded([0x07, 0, 0]))
        .build();
    assert_eq!(
        shortfall(&data, &[]),
        [Some(Shortfall::Damaged("deflate stream is broken"))]
    );
    // Stored data that the file ends in.
    let mut data = Zip::new()
        .entry(Entry::stored("a", DDE))
        .no_central()
        .build();
    data.truncate(data.len() - 1);
    assert_eq!(
        shortfall(&data, &[]),
        [Some(Shortfall::Damaged("stored data is cut off"))]
    );
}

/// Reads the one member in pieces.
fn stream(data: &[u8], limits: &Limits, stop: Option<&AtomicBool>) -> (Vec<u8>, Option<Shortfall>) {
    let budget = Budget::new(limits, stop);
    let source = list(data, &Passwords::new(["p"]), &budget)
        .members
        .remove(0)
        .source;
    let outcome = Cell::new(None);
    let mut bytes = Vec::new();
    let mut reader: MemberReader<'_> = source.open(data, &budget, &outcome);
    let mut piece = [0; 1_000];
    loop {
        match reader.read(&mut piece).unwrap() {
            0 => break,
            read => bytes.extend_from_slice(&piece[..read]),
        }
    }
    drop(reader);
    (bytes, outcome.take())
}

#[test]
fn all_codings_stream_alike_and_stop_at_the_limit_of_a_part() {
    let text: Vec<u8> = (0..300_000u32).map(|n| (n / 7) as u8).collect();
    let archives = [
        Zip::new().entry(Entry::stored("a", &text)),
        Zip::new().entry(Entry::deflated("a", &text)),
        Zip::new().entry(Entry::stored("a", &text).password("p")),
        Zip::new().entry(Entry::deflated("a", &text).password("p")),
    ]
    .map(|zip| zip.build());
    for data in &archives {
        let limits = Limits {
            part_bytes: 300_000,
            ..Limits::default()
        };
        assert_eq!(stream(data, &limits, None), (text.clone(), None));
        let limits = Limits {
            part_bytes: 299_999,
            ..Limits::default()
        };
        let cut = Some(Shortfall::Exhausted(Exhausted::Limit(Limit::PartBytes)));
        assert_eq!(stream(data, &limits, None), (text[..299_999].to_vec(), cut));
    }
    for data in &archives[..2] {
        let limits = Limits {
            decoded_bytes: 200_000,
            ..Limits::default()
        };
        let (bytes, cut) = stream(data, &limits, None);
        assert_eq!(
            cut,
            Some(Shortfall::Exhausted(Exhausted::Limit(Limit::DecodedBytes)))
        );
        assert!(bytes.len() <= 200_000 && text.starts_with(&bytes));
        let limits = Limits {
            parts: 0,
            ..Limits::default()
        };
        let cut = Some(Shortfall::Exhausted(Exhausted::Limit(Limit::Parts)));
        assert_eq!(stream(data, &limits, None), (Vec::new(), cut));
        let stop = AtomicBool::new(true);
        let cut = Some(Shortfall::Exhausted(Exhausted::Stopped));
        assert_eq!(
            stream(data, &Limits::default(), Some(&stop)),
            (Vec::new(), cut)
        );
    }
}

#[test]
fn reading_without_writing_is_paid_for() {
    // Empty stored blocks: five bytes in, nothing out.
    let blocks = [0, 0, 0, 0xff, 0xff].repeat(40_000);
    let data = Zip::new()
        .entry(Entry::deflated("a", "").coded(blocks))
        .build();
    let limits = Limits {
        decoded_bytes: 150_000,
        ..Limits::default()
    };
    let cut = Some(Shortfall::Exhausted(Exhausted::Limit(Limit::DecodedBytes)));
    assert_eq!(stream(&data, &limits, None), (Vec::new(), cut));
}

#[test]
fn decoding_into_memory_pays_for_what_it_holds() {
    let text = vec![b'x'; 100_000];
    let data = Zip::new().entry(Entry::deflated("a", &text)).build();
    let limits = Limits {
        live_bytes: 120_000,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let listing = list(&data, &Passwords::default(), &budget);
    let (bytes, short) = listing.members[0].source.decode(&data, &budget);
    assert_eq!((bytes.len(), short), (100_000, None));
    let (second, short) = listing.members[0].source.decode(&data, &budget);
    assert_eq!(
        short,
        Some(Shortfall::Exhausted(Exhausted::Limit(Limit::LiveBytes)))
    );
    budget.release_live(held(&bytes) + held(&second) + listing.live);
    assert_eq!(budget.live_left(), 120_000);
}

#[test]
fn many_entries_list_in_linear_time_and_bounded_memory() {
    let mut zip = Zip::new();
    for n in 0..20_000 {
        zip = zip.entry(Entry::stored(format!("{n}"), "x"));
    }
    let data = zip.build();
    assert_eq!(names(&data).len(), 20_000);
    // Nothing but signatures: each one could be a header.
    for junk in [b"PK\x03\x04".repeat(200_000), b"PK\x05\x06".repeat(200_000)] {
        let limits = Limits {
            live_bytes: 1 << 20,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        let mut data = junk;
        data.extend(Zip::new().entry(Entry::deflated("a.xml", DDE)).build());
        let listing = list(&data, &Passwords::default(), &budget);
        assert!(listing.members.iter().any(|member| member.name == "a.xml"));
        assert!(budget.live_left() > 0);
    }
}
