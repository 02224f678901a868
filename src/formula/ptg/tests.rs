//! Token streams by bytes: the table of `spec/excel.md` §3.6, its worked examples, what other
//! programs write, and broken streams.

use super::*;
use crate::limits::Limits;

/// A workbook with three defined names, three external links and two sheets.
struct Workbook;

impl Names for Workbook {
    fn external(&mut self, link: i32, nth: u32) -> Option<Outer<'_>> {
        let (book, name) = match (link, nth) {
            (0, 1) => (Some(1), "A1"),
            (0, 2) => (Some(1), "INDU Index,[x's]"),
            (1, 1) => (None, "_xlfn.WEBSERVICE"),
            (3, 1) => (None, "WEBSERVICE"),
            _ => return None,
        };
        Some(Outer { book, name })
    }

    fn name(&mut self, nth: u32) -> Option<&str> {
        match nth {
            1 => Some("Nm"),
            2 => Some("_xlfn.WEBSERVICE"),
            3 => Some("a\"b|'c'!d"),
            _ => None,
        }
    }

    fn sheet(&mut self, link: i32, tab: Option<u16>) -> Option<Outer<'_>> {
        let (book, name) = match (link, tab) {
            (0, _) => (None, "S1"),
            (1, None | Some(1)) => (None, "My [x] sheet"),
            (-2, Some(1)) => (None, "My sheet"),
            (2, _) => (Some(3), "It's"),
            _ => return None,
        };
        Some(Outer { book, name })
    }
}

/// What [`Workbook`] knows, always: names of the greatest length.
struct LongNames(String);

impl Names for LongNames {
    fn external(&mut self, _: i32, _: u32) -> Option<Outer<'_>> {
        Some(Outer {
            book: Some(1),
            name: &self.0,
        })
    }

    fn name(&mut self, _: u32) -> Option<&str> {
        Some(&self.0)
    }

    fn sheet(&mut self, _: i32, _: Option<u16>) -> Option<Outer<'_>> {
        Some(Outer {
            book: None,
            name: &self.0,
        })
    }
}

const ALL: [Dialect; 6] = [
    Dialect::Biff2,
    Dialect::Biff3,
    Dialect::Biff4,
    Dialect::Biff5,
    Dialect::Biff8,
    Dialect::Biff12,
];

fn bytes(hex: &str) -> Vec<u8> {
    hex.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

fn rendered_by(names: &mut dyn Names, dialect: Dialect, rgce: &[u8], extra: &[u8]) -> Rendered {
    let limits = Limits::default();
    let stream = Stream {
        rgce,
        extra,
        dialect,
        encoding: encoding_rs::WINDOWS_1252,
    };
    render(&stream, names, &Budget::new(&limits, None)).unwrap()
}

fn rendered(dialect: Dialect, rgce: &[u8], extra: &[u8]) -> Rendered {
    rendered_by(&mut Workbook, dialect, rgce, extra)
}

/// The text of a stream that is in order.
fn text(dialect: Dialect, rgce: &str) -> String {
    let found = rendered(dialect, &bytes(rgce), &[]);
    assert_eq!(found.trouble, None, "{rgce}: {}", found.text);
    found.text
}

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

/// `spec/excel.md` §3.4 and §2.3.
#[test]
fn the_worked_examples() {
    assert_eq!(text(Dialect::Biff8, "59 00 00 01 00 00 00"), "[1]!A1");
    assert_eq!(text(Dialect::Biff12, "59 00 00 01 00 00 00"), "[1]!A1");
}

#[test]
fn names_of_links_are_quoted_so_that_they_are_one() {
    let found = text(Dialect::Biff8, "39 00 00 02 00 00 00");
    assert_eq!(found, "[1]!'INDU Index,[x''s]'");
    let refs: Vec<_> = crate::formula::refs::refs(&found)
        .map(|found| (found.index, found.item.map(std::borrow::Cow::into_owned)))
        .collect();
    assert_eq!(refs, [(1, Some("INDU Index,[x's]".to_owned()))]);
    assert_eq!(
        text(
            Dialect::Biff5,
            "39 00 00 00 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00"
        ),
        "[1]!'INDU Index,[x''s]'"
    );
    assert_eq!(text(Dialect::Biff8, "39 09 00 07 00 00 00"), "EXTERNAL7");
}

#[test]
fn names_cannot_open_or_close_anything() {
    assert_eq!(text(Dialect::Biff8, "23 03 00 00 00"), "a_b__c__d");
    assert_eq!(text(Dialect::Biff8, "23 09 00 00 00"), "NAME9");
}

/// Functions of later versions are names (§3.6).
#[test]
fn the_first_argument_of_function_255_is_called() {
    let expected = "_xlfn.WEBSERVICE(\"http://x\")";
    let argument = "17 08 00 68 74 74 70 3a 2f 2f 78";
    for first in ["23 02 00 00 00", "39 01 00 01 00 00 00"] {
        let stream = format!("{first} {argument} 42 02 ff 00");
        assert_eq!(text(Dialect::Biff8, &stream), expected);
    }
    let macro_call = "44 00 00 00 00 1e 01 00 42 02 ff 00";
    assert_eq!(text(Dialect::Biff8, macro_call), "$A$1(1)");
    assert_eq!(
        rendered(Dialect::Biff8, &bytes("42 00 ff 00"), &[]).text,
        "()"
    );
}

/// The macro functions of §3.6 and §1.5, as a macro sheet holds them.
#[test]
fn macro_functions_and_commands() {
    for (stream, expected) in [
        ("17 04 00 63 61 6c 63 42 01 6e 00", "EXEC(\"calc\")"),
        (
            "17 03 00 63 6d 64 17 07 00 2f 63 20 63 61 6c 63 41 af 00",
            "INITIATE(\"cmd\",\"/c calc\")",
        ),
        ("44 00 00 00 00 42 01 11 80", "RUN($A$1)"),
        ("17 01 00 78 42 81 11 80", "RUN(\"x\")"),
        (
            "17 03 00 3d 41 31 44 00 00 00 00 42 02 60 80",
            "FORMULA(\"=A1\",$A$1)",
        ),
        ("42 00 36 00", "HALT()"),
        ("17 01 00 78 42 01 e7 83", "COMMAND999(\"x\")"),
        ("17 01 00 78 42 01 e7 03", "FUNCTION999(\"x\")"),
        (
            "17 01 00 70 16 17 01 00 74 42 03 7b 01",
            "RTD(\"p\",,\"t\")",
        ),
    ] {
        assert_eq!(text(Dialect::Biff8, stream), expected, "{stream}");
    }
    // Function numbers of eight bits, commands as a token of their own.
    for dialect in [Dialect::Biff2, Dialect::Biff3] {
        assert_eq!(
            text(dialect, "17 04 63 61 6c 63 42 01 6e"),
            "EXEC(\"calc\")"
        );
        assert_eq!(text(dialect, "17 01 78 58 01 11"), "RUN(\"x\")");
        assert_eq!(text(dialect, "1e 02 00 41 18"), "ABS(2)");
    }
    assert_eq!(
        text(Dialect::Biff4, "17 04 63 61 6c 63 42 01 6e 00"),
        "EXEC(\"calc\")"
    );
}

/// The text goes on to folding: CHAR, CONCATENATE and `&` with doubled quotation marks.
#[test]
fn the_text_folds() {
    // EXEC(CHAR(99)&"md "&CONCATENATE("/c ""","x"))
    let found = text(
        Dialect::Biff8,
        "1e 63 00 41 6f 00 17 03 00 6d 64 20 08 17 04 00 2f 63 20 22 17 01 00 78 42 02 50 01 08 \
         42 01 6e 00",
    );
    assert_eq!(
        found,
        "EXEC(CHAR(99)&\"md \"&CONCATENATE(\"/c \"\"\",\"x\"))"
    );
    let call = crate::formula::functions::calls(&found).next().unwrap();
    assert_eq!(
        (call.name, call.arguments[0].text.as_str()),
        ("EXEC", "cmd /c \"x")
    );
}

/// Formulas written by xlwt 1.3 (BIFF8): the text that was given, the bytes that it wrote.
#[test]
fn formulas_that_xlwt_wrote() {
    for (expected, stream) in [
        ("1+2*3", "1e 01 00 1e 02 00 1e 03 00 05 03"),
        ("(1+2)*3", "1e 01 00 1e 02 00 03 15 1e 03 00 05"),
        ("-A1^2", "44 00 00 00 c0 13 1e 02 00 07"),
        (
            "SUM(A1:B2,$C$3)",
            "25 00 00 01 00 00 c0 01 c0 44 02 00 02 00 42 02 04 00",
        ),
        ("\"it\"\"s\"&\"x\"", "17 04 00 69 74 22 73 17 01 00 78 08"),
        (
            "IF(A1>1,\"a\",\"b\")",
            "44 00 00 00 c0 1e 01 00 0d 19 02 08 00 17 01 00 61 19 08 0b 00 17 01 00 62 19 08 03 \
             00 22 03 01 00",
        ),
        (
            "CONCATENATE(\"c\",CHAR(109),\"d\")",
            "17 01 00 63 1e 6d 00 41 6f 00 17 01 00 64 42 03 50 01",
        ),
        (
            "HYPERLINK(\"http://x\",\"y\")",
            "17 08 00 68 74 74 70 3a 2f 2f 78 17 01 00 79 42 02 67 01",
        ),
        (
            "MID(\"abc\",2,1)",
            "17 03 00 61 62 63 1e 02 00 1e 01 00 41 1f 00",
        ),
        (
            "ROUND(1.5,0)",
            "1f 00 00 00 00 00 00 f8 3f 1e 00 00 41 1b 00",
        ),
        ("50%", "1e 32 00 14"),
        ("TRUE", "1d 01"),
        ("REPT(\"ab\",2)", "17 02 00 61 62 1e 02 00 41 1e 00"),
        ("LEFT(\"x\")", "17 01 00 78 42 01 73 00"),
        ("NOW()", "41 4a 00"),
        ("PI()*2", "41 13 00 1e 02 00 05"),
        ("\"\u{20ac}\"", "17 01 01 ac 20"),
        ("MID(\"a\",,1)", "17 01 00 61 16 1e 01 00 41 1f 00"),
        ("A1<>B1", "44 00 00 00 c0 44 00 00 01 c0 0e"),
        ("LOOKUP(1,$IV$65536)", "1e 01 00 24 ff ff ff 00 42 02 1c 00"),
        ("'My _x_ sheet'!B1", "5a 01 00 00 00 01 c0"),
        (
            "SUM('My _x_ sheet'!A1:B$2)",
            "3b 01 00 00 00 01 00 00 c0 01 40 19 10 00 00",
        ),
    ] {
        assert_eq!(text(Dialect::Biff8, stream), expected);
    }
}

/// Formulas written by LibreOffice 7.4 (BIFF8), with the bytes after the tokens.
#[test]
fn formulas_that_libreoffice_wrote() {
    for (expected, stream, extra) in [
        (
            "SUM({1,2;3,4})",
            "60 01 01 00 00 00 00 00 19 10 00 00",
            "01 01 00 01 00 00 00 00 00 00 f0 3f 01 00 00 00 00 00 00 00 40 01 00 00 00 00 00 00 \
             08 40 01 00 00 00 00 00 00 10 40",
        ),
        (
            "INDEX({\"a\",\"b\"},2)",
            "60 01 00 00 00 00 00 00 1e 02 00 42 02 1d 00",
            "01 00 00 02 01 00 00 61 02 01 00 00 62",
        ),
        ("SUM(Nm,1)", "23 01 00 00 00 1e 01 00 42 02 04 00", ""),
        ("-(-1)", "1e 01 00 13 15 13", ""),
        (
            "OFFSET(A1,1,)",
            "19 01 00 00 24 00 00 00 c0 1e 01 00 16 42 03 4e 00",
            "",
        ),
        (
            "VLOOKUP(1,A1:B2,2,FALSE)",
            "1e 01 00 25 00 00 01 00 00 c0 01 c0 1e 02 00 1d 00 42 04 66 00",
            "",
        ),
        (
            "IF(A1,B1)",
            "44 00 00 00 c0 19 02 09 00 24 00 00 01 c0 19 08 03 00 42 02 01 00",
            "",
        ),
        ("#N/A", "1c 2a", ""),
    ] {
        let found = rendered(Dialect::Biff8, &bytes(stream), &bytes(extra));
        assert_eq!((found.text.as_str(), found.trouble), (expected, None));
    }
}

/// Formulas written by Gnumeric 1.12 (BIFF5), with the bytes after the tokens.
#[test]
fn formulas_that_gnumeric_wrote() {
    for (expected, stream, extra) in [
        (
            "WEBSERVICE(\"http://x/\"&A1)",
            "39 03 00 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 17 09 68 74 \
             74 70 3a 2f 2f 78 2f 44 00 c0 00 08 42 02 ff 00",
            "",
        ),
        (
            "SUM({1,2;3,4})",
            "60 01 01 00 00 00 00 00 42 01 04 00",
            "02 02 00 01 00 00 00 00 00 00 f0 3f 01 00 00 00 00 00 00 00 40 01 00 00 00 00 00 00 \
             08 40 01 00 00 00 00 00 00 10 40",
        ),
        (
            "'My sheet'!A1",
            "5a fe ff 00 00 00 00 00 00 00 00 01 00 01 00 00 c0 00",
            "",
        ),
        (
            "INDEX({\"a\",\"b\"},2)",
            "60 01 00 00 00 00 00 00 1e 02 00 42 02 1d 00",
            "02 01 00 02 01 61 02 01 62",
        ),
        (
            "SUM(Nm,1)",
            "23 01 00 00 00 00 00 00 00 00 00 00 00 00 00 1e 01 00 42 02 04 00",
            "",
        ),
        (
            "HYPERLINK(\"file:///c:/x\",\"y\")",
            "17 0c 66 69 6c 65 3a 2f 2f 2f 63 3a 2f 78 17 01 79 42 02 67 01",
            "",
        ),
        (
            "VLOOKUP(1,A1:B2,2,FALSE)",
            "1e 01 00 25 00 c0 01 c0 00 01 1e 02 00 1d 00 42 04 66 00",
            "",
        ),
        ("OFFSET(A1,1,)", "24 00 c0 00 1e 01 00 16 42 03 4e 00", ""),
        ("-(-1)", "1f 00 00 00 00 00 00 f0 bf 15 13", ""),
    ] {
        let found = rendered(Dialect::Biff5, &bytes(stream), &bytes(extra));
        assert_eq!((found.text.as_str(), found.trouble), (expected, None));
    }
}

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

#[test]
fn what_stands_before_the_trouble_is_kept() {
    // "cmd", then an unknown token; "cmd", then a string that is cut off.
    let unknown = rendered(Dialect::Biff8, &bytes("17 03 00 63 6d 64 30 00 17 01"), &[]);
    assert_eq!(unknown.text, "\"cmd\"");
    assert_eq!(unknown.trouble, Some(Trouble::UnknownToken));
    assert!(!unknown.complete());
    let cut = rendered(
        Dialect::Biff8,
        &bytes("17 03 00 63 6d 64 17 09 00 63 61"),
        &[],
    );
    assert_eq!(cut.text, "\"cmd\",\"ca\"");
    assert_eq!(cut.trouble, Some(Trouble::CutOff));
    // EXEC without an argument, then one left over.
    let found = rendered(Dialect::Biff8, &bytes("42 01 6e 00 17 01 00 78 03 03"), &[]);
    assert_eq!(found.text, "+(EXEC()+\"x\")");
    assert_eq!(found.trouble, Some(Trouble::Unbalanced));
    assert!(found.complete());
    let found = rendered(Dialect::Biff8, &bytes("1e 01 00 41 ff 7f"), &[]);
    assert_eq!(found.text, "FUNCTION32767(1)");
    assert_eq!(found.trouble, Some(Trouble::UnknownFunction));
    assert_eq!(rendered(Dialect::Biff8, &[], &[]).trouble, None);
}

/// Cutting a stream anywhere loses nothing that stands before the cut.
#[test]
fn streams_may_end_anywhere() {
    let stream = bytes(
        "39 00 00 01 00 00 00 17 03 00 63 6d 64 19 04 01 00 00 00 00 00 60 00 00 00 00 00 00 00 \
         3b 01 00 00 00 01 00 00 c0 01 40 23 02 00 00 00 42 02 ff 00 18 0b 00 00 00 00 1f 00 00 \
         00 00 00 00 f0 3f 41 6f 00",
    );
    for dialect in ALL {
        for end in 0..stream.len() {
            let found = rendered(dialect, &stream[..end], &stream[end..]);
            if dialect >= Dialect::Biff8 && end >= 7 {
                assert!(found.text.starts_with("[1]!A1"), "{end}: {}", found.text);
            }
        }
    }
}

/// Streams as long as they may be, of one token each: all come back at once.
#[test]
fn storms() {
    let unit: &[(&str, &str)] = &[
        ("unary minus", "13"),
        ("plus", "03"),
        ("parentheses", "15"),
        ("percent", "14"),
        ("missing", "16"),
        ("strings", "17 01 00 22"),
        ("calls of nothing", "42 ff 04 00"),
        ("user calls of nothing", "42 ff ff 00"),
        ("commands", "42 ff 11 80"),
        ("names", "23 01 00 00 00"),
        ("links", "39 00 00 01 00 00 00"),
        ("sheets", "3a 00 00 00 00 00 00"),
        ("sums", "19 10 00 00"),
        ("numbers", "1f 11 11 11 11 11 11 11 11"),
        ("arrays", "60 00 00 00 00 00 00 00"),
        ("lists", "26 00 00 00 00 00 00"),
        ("one and call", "1e 01 00 42 02 04 00"),
        ("one and minus", "1e 01 00 04"),
    ];
    for (name, unit) in unit {
        let stream = bytes(unit).repeat(0xffff / bytes(unit).len());
        let extra = vec![0x01; EXTRA];
        for dialect in ALL {
            let found = rendered(dialect, &stream, &extra);
            assert!(found.text.len() < 4 << 20, "{name}");
            let mut behind = bytes("1e 07 00");
            behind.extend(&stream);
            let found = rendered(dialect, &behind, &[]);
            assert!(found.text.len() < 2 << 20, "{name}");
        }
    }
}

#[test]
fn long_names_are_paid_or_left_out() {
    let stream = bytes("23 01 00 00 00").repeat(13_000);
    let mut names = LongNames("x".repeat(1 << 20));
    let found = rendered_by(&mut names, Dialect::Biff8, &stream, &[]);
    assert_eq!(found.trouble, Some(Trouble::TooLong));
    assert!(found.text.len() <= stream.len() * AMPLIFIED + SLACK + 2 * 13_000);

    let limits = Limits {
        decoded_bytes: 1_000,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let stream = Stream {
        rgce: &stream[..50],
        extra: &[],
        dialect: Dialect::Biff8,
        encoding: encoding_rs::WINDOWS_1252,
    };
    // Ten names of 255 letters, of which 200 bytes are free.
    assert!(render(&stream, &mut names, &budget).is_err());
    assert!(render(&stream, &mut Workbook, &budget).is_ok());
    let limits = Limits {
        live_bytes: 1_000,
        ..Limits::default()
    };
    let found = render(&stream, &mut Workbook, &Budget::new(&limits, None)).unwrap();
    assert_eq!(found.trouble, Some(Trouble::TooLong));
}

#[test]
fn streams_longer_than_excel_allows_are_cut() {
    let mut stream = vec![0x1e, 0x01, 0x00];
    stream.resize(0x1_0000, 0x13);
    let found = rendered(Dialect::Biff12, &stream, &[]);
    assert_eq!(found.trouble, Some(Trouble::TooLong));
    assert_eq!(found.text.len(), 0xffff - 3 + 1);
}

/// Streams of pseudo-random bytes, which a small generator makes.
#[test]
fn any_bytes_are_a_stream() {
    let mut state = 0x2545_f491_u32;
    for round in 0..3_000_usize {
        let stream: Vec<u8> = (0..round % 97)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                // Half of the bytes are tokens that exist.
                (state >> 8) as u8 & if state & 1 == 0 { 0x7f } else { 0x1f }
            })
            .collect();
        let (rgce, extra) = stream.split_at(stream.len() * 3 / 4);
        for dialect in ALL {
            let found = rendered(dialect, rgce, extra);
            assert_eq!(found.text.matches('"').count() % 2, 0, "{}", found.text);
        }
    }
}
