//! Links that are no commands: feeds, peers, references, with every character that a command
//! language gives a meaning. None is taken apart, and none raises the verdict.

use ddetect::Verdict;

use super::report;
use crate::support::{dde, techniques};

/// Service and topic.
const LINKS: &[(&str, &str)] = &[
    // Market data and plant data.
    ("BLP", "M"),
    ("BLP", "IBM US Equity"),
    ("BLP", "S&P 500 Index"),
    ("REUTER", "IDN"),
    ("REUTER", "EUR=,LAST"),
    ("TOS", "LAST"),
    ("TOS", "MARK_CHANGE%"),
    ("WINROS", "IDN_SELECTFEED|AT&T"),
    ("MT4", "BID"),
    ("QUOTE", "EURUSD^1.0834"),
    ("Esignal", "AAPL %CHG"),
    ("IQLINK", "R&D;SPREAD"),
    ("RSLINX", "PLC_5"),
    ("RSLinx", "Line%1"),
    ("RSLINX", "[Kessel 4]N7:0,L1"),
    ("VIEW", "TAGNAME"),
    ("WinCC", "Temp!Zone_3"),
    ("OPCLINK", "Pumps^2"),
    ("S7DDE", "DB10.DBD(4)"),
    ("KEPServerEX", "Channel1.Device1"),
    ("CimView", "PUMP&VALVE"),
    ("InSQL", "Tag{0}"),
    ("AlgoFeed", "BUY||SELL"),
    ("FASTDDE", "P/L `net`"),
    ("MDLINK", "x=y;z"),
    // Office programs among themselves.
    ("Excel", "[Book1.xlsx]Sheet1"),
    ("Excel", r"C:\Users\anna\Documents\Budget 50% & more.xlsx"),
    ("Excel", r"C:\Data\A^B\prices.xls"),
    ("Excel", "Sheet1!R1C1"),
    ("Excel.Sheet.12", r"C:\Data\100%.xlsx"),
    ("Excel.Sheet.8", r"D:\Ablage\Umsatz (neu)\Q1+Q2.xls"),
    ("WinWord", r"C:\Data\Letter for Mr. O'Neil.doc"),
    ("Word.Document.8", r"C:\Data\a,b;c=d.doc"),
    ("Word.Document.12", r"C:\Data\call me.docx"),
    ("MSAccess", r"C:\Data\stock.mdb;TABLE Orders"),
    ("MSAccess", r"C:\Data\stock.mdb;QUERY Echo & Delay"),
    ("soffice", "/home/anna/prices.ods"),
    ("soffice", "file:///C:/Data/prices.ods"),
    ("MSProject", "Plan 2024.mpp"),
    ("PowerPoint.Show.12", r"C:\Data\Start & finish.pptx"),
    ("Visio", "Network %x%.vsd"),
    // Prose and product names.
    ("BLP", "for each of the rates in (a, b, c) do the sum"),
    ("BLP", "set x = 4 and call it a day"),
    ("BLP", "50% of %SALES% & 20% of %COSTS%"),
    ("BLP", "!important! !urgent!"),
    ("BLP", "C:\\>dir"),
    ("BLP", "Procter & Gamble | Unilever"),
    ("BLP", "Johnson & Johnson | J&J"),
    ("BLP", "Chr(65) is A"),
    ("BLP", "aGVsbG8gd29ybGQ="),
    ("BLP", "SGFwcHkgbmV3IHllYXIgdG8gYWxsIG9mIHlvdQ=="),
    ("BLP", "{0} of {1} -f pages"),
    ("BLP", "a -join b -split c"),
    ("BLP", "H^2O and CO^2"),
    ("BLP", "x`y`z"),
    ("BLP", "echo of the market"),
    ("BLP", "start of day; end of day"),
    ("BLP", "\"quoted\" \"\"twice\"\""),
    ("BLP", "100%25 done"),
    ("BLP", "&amp; &#65; &lt;"),
    ("BLP", "\\x41\\u0042"),
    ("BLP", "!AND(A1,B1)"),
    ("BLP", "power shell station"),
    ("BLP", "the command of the month"),
    ("BLP", "1,2;3,4;5,6"),
    ("BLP", "(((a)))"),
    ("BLP", "rem sleep"),
    ("BLP", "if only"),
    ("BLP", "%1 %2 %*"),
    ("BLP", "$env and $_ and @()"),
    ("BLP", "new > old < older"),
    ("BLP", "v1.0.1.2 build 4"),
];

/// Of these the rule `command-topic` says that they look like a command, though they are not taken
/// apart: operators of the shell between words, a closing tag that reads like the switch `/b`.
const SUSPECTS: &[(&str, &str)] = &[
    ("BLP", "Johnson && Johnson || J&J"),
    ("BLP", "<b>bold</b> > thin"),
];

/// Disguises of commands; a link without a command has none of them.
const DISGUISES: &[&str] = &[
    "alias",
    "backticks",
    "base64",
    "carets",
    "character-codes",
    "compressed-stream",
    "delayed-expansion",
    "delimiter-blanks",
    "encoded-command",
    "environment-variable",
    "for-loop",
    "format-operator",
    "html-encoding",
    "invoked-text",
    "nested-shell",
    "percent-encoding",
    "quote-noise",
    "replaced-text",
    "reversed-text",
    "short-parameter",
    "string-concat",
    "string-join",
    "undecoded",
    "url-disguise",
    "variable-replace",
    "variable-substring",
    "variable-text",
];

#[test]
fn text_that_is_no_command_stays_as_it_is() {
    assert!(LINKS.len() >= 60);
    let mut wrong = Vec::new();
    for (service, topic) in LINKS.iter().chain(SUSPECTS) {
        let report = report(service, topic);
        let mut bad = Vec::new();
        let worst = if SUSPECTS.contains(&(service, topic)) {
            Verdict::Suspicious
        } else {
            Verdict::Clean
        };
        if report.verdict() > worst {
            bad.push(format!("{:?}", report.verdict()));
            for finding in report.findings() {
                bad.extend(finding.signals.iter().map(|signal| format!("{signal:?}")));
            }
        }
        let found = dde(&report);
        if found.len() != 1 {
            bad.push(format!("{} findings", found.len()));
        }
        for finding in found {
            if finding.service.as_deref() != Some(*service) {
                bad.push(format!("service {:?}", finding.service));
            }
            if let Some(command) = &finding.command
                && (!command.stages.is_empty() || command.script.is_some())
            {
                bad.push(format!("{command:?}"));
            }
            let used = techniques(finding);
            bad.extend(
                used.iter()
                    .filter(|id| DISGUISES.contains(*id))
                    .map(|id| (*id).to_owned()),
            );
        }
        if !bad.is_empty() {
            wrong.push(format!("{service}|{topic}: {}", bad.join("; ")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} links:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
