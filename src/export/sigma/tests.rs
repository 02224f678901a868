use super::*;
use crate::export::tests::{NOON, finding, malicious, report};

fn set(reports: &[RecordedReport]) -> Sigma {
    let mut sigma = Sigma::new(Created::from_unix(NOON));
    for report in reports {
        sigma.add(report);
    }
    sigma
}

/// The id is permanent: who has the rule knows it again by it.
#[test]
fn a_rule_asks_for_parent_image_and_arguments() {
    let text = set(&[malicious()]).to_string();
    let wanted = r#"title: "Document Link in WINWORD.EXE Starts cmd.exe /c calc.exe"
id: "993c8421-afea-504b-b2a5-46038e9ecdf1"
status: "experimental"
description: "What a document that was analysed asks for when its DDE or program link acts. Predicted from the document; no such process was observed."
references:
    - "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
author: "ddetect"
date: "2026-11-24"
tags:
    - "attack.execution"
    - "attack.t1559.002"
    - "attack.t1059.003"
logsource:
    category: "process_creation"
    product: "windows"
detection:
    selection:
        ParentImage|endswith:
            - "\\WINWORD.EXE"
        Image|endswith:
            - "\\cmd.exe"
        CommandLine|contains|all:
            - "/c"
            - "calc.exe"
    condition: "selection"
falsepositives:
    - "A document of one's own that starts the same program with the same arguments"
level: "critical"
---
title: "DDE Enabled for Word"#;
    assert!(text.starts_with(wanted), "{text}");
}

#[test]
fn the_same_command_is_one_rule_whatever_the_document() {
    let mut other = finding("cmd.exe", "/c \"calc.exe\"");
    other["kind"] = "dde".into();
    other["severity"] = "high".into();
    other["fingerprint"] = "beef".into();
    let third = finding("cmd.exe", "/c notepad.exe");
    let sigma = set(&[malicious(), report("malicious", &[other, third])]);
    assert_eq!(sigma.rules().count(), 2);
    let ids: Vec<_> = sigma.rules().map(|rule| rule.id).collect();
    assert!(
        ids.contains(&"993c8421-afea-504b-b2a5-46038e9ecdf1".to_owned()),
        "{ids:?}"
    );
}

#[test]
fn wildcards_of_a_command_are_text() {
    let one = finding("cmd.exe", "/c \\\\s\\x\\*.exe a?b");
    let text = set(&[report("malicious", &[one])]).to_string();
    // Sigma's `\\\\s\x\\\*.exe`, each backslash doubled again for YAML.
    assert!(text.contains(r#"- "\\\\\\\\s\\x\\\\\\*.exe""#), "{text}");
    assert!(text.contains(r#"- "a\\?b""#), "{text}");
}

#[test]
fn parents_are_those_of_the_carrier_then_of_the_place() {
    for (carrier, path, wanted) in [
        ("field", "q.docx", vec!["WINWORD.EXE"]),
        ("field", "mail.msg", vec!["OUTLOOK.EXE", "WINWORD.EXE"]),
        ("formula", "q.csv", vec!["EXCEL.EXE"]),
        ("dde-declaration", "q.ods", vec!["soffice.bin"]),
        ("action", "ppt/slides/slide1.xml", vec!["POWERPNT.EXE"]),
        ("ole-package", "q.docx", vec!["WINWORD.EXE"]),
        (
            "ole-link",
            "x",
            vec!["EXCEL.EXE", "OUTLOOK.EXE", "POWERPNT.EXE", "WINWORD.EXE"],
        ),
    ] {
        let mut one = finding("cmd.exe", "/c x");
        one["carrier"] = carrier.into();
        one["location"]["path"] = serde_json::json!(["a.zip", path]);
        let report = report("malicious", &[one]);
        let sigma = set(&[report]);
        let (detection, _) = sigma.rules.first_key_value().unwrap();
        assert_eq!(detection.parents, wanted, "{carrier} {path}");
    }
}

#[test]
fn images_are_names_of_processes() {
    for (image, wanted) in [
        ("cmd.exe", Some("cmd.exe")),
        ("powershell", Some("powershell.exe")),
        ("x.com", Some("x.com")),
        ("run.bat", None),
        ("a.docx.lnk", None),
    ] {
        assert_eq!(program(image).as_deref(), wanted, "{image}");
    }
    let text = set(&[report("malicious", &[finding("run.bat", "x1")])]).to_string();
    assert!(
        text.contains("- \"run.bat\"") && !text.contains("    Image|endswith"),
        "{text}"
    );
}

#[test]
fn the_hunts_know_settings_and_policies() {
    let text = set(&[]).to_string();
    assert!(!text.contains("process_creation"));
    for wanted in [
        "\\\\Software\\\\Policies\\\\Microsoft\\\\Office\\\\",
        "\\\\Software\\\\Microsoft\\\\Office\\\\",
        "\\\\Word\\\\Security\\\\AllowDDE",
        "\\\\Excel\\\\Security\\\\External Content\\\\DisableDDEServerLaunch",
    ] {
        let single = wanted.replace("\\\\", "\\");
        let ends_alone = single.ends_with('\\');
        let written = yaml::literal(&single).replace('\\', "\\\\");
        assert!(text.contains(&written), "{written}");
        assert_eq!(written.ends_with("\\\\\\\\"), ends_alone);
    }
}
