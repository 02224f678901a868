//! Indicators as no program turns them into links.

use std::ops::Range;

use super::IndicatorKind;

/// A value in its safe spelling; `host` is where its host stands.
pub(super) fn defang(kind: IndicatorKind, value: &str, host: Option<Range<usize>>) -> String {
    match kind {
        IndicatorKind::FilePath | IndicatorKind::RegistryKey | IndicatorKind::RegistryValue => {
            value.to_owned()
        }
        IndicatorKind::Host => dots(value),
        IndicatorKind::Ip => dots(value).replace("::", "[::]"),
        IndicatorKind::Email => value.replace('@', "[@]").replace('.', "[.]"),
        IndicatorKind::Unc | IndicatorKind::Url => {
            let safe = match host.and_then(|host| parts(value, host)) {
                Some((head, host, tail)) => format!("{}{}{tail}", dots(head), dots(host)),
                None => dots(value),
            };
            match safe.get(..3).map(str::to_ascii_lowercase).as_deref() {
                Some("htt") => format!("hxx{}", safe.get(3..).unwrap_or_default()),
                Some("ftp") => format!("fxp{}", safe.get(3..).unwrap_or_default()),
                _ => safe,
            }
        }
    }
}

fn parts(value: &str, host: Range<usize>) -> Option<(&str, &str, &str)> {
    let (front, tail) = value.split_at_checked(host.end)?;
    let (head, host) = front.split_at_checked(host.start)?;
    Some((head, host, tail))
}

fn dots(text: &str) -> String {
    text.replace('.', "[.]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_spellings() {
        for (kind, value, host, safe) in [
            (
                IndicatorKind::Url,
                "http://a.b/c.d",
                Some(7..10),
                "hxxp://a[.]b/c.d",
            ),
            (
                IndicatorKind::Url,
                "http://a.b@c.d/",
                Some(11..14),
                "hxxp://a[.]b@c[.]d/",
            ),
            (
                IndicatorKind::Unc,
                "\\\\a.b\\c.d",
                Some(2..5),
                "\\\\a[.]b\\c.d",
            ),
            (IndicatorKind::Host, "a.b", None, "a[.]b"),
            (IndicatorKind::Ip, "::1", None, "[::]1"),
            (IndicatorKind::Email, "a@b.c", None, "a[@]b[.]c"),
            (IndicatorKind::FilePath, "a.exe", None, "a.exe"),
        ] {
            assert_eq!(defang(kind, value, host), safe);
        }
    }
}
