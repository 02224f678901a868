//! Encrypted workbooks (`spec/excel.md` §3.10, §3.13 case 2).

use ddetect::{Analyzer, GapKind, Input, Limits, Options, Report, Verdict};

use crate::support::ciphers::{DEFAULT, SCHEMES, Scheme, workbook};
use crate::support::excel::biff5;
use crate::support::excel::biff8::{
    self, CONTINUE, GLOBALS, WORKED, WORKED_CELL, bof, container, eof, record,
};
use crate::support::excel::payload::Link;
use crate::support::excel::tokens::Token;
use crate::support::{analyze, dde, techniques};
use crate::{is_malicious, only};

fn plain() -> Vec<u8> {
    // Enough for several blocks, one of them inside a record that is continued.
    let filler = [
        record(0x00fc, &[0x41; 1_500]),
        record(CONTINUE, &[0; 3_000]),
        record(0x00e1, &[0xb0, 4]),
    ];
    let globals = [filler.concat(), WORKED.to_vec()].concat();
    biff8::stream(&globals, WORKED_CELL)
}

fn file(scheme: Scheme, password: &str) -> Vec<u8> {
    container(&[("Workbook", workbook(&plain(), scheme, password))])
}

#[track_caller]
fn opened(report: &Report, technique: &str) {
    is_malicious(report, ("cmd", "/c calc.exe", "A1"));
    let finding = only(report);
    assert_eq!(techniques(finding), [technique]);
    assert_eq!(finding.used_by, ["Sheet1!B4"]);
    assert!(report.complete(), "{report:#?}");
}

#[test]
fn case_2_every_scheme_with_the_default_password() {
    for scheme in SCHEMES {
        opened(
            &analyze(&file(scheme, DEFAULT)),
            "decrypted-default-password",
        );
        let alone = workbook(&plain(), scheme, DEFAULT);
        opened(&analyze(&alone), "decrypted-default-password");
    }
}

#[test]
fn case_2_passwords_that_were_given() {
    for scheme in SCHEMES.into_iter().filter(|scheme| *scheme != Scheme::Xor) {
        let bytes = file(scheme, "s3cr\u{e9}t \u{1f511}");
        let report = analyze(&bytes);
        assert_eq!(report.verdict(), Verdict::Incomplete, "{scheme:?}");
        assert_eq!(report.gaps()[0].kind, GapKind::Encrypted);
        assert!(report.findings().is_empty());
        let input = Input::new(&bytes).password("s3cr\u{e9}t \u{1f511}");
        opened(
            &Analyzer::default().analyze(input),
            "decrypted-given-password",
        );
        let report = analyze(&file(scheme, "infected"));
        opened(&report, "decrypted-customary-password");
        // Programs let fifteen characters be typed.
        let input = Input::new(&bytes).password("s3cr\u{e9}t \u{1f511} and more");
        assert!(!Analyzer::default().analyze(input).complete());
        let bytes = file(scheme, "fifteen letters");
        let input = Input::new(&bytes).password("fifteen letters and more");
        opened(
            &Analyzer::default().analyze(input),
            "decrypted-given-password",
        );
    }
}

/// Before BIFF8 the record holds the key and the verifier only.
#[test]
fn case_2_excel_5() {
    let link = Link::new("cmd", "/c calc.exe", &["A1"]);
    let plain = biff5::stream(&[link], &[Token::Link(0, 1)], biff5::Table::Globals);
    let clear = analyze(&container(&[("Book", plain.clone())]));
    let report = analyze(&container(&[(
        "Book",
        workbook(&plain, Scheme::XorOld, DEFAULT),
    )]));
    assert_eq!(dde(&report).len(), dde(&clear).len());
    assert!(techniques(only(&report)).contains(&"decrypted-default-password"));
    assert!(report.complete());
}

/// A workbook in clear beside an encrypted one is read, whether that opens or not.
#[test]
fn a_workbook_beside_an_encrypted_one() {
    let closed = workbook(&plain(), Scheme::Rc4, "secret");
    let report = analyze(&container(&[("Workbook", closed), ("Book", plain())]));
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    assert!(techniques(only(&report)).is_empty());
    assert!(!report.complete());
}

/// The verifier says yes, and what comes out is no workbook: it stays encrypted.
#[test]
fn a_password_that_opens_to_nonsense() {
    for scheme in SCHEMES {
        let mut bytes = workbook(&plain(), scheme, DEFAULT);
        // The sheet, encrypted once more.
        let sheet = bytes.windows(2).position(|id| id == [0x85, 0]).unwrap();
        for byte in &mut bytes[sheet + 8..sheet + 11] {
            *byte ^= 0x5a;
        }
        let report = analyze(&container(&[("Workbook", bytes)]));
        assert_eq!(report.verdict(), Verdict::Incomplete, "{scheme:?}");
        assert_eq!(report.gaps()[0].kind, GapKind::Encrypted, "{scheme:?}");
    }
}

/// Headers that lie: nothing breaks, and nothing is called clean.
#[test]
fn headers_that_lie() {
    for scheme in SCHEMES {
        let whole = workbook(&plain(), scheme, DEFAULT);
        for at in 20..(20 + 6 + scheme.info(DEFAULT).len()) {
            for value in [0, 0xff, whole[at] ^ 1] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let report = analyze(&bytes);
                assert_ne!(report.verdict(), Verdict::Clean, "{scheme:?} {at} {value}");
            }
        }
        for length in 20..120 {
            let report = analyze(&whole[..length]);
            assert_ne!(report.verdict(), Verdict::Clean, "{scheme:?} {length}");
        }
    }
}

/// A second record of this kind in a stream that opened changes nothing.
#[test]
fn said_twice() {
    let noise = record(0x002f, &[1, 0, 1, 0, 1, 0, 9, 9]);
    let plain = [bof(GLOBALS), noise, WORKED.to_vec(), eof()].concat();
    let report = analyze(&workbook(&plain, Scheme::Rc4, DEFAULT));
    is_malicious(&report, ("cmd", "/c calc.exe", "A1"));
}

#[test]
fn what_is_decrypted_is_paid_for() {
    let bytes = file(Scheme::Rc4, DEFAULT);
    for limits in [
        Limits {
            live_bytes: 3_000,
            ..Limits::default()
        },
        Limits {
            part_bytes: 3_000,
            ..Limits::default()
        },
        Limits {
            derivation_rounds: 3,
            ..Limits::default()
        },
    ] {
        let analyzer = Analyzer::new(Options::default().limits(limits));
        let report = analyzer.analyze(bytes.as_slice());
        assert_eq!(report.verdict(), Verdict::Incomplete, "{report:#?}");
        let kinds: Vec<_> = report.gaps().iter().map(|gap| gap.kind).collect();
        assert!(kinds.contains(&GapKind::Limit), "{kinds:?}");
    }
}
