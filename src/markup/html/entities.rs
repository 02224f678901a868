//! Character references of HTML (HTML standard §13.2.5.72 and §13.5).
//!
//! # Malformed input
//!
//! A numeric reference needs no semicolon, nor do the oldest names. What is no reference stands
//! for itself.

use std::borrow::Cow;

use memchr::memchr;

/// Bytes in which a reference ends.
const LONGEST: usize = 32;

/// Names that matter for an instruction, a formula or an address: ASCII, blanks, quotation marks,
/// and the invisible characters that are dropped (`spec/excel.md` §0.4).
const NAMES: &[(&str, &str)] = &[
    ("AMP", "&"),
    ("ApplyFunction", "\u{2061}"),
    ("CloseCurlyQuote", "\u{2019}"),
    ("DiacriticalGrave", "`"),
    ("GT", ">"),
    ("Hat", "^"),
    ("InvisibleComma", "\u{2063}"),
    ("InvisibleTimes", "\u{2062}"),
    ("LT", "<"),
    ("NegativeMediumSpace", "\u{200b}"),
    ("NegativeThickSpace", "\u{200b}"),
    ("NegativeThinSpace", "\u{200b}"),
    ("NegativeVeryThinSpace", "\u{200b}"),
    ("NewLine", "\n"),
    ("NoBreak", "\u{2060}"),
    ("NonBreakingSpace", "\u{a0}"),
    ("OpenCurlyQuote", "\u{2018}"),
    ("QUOT", "\""),
    ("Tab", "\t"),
    ("ThinSpace", "\u{2009}"),
    ("UnderBar", "_"),
    ("VerticalLine", "|"),
    ("VeryThinSpace", "\u{200a}"),
    ("ZeroWidthSpace", "\u{200b}"),
    ("af", "\u{2061}"),
    ("amp", "&"),
    ("apos", "'"),
    ("ast", "*"),
    ("bdquo", "\u{201e}"),
    ("bsol", "\\"),
    ("colon", ":"),
    ("comma", ","),
    ("commat", "@"),
    ("dash", "\u{2010}"),
    ("dollar", "$"),
    ("emsp", "\u{2003}"),
    ("emsp13", "\u{2004}"),
    ("emsp14", "\u{2005}"),
    ("ensp", "\u{2002}"),
    ("equals", "="),
    ("excl", "!"),
    ("grave", "`"),
    ("gt", ">"),
    ("hairsp", "\u{200a}"),
    ("hellip", "\u{2026}"),
    ("ic", "\u{2063}"),
    ("it", "\u{2062}"),
    ("lbrace", "{"),
    ("lbrack", "["),
    ("lcub", "{"),
    ("ldquo", "\u{201c}"),
    ("lowbar", "_"),
    ("lpar", "("),
    ("lrm", "\u{200e}"),
    ("lsqb", "["),
    ("lsquo", "\u{2018}"),
    ("lsquor", "\u{201a}"),
    ("lt", "<"),
    ("mdash", "\u{2014}"),
    ("midast", "*"),
    ("nbsp", "\u{a0}"),
    ("ndash", "\u{2013}"),
    ("num", "#"),
    ("numsp", "\u{2007}"),
    ("percnt", "%"),
    ("period", "."),
    ("plus", "+"),
    ("puncsp", "\u{2008}"),
    ("quest", "?"),
    ("quot", "\""),
    ("rbrace", "}"),
    ("rbrack", "]"),
    ("rcub", "}"),
    ("rdquo", "\u{201d}"),
    ("rlm", "\u{200f}"),
    ("rpar", ")"),
    ("rsqb", "]"),
    ("rsquo", "\u{2019}"),
    ("rsquor", "\u{2019}"),
    ("sbquo", "\u{201a}"),
    ("semi", ";"),
    ("shy", "\u{ad}"),
    ("sol", "/"),
    ("thinsp", "\u{2009}"),
    ("verbar", "|"),
    ("vert", "|"),
    ("zwj", "\u{200d}"),
    ("zwnj", "\u{200c}"),
];

/// Names that count without a semicolon.
const OLD: &[&str] = &[
    "AMP", "GT", "LT", "QUOT", "amp", "gt", "lt", "nbsp", "quot", "shy",
];

/// What a text says, and whether ASCII letters or digits in it are spelled with references, for
/// which there is no need.
pub(crate) fn resolve(text: &str) -> (Cow<'_, str>, bool) {
    let Some(first) = memchr(b'&', text.as_bytes()) else {
        return (Cow::Borrowed(text), false);
    };
    let (head, mut rest) = text.split_at_checked(first).unwrap_or((text, ""));
    let mut out = String::from(head);
    let mut needless = false;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        let (plain, reference) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let body = reference.get(1..).unwrap_or_default();
        if let Some((meaning, length)) = numeric(body) {
            needless |= meaning.is_ascii_alphanumeric();
            out.push(meaning);
            rest = body.get(length..).unwrap_or_default();
        } else if let Some((meaning, length)) = named(body) {
            out.push_str(meaning);
            rest = body.get(length..).unwrap_or_default();
        } else {
            out.push('&');
            rest = body;
        }
    }
    out.push_str(rest);
    (Cow::Owned(out), needless)
}

/// A reference by number behind its `&`, and its length.
fn numeric(body: &str) -> Option<(char, usize)> {
    let digits = body.strip_prefix('#')?;
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let length = digits
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits.len());
    if length == 0 {
        return None;
    }
    let mut code = 0u32;
    for digit in digits.get(..length)?.chars() {
        code = code
            .saturating_mul(radix)
            .saturating_add(digit.to_digit(radix)?);
    }
    let end = body
        .len()
        .saturating_sub(digits.len())
        .saturating_add(length);
    let semicolon = body.get(end..).is_some_and(|rest| rest.starts_with(';'));
    Some((character(code), end.saturating_add(usize::from(semicolon))))
}

/// The character of a code. Codes that are controls are characters of windows-1252.
fn character(code: u32) -> char {
    if let 0x80..=0x9f = code
        && let Ok(byte) = u8::try_from(code)
    {
        let byte = [byte];
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
        return text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::from_u32(code)
        .filter(|c| *c != '\0')
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A reference by name behind its `&`, and its length.
fn named(body: &str) -> Option<(&'static str, usize)> {
    let length = body
        .bytes()
        .take(LONGEST)
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(body.len().min(LONGEST));
    let name = body.get(..length)?;
    if body.as_bytes().get(length) == Some(&b';') {
        let meaning = NAMES.iter().find(|(known, _)| *known == name)?.1;
        return Some((meaning, length.saturating_add(1)));
    }
    let old = OLD.iter().filter(|old| name.starts_with(*old));
    let old = old.max_by_key(|old| old.len())?;
    let meaning = NAMES.iter().find(|(known, _)| known == old)?.1;
    Some((meaning, old.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_names_and_neither() {
        let all = [
            ("plain", "plain", false),
            ("&#68;DE", "DDE", true),
            ("&equals;cmd&VerticalLine;x&excl;", "=cmd|x!", false),
            (
                "c&lrm;m&NegativeVeryThinSpace;d",
                "c\u{200e}m\u{200b}d",
                false,
            ),
            ("&#x44DEAUTO", "\u{44dea}UTO", false),
            ("&#x44;DE&#65UTO", "DDEAUTO", true),
            ("&quot;/k&quot", "\"/k\"", false),
            ("c&colon;&bsol;x&period;exe", "c:\\x.exe", false),
            ("&nbsp&nbsp;a", "\u{a0}\u{a0}a", false),
            ("&#147;a&#148;", "\u{201c}a\u{201d}", false),
            ("a & b &nope; &;&#;&#x;", "a & b &nope; &;&#;&#x;", false),
            ("&#99999999999;&#0;", "\u{fffd}\u{fffd}", false),
        ];
        for (text, plain, needless) in all {
            assert_eq!(resolve(text), (Cow::Borrowed(plain), needless), "{text}");
        }
    }
}
