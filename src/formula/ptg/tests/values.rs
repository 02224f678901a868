//! Arrays, lists, cells, numbers and texts.

use super::*;

#[test]
fn arrays_of_every_version() {
    let number = "01 00 00 00 00 00 00 f0 3f";
    let cases = [
        (
            Dialect::Biff5,
            format!("01 02 00 02 02 80 22 {number}"),
            "{\"\u{20ac}\"\"\";1}",
        ),
        (
            Dialect::Biff8,
            format!(
                "02 01 00 02 01 00 01 ac 20 {number} 04 01 00 00 00 00 00 00 00 10 17 00 00 00 00 \
                 00 00 00 00 00 00 00 00 00 00 00 00 {number}"
            ),
            "{\"\u{20ac}\",1,TRUE;#REF!,,1}",
        ),
        (
            Dialect::Biff12,
            "01 00 00 00 04 00 00 00 01 01 00 ac 20 00 00 00 00 00 00 00 f0 3f 02 00 04 2a 00 00 \
             00"
            .to_owned(),
            "{\"\u{20ac}\",1,FALSE,#N/A}",
        ),
    ];
    for (dialect, extra, expected) in cases {
        let mut stream = vec![0x60];
        stream.resize(if dialect == Dialect::Biff12 { 15 } else { 8 }, 0);
        let extra = bytes(&extra);
        let found = rendered(dialect, &stream, &extra);
        assert_eq!((found.text.as_str(), found.trouble), (expected, None));
        for end in 0..extra.len() {
            let cut = rendered(dialect, &stream, &extra[..end]);
            assert_eq!(cut.trouble, Some(Trouble::CutOff), "{end}");
        }
    }
}

/// A million rows and columns, and no values.
#[test]
fn numbers_of_values_allocate_nothing() {
    let found = rendered(Dialect::Biff12, &[0x60; 15], &[0xff; 8]);
    assert_eq!(
        (found.text.as_str(), found.trouble),
        ("{}", Some(Trouble::CutOff))
    );
    let none = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    assert_eq!(rendered(Dialect::Biff12, &[0x60; 15], &none).text, "{}");
    // 16.7 million nothings of nine bytes would be the most that BIFF8 counts.
    let mut nothing = vec![0xff, 0xff, 0xff];
    nothing.resize(100_000, 0);
    let found = rendered(Dialect::Biff8, &[0x60, 0, 0, 0, 0, 0, 0, 0], &nothing);
    assert_eq!(found.trouble, Some(Trouble::CutOff));
    assert!(found.text.len() < nothing.len());
}

#[test]
fn lists_of_cells_come_before_the_array_after_them() {
    // {1} after a PtgMemArea with one cell, then with one label of a natural-language token.
    let array = "00 00 00 01 00 00 00 00 00 00 f0 3f";
    let memory = bytes("26 00 00 00 00 00 00 60 00 00 00 00 00 00 00");
    let extra = bytes(&format!("01 00 11 11 11 11 11 11 11 11 {array}"));
    assert_eq!(rendered(Dialect::Biff8, &memory, &extra).text, "{1}");
    let label = bytes("18 0b 00 00 00 00 60 00 00 00 00 00 00 00 08");
    let extra = bytes(&format!("01 00 00 40 11 11 11 11 {array}"));
    assert_eq!(rendered(Dialect::Biff8, &label, &extra).text, "LABEL&{1}");
}

#[test]
fn cells_of_every_version() {
    for (dialect, stream, expected) in [
        (Dialect::Biff2, "44 00 c0 00", "A1"),
        (Dialect::Biff5, "44 ff 3f ff", "$IV$16384"),
        (Dialect::Biff5, "25 00 80 01 40 00 01", "$A1:B$2"),
        (Dialect::Biff12, "44 ff ff 0f 00 ff 3f", "$XFD$1048576"),
        (
            Dialect::Biff12,
            "25 00 00 00 00 09 00 00 00 00 80 01 40",
            "$A1:B$10",
        ),
        (Dialect::Biff8, "2c 01 00 02 c0", "RC"),
        (Dialect::Biff8, "2d 01 00 02 00 02 c0 02 c0", "RC:RC"),
        (Dialect::Biff8, "2a 00 00 00 00", "#REF!"),
        (Dialect::Biff8, "3c 00 00 00 00 00 00", "S1!#REF!"),
        (Dialect::Biff8, "3a 02 00 00 00 00 00", "'[3]It''s'!$A$1"),
        (Dialect::Biff8, "3a 07 00 00 00 00 00", "$A$1"),
        (
            Dialect::Biff5,
            "3a ff ff 00 00 00 00 00 00 00 00 01 00 01 00 00 c0 00",
            "A1",
        ),
        (
            Dialect::Biff5,
            "3a 01 00 00 00 00 00 00 00 00 00 01 00 01 00 00 c0 00",
            "'My _x_ sheet'!A1",
        ),
    ] {
        assert_eq!(text(dialect, stream), expected, "{stream}");
    }
}

/// BIFF2 to BIFF4 put names and cells of other books between two tokens.
#[test]
fn old_versions_bracket_what_is_outside() {
    let three = "1a 00 00 00 00 02 00 00 00 00 00 44 00 c0 00 1b 00 00 00 00";
    assert_eq!(text(Dialect::Biff3, three), "'[3]It''s'!A1");
    let name = "1a 00 00 00 00 01 00 00 00 00 00 23 01 00 00 00 00 00 00 00 00 00 \
                1b 00 00 00 00 23 01 00 00 00 00 00 00 00 00 00 03";
    assert_eq!(text(Dialect::Biff4, name), "_xlfn.WEBSERVICE+Nm");
    let two = "1a 00 00 00 00 02 00 00 44 00 c0 00 1b 00 00 00";
    assert_eq!(text(Dialect::Biff2, two), "'[3]It''s'!A1");
}

#[test]
fn shared_formulas_are_told_by_their_cell() {
    for (dialect, stream, extra, cell) in [
        (Dialect::Biff2, "01 05 00 02", "", (5, 2)),
        (Dialect::Biff8, "01 05 00 02 00", "", (5, 2)),
        (Dialect::Biff8, "02 05 00 02 00", "", (5, 2)),
        (
            Dialect::Biff12,
            "01 05 00 01 00",
            "02 00 00 00",
            (65_541, 2),
        ),
    ] {
        let found = rendered(dialect, &bytes(stream), &bytes(extra));
        assert_eq!(found.shared, Some(cell));
        assert_eq!((found.text.as_str(), found.trouble), ("", None));
    }
}

#[test]
fn parentheses_that_are_not_stored_are_printed() {
    for (stream, expected) in [
        ("1e 01 00 1e 02 00 03 1e 03 00 05", "(1+2)*3"),
        ("1e 01 00 1e 02 00 1e 03 00 04 04", "1-(2-3)"),
        ("1e 01 00 1e 02 00 03 13", "-(1+2)"),
        ("1e 01 00 13 13", "--1"),
        ("1e 01 00 1e 02 00 13 07", "1^-2"),
        ("1e 01 00 1e 02 00 0b 14", "(1=2)%"),
        (
            "44 00 00 00 c0 44 01 00 01 c0 10 42 01 04 00",
            "SUM((A1,B2))",
        ),
    ] {
        assert_eq!(text(Dialect::Biff8, stream), expected, "{stream}");
    }
}

#[test]
fn numbers_stay_short() {
    for (number, expected) in [
        (99.0, "99"),
        (-0.5, "-0.5"),
        (0.0, "0"),
        (1e300, "1e300"),
        (5e-324, "5e-324"),
        (f64::NAN, "#NUM!"),
    ] {
        let mut stream = vec![0x1f];
        stream.extend(number.to_le_bytes());
        assert_eq!(rendered(Dialect::Biff8, &stream, &[]).text, expected);
    }
}

#[test]
fn byte_strings_are_in_the_code_page() {
    assert_eq!(text(Dialect::Biff5, "17 02 80 22"), "\"\u{20ac}\"\"\"");
    assert_eq!(text(Dialect::Biff8, "17 01 00 e9"), "\"\u{e9}\"");
    assert_eq!(text(Dialect::Biff12, "17 01 00 ac 20"), "\"\u{20ac}\"");
}
