//! Commands made to hold an analysis up: text that grows, loops, layers. The command is found all
//! the same, and what could not be undone is said. `cargo test --release --test hostile commands --
//! --nocapture` prints the table.

use std::io::Write as _;

use super::support::word::mht::base64;
use super::wrappers::{Case, check, scaled};

/// A text of cells with that command.
fn cells(commands: impl Iterator<Item = String>) -> Vec<u8> {
    let mut text = String::new();
    for command in commands {
        let formula = format!("=cmd|'/c {}'!A0", command.replace('\'', "''"));
        text += &format!("\"{}\"\r\n", formula.replace('"', "\"\""));
    }
    text.into_bytes()
}

fn cell(command: impl Into<String>) -> Vec<u8> {
    cells(std::iter::once(command.into()))
}

fn power_shell(script: impl AsRef<str>) -> Vec<u8> {
    cell(format!("powershell -c \"{}\"", script.as_ref()))
}

/// Base64 of UTF-16, in one line.
fn encoded(script: &str) -> String {
    let units: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    base64(&units).replace(['\r', '\n'], "")
}

/// `step` so often, one after the other, behind `first` and in front of `last`.
fn chain(first: &str, step: &str, times: usize, last: &str) -> String {
    format!("{first}{}{last}", step.repeat(times))
}

/// `open` so often, `inner`, then `close` as often.
fn layers(open: &str, inner: &str, close: &str, times: usize) -> String {
    format!("{}{inner}{}", open.repeat(times), close.repeat(times))
}

fn gzip_bomb() -> String {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![b' '; scaled(200_000_000)]).unwrap();
    let coded = base64(&gzip.finish().unwrap()).replace(['\r', '\n'], "");
    format!(
        "IEX (New-Object IO.StreamReader(New-Object IO.Compression.GzipStream([IO.MemoryStream]\
         [Convert]::FromBase64String('{coded}'),[IO.Compression.CompressionMode]::Decompress)))\
         .ReadToEnd()"
    )
}

fn shell() -> Vec<Case> {
    let million = scaled(1_000_000);
    let alphabet: String = ('a'..='z').map(|c| format!("{c} ")).collect();
    let loops: String = ('a'..='j')
        .map(|c| format!("for %{c} in ({alphabet}) do "))
        .collect();
    vec![
        (
            "a variable doubled 60 times",
            cell(chain(
                "cmd /v:on /c set a=calc& ",
                "set a=!a!!a!& ",
                60,
                "!a!",
            )),
        ),
        (
            "the same through call",
            cell(chain("set a=calc& ", "call set a=%a%%a%& ", 60, "call %a%")),
        ),
        (
            "a variable of itself",
            cell(chain("", "set a=%a%& set b=!b!%b%& ", 10_000, "%a%")),
        ),
        (
            "a loop of 2^31",
            cell("for /l %i in (1,1,2147483647) do calc %i"),
        ),
        ("ten loops in each other", cell(format!("{loops}calc"))),
        (
            "a loop over its own output",
            cell(layers("for /f %i in ('", "calc", "') do %i", 2_000)),
        ),
        (
            "cmd /c 10,000 times",
            cell("cmd /c ".repeat(10_000) + "calc"),
        ),
        ("2 MB of carets", cell("^".repeat(million * 2) + "calc")),
        (
            "10,000 layers of quoting",
            cell(layers("cmd /c \"", "calc", "\"", 10_000)),
        ),
        (
            "500,000 slices of a variable",
            cell("%comspec:~0,1%".repeat(million / 2)),
        ),
        (
            "replacements that grow",
            cell(chain(
                "cmd /v /c set a=aaaaaaaaaa& ",
                "set a=!a:a=aaaaaaaaaa!& ",
                30,
                "!a!",
            )),
        ),
        ("a million commands", cell("a&".repeat(million))),
        ("a million pipes", cell("a|".repeat(million))),
        ("a million brackets", cell("(".repeat(million))),
    ]
}

fn powershell() -> Vec<Case> {
    let million = scaled(1_000_000);
    let nested = (0..7).fold("calc".to_owned(), |inner, _| {
        format!("powershell -enc {}", encoded(&inner))
    });
    vec![
        (
            "64 MB of -enc",
            cell(format!("powershell -enc {}", "QQBB".repeat(16 * million))),
        ),
        ("-enc in -enc", cell(nested)),
        ("a gzip bomb", power_shell(gzip_bomb())),
        (
            "10,000 brackets",
            power_shell(layers("(", "calc", ")", 10_000)),
        ),
        (
            "10,000 subexpressions",
            power_shell(layers("$(", "calc", ")", 10_000)),
        ),
        (
            "10,000 layers of IEX",
            power_shell(layers("IEX('", "calc", "')", 10_000)),
        ),
        ("'a'*1000000000", power_shell("IEX ('a'*1000000000)")),
        (
            "a text doubled 60 times",
            power_shell(chain("$a='calc;';", "$a=\"$a$a\";", 60, "IEX $a")),
        ),
        (
            "-f that grows",
            power_shell(chain(
                "$a='calc;';",
                "$a='{0}{0}{0}{0}' -f $a;",
                60,
                "IEX $a",
            )),
        ),
        (
            "-replace that grows",
            power_shell(chain(
                "$a='a';",
                "$a=$a -replace 'a','aaaaaaaaaa';",
                60,
                "IEX $a",
            )),
        ),
        (
            "-join of a thousand million",
            power_shell("IEX (-join (1..1000000000))"),
        ),
        (
            "an expression that takes long to match",
            power_shell(format!(
                "IEX ('{}' -replace '((((a+)+)+)+)+$','x')",
                "a".repeat(100_000)
            )),
        ),
        (
            "a million characters by number",
            power_shell(format!("IEX (-join [char[]]({}97))", "97,".repeat(million))),
        ),
        (
            "a million terms",
            power_shell(format!("IEX ({}'a')", "'a'+".repeat(million))),
        ),
        ("a million backticks", power_shell("`c".repeat(million))),
        (
            "10,000 script blocks",
            power_shell(layers("&{", "calc", "}", 10_000)),
        ),
    ]
}

fn scripts() -> Vec<Case> {
    let million = scaled(1_000_000);
    let vb = |code: String| cell(format!("mshta vbscript:{code}"));
    let js = |code: String| cell(format!("mshta javascript:{code}"));
    vec![
        (
            "String(2147483647)",
            vb("Execute(String(2147483647,\"a\"))".to_owned()),
        ),
        (
            "Replace that grows",
            vb(format!(
                "Execute({})",
                layers("Replace(", "\"a\"", ",\"a\",\"aaaaaaaaaa\")", 1_000)
            )),
        ),
        (
            "a million Chr",
            vb(format!("Execute({}Chr(65))", "Chr(65)&".repeat(million))),
        ),
        (
            "a million numbers of fromCharCode",
            js(format!(
                "eval(String.fromCharCode({}97))",
                "97,".repeat(million)
            )),
        ),
        (
            "unescape in unescape",
            js(layers("eval(unescape('", "%2525", "'))", 10_000)),
        ),
        ("a million brackets of JScript", js("(".repeat(million))),
        (
            "10,000 functions",
            js(layers("function(){", "a", "}()", 10_000)),
        ),
        (
            "reversed, split and joined",
            js(format!(
                "eval('{}'{})",
                "a".repeat(million),
                ".split('').reverse().join('')".repeat(100)
            )),
        ),
    ]
}

fn many() -> Vec<Case> {
    let rows = scaled(100_000);
    let mut again = String::from("calc");
    for _ in 0..3 {
        again = format!("powershell -enc {}", encoded(&again));
    }
    vec![
        (
            "100,000 commands in carets",
            cells((0..rows).map(|n| format!("p^o^w^e^r^shell -w hidden calc{n}"))),
        ),
        (
            "20,000 commands in three layers",
            cells((0..rows / 5).map(|n| format!("{again} & set a={n}"))),
        ),
        (
            "2,000 commands that grow",
            cells((0..rows / 50).map(|n| {
                chain(
                    &format!("cmd /v /c set a=calc{n}& "),
                    "set a=!a!!a!& ",
                    40,
                    "!a!",
                )
            })),
        ),
    ]
}

#[test]
fn of_the_shell() {
    check(shell);
}

#[test]
fn of_powershell() {
    check(powershell);
}

#[test]
fn of_scripts() {
    check(scripts);
}

#[test]
fn in_great_numbers() {
    check(many);
}
