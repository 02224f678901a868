//! What no password opens: a gap that says why, and an end in time.

use std::time::Instant;

use ddetect::{Analyzer, GapKind, Input, Limit, Limits, Options, Report, Verdict};

use super::support::analyze;
use super::support::docx::{docx, simple};
use super::support::ecma::{Agile, Encrypted};
use super::support::payloads::STD;
use super::support::word::doc::{DocFile, compound};
use super::{closed, found};

fn sound() -> Encrypted {
    Agile::default().encrypt(&docx(&simple(STD)).build())
}

fn changed(from: &str, to: &str) -> Report {
    let mut encrypted = sound();
    let xml = String::from_utf8(encrypted.info[8..].to_vec()).unwrap();
    assert!(xml.contains(from), "{xml}");
    encrypted.info.truncate(8);
    encrypted.info.extend(xml.replace(from, to).bytes());
    analyze(&encrypted.build())
}

#[test]
fn ciphers_that_are_not_read() {
    for name in ["RC2", "DES", "3DES_112"] {
        let report = changed(
            "cipherAlgorithm=\"AES\"",
            &format!("cipherAlgorithm=\"{name}\""),
        );
        closed(&report, &format!("ECMA-376 agile ({name} is not read)"));
    }
    let report = changed("ChainingModeCBC", "ChainingModeCFB");
    closed(&report, "ECMA-376 agile (ChainingModeCFB is not read)");
    let report = changed("SHA512", "WHIRLPOOL");
    closed(&report, "ECMA-376 agile (WHIRLPOOL is not read)");
    let report = changed(":encryptedKey ", ":encryptedKey X509Certificate=\"AA==\" ");
    closed(&report, "ECMA-376 agile (with the key of a certificate)");
    let report = changed("<keyEncryptors>", "<!--");
    closed(&report, "ECMA-376 agile (nothing tells how)");
}

/// [MS-OFFCRYPTO] 2.3.4.5, 2.3.4.6, 2.3.4.10.
#[test]
fn the_version_names_the_scheme() {
    let scheme = |info: &[u8]| {
        let mut encrypted = sound();
        encrypted.info = info.to_vec();
        let report = analyze(&encrypted.build());
        assert_eq!(report.verdict(), Verdict::Incomplete);
        report.gaps()[0].detail.clone()
    };
    let no = "(nothing tells how)";
    assert_eq!(
        scheme(&[4, 0, 4, 0, 0x40, 0, 0, 0]),
        format!("ECMA-376 agile {no}")
    );
    assert_eq!(
        scheme(&[3, 0, 2, 0, 0x24, 0, 0, 0]),
        format!("ECMA-376 standard {no}")
    );
    assert_eq!(scheme(&[4, 0, 2, 0]), format!("ECMA-376 standard {no}"));
    assert_eq!(scheme(&[3, 0, 3, 0]), "ECMA-376 extensible");
    assert_eq!(scheme(&[9, 0, 9, 0]), format!("unknown scheme {no}"));
    assert_eq!(scheme(&[4]), format!("unknown scheme {no}"));
    assert_eq!(scheme(&[]), format!("unknown scheme {no}"));
}

/// [MS-OFFCRYPTO] 2.2.
#[test]
fn rights_management() {
    let package = ("EncryptedPackage".to_owned(), vec![7; 5_000]);
    closed(
        &analyze(&compound(std::slice::from_ref(&package))),
        "unknown scheme",
    );
    let transform = "\u{6}DataSpaces/TransformInfo/DRMEncryptedTransform/\u{6}Primary";
    let streams = [package, (transform.to_owned(), vec![0; 50])];
    closed(&analyze(&compound(&streams)), "rights management");
    // The document that programs show which do not know of it.
    let mut streams = DocFile::new("This document is protected.").all_streams();
    streams.push(("\u{9}DRMContent".to_owned(), vec![7; 5_000]));
    closed(&analyze(&compound(&streams)), "rights management");
}

#[test]
fn two_billion_rounds() {
    let start = Instant::now();
    for spin in ["2000000000", "4294967295", "99999999999999999999"] {
        let report = changed("spinCount=\"10\"", &format!("spinCount=\"{spin}\""));
        assert_eq!(report.verdict(), Verdict::Incomplete);
        let mut gaps = report.gaps().iter();
        let limit = "limit derivation-rounds of 2000000 reached";
        assert!(gaps.any(|gap| gap.kind == GapKind::Limit && gap.detail == limit));
        assert!(
            report
                .gaps()
                .iter()
                .any(|gap| gap.detail == "ECMA-376 agile")
        );
    }
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

/// A password more than the rounds suffice for: the limit says so, and a larger one opens it.
#[test]
fn more_passwords_than_rounds() {
    let agile = Agile {
        password: "the last one".to_owned(),
        spin: "1000".to_owned(),
        rounds: 1_000,
        ..Agile::default()
    };
    let file = agile.encrypt(&docx(&simple(STD)).build()).build();
    let with = |rounds| {
        let limits = Limits {
            derivation_rounds: rounds,
            ..Limits::default()
        };
        let options = Options::default().limits(limits);
        let passwords: Vec<String> = (0..97).map(|n| n.to_string()).collect();
        let mut input = Input::new(&file);
        for password in &passwords {
            input = input.password(password);
        }
        Analyzer::new(options).analyze(input.password("the last one"))
    };
    // Excel's own, 97, and the last one; what is only a custom, or PowerPoint's, comes behind them.
    found(
        &with(99_000),
        [r"c:\windows\system32\cmd.exe", "/k calc.exe", ""],
        "decrypted-given-password",
    );
    let report = with(98_999);
    assert_eq!(report.verdict(), Verdict::Incomplete);
    let limit = format!("limit {} of 98999 reached", Limit::DerivationRounds.key());
    assert!(
        report.gaps().iter().any(|gap| gap.detail == limit),
        "{report:#?}"
    );
}

/// One password and salt cost once, however many keys there are.
#[test]
fn keys_with_one_salt_share_their_rounds() {
    let other = Agile {
        password: "nobody knows".to_owned(),
        spin: "400000".to_owned(),
        rounds: 1,
        ..Agile::default()
    };
    // Ten keys that differ in a value only: 4,000,000 rounds for each password, if they did not.
    let keys: String = (0..10)
        .map(|n| {
            other
                .key_encryptor()
                .replace("hashSize", &format!("n{n}=\"\" hashSize"))
                .replace(
                    "encryptedKeyValue=\"",
                    &format!("encryptedKeyValue=\"{n}AAA"),
                )
        })
        .collect();
    let report = changed("<keyEncryptors>", &format!("<keyEncryptors>{keys}"));
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    assert!(report.complete(), "{:?}", report.gaps());
}
