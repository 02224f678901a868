//! Programs that print what they are given, or part of it: `findstr`, `find`, `more`, `sort`.
//! Source: their help texts.

/// What a filter prints of a text; `None` where it is no filter, or its arguments are not read.
pub(super) fn filtered(stem: &str, arguments: &str, input: &str) -> Option<String> {
    match stem {
        "more" => Some(input.to_owned()),
        "sort" => {
            let mut lines: Vec<&str> = input.lines().collect();
            lines.sort_by_key(|line| line.to_ascii_lowercase());
            Some(lines.iter().flat_map(|line| [*line, "\n"]).collect())
        }
        "find" | "findstr" => Some(found(stem == "findstr", arguments, input)),
        _ => None,
    }
}

fn found(words: bool, arguments: &str, input: &str) -> String {
    let mut insensitive = false;
    let mut inverse = false;
    let mut begins = false;
    let mut whole = false;
    let mut patterns: Vec<String> = Vec::new();
    let mut rest = arguments.trim();
    while !rest.is_empty() {
        if let Some(switch) = rest.strip_prefix('/') {
            let literal = switch
                .get(..2)
                .filter(|text| text.eq_ignore_ascii_case("c:"));
            if literal.is_some() {
                rest = switch.get(2..).unwrap_or_default();
                let (pattern, after) = quoted(rest);
                patterns.push(pattern.to_owned());
                rest = after.trim_start();
                continue;
            }
            let end = switch.find(char::is_whitespace).unwrap_or(switch.len());
            let (letters, after) = switch.split_at_checked(end).unwrap_or((switch, ""));
            let letters = letters.to_ascii_lowercase();
            insensitive |= letters.contains('i');
            inverse |= letters.contains('v');
            begins |= letters.contains('b') && words;
            whole |= letters.contains('x') && words;
            rest = after.trim_start();
            continue;
        }
        let (pattern, after) = quoted(rest);
        if patterns.is_empty() {
            match words {
                // Any of the words.
                true => patterns.extend(pattern.split_whitespace().map(str::to_owned)),
                false => patterns.push(pattern.to_owned()),
            }
        }
        rest = after.trim_start();
    }
    let case = |text: &str| match insensitive {
        true => text.to_ascii_lowercase(),
        false => text.to_owned(),
    };
    let patterns: Vec<(String, bool, bool)> = patterns
        .iter()
        .take(16)
        .map(|pattern| {
            let start = pattern.strip_prefix('^').filter(|_| words);
            let text = start.unwrap_or(pattern);
            let end = text.strip_suffix('$').filter(|_| words);
            let text = end.unwrap_or(text).replace('\\', "");
            (
                case(&text),
                start.is_some() || begins || whole,
                end.is_some() || whole,
            )
        })
        .collect();
    let mut text = String::new();
    for line in input.lines() {
        let cased = case(line);
        let fits = patterns
            .iter()
            .any(|(pattern, begins, ends)| match (begins, ends) {
                (true, true) => cased == *pattern,
                (true, false) => cased.starts_with(pattern),
                (false, true) => cased.ends_with(pattern),
                (false, false) => cased.contains(pattern),
            });
        if fits != inverse {
            text.extend([line, "\n"]);
        }
    }
    text
}

/// A word, in quotation marks or not, and what follows.
fn quoted(text: &str) -> (&str, &str) {
    let inner = text.strip_prefix('"').and_then(|text| text.split_once('"'));
    inner.unwrap_or_else(|| text.split_once(char::is_whitespace).unwrap_or((text, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_fit() {
        let text = "PSModulePath=x\nPath=y\nOS=z\n";
        for (stem, arguments, expected) in [
            ("findstr", "PSM", "PSModulePath=x\n"),
            ("findstr", "/i psm", "PSModulePath=x\n"),
            ("findstr", "/b \"OS Path\"", "Path=y\nOS=z\n"),
            ("find", "\"OS\"", "OS=z\n"),
            ("find", "/v \"P\"", "OS=z\n"),
            ("findstr", "/c:\"h=\"", "PSModulePath=x\nPath=y\n"),
            ("findstr", "^OS", "OS=z\n"),
            ("sort", "", "OS=z\nPath=y\nPSModulePath=x\n"),
        ] {
            assert_eq!(
                filtered(stem, arguments, text).as_deref(),
                Some(expected),
                "{arguments}"
            );
        }
        assert_eq!(filtered("calc", "", text), None);
    }
}
