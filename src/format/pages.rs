//! The code pages of bytes that are no ASCII (`spec/word.md` §3.1, rule 10).
//!
//! # Malformed input
//!
//! A number that is no code page means that of Western Windows; bytes that mean nothing in a code
//! page become U+FFFD. Nothing is assumed to be ASCII.

use encoding_rs::Encoding;

/// A code page. One byte, because every open group has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::format) enum Page {
    Big5,
    Gbk,
    Hangul,
    Ibm437,
    Ibm850,
    Ibm866,
    Macintosh,
    MacCyrillic,
    ShiftJis,
    Utf8,
    Windows874,
    Windows1250,
    Windows1251,
    #[default]
    Windows1252,
    Windows1253,
    Windows1254,
    Windows1255,
    Windows1256,
    Windows1257,
    Windows1258,
}

/// The upper half of code page 437, which the web does not know.
const IBM437: [&str; 2] = [
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
];
/// The upper half of code page 850.
const IBM850: [&str; 2] = [
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
    "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
];

impl Page {
    /// By its number: `\ansicpgN`, `\cpgN`.
    pub(in crate::format) fn numbered(number: i64) -> Page {
        match number {
            437 => Page::Ibm437,
            850 => Page::Ibm850,
            866 => Page::Ibm866,
            874 => Page::Windows874,
            932 | 10_001 => Page::ShiftJis,
            936 | 10_008 | 54_936 => Page::Gbk,
            // Johab has lead bytes of its own; no program writes it any more.
            949 | 1361 | 10_003 => Page::Hangul,
            950 | 10_002 => Page::Big5,
            1250 => Page::Windows1250,
            1251 => Page::Windows1251,
            1253 => Page::Windows1253,
            1254 => Page::Windows1254,
            1255 => Page::Windows1255,
            1256 => Page::Windows1256,
            1257 => Page::Windows1257,
            1258 => Page::Windows1258,
            10_000 => Page::Macintosh,
            10_007 => Page::MacCyrillic,
            65_001 => Page::Utf8,
            _ => Page::Windows1252,
        }
    }

    /// By the character set of a font: `\fcharsetN`. `None` is the code page of the document.
    pub(in crate::format) fn of_charset(charset: i64) -> Option<Page> {
        Some(match charset {
            // The symbols have letters for names: their bytes are read as they are typed.
            0 | 2 => Page::Windows1252,
            77 => Page::Macintosh,
            78 | 128 => Page::ShiftJis,
            79 | 129 | 130 => Page::Hangul,
            80 | 134 => Page::Gbk,
            81 | 136 => Page::Big5,
            89 => Page::MacCyrillic,
            161 => Page::Windows1253,
            162 => Page::Windows1254,
            163 => Page::Windows1258,
            177 | 181 => Page::Windows1255,
            178..=180 => Page::Windows1256,
            186 => Page::Windows1257,
            204 => Page::Windows1251,
            222 => Page::Windows874,
            238 => Page::Windows1250,
            254 => Page::Ibm437,
            255 => Page::Ibm850,
            _ => return None,
        })
    }

    /// Decodes bytes and adds them to `out`. Linear.
    pub(in crate::format) fn decode(self, bytes: &[u8], out: &mut String) {
        match self.encoding() {
            Ok(encoding) => {
                let (text, _) = encoding.decode_without_bom_handling(bytes);
                out.push_str(&text);
            }
            Err([first, second]) => {
                out.extend(bytes.iter().map(|byte| match byte {
                    0..=0x7f => char::from(*byte),
                    0x80..=0xbf => nth(first, *byte),
                    0xc0.. => nth(second, *byte),
                }));
            }
        }
    }

    /// As an encoding; that of Western Europe for those that the web does not know.
    pub(in crate::format) fn on_the_web(self) -> &'static Encoding {
        self.encoding().unwrap_or(encoding_rs::WINDOWS_1252)
    }

    /// The encoding that the web knows, or the upper half of one that it does not.
    fn encoding(self) -> Result<&'static Encoding, &'static [&'static str; 2]> {
        Ok(match self {
            Page::Ibm437 => return Err(&IBM437),
            Page::Ibm850 => return Err(&IBM850),
            Page::Big5 => encoding_rs::BIG5,
            Page::Gbk => encoding_rs::GBK,
            Page::Hangul => encoding_rs::EUC_KR,
            Page::Ibm866 => encoding_rs::IBM866,
            Page::Macintosh => encoding_rs::MACINTOSH,
            Page::MacCyrillic => encoding_rs::X_MAC_CYRILLIC,
            Page::ShiftJis => encoding_rs::SHIFT_JIS,
            Page::Utf8 => encoding_rs::UTF_8,
            Page::Windows874 => encoding_rs::WINDOWS_874,
            Page::Windows1250 => encoding_rs::WINDOWS_1250,
            Page::Windows1251 => encoding_rs::WINDOWS_1251,
            Page::Windows1252 => encoding_rs::WINDOWS_1252,
            Page::Windows1253 => encoding_rs::WINDOWS_1253,
            Page::Windows1254 => encoding_rs::WINDOWS_1254,
            Page::Windows1255 => encoding_rs::WINDOWS_1255,
            Page::Windows1256 => encoding_rs::WINDOWS_1256,
            Page::Windows1257 => encoding_rs::WINDOWS_1257,
            Page::Windows1258 => encoding_rs::WINDOWS_1258,
        })
    }
}

/// The character of a byte of the upper half, in the half of it that begins at 80 or at C0.
fn nth(half: &str, byte: u8) -> char {
    half.chars()
        .nth(usize::from(byte & 0x3f))
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(page: i64, bytes: &[u8]) -> String {
        let mut out = String::new();
        Page::numbered(page).decode(bytes, &mut out);
        out
    }

    #[test]
    fn each_page_reads_its_letters() {
        assert_eq!(decode(1252, b"caf\xe9 \x80"), "caf\u{e9} \u{20ac}");
        assert_eq!(decode(437, b"\x81\xe1\xff"), "\u{fc}\u{df}\u{a0}");
        assert_eq!(decode(850, b"\x9b\xe1"), "\u{f8}\u{df}");
        assert_eq!(decode(1251, b"\xc4"), "\u{414}");
        assert_eq!(decode(932, b"\x83\x5c\x5c"), "\u{30bd}\\");
        assert_eq!(decode(10_000, b"\x8e"), "\u{e9}");
        assert_eq!(decode(65_001, b"\xc3\xa9"), "\u{e9}");
        assert_eq!(decode(4711, b"\xe9"), "\u{e9}");
    }

    #[test]
    fn fonts_choose_the_page() {
        assert_eq!(Page::of_charset(204), Some(Page::Windows1251));
        assert_eq!(Page::of_charset(128), Some(Page::ShiftJis));
        assert_eq!(Page::of_charset(1), None);
    }

    #[test]
    fn the_tables_are_whole() {
        for half in IBM437.iter().chain(&IBM850) {
            assert_eq!(half.chars().count(), 64);
        }
    }
}
