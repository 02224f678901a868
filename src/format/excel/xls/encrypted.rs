//! What a `FILEPASS` record says of the encryption of a stream (`spec/excel.md` §3.10;
//! [MS-XLS] 2.4.117).
//!
//! What stands behind that record means nothing until it is decrypted; the headers of records stay
//! in clear. What decrypts it is the work of `unlock`, in builds that have the ciphers.

use super::records::{Flow, Record};
use crate::container::cfb::View;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;

#[cfg(feature = "crypt")]
use super::unlock::Key;

/// Bytes of the record before BIFF8: key and verifier.
const XOR: usize = 4;
/// Bytes of the record that are read: the longest has the name of a provider in it, which Windows
/// lets have 255 characters.
const LONGEST: usize = 1_024;
const HEADER: usize = 4;

/// A `FILEPASS` record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilePass {
    /// The scheme that it names.
    pub(super) scheme: &'static str,
    /// Where the record ends.
    pub(super) end: usize,
    /// What stands in it.
    #[cfg_attr(not(feature = "crypt"), allow(dead_code, reason = "nothing opens it"))]
    pub(super) body: Vec<u8>,
}

/// What opens a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) scheme: &'static str,
    /// What the password says.
    pub(super) technique: TechniqueId,
    #[cfg(feature = "crypt")]
    pub(super) key: Key,
}

impl FilePass {
    pub(super) fn read(flow: &mut Flow<'_>, record: Record) -> Self {
        let mut body = Vec::new();
        flow.take(LONGEST, &mut body);
        FilePass {
            scheme: scheme(&body, record.length),
            end: record
                .at
                .saturating_add(HEADER)
                .saturating_add(record.length),
            body,
        }
    }

    /// Tries the passwords.
    ///
    /// # Errors
    ///
    /// The limit on key derivation, or what ends the analysis.
    #[cfg(feature = "crypt")]
    pub(super) fn open(
        &self,
        passwords: &Passwords,
        budget: &Budget<'_>,
    ) -> Result<Option<Opened>, Exhausted> {
        let found = Key::find(&self.body, passwords, budget)?;
        Ok(found.map(|(key, technique)| Opened {
            scheme: self.scheme,
            technique,
            key,
        }))
    }

    #[cfg(not(feature = "crypt"))]
    pub(super) fn open(
        &self,
        _passwords: &Passwords,
        _budget: &Budget<'_>,
    ) -> Result<Option<Opened>, Exhausted> {
        Ok(None)
    }
}

impl Opened {
    /// The stream with what stands behind `start` decrypted; `None` when that makes no sense.
    ///
    /// # Errors
    ///
    /// The limit that does not allow it.
    #[cfg(feature = "crypt")]
    pub(super) fn clear(
        &self,
        view: &View<'_>,
        start: usize,
        budget: &Budget<'_>,
    ) -> Result<Option<View<'static>>, Exhausted> {
        self.key.clear(view, start, budget)
    }

    #[cfg(not(feature = "crypt"))]
    pub(super) fn clear(
        &self,
        _view: &View<'_>,
        _start: usize,
        _budget: &Budget<'_>,
    ) -> Result<Option<View<'static>>, Exhausted> {
        Ok(None)
    }
}

/// The scheme that a record with this in it names.
fn scheme(body: &[u8], length: usize) -> &'static str {
    if length <= XOR {
        return "XOR obfuscation";
    }
    match body {
        [0, 0, ..] => "XOR obfuscation",
        [1, 0, 1, 0, 1, 0, ..] => "RC4",
        [1, 0, 2..=4, 0, 2, 0, ..] => "RC4 CryptoAPI",
        _ => "unknown scheme",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_by_their_versions() {
        for (body, expected) in [
            (&b"\x59\xb3\x0a\x9a"[..], "XOR obfuscation"),
            (b"\0\0\x59\xb3\x0a\x9a", "XOR obfuscation"),
            (b"\x01\0\x01\0\x01\0salt", "RC4"),
            (b"\x01\0\x02\0\x02\0", "RC4 CryptoAPI"),
            (b"\x01\0\x04\0\x02\0", "RC4 CryptoAPI"),
            (b"\x07\0\x04\0\x02\0", "unknown scheme"),
        ] {
            assert_eq!(scheme(body, body.len()), expected);
        }
    }
}
