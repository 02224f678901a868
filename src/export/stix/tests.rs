use super::*;
use crate::export::tests::{NOON, finding, malicious, report};

fn bundle(reports: &[RecordedReport]) -> Vec<Value> {
    let mut stix = Stix::new(Created::from_unix(NOON));
    for report in reports {
        stix.add(report);
    }
    let bundle = serde_json::to_value(&stix).unwrap();
    bundle
        .get("objects")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

fn of<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|one| one["type"] == kind).collect()
}

#[test]
fn a_document_and_its_parts_are_files() {
    let objects = bundle(&[malicious()]);
    let files = of(&objects, "file");
    let names: Vec<_> = files
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["a.zip", "q.docx", "word/document.xml"]);
    assert_eq!(files[0]["contains_refs"][0], files[1]["id"]);
    assert_eq!(files[1]["contains_refs"][0], files[2]["id"]);
    assert!(files[2].get("contains_refs").is_none());
    // `uuid.uuid5` of Python over `{"hashes":{"SHA-256":"…"},"name":"a.zip"}`.
    assert_eq!(files[0]["id"], "file--0b1b1f9a-23cc-56ec-8b45-7005ab3642d3");
}

#[test]
fn what_would_start_is_a_note_and_never_a_process() {
    let objects = bundle(&[malicious()]);
    assert!(of(&objects, "process").is_empty());
    let notes = of(&objects, "note");
    assert_eq!(notes.len(), 1);
    let content = notes[0]["content"].as_str().unwrap();
    assert!(
        content.ends_with("cmd.exe /c calc.exe\n  calc.exe\n"),
        "{content}"
    );
    assert!(notes[0]["abstract"].as_str().unwrap().contains("Predicted"));
    assert_eq!(notes[0]["object_refs"][0], of(&objects, "file")[0]["id"]);
}

#[test]
fn indicators_are_hash_address_and_rule() {
    let objects = bundle(&[malicious()]);
    let patterns: Vec<_> = of(&objects, "indicator")
        .iter()
        .map(|one| {
            (
                one["pattern_type"].as_str().unwrap(),
                one["pattern"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert_eq!(patterns.len(), 3);
    let hash = "[file:hashes.'SHA-256' = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08']";
    assert_eq!(patterns[0], ("stix", hash.to_owned()));
    assert_eq!(
        patterns[1],
        (
            "stix",
            "[url:value = 'http://x.invalid/a\\'b\\\\c']".to_owned()
        )
    );
    assert_eq!(patterns[2].0, "sigma");
    assert!(patterns[2].1.starts_with("title: "));
    let pattern = of(&objects, "attack-pattern");
    assert_eq!(
        pattern[0]["id"],
        "attack-pattern--232a7e42-cd6e-4902-8fe9-2960f529dd4d"
    );
    let indicates = of(&objects, "relationship")
        .iter()
        .filter(|one| one["relationship_type"] == "indicates")
        .count();
    assert_eq!(indicates, 3);
}

#[test]
fn a_clean_document_is_a_file_with_its_judgement() {
    let objects = bundle(&[report("clean", &[])]);
    let kinds: Vec<_> = objects
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["file", "observed-data", "malware-analysis"]);
    assert_eq!(objects[2]["result"], "benign");
    assert_eq!(objects[2]["created"], "2026-11-24T06:00:00.000Z");
    assert!(bundle(&[]).is_empty());
}

#[test]
fn each_object_stands_once() {
    let twice = [malicious(), malicious()];
    assert_eq!(bundle(&twice), bundle(&twice[..1]));
    let many: Vec<_> = (0..3).map(|_| finding("cmd.exe", "/c calc.exe")).collect();
    assert_eq!(
        bundle(&[report("malicious", &many)]).len(),
        bundle(&twice[..1]).len()
    );
}
