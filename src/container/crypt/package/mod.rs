//! Encrypted packages: an Office Open XML document in a compound file, as the stream
//! `EncryptedPackage`, with `EncryptionInfo` beside it, which says how (`spec/excel.md` §3.10;
//! [MS-OFFCRYPTO] 2.3.4).
//!
//! The files: `agile` (with `info`, its XML) and `standard` try passwords, `hash` derives keys,
//! `aes` decrypts.
//!
//! # Malformed input
//!
//! What a stream is encrypted with goes by its version; one of an unknown version by what it looks
//! like. A key that makes a zip of the package is right, whatever the verifier says: no program
//! would show the document, but nobody can hide behind a broken verifier either. One that the
//! verifier calls right and that makes no zip is used, and said.
//!
//! # Worst cases
//!
//! Every round of deriving a key is paid for. What a key costs besides is bounded by the length of
//! `EncryptionInfo`, of which a mebibyte is read.

#[cfg(feature = "crypt")]
mod aes;
#[cfg(feature = "crypt")]
pub(super) mod agile;
#[cfg(feature = "crypt")]
mod hash;
#[cfg(feature = "crypt")]
mod info;
#[cfg(feature = "crypt")]
pub(super) mod standard;

use super::Cipher;
use crate::bytes::Bytes;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;

/// Bytes of `EncryptionInfo` that are read; programs write some thousand.
pub(crate) const INFO: u64 = 1 << 20;
/// The size of the package, in front of it ([MS-OFFCRYPTO] 2.3.4.4).
pub(crate) const SIZE: usize = 8;
/// How much of the encrypted bytes tells whether a key is right.
pub(crate) const PROBE: usize = 16;
/// What a package of Office starts with: a local header of a zip (APPNOTE 4.3.7).
#[cfg(feature = "crypt")]
const ZIP: &[u8] = b"PK\x03\x04";
const AGILE: &str = "ECMA-376 agile";
const STANDARD: &str = "ECMA-376 standard";

/// What opens a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) cipher: Cipher,
    /// The password that did it.
    pub(crate) technique: TechniqueId,
    /// The package starts like one.
    pub(crate) is_zip: bool,
}

/// What trying the passwords came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trial {
    /// In plain words; why no password can open it, where that is so, in parentheses.
    pub(crate) scheme: String,
    pub(crate) opened: Option<Opened>,
    /// What ended it before all were tried.
    pub(crate) short: Option<Exhausted>,
}

impl Trial {
    fn closed(scheme: &str) -> Self {
        Trial {
            scheme: scheme.to_owned(),
            opened: None,
            short: None,
        }
    }
}

/// Tries the passwords on a package: `info` is its `EncryptionInfo`, `probe` the first bytes behind
/// its size.
pub(crate) fn open(info: &[u8], probe: &[u8], passwords: &Passwords, budget: &Budget<'_>) -> Trial {
    let mut bytes = Bytes::new(info);
    let version = bytes.u16().zip(bytes.u16());
    match version {
        Some((4, 4)) => try_agile(AGILE, info, probe, passwords, budget),
        Some((2..=4, 2)) => try_standard(STANDARD, info, probe, passwords, budget),
        Some((3 | 4, 3)) => Trial::closed("ECMA-376 extensible"),
        Some(_) | None if info.get(SIZE..).is_some_and(is_markup) => {
            try_agile(UNKNOWN, info, probe, passwords, budget)
        }
        Some(_) | None => try_standard(UNKNOWN, info, probe, passwords, budget),
    }
}

/// Said of a scheme that nothing names.
pub(crate) const UNKNOWN: &str = "unknown scheme";

/// Whether it starts like XML, of any encoding.
fn is_markup(bytes: &[u8]) -> bool {
    bytes.iter().take(PROBE).any(|byte| *byte == b'<')
}

#[cfg(feature = "crypt")]
use {agile::open as try_agile, standard::open as try_standard};

#[cfg(not(feature = "crypt"))]
use closed as try_agile;
#[cfg(not(feature = "crypt"))]
use closed as try_standard;

/// Without the feature nothing is opened.
#[cfg(not(feature = "crypt"))]
fn closed(scheme: &str, _: &[u8], _: &[u8], _: &Passwords, _: &Budget<'_>) -> Trial {
    Trial::closed(scheme)
}
