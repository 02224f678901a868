//! Zip archives (`spec/word.md` §1.9, APPNOTE): a document and a workbook, each with every fault.

use std::collections::BTreeSet;

use super::support::docx::{docx, simple};
use super::support::package::Package;
use super::support::payloads::{STD, STD_SERVICE, STD_TOPIC};
use super::support::xlsx::Workbook;
use super::support::zipsmith::{Entry, Zip};
use super::support::{analyze, techniques, triples};
use ddetect::{Report, Verdict};

mod cases;
mod sweep;

/// A document with one link.
struct Good {
    kind: &'static str,
    package: Package,
    /// The part in which the link stands.
    main: &'static str,
    link: (&'static str, &'static str, &'static str),
}

impl Good {
    fn all() -> [Good; 2] {
        [
            Good {
                kind: "docx",
                package: docx(&simple(STD)),
                main: "word/document.xml",
                link: (STD_SERVICE, STD_TOPIC, ""),
            },
            Good {
                kind: "xlsx",
                package: Workbook::new().formula("A1", "cmd|'/c calc'!A0").package(),
                main: "xl/worksheets/sheet1.xml",
                link: ("cmd", "/c calc", "A0"),
            },
        ]
    }

    /// What the main part holds.
    fn xml(&self) -> Vec<u8> {
        let mut parts = self.package.parts().iter();
        let (_, bytes) = parts.find(|(name, _)| name == self.main).unwrap();
        bytes.clone()
    }

    /// The main part with text behind it that does not compress well.
    fn long_xml(&self) -> Vec<u8> {
        let mut xml = self.xml();
        xml.extend(b"<!-- ");
        let mut number = 7u64;
        for _ in 0..20_000 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            xml.extend(format!("{:x}", number >> 33).bytes());
        }
        xml.extend(b" -->");
        xml
    }

    /// The main part without the link.
    fn benign_xml(&self) -> Vec<u8> {
        let benign = match self.kind {
            "docx" => docx(""),
            _ => Workbook::new().formula("A1", "SUM(1,2)").package(),
        };
        let mut parts = benign.parts().iter();
        let (_, bytes) = parts.find(|(name, _)| name == self.main).unwrap();
        bytes.clone()
    }

    fn main(&self) -> Entry {
        Entry::deflated(self.main, self.xml())
    }

    /// The parts in front of the main part, `main`, and those behind it.
    fn around(&self, main: impl IntoIterator<Item = Entry>) -> Zip {
        let parts = self.package.parts();
        let at = parts
            .iter()
            .position(|(name, _)| name == self.main)
            .unwrap();
        let entry = |(name, bytes): &(String, Vec<u8>)| Entry::deflated(name, bytes);
        let (before, after) = (&parts[..at], &parts[at + 1..]);
        let entries = before
            .iter()
            .map(entry)
            .chain(main)
            .chain(after.iter().map(entry));
        entries.fold(Zip::new(), Zip::entry)
    }

    fn zip(&self) -> Zip {
        self.around([self.main()])
    }

    fn with(&self, change: impl FnOnce(Entry) -> Entry) -> Vec<u8> {
        self.around([change(self.main())]).build()
    }

    /// The same without a link.
    fn benign(&self) -> Zip {
        self.around([Entry::deflated(self.main, self.benign_xml())])
    }

    /// The bytes, and where the headers stand.
    fn spots(&self, main: Entry) -> Spots {
        let bytes = self.around([main]).build();
        let name = self.main.as_bytes();
        let named: Vec<usize> = (0..bytes.len())
            .filter(|at| bytes[*at..].starts_with(name))
            .collect();
        let header = |signature: &[u8], length: usize| {
            named
                .iter()
                .filter_map(|at| at.checked_sub(length))
                .find(|at| bytes[*at..].starts_with(signature))
                .unwrap()
        };
        Spots {
            local: header(b"PK\x03\x04", 30),
            central: header(b"PK\x01\x02", 46),
            first_central: find(&bytes, b"PK\x01\x02"),
            end: bytes.len() - 22,
            bytes,
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    let mut windows = bytes.windows(wanted.len());
    windows.position(|window| window == wanted).unwrap()
}

/// An archive and where the headers of its main part are.
struct Spots {
    bytes: Vec<u8>,
    local: usize,
    central: usize,
    first_central: usize,
    end: usize,
}

impl Spots {
    fn local(mut self, field: usize, value: &[u8]) -> Self {
        put(&mut self.bytes, self.local + field, value);
        self
    }

    fn central(mut self, field: usize, value: &[u8]) -> Self {
        put(&mut self.bytes, self.central + field, value);
        self
    }

    fn end(mut self, field: usize, value: &[u8]) -> Self {
        put(&mut self.bytes, self.end + field, value);
        self
    }

    /// Puts bytes between what there is.
    fn insert(mut self, at: usize, bytes: &[u8]) -> Self {
        self.bytes.splice(at..at, bytes.iter().copied());
        self
    }
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// What a case must come to.
enum Outcome {
    /// The link is found, the verdict is Malicious, and these techniques are named.
    Found(&'static [&'static str]),
    /// It is not, for this reason; the verdict is at least this.
    Lost(Verdict, &'static str),
}

type Make = Box<dyn Fn(&Good) -> Vec<u8>>;

struct Case {
    name: String,
    make: Make,
    outcome: Outcome,
    /// Something is missing of the bytes: the report says so.
    incomplete: bool,
}

impl Case {
    fn incomplete(mut self) -> Self {
        self.incomplete = true;
        self
    }
}

/// A case in which the link is found.
fn found(
    name: impl Into<String>,
    techniques: &'static [&'static str],
    make: impl Fn(&Good) -> Vec<u8> + 'static,
) -> Case {
    Case {
        name: name.into(),
        make: Box::new(make),
        outcome: Outcome::Found(techniques),
        incomplete: false,
    }
}

/// A case in which it is not.
fn lost(
    name: impl Into<String>,
    at_least: Verdict,
    why: &'static str,
    make: impl Fn(&Good) -> Vec<u8> + 'static,
) -> Case {
    Case {
        name: name.into(),
        make: Box::new(make),
        outcome: Outcome::Lost(at_least, why),
        incomplete: false,
    }
}

/// Every technique that any finding names.
fn named(report: &Report) -> BTreeSet<&'static str> {
    report.findings().iter().flat_map(techniques).collect()
}

/// Whether the link is found as it is, and no other.
fn is_found(report: &Report, good: &Good) -> bool {
    let (service, topic, item) = good.link;
    let wanted = (service.to_owned(), topic.to_owned(), item.to_owned());
    let all = triples(report);
    !all.is_empty() && all.iter().all(|link| *link == wanted)
}

/// Runs the cases, prints what came of them, and fails where it is not what was to come.
fn run(title: &str, cases: &[Case]) {
    let mut wrong = Vec::new();
    println!("\n{title}\n");
    for case in cases {
        for good in Good::all() {
            let report = analyze(&(case.make)(&good));
            let (hit, techniques) = (is_found(&report, &good), named(&report));
            let list: Vec<&str> = techniques.iter().copied().collect();
            let verdict = report.verdict();
            let word = if hit { "found" } else { "not found" };
            let line = format!(
                "{:42} {} {word:9} {verdict:?} {}",
                case.name,
                good.kind,
                list.join(" ")
            );
            let right = match &case.outcome {
                Outcome::Found(wanted) => {
                    hit && verdict == Verdict::Malicious
                        && wanted
                            .iter()
                            .all(|technique| techniques.contains(technique))
                        && !(case.incomplete && report.complete())
                }
                Outcome::Lost(at_least, _) => !hit && verdict >= *at_least,
            };
            let why = match &case.outcome {
                Outcome::Lost(_, why) => format!(" ({why})"),
                Outcome::Found(_) => String::new(),
            };
            println!("{line}{why}");
            if !right {
                let wanted = match &case.outcome {
                    Outcome::Found(wanted) => wanted.join(" "),
                    Outcome::Lost(..) => "not found".to_owned(),
                };
                wrong.push(format!(
                    "{line}\n    wanted {wanted}\n    {:?}",
                    report.gaps()
                ));
            }
        }
    }
    println!(
        "\n{} cases, each in {} documents",
        cases.len(),
        Good::all().len()
    );
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
