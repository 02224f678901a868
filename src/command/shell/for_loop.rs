//! `for`: its four kinds, the tokens that `/f` cuts lines into, and the variables `%a` with their
//! modifiers (`%~nx1`).
//!
//! Source: `for /?`; D. Bohannon, "DOSfuscation" (2018), for what is made of it.

use super::associations::matching;
use super::carets;
use super::pieces::number;
use super::split::{after_keyword, closed, find, is_delimiter};

/// The head of a loop, and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loop<'t> {
    pub(super) kind: Kind,
    pub(super) variable: char,
    /// What stands between the parentheses, without carets.
    pub(super) set: String,
    pub(super) body: &'t str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Over words, and files that patterns name.
    Words,
    /// `/l`: over numbers.
    Numbers,
    /// `/f`: over lines of text.
    Lines(Options),
}

/// The variables of the loops around a command, the innermost last.
pub(super) type Variables = Vec<(char, String)>;

/// Reads what follows `for`. `None` where it is no loop.
pub(super) fn read(text: &str) -> Option<Loop<'_>> {
    let (head, after) = text.split_at_checked(find(text, '(')?)?;
    let after = after.get(1..)?;
    let head = carets::plain(head);
    let head = head.trim_end_matches(is_delimiter);
    let (head, keyword) = head.split_at_checked(head.len().checked_sub(2)?)?;
    if !keyword.eq_ignore_ascii_case("in") || !head.ends_with(is_delimiter) {
        return None;
    }
    let head = head.trim_end_matches(is_delimiter);
    let (switches, variable) = head.split_at_checked(head.rfind('%')?)?;
    let mut variable = variable.chars().skip(1);
    let (variable, None) = (variable.next()?, variable.next()) else {
        return None;
    };
    let switches = switches.trim_end_matches('%').trim_matches(is_delimiter);
    let lower = switches.to_ascii_lowercase();
    let kind = if lower.starts_with("/l") {
        Kind::Numbers
    } else if lower.starts_with("/f") {
        Kind::Lines(Options::read(switches.get(2..)?))
    } else {
        Kind::Words
    };
    // In quotation marks of the child command, a parenthesis is text: the one before `do` counts.
    let at = find(after, ')')?;
    let (mut set, mut rest) = (after.get(..at)?, after.get(at.checked_add(1)?..)?);
    if body(rest).is_none() {
        (set, rest) = closed(after)?;
    }
    let body = body(rest)?;
    Some(Loop {
        kind,
        variable,
        set: carets::plain(set),
        body,
    })
}

fn body(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(|c: char| is_delimiter(c) || c == '\n');
    after_keyword(rest, "do")
}

/// How `/f` cuts lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    tokens: Vec<usize>,
    /// The rest of the line goes to one more variable.
    rest: bool,
    delimiters: String,
    comment: Option<char>,
    skip: usize,
    pub(super) back_quotes: bool,
}

/// Variables have one letter each.
const TOKENS: usize = 31;

impl Options {
    fn read(text: &str) -> Self {
        let mut options = Options {
            tokens: vec![1],
            rest: false,
            delimiters: " \t".to_owned(),
            comment: Some(';'),
            skip: 0,
            back_quotes: false,
        };
        let text = text.trim_start_matches(is_delimiter);
        let mut text = match text.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"').unwrap_or(quoted),
            None => text,
        };
        loop {
            text = text.trim_start_matches([' ', '\t']);
            let lower = text.to_ascii_lowercase();
            let after = |key: &str| {
                let found = lower.starts_with(key);
                found.then(|| text.get(key.len()..)).flatten()
            };
            if let Some(rest) = after("usebackq") {
                options.back_quotes = true;
                text = rest;
            } else if let Some(rest) = after("delims=") {
                // A blank belongs to them at the end only.
                match rest
                    .split_once(' ')
                    .filter(|(_, more)| !more.trim().is_empty())
                {
                    Some((delimiters, more)) => {
                        options.delimiters = delimiters.to_owned();
                        text = more;
                    }
                    None => {
                        options.delimiters = rest.to_owned();
                        break;
                    }
                }
            } else if let Some(rest) = after("eol=") {
                let mut chars = rest.chars();
                options.comment = chars.next();
                text = chars.as_str();
            } else if let Some(rest) = after("skip=") {
                let (word, more) = rest.split_once(' ').unwrap_or((rest, ""));
                options.skip = number(word).and_then(|n| n.try_into().ok()).unwrap_or(0);
                text = more;
            } else if let Some(rest) = after("tokens=") {
                let (word, more) = rest.split_once(' ').unwrap_or((rest, ""));
                options.tokens(word);
                text = more;
            } else {
                break;
            }
        }
        options
    }

    fn tokens(&mut self, text: &str) {
        self.tokens.clear();
        let text = match text.strip_suffix('*') {
            Some(text) => {
                self.rest = true;
                text
            }
            None => text,
        };
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let place = |text: &str| number(text).and_then(|n| usize::try_from(n).ok());
            if let (Some(from), Some(to)) = (place(from), place(to)) {
                let room = TOKENS.saturating_sub(self.tokens.len());
                self.tokens.extend((from..=to).take(room));
            }
        }
        self.tokens.sort_unstable();
        self.tokens.dedup();
    }

    /// The values of the variables for each line.
    pub(super) fn rows(&self, text: &str, variable: char) -> Vec<Variables> {
        let lines = text.lines().skip(self.skip).filter(|line| !line.is_empty());
        let lines = lines.filter(|line| self.comment.is_none_or(|c| !line.starts_with(c)));
        lines.filter_map(|line| self.row(line, variable)).collect()
    }

    fn row(&self, line: &str, variable: char) -> Option<Variables> {
        let delimiter = |c: char| self.delimiters.contains(c);
        let mut letter = u32::from(variable);
        let mut row = Variables::new();
        let mut rest = line;
        let mut count = 0_usize;
        let last = self.tokens.last().copied().unwrap_or(0);
        let mut any = false;
        while count < last {
            rest = rest.trim_start_matches(delimiter);
            let end = rest.find(delimiter).unwrap_or(rest.len());
            let (token, more) = rest.split_at_checked(end)?;
            count = count.saturating_add(1);
            if self.tokens.binary_search(&count).is_ok() {
                any |= !token.is_empty();
                row.push((char::from_u32(letter)?, token.to_owned()));
                letter = letter.saturating_add(1);
            }
            // One delimiter ends the token; those that follow belong to the next.
            rest = more;
            if rest.is_empty() && count > TOKENS.saturating_mul(8) {
                break;
            }
        }
        if self.rest {
            rest = rest.trim_start_matches(delimiter);
            any |= !rest.is_empty();
            row.push((char::from_u32(letter)?, rest.to_owned()));
        }
        any.then_some(row)
    }
}

/// The words of a set.
pub(super) fn words(set: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in set.chars().chain([' ']) {
        quoted ^= c == '"';
        if !quoted && (is_delimiter(c) || matches!(c, '\r' | '\n')) {
            if !word.is_empty() {
                let files = if word.contains(['*', '?']) {
                    matching(&word)
                } else {
                    Vec::new()
                };
                match files.is_empty() {
                    true => found.push(word.clone()),
                    false => found.extend(files.iter().map(|file| (*file).to_owned())),
                }
                word.clear();
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// The numbers of `/l`, no more than `limit`; and whether there were more.
pub(super) fn numbers(set: &str, limit: usize) -> Option<(Vec<String>, bool)> {
    let mut parts = set
        .split(|c: char| is_delimiter(c))
        .filter(|part| !part.is_empty());
    let mut next = || parts.next().map_or(Some(0), number);
    let (mut at, step, end) = (next()?, next()?, next()?);
    let mut found = Vec::new();
    while if step >= 0 { at <= end } else { at >= end } {
        if found.len() >= limit {
            return Some((found, true));
        }
        found.push(at.to_string());
        at = at.checked_add(step)?;
    }
    Some((found, false))
}

/// Puts the values of the variables in.
pub(super) fn applied(text: &str, variables: &Variables) -> String {
    if variables.is_empty() || !text.contains('%') {
        return text.to_owned();
    }
    let value = |letter: char| {
        let mut known = variables.iter().rev();
        known
            .find(|(name, _)| *name == letter)
            .map(|(_, value)| value.as_str())
    };
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        done.push_str(before);
        // As in a batch file.
        let behind = after.strip_prefix('%').unwrap_or(after);
        if let Some((text, more)) = referred(after, &value).or_else(|| referred(behind, &value)) {
            done.push_str(&text);
            rest = more;
        } else {
            done.push('%');
            rest = after;
        }
    }
    done.push_str(rest);
    done
}

fn referred<'t, 'v>(
    after: &'t str,
    value: &impl Fn(char) -> Option<&'v str>,
) -> Option<(String, &'t str)> {
    let mut chars = after.chars();
    let Some(modified) = after.strip_prefix('~') else {
        let text = value(chars.next()?)?;
        return Some((text.to_owned(), chars.as_str()));
    };
    // `$PATH:` looks a program up; its name is what we know.
    let modified = match modified.strip_prefix('$') {
        Some(search) => search.split_once(':').map_or(search, |(_, rest)| rest),
        None => modified,
    };
    let mut found = None;
    for (at, letter) in modified.char_indices().take(12) {
        let next = at.checked_add(letter.len_utf8())?;
        if let Some(text) = value(letter) {
            found = Some((modified.get(..at)?, text, modified.get(next..)?));
        }
        if !matches!(
            letter.to_ascii_lowercase(),
            'f' | 'd' | 'p' | 'n' | 'x' | 's' | 'a' | 't' | 'z'
        ) {
            break;
        }
    }
    let (letters, text, rest) = found?;
    Some((parts(text.trim_matches('"'), letters), rest))
}

/// The parts of a path that the modifiers ask for.
fn parts(path: &str, letters: &str) -> String {
    let letters = letters.to_ascii_lowercase();
    if letters.is_empty() || letters.contains('f') {
        return path.to_owned();
    }
    let (folder, name) = match path.rfind(['\\', '/']) {
        Some(at) => path
            .split_at_checked(at.saturating_add(1))
            .unwrap_or(("", path)),
        None => ("", path),
    };
    let (drive, folder) = match folder.split_at_checked(2) {
        Some((drive, folder)) if drive.ends_with(':') => (drive, folder),
        _ => ("", folder),
    };
    let (stem, extension) = match name.rfind('.') {
        Some(at) => name.split_at_checked(at).unwrap_or((name, "")),
        None => (name, ""),
    };
    let mut text = String::new();
    for (letter, part) in [('d', drive), ('p', folder), ('n', stem), ('x', extension)] {
        if letters.contains(letter) {
            text.push_str(part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let read = |text| read(text).unwrap();
        let words = read(" %a in (1 2,3) do echo %a");
        assert_eq!(
            (words.variable, words.set.as_str(), words.body),
            ('a', "1 2,3", " echo %a")
        );
        assert_eq!(words.kind, Kind::Words);
        assert_eq!(read(" /^L %G I^N (1,1,3) D^O x").kind, Kind::Numbers);
        let lines = read(" /f \"delims=s\\ tokens=4\" %a IN ('set^|findstr PSM')DO %a");
        assert_eq!(lines.set, "'set|findstr PSM'");
        let Kind::Lines(options) = lines.kind else {
            panic!()
        };
        assert_eq!(
            (options.delimiters.as_str(), options.tokens),
            ("s\\", vec![4])
        );
        let open = read(" /f tokens^=2^ delims^=. %%i in (\"a.b\") do %%i");
        assert_eq!(open.variable, 'i');
        assert!(super::read(" %a in").is_none() && super::read(" x in (1) do y").is_none());
    }

    /// The examples of `for /?` and of the paper.
    #[test]
    fn tokens() {
        let rows = |options: &str, line: &str| {
            let rows = Options::read(options).rows(line, 'a');
            rows.into_iter()
                .map(|row| {
                    row.into_iter()
                        .map(|(_, v)| v)
                        .collect::<Vec<_>>()
                        .join("|")
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            rows("\"eol=; tokens=2,3* delims=, \"", "a,b c d,e"),
            ["b|c|d,e"]
        );
        assert_eq!(rows("", "first second\n\n;no\nthird"), ["first", "third"]);
        assert_eq!(rows("\"delims=\"", "all of it"), ["all of it"]);
        assert_eq!(
            rows(
                "\"tokens=2 delims=.C\"",
                ".cdxml=Microsoft.PowerShellCmdlet"
            ),
            ["PowerShell"]
        );
        assert_eq!(rows("\"skip=1 tokens=1-3\"", "no\na b c d"), ["a|b|c"]);
        assert_eq!(rows("\"tokens=*\"", "  a b "), ["a b "]);
        assert_eq!(rows("\"tokens=1000000000\"", "a"), [""; 0]);
    }

    #[test]
    fn values() {
        assert_eq!(words("1, 2;\"a b\""), ["1", "2", "\"a b\""]);
        assert_eq!(
            numbers("1,1,3", 10),
            Some((vec!["1".into(), "2".into(), "3".into()], false))
        );
        assert_eq!(numbers("2 -1 1", 10).unwrap().0, ["2", "1"]);
        assert!(numbers("1,0,2", 10).unwrap().1);
        assert!(numbers("1,1,2000000000", 10).unwrap().1);
        let known = vec![
            ('a', "c:\\x y\\n.exe".to_owned()),
            ('b', "\"q\"".to_owned()),
        ];
        for (text, expected) in [
            ("%a", "c:\\x y\\n.exe"),
            ("%~nxa", "n.exe"),
            ("%~dpa", "c:\\x y\\"),
            ("%~b %%b", "q \"q\""),
            ("%c 5%", "%c 5%"),
            ("%~$PATH:b", "q"),
        ] {
            assert_eq!(applied(text, &known), expected, "{text}");
        }
    }
}
