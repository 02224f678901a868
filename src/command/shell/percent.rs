//! Percent expansion, the first phase: `%name%`, `%name:~n,m%`, `%name:a=b%`.
//!
//! On a command line (which is what `cmd /c` runs) an unknown variable stays as it is written, `%%`
//! means nothing, and there are no arguments `%1`. Source: `set /?`; the description of the phases
//! of the Windows command interpreter by D. Benham ("How does the Windows Command Interpreter
//! (CMD.EXE) parse scripts?").
//!
//! # Worst cases
//!
//! Linear in the text and in what is put in; both are paid for.

use super::environment::{Environment, Value};
use super::pieces::{Piece, changed};

/// A text after expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    pub(super) text: String,
    /// Variables of Windows stood in it whole,
    pub(super) windows: bool,
    /// variables of the command,
    pub(super) own: bool,
    /// pieces of either.
    pub(super) substring: bool,
    pub(super) replacement: bool,
}

/// Expands what stands between two `mark`s. `only_own` leaves the variables of Windows alone.
/// `None` where there is no room for it.
pub(super) fn expand(
    text: &str,
    mark: char,
    only_own: bool,
    env: &Environment,
    pay: &mut dyn FnMut(usize) -> bool,
) -> Option<Expanded> {
    let mut expanded = Expanded::default();
    if !pay(text.len()) {
        return None;
    }
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        expanded.text.push_str(before);
        match reference(after, mark, env, only_own, pay) {
            Some(found) => {
                if !pay(found.value.len()) {
                    return None;
                }
                expanded.text.push_str(&found.value);
                match found.piece {
                    Some(Piece::Substring) => expanded.substring = true,
                    Some(Piece::Replacement) => expanded.replacement = true,
                    None => {}
                }
                match found.own {
                    true => expanded.own = true,
                    false => expanded.windows |= found.piece.is_none(),
                }
                rest = found.rest;
            }
            None => {
                expanded.text.push(mark);
                rest = after;
            }
        }
        if expanded.text.len() > super::LONGEST.max(text.len().saturating_mul(2)) {
            return None;
        }
    }
    expanded.text.push_str(rest);
    Some(expanded)
}

struct Reference<'t> {
    value: String,
    own: bool,
    piece: Option<Piece>,
    rest: &'t str,
}

/// What stands behind a mark, if it is a variable with a value.
fn reference<'t>(
    after: &'t str,
    mark: char,
    env: &Environment,
    only_own: bool,
    pay: &mut dyn FnMut(usize) -> bool,
) -> Option<Reference<'t>> {
    let end = after.find([mark, ':'])?;
    let (name, rest) = after.split_at_checked(end)?;
    // A name may end in a colon.
    let (name, rest) = match rest.strip_prefix(':') {
        Some(next) if next.starts_with(mark) => (after.get(..end.checked_add(1)?)?, next),
        _ => (name, rest),
    };
    let (value, own, varies) = match env.value(name)? {
        Value::Own(value) => (value, true, false),
        Value::Same(value) => (value, false, false),
        Value::Varies(value) => (value, false, true),
    };
    if only_own && !own {
        return None;
    }
    if let Some(rest) = rest.strip_prefix(mark) {
        return (!varies).then(|| Reference {
            value: value.to_owned(),
            own,
            piece: None,
            rest,
        });
    }
    let (change, rest) = rest.strip_prefix(':')?.split_once(mark)?;
    if !pay(value.len()) {
        return None;
    }
    let (value, piece) = changed(value, change)?;
    Some(Reference {
        value,
        own,
        piece: Some(piece),
        rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str, env: &Environment) -> String {
        expand(text, '%', false, env, &mut |_| true).unwrap().text
    }

    #[test]
    fn variables_of_windows() {
        let env = Environment::default();
        for (text, expected) in [
            (
                "%ComSpec% /c calc",
                "C:\\Windows\\system32\\cmd.exe /c calc",
            ),
            ("%COMSPEC:~-7,1%alc", "calc"),
            ("%CommonProgramFiles:~3,1%owershell", "Powershell"),
            ("%ProgramFiles(x86):~0,2%", "C:"),
            ("%OS:Windows_NT=calc%", "calc"),
            ("%OS:*_=ca%", "caNT"),
            // Unknown: as written, and the second sign may begin a name.
            ("%nope% 100% %windir%", "%nope% 100% C:\\Windows"),
            ("%nope%windir%", "%nopeC:\\Windows"),
            ("%%windir%%", "%C:\\Windows%"),
            ("%windir:~x%", "%windir:~x%"),
            ("%nope:~1%", "%nope:~1%"),
            // They depend on the user, except for a piece.
            ("%TEMP%\\a.exe", "%TEMP%\\a.exe"),
            ("%TEMP:~-4%", "Temp"),
            ("%APPDATA:~0,2%", "C:"),
            ("50%", "50%"),
            ("%", "%"),
            ("%:%", "%:%"),
        ] {
            assert_eq!(expanded(text, &env), expected, "{text}");
        }
    }

    #[test]
    fn what_was_seen() {
        let mut env = Environment::default();
        env.set("x", "calc".into());
        let seen = expand("%x% %os% %x:~1%", '%', false, &env, &mut |_| true).unwrap();
        assert_eq!(seen.text, "calc Windows_NT alc");
        assert!(seen.own && seen.windows && seen.substring && !seen.replacement);
        let own = expand("%x% %os%", '%', true, &env, &mut |_| true).unwrap();
        assert_eq!(own.text, "calc %os%");
    }
}
