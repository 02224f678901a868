//! Market data and known servers.

use super::*;

/// Spreadsheet specification, sections 10.2 and 10.3: legitimate DDE is information.
#[test]
fn feeds_and_peers_are_information() {
    for (service, topic, item) in [
        ("MT4", "BID", "EURUSD"),
        ("MTX", "DATA", "AKBNK.SON"),
        ("IDT", "IMKB", "YKBNK.IS,GLOT,1,0,2,"),
        ("BLP", "M", "INDU Index,[PX_close_5d]"),
        ("REUTER", "IDN", "EUR=,BID"),
        ("IDN_SELECTFEED", "IDN", "NGH2,PRIM ACT 1,1"),
        ("ProfDDE", "Live", "x"),
        ("T4Screen", "MKT_1", "x"),
        ("VTS", "Display", "TagName\\Variable"),
        ("View", "tagname", "x"),
        ("RSLinx", "channel", "N7:0,L1,C1"),
        ("ssample", "tik", "id1"),
        ("TWSDDE", "tik", "id1"),
        ("TOS", "LAST", "MSFT"),
        ("Excel", "[Book1.xlsx]Sheet1", "R1C1"),
        ("Excel", "System", "Topics"),
        ("Excel", "C:\\My Data\\book.xls", "Sheet1!R1C1"),
        ("Excel", "C:\\data\\[book.xls]Sheet1", "R1C1"),
        ("Excel.Sheet.12", "C:\\data\\book.xlsx", "Sheet1!R1C1:R2C2"),
        ("WinWord", "C:\\letters\\a.doc", "DDE_LINK1"),
        ("Word.Document.8", "C:\\letters\\a.doc", "OLE_LINK1"),
        ("MSAccess", "C:\\db.mdb;TABLE Orders", "All"),
        ("soffice", "/home/a/b.ods", "Sheet1.A1"),
        ("progman", "progman", "groups"),
    ] {
        let finding = dde(service, topic, item);
        assert_eq!(
            (finding.score, finding.severity),
            (0, Severity::Info),
            "{service}|{topic}"
        );
        assert_eq!(finding.attack, [""; 0], "{service}|{topic}");
    }
    let mut feed = link(Kind::DdeAuto, Carrier::DdeLinkPart);
    feed.siblings = 3;
    feed.readings.push(reading("MyFeed", "quotes", "EURUSD"));
    let feed = judged(feed);
    assert_eq!((feed.score, feed.severity), (10, Severity::Info));
    assert_eq!(
        dde("Excel", "\\\\server\\share\\book.xls", "R1C1").score,
        15
    );
    assert_eq!(verdict(&dde("MyServer", "topic", "item")), Verdict::Clean);
    assert_eq!(
        verdict(&dde("Excel", "..\\..\\data\\prices.xlsx", "R1C1")),
        Verdict::Clean
    );
    assert_eq!(
        verdict(&dde("Excel", "..\\..\\x\\y", "R1C1")),
        Verdict::Malicious
    );
}

/// Section 10.2: the allow list never rescues a dangerous topic.
#[test]
fn known_servers_do_not_rescue() {
    for (service, topic) in [
        ("MT4", "/c powershell -enc AAAA"),
        ("BLP", "\\..\\..\\x\\y"),
        ("Excel", "cmd.exe /c calc"),
        ("progman", "C:\\x\\evil.exe"),
    ] {
        assert!(dde(service, topic, "").score >= 60, "{service}|{topic}");
    }
}
