//! One line of a SYLK file: its type and its fields (`spec/excel.md` §4.1, A.4).
//!
//! # Malformed input
//!
//! Nothing is refused: a line without `;` is a type, a field without a letter has none. Control
//! characters in front of a type or a letter are dropped, as programs drop NULs.

use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;
/// Accents that stand in front of a letter, behind `ESC N`, in the order of their codes from 0x40
/// (T.51; the spreadsheet specification, A.4).
const ACCENTS: u8 = 0x10;
/// Characters of a type. Those of Excel have one or two.
const TYPE: usize = 8;

/// The type of a record, upper case, and its fields.
pub(super) fn record(line: &str) -> (String, Fields<'_>) {
    let mut fields = Fields {
        rest: Some(line),
        at: 0,
    };
    let kind = fields.part().map(|part| part.value).unwrap_or_default();
    let kind = kind
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace());
    let mut kind = kind.take(TYPE).collect::<String>();
    if kind.is_ascii() {
        kind.make_ascii_uppercase();
    } else {
        kind = kind.to_uppercase();
    }
    (kind, fields)
}

/// The fields of a record.
#[derive(Clone, Debug)]
pub(super) struct Fields<'l> {
    rest: Option<&'l str>,
    at: usize,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'l> {
    /// Upper case.
    pub(super) letter: char,
    /// Escapes undone.
    pub(super) value: Cow<'l, str>,
    /// The rest of the line from the value on, as it stands.
    pub(super) rest: &'l str,
    /// Bytes of the line in front of the field.
    pub(super) at: usize,
}

struct PartOfLine<'l> {
    value: Cow<'l, str>,
    rest: &'l str,
    at: usize,
}

impl<'l> Fields<'l> {
    /// The text up to the next `;` that stands alone.
    fn part(&mut self) -> Option<PartOfLine<'l>> {
        let text = self.rest.take()?;
        let start = self.at;
        let bytes = text.as_bytes();
        let mut plain: Option<String> = None;
        let (mut from, mut at) = (0usize, 0usize);
        let mut end = text.len();
        while let Some(found) = bytes
            .get(at..)
            .and_then(|rest| memchr::memchr2(b';', ESCAPE, rest))
        {
            let here = at.saturating_add(found);
            let after = here.saturating_add(1);
            let behind = text.get(after..).unwrap_or_default();
            let mut keep = |to: usize| {
                let kept = text.get(from..to).unwrap_or_default();
                plain.get_or_insert_default().push_str(kept);
            };
            if bytes.get(here) == Some(&b';') {
                if !behind.starts_with(';') {
                    end = here;
                    self.rest = Some(behind);
                    self.at = start.saturating_add(after);
                    break;
                }
                keep(after);
                from = after.saturating_add(1);
                at = from;
            } else if let Some((letter, length)) = accented(behind) {
                keep(here);
                plain.get_or_insert_default().extend(letter);
                from = after.saturating_add(length);
                at = from;
            } else {
                // Left where it is: that it is dropped is said of every control character.
                at = after;
            }
        }
        let last = text.get(from..end).unwrap_or_default();
        let value = match plain {
            Some(mut plain) => {
                plain.push_str(last);
                Cow::Owned(plain)
            }
            None => Cow::Borrowed(last),
        };
        Some(PartOfLine {
            value,
            rest: text,
            at: start,
        })
    }
}

impl<'l> Iterator for Fields<'l> {
    type Item = Field<'l>;

    fn next(&mut self) -> Option<Field<'l>> {
        let PartOfLine { value, rest, at } = self.part()?;
        let dropped = |c: char| c.is_control() || c.is_whitespace();
        let letter = |text: &str| match text.as_bytes().first() {
            Some(first) if first.is_ascii_graphic() => Some(char::from(*first)),
            Some(_) | None => text.trim_start_matches(dropped).chars().next(),
        };
        let first = letter(&value);
        let skip = |text: &str| {
            // Most often the letter stands first.
            if text.as_bytes().first().is_some_and(u8::is_ascii_graphic) {
                return 1;
            }
            let tail = text.trim_start_matches(dropped);
            let length = tail.chars().next().map_or(0, char::len_utf8);
            text.len().saturating_sub(tail.len()).saturating_add(length)
        };
        let value = match value {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(skip(text)..).unwrap_or_default()),
            Cow::Owned(mut text) => {
                text.drain(..skip(&text));
                Cow::Owned(text)
            }
        };
        Some(Field {
            letter: first.map_or(' ', |c| c.to_ascii_uppercase()),
            value,
            rest: rest.get(skip(rest)..).unwrap_or_default(),
            at,
        })
    }
}

/// The letter that `N` and what follows it spell, and how many bytes that takes. `None` when what
/// follows the escape is no accented letter.
fn accented(behind: &str) -> Option<(Option<char>, usize)> {
    let rest = behind.strip_prefix('N')?;
    let mut letters = rest.chars();
    let code = letters.next()?;
    let accent = u32::from(code).checked_sub(0x40);
    let accent = accent.and_then(|accent| u8::try_from(accent).ok());
    if accent.is_none_or(|accent| accent >= ACCENTS) {
        return Some((special(code), code.len_utf8().saturating_add(1)));
    }
    let Some(letter) = letters.next().filter(|letter| *letter != ';') else {
        return Some((None, code.len_utf8().saturating_add(1)));
    };
    let length = letter.len_utf8().saturating_add(code.len_utf8());
    Some((Some(compose(code, letter)), length.saturating_add(1)))
}

/// An accent over a letter; the letter alone where there is none such in windows-1252.
fn compose(accent: char, letter: char) -> char {
    let row = match accent {
        'A' => "AÀEÈIÌOÒUÙaàeèiìoòuù",
        'B' => "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyý",
        'C' => "AÂEÊIÎOÔUÛaâeêiîoôuû",
        'D' => "AÃNÑOÕaãnñoõ",
        'H' => "AÄEËIÏOÖUÜaäeëiïoöuüyÿ",
        'J' => "AÅaå",
        'K' => "CÇcç",
        'O' => "SŠZŽsšzž",
        _ => "",
    };
    let mut pairs = row.chars();
    while let (Some(plain), Some(accented)) = (pairs.next(), pairs.next()) {
        if plain == letter {
            return accented;
        }
    }
    letter
}

/// The other characters that `ESC N` spells, as far as a formula may have them (T.51).
fn special(code: char) -> Option<char> {
    Some(match code {
        '!' => '¡',
        '"' => '¢',
        '#' => '£',
        '%' => '¥',
        '\'' => '§',
        '+' => '«',
        '0' => '°',
        '1' => '±',
        '2' => '²',
        '3' => '³',
        '5' => 'µ',
        '6' => '¶',
        '7' => '·',
        ';' => '»',
        '?' => '¿',
        'a' => 'Æ',
        'i' => 'Ø',
        'q' => 'æ',
        'y' => 'ø',
        '{' => 'ß',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> (String, Vec<(char, String)>) {
        let (kind, fields) = record(line);
        let fields = fields.map(|field| (field.letter, field.value.into_owned()));
        (kind, fields.collect())
    }

    /// `spec/excel.md` §4.1, A.4.
    #[test]
    fn a_doubled_semicolon_is_one() {
        let (kind, fields) = parts("C;Y1;X2;K\"a;;b\";Ecmd|'/c a;;b'!A0");
        assert_eq!(kind, "C");
        let expected = [
            ('Y', "1"),
            ('X', "2"),
            ('K', "\"a;b\""),
            ('E', "cmd|'/c a;b'!A0"),
        ];
        assert_eq!(fields, expected.map(|(c, text)| (c, text.to_owned())));
        assert_eq!(parts("c;e1;;;;2").1, [('E', "1;;2".to_owned())]);
        assert_eq!(parts("ID").1, []);
        assert_eq!(parts("\0c ; E=1").1, [('E', "=1".to_owned())]);
    }

    #[test]
    fn accents_are_letters() {
        assert_eq!(
            parts("C;K\u{1b}NAa\u{1b}NHu\u{1b}N{x").1,
            [('K', "àüßx".to_owned())]
        );
        // Other escapes stay, and are dropped with the control characters.
        assert_eq!(parts("C;Ec\u{1b}md").1, [('E', "c\u{1b}md".to_owned())]);
        // Nothing is lost at the end of a field.
        assert_eq!(
            parts("C;E\u{1b}NA;K1").1,
            [('E', String::new()), ('K', "1".to_owned())]
        );
    }

    #[test]
    fn junk_is_linear() {
        for junk in [";", ";;", "\u{1b}", "\u{1b}N", ";E", ";;;", "\u{1b}NA"] {
            let line = junk.repeat(300_000);
            let _ = parts(&line);
        }
    }
}
