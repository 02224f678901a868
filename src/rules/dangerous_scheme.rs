//! The address is handed to a program that runs what it finds there.

use super::lexicon::{DANGEROUS_SCHEMES, IDLE_JUMP, IDLE_STATEMENTS, SCRIPTED};
use super::{Case, Part, Rule, Subject};
use crate::command::classify;
use crate::link::Carrier;

pub(super) const RULE: Rule = Rule {
    id: "dangerous-scheme",
    weight: 65,
    part: Part::Base,
    since: "0.1.0",
    doc: "The scheme of the address belongs to a program that runs what it finds there, or is \
          code itself (`search-ms:`, `ms-officecmd:`, `mhtml:`, `vbscript:`, `javascript:` …); \
          or what is loaded stands in the address (`data:`). A hyperlink that searches this \
          computer (`search-ms:` without a `location:` elsewhere) and \
          links that do nothing (`javascript:void(0)`), as copied web pages have them, do not \
          count; nor does a hyperlink with other JavaScript, which Word does not run and which a \
          browser keeps in its page, unless it makes objects or decodes code.",
    hits: &[
        Case::external(
            Carrier::Hyperlink,
            "search-ms:query=x&crumb=location:\\\\h\\s",
        ),
        Case::external(Carrier::Hyperlink, "ms-msdt:/id x"),
        Case::external(Carrier::Hyperlink, "vbscript:x"),
        Case::external(
            Carrier::Hyperlink,
            "javascript:new ActiveXObject('WScript.Shell').Run('calc')",
        ),
        Case::external(Carrier::Hyperlink, "javascript:x=1;EVAL (y)"),
        Case::external(Carrier::Hyperlink, "javascript:window['e'+'val'](y)"),
        Case::external(Carrier::RemoteTemplate, "javascript:alert(1)"),
        Case::external(Carrier::RemoteTemplate, "ms-officecmd:x"),
        Case::external(
            Carrier::RemoteTemplate,
            "data:application/msword;base64,AAAA",
        ),
        Case::external(
            Carrier::Hyperlink,
            "search-ms:query=x&crumb=LOCATION:%5C%5Ch.example%5Cs&displayname=y",
        ),
        Case::external(
            Carrier::Hyperlink,
            "search-ms:subquery=\\\\h\\s\\a.search-ms",
        ),
    ],
    misses: &[
        Case::external(Carrier::Hyperlink, "https://example.com"),
        Case::external(Carrier::Hyperlink, "mailto:a@b.example"),
        Case::external(Carrier::Hyperlink, "search-ms:query=foo"),
        Case::external(
            Carrier::Hyperlink,
            "search-ms:query=foo&crumb=location:C:\\Users",
        ),
        Case::external(Carrier::IncludePicture, "data:image/png;base64,AAAA"),
        Case::external(Carrier::Hyperlink, "javascript:alert(1)"),
        Case::external(
            Carrier::Hyperlink,
            "javascript:printversion=window.print();",
        ),
        Case::external(
            Carrier::Hyperlink,
            "javascript:history.go(location='http://x/')",
        ),
        Case::external(Carrier::Hyperlink, "javascript:void(0)"),
        Case::external(Carrier::Hyperlink, "javascript:window.close()"),
        Case::external(Carrier::Hyperlink, "javascript:print();"),
        Case::external(
            Carrier::Hyperlink,
            "javascript: history.go(-1); return false",
        ),
        Case::external(Carrier::Hyperlink, "javascript:window.history.back()"),
        Case::external(Carrier::Hyperlink, "javascript://"),
        Case::external(Carrier::Hyperlink, "javascript:__doPostBack('a','')"),
    ],
    look,
};

fn look(subject: &Subject<'_>) -> Option<String> {
    let target = subject.target.as_ref().filter(|_| subject.is_external())?;
    let scheme = subject.scheme()?;
    let body = target
        .address
        .split_once(':')
        .map_or("", |(_, body)| body)
        .trim()
        .trim_start_matches('/');
    let idle = body.split(';').all(is_idle) || body.starts_with("__doPostBack(");
    let harmless = match scheme {
        "javascript" => idle || subject.is_hyperlink() && !is_scripted(body),
        "search" | "search-ms" | "ms-search" => subject.is_hyperlink() && !searches_elsewhere(body),
        _ => false,
    };
    // What is loaded stands in the address itself, where nothing looks for it.
    let carried = scheme == "data" && subject.loads();
    let found = carried || DANGEROUS_SCHEMES.contains(&scheme) && !harmless;
    found.then(|| format!("{scheme}:"))
}

/// Whether a search shows the files of another computer: its place, or the saved search that it
/// starts from, stands there.
fn searches_elsewhere(body: &str) -> bool {
    body.split(['&', '?']).any(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or_default();
        let key = key.trim().to_ascii_lowercase();
        let value = value.trim().trim_matches(['"', '\'']);
        let place = match value.get(..LOCATION.len()) {
            Some(start) if start.eq_ignore_ascii_case(LOCATION) => {
                value.get(LOCATION.len()..).unwrap_or_default()
            }
            _ => value,
        };
        let place = place.trim().trim_matches(['"', '\'']);
        matches!(key.as_str(), "crumb" | "subquery") && classify(place).is_remote()
    })
}

/// What stands in front of the folder in a crumb of a search.
const LOCATION: &str = "location:";

/// Whether a script makes objects of Windows, decodes code or hides what it calls.
fn is_scripted(body: &str) -> bool {
    let text: String = body
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    SCRIPTED.iter().any(|word| text.contains(word))
}

/// Whether a statement of a script does nothing outside a page.
fn is_idle(statement: &str) -> bool {
    let text: String = statement
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let own = text
        .strip_prefix("window.")
        .or(text.strip_prefix("self."))
        .unwrap_or(&text);
    let jump = own
        .strip_prefix(IDLE_JUMP)
        .and_then(|rest| rest.strip_suffix(')'));
    IDLE_STATEMENTS.contains(&own)
        || jump.is_some_and(|pages| pages.chars().all(|c| c == '-' || c.is_ascii_digit()))
}
