//! Word binary documents (`spec/word.md` §2.10).

use ddetect::{Analyzer, Confidence, GapKind, Input, Kind, Severity, Trigger, Verdict};

use super::support::ciphers::{
    DEFAULT, SCHEMES, Scheme, document, document_streams, md5, rc4, sha1, summary,
};
use super::support::payloads::{STD, STD_SERVICE, STD_TOPIC};
use super::support::word::doc::{BEGIN, DocFile, END, Encoding, Part, SEPARATOR};
use super::support::{analyze, dde, techniques};
use super::{clean, only, std_case};

/// A field with a cached result.
fn field(instruction: &str) -> String {
    format!("{BEGIN}{instruction}{SEPARATOR}r{END}")
}

/// The main part of a document in which `head` characters stand before a field.
fn behind(head: usize, instruction: &str) -> String {
    "x".repeat(head) + &field(instruction)
}

/// The structure of the file that Word 2016 wrote: three fields of three types, at the same
/// positions, one with characters that are not in ASCII.
pub(crate) fn office_2016() -> DocFile {
    let mut text = behind(49, &format!(" {STD} "));
    assert!(text.len() < 165);
    text += &"x".repeat(165 - text.chars().count());
    text += &field(&format!(" {} ", STD.replace("DDEAUTO", "DDE")));
    text += &field(" MACROBUTTON AcceptAllChangesShown ");
    text += &field("ddeauto ünicöde-test");
    DocFile {
        mark_flags: 0x80,
        ..DocFile::new(&text)
    }
}

#[test]
fn b01_what_word_2016_writes() {
    let report = analyze(&office_2016().build());
    let found = dde(&report);
    let told: Vec<_> = found
        .iter()
        .map(|f| (f.kind, f.service.as_deref(), f.topic.as_deref(), f.trigger))
        .collect();
    let (service, topic) = (Some(STD_SERVICE), Some(STD_TOPIC));
    assert_eq!(
        told,
        [
            (Kind::DdeAuto, service, topic, Trigger::Open),
            (Kind::Dde, service, topic, Trigger::Update),
            (Kind::DdeAuto, Some("ünicöde-test"), None, Trigger::Open),
        ]
    );
    // A button without a macro behind it says nothing, or says it for information.
    for finding in report.findings() {
        let dde = matches!(finding.kind, Kind::Dde | Kind::DdeAuto);
        assert!(dde || finding.severity == Severity::Info, "{finding:#?}");
    }
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn b02_a_utf_16_piece() {
    let mut file = DocFile::new(&behind(20, &format!(" {STD} ")));
    file.encoding = Encoding::Utf16;
    let report = analyze(&file.build());
    let finding = std_case(&report);
    assert_eq!(finding.confidence, Confidence::Certain, "{finding:#?}");
}

#[test]
fn b03_pieces_in_reverse_order() {
    for (cuts, encoding) in [
        (vec![4], Encoding::Narrow),
        (vec![4], Encoding::Alternating),
        (vec![2, 3, 4, 5, 6, 7, 8, 20], Encoding::Alternating),
    ] {
        let mut file = DocFile::new(&field(STD));
        file.cuts = cuts;
        file.encoding = encoding;
        file.reversed = true;
        let report = analyze(&file.build());
        let finding = std_case(&report);
        assert!(techniques(finding).contains(&"fast-save"), "{finding:#?}");
    }
}

#[test]
fn b04_a_nested_field_in_the_instruction() {
    let quote =
        format!("{BEGIN} QUOTE 99 58 92 119 92 99 109 100 46 101 120 101 {SEPARATOR}?{END}");
    let text = format!("{BEGIN}DDEAUTO {quote} \"/k calc.exe\"{SEPARATOR}r{END}");
    let report = analyze(&DocFile::new(&text).build());
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::DdeAuto);
    assert_eq!(finding.service.as_deref(), Some(r"c:\w\cmd.exe"));
    assert_eq!(finding.topic.as_deref(), Some(STD_TOPIC));
    assert_eq!(finding.item, None);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn b05_no_table_of_fields() {
    let mut file = DocFile::new(&field(STD));
    file.plcfld = false;
    let report = analyze(&file.build());
    assert_eq!(std_case(&report).confidence, Confidence::Medium);
}

#[test]
fn b06_every_part() {
    for part in [
        Part::Headers,
        Part::Footnotes,
        Part::Comments,
        Part::Endnotes,
        Part::TextBoxes,
        Part::HeaderTextBoxes,
    ] {
        let file = DocFile::new("Please see the other part.").story(part, &field(STD));
        let report = analyze(&file.build());
        let finding = std_case(&report);
        assert_eq!(finding.confidence, Confidence::Certain, "{part:?}");
    }
}

#[test]
fn b07_encrypted() {
    let bytes = document(DocFile::new(&field(STD)), Scheme::Rc4, "secret");
    let report = analyze(&bytes);
    assert_eq!(report.verdict(), Verdict::Incomplete, "{report:#?}");
    let gap = &report.gaps()[0];
    assert_eq!(gap.kind, GapKind::Encrypted);
    assert_eq!(gap.detail, "RC4");
    assert!(report.findings().is_empty());

    let input = Input::new(&bytes).password("wrong").password("secret");
    let report = Analyzer::default().analyze(input);
    let finding = std_case(&report);
    assert_eq!(techniques(finding), ["decrypted-given-password"]);
    assert_eq!(finding.confidence, Confidence::Certain);
    assert!(report.complete(), "{report:#?}");
}

/// Every scheme, with text, tables and a variable: all of them must be in clear.
#[test]
fn b07_every_scheme() {
    for scheme in SCHEMES {
        let mut file = DocFile::new(&behind(1_500, STD));
        file.encoding = Encoding::Alternating;
        file.cuts = vec![3, 9, 20];
        file.streams = vec![("Data".to_owned(), vec![7; 1_000])];
        let bytes = document(file, scheme, DEFAULT);
        let report = analyze(&bytes);
        let finding = std_case(&report);
        let told = techniques(finding);
        assert!(
            told.contains(&"decrypted-default-password"),
            "{scheme:?}: {told:?}"
        );
        assert_eq!(finding.confidence, Confidence::Certain, "{scheme:?}");
        assert!(report.complete(), "{scheme:?}: {report:#?}");
    }
}

/// Word 6 and 95 know obfuscation only, and leave less in clear.
#[test]
fn b07_word_6() {
    let bytes = document(DocFile::word6(&field(STD)), Scheme::Xor, DEFAULT);
    let report = analyze(&bytes);
    let finding = std_case(&report);
    assert!(techniques(finding).contains(&"decrypted-default-password"));
    assert!(report.complete(), "{report:#?}");
}

/// What is hidden in other streams needs no password; a field that nothing leads to is found in
/// the text that was decrypted.
#[test]
fn b07_other_streams_and_remnants() {
    let mut file = DocFile::new("Nothing to see here.");
    file.streams = vec![("Other".to_owned(), field(STD).into_bytes())];
    let report = analyze(&document(file, Scheme::Rc4, "secret"));
    assert!(!dde(&report).is_empty(), "{report:#?}");
    assert!(!report.complete());

    let mut file = DocFile::new("Nothing to see here.");
    file.streams = vec![("Data".to_owned(), field(STD).into_bytes())];
    for scheme in SCHEMES {
        let report = analyze(&document(file.clone(), scheme, DEFAULT));
        let found = dde(&report);
        assert!(!found.is_empty(), "{scheme:?}: {report:#?}");
        assert!(techniques(found[0]).contains(&"decrypted-default-password"));
    }
}

/// Under the `CryptoAPI`, objects stand in the data, and properties in a stream of their own.
#[test]
fn b07_objects_and_properties() {
    let scheme = Scheme::CryptoApi(128);
    let inner = DocFile::new(&field(STD)).build();
    let mut file = DocFile::new("Nothing to see here.");
    file.streams = vec![("Data".to_owned(), [&[7; 700], inner.as_slice()].concat())];
    let report = analyze(&document(file, scheme, DEFAULT));
    let way: Vec<Vec<&str>> = dde(&report)
        .iter()
        .map(|finding| finding.location.path().collect())
        .collect();
    let wanted = vec!["Data", "object 1", "WordDocument"];
    assert!(way.contains(&wanted), "{way:?} {report:#?}");
    for finding in dde(&report) {
        assert!(techniques(finding).contains(&"decrypted-default-password"));
    }
    assert!(report.complete(), "{:?}", report.gaps());

    let inner = format!("{BEGIN}DOCPROPERTY Title{SEPARATOR}x{END}");
    let text = field(&format!("DDEAUTO {inner} \"/k calc.exe\""));
    let set = super::support::word::doc::summary(&[(2, STD_SERVICE)]);
    let sets = [("\u{5}SummaryInformation", set)];
    let mut file = DocFile::new(&text);
    file.streams = vec![("encryption".to_owned(), summary(&sets, scheme, DEFAULT))];
    let report = analyze(&document(file, scheme, DEFAULT));
    let found = dde(&report);
    assert_eq!(found.len(), 1, "{report:#?}");
    assert_eq!(found[0].service.as_deref(), Some(STD_SERVICE));
}

/// Headers that lie: nothing opens, nothing breaks.
#[test]
fn b07_headers_that_lie() {
    for scheme in SCHEMES.into_iter().filter(|scheme| *scheme != Scheme::Xor) {
        let info = scheme.info(DEFAULT);
        for at in 0..info.len() {
            for value in [0, 0xff, info[at] ^ 1] {
                let mut streams = document_streams(DocFile::new(&field(STD)), scheme, DEFAULT);
                let (_, table) = &mut streams[1];
                table[at] = value;
                let report = analyze(&super::support::word::doc::compound(&streams));
                assert_ne!(report.verdict(), Verdict::Clean, "{scheme:?} {at}");
            }
        }
    }
}

/// RFC 1321 A.5, RFC 6229 §2, RFC 3174 7.3.
#[test]
fn the_algorithms_of_the_builder() {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    assert_eq!(hex(&md5(b"")), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(
        hex(&md5(b"message digest")),
        "f96b697d7cb7938d525a2f31aaf161d0"
    );
    assert_eq!(
        hex(&sha1(b"abc")),
        "a9993e364706816aba3e25717850c26c9cd0d89d"
    );
    let mut stream = [0; 16];
    rc4(&[1, 2, 3, 4, 5], &mut stream);
    assert_eq!(hex(&stream), "b2396305f03dc027ccc3524a0a1118a8");
}

/// Tables that lie: nothing breaks, and the payload is found.
#[test]
fn b08_a_damaged_piece_table() {
    let file = DocFile::new(&field(STD));
    let table = |change: &dyn Fn(&mut Vec<u8>, &mut Vec<u8>)| {
        let mut streams = file.all_streams();
        let (main, rest) = streams.split_first_mut().unwrap();
        change(&mut main.1, &mut rest[0].1);
        super::support::word::doc::compound(&streams)
    };
    let clx = 0x9A + 8 * 33;
    let cases: [(&str, Vec<u8>); 4] = [
        (
            "a length far beyond the stream",
            table(&|main, _| main[clx + 4..clx + 8].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x7F])),
        ),
        (
            "an offset beyond the stream",
            table(&|main, _| main[clx..clx + 4].copy_from_slice(&[0xFF; 4])),
        ),
        (
            "positions that fall",
            table(&|_, table| table[5..9].copy_from_slice(&[0xFF; 4])),
        ),
        (
            "text beyond the end",
            table(&|_, table| table[15..19].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x3F])),
        ),
    ];
    for (case, bytes) in cases {
        let report = analyze(&bytes);
        // Whatever is left of the table, the bytes of the text are there: the fallback finds them.
        let finding = only(&report);
        assert_eq!(finding.kind, Kind::DdeAuto, "{case}");
        assert_eq!(finding.service.as_deref(), Some(STD_SERVICE), "{case}");
        assert_eq!(finding.topic.as_deref(), Some(STD_TOPIC), "{case}");
        assert!(
            report.verdict() >= Verdict::Suspicious,
            "{case}: {report:#?}"
        );
    }
}

#[test]
fn b09_a_harmless_document() {
    let mut file = DocFile::new("Dear Sir,\rplease find enclosed our offer.\r");
    file.summary = vec![(2, "An offer".to_owned()), (4, "A. Example".to_owned())];
    let report = analyze(&file.build());
    clean(&report);
    assert!(report.findings().is_empty(), "{report:#?}");
    assert!(report.complete());
}

#[test]
fn b10_the_byte_of_a_mark_inside_a_word() {
    let mut file = DocFile::new("The DDE\u{13}AUTO c:\\x of old.\u{13} And more text.\r");
    file.plcfld = false;
    let report = analyze(&file.build());
    clean(&report);
    assert!(report.complete(), "{report:#?}");
}

/// The cases of this table are only as good as the documents: another reader of compound files
/// finds the streams, and the positions of the FIB lead to what was written.
#[test]
fn the_builder_writes_what_the_specification_says() {
    use std::io::{Cursor, Read};
    let mut file = office_2016().story(Part::Headers, "h");
    file.variables = vec![("p1".to_owned(), "v".to_owned())];
    let mut compound = cfb::CompoundFile::open(Cursor::new(file.build())).unwrap();
    let mut stream = |name: &str| {
        let mut bytes = Vec::new();
        compound
            .open_stream(name)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    };
    let (main, table) = (stream("/WordDocument"), stream("/1Table"));
    let number = |bytes: &[u8], at: usize| {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
    };
    assert_eq!(main[..4], [0xEC, 0xA5, 0xC1, 0x00]);
    assert_eq!(main[0x0B] & 0x02, 0x02, "the table is 1Table");
    let (text, header) = (number(&main, 0x4C), number(&main, 0x54));
    assert_eq!(header, 2);
    // PlcfFldMom: 12 marks, positions 49 and 165 for the first two begin marks.
    let (fc, lcb) = (number(&main, 0x11A), number(&main, 0x11E));
    assert_eq!(lcb, 13 * 4 + 12 * 2);
    assert_eq!((number(&table, fc), number(&table, fc + 12)), (49, 165));
    assert_eq!(number(&table, fc + 48), text);
    assert_eq!(table[fc + 52..fc + 54], [0x93, 0x2E]);
    assert_eq!(table[fc + 58..fc + 60], [0x93, 0x2D]);
    // Clx: one piece over everything, and one more paragraph mark.
    let (fc, lcb) = (number(&main, 0x1A2), number(&main, 0x1A6));
    assert_eq!((table[fc], lcb), (2, 5 + 8 + 8));
    assert_eq!(number(&table, fc + 9), text + header + 1);
    let offset = (number(&table, fc + 15) & 0x3FFF_FFFF) / 2;
    assert_eq!(main[offset + 49..offset + 59], *b"\x13 DDEAUTO ");
    // StwUser.
    let (fc, lcb) = (number(&main, 0x27A), number(&main, 0x27E));
    assert_eq!(
        table[fc..fc + lcb],
        *b"\xFF\xFF\x01\0\x04\0\x02\0p\x001\0\0\0\0\0\x01\0v\0"
    );
}

/// A compound file that is cut off, or of which the directory is lost, is no clean file: its bytes
/// are searched, and what is missing is said.
#[test]
fn a_file_without_its_directory() {
    let good = DocFile::new(&behind(3_000, &field(STD))).build();
    let mut lost = good.clone();
    lost[48..52].copy_from_slice(&[0xff; 4]);
    let report = analyze(&lost);
    assert_eq!(std_case(&report).kind, Kind::DdeAuto);
    assert_ne!(report.gaps(), []);
    // Directory and tables are gone; the text is still there.
    let root: Vec<u8> = "Root Entry"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut wiped = good.clone();
    while let Some(at) = wiped.windows(root.len()).position(|bytes| bytes == root) {
        let sector = at - at % 512;
        wiped[sector..sector + 512].fill(0xee);
    }
    let report = analyze(&wiped);
    let finding = only(&report);
    assert_eq!(finding.confidence, Confidence::Low, "{report:#?}");
    assert_eq!(finding.service.as_deref(), Some(STD_SERVICE));
    assert!(report.verdict() >= Verdict::Suspicious);
    for end in [600, good.len() / 2, good.len() - 1_000] {
        let report = analyze(&good[..end]);
        let damaged = |gap: &ddetect::Gap| gap.kind == GapKind::Damaged;
        assert!(report.gaps().iter().any(damaged), "{end}: {report:#?}");
    }
}
