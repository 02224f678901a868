//! Texts inside OLE structures: bytes of the system's code page, or UTF-16.

use memchr::memchr;

/// A text of bytes, up to its NUL. What is not UTF-8 is read as Latin-1: the code page of the
/// system that wrote it is not known, and addresses are ASCII.
pub(super) fn ansi(bytes: &[u8]) -> String {
    let end = memchr(0, bytes).unwrap_or(bytes.len());
    let bytes = bytes.get(..end).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// A text in UTF-16, up to its NUL; and how many bytes it takes, with the NUL.
pub(super) fn wide(bytes: &[u8]) -> (String, usize) {
    let (units, _) = bytes.as_chunks();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    let length = units.len().saturating_add(1).saturating_mul(2);
    (String::from_utf16_lossy(&units), length.min(bytes.len()))
}
