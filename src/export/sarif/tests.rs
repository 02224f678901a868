use serde_json::Value;

use super::*;
use crate::export::tests::{finding, malicious, report};

fn written(sarif: &Sarif) -> Value {
    let log = serde_json::to_value(sarif).unwrap();
    assert_eq!(log["runs"].as_array().unwrap().len(), 1);
    log["runs"][0].clone()
}

#[test]
fn one_result_a_finding_by_its_strongest_rule() {
    let mut sarif = Sarif::default();
    sarif.add(&malicious());
    let run = written(&sarif);
    let result = &run["results"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 1);
    assert_eq!(result["ruleId"], "interpreter");
    assert_eq!(result["level"], "error");
    assert_eq!(result["rank"], 100);
    assert_eq!(result["partialFingerprints"]["ddetect/v1"], "f00d");
    assert_eq!(result["properties"]["signals"][1]["rule"], "auto-trigger");
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "interpreter");
    assert!(rule.get("name").is_none(), "it would repeat the id");
    let help = rule["help"]["text"].as_str().unwrap();
    assert!(help.contains("command interpreter"), "{help}");
    let taxa = &run["taxonomies"][0]["taxa"];
    assert_eq!(taxa[0]["id"], "T1559.002");
    assert_eq!(
        taxa[0]["helpUri"],
        "https://attack.mitre.org/techniques/T1559/002/"
    );
    assert_eq!(result["taxa"][1]["id"], "T1059.003");
}

#[test]
fn parts_stand_inside_each_other() {
    let mut sarif = Sarif::default();
    sarif.add(&malicious());
    sarif.add(&malicious());
    let run = written(&sarif);
    let uris: Vec<_> = run["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["location"]["uri"].as_str().unwrap(),
                one["parentIndex"].as_u64(),
            )
        })
        .collect();
    let once = [
        ("a.zip", None),
        ("b.docx", Some(0)),
        ("q.docx", Some(0)),
        ("word/document.xml", Some(2)),
    ];
    let again = [
        ("a.zip", None),
        ("b.docx", Some(4)),
        ("q.docx", Some(4)),
        ("word/document.xml", Some(6)),
    ];
    assert_eq!(uris, [once, again].concat());
    let place = &run["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["index"], 7);
    assert_eq!(place["region"]["byteOffset"], 234);
    assert_eq!(run["results"][1]["analysisTarget"]["index"], 4);
}

#[test]
fn gaps_and_unread_paths_are_notifications() {
    let mut sarif = Sarif::default();
    sarif.add(&report("incomplete", &[]));
    let run = written(&sarif);
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    sarif.unreadable("b.docx", "no such file");
    let run = written(&sarif);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notices = &invocation["toolExecutionNotifications"];
    assert_eq!(notices[0]["descriptor"]["id"], "gap-encrypted");
    assert_eq!(notices[0]["level"], "warning");
    assert_eq!(notices[0]["message"]["text"], "Not read: AES {{256}}");
    assert_eq!(notices[1]["descriptor"]["id"], "unreadable");
    assert_eq!(notices[1]["level"], "error");
}

#[test]
fn messages_escape_what_has_a_meaning_and_make_addresses_safe() {
    let mut sarif = Sarif::default();
    sarif.add(&report(
        "malicious",
        &[finding("cmd.exe", "{0} [a](b) http://x.invalid/a'b\\c")],
    ));
    let run = written(&sarif);
    let text = run["results"][0]["message"]["text"].as_str().unwrap();
    assert!(
        text.contains("{{0}} \\[a\\](b) hxxp://x\\[.\\]invalid/"),
        "{text}"
    );
    assert!(text.contains("would start cmd.exe"), "{text}");
}

#[test]
fn levels_follow_the_verdict_and_allowed_findings_are_suppressed() {
    let mut sarif = Sarif::default();
    let scored = |score: u8| {
        let mut one = finding("cmd.exe", "/c x");
        one["score"] = score.into();
        one
    };
    let mut allowed = scored(100);
    allowed["allowed"] = true.into();
    sarif.add(&report(
        "malicious",
        &[scored(80), scored(79), scored(50), scored(49), allowed],
    ));
    let run = written(&sarif);
    let levels: Vec<_> = (0..4)
        .map(|at| run["results"][at]["level"].clone())
        .collect();
    assert_eq!(levels, ["error", "warning", "warning", "note"]);
    assert!(run["results"][0].get("suppressions").is_none());
    assert_eq!(run["results"][4]["suppressions"][0]["kind"], "external");
}
