//! Words of a message that may be passwords of what comes with it.
//!
//! # Worst cases
//!
//! One pass over the text; the passwords of one analysis are few (`passwords`).

use crate::format::ledger::Ledger;

/// Words for "password" in the languages of much mail, lower case.
const PASSWORD: &[&str] = &[
    "code",
    "codice",
    "contrase\u{f1}a",
    "haslo",
    "has\u{142}o",
    "kennwort",
    "key",
    "mot",
    "parola",
    "pass",
    "passcode",
    "passcodes",
    "passe",
    "passord",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "passwort",
    "pin",
    "pw",
    "pwd",
    "pword",
    "senha",
    "wachtwoord",
    "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
    "\u{5bc6}\u{7801}",
    "\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}",
];
/// Words behind such a word that are taken.
const BEHIND: usize = 4;

/// Notes the words that stand behind a word for "password".
pub(super) fn note(text: &str, ledger: &mut Ledger<'_>) {
    let mut left = 0usize;
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ':' | '=')) {
        let bare = word.trim_matches(|c: char| {
            "\"'`()[]<>{},.;!?*\u{201c}\u{201d}\u{201e}\u{2018}\u{2019}".contains(c)
        });
        if bare.is_empty() {
            continue;
        }
        if PASSWORD.contains(&bare.to_lowercase().as_str()) {
            left = BEHIND;
        } else if left > 0 {
            left = left.saturating_sub(1);
            ledger.password_word(bare);
            if bare != word {
                ledger.password_word(word);
            }
        }
    }
}
