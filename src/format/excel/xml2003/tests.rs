//! Excel 2003 XML (`spec/excel.md` §6.1, §6.5).

use std::fmt::Write as _;

use crate::{Analyzer, Carrier, Finding, Format, Kind, Report, Trigger, Verdict};

const SPACES: &str = "xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
    xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\" \
    xmlns:x=\"urn:schemas-microsoft-com:office:excel\" \
    xmlns:o=\"urn:schemas-microsoft-com:office:office\"";

/// The link table as Excel 11 writes it.
const SUPBOOK: &str = "<ExcelWorkbook xmlns=\"urn:schemas-microsoft-com:office:excel\"><SupBook>\
    <Path>cmd|/c calc.exe</Path><ExternName><Name>A1</Name><WantAdvise/></ExternName>\
    <ExternName><Name>StdDocumentName</Name><WantAdvise/><OLE/></ExternName></SupBook>\
    </ExcelWorkbook>";
const CELL: &str =
    "<Cell ss:Formula=\"=cmd|'/c calc.exe'!A1\"><Data ss:Type=\"Error\">#REF!</Data></Cell>";

fn workbook(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\
         <Workbook {SPACES}>{body}</Workbook>"
    )
}

fn sheet(rows: &str) -> String {
    format!("<Worksheet ss:Name=\"Tabelle1\"><Table>{rows}</Table></Worksheet>")
}

fn analyze(bytes: &[u8]) -> Report {
    Analyzer::default().analyze(bytes)
}

fn read(body: &str) -> Report {
    let report = analyze(workbook(body).as_bytes());
    assert_eq!(report.document().format, Format::ExcelXml2003);
    assert!(report.complete(), "{:?}", report.gaps());
    report
}

fn triple(finding: &Finding) -> String {
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    format!(
        "{}|{}!{}",
        word(&finding.service),
        word(&finding.topic),
        word(&finding.item)
    )
}

fn only(report: &Report) -> &Finding {
    assert_eq!(report.findings().len(), 1, "{:#?}", report.findings());
    &report.findings()[0]
}

#[test]
fn link_table_and_cell_are_one_finding() {
    // In the order of Excel, and the other way round.
    let rows = format!("<Row/><Row>{CELL}</Row>");
    for body in [
        format!("{SUPBOOK}{}", sheet(&rows)),
        format!("{}{SUPBOOK}", sheet(&rows)),
    ] {
        let report = read(&body);
        assert_eq!(report.verdict(), Verdict::Malicious);
        let finding = only(&report);
        assert_eq!(triple(finding), "cmd|/c calc.exe!A1");
        assert_eq!(finding.carrier, Carrier::Supbook);
        assert_eq!(finding.used_by, ["Tabelle1!A2"]);
        // Advised, and used by a formula.
        assert_eq!(
            (finding.kind, finding.trigger),
            (Kind::DdeAuto, Trigger::Open)
        );
    }
}

#[test]
fn other_items_are_findings_of_their_own() {
    let other = CELL.replace("!A1", "!A2");
    let report = read(&format!(
        "{SUPBOOK}{}",
        sheet(&format!("<Row>{CELL}{other}</Row>"))
    ));
    let found: Vec<_> = report.findings().iter().map(triple).collect();
    assert_eq!(found, ["cmd|/c calc.exe!A1", "cmd|/c calc.exe!A2"]);
    assert_eq!(report.findings()[1].carrier, Carrier::Formula);
    assert_eq!(report.findings()[1].used_by, ["Tabelle1!B1"]);
}

#[test]
fn a_link_table_alone() {
    let book = |path: &str| {
        format!(
            "<x:ExcelWorkbook><x:SupBook><x:Path>{path}</x:Path><x:ExternName><x:Name>q</x:Name>\
             </x:ExternName></x:SupBook></x:ExcelWorkbook>"
        )
    };
    let report = read(&book("MSEXCEL|\\..\\..\\x.exe"));
    let finding = only(&report);
    assert_eq!(triple(finding), "MSEXCEL|\\..\\..\\x.exe!q");
    assert_eq!(finding.trigger, Trigger::Update);
    assert!(report.verdict() >= Verdict::Suspicious);
    // Split at the first separator.
    let report = read(&book("cmd|/c echo a|b"));
    assert_eq!(triple(only(&report)), "cmd|/c echo a|b!q");
    // Spelled with references and entities.
    let report = read(&book("&#99;&#109;&#100;|/c calc"));
    assert_eq!(triple(only(&report)), "cmd|/c calc!q");
    let report = read(&book("C:\\data\\b.xls"));
    assert_eq!(only(&report).carrier, Carrier::ExternalWorkbook);
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn a_cell_alone_and_its_address() {
    let rows = format!(
        "<Row ss:Index=\"7\"><Cell ss:Index=\"3\" ss:MergeAcross=\"1\"/>{CELL}</Row>\
         <Row><Cell ss:Formula=\"=1+1\" ss:ArrayRange=\"RC\"/></Row>"
    );
    let report = read(&sheet(&rows));
    let finding = only(&report);
    assert_eq!(triple(finding), "cmd|/c calc.exe!A1");
    assert_eq!(finding.carrier, Carrier::Formula);
    assert_eq!(finding.used_by, ["Tabelle1!E7"]);
}

#[test]
fn formulas_in_every_place() {
    let dde = "cmd|&apos;/c calc&apos;!A1";
    for body in [
        format!(
            "<Names><NamedRange ss:Name=\"n\" ss:RefersTo=\"={dde}\" ss:Hidden=\"1\"/></Names>"
        ),
        format!(
            "<Worksheet ss:Name=\"a\"><Names><NamedRange ss:Name=\"n\" ss:RefersTo=\"={dde}\"/></Names></Worksheet>"
        ),
        format!(
            "<Worksheet ss:Name=\"a\"><x:ConditionalFormatting><x:Range>R1C1</x:Range><x:Condition>\
             <x:Qualifier>Between</x:Qualifier><x:Value1>{dde}</x:Value1></x:Condition></x:ConditionalFormatting></Worksheet>"
        ),
        format!(
            "<Worksheet ss:Name=\"a\"><x:ConditionalFormatting><x:Condition><x:Value2>{dde}</x:Value2>\
             </x:Condition></x:ConditionalFormatting></Worksheet>"
        ),
        format!(
            "<Worksheet ss:Name=\"a\"><x:DataValidation><x:Range>R1C1</x:Range><x:Type>List</x:Type>\
             <x:Value>{dde}</x:Value></x:DataValidation></Worksheet>"
        ),
        format!(
            "<Worksheet ss:Name=\"a\"><x:DataValidation><x:Min>{dde}</x:Min></x:DataValidation></Worksheet>"
        ),
        format!(
            "<Worksheet ss:Name=\"a\"><x:DataValidation><x:Max>{dde}</x:Max></x:DataValidation></Worksheet>"
        ),
        sheet(&format!(
            "<Row><Cell ss:ArrayRange=\"RC:R[1]C\" ss:Formula=\"={dde}\"/></Row>"
        )),
    ] {
        let report = read(&body);
        assert_eq!(triple(only(&report)), "cmd|/c calc!A1", "{body}");
        assert_eq!(report.verdict(), Verdict::Malicious, "{body}");
    }
}

#[test]
fn names_and_macros() {
    let report = read(
        "<Names><NamedRange ss:Name=\"Auto_Open\" ss:RefersTo=\"=EXEC(&quot;calc.exe&quot;)\"/></Names>",
    );
    let finding = only(&report);
    assert_eq!(
        (finding.kind, finding.trigger),
        (Kind::Execute, Trigger::Open)
    );
    assert_eq!(finding.used_by, ["defined name Auto_Open"]);
}

#[test]
fn hidden_sheets_are_named() {
    for (state, technique) in [
        ("SheetHidden", "hidden-sheet"),
        ("SheetVeryHidden", "very-hidden-sheet"),
    ] {
        let body = format!(
            "{SUPBOOK}<Worksheet ss:Name=\"s\"><Table><Row>{CELL}</Row></Table>\
             <WorksheetOptions xmlns=\"urn:schemas-microsoft-com:office:excel\">\
             <Visible>{state}</Visible></WorksheetOptions></Worksheet>"
        );
        let report = read(&body);
        let techniques: Vec<_> = only(&report)
            .techniques
            .iter()
            .map(|t| t.id.as_str())
            .collect();
        assert_eq!(techniques, [technique]);
    }
}

#[test]
fn queries_and_hyperlinks() {
    let query = |inner: &str| {
        format!(
            "<Worksheet ss:Name=\"a\"><x:QueryTable><x:Name>q</x:Name><x:QuerySource>{inner}\
             </x:QuerySource></x:QueryTable></Worksheet>"
        )
    };
    let report = read(&query(
        "<x:URLString>http://x.example/a.htm</x:URLString><x:HTMLTables/>",
    ));
    let finding = only(&report);
    assert_eq!(finding.carrier, Carrier::WebQuery);
    assert_eq!(finding.target.as_deref(), Some("http://x.example/a.htm"));
    assert_eq!(finding.trigger, Trigger::Update);
    let report = read(&query(
        "<x:Connection>OLEDB;Data Source=db</x:Connection><x:CommandText>EXEC xp_cmdshell 'calc'\
         </x:CommandText><x:RefreshOnFileOpen/>",
    ));
    let finding = only(&report);
    assert_eq!(
        (finding.carrier, finding.trigger),
        (Carrier::Connection, Trigger::Open)
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
    let report = read(&sheet(
        "<Row><Cell ss:HRef=\"http://x.example/\"/><Cell ss:HRef=\"#a\"/></Row>",
    ));
    let finding = only(&report);
    assert_eq!(
        (finding.carrier, finding.trigger),
        (Carrier::Hyperlink, Trigger::Click)
    );
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn text_is_inert_and_ordinary_workbooks_are_silent() {
    let report = read(&sheet(
        "<Row><Cell><Data ss:Type=\"String\">=cmd|'/c calc'!<B>A0</B></Data></Cell></Row>",
    ));
    let finding = only(&report);
    assert_eq!(finding.kind, Kind::Inert);
    assert!(report.verdict() < Verdict::Malicious);
    let mut rows = String::new();
    for n in 0..300 {
        write!(
            rows,
            "<Row><Cell><Data ss:Type=\"Number\">-{n}</Data></Cell>\
             <Cell><Data ss:Type=\"String\">+49 171 (0) {n}</Data></Cell>\
             <Cell><Data ss:Type=\"String\">-a|b</Data></Cell>\
             <Cell ss:Formula=\"=SUM(R[-1]C:R[1]C[2])*IF(RC[-1]&gt;0,&quot;a|b!c&quot;,[1])\"/></Row>"
        )
        .unwrap();
    }
    let report = read(&sheet(&rows));
    assert!(report.findings().is_empty(), "{:#?}", report.findings());
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn encodings_prefixes_and_entities() {
    let text = workbook(&format!(
        "{SUPBOOK}{}",
        sheet(&format!("<Row/><Row>{CELL}</Row>"))
    ));
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let prefixed = "<q:Workbook xmlns:q=\"urn:schemas-microsoft-com:office:spreadsheet\" \
        xmlns:e=\"urn:schemas-microsoft-com:office:excel\"><e:ExcelWorkbook><e:SupBook>\
        <e:Path>cmd|/c calc.exe</e:Path><e:ExternName><e:Name>A1</e:Name></e:ExternName></e:SupBook>\
        </e:ExcelWorkbook><q:Worksheet q:Name=\"s\"><q:Table><q:Row>\
        <q:Cell q:Formula=\"=&#99;md|'/c calc.exe'!A1\"/></q:Row></q:Table></q:Worksheet></q:Workbook>";
    let entity = format!(
        "<!DOCTYPE Workbook [<!ENTITY p \"cmd|'/c calc.exe'!A1\">]><Workbook {SPACES}>{}</Workbook>",
        sheet("<Row><Cell ss:Formula=\"=&p;\"/></Row>")
    );
    for bytes in [utf16.as_slice(), prefixed.as_bytes(), entity.as_bytes()] {
        let report = analyze(bytes);
        assert_eq!(report.document().format, Format::ExcelXml2003);
        assert_eq!(report.verdict(), Verdict::Malicious);
        assert_eq!(triple(only(&report)), "cmd|/c calc.exe!A1");
    }
}

#[test]
fn broken_markup_counts_once_and_is_said() {
    let rows = format!("<Row>{CELL}</Row>");
    let text = workbook(&format!("{SUPBOOK}{}", sheet(&rows)));
    let cut = &text[..text.find("</Table>").unwrap()];
    let report = analyze(cut.as_bytes());
    assert_eq!(triple(only(&report)), "cmd|/c calc.exe!A1");
    assert_eq!(only(&report).used_by, ["Tabelle1!A1"]);
    assert!(!report.complete());
    let crossed = text.replace("<Row>", "<Row><Cell ss:HRef=\"a>");
    let report = analyze(crossed.as_bytes());
    assert!(
        report
            .findings()
            .iter()
            .any(|f| triple(f) == "cmd|/c calc.exe!A1")
    );
    // The part ends in the middle of a text.
    let cut = &text[..text.find("</Path>").unwrap()];
    let report = analyze(cut.as_bytes());
    assert_eq!(triple(only(&report)), "cmd|/c calc.exe!");
    assert_eq!(only(&report).kind, Kind::Dde);
}

#[test]
fn properties_and_early_items() {
    let report = read(
        "<DocumentProperties xmlns=\"urn:schemas-microsoft-com:office:office\"><Author>Ann</Author>\
         <Created>2018-01-04T17:55:47Z</Created></DocumentProperties>\
         <x:SupBook><x:ExternName><x:WantAdvise/><x:Name>i</x:Name></x:ExternName>\
         <x:Path>cmd|/c calc</x:Path></x:SupBook>",
    );
    let properties = &report.document().properties;
    assert_eq!(properties.author.as_deref(), Some("Ann"));
    assert_eq!(properties.created.as_deref(), Some("2018-01-04T17:55:47Z"));
    assert_eq!(triple(only(&report)), "cmd|/c calc!i");
}

#[test]
fn legitimate_links_stay_without_effect() {
    let report = read(
        "<x:ExcelWorkbook><x:SupBook><x:Path>Excel|[Book1.xls]Sheet1</x:Path><x:ExternName>\
         <x:Name>R1C1</x:Name><x:WantAdvise/></x:ExternName></x:SupBook></x:ExcelWorkbook>",
    );
    assert_eq!(report.findings().len(), 1);
    assert_eq!(report.verdict(), Verdict::Clean);
}

/// Linear time, and the memory is given back.
#[test]
fn hostile_workbooks() {
    use crate::format::ledger::Ledger;
    use crate::limits::{Budget, Limits};
    let size = 1 << 17;
    let fill = |piece: &str| piece.repeat(size / piece.len());
    let bodies = [
        fill("<Worksheet ss:Name=\"x\">"),
        fill("<Worksheet ss:Name=\"x\"/>"),
        sheet(&fill(
            "<Row ss:Index=\"4294967295\" ss:Span=\"4294967295\"/>",
        )),
        sheet(&fill(
            "<Cell ss:Index=\"4294967295\" ss:Formula=\"=a|b!c\"/>",
        )),
        sheet(&fill("<Cell ss:Formula=\"=cmd|'/c'!A1\"/>")),
        fill("<x:SupBook><x:Path>a|b</x:Path>"),
        fill("<x:SupBook><x:ExternName>"),
        format!(
            "<x:SupBook><x:Path>cmd|'/c'</x:Path>{}{}",
            fill("<x:ExternName><x:Name>A1</x:Name></x:ExternName>"),
            sheet(&fill("<Cell ss:Formula=\"=cmd|'''/c'''!A1\"/>")),
        ),
        fill("<x:QueryTable><x:Connection>"),
        fill("<x:Visible>SheetHidden"),
        fill("<Data ss:Type=\"String\">="),
        format!("<Names><NamedRange ss:RefersTo=\"={}\"/>", fill("a|")),
    ];
    for body in bodies {
        let text = workbook(&body);
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut links = 0u32;
        let mut judge = |_| links += 1;
        let mut ledger = Ledger::new(&limits, &mut judge);
        let flat = crate::container::flat::list(
            text.as_bytes(),
            crate::container::flat::Kind::Document,
            &budget,
        );
        let opc = crate::container::opc::Opc::read_within(
            text.as_bytes(),
            &flat.members,
            &flat.surroundings,
            &budget,
        );
        let package = crate::format::ooxml::Package {
            data: text.as_bytes(),
            members: &flat.members,
            is_flat: true,
            surroundings: &flat.surroundings,
            techniques: &[],
            opc: &opc,
            location: &crate::location::Location::root(None),
            is_document: true,
            is_program: |_| false,
        };
        let start = crate::tests::Clock::start();
        let (_, ended) = crate::format::ooxml::read(&package, &budget, &mut ledger);
        assert!(ended.is_ok());
        assert!(start.elapsed().as_secs() < 20, "{}", &text[..400]);
        budget.release_live(flat.live.saturating_add(opc.live));
        assert_eq!(budget.live_left(), limits.live_bytes, "{}", &text[..400]);
    }
}

/// §5.5, §6.1: files that formulas and text queries lead to, and the address in an attribute.
#[test]
fn places_elsewhere() {
    let analyze = |inner: &str| {
        let text = format!(
            "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
             xmlns:x=\"urn:schemas-microsoft-com:office:excel\" \
             xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"S\">\
             {inner}</Worksheet></Workbook>"
        );
        let report = Analyzer::default().analyze(text.as_bytes());
        let targets = report
            .findings()
            .iter()
            .filter_map(|found| found.target.clone());
        targets.collect::<Vec<_>>()
    };
    let formula =
        "<Table><Row><Cell ss:Formula=\"='\\\\10.0.0.1\\s\\[a.xls]S'!R1C1\"/></Row></Table>";
    assert_eq!(analyze(formula), ["\\\\10.0.0.1\\s\\a.xls"]);
    let url = "<x:QueryTable><x:QuerySource><x:URLString x:HRef=\"http://x.example/q\"/>\
               </x:QuerySource></x:QueryTable>";
    assert_eq!(analyze(url), ["http://x.example/q"]);
    let text = "<x:QueryTable><x:QuerySource><x:TextWizardSettings><x:Name>\\\\10.0.0.1\\s\\a.txt\
                </x:Name></x:TextWizardSettings></x:QuerySource></x:QueryTable>";
    assert!(analyze(text).contains(&"\\\\10.0.0.1\\s\\a.txt".to_owned()));
}
