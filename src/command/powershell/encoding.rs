//! Base64 and the encodings of `System.Text.Encoding`.
//!
//! # Malformed input
//!
//! `Convert.FromBase64String` skips blanks and refuses the rest; here characters that do not belong
//! are skipped wherever they stand and padding may be missing: a payload that is slightly broken
//! in the document is still one. Text that was encoded in UTF-8 by mistake is recognised by its
//! bytes.

/// An encoding of .NET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
    Utf16Swapped,
    /// ASCII and the code page of the machine: what matters is below 128.
    Ascii,
}

impl Encoding {
    /// By the name of a property of `Encoding` or of an encoding, in lower case.
    pub(super) fn named(name: &str) -> Option<Encoding> {
        Some(match name {
            "utf8" | "utf-8" | "65001" | "utf8encoding" => Encoding::Utf8,
            "unicode" | "utf-16" | "utf-16le" | "1200" | "unicodeencoding" => Encoding::Utf16,
            "bigendianunicode" | "utf-16be" | "1201" => Encoding::Utf16Swapped,
            "ascii" | "us-ascii" | "default" | "20127" | "1252" | "windows-1252" | "latin1"
            | "iso-8859-1" | "28591" | "utf7" | "utf-7" | "65000" | "asciiencoding" => {
                Encoding::Ascii
            }
            _ => return None,
        })
    }

    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Encoding::Ascii => bytes.iter().copied().map(char::from).collect(),
            Encoding::Utf16 => units(bytes, u16::from_le_bytes),
            Encoding::Utf16Swapped => units(bytes, u16::from_be_bytes),
        }
    }

    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Ascii => text
                .chars()
                .map(|c| u8::try_from(c).unwrap_or(b'?'))
                .collect(),
            Encoding::Utf16 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Swapped => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }
}

fn units(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    crate::text::from_utf16(pairs.iter().map(|pair| unit(*pair)))
}

/// The bytes behind base64. What does not belong is skipped; `None` where there is nothing.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut word, mut count) = (0u32, 0u32);
    for byte in text.bytes() {
        let Some(six) = digit(byte) else { continue };
        word = word.wrapping_shl(6) | six;
        count = count.saturating_add(1);
        if count == 4 {
            let [_, a, b, c] = word.to_be_bytes();
            bytes.extend([a, b, c]);
            (word, count) = (0, 0);
        }
    }
    let [_, a, b, _] = word
        .wrapping_shl(24u32.saturating_sub(count.saturating_mul(6)))
        .to_be_bytes();
    match count {
        2 => bytes.push(a),
        3 => bytes.extend([a, b]),
        _ => {}
    }
    (!bytes.is_empty()).then_some(bytes)
}

fn digit(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte.checked_sub(b'A')?,
        b'a'..=b'z' => byte.checked_sub(b'a')?.checked_add(26)?,
        b'0'..=b'9' => byte.checked_sub(b'0')?.checked_add(52)?,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// The text of `-EncodedCommand`: UTF-16, or UTF-8 where someone forgot that.
pub(in crate::command) fn command(text: &str) -> Option<String> {
    let bytes = base64(text)?;
    let (pairs, _) = bytes.as_chunks::<2>();
    let zeros = pairs.iter().filter(|[_, high]| *high == 0).count();
    // Scripts are mostly ASCII: every second byte is zero, or none is.
    if zeros.saturating_mul(2) < pairs.len()
        && let Ok(text) = std::str::from_utf8(&bytes)
        && !text.contains('\0')
    {
        return Some(text.to_owned());
    }
    let text = Encoding::Utf16.decode(&bytes);
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn test_vectors_of_the_rfc() {
        for (coded, clear) in [
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
            // Without padding, with junk.
            ("Zm9v YmE", "fooba"),
            ("Zm9v\r\n\"YmE", "fooba"),
        ] {
            assert_eq!(base64(coded).as_deref(), Some(clear.as_bytes()), "{coded}");
        }
        assert_eq!(base64(""), None);
        assert_eq!(base64("="), None);
    }

    /// about_PowerShell_exe's example of -EncodedCommand, and the same text in UTF-8.
    #[test]
    fn encoded_commands() {
        let utf16 = "ZABpAHIAIAAiAGMAOgBcAHAAcgBvAGcAcgBhAG0AIABmAGkAbABlAHMAIgAgAA==";
        assert_eq!(
            command(utf16).as_deref(),
            Some("dir \"c:\\program files\" ")
        );
        assert_eq!(command("Y2FsYy5leGU=").as_deref(), Some("calc.exe"));
    }
}
