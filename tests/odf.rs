//! OpenDocument: `spec/word.md` §4.7, §4.8 O01; `spec/excel.md` §7.

mod support;

use std::fmt::Write as _;

use ddetect::{
    Carrier, Confidence, Finding, Format, GapKind, Kind, Report, SkipReason, Trigger, Verdict,
};
use support::docx::{docx, simple};
use support::package::Package;
use support::payloads::STD;
use support::{analyze, dde, techniques, triples};

const NS: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
    xmlns:form=\"urn:oasis:names:tc:opendocument:xmlns:form:1.0\" \
    xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" \
    xmlns:script=\"urn:oasis:names:tc:opendocument:xmlns:script:1.0\" \
    xmlns:presentation=\"urn:oasis:names:tc:opendocument:xmlns:presentation:1.0\" \
    xmlns:xlink=\"http://www.w3.org/1999/xlink\"";

const DECL: &str = "<text:dde-connection-decls><text:dde-connection-decl office:name=\"c1\" \
    office:dde-application=\"cmd\" office:dde-topic=\"/c calc\" office:dde-item=\"A0\" \
    office:automatic-update=\"true\"/></text:dde-connection-decls>";

fn content(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><office:document-content {NS}><office:body><office:text>{body}\
         </office:text></office:body></office:document-content>"
    )
}

fn package(kind: &str, body: &str) -> Package {
    Package::empty()
        .part("mimetype", format!("application/vnd.oasis.opendocument.{kind}"))
        .part("content.xml", content(body))
        .part(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
             <manifest:file-entry manifest:full-path=\"/\"/></manifest:manifest>",
        )
}

fn odt(body: &str) -> Vec<u8> {
    package("text", body).build()
}

fn fodt(kind: &str, body: &str) -> Vec<u8> {
    format!(
        "<office:document {NS} office:mimetype=\"application/vnd.oasis.opendocument.{kind}\">\
         <office:meta><meta:generator>LibreOffice/7.4</meta:generator></office:meta>\
         <office:body>{body}</office:body></office:document>"
    )
    .into_bytes()
}

fn calc() -> (String, String, String) {
    ("cmd".to_owned(), "/c calc".to_owned(), "A0".to_owned())
}

/// Carrier, trigger and target of each external link.
fn places(report: &Report) -> Vec<(Carrier, Trigger, &str)> {
    let all = report.findings().iter();
    all.filter(|f| matches!(f.kind, Kind::ExternalLink | Kind::Execute))
        .map(|f| {
            (
                f.carrier,
                f.trigger,
                f.target.as_deref().unwrap_or_default(),
            )
        })
        .collect()
}

fn only(report: &Report) -> &Finding {
    assert_eq!(report.findings().len(), 1, "{report:#?}");
    &report.findings()[0]
}

#[test]
fn o01_a_declared_connection() {
    for bytes in [odt(DECL), fodt("text", DECL)] {
        let report = analyze(&bytes);
        assert_eq!(triples(&report), [calc()], "{report:#?}");
        let finding = only(&report);
        assert_eq!(finding.kind, Kind::DdeAuto);
        assert_eq!(finding.carrier, Carrier::DdeDeclaration);
        assert_eq!(finding.trigger, Trigger::Open);
        assert_eq!(finding.confidence, Confidence::High);
        assert_eq!(finding.used_by, Vec::<String>::new());
        assert_eq!(report.verdict(), Verdict::Malicious);
        assert_eq!(report.document().format, Format::Odt);
        assert!(report.complete(), "{:?}", report.gaps());
    }
}

#[test]
fn a_connection_names_its_users_and_its_update() {
    let body = format!(
        "{}<text:p><text:dde-connection text:connection-name=\"c1\">x</text:dde-connection></text:p>",
        DECL.replace("\"true\"", "\"false\"")
    );
    let report = analyze(&odt(&body));
    let finding = only(&report);
    assert_eq!(
        (finding.kind, finding.trigger),
        (Kind::Dde, Trigger::Update)
    );
    let at = content(&body)
        .find("<text:dde-connection text:conn")
        .unwrap();
    assert_eq!(
        finding.used_by,
        [format!("text:dde-connection @ byte {at}")]
    );
    // Without the attribute it is automatic.
    let body = DECL.replace("office:automatic-update=\"true\"", "");
    assert_eq!(only(&analyze(&odt(&body))).kind, Kind::DdeAuto);
}

#[test]
fn sources_of_sections_and_tables() {
    const SOURCE: &str = "<office:dde-source office:dde-application=\"cmd\" \
        office:dde-topic=\"/c calc\" office:dde-item=\"A0\"/>";
    for body in [
        format!("<text:section text:name=\"s\">{SOURCE}</text:section>"),
        format!("<table:table>{SOURCE}</table:table>"),
        format!("<table:dde-links><table:dde-link>{SOURCE}</table:dde-link></table:dde-links>"),
        // Whatever its namespace.
        SOURCE.replace("office:dde-source", "x:dde-source"),
    ] {
        let report = analyze(&odt(&body));
        assert_eq!(triples(&report), [calc()], "{body}");
        assert_eq!(report.verdict(), Verdict::Malicious);
    }
}

#[test]
fn the_links_of_the_program_itself_are_no_alarm() {
    let body = "<text:section text:name=\"s\"><office:dde-source office:name=\"n\" \
        office:dde-application=\"soffice\" office:dde-topic=\"/home/a/x.odt\" \
        office:dde-item=\"bm\" office:automatic-update=\"true\"/></text:section>";
    let report = analyze(&fodt("text", body));
    let wanted = (
        "soffice".to_owned(),
        "/home/a/x.odt".to_owned(),
        "bm".to_owned(),
    );
    assert_eq!(triples(&report), [wanted]);
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
}

#[test]
fn references_spell_nothing_away() {
    let body = DECL.replace("\"cmd\"", "\"c&#109;d\"");
    let report = analyze(&odt(&body));
    assert_eq!(triples(&report), [calc()]);
    assert_eq!(techniques(only(&report)), ["character-references"]);
}

#[test]
fn a_formula_and_its_declaration_are_one_link() {
    const CELL: &str = "<table:table table:name=\"T\"><table:table-row \
        table:number-rows-repeated=\"4\"/><table:table-row><table:table-cell \
        table:number-columns-repeated=\"2\"/><table:table-cell \
        table:formula=\"of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;A0&quot;)\"/>\
        </table:table-row></table:table>";
    let links = "<table:dde-links><table:dde-link><office:dde-source \
        office:dde-application=\"cmd\" office:dde-topic=\"/c calc\" office:dde-item=\"A0\"/>\
        </table:dde-link></table:dde-links>";
    let report = analyze(&fodt("spreadsheet", &format!("{CELL}{links}")));
    assert_eq!(triples(&report), [calc()]);
    assert_eq!(dde(&report)[0].carrier, Carrier::DdeDeclaration);
    assert_eq!(dde(&report)[0].used_by, ["T.C5"]);
    let report = analyze(&fodt("spreadsheet", CELL));
    assert_eq!(triples(&report), [calc()]);
    assert_eq!(dde(&report)[0].carrier, Carrier::Formula);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert_eq!(report.document().format, Format::Ods);
    assert_eq!(dde(&report)[0].location.cell(), Some("T.C5"));
    assert_eq!(dde(&report)[0].used_by, ["T.C5"]);
    assert!(report.complete(), "{:?}", report.gaps());
}

/// `spec/excel.md` §7.5, in the order of its table. The third row is a workbook of Office Open
/// XML, and stands with those.
#[test]
fn the_cases_of_the_specification() {
    let wanted = || ("cmd".to_owned(), "/C calc".to_owned(), "A0".to_owned());
    let sheet = |formula: &str| {
        let formula = support::package::attribute(formula);
        format!(
            "<table:table table:name=\"S\"><table:table-row><table:table-cell \
             table:formula=\"{formula}\"/></table:table-row></table:table>"
        )
    };
    // 1: a formula and its source are one.
    let formula = sheet("of:=DDE(\"cmd\";\"/C calc\";\"A0\")");
    let source = "<table:dde-links><table:dde-link><office:dde-source \
        office:dde-application=\"cmd\" office:dde-topic=\"/C calc\" office:dde-item=\"A0\" \
        office:automatic-update=\"true\"/></table:dde-link></table:dde-links>";
    let report = analyze(&fodt("spreadsheet", &format!("{formula}{source}")));
    assert_eq!(triples(&report), [wanted()]);
    assert_eq!(only(&report).used_by, ["S.A1"]);
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(report.complete());
    // 2: LibreOffice itself.
    let body = "<text:section text:name=\"s\"><office:dde-source office:dde-application=\"soffice\" \
        office:dde-topic=\"/home/a/x.odt\" office:dde-item=\"bm\"/></text:section>";
    let report = analyze(&fodt("text", body));
    let peer = ["soffice", "/home/a/x.odt", "bm"].map(str::to_owned);
    let [service, topic, item] = peer;
    assert_eq!(triples(&report), [(service, topic, item)]);
    assert_eq!(report.verdict(), Verdict::Clean);
    // 4: what Excel alone makes a link of.
    let report = analyze(&fodt("spreadsheet", &sheet("msoxl:=cmd|'/C calc'!A0")));
    assert_eq!(triples(&report), [wanted()]);
    assert_eq!(only(&report).carrier, Carrier::Formula);
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn formulas_of_excel_and_functions() {
    let cell = |formula: &str| {
        let formula = support::package::attribute(formula);
        let body = format!("<table:table-cell table:formula=\"{formula}\"/>");
        analyze(&fodt("spreadsheet", &body))
    };
    let report = cell("msoxl:=cmd|'/C calc'!A0");
    let wanted = ("cmd".to_owned(), "/C calc".to_owned(), "A0".to_owned());
    assert_eq!(triples(&report), [wanted]);
    let report = cell("of:=WEBSERVICE(\"http://x/\")");
    assert_eq!(
        places(&report),
        [(Carrier::Function, Trigger::Update, "http://x/")]
    );
    let report = cell("of:=['file:///C:/a.ods'#$Sheet1.A1]");
    assert_eq!(
        places(&report),
        [(
            Carrier::ExternalWorkbook,
            Trigger::Update,
            "file:///C:/a.ods"
        )]
    );
    let report = cell("of:=SUM([.A1:.B2];'it''s')");
    assert!(report.findings().is_empty());
}

/// A spreadsheet in one file around `body`.
fn sheets(body: &str) -> Report {
    let report = analyze(&fodt("spreadsheet", body));
    assert!(report.complete(), "{:?}", report.gaps());
    report
}

#[test]
fn every_place_of_a_formula_counts() {
    let dde = support::package::attribute("DDE(\"cmd\";\"/c calc\";\"A0\")");
    let calcext =
        "xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\"";
    let style = "xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\"";
    for (body, carrier, user) in [
        (
            format!(
                "<table:named-expressions><table:named-expression table:name=\"n\" \
                 table:base-cell-address=\"$S.$A$1\" table:expression=\"{dde}\"/></table:named-expressions>"
            ),
            Carrier::Name,
            "defined name n",
        ),
        (
            format!(
                "<table:content-validations><table:content-validation table:name=\"v\" \
                 table:condition=\"of:cell-content()={dde}\"/></table:content-validations>"
            ),
            Carrier::Formula,
            "validation v",
        ),
        (
            format!(
                "<calcext:conditional-formats {calcext}><calcext:conditional-format \
                 calcext:target-range-address=\"S.A1:S.A9\"><calcext:condition \
                 calcext:apply-style-name=\"x\" calcext:value=\"formula-is({dde})\"/>\
                 </calcext:conditional-format></calcext:conditional-formats>"
            ),
            Carrier::Formula,
            "conditional format S.A1:S.A9",
        ),
        (
            format!("<style:map {style} style:condition=\"cell-content()={dde}\"/>"),
            Carrier::Formula,
            "conditional style",
        ),
        (
            format!("<table:table-cell table:formula=\"oooc:={dde}\"/>"),
            Carrier::Formula,
            ".A1",
        ),
        (
            format!("<table:table-cell table:formula=\"={dde}+1\"/>"),
            Carrier::Formula,
            ".A1",
        ),
        (
            format!("<table:table-cell table:formula=\"of:=IF([.A1];1;{dde})\"/>"),
            Carrier::Formula,
            ".A1",
        ),
    ] {
        let report = sheets(&body);
        assert_eq!(triples(&report), [calc()], "{body}");
        assert_eq!(only(&report).carrier, carrier);
        assert_eq!(only(&report).used_by, [user]);
        assert_eq!(report.verdict(), Verdict::Malicious);
    }
}

#[test]
fn hidden_sheets_are_said() {
    let body = |display: &str| {
        format!(
            "<office:automatic-styles xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\">\
             <style:style style:name=\"ta1\" style:family=\"table\"><style:table-properties \
             table:display=\"{display}\"/></style:style></office:automatic-styles>\
             <table:table table:name=\"S\" table:style-name=\"ta1\"><table:table-row><table:table-cell \
             table:formula=\"of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;A0&quot;)\"/>\
             </table:table-row></table:table>"
        )
    };
    assert_eq!(techniques(only(&sheets(&body("false")))), ["hidden-sheet"]);
    assert_eq!(techniques(only(&sheets(&body("true")))), [""; 0]);
}

#[test]
fn functions_of_excel_and_of_libreoffice() {
    let cell = |formula: &str| {
        let formula = support::package::attribute(formula);
        sheets(&format!("<table:table-cell table:formula=\"{formula}\"/>"))
    };
    for (formula, wanted) in [
        (
            "of:=COM.MICROSOFT.WEBSERVICE(\"http://x/\"&[.A1])",
            (Carrier::Function, Trigger::Update, "http://x/<expr>"),
        ),
        (
            "of:=HYPERLINK(\"file:///C:/a.exe\";\"x\")",
            (Carrier::Hyperlink, Trigger::Click, "file:///C:/a.exe"),
        ),
        (
            "msoxl:=RTD(\"prog.id\",\"host\",\"x\")",
            (Carrier::Function, Trigger::Update, "host"),
        ),
        (
            "msoxl:=CALL(\"Kernel32\",\"WinExec\",\"JCJ\",\"calc\",0)",
            (
                Carrier::Xlm,
                Trigger::Update,
                "CALL(\"Kernel32\",\"WinExec\",\"JCJ\",\"calc\",0)",
            ),
        ),
        (
            "of:='file:///C:/b.ods'#$Sheet.A1",
            (
                Carrier::ExternalWorkbook,
                Trigger::Update,
                "file:///C:/b.ods",
            ),
        ),
        (
            "msoxl:='\\\\h\\s\\[a.xlsx]S'!A1",
            (
                Carrier::ExternalWorkbook,
                Trigger::Update,
                "\\\\h\\s\\a.xlsx",
            ),
        ),
    ] {
        assert_eq!(places(&cell(formula)), [wanted], "{formula}");
    }
    for formula in [
        "of:=HYPERLINK(\"#Sheet2.A1\";\"x\")",
        "of:=HYPERLINK([.A1])",
        "of:=CALL(1;2)",
        "of:=SUM([$'My Sheet'.A1:.B2];'it''s')",
        "of:=IF([.A1]=\"a|b!c\";MAX({1|2});0)",
        "of:=VLOOKUP(\"x\";['Sheet (2)'.A1:.B9];2)",
        "of:cell-content-is-in-list(\"a\";\"b\")",
    ] {
        let report = cell(formula);
        assert!(report.findings().is_empty(), "{formula}: {report:#?}");
        assert_eq!(report.verdict(), Verdict::Clean);
    }
    // A placeholder stands for what a cell says.
    let report = cell("of:=DDE([.A1];\"t\";\"i\")");
    assert_eq!(techniques(only(&report)), ["unresolved"]);
}

#[test]
fn data_sources_of_sheets() {
    let body = "<table:table table:name=\"S\"><table:table-source xlink:href=\"http://x/a.csv\"/>\
        <table:table-row><table:table-cell><table:cell-range-source table:name=\"r\" \
        xlink:href=\"http://x/b.ods\"/></table:table-cell></table:table-row></table:table>\
        <table:database-ranges><table:database-range table:name=\"d\">\
        <table:database-source-sql table:database-name=\"Sales\" table:sql-statement=\"SELECT a FROM b\"/>\
        </table:database-range></table:database-ranges>\
        <table:source-service table:name=\"x.Service\" table:source-name=\"Cube\" table:object-name=\"o\"/>\
        <form:form form:datasource=\"http://x/c.odb\" form:command=\"t\"/>\
        <form:connection-resource xlink:href=\"sdbc:mysql:jdbc:h/db\"/>";
    assert_eq!(
        places(&sheets(body)),
        [
            (Carrier::ExternalWorkbook, Trigger::Update, "http://x/a.csv"),
            (Carrier::ExternalWorkbook, Trigger::Update, "http://x/b.ods"),
            (Carrier::Connection, Trigger::Update, "Sales"),
            (Carrier::Connection, Trigger::Update, "Cube"),
            (Carrier::Connection, Trigger::Update, "http://x/c.odb"),
            (Carrier::Connection, Trigger::Update, "sdbc:mysql:jdbc:h/db"),
        ]
    );
    // Registered on the computer and in this document: no alarm.
    let body = "<table:database-source-sql table:database-name=\"Sales\" table:sql-statement=\"SELECT a\"/>\
        <table:database-source-table table:database-name=\"Sales\"/>\
        <form:form form:datasource=\"Sales\"/>\
        <script:event-listener script:event-name=\"on-click\" script:macro-name=\"Standard.M.Main\"/>";
    let report = sheets(body);
    assert_eq!(report.verdict(), Verdict::Clean, "{report:#?}");
}

#[test]
fn storms_of_cells_are_counted_not_walked() {
    // Repeated a billion times.
    let many = "<table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"1000000000\">\
        <table:table-cell table:number-columns-repeated=\"1000000000\"/></table:table-row>\
        <table:table-row><table:table-cell table:number-columns-repeated=\"18446744073709551615\"/>\
        <table:table-cell table:formula=\"of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;A0&quot;)\"/>\
        </table:table-row></table:table>";
    let report = sheets(many);
    assert_eq!(triples(&report), [calc()]);
    assert!(only(&report).used_by[0].ends_with("1000000001"));
    // Tables in tables, unclosed cells, names without end.
    let deep = "<table:table table:name=\"S\"><table:table-row><table:table-cell>".repeat(300);
    let shut = "</table:table-cell></table:table-row></table:table>".repeat(300);
    let cell = "<table:table-cell table:formula=\"of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;A0&quot;)\"/>";
    assert_eq!(triples(&sheets(&format!("{deep}{cell}{shut}"))), [calc()]);
    let mut body = String::new();
    for at in 0..20_000 {
        write!(
            body,
            "<table:named-expression table:name=\"n{at}\" table:expression=\"DDE(&quot;svc&quot;;&quot;t&quot;;&quot;{at}&quot;)\"/>\
             <table:table-cell table:formula=\"of:=HYPERLINK(&quot;http://x/{at}&quot;)\"/>"
        )
        .unwrap();
    }
    let report = sheets(&format!("{body}{cell}"));
    assert_eq!(report.verdict(), Verdict::Malicious);
    // References in one formula: each is found, none is copied with the whole.
    let mut formula = "of:=".to_owned();
    for at in 0..20_000 {
        write!(formula, "+['file:///C:/{at}.ods'#$S.A1]").unwrap();
    }
    let report = sheets(&format!("<table:table-cell table:formula=\"{formula}\"/>"));
    assert!(!report.omitted().is_empty() || report.findings().len() == 20_000);
}

#[test]
fn places_by_what_loads_them() {
    let body = "<text:section text:name=\"s\"><text:section-source xlink:href=\"http://x/a.odt\" \
        text:filter-name=\"writer8\"/></text:section>\
        <table:table><table:table-source xlink:href=\"http://x/b.ods\"/></table:table>\
        <draw:frame><draw:object xlink:href=\"http://x/c.odt\"/></draw:frame>\
        <draw:frame><draw:object-ole xlink:href=\"http://x/d\"/></draw:frame>\
        <draw:frame><draw:floating-frame xlink:href=\"http://x/e\"/></draw:frame>\
        <draw:frame><draw:image xlink:href=\"http://x/f.png\"/></draw:frame>\
        <text:p><text:a xlink:href=\"http://x/g\">x</text:a></text:p>\
        <form:form xlink:href=\"http://x/h\"/><draw:plugin xlink:href=\"http://x/i\"/>\
        <text:database-display text:database-name=\"http://x/j.odb\"/>\
        <meta:template xlink:href=\"http://x/k.ott\"/>";
    let report = analyze(&odt(body));
    assert_eq!(
        places(&report),
        [
            (Carrier::IncludeText, Trigger::Open, "http://x/a.odt"),
            (Carrier::ExternalWorkbook, Trigger::Update, "http://x/b.ods"),
            (Carrier::OleLink, Trigger::Update, "http://x/c.odt"),
            (Carrier::OleLink, Trigger::Update, "http://x/d"),
            (Carrier::Frame, Trigger::Open, "http://x/e"),
            (Carrier::IncludePicture, Trigger::Open, "http://x/f.png"),
            (Carrier::Hyperlink, Trigger::Click, "http://x/g"),
            (Carrier::Hyperlink, Trigger::Click, "http://x/h"),
            (Carrier::IncludePicture, Trigger::Open, "http://x/i"),
            (Carrier::Connection, Trigger::Update, "http://x/j.odb"),
            (Carrier::RemoteTemplate, Trigger::Open, "http://x/k.ott"),
        ]
    );
    // What stands in the package leads nowhere.
    let body = "<draw:object xlink:href=\"./Object 1\"/><draw:image xlink:href=\"Pictures/a.png\"/>\
        <text:a xlink:href=\"#x\"/><chart:chart xmlns:chart=\"urn:oasis:names:tc:opendocument:xmlns:chart:1.0\" \
        xlink:href=\"..\"/><text:database-display text:database-name=\"Bibliography\"/>";
    let report = analyze(&odt(body));
    assert_eq!(places(&report), []);
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn macros_are_named_and_programs_are_found() {
    let own = "vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document";
    let listener = |href: &str| {
        format!(
            "<office:event-listeners><script:event-listener script:language=\"ooo:script\" \
             script:event-name=\"dom:load\" xlink:href=\"{href}\"/></office:event-listeners>"
        )
    };
    let report = analyze(&odt(&listener(own)));
    let finding = only(&report);
    assert_eq!(
        (finding.carrier, finding.trigger),
        (Carrier::MacroButton, Trigger::Open)
    );
    assert_eq!(report.verdict(), Verdict::Clean);
    let climbing = "vnd.sun.star.script:../../../program/python-core/lib/pydoc.py$tempfilepager\
        (1, calc.exe)?language=Python&amp;location=share";
    let report = analyze(&odt(&listener(climbing)));
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::Execute);
    assert_eq!(techniques(finding), ["path-traversal"]);
    assert!(report.verdict() >= Verdict::Suspicious);
    let action = "<presentation:event-listener presentation:action=\"execute\" \
        script:event-name=\"dom:click\" xlink:href=\"file:///C:/windows/system32/cmd.exe\"/>";
    let report = analyze(&package("presentation", action).build());
    let finding = only(&report);
    assert_eq!(
        (finding.kind, finding.carrier),
        (Kind::Execute, Carrier::Action)
    );
    assert_eq!(finding.trigger, Trigger::Click);
    assert!(report.verdict() >= Verdict::Suspicious, "{report:#?}");
}

#[test]
fn what_stands_in_the_package_is_read_or_told() {
    let inner = docx(&simple(STD)).build();
    let package = package("text", "")
        .part("Object 1/content.xml", content(DECL))
        .part("Object 2", inner)
        .part("ObjectReplacements/Object 1", &b"VCLMTF\x01\0"[..])
        .part(
            "Basic/Standard/M.xml",
            "<script:module xmlns:script=\"http://openoffice.org/2000/script\">Sub Main</script:module>",
        )
        .part("Scripts/python/m.py", "import os\n");
    let report = analyze(&package.build());
    let found: Vec<Vec<&str>> = dde(&report)
        .iter()
        .map(|f| f.location.path().collect())
        .collect();
    assert!(found.contains(&vec!["Object 1/content.xml"]), "{found:?}");
    assert!(
        found.contains(&vec!["Object 2", "word/document.xml"]),
        "{found:?}"
    );
    let skipped: Vec<_> = report
        .skipped()
        .iter()
        .map(|s| {
            (
                s.location.path().last().unwrap_or_default().to_owned(),
                s.reason,
            )
        })
        .collect();
    assert_eq!(
        skipped,
        [
            (
                "ObjectReplacements/Object 1".to_owned(),
                SkipReason::Picture
            ),
            ("Scripts/python/m.py".to_owned(), SkipReason::Macro),
            ("Basic/Standard/M.xml".to_owned(), SkipReason::Macro),
        ]
    );
    assert!(report.complete(), "{:?}", report.gaps());
}

#[test]
fn a_lying_or_missing_media_type_hides_nothing() {
    for kind in ["application/zip", "text", ""] {
        let bytes = Package::empty()
            .part("mimetype", kind)
            .part("content.xml", content(DECL))
            .build();
        assert_eq!(triples(&analyze(&bytes)), [calc()], "{kind}");
    }
    let bytes = Package::empty().part("x.xml", content(DECL)).build();
    assert_eq!(triples(&analyze(&bytes)), [calc()]);
    let bytes = docx("<w:p/>").part("content.xml", content(DECL)).build();
    assert_eq!(triples(&analyze(&bytes)), [calc()]);
}

#[test]
fn encrypted_parts_are_a_gap_that_names_the_scheme() {
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
        <manifest:file-entry manifest:full-path=\"content.xml\"><manifest:encryption-data>\
        <manifest:algorithm manifest:algorithm-name=\"http://www.w3.org/2001/04/xmlenc#aes256-cbc\"/>\
        <manifest:key-derivation manifest:key-derivation-name=\"PBKDF2\"/>\
        </manifest:encryption-data></manifest:file-entry>\
        <manifest:file-entry manifest:full-path=\"styles.xml\"/></manifest:manifest>";
    let noise: Vec<u8> = (0..400_u32).map(|i| (i * 97 % 251) as u8).collect();
    let bytes = package("text", "")
        .part("content.xml", noise)
        .part("META-INF/manifest.xml", manifest)
        .part("styles.xml", content(DECL))
        .build();
    let report = analyze(&bytes);
    assert_eq!(triples(&report), [calc()]);
    assert_eq!(report.gaps().len(), 1, "{:?}", report.gaps());
    assert_eq!(report.gaps()[0].kind, GapKind::Encrypted);
    assert_eq!(
        report.gaps()[0].detail,
        "OpenDocument encryption (aes256-cbc, PBKDF2): content.xml"
    );
}

#[test]
fn broken_markup_is_read_again_and_gives_everything_once() {
    let text = content(&format!("<text:p x=\"a>{DECL}</text:p>"));
    let report = analyze(&package("text", "").part("content.xml", text).build());
    assert_eq!(triples(&report), [calc()], "{report:#?}");
    let text = content(&format!("{DECL}<text:p></text:x>"));
    let report = analyze(&package("text", "").part("content.xml", text).build());
    assert_eq!(triples(&report), [calc()], "{report:#?}");
    let text = content(DECL);
    let cut = &text[..text.find("</office:text>").unwrap()];
    let report = analyze(&package("text", "").part("content.xml", cut).build());
    assert_eq!(triples(&report), [calc()]);
    assert_eq!(report.gaps()[0].kind, GapKind::Damaged);
}

#[test]
fn binary_data_of_a_flat_file() {
    let text = fodt(
        "text",
        "<draw:object-ole><office:binary-data>e1xydGYxfQ==</office:binary-data></draw:object-ole>\
         <draw:image><office:binary-data>iVBORw0KGgo=</office:binary-data></draw:image>",
    );
    let report = analyze(&text);
    // `{\rtf1}`: a document, and read or named as one.
    let named = report
        .gaps()
        .iter()
        .all(|gap| gap.location.path().last() == Some("object-ole"));
    assert!(named, "{report:#?}");
    assert_eq!(report.skipped().len(), 1);
    assert_eq!(report.skipped()[0].reason, SkipReason::Picture);
}

#[test]
fn older_names_and_sixteen_bits() {
    let older = content(DECL).replace(
        "urn:oasis:names:tc:opendocument:xmlns:",
        "http://openoffice.org/2000/",
    );
    let report = analyze(&package("text", "").part("content.xml", older).build());
    assert_eq!(triples(&report), [calc()]);
    let text = String::from_utf8(fodt("text", DECL)).unwrap();
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let report = analyze(&bytes);
    assert_eq!(triples(&report), [calc()]);
    assert_eq!(techniques(only(&report)), ["utf-16"]);
}

#[test]
fn many_links_cost_what_they_are() {
    let mut body = String::new();
    for index in 0..20_000 {
        write!(
            body,
            "<text:dde-connection-decl office:name=\"c{index}\" office:dde-application=\"cmd\" \
             office:dde-topic=\"/c calc\"/><text:a xlink:href=\"http://x/\"/>\
             <text:dde-connection text:connection-name=\"c1\"/>"
        )
        .unwrap();
    }
    let report = analyze(&odt(&body));
    assert_eq!(report.verdict(), Verdict::Malicious);
    let users = report.findings().iter().map(|f| f.used_by.len()).max();
    assert_eq!(users, Some(8));
}

/// An object is read like the document it stands in, whatever kind it is.
#[test]
fn a_spreadsheet_in_a_text_is_read() {
    let cell = "<table:table table:name=\"S\"><table:table-row><table:table-cell table:formula=\
        \"of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;A0&quot;)\"/></table:table-row></table:table>";
    for kind in ["spreadsheet", "presentation", "chart", "drawing", "text"] {
        let body = content(cell).replace("office:text", &format!("office:{kind}"));
        let report = analyze(
            &package("text", "")
                .part("Object 1/content.xml", body)
                .build(),
        );
        assert_eq!(triples(&report), [calc()], "{kind}");
        assert!(report.complete(), "{kind}: {:?}", report.gaps());
    }
}

/// LibreOffice keeps pictures of objects in the compressed form of Windows.
#[test]
fn a_compressed_picture_of_an_object_is_no_gap() {
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3];
    let file = package("text", "").part("ObjectReplacements/Object 1", packed.as_slice());
    let report = analyze(&file.build());
    assert_eq!(report.gaps(), []);
    assert!(
        report
            .skipped()
            .iter()
            .any(|skipped| skipped.reason == SkipReason::Picture)
    );
}

/// `spec/excel.md` §5.6: what only would be a formula is information.
#[test]
fn text_of_cells_is_inert() {
    let cells = |cells: &str| {
        let sheet = format!(
            "<office:spreadsheet><table:table table:name=\"S\"><table:table-row>{cells}\
             </table:table-row></table:table></office:spreadsheet>"
        );
        analyze(&fodt("spreadsheet", &sheet))
    };
    for cell in [
        "<table:table-cell office:value-type=\"string\"><text:p>=cmd|'/c calc'!A0</text:p></table:table-cell>",
        "<table:table-cell office:value-type=\"string\"><text:p>x</text:p><text:p>=cmd|'/c<text:s/>calc'!A0\
         </text:p></table:table-cell>",
        "<table:table-cell><text:p><text:span>\u{200b}=cm</text:span>d|'/c calc'!A0</text:p></table:table-cell>",
        "<table:table-cell office:string-value=\"=cmd|'/c calc'!A0\"/>",
        "<table:table-cell office:string-value=\"=cmd|'/c calc'!A0\"><text:p>=cmd|'/c calc'!A0</text:p>\
         </table:table-cell>",
    ] {
        let report = cells(cell);
        let finding = only(&report);
        let words = [&finding.service, &finding.topic, &finding.item];
        let words = words.map(|word| word.as_deref().unwrap_or_default());
        assert_eq!(words, ["cmd", "/c calc", "A0"], "{cell}");
        assert_eq!(
            (finding.kind, finding.trigger),
            (Kind::Inert, Trigger::None),
            "{cell}"
        );
        assert_eq!(finding.used_by, ["S.A1"], "{cell}");
        assert_eq!(report.verdict(), Verdict::Clean, "{cell}");
        assert!(report.complete(), "{cell}");
    }
    for cell in [
        "<table:table-cell><text:p>a =cmd|'/c calc'!A0</text:p></table:table-cell>",
        "<table:table-cell><text:p>=a</text:p><text:p>cmd|'/c calc'!A0</text:p></table:table-cell>",
        "<table:table-cell><text:p>- one|two!three</text:p></table:table-cell>",
    ] {
        assert!(cells(cell).findings().is_empty(), "{cell}");
    }
    // A table of a text is none of a spreadsheet.
    let report = analyze(&odt(
        "<table:table><table:table-cell><text:p>=cmd|'/c calc'!A0</text:p></table:table-cell></table:table>",
    ));
    assert!(report.findings().is_empty());
    // The end tags may be missing.
    let broken = "<office:spreadsheet><table:table><table:table-cell><text:p>=cmd|'/c calc'!A0";
    let report = analyze(&package("spreadsheet", broken).build());
    assert_eq!(only(&report).kind, Kind::Inert);
}

/// Where a form is sent, and where its data come from.
#[test]
fn forms_that_lead_out() {
    let report = analyze(&odt(
        "<xforms:model xmlns:xforms=\"http://www.w3.org/2002/xforms\">\
         <xforms:instance src=\"http://x.example/data\"/><xforms:instance id=\"a\"/>\
         <xforms:submission action=\"http://x.example/\" method=\"post\"/>\
         <xforms:submission resource=\"file:///C:/a\"/><xforms:submission action=\"#b\"/></xforms:model>",
    ));
    assert_eq!(
        places(&report),
        [
            (Carrier::Connection, Trigger::Open, "http://x.example/data"),
            (Carrier::Action, Trigger::Click, "http://x.example/"),
            (Carrier::Action, Trigger::Click, "file:///C:/a"),
        ]
    );
}
