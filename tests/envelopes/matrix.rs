//! Every spelling in every carrier of Word: exactly the one finding, or a reason why the carrier
//! cannot hold it.

use std::collections::{BTreeMap, BTreeSet};

use ddetect::{Analyzer, Carrier as Told, Input, Report, Verdict};

use super::support::package::zip;
use super::support::word::carriers::{self, Carrier, RTF};
use super::support::word::ooxml::embedded;
use super::support::word::payload::{self, Payload};
use super::support::word::spellings;
use super::support::{analyze, dde, techniques};

/// Cells of the matrix that hold their payload, and cells with a reason not to.
const HELD: usize = 3219;
const EXCLUDED: usize = 1093;

/// What is wrong with a report, if anything.
fn wrong(report: &Report, carrier: &Carrier, payload: &Payload) -> Vec<String> {
    let expected = &payload.expected;
    let found = dde(report);
    let [finding] = found.as_slice() else {
        return vec![format!("{} DDE findings", found.len())];
    };
    let mut wrong = Vec::new();
    let mut same = |name: &str, found: String, wanted: String| {
        if found != wanted {
            wrong.push(format!("{name} is {found}, not {wanted}"));
        }
    };
    let text = |text: &Option<String>| format!("{text:?}");
    same(
        "kind",
        finding.kind.as_str().into(),
        expected.kind.as_str().into(),
    );
    same(
        "trigger",
        finding.trigger.as_str().into(),
        expected.trigger.as_str().into(),
    );
    let service = Some(expected.service.clone());
    same("service", text(&finding.service), text(&service));
    same("topic", text(&finding.topic), text(&expected.topic));
    same("item", text(&finding.item), text(&expected.item));
    let image = finding.command.as_ref().and_then(|c| c.image.clone());
    same(
        "image",
        text(&image),
        text(&Some(expected.image.to_owned())),
    );
    let told = match carrier.field {
        true => Told::Field,
        false => Told::DdeDeclaration,
    };
    same(
        "carrier",
        finding.carrier.as_str().into(),
        told.as_str().into(),
    );
    let verdict = format!("{:?}", report.verdict());
    same("verdict", verdict, format!("{:?}", Verdict::Malicious));
    if !report.complete() {
        wrong.push(format!("gaps: {:?}", report.gaps()));
    }
    let said = techniques(finding);
    let wanted = expected.techniques.iter().filter(|(_, told)| match told {
        payload::Told::Everywhere => carrier.field,
        payload::Told::Xml => carrier.xml,
    });
    for id in wanted.map(|(id, _)| id).chain(carrier.brings) {
        if !said.contains(id) {
            wrong.push(format!("{id} is not told"));
        }
    }
    wrong
}

#[test]
fn every_spelling_in_every_carrier() {
    let (mut held, mut excluded, mut failed) = (0, 0, BTreeMap::new());
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let mut cells: BTreeMap<&str, usize> = BTreeMap::new();
    let spellings = spellings::all();
    for payload in &spellings {
        let mut alive = false;
        for carrier in carriers::ALL {
            let bytes = match (carrier.write)(payload) {
                Ok(bytes) => bytes,
                Err(reason) => {
                    *reasons.entry(reason).or_default() += 1;
                    excluded += 1;
                    continue;
                }
            };
            (held, alive) = (held + 1, true);
            *cells.entry(carrier.reader).or_insert(0) += 1;
            for wrong in wrong(&analyze(&bytes), carrier, payload) {
                let carriers: &mut Vec<_> = failed.entry((payload.name, wrong)).or_default();
                carriers.push(carrier.name);
            }
        }
        assert!(alive, "no carrier holds '{}'", payload.name);
    }
    let lines = failed
        .iter()
        .map(|((spelling, wrong), carriers)| format!("{spelling}: {wrong}: {carriers:?}\n"));
    assert!(failed.is_empty(), "\n{}", lines.collect::<String>());
    assert_eq!(spellings.len() * carriers::ALL.len(), held + excluded);
    // `--nocapture` shows what each reader was given.
    println!("{cells:#?}");
    assert_eq!((held, excluded), (HELD, EXCLUDED), "{reasons:#?}");
}

#[test]
fn spellings_and_carriers_are_many_and_have_names_of_their_own() {
    let names: Vec<_> = spellings::all().iter().map(|p| p.name).collect();
    assert!(names.len() >= 30);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let names: Vec<_> = carriers::ALL.iter().map(|c| c.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

/// Each carrier's file in another document, in an archive, and in an archive in that document.
#[test]
fn every_carrier_in_other_containers() {
    type Wrap = fn(&[u8]) -> Vec<u8>;
    const WRAPS: [(&str, Wrap); 3] = [
        ("an embedding", embedded),
        ("an archive", |bytes| {
            zip(&[("q.bin", bytes), ("a.txt", b"hello")])
        }),
        ("an archive in an embedding", |bytes| {
            embedded(&zip(&[("q", bytes)]))
        }),
    ];
    // The first idiom of the tables, which every carrier can hold.
    let payload = spellings::all().swap_remove(0);
    let mut failed = Vec::new();
    for carrier in carriers::ALL {
        let bytes = (carrier.write)(&payload).unwrap();
        for (wrap, around) in WRAPS {
            let bytes = around(&bytes);
            for wrong in wrong(&analyze(&bytes), carrier, &payload) {
                failed.push(format!("{} in {wrap}: {wrong}", carrier.name));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Content decides, not the name: Word opens each of them under any of its extensions.
#[test]
fn every_carrier_under_other_names() {
    let payload = spellings::all().swap_remove(0);
    let mut failed = Vec::new();
    for carrier in carriers::ALL {
        let bytes = (carrier.write)(&payload).unwrap();
        for name in ["q.doc", "q.docx", "q.rtf", "q.wiz", "q.jpg", "q"] {
            let report = Analyzer::default().analyze(Input::new(&bytes).name(name));
            for wrong in wrong(&report, carrier, &payload) {
                failed.push(format!("{} as {name}: {wrong}", carrier.name));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Line ends, blanks and NULs before what is text (§4.6), and other bytes behind every carrier.
#[test]
fn every_carrier_between_other_bytes() {
    let payload = spellings::all().swap_remove(0);
    let mut failed = Vec::new();
    for carrier in carriers::ALL {
        let bytes = (carrier.write)(&payload).unwrap();
        // Compound files have their sectors at fixed places; archives were tried elsewhere.
        let text = bytes.iter().take(4).all(u8::is_ascii) && !bytes.starts_with(b"PK");
        let mut ways = vec![(
            "with blanks behind it",
            [&bytes, b" \r\n".repeat(40).as_slice()].concat(),
        )];
        if text {
            let blanks = b"\r\n \t\r\n".repeat(40);
            ways.push(("behind blanks", [&blanks, bytes.as_slice()].concat()));
        }
        if text && carrier.reader == RTF {
            ways.push(("behind NULs", [[0; 40].as_slice(), &bytes].concat()));
            ways.push(("before junk", [&bytes, b"junk } \\ {".as_slice()].concat()));
        }
        for (way, bytes) in ways {
            for wrong in wrong(&analyze(&bytes), carrier, &payload) {
                failed.push(format!("{} {way}: {wrong}", carrier.name));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
