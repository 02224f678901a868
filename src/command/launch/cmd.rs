//! `cmd.exe`: which of its arguments are switches and where the command begins.
//!
//! Source: `cmd /?`. Whatever stands in front of a slash is passed over, switches may stand one
//! behind the other without blanks (`/v/c`, `/V:ON/C"calc"`), and `/c`, `/k` and `/r` take all that
//! follows. The quotation marks around the command go unless there are exactly two, with a blank
//! and none of `&<>()@^|` between them, and what they hold is the name of a program.

use super::super::path;
use super::super::programs::tier;
use super::super::unfold::{Fuel, Language, Next, Outcome};

/// What `cmd.exe` would run of its arguments.
pub(super) fn arguments(arguments: &str, fuel: &mut Fuel<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if !fuel.pay(arguments.len()) {
        return outcome;
    }
    if let Some((code, delayed)) = command(arguments) {
        let language = Language::Shell { delayed };
        outcome.next.push(Next::Code(language, code));
    }
    outcome
}

/// The command, and whether delayed expansion is on.
fn command(arguments: &str) -> Option<(String, bool)> {
    let mut delayed = false;
    let mut strip = false;
    let mut rest = arguments;
    loop {
        let (_, after) = rest.split_once('/')?;
        // Left over from an interpreter that did not see it.
        let after = after.trim_start_matches('^');
        let mut chars = after.chars();
        let letter = chars.next()?.to_ascii_lowercase();
        rest = chars.as_str();
        match letter {
            'c' | 'k' | 'r' => return Some((unquoted(rest, strip), delayed)),
            'v' => delayed = !starts(rest, ":off"),
            's' => strip = true,
            _ => {}
        }
    }
}

fn starts(text: &str, start: &str) -> bool {
    let head = text.get(..start.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// The command without the quotation marks around it: the first and the last.
fn unquoted(text: &str, strip: bool) -> String {
    let text = text.trim_start();
    let Some(inner) = text.strip_prefix('"') else {
        return text.to_owned();
    };
    let Some((body, after)) = inner.rsplit_once('"') else {
        return inner.to_owned();
    };
    let special = ['"', '&', '<', '>', '(', ')', '@', '^', '|'];
    let program =
        !body.contains(special) && body.contains(char::is_whitespace) && names_a_program(body);
    if program && !strip {
        return text.to_owned();
    }
    format!("{body}{after}")
}

/// Whether all of a text is the path of a program.
fn names_a_program(text: &str) -> bool {
    let base = path::base_name(text);
    let switches = text.contains(" /") || text.contains(" -");
    let known = path::executable_extension(&base).is_some() || tier(path::stem(&base)).is_some();
    known && !switches && text.contains(['\\', '/'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches() {
        for (arguments, code, delayed) in [
            ("/c calc", "calc", false),
            ("/k calc.exe", "calc.exe", false),
            ("/R calc", "calc", false),
            ("/ccalc", "calc", false),
            ("/c\"calc\"", "calc", false),
            ("/V:ON/C\"calc\"", "calc", true),
            ("/v/c calc", "calc", true),
            ("/v:off /c calc", "calc", false),
            (
                "/q /d /e:on /a /u /f:off /t:0a /s /c \"calc\"",
                "calc",
                false,
            ),
            (", /c calc", "calc", false),
            ("junk ;=/c calc", "calc", false),
            ("^/^c calc", "calc", false),
            ("/c \"a & \"b c\" d\"", "a & \"b c\" d", false),
            ("/c \"echo a\" & calc", "echo a & calc", false),
            (
                "/c \"C:\\Program Files\\x\\a.exe\"",
                "\"C:\\Program Files\\x\\a.exe\"",
                false,
            ),
            (
                "/s /c \"C:\\Program Files\\x\\a.exe\"",
                "C:\\Program Files\\x\\a.exe",
                false,
            ),
            ("/c \"powershell -c calc", "powershell -c calc", false),
            ("/c", "", false),
        ] {
            assert_eq!(
                command(arguments),
                Some((code.to_owned(), delayed)),
                "{arguments}"
            );
        }
        assert_eq!(command("calc"), None);
        assert_eq!(command("/q"), None);
    }
}
