//! The reports for programs.

use super::*;

#[test]
fn json_is_one_object_for_one_document_and_an_array_for_more() {
    let folder = Folder::new();
    let bad = folder.file("bad.docx", &malicious());
    let missing = folder.path("missing.docx");
    let json = |paths: &[&str]| -> Value {
        let run = run(&[&["scan", "--format", "json"], paths].concat());
        assert_eq!(run.err, "");
        serde_json::from_str(&run.out).unwrap()
    };
    let one = json(&[&bad]);
    assert_eq!(one["schema"], "ddetect/1");
    assert_eq!(one["verdict"], "malicious");
    assert_eq!(one["document"]["name"], bad.as_str());
    assert_eq!(one["findings"][0]["kind"], "dde-auto");
    assert!(one.get("shortened").is_none());
    let unread = json(&[&missing]);
    assert_eq!(unread["document"]["name"], missing.as_str());
    assert!(unread["error"].is_string());
    assert_eq!(json(&[&bad, &missing]).as_array().unwrap().len(), 2);
    assert_eq!(json(&[folder.root()]).as_array().unwrap().len(), 1);
}

#[test]
fn json_lines_go_on_after_a_path_that_cannot_be_read() {
    let folder = Folder::new();
    let missing = folder.path("missing.docx");
    let bad = folder.file("bad.docx", &malicious());
    let run = run(&["scan", "--format=jsonl", &missing, &bad]);
    let rows = rows(&run);
    assert_eq!(names(&rows), [&missing, &bad]);
    assert!(
        rows[0]["error"]
            .as_str()
            .is_some_and(|error| !error.is_empty())
    );
    assert!(rows[0].get("verdict").is_none());
    assert_eq!(rows[1]["verdict"], "malicious");
    assert_eq!(run.err, "");
}

#[test]
fn quiet_json_is_json_whatever_the_verdict() {
    let folder = Folder::new();
    let clean = folder.file("clean.docx", &harmless());
    let json = |path: &str, input: &[u8]| -> Value {
        let run = run_with(&["scan", "--quiet", "--format=json", path], input);
        assert_eq!(run.status, 0);
        serde_json::from_str(&run.out).unwrap()
    };
    assert_eq!(json(&clean, b"")["verdict"], "clean");
    assert_eq!(json("-", &harmless())["verdict"], "clean");
    assert_eq!(json(folder.root(), b""), Value::Array(Vec::new()));
}
