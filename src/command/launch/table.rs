//! Programs that take a command line or code in one of their options, or as all that follows them.
//! Words are data: a new program is one line. Sources: Microsoft's "Windows commands" and the LOLBAS
//! page of each program.

use super::words::{Word, behind, option, split};
use super::{protocol, spelling};
use crate::command::unfold::{Language, Next, Outcome};
use crate::link::TechniqueId;

/// Where a program expects what it starts.
enum Takes {
    /// Behind an option, as one argument or in the option (`/tr`, `-a:`).
    Option(&'static [&'static str]),
    /// Behind an option, up to the end.
    OptionRest(&'static [&'static str]),
    /// Behind its options; those of the list have a value.
    Rest(&'static [&'static str]),
    /// PowerShell code behind the first `;` of an argument.
    PowerShellTail,
    /// A path or address that the shell opens.
    Opened,
}

const PROGRAMS: &[(&str, Takes)] = &[
    ("appvlp", Takes::Rest(&[])),
    ("at", Takes::OptionRest(&["every", "next", "interactive"])),
    ("bash", Takes::Option(&["c"])),
    ("conhost", Takes::Rest(&["width", "height", "signal", "server"])),
    ("control", Takes::Opened),
    ("csc", Takes::Option(&[])),
    ("cscript", Takes::Opened),
    ("explorer", Takes::Option(&["root"])),
    ("hh", Takes::Opened),
    ("pcalua", Takes::OptionRest(&["a"])),
    ("reg", Takes::Option(&["d"])),
    ("runas", Takes::Rest(&[])),
    ("runscripthelper", Takes::Option(&[])),
    ("schtasks", Takes::Option(&["tr"])),
    ("ssh", Takes::Option(&[])),
    ("start", Takes::Rest(&["d", "node", "affinity"])),
    ("syncappvpublishserver", Takes::PowerShellTail),
    ("winrs", Takes::Rest(&[])),
    ("wscript", Takes::Opened),
    ("wsl", Takes::Rest(&["d", "distribution", "u", "user", "cd"])),
];

/// What the program of that stem would run.
pub(super) fn arguments(stem: &str, text: &str) -> Outcome {
    let mut outcome = spelling::arguments(text);
    let words = split(text);
    match stem {
        "bitsadmin" => notified(text, &words, &mut outcome),
        "sc" => service(text, &words, &mut outcome),
        "reg" => registered(&words, &mut outcome),
        "ssh" => proxied(&words, &mut outcome),
        "at" => at_time(text, &words, &mut outcome),
        "explorer" => explored(text, &words, &mut outcome),
        "cscript" | "wscript" => hosted(&words, &mut outcome),
        "winrm" => invoked(text, &mut outcome),
        _ => {
            let takes = PROGRAMS.iter().find(|(program, _)| *program == stem);
            if let Some((_, takes)) = takes {
                taken(takes, text, &words, &mut outcome);
            }
        }
    }
    outcome
}

fn push(line: &str, outcome: &mut Outcome) {
    let line = line.trim();
    if !line.is_empty() {
        outcome.next.push(Next::Line(line.to_owned()));
    }
}

fn taken(takes: &Takes, text: &str, words: &[Word], outcome: &mut Outcome) {
    match takes {
        Takes::Option(names) | Takes::OptionRest(names) => {
            let rest = matches!(takes, Takes::OptionRest(_));
            for (at, word) in words.iter().enumerate() {
                let Some((name, value)) = option(&word.text) else {
                    continue;
                };
                if !names.contains(&name.as_str()) {
                    continue;
                }
                match value {
                    Some(value) => push(value, outcome),
                    None if rest => push(behind(text, word), outcome),
                    None => {
                        if let Some(value) = words.get(at.saturating_add(1)) {
                            push(&value.text, outcome);
                        }
                    }
                }
                if rest {
                    // `pcalua -a program -c arguments`.
                    split_arguments(outcome);
                    return;
                }
            }
        }
        Takes::Rest(valued) => {
            let mut skip = false;
            for word in words {
                if skip {
                    skip = false;
                    continue;
                }
                match option(&word.text) {
                    Some((name, None)) if name == "e" || name == "exec" || name == "-" => {}
                    Some((name, value)) => {
                        skip = value.is_none() && valued.contains(&name.as_str());
                    }
                    None => {
                        let rest = text.get(word.start..).unwrap_or_default();
                        // A command line as one argument in quotes.
                        let whole = behind(text, word).is_empty() && word.text.contains(' ');
                        push(if whole { &word.text } else { rest }, outcome);
                        return;
                    }
                }
            }
        }
        Takes::PowerShellTail => {
            if let Some((_, code)) = text.split_once(';') {
                let code = code.trim().trim_end_matches(['"', '\'']);
                let language = Language::PowerShell;
                outcome.next.push(Next::Code(language, code.to_owned()));
            }
        }
        Takes::Opened => protocol::opened(text, outcome),
    }
}

/// `program -c arguments -d folder` of pcalua as a command line.
fn split_arguments(outcome: &mut Outcome) {
    let Some(Next::Line(line)) = outcome.next.last_mut() else {
        return;
    };
    let words = split(line);
    let at = words.iter().position(|word| word.text.eq_ignore_ascii_case("-c"));
    if let Some(at) = at
        && let Some(word) = words.get(at)
    {
        let program = line.get(..word.start).unwrap_or_default().trim();
        let arguments = behind(line, word);
        *line = format!("{program} {arguments}");
    }
}

/// `bitsadmin /SetNotifyCmdLine job program arguments`.
fn notified(text: &str, words: &[Word], outcome: &mut Outcome) {
    for (at, word) in words.iter().enumerate() {
        if option(&word.text).is_none_or(|(name, _)| name != "setnotifycmdline") {
            continue;
        }
        let program = words.get(at.saturating_add(2));
        if let Some(program) = program.filter(|word| !word.text.eq_ignore_ascii_case("null")) {
            let next = words.get(at.saturating_add(3));
            // The arguments begin with the name of the program again.
            let arguments = match next {
                Some(next) if text.get(next.start..).is_some_and(|t| t.starts_with('"')) => {
                    next.text.clone()
                }
                Some(next) => text.get(next.start..).unwrap_or_default().to_owned(),
                None => String::new(),
            };
            let arguments = if arguments.eq_ignore_ascii_case("null") { "" } else { &arguments };
            let name = crate::command::base_name(&program.text);
            let first = arguments.split_whitespace().next().unwrap_or_default();
            if crate::command::base_name(first) == name && arguments.len() > first.len() {
                push(arguments, outcome);
            } else {
                push(&format!("{} {arguments}", program.text), outcome);
            }
        }
    }
}

/// `sc create name binPath= "…"`, `sc config name binPath="…"`.
fn service(text: &str, words: &[Word], outcome: &mut Outcome) {
    for (at, word) in words.iter().enumerate() {
        let Some((name, value)) = word.text.split_once('=') else {
            continue;
        };
        if !name.eq_ignore_ascii_case("binpath") {
            continue;
        }
        if value.is_empty() {
            if let Some(next) = words.get(at.saturating_add(1)) {
                let quoted = text.get(next.start..).is_some_and(|t| t.starts_with('"'));
                push(if quoted { &next.text } else { behind(text, word) }, outcome);
            }
        } else {
            push(value, outcome);
        }
    }
}

/// `reg add …\Run /d "command"`: values of keys whose data are started.
fn registered(words: &[Word], outcome: &mut Outcome) {
    let adds = words.first().is_some_and(|word| word.text.eq_ignore_ascii_case("add"));
    let key = words.get(1).map(|word| word.text.to_ascii_lowercase()).unwrap_or_default();
    let starts = ["\\run", "\\command", "\\winlogon", "\\image file execution options", "\\environment"];
    if adds && starts.iter().any(|part| key.contains(part)) {
        for pair in words.windows(2) {
            if let [name, value] = pair
                && option(&name.text).is_some_and(|(name, value)| name == "d" && value.is_none())
            {
                push(&value.text, outcome);
            }
        }
    }
}

/// `ssh -o ProxyCommand=…`, `-o LocalCommand=…`.
fn proxied(words: &[Word], outcome: &mut Outcome) {
    for word in words {
        let text = word.text.strip_prefix("-o").unwrap_or(&word.text);
        let Some((name, value)) = text.split_once(['=', ' ']) else {
            continue;
        };
        let name = name.trim().to_ascii_lowercase();
        if matches!(name.as_str(), "proxycommand" | "localcommand" | "knownhostscommand") {
            push(value, outcome);
        }
    }
}

/// `at [\\host] 12:00 [/every:…] command`.
fn at_time(text: &str, words: &[Word], outcome: &mut Outcome) {
    let Some(time) = words.iter().position(|word| {
        let digit = word.text.starts_with(|c: char| c.is_ascii_digit());
        digit && word.text.contains(':')
    }) else {
        return;
    };
    let mut rest = words.iter().skip(time.saturating_add(1));
    if let Some(word) = rest.find(|word| option(&word.text).is_none()) {
        push(text.get(word.start..).unwrap_or_default(), outcome);
    }
}

/// `explorer path`, `/root,path`, `/select,path`; folders and addresses are only shown.
fn explored(text: &str, words: &[Word], outcome: &mut Outcome) {
    let Some(first) = words.first() else { return };
    let (switch, path) = match first.text.strip_prefix('/').and_then(|rest| rest.split_once(',')) {
        Some((switch, path)) => (switch, path),
        None if first.text.starts_with('/') => return,
        None => ("", first.text.as_str()),
    };
    if switch.eq_ignore_ascii_case("select") {
        return;
    }
    let path = path.trim_matches(['"', ',', ' ']);
    let rest = behind(text, first);
    let path = if path.is_empty() { rest } else { path };
    if crate::command::runs(path) || protocol::code(path, outcome) {
        if outcome.next.is_empty() {
            push(path, outcome);
        }
    }
}

/// `cscript [//options] script arguments`: the script is a file or an address; `//e:` names its
/// language.
fn hosted(words: &[Word], outcome: &mut Outcome) {
    let script = words.iter().find(|word| !word.text.starts_with("//"));
    if let Some(script) = script {
        protocol::code(&script.text, outcome);
    }
}

/// `winrm invoke Create wmicimv2/Win32_Process @{CommandLine="…"}`.
fn invoked(text: &str, outcome: &mut Outcome) {
    let lower = text.to_ascii_lowercase();
    let Some(at) = lower.find("commandline") else { return };
    let rest = text.get(at..).and_then(|text| text.split_once('='));
    let Some((_, rest)) = rest else { return };
    let rest = rest.trim_start().trim_start_matches('\\');
    let line = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let rest = rest.get(1..).unwrap_or_default();
            rest.split(quote).next().unwrap_or_default().trim_end_matches('\\')
        }
        _ => rest.split([';', '}']).next().unwrap_or_default(),
    };
    push(line, outcome);
}
