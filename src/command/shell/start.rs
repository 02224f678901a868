//! `start "title" /switches program arguments`. Source: `start /?`.

use super::split::{is_delimiter, word};

/// Switches that take a word of their own.
const WITH_VALUE: &[&str] = &["/affinity", "/machine", "/node"];
/// Switches, beyond those with one letter.
const SWITCHES: &[&str] = &[
    "/abovenormal",
    "/b",
    "/belownormal",
    "/elevate",
    "/high",
    "/i",
    "/low",
    "/max",
    "/min",
    "/normal",
    "/realtime",
    "/separate",
    "/shared",
    "/w",
    "/wait",
];

/// The command line that `start` starts.
pub(super) fn started(arguments: &str) -> &str {
    let mut rest = arguments.trim_start_matches(is_delimiter);
    let mut title = "";
    loop {
        if let Some(quoted) = rest.strip_prefix('"')
            && title.is_empty()
            && let Some((_, after)) = quoted.split_once('"')
        {
            title = rest;
            rest = after.trim_start_matches(is_delimiter);
            continue;
        }
        if !rest.starts_with('/') {
            break;
        }
        let (switch, after) = word(rest);
        let lower = switch.to_ascii_lowercase();
        rest = if SWITCHES.contains(&lower.as_str()) {
            after
        } else if WITH_VALUE.contains(&lower.as_str()) {
            word(after).1
        } else if lower == "/d" {
            path(after)
        } else if lower.starts_with("/d") {
            let glued = rest.get(2..).unwrap_or_default();
            path(glued)
        } else if let Some(glued) = glued(&lower) {
            rest.get(glued.len()..).unwrap_or_default()
        } else {
            after
        };
        rest = rest.trim_start_matches(is_delimiter);
    }
    // A title alone opens a window; some mean a program by it.
    if rest.trim().is_empty() { title } else { rest }
}

/// Skips a folder, quoted or not.
fn path(text: &str) -> &str {
    let text = text.trim_start_matches(is_delimiter);
    let quoted = text.strip_prefix('"').and_then(|text| text.split_once('"'));
    quoted.map_or_else(|| word(text).1, |(_, rest)| rest)
}

/// A switch with the next one behind it: `/b/min`.
fn glued(lower: &str) -> Option<&'static str> {
    let known = |switch: &&&str| {
        lower
            .strip_prefix(**switch)
            .is_some_and(|r| r.starts_with('/'))
    };
    SWITCHES.iter().find(known).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_and_titles() {
        for (arguments, expected) in [
            (" calc", "calc"),
            (" \"\" calc.exe /x", "calc.exe /x"),
            (" \"t\" /min /b \"c:\\a b.exe\" y", "\"c:\\a b.exe\" y"),
            ("/b/min calc", "calc"),
            (" /d c:\\x /wait calc", "calc"),
            (" /D\"c:\\x y\" calc", "calc"),
            (" /affinity 1 calc", "calc"),
            (" http://x.example/a", "http://x.example/a"),
            (" \"calc.exe\"", "\"calc.exe\""),
            ("", ""),
        ] {
            assert_eq!(started(arguments), expected, "{arguments}");
        }
    }
}
