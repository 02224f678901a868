//! What was not read, and what a person can do about it.

use ddetect::{Escaped, Gap, GapKind, Limit, Limits, Report};

use crate::limits::short;
use crate::scan::Shortened;
use crate::text::within;

/// Places shown of gaps that are alike.
const PLACES_SHOWN: usize = 3;

/// What the command line knows and a report does not say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Circumstances {
    pub(crate) shortened: Option<Shortened>,
    /// How many passwords were given.
    pub(crate) passwords: usize,
}

/// The lines about everything that was not read, gaps that are alike together.
pub(crate) fn lines(
    report: &Report,
    circumstances: Circumstances,
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
        let outcome = if was_read(first.kind, &first.detail) {
            "read, but not sound"
        } else {
            "not read"
        };
        lines.push(format!(
            "{outcome} ({}): {}",
            first.kind.as_str(),
            Escaped::new(&first.detail)
        ));
        for gap in group.iter().take(shown) {
            lines.push(format!("  at {}", within(root, &gap.location.to_string())));
        }
        if let Some(line) = more_places(group.len().saturating_sub(shown)) {
            lines.push(line);
        }
        let whole = group.iter().all(|gap| gap.location.path().len() <= 1);
        if let Some(advice) = advice(first.kind, &first.detail, whole, circumstances) {
            lines.push(format!("  {advice}"));
        }
    }
    lines
}

fn more_places(more: usize) -> Option<String> {
    match more {
        0 => None,
        1 => Some("  and at 1 more place".to_owned()),
        _ => Some(format!("  and at {more} more places")),
    }
}

/// What was done to a document that is larger than the input limit.
pub(crate) fn about_shortened(shortened: Shortened) -> String {
    let read = shortened.read_bytes;
    match shortened.file_bytes {
        Some(all) => {
            format!("only the first {read} of {all} bytes were read; size and SHA-256 are of these")
        }
        None => format!(
            "only the first {read} bytes were read, there are more; size and SHA-256 are of these"
        ),
    }
}

/// A wrong checksum is known when all bytes have been read and looked at.
fn was_read(kind: GapKind, detail: &str) -> bool {
    kind == GapKind::Damaged && detail.contains("checksum")
}

/// What a person can do about a gap; `whole` when nothing was read of the document itself.
fn advice(
    kind: GapKind,
    detail: &str,
    whole: bool,
    circumstances: Circumstances,
) -> Option<String> {
    // Gaps of several kinds, which have no lines of their own.
    if detail.contains(" more like the ") {
        return None;
    }
    Some(match kind {
        GapKind::Limit => {
            let limit = named_limit(detail)?;
            let value = match stated_value(detail) {
                Some(value) => short(larger(limit, value, circumstances.shortened)?),
                None => "N".to_owned(),
            };
            format!("to read it: --limits {}={value}", limit.key())
        }
        GapKind::Encrypted if is_opened(detail) => match circumstances.passwords {
            0 => "to read it: --password PASSWORD, or --passwords-file FILE".to_owned(),
            1 => "the password that was given did not open it".to_owned(),
            several => format!("none of the {several} passwords opened it"),
        },
        GapKind::Encrypted => {
            "this version cannot open it, not even with the password: scan a copy saved without one"
                .to_owned()
        }
        GapKind::Damaged if was_read(kind, detail) => {
            "it is not what was once written: ask the sender for a fresh copy".to_owned()
        }
        GapKind::Damaged => {
            "an Office program may open it all the same: ask the sender for a fresh copy".to_owned()
        }
        GapKind::Unsupported => {
            let what = if whole { "this document" } else { "that part" };
            format!("this version does not read it: look at {what} with another tool")
        }
        GapKind::Internal => {
            "a defect of ddetect: please report it with the SHA-256 above".to_owned()
        }
        _ => return None,
    })
}

/// Whether this version opens what is encrypted with this scheme.
fn is_opened(scheme: &str) -> bool {
    const OPENED: [&str; 6] = [
        "ZipCrypto",
        "XOR obfuscation",
        "RC4",
        "RC4 CryptoAPI",
        "ECMA-376 agile",
        "ECMA-376 standard",
    ];
    OPENED.contains(&scheme)
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

/// A value that raises a limit, if there is one: enough for the whole file where its size is the
/// reason, the default where there was nothing to double.
fn larger(limit: Limit, value: u64, shortened: Option<Shortened>) -> Option<u64> {
    let file = shortened
        .and_then(|shortened| shortened.file_bytes)
        .filter(|_| limit == Limit::InputBytes)
        .and_then(|bytes| bytes.checked_next_multiple_of(1 << 20));
    let default = Limits::default().value(limit);
    let doubled = value.saturating_mul(2).max(1);
    let larger = file.unwrap_or(if value == 0 { default } else { doubled });
    (larger > value).then_some(larger)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Circumstances = Circumstances {
        shortened: None,
        passwords: 0,
    };

    #[test]
    fn a_limit_gap_names_the_limit_to_raise() {
        let advice = |detail| advice(GapKind::Limit, detail, false, NOTHING);
        assert_eq!(
            advice("limit decoded-bytes of 1073741824 reached").unwrap(),
            "to read it: --limits decoded-bytes=2g"
        );
        assert_eq!(advice("stopped by the caller"), None);
        assert_eq!(advice("7 more like the 1000 listed"), None);
    }

    #[test]
    fn the_value_advised_is_larger_than_the_present_one() {
        for limit in Limit::ALL {
            for value in [0, 1, 2, 1000, 1 << 40, u64::MAX - 1] {
                let larger = larger(*limit, value, None);
                assert!(larger.is_some_and(|larger| larger > value), "{value}");
            }
            assert_eq!(larger(*limit, u64::MAX, None), None);
        }
        assert_eq!(larger(Limit::Nesting, 0, None), Some(10), "the default");
        assert_eq!(larger(Limit::Nesting, 1, None), Some(2));
        let file = |file_bytes| {
            Some(Shortened {
                read_bytes: 1,
                file_bytes: Some(file_bytes),
            })
        };
        let whole = larger(Limit::InputBytes, 128 << 20, file((300 << 20) - 5));
        assert_eq!(whole, Some(300 << 20));
        assert_eq!(
            larger(Limit::InputBytes, 0, file(8 << 30)),
            Some(8 << 30),
            "enough for the file"
        );
        assert_eq!(larger(Limit::Parts, 3, file(8 << 30)), Some(6));
    }

    #[test]
    fn a_password_is_asked_for_only_where_it_helps() {
        let said = |detail, passwords| {
            let circumstances = Circumstances {
                passwords,
                ..NOTHING
            };
            advice(GapKind::Encrypted, detail, false, circumstances).unwrap()
        };
        assert!(said("ZipCrypto", 0).contains("--password"));
        assert!(said("ZipCrypto", 1).contains("that was given did not open it"));
        assert!(said("ZipCrypto", 3).contains("none of the 3 passwords opened it"));
        assert!(said("RC4", 0).contains("--password"));
        assert!(said("RC4 CryptoAPI", 0).contains("--password"));
        assert!(said("XOR obfuscation", 0).contains("--password"));
        assert!(said("ECMA-376 agile", 0).contains("--password"));
        assert!(said("ECMA-376 standard", 2).contains("none of the 2 passwords opened it"));
        assert!(!said("ECMA-376 agile (RC2 is not read)", 0).contains("--password"));
        assert!(!said("ECMA-376 extensible", 0).contains("--password"));
        assert!(!said("rights management", 0).contains("--password"));
    }

    #[test]
    fn the_whole_document_is_not_a_part() {
        let said = |whole| advice(GapKind::Unsupported, "7z archive", whole, NOTHING).unwrap();
        assert!(said(true).contains("look at this document"));
        assert!(said(false).contains("look at that part"));
    }

    #[test]
    fn a_wrong_checksum_does_not_mean_that_nothing_was_read() {
        assert!(was_read(GapKind::Damaged, "checksum does not match"));
        assert!(!was_read(GapKind::Damaged, "deflate stream is cut off"));
    }

    #[test]
    fn one_more_place_is_one() {
        assert_eq!(more_places(0), None);
        assert_eq!(more_places(1).unwrap(), "  and at 1 more place");
        assert_eq!(more_places(2).unwrap(), "  and at 2 more places");
    }

    #[test]
    fn what_was_cut_off_is_said() {
        let cut = |file_bytes| {
            about_shortened(Shortened {
                read_bytes: 11,
                file_bytes,
            })
        };
        assert!(cut(Some(5000)).contains("11 of 5000 bytes were read"));
        assert!(cut(None).contains("there are more"));
    }
}
