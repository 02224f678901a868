//! The corpus: each document yields what stands beside it.
//!
//! `DDETECT_UPDATE=1 cargo test --test corpus`, twice for new samples, rewrites the samples from their recipes and the
//! expectations from the analyser; read the difference before you commit it.

mod support;

use std::path::{Path, PathBuf};

use ddetect::{Analyzer, Input, Report};
use serde_json::{Value, json};
use support::package::zip_with_password;
use support::recipes;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn updating() -> bool {
    std::env::var_os("DDETECT_UPDATE").is_some()
}

/// Every document of the corpus, in order.
fn documents() -> Vec<PathBuf> {
    let mut documents = Vec::new();
    let mut folders = vec![corpus()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path
                .extension()
                .and_then(|e| e.to_str())
                .unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if !["json", "md", "py"].contains(&extension) {
                documents.push(path);
            }
        }
    }
    documents.sort();
    documents
}

/// What a report says, without what every release changes.
fn summary(report: &Report) -> Value {
    let mut value = serde_json::to_value(report).unwrap();
    let map = value.as_object_mut().unwrap();
    map.remove("tool");
    map.remove("skipped");
    map["document"].as_object_mut().unwrap().remove("sha256");
    map["document"].as_object_mut().unwrap().remove("bytes");
    // Their texts depend on nothing else.
    for finding in map["findings"].as_array_mut().unwrap() {
        for precondition in finding["preconditions"].as_array_mut().unwrap() {
            *precondition = precondition["id"].take();
        }
    }
    value
}

fn analyze(path: &Path) -> Report {
    let bytes = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    Analyzer::default().analyze(Input::new(&bytes).name(&name))
}

#[test]
fn samples_are_what_their_recipes_make() {
    for recipe in recipes::all() {
        let path = corpus().join(recipe.path).with_extension("zip");
        let zip = zip_with_password(&[(recipe.document, &recipe.bytes)], "infected");
        if updating() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &zip).unwrap();
        }
        assert!(
            std::fs::read(&path).is_ok_and(|b| b == zip),
            "{} is stale",
            path.display()
        );
    }
}

#[test]
fn recipes_yield_what_the_specification_says() {
    for recipe in recipes::all() {
        let report = Analyzer::default().analyze(&recipe.bytes);
        let links: Vec<(String, String, String)> = support::triples(&report);
        let links: Vec<_> = links
            .iter()
            .map(|(s, t, i)| (s.as_str(), t.as_str(), i.as_str()))
            .collect();
        assert_eq!(links, recipe.links, "{}: {report:#?}", recipe.path);
        assert_eq!(
            report.verdict(),
            recipe.verdict,
            "{}: {report:#?}",
            recipe.path
        );
    }
}

#[test]
fn every_document_yields_what_stands_beside_it() {
    let documents = documents();
    assert!(updating() || documents.len() > 20, "the corpus is missing");
    for path in documents {
        let expected = PathBuf::from(format!("{}.json", path.display()));
        let found = summary(&analyze(&path));
        if updating() {
            let text = serde_json::to_string_pretty(&found).unwrap() + "\n";
            std::fs::write(&expected, text).unwrap();
            continue;
        }
        let text = std::fs::read_to_string(&expected).unwrap_or_else(|error| {
            panic!(
                "{}: {error}; DDETECT_UPDATE=1 writes it",
                expected.display()
            )
        });
        let wanted: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(found, wanted, "{}", path.display());
    }
}

#[test]
fn benign_documents_are_clean() {
    for path in documents()
        .iter()
        .filter(|path| path.parent().unwrap().ends_with("benign"))
    {
        let report = analyze(path);
        assert_eq!(
            report.verdict(),
            ddetect::Verdict::Clean,
            "{}: {report:#?}",
            path.display()
        );
    }
}

#[test]
fn the_same_document_gives_the_same_report() {
    for path in documents() {
        let text = |report: &Report| serde_json::to_string(report).unwrap();
        assert_eq!(
            text(&analyze(&path)),
            text(&analyze(&path)),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_json_contract() {
    let report = analyze(&corpus().join("word/complex-field.zip"));
    let value = serde_json::to_value(&report).unwrap();
    assert_eq!(value["schema"], "ddetect/1");
    assert_eq!(value["tool"]["name"], "ddetect");
    assert_eq!(value["verdict"], "malicious");
    assert_eq!(value["complete"], true);
    assert_eq!(value["document"]["format"], "zip");
    assert_eq!(value["omitted"], json!([]));
    let finding = &value["findings"][0];
    for (field, expected) in [
        ("kind", json!("dde-auto")),
        ("carrier", json!("field")),
        ("severity", json!("critical")),
        ("confidence", json!("certain")),
        ("trigger", json!("open")),
        (
            "raw",
            json!("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe \"/k calc.exe\""),
        ),
        ("service", json!("c:\\windows\\system32\\cmd.exe")),
        ("topic", json!("/k calc.exe")),
        ("item", Value::Null),
        ("target", Value::Null),
        ("used_by", json!([])),
        ("alternatives", json!([])),
        ("techniques", json!(["decrypted-customary-password"])),
    ] {
        assert_eq!(finding[field], expected, "{field}");
    }
    assert_eq!(
        finding["command"]["line"],
        "c:\\windows\\system32\\cmd.exe /k calc.exe"
    );
    assert_eq!(finding["command"]["image"], "cmd.exe");
    assert_eq!(finding["command"]["arguments"], "/k calc.exe");
    assert_eq!(finding["location"]["field"], 1);
    assert_eq!(
        finding["location"]["path"],
        json!(["complex-field.zip", "sample.docx", "word/document.xml"])
    );
    assert!(
        finding["location"]["display"]
            .as_str()
            .unwrap()
            .starts_with("complex-field.zip › ")
    );
    let precondition = &finding["preconditions"][1];
    assert_eq!(precondition["id"], "allow-dde");
    for text in ["needs", "default"] {
        assert!(precondition[text].is_string(), "{precondition}");
    }
    assert!(
        finding["attack"]
            .as_array()
            .unwrap()
            .contains(&json!("T1559.002"))
    );
    assert!(
        finding["signals"]
            .as_array()
            .is_some_and(|signals| !signals.is_empty())
    );
    assert!(
        finding["fingerprint"]
            .as_str()
            .is_some_and(|text| text.len() == 32)
    );
}
