//! Encrypted binary presentations ([MS-PPT] 2.3.7).

use ddetect::{Analyzer, GapKind, Input, Report, Verdict};

use super::support::ciphers::{Scheme, presentation};
use super::support::docx::{begin, docx, end, instruction, paragraph, text};
use super::support::slides::{
    atom, compound, compressed, container, hyperlink, interaction, stream,
};
use super::support::{analyze, dde, techniques};

/// What PowerPoint tries by itself (`spec/excel.md` §3.10).
const DEFAULT: &str = "/01Hannes Ruescher/01";
const SCHEMES: [Scheme; 3] = [
    Scheme::CryptoApi(128),
    Scheme::CryptoApi(40),
    Scheme::CryptoApi(0),
];

/// A Word document that starts a program, in an object of OLE.
fn payload(before: &str) -> Vec<u8> {
    let field = "DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\"";
    let runs = [text(before), begin(), instruction(field), end()].concat();
    compound(&[("Package", &docx(&paragraph(&runs)).build())])
}

/// The document and the slide, a compressed object and one as it is.
fn objects() -> Vec<Vec<u8>> {
    let main = stream(
        &[hyperlink(7, "cmd.exe /c calc")],
        &[interaction(false, 2, 0, 7, "")],
    );
    let length = u32::from_le_bytes(main[4..8].try_into().unwrap());
    let (document, slide) = main.split_at(8 + usize::try_from(length).unwrap());
    vec![
        document.to_vec(),
        slide.to_vec(),
        compressed(&payload("first")),
        // Not the same bytes, which would be read once.
        atom(0, 0x1011, &payload("second")),
    ]
}

fn file([main, user]: &[Vec<u8>; 2]) -> Vec<u8> {
    compound(&[("PowerPoint Document", main), ("Current User", user)])
}

#[track_caller]
fn opened(report: &Report, technique: &str) {
    assert_eq!(report.verdict(), Verdict::Malicious, "{report:#?}");
    assert!(report.complete(), "{:?}", report.gaps());
    assert_eq!(report.findings().len(), 3, "{report:#?}");
    assert_eq!(dde(report).len(), 2, "{report:#?}");
    for finding in report.findings() {
        assert!(techniques(finding).contains(&technique), "{finding:#?}");
    }
}

#[test]
fn a_password_opens_the_slides_and_the_objects() {
    for scheme in SCHEMES {
        let report = analyze(&file(&presentation(&objects(), scheme, DEFAULT)));
        opened(&report, "decrypted-default-password");
        let bytes = file(&presentation(&objects(), scheme, "secret"));
        let report = analyze(&bytes);
        assert_eq!(report.verdict(), Verdict::Incomplete, "{report:#?}");
        assert_eq!(report.gaps()[0].kind, GapKind::Encrypted);
        let report = Analyzer::default().analyze(Input::new(&bytes).password("secret"));
        opened(&report, "decrypted-given-password");
    }
}

/// A record inside another object says that an object begins there: it is not read twice, and what
/// could be hidden so is a gap.
#[test]
fn objects_that_overlap() {
    let scheme = Scheme::CryptoApi(128);
    let [mut main, user] = presentation(&objects(), scheme, DEFAULT);
    let directory = u32::from_le_bytes(user[16..20].try_into().unwrap()) as usize - 32;
    assert_eq!(main[directory + 2..directory + 4], [0x72, 0x17]);
    // The second entry leads to the first object, with the key of the second.
    main.copy_within(directory + 12..directory + 16, directory + 16);
    let report = analyze(&file(&[main, user]));
    assert_ne!(report.verdict(), Verdict::Clean, "{report:#?}");
}

/// Directories that lie: nothing breaks, and nothing is called clean.
#[test]
fn directories_that_lie() {
    let scheme = Scheme::CryptoApi(128);
    let whole = presentation(&objects(), scheme, DEFAULT);
    let from = whole[0].len() - 80;
    for at in from..whole[0].len() {
        for value in [0, 0xff] {
            let mut lying = whole.clone();
            lying[0][at] = value;
            let report = analyze(&file(&lying));
            assert_ne!(report.verdict(), Verdict::Clean, "{at} {value}");
        }
    }
    let user = container(0, 0, &[]);
    let report = analyze(&file(&[whole[0].clone(), user]));
    assert_ne!(report.verdict(), Verdict::Clean);
}
