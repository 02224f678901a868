//! The name of a command and its arguments: quotation marks between the letters (`c""md`), and
//! commas, semicolons and equals signs in place of blanks (`,;cmd,/c`).
//!
//! Source: D. Bohannon, "DOSfuscation" (2018), "Concatenation" and "Delimiters"; D. Benham's phase
//! 2 ("token delimiters").

use super::split::is_delimiter;

/// A command in two parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command<'t> {
    /// Without quotation marks.
    pub(super) name: String,
    /// What follows the name, without what parts the two.
    pub(super) arguments: &'t str,
    /// The command with one blank where delimiters stood, its name without quotation marks.
    pub(super) line: String,
    /// As `line`, but the quotation marks of the name kept.
    pub(super) spaced: String,
    /// Delimiters other than blanks stood there.
    pub(super) delimiters: bool,
    /// Quotation marks stood between the letters of the name.
    pub(super) noise: bool,
}

/// Commands of the interpreter itself: none of them starts a program, but for `start` and `call`.
const BUILTINS: &[&str] = &[
    "assoc", "break", "call", "cd", "chcp", "chdir", "cls", "color", "copy", "date", "del", "dir",
    "do", "dpath", "echo", "else", "endlocal", "erase", "exit", "ftype", "goto", "keys", "md",
    "mkdir", "mklink", "move", "path", "pause", "popd", "prompt", "pushd", "rd", "rem", "ren",
    "rename", "rmdir", "set", "setlocal", "shift", "start", "time", "title", "type", "ver",
    "verify", "vol",
];

impl<'t> Command<'t> {
    /// Splits a command behind its name.
    pub(super) fn read(text: &'t str) -> Self {
        let start = text.trim_start_matches(|c: char| {
            is_delimiter(c) || matches!(c, '@' | '\r' | '\n' | '(' | ')')
        });
        let lead = text.strip_suffix(start).unwrap_or_default();
        let mut quoted = false;
        let mut name = String::new();
        let mut quotes = 0_usize;
        let mut end = start.len();
        for (at, c) in start.char_indices() {
            if c == '"' {
                quoted = !quoted;
                quotes = quotes.saturating_add(1);
                continue;
            }
            if !quoted && (is_delimiter(c) || ends(&name, c)) {
                end = at;
                break;
            }
            name.push(c);
        }
        let (raw, rest) = start.split_at_checked(end).unwrap_or((start, ""));
        let is_builtin = BUILTINS.contains(&name.to_ascii_lowercase().as_str());
        // `echo.text` prints what follows the character behind it.
        let arguments = match is_builtin {
            true => rest,
            false => rest.trim_start_matches(is_delimiter),
        };
        let gap = rest.strip_suffix(arguments).unwrap_or_default();
        let odd = |text: &str| text.contains([',', ';', '=']);
        let around = quotes == 2 && raw.starts_with('"') && raw.ends_with('"');
        let shown = if name.contains(|c| is_delimiter(c) || c == '&') {
            format!("\"{name}\"")
        } else {
            name.clone()
        };
        let between = match (gap.is_empty(), is_builtin || arguments.is_empty()) {
            (true, _) if !arguments.starts_with('/') || is_builtin => "",
            (_, true) => "",
            _ => " ",
        };
        Command {
            arguments,
            line: format!("{shown}{between}{arguments}"),
            spaced: format!("{raw}{between}{arguments}"),
            delimiters: odd(lead) || odd(gap),
            noise: quotes > 0 && !around && !name.is_empty(),
            name,
        }
    }

    /// The command of the interpreter that it is.
    pub(super) fn builtin(&self) -> Option<&'static str> {
        let lower = self.name.to_ascii_lowercase();
        // Folders may follow at once: `cd..`, `cd\`.
        let lower = match lower.find(['.', '\\']) {
            Some(at) if matches!(lower.get(..at), Some("cd" | "chdir" | "md" | "rd")) => {
                lower.get(..at).unwrap_or_default()
            }
            _ => &lower,
        };
        BUILTINS.iter().find(|known| **known == lower).copied()
    }
}

/// Whether a character ends a name that is not followed by a blank: `cmd/c`, `echo(text`.
fn ends(name: &str, c: char) -> bool {
    let stem = match name.len().checked_sub(4) {
        Some(at)
            if name
                .get(at..)
                .is_some_and(|end| end.eq_ignore_ascii_case(".exe")) =>
        {
            name.get(..at).unwrap_or(name)
        }
        _ => name,
    };
    match c {
        '/' => !stem.is_empty() && stem.chars().all(|c| c.is_ascii_alphanumeric()),
        '.' | '(' | '[' | ']' | '+' | ':' | '\\' => name.eq_ignore_ascii_case("echo"),
        '\n' | '\r' | '<' | '>' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, line, delimiters, noise) in [
            ("cmd /c calc", "cmd /c calc", false, false),
            (" @cmd /c calc", "cmd /c calc", false, false),
            (",;cmd,/c,calc", "cmd /c,calc", true, false),
            ("cmd/c calc", "cmd /c calc", false, false),
            ("cmd.exe/c calc", "cmd.exe /c calc", false, false),
            ("c\"\"md /c \"a\"", "cmd /c \"a\"", false, true),
            ("p\"ower\"shell -c x", "powershell -c x", false, true),
            ("\"calc\"", "calc", false, false),
            ("\"c:\\a b\\x.exe\" y", "\"c:\\a b\\x.exe\" y", false, false),
            ("c:/windows/x.exe /a", "c:/windows/x.exe /a", false, false),
            ("calc", "calc", false, false),
            ("", "", false, false),
        ] {
            let read = Command::read(text);
            assert_eq!(read.line, line, "{text}");
            assert_eq!((read.delimiters, read.noise), (delimiters, noise), "{text}");
        }
        for (text, builtin) in [
            ("echo.x", Some("echo")),
            ("set/a x=1", Some("set")),
            ("cd..", Some("cd")),
            ("START/b x", Some("start")),
            ("calc", None),
            ("cdx", None),
        ] {
            assert_eq!(Command::read(text).builtin(), builtin, "{text}");
        }
        assert_eq!(Command::read("echo(a b").arguments, "(a b");
    }
}
