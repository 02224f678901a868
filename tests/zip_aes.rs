//! Zip entries that are encrypted with AES, as pyzipper writes them (`tests/support/make-zip-aes.py`)
//! and with faults; and what no password opens.

mod support;

use ddetect::{Analyzer, GapKind, Input, Report, Verdict};
use support::payloads::{STD_SERVICE, STD_TOPIC};
use support::zipsmith::{Entry, Zip};
use support::{analyze, dde, techniques, triples};

fn encrypted(report: &Report) -> Vec<&str> {
    let gaps = report.gaps().iter();
    gaps.filter(|gap| gap.kind == GapKind::Encrypted)
        .map(|gap| gap.detail.as_str())
        .collect()
}

/// The link is found, and nothing else is.
#[track_caller]
fn assert_found(report: &Report, technique: &str) {
    let link = (STD_SERVICE.to_owned(), STD_TOPIC.to_owned(), String::new());
    assert_eq!(triples(report), [link], "{report:#?}");
    let named = techniques(dde(report)[0]);
    assert!(named.contains(&technique), "{named:?}");
    assert_eq!(report.verdict(), Verdict::Malicious);
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/zip_aes");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let mut all: Vec<(String, Vec<u8>)> = files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, std::fs::read(file.path()).unwrap())
        })
        .collect();
    all.sort();
    assert_eq!(all.len(), 13);
    all
}

#[test]
fn what_another_program_wrote_is_opened() {
    for (name, bytes) in fixtures() {
        let strength = name
            .split(['-', '.'])
            .find(|word| word.len() == 3 && *word != "zip");
        let scheme = format!("AES-{}", strength.unwrap_or("256"));
        let is_given = name == "given.zip";
        let input = Input::new(&bytes).password("Pa55wörd");
        let report = Analyzer::default().analyze(input);
        if cfg!(feature = "crypt") {
            let technique = if is_given {
                "decrypted-given-password"
            } else {
                "decrypted-customary-password"
            };
            assert_found(&report, technique);
            assert!(report.complete(), "{name}: {:#?}", report.gaps());
        }
        if is_given || !cfg!(feature = "crypt") {
            let report = analyze(&bytes);
            assert_eq!(encrypted(&report), [scheme], "{name}");
            assert_eq!(report.verdict(), Verdict::Incomplete, "{name}");
        }
    }
}

#[cfg(feature = "crypt")]
mod faults {
    use ddetect::{Limit, Limits, Options};

    use super::support::docx::{docx, simple};
    use super::support::payloads::STD;
    use super::support::zip_aes::{Aes, entry, zip_with_aes};
    use super::*;

    const KINDS: [Aes; 4] = [
        Aes {
            version: 1,
            deflated: false,
        },
        Aes {
            version: 1,
            deflated: true,
        },
        Aes {
            version: 2,
            deflated: false,
        },
        Aes {
            version: 2,
            deflated: true,
        },
    ];

    fn sample() -> Vec<u8> {
        docx(&simple(STD)).build()
    }

    #[test]
    fn the_writer_here_is_read() {
        let bytes = zip_with_aes(&[("q.docx", &sample()), ("x.txt", b"x")], "infected");
        assert_found(&analyze(&bytes), "decrypted-customary-password");
    }

    #[test]
    fn a_wrong_checksum_is_told_and_hides_nothing() {
        for aes in KINDS {
            let entry = entry("q.docx", &sample(), "infected", aes)
                .local(|local| local.crc = Some(7))
                .central(|central| central.crc = Some(7));
            let report = analyze(&Zip::new().entry(entry).build());
            assert_found(&report, "decrypted-customary-password");
            let all: Vec<_> = report.findings().iter().flat_map(techniques).collect();
            // The checksum of AE-2 says nothing.
            assert_eq!(all.contains(&"bad-crc"), aes.version == 1, "{all:?}");
            assert_eq!(report.complete(), aes.version == 2);
        }
    }

    #[test]
    fn a_wrong_authentication_code_does_not_close_what_is_sound() {
        for aes in KINDS {
            let mut entry = entry("q.docx", &sample(), "infected", aes);
            *entry.coded.as_mut().unwrap().last_mut().unwrap() ^= 1;
            let report = analyze(&Zip::new().entry(entry).build());
            if aes.deflated || aes.version == 1 {
                assert_found(&report, "decrypted-customary-password");
            } else {
                // Stored bytes without checksum: nothing tells that the password is right.
                assert_eq!(encrypted(&report), ["AES-256"]);
            }
        }
    }

    #[test]
    fn without_a_directory_it_is_opened_all_the_same() {
        for aes in KINDS {
            let entry = entry("q.docx", &sample(), "infected", aes);
            let report = analyze(&Zip::new().entry(entry).no_central().build());
            assert_found(&report, "decrypted-customary-password");
        }
    }

    #[test]
    fn a_cut_entry_gives_what_there_is() {
        let inner = docx(&simple(STD));
        let parts = inner.parts().iter();
        let stored = parts.fold(Zip::new(), |zip, (name, bytes)| {
            zip.entry(Entry::stored(name, bytes))
        });
        let inner = stored.trailing(vec![0; 100_000]).build();
        let aes = Aes {
            version: 2,
            deflated: true,
        };
        let mut bytes = Zip::new()
            .entry(entry("q.docx", &inner, "infected", aes))
            .no_central()
            .build();
        bytes.truncate(bytes.len() - 60);
        let report = analyze(&bytes);
        assert_found(&report, "decrypted-customary-password");
        assert!(!report.complete());
    }

    #[test]
    fn a_thousand_closed_entries_end_with_the_rounds() {
        let aes = Aes {
            version: 2,
            deflated: true,
        };
        let closed = entry("x", b"secret", "nobody knows", aes);
        let mut zip = Zip::new();
        for number in 0..1_000 {
            let mut entry = closed.clone();
            entry.name = format!("{number}.bin").into_bytes();
            zip = zip.entry(entry);
        }
        let report = analyze(&zip.entry(Entry::deflated("q.docx", sample())).build());
        assert_eq!(triples(&report).len(), 1);
        let limit = format!("limit {} of 2000000 reached", Limit::DerivationRounds.key());
        assert!(
            report.gaps().iter().any(|gap| gap.detail == limit),
            "{:#?}",
            report.gaps()
        );
    }

    #[test]
    fn without_rounds_it_stays_closed() {
        let limits = Limits {
            derivation_rounds: 0,
            ..Limits::default()
        };
        let bytes = zip_with_aes(&[("q.docx", &sample())], "infected");
        let report = Analyzer::new(Options::default().limits(limits)).analyze(&bytes[..]);
        assert_eq!(report.verdict(), Verdict::Incomplete);
        assert_eq!(encrypted(&report), ["AES-256"]);
    }
}

/// Encrypted directories (APPNOTE 7): the names in the local headers are masked, and nothing stands
/// where the directory was.
#[test]
fn an_encrypted_directory_is_a_gap() {
    let masked = Entry::stored("1", [0x5a; 200])
        .flags(0x2041)
        .local(|local| {
            (local.crc, local.packed, local.size) = (Some(0), Some(0), Some(0));
        });
    let mut bytes = Zip::new().entry(masked).build();
    let at = bytes
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    let end = bytes.len() - 22;
    bytes[at..end].fill(0xa5);
    let report = analyze(&bytes);
    assert_eq!(report.verdict(), Verdict::Incomplete);
    assert_eq!(encrypted(&report), ["PKWARE strong encryption"]);
}
