//! The old obfuscation of binary documents: bytes combined with 16 bytes that a password gives
//! ([MS-OFFCRYPTO] 2.3.7; `spec/excel.md` §3.10, `spec/word.md` §2.8).
//!
//! # Malformed input
//!
//! Programs wrote passwords in the code page of their country. Those of western Europe are tried,
//! and the low bytes of the characters.
//!
//! # Worst cases
//!
//! A password has at most [`LONGEST`] bytes that count.

use super::spellings;
use crate::link::TechniqueId;
use crate::passwords::Passwords;

/// Bytes of a password that count ([MS-OFFCRYPTO] 2.3.7.1).
const LONGEST: usize = 15;

/// `PadArray` ([MS-OFFCRYPTO] 2.3.7.2).
const PAD: [u8; 15] = [
    0xbb, 0xff, 0xff, 0xba, 0xff, 0xff, 0xb9, 0x80, 0x00, 0xbe, 0x0f, 0x00, 0xbf, 0x0f, 0x00,
];
/// `InitialCode`, by the length of the password.
const INITIAL: [u16; 15] = [
    0xe1f0, 0x1d0f, 0xcc9c, 0x84c0, 0x110c, 0x0e10, 0xf1ce, 0x313e, 0x1872, 0xe139, 0xd40f, 0x84f9,
    0x280c, 0xa96a, 0x4ec3,
];
/// `XorMatrix`: one for each of seven bits of each byte.
const MATRIX: [u16; 105] = [
    0xaefc, 0x4dd9, 0x9bb2, 0x2745, 0x4e8a, 0x9d14, 0x2a09, 0x7b61, 0xf6c2, 0xfda5, 0xeb6b, 0xc6f7,
    0x9dcf, 0x2bbf, 0x4563, 0x8ac6, 0x05ad, 0x0b5a, 0x16b4, 0x2d68, 0x5ad0, 0x0375, 0x06ea, 0x0dd4,
    0x1ba8, 0x3750, 0x6ea0, 0xdd40, 0xd849, 0xa0b3, 0x5147, 0xa28e, 0x553d, 0xaa7a, 0x44d5, 0x6f45,
    0xde8a, 0xad35, 0x4a4b, 0x9496, 0x390d, 0x721a, 0xeb23, 0xc667, 0x9cef, 0x29ff, 0x53fe, 0xa7fc,
    0x5fd9, 0x47d3, 0x8fa6, 0x0f6d, 0x1eda, 0x3db4, 0x7b68, 0xf6d0, 0xb861, 0x60e3, 0xc1c6, 0x93ad,
    0x377b, 0x6ef6, 0xddec, 0x45a0, 0x8b40, 0x06a1, 0x0d42, 0x1a84, 0x3508, 0x6a10, 0xaa51, 0x4483,
    0x8906, 0x022d, 0x045a, 0x08b4, 0x1168, 0x76b4, 0xed68, 0xcaf1, 0x85c3, 0x1ba7, 0x374e, 0x6e9c,
    0x3730, 0x6e60, 0xdcc0, 0xa9a1, 0x4363, 0x86c6, 0x1dad, 0x3331, 0x6662, 0xccc4, 0x89a9, 0x0373,
    0x06e6, 0x0dcc, 0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48c4,
];

/// A password that opens something, as single bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened(Vec<u8>);

/// Tries the passwords. `key` and `verifier` are what the document says of the right one.
pub(crate) fn open(
    (key, verifier): (u16, u16),
    passwords: &Passwords,
) -> Option<(Opened, TechniqueId)> {
    passwords.each().find_map(|password| {
        let opened = spellings(password.text)
            .into_iter()
            .flat_map(single_bytes)
            .find(|bytes| key_of(bytes) == Some(key) && verifier_of(bytes) == verifier)?;
        Some((Opened(opened), password.technique))
    })
}

/// What a password may be in single bytes.
fn single_bytes(password: &str) -> [Vec<u8>; 2] {
    let (ansi, ..) = encoding_rs::WINDOWS_1252.encode(password);
    // The high byte where there is no low one ([MS-OFFCRYPTO] 2.3.7.4).
    let low = password
        .encode_utf16()
        .map(|unit| match unit.to_le_bytes() {
            [0, high] => high,
            [low, _] => low,
        });
    [
        ansi.iter().copied().take(LONGEST).collect(),
        low.take(LONGEST).collect(),
    ]
}

/// `CreatePasswordVerifier_Method1` ([MS-OFFCRYPTO] 2.3.7.1).
fn verifier_of(password: &[u8]) -> u16 {
    let length = u8::try_from(password.len()).unwrap_or(u8::MAX);
    let bytes = password.iter().rev().chain([&length]);
    let verifier = bytes.fold(0_u16, |verifier, byte| {
        let high = u16::from(verifier & 0x4000 != 0);
        (high | (verifier << 1 & 0x7fff)) ^ u16::from(*byte)
    });
    verifier ^ 0xce4b
}

/// `CreateXorKey_Method1` ([MS-OFFCRYPTO] 2.3.7.2).
fn key_of(password: &[u8]) -> Option<u16> {
    let mut key = *INITIAL.get(password.len().checked_sub(1)?)?;
    let mut elements = MATRIX.iter().rev();
    for byte in password.iter().rev() {
        for (bit, element) in (0..7).zip(elements.by_ref()) {
            if byte & (0x40 >> bit) != 0 {
                key ^= element;
            }
        }
    }
    Some(key)
}

impl Opened {
    /// What Excel combines bytes with, by their place (`CreateXorArray_Method1`). That of Word is
    /// the same (`CreateXorArray_Method2`, [MS-OFFCRYPTO] 2.3.7.5), which puts it otherwise.
    pub(crate) fn array(&self) -> [u8; 16] {
        let [low, high] = key_of(&self.0).unwrap_or_default().to_le_bytes();
        let filled = self.0.iter().chain(&PAD);
        let mut array = [0; 16];
        for (index, (to, from)) in array.iter_mut().zip(filled).enumerate() {
            let key = if index & 1 == 0 { low } else { high };
            *to = (from ^ key).rotate_right(1);
        }
        array
    }
}

/// Clears the body of a record of Excel: `sum` is where the first of these bytes stands, and the
/// length of the record (`DecryptData_Method1`, [MS-OFFCRYPTO] 2.3.7.3).
pub(crate) fn clear_record(array: &[u8; 16], sum: usize, body: &mut [u8]) {
    for (byte, key) in body.iter_mut().zip(from(array, sum)) {
        *byte = (*byte ^ key).rotate_left(3);
    }
}

/// Clears bytes of Word that stand at `at` (`DecryptData_Method2`, [MS-OFFCRYPTO] 2.3.7.6): what is
/// nothing, or would be, is left as it is.
pub(crate) fn clear_text(array: &[u8; 16], at: usize, bytes: &mut [u8]) {
    for (byte, key) in bytes.iter_mut().zip(from(array, at)) {
        if *byte != 0 && *byte != key {
            *byte ^= key;
        }
    }
}

/// The bytes of the array again and again, from a place on.
fn from(array: &[u8; 16], at: usize) -> impl Iterator<Item = u8> {
    array.iter().copied().cycle().skip(at & 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `spec/excel.md` §3.10: the constants of the default password.
    #[test]
    fn the_default_password() {
        let opened = Opened(b"VelvetSweatshop".to_vec());
        assert_eq!(key_of(&opened.0), Some(0xb359));
        assert_eq!(verifier_of(&opened.0), 0x9a0a);
        let expected = [
            0x87, 0x6b, 0x9a, 0xe2, 0x1e, 0xe3, 0x05, 0x62, 0x1e, 0x69, 0x96, 0x60, 0x98, 0x6e,
            0x94, 0x04,
        ];
        assert_eq!(opened.array(), expected);
        let passwords = Passwords::default();
        let (found, technique) = open((0xb359, 0x9a0a), &passwords).unwrap();
        assert_eq!(found, opened);
        assert_eq!(technique, TechniqueId::DecryptedDefaultPassword);
        assert_eq!(open((0xb358, 0x9a0a), &passwords), None);
    }

    #[test]
    fn long_empty_and_foreign_passwords() {
        assert_eq!(key_of(b""), None);
        let passwords = Passwords::new(["", "a password of more than fifteen", "p\u{e4}ss\u{131}"]);
        let of = |bytes: &[u8]| (key_of(bytes).unwrap(), verifier_of(bytes));
        assert!(open(of(b"a password of m"), &passwords).is_some());
        assert!(open(of(b"p\xe4ss1"), &passwords).is_some());
    }

    #[test]
    fn text_that_is_nothing_stays() {
        let array = Opened(b"VelvetSweatshop".to_vec()).array();
        let mut bytes = [0, 0x87, b'a' ^ 0x87];
        for byte in &mut bytes {
            clear_text(&array, 16, std::slice::from_mut(byte));
        }
        assert_eq!(bytes, [0, 0x87, b'a']);
    }
}
