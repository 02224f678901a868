//! A folder of labelled documents, if there is one: `DDETECT_LABELLED` names it. Its `labels.tsv`
//! has the columns path, sha256, format, label, expected.
//!
//! Documents of the kinds that are read must give what their label says; of the other kinds only
//! that they are never called clean when they hold DDE.

use std::path::{Path, PathBuf};

use ddetect::{Analyzer, Finding, Gap, GapKind, Input, Kind, Report, Verdict};

/// The kinds that this version reads, by the label's format column.
const READ: &[&str] = &[
    "biff",
    "doc",
    "docx",
    "eml",
    "excel2003xml",
    "flat-opc",
    "html",
    "mhtml",
    "msg",
    "odf",
    "odp",
    "ods",
    "odt",
    "officexml",
    "ppt",
    "pptx",
    "rtf",
    "word2003xml",
    "xls",
    "xlsb",
    "xlsx",
];

struct Label {
    path: PathBuf,
    format: String,
    label: String,
    expected: Vec<String>,
}

impl Label {
    /// A compound file that a fuzzer cut off: what it is labelled does not say that all of it is
    /// there, and a gap must say that it is not.
    fn is_cut(&self, report: &Report) -> bool {
        let fuzzed = self.path.to_string_lossy().contains("clusterfuzz-testcase");
        let said = |gap: &Gap| {
            gap.kind == GapKind::Damaged && gap.detail.starts_with("the compound file is cut off")
        };
        fuzzed && report.gaps().iter().any(said)
    }
}

fn labels(folder: &Path) -> Vec<Label> {
    let table = std::fs::read_to_string(folder.join("labels.tsv")).unwrap();
    let mut labels = Vec::new();
    for line in table.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        labels.push(Label {
            path: folder.join(columns[0]),
            format: columns[2].to_owned(),
            label: columns[3].to_owned(),
            expected: columns[4]
                .split("; ")
                .filter(|e| !e.is_empty())
                .map(str::to_owned)
                .collect(),
        });
    }
    labels
}

#[test]
fn labelled_documents_give_their_labels() {
    let Some(folder) = std::env::var_os("DDETECT_LABELLED").map(PathBuf::from) else {
        println!("skipped: DDETECT_LABELLED names no folder");
        return;
    };
    if !folder.join("labels.tsv").is_file() {
        println!("skipped: no labels.tsv in the folder that DDETECT_LABELLED names");
        return;
    }
    let analyzer = Analyzer::default();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for label in labels(&folder) {
        let bytes = std::fs::read(&label.path).unwrap();
        let name = label.path.file_name().unwrap().to_string_lossy();
        let report = analyzer.analyze(Input::new(&bytes).name(&name));
        let panicked = report
            .gaps()
            .iter()
            .any(|gap| gap.kind == GapKind::Internal);
        assert!(!panicked, "{}: {:?}", label.path.display(), report.gaps());
        // Some workbooks are labelled by the folder they stand in.
        let workbook = label.path.extension().is_some_and(|name| name == "xls");
        let read = READ.contains(&label.format.as_str())
            || workbook
            || label.format.starts_with("ooxml-enc");
        let complaint = if read {
            judge(&label, &report)
        } else {
            outside(&label, &report)
        };
        judged += usize::from(read);
        if let Some(complaint) = complaint {
            wrong.push(format!(
                "{} ({}): {complaint}",
                label.path.display(),
                label.label
            ));
        }
    }
    println!("{judged} documents of the kinds that are read");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What is wrong with the report on a document of a kind that is read.
fn judge(label: &Label, report: &Report) -> Option<String> {
    let dde: Vec<&Finding> = report
        .findings()
        .iter()
        .filter(|f| matches!(f.kind, Kind::Dde | Kind::DdeAuto))
        .collect();
    match label.label.as_str() {
        // No password of Office opens it: the scheme is named, nothing is called clean.
        "encrypted" => {
            let named = report
                .gaps()
                .iter()
                .any(|gap| gap.kind == GapKind::Encrypted && !gap.detail.is_empty());
            (report.verdict() != Verdict::Incomplete || !named)
                .then(|| format!("{:?} {:?}", report.verdict(), report.gaps()))
        }
        // Office opens it without asking, and so do we.
        "encrypted-default-password" => {
            let closed = report
                .gaps()
                .iter()
                .any(|gap| gap.kind == GapKind::Encrypted);
            let loud = report.verdict() > Verdict::Incomplete;
            (closed || loud).then(|| format!("{:?} {:?}", report.verdict(), report.gaps()))
        }
        "dde" => {
            if report.verdict() != Verdict::Malicious {
                return Some(format!("{:?}", report.verdict()));
            }
            let found: Vec<String> = dde.iter().flat_map(|f| spellings(f)).collect();
            let missing: Vec<_> = label
                .expected
                .iter()
                .filter(|e| !found.contains(e))
                .collect();
            (!missing.is_empty()).then(|| format!("missing {missing:?} in {found:?}"))
        }
        "dde-benign-service" => {
            (report.verdict() != Verdict::Clean || dde.is_empty()).then(|| format!("{report:?}"))
        }
        "external-link" => {
            let links = report
                .findings()
                .iter()
                .any(|f| f.kind == Kind::ExternalLink);
            if !dde.is_empty() || !links || report.verdict() > Verdict::Suspicious {
                return Some(format!("{:?}, links {links}, {dde:?}", report.verdict()));
            }
            unexplained(label, report)
        }
        // The folder calls clean what holds no DDE, whether it can be read or not.
        "clean" if label.format == "ppt" && is_protected(&label.path) => {
            let (verdict, high) = (
                report.verdict(),
                report.findings().iter().any(|f| f.score >= 50),
            );
            (verdict > Verdict::Incomplete || high).then(|| format!("{verdict:?}"))
        }
        "clean" => match report.findings().iter().find(|f| f.score >= 50) {
            Some(finding) => Some(format!("{finding:?}")),
            None => unexplained(label, report),
        },
        "corrupt" => report
            .complete()
            .then(|| format!("no gap: {:?}", report.verdict())),
        other => Some(format!("unknown label {other}")),
    }
}

/// Whether the name of a presentation says that it is encrypted.
fn is_protected(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ["encrypted", "protected"]
        .iter()
        .any(|word| name.contains(word))
}

/// A gap other than an embedded document of a kind that is not read yet.
fn unexplained(label: &Label, report: &Report) -> Option<String> {
    let explained = |gap: &&Gap| {
        let embedded = gap.kind == GapKind::Unsupported && gap.location.path().len() >= 2;
        embedded || gap.kind == GapKind::Damaged && label.is_cut(report)
    };
    let gap = report.gaps().iter().find(|gap| !explained(gap))?;
    Some(format!("{gap:?}"))
}

/// How a label may spell a finding.
fn spellings(finding: &Finding) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (service, topic) = (text(&finding.service), text(&finding.topic));
    let triple = format!("{service}|{topic}!{}", text(&finding.item));
    let command = format!("{service} {topic}");
    // Labels write runs of blanks as they stand in the document, edges trimmed.
    vec![triple, command.trim().to_owned(), service]
}

/// What is wrong with the report on a document of a kind that is not read yet.
fn outside(label: &Label, report: &Report) -> Option<String> {
    let hides = label.label.starts_with("dde") || label.label.starts_with("encrypted");
    (hides && report.verdict() == Verdict::Clean).then(|| "called clean".to_owned())
}
