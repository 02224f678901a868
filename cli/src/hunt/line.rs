//! Command lines, compared: what a document says against what a log says.
//!
//! # Worst cases
//!
//! Linear in the two lines, times the number of terms (at most 16).

use ddetect::triage::{MatchQuality, Process};

/// Characters of a line that are compared. Windows starts nothing with a longer one
/// (`CreateProcess`: 32,767).
const LONGEST: usize = 32_767;

/// The lower-case base name of a path.
pub(super) fn base(path: &str) -> String {
    let name = path.trim().trim_matches('"');
    let name = name.rsplit(['\\', '/']).next().unwrap_or(name);
    name.to_ascii_lowercase()
}

/// Lower case, without quotes, one blank between words: what a log and a document write
/// in different ways for the same command.
pub(super) fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for c in line.chars().take(LONGEST) {
        match c {
            '"' => {}
            c if c.is_whitespace() => {
                if !plain.is_empty() && !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// What a program would be started with, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    image: String,
    arguments: String,
    terms: Vec<String>,
}

impl Wanted {
    pub(super) fn new(process: &Process) -> Self {
        Wanted {
            image: base(&process.image),
            arguments: plain(process.arguments.as_deref().unwrap_or_default()),
            terms: process.terms.iter().map(|term| plain(term)).collect(),
        }
    }

    /// Whether there is enough to know the command line by itself, whoever the parent is.
    pub(super) fn telling(&self) -> bool {
        self.terms.len() >= 2
    }

    /// How well `line`, which is plain already, is what was wanted; the program is the same.
    pub(super) fn compare(&self, line: &str) -> Option<MatchQuality> {
        if self.is_exact(line) {
            return Some(MatchQuality::Exact);
        }
        let hits = self
            .terms
            .iter()
            .filter(|term| line.contains(*term))
            .count();
        if hits == self.terms.len() && hits > 0 {
            return Some(MatchQuality::Terms);
        }
        // Variables and folders differ from computer to computer; one switch in common is no match.
        (hits >= 2 && hits * 2 >= self.terms.len()).then_some(MatchQuality::Image)
    }

    /// The path of the program may be written in any way, and left out.
    fn is_exact(&self, line: &str) -> bool {
        let Some(program) = line.strip_suffix(self.arguments.as_str()) else {
            return false;
        };
        if !self.arguments.is_empty() && !program.is_empty() && !program.ends_with(' ') {
            return false;
        }
        let program = base(program);
        let stem = self.image.strip_suffix(".exe").unwrap_or(&self.image);
        program == self.image || program == stem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(image: &str, arguments: &str, terms: &[&str]) -> Wanted {
        Wanted {
            image: image.to_owned(),
            arguments: plain(arguments),
            terms: terms.iter().map(|term| plain(term)).collect(),
        }
    }

    #[test]
    fn quotes_blanks_and_case_make_no_difference() {
        let calc = wanted("cmd.exe", "/k calc.exe", &["/k", "calc.exe"]);
        for line in [
            r"c:\windows\system32\cmd.exe /k calc.exe",
            r#""C:\Windows\System32\cmd.exe"  /k  "Calc.exe""#,
            "cmd /K calc.exe",
            r"C:\Program Files\x y\cmd.exe /k calc.exe",
        ] {
            let quality = calc.compare(&plain(line));
            assert_eq!(quality, Some(MatchQuality::Exact), "{line}");
        }
    }

    #[test]
    fn less_than_the_whole_line_is_less_than_exact() {
        let fetch = wanted(
            "cmd.exe",
            "/c a -b http://x.invalid/y",
            &["/c", "-b", "http://x.invalid/y"],
        );
        for (line, quality) in [
            (
                r"cmd.exe /c %temp%\a -b http://x.invalid/y",
                Some(MatchQuality::Terms),
            ),
            ("cmd.exe /c -b", Some(MatchQuality::Image)),
            ("cmd.exe /c dir", None),
            ("cmd.exe", None),
            (
                "xcmd.exe /c a -b http://x.invalid/y",
                Some(MatchQuality::Terms),
            ),
        ] {
            assert_eq!(fetch.compare(line), quality, "{line}");
        }
        let bare = wanted("calc.exe", "", &[]);
        assert_eq!(bare.compare("calc"), Some(MatchQuality::Exact));
        assert_eq!(bare.compare("calc.exe /x"), None);
    }

    #[test]
    fn a_base_name_is_what_stands_behind_the_last_separator() {
        assert_eq!(base(r#""C:\Windows\CMD.exe""#), "cmd.exe");
        assert_eq!(base(""), "");
    }
}
