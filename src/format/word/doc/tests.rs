//! What the reader makes of documents, sound and broken.

#[allow(
    dead_code,
    unreachable_pub,
    clippy::precedence,
    reason = "shared with the tests of the front door"
)]
#[path = "../../../../tests/support/word/doc.rs"]
mod smith;

mod ambiguous;
mod hostile;
mod old;

use super::fib::pair;
use super::*;
use crate::gap::{Gap, GapKind};
use crate::limits::Limits;
use crate::link::{Carrier, Kind, Link, Trigger};
use smith::{BEGIN, DocFile, END, Encoding, LOCKED, Part, SEPARATOR};

const STD: &str = r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#;
const SERVICE: &str = r"c:\windows\system32\cmd.exe";

/// What was found.
struct Found {
    links: Vec<Link>,
    gaps: Vec<Gap>,
    properties: Properties,
    ended: Result<(), Exhausted>,
}

impl Found {
    /// The one link.
    fn only(&self) -> &Link {
        assert_eq!(self.links.len(), 1, "{:#?} {:#?}", self.links, self.gaps);
        &self.links[0]
    }

    /// The kinds of gaps and what they say.
    fn gaps(&self) -> Vec<(GapKind, &str)> {
        let gaps = self.gaps.iter();
        gaps.map(|gap| (gap.kind, gap.detail.as_str())).collect()
    }
}

fn is_std(link: &Link) {
    let told: Vec<_> = link
        .readings
        .iter()
        .take(1)
        .map(|reading| (reading.service.as_deref(), reading.topic.as_deref()))
        .collect();
    assert_eq!(told, [(Some(SERVICE), Some("/k calc.exe"))], "{link:#?}");
    assert_eq!(link.kind, Kind::DdeAuto);
    assert_eq!(link.trigger, Trigger::Open);
}

/// Reads with these limits; all memory must be given back.
fn read_within(limits: &Limits, data: &[u8]) -> Found {
    let budget = Budget::new(limits, None);
    let mut links = Vec::new();
    let mut judge = |link: Link| links.push(link);
    let mut ledger = Ledger::new(limits, &mut judge);
    let location = Location::root(Some("a.doc"));
    let outcome = match Cfb::open(data) {
        Some(cfb) => read(&cfb, "", &location, &budget, &mut ledger),
        None => read_raw(data, &location, &budget, &mut ledger),
    };
    let (gaps, _) = ledger.close();
    assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    Found {
        links,
        gaps,
        properties: outcome.properties,
        ended: outcome.ended,
    }
}

fn read_all(data: &[u8]) -> Found {
    read_within(&Limits::default(), data)
}

fn field(instruction: &str) -> String {
    format!("{BEGIN}{instruction}{SEPARATOR}r{END}")
}

/// The streams of a document, changed: `WordDocument`, then `1Table`.
fn changed(file: &DocFile, change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>)) -> Vec<u8> {
    let mut streams = file.all_streams();
    let [main, table, ..] = streams.as_mut_slice() else {
        panic!("two streams");
    };
    change(&mut main.1, &mut table.1);
    smith::compound(&streams)
}

/// Where the pair of the FIB stands.
fn pair_at(index: usize) -> usize {
    0x9a + 8 * index
}

fn put(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

#[test]
fn a_field_stands_at_its_byte() {
    let text = "x".repeat(49) + &field(STD);
    for (encoding, offset) in [
        (Encoding::Narrow, 0x400 + 49),
        (Encoding::Utf16, 0x400 + 98),
    ] {
        let mut file = DocFile::new(&text);
        file.encoding = encoding;
        let found = read_all(&file.build());
        let link = found.only();
        is_std(link);
        assert_eq!(link.confidence, Confidence::Certain);
        assert!(link.techniques.is_empty(), "{link:#?}");
        assert_eq!(
            link.location.to_string(),
            format!("a.doc › WordDocument › field 1 @ byte {offset}")
        );
        assert_eq!(found.gaps(), []);
    }
}

#[test]
fn the_part_is_told() {
    for (part, name) in [
        (Part::Headers, "header"),
        (Part::Footnotes, "footnotes"),
        (Part::Comments, "comments"),
        (Part::Endnotes, "endnotes"),
        (Part::Macros, "macros"),
        (Part::TextBoxes, "text boxes"),
        (Part::HeaderTextBoxes, "header text boxes"),
    ] {
        let file = DocFile::new("Body.").story(part, &field(STD));
        let found = read_all(&file.build());
        let link = found.only();
        is_std(link);
        assert_eq!(link.confidence, Confidence::Certain, "{name}");
        assert_eq!(link.location.cell(), Some(name));
    }
}

#[test]
fn a_field_does_not_cross_parts() {
    let file = DocFile::new(&format!("{BEGIN}QUOTE ")).story(Part::Headers, &field(STD));
    let found = read_all(&file.build());
    is_std(found.only());
    assert_eq!(found.only().location.field(), Some(1));
}

#[test]
fn the_table_of_fields_gives_confidence_and_locks() {
    let text = field(STD);
    let mut file = DocFile::new(&text);
    file.plcfld = false;
    let found = read_all(&file.build());
    assert_eq!(found.only().confidence, Confidence::Medium);
    assert_eq!(found.gaps(), []);

    let mut file = DocFile::new(&text);
    file.mark_flags = 0x80;
    file.end_flags.insert((Part::Main, 0), LOCKED);
    let found = read_all(&file.build());
    let link = found.only();
    assert_eq!(link.confidence, Confidence::Certain);
    assert!(link.has(TechniqueId::Locked), "{link:#?}");

    // An edited result is no reason to refresh the field.
    let dde = field("DDE Excel c:\\\\a.xls R1C1");
    let mut file = DocFile::new(&dde);
    file.end_flags.insert((Part::Main, 0), smith::RESULT_DIRTY);
    let found = read_all(&file.build());
    assert_eq!(found.only().kind, Kind::Dde);
    assert_eq!(found.only().trigger, Trigger::Update);
}

#[test]
fn an_entry_that_leads_to_no_mark_is_odd() {
    let file = DocFile::new(&(field(STD) + "text"));
    // The first position of PlcfFldMom is moved behind the field.
    let data = changed(&file, |main, table| {
        let at = number(main, pair_at(pair::FIELDS_MAIN));
        put(table, at, 50);
    });
    let found = read_all(&data);
    let link = found.only();
    is_std(link);
    assert_eq!(link.confidence, Confidence::Medium);
    assert!(link.has(TechniqueId::FieldTableMismatch), "{link:#?}");
}

#[test]
fn a_type_without_its_keyword_is_believed() {
    // A localised keyword; the type says DDEAUTO (`spec/word.md` §2.5).
    let text = field(&STD.replace("DDEAUTO", "DDEAUTOMAATTINEN"));
    let mut file = DocFile::new(&text);
    file.flts.insert((Part::Main, 0), 0x2e);
    let found = read_all(&file.build());
    is_std(found.only());
}

#[test]
fn control_characters_are_mapped() {
    // Optional hyphens and anchors fall out; ends of paragraphs and cells are blanks.
    let text = format!(
        "{BEGIN}D\u{1f}DE\u{1}AUTO\rc:\\\\windows\\\\system32\\\\cmd.exe\u{7}\"/k\u{a0}calc.exe\"{SEPARATOR}{END}"
    );
    for encoding in [Encoding::Narrow, Encoding::Utf16] {
        let mut file = DocFile::new(&text);
        file.encoding = encoding;
        is_std(read_all(&file.build()).only());
    }
}

#[test]
fn characters_come_out_as_they_are() {
    for encoding in [Encoding::Narrow, Encoding::Utf16, Encoding::Alternating] {
        let mut file = DocFile::new(&field("DDE “ünicöde\u{192}” t\u{17d}"));
        file.encoding = encoding;
        file.cuts = vec![8, 14];
        let found = read_all(&file.build());
        let raw = &found.only().raw;
        assert!(raw.contains("ünicöde\u{192}”"), "{raw}");
    }
    // A pair of surrogates in two pieces.
    let mut file = DocFile::new(&field("DDE a\u{1f600}b t"));
    file.encoding = Encoding::Utf16;
    file.cuts = vec![7];
    let found = read_all(&file.build());
    assert!(
        found.only().raw.contains("a\u{1f600}b"),
        "{:?}",
        found.links
    );
}

#[test]
fn pieces_in_their_order_are_nothing_special() {
    let mut file = DocFile::new(&field(STD));
    file.cuts = vec![2, 5, 9];
    let found = read_all(&file.build());
    is_std(found.only());
    assert!(!found.only().has(TechniqueId::FastSave));
    file.reversed = true;
    let found = read_all(&file.build());
    is_std(found.only());
    assert!(found.only().has(TechniqueId::FastSave));
    assert_eq!(found.gaps(), []);
}

#[test]
fn names_give_the_parts_of_an_instruction() {
    let reference = |keyword: &str| {
        let inner = |name: &str| format!("{BEGIN}{keyword} {name}{SEPARATOR}{END}");
        format!(
            "{BEGIN}DDEAUTO {} {}{SEPARATOR}{END}",
            inner("one"),
            inner("two")
        )
    };
    let service = "c:\\windows\\system32\\cmd.exe";
    // Bookmarks.
    let body = format!("{service} /k calc.exe ");
    let mut file = DocFile::new(&(body + &reference("REF")));
    let end = u32::try_from(service.len()).unwrap();
    file.bookmarks = vec![
        ("two".to_owned(), end + 1, end + 12),
        ("one".to_owned(), 0, end),
        ("nothing".to_owned(), 9, 3),
    ];
    is_std(read_all(&file.build()).only());
    // Document variables.
    let mut file = DocFile::new(&reference("DOCVARIABLE"));
    file.variables = vec![
        ("one".to_owned(), service.to_owned()),
        ("two".to_owned(), "/k calc.exe".to_owned()),
    ];
    is_std(read_all(&file.build()).only());
}

#[test]
fn the_template_and_the_data_of_a_merge_are_links() {
    let mut file = DocFile::new("Body.");
    file.template = Some("http://a.example/t.dot".to_owned());
    let found = read_all(&file.build());
    let link = found.only();
    assert_eq!(link.carrier, Carrier::RemoteTemplate);
    assert_eq!(link.target.as_deref(), Some("http://a.example/t.dot"));
    for normal in ["Normal.dot", "C:\\Office\\Templates\\Normal.dotm", "Normal"] {
        file.template = Some(normal.to_owned());
        assert_eq!(read_all(&file.build()).links.len(), 0, "{normal}");
    }
    for other in [
        "\\\\a.example\\s\\Normal.dot",
        "http://a.example/Normal.dot",
    ] {
        file.template = Some(other.to_owned());
        assert_eq!(read_all(&file.build()).links.len(), 1, "{other}");
    }

    // Index 8: the data source of a mail merge.
    let mut list = vec![0xff, 0xff, 18, 0, 0, 0];
    for index in 0..18 {
        let text = if index == 8 {
            "\\\\a.example\\b.xls"
        } else {
            ""
        };
        list.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
        list.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    }
    let data = changed(&DocFile::new("Body."), |main, table| {
        put(
            main,
            pair_at(pair::ASSOCIATED),
            u32::try_from(table.len()).unwrap(),
        );
        put(
            main,
            pair_at(pair::ASSOCIATED) + 4,
            u32::try_from(list.len()).unwrap(),
        );
        table.extend(&list);
    });
    let found = read_all(&data);
    let link = found.only();
    assert_eq!(link.carrier, Carrier::MailMerge);
    assert_eq!(link.target.as_deref(), Some("\\\\a.example\\b.xls"));
    assert_eq!(found.gaps(), []);
}

#[test]
fn properties_are_told() {
    let mut file = DocFile::new("Body.");
    file.summary = vec![
        (2, "Title".to_owned()),
        (4, "A. Example".to_owned()),
        (18, "Word".to_owned()),
    ];
    file.custom = vec![("Client".to_owned(), "B. Example".to_owned())];
    let found = read_all(&file.build());
    assert_eq!(found.properties.author.as_deref(), Some("A. Example"));
    assert_eq!(found.properties.application.as_deref(), Some("Word"));
    let mut told = Vec::new();
    for (_, bytes) in &file.all_streams()[2..] {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut note = |name: &str, value: &str| told.push(format!("{name}={value}"));
        assert_eq!(properties::visit(bytes, &budget, &mut note), Ok(()));
    }
    let expected = [
        "TITLE=Title",
        "AUTHOR=A. Example",
        "NAMEOFAPPLICATION=Word",
        "Client=B. Example",
    ];
    assert_eq!(told, expected);
}

#[test]
fn encryption_is_a_gap_that_names_the_scheme() {
    let rc4 = [[1, 0, 1, 0].as_slice(), &[7; 48]].concat();
    let crypto = [[2, 0, 2, 0].as_slice(), &[7; 100]].concat();
    for (flags, head, scheme) in [
        (0x0100, rc4, "RC4"),
        (0x0100, crypto, "RC4 CryptoAPI"),
        (0x8100, vec![0; 8], "XOR obfuscation"),
        (0x0100, vec![9; 8], "unknown scheme"),
    ] {
        let mut file = DocFile::new(&field(STD));
        file.flags = flags;
        let data = changed(&file, |_, table| {
            let end = head.len().min(table.len());
            table[..end].copy_from_slice(&head[..end]);
        });
        let found = read_all(&data);
        assert_eq!(found.gaps(), [(GapKind::Encrypted, scheme)]);
    }
}

#[test]
fn a_document_of_autotext_is_read_too() {
    // The block of another document, at a multiple of 512 bytes, with its own pieces.
    let file = DocFile::new("Body.");
    let second = DocFile::new(&field(STD));
    let mut streams = file.all_streams();
    let other = second.all_streams();
    let (main, table) = (streams[0].1.len().next_multiple_of(512), streams[1].1.len());
    let shift = |bytes: &mut Vec<u8>, at: usize, by: usize| {
        let value = number(bytes, at) + by;
        put(bytes, at, u32::try_from(value).unwrap());
    };
    let (mut block, mut tables) = (other[0].1.clone(), other[1].1.clone());
    for index in [pair::CLX, pair::FIELDS_MAIN] {
        shift(&mut block, pair_at(index), table);
    }
    // The descriptor of its one piece, in units of half a byte.
    let clx = number(&other[0].1, pair_at(pair::CLX));
    shift(&mut tables, clx + 5 + 8 + 2, 2 * main);
    // A list of one name, and its place.
    let names = [&[0xff, 0xff, 1, 0, 0, 0, 1, 0][..], b"n\0"].concat();
    put(
        &mut block,
        pair_at(pair::GLOSSARY_NAMES),
        u32::try_from(table + tables.len()).unwrap(),
    );
    put(&mut block, pair_at(pair::GLOSSARY_NAMES) + 4, 10);
    tables.extend(names);
    streams[0].1.resize(main, 0);
    streams[0].1.extend(block);
    streams[1].1.extend(tables);
    let page = u16::try_from(main / 512).unwrap();
    streams[0].1[8..10].copy_from_slice(&page.to_le_bytes());
    let found = read_all(&smith::compound(&streams));
    let link = found.only();
    is_std(link);
    assert_eq!(link.confidence, Confidence::Medium);
    assert_eq!(link.location.cell(), Some("AutoText"));
    assert_eq!(found.gaps(), []);
    // A number that leads nowhere is passed over.
    streams[0].1[8..10].copy_from_slice(&[1, 0]);
    assert_eq!(read_all(&smith::compound(&streams)).gaps(), []);
}

#[test]
fn a_remnant_is_found_with_low_confidence() {
    let file = DocFile::new("Body.");
    for wide in [false, true] {
        let remnant: Vec<u8> = match wide {
            false => field(STD).bytes().collect(),
            true => field(STD)
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
        };
        let data = changed(&file, |main, _| main.extend(&remnant));
        let found = read_all(&data);
        let link = found.only();
        is_std(link);
        assert_eq!(link.confidence, Confidence::Low);
        assert!(link.has(TechniqueId::RawScan));
        assert_eq!(found.gaps(), []);
    }
    // Beside a field that is in use it says nothing new.
    let data = changed(&DocFile::new(&field(STD)), |main, _| {
        main.extend(field(STD).bytes());
    });
    let found = read_all(&data);
    assert_eq!(found.only().confidence, Confidence::Certain);
    // Words that only begin like the keyword.
    let data = changed(&file, |main, _| {
        main.extend(b"\x13 DDEX a b\x15 \x13 DDEAUTOMATON a b\x15")
    });
    assert_eq!(read_all(&data).links.len(), 0);
}

#[test]
fn text_behind_all_parts_is_read_with_low_confidence() {
    let file = DocFile::new(&("x".repeat(40) + &field(STD)));
    let data = changed(&file, |main, _| put(main, 0x4c, 40));
    let found = read_all(&data);
    is_std(found.only());
    assert_eq!(found.only().confidence, Confidence::Low);
}

/// Reads the document in the storage `folder` of a compound file; "" is the root.
fn read(
    cfb: &Cfb<'_>,
    folder: &str,
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let folder = folder.to_lowercase();
    let inside = |stream: &Stream| {
        let path = stream.path.to_lowercase();
        let (storage, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let project = name == "_vba_project" && storage.starts_with(&folder);
        storage == folder || project
    };
    let streams: Vec<Stream> = cfb.streams().filter(inside).collect();
    read_streams(cfb, &streams, location, budget, ledger)
}
