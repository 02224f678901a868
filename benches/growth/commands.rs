//! Commands: one long one, and many, in each language that is undone.

use crate::repeated;

type Shape = (&'static str, &'static str, fn(usize) -> Vec<u8>);

pub(crate) const SHAPES: &[Shape] = &[
    ("cmd, carets", "a.csv", |n| {
        one("cmd", &format!("/c {}", repeated("^c", n)))
    }),
    ("cmd, variables", "a.csv", |n| {
        one(
            "cmd",
            &format!("/v /c {}", repeated("set v#=a& !v#:~0,1!", n)),
        )
    }),
    ("cmd, brackets", "a.csv", |n| {
        one("cmd", &format!("/c {}", repeated("(", n)))
    }),
    ("cmd, commands", "a.csv", |n| {
        one("cmd", &format!("/c {}", repeated("calc& ", n)))
    }),
    ("PowerShell, terms", "a.csv", |n| {
        one(
            "powershell",
            &format!("IEX ({}\"c\")", repeated("\"a\"+", n)),
        )
    }),
    ("PowerShell, characters", "a.csv", |n| {
        one(
            "powershell",
            &format!("IEX (-join [char[]]({}97))", repeated("97,", n)),
        )
    }),
    ("PowerShell, variables", "a.csv", |n| {
        one("powershell", &repeated("$v#=\"a\"+$v#;", n))
    }),
    ("PowerShell, encoded", "a.csv", |n| {
        one("powershell", &format!("-enc {}", repeated("QQBB", n)))
    }),
    ("VBScript, characters", "a.csv", |n| {
        one(
            "mshta",
            &format!("vbscript:Execute({}Chr(65))", repeated("Chr(65)&", n)),
        )
    }),
    ("JScript, numbers", "a.csv", |n| {
        one(
            "mshta",
            &format!(
                "javascript:eval(String.fromCharCode({}97))",
                repeated("97,", n)
            ),
        )
    }),
    ("commands, many", "a.csv", |n| {
        repeated("=cmd|'/c p^o^w^e^r^shell -w hidden calc#'!A1\r\n", n).into_bytes()
    }),
];

fn one(program: &str, arguments: &str) -> Vec<u8> {
    format!("={program}|'{arguments}'!A1\r\n").into_bytes()
}
