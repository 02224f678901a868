//! Pages (`spec/excel.md` §6.2, §6.5).

use std::fmt::Write as _;

use crate::{Analyzer, Finding, Format, Input, Kind, Report, Trigger, Verdict};

fn analyze(page: &str) -> Report {
    let report = Analyzer::default().analyze(page.as_bytes());
    assert_eq!(report.document().format, Format::Html);
    assert!(report.complete(), "{:?}", report.gaps());
    report
}

fn table(cells: &str) -> Report {
    analyze(&format!("<html><table><tr>{cells}</tr></table></html>"))
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

const DDE: &str = "cmd|/c calc!A0";

/// §6.2: Excel opens what is named or marked as its own. An article about such formulas is none.
#[test]
fn a_page_that_is_not_for_excel_is_inert() {
    let cell = "<table><td><code>=cmd|'/c calc'!A0</code></td></table>";
    let verdict = |name: Option<&str>, head: &str| {
        let page = format!("<html{head}{cell}</html>");
        let input = name.map_or(Input::new(page.as_bytes()), |name| {
            Input::new(page.as_bytes()).name(name)
        });
        let report = Analyzer::default().analyze(input);
        (only(&report).kind, report.verdict())
    };
    let word = "><meta name=ProgId content=Word.Document>";
    let writer = "><meta name=generator content='LibreOffice 7.4 (Linux)'>";
    for (name, head) in [
        (Some("article.html"), ">"),
        (Some("article.mht"), ">"),
        (Some("article.htm"), word),
        (Some("article.html"), writer),
        (None, word),
        (None, writer),
    ] {
        assert_eq!(
            verdict(name, head),
            (Kind::Inert, Verdict::Suspicious),
            "{name:?} {head}"
        );
    }
    for (name, head) in [
        (None, ">"),
        (Some("upload"), ">"),
        (Some("a.xls"), ">"),
        (Some("a.xls"), word),
        (Some("a.csv"), ">"),
        (
            Some("a.html"),
            " xmlns:x='urn:schemas-microsoft-com:office:&#101;xcel'>",
        ),
        (Some("a.html"), "><meta name=ProgId content=Excel.Sheet>"),
        (
            Some("a.html"),
            "><meta content='Microsoft Excel 15' name=generator>",
        ),
        (
            Some("a.html"),
            "><?mso-application progid=\"Excel.Sheet\"?>",
        ),
        (Some("a.html"), "><td x:num=1>"),
        (Some("a.html"), "><xml><x:ExcelWorkbook></xml>"),
    ] {
        assert_eq!(
            verdict(name, head),
            (Kind::Dde, Verdict::Malicious),
            "{name:?} {head}"
        );
    }
}

#[test]
fn cells_are_entered_as_formulas() {
    for cell in [
        "<td>=cmd|'/c calc'!A0</td>",
        "<td>x</td><th> \n =cmd|'/c calc'!A0",
        "<td><b>+cmd|'/c calc'!A0</b></td>",
        "<td> &#61;cmd|&apos;/c calc'!A0</td>",
        "<td>=c<span>m</span>d<!-- x -->|'/c&nbsp;calc'!<font>A0</font></td>",
        "<td>&nbsp;=cmd|'/c\n  calc'!A0</td>",
        "<td>=cmd|'/c<br>calc'!A0</td>",
        "<td>word<br>=cmd|'/c calc'!A0</td>",
        "<td><p>word</p><p>=cmd|'/c calc'!A0</p></td>",
        "<td><table><tr><td>=cmd|'/c calc'!A0</td></tr></table>x</td>",
        "<td><table><tr><td>x</td></tr></table>=cmd|'/c calc'!A0</td>",
        "<td><pre>one\n=cmd|'/c calc'!A0\ntwo</pre></td>",
        "<td>=DDE(\"cmd\";\"/c calc\";\"A0\")</td>",
        "<td>\u{ff1d}cmd\u{ff5c}'/c calc'!A0</td>",
        "<caption>=cmd|'/c calc'!A0</caption>",
        "<td>x<h1>=cmd|'/c calc'!A0</h1>",
        "<td>x<section>=cmd|'/c calc'!A0",
        "<td><noframes>=cmd|'/c calc'!A0</noframes>",
        "<td><xmp>=cmd|'/c calc'!A0</xmp>",
        "<xml><td>=cmd|'/c calc'!A0</td></xml>",
        "<title><td>=cmd|'/c calc'!A0</td></title>",
        "<x:SupBook><x:Path><td>=cmd|'/c calc'!A0</td>",
        "<xml><x:ExcelName><x:Formula><td>=cmd|'/c calc'!A0</td></xml>",
        "<o:p>=cmd|'/c calc'!A0</o:p>",
        "<td><x:Visible>=cmd|'/c calc'!A0",
        "<td x:str>@SUM(1)*cmd|'/c calc'!A0</td>",
    ] {
        let report = table(cell);
        assert_eq!(triple(only(&report)), DDE, "{cell}");
        assert_eq!(report.verdict(), Verdict::Malicious, "{cell}");
    }
    // LibreOffice 7.4 enters the paragraphs around tables as well.
    for body in [
        "<p>=cmd|'/c calc'!A0</p>",
        "<div>=cmd|'/c calc'!A0",
        "=cmd|'/c calc'!A0",
    ] {
        let report = analyze(&format!("<html><body>{body}</body></html>"));
        assert_eq!(triple(only(&report)), DDE, "{body}");
        assert_eq!(only(&report).used_by, ["text"]);
    }
}

#[test]
fn cells_say_where_they_stand() {
    let report =
        analyze("<table></table><table><tr><td>1</td></tr><tr><td>2<td>=cmd|'/c calc'!A0</table>");
    let finding = only(&report);
    assert_eq!(finding.used_by, ["table 2, row 2, cell 2"]);
    assert_eq!(finding.kind, Kind::Dde);
    assert_eq!(finding.location.offset(), Some(54));
}

#[test]
fn attributes_of_excel() {
    for cell in [
        "<td x:fmla=\"=cmd&#124;&quot;/c&quot;&amp;'/c calc'!A0\">0</td>",
        "<td x:fmla=\"=cmd&#124;'/c calc'!A0\" x:num=\"0\">0</td>",
        "<td x:formula='=cmd|&apos;/c calc&apos;!A0'>0</td>",
        "<td e:fmla=\"cmd|'/c calc'!A0\">0</td>",
        "<td x:num=\"=cmd|'/c calc'!A0\">0</td>",
    ] {
        let report = table(cell);
        let found: Vec<_> = report.findings().iter().map(triple).collect();
        if cell.contains("&quot;") {
            // A string in front of the separator is no service.
            assert!(found.is_empty(), "{found:?}");
        } else {
            assert_eq!(found, [DDE], "{cell}");
            assert_eq!(report.verdict(), Verdict::Malicious, "{cell}");
        }
    }
    let report = table("<td x:fmla=\"=&quot;&quot;&amp;cmd&#124;'/c calc'!A0\">0</td>");
    assert_eq!(triple(only(&report)), DDE);
    let report = table("<td x:str=\"=cmd|'/c calc'!A0\">x</td>");
    assert_eq!(only(&report).kind, Kind::Inert);
}

const SUPBOOK: &str = "<x:SupBook><x:Path>cmd|/c calc</x:Path><x:ExternName><x:Name>A0</x:Name>\
    <x:WantAdvise/></x:ExternName><x:ExternName><x:Name>StdDocumentName</x:Name><x:WantAdvise/>\
    <x:OLE/></x:ExternName></x:SupBook>";

#[test]
fn islands_hold_the_link_table() {
    for (open, close) in [
        ("<!--[if gte mso 9]>", "<![endif]-->"),
        ("<!--[if mso]>", "<![endif]-->"),
        ("<![if !excel]>", "<![endif]>"),
        ("", ""),
    ] {
        let report = analyze(&format!(
            "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head>{open}<xml>\
             <x:ExcelWorkbook>{SUPBOOK}<x:ExcelWorksheets><x:ExcelWorksheet><x:Name>S1</x:Name>\
             <x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>\
             </x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook></xml>{close}</head>\
             <body><table><tr><td x:fmla=\"=cmd|'/c calc'!A0\">1</td></tr></table></body></html>"
        ));
        let finding = only(&report);
        assert_eq!(triple(finding), DDE);
        assert_eq!(finding.used_by, ["table 1, row 1, cell 1"]);
        assert_eq!(finding.kind, Kind::DdeAuto);
        let techniques: Vec<_> = finding.techniques.iter().map(|t| t.id.as_str()).collect();
        assert_eq!(techniques, ["hidden-sheet"]);
    }
}

#[test]
fn islands_without_prefixes_and_names() {
    let report = analyze(&format!(
        "<html><xml><ExcelWorkbook>{}</ExcelWorkbook></xml></html>",
        SUPBOOK.replace("x:", "")
    ));
    assert_eq!(triple(only(&report)), DDE);
    let report = analyze(
        "<html><!--[if gte mso 9]><xml><x:ExcelName><x:Name>Auto_Open</x:Name>\
         <x:Formula>=EXEC(\"calc.exe\")</x:Formula></x:ExcelName></xml><![endif]--></html>",
    );
    let finding = only(&report);
    assert_eq!(
        (finding.kind, finding.trigger),
        (Kind::Execute, Trigger::Open)
    );
    // What only stands in a comment is none.
    let report = analyze(&format!("<html><!-- <xml>{SUPBOOK}</xml> --></html>"));
    assert!(report.findings().is_empty());
}

#[test]
fn sheets_that_stand_elsewhere() {
    let page = |source: &str| {
        analyze(&format!(
            "<html><xml><x:ExcelWorksheet><x:Name>a</x:Name><x:WorksheetSource HRef=\"{source}\"/>\
             </x:ExcelWorksheet></xml></html>"
        ))
    };
    assert!(page("a_files/sheet001.htm").findings().is_empty());
    let report = page("http://x.example/sheet001.htm");
    assert_eq!(
        only(&report).target.as_deref(),
        Some("http://x.example/sheet001.htm")
    );
}

#[test]
fn ordinary_pages_are_silent() {
    let mut cells = String::new();
    for n in 0..200 {
        write!(
            cells,
            "<tr><td>-{n}</td><td>+49 171 {n}</td><td>-a|b</td><td>@user on a|b!c</td>\
             <td>- item one|two!three</td><td>- foo | bar!</td><td>=====</td><td>--- | --- | !</td>\
             <td>= 3,50 EUR (net)</td><td x:num=\"-5.5\">(5,50)</td><td x:fmla=\"=SUM(A1:A3)\">6</td></tr>"
        )
        .unwrap();
    }
    let body = "<p>- one | two! three</p><pre>=== a | b ! c ===\n- x|y!z\n+ added('a|b!c')</pre>\
        <p>=A1&amp;\"|\"&amp;B1&amp;\"!\"</p><p>={1|2}</p><div>=VLOOKUP(a|b;1)</div>\
        <p>=HYPERLINK(\"http://x/a|b!c\",\"q\")</p><code>@media a|b!c</code>";
    let page = format!("<html><title>=cmd|'/c calc'!A0</title><table>{cells}</table>{body}</html>");
    let report = analyze(&page);
    assert_eq!(report.verdict(), Verdict::Clean, "{:#?}", report.findings());
    let links = report
        .findings()
        .iter()
        .filter(|f| f.kind != Kind::ExternalLink);
    assert_eq!(links.count(), 0, "{:#?}", report.findings());
}

#[test]
fn links_are_reported_once() {
    let report = analyze(
        "<html><link rel=File-List href=\"http://x.example/f.xml\"><frameset>\
         <frame src=\"http://x.example/s.htm\"></frameset><table><tr><td>\
         <a href=\"http://x.example/\">a</a></td></tr></table></html>",
    );
    assert_eq!(report.findings().len(), 3, "{:#?}", report.findings());
}

#[test]
fn encodings() {
    let page = "<html><table><tr><td>=cmd|'/c calc'!A0</td></tr></table></html>";
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(page.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let report = Analyzer::default().analyze(utf16.as_slice());
    assert_eq!(triple(only(&report)), DDE);
    let techniques: Vec<_> = only(&report)
        .techniques
        .iter()
        .map(|t| t.id.as_str())
        .collect();
    assert_eq!(techniques, ["utf-16"]);
    let utf7 = "<html><meta charset=utf-7><table><tr><td>+AD0-cmd+AHw-'/c calc'!A0</td></tr></table></html>";
    let report = Analyzer::default().analyze(utf7.as_bytes());
    assert_eq!(triple(only(&report)), DDE);
    let xhtml = "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><body><table><tr>\
        <td><![CDATA[=cmd|'/c calc'!A0]]></td></tr></table></body></html>";
    assert_eq!(triple(only(&analyze(xhtml))), DDE);
}

#[test]
fn long_cells_are_read_whole() {
    let junk = "1+".repeat(5 << 20);
    let report = table(&format!("<td>={junk}cmd|'/c calc'!A0</td>"));
    assert_eq!(triple(only(&report)), DDE);
    let text = "word ".repeat(4 << 20);
    let report = table(&format!("<td>{text}=cmd|'/c calc'!A0</td>"));
    assert!(report.findings().is_empty());
}

/// Linear time, and the memory is given back.
#[test]
fn hostile_pages() {
    use crate::format::ledger::Ledger;
    use crate::limits::{Budget, Limits};
    use crate::location::Location;
    let size = 1 << 17;
    let fill = |piece: &str| piece.repeat(size / piece.len());
    for page in [
        fill("<table><tr><td>"),
        fill("<td>=a|b!c"),
        fill("<td>=cmd|'/c'!A1<br>"),
        format!("<td>={}", fill("<br>=")),
        format!("<td>={}", fill("<br>a|b!c")),
        format!("<pre>={}", fill("\n(")),
        format!("<td>={}", fill("&")),
        fill("<xml>"),
        fill("<xml><x:SupBook><x:Path>a|b"),
        fill("<x:SupBook><x:ExternName><x:Name>"),
        fill("<x:ExcelName><x:Formula>=("),
        format!("<td {}>", fill("x:fmla==( ")),
        fill("<td x:fmla='=a|b!c'>"),
    ] {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let mut judge = |_| {};
        let mut ledger = Ledger::new(&limits, &mut judge);
        let start = crate::tests::Clock::start();
        let outcome = super::read(page.as_bytes(), &Location::root(None), &budget, &mut ledger);
        assert!(outcome.ended.is_ok());
        assert!(start.elapsed().as_secs() < 20, "{}", &page[..40]);
        assert_eq!(budget.live_left(), limits.live_bytes, "{}", &page[..40]);
    }
}

#[test]
#[cfg(feature = "mail")]
fn sheets_in_a_web_archive() {
    let archive = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Location: file:///C:/Book1.htm\r\nContent-Type: text/html\r\n\r\n\
        <html><frameset><frame src=\"Book1_files/sheet001.htm\"></frameset></html>\r\n\
        --b\r\nContent-Location: file:///C:/Book1_files/sheet001.htm\r\n\
        Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html\r\n\r\n\
        <html xmlns:x=3D\"urn:schemas-microsoft-com:office:excel\"><table><tr>\r\n\
        <td x:fmla=3D\"=3Dcmd|'/c calc'!A0\">0</td></tr></table></html>\r\n--b--\r\n";
    let report = Analyzer::default().analyze(archive.as_bytes());
    assert_eq!(report.document().format, Format::Mhtml);
    assert!(report.complete(), "{:?}", report.gaps());
    assert_eq!(triple(only(&report)), DDE);
    let place = only(&report).location.to_string();
    assert!(place.contains("sheet001.htm"), "{place}");
}
