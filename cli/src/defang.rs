//! Addresses as no program turns into a link.
//!
//! The library gives each address that a finding names in a safe spelling. What it says in a
//! sentence (why a rule fired) quotes the document, and may quote an address shortened or within
//! other text: there every URL is made safe.

use ddetect::Indicator;

/// Schemes of addresses that programs turn into links, and their safe spelling.
const SCHEMES: &[(&str, &str)] = &[("https:", "hxxps:"), ("http:", "hxxp:"), ("ftp:", "fxp:")];

/// `text` with the addresses of the finding, and any other URL, in their safe spelling.
pub(crate) fn defanged(text: &str, indicators: &[Indicator]) -> String {
    let mut known: Vec<_> = indicators
        .iter()
        .filter(|indicator| indicator.value != indicator.defanged)
        .collect();
    // One may begin with another.
    known.sort_by_key(|indicator| std::cmp::Reverse(indicator.value.len()));
    let mut text = text.to_owned();
    for indicator in known {
        if text.contains(&indicator.value) {
            text = text.replace(&indicator.value, &indicator.defanged);
        }
    }
    without_urls(&text)
}

fn without_urls(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let url = SCHEMES.iter().find_map(|(scheme, spelling)| {
            let (head, tail) = rest.split_at_checked(scheme.len())?;
            let slashes = tail
                .get(..2)?
                .bytes()
                .all(|byte| matches!(byte, b'/' | b'\\'));
            (head.eq_ignore_ascii_case(scheme) && slashes).then_some((*spelling, tail))
        });
        if let Some((spelling, tail)) = url {
            let (slashes, tail) = tail.split_at(2);
            let (host, tail) = tail.split_at(tail.find(is_end).unwrap_or(tail.len()));
            safe.push_str(spelling);
            safe.push_str(slashes);
            safe.push_str(&host.replace('.', "[.]"));
            rest = tail;
        } else {
            safe.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    safe
}

/// What ends the host of an address.
fn is_end(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '/' | '\\' | '?' | '#' | '"' | '\'' | '`' | '<' | '>' | '…'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_in_a_sentence_are_made_safe() {
        for (text, safe) in [
            ("", ""),
            ("cmd.exe /c calc.exe", "cmd.exe /c calc.exe"),
            ("http://a.b/c.d", "hxxp://a[.]b/c.d"),
            ("HTTPS:\\\\a.b\\c.d", "hxxps:\\\\a[.]b\\c.d"),
            ("see ftp://u@a.b.c?d.e.", "see fxp://u@a[.]b[.]c?d.e."),
            ("'http://a.b' é http://c.d", "'hxxp://a[.]b' é hxxp://c[.]d"),
            ("http://a.bcd…[+7]", "hxxp://a[.]bcd…[+7]"),
            ("http:", "http:"),
            ("http:é", "http:é"),
        ] {
            assert_eq!(defanged(text, &[]), safe);
        }
    }

    #[test]
    fn what_is_safe_already_stays_as_it_is() {
        let once = defanged("x http://a.b/?http://c.d", &[]);
        assert_eq!(once, "x hxxp://a[.]b/?hxxp://c[.]d");
        assert_eq!(defanged(&once, &[]), once);
    }
}
