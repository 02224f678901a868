//! Word 6 and 95, and what came before.

use super::*;

#[test]
fn word_6_with_and_without_a_compound_file() {
    let file = DocFile::word6(&("x".repeat(10) + &field(STD)));
    for data in [file.build(), file.build_raw()] {
        let found = read_all(&data);
        let link = found.only();
        is_std(link);
        assert_eq!(link.confidence, Confidence::Certain);
        assert_eq!(found.gaps(), []);
    }
    let link = read_all(&file.build_raw()).only().location.to_string();
    assert_eq!(link, format!("a.doc › field 1 @ byte {}", 0x300 + 10));
}

#[test]
fn text_of_word_6_is_as_long_as_its_parts() {
    // The text is said to end behind ten characters; the number of characters stays.
    let file = DocFile::word6(&("x".repeat(10) + &field(STD)));
    let streams = file.all_streams();
    let mut main = streams[0].1.clone();
    put(&mut main, 0x1c, 0x300 + 10);
    let compound = smith::compound(&[("WordDocument".to_owned(), main.clone())]);
    for data in [main, compound] {
        let found = read_all(&data);
        is_std(found.only());
        assert_eq!(found.only().confidence, Confidence::Certain);
        assert!(found.only().has(TechniqueId::LengthMismatch));
        assert_eq!(found.gaps(), []);
    }
}

#[test]
fn word_6_in_pieces() {
    let mut file = DocFile::word6(&field(STD));
    file.cuts = vec![4, 9];
    file.reversed = true;
    for data in [file.build(), file.build_raw()] {
        let found = read_all(&data);
        is_std(found.only());
        assert!(found.only().has(TechniqueId::FastSave));
        assert_eq!(found.gaps(), []);
    }
}

#[test]
fn word_6_in_a_header() {
    let file = DocFile::word6("Body.").story(Part::Headers, &field(STD));
    let found = read_all(&file.build());
    is_std(found.only());
    assert_eq!(found.only().location.cell(), Some("header"));
    let file = DocFile::word6("Body.").story(Part::HeaderTextBoxes, &field(STD));
    let found = read_all(&file.build());
    assert_eq!(found.only().confidence, Confidence::Certain);
}

#[test]
fn word_6_has_the_code_page_of_its_language() {
    // DDE, then "д" in windows-1251, in a document of a Russian Word.
    let mut data = DocFile::word6(&field("DDE ä t")).build_raw();
    data[6..8].copy_from_slice(&0x0419_u16.to_le_bytes());
    let found = read_all(&data);
    assert!(found.only().raw.contains("DDE д t"), "{:?}", found.links);
}

#[test]
fn word_6_can_be_encrypted() {
    let mut file = DocFile::word6(&field("x"));
    file.flags = 0x0100;
    let found = read_all(&file.build_raw());
    assert_eq!(found.gaps(), [(GapKind::Encrypted, "XOR obfuscation")]);
}

#[test]
fn word_2_is_one_run_of_text() {
    let mut data = DocFile::word6(&field(STD)).build_raw();
    data[..4].copy_from_slice(&[0xdb, 0xa5, 0x2d, 0]);
    let found = read_all(&data);
    let link = found.only();
    is_std(link);
    assert_eq!(link.confidence, Confidence::Medium);
    assert_eq!(found.gaps(), []);
}

#[test]
fn an_old_document_without_its_text_is_damaged_and_searched() {
    let mut data = DocFile::word6(&field(STD)).build_raw();
    put(&mut data, 0x18, 0x7fff_ffff);
    let found = read_all(&data);
    is_std(found.only());
    assert_eq!(found.only().confidence, Confidence::Low);
    assert_eq!(found.gaps.len(), 1);
    assert_eq!(found.gaps[0].kind, GapKind::Damaged);
    for length in [2, 10, 0x1f, 0x60] {
        let found = read_all(&data[..length]);
        assert_eq!(found.gaps.len(), 1, "{length}");
    }
}
