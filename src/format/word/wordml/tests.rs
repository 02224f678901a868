//! Word's markup, event by event (`spec/word.md` §1, §1.8).

mod again;
mod bound;
mod evaluated;
mod links;
mod nested;
mod older;
mod ordinary;
mod passages;
mod places;
mod plain;
mod reached;
mod readers;

use super::*;
use crate::container::opc::Relationship;
use crate::gap::{Gap, GapKind};
use crate::limits::Limits;
use crate::link::{Carrier, Confidence, Kind, Link, Trigger};
use crate::location::Location;
use crate::markup::xml::{Event, Reader};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

const STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";

const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

const MC: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";

const CMD: &str = r#"c:\\windows\\system32\\cmd.exe "/k calc.exe""#;

const B: &str = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r>"#;

const S: &str = r#"<w:r><w:fldChar w:fldCharType="separate"/></w:r>"#;

const E: &str = r#"<w:r><w:fldChar w:fldCharType="end"/></w:r>"#;

/// A run with instruction text.
fn i(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    format!(r#"<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>"#)
}

/// The same without `xml:space`.
fn i_trim(text: &str) -> String {
    i(text).replace(r#" xml:space="preserve""#, "")
}

fn document(body: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="{MC}" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:body><w:p>{body}</w:p></w:body></w:document>"#
    )
}

fn settings(children: &str) -> String {
    format!(r#"<w:settings xmlns:w="{W}" xmlns:r="{R}">{children}</w:settings>"#)
}

struct Scan {
    links: Vec<Link>,
    gaps: Vec<Gap>,
    claimed: BTreeSet<usize>,
}

struct Given<'a> {
    name: &'a str,
    bytes: &'a [u8],
    reachable: bool,
    salvage: bool,
}

fn given<'a>(name: &'a str, text: &'a str) -> Given<'a> {
    Given {
        name,
        bytes: text.as_bytes(),
        reachable: true,
        salvage: false,
    }
}

fn scan_with(parts: &[Given<'_>], opc: &Opc, limits: &Limits) -> Scan {
    let budget = Budget::new(limits, None);
    let mut gather = Gather::default();
    for (index, part) in parts.iter().enumerate() {
        let location = Location::root(Some("q.docx")).child(part.name);
        gather.begin_part(
            &Part {
                member: if part.salvage { 0 } else { index },
                name: part.name,
                location: &location,
                relation: None,
                reachable: part.reachable,
                techniques: &[],
            },
            part.salvage,
        );
        let mut reader = Reader::new(part.bytes, limits);
        while let Some(event) = reader.next().unwrap() {
            match event {
                Event::Start(tag) => gather.start(&tag, &budget).unwrap(),
                Event::End(name) => gather.end(name, &budget).unwrap(),
                Event::Text { text, referenced } => {
                    gather.text(text, referenced, &budget).unwrap();
                }
            }
        }
        gather.end_part(&reader.techniques());
    }
    let mut links = Vec::new();
    let mut judge = |link| links.push(link);
    let mut ledger = Ledger::new(limits, &mut judge);
    let mut claimed = BTreeSet::new();
    gather.resolve(opc, &budget, &mut ledger, &mut claimed);
    let (gaps, _) = ledger.close();
    // Everything that was reserved was given back.
    assert_eq!(budget.charge_live(limits.live_bytes), Ok(()));
    Scan {
        links,
        gaps,
        claimed,
    }
}

fn scan(parts: &[(&str, &str)]) -> Scan {
    let parts: Vec<_> = parts.iter().map(|(name, text)| given(name, text)).collect();
    scan_with(&parts, &Opc::default(), &Limits::default())
}

/// The only link of a document with this body.
fn one(body: &str) -> Link {
    one_of(&[("word/document.xml", &document(body))])
}

fn one_of(parts: &[(&str, &str)]) -> Link {
    let mut scan = scan(parts);
    assert_eq!(scan.gaps, []);
    assert_eq!(scan.links.len(), 1, "{:#?}", scan.links);
    scan.links.remove(0)
}

fn none(body: &str) {
    let scan = scan(&[("word/document.xml", &document(body))]);
    assert!(scan.links.is_empty(), "{:#?}", scan.links);
    assert_eq!(scan.gaps, []);
}

fn triples(link: &Link) -> Vec<(Option<&str>, Option<&str>, Option<&str>)> {
    link.readings
        .iter()
        .map(|reading| {
            (
                reading.service.as_deref(),
                reading.topic.as_deref(),
                reading.item.as_deref(),
            )
        })
        .collect()
}

/// DDEAUTO, `c:\windows\system32\cmd.exe`, `/k calc.exe` (`spec/word.md` §0.8).
fn is_std(link: &Link) {
    assert_eq!(link.kind, Kind::DdeAuto);
    assert_eq!(link.carrier, Carrier::Field);
    assert_eq!(link.trigger, Trigger::Open);
    let std = (
        Some(r"c:\windows\system32\cmd.exe"),
        Some("/k calc.exe"),
        None,
    );
    assert_eq!(triples(link)[0], std, "{link:#?}");
}

fn nested(instruction: &str) -> String {
    format!("{B}{}{S}{}{E}", i(instruction), i("?"))
}

fn codes(text: &str, base: u32) -> String {
    let codes: Vec<_> = text
        .bytes()
        .map(|byte| match base {
            16 => format!("0x{byte:02x}"),
            _ => byte.to_string(),
        })
        .collect();
    codes.join(" ")
}

fn opc(relationship: Relationship) -> Opc {
    let mut opc = Opc::default();
    opc.relationships.push(relationship);
    opc
}

fn external(source: usize, id: &str, segment: &str, target: &str) -> Relationship {
    Relationship {
        source: Some(source),
        rels_member: 9,
        id: id.to_owned(),
        segment: segment.into(),
        target: target.to_owned(),
        external: true,
        resolved: None,
        offset: 0,
        source_text: String::new(),
    }
}
