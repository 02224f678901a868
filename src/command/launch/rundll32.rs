//! rundll32: `DLL,Export arguments` (Microsoft, "rundll32"; LOLBAS, "Rundll32.exe", "Url.dll",
//! "Shell32.dll", "Advpack.dll", "Ieadvpack.dll", "Ieframe.dll", "Pcwutl.dll", "Shdocvw.dll",
//! "Zipfldr.dll", "Mshtml.dll", "Desk.cpl").
//!
//! Malformed input: an export that is not known gives nothing, unless what follows names a program
//! and the library is one of those that start programs.

use super::protocol;
use super::words::unquoted;
use crate::command::resolve::{ImageSource, resolve_line};
use crate::command::unfold::{Next, Outcome};
use crate::command::{base_name, stem};
use crate::link::TechniqueId;

/// What an export does with the rest.
#[derive(Clone, Copy)]
enum Does {
    /// Runs it as a command line.
    Runs,
    /// Opens it as the shell does.
    Opens,
}

/// Library, export (lower-case, without the letter for the character set) and what it does.
const EXPORTS: &[(&str, &str, Does)] = &[
    ("advpack", "registerocx", Does::Runs),
    ("ieadvpack", "registerocx", Does::Runs),
    ("shell32", "shellexec_rundll", Does::Runs),
    ("shell32", "openas_rundll", Does::Opens),
    ("shell32", "control_rundll", Does::Opens),
    ("url", "openurl", Does::Opens),
    ("url", "fileprotocolhandler", Does::Opens),
    ("ieframe", "openurl", Does::Opens),
    ("shdocvw", "openurl", Does::Opens),
    ("mshtml", "printhtml", Does::Opens),
    ("zipfldr", "routethecall", Does::Runs),
    ("pcwutl", "launchapplication", Does::Runs),
    ("pcwutl", "createandruntask", Does::Runs),
    ("desk.cpl", "installscreensaver", Does::Opens),
    ("dfshim", "shopenverbapplication", Does::Opens),
];

pub(super) fn arguments(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    // Curious switches: `-sta {CLSID}`, `/u`.
    let text = text.trim();
    if protocol::code(text, &mut outcome) {
        return outcome;
    }
    let Some((library, rest)) = library(text) else {
        return outcome;
    };
    let rest = rest.trim_start_matches([',', ' ', '\t']);
    let end = rest.find([' ', ',', '\t', '"']).unwrap_or(rest.len());
    let (export, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let rest = rest.trim_start_matches([',', ' ', '\t']);
    let name = base_name(library);
    let name = stem(&name);
    let name = name.strip_suffix(".dll").unwrap_or(name);
    let export = export.to_ascii_lowercase();
    // The last letter says which characters it takes.
    let short = export.strip_suffix(['a', 'w']).unwrap_or(&export);
    if name == "comsvcs" && is_ordinal(&export, "24") {
        let clear = format!("{library},MiniDump {rest}");
        outcome.step(TechniqueId::Alias, text, &clear);
        outcome.clear = Some(clear);
        return outcome;
    }
    let known = EXPORTS.iter().find(|(dll, function, _)| {
        *dll == name && (*function == export || *function == short)
    });
    match known {
        Some((.., Does::Opens)) => protocol::opened(rest, &mut outcome),
        Some((.., Does::Runs)) => runs(rest, &mut outcome),
        None if EXPORTS.iter().any(|(dll, ..)| *dll == name) => {
            let target = unquoted(rest);
            if resolve_line(target).source != ImageSource::Unknown {
                runs(rest, &mut outcome);
            }
        }
        None => {}
    }
    outcome
}

/// `#24`, `#+24`, `#000024`.
fn is_ordinal(export: &str, number: &str) -> bool {
    export.strip_prefix('#').is_some_and(|digits| {
        digits.trim_start_matches('+').trim_start_matches('0') == number
    })
}

fn runs(rest: &str, outcome: &mut Outcome) {
    let quoted = rest.trim().strip_prefix('"').and_then(|inner| inner.split_once('"'));
    let line = match quoted {
        // A quoted program and its arguments.
        Some((_, after)) if !after.trim().is_empty() => rest.trim(),
        _ => unquoted(rest),
    };
    if !line.is_empty() {
        outcome.next.push(Next::Line(line.to_owned()));
    }
}

/// The library at the start, and what follows it.
fn library(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted.split_once('"');
    }
    let end = text.find([',', ' ', '\t'])?;
    text.split_at_checked(end)
}
