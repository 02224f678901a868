//! Names, functions and links in the text.

use super::*;

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
