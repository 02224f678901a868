use super::*;
use crate::export::tests::{NOON, finding, malicious, report};

fn event(reports: &[RecordedReport]) -> Value {
    let mut misp = Misp::new(Created::from_unix(NOON));
    for report in reports {
        misp.add(report);
    }
    serde_json::to_value(&misp).unwrap()["Event"].clone()
}

#[test]
fn a_malicious_document_gives_three_objects_and_its_addresses() {
    let event = event(&[malicious()]);
    let names: Vec<_> = event["Object"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["file", "malware-analysis", "sigma"]);
    assert_eq!(event["Tag"][0]["name"], TAG);
    assert_eq!(event["threat_level_id"], "1");
    assert_eq!(event["date"], "2026-11-24");
    assert_eq!(event["info"], "ddetect: 1 document, malicious");
    let address = &event["Attribute"][0];
    assert_eq!(address["type"], "url");
    assert_eq!(address["value"], "http://x.invalid/a'b\\c");
    assert_eq!(address["to_ids"], true);
    assert_eq!(event["Object"][0]["Attribute"][1]["to_ids"], true);
    let reference = &event["Object"][2]["ObjectReference"][0];
    assert_eq!(reference["referenced_uuid"], event["Object"][0]["uuid"]);
}

#[test]
fn only_what_is_malicious_is_for_detection() {
    let mut one = finding("cmd.exe", "/c x");
    one["score"] = 60.into();
    let event = event(&[report("suspicious", &[one])]);
    assert_eq!(event["Attribute"][0]["to_ids"], false);
    assert_eq!(event["Object"][0]["Attribute"][1]["to_ids"], false);
    assert_eq!(event["threat_level_id"], "2");
}

#[test]
fn a_clean_event_has_no_tag() {
    let event = event(&[report("clean", &[])]);
    assert_eq!(event["Tag"], json!([]));
    assert_eq!(event["Object"].as_array().unwrap().len(), 2);
    assert_eq!(event["Object"][1]["Attribute"][2]["value"], "benign");
}
