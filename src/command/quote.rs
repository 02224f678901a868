//! How much of the document's text is quoted in a report.

/// The first `limit` characters of a text; when something is cut, `…[+N]` says how many characters
/// are missing.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else {
        return text.to_owned();
    };
    let (kept, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    format!("{kept}…[+{}]", rest.chars().count())
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn says_how_much_is_missing() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "abc…[+1]");
        assert_eq!(cut("äöüß!", 2), "äö…[+3]");
        assert_eq!(cut("", 0), "");
    }
}
