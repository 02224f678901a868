//! Words of a message that may be the password of what comes with it: people send both in one mail.
//!
//! The most likely come first, because each costs the work of a key: what stands behind a word for
//! "password" in one of many languages, then what has letters and digits, then words of the subject.
//!
//! # Malformed input
//!
//! Any text is words. A message may name so many that the right one is not among them: what is
//! encrypted then stays a gap.
//!
//! # Worst cases
//!
//! Linear in the text that is given; at most [`LABELLED`], [`LIKELY`] and [`SUBJECT`] words of at
//! most [`LONGEST`] bytes are kept.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::format::ledger::Ledger;
use crate::markup::html::{Token, Tokens, is_inline, resolve, unicode};

/// Words of each kind that are kept.
const LABELLED: usize = 24;
const LIKELY: usize = 12;
const SUBJECT: usize = 6;
/// Bytes of a word.
const LONGEST: usize = 64;

/// Words behind a label that are taken, and words that may stand between, which are none.
const TAKEN: u32 = 3;
const BETWEEN: u32 = 6;

/// Letters of words without a label.
const USUAL: std::ops::RangeInclusive<usize> = 4..=32;

/// What people call a password, lower case: English, German, French, Spanish and Portuguese,
/// Italian, Dutch, the Nordic languages, Polish, Czech, Hungarian, Romanian, Turkish, Greek,
/// Russian and Ukrainian, Arabic, Hebrew.
const LABELS: &[&str] = &[
    "code",
    "codice",
    "contrasena",
    "contraseña",
    "geslo",
    "has\u{142}o",
    "haslo",
    "heslo",
    "jelszo",
    "jelszó",
    "kennwort",
    "key",
    "kod",
    "kode",
    "kodeord",
    "kodwort",
    "lozinka",
    "lösenord",
    "losenord",
    "parola",
    "parolă",
    "pass",
    "passcode",
    "passe",
    "passkey",
    "passord",
    "passphrase",
    "passwd",
    "password",
    "passwort",
    "pin",
    "psw",
    "pswd",
    "pw",
    "pwd",
    "salasana",
    "schlüssel",
    "senha",
    "wachtwoord",
    "\u{15f}ifre",
    "sifre",
    "κωδικός",
    "код",
    "пароль",
    "סיסמה",
    "סיסמא",
    "كلمة",
    "السر",
    "المرور",
];

/// The same in languages that write no blanks: Chinese, Japanese, Korean, Thai.
const JOINED: &[&str] = &[
    "密码",
    "密碼",
    "口令",
    "解压码",
    "パスワード",
    "暗証番号",
    "비밀번호",
    "암호",
    "รหัสผ่าน",
];

/// Words between a label and the password, lower case.
const FILLERS: &[&str] = &[
    "a",
    "archive",
    "archivo",
    "attached",
    "attachment",
    "da",
    "das",
    "datei",
    "de",
    "del",
    "der",
    "di",
    "die",
    "do",
    "document",
    "du",
    "e",
    "el",
    "es",
    "est",
    "ficher",
    "fichier",
    "file",
    "following",
    "for",
    "für",
    "is",
    "ist",
    "it",
    "la",
    "le",
    "lautet",
    "of",
    "open",
    "para",
    "per",
    "pour",
    "the",
    "this",
    "to",
    "von",
    "will",
    "be",
    "zip",
    "zum",
    "zur",
    "è",
    "é",
    "для",
    "к",
    "файла",
    "архива",
];

/// Particles between a label and the password where no blanks are written.
const PARTICLES: [char; 9] = ['是', '为', '為', 'は', '：', ':', '=', '는', '은'];

/// What stands around a word and is none of it.
const QUOTES: &[char] = &[
    '"', '\'', '`', '(', ')', '[', ']', '{', '}', '<', '>', '«', '»', '“', '”', '„', '‘', '’', '‚',
    '‹', '›', '「', '」', '『', '』', '【', '】', '《', '》', '（', '）', '*', '|', '\u{200b}',
    '\u{feff}',
];
/// What ends a sentence, and may end a password.
const STOPS: &[char] = &['.', ',', ';', ':', '。', '，', '；', '：', '、'];

/// The words of one message.
#[derive(Debug, Default)]
pub(in crate::format) struct Words {
    labelled: Vec<String>,
    likely: Vec<String>,
    subject: Vec<String>,
}

impl Words {
    /// Takes the words of a text of the message.
    pub(in crate::format) fn text(&mut self, text: &str) {
        // How many words behind a label may still be taken, and passed over.
        let (mut taken, mut between) = (0u32, 0u32);
        for token in text.split_whitespace() {
            if let Some(rest) = behind_label(token) {
                (taken, between) = (TAKEN, BETWEEN);
                if !bare(rest).is_empty() {
                    self.label(rest, &mut taken, &mut between);
                }
                continue;
            }
            if taken > 0 {
                self.label(token, &mut taken, &mut between);
            }
            let word = trimmed(token);
            if is_likely(word) {
                keep(&mut self.likely, LIKELY, word);
            }
        }
    }

    /// A word behind a label.
    fn label(&mut self, token: &str, taken: &mut u32, between: &mut u32) {
        let plain = bare(token);
        if plain.is_empty() || FILLERS.contains(&plain.to_lowercase().as_str()) {
            *between = between.saturating_sub(1);
            if *between == 0 {
                *taken = 0;
            }
            // It may be the password all the same, if there is room.
            return;
        }
        *taken = taken.saturating_sub(1);
        for word in [trimmed(token), plain, token] {
            keep(&mut self.labelled, LABELLED, word);
        }
    }

    /// Takes the words of the subject.
    pub(in crate::format) fn subject(&mut self, subject: &str) {
        self.text(subject);
        for token in subject.split_whitespace() {
            let word = trimmed(token);
            if USUAL.contains(&word.chars().count()) {
                keep(&mut self.subject, SUBJECT, word);
            }
        }
    }

    /// Hands the words on, the most likely first.
    pub(in crate::format) fn tell(&self, ledger: &mut Ledger<'_>) {
        for word in [&self.labelled, &self.likely, &self.subject]
            .into_iter()
            .flatten()
        {
            ledger.password_word(word);
        }
    }
}

/// Keeps a word once.
fn keep(words: &mut Vec<String>, most: usize, word: &str) {
    let fits = !word.is_empty() && word.len() <= LONGEST && words.len() < most;
    if fits && !words.iter().any(|known| known == word) {
        words.push(word.to_owned());
    }
}

/// What stands behind a word for "password" in the same token; `None` where there is none.
fn behind_label(token: &str) -> Option<&str> {
    for label in JOINED {
        if let Some(at) = token.find(label) {
            let rest = token.get(at..)?.strip_prefix(label)?;
            return Some(rest.trim_start_matches(PARTICLES));
        }
    }
    let split = |c: char| matches!(c, ':' | '=' | '：' | '→');
    let (head, rest) = match token.split_once(split) {
        Some((head, rest)) => (head, rest),
        None => (token, ""),
    };
    let head = bare(head);
    // No label has more bytes.
    if head.len() > LONGEST {
        return None;
    }
    let lower = head.to_lowercase();
    let is = |name: &str| LABELS.contains(&name);
    // `zip-password`, `Passwort/Password`.
    let parts = || lower.split(['-', '_', '/']);
    (is(&lower) || parts().any(is)).then_some(rest)
}

/// Without what stands around it, on both sides.
fn bare(token: &str) -> &str {
    token.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Without quotes and brackets, and without the end of the sentence.
fn trimmed(token: &str) -> &str {
    let outer = token.trim_matches(QUOTES).trim_end_matches(STOPS);
    outer.trim_matches(QUOTES)
}

/// Whether a word looks like a password by itself: letters and digits, and no address.
fn is_likely(word: &str) -> bool {
    let length = USUAL.contains(&word.chars().count());
    let mixed = word.chars().any(char::is_alphabetic) && word.chars().any(|c| c.is_ascii_digit());
    length && mixed && !word.contains(['/', '\\', '@']) && !word.contains("www.")
}

/// The text of bytes in an encoding that their headers name.
pub(in crate::format) fn decoded(bytes: &[u8], charset: Option<&str>) -> String {
    let named = charset.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = named.unwrap_or_else(|| {
        if std::str::from_utf8(bytes).is_ok_and(|text| !text.is_empty()) {
            UTF_8
        } else {
            WINDOWS_1252
        }
    });
    encoding.decode(bytes).0.into_owned()
}

/// The text of a page, without its tags.
pub(in crate::format) fn of_page(bytes: &[u8], charset: Option<&str>) -> String {
    let page = decoded(bytes, charset);
    let mut text = String::new();
    for (_, token) in Tokens::new(page.as_bytes()) {
        match token {
            Token::Text(piece) | Token::Data(piece) => {
                let piece = unicode(piece);
                text.push_str(&resolve(&piece).0);
            }
            Token::Start(tag) => space(&mut text, tag.name),
            Token::End(name) => space(&mut text, name),
            Token::Style(_)
            | Token::Script(_)
            | Token::Condition(_)
            | Token::EndCondition
            | Token::Shown => {}
        }
    }
    text
}

/// Elements that are no part of a line split words.
fn space(text: &mut String, name: &[u8]) {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    if !is_inline(&name) {
        text.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut words = Words::default();
        words.text(text);
        words.labelled.into_iter().chain(words.likely).collect()
    }

    fn first(text: &str) -> String {
        words(text).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn what_stands_behind_a_label_comes_first() {
        for (text, expected) in [
            ("Hi, file1 attached.\r\nPassword: Abc!23\r\n", "Abc!23"),
            ("the password is \"rosebud\".", "rosebud"),
            ("password:1234", "1234"),
            ("PASSWORD = invoice", "invoice"),
            ("Das Passwort lautet „Sommer2024“.", "Sommer2024"),
            ("mot de passe : azerty", "azerty"),
            ("La contraseña es [abc]", "abc"),
            ("Contraseña del archivo: abc", "abc"),
            ("a senha é segredo,", "segredo"),
            ("Пароль: привет", "привет"),
            ("пароль к архиву 777", "архиву"),
            ("解压密码：abc123", "abc123"),
            ("密码是8888。", "8888"),
            ("ZIP-Password (please keep): x1y2", "please"),
            ("pwd:\u{a0}<geheim>", "geheim"),
            ("Pass → Wort", "Wort"),
        ] {
            assert_eq!(first(text), expected, "{text}");
        }
        // A stop at the end may be a part of it.
        assert_eq!(words("password: end.")[..2], ["end", "end."]);
        assert!(words("пароль к архиву 777").contains(&"777".to_owned()));
    }

    #[test]
    fn words_without_a_label_have_letters_and_digits() {
        let found = words("Order 12345 of Monday: see http://a.example/x1 or Inv2024 (A1b2).");
        assert_eq!(found, ["Inv2024", "A1b2"]);
        assert!(words("nothing to see here").is_empty());
    }

    #[test]
    fn words_are_few_and_short() {
        let text = format!(
            "password {} {}",
            "x".repeat(100),
            "password a1b2c3d4 ".repeat(9)
        );
        assert_eq!(first(&text), "a1b2c3d4");
        let many: String = (0..1_000).map(|n| format!("pw w{n}x ")).collect();
        assert_eq!(words(&many).len(), LABELLED + LIKELY);
    }

    #[test]
    fn tags_are_no_words() {
        let page =
            b"<html><style>p{password: x}</style><p>Pass<b>word</b>:</p><td>A<i>b</i>c1</td>\
            <p>x&amp;y";
        assert_eq!(
            of_page(page, None).split_whitespace().collect::<Vec<_>>(),
            ["Password:", "Abc1", "x&y"]
        );
        assert_eq!(first(&of_page(page, None)), "Abc1");
    }

    /// `пароль` in KOI8-R (RFC 1489).
    #[test]
    fn the_encoding_is_that_of_the_headers() {
        let text = b"\xd0\xc1\xd2\xcf\xcc\xd8: abc";
        assert_eq!(decoded(text, Some("koi8-r")), "пароль: abc");
        assert_eq!(decoded(b"caf\xe9", None), "café");
    }
}
