//! What was not read, and what a person can do about it.

use ddetect::{Escaped, Gap, GapKind, Limit, Report};

use crate::limits::short;
use crate::scan::Shortened;
use crate::text::within;

/// Places shown of gaps that are alike.
const PLACES_SHOWN: usize = 3;

/// The lines about everything that was not read, gaps that are alike together.
pub(crate) fn lines(
    report: &Report,
    shortened: Option<Shortened>,
    root: &str,
    verbose: bool,
) -> Vec<String> {
    let mut groups: Vec<(&Gap, Vec<&Gap>)> = Vec::new();
    for gap in report.gaps() {
        let like = |first: &Gap| first.kind == gap.kind && first.detail == gap.detail;
        match groups.iter_mut().find(|(first, _)| like(first)) {
            Some((_, group)) => group.push(gap),
            None => groups.push((gap, vec![gap])),
        }
    }
    let shown = if verbose { usize::MAX } else { PLACES_SHOWN };
    let mut lines = Vec::new();
    for (first, group) in groups {
        lines.push(format!(
            "not read ({}): {}",
            first.kind.as_str(),
            Escaped::new(&first.detail)
        ));
        for gap in group.iter().take(shown) {
            lines.push(format!("  at {}", within(root, &gap.location.to_string())));
        }
        if group.len() > shown {
            lines.push(format!("  and at {} more places", group.len() - shown));
        }
        if let Some(advice) = advice(first.kind, &first.detail, shortened) {
            lines.push(format!("  {advice}"));
        }
    }
    lines
}

/// What was done to a document that is larger than the input limit.
pub(crate) fn about_shortened(shortened: Shortened) -> String {
    let read = shortened.read_bytes;
    match shortened.file_bytes {
        Some(all) => format!("only the first {read} of {all} bytes were taken in"),
        None => format!("only the first {read} bytes were taken in; there are more"),
    }
}

fn advice(kind: GapKind, detail: &str, shortened: Option<Shortened>) -> Option<String> {
    Some(match kind {
        GapKind::Limit => {
            let limit = named_limit(detail)?;
            let file = shortened.and_then(|s| s.file_bytes);
            let value = match (limit, file) {
                (Limit::InputBytes, Some(bytes)) => short(bytes.next_multiple_of(1 << 20)),
                _ => stated_value(detail).map_or("N".to_owned(), |n| short(n.saturating_mul(2))),
            };
            format!("to read it: --limits {}={value}", limit.key())
        }
        // The one scheme that this version opens.
        GapKind::Encrypted if detail.contains("ZipCrypto") => {
            "to read it: --password PASSWORD, or --passwords-file FILE".to_owned()
        }
        GapKind::Encrypted => {
            "this version cannot open it, not even with the password: scan a copy saved without one"
                .to_owned()
        }
        GapKind::Damaged => {
            "an Office program may open it all the same: ask the sender for a fresh copy".to_owned()
        }
        GapKind::Unsupported => {
            "this version does not read it: look at that part with another tool".to_owned()
        }
        GapKind::Internal => {
            "a defect of ddetect: please report it with the SHA-256 above".to_owned()
        }
        _ => return None,
    })
}

/// The limit that the detail of a gap names.
fn named_limit(detail: &str) -> Option<Limit> {
    let is_key = |word: &str| Limit::ALL.iter().find(|limit| limit.key() == word);
    detail.split_whitespace().find_map(is_key).copied()
}

/// The first number in the detail of a gap: the value of the limit.
fn stated_value(detail: &str) -> Option<u64> {
    detail.split_whitespace().find_map(|word| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_gap_names_the_limit_to_raise() {
        let detail = "limit decoded-bytes of 1073741824 reached";
        assert_eq!(
            advice(GapKind::Limit, detail, None).unwrap(),
            "to read it: --limits decoded-bytes=2g"
        );
        let shortened = Shortened {
            read_bytes: (128 << 20) + 1,
            file_bytes: Some((300 << 20) - 5),
        };
        assert_eq!(
            advice(
                GapKind::Limit,
                "limit input-bytes of 134217728 reached",
                Some(shortened)
            )
            .unwrap(),
            "to read it: --limits input-bytes=300m"
        );
        assert_eq!(advice(GapKind::Limit, "stopped by the caller", None), None);
    }

    #[test]
    fn a_password_is_asked_for_only_where_it_helps() {
        let asks = |detail| {
            let advice = advice(GapKind::Encrypted, detail, None).unwrap();
            advice.contains("--password")
        };
        assert!(asks("ZipCrypto"));
        assert!(!asks("ECMA-376 agile"));
    }

    #[test]
    fn what_was_cut_off_is_said() {
        let cut = |file_bytes| {
            about_shortened(Shortened {
                read_bytes: 11,
                file_bytes,
            })
        };
        assert!(cut(Some(5000)).contains("11 of 5000 bytes"));
        assert!(cut(None).contains("there are more"));
    }
}
