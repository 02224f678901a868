//! The JSON Schema of reports: committed, true, and only ever added to.
//!
//! `DDETECT_UPDATE=1 cargo test --features schema --test schema` rewrites `docs/report.schema.json`, unless the
//! change would break a reader of reports.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ddetect::{Analyzer, Input, Limits, Options};
use serde_json::{Map, Value, json};

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json")
}

#[test]
fn the_committed_schema_is_fresh_and_nothing_of_it_is_gone() {
    let made = ddetect::schema() + "\n";
    let path = committed();
    if let Ok(stored) = std::fs::read_to_string(&path) {
        let old: Value = serde_json::from_str(&stored).unwrap();
        let new: Value = serde_json::from_str(&made).unwrap();
        let broken = breaks(&old, &new);
        assert!(
            broken.is_empty(),
            "readers of reports would break:\n{}",
            broken.join("\n")
        );
    }
    if std::env::var_os("DDETECT_UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == made,
        "docs/report.schema.json is stale: run with DDETECT_UPDATE=1"
    );
}

#[test]
fn reports_are_what_the_schema_says() {
    let schema: Value = serde_json::from_str(&ddetect::schema()).unwrap();
    let mut reports = Vec::new();
    let mut limits = Limits::default();
    limits.set("findings", 0).unwrap();
    for options in [Options::default(), Options::default().limits(limits)] {
        let analyzer = Analyzer::new(options);
        for path in documents() {
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            reports.push(serde_json::to_value(
                analyzer.analyze(Input::new(&bytes).name(&name)),
            ));
        }
        let unnamed = analyzer.analyze(b"7z\xbc\xaf\x27\x1c".as_slice());
        reports.push(serde_json::to_value(unnamed));
    }
    // What the lists of a report hold is all seen at least once.
    let mut seen = BTreeSet::new();
    for report in reports {
        let report = report.unwrap();
        for list in ["findings", "gaps", "skipped", "omitted"] {
            if report[list].as_array().is_some_and(|list| !list.is_empty()) {
                seen.insert(list);
            }
        }
        if let Err(wrong) = fits(&report, &schema, &schema, "report") {
            panic!("{}: {wrong}", report["document"]["name"]);
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

/// Every document of the corpus.
fn documents() -> Vec<PathBuf> {
    let mut documents = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().and_then(|name| name.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if !["json", "md", "py"].contains(&extension.unwrap_or_default()) {
                documents.push(path);
            }
        }
    }
    documents.sort();
    documents
}

/// The part of a schema that a node refers to.
fn followed<'a>(node: &'a Value, root: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(name) => root.pointer(name.trim_start_matches('#')).unwrap(),
        None => node,
    }
}

/// Whether a value is what a schema says. Stricter than the standard: a field of no name in the
/// schema does not fit.
fn fits(value: &Value, node: &Value, root: &Value, at: &str) -> Result<(), String> {
    let node = followed(node, root);
    for choice in ["anyOf", "oneOf"] {
        if let Some(choices) = node[choice].as_array() {
            let tried: Vec<_> = choices
                .iter()
                .map(|choice| fits(value, choice, root, at))
                .collect();
            if !tried.iter().any(Result::is_ok) {
                return Err(format!("{at}: {value} is none of {tried:?}"));
            }
        }
    }
    if !node["const"].is_null() && node["const"] != *value {
        return Err(format!("{at}: {value} is not {}", node["const"]));
    }
    if let Some(names) = node["enum"].as_array()
        && !names.contains(value)
    {
        return Err(format!("{at}: {value} is none of {names:?}"));
    }
    let types = types(node);
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("type {other}"),
    };
    if !types.is_empty() && !types.iter().any(|name| is(name)) {
        return Err(format!("{at}: {value} is no {types:?}"));
    }
    for (bound, sign) in [("minimum", 1.0), ("maximum", -1.0)] {
        if let (Some(bound), Some(number)) = (node[bound].as_f64(), value.as_f64())
            && (number - bound) * sign < 0.0
        {
            return Err(format!("{at}: {value} is out of bounds"));
        }
    }
    if let (Some(list), Some(items)) = (value.as_array(), node.get("items")) {
        for (index, item) in list.iter().enumerate() {
            fits(item, items, root, &format!("{at}[{index}]"))?;
        }
    }
    if let (Some(fields), Some(known)) = (value.as_object(), node["properties"].as_object()) {
        for (name, value) in fields {
            let node = known
                .get(name)
                .ok_or(format!("{at}: unknown field {name}"))?;
            fits(value, node, root, &format!("{at}.{name}"))?;
        }
        for name in strings(&node["required"]) {
            if !fields.contains_key(&name) {
                return Err(format!("{at}: no field {name}"));
            }
        }
    }
    Ok(())
}

fn strings(list: &Value) -> BTreeSet<String> {
    let list = list.as_array().into_iter().flatten();
    list.map(|name| name.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The types of a node: it has one, several or none.
fn types(node: &Value) -> BTreeSet<String> {
    let list = &node["type"];
    match list.as_str() {
        Some(name) => BTreeSet::from([name.to_owned()]),
        None => strings(list),
    }
}

/// The names of a node that is a list of them.
fn names(node: &Value) -> Option<BTreeSet<String>> {
    if let Some(name) = node["const"].as_str() {
        return Some(BTreeSet::from([name.to_owned()]));
    }
    if node["enum"].is_array() {
        return Some(strings(&node["enum"]));
    }
    let choices = node["oneOf"].as_array()?.iter().map(names);
    let choices: Option<Vec<_>> = choices.collect();
    Some(choices?.into_iter().flatten().collect())
}

/// What a reader of reports that knows the old schema would trip over in the new one: a field that
/// is gone or may be missing, another type, a name that is gone. New fields and new names are
/// additions.
fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    compare(old, new, "report", &mut broken);
    let none = Map::new();
    for (name, old) in old["$defs"].as_object().unwrap_or(&none) {
        match new["$defs"].get(name) {
            Some(new) => compare(old, new, name, &mut broken),
            None => broken.push(format!("{name} is gone")),
        }
    }
    // A reader has an answer for each verdict.
    let verdicts = |schema: &Value| names(&schema["$defs"]["Verdict"]);
    if verdicts(old) != verdicts(new) {
        broken.push("another list of verdicts".to_owned());
    }
    broken
}

fn compare(old: &Value, new: &Value, at: &str, broken: &mut Vec<String>) {
    if let Some(old) = names(old) {
        match names(new) {
            Some(new) => broken.extend(old.difference(&new).map(|name| format!("{at}: no {name}"))),
            None => broken.push(format!("{at}: no list of names")),
        }
        return;
    }
    if types(old) != types(new) || old["$ref"] != new["$ref"] || old["format"] != new["format"] {
        broken.push(format!("{at}: another type"));
        return;
    }
    for choice in ["anyOf", "oneOf"] {
        let list = |node: &Value| node[choice].as_array().cloned().unwrap_or_default();
        let (old, new) = (list(old), list(new));
        if old.len() != new.len() {
            broken.push(format!("{at}: other choices"));
        }
        for (old, new) in old.iter().zip(&new) {
            compare(old, new, at, broken);
        }
    }
    if old["items"].is_object() {
        compare(&old["items"], &new["items"], &format!("{at}[]"), broken);
    }
    let none = Map::new();
    for (name, old) in old["properties"].as_object().unwrap_or(&none) {
        match new["properties"].get(name) {
            Some(new) => compare(old, new, &format!("{at}.{name}"), broken),
            None => broken.push(format!("{at}.{name} is gone")),
        }
    }
    let (was, is) = (strings(&old["required"]), strings(&new["required"]));
    let gone = was.difference(&is);
    broken.extend(gone.map(|name| format!("{at}.{name} may be missing")));
}

#[test]
fn the_comparison_knows_what_breaks_a_reader() {
    let old = json!({
        "type": "object",
        "properties": {
            "a": { "type": "string" },
            "b": { "anyOf": [{ "$ref": "#/$defs/B" }, { "type": "null" }] },
            "c": { "type": "array", "items": { "type": ["string", "null"] } },
            "d": { "oneOf": [{ "const": "x" }, { "enum": ["y"] }] }
        },
        "required": ["a"],
        "$defs": {
            "B": { "type": "object", "properties": { "n": { "type": "integer" } } },
            "Verdict": { "oneOf": [{ "const": "clean" }] }
        }
    });
    let changed = |at: &str, value: Value| {
        let mut new = old.clone();
        *new.pointer_mut(at).unwrap() = value;
        breaks(&old, &new)
    };
    assert_eq!(breaks(&old, &old), Vec::<String>::new());
    for (at, value) in [
        ("/properties/a", json!({ "type": "integer" })),
        ("/properties/a", json!({ "type": ["string", "null"] })),
        ("/properties", json!({})),
        ("/properties/c/items", json!({ "type": "string" })),
        ("/properties/b/anyOf", json!([{ "$ref": "#/$defs/B" }])),
        ("/properties/d/oneOf", json!([{ "const": "x" }])),
        ("/required", json!([])),
        ("/$defs/B/properties/n", json!({ "type": "string" })),
        ("/$defs", json!({})),
        (
            "/$defs/Verdict/oneOf",
            json!([{ "const": "clean" }, { "const": "new" }]),
        ),
    ] {
        assert!(!changed(at, value.clone()).is_empty(), "{at} {value}");
    }
    for (at, value) in [
        ("/required", json!(["a", "c"])),
        ("/properties/d/oneOf", json!([{ "enum": ["x", "y", "z"] }])),
        (
            "/$defs/B/properties",
            json!({ "n": { "type": "integer" }, "m": {} }),
        ),
        (
            "/properties/a",
            json!({ "type": "string", "description": "x" }),
        ),
    ] {
        assert_eq!(
            changed(at, value.clone()),
            Vec::<String>::new(),
            "{at} {value}"
        );
    }
}

#[test]
fn a_report_of_another_shape_does_not_fit() {
    let schema: Value = serde_json::from_str(&ddetect::schema()).unwrap();
    let report = Analyzer::default().analyze(b"".as_slice());
    let report = serde_json::to_value(&report).unwrap();
    assert_eq!(fits(&report, &schema, &schema, "report"), Ok(()));
    for (field, value) in [
        ("verdict", json!("fine")),
        ("score", json!(-1)),
        ("gaps", json!([1])),
        ("schema", json!("ddetect/2")),
        ("other", json!(0)),
    ] {
        let mut wrong = report.clone();
        wrong[field] = value;
        assert!(fits(&wrong, &schema, &schema, "report").is_err(), "{field}");
    }
    let mut wrong = report;
    wrong.as_object_mut().unwrap().remove("document");
    assert!(fits(&wrong, &schema, &schema, "report").is_err());
}
