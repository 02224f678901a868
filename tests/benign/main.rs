//! Ordinary cells and lines: nothing above information, in whatever file they stand.
//!
//! The lines stand beside this file, one kind a file: a template's id, a tab, the text.
//! `tests/support/make-benign-lines.py` wrote them.

#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ddetect::{Analyzer, Input, Report, Severity, Verdict};
use support::excel::delimited::{self, Delimiter, Encoding, encode, table};
use support::excel::xml2003::Book;
use support::excel::{html, sylk, xml2003};
use support::package::{attribute, escape};
use support::xlsx::Workbook;

const KINDS: &[&str] = &[
    "chat", "code", "exports", "formulas", "logs", "mail", "markdown", "phones", "prices",
    "regexes", "shell",
];

/// Each line of a kind: the id of its template, and the text.
fn lines(kind: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/benign/{kind}.txt"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| {
            let (template, text) = line.split_once('\t').unwrap();
            (template.to_owned(), text.to_owned())
        })
        .collect()
}

fn named(name: &str, bytes: &[u8]) -> Report {
    Analyzer::default().analyze(Input::new(bytes).name(name))
}

/// What is louder than information.
fn loud(what: &str, report: &Report) -> Vec<String> {
    let loud = report.findings().iter();
    let loud = loud.filter(|finding| finding.severity > Severity::Info || finding.score >= 50);
    let mut loud: Vec<_> = loud
        .map(|finding| {
            let (kind, severity) = (finding.kind.as_str(), finding.severity.as_str());
            format!(
                "{what}: {kind} {severity} {}: {}",
                finding.score, finding.raw
            )
        })
        .collect();
    if report.verdict() != Verdict::Clean {
        loud.push(format!(
            "{what}: {:?} {:?}",
            report.verdict(),
            report.gaps()
        ));
    }
    loud
}

#[track_caller]
fn quiet(loud: Vec<String>) {
    assert!(
        loud.is_empty(),
        "{} are loud:\n{}",
        loud.len(),
        loud.join("\n")
    );
}

#[test]
fn the_set_is_large_and_varied() {
    let mut seen = BTreeSet::new();
    let mut templates: BTreeMap<String, usize> = BTreeMap::new();
    for kind in KINDS {
        let lines = lines(kind);
        assert!(lines.len() >= 150, "{kind}");
        for (template, text) in lines {
            assert!(template.starts_with(&format!("{kind}-")), "{template}");
            *templates.entry(template).or_default() += 1;
            assert!(seen.insert(text.clone()), "twice: {text}");
        }
    }
    assert!(seen.len() >= 3_000, "{}", seen.len());
    assert!(
        templates.values().all(|count| *count <= 20),
        "{templates:#?}"
    );
    // What makes them hard: most have a bar, many begin like a formula.
    let hard = seen.iter().filter(|text| text.contains('|')).count();
    assert!(hard * 2 > seen.len(), "{hard}");
    let typed = seen
        .iter()
        .filter(|text| text.starts_with(['=', '+', '-', '@']))
        .count();
    assert!(typed * 3 > seen.len(), "{typed}");
}

#[test]
fn each_line_as_a_text() {
    let mut found = Vec::new();
    for (template, text) in KINDS.iter().flat_map(|kind| lines(kind)) {
        for (name, delimiter) in [
            ("a.csv", Delimiter::Comma),
            ("a.csv", Delimiter::Semicolon),
            ("a.tsv", Delimiter::Tab),
            ("a.txt", Delimiter::None),
        ] {
            let bytes = table(&text, delimiter, Encoding::Utf8).unwrap();
            found.extend(loud(&format!("{template} in {name}"), &named(name, &bytes)));
        }
    }
    quiet(found);
}

#[test]
fn each_kind_as_a_table() {
    let mut found = Vec::new();
    for kind in KINDS {
        let lines = lines(kind);
        for (name, delimiter) in [
            ("a.csv", ','),
            ("a.csv", ';'),
            ("a.tsv", '\t'),
            ("a.prn", ' '),
        ] {
            let rows: String = lines
                .chunks(3)
                .map(|row| {
                    let cells: Vec<_> = row
                        .iter()
                        .map(|(_, text)| delimited::field(text, delimiter))
                        .collect();
                    cells.join(&delimiter.to_string()) + "\r\n"
                })
                .collect();
            for encoding in [Encoding::Utf8, Encoding::Utf16Le] {
                let bytes = encode(&rows, encoding).unwrap();
                found.extend(loud(&format!("{kind} in {name}"), &named(name, &bytes)));
            }
        }
        // As it is, a line each: no quotation marks.
        let rows: String = lines
            .iter()
            .map(|(_, text)| format!("{text}\r\n"))
            .collect();
        for name in ["a.txt", "a.csv", "a.md", ""] {
            found.extend(loud(
                &format!("{kind} in {name}"),
                &named(name, rows.as_bytes()),
            ));
        }
    }
    quiet(found);
}

#[test]
fn each_line_as_text_of_a_sylk_file() {
    let mut found = Vec::new();
    for kind in KINDS {
        let records: Vec<String> = (1..)
            .zip(lines(kind))
            .filter(|(_, (_, text))| text.is_ascii())
            .map(|(row, (_, text))| format!("C;Y{row};X1;K\"{}\"", sylk::field(&text)))
            .collect();
        found.extend(loud(
            kind,
            &named("a.slk", &sylk::file("WXL;N;E", &records)),
        ));
    }
    quiet(found);
}

/// Formulas as formulas, everything else as text.
#[test]
fn each_line_in_a_workbook() {
    let mut found = Vec::new();
    for kind in KINDS {
        let mut book = Workbook::new();
        for (row, (_, text)) in (1..).zip(lines(kind)) {
            if *kind == "formulas" {
                book = book.formula(&format!("A{row}"), text.strip_prefix('=').unwrap_or(&text));
            }
            book = book.shared_string(&text);
        }
        found.extend(loud(kind, &named("a.xlsx", &book.build())));
    }
    quiet(found);
}

#[test]
fn each_line_in_an_excel_2003_workbook() {
    let mut found = Vec::new();
    for kind in KINDS {
        let cells = lines(kind).into_iter().map(|(_, text)| match *kind {
            "formulas" => xml2003::cell(&attribute(&text)),
            _ => format!(
                "<Cell><Data ss:Type=\"String\">{}</Data></Cell>",
                escape(&text)
            ),
        });
        let book = Book {
            cells: cells.collect(),
            ..Book::default()
        };
        found.extend(loud(kind, &named("a.xml", &book.build())));
    }
    quiet(found);
}

#[test]
fn each_line_in_a_page() {
    let mut found = Vec::new();
    for kind in KINDS {
        let lines = lines(kind);
        let cell = |(_, text): &(String, String)| format!("<tr><td>{}</td></tr>", escape(text));
        let rows: String = lines.iter().map(cell).collect();
        for (name, page) in [
            ("a.xls", html::page("", &rows)),
            ("a.htm", html::bare(&rows)),
        ] {
            found.extend(loud(
                &format!("{kind} in {name}"),
                &named(name, page.as_bytes()),
            ));
        }
        if *kind == "formulas" {
            let cell = |(_, text): &(String, String)| {
                format!("<tr><td x:fmla=\"{}\">0</td></tr>", attribute(text))
            };
            let page = html::page("", &lines.iter().map(cell).collect::<String>());
            found.extend(loud(
                "formulas as attributes",
                &named("a.htm", page.as_bytes()),
            ));
        }
    }
    quiet(found);
}

/// The texts that come with the compiler: none of them is a link.
#[test]
fn documentation_of_the_toolchain() {
    let sysroot = std::process::Command::new("rustc")
        .args(["--print", "sysroot"])
        .output();
    let sysroot = sysroot
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let folder = sysroot.map(|path| Path::new(path.trim()).join("share/doc"));
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        println!("skipped: no documentation beside the compiler");
        return;
    };
    const FILES: usize = 3_000;
    const BYTES: usize = 200_000;
    let mut files = Vec::new();
    collect(&folder, &mut files);
    // All of the plain texts, and pages from everywhere.
    let (mut files, pages): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|path| path.extension().is_some_and(|e| e != "html"));
    files.truncate(FILES / 2);
    let step = (pages.len() / (FILES / 2)).max(1);
    files.extend(pages.into_iter().step_by(step).take(FILES / 2));
    println!("{} files", files.len());
    let mut found = Vec::new();
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        let bytes = &bytes[..bytes.len().min(BYTES)];
        let name = path.file_name().unwrap().to_string_lossy();
        for name in [name.as_ref(), "a.csv"] {
            let report = named(name, bytes);
            let dde = support::triples(&report);
            if !dde.is_empty() || report.verdict() > Verdict::Incomplete {
                found.push(format!("{} as {name}: {dde:?}", path.display()));
            }
        }
    }
    quiet(found);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let extension = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            collect(&path, files);
        } else if ["md", "txt", "html"].contains(&extension) {
            files.push(path);
        }
    }
}
