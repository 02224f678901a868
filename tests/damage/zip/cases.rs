//! The named faults. The order is that of the archive: end record, directory, headers, data.

use super::super::support::zipsmith::{Entry, Zip, deflate};
use super::{Good, find, found, lost, put, run};
use ddetect::Verdict;

static FILLER: [u8; 70_000] = [b'x'; 70_000];

/// An end record that leads nowhere.
const FAKE_END: &[u8; 22] = b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\x07\0\0\0\0\0";

#[test]
fn the_end_of_the_archive() {
    let end = |name: &'static str, odd, field: usize, value: &'static [u8]| {
        found(name, odd, move |good: &Good| {
            good.spots(good.main()).end(field, value).bytes
        })
    };
    let recovered: &[&str] = &["zip-recovered"];
    let miscount: &[&str] = &["zip-count-mismatch"];
    let mut cases = vec![
        found("nothing wrong", &[], |good| good.zip().build()),
        found("no end record", recovered, |good| {
            good.zip().no_end().build()
        }),
        found("no directory", recovered, |good| {
            good.zip().no_central().build()
        }),
        found("end record cut", recovered, |good| {
            let mut bytes = good.zip().build();
            bytes.truncate(bytes.len() - 10);
            bytes
        }),
        found("end record without signature", recovered, |good| {
            good.spots(good.main()).end(0, b"PK\x05\x07").bytes
        }),
        found("directory cut", recovered, |good| {
            let spots = good.spots(good.main());
            spots.bytes[..spots.end - 30].to_vec()
        }),
        found(
            "two end records, the second leads nowhere",
            &["zip-count-mismatch"],
            |good| {
                let mut bytes = good.zip().build();
                bytes.extend(FAKE_END);
                bytes
            },
        ),
        found(
            "two end records, the second is empty",
            &["zip-count-mismatch"],
            |good| {
                let mut bytes = good.zip().build();
                bytes.extend(b"PK\x05\x06");
                bytes.extend([0; 18]);
                bytes
            },
        ),
        found("fake end record in the comment", &[], |good| {
            good.zip().comment(FAKE_END).build()
        }),
        found(
            "a whole archive in the comment",
            &["zip-local-only"],
            |good| good.zip().comment(good.benign().build()).build(),
        ),
        found("the payload in the comment of another", &[], |good| {
            good.benign().comment(good.zip().build()).build()
        }),
        found("an ordinary comment", &[], |good| {
            good.zip().comment("made by hand").build()
        }),
        found("a comment of 65535 bytes", &[], |good| {
            good.zip().comment(&FILLER[..65_535]).build()
        }),
        found(
            "70,000 bytes behind the archive",
            &["zip-trailing"],
            |good| good.zip().trailing(&FILLER[..]).build(),
        ),
        found("one byte behind the archive", &["zip-trailing"], |good| {
            good.zip().trailing("x").build()
        }),
        found("300,000 NULs behind the archive", &[], |good| {
            good.zip().trailing([0; 300_000]).build()
        }),
        found(
            "junk with an end signature behind",
            &["zip-trailing"],
            |good| {
                good.zip()
                    .trailing(b"xxPK\x05\x06xxxx".repeat(9_000))
                    .build()
            },
        ),
        end("comment longer than the file", &[], 20, &[0xff, 0xff]),
        found("comment shorter than it is", &["zip-trailing"], |good| {
            let mut bytes = good.zip().comment("four letters").build();
            let at = bytes.len() - 14;
            put(&mut bytes, at, &[4, 0]);
            bytes
        }),
        end("both counts 0", miscount, 8, &[0, 0, 0, 0]),
        end("the count of this disk 0", miscount, 8, &[0, 0]),
        end("the count of all disks 0", miscount, 10, &[0, 0]),
        end("the counts 1", miscount, 8, &[1, 0, 1, 0]),
        end("the counts one too large", miscount, 8, &[9, 0, 9, 0]),
        end("the counts 65534", miscount, 8, &[0xfe, 0xff, 0xfe, 0xff]),
        end("the counts 65535 and no zip64", miscount, 8, &[0xff; 4]),
        end("disk number 1", &[], 4, &[1, 0]),
        end("directory on disk 1", &[], 6, &[1, 0]),
        end("disk numbers 65535 and no zip64", &[], 4, &[0xff; 4]),
        end("directory offset 0", &[], 16, &[0; 4]),
        end("directory offset 1", &[], 16, &[1, 0, 0, 0]),
        end("directory offset past the end", &[], 16, &[0, 0, 0xff, 0]),
        end("directory offset 0xffffffff", &[], 16, &[0xff; 4]),
        end("directory size 0", &[], 12, &[0; 4]),
        end("directory size 7", &[], 12, &[7, 0, 0, 0]),
        end("directory size past the end", &[], 12, &[0, 0, 0xff, 0]),
        end("directory size 0xffffffff", &[], 12, &[0xff; 4]),
        found("size and offset of the directory 0", &[], |good| {
            good.spots(good.main()).end(12, &[0; 8]).bytes
        }),
        found("everything in the end record 0", miscount, |good| {
            good.spots(good.main()).end(4, &[0; 18]).bytes
        }),
        found("everything in the end record 0xff", &[], |good| {
            good.spots(good.main()).end(4, &[0xff; 18]).bytes
        }),
    ];
    let lies: [(&str, usize, &[u8]); 5] = [
        ("zip64 end record", 0, b"PK\x06\x06"),
        ("zip64 end record with lying counts", 24, &[9; 16]),
        ("zip64 end record with a lying size", 40, &[9; 8]),
        ("zip64 end record with a lying offset", 48, &[9; 8]),
        ("zip64 locator that leads nowhere", 56 + 8, &[9; 8]),
    ];
    for (name, field, value) in lies {
        let odd = if field == 24 { miscount } else { &[] };
        cases.push(found(name, odd, move |good| {
            let mut bytes = wide(good);
            let at = bytes.len() - 22 - 20 - 56 + field;
            put(&mut bytes, at, value);
            bytes
        }));
    }
    run("Zip: the end of the archive", &cases);
}

/// With a zip64 end record (APPNOTE 4.3.14, 4.3.15).
fn wide(good: &Good) -> Vec<u8> {
    let spots = good.spots(good.main());
    let count = u64::from(spots.bytes[spots.end + 8]);
    let size = (spots.end - spots.first_central) as u64;
    let offset = spots.first_central as u64;
    let mut records = b"PK\x06\x06".to_vec();
    records.extend(44u64.to_le_bytes());
    records.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for value in [count, count, size, offset] {
        records.extend(value.to_le_bytes());
    }
    records.extend(b"PK\x06\x07\0\0\0\0");
    records.extend((spots.end as u64).to_le_bytes());
    records.extend([1, 0, 0, 0]);
    let end = spots.end;
    spots.end(8, &[0xff; 12]).insert(end, &records).bytes
}

#[test]
fn around_the_entries() {
    let prefix: &[&str] = &["zip-prefix"];
    let cases = [
        found("a prefix that the offsets count", prefix, |good| {
            good.zip().prefix(&FILLER[..]).build()
        }),
        found("a prefix that they do not count", prefix, |good| {
            good.zip().unknown_prefix(&FILLER[..]).build()
        }),
        found("one byte in front", prefix, |good| {
            good.zip().unknown_prefix("x").build()
        }),
        found("a program in front", prefix, |good| {
            let mut program = b"MZ\x90\0".to_vec();
            program.resize(4_096, 0);
            good.zip().unknown_prefix(program).build()
        }),
        found("a PDF in front", prefix, |good| {
            good.zip().unknown_prefix("%PDF-1.4\n%%EOF\n").build()
        }),
        found("a local signature and junk in front", prefix, |good| {
            good.zip().unknown_prefix(b"PK\x03\x04junk").build()
        }),
        found("the mark of a spanned archive, PK00", &[], |good| {
            good.zip().prefix("PK00").build()
        }),
        found("the mark of a spanned archive, PK 7 8", &[], |good| {
            good.zip().prefix(b"PK\x07\x08").build()
        }),
        found("junk in front of the directory", &[], |good| {
            let spots = good.spots(good.main());
            let at = spots.first_central;
            spots.insert(at, b"some junk").bytes
        }),
        found("an extra data record (PK 6 8)", &[], |good| {
            let spots = good.spots(good.main());
            let at = spots.first_central;
            spots.insert(at, b"PK\x06\x08\x04\0\0\0junk").bytes
        }),
        found("junk behind the directory", &[], |good| {
            let spots = good.spots(good.main());
            let at = spots.end;
            spots.insert(at, b"some junk").bytes
        }),
        found("a digital signature (PK 5 5)", &[], |good| {
            let spots = good.spots(good.main());
            let at = spots.end;
            spots.insert(at, b"PK\x05\x05\x04\0junk").bytes
        }),
        found("junk in front of the local header", &[], |good| {
            let spots = good.spots(good.main());
            let at = spots.local;
            spots.insert(at, b"some junk").bytes
        }),
        found(
            "two archives, the payload in the first",
            &["zip-local-only", "zip-prefix"],
            |good| [good.zip().build(), good.benign().build()].concat(),
        ),
        found(
            "two archives, the payload in the second",
            &["zip-local-only", "zip-prefix"],
            |good| [good.benign().build(), good.zip().build()].concat(),
        ),
        found(
            "three archives, the payload in the middle",
            &["zip-local-only"],
            |good| {
                [
                    good.benign().build(),
                    good.zip().build(),
                    good.benign().build(),
                ]
                .concat()
            },
        ),
        found("the directory in front", prefix, |good| {
            // Each offset counts the directory that now stands in front of everything.
            let spots = good.spots(good.main());
            let (entries, rest) = spots.bytes.split_at(spots.first_central);
            let (directory, _) = rest.split_at(spots.end - spots.first_central);
            let mut directory = directory.to_vec();
            let length = directory.len() as u32;
            let mut at = 0;
            while directory[at..].starts_with(b"PK\x01\x02") {
                let field = |offset: usize| directory[at + offset] as usize;
                let next = at + 46 + field(28);
                let mut offset = [0; 4];
                offset.copy_from_slice(&directory[at + 42..at + 46]);
                let moved = u32::from_le_bytes(offset) + length;
                put(&mut directory, at + 42, &moved.to_le_bytes());
                at = next;
                if at == directory.len() {
                    break;
                }
            }
            let mut end = spots.bytes[spots.end..].to_vec();
            put(&mut end, 16, &[0; 4]);
            [directory, entries.to_vec(), end].concat()
        }),
        found("60,002 entries, the payload last", &[], |good| {
            let mut zip = Zip::new();
            for number in 0..60_002u32 {
                zip = zip.entry(Entry::stored(format!("{number}.txt"), "x"));
            }
            for (name, bytes) in good.package.parts().iter().filter(|(n, _)| n != good.main) {
                zip = zip.entry(Entry::deflated(name, bytes));
            }
            zip.entry(good.main()).build()
        })
        .incomplete(),
    ];
    run(
        "Zip: in front of the entries, between them and behind",
        &cases,
    );
}

#[test]
fn which_entries_there_are() {
    let duplicate: &[&str] = &["zip-duplicate-name"];
    let disagreement: &[&str] = &["zip-disagreement"];
    let benign = |good: &Good| Entry::deflated(good.main, good.benign_xml());
    let cases = [
        found(
            "the name twice, the payload first",
            duplicate,
            move |good| good.around([good.main(), benign(good)]).build(),
        ),
        found("the name twice, the payload last", duplicate, move |good| {
            good.around([benign(good), good.main()]).build()
        }),
        found("the name three times", duplicate, move |good| {
            good.around([benign(good), good.main(), benign(good)])
                .build()
        }),
        found("the name twice in two cases", &[], move |good| {
            let mut other = good.main();
            other.name.make_ascii_uppercase();
            good.around([benign(good), other]).build()
        }),
        found("in the local headers only", &["zip-local-only"], |good| {
            good.with(Entry::local_only)
        }),
        found(
            "in the local headers only, beside a namesake",
            &["zip-local-only"],
            move |good| {
                good.around([benign(good), good.main().local_only()])
                    .build()
            },
        ),
        found("in the directory only", &["zip-central-only"], |good| {
            good.with(Entry::central_only)
        }),
        found("a broken local signature", &["zip-central-only"], |good| {
            good.spots(good.main()).local(2, &[0x33]).bytes
        }),
        found(
            "all local signatures broken",
            &["zip-central-only"],
            |good| {
                let mut bytes = good.zip().build();
                for at in 0..bytes.len() - 4 {
                    if bytes[at..].starts_with(b"PK\x03\x04") {
                        bytes[at] = b'X';
                    }
                }
                bytes
            },
        ),
        found("a broken central signature", &["zip-local-only"], |good| {
            good.spots(good.main()).central(0, b"X").bytes
        }),
        found("the first central signature broken", &[], |good| {
            let spots = good.spots(good.main());
            let at = spots.first_central;
            let mut bytes = spots.bytes;
            bytes[at] = b'X';
            bytes
        }),
        found(
            "all central signatures broken",
            &["zip-recovered"],
            |good| {
                let mut bytes = good.zip().build();
                for at in 0..bytes.len() - 4 {
                    if bytes[at..].starts_with(b"PK\x01\x02") {
                        bytes[at] = b'X';
                    }
                }
                bytes
            },
        ),
        lost(
            "all signatures broken",
            Verdict::Clean,
            "nothing tells that this is an archive, to no program",
            |good| {
                let mut bytes = good.zip().build();
                for at in 0..bytes.len() - 4 {
                    if bytes[at..].starts_with(b"PK") {
                        bytes[at] = b'X';
                    }
                }
                bytes
            },
        ),
        found("the offset 0", disagreement, |good| {
            good.spots(good.main()).central(42, &[0; 4]).bytes
        }),
        found(
            "the offset one too large",
            &["zip-central-only", "zip-local-only"],
            |good| {
                let spots = good.spots(good.main());
                let offset = spots.local as u32 + 1;
                spots.central(42, &offset.to_le_bytes()).bytes
            },
        ),
        found("the offset past the end", &["zip-local-only"], |good| {
            good.spots(good.main()).central(42, &[0, 0, 0xff, 0]).bytes
        }),
        found(
            "the offset 0xffffffff and no zip64",
            &["zip-local-only"],
            |good| good.spots(good.main()).central(42, &[0xff; 4]).bytes,
        ),
        found("two names for one local header", disagreement, |good| {
            let zip = good.around([good.main(), Entry::stored("other.xml", "")]);
            let spots = good.spots(good.main());
            let other = find(&zip.build(), b"other.xml") - 30;
            let mut bytes = zip.build();
            let at = bytes.windows(9).rposition(|w| w == b"other.xml").unwrap() - 46;
            put(&mut bytes, at + 42, &(spots.local as u32).to_le_bytes());
            assert!(other > 0);
            bytes
        }),
        found(
            "inside the data of a stored entry",
            &["zip-local-only"],
            |good| {
                // Local header and data of the main part are the content of another entry.
                let inner = Zip::new().entry(good.main()).no_central().build();
                good.around([Entry::stored(
                    "cover.bin",
                    [b"junk".to_vec(), inner].concat(),
                )])
                .build()
            },
        ),
        found("over the end of the entry in front", &[], |good| {
            // The entry in front says that it is as long as everything behind it.
            let cover = Entry::deflated("cover.xml", "<x/>")
                .local(|local| local.packed = Some(100_000))
                .central(|central| central.packed = Some(100_000));
            good.around([cover, good.main()]).build()
        }),
    ];
    run("Zip: which entries there are", &cases);
}

#[test]
fn what_the_headers_say() {
    let disagreement: &[&str] = &["zip-disagreement"];
    let fake: &[&str] = &["zip-fake-encryption"];
    let local = |name: &'static str, odd, field: usize, value: &'static [u8]| {
        found(name, odd, move |good: &Good| {
            good.spots(good.main()).local(field, value).bytes
        })
    };
    let central = |name: &'static str, odd, field: usize, value: &'static [u8]| {
        found(name, odd, move |good: &Good| {
            good.spots(good.main()).central(field, value).bytes
        })
    };
    let both = |name: &'static str, odd, at: usize, value: &'static [u8]| {
        found(name, odd, move |good: &Good| {
            let spots = good.spots(good.main());
            spots.local(at, value).central(at + 2, value).bytes
        })
    };
    let stored = |good: &Good| Entry::stored(good.main, good.xml());
    let cases = [
        both("marked as encrypted", fake, 6, &[1, 0]),
        local("marked as encrypted, local only", disagreement, 6, &[1, 0]),
        central(
            "marked as encrypted, central only",
            &["zip-disagreement", "zip-fake-encryption"],
            8,
            &[1, 0],
        ),
        both("marked as strongly encrypted", fake, 6, &[0x41, 0]),
        both("bit 6 alone", &[], 6, &[0x40, 0]),
        both("marked as with masked headers", &[], 6, &[0, 0x20]),
        both(
            "marked as encrypted with masked headers",
            fake,
            6,
            &[0x41, 0x20],
        ),
        both(
            "all flags but those of descriptor and UTF-8",
            fake,
            6,
            &[0xf7, 0xf7],
        ),
        found("stored and marked as encrypted", fake, move |good| {
            good.around([stored(good).flags(1)]).build()
        }),
        local("version 65535, local", &[], 4, &[0xff, 0xff]),
        central("version 65535, central", &[], 6, &[0xff, 0xff]),
        both("an impossible time and date", &[], 10, &[0xff; 4]),
        local("a wrong checksum, local", &[], 14, &[1, 2, 3, 4]),
        central("a wrong checksum, central", &[], 16, &[1, 2, 3, 4]),
        both("a wrong checksum in both", &["bad-crc"], 14, &[1, 2, 3, 4]),
        both("checksum 0 in both", &["bad-crc"], 14, &[0; 4]),
        local("packed size 0, local", disagreement, 18, &[0; 4]),
        central("packed size 0, central", disagreement, 20, &[0; 4]),
        both("packed size 0", &[], 18, &[0; 4]),
        both("packed size 9", &[], 18, &[9, 0, 0, 0]),
        both("packed size past the end", &[], 18, &[0, 0, 0xff, 0]),
        both("packed size 0xffffffff and no zip64", &[], 18, &[0xff; 4]),
        both("size 0", &[], 22, &[0; 4]),
        both("size 1", &[], 22, &[1, 0, 0, 0]),
        both("size 0xfffffffe", &[], 22, &[0xfe, 0xff, 0xff, 0xff]),
        both("both sizes 0", &[], 18, &[0; 8]),
        both("sizes and checksum 0", &["bad-crc"], 14, &[0; 12]),
        found("stored, packed size 9, local", disagreement, move |good| {
            good.spots(stored(good)).local(18, &[9, 0, 0, 0]).bytes
        }),
        found(
            "stored, packed size 9, central",
            disagreement,
            move |good| good.spots(stored(good)).central(20, &[9, 0, 0, 0]).bytes,
        ),
        found("stored, packed size 9, both", disagreement, move |good| {
            good.spots(stored(good))
                .local(18, &[9, 0, 0, 0])
                .central(20, &[9, 0, 0, 0])
                .bytes
        }),
        found("stored, both sizes 9 in both", disagreement, move |good| {
            let sizes = [9, 0, 0, 0, 9, 0, 0, 0];
            good.spots(stored(good))
                .local(18, &sizes)
                .central(20, &sizes)
                .bytes
        }),
        found("stored, both sizes 0 in both", disagreement, move |good| {
            good.spots(stored(good))
                .local(18, &[0; 8])
                .central(20, &[0; 8])
                .bytes
        }),
        found(
            "stored, the sizes past the end",
            disagreement,
            move |good| {
                let sizes = [0, 0, 0xff, 0, 0, 0, 0xff, 0];
                good.spots(stored(good))
                    .local(18, &sizes)
                    .central(20, &sizes)
                    .bytes
            },
        ),
        central("the entry on disk 1", &[], 34, &[1, 0]),
        central(
            "the entry on disk 65535 and no zip64",
            &[],
            34,
            &[0xff, 0xff],
        ),
        central(
            "attributes of a folder",
            &[],
            36,
            &[0xff, 0xff, 0x10, 0, 0xff, 0x41],
        ),
        local("name length 0, local", disagreement, 26, &[0, 0]),
        local(
            "name length one too large, local",
            disagreement,
            26,
            &[99, 0],
        ),
        local("name length 65535, local", &[], 26, &[0xff, 0xff]),
        local("extra length 1, local", disagreement, 28, &[1, 0]),
        local("extra length 100, local", disagreement, 28, &[100, 0]),
        local("extra length 65535, local", &[], 28, &[0xff, 0xff]),
        central("name length 0, central", &[], 28, &[0, 0]),
        central("name length 65535, central", &[], 28, &[0xff, 0xff]),
        central("extra length 100, central", &[], 30, &[100, 0]),
        central("extra length 65535, central", &[], 30, &[0xff, 0xff]),
        central("comment length 100, central", &[], 32, &[100, 0]),
        central("comment length 65535, central", &[], 32, &[0xff, 0xff]),
        found(
            "extra length 1, local, no directory",
            &["zip-recovered", "zip-disagreement"],
            |good| {
                let spots = good.spots(good.main()).local(28, &[1, 0]);
                spots.bytes[..spots.first_central].to_vec()
            },
        ),
        found("a zip64 field that is cut", &[], |good| {
            good.with(|entry| {
                entry
                    .local(|local| local.extra = vec![1, 0, 16, 0, 1, 2, 3])
                    .central(|central| central.extra = vec![1, 0, 16, 0, 1, 2, 3])
            })
        }),
        found(
            "a zip64 field that is empty, sizes 0xffffffff",
            &[],
            |good| {
                good.with(|entry| {
                    let extra = || vec![1, 0, 0, 0];
                    entry
                        .local(|l| (l.extra, l.packed, l.size) = (extra(), Some(!0), Some(!0)))
                        .central(|c| (c.extra, c.packed, c.size) = (extra(), Some(!0), Some(!0)))
                })
            },
        ),
        found("a zip64 field with the right sizes", &[], |good| {
            good.with(|entry| {
                let sizes = [entry.data.len(), deflate(&entry.data).len()];
                let mut extra = vec![1, 0, 16, 0];
                sizes
                    .iter()
                    .for_each(|size| extra.extend((*size as u64).to_le_bytes()));
                let again = extra.clone();
                entry
                    .local(|l| (l.extra, l.packed, l.size) = (extra, Some(!0), Some(!0)))
                    .central(|c| (c.extra, c.packed, c.size) = (again, Some(!0), Some(!0)))
            })
        }),
        found("a zip64 field with wrong sizes", &[], |good| {
            good.with(|entry| {
                let extra = || [vec![1, 0, 16, 0], vec![7; 16]].concat();
                entry
                    .local(|l| (l.extra, l.packed, l.size) = (extra(), Some(!0), Some(!0)))
                    .central(|c| (c.extra, c.packed, c.size) = (extra(), Some(!0), Some(!0)))
            })
        }),
        found(
            "a zip64 field for the offset, wrong",
            &["zip-local-only"],
            |good| {
                good.with(|entry| {
                    entry.central(|c| {
                        c.extra = [vec![1, 0, 8, 0], vec![7; 8]].concat();
                        c.offset = Some(!0);
                    })
                })
            },
        ),
        found("an extra field of an unknown kind", &[], |good| {
            good.with(|entry| entry.local(|local| local.extra = vec![9, 9, 2, 0, 5, 5]))
        }),
        found("an extra field that is no field", &[], |good| {
            good.with(|entry| {
                entry
                    .local(|local| local.extra = vec![9, 9, 9])
                    .central(|central| central.extra = vec![9, 9, 9])
            })
        }),
    ];
    run("Zip: what the headers say", &cases);
}

#[test]
fn what_the_names_say() {
    let disagreement: &[&str] = &["zip-disagreement"];
    let called = |name: &'static str, odd, spell: fn(&str) -> Vec<u8>| {
        found(name, odd, move |good: &Good| {
            let spelt = spell(good.main);
            good.around([Entry::deflated(&spelt, good.xml())]).build()
        })
    };
    let cases = [
        called("with backslashes", &[], |name| {
            name.replace('/', "\\").into()
        }),
        called("absolute", &[], |name| format!("/{name}").into()),
        called("absolute with a drive", &[], |name| {
            format!("C:\\{name}").into()
        }),
        called("with dot segments", &[], |name| {
            format!("./x/../{name}").into()
        }),
        called("that climb out", &[], |name| format!("../../{name}").into()),
        called("in capitals", &[], |name| name.to_uppercase().into()),
        called("with a NUL behind", &[], |name| format!("{name}\0").into()),
        called("with a NUL and another extension", &[], |name| {
            format!("{name}\0.png").into()
        }),
        called("with a NUL in front", &[], |name| {
            format!("\0{name}").into()
        }),
        called("with a space behind", &[], |name| format!("{name} ").into()),
        called("with a slash behind", &[], |name| format!("{name}/").into()),
        called("empty", &[], |_| Vec::new()),
        called("of 65,000 bytes", &[], |name| {
            format!("{}{name}", "x/".repeat(32_000)).into()
        }),
        called("not in UTF-8", &[], |name| {
            [name.as_bytes(), b"\xff\xfe"].concat()
        }),
        called("of a picture", &[], |_| b"word/media/image1.png".to_vec()),
        called("of another part", &["zip-duplicate-name"], |_| {
            b"_rels/.rels".to_vec()
        }),
        found("marked as UTF-8 and not", &[], |good| {
            good.with(|mut entry| {
                entry.name = [good.main.as_bytes(), b"\x94"].concat();
                entry.flags(1 << 11)
            })
        }),
        found(
            "of another file in the local header",
            disagreement,
            |good| good.with(|entry| entry.local(|local| local.name = Some(b"a.png".to_vec()))),
        ),
        found("of another file in the directory", disagreement, |good| {
            good.with(|entry| entry.central(|central| central.name = Some(b"a.png".to_vec())))
        }),
        found("given by a Unicode path field", &[], |good| {
            good.with(|mut entry| {
                entry.name = b"gr\x94\xe1e".to_vec();
                let extra = unicode_path(&entry.name, good.main);
                let again = extra.clone();
                entry
                    .local(|l| l.extra = extra)
                    .central(|c| c.extra = again)
            })
        }),
        found(
            "given by a Unicode path field, with a wrong checksum",
            &[],
            |good| {
                good.with(|mut entry| {
                    entry.name = b"gr\x94\xe1e".to_vec();
                    let extra = unicode_path(b"other", good.main);
                    let again = extra.clone();
                    entry
                        .local(|l| l.extra = extra)
                        .central(|c| c.extra = again)
                })
            },
        ),
        found("another one in a Unicode path field", &[], |good| {
            good.with(|entry| {
                let extra = unicode_path(&entry.name, "word/media/image1.png");
                let again = extra.clone();
                entry
                    .local(|l| l.extra = extra)
                    .central(|c| c.extra = again)
            })
        }),
    ];
    run("Zip: names", &cases);
}

/// Info-ZIP Unicode path (APPNOTE 4.6.9).
fn unicode_path(name: &[u8], unicode: &str) -> Vec<u8> {
    let mut extra = vec![0x75, 0x70];
    extra.extend((unicode.len() as u16 + 5).to_le_bytes());
    extra.push(1);
    extra.extend(crc32fast::hash(name).to_le_bytes());
    extra.extend(unicode.bytes());
    extra
}

#[test]
fn how_the_data_is_coded() {
    let disagreement: &[&str] = &["zip-disagreement"];
    let mut cases = vec![
        found("local stored, central deflated", disagreement, |good| {
            good.with(|entry| entry.local(|local| local.method = Some(0)))
        }),
        found("local deflated, central stored", disagreement, |good| {
            good.with(|entry| entry.central(|central| central.method = Some(0)))
        }),
        found("stored data, local deflated", disagreement, |good| {
            let entry = Entry::stored(good.main, good.xml());
            good.around([entry.local(|local| local.method = Some(8))])
                .build()
        }),
        found("stored data, central deflated", disagreement, |good| {
            let entry = Entry::stored(good.main, good.xml());
            good.around([entry.central(|central| central.method = Some(8))])
                .build()
        }),
        found("a deflate stream cut off", &[], |good| {
            let mut coded = deflate(&good.long_xml());
            coded.truncate(coded.len() / 2);
            good.around([Entry::deflated(good.main, good.long_xml()).coded(coded)])
                .build()
        })
        .incomplete(),
        found("a deflate stream broken in the middle", &[], |good| {
            let mut coded = deflate(&good.long_xml());
            let middle = coded.len() / 2;
            coded[middle..middle + 64].fill(0xff);
            good.around([Entry::deflated(good.main, good.long_xml()).coded(coded)])
                .build()
        })
        .incomplete(),
        found(
            "the file cut in the middle of the data",
            &["zip-recovered"],
            |good| {
                let last = Entry::deflated(good.main, good.long_xml());
                let bytes = good.around([last]).build();
                let at = find(&bytes, good.main.as_bytes());
                bytes[..at + 20_000].to_vec()
            },
        ),
        found(
            "the file cut in the middle of stored data",
            &["zip-recovered"],
            |good| {
                let last = Entry::stored(good.main, good.long_xml());
                let bytes = good.around([last]).build();
                let at = find(&bytes, good.main.as_bytes());
                bytes[..at + 20_000].to_vec()
            },
        ),
        found("junk behind the stream", &[], |good| {
            let coded = [deflate(&good.xml()), b"junk".to_vec()].concat();
            good.with(|entry| entry.coded(coded))
        }),
        found("stored blocks", &[], |good| {
            let xml = good.xml();
            let length = xml.len() as u16;
            let mut coded = vec![1];
            coded.extend(length.to_le_bytes());
            coded.extend((!length).to_le_bytes());
            coded.extend(xml);
            good.with(|entry| entry.coded(coded))
        }),
        found("a descriptor", &[], |good| good.with(Entry::descriptor)),
        found("a descriptor behind stored data", &[], |good| {
            good.around([Entry::stored(good.main, good.xml()).descriptor()])
                .build()
        }),
        found("no descriptor, and the flag", &[], |good| {
            good.with(|entry| entry.described(""))
        }),
        found("a descriptor of junk", &[], |good| {
            good.with(|entry| entry.described([7; 16]))
        }),
        found("a descriptor, no directory", &["zip-recovered"], |good| {
            good.around([good.main().descriptor()]).no_central().build()
        }),
        found(
            "a descriptor behind stored data, no directory",
            &["zip-recovered"],
            |good| {
                let entry = Entry::stored(good.main, good.xml()).descriptor();
                good.around([entry]).no_central().build()
            },
        ),
        found(
            "a descriptor and a wrong checksum in the directory",
            &["bad-crc"],
            |good| good.with(|entry| entry.descriptor().central(|central| central.crc = Some(7))),
        ),
    ];
    for (name, signature, wide) in [
        ("a descriptor without signature", false, false),
        ("a zip64 descriptor", true, true),
        ("a zip64 descriptor without signature", false, true),
    ] {
        for is_stored in [false, true] {
            let name = format!("{name}{}", if is_stored { ", stored" } else { "" });
            cases.push(found(name, &[], move |good| {
                let data = good.xml();
                let packed = if is_stored {
                    data.len()
                } else {
                    deflate(&data).len()
                };
                let mut bytes = if signature {
                    b"PK\x07\x08".to_vec()
                } else {
                    Vec::new()
                };
                bytes.extend(crc32fast::hash(&data).to_le_bytes());
                for size in [packed, data.len()] {
                    let size = (size as u64).to_le_bytes();
                    bytes.extend(if wide { &size } else { &size[..4] });
                }
                let entry = if is_stored {
                    Entry::stored(good.main, data)
                } else {
                    Entry::deflated(good.main, data)
                };
                good.around([entry.described(bytes)]).build()
            }));
        }
    }
    run("Zip: how the data is coded", &cases);
}

#[test]
fn methods() {
    let odd_method: &[&str] = &["zip-odd-method"];
    let mut cases = Vec::new();
    for method in (1..=20).chain(90..=99).filter(|method| *method != 8) {
        cases.push(found(
            format!("deflated, method {method}"),
            odd_method,
            move |good| good.with(|entry| says(entry, method)),
        ));
        cases.push(found(
            format!("stored, method {method}"),
            odd_method,
            move |good| {
                good.around([says(Entry::stored(good.main, good.xml()), method)])
                    .build()
            },
        ));
    }
    cases.push(found("stored, method 8", odd_method, |good| {
        good.around([says(Entry::stored(good.main, good.xml()), 8)])
            .build()
    }));
    cases.push(found("deflated, method 0", odd_method, |good| {
        good.with(|entry| says(entry, 0))
    }));
    cases.push(found(
        "deflated, method 0, the sizes equal",
        odd_method,
        |good| {
            good.with(|entry| {
                let packed = deflate(&entry.data).len() as u32;
                says(entry, 0)
                    .local(|local| local.size = Some(packed))
                    .central(|central| central.size = Some(packed))
            })
        },
    ));
    cases.push(found(
        "deflated, local method 99 only",
        &["zip-disagreement"],
        |good| good.with(|entry| entry.local(|local| local.method = Some(99))),
    ));
    cases.push(found(
        "deflated, central method 99 only",
        &["zip-disagreement"],
        |good| good.with(|entry| entry.central(|central| central.method = Some(99))),
    ));
    // What these stand for is not read: the bytes are no program's.
    for (name, method) in [
        ("bzip2", 12),
        ("LZMA", 14),
        ("Zstandard", 93),
        ("deflate64", 9),
    ] {
        cases.push(lost(
            format!("really {name}"),
            Verdict::Incomplete,
            "a coding that is not read",
            move |good| good.with(|entry| says(entry.coded([0x5a; 300]), method)),
        ));
    }
    run("Zip: methods", &cases);
}

/// Both headers name this method.
fn says(entry: Entry, method: u16) -> Entry {
    entry
        .local(|local| local.method = Some(method))
        .central(|central| central.method = Some(method))
}

#[test]
fn several_faults_at_once() {
    let cases = [
        found(
            "no directory, marked as encrypted",
            &["zip-recovered", "zip-fake-encryption"],
            |good| good.around([good.main().flags(1)]).no_central().build(),
        ),
        found(
            "no directory, method 99, wrong checksum",
            &["zip-recovered"],
            |good| {
                let entry = good.main().local(|local| {
                    (local.method, local.crc) = (Some(99), Some(7));
                });
                good.around([entry]).no_central().build()
            },
        ),
        found(
            "count 0, the name twice, junk around",
            &["zip-count-mismatch"],
            |good| {
                let benign = Entry::deflated(good.main, good.benign_xml());
                let zip = good.around([good.main(), benign]).count(0);
                zip.unknown_prefix("junk").trailing("junk").build()
            },
        ),
        found(
            "local only, marked as encrypted, behind a cover",
            &["zip-local-only"],
            |good| {
                let cover = Entry::deflated("a.xml", "<x/>").central(|c| c.packed = Some(9_999));
                good.around([cover, good.main().flags(1).local_only()])
                    .build()
            },
        ),
        found(
            "every size and checksum wrong, count 0",
            &["zip-count-mismatch"],
            |good| {
                let wrong = |entry: Entry| {
                    entry
                        .local(|l| (l.crc, l.packed, l.size) = (Some(1), Some(2), Some(3)))
                        .central(|c| (c.crc, c.packed, c.size) = (Some(4), Some(5), Some(6)))
                };
                good.around([wrong(good.main())]).count(0).build()
            },
        ),
        found(
            "no content types, no directory",
            &["zip-recovered"],
            |good| Zip::new().entry(good.main()).no_central().build(),
        ),
        found("content types encrypted for real", &[], |good| {
            let zip =
                Zip::new().entry(Entry::deflated("[Content_Types].xml", "<Types/>").password("x"));
            let parts = good.package.parts().iter();
            let rest = parts.filter(|(name, _)| name != "[Content_Types].xml");
            rest.fold(zip, |zip, (name, bytes)| {
                zip.entry(Entry::deflated(name, bytes))
            })
            .build()
        })
        .incomplete(),
        found("the relationships broken", &[], |good| {
            let zip = good
                .package
                .parts()
                .iter()
                .fold(Zip::new(), |zip, (name, bytes)| {
                    let entry = Entry::deflated(name, bytes);
                    let broken = name.ends_with(".rels");
                    zip.entry(if broken { entry.coded([7; 40]) } else { entry })
                });
            zip.build()
        })
        .incomplete(),
    ];
    run("Zip: several faults at once", &cases);
}
