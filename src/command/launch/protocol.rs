//! Addresses that are code: `javascript:`, `vbscript:`, `about:<script>`, as mshta takes them
//! (LOLBAS, "Mshta.exe"; MSDN, "About asynchronous pluggable protocols").
//!
//! Malformed input: a percent sign without two digits stands for itself.

use super::words::unquoted;
use crate::command::script;
use crate::command::unfold::{Language, Next, Outcome};
use crate::link::TechniqueId;
use crate::text::{self, starts_with};

/// What mshta would run.
pub(super) fn arguments(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    code(text, &mut outcome);
    outcome
}

/// Hands on the code of an address, if it is one. True where it was.
pub(super) fn code(text: &str, outcome: &mut Outcome) -> bool {
    let trimmed = text.trim();
    // A whole argument in quotes; quotes within the code are its own.
    let address = match trimmed.strip_prefix('"') {
        Some(inner) if scheme(inner).is_some() => {
            let inner = inner.strip_suffix('"').unwrap_or(inner);
            inner.replace("\\\"", "\"")
        }
        _ => trimmed.to_owned(),
    };
    let address = address.trim_start_matches(['\'', ' ']);
    let Some((scheme, rest)) = scheme(address) else {
        return false;
    };
    let clear = percent_decoded(rest);
    outcome.step(TechniqueId::PercentEncoding, rest, &clear);
    match scheme {
        "javascript:" | "jscript:" => {
            outcome.next.push(Next::Code(Language::JScript, clear));
        }
        "vbscript:" => outcome.next.push(Next::Code(Language::VbScript, clear)),
        _ => {
            let page = if clear.contains('<') {
                clear
            } else {
                let decoded = script::html_decoded(&clear);
                outcome.step(TechniqueId::HtmlEncoding, &clear, &decoded);
                decoded
            };
            script::scripts(&page, outcome);
            outcome.clear = Some(page);
        }
    }
    true
}

const SCHEMES: &[&str] = &[
    "javascript:",
    "jscript:",
    "vbscript:",
    "about:",
    "data:text/html,",
];

fn scheme(text: &str) -> Option<(&'static str, &str)> {
    let text = unquoted_start(text);
    let scheme = SCHEMES.iter().find(|scheme| starts_with(text, scheme))?;
    Some((scheme, text.get(scheme.len()..)?))
}

fn unquoted_start(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

/// One layer of percent-encoding.
pub(super) fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    String::from_utf8(text::percent_decoded(text)).unwrap_or_else(|error| {
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(error.as_bytes());
        text.into_owned()
    })
}

/// An address or path that a program opens: code, or something that is started.
pub(super) fn opened(text: &str, outcome: &mut Outcome) {
    let target = unquoted(text);
    if code(target, outcome) {
        return;
    }
    let web = ["http:", "https:", "ftp:"]
        .iter()
        .any(|scheme| starts_with(target, scheme));
    if !web && !target.is_empty() {
        outcome.next.push(Next::Line(target.to_owned()));
    }
}
