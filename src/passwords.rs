//! The passwords that are tried on what is encrypted, and where each comes from.
//!
//! The order is that of `spec/excel.md` §3.10: what Office itself tries without asking, what the
//! caller gave, what people use by custom, then the words of the messages that were read on the
//! way.
//!
//! # Worst cases
//!
//! A message adds at most [`WORDS`] words of [`LONGEST`] bytes; all messages of one analysis
//! together no more than that.

use std::cell::Cell;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, IBM866, KOI8_R, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252,
};

use crate::link::TechniqueId;

/// What Excel tries on workbooks and PowerPoint on presentations, without asking
/// (`spec/excel.md` §3.10).
const DEFAULTS: [&str; 2] = [EXCEL, "/01Hannes Ruescher/01"];

/// That of Excel.
const EXCEL: &str = "VelvetSweatshop";

/// The custom for samples sent to be analysed.
const CUSTOMARY: [&str; 1] = ["infected"];

/// Words of messages that are kept: a message names one password, and each costs up to 100,000
/// rounds.
#[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
const WORDS: usize = 64;

/// Bytes of the longest word that is taken: Excel allows 255 characters, people write some ten.
#[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
const LONGEST: usize = 64;

/// The passwords of one analysis.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passwords {
    given: Vec<String>,
    words: Vec<String>,
    /// Attachments that are encrypted as a whole and were not tried yet.
    locked: Cell<u64>,
}

/// One password, and what it says of a document when it opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Password<'a> {
    pub(crate) text: &'a str,
    pub(crate) technique: TechniqueId,
}

impl Passwords {
    /// Those that the caller gave, in his order.
    pub(crate) fn new<'a>(given: impl IntoIterator<Item = &'a str>) -> Self {
        Passwords {
            given: given.into_iter().map(str::to_owned).collect(),
            words: Vec::new(),
            locked: Cell::new(0),
        }
    }

    /// A word of a message that may be the password of what came with it. Words that are too long,
    /// known, or too many are passed over.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    pub(crate) fn add_word(&mut self, word: &str) {
        let fits = !word.is_empty() && word.len() <= LONGEST && self.words.len() < WORDS;
        if fits && !self.each().any(|known| known.text == word) {
            self.words.push(word.to_owned());
        }
    }

    /// So many more documents wait that are encrypted as a whole.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    pub(crate) fn expect(&self, locked: u64) {
        self.locked.set(self.locked.get().saturating_add(locked));
    }

    /// Which part of the rounds that are left one document may spend, so that those behind it have
    /// as much: one in so many. It waits no longer.
    #[cfg_attr(not(feature = "crypt"), allow(dead_code, reason = "for ciphers"))]
    pub(crate) fn share(&self) -> u64 {
        let locked = self.locked.get();
        self.locked.set(locked.saturating_sub(1));
        locked.max(1)
    }

    /// All of them, for documents of which each trial is dear: what is only a custom comes last.
    #[cfg_attr(not(feature = "crypt"), allow(dead_code, reason = "for ciphers"))]
    pub(crate) fn dear(&self) -> Vec<Password<'_>> {
        let mut all: Vec<_> = self.each().collect();
        all.sort_by_key(|password| {
            let is = |technique| password.technique == technique;
            is(TechniqueId::DecryptedDefaultPassword) && password.text != EXCEL
                || is(TechniqueId::DecryptedCustomaryPassword)
        });
        all
    }

    /// All of them, in the order in which they are tried.
    pub(crate) fn each(&self) -> impl Iterator<Item = Password<'_>> {
        let from = |technique| move |text| Password { text, technique };
        let given = self.given.iter().map(String::as_str);
        let words = self.words.iter().map(String::as_str);
        DEFAULTS
            .into_iter()
            .map(from(TechniqueId::DecryptedDefaultPassword))
            .chain(given.map(from(TechniqueId::DecryptedGivenPassword)))
            .chain(CUSTOMARY.map(from(TechniqueId::DecryptedCustomaryPassword)))
            .chain(words.map(from(TechniqueId::DecryptedMessagePassword)))
    }
}

/// The encodings in which programs of archives take what is typed, besides UTF-8 and that of the
/// IBM PC: those of Windows and DOS by country.
const ENCODINGS: [&Encoding; 9] = [
    IBM866,
    WINDOWS_1251,
    WINDOWS_1252,
    WINDOWS_1250,
    GBK,
    SHIFT_JIS,
    EUC_KR,
    BIG5,
    KOI8_R,
];

/// The letters of code page 437 that are letters, from 0x80 on.
const IBM437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº";

/// The bytes that a password may stand for in an archive, which says nothing of its encoding
/// (APPNOTE D.1): UTF-8 first.
pub(crate) fn spellings(text: &str) -> Vec<Vec<u8>> {
    let mut all = vec![text.as_bytes().to_vec()];
    if text.is_ascii() {
        return all;
    }
    let of_pc = |letter: char| {
        if let Ok(byte) = u8::try_from(letter)
            && byte.is_ascii()
        {
            return Some(byte);
        }
        let at = match letter {
            // The one Greek letter that is German as well.
            'ß' => 0x61,
            _ => IBM437.chars().position(|known| known == letter)?,
        };
        u8::try_from(at).ok()?.checked_add(0x80)
    };
    all.extend(text.chars().map(of_pc).collect::<Option<Vec<u8>>>());
    for encoding in ENCODINGS {
        let (bytes, _, is_lossy) = encoding.encode(text);
        if !is_lossy && !all.iter().any(|known| **known == *bytes) {
            all.push(bytes.into_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code charts of Unicode (`CP866.TXT`, `CP1251.TXT`, `CP437.TXT`).
    #[test]
    fn passwords_in_the_encodings_of_archives() {
        assert_eq!(spellings("abc"), [b"abc"]);
        let cyrillic = spellings("тест");
        assert_eq!(cyrillic[0], "тест".as_bytes());
        assert!(cyrillic.contains(&b"\xe2\xa5\xe1\xe2".to_vec()));
        assert!(cyrillic.contains(&b"\xf2\xe5\xf1\xf2".to_vec()));
        let german = spellings("Grüße");
        assert!(german.contains(&b"Gr\x81\xe1e".to_vec()));
        assert!(german.contains(&b"Gr\xfc\xdfe".to_vec()));
    }

    #[test]
    fn words_of_messages_come_last_and_are_few() {
        let mut passwords = Passwords::new(["secret"]);
        for word in ["secret", "infected", "", &"x".repeat(65), "1234"] {
            passwords.add_word(word);
        }
        let all: Vec<&str> = passwords.each().map(|password| password.text).collect();
        let expected = [
            "VelvetSweatshop",
            "/01Hannes Ruescher/01",
            "secret",
            "infected",
            "1234",
        ];
        assert_eq!(all, expected);
        for number in 0..1_000 {
            passwords.add_word(&number.to_string());
        }
        assert_eq!(passwords.each().count(), 4 + WORDS);
    }
}
