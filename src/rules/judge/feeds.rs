//! Legitimate DDE: every row of sections 10.2 and 10.3 of the spreadsheet specification, and what
//! is not legitimate any more beside it.

use super::*;
use crate::location::Location;

/// A link of a formula with so many links on the same service and topic.
fn shared(service: &str, topic: &str, item: &str, siblings: u32, sure: Confidence) -> Finding {
    let mut link = Link::new(
        Kind::Dde,
        Carrier::Formula,
        Location::root(Some("a.xlsx")),
        "raw",
    );
    link.siblings = siblings;
    link.confidence = sure;
    link.readings.push(Reading {
        service: Some(service.to_owned()),
        topic: Some(topic.to_owned()),
        item: Some(item.to_owned()),
        resolved: String::new(),
    });
    judge(link, &Policy::default(), &Pool::new(u64::MAX))
}

fn score(service: &str, topic: &str, item: &str) -> u8 {
    shared(service, topic, item, 1, Confidence::Certain).score
}

/// Service and topic are those of the table; items are of the form that it allows.
const FEEDS: &[(&[&str], &[&str], &str)] = &[
    (
        &["MT4", "MT"],
        &["BID", "ASK", "HIGH", "LOW", "TIME", "QUOTE"],
        "EURUSD",
    ),
    (&["MTX", "IDT"], &["DATA", "IMKB"], "YKBNK.IS,GLOT,1,0,2,"),
    (&["BLP", "BLPDDE"], &["M"], "INDU Index,[PX_close_5d]"),
    (
        &["REUTER", "TR", "EIKON", "IDN_SELECTFEED"],
        &["IDN"],
        "NGH2,PRIM ACT 1,1",
    ),
    (
        &[
            "ProfDDE", "T4Screen", "D_2000", "VTS", "bwddexe", "DMDDE", "FixDDE",
        ],
        &["Live", "MKT_ES", "info", "Display", "topic"],
        "TagName\\Variable",
    ),
    (
        &["VIEW", "WONDERWARE", "FSServer"],
        &["TAGNAME"],
        "Tank1.Level",
    ),
    (
        &[
            "RSLinx", "FASTDDE", "KEPDDE", "OPCLINK", "S7DDE", "MODBUS", "DDESRV",
        ],
        &["Channel1", "PLC-5", "Line 2"],
        "N7:0,L1,C1",
    ),
    (
        &[
            "WINROS",
            "TOS",
            "SSAMPLE",
            "DTNIQ",
            "ESIGNAL",
            "CQGPC",
            "TWSDDE",
            "NTDDE",
            "QLINK",
            "PROFITCHART",
        ],
        &["LAST", "tik"],
        "id1",
    ),
    (
        &["PROGMAN", "SHELL", "FOLDERS", "AppProps"],
        &["PROGMAN", "Folders"],
        "groups",
    ),
];

/// What makes any topic one that no feed has (section 10.2): each raises, whatever the service.
const COMMANDS: &[&str] = &[
    "\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe",
    "x\\..\\..\\Windows\\System32\\cmd.exe",
    "/c calc",
    "M /c calc",
    "M -enc AAAA",
    "x.exe",
    "a.dll,Start",
    "run a.bat",
    "a.js",
    "a.vbs",
    "a.hta",
    "http://x.example/a",
    "\\\\203.0.113.5\\s\\a",
    "M & calc",
    "powershell",
];

#[test]
fn known_feeds_are_worth_nothing() {
    for (services, topics, item) in FEEDS {
        for service in *services {
            for topic in *topics {
                for case in [service.to_lowercase(), service.to_uppercase()] {
                    let found = shared(&case, topic, item, 1, Confidence::Certain);
                    let rules: Vec<_> = found.signals.iter().map(|signal| signal.rule).collect();
                    assert_eq!(rules, ["benign-service"], "{case}|{topic}!{item}");
                    assert_eq!((found.score, found.severity), (0, Severity::Info));
                }
            }
        }
    }
}

/// "The allow list never rescues it": section 10.4 has the command before the list.
#[test]
fn no_service_rescues_a_command() {
    let services = FEEDS.iter().flat_map(|(services, ..)| *services);
    let peers = ["Excel", "MSEXCEL", "WinWord", "WORD", "soffice", "foo"];
    for service in services.copied().chain(peers) {
        for topic in COMMANDS {
            // Office programs open documents from servers: said, not raised by itself.
            let place = topic.contains("//") || topic.starts_with("\\\\");
            let word = matches!(*topic, "powershell" | "M & calc");
            if peers.contains(&service) && service != "foo" && (place || word) {
                continue;
            }
            for siblings in [1, 3, 400] {
                let found = shared(service, topic, "A1", siblings, Confidence::High);
                assert!(found.score >= 60, "{service}|{topic}: {}", found.score);
            }
        }
    }
}

/// Section 10.3: what Office programs ask each other for.
#[test]
fn documents_of_peers_are_worth_nothing() {
    for service in ["Excel", "MSEXCEL", "WinWord", "WORD", "EXCEL.EXE"] {
        for (topic, item) in [
            ("[Book1.xlsx]Sheet1", "R1C1"),
            ("[Book1.xls]Sheet 2", "A1"),
            ("[a.csv]a", "R1C1:R2C2"),
            ("C:\\path\\f.xls", "Sheet1!R1C1"),
            ("C:\\path\\f.xlsm", "Total"),
            ("f.xlsb", "R1C1"),
            ("letter.doc", "DDE_LINK1"),
            ("C:\\My Letters\\letter.docx", "bookmark"),
            ("letter.docm", "x"),
            ("prices.csv", "R1C1"),
            ("/home/a/b.ods", "Sheet1.A1"),
            ("System", "Topics"),
            ("DDE_LINK3", ""),
        ] {
            assert_eq!(score(service, topic, item), 0, "{service}|{topic}");
        }
        // Anything else is low, and a path that climbs is not.
        assert_eq!(score(service, "something", "x"), 25, "{service}");
        assert!(score(service, "\\..\\..\\x\\y.exe", "x") >= 60);
    }
    for (service, topic) in [("soffice", "/home/a/b.ods"), ("CALC", "C:\\a\\b.ods")] {
        assert_eq!(score(service, topic, "Sheet1.A1"), 0, "{service}|{topic}");
    }
}

/// Section 10.2: three items on one service and topic are a feed nobody listed; one is not.
#[test]
fn strangers_are_information_until_they_look_like_commands() {
    let unknown = |topic: &str, siblings, sure| {
        let found = shared("Prices32", topic, "EURUSD", siblings, sure);
        (found.score, found.severity)
    };
    for sure in [Confidence::Low, Confidence::Medium, Confidence::Certain] {
        assert_eq!(unknown("quotes", 3, sure), (10, Severity::Info));
        assert_eq!(unknown("quotes", 2, sure), (25, Severity::Low));
        assert_eq!(unknown("quotes", 1, sure), (25, Severity::Low));
        assert!(unknown("/c calc", 1, sure).0 >= 60);
    }
    // Not plausible: too long, or with control characters. Still no command.
    let long = "x".repeat(65);
    assert_eq!(unknown(&long, 3, Confidence::High).0, 25);
    assert_eq!(unknown(&"x".repeat(64), 3, Confidence::High).0, 10);
    assert_eq!(unknown("quo\u{1}tes", 3, Confidence::High).0, 35);
    assert_eq!(score("BLP", "M\u{7}", "x"), 35);
    assert_eq!(score("BLP", "M\tx", "x"), 25);
    assert_eq!(score("BLP", " M\r\n", "x"), 0);
}

/// Section 10.4: the first check that hits names the image.
#[test]
fn checks_come_in_order() {
    for (service, topic, image, at_least) in [
        // Traversal stands above the service, even one that is a program.
        (
            "cmd",
            "\\..\\..\\Windows\\System32\\mshta.exe x",
            "mshta.exe",
            95,
        ),
        (
            "calc",
            "\\..\\..\\Windows\\System32\\mshta.exe x",
            "mshta.exe",
            95,
        ),
        (
            "BLP",
            "\\..\\..\\Windows\\System32\\mshta.exe x",
            "mshta.exe",
            95,
        ),
        // A program above its first eight letters.
        ("rundll32", "x", "rundll32.exe", 95),
        ("rundll321234", "x", "rundll32.exe", 95),
        // A switch in front makes the path an argument (section 0.2).
        (
            "cmd",
            "/k \\..\\..\\..\\Windows\\System32\\calc.exe",
            "cmd.exe",
            95,
        ),
        // A command above a place, a place above the list.
        ("BLP", "/c start http://x.example/", "blp.exe", 60),
        ("BLP", "http://x.example/", "blp.exe", 60),
    ] {
        let found = shared(service, topic, "A0", 1, Confidence::Certain);
        let started = found.command.and_then(|command| command.image);
        assert_eq!(started.as_deref(), Some(image), "{service}|{topic}");
        assert!(
            found.score >= at_least,
            "{service}|{topic}: {}",
            found.score
        );
    }
    assert_eq!(score("calc", "x", "y"), 70);
}
