//! Delimited text and DIF: §5.5 to §5.7.

use ddetect::{Format, Verdict};

use super::support::excel::delimited::{Delimiter, Encoding, encode, table};
use super::support::excel::{benign, dif, spellings};
use super::support::{analyze, dde, triples};
use super::{image, is_malicious, is_silent, named, only, triple};

/// The whole corpus in one file, a line each, and alone.
#[test]
fn the_published_corpus() {
    for payload in spellings::published() {
        let bytes = table(&payload.typed, Delimiter::Comma, Encoding::Utf8).unwrap();
        let report = named("a.csv", &bytes);
        let mut found = triples(&report);
        found.dedup();
        assert_eq!(found, payload.expected, "{}: {report:#?}", payload.name);
        assert_eq!(
            image(dde(&report)[0]),
            Some(payload.image),
            "{}",
            payload.name
        );
        assert_eq!(report.verdict(), Verdict::Malicious, "{}", payload.name);
    }
}

#[test]
fn the_function_of_libreoffice() {
    let payload = spellings::function();
    for delimiter in [Delimiter::Comma, Delimiter::Semicolon, Delimiter::None] {
        let bytes = table(&payload.typed, delimiter, Encoding::Utf8).unwrap();
        is_malicious(&named("a.csv", &bytes), ("cmd", "/C calc", "A0"));
    }
}

#[test]
fn what_is_no_link() {
    let rows = [
        "-5",
        "+49 171 1234567",
        "-a|b",
        "@user on a|b!c",
        "- item one|two!three",
        "- foo | bar!",
        "=HYPERLINK(\"#a|b!c\",\"q\")",
        "=A1&\"|\"&B1&\"!\"",
        "={1|2}",
        "--- | --- | !",
        "=VLOOKUP(a|b;…)",
    ];
    for row in rows.iter().chain(benign::TEXTS) {
        for delimiter in [
            Delimiter::Comma,
            Delimiter::Semicolon,
            Delimiter::Tab,
            Delimiter::None,
        ] {
            let bytes = table(row, delimiter, Encoding::Utf8).unwrap();
            for name in ["a.csv", "a.txt"] {
                let report = named(name, &bytes);
                assert!(report.findings().is_empty(), "{row}: {report:#?}");
                is_silent(&report);
            }
        }
    }
}

#[test]
fn a_link_in_a_text_is_no_dde() {
    let bytes = table(
        "=HYPERLINK(\"http://x/a|b!c\",\"q\")",
        Delimiter::Comma,
        Encoding::Utf8,
    );
    let report = named("a.csv", &bytes.unwrap());
    assert!(dde(&report).is_empty(), "{report:#?}");
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn case_1_sixteen_bits() {
    let bytes = encode("=cmd|'/c calc'!A0\tx\r\n", Encoding::Utf16Le).unwrap();
    is_malicious(&analyze(&bytes), ("cmd", "/c calc", "A0"));
}

#[test]
fn case_2_a_declared_separator() {
    let bytes = b"sep=;\r\n1;\"=cmd|'/c echo a;b'!A0\"\r\n";
    let report = named("a.csv", bytes);
    is_malicious(&report, ("cmd", "/c echo a;b", "A0"));
    // A separator that nobody would try.
    let report = named("a.csv", b"sep=^\r\n1^\"=cmd|'/c echo a^b'!A0\"\r\n");
    is_malicious(&report, ("cmd", "/c echo a^b", "A0"));
}

#[test]
fn case_3_the_function_in_quotation_marks() {
    let report = named(
        "a.csv",
        b"\"a\",\"=DDE(\"\"cmd\"\";\"\"/C calc\"\";\"\"x\"\")\"\r\n",
    );
    is_malicious(&report, ("cmd", "/C calc", "x"));
}

#[test]
fn case_4_ten_thousand_prices() {
    let rows: String = (0..10_000)
        .map(|row| format!("{row},-1.5|2!,+{row}|3!\r\n"))
        .collect();
    is_silent(&named("a.csv", rows.as_bytes()));
    is_silent(&named("a.txt", rows.replace(',', "\t").as_bytes()));
}

#[test]
fn case_5_nuls_between_the_letters() {
    let report = named("a.csv", b"x,\"=\0\0C\0\0m\0D\0|'/\0c calc.exe'\0!A\",y\r\n");
    is_malicious(&report, ("CmD", "/c calc.exe", "A"));
    assert!(super::support::techniques(only(&report)).contains(&"filler-characters"));
}

#[test]
fn case_6_sylk_named_csv() {
    let report = named("a.csv", b"ID;PWXL\r\nC;Y1;X1;K0;Ecmd|'/C calc'!A0\r\nE\r\n");
    assert_eq!(report.document().format, Format::Sylk);
    is_malicious(&report, ("cmd", "/C calc", "A0"));
}

/// §5.3: the same link under several delimiters is one.
#[test]
fn one_link_however_it_is_split() {
    let report = named("a.csv", b"=cmd|'/c calc'!A0\r\n");
    assert_eq!(triples(&report).len(), 1, "{report:#?}");
    // In two lines it stands twice.
    let report = named("a.csv", b"=cmd|'/c calc'!A0\r\n=cmd|'/c calc'!A0\r\n");
    assert!(
        triples(&report)
            .iter()
            .all(|found| *found == triple("cmd", "/c calc", "A0"))
    );
}

/// §5.3: a topic with a comma splits under commas only.
#[test]
fn a_topic_with_the_delimiter_unquoted() {
    let report = named("a.csv", b"1\r\n=rundll32|'URL.dll,OpenURL calc.exe'!A\r\n");
    assert_eq!(
        triples(&report).first(),
        Some(&triple("rundll32", "URL.dll,OpenURL calc.exe", "A")),
        "{report:#?}"
    );
}

/// §5.1, ISC 24150: what Excel does not recognise it opens as text.
#[test]
fn junk_with_one_line() {
    let junk = "lorem ipsum | dolor! sit\r\n".repeat(40);
    let text = format!("{junk}=cmd|'/c calc'!A0\r\n{junk}");
    for name in ["a.csv", "a.xls", "a.xlt", "a.slk", ""] {
        is_malicious(&named(name, text.as_bytes()), ("cmd", "/c calc", "A0"));
    }
    // Known to be something else: inert, at most suspicious (design, "Delimited text").
    let report = named("notes.md", text.as_bytes());
    assert!(report.verdict() <= Verdict::Suspicious, "{report:#?}");
}

#[test]
fn dif() {
    let bytes = dif::file(&["=cmd|'/c calc'!A0"]);
    for name in ["a.dif", "a", "a.csv"] {
        let report = named(name, &bytes);
        is_malicious(&report, ("cmd", "/c calc", "A0"));
        assert_eq!(report.document().format, Format::Dif);
    }
    is_silent(&named("a.dif", &dif::file(&["price", "-5 | 3 !", "@home"])));
}

/// What several readers or several ways to split a text find at one place is one finding.
#[test]
fn nothing_is_told_twice() {
    use std::collections::BTreeSet;
    let dde = "=cmd|'/c calc'!A0";
    let sylk = format!("ID;PWXL;N;E\r\nC;Y1;X1;K0;E{}\r\n{dde}\r\nE\r\n", &dde[1..]);
    let plain = format!("ID;N\r\n{dde}\r\nC;Y1;X1;K\"{dde}\"\r\nE\r\n");
    let page = format!(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><link rel=File-List \
         href=\"http://x.example/f.xml\"></head><table background=\"http://x.example/b.png\"><tr>\
         <td x:fmla=\"{dde}\">{dde}</td><td>=HYPERLINK(\"http://x.example/\")</td></tr></table>\
         <p style='mso-element:field-begin'>{dde}</p><iframe src=\"http://x.example/g\"></iframe>\
         <img src=\"http://x.example/i.png\"></html>"
    );
    let text = format!("sep=;\r\n{dde};\"{dde}\"\t{dde},{dde}\r\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [
        ("a.slk", sylk.as_bytes()),
        ("a.csv", sylk.as_bytes()),
        ("a.slk", plain.as_bytes()),
        ("a.csv", plain.as_bytes()),
        ("a.htm", page.as_bytes()),
        ("a.xls", page.as_bytes()),
        ("a.csv", text.as_bytes()),
        ("a.csv", wide.as_slice()),
    ] {
        let report = named(name, bytes);
        assert!(!report.findings().is_empty(), "{name}");
        let mut seen = BTreeSet::new();
        for found in report.findings() {
            let place = found.location.to_string();
            let words = [&found.service, &found.topic, &found.item, &found.target];
            let key = (format!("{:?}", found.kind), words.map(Clone::clone), place);
            assert!(seen.insert(key.clone()), "{name}: {key:?}");
        }
    }
}

/// §5.1: what is a text and of no format that Excel knows is opened as cells, if its name leads to
/// Excel; what stands in front of the line does not matter.
#[test]
fn texts_of_other_programs_named_workbook() {
    let heads = [
        "{\\rtf1 a}\n",
        "XLODBC\n1\n",
        "QueryType=OLEDB\n",
        "<a:x xmlns:a=\"urn:a\"/>\n",
        "BEGIN:VCARD\n",
        "From: a@b\nTo: c@d\nSubject: x\n\n",
    ];
    for head in heads {
        for name in ["a.xls", "a.XLSX", "a.xlt", "a.csv"] {
            let report = named(name, format!("{head}=cmd|'/c calc'!A0\n").as_bytes());
            assert_eq!(
                triples(&report),
                [triple("cmd", "/c calc", "A0")],
                "{name} {head:?}"
            );
            assert_eq!(report.verdict(), Verdict::Malicious, "{name} {head:?}");
        }
        // Without a formula nothing is said of cells.
        let report = named("a.xls", format!("{head}a,-5,=SUM(A1:A2)\n").as_bytes());
        assert!(triples(&report).is_empty(), "{head:?}");
    }
}
