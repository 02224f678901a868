//! Whole workbooks, written as their parts; expectations are those of `spec/excel.md` §1.9, §1.3
//! to §1.8.

mod formulas;
mod limits;
mod links;
mod queries;

use std::collections::BTreeSet;

use super::Gather;
use crate::container::opc::{Opc, Relationship};
use crate::format::ledger::Ledger;
use crate::format::{Part, Vocabulary};
use crate::limits::{Budget, Exhausted, Limits};
use crate::link::Link;
use crate::location::Location;
use crate::markup::xml::{Event, Reader};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const STRICT: &str = "http://purl.oclc.org/ooxml/spreadsheetml/main";
const STRICT_REL: &str = "http://purl.oclc.org/ooxml/officeDocument/relationships";

struct Package {
    parts: Vec<(&'static str, String)>,
    relations: Vec<Relationship>,
    unreachable: &'static [&'static str],
    main: &'static str,
    rel: &'static str,
    read_twice: bool,
    limits: Limits,
}

/// What a package gave.
struct Given {
    links: Vec<Link>,
    gaps: usize,
    claimed: BTreeSet<usize>,
    /// Live bytes that nobody gave back.
    left: bool,
    stopped: Option<Exhausted>,
}

impl Package {
    fn new() -> Self {
        Package {
            parts: Vec::new(),
            relations: Vec::new(),
            unreachable: &[],
            main: MAIN,
            rel: REL,
            read_twice: false,
            limits: Limits::default(),
        }
    }

    /// Adds a part; `{m}` and `{r}` stand for the namespaces.
    fn part(mut self, name: &'static str, xml: &str) -> Self {
        let xml = xml.replace("{m}", self.main).replace("{r}", self.rel);
        self.parts.push((name, xml));
        self
    }

    /// A workbook with one sheet, `Tabelle1` (rId1), and external references.
    fn workbook(self, references: &[&str], more: &str) -> Self {
        let references: String = references
            .iter()
            .map(|id| format!("<externalReference r:id='{id}'/>"))
            .collect();
        self.part(
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns='{{m}}' xmlns:r='{{r}}'><sheets>\
                 <sheet name='Tabelle1' sheetId='1' r:id='rId1'/></sheets>\
                 <externalReferences>{references}</externalReferences>{more}</workbook>"
            ),
        )
        .relation("xl/workbook.xml", "rId1", "xl/worksheets/sheet1.xml")
    }

    /// The sheet of [`Package::workbook`].
    fn sheet(self, rows: &str) -> Self {
        let xml = format!(
            "<worksheet xmlns='{{m}}' xmlns:r='{{r}}' \
             xmlns:xm='http://schemas.microsoft.com/office/excel/2006/main' \
             xmlns:x14='http://schemas.microsoft.com/office/spreadsheetml/2009/9/main'>\
             {rows}</worksheet>"
        );
        self.part("xl/worksheets/sheet1.xml", &xml)
    }

    fn cell(self, formula: &str) -> Self {
        self.sheet(&format!(
            "<sheetData><row r='4'><c r='B4' t='e'><f>{formula}</f><v>#N/A</v></c></row></sheetData>"
        ))
    }

    fn link_part(self, name: &'static str, inner: &str) -> Self {
        let xml = format!("<externalLink xmlns='{{m}}' xmlns:r='{{r}}'>{inner}</externalLink>");
        self.part(name, &xml)
    }

    fn member(&self, name: &str) -> usize {
        // Parts may be added after their relationships: names are numbered by first mention.
        NAMES.iter().position(|known| *known == name).unwrap()
    }

    fn relation(mut self, source: &str, id: &str, target: &str) -> Self {
        let internal = NAMES.contains(&target);
        self.relations.push(Relationship {
            source: Some(self.member(source)),
            rels_member: 99,
            id: id.to_owned(),
            segment: "".into(),
            target: target.to_owned(),
            external: !internal,
            resolved: internal.then(|| self.member(target)),
            offset: 0,
            source_text: String::new(),
        });
        self
    }

    fn read(self) -> Given {
        let budget = Budget::new(&self.limits, None);
        let mut gather = Gather::new(known);
        let mut stopped = None;
        for (name, xml) in &self.parts {
            let location = Location::root(Some("q.xlsx")).child(name);
            let part = Part {
                member: self.member(name),
                name,
                location: &location,
                relation: None,
                reachable: !self.unreachable.contains(name),
                techniques: &[],
            };
            for salvage in [false, true] {
                if salvage && !self.read_twice {
                    continue;
                }
                gather.begin_part(&part, salvage);
                let mut reader = Reader::new(xml.as_bytes(), &self.limits);
                if let Err(cause) = feed(&mut reader, &mut gather, &budget) {
                    stopped = Some(cause);
                }
                let techniques = reader.techniques();
                gather.end_part(&techniques);
            }
        }
        let opc = opc(self.relations);
        let mut links = Vec::new();
        let mut judge = |link| links.push(link);
        let mut ledger = Ledger::new(&self.limits, &mut judge);
        let mut claimed = BTreeSet::new();
        gather.resolve(&opc, &budget, &mut ledger, &mut claimed);
        let (gaps, _) = ledger.close();
        Given {
            links,
            gaps: gaps.len(),
            claimed,
            left: budget.charge_live(self.limits.live_bytes).is_err(),
            stopped,
        }
    }

    fn links(self) -> Vec<Link> {
        let given = self.read();
        assert_eq!((given.gaps, given.left, given.stopped), (0, false, None));
        given.links
    }

    fn only(self) -> Link {
        let mut links = self.links();
        assert_eq!(links.len(), 1, "{links:#?}");
        links.remove(0)
    }
}

const NAMES: &[&str] = &[
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/externalLinks/externalLink1.xml",
    "xl/externalLinks/externalLink2.xml",
    "custom/abc.dat",
    "xl/sharedStrings.xml",
    "xl/connections.xml",
    "xl/queryTables/queryTable1.xml",
    "xl/macrosheets/sheet1.xml",
    "xl/charts/chart1.xml",
    "xl/drawings/vmlDrawing1.vml",
    "xl/drawings/drawing1.xml",
    "xl/volatileDependencies.xml",
    "xl/tables/table1.xml",
    "customXml/item1.xml",
];
const EXTERNAL: &str = "xl/externalLinks/externalLink1.xml";

fn known(name: &str) -> bool {
    matches!(
        name,
        "cmd" | "rundll32" | "mshta" | "powershell" | "regsvr32"
    )
}

fn opc(relationships: Vec<Relationship>) -> Opc {
    let mut opc = Opc::default();
    opc.relationships = relationships;
    opc
}

fn feed<R: std::io::BufRead>(
    reader: &mut Reader<R>,
    gather: &mut Gather,
    budget: &Budget<'_>,
) -> Result<(), Exhausted> {
    while let Some(event) = reader.next()? {
        match event {
            Event::Start(tag) => gather.start(&tag, budget)?,
            Event::End(name) => gather.end(name, budget)?,
            Event::Text { text, referenced } => gather.text(text, referenced, budget)?,
        }
    }
    Ok(())
}

fn triple(link: &Link) -> String {
    let reading = link.readings.first().unwrap();
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    format!(
        "{}|{}!{}",
        word(&reading.service),
        word(&reading.topic),
        word(&reading.item)
    )
}

fn triples(links: &[Link]) -> Vec<String> {
    links.iter().map(triple).collect()
}

/// §1.2, as Excel writes it.
const WRITTEN: &str = "<ddeLink xmlns:r='{r}' ddeService=\"cmd\" ddeTopic=\"/c calc.exe\">\
    <ddeItems><ddeItem name=\"_xlbgnm.A1\" advise=\"1\"/>\
    <ddeItem name=\"StdDocumentName\" ole=\"1\" advise=\"1\"/></ddeItems></ddeLink>";

fn written() -> Package {
    Package::new()
        .workbook(&["rId2"], "")
        .cell("[1]!_xlbgnm.A1")
        .link_part(EXTERNAL, WRITTEN)
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
}
