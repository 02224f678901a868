//! Scripts in a page that stands in one line: `about:<script>…</script>`, `document.write`.

use super::lexer::Dialect;
use super::state::dialect_of;
use crate::command::unfold::{Language, Next, Outcome};
use crate::link::TechniqueId;

/// Scripts taken from one page.
const SCRIPTS: usize = 16;

/// Hands on the scripts of a page, and what its handlers of events run.
pub(in crate::command) fn scripts(page: &str, outcome: &mut Outcome) {
    let mut rest = page;
    for _ in 0..SCRIPTS {
        let Some(at) = find_ignore_case(rest, "<script") else {
            break;
        };
        let tag = rest.get(at..).unwrap_or_default();
        let (attributes, body) = tag.split_once('>').unwrap_or((tag, ""));
        let end = find_ignore_case(body, "</script").unwrap_or(body.len());
        let (code, after) = body.split_at_checked(end).unwrap_or((body, ""));
        push(code, attributes, outcome);
        rest = after;
    }
    let mut rest = page;
    for _ in 0..SCRIPTS {
        let Some(at) = find_ignore_case(rest, "onload=").or(find_ignore_case(rest, "onerror="))
        else {
            break;
        };
        rest = rest.get(at..).unwrap_or_default();
        rest = rest.split_once('=').map_or("", |(_, value)| value);
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => rest.split(quote).nth(1).unwrap_or_default(),
            None => rest.split([' ', '>']).next().unwrap_or_default(),
        };
        // Attributes are decoded before they are run, the text of a script is not.
        let clear = html_decoded(value);
        outcome.step(TechniqueId::HtmlEncoding, value, &clear);
        push(&clear, "", outcome);
    }
}

/// ASCII letters in either case.
fn find_ignore_case(text: &str, wanted: &str) -> Option<usize> {
    text.to_ascii_lowercase().find(wanted)
}

fn push(code: &str, attributes: &str, outcome: &mut Outcome) {
    let lower = attributes.to_ascii_lowercase();
    let named = lower.contains("vbs") || code.trim_start().to_ascii_lowercase().starts_with("vbscript:");
    let code = code.trim();
    let scheme = code.split_once(':').filter(|(scheme, _)| {
        matches!(scheme.to_ascii_lowercase().as_str(), "javascript" | "vbscript" | "jscript")
    });
    let (dialect, code) = match scheme {
        Some((scheme, code)) => (dialect_of(scheme), code),
        None if named => (Dialect::Vb, code),
        None => (Dialect::Js, code),
    };
    if !code.trim().is_empty() {
        let language = match dialect {
            Dialect::Vb => Language::VbScript,
            Dialect::Js => Language::JScript,
        };
        outcome.next.push(Next::Code(language, code.to_owned()));
    }
}

/// Character references undone: `&#x61;`, `&#97;`, `&quot;` (HTML 4.01, section 5.3).
pub(in crate::command) fn html_decoded(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        result.push_str(before);
        // The longest reference is `&#x10ffff;`.
        let end = after.char_indices().take(10).find(|(_, c)| !c.is_alphanumeric() && *c != '#');
        let end = end.map_or(after.len().min(10), |(at, _)| at);
        let name = after.get(..end).unwrap_or_default();
        let more = after.get(end..).unwrap_or(after);
        match reference(name) {
            Some(c) => {
                result.push(c);
                rest = more.strip_prefix(';').unwrap_or(more);
            }
            None => {
                result.push('&');
                rest = after;
            }
        }
    }
    result.push_str(rest);
    result
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    match name {
        "quot" => Some('"'),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "lpar" => Some('('),
        "rpar" => Some(')'),
        "colon" => Some(':'),
        "period" => Some('.'),
        "Tab" => Some('\t'),
        "NewLine" => Some('\n'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(html_decoded("&#x61;l&#101;rt&quot;&x&"), "alert\"&x&");
        assert_eq!(html_decoded("a&amp;b &nosuch; &#xffffffff;"), "a&b &nosuch; &#xffffffff;");
    }

    #[test]
    fn languages() {
        let mut outcome = Outcome::default();
        scripts(
            "<html><script>a()</script><SCRIPT language=VBScript>b</SCRIPT><body onload=\"&#99;()\">",
            &mut outcome,
        );
        assert_eq!(
            outcome.next,
            [
                Next::Code(Language::JScript, "a()".into()),
                Next::Code(Language::VbScript, "b".into()),
                Next::Code(Language::JScript, "c()".into()),
            ]
        );
    }
}
