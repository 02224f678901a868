//! Hostile spreadsheets: counts and sizes that lie, formulas of every length, and storms of
//! whatever each format is made of.
//!
//! A payload stands at the end of each storm: it is found, or there is a gap.

use std::time::Duration;

use ddetect::{Report, Verdict};

use super::support::excel::biff5;
use super::support::excel::biff8::{
    self, AUTOMATIC, BOUNDSHEET, Biff8, CONTINUE, EOF, EXTERNNAME, EXTERNSHEET, FORMULA, GLOBALS,
    NAME, SHEET, SUPBOOK, WORKED, WORKED_CELL, bof, container, extern_name, formula, record,
    supbook,
};
use super::support::excel::ods;
use super::support::excel::payload::Link;
use super::support::excel::spellings;
use super::support::excel::tokens::Token;
use super::support::excel::xlsb::{self, Xlsb, wide};
use super::support::excel::{html, sylk, xml2003};
use super::support::{analyze, triples};
use super::{LARGE, bounded_memory, turn, within};

/// 10 MB, or a twentieth of it.
const SIZE: usize = LARGE / 20;
/// For 10 MB of anything.
const PATIENCE: Duration = Duration::from_secs(2);
const TYPED: &str = "=cmd|'/c calc'!A0";

/// `head`, as many `piece`s as fit, `tail`.
fn storm(head: &[u8], piece: &[u8], tail: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = head.to_vec();
    while bytes.len() + piece.len() <= size {
        bytes.extend(piece);
    }
    bytes.extend(tail);
    bytes
}

#[track_caller]
fn never_clean(what: &str, bytes: &[u8]) -> Report {
    println!("{what}");
    let report = within(PATIENCE, bytes);
    assert!(report.verdict() > Verdict::Clean, "{what}");
    report
}

fn link() -> Vec<Link> {
    vec![Link::new("cmd", "/c calc", &["A0"])]
}

// Texts.

#[test]
fn the_cell_that_stops_others() {
    let _turn = turn();
    // 120 KB of this take another program 142 seconds.
    let bytes = storm(b"=", b"|", b"\r\n=cmd|'/c calc'!A0\r\n", 120_000);
    never_clean("120 KB of bars", &bytes);
    let bytes = storm(b"=", b"|", b"\r\n=cmd|'/c calc'!A0\r\n", LARGE / 2);
    never_clean("100 MB of bars", &bytes);
}

#[test]
fn delimited_texts() {
    let _turn = turn();
    for piece in [
        "|",
        "=|",
        "=a|",
        "=a|b!",
        "=a|b!c,",
        "=cmd|'/c a'!A0\r\n",
        "\"",
        "\"\"",
        "\"=",
        ",",
        ";",
        "\t",
        "\r\n",
        "\r",
        "'",
        "=a|'",
        "{",
        "=DDE(",
        "=DDE(\"a\";\"b\";\"c\")\r\n",
        "@",
        "+",
        "-1,-2,",
        "a b | c ! d\r\n",
        "=CHAR(61)&",
        "=HYPERLINK(\"http://x/\")\r\n",
        "\u{200b}",
        "\u{ff1d}",
        " ",
        "1,2,3,4\r\n",
        "sep=,\r\n",
    ] {
        let tail = format!("\r\n{TYPED}\r\n");
        let bytes = storm(b"name,value\r\n", piece.as_bytes(), tail.as_bytes(), SIZE);
        never_clean(piece, &bytes);
    }
    // NULs in front of every letter, and a text that is nothing but them.
    never_clean("NULs", &storm(b"a,b\r\n", b"\0", TYPED.as_bytes(), SIZE));
}

/// Sixteen bits a letter: decoding is not free.
#[test]
fn wide_texts() {
    let _turn = turn();
    for piece in ["=a|b!c,", "|", "\""] {
        let text = storm(
            b"a,b\r\n",
            piece.as_bytes(),
            b"\r\n=cmd|'/c calc'!A0",
            SIZE / 2,
        );
        let text = String::from_utf8(text).unwrap();
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        never_clean(piece, &bytes);
    }
}

#[test]
fn symbolic_links() {
    let _turn = turn();
    let head = b"ID;PWXL;N;E\r\n";
    let tail = b"\r\nC;Y1;X1;K0;Ecmd|'/c calc'!A0\r\nE\r\n";
    for piece in [
        ";",
        ";;",
        "C;",
        "C;Y1;X1;K0;Ea|b!c\r\n",
        "C;Y1;X1;K0;E1\r\n",
        "C;K\"a\r\n",
        "C;E\"",
        "NN;Na;E1\r\n",
        "O;E\r\n",
        "NN;Nauto_open;ER1C1\r\n",
        "C;S;R1;C1\r\n",
        "C;Y4294967295;X4294967295;E1\r\n",
        "C;Y1;X1;EEXEC(\"a\")\r\n",
        "NE;Ea;Sb\r\n",
        "\x1bN",
        "\x1b",
        "\r\n",
        "ID;P\r\n",
        "C;Ea|",
        "C;E'",
        "C;E{",
        "C;EDDE(\"a\";;\"b\";;\"c\")\r\n",
        "E\r\nC;E1\r\n",
        "P;Pa\r\n",
    ] {
        never_clean(piece, &storm(head, piece.as_bytes(), tail, SIZE));
    }
    assert!(sylk::file("", &[]).starts_with(b"ID;P\r\n"));
}

#[test]
fn interchange_files() {
    let _turn = turn();
    let head = b"TABLE\r\n0,1\r\n\"EXCEL\"\r\nDATA\r\n0,0\r\n\"\"\r\n-1,0\r\nBOT\r\n";
    let tail = b"\r\n1,0\r\n\"=cmd|'/c calc'!A0\"\r\n-1,0\r\nEOD\r\n";
    for piece in [
        "1,0\r\n\"a\"\r\n",
        "0,1\r\nV\r\n",
        "-1,0\r\nBOT\r\n",
        "1,0\r\n",
        "\"",
        "1,0\r\n\"=a|b!c\"\r\n",
        "1,0\r\n\"=cmd|'/c a'!A0\"\r\n",
        "0,99999999999999999999\r\nV\r\n",
        "\r\n",
        "TABLE\r\n",
    ] {
        never_clean(piece, &storm(head, piece.as_bytes(), tail, SIZE));
    }
}

// Markup.

#[test]
fn excel_2003_xml() {
    let _turn = turn();
    let text = xml2003::Book::default().text();
    let (head, tail) = text.split_once("</Row>").unwrap();
    let payload = xml2003::cell(TYPED);
    for piece in [
        "<Cell ss:Formula=\"=a|b!c\"/>",
        "<Cell ss:Formula=\"=cmd|'/c a'!A0\"/>",
        "<Cell ss:Formula=\"=1\"><Data ss:Type=\"Number\">1</Data></Cell>",
        "<Cell/>",
        "</Row><Row>",
        "</Row></Table></Worksheet><Worksheet ss:Name=\"x\"><Table><Row>",
        "<Cell>",
        "<SupBook><Path>a|b</Path><ExternName><Name>c</Name></ExternName></SupBook>",
        "<SupBook><Path>",
        "<NamedRange ss:Name=\"a\" ss:RefersTo=\"=a|b!c\"/>",
        "&#61;",
        "<Cell ss:Index=\"4294967295\"/>",
        "=|",
    ] {
        let tail = format!("{payload}</Row>{tail}");
        never_clean(
            piece,
            &storm(head.as_bytes(), piece.as_bytes(), tail.as_bytes(), SIZE),
        );
    }
}

#[test]
fn pages() {
    let _turn = turn();
    let text = html::page("", "@");
    let (head, tail) = text.split_once('@').unwrap();
    let payload = format!("<tr><td x:fmla=\"{TYPED}\">0</td></tr>");
    for piece in [
        "<td>=a|b!c</td>",
        "<td>=cmd|'/c a'!A0</td>",
        "<td>",
        "<td>=",
        "<tr>",
        "<table>",
        "<td x:fmla=\"=a|b!c\">",
        "</td>",
        "<td>=<b>",
        "&#61;",
        "=|",
        "<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:SupBook><x:Path>a|b</x:Path></x:SupBook></x:ExcelWorkbook></xml><![endif]-->",
        "<!--[if gte mso 9]><xml><x:ExcelWorkbook>",
        "<x:SupBook><x:Path>",
    ] {
        let tail = format!("{payload}{tail}");
        never_clean(
            piece,
            &storm(head.as_bytes(), piece.as_bytes(), tail.as_bytes(), SIZE),
        );
    }
    // Here the payload stands in a value or in a comment that never ends: no program sees it.
    for piece in ["<td x:fmla=\"", "<!--"] {
        let tail = format!("{payload}{tail}");
        let bytes = storm(head.as_bytes(), piece.as_bytes(), tail.as_bytes(), SIZE);
        within(PATIENCE, &bytes);
    }
}

#[test]
fn open_document_sheets() {
    let _turn = turn();
    let payload = ods::cell("of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;A0&quot;)");
    for piece in [
        "<table:table-cell table:formula=\"of:=DDE(&quot;a&quot;;&quot;b&quot;;&quot;c&quot;)\"/>",
        "<table:table-cell table:formula=\"of:=[.A1]\"/>",
        "<table:table-cell table:number-columns-repeated=\"4294967295\"/>",
        "<table:table-cell><text:p>x</text:p></table:table-cell>",
        "<table:table-cell table:formula=\"of:=DDE(DDE(DDE(\"/>",
        "<table:table>",
        "</table:table-row></table:table><table:table table:name=\"x\"><table:table-row>",
        "<office:dde-source office:dde-application=\"a\" office:dde-topic=\"b\" office:dde-item=\"c\"/>",
    ] {
        let cells = storm(b"", piece.as_bytes(), payload.as_bytes(), SIZE);
        let body = ods::body(&String::from_utf8(cells).unwrap(), "");
        never_clean(piece, &ods::flat(&body));
        never_clean(piece, &ods::package(&body));
    }
}

// Records.

/// Globals of a workbook: a storm between the BOF and the link that matters.
fn book_storm(piece: &[u8]) -> Vec<u8> {
    let tail = [WORKED.to_vec(), record(EOF, &[])].concat();
    let globals = storm(&bof(GLOBALS), piece, &tail, SIZE);
    let sheet = [bof(SHEET), WORKED_CELL.to_vec(), record(EOF, &[])].concat();
    [globals, sheet].concat()
}

#[test]
fn records() {
    let _turn = turn();
    let name_x = Biff8::new(&link(), &[Token::Link(0, 1)]);
    let choose = [&[0x19, 0x04, 0xff, 0xff][..], &[0; 16]].concat();
    let pieces: Vec<(&str, Vec<u8>)> = vec![
        ("empty records", record(0x00ff, &[])),
        ("BOF", bof(SHEET)),
        ("BOF of globals", bof(GLOBALS)),
        ("BOF and EOF", [bof(SHEET), record(EOF, &[])].concat()),
        ("BOUNDSHEET", biff8::bound_sheet("a", 0, 0)),
        ("BOUNDSHEET of no length", record(BOUNDSHEET, &[])),
        ("SUPBOOK", supbook("a\u{3}b")),
        ("SUPBOOK of a program", supbook("cmd\u{3}/c a")),
        (
            "SUPBOOK of 65,535 sheets",
            record(SUPBOOK, &[0xff, 0xff, 1, 0, 0, b'a']),
        ),
        (
            "SUPBOOK of another length",
            record(SUPBOOK, &[0, 0, 0xff, 0xff, 1, 0x63]),
        ),
        ("CONTINUE", record(CONTINUE, &[0; 4])),
        ("EXTERNNAME", extern_name(AUTOMATIC, "a")),
        (
            "EXTERNNAME with cached cells",
            record(EXTERNNAME, b"\xe2\x7f\0\0\0\0\x01\0A\xff\xff\xff\0\0"),
        ),
        (
            "EXTERNSHEET",
            record(EXTERNSHEET, &[0xff, 0xff, 0, 0, 0, 0, 0, 0]),
        ),
        ("NAME", biff8::name(0, "a", &[0x59, 0, 0, 1, 0, 0, 0])),
        (
            "NAME of another length",
            record(NAME, &[0, 0, 0, 0xff, 0xff, 0xff, 0, 0]),
        ),
        ("FORMULA", formula(0, 0, &[0x59, 0, 0, 1, 0, 0, 0])),
        ("FORMULA of another length", record(FORMULA, &[0xff; 22])),
        ("FORMULA of unknown tokens", formula(0, 0, &[0x7f; 64])),
        ("FORMULA with a long choice", formula(0, 0, &choose)),
        ("STRING", record(0x0207, &[0xff, 0xff, 0, b'a'])),
        (
            "link and cell",
            [name_x.table(), formula(3, 1, &[0x59, 0, 0, 1, 0, 0, 0])].concat(),
        ),
        ("SXSTRING", record(0x00cd, &[0xff, 0xff, 0, b'a'])),
        (
            "DCONREF",
            record(0x0051, &[0, 0, 0, 0, 0, 0, 3, 0, 0, 1, 1, b'C']),
        ),
    ];
    for (what, piece) in pieces {
        let stream = book_storm(&piece);
        never_clean(what, &stream);
        never_clean(
            &format!("{what}, in a container"),
            &container(&[("Workbook", stream)]),
        );
    }
}

/// Formulas as long as they can be, of every token.
#[test]
fn long_formulas() {
    let _turn = turn();
    let token = |bytes: &[u8]| -> Vec<u8> { bytes.repeat(60_000 / bytes.len()) };
    let nested: Vec<u8> = [0x1e, 1, 0].iter().copied().chain([0x12; 60_000]).collect();
    let growing = [token(b"\x17\x08\0aaaaaaaa"), vec![0x08; 5_000]].concat();
    for (what, rgce) in [
        ("signs", nested),
        ("texts", growing),
        ("links", token(&[0x59, 0, 0, 1, 0, 0, 0])),
        ("parentheses", token(&[0x15])),
        ("functions", token(&[0x42, 0x7f, 4, 0])),
        ("attributes", token(&[0x19, 1, 0, 0])),
        ("choices", token(&[0x19, 4, 1, 0, 0, 0, 0, 0])),
        ("arrays", token(&[0x60, 0, 0, 0, 0, 0, 0, 0])),
        ("areas", token(&[0x25, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0])),
        ("memory", token(&[0x29, 0xff, 0xff])),
    ] {
        // One record of this length, and the same over CONTINUE records.
        let whole = formula(3, 1, &rgce);
        let header = &whole[4..26];
        let mut cut = record(FORMULA, &[header, &rgce[..8_000]].concat());
        for piece in rgce[8_000..].chunks(8_224) {
            cut.extend(record(CONTINUE, piece));
        }
        for (how, cell) in [("whole", whole.clone()), ("cut", cut)] {
            let count = (SIZE / cell.len()).max(1);
            let sheet = [cell.repeat(count), WORKED_CELL.to_vec()].concat();
            let report = never_clean(
                &format!("{what}, {how}"),
                &container(&[("Workbook", biff8::stream(WORKED, &sheet))]),
            );
            assert!(!triples(&report).is_empty(), "{what}, {how}");
        }
    }
}

/// Sizes and counts that lie cost nothing, and what stands before them is kept.
#[test]
fn lies_of_records() {
    let _turn = turn();
    for lie in [
        &b"\xae\x01\xff\xff\0\0"[..],
        b"\x23\0\xff\xff",
        b"\x17\0\x02\0\xff\xff",
        b"\xff\xff\xff\xff",
        b"\x06\0\xff\xff\x03\0",
        b"\x85\0\x08\0\xff\xff\xff\xff\0\0\xff\0",
        b"\xae",
    ] {
        let stream = [bof(GLOBALS), WORKED.to_vec(), lie.to_vec()].concat();
        for bytes in [stream.clone(), container(&[("Workbook", stream)])] {
            let report = bounded_memory(&bytes);
            assert_eq!(triples(&report).len(), 1, "{lie:x?}: {report:#?}");
            assert_eq!(report.verdict(), Verdict::Malicious);
        }
    }
    // 16.7 million cached cells that are not there, again and again.
    let name = record(EXTERNNAME, b"\xe2\x7f\0\0\0\0\x02\0A1\xff\xff\xff");
    let table = [supbook("cmd\u{3}/c calc"), name.repeat(SIZE / 20)].concat();
    never_clean(
        "cached cells",
        &container(&[("Workbook", biff8::stream(&table, &[]))]),
    );
}

#[test]
fn older_records() {
    let _turn = turn();
    let tail = biff5::table(&link());
    for (what, piece) in [
        ("EXTERNSHEET", biff5::extern_sheet("a", "b")),
        (
            "EXTERNSHEET of another length",
            record(EXTERNSHEET, &[0xff, b'a', 3]),
        ),
        ("EXTERNNAME", biff5::extern_name(0x7fe2, "a")),
        ("BOF", biff5::bof(0x0010)),
        (
            "BOF and EOF",
            [biff5::bof(0x0010), record(EOF, &[])].concat(),
        ),
        ("FORMULA", biff5::formula(0, 0, &[0x59; 25])),
        ("EXTERNCOUNT", record(0x0016, &[0xff, 0xff])),
    ] {
        let end = [tail.clone(), record(EOF, &[])].concat();
        never_clean(what, &storm(&biff5::bof(0x0005), &piece, &end, SIZE));
    }
}

/// Cut and changed anywhere: no panic, and what is cut off is not called clean.
#[test]
fn broken_anywhere() {
    let _turn = turn();
    let stream = Biff8::new(&link(), &[Token::Link(0, 1)]).stream();
    let wide_stream = {
        let mut book = Biff8::new(&link(), &[Token::Link(0, 1)]);
        (book.wide, book.cut) = (true, Some(2));
        book.stream()
    };
    let old = biff5::stream(&link(), &[Token::Link(0, 1)], biff5::Table::Sheet);
    for whole in [stream, wide_stream, old] {
        for end in 0..whole.len() {
            analyze(&whole[..end]);
        }
        for at in 0..whole.len() {
            for change in [0x55, 0xff, 0x80] {
                let mut bytes = whole.clone();
                bytes[at] ^= change;
                analyze(&bytes);
            }
        }
    }
}

// Records in packages.

/// A workbook with these bytes as its sheet, and as its link part.
fn packages(bytes: &[u8]) -> [Vec<u8>; 2] {
    let book = Xlsb::new(&link(), &[Token::Link(0, 1)]);
    let link = [xlsb::dde_part(&book.links[0]), bytes.to_vec()].concat();
    [
        book.package()
            .part("xl/worksheets/sheet1.bin", bytes)
            .build(),
        book.package()
            .part("xl/externalLinks/externalLink1.bin", link)
            .build(),
    ]
}

#[test]
fn binary_packages() {
    use xlsb::record;
    let _turn = turn();
    let sup = xlsb::dde_part(&Link::new("a", "b", &["c"]));
    let program = xlsb::dde_part(&Link::new("cmd", "/c a", &["c"]));
    let cell = [
        &1_u32.to_le_bytes()[..],
        &[0; 4],
        &[0x17, 0, 0],
        &[7, 0, 0, 0],
        &[0x59, 0, 0, 1, 0, 0, 0],
        &[0; 4],
    ];
    let pieces: Vec<(&str, Vec<u8>)> = vec![
        ("empty records", record(1, &[])),
        ("rows", record(0, &[0; 17])),
        ("cells", record(11, &cell.concat())),
        ("cells of another length", record(11, &[0xff; 17])),
        ("links", sup),
        ("links of a program", program),
        ("begins", record(360, &[1, 0])),
        ("ends", record(588, &[])),
        (
            "names of links",
            [record(577, &wide("a")), record(587, &[])].concat(),
        ),
        (
            "a text of 4 billion",
            record(577, &[0xff, 0xff, 0xff, 0x7f, 0x41, 0]),
        ),
        (
            "sheets",
            record(156, &[&[0; 8][..], &wide("rId1"), &wide("x")].concat()),
        ),
        ("4 billion references", record(362, &[0xff; 16])),
        (
            "names",
            record(39, &[&[0; 9][..], &wide("a"), &[0; 8]].concat()),
        ),
        ("future records", record(35, &[0; 4])),
        ("types of two bytes", vec![0x80, 0]),
        ("high bytes", vec![0xff]),
        ("zeros", vec![0]),
    ];
    for (what, piece) in pieces {
        let bytes = storm(&[], &piece, &[], SIZE);
        for (where_, file) in ["sheet", "link"].iter().zip(packages(&bytes)) {
            let report = never_clean(&format!("{what} in the {where_}"), &file);
            assert!(!triples(&report).is_empty(), "{what} in the {where_}");
        }
    }
    // A million sheets in the workbook part.
    let book = Xlsb::new(&link(), &[Token::Link(0, 1)]);
    let sheet = record(156, &[&[0; 8][..], &wide("rId1"), &wide("x")].concat());
    let workbook = [storm(&[], &sheet, &[], SIZE), book.workbook().main()].concat();
    never_clean(
        "sheets",
        &book.package().part("xl/workbook.bin", workbook).build(),
    );
    let whole = xlsb::worked_link_part();
    for end in 0..whole.len() {
        packages(&whole[..end]).iter().for_each(|bytes| {
            analyze(bytes);
        });
    }
}

/// The workbook of markup, once more with what only it has.
#[test]
fn markup_workbooks() {
    let _turn = turn();
    let payload = spellings::all().swap_remove(0);
    let cell = format!("<c r=\"B4\"><f>{}</f></c></row>", payload.formula());
    for piece in [
        "<c><f>a|b!c</f></c>",
        "<c><f>[1]!a</f></c>",
        "<c><f>[4294967295]!a</f></c>",
        "<c><f t=\"shared\" si=\"0\"/></c>",
        "<c t=\"s\"><v>0</v></c>",
        "<c t=\"inlineStr\"><is><t>=a|b!c</t></is></c>",
        "<row>",
        "<f>",
        "<c r=\"XFD1048576\"/>",
    ] {
        let rows = storm(b"<row>", piece.as_bytes(), cell.as_bytes(), SIZE);
        let book = super::support::xlsx::Workbook::new().package();
        let s = super::support::xlsx::S;
        let rows = String::from_utf8(rows).unwrap();
        let sheet = format!("<worksheet xmlns=\"{s}\"><sheetData>{rows}</sheetData></worksheet>");
        never_clean(piece, &book.part("xl/worksheets/sheet1.xml", sheet).build());
    }
    let sheets = "<sheet name=\"x\" sheetId=\"1\" r:id=\"rId1\"/>".repeat(SIZE / 40);
    let book = super::support::xlsx::Workbook::new()
        .dde("cmd", "/c calc", &["A0"])
        .after_sheets(&format!("<sheets>{sheets}</sheets>"));
    never_clean("a quarter of a million sheets", &book.build());
}
