//! Paths with control characters for drives and separators (`spec/excel.md` §3.5, A.2).

/// The path that an encoded one means. What does not begin with 0x01 or another code is a path as
/// it stands.
pub(super) fn decode(encoded: &str) -> String {
    let mut path = String::new();
    let mut characters = encoded.chars();
    let text = encoded.strip_prefix('\u{1}');
    if text.is_some() {
        characters.next();
    }
    while let Some(character) = characters.next() {
        match character {
            '\u{1}' => match characters.next() {
                Some('@') => path.push_str("\\\\"),
                Some(drive) => {
                    path.push(drive);
                    path.push_str(":\\");
                }
                None => {}
            },
            '\u{2}' | '\u{3}' | '\u{9}' => path.push('\\'),
            '\u{4}' => path.push_str("..\\"),
            '\u{5}' => {
                // The characters that follow, counted, are an address; so is what comes behind.
                characters.next();
            }
            '\u{6}' => path.push_str("<xlstart>\\"),
            '\u{7}' => path.push_str("<altstart>\\"),
            '\u{8}' => path.push_str("<library>\\"),
            other => path.push(other),
        }
    }
    path
}

/// The file of a path that names a sheet behind it: `C:\[file.xls]Sheet`.
pub(super) fn file(path: &str) -> String {
    if let Some((folder, rest)) = path.split_once('[')
        && let Some((file, _)) = rest.rsplit_once(']')
    {
        return format!("{folder}{file}");
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drives_shares_and_folders() {
        // POI 60460.xls (§3.13, case 4).
        assert_eq!(
            decode("\u{1}\u{1}@HEPPC3\u{3}gt$\u{3}Teaching\u{3}Syn\u{3}physyn.xls"),
            r"\\HEPPC3\gt$\Teaching\Syn\physyn.xls"
        );
        assert_eq!(decode("\u{1}\u{1}Ca\u{3}b.xls"), r"C:\a\b.xls");
        assert_eq!(decode("\u{1}\u{2}a.xls"), r"\a.xls");
        assert_eq!(decode("\u{1}\u{4}\u{4}a.xls"), r"..\..\a.xls");
        assert_eq!(decode("\u{1}\u{6}a.xls"), r"<xlstart>\a.xls");
        assert_eq!(decode("a.xls"), "a.xls");
        assert_eq!(decode("\u{1}"), "");
        assert_eq!(decode("\u{1}\u{1}"), "");
    }

    #[test]
    fn addresses_have_a_length() {
        assert_eq!(
            decode("\u{1}\u{5}\u{1a}http://a.invalid/b.xls"),
            "http://a.invalid/b.xls"
        );
        assert_eq!(decode("\u{1}\u{5}"), "");
    }

    #[test]
    fn brackets_end_before_the_sheet() {
        assert_eq!(file(r"C:\d\[f.xls]Sheet 1"), r"C:\d\f.xls");
        assert_eq!(file(r"C:\d\f.xls"), r"C:\d\f.xls");
    }
}
