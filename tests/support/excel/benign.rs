//! Harmless twins of the payloads: the same shape, and nothing above information.

use super::payload::{Disguise, Link, Payload};
use super::tokens::Token;

/// A twin: market data, plant data and Office itself (§10.2, §10.3).
fn feed(name: &'static str, service: &str, topic: &str, item: &str) -> Payload {
    let link = Link::new(service, topic, &[item]);
    Payload {
        name,
        typed: format!("={}", link.reference(item)),
        tokens: vec![Token::Link(0, 1)],
        expected: vec![(service.to_owned(), topic.to_owned(), item.to_owned())],
        links: Some(vec![link]),
        image: "",
        disguise: Disguise::None,
    }
}

/// Links that are what they are: reported, never above information.
pub fn feeds() -> Vec<Payload> {
    vec![
        feed("MetaTrader", "MT4", "BID", "EURUSD"),
        feed("Bloomberg", "BLP", "M", "INDU Index,[PX_close_5d]"),
        feed("Matriks", "MTX", "DATA", "AKBNK.SON"),
        feed("Reuters", "REUTER", "IDN", "EUR=,BID"),
        feed("a plant", "RSLinx", "Boiler", "N7:0,L1,C1"),
        feed("InTouch", "VIEW", "TAGNAME", "Pressure"),
        feed("another workbook", "Excel", "[Book1.xlsx]Sheet1", "R1C1"),
        feed(
            "a document",
            "WinWord",
            r"C:\reports\offer.doc",
            "DDE_LINK1",
        ),
    ]
}

/// Formulas that name no link at all, though every character of one stands in them.
pub const FORMULAS: &[&str] = &[
    "=A1&\"|\"&B1&\"!\"",
    "=HYPERLINK(\"http://x/a|b!c\",\"q\")",
    "=IF(A1>1,\"cmd|'/c calc'!A0\",\"\")",
    "={1,2;3,4}",
    "=SUM(A1:A9)*1.19",
    "=VLOOKUP(A1,Sheet2!A1:B9,2,FALSE)",
    "='Sheet 2'!A1",
    "=\"=cmd|'/c calc'!A0\"",
    "=TEXT(A1,\"0|0!\")",
    "=SUBSTITUTE(A1,\"|\",\"!\")",
];

/// Texts that no program takes for a formula.
pub const TEXTS: &[&str] = &[
    "-5",
    "+49 171 1234567",
    "-a|b",
    "@user on a|b!c",
    "- item one|two!three",
    "- foo | bar!",
    "--- | --- | !",
    "3 for 2 | today only! buy",
    "2017 | Happy New Year!",
    "5 | 6 = great!",
    "-1.5|2!",
    "cat a | grep b ! c",
];
