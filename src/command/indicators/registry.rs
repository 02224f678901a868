//! Keys of the registry, and values that a command writes there.
//!
//! Sources: Microsoft's pages "reg add", "Set-ItemProperty", "New-ItemProperty" (with the path of
//! the registry provider, `HKCU:\…` or `Registry::HKEY_CURRENT_USER\…`), "RegWrite Method" of
//! Windows Script Host, and `Registry.SetValue` of .NET.
//!
//! # Worst cases
//!
//! One pass cuts the text into words; what belongs to a key is looked for in the [`STATEMENT`] words
//! around it.

use crate::text::strip_prefix;

/// Words of a statement that are looked at.
const STATEMENT: usize = 24;
/// Words that are held at a time.
const RUN: usize = 4_096;

/// Names of hives: as they are written, and in full.
const HIVES: &[(&str, &str)] = &[
    ("hkcr", "HKEY_CLASSES_ROOT"),
    ("hkcu", "HKEY_CURRENT_USER"),
    ("hklm", "HKEY_LOCAL_MACHINE"),
    ("hku", "HKEY_USERS"),
    ("hkcc", "HKEY_CURRENT_CONFIG"),
    ("hkey_classes_root", "HKEY_CLASSES_ROOT"),
    ("hkey_current_user", "HKEY_CURRENT_USER"),
    ("hkey_local_machine", "HKEY_LOCAL_MACHINE"),
    ("hkey_users", "HKEY_USERS"),
    ("hkey_current_config", "HKEY_CURRENT_CONFIG"),
];

/// Names of the provider in front of a hive.
const PROVIDERS: &[&str] = &[
    "microsoft.powershell.core\\registry::",
    "registry::",
    "\\\\.\\",
];

/// A key, or a value with its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) start: usize,
    pub(super) end: usize,
    /// As it is written; a value as `key\name=data`.
    pub(super) value: String,
    /// The same with the hive's name in full and single backslashes.
    pub(super) canonical: String,
    pub(super) is_value: bool,
}

/// A word of a command or script.
#[derive(Clone, Copy, Debug)]
struct Word<'t> {
    text: &'t str,
    start: usize,
    /// A new statement begins behind it.
    last: bool,
}

impl Word<'_> {
    fn end(&self) -> usize {
        self.start.saturating_add(self.text.len())
    }

    fn is(&self, name: &str) -> bool {
        self.text.eq_ignore_ascii_case(name)
    }

    fn ends_with(&self, name: &str) -> bool {
        let cut = self.text.len().checked_sub(name.len());
        let end = cut.and_then(|cut| self.text.get(cut..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(name))
    }
}

/// Keys and values in the order of the text.
pub(super) fn entries(text: &str, mut add: impl FnMut(Entry)) {
    // Most texts name no hive.
    let named = memchr::memchr2_iter(b'h', b'H', text.as_bytes()).any(|at| {
        let rest = text.as_bytes().get(at.saturating_add(1));
        matches!(rest, Some(b'k' | b'K'))
    });
    if !named {
        return;
    }
    let mut from = 0;
    while let Some((words, next)) = words(text, from) {
        read(&words, &mut add);
        from = next;
    }
}

/// The keys and values of one run of words.
fn read(words: &[Word<'_>], add: &mut impl FnMut(Entry)) {
    let mut start = 0;
    for (at, word) in words.iter().enumerate() {
        if let Some(canonical) = key(word.text) {
            let before = words.get(start.max(at.saturating_sub(STATEMENT))..at);
            let after = words.get(at.saturating_add(1)..).unwrap_or_default();
            let length = after.iter().take(STATEMENT).position(|word| word.last);
            let length = length
                .map_or(STATEMENT, |at| at.saturating_add(1))
                .min(after.len());
            let after = if word.last { None } else { after.get(..length) };
            let set = written(word, before.unwrap_or_default(), after.unwrap_or_default());
            match set {
                Some((name, data, end)) => {
                    let (own, canonical) = match name {
                        Some(name) => (
                            format!("{}\\{name}={data}", word.text.trim_end_matches('\\')),
                            format!("{canonical}\\{name}={data}"),
                        ),
                        // The last name of the path is that of the value.
                        None => (
                            format!("{}={data}", word.text),
                            format!("{canonical}={data}"),
                        ),
                    };
                    add(Entry {
                        start: word.start,
                        end,
                        value: own,
                        canonical,
                        is_value: true,
                    });
                }
                None => add(Entry {
                    start: word.start,
                    end: word.end(),
                    value: word.text.to_owned(),
                    canonical,
                    is_value: false,
                }),
            }
        }
        if word.last {
            start = at.saturating_add(1);
        }
    }
}

/// The value that a statement writes into the key: its name, its data, and where that ends.
fn written<'t>(
    key: &Word<'t>,
    before: &[Word<'t>],
    after: &[Word<'t>],
) -> Option<(Option<&'t str>, &'t str, usize)> {
    let last = before.last();
    if last.is_some_and(|word| word.is("add")) {
        let mut name = None;
        let mut data: Option<&Word<'_>> = None;
        let mut words = after.iter();
        while let Some(word) = words.next() {
            match word.text.to_ascii_lowercase().as_str() {
                "/v" | "-v" => name = words.next().map(|word| word.text),
                "/ve" | "-ve" => name = Some("(Default)"),
                "/d" | "-d" => data = words.next(),
                _ => {}
            }
        }
        let end = data.map_or(key.end(), Word::end).max(key.end());
        return name.map(|name| (Some(name), data.map_or("", |data| data.text), end));
    }
    let called = before.iter().rev().take(2);
    for word in called {
        if word.ends_with("regwrite") {
            let data = after.first()?;
            return Some((None, data.text, data.end()));
        }
        if word.ends_with("setvalue") {
            let (name, data) = (after.first()?, after.get(1)?);
            return Some((Some(name.text), data.text, data.end()));
        }
    }
    let verb = before.iter().position(|word| {
        ["set-itemproperty", "new-itemproperty", "sp"]
            .iter()
            .any(|verb| word.is(verb))
    })?;
    let front = before.get(verb.saturating_add(1)..).unwrap_or_default();
    let (mut name, mut data) = (None, None);
    let mut free = Vec::new();
    for side in [front, after] {
        let mut words = side.iter();
        while let Some(word) = words.next() {
            let Some(parameter) = word.text.strip_prefix(['-', '\u{2013}', '\u{2014}']) else {
                free.push(word);
                continue;
            };
            let parameter = parameter.to_ascii_lowercase();
            let (parameter, _) = parameter.split_once(':').unwrap_or((&parameter, ""));
            let is = |full: &str| !parameter.is_empty() && full.starts_with(parameter);
            if is("name") {
                name = words.next();
            } else if is("value") {
                data = words.next();
            } else if is("propertytype") && parameter.len() > 1 || is("type") {
                words.next();
            }
        }
    }
    // By position: path, name, value.
    let mut free = free.into_iter();
    let name = name.or_else(|| free.next())?;
    let data = data.or_else(|| free.next())?;
    Some((Some(name.text), data.text, data.end().max(key.end())))
}

/// The key in full if the word begins with the name of a hive and a path.
fn key(word: &str) -> Option<String> {
    let provider = PROVIDERS.iter().find_map(|name| strip_prefix(word, name));
    let rest = provider.unwrap_or(word);
    let end = rest.find(['\\', '/', ':'])?;
    let (hive, path) = rest.split_at_checked(end)?;
    let (_, full) = HIVES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(hive))?;
    let path = path.strip_prefix(':').unwrap_or(path);
    if !path.starts_with(['\\', '/']) && !path.is_empty() {
        return None;
    }
    let mut canonical = (*full).to_owned();
    for name in path.split(['\\', '/']).filter(|name| !name.is_empty()) {
        canonical.push('\\');
        canonical.push_str(name);
    }
    (canonical.len() > full.len()).then_some(canonical)
}

/// Cuts at blanks, brackets, commas and quotes. Quotes hold a text together only where a key
/// begins in them or the word in front asks for a value; elsewhere they may stand around a whole
/// command.
///
/// No more than [`RUN`] of them, with the place where the next run begins; `None` at the end.
fn words(text: &str, from: usize) -> Option<(Vec<Word<'_>>, usize)> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut rest = text.get(from..).filter(|rest| !rest.is_empty())?;
    while !rest.is_empty() && words.len() < RUN {
        let at = text.len().saturating_sub(rest.len());
        let Some(c) = rest.chars().next() else { break };
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if is_quote(c) {
            let asks = words.last().is_some_and(asks_value);
            let end = after
                .find([c, '\n', '\r'])
                .filter(|_| asks || begins_with_hive(after));
            if let Some((inside, behind)) = end.and_then(|end| after.split_at_checked(end)) {
                let inside = inside.strip_suffix('\\').unwrap_or(inside);
                words.push(Word {
                    text: inside,
                    start: at.saturating_add(c.len_utf8()),
                    last: false,
                });
                rest = behind.get(c.len_utf8()..).unwrap_or_default();
            } else {
                rest = after;
            }
        } else if matches!(c, '&' | '|' | ';' | '\n' | '\r' | '{' | '}') {
            if let Some(word) = words.last_mut() {
                word.last = true;
            }
            rest = after;
        } else if is_blank(c) {
            rest = after;
        } else {
            let end = rest
                .find(|c: char| {
                    is_quote(c) || is_blank(c) || matches!(c, '&' | '|' | ';' | '{' | '}')
                })
                .unwrap_or(rest.len());
            let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
            // Of an escaped quote only the backslash is left.
            let word = if behind.starts_with('"') {
                word.trim_end_matches('\\')
            } else {
                word
            };
            if !word.is_empty() {
                words.push(Word {
                    text: word,
                    start: at,
                    last: false,
                });
            }
            rest = behind;
        }
    }
    Some((words, text.len().saturating_sub(rest.len())))
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '\u{201c}' | '\u{201d}')
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '(' | ')' | ',' | '=' | '<' | '>')
}

fn asks_value(word: &Word<'_>) -> bool {
    let lower = word.text.get(..word.text.len().min(16)).unwrap_or_default();
    let lower = lower.to_ascii_lowercase();
    matches!(lower.as_str(), "/v" | "/d" | "/s" | "-v" | "-d")
        || lower.strip_prefix('-').is_some_and(|name| {
            !name.is_empty() && ["name", "value"].iter().any(|full| full.starts_with(name))
        })
}

fn begins_with_hive(text: &str) -> bool {
    let provider = PROVIDERS.iter().find_map(|name| strip_prefix(text, name));
    let text = provider.unwrap_or(text);
    HIVES.iter().any(|(name, _)| {
        strip_prefix(text, name).is_some_and(|rest| rest.starts_with(['\\', '/', ':']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(bool, String)> {
        let mut list = Vec::new();
        entries(text, |entry| {
            assert!(text.get(entry.start..entry.end).is_some());
            list.push((entry.is_value, entry.canonical));
        });
        list
    }

    const WORD: &str = "HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Word\\Security";

    #[test]
    fn values_in_every_spelling() {
        let allow = (true, format!("{WORD}\\AllowDDE=2"));
        for text in [
            "reg add HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security /v AllowDDE /t REG_DWORD /d 2 /f",
            "add HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security /d 2 /f /v AllowDDE",
            "/c \"reg.exe add \"HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security\" /v \"AllowDDE\" /t REG_DWORD /d \"2\" /f\" & calc",
            "\"cmd /c reg ADD \\\"HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Word\\Security\\\" /v AllowDDE /d 2\"",
            "Set-ItemProperty -Path HKCU:\\Software\\Microsoft\\Office\\16.0\\Word\\Security -Name AllowDDE -Value 2",
            "sp 'HKCU:\\Software\\Microsoft\\Office\\16.0\\Word\\Security' AllowDDE 2 -Force",
            "New-ItemProperty -Force -Type DWord -Name 'AllowDDE' -Value 2 -Path 'HKCU:\\Software\\Microsoft\\Office\\16.0\\Word\\Security'; calc",
            "New-ItemProperty -Path Registry::HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Word\\Security -Name AllowDDE -PropertyType DWord -Value 2 | Out-Null",
            "CreateObject(\"WScript.Shell\").RegWrite \"HKCU\\Software\\Microsoft\\Office\\16.0\\Word\\Security\\AllowDDE\",2,\"REG_DWORD\"",
            "a.RegWrite('HKCU\\\\Software\\\\Microsoft\\\\Office\\\\16.0\\\\Word\\\\Security\\\\AllowDDE', 2, 'REG_DWORD')",
            "[Microsoft.Win32.Registry]::SetValue('HKEY_CURRENT_USER\\Software\\Microsoft\\Office\\16.0\\Word\\Security','AllowDDE',2)",
        ] {
            assert_eq!(found(text), std::slice::from_ref(&allow), "{text}");
        }
    }

    #[test]
    fn keys() {
        for (text, key) in [
            (
                "reg delete HKLM\\Software\\X /f",
                "HKEY_LOCAL_MACHINE\\Software\\X",
            ),
            (
                "reg query \"HKLM\\Software\\Windows NT\\X\" /s",
                "HKEY_LOCAL_MACHINE\\Software\\Windows NT\\X",
            ),
            ("gci hkcu:\\software\\x", "HKEY_CURRENT_USER\\software\\x"),
        ] {
            assert_eq!(found(text), [(false, key.to_owned())], "{text}");
        }
        for text in [
            "HKCU",
            "HKCU:",
            "HKEYS\\x",
            "/c calc.exe",
            "HKD.HK",
            "xHKCU\\a",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    /// A text that is nothing but keys and quotes takes time in proportion to its length.
    #[test]
    fn many_keys() {
        let text = "reg add HKCU\\a '".repeat(50_000);
        assert_eq!(found(&text).len(), 50_000);
        let text = "'HKCU\\a ".repeat(50_000);
        assert!(found(&text).len() > 10_000);
    }
}
