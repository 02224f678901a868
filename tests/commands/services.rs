//! Services that are known and harmless: the documents of the corpus that use them stay clean, and
//! each link says which service it is.

use std::path::Path;

use ddetect::{Severity, Verdict};

use crate::support::{analyze, dde};

/// Documents of `corpus/benign` with DDE links, and the services that they name.
const DOCUMENTS: &[(&str, &[&str])] = &[
    ("market-feed.zip", &["BLP", "MT4"]),
    ("office-peer.zip", &["Excel.Sheet.8"]),
];

/// Rules that say that a service is known.
const KNOWN: &[&str] = &["benign-service", "office-peer", "office-document"];

#[test]
fn documents_of_known_services_are_clean_and_name_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/benign");
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".json") || name.ends_with(".md") {
            continue;
        }
        let report = analyze(&std::fs::read(&path).unwrap());
        assert_eq!(report.verdict(), Verdict::Clean, "{name}");
        let found = dde(&report);
        for finding in &found {
            assert!(finding.severity <= Severity::Low, "{name}: {finding:#?}");
            let mut signals = finding.signals.iter();
            assert!(
                signals.any(|signal| KNOWN.contains(&signal.rule)),
                "{name}: {finding:#?}"
            );
            let command = finding.command.as_ref();
            assert!(
                command.is_none_or(|command| command.stages.is_empty()),
                "{name}"
            );
        }
        let services: Vec<_> = found
            .iter()
            .filter_map(|finding| finding.service.clone())
            .collect();
        if !services.is_empty() {
            seen.push((name, services));
        }
    }
    seen.sort();
    let expected: Vec<(String, Vec<String>)> = DOCUMENTS
        .iter()
        .map(|(name, services)| {
            let services = services.iter().map(|&service| service.to_owned()).collect();
            ((*name).to_owned(), services)
        })
        .collect();
    assert_eq!(seen, expected);
}
