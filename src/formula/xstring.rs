//! ST_Xstring: `_xHHHH_` stands for one UTF-16 unit (`spec/excel.md` §1.2).

use std::borrow::Cow;

/// The length of one escape: `_x`, four hexadecimal digits, `_`.
const ESCAPE: usize = 7;

/// Undoes the escapes, once: what an escape yields is not looked at again, so `_x005F_x0041_` is
/// the text `_x0041_`. Two escapes that make a surrogate pair give one character, half a pair
/// gives U+FFFD. Borrowed when there is none.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0_usize;
    let mut at = 0_usize;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("_x")) {
        let start = at.saturating_add(found);
        let Some(unit) = escape(text, start) else {
            at = start.saturating_add(1);
            continue;
        };
        let mut end = start.saturating_add(ESCAPE);
        let low = match unit {
            0xd800..=0xdbff => escape(text, end).filter(|low| matches!(low, 0xdc00..=0xdfff)),
            _ => None,
        };
        if low.is_some() {
            end = end.saturating_add(ESCAPE);
        }
        out.push_str(text.get(copied..start).unwrap_or_default());
        let units = [Some(unit), low];
        out.extend(
            char::decode_utf16(units.into_iter().flatten())
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
        );
        copied = end;
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// The unit of the escape that starts at `start`, if one does.
fn escape(text: &str, start: usize) -> Option<u16> {
    let digits = text
        .get(start..start.saturating_add(ESCAPE))?
        .strip_prefix("_x")?
        .strip_suffix('_')?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_utf_16_units() {
        assert_eq!(decode("_x0063__x006d_d"), "cmd");
        assert_eq!(decode("_x0063_md"), "cmd");
        assert_eq!(decode("_xD83D__xDE00_!"), "\u{1f600}!");
        assert_eq!(decode("_xD83D_a_xDE00_"), "\u{fffd}a\u{fffd}");
        assert_eq!(decode("a_x0000_b"), "a\0b");
    }

    #[test]
    fn an_escaped_underscore_escapes_an_escape() {
        assert_eq!(decode("_x005F_x0041_"), "_x0041_");
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            "_x",
            "_x00g1_",
            "_x063_",
            "_xlfn.IMAGE",
            "_X0063_",
            "a_x0063",
            "_x+063_",
        ] {
            assert_eq!(decode(text), text);
            assert!(matches!(decode(text), Cow::Borrowed(_)), "{text}");
        }
        assert_eq!(decode("_x_x0063_"), "_xc");
        assert_eq!(decode("_xéé0063_"), "_xéé0063_");
    }
}
