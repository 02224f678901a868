//! The arguments of `powershell`, `powershell_ise` and `pwsh`, as the parser of the console host
//! reads them (`about_PowerShell_exe`, `about_Pwsh`; `CommandLineParameterParser` of PowerShell's
//! published source): parameters may be cut short as long as the shortest spelling of each allows,
//! any kind of dash or a slash stands in front, and what is no parameter is the command.

use super::super::powershell::{encoded_command, is_dash};
use super::super::unfold::{Fuel, Language, Next, Outcome};
use crate::link::{Technique, TechniqueId};

/// A parameter: its name in full, the shortest spelling, another name, and what it takes.
struct Parameter {
    name: &'static str,
    shortest: &'static str,
    other: &'static str,
    takes: Takes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
    Encoded,
    /// All that follows.
    Command,
    File,
}

const fn parameter(
    name: &'static str,
    shortest: &'static str,
    other: &'static str,
    takes: Takes,
) -> Parameter {
    Parameter {
        name,
        shortest,
        other,
        takes,
    }
}

/// In the order in which the host tries them.
const PARAMETERS: &[Parameter] = &[
    parameter("Version", "v", "", Takes::Value),
    parameter("Help", "h", "?", Takes::Nothing),
    parameter("Login", "l", "", Takes::Nothing),
    parameter("NoExit", "noe", "", Takes::Nothing),
    parameter("NoProfile", "nop", "", Takes::Nothing),
    parameter("NoLogo", "nol", "", Takes::Nothing),
    parameter("NonInteractive", "noni", "", Takes::Nothing),
    parameter("ServerMode", "s", "", Takes::Nothing),
    parameter("CommandWithArgs", "commandwithargs", "cwa", Takes::Command),
    parameter("Command", "c", "", Takes::Command),
    parameter("WindowStyle", "w", "", Takes::Value),
    parameter("File", "f", "", Takes::File),
    parameter("OutputFormat", "o", "of", Takes::Value),
    parameter("InputFormat", "inp", "if", Takes::Value),
    parameter("ExecutionPolicy", "ex", "ep", Takes::Value),
    parameter("EncodedCommand", "e", "ec", Takes::Encoded),
    parameter("EncodedArguments", "encodeda", "ea", Takes::Value),
    parameter("SettingsFile", "settings", "", Takes::Value),
    parameter("Sta", "sta", "", Takes::Nothing),
    parameter("Mta", "mta", "", Takes::Nothing),
    parameter("WorkingDirectory", "wo", "wd", Takes::Value),
    parameter("CustomPipeName", "cus", "", Takes::Value),
    parameter("ConfigurationName", "config", "", Takes::Value),
    parameter("PSConsoleFile", "psc", "", Takes::Value),
];

/// What PowerShell would run of its arguments; `core` is `pwsh`.
pub(super) fn arguments(core: bool, text: &str, fuel: &mut Fuel<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if !fuel.pay(text.len()) {
        return outcome;
    }
    let words = words(text);
    let mut rest = words.iter();
    let mut shown: Option<usize> = None;
    while let Some(word) = rest.next() {
        let Some((key, value)) = switch(&word.text) else {
            // The first argument that is no parameter.
            if core && is_script(&word.text) {
                return outcome;
            }
            code(&mut outcome, std::iter::once(word).chain(rest), fuel);
            return outcome;
        };
        let Some(parameter) = parameter_of(key) else {
            if core {
                return outcome;
            }
            code(&mut outcome, std::iter::once(word).chain(rest), fuel);
            return outcome;
        };
        if !key.eq_ignore_ascii_case(parameter.name) && shown.unwrap_or(0) < 8 {
            let full = format!("-{}", parameter.name);
            let cut = word
                .text
                .strip_suffix(value.unwrap_or_default())
                .unwrap_or(&word.text);
            outcome.step(
                TechniqueId::ShortParameter,
                cut.trim_end_matches([':', '=']),
                &full,
            );
            shown = Some(shown.unwrap_or(0).saturating_add(1));
        }
        let own = |text: &str| Word {
            text: text.to_owned(),
        };
        match parameter.takes {
            Takes::Nothing => {}
            Takes::Value => {
                if value.is_none() {
                    rest.next();
                }
            }
            Takes::Encoded => {
                let coded = match value {
                    Some(value) => value.to_owned(),
                    // Blanks within it are skipped, as in any base64.
                    None => match rest.next() {
                        Some(word) => word.text.clone(),
                        None => return outcome,
                    },
                };
                if !fuel.pay(coded.len()) {
                    return outcome;
                }
                let Some(clear) = encoded_command(&coded).filter(|text| !text.trim().is_empty())
                else {
                    // The script stands in a variable, or is broken.
                    let unread = Technique::from(TechniqueId::Undecoded);
                    outcome.steps.push(unread);
                    return outcome;
                };
                let before = format!("-EncodedCommand {coded}");
                outcome.step(TechniqueId::EncodedCommand, &before, &clear);
                outcome.next.push(Next::Code(Language::PowerShell, clear));
                return outcome;
            }
            Takes::Command => {
                let first = value.map(own);
                code(&mut outcome, first.iter().chain(rest), fuel);
                return outcome;
            }
            // A file that is not here.
            Takes::File => return outcome,
        }
    }
    outcome
}

/// The words behind `-Command` are joined with blanks.
fn code<'w>(outcome: &mut Outcome, words: impl Iterator<Item = &'w Word>, fuel: &mut Fuel<'_>) {
    let mut code = String::new();
    for word in words {
        if !code.is_empty() {
            code.push(' ');
        }
        code.push_str(&word.text);
    }
    let code = code.trim();
    // A dash reads the standard input.
    if !code.is_empty() && code != "-" && fuel.pay(code.len()) {
        outcome
            .next
            .push(Next::Code(Language::PowerShell, code.to_owned()));
    }
}

/// The name of a parameter without its dash, and the value that stands behind a colon.
fn switch(word: &str) -> Option<(&str, Option<&str>)> {
    let key = word
        .strip_prefix(is_dash)
        .map(|key| key.strip_prefix(is_dash).unwrap_or(key))
        .or_else(|| word.strip_prefix('/'))?;
    let (name, value) = match key.split_once([':', '=']) {
        Some((name, value)) => (name, Some(value)),
        None => (key, None),
    };
    let letters = name.chars().all(|c| c.is_ascii_alphabetic() || c == '?');
    (letters && !name.is_empty()).then_some((name, value))
}

fn parameter_of(key: &str) -> Option<&'static Parameter> {
    let key = key.to_ascii_lowercase();
    PARAMETERS.iter().find(|parameter| {
        let full = parameter.name.to_ascii_lowercase();
        (full.starts_with(&key) && key.starts_with(parameter.shortest))
            || (!parameter.other.is_empty() && key == parameter.other)
    })
}

/// What `pwsh` takes for a file when no parameter says so.
fn is_script(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    lower.ends_with(".ps1") || lower.ends_with(".psm1")
}

/// A word of the command line, its quotes removed.
struct Word {
    text: String,
}

/// As `CommandLineToArgvW` splits them: `\"` is a quote, `""` within quotes is one, too.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.peek().is_some_and(|c| c.is_whitespace()) {
            chars.next();
        }
        if chars.peek().is_none() {
            return words;
        }
        let mut word = String::new();
        let mut quoted = false;
        while let Some(c) = chars.peek().copied() {
            match c {
                '\\' => {
                    let mut slashes = 0usize;
                    while chars.next_if_eq(&'\\').is_some() {
                        slashes = slashes.saturating_add(1);
                    }
                    if chars.peek() == Some(&'"') {
                        word.extend(std::iter::repeat_n('\\', slashes / 2));
                        if slashes % 2 == 1 {
                            word.push('"');
                            chars.next();
                        }
                    } else {
                        word.extend(std::iter::repeat_n('\\', slashes));
                    }
                }
                '"' => {
                    chars.next();
                    if quoted && chars.next_if_eq(&'"').is_some() {
                        word.push('"');
                    } else {
                        quoted = !quoted;
                    }
                }
                c if c.is_whitespace() && !quoted => break,
                c => {
                    word.push(c);
                    chars.next();
                }
            }
        }
        words.push(Word { text: word });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::unfold::Pool;

    fn read(text: &str) -> Outcome {
        let pool = Pool::new(1 << 20);
        arguments(false, text, &mut Fuel::of(text.len(), &pool))
    }

    #[track_caller]
    fn runs(text: &str, code: &str) {
        let code = Next::Code(Language::PowerShell, code.to_owned());
        assert_eq!(read(text).next, [code], "{text}");
    }

    /// `dir`, in UTF-16 (the example of about_PowerShell_exe is built the same way).
    const DIR: &str = "ZABpAHIA";

    /// Spellings seen in the field, as collected by Unit 42 ("Pulling Back the Curtains on
    /// EncodedCommand PowerShell Attacks", 2017).
    #[test]
    fn encoded_spellings() {
        for name in [
            "-e",
            "-ec",
            "-en",
            "-enc",
            "-EncodedCommand",
            "/enc",
            "-eNcOdEdCoMm",
            "-encod",
            "\u{2013}enc",
            "\u{2014}e",
            "\u{2015}encodedc",
        ] {
            runs(&format!("-nop -w hidden {name} {DIR}"), "dir");
        }
        runs(
            &format!("-NoP -NonI -W Hidden -Exec Bypass -Enc {DIR}"),
            "dir",
        );
        runs(&format!("-ep bypass -sta -v 2 -enc:{DIR}"), "dir");
        runs(&format!("-exec bypass -w 1 -e \"{DIR}\""), "dir");
    }

    #[test]
    fn commands() {
        runs("-c iex 'a b'", "iex 'a b'");
        runs("-Command \"& {iex \\\"x\\\"}\"", "& {iex \"x\"}");
        runs(
            "-nop -w:hidden $e=1;powershell -e $e",
            "$e=1;powershell -e $e",
        );
        runs("IEX (1)", "IEX (1)");
        runs("-w h -c \"\"\"a\"\"\"", "\"a\"");
        runs("-noni -ex bypass calc.exe\"", "calc.exe");
        // Unknown to Windows PowerShell: the command begins there.
        runs("-foo bar", "-foo bar");
    }

    #[test]
    fn nothing_to_read() {
        for text in [
            "",
            "-",
            "-c -",
            "-File a.ps1 -x",
            "-nop",
            "-f \\\\h\\s\\a.ps1",
            "-e",
        ] {
            assert!(read(text).next.is_empty(), "{text}");
        }
        assert!(read("-NoProfile -WindowStyle Hidden").steps.is_empty());
        let steps = read("-nop").steps;
        assert_eq!(steps[0].after.as_deref(), Some("-NoProfile"));
    }

    #[test]
    fn pwsh_takes_files() {
        let pool = Pool::new(1 << 20);
        let outcome = arguments(true, "-nop a.ps1", &mut Fuel::of(0, &pool));
        assert!(outcome.next.is_empty());
    }
}
