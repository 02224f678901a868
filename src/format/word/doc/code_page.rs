//! Code pages of text with one or two bytes a character, by their number and by language.

use encoding_rs::Encoding;

use crate::format::pages::Page;

/// The code page with this number; that of Western Europe for those that nobody writes.
pub(super) fn by_number(number: u16) -> &'static Encoding {
    Page::numbered(i64::from(number)).on_the_web()
}

/// The code page that a document of Word 6 uses (`spec/word.md` §2.9): `charset` is 0x100 on the
/// Macintosh; else the language decides ([MS-LCID] 2.2: the low ten bits are the language).
pub(super) fn of_document(charset: u16, language: u16) -> &'static Encoding {
    if charset == 0x100 {
        return encoding_rs::MACINTOSH;
    }
    let number = match (language & 0x3ff, language) {
        (0x01 | 0x20 | 0x29, _) => 1256,
        (0x02 | 0x19 | 0x22 | 0x23 | 0x2f, _) | (_, 0x0c1a) => 1251,
        (0x04, 0x0804 | 0x1004) => 936,
        (0x04, _) => 950,
        (0x05 | 0x0e | 0x15 | 0x18 | 0x1a | 0x1b | 0x1c | 0x24, _) => 1250,
        (0x08, _) => 1253,
        (0x0d, _) => 1255,
        (0x11, _) => 932,
        (0x12, _) => 949,
        (0x1e, _) => 874,
        (0x1f, _) => 1254,
        (0x25..=0x27, _) => 1257,
        (0x2a, _) => 1258,
        _ => 1252,
    };
    by_number(number)
}
