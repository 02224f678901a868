//! The tokens one by one: their sizes, and what is skipped.

use super::*;

/// `spec/excel.md` §3.6, typed from its table: token, bytes in BIFF2, BIFF3, BIFF4, BIFF5, BIFF8,
/// BIFF12.
const SIZES: &[(u8, [usize; 6])] = &[
    (0x01, [4, 5, 5, 5, 5, 5]),
    (0x02, [4, 5, 5, 5, 5, 5]),
    (0x19, [3, 4, 4, 4, 4, 4]),
    (0x1a, [8, 11, 11, 0, 0, 0]),
    (0x1b, [4, 5, 5, 0, 0, 0]),
    (0x1c, [2, 2, 2, 2, 2, 2]),
    (0x1d, [2, 2, 2, 2, 2, 2]),
    (0x1e, [3, 3, 3, 3, 3, 3]),
    (0x1f, [9, 9, 9, 9, 9, 9]),
    (0x20, [7, 8, 8, 8, 8, 15]),
    (0x21, [2, 2, 3, 3, 3, 3]),
    (0x22, [3, 3, 4, 4, 4, 4]),
    (0x38, [3, 3, 4, 4, 4, 4]),
    (0x58, [3, 3, 4, 4, 4, 4]),
    (0x78, [3, 3, 4, 4, 4, 4]),
    (0x23, [8, 11, 11, 15, 5, 5]),
    (0x24, [4, 4, 4, 4, 5, 7]),
    (0x2c, [4, 4, 4, 4, 5, 7]),
    (0x25, [7, 7, 7, 7, 9, 13]),
    (0x2d, [7, 7, 7, 7, 9, 13]),
    (0x26, [5, 7, 7, 7, 7, 7]),
    (0x27, [5, 7, 7, 7, 7, 7]),
    (0x28, [5, 7, 7, 7, 7, 7]),
    (0x29, [2, 3, 3, 3, 3, 3]),
    (0x2a, [4, 4, 4, 4, 5, 7]),
    (0x2b, [7, 7, 7, 7, 9, 13]),
    (0x39, [0, 0, 0, 25, 7, 7]),
    (0x3a, [0, 0, 0, 18, 7, 9]),
    (0x3c, [0, 0, 0, 18, 7, 9]),
    (0x3b, [0, 0, 0, 21, 11, 15]),
    (0x3d, [0, 0, 0, 21, 11, 15]),
    // Strings of no characters, natural language, a jump table for one choice.
    (0x17, [2, 2, 2, 2, 3, 3]),
];

/// After each token stands a number that is printed only if the token has the right size, and
/// each is cut off when its last byte is.
#[test]
fn every_token_has_the_size_of_the_table() {
    let plain = (0x03..=0x16).map(|first| (first, [1; 6]));
    for (first, sizes) in plain.chain(SIZES.iter().copied()) {
        for (dialect, size) in ALL.into_iter().zip(sizes) {
            let mut stream = vec![first];
            if size == 0 {
                let found = rendered(dialect, &stream, &[]);
                assert_eq!(found.trouble, Some(Trouble::UnknownToken), "{first:x}");
                continue;
            }
            stream.resize(size, 0);
            // An empty array, an empty list of cells, the column of a shared formula.
            let extra = [0; 12];
            if size > 1 {
                let cut = rendered(dialect, &stream[..size - 1], &extra);
                assert_eq!(cut.trouble, Some(Trouble::CutOff), "{first:x} {dialect:?}");
            }
            stream.extend([0x1e, 0x39, 0x30]);
            let found = rendered(dialect, &stream, &extra);
            assert!(found.text.ends_with("12345"), "{first:x} {dialect:?}");
            assert_ne!(found.trouble, Some(Trouble::UnknownToken), "{first:x}");
        }
    }
}

#[test]
fn natural_language_tokens_have_six_bytes_and_tables_fourteen() {
    for dialect in [Dialect::Biff8, Dialect::Biff12] {
        for number in [
            0x1d, 0x01, 0x02, 0x03, 0x06, 0x07, 0x0a, 0x0b, 0x0d, 0x0f, 0x10,
        ] {
            let stream = [0x18, number, 0, 0, 0, 0, 0x1e, 5, 0];
            let found = rendered(dialect, &stream, &[0; 4]);
            assert_eq!(found.text, "LABEL,5", "{number:x}");
        }
        let mut stream = vec![0x18, 0x19];
        stream.resize(14, 0);
        stream.extend([0x1e, 5, 0]);
        assert_eq!(rendered(dialect, &stream, &[]).text, "TABLE,5");
        let found = rendered(dialect, &[0x18, 0x04, 0, 0, 0, 0], &[]);
        assert_eq!(found.trouble, Some(Trouble::UnknownToken));
    }
}

#[test]
fn jump_tables_are_skipped() {
    // CHOOSE(2,"a","b") with jumps for two choices.
    assert_eq!(
        text(
            Dialect::Biff8,
            "1e 02 00 19 04 02 00 00 00 01 00 02 00 17 01 00 61 17 01 00 62 42 03 64 00"
        ),
        "CHOOSE(2,\"a\",\"b\")"
    );
    assert_eq!(
        text(
            Dialect::Biff2,
            "1e 02 00 19 04 02 00 01 02 17 01 61 17 01 62 42 03 64"
        ),
        "CHOOSE(2,\"a\",\"b\")"
    );
    let found = rendered(
        Dialect::Biff8,
        &bytes("1e 02 00 19 04 ff ff 00 00 1e 03 00"),
        &[],
    );
    assert_eq!((found.text.as_str(), found.complete()), ("2", false));
}
