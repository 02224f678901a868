//! QUOTE, and the character codes that it and SYMBOL take.

use super::eval::Value;
use super::keyword::Arguments;
use super::lexer::{Form, Token};
use crate::link::TechniqueId;

/// QUOTE and its old synonym SHAPE: the arguments joined, numbers that are not in quotes read as
/// character codes ([MS-OI29500] 2.1.493, 3.1.3.2.6). Whether the number that a nested field
/// gives is a code or text is not documented: both are values, the code first when
/// `numbers` says that a formula gives it.
pub(super) fn quote(arguments: &Arguments<'_>, shape: bool, numbers: bool) -> Vec<Value> {
    let nested =
        |token: &Token| token.opaque && token.form == Form::Word && code(&token.text).is_some();
    let doubt = arguments.words.iter().any(|token| nested(token));
    let read = |codes: bool| {
        let mut value = Value::certain("");
        value.notes.shape = shape;
        for token in &arguments.words {
            let spelled = if token.form == Form::Word && (codes || !token.opaque) {
                code(&token.text)
            } else {
                None
            };
            let Some((character, hex)) = spelled else {
                value.text.push_str(&token.text);
                continue;
            };
            value.notes.codes = true;
            value.notes.hex |= hex;
            value.text.extend(character);
        }
        if value.notes.hex {
            value.steps.push(TechniqueId::HexCodes);
        } else if value.notes.codes {
            value.steps.push(TechniqueId::QuoteCodes);
        }
        value
    };
    // Among codes a number is one more of them.
    let among = arguments.words.iter().any(|token| !token.opaque)
        && arguments
            .words
            .iter()
            .all(|token| code(&token.text).is_some());
    match (doubt, numbers || among) {
        (false, _) => vec![read(false)],
        (true, false) => vec![read(false), read(true)],
        (true, true) => vec![read(true), read(false)],
    }
}

/// What a code stands for: one to three decimal digits, or `0x` and one to four hexadecimal ones.
/// The character is `None` for codes that are refused (13, NUL, surrogates).
pub(super) fn code(word: &str) -> Option<(Option<char>, bool)> {
    let hex = word
        .strip_prefix("0x")
        .or_else(|| word.strip_prefix("0X"))
        .filter(|digits| (1..=4).contains(&digits.len()))
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    if let Some(number) = hex {
        return Some((character(number), true));
    }
    let decimal = Some(word)
        .filter(|digits| (1..=3).contains(&digits.len()))
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok());
    decimal.map(|number| (character(number), false))
}

fn character(number: u32) -> Option<char> {
    match number {
        0 | 13 => None,
        128..=159 => {
            let byte = [u8::try_from(number).ok()?];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            text.chars().next()
        }
        _ => char::from_u32(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::keyword::Keyword;
    use crate::field::lexer::{Span, lex};

    fn texts(spans: &[Span<'_>], numbers: bool) -> Vec<String> {
        let lexed = lex(spans, false);
        let arguments = Arguments::of(Keyword::Quote, &lexed.tokens);
        let values = quote(&arguments, false, numbers);
        values.into_iter().map(|value| value.text).collect()
    }

    fn text(instruction: &str) -> String {
        texts(&[Span::plain(instruction)], false).remove(0)
    }

    #[test]
    fn quote_joins_codes_and_text() {
        assert_eq!(text("QUOTE 99 109 100"), "cmd");
        assert_eq!(text("QUOTE 0x63 0X6D 0x0064"), "cmd");
        assert_eq!(text("QUOTE 47 107 32 99"), "/k c");
        assert_eq!(text(r#"QUOTE "99" a 1234"#), "99a1234");
    }

    #[test]
    fn codes_of_the_upper_half_and_refused_codes() {
        // 150 is an en dash in code page 1252; 13 is refused ([MS-OI29500] 2.1.493).
        assert_eq!(text("QUOTE 150 13 65"), "\u{2013}A");
        assert!(text("QUOTE 0xD800").is_empty());
    }

    #[test]
    fn a_number_from_a_nested_field_has_two_readings() {
        let nested = Span {
            text: "67",
            opaque: true,
        };
        let spans = [Span::plain("QUOTE "), nested];
        assert_eq!(texts(&spans, false), ["67", "C"]);
        assert_eq!(texts(&spans, true), ["C", "67"]);
        let among = [Span::plain("QUOTE 65 "), nested];
        assert_eq!(texts(&among, false), ["AC", "A67"]);
    }
}
