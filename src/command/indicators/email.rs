//! Addresses of mail in running text (RFC 5322, 3.4.1, without quoted names and literals).

/// The address that a word is, without `mailto:`, a query, and marks around it; with where it
/// begins.
pub(super) fn email(word: &str) -> Option<(usize, &str)> {
    memchr::memchr(b'@', word.as_bytes())?;
    let body = match word.rfind(':') {
        Some(at) if at < word.find('@')? => at.saturating_add(1),
        _ => 0,
    };
    let text = word.get(body..)?;
    let end = text.find(['?', '/', '\\', ':']).unwrap_or(text.len());
    let text = text.get(..end)?;
    let trimmed = text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let start = body.saturating_add(text.len().saturating_sub(trimmed.len()));
    let text = trimmed.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let (name, domain) = text.split_once('@')?;
    let local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let (_, top) = domain.rsplit_once('.')?;
    let good = name.len() <= 64
        && domain.len() <= 255
        && name.chars().all(local)
        && domain.split('.').all(label)
        && top.len() >= 2
        && top.chars().all(|c| c.is_ascii_alphabetic());
    good.then_some((start, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (word, address) in [
            ("a@b.example", Some("a@b.example")),
            (
                "<first.last+tag@b.example>,",
                Some("first.last+tag@b.example"),
            ),
            ("mailto:a@b.example?subject=x", Some("a@b.example")),
            ("a@b", None),
            ("user@host.1", None),
            ("\\\\h.x@SSL@443\\DavWWWRoot", None),
            ("@echo", None),
            ("x@SSL", None),
            ("a@b@c.example", None),
        ] {
            let found = email(word);
            assert_eq!(found.map(|(_, text)| text), address, "{word}");
            if let Some((at, text)) = found {
                assert!(word[at..].starts_with(text));
            }
        }
    }
}
