//! The service is a program and a word.

use super::{Case, Part, Rule, Subject};
use crate::command::{Tier, tier};

pub(super) const RULE: Rule = Rule {
    id: "ambiguous-name",
    weight: 50,
    part: Part::Base,
    since: "0.1.0",
    doc: "The service is the short name of a system tool that servers may have too (`at`, \
          `net`, `control` …), and nothing in the topic looks like a command, nor like a value that feeds have.",
    hits: &[
        Case::dde("net", "topic"),
        Case::dde("hh", "x"),
        Case::dde("NET", "LAST"),
        Case::dde("hh", "LAST").item("ES"),
    ],
    misses: &[
        Case::dde("finger", "user@host"),
        Case::dde("hh", "mk:@MSITStore:x"),
        Case::dde("net", "use \\\\x\\s"),
        Case::dde("C:\\Windows\\hh", "x"),
        Case::dde("foo", "net"),
        Case::dde("NET", "LAST").item("ES"),
        Case::dde("AT", "quote").item("IBM"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let found = subject.is_dde() && subject.is_ambiguous() && !asks_quote(subject);
    found.then(|| subject.service.clone())
}

/// Whether it asks for one value of one symbol, as feeds do: `LAST`, `ES` (spreadsheet
/// specification, section 10.2). A tool that runs code is never taken for a feed.
pub(super) fn asks_quote(subject: &Subject<'_>) -> bool {
    let item = subject.reading.and_then(|reading| reading.item.as_deref());
    let item = item.unwrap_or_default().trim();
    let symbol = !item.is_empty()
        && item.len() <= SYMBOL
        && item
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '$' | ':' | '=' | '_' | '-'));
    let topic = subject.topic.trim_matches('"');
    let value = VALUES.iter().any(|value| value.eq_ignore_ascii_case(topic));
    value && symbol && tier(subject.stem()) != Some(Tier::Interpreter)
}

/// Bytes of the symbol of a security.
const SYMBOL: usize = 24;

/// Topics of feeds: what is asked of a symbol.
const VALUES: &[&str] = &[
    "ask", "bid", "close", "high", "last", "low", "price", "quote", "quotes", "trade", "volume",
];
