mod hostile;
mod objects;
mod spec;
mod values;

use super::*;
use crate::gap::Gap;
use crate::limits::Limits;
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId, Trigger};

const PRE: &str = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Calibri;}}";
const CMD: &str = r#"c:\\\\windows\\\\system32\\\\cmd.exe "/k calc.exe""#;

struct Scan {
    links: Vec<Link>,
    gaps: Vec<Gap>,
    children: Vec<Child>,
    properties: Properties,
    ended: Result<(), Exhausted>,
}

fn scan_with(bytes: &[u8], limits: &Limits) -> Scan {
    let budget = Budget::new(limits, None);
    let mut links = Vec::new();
    let mut judge = |link| links.push(link);
    let mut ledger = Ledger::new(limits, &mut judge)
        .with_programs(crate::command::runs, crate::command::is_program);
    let location = Location::root(Some("q.rtf"));
    let Outcome { properties, ended } = read(bytes, &location, &budget, &mut ledger);
    // Everything that was reserved was given back.
    assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    let children = ledger
        .take_children()
        .into_iter()
        .map(|(child, _)| child)
        .collect();
    let (gaps, _) = ledger.close();
    Scan {
        links,
        gaps,
        children,
        properties,
        ended,
    }
}

/// A document that is read whole.
fn scan(bytes: impl AsRef<[u8]>) -> Scan {
    let scan = scan_with(bytes.as_ref(), &Limits::default());
    assert_eq!(scan.gaps, []);
    assert_eq!(scan.ended, Ok(()));
    scan
}

/// A field with this instruction.
fn field(instruction: &str) -> String {
    format!(r"{PRE}{{\field{{\*\fldinst {instruction}}}{{\fldrslt x}}}}}}")
}

/// The only link of a document.
fn one(bytes: impl AsRef<[u8]>) -> Link {
    let mut scan = scan(bytes);
    assert_eq!(scan.links.len(), 1, "{:#?}", scan.links);
    scan.links.remove(0)
}

fn none(bytes: impl AsRef<[u8]>) {
    let scan = scan(bytes);
    assert!(scan.links.is_empty(), "{:#?}", scan.links);
}

type Triple<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn triple(link: &Link) -> Triple<'_> {
    let reading = &link.readings[0];
    (
        reading.service.as_deref(),
        reading.topic.as_deref(),
        reading.item.as_deref(),
    )
}

const STD: Triple<'_> = (
    Some(r"c:\windows\system32\cmd.exe"),
    Some("/k calc.exe"),
    None,
);

/// DDEAUTO, `c:\windows\system32\cmd.exe`, `/k calc.exe` (`spec/word.md` §0.8).
fn is_std(link: &Link) {
    assert_eq!(link.kind, Kind::DdeAuto);
    assert_eq!(link.carrier, Carrier::Field);
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(triple(link), STD, "{link:#?}");
}

fn techniques(link: &Link) -> Vec<TechniqueId> {
    link.techniques.iter().map(|t| t.id).collect()
}
