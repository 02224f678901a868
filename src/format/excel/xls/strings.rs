//! Strings: of one or two bytes a character in BIFF8, of bytes in a code page before
//! (`spec/excel.md` §3.3).
//!
//! # Malformed input
//!
//! A string has the characters that are there. Half a pair of surrogates becomes U+FFFD.

use encoding_rs::Encoding;

use super::records::Flow;
use crate::bytes::Bytes;
use crate::text::from_utf16;

/// The characters are two bytes each.
const WIDE: u8 = 0x01;
/// Phonetic information and formatting stand between the flags and the characters (§3.3).
const EXTENDED: u8 = 0x04;
const RICH: u8 = 0x08;

/// The characters of a string whose flags were read.
pub(super) fn characters(flow: &mut Flow<'_>, count: usize, flags: u8) -> String {
    let mut units = Vec::new();
    flow.characters(count, flags & WIDE != 0, |unit| {
        units.push(unit);
        true
    });
    from_utf16(units.into_iter())
}

/// A string without its length (`XLUnicodeStringNoCch`).
pub(super) fn without_length(flow: &mut Flow<'_>, count: usize) -> Option<String> {
    let flags = flow.byte()?;
    Some(characters(flow, count, flags))
}

/// A string with a length of two bytes (`XLUnicodeString`).
pub(super) fn unicode(flow: &mut Flow<'_>) -> Option<String> {
    let count = flow.u16()?;
    without_length(flow, usize::from(count))
}

/// A string with a length of one byte (`ShortXLUnicodeString`).
pub(super) fn short(flow: &mut Flow<'_>) -> Option<String> {
    let count = flow.byte()?;
    without_length(flow, usize::from(count))
}

/// What stands in front of the characters of a rich string, and what behind them.
pub(super) struct Rich {
    pub(super) count: usize,
    pub(super) wide: bool,
    /// Bytes behind the characters.
    pub(super) tail: usize,
}

/// The head of a string that may be rich (`XLUnicodeRichExtendedString`).
pub(super) fn rich(flow: &mut Flow<'_>) -> Option<Rich> {
    let count = usize::from(flow.u16()?);
    let flags = flow.byte()?;
    Some(Rich {
        count,
        wide: flags & WIDE != 0,
        tail: tail(flow, flags)?,
    })
}

/// Reads over what the flags say stands in front of the characters; gives what stands behind.
pub(super) fn tail(flow: &mut Flow<'_>, flags: u8) -> Option<usize> {
    let runs = if flags & RICH == 0 { 0 } else { flow.u16()? };
    let extra = if flags & EXTENDED == 0 {
        0
    } else {
        flow.u32()?
    };
    let extra = usize::try_from(extra).unwrap_or(usize::MAX);
    Some(usize::from(runs).saturating_mul(4).saturating_add(extra))
}

/// A byte string with a length of one byte, at the start of `bytes`.
pub(super) fn bytes(bytes: &mut Bytes<'_>, encoding: &'static Encoding) -> Option<String> {
    let (count, _) = bytes.rest().split_first()?;
    bytes.skip(1)?;
    let count = usize::from(*count).min(bytes.rest().len());
    let text = bytes.take(count)?;
    Some(decode(text, encoding))
}

/// Bytes of a code page.
pub(super) fn decode(bytes: &[u8], encoding: &'static Encoding) -> String {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.into_owned()
}

/// The encoding that a CODEPAGE record names (0x0042): that of Western Windows for what nobody
/// writes, and for the code pages of DOS, whose ASCII is the same.
pub(super) fn code_page(number: u16) -> &'static Encoding {
    match number {
        866 => encoding_rs::IBM866,
        874 => encoding_rs::WINDOWS_874,
        932 | 10_001 => encoding_rs::SHIFT_JIS,
        936 | 10_008 => encoding_rs::GBK,
        949 | 1361 | 10_003 => encoding_rs::EUC_KR,
        950 | 10_002 => encoding_rs::BIG5,
        1250 | 10_029 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10_000 | 0x8000 => encoding_rs::MACINTOSH,
        10_007 => encoding_rs::X_MAC_CYRILLIC,
        _ => encoding_rs::WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_strings_have_a_code_page() {
        let mut at = Bytes::new(b"\x03\xe4bcrest");
        assert_eq!(bytes(&mut at, code_page(1252)).unwrap(), "äbc");
        assert_eq!(at.rest(), b"rest");
        assert_eq!(
            bytes(&mut Bytes::new(b"\x02\x8a"), code_page(0x8000)).unwrap(),
            "ä"
        );
        assert_eq!(
            bytes(&mut Bytes::new(b"\x01\xc4"), code_page(1251)).unwrap(),
            "Д"
        );
        assert_eq!(bytes(&mut Bytes::new(b""), code_page(1252)), None);
    }
}
