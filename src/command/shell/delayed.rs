//! Delayed expansion, the fifth phase: `!name!` with the same pieces as `%name%`, when the command
//! runs. A caret in a text with an exclamation mark disappears, and escapes the next character.
//!
//! An unknown variable stays as it is written on a command line. Source: `cmd /?` (`/V:ON`);
//! D. Benham's phase 5; `cmd /v:on /c "echo !foo!"`, which prints `!foo!`.

use super::environment::Environment;
use super::percent::{Expanded, expand};

/// Expands what stands between exclamation marks.
pub(super) fn delayed(
    text: &str,
    env: &Environment,
    pay: &mut dyn FnMut(usize) -> bool,
) -> Option<Expanded> {
    if !text.contains('!') {
        return Some(Expanded {
            text: text.to_owned(),
            ..Expanded::default()
        });
    }
    let mut clean = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '^' => clean.extend(chars.next()),
            c => clean.push(c),
        }
    }
    expand(&clean, '!', false, env, pay)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exclamation_marks() {
        let mut env = Environment::default();
        env.set("x", "xcalcx".into());
        for (text, expected) in [
            ("!x!", "xcalcx"),
            ("!x:~1,4!", "calc"),
            ("!X:x=!", "calc"),
            ("!nope! !x", "!nope! !x"),
            ("c^alc", "c^alc"),
            ("!x:~1,4! ^a", "calc a"),
        ] {
            assert_eq!(delayed(text, &env, &mut |_| true).unwrap().text, expected);
        }
    }
}
