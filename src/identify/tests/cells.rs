//! Text that a spreadsheet program would enter as cells.

use super::*;

#[test]
fn worksheets_of_text_are_told_by_their_first_line() {
    let rows = [
        ("ID;PWXL;N;E\r\nC;Y1;X1;K1\r\nE\r\n", Format::Sylk),
        ("\u{feff}id\r\n", Format::Sylk),
        ("\0 ID;P\nC;K1", Format::Sylk),
        ("TABLE\r\n0,1\r\n\"EXCEL\"\r\n", Format::Dif),
    ];
    for (text, format) in rows {
        assert_eq!(first(text.as_bytes()), Identity::read(format), "{text:?}");
        let wide = utf16(&format!("\u{feff}{text}"));
        assert_eq!(formats(&wide), [format], "UTF-16 {text:?}");
    }
    for text in ["identity", "ID number,name\n1,x", "TABLE\nof contents"] {
        assert_eq!(formats(text.as_bytes()), [Format::Other], "{text:?}");
    }
}

#[test]
fn text_that_cannot_hold_a_formula_is_no_gap() {
    for text in [
        "plain text, nothing else",
        "a;b;c\r\n1;2;3\r\n-5;+49 171 1234567;x\r\n",
        "- item one\n- item two\n",
        "see (this) | and that = x|y",
        "\"quoted, field\",2",
        "=1+2",
        "- see (this)\n- or | that",
        "-1.5,2 (two)\n",
    ] {
        assert_eq!(
            first(text.as_bytes()),
            Identity::opaque(SkipReason::Unknown),
            "{text:?}"
        );
    }
}

#[test]
fn text_with_a_formula_trigger_is_read() {
    for text in [
        "=cmd|'/c calc'!A0",
        "a,b\r\n1,=cmd|'/c calc'!A0",
        "a;b\r\n1;\"=cmd|'/c echo a;b'!A0\"",
        "x\t+cmd|'/c calc'!A0",
        "@SUM(1+9)*cmd|'/c calc'!A0",
        "-2+3+cmd|'/c calc'!D2",
        "\"a\",\"=DDE(\"\"cmd\"\";\"\"/C calc\"\";\"\"x\"\")\"",
        "  =HYPERLINK(\"http://example.invalid\")",
        "\0=\0cmd|'/c calc'!A0",
        "sep=^\n1^=cmd|'/c calc'!A0",
        "1,\"=cmd\n|'/c calc'!A0\"",
        "＝cmd|'/c calc'!A0",
        "x,＋cmd|'/c calc'!A0",
    ] {
        assert_eq!(
            formats(text.as_bytes()),
            [Format::DelimitedText],
            "{text:?}"
        );
        for data in [
            utf16(&format!("\u{feff}{text}")),
            utf16_be(&format!("\u{feff}{text}")),
        ] {
            assert_eq!(formats(&data), [Format::DelimitedText], "UTF-16 {text:?}");
        }
        // Far from the start, in blocks.
        let far = format!("{}\n{text}", "plain,1,2\n".repeat(10_000));
        let mut sniffer = Sniffer::default();
        far.as_bytes()
            .chunks(1_001)
            .for_each(|block| sniffer.feed(block));
        assert_eq!(
            sniffer.finish().remove(0).format == Format::DelimitedText,
            !text.starts_with("sep")
        );
    }
    // Excel opens what it does not know as text: binary junk does not hide a formula.
    let mut junk: Vec<u8> = (0..4_000u32)
        .map(|n| ((n * 7919) >> 3) as u8 & 0x1f)
        .collect();
    junk.extend(b"\n=cmd|'/c calc'!A0\n");
    assert_eq!(formats(&junk), [Format::DelimitedText]);
}

/// Whether the bytes are read as cells under a name.
fn is_read_as_cells(data: &[u8], name: &str) -> bool {
    let cells = Identity::read(Format::DelimitedText);
    identify_as(data, Some(name)).contains(&cells)
}

const CELL: &str = "=cmd|'/c calc'!A0";

#[test]
fn a_signature_does_not_hide_cells() {
    // Letters that are a signature by chance: whatever the name is.
    for head in [
        "GIF89a", "MZ,Name", "ID3", "FWS", "OTTO", "8BPS", "BM", "%PDF-1.4", "%!PS", "<foo>,1",
    ] {
        let text = format!("{head}\r\n1,{CELL}\r\n");
        assert!(is_read_as_cells(text.as_bytes(), ""), "{head}");
        assert!(is_read_as_cells(text.as_bytes(), "a.csv"), "{head}");
        assert!(!is_read_as_cells(
            format!("{head}\r\n1,2").as_bytes(),
            "a.csv"
        ));
    }
    // Formats of text are what they are, unless the name says that Excel opens it.
    for head in [
        "{\\rtf1",
        "[odbc]",
        "<html>",
        "<a>,1",
        "XLODBC",
        "BEGIN:VCARD",
        "PK\x03\x04",
        "From: a@b.example\r\nTo: c@d.example\r\n",
    ] {
        let text = format!("{head}\r\n{CELL}\r\n");
        assert!(!is_read_as_cells(text.as_bytes(), "a.doc"), "{head}");
        assert!(is_read_as_cells(text.as_bytes(), "a.csv"), "{head}");
        assert!(is_read_as_cells(text.as_bytes(), "x/A.TSV. "), "{head}");
        // Excel has readers for pages and archives under the name of a workbook.
        let foreign = !matches!(head, "<html>" | "<a>,1" | "PK\x03\x04");
        assert_eq!(
            is_read_as_cells(text.as_bytes(), "a.xls"),
            foreign,
            "{head}"
        );
    }
    // The reader of SYLK reads the cells as well.
    let text = format!("ID;P\r\n{CELL}\r\n");
    assert_eq!(formats(text.as_bytes()), [Format::Sylk]);
    assert!(!is_read_as_cells(text.as_bytes(), "a.csv"));
    // What is no text is none by chance.
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".repeat(400);
    picture.extend(format!("\n{CELL}\n").bytes());
    assert!(!is_read_as_cells(&picture, "a.png"));
    assert!(is_read_as_cells(&picture, "a.csv"));
}

#[test]
fn what_stands_behind_does_not_hide_cells() {
    let archive = "PK\x03\x04\x14\0\0\0\0\0PK\x05\x06";
    for behind in [
        "%PDF-1.4\n",
        archive,
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\n",
    ] {
        let text = format!("{CELL}\r\n{behind}");
        assert!(is_read_as_cells(text.as_bytes(), ""), "{behind}");
        assert!(identify(text.as_bytes()).len() > 1, "{behind}");
    }
    assert!(is_read_as_cells(b"=cmdftyp|'/c calc'!A0", ""));
}

#[test]
fn a_page_is_told_by_its_cells_wherever_they_stand() {
    let cells = "<table><tr><td>=cmd|'/c calc'!A0</td></tr></table>";
    for front in [
        "<em>",
        "<nav>",
        "<h4>",
        "<tbody>",
        "<foo>",
        "<!-- x --><foo>",
        "</x>",
        "<1>",
        "hello\r\n",
        "<o:p>",
        "%PDF-1.4\n",
        "+/v8-<html>",
    ] {
        let data = format!("{front}{cells}");
        assert!(formats(data.as_bytes()).contains(&Format::Html), "{front}");
    }
    // Not in markup that is known to be something else.
    let other =
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>";
    assert!(!formats(format!("{other}{cells}").as_bytes()).contains(&Format::Html));
    assert!(!formats(b"if a<tables && b<tdx then").contains(&Format::Html));
}

#[test]
fn worksheets_of_text_with_blanks_in_their_first_line() {
    for text in ["ID;P\r\n", "ID ;P\r\n", "ID\0;P\r\n", "ID\t;P\n", "id\r"] {
        assert_eq!(formats(text.as_bytes()), [Format::Sylk], "{text:?}");
    }
    assert_eq!(opaque(b"ID Name\r\n"), Some(SkipReason::Unknown));
    // A comma is none of its signs; records behind it are.
    for text in [
        "ID,P\r\nC;Y1;X1;K0;Ecmd|'/c calc'!A0\r\nE\r\n",
        "ID,PWXL,N,E\r\nNN;NAuto_open;ER101C1\r\nC;X1;Y101;EEXEC(\"calc\")\r\n",
    ] {
        assert_eq!(formats(text.as_bytes()), [Format::Sylk], "{text:?}");
    }
    for text in ["ID,P\r\n1,2\r\n", "ID,Name\r\nC;x\r\nNN;y\r\n"] {
        assert_eq!(formats(text.as_bytes()), [Format::Other], "{text:?}");
    }
    assert_eq!(opaque(b"IDX\r\n"), Some(SkipReason::Unknown));
}

/// Excel drops control characters (`spec/excel.md` §0.4), and opens what has many of them as text
/// all the same.
#[test]
fn control_characters_hide_no_formula() {
    let dense: Vec<u8> = b"=cmd|'/c calc'!A0"
        .iter()
        .flat_map(|letter| [*letter, 1, 0x1f, 0x7f])
        .collect();
    let rows: [&[u8]; 4] = [
        b"first,=c\x01md|'/C\x7f calc'!A0",
        b"=\x02cmd\x03|'/c\x04 calc'!A0",
        b"\x01\x02\x03\x04\x05\x06\n=cmd|'/c calc'!A0",
        &dense,
    ];
    for data in rows {
        assert_eq!(formats(data), [Format::DelimitedText], "{data:?}");
    }
    let picture = [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        b"\0\0\n=cmd|'/c calc'!A0\n",
    ]
    .concat();
    assert_eq!(opaque(&picture), Some(SkipReason::Picture));
    // A formula does not go over a NUL or a byte that is no ASCII, in bytes that are no text.
    for end in [0, 0x80, 0xff] {
        let junk = [
            b"\x01\x02\x03\x04\x05\x06\n=cmd",
            [end].as_slice(),
            b"|'/c calc'!A0",
        ]
        .concat();
        assert_eq!(opaque(&junk), Some(SkipReason::Unknown), "{end}");
    }
}
