//! Control words that are no destinations (RTF 1.9, Appendix B), besides those that
//! `destinations` knows: behind `\*` they mean what they mean without it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// One a line, in the order of their bytes.
const WORDS: &str = include_str!("words.txt");

static SET: LazyLock<BTreeSet<&'static [u8]>> =
    LazyLock::new(|| WORDS.lines().map(str::as_bytes).collect());

/// Whether every program knows this word.
pub(super) fn is_known(name: &[u8]) -> bool {
    SET.contains(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::word::rtf::destinations::Role;

    #[test]
    fn the_list_is_sorted_and_says_nothing_twice() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert!(words.is_sorted_by(|a, b| a < b));
        for word in words {
            assert!(
                word.bytes().all(|byte| byte.is_ascii_alphabetic()),
                "{word}"
            );
            // What is known better has a role of its own.
            assert!(
                matches!(
                    Role::of(word.as_bytes()),
                    Role::Unknown | Role::MergeType(_)
                ),
                "{word}"
            );
        }
    }

    #[test]
    fn formatting_is_known_and_destinations_are_not() {
        for word in [
            "ql",
            "sectd",
            "intbl",
            "outlinelvl",
            "headery",
            "rtf",
            "embo",
        ] {
            assert!(is_known(word.as_bytes()), "{word}");
        }
        for word in ["zzz", "abcdef", "listname", "panose"] {
            assert!(!is_known(word.as_bytes()), "{word}");
        }
    }
}
