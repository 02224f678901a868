//! Query files (`spec/excel.md` §6.3, §6.5).

use crate::{Analyzer, Carrier, Finding, Format, Input, Report, Trigger, Verdict};

fn analyze(bytes: &[u8]) -> Report {
    let report = Analyzer::default().analyze(bytes);
    assert_eq!(report.document().format, Format::QueryFile);
    assert!(report.complete(), "{:?}", report.gaps());
    report
}

fn only(report: &Report) -> &Finding {
    assert_eq!(report.findings().len(), 1, "{:#?}", report.findings());
    &report.findings()[0]
}

fn rules(finding: &Finding) -> Vec<&str> {
    finding.signals.iter().map(|signal| signal.rule).collect()
}

#[test]
fn a_web_query_to_an_address() {
    let report = analyze(b"WEB\r\n1\r\nhttp://1.2.3.4/x.dat");
    let finding = only(&report);
    assert_eq!(
        (finding.carrier, finding.trigger),
        (Carrier::WebQuery, Trigger::Open)
    );
    assert_eq!(finding.target.as_deref(), Some("http://1.2.3.4/x.dat"));
    assert!(rules(finding).contains(&"remote-query"));
    // A second signal: the host has no name.
    assert_eq!(report.verdict(), Verdict::Malicious);
}

#[test]
fn web_queries_by_where_they_lead() {
    for (address, verdict) in [
        (
            "http://quotes.example.com/q.asp?s=[\"Symbol\",\"Enter a symbol\"]",
            Verdict::Suspicious,
        ),
        ("https://example.com/2.dat", Verdict::Malicious),
        ("https://example.com/sc.php?a=1", Verdict::Malicious),
        ("http://localhost:8080/q.dat", Verdict::Clean),
        ("http://192.168.7.1/q.php", Verdict::Clean),
        ("http://reports/q", Verdict::Clean),
        ("C:\\data\\q.htm", Verdict::Clean),
    ] {
        let report =
            analyze(format!("WEB\n1\n{address}\n\nSelection=1\nFormatting=None\n").as_bytes());
        assert_eq!(report.verdict(), verdict, "{address}");
        assert_eq!(only(&report).target.as_deref(), Some(address));
    }
}

#[test]
fn web_queries_in_every_spelling() {
    let utf16 = |text: &str, mark: bool| -> Vec<u8> {
        let mark: &[u8] = if mark { &[0xff, 0xfe] } else { &[] };
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        mark.iter().copied().chain(units).collect()
    };
    let text = "WEB\r\n1\r\nhttp://x.example/a\r\n";
    for bytes in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        utf16(text, true),
        utf16(text, false),
        text.replace("\r\n", "\r").into_bytes(),
        // Without the version it may be a list of addresses under its heading.
        b"web\nhttp://x.example/a\nSelection=1".to_vec(),
        b"1\nhttp://x.example/a\nSelection=AllTables".to_vec(),
        b"http://x.example/a\n\nFormatting=All".to_vec(),
    ] {
        let report = analyze(&bytes);
        assert_eq!(only(&report).target.as_deref(), Some("http://x.example/a"));
        assert_eq!(report.verdict(), Verdict::Suspicious);
    }
    // Nothing but an address: its name tells what it is.
    let bytes = b"http://x.example/a";
    let report = Analyzer::default().analyze(Input::new(bytes).name("q.IQY"));
    assert_eq!(report.document().format, Format::QueryFile);
    assert_eq!(only(&report).target.as_deref(), Some("http://x.example/a"));
    for name in ["q.txt", "iqy"] {
        let report = Analyzer::default().analyze(Input::new(bytes).name(name));
        assert_eq!(
            (report.verdict(), report.findings().len()),
            (Verdict::Clean, 0)
        );
    }
}

#[test]
fn what_is_posted_is_no_address() {
    let report = analyze(b"WEB\n1\nhttp://x.example/a\nq=http://y.example/\nSelection=1");
    assert_eq!(only(&report).target.as_deref(), Some("http://x.example/a"));
    assert!(only(&report).raw.contains("y.example"));
}

#[test]
fn databases() {
    let odbc = |connection: &str, command: &str| {
        analyze(format!("XLODBC\r\n1\r\n{connection}\r\n{command}\r\n\r\nn\tv\r\n").as_bytes())
    };
    let report = odbc(
        "DRIVER=SQL Server;SERVER=sql01;UID=a;DATABASE=b",
        "SELECT cmd FROM t",
    );
    assert_eq!(only(&report).target.as_deref(), Some("sql01"));
    assert_eq!(only(&report).carrier, Carrier::Connection);
    assert_eq!(report.verdict(), Verdict::Clean);
    let report = odbc("DSN=MS Access;DBQ=C:\\data\\a.mdb", "SELECT * FROM t");
    assert_eq!(report.verdict(), Verdict::Clean);
    let report = odbc(
        "DRIVER=SQL Server;SERVER=db.example,1433",
        "SELECT * FROM t",
    );
    assert_eq!(report.verdict(), Verdict::Suspicious);
    let report = odbc(
        "DRIVER=SQL Server;SERVER=sql01",
        "EXEC xp_cmdshell 'powershell -e x'",
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
    let report = analyze(
        b"QueryType=OLEDB\r\nVersion=1\r\nCommandType=Cube\r\n\
          Connection=Provider=MSOLAP.2;Data Source=http://x.example/olap\r\nCommandText=Sales\r\n",
    );
    assert_eq!(
        only(&report).target.as_deref(),
        Some("http://x.example/olap")
    );
    assert_eq!(report.verdict(), Verdict::Suspicious);
}

#[test]
fn data_links() {
    let udl = "[oledb]\r\n; Everything after this line is an OLE DB initstring\r\n\
        Provider=SQLOLEDB.1;Data Source=db.example;Initial Catalog=x\r\n";
    let bytes: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(udl.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let report = analyze(&bytes);
    assert_eq!(only(&report).target.as_deref(), Some("db.example"));
    assert_eq!(report.verdict(), Verdict::Suspicious);
    let report =
        analyze(b"[ODBC]\nDRIVER=Microsoft Access Driver (*.mdb)\nDBQ=\\\\host\\share\\a.mdb\n");
    assert_eq!(
        only(&report).target.as_deref(),
        Some("\\\\host\\share\\a.mdb")
    );
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn connections_in_pages() {
    let odc = |connection: &str, command: &str| {
        format!(
            "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head>\
             <meta http-equiv=Content-Type content=\"text/x-ms-odc; charset=utf-8\">\
             <meta name=ProgId content=ODC.Database><title>x</title>\
             <xml id=docprops></xml><xml id=msodc><odc:OfficeDataConnection \
             xmlns:odc=\"urn:schemas-microsoft-com:office:odc\"><odc:Connection odc:Type=\"OLEDB\">\
             <odc:ConnectionString>{connection}</odc:ConnectionString>\
             <odc:CommandType>SQL</odc:CommandType><odc:CommandText>{command}</odc:CommandText>\
             </odc:Connection></odc:OfficeDataConnection></xml></head><body></body></html>"
        )
    };
    let report = analyze(odc("Provider=SQLOLEDB.1;Data Source=sql01", "SELECT 1").as_bytes());
    assert_eq!(only(&report).target.as_deref(), Some("sql01"));
    assert_eq!(report.verdict(), Verdict::Clean);
    let report = analyze(odc("Provider=SQLOLEDB.1;Data Source=db.example", "SELECT 1").as_bytes());
    assert_eq!(report.verdict(), Verdict::Suspicious);
    let report = analyze(
        odc(
            "Provider=SQLOLEDB.1;Data Source=sql01",
            "EXEC xp_cmdshell &quot;calc&quot;",
        )
        .as_bytes(),
    );
    assert_eq!(report.verdict(), Verdict::Malicious);
    // What else such a page holds counts.
    let page = odc("Provider=x", "y").replace("<body>", "<body><table><tr><td>=cmd|'/c calc'!A0");
    assert_eq!(analyze(page.as_bytes()).verdict(), Verdict::Malicious);
}

#[test]
fn long_lines_and_many() {
    let line = "x".repeat(30 << 20);
    let report = Analyzer::default().analyze(format!("WEB\n1\nhttp://{line}").as_bytes());
    assert!(!report.complete());
    let many = "Connection=Server=a\n".repeat(100_000);
    let report = Analyzer::default().analyze(format!("QueryType=OLEDB\n{many}").as_bytes());
    assert_eq!(report.verdict(), Verdict::Clean);
}

/// §1.6: the queries of Power Query in a connection file.
#[test]
fn power_query_in_a_connection_file() {
    let escaped = |formula: &str| {
        format!(
            "<html xmlns:odc=\"urn:schemas-microsoft-com:office:odc\"><head>\
             <meta name=ProgId content=ODC.Database><xml id=msodc><odc:OfficeDataConnection>\
             <odc:PowerQueryConnection odc:Type=\"OLEDB\"><odc:ConnectionString>\
             Provider=Microsoft.Mashup.OleDb.1;Data Source=$Workbook$;Location=Q</odc:ConnectionString>\
             </odc:PowerQueryConnection><odc:PowerQueryMashupData>&lt;Mashup&gt;&lt;Items&gt;&lt;Query&gt;\
             &lt;Formula&gt;{formula}&lt;/Formula&gt;&lt;/Query&gt;&lt;/Items&gt;&lt;/Mashup&gt;\
             </odc:PowerQueryMashupData></odc:OfficeDataConnection></xml></head></html>"
        )
    };
    for formula in [
        "&lt;![CDATA[let Source = Web.Contents(\"http://1.2.3.4/x.dat\") in Source]]&gt;",
        "let Source = Web.Contents(&amp;quot;http://1.2.3.4/x.dat&amp;quot;) in Source",
    ] {
        let page = escaped(formula);
        let report = Analyzer::default().analyze(page.as_bytes());
        let found = report.findings().iter().any(|found| {
            let target = found.target.as_deref().unwrap_or_default();
            target.contains("http://1.2.3.4/x.dat")
        });
        assert!(found, "{:#?}", report.findings());
    }
}
