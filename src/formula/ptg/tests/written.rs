//! Formulas that other programs wrote.

use super::*;

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
