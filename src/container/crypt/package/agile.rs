//! Agile encryption ([MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15): what Office writes since 2010.
//!
//! The password gives a key, the key opens another one, and that one the package, 4,096 bytes at a
//! time, each with a start of its own.
//!
//! # Malformed input
//!
//! Where the lengths of keys contradict each other, each is tried. The sizes of blocks, salts and
//! hashes are not looked at: ciphers and hashes have their own. The sum over the whole package
//! (`dataIntegrity`) is not looked at either.
//!
//! # Worst cases
//!
//! A key is derived once for each password and salt. Where a message brings several such documents
//! each spends no more than its share of the rounds. The XML is paid for once more than its bytes;
//! what is done with a derived key is paid for in rounds, too.

use super::aes::{Aes, BLOCK};
use super::hash::{Hash, LEAST};
use super::info::{Info, PasswordKey};
use super::{Opened, SIZE, Trial, ZIP};
use crate::container::crypt::{Cipher, Decrypt};
use crate::limits::{Budget, Exhausted, Limit};
use crate::passwords::Passwords;

/// Bytes that are encrypted at a time ([MS-OFFCRYPTO] 2.3.4.15).
const SEGMENT: usize = 4_096;
/// What tells the keys of a password apart ([MS-OFFCRYPTO] 2.3.4.13): of the verifier, of its hash,
/// of the key of the package.
const VERIFIER: [u8; 8] = [0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79];
const VERIFIER_HASH: [u8; 8] = [0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e];
const KEY: [u8; 8] = [0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6];
/// What fills up hashes that are too short ([MS-OFFCRYPTO] 2.3.4.11, 2.3.4.12).
const FILL: u8 = 0x36;

/// The key of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    key: Vec<u8>,
    salt: Vec<u8>,
    hash: Hash,
}

/// Tries the passwords.
pub(super) fn open(
    scheme: &str,
    info: &[u8],
    probe: &[u8],
    passwords: &Passwords,
    budget: &Budget<'_>,
) -> Trial {
    let mut trial = Trial::closed(scheme);
    // Reading the XML costs as much as reading its bytes did.
    let cost = u64::try_from(info.len()).unwrap_or(u64::MAX);
    if let Err(cause) = budget.charge_decoded(cost) {
        trial.short = Some(cause);
        return trial;
    }
    let info = Info::read(info.get(SIZE..).unwrap_or_default(), budget.limits());
    let readable = |key: &&PasswordKey| key.parameters.unread.is_none();
    let Some(hash) = info.data.hash.filter(|_| info.data.unread.is_none()) else {
        trial.scheme = unread(scheme, info.data.unread.as_deref(), &info);
        return trial;
    };
    if !info.keys.iter().any(|key| readable(&key)) {
        let first = info.keys.first();
        let why = first.and_then(|key| key.parameters.unread.as_deref());
        trial.scheme = unread(scheme, why, &info);
        return trial;
    }
    let left = budget.rounds_left();
    let floor = left.saturating_sub(left.checked_div(passwords.share()).unwrap_or(left));
    'all: for password in passwords.dear() {
        let mut known: Vec<(&PasswordKey, Vec<u8>)> = Vec::new();
        for key in info.keys.iter().filter(readable) {
            let Some(with) = key.parameters.hash else {
                continue;
            };
            let same = |(other, _): &&(&PasswordKey, _)| {
                let (ours, theirs) = (&key.parameters, &other.parameters);
                (ours.hash, &ours.salt, key.rounds) == (theirs.hash, &theirs.salt, other.rounds)
            };
            let derived = match known.iter().find(same) {
                Some((_, derived)) => {
                    let paid = budget.charge_rounds(u64::from(LEAST));
                    paid.map(|()| derived.clone())
                }
                None if budget.rounds_left().saturating_sub(u64::from(key.rounds)) < floor => {
                    // What is left is for the documents behind it.
                    Err(Exhausted::Limit(Limit::DerivationRounds))
                }
                None => {
                    let start = (key.parameters.salt.as_slice(), password.text);
                    with.stretch(start, key.rounds, budget)
                }
            };
            let derived = match derived {
                Ok(derived) => derived,
                Err(cause @ Exhausted::Limit(Limit::DerivationRounds)) => {
                    // Another key may ask for less.
                    trial.short = Some(cause);
                    continue;
                }
                Err(cause) => {
                    trial.short = Some(cause);
                    break 'all;
                }
            };
            let attempt = Attempt {
                info: &info,
                hash,
                key,
                with,
                derived: &derived,
                probe,
            };
            let found = attempt.open().map(|(key, is_zip)| Opened {
                cipher: Cipher::Agile(key),
                technique: password.technique,
                is_zip,
            });
            known.push((key, derived));
            if found.as_ref().is_some_and(|opened| opened.is_zip) {
                trial.opened = found;
                trial.short = None;
                break 'all;
            }
            // The verifier is content, the package is not: another key may do better.
            trial.opened = trial.opened.or(found);
        }
    }
    trial
}

/// The scheme, and why no password opens it.
fn unread(scheme: &str, what: Option<&str>, info: &Info) -> String {
    match what {
        Some("") => format!("{scheme} (a hash without a name)"),
        Some(what) => format!("{scheme} ({what} is not read)"),
        None if info.certificates => format!("{scheme} (with the key of a certificate)"),
        None => format!("{scheme} (nothing tells how)"),
    }
}

/// One password on one key.
struct Attempt<'a> {
    info: &'a Info,
    /// The hash of the package.
    hash: Hash,
    key: &'a PasswordKey,
    /// The hash of the password.
    with: Hash,
    derived: &'a [u8],
    probe: &'a [u8],
}

impl Attempt<'_> {
    /// The key of the package, and whether it makes a zip of it; `None` when the password is wrong.
    fn open(&self) -> Option<(Key, bool)> {
        let (package, own) = (self.info.data.key_bits, self.key.parameters.key_bits);
        let mut verified = None;
        for size in sizes([own, package]) {
            let value = self
                .decrypted(KEY, size, &self.key.value)
                .unwrap_or_default();
            let is_right = self.is_right(size);
            let whole = u32::try_from(value.len()).unwrap_or(0).saturating_mul(8);
            for length in sizes([package, own, whole]) {
                let Some(key) = value.get(..length) else {
                    continue;
                };
                let key = Key {
                    key: key.to_vec(),
                    salt: self.info.data.salt.clone(),
                    hash: self.hash,
                };
                let mut start: Vec<u8> = self.probe.to_vec();
                Segments::new(&key).decrypt(&mut start);
                if start.starts_with(ZIP) {
                    return Some((key, true));
                }
                if is_right && verified.is_none() {
                    verified = Some((key, false));
                }
            }
        }
        verified
    }

    /// Whether the verifier says that the password is right ([MS-OFFCRYPTO] 2.3.4.13).
    fn is_right(&self, size: usize) -> bool {
        let key = self.key;
        let plain = self.decrypted(VERIFIER, size, &key.verifier);
        let sum = self.decrypted(VERIFIER_HASH, size, &key.verifier_hash);
        let (Some(mut plain), Some(sum)) = (plain, sum) else {
            return false;
        };
        // As long as the salt; what fills up its last block does not count.
        plain.truncate(key.parameters.salt.len());
        let expected = self.with.of(&[&plain]);
        !plain.is_empty() && sum.starts_with(&expected)
    }

    /// What stands encrypted in the XML.
    fn decrypted(&self, purpose: [u8; 8], size: usize, value: &[u8]) -> Option<Vec<u8>> {
        let mut key = self.with.of(&[self.derived, &purpose]);
        key.resize(size, FILL);
        let mut value = value.to_vec();
        let aes = Aes::new(&key)?;
        aes.decrypt_chain(start_of(&self.key.parameters.salt), &mut value);
        Some(value)
    }
}

/// The lengths of a key of AES among these, in bytes, each once.
fn sizes<const N: usize>(bits: [u32; N]) -> Vec<usize> {
    let mut sizes: Vec<usize> = Vec::new();
    for bits in bits {
        let size = match bits {
            128 => 16,
            192 => 24,
            256 => 32,
            _ => continue,
        };
        if !sizes.contains(&size) {
            sizes.push(size);
        }
    }
    sizes
}

/// The first bytes, filled up.
fn start_of(bytes: &[u8]) -> [u8; BLOCK] {
    let mut start = [FILL; BLOCK];
    for (to, from) in start.iter_mut().zip(bytes) {
        *to = *from;
    }
    start
}

/// A package on its way.
pub(in crate::container::crypt) struct Segments {
    aes: Option<Aes>,
    key: Key,
    next: u32,
}

impl Segments {
    pub(in crate::container::crypt) fn new(key: &Key) -> Self {
        Segments {
            aes: Aes::new(&key.key),
            key: key.clone(),
            next: 0,
        }
    }
}

impl Decrypt for Segments {
    fn decrypt(&mut self, block: &mut [u8]) {
        let Some(aes) = &self.aes else { return };
        for segment in block.chunks_mut(SEGMENT) {
            let start = self
                .key
                .hash
                .of(&[&self.key.salt, &self.next.to_le_bytes()]);
            aes.decrypt_chain(start_of(&start), segment);
            self.next = self.next.wrapping_add(1);
        }
    }
}
