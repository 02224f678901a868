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
//! Linear in the text that is given; at most [`LABELLED`], twice [`LIKELY`] and [`SUBJECT`] words of at
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
    "解壓碼",
    "提取码",
    "提取碼",
    "访问码",
    "暗号",
    "暗証番号",
    "パスコード",
    "パスワード",
    "合言葉",
    "비밀번호",
    "비번",
    "암호",
    "패스워드",
    "รหัสผ่าน",
    "รหัส",
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
const PARTICLES: [char; 11] = [
    '是', '为', '為', 'は', '：', ':', '=', '는', '은', '→', 'が',
];

/// Quotes that open and close.
const PAIRS: &[(char, char)] = &[
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('“', '”'),
    ('„', '“'),
    ('«', '»'),
    ('‘', '’'),
    ('「', '」'),
    ('『', '』'),
    ('【', '】'),
    ('《', '》'),
    ('[', ']'),
    ('<', '>'),
];

/// Characters behind a label in which a password with blanks stands.
const PHRASE: usize = 128;

/// What stands around a word and is none of it.
const QUOTES: &[char] = &[
    '"', '\'', '`', '(', ')', '[', ']', '{', '}', '<', '>', '«', '»', '“', '”', '„', '‘', '’', '‚',
    '‹', '›', '「', '」', '『', '』', '【', '】', '《', '》', '（', '）', '*', '|', '\u{200b}',
    '\u{feff}',
];
/// What ends a sentence, and may end a password.
const STOPS: &[char] = &[
    '.', ',', ';', ':', '。', '，', '；', '：', '、', '！', '!', '？', '?',
];

/// The words of one message.
#[derive(Debug, Default)]
pub(in crate::format) struct Words {
    labelled: Vec<String>,
    phrases: Vec<String>,
    likely: Vec<String>,
    subject: Vec<String>,
}

impl Words {
    /// Takes the words of a text of the message.
    pub(in crate::format) fn text(&mut self, text: &str) {
        // How many words behind a label may still be taken, and passed over.
        let (mut taken, mut between) = (0u32, 0u32);
        let mut before = "";
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (token, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if let Some(label) = Label::find(token) {
                (taken, between) = (TAKEN, BETWEEN);
                let start = rest.len().saturating_sub(behind.len());
                let start = start.saturating_sub(label.rest.len());
                self.phrase(rest.get(start..).unwrap_or_default());
                if !bare(label.rest).is_empty() {
                    self.label(
                        label.rest.trim_start_matches(PARTICLES),
                        &mut taken,
                        &mut between,
                    );
                }
                // "X is the password".
                for word in [label.front, before] {
                    let word = trimmed(word);
                    if USUAL.contains(&word.chars().count()) {
                        keep(&mut self.likely, LIKELY, word);
                    }
                    for piece in latin(word) {
                        keep(&mut self.likely, LIKELY, piece);
                    }
                }
            } else {
                if taken > 0 {
                    self.label(token, &mut taken, &mut between);
                }
                let word = trimmed(token);
                if is_likely(word) {
                    keep(&mut self.likely, LIKELY, word);
                }
                let is_filler = FILLERS.contains(&bare(token).to_lowercase().as_str());
                if !is_filler && !bare(token).is_empty() && token.len() <= LONGEST {
                    before = token;
                }
            }
            rest = behind.trim_start();
        }
    }

    /// What stands behind a label as a whole: in quotes, or to the end of the line. A password may
    /// have blanks in it.
    fn phrase(&mut self, behind: &str) {
        let end = behind.char_indices().nth(PHRASE);
        let behind = end.and_then(|(end, _)| behind.get(..end)).unwrap_or(behind);
        let mut lines = behind.split(['\r', '\n']);
        let line = lines.find(|line| !bare(line).is_empty());
        let line = line.unwrap_or_default();
        for (open, close) in PAIRS {
            let Some((_, inside)) = line.split_once(*open) else {
                continue;
            };
            if let Some((inside, _)) = inside.split_once(*close) {
                keep(&mut self.labelled, LABELLED, inside);
                keep(&mut self.labelled, LABELLED, inside.trim());
            }
        }
        let is_said = line.trim_start().starts_with(PARTICLES);
        let whole = line.trim_start_matches(PARTICLES).trim();
        if is_said && whole.contains(char::is_whitespace) {
            keep(&mut self.phrases, LIKELY, whole);
            keep(&mut self.phrases, LIKELY, trimmed(whole));
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
        // Where no blanks are written, other words stand around it.
        for word in latin(token) {
            keep(&mut self.labelled, LABELLED, word);
        }
        for word in [trimmed(token), plain, token] {
            keep(&mut self.labelled, LABELLED, word);
        }
        // Letters of full width are typed as others.
        let narrow: String = token.chars().map(narrowed).collect();
        if narrow != token {
            for word in [trimmed(&narrow), bare(&narrow)] {
                keep(&mut self.labelled, LABELLED, word);
            }
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
        for word in [&self.labelled, &self.phrases, &self.likely, &self.subject]
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

/// A token with a word for "password" in it.
struct Label<'t> {
    /// What stands in front of the word, where no blanks are written.
    front: &'t str,
    /// What stands behind it.
    rest: &'t str,
}

impl<'t> Label<'t> {
    fn find(token: &'t str) -> Option<Self> {
        // The first of them, so that what stands between two is behind one.
        let joined = JOINED
            .iter()
            .filter_map(|label| Some((token.find(label)?, label)))
            .min_by_key(|(at, label)| (*at, std::cmp::Reverse(label.len())));
        if let Some((at, label)) = joined {
            let (front, rest) = token.split_at_checked(at)?;
            let rest = rest.strip_prefix(label)?;
            return Some(Label { front, rest });
        }
        let split = |c: char| matches!(c, ':' | '=' | '：' | '→');
        let (head, rest) = match token.find(split) {
            Some(at) => token.split_at_checked(at)?,
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
        (is(&lower) || parts().any(is)).then_some(Label { front: "", rest })
    }
}

/// The runs of a token that a Latin keyboard types, where letters without blanks stand around them.
fn latin(token: &str) -> impl Iterator<Item = &str> {
    let is_joined = token.chars().any(is_unspaced);
    let token = Some(token).filter(|_| is_joined).unwrap_or_default();
    let runs = token.split(|c: char| !c.is_ascii_graphic());
    runs.map(|run| run.trim_matches(QUOTES).trim_start_matches([':', '=']))
        .flat_map(|run| [run.trim_end_matches(STOPS), run])
        .filter(|run| run.len() >= *USUAL.start() || run.chars().all(|c| c.is_ascii_digit()))
        .filter(|run| !run.is_empty())
}

/// Whether a letter is one of those between which no blanks are written: Chinese and Japanese
/// (with their punctuation), Korean, Thai.
fn is_unspaced(c: char) -> bool {
    matches!(
        c,
        '\u{e00}'..='\u{e7f}'
            | '\u{1100}'..='\u{11ff}'
            | '\u{3000}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff00}'..='\u{ffef}'
    )
}

/// The usual form of a letter of full width (Unicode, "Halfwidth and Fullwidth Forms").
fn narrowed(c: char) -> char {
    let code = u32::from(c);
    if !('\u{ff01}'..='\u{ff5e}').contains(&c) {
        return c;
    }
    char::from_u32(code.saturating_sub(0xfee0)).unwrap_or(c)
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
    fn words_where_no_blanks_are_written() {
        for (text, expected) in [
            ("解压密码：abc789，请查收", "abc789"),
            ("パスワード：「Kx7mQ2」です。", "Kx7mQ2"),
            ("비밀번호는 qwe123입니다", "qwe123"),
            ("您好，附件密码为Ab-12!，谢谢。", "Ab-12!"),
            ("密碼是8888。", "8888"),
            ("密码 ： ａｂｃ１２３", "abc123"),
            ("パスワードはtest_9です", "test_9"),
            ("암호: 가나다", "가나다"),
            ("abc789是解压密码", "abc789"),
            ("รหัสผ่านคือ abc789ครับ", "abc789"),
        ] {
            assert!(
                words(text).iter().any(|word| word == expected),
                "{text}: {:?}",
                words(text)
            );
        }
    }

    #[test]
    fn a_password_may_have_blanks() {
        for (text, expected) in [
            ("the password is \"open sesame\".", "open sesame"),
            ("password:\"open sesame\"", "open sesame"),
            (
                "Das Passwort lautet „Sesam öffne dich“!",
                "Sesam öffne dich",
            ),
            ("Password: open sesame\r\nBye", "open sesame"),
            ("パスワードは「open sesame」です", "open sesame"),
            ("rosebud is the password", "rosebud"),
        ] {
            let mut found = Words::default();
            found.text(text);
            let all = [found.labelled, found.phrases, found.likely].concat();
            assert!(all.iter().any(|word| word == expected), "{text}: {all:?}");
        }
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
