//! Every spelling in every carrier of Excel: exactly the links that it names, or a reason why the
//! carrier cannot hold it; and the harmless twins, which stay at information.

use std::collections::{BTreeMap, BTreeSet};

use ddetect::{Analyzer, Input, Report, Severity, Verdict};

use super::support::excel::carriers::{self, Carrier, EVERY, Reader};
use super::support::excel::payload::Payload;
use super::support::excel::{benign, spellings};
use super::support::{dde, techniques, triples};

fn analyze(carrier: &Carrier, bytes: &[u8]) -> Report {
    let input = Input::new(bytes);
    Analyzer::default().analyze(match carrier.file {
        "" => input,
        name => input.name(name),
    })
}

/// What is wrong with a report, if anything.
fn wrong(report: &Report, carrier: &Carrier, payload: &Payload) -> Vec<String> {
    let mut wrong = Vec::new();
    let found = triples(report);
    // The same link twice in one formula may be told once or twice.
    let distinct: BTreeSet<_> = found.iter().collect();
    let repeated = payload.formula().matches('|').count();
    if distinct != payload.expected.iter().collect() || found.len() > repeated.max(1) {
        wrong.push(format!("found {found:?}, not {:?}", payload.expected));
        return wrong;
    }
    let finding = dde(report)[0];
    let image = finding.command.as_ref().and_then(|c| c.image.as_deref());
    if image != Some(payload.image) {
        wrong.push(format!("image is {image:?}, not {}", payload.image));
    }
    if report.verdict() != Verdict::Malicious {
        wrong.push(format!("verdict is {:?}", report.verdict()));
    }
    if !report.complete() {
        wrong.push(format!("gaps: {:?}", report.gaps()));
    }
    let names = |place: &str| carrier.cell.is_none_or(|cell| place.ends_with(cell));
    let mut places = finding.used_by.iter().map(String::as_str);
    if carrier.cell.is_some() && !places.any(names) && !finding.location.cell().is_some_and(names) {
        let (users, cell) = (&finding.used_by, finding.location.cell());
        wrong.push(format!(
            "cell {:?} is not told: {users:?}, {cell:?}",
            carrier.cell
        ));
    }
    let said = techniques(finding);
    for id in carrier.brings.iter().filter(|id| !said.contains(id)) {
        wrong.push(format!("{id} is not told: {said:?}"));
    }
    wrong
}

/// Cells that hold their payload and cells with a reason not to, and the same of the twins.
const CELLS: &[(Reader, [usize; 4])] = &[
    (Reader::Xlsx, [853, 181, 176, 0]),
    (Reader::Xlsb, [561, 238, 136, 0]),
    (Reader::Xls, [891, 378, 216, 0]),
    (Reader::OldXls, [297, 126, 72, 0]),
    (Reader::Text, [5768, 1376, 1216, 0]),
    (Reader::Xml2003, [390, 80, 80, 0]),
    (Reader::Html, [358, 65, 72, 0]),
    (Reader::Ods, [285, 91, 64, 0]),
];

#[test]
fn cells_are_counted() {
    let count = |payloads: &[Payload], carriers: &[Carrier]| {
        let all = payloads
            .iter()
            .flat_map(|payload| carriers.iter().map(move |c| (c.write)(payload)));
        let (held, excluded): (Vec<_>, Vec<_>) = all.partition(Result::is_ok);
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in excluded.iter().filter_map(|cell| cell.as_ref().err()) {
            *reasons.entry(reason).or_default() += 1;
        }
        // `--nocapture` shows why.
        println!("{reasons:#?}");
        [held.len(), excluded.len()]
    };
    let counted: Vec<_> = EVERY
        .iter()
        .map(|reader| {
            let carriers = carriers::of(&[*reader]);
            let [held, excluded] = count(&spellings::all(), &carriers);
            let [twins, without] = count(&benign::feeds(), &carriers);
            (*reader, [held, excluded, twins, without])
        })
        .collect();
    assert_eq!(counted, CELLS);
}

/// Every payload in every carrier of these readers.
fn sweep(readers: &[Reader]) {
    let mut failed: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    let carriers = carriers::of(readers);
    for payload in &spellings::all() {
        for carrier in &carriers {
            let bytes = match (carrier.write)(payload) {
                Ok(bytes) => bytes,
                Err(_) => continue,
            };
            for wrong in wrong(&analyze(carrier, &bytes), carrier, payload) {
                let carriers = failed.entry((payload.name, wrong)).or_default();
                carriers.push(carrier.name.to_string());
            }
        }
    }
    let lines = failed
        .iter()
        .map(|((spelling, wrong), carriers)| format!("{spelling}: {wrong}: {carriers:?}\n"));
    assert!(failed.is_empty(), "\n{}", lines.collect::<String>());
}

#[test]
fn spellings_and_carriers_have_names_of_their_own() {
    let spellings = spellings::all();
    let names: BTreeSet<_> = spellings.iter().map(|p| p.name).collect();
    assert_eq!(names.len(), spellings.len());
    assert!(spellings.len() >= 40);
    let all = carriers::of(EVERY);
    let names: BTreeSet<_> = all.iter().map(|c| &c.name).collect();
    assert_eq!(names.len(), all.len());
    // Each spelling has a carrier that holds it, and each carrier a spelling that it holds.
    for payload in &spellings {
        let held = all
            .iter()
            .filter(|carrier| (carrier.write)(payload).is_ok());
        assert!(held.count() > 0, "no carrier holds '{}'", payload.name);
    }
    for carrier in &all {
        let held = spellings.iter().filter(|p| (carrier.write)(p).is_ok());
        assert!(held.count() > 0, "'{}' holds nothing", carrier.name);
    }
}

#[test]
fn spellings_in_xlsx() {
    sweep(&[Reader::Xlsx]);
}

#[test]
fn spellings_in_xlsb() {
    sweep(&[Reader::Xlsb]);
}

#[test]
fn spellings_in_xls() {
    sweep(&[Reader::Xls]);
}

#[test]
fn spellings_in_older_xls() {
    sweep(&[Reader::OldXls]);
}

#[test]
#[ignore = "pending: text reader"]
fn spellings_in_texts() {
    sweep(&[Reader::Text]);
}

#[test]
fn spellings_in_excel_2003_xml() {
    sweep(&[Reader::Xml2003]);
}

#[test]
fn spellings_in_pages() {
    sweep(&[Reader::Html]);
}

#[test]
fn spellings_in_open_document() {
    sweep(&[Reader::Ods]);
}

/// Harmless links in every carrier: reported as what they are, and nothing more.
fn twins(readers: &[Reader]) {
    let mut failed = Vec::new();
    for twin in benign::feeds() {
        for carrier in carriers::of(readers) {
            let Ok(bytes) = (carrier.write)(&twin) else {
                continue;
            };
            let report = analyze(&carrier, &bytes);
            let links = triples(&report);
            let distinct: BTreeSet<_> = links.iter().collect();
            let loud = report
                .findings()
                .iter()
                .filter(|f| f.severity > Severity::Info);
            let loud: Vec<_> = loud.map(|f| (f.severity, f.score)).collect();
            if distinct != twin.expected.iter().collect()
                || !loud.is_empty()
                || report.verdict() != Verdict::Clean
            {
                let (verdict, gaps) = (report.verdict(), report.gaps());
                failed.push(format!(
                    "{} in {}: {verdict:?}, {loud:?}, {links:?}, {gaps:?}",
                    twin.name, carrier.name
                ));
            }
        }
    }
    let failures = failed.len();
    assert!(
        failed.is_empty(),
        "{failures} failures:\n{}",
        failed.join("\n")
    );
}

#[test]
fn twins_in_xlsx() {
    twins(&[Reader::Xlsx]);
}

#[test]
fn twins_in_xlsb() {
    twins(&[Reader::Xlsb]);
}

#[test]
fn twins_in_xls() {
    twins(&[Reader::Xls, Reader::OldXls]);
}

#[test]
#[ignore = "pending: text reader"]
fn twins_in_texts() {
    twins(&[Reader::Text]);
}

#[test]
fn twins_in_excel_2003_xml() {
    twins(&[Reader::Xml2003]);
}

#[test]
fn twins_in_pages() {
    twins(&[Reader::Html]);
}

#[test]
fn twins_in_open_document() {
    twins(&[Reader::Ods]);
}

/// Content decides, not the name, except for text, which any file could be.
fn other_names(readers: &[Reader]) {
    let payload = spellings::all().swap_remove(0);
    let mut failed = Vec::new();
    for carrier in carriers::of(readers) {
        let bytes = (carrier.write)(&payload).unwrap();
        for name in ["q.xls", "q.csv", "q.xlsb", "q.slk", "q.xlt", "q"] {
            let report = Analyzer::default().analyze(Input::new(&bytes).name(name));
            for wrong in wrong(&report, &carrier, &payload) {
                failed.push(format!("{} as {name}: {wrong}", carrier.name));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn xlsx_under_other_names() {
    other_names(&[Reader::Xlsx]);
}

#[test]
fn xlsb_under_other_names() {
    other_names(&[Reader::Xlsb]);
}

#[test]
fn xls_under_other_names() {
    other_names(&[Reader::Xls, Reader::OldXls]);
}

#[test]
#[ignore = "pending: text reader"]
fn texts_under_other_names() {
    other_names(&[Reader::Text]);
}

#[test]
fn excel_2003_xml_under_other_names() {
    other_names(&[Reader::Xml2003]);
}
