//! The confusion table: what documents are, against what we say of them.
//!
//! `cargo test --test confusion -- --nocapture` prints it, over the corpus and over the folder that
//! `DDETECT_LABELLED` names, if any (see `tests/labelled.rs`). A document that is malicious and
//! does not come out so, and a harmless one above clean, are failures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ddetect::{Analyzer, Input, Verdict};

const VERDICTS: [Verdict; 4] = [
    Verdict::Clean,
    Verdict::Incomplete,
    Verdict::Suspicious,
    Verdict::Malicious,
];

#[derive(Default)]
struct Table {
    counts: BTreeMap<(String, Verdict), u32>,
    wrong: Vec<String>,
}

impl Table {
    fn judge(&mut self, analyzer: &Analyzer, path: &Path, label: &str) {
        let bytes = std::fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let verdict = analyzer.analyze(Input::new(&bytes).name(&name)).verdict();
        *self.counts.entry((label.to_owned(), verdict)).or_default() += 1;
        let right = match label {
            "malicious" => verdict == Verdict::Malicious,
            "harmless" | "benign service" | "link lost in export" => verdict == Verdict::Clean,
            // Something of it is not read by any reader, or holds no more than links.
            "harmless, part not read" | "encrypted" => verdict <= Verdict::Incomplete,
            "external links" => verdict <= Verdict::Suspicious,
            "damaged" => verdict != Verdict::Clean,
            "remote content" => verdict == Verdict::Suspicious,
            other => panic!("no label {other}"),
        };
        if !right {
            self.wrong
                .push(format!("{label} is {verdict:?}: {}", path.display()));
        }
    }

    fn print(&self, title: &str) {
        println!("\n{title}\n");
        let heads: String = VERDICTS
            .iter()
            .map(|v| format!("{:>12}", v.as_str()))
            .collect();
        println!("{:<26}{heads}", "");
        let mut labels: Vec<_> = self.counts.keys().map(|(label, _)| label).collect();
        labels.dedup();
        for label in labels {
            let of = |verdict| self.counts.get(&(label.clone(), verdict)).copied();
            let row: String = VERDICTS
                .iter()
                .map(|verdict| {
                    format!("{:>12}", of(*verdict).map_or("-".into(), |n| n.to_string()))
                })
                .collect();
            println!("{label:<26}{row}");
        }
    }
}

/// The documents of one folder of the corpus.
fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut documents: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let extension = path.extension().and_then(|name| name.to_str());
            !["json", "md", "py"].contains(&extension.unwrap_or_default())
        })
        .collect();
    documents.sort();
    documents
}

/// Documents among the payloads of the corpus that are none, with the reason. Everything else in
/// those folders is malicious.
const NO_PAYLOAD: &[(&str, &str)] = &[
    // Passwords that the analyser is not given here.
    ("encrypted-libreoffice-given", "encrypted"),
    ("encrypted-libreoffice-unknown", "encrypted"),
    ("encrypted-msoffcrypto-given", "encrypted"),
    ("encrypted-msoffcrypto-unknown", "encrypted"),
    // LibreOffice wrote the results, not the link (corpus/README.md).
    ("libreoffice-dif.", "link lost in export"),
    ("libreoffice-field.html", "link lost in export"),
    ("libreoffice-field.txt", "link lost in export"),
    ("libreoffice-html.", "link lost in export"),
    ("libreoffice-link.docx", "link lost in export"),
    ("libreoffice-link.html", "link lost in export"),
    ("libreoffice-link.txt", "link lost in export"),
    ("libreoffice-sheet.dif", "link lost in export"),
    ("libreoffice-sheet.html", "link lost in export"),
    // Links between documents of LibreOffice.
    ("libreoffice-link.fodt", "benign service"),
    ("libreoffice-link.odt", "benign service"),
    ("libreoffice-link.ott", "benign service"),
    ("remote-template", "remote content"),
];

#[test]
fn the_corpus() {
    let analyzer = Analyzer::default();
    let mut table = Table::default();
    for path in folder("benign") {
        table.judge(&analyzer, &path, "harmless");
    }
    for path in ["broken", "excel", "word"].into_iter().flat_map(folder) {
        let name = path.file_name().unwrap().to_string_lossy();
        let known = NO_PAYLOAD.iter().find(|(start, _)| name.starts_with(start));
        table.judge(
            &analyzer,
            &path,
            known.map_or("malicious", |(_, label)| label),
        );
    }
    table.print("Corpus");
    assert!(table.wrong.is_empty(), "\n{}", table.wrong.join("\n"));
}

#[test]
fn labelled_documents() {
    let folder = std::env::var_os("DDETECT_LABELLED").map(PathBuf::from);
    let Some(labels) = folder
        .as_ref()
        .and_then(|folder| std::fs::read_to_string(folder.join("labels.tsv")).ok())
    else {
        println!("skipped: DDETECT_LABELLED names no folder with labels.tsv");
        return;
    };
    let folder = folder.unwrap();
    let analyzer = Analyzer::default();
    let mut table = Table::default();
    for line in labels.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let label = match columns[3] {
            "dde" => "malicious",
            "dde-benign-service" => "benign service",
            "external-link" => "external links",
            "encrypted" | "encrypted-default-password" => "encrypted",
            "corrupt" => "damaged",
            // What it is made of may be of kinds that are not read.
            "clean" => "harmless, part not read",
            other => panic!("no label {other}"),
        };
        table.judge(&analyzer, &folder.join(columns[0]), label);
    }
    table.print("Labelled documents");
    assert!(table.wrong.is_empty(), "\n{}", table.wrong.join("\n"));
}
