//! External links and connections (`spec/excel.md` §1.2, §1.6, §1.7, §1.9).

use super::*;
use crate::link::{Carrier, Confidence, Kind, TechniqueId, Trigger};

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
    assert_eq!(given.claimed, BTreeSet::from([2]));
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

/// §1.6: the texts of connections are ST_Xstring, and extensions have commands of their own.
#[test]
fn connections_are_read_with_their_escapes_undone() {
    for (inner, raw, target) in [
        (
            "<dbPr connection='DSN=x' command='EXEC xp_cmd_x0073_hell'/>",
            "command=\"EXEC xp_cmdshell\"",
            None,
        ),
        (
            "<webPr url='http_x003A_//example.invalid/q'/>",
            "url=\"http://example.invalid/q\"",
            Some("http://example.invalid/q"),
        ),
        (
            "<x15:connection xmlns:x15='http://schemas.microsoft.com/office/spreadsheetml/2010/11/main'>\
             <x15:oledbPr connection='DSN=x'><x15:dbCommand text='SELECT Shell (1)'/></x15:oledbPr>\
             </x15:connection>",
            "text=\"SELECT Shell (1)\"",
            None,
        ),
    ] {
        let link = Package::new()
            .part(
                "xl/connections.xml",
                &format!("<connections xmlns='{{m}}'><connection id='1'>{inner}</connection></connections>"),
            )
            .only();
        assert!(link.raw.contains(raw), "{}", link.raw);
        assert_eq!(link.target.as_deref(), target, "{inner}");
    }
}

const CHART: &str = "http://schemas.openxmlformats.org/drawingml/2006/chart";

fn chart(update: &str, target: &str) -> Package {
    Package::new()
        .part(
            "xl/charts/chart1.xml",
            &format!(
                "<c:chartSpace xmlns:c='{CHART}' xmlns:r='{{r}}'>\
                 <c:externalData r:id='rId1'>{update}</c:externalData></c:chartSpace>"
            ),
        )
        .relation("xl/charts/chart1.xml", "rId1", target)
}

/// §1.4: a chart whose data is another workbook, and that reads it by itself.
#[test]
fn a_chart_that_updates_itself_reads_another_workbook_at_opening() {
    let share = "file:///\\\\h\\s\\a.xlsx";
    for update in ["<c:autoUpdate val='1'/>", "<c:autoUpdate/>"] {
        let link = chart(update, share).only();
        assert_eq!(link.trigger, Trigger::Open, "{update}");
        assert_eq!(link.carrier, Carrier::ExternalWorkbook);
        assert_eq!(link.target.as_deref(), Some(share));
    }
    // Without, its relationship says all there is, elsewhere.
    for update in ["<c:autoUpdate val='0'/>", ""] {
        assert!(chart(update, share).links().is_empty(), "{update}");
    }
    // The workbook that is embedded for the chart is none that is fetched.
    let embedded = chart("<c:autoUpdate val='1'/>", "custom/abc.dat");
    assert!(embedded.links().is_empty());
}

/// §1.4: a pivot cache of another workbook that is refreshed when the workbook is opened.
#[test]
fn a_pivot_cache_that_refreshes_reads_another_workbook_at_opening() {
    let cache = |refresh: &str| {
        Package::new()
            .part(
                "custom/abc.dat",
                &format!(
                    "<pivotCacheDefinition xmlns='{{m}}' xmlns:r='{{r}}' {refresh}>\
                     <cacheSource type='worksheet'><worksheetSource ref='A1:B9' sheet='S' \
                     r:id='rId1'/></cacheSource></pivotCacheDefinition>"
                ),
            )
            .relation("custom/abc.dat", "rId1", "http://a.invalid/b.xlsx")
    };
    let link = cache("refreshOnLoad='1'").only();
    assert_eq!(
        (link.trigger, link.target.as_deref()),
        (Trigger::Open, Some("http://a.invalid/b.xlsx"))
    );
    assert!(cache("").links().is_empty());
}
