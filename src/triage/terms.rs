//! Words of a command line that do not change from run to run: what a hunt can ask for.
//!
//! # Worst cases
//!
//! One pass over the text; at most [`KEPT`] words of [`LONGEST`] characters are kept.

/// Words kept of one command line. More do not make a hunt more exact.
const KEPT: usize = 16;
/// Characters kept of a word: what contains a word contains its beginning.
const LONGEST: usize = 256;

/// The words of a command line, in order, once each. `literal` says that the log shows the line as
/// it stands in the document; else what is replaced before the program starts is left out.
pub(super) fn terms(line: &str, literal: bool) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let words = line.split(|c: char| c.is_whitespace() || c.is_control() || c == '"' || c == '\'');
    for word in words {
        let word = word.trim_matches([',', ';', '(', ')']);
        if word.chars().nth(1).is_none() || (!literal && changes(word)) {
            continue;
        }
        let word: String = word.chars().take(LONGEST).collect();
        if !kept.iter().any(|have| have.eq_ignore_ascii_case(&word)) {
            kept.push(word);
        }
        if kept.len() >= KEPT {
            break;
        }
    }
    kept
}

/// A variable, or a path that Windows makes up: another word on every computer.
fn changes(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.contains(['%', '!', '$'])
        || ["\\temp\\", "\\appdata\\", "\\users\\"]
            .iter()
            .any(|place| lower.contains(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_change_are_left_out_of_what_another_program_starts() {
        let line = r#"-w hidden "C:\Users\a\x.ps1" -u %x% http://a.invalid/b -W HIDDEN x"#;
        let stable = ["-w", "hidden", "-u", "http://a.invalid/b"];
        assert_eq!(terms(line, false), stable);
        assert!(terms(line, true).contains(&"%x%".to_owned()));
        assert!(terms(" \" ' \u{0}", true).is_empty());
    }

    #[test]
    fn a_long_line_gives_few_short_words() {
        let line = format!("{} {}", "a".repeat(10_000), "bb ".repeat(1_000));
        assert_eq!(terms(&line, true), ["a".repeat(LONGEST), "bb".to_owned()]);
        let many: String = (10..100).map(|n| format!("w{n} ")).collect();
        assert_eq!(terms(&many, true).len(), KEPT);
    }
}
