//! Tables that lie. Nothing breaks, nothing costs more than it should, and what is missing is
//! said (`spec/word.md` §9, B08).

use super::*;

/// The piece table of these positions and descriptors.
fn clx(positions: &[u32], places: &[u32]) -> Vec<u8> {
    let mut bytes = vec![2];
    let size = 4 * positions.len() + 8 * places.len();
    bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend(positions.iter().flat_map(|cp| cp.to_le_bytes()));
    for place in places {
        bytes.extend([0, 0]);
        bytes.extend(place.to_le_bytes());
        bytes.extend([0, 0]);
    }
    bytes
}

/// A document with another piece table, and so many characters in its body.
fn with_clx(file: &DocFile, bytes: &[u8], count: u32) -> Vec<u8> {
    changed(file, |main, table| {
        put(
            main,
            pair_at(pair::CLX),
            u32::try_from(table.len()).unwrap(),
        );
        put(
            main,
            pair_at(pair::CLX) + 4,
            u32::try_from(bytes.len()).unwrap(),
        );
        put(main, 0x4c, count);
        table.extend(bytes);
    })
}

const DAMAGED: (GapKind, &str) = (
    GapKind::Damaged,
    "the text cannot be put together from its tables",
);
/// The descriptor of narrow text at the first byte behind the block.
const TEXT: u32 = 0x4000_0000 | (0x400 * 2);

#[test]
fn a_piece_table_that_lies_is_a_gap_and_the_bytes_are_searched() {
    let file = DocFile::new(&field(STD));
    let length = u32::try_from(field(STD).len()).unwrap();
    for (case, bytes) in [
        ("no pieces", clx(&[0], &[])),
        ("no positions", clx(&[], &[])),
        ("not a table", vec![7; 40]),
        ("only modifications", vec![1, 2, 0, 9, 9]),
        ("nothing", vec![]),
        ("positions that fall", clx(&[length, 0], &[TEXT])),
        ("all positions fall", clx(&[90, 80, 70, 60], &[TEXT; 3])),
        ("text behind the end", clx(&[0, length], &[0x3fff_ffff])),
        (
            "wide text behind the end",
            clx(&[0, length], &[0x7fff_fff0]),
        ),
    ] {
        let found = read_all(&with_clx(&file, &bytes, length));
        let link = found.only();
        is_std(link);
        assert_eq!(link.confidence, Confidence::Low, "{case}");
        assert!(link.has(TechniqueId::RawScan), "{case}");
        assert_eq!(found.gaps(), [DAMAGED], "{case}");
        assert_eq!(found.ended, Ok(()), "{case}");
    }
}

#[test]
fn what_overlaps_is_read_once_and_said() {
    let text = field(STD);
    let length = u32::try_from(text.len()).unwrap();
    // 0..length, back to 10, and the same bytes again from there.
    let bytes = clx(&[0, length, 10, length], &[TEXT, TEXT, TEXT + 20]);
    let found = read_all(&with_clx(&DocFile::new(&text), &bytes, length));
    is_std(found.only());
    assert_eq!(found.only().confidence, Confidence::Certain);
    assert_eq!(found.gaps(), [DAMAGED]);
}

#[test]
fn a_length_that_lies_hurts_nobody() {
    let file = DocFile::new(&field(STD));
    for index in [pair::CLX, pair::FIELDS_MAIN] {
        let data = changed(&file, |main, _| put(main, pair_at(index) + 4, u32::MAX));
        let found = read_all(&data);
        is_std(found.only());
        assert_eq!(found.gaps(), [], "{index}");
    }
}

#[test]
fn tables_of_every_wrong_size_are_read_as_far_as_they_go() {
    let mut file = DocFile::new(&field(STD)).story(Part::Headers, "h");
    file.bookmarks = vec![("b".to_owned(), 0, 4)];
    file.variables = vec![("v".to_owned(), "w".to_owned())];
    file.template = Some("t".to_owned());
    let indices = [16, 17, 21, 22, 23, 32, 60];
    for index in indices {
        for (start, length) in [
            (0, 1),
            (0, 3),
            (0, 0xffff_ffff),
            (0xffff_fff0, 0x20),
            (3, 5),
            (0, 7),
        ] {
            let data = changed(&file, |main, _| {
                put(main, pair_at(index), start);
                put(main, pair_at(index) + 4, length);
            });
            let found = read_all(&data);
            assert!(
                found.links.iter().any(|link| link.kind == Kind::DdeAuto),
                "{index} {start} {length}"
            );
        }
    }
}

#[test]
fn streams_of_every_length() {
    let mut file = DocFile::new(&field(STD));
    file.template = Some("t".to_owned());
    let streams = file.all_streams();
    for stream in 0..2 {
        for length in (0..streams[stream].1.len()).step_by(7) {
            let mut streams = streams.clone();
            streams[stream].1.truncate(length);
            let found = read_all(&smith::compound(&streams));
            assert!(
                !found.gaps.is_empty() || !found.links.is_empty(),
                "{stream} {length}"
            );
        }
    }
}

#[test]
fn a_hundred_thousand_pieces_are_read_in_linear_time() {
    // One character a piece, last first.
    let text = field(STD) + &"x".repeat(100_000);
    let count = u32::try_from(text.len()).unwrap();
    let positions: Vec<u32> = (0..=count).collect();
    let places: Vec<u32> = (0..count)
        .map(|index| TEXT + 2 * (count - 1 - index))
        .collect();
    let reversed: String = text.chars().rev().collect();
    let mut file = DocFile::new(&reversed);
    file.plcfld = false;
    let found = read_all(&with_clx(&file, &clx(&positions, &places), count));
    is_std(found.only());
    assert!(found.only().has(TechniqueId::FastSave));
    assert_eq!(found.gaps(), []);
}

/// 2,000 pieces of the same 100,000 characters: 200 MB out of 100 KB.
fn amplified() -> Vec<u8> {
    let text = field(STD) + &"x".repeat(100_000);
    let positions: Vec<u32> = (0..=2_000).map(|index| index * 100_000).collect();
    let bytes = clx(&positions, &[TEXT; 2_000]);
    with_clx(&DocFile::new(&text), &bytes, 200_000_000)
}

#[test]
fn pieces_that_name_the_same_bytes_are_not_all_read() {
    let limits = Limits {
        decoded_bytes: 16 << 20,
        ..Limits::default()
    };
    let found = read_within(&limits, &amplified());
    assert_eq!(found.ended, Ok(()));
    assert!(!found.links.is_empty());
    found.links.iter().for_each(is_std);
    let detail = "the text names the same bytes too often";
    assert_eq!(found.gaps(), [(GapKind::Limit, detail)]);
}

#[test]
fn text_behind_bytes_that_are_read_again_is_read() {
    // The same 40,000 characters, six times and often; then the field.
    let keyword = format!("{BEGIN}QUOTE 68 68 69 65 85 84 79{SEPARATOR}{END}");
    let hidden = field(&STD.replace("DDEAUTO", &keyword));
    for (times, text, confidence, gaps) in [
        (6, hidden, Confidence::Medium, 0),
        (99, field(STD), Confidence::Low, 1),
    ] {
        let mut file = DocFile::new(&("x".repeat(40_000) + &text));
        file.plcfld = false;
        let mut positions: Vec<u32> = (0..=times).map(|index| index * 40_000).collect();
        let count = times * 40_000 + u32::try_from(text.len()).unwrap();
        positions.push(count);
        let mut places = vec![TEXT; times as usize];
        places.push(TEXT + 2 * 40_000);
        let found = read_all(&with_clx(&file, &clx(&positions, &places), count));
        is_std(found.only());
        assert_eq!(found.only().confidence, confidence);
        assert_eq!(found.gaps.len(), gaps);
        assert!(found.gaps.iter().all(|gap| gap.kind == GapKind::Limit));
    }
}

#[test]
fn pieces_that_end_before_the_text_does_are_a_gap() {
    let file = DocFile::new("Nothing here.");
    for (count, gaps) in [(5, vec![]), (6, vec![DAMAGED])] {
        let found = read_all(&with_clx(&file, &clx(&[0, 5], &[TEXT]), count));
        assert_eq!(found.gaps(), gaps);
    }
}

#[test]
fn what_is_read_is_paid_for() {
    let limits = Limits {
        decoded_bytes: 150 << 10,
        ..Limits::default()
    };
    let found = read_within(&limits, &amplified());
    assert_eq!(found.ended, Err(Exhausted::Limit(Limit::DecodedBytes)));
    is_std(&found.links[0]);
    assert_eq!(found.gaps.len(), 1);
    assert_eq!(found.gaps[0].kind, GapKind::Limit);
}

#[test]
fn what_cannot_be_held_is_a_gap() {
    let marks = format!("{BEGIN}{END}").repeat(20_000) + &field(STD);
    let file = DocFile::new(&marks);
    let limits = Limits {
        live_bytes: 100 << 10,
        ..Limits::default()
    };
    let found = read_within(&limits, &file.build());
    is_std(found.only());
    // The table of fields did not fit.
    assert_eq!(found.only().confidence, Confidence::Medium);
    assert!(
        found.gaps.iter().all(|gap| gap.kind == GapKind::Limit),
        "{:?}",
        found.gaps
    );
    assert_eq!(found.gaps.len(), 1);
}

#[test]
fn more_fields_than_are_allowed_end_the_analysis() {
    let marks = field(STD) + &format!("{BEGIN}{END}").repeat(1_000);
    let limits = Limits {
        fields: 500,
        ..Limits::default()
    };
    let found = read_within(&limits, &DocFile::new(&marks).build());
    is_std(found.only());
    assert_eq!(found.ended, Err(Exhausted::Limit(Limit::Fields)));
    assert_eq!(found.gaps.len(), 1);
}

#[test]
fn a_search_reads_a_field_without_an_end_for_a_while() {
    let remnants = format!("{BEGIN} DDE ").repeat(50_000);
    let data = changed(&DocFile::new("Body."), |main, _| {
        main.extend(remnants.bytes())
    });
    let found = read_all(&data);
    assert!(!found.links.is_empty());
    assert!(
        found
            .links
            .iter()
            .all(|link| link.confidence == Confidence::Low)
    );
}
