//! Packages that are encrypted here, with every cipher and every oddity that still opens.

use ddetect::{Analyzer, Format, GapKind, Verdict};

use super::found;
use super::support::analyze;
use super::support::docx::{docx, paragraph, simple, text};
use super::support::ecma::{Agile, EXCEL, Encrypted, POWERPOINT, standard};
use super::support::package::{rels, zip};
use super::support::payloads::{STD, STD_SERVICE, STD_TOPIC};
use super::support::triples;
use super::support::word::doc::{DocFile, compound, summary};

const DEFAULT: &str = "decrypted-default-password";

/// A letter that starts the calculator.
fn payload() -> Vec<u8> {
    docx(&simple(STD)).build()
}

#[track_caller]
fn opens(file: &[u8]) {
    found(&analyze(file), [STD_SERVICE, STD_TOPIC, ""], DEFAULT);
}

#[test]
fn every_hash_and_every_length_of_key() {
    for hash in ["SHA1", "SHA256", "SHA384", "SHA512", "MD5"] {
        for key_bits in [128, 192, 256] {
            let agile = Agile {
                hash,
                key_bits,
                ..Agile::default()
            };
            opens(&agile.encrypt(&payload()).build());
        }
    }
}

#[test]
fn every_version_of_standard_encryption() {
    for (version, bits) in [
        ([2, 0, 2, 0], 128),
        ([3, 0, 2, 0], 192),
        ([4, 0, 2, 0], 256),
    ] {
        opens(&standard(&payload(), EXCEL, bits, version).build());
    }
}

/// Segments begin anew at 4,096 bytes, and what is read at once ends in the middle of none.
#[test]
fn a_large_package() {
    let noise: Vec<u8> = (0_u32..100_000)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let parts = docx("").part("word/media/a.png", noise);
    let parts = parts.part(
        "word/document.xml",
        super::support::docx::document(&simple(STD)),
    );
    let package = parts.build();
    assert!(package.len() > 300_000);
    opens(&Agile::default().encrypt(&package).build());
    opens(&standard(&package, EXCEL, 128, [4, 0, 2, 0]).build());
}

#[test]
fn the_password_of_powerpoint() {
    let agile = Agile {
        password: POWERPOINT.to_owned(),
        ..Agile::default()
    };
    opens(&agile.encrypt(&payload()).build());
}

/// `spec/excel.md` §9 (5).
#[test]
fn wherever_it_stands() {
    let encrypted = Agile::default().encrypt(&payload());
    let file = encrypted.build();
    let object = compound(&[("Package".to_owned(), file.clone())]);
    let letter = docx(&paragraph(&text("x")))
        .part("word/embeddings/oleObject1.bin", object.clone())
        .part(
            "word/_rels/document.xml.rels",
            rels(&[("r1", "oleObject", "embeddings/oleObject1.bin", false)]),
        )
        .build();
    let report = analyze(&letter);
    found(&report, [STD_SERVICE, STD_TOPIC, ""], DEFAULT);
    let path: Vec<&str> = report.findings()[0].location.path().collect();
    assert_eq!(
        path,
        [
            "word/embeddings/oleObject1.bin",
            "Package",
            "EncryptedPackage",
            "word/document.xml"
        ]
    );
    opens(&object);
    opens(&zip(&[("a.docx", &file)]));
    opens(&compound(&encrypted.streams("ObjectPool/_1/")));
    opens(&compound(&[("CONTENTS".to_owned(), file.clone())]));
    // In itself.
    let twice = docx("").part("word/embeddings/a.docx", file).build();
    opens(&standard(&twice, EXCEL, 128, [3, 0, 2, 0]).build());
}

#[test]
fn names_in_any_case_and_data_spaces_or_none() {
    let Encrypted { info, package } = Agile::default().encrypt(&payload());
    let mut streams = vec![
        ("ENCRYPTIONINFO".to_owned(), info),
        ("encryptedpackage".to_owned(), package),
    ];
    opens(&compound(&streams));
    for name in [
        "DataSpaceMap",
        "Version",
        "DataSpaceInfo/StrongEncryptionDataSpace",
        "TransformInfo/StrongEncryptionTransform/\u{6}Primary",
    ] {
        let bytes = "Microsoft.Container"
            .encode_utf16()
            .flat_map(u16::to_le_bytes);
        streams.push((format!("\u{6}DataSpaces/{name}"), bytes.collect()));
    }
    opens(&compound(&streams));
}

#[test]
fn sizes_that_lie() {
    for encrypted in [
        Agile::default().encrypt(&payload()),
        standard(&payload(), EXCEL, 128, [4, 0, 2, 0]),
    ] {
        let size = payload().len() as u64;
        for said in [0, 1, size / 2, size - 1, size + 15, 1 << 40, u64::MAX] {
            let mut encrypted = encrypted.clone();
            encrypted.package[..8].copy_from_slice(&said.to_le_bytes());
            let report = analyze(&encrypted.build());
            let wanted = (STD_SERVICE.to_owned(), STD_TOPIC.to_owned(), String::new());
            assert_eq!(triples(&report), [wanted], "{said}: {report:#?}");
        }
    }
}

/// `text` in place of `from`, in the XML.
fn changed(mut encrypted: Encrypted, from: &str, to: &str) -> Encrypted {
    let (head, xml) = encrypted.info.split_at(8);
    let xml = std::str::from_utf8(xml).unwrap();
    assert!(xml.contains(from), "{xml}");
    encrypted.info = [head, xml.replace(from, to).as_bytes()].concat();
    encrypted
}

#[test]
fn a_verifier_that_is_wrong_hides_nothing() {
    for name in ["encryptedVerifierHashInput", "encryptedVerifierHashValue"] {
        let sound = Agile::default().encrypt(&payload());
        opens(
            &changed(
                sound.clone(),
                &format!("{name}=\""),
                &format!("{name}=\"AAAA"),
            )
            .build(),
        );
        opens(&changed(sound, &format!(" {name}=\""), " x=\"").build());
    }
    let mut encrypted = standard(&payload(), EXCEL, 128, [4, 0, 2, 0]);
    let end = encrypted.info.len();
    encrypted.info[end - 32..].fill(1);
    opens(&encrypted.build());
}

#[test]
fn several_keys() {
    let other = Agile {
        password: "nobody knows".to_owned(),
        rounds: 7,
        spin: "7".to_owned(),
        ..Agile::default()
    };
    let certificate = "<keyEncryptor uri=\"c\"><c:encryptedKey xmlns:c=\"c\" X509Certificate=\"AA==\" \
                       encryptedKeyValue=\"AA==\" certVerifier=\"AA==\"/></keyEncryptor>";
    for first in [
        other.key_encryptor(),
        certificate.to_owned(),
        other.key_encryptor().replace("AES", "RC2"),
        other.key_encryptor().replace("SHA512", "WHIRLPOOL"),
        other.key_encryptor().replace("\"7\"", "\"2000000000\""),
    ] {
        let sound = Agile::default().encrypt(&payload());
        let both = format!("<keyEncryptors>{first}");
        opens(&changed(sound, "<keyEncryptors>", &both).build());
    }
}

#[test]
fn markup_as_odd_as_it_gets() {
    for prefix in ["p", "a", "encryption"] {
        let agile = Agile {
            prefix,
            ..Agile::default()
        };
        opens(&agile.encrypt(&payload()).build());
    }
    for (from, to) in [
        // Nothing declares the prefix, the end is missing, the declaration lies.
        ("xmlns:p=", "xmlns:q="),
        ("</keyEncryptors></encryption>", ""),
        ("UTF-8", "US-ASCII"),
        (
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n",
            "",
        ),
        ("SHA512", "SHA-512"),
        ("blockSize=\"16\"", "blockSize=\"4294967295\""),
        ("hashSize=\"64\"", "hashSize=\"1\""),
        ("saltSize=\"16\"", "saltSize=\"0\""),
        (
            " cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\"",
            "",
        ),
    ] {
        opens(&changed(Agile::default().encrypt(&payload()), from, to).build());
    }
    let mut encrypted = Agile::default().encrypt(&payload());
    encrypted.info[4..8].fill(0);
    opens(&encrypted.build());
    // A version that nobody wrote.
    encrypted.info[..4].copy_from_slice(&[9, 0, 9, 0]);
    opens(&encrypted.build());
}

/// Where the lengths of the keys contradict each other, each is tried.
#[test]
fn lengths_of_keys_that_lie() {
    let short = Agile {
        key_bits: 128,
        ..Agile::default()
    };
    let sound = short.encrypt(&payload());
    let (data, rest) = (
        "<keyData saltSize=\"16\" blockSize=\"16\" keyBits=\"",
        "256\"",
    );
    let from = format!("{data}128\"");
    opens(&changed(sound, &from, &format!("{data}{rest}")).build());
    let mut encrypted = standard(&payload(), EXCEL, 192, [4, 0, 2, 0]);
    // `KeySize`, the fifth number of the header.
    encrypted.info[28..32].copy_from_slice(&256_u32.to_le_bytes());
    opens(&encrypted.build());
}

/// Two documents in one file: each is read.
#[test]
fn a_document_in_clear_beside_it() {
    let harmless = docx(&paragraph(&text("x"))).build();
    let field = format!("\u{13} {STD} \u{14}!\u{15}\r");
    let mut streams = Agile::default().encrypt(&harmless).streams("");
    streams.extend(DocFile::new(&field).all_streams());
    let report = analyze(&compound(&streams));
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    assert_eq!(report.document().format, Format::EncryptedOoxml);
    assert_eq!(triples(&report).len(), 1);
}

#[test]
fn the_summary_in_clear_is_read() {
    let mut streams = Agile::default().encrypt(&payload()).streams("");
    let set = summary(&[(4, "An Author"), (18, "Microsoft Excel")]);
    streams.push(("\u{5}SummaryInformation".to_owned(), set));
    let report = Analyzer::default().analyze(&compound(&streams));
    let properties = &report.document().properties;
    assert_eq!(properties.author.as_deref(), Some("An Author"));
    assert_eq!(properties.application.as_deref(), Some("Microsoft Excel"));
}

/// The verifier says yes, and the package is none: that is said.
#[test]
fn a_package_that_is_none() {
    for encrypted in [
        Agile::default().encrypt(&[7; 5_000]),
        standard(&[7; 5_000], EXCEL, 128, [4, 0, 2, 0]),
    ] {
        let report = analyze(&encrypted.build());
        assert_eq!(report.verdict(), Verdict::Incomplete, "{report:#?}");
        let gap = &report.gaps()[0];
        assert_eq!(gap.kind, GapKind::Damaged);
        assert!(gap.detail.contains("what it holds is no package"));
    }
    // A document all the same.
    let rtf = format!("{{\\rtf1{{\\field{{\\*\\fldinst {STD}}}}}}}");
    let report = analyze(&Agile::default().encrypt(rtf.as_bytes()).build());
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
}
