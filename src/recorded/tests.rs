use super::*;
use crate::{Analyzer, Input};

fn read(json: &str) -> Result<RecordedReport, RecordedError> {
    RecordedReport::from_json(json.as_bytes())
}

#[test]
fn the_corpus_reads_back_as_it_is_made_in_memory() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")];
    let mut reports = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            let report = Analyzer::default().analyze(Input::new(&bytes).name(&name));
            let json = serde_json::to_vec(&report).unwrap();
            let read = RecordedReport::from_json(&json).unwrap();
            assert_eq!(RecordedReport::from(&report), read, "{name}");
            reports += 1;
        }
    }
    assert!(reports > 100, "the corpus is missing");
}

#[test]
fn every_kind_of_indicator_has_its_name_in_memory_too() {
    use crate::IndicatorKind as Kind;
    for kind in [
        Kind::Email,
        Kind::FilePath,
        Kind::Host,
        Kind::Ip,
        Kind::RegistryKey,
        Kind::RegistryValue,
        Kind::Unc,
        Kind::Url,
    ] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}

#[test]
fn reports_of_other_versions_are_read() {
    let newer = r#"{"schema":"ddetect/1.7","tool":{"name":"ddetect","version":"9","rules":"40","x":1},
        "document":{"name":null,"format":"hologram","new":[]},"verdict":"malicious","score":90,"complete":true,
        "findings":[{"kind":"telepathy","carrier":"aura","severity":"cosmic","trigger":"thought","fingerprint":"f",
            "signals":[{"rule":"new-rule","weight":99,"evidence":"e","more":{}}],"future":{"a":[1]}}],"later":{}}"#;
    let report = read(newer).unwrap();
    assert_eq!(report.findings[0].carrier, "aura");
    assert_eq!(report.document.format, "hologram");
    let older =
        read(r#"{"schema":"ddetect/1","document":{"name":"a"},"verdict":"clean"}"#).unwrap();
    assert!(
        !older.complete,
        "a report that does not say is not complete"
    );
    assert!(older.findings.is_empty());
}

#[test]
fn what_is_no_report_is_told_apart() {
    let schema = |found: &str| RecordedError::Schema(found.to_owned());
    assert_eq!(read(r#"{"schema":"ddetect/2"}"#), Err(schema("ddetect/2")));
    assert_eq!(
        read(r#"{"schema":"ddetect/10"}"#),
        Err(schema("ddetect/10"))
    );
    assert_eq!(read(r#"{"schema":"sarif/1"}"#), Err(schema("sarif/1")));
    for none in ["{}", r#"{"schema":null}"#, r#"{"a":[]}"#] {
        assert_eq!(read(none), Err(RecordedError::NoSchema), "{none}");
    }
    let (name, error) = ("x.doc".to_owned(), "permission denied".to_owned());
    assert_eq!(
        read(r#"{"document":{"name":"x.doc"},"error":"permission denied"}"#),
        Err(RecordedError::Unreadable { name, error })
    );
    let verdict = read(r#"{"schema":"ddetect/1","document":{},"verdict":"fine"}"#).unwrap_err();
    assert!(
        verdict.to_string().contains("unknown verdict \"fine\""),
        "{verdict}"
    );
}

#[test]
fn hostile_json_is_an_error() {
    let stages = format!(
        r#"{{"schema":"ddetect/1","document":{{}},"verdict":"clean","findings":[{{"command":{{"stages":[{}]}}}}]}}"#,
        r#"{"stages":["#.repeat(10_000)
    );
    for json in [
        "",
        "[]",
        "null",
        "\u{0}",
        "{\"schema\":\"ddetect/1\"}",
        r#"{"schema":"ddetect/1","document":{},"verdict":"clean","score":256}"#,
        r#"{"schema":"ddetect/1","document":{},"verdict":"clean","score":-1}"#,
        r#"{"schema":"ddetect/1","document":{},"verdict":"clean","findings":{}}"#,
        r#"{"schema":"ddetect/1","document":{},"verdict":"clean","verdict":"clean"}"#,
        &stages,
    ] {
        assert!(
            matches!(read(json), Err(RecordedError::Malformed(_))),
            "{json:.80}"
        );
    }
    // What nobody knows is passed over, however deep it is.
    let unknown = ["[".repeat(100_000), "]".repeat(100_000)].concat();
    let deep =
        format!(r#"{{"schema":"ddetect/1","document":{{}},"verdict":"clean","x":{unknown}}}"#);
    assert!(read(&deep).is_ok());
    let told = read(r#"{"schema":"\u001b[31m\u202e"}"#)
        .unwrap_err()
        .to_string();
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told}");
}

#[test]
fn a_report_cut_anywhere_is_an_error() {
    let report = Analyzer::default().analyze(b"=cmd|'/c calc.exe'!A1\n".as_slice());
    let json = serde_json::to_vec(&report).unwrap();
    for end in 0..json.len() {
        assert!(RecordedReport::from_json(&json[..end]).is_err(), "{end}");
    }
    let marked = [b"\xef\xbb\xbf".as_slice(), &json].concat();
    assert!(RecordedReport::from_json(&marked).is_ok());
}
