//! Standard encryption ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9): what Office 2007 writes.
//!
//! # Malformed input
//!
//! Where the length of the key contradicts the cipher, each is tried.
//!
//! # Worst cases
//!
//! 50,000 rounds for each password.

use super::aes::Aes;
use super::hash::Hash;
use super::{Opened, Trial, ZIP};
use crate::container::crypt::header::{Header, Verifier};
use crate::container::crypt::{Cipher, Decrypt};
use crate::limits::Budget;
use crate::passwords::Passwords;

/// Rounds of deriving the key ([MS-OFFCRYPTO] 2.3.4.7).
const ROUNDS: u32 = 50_000;
/// The ciphers ([MS-OFFCRYPTO] 2.3.2, `AlgID`): AES with 128, 192 and 256 bits, RC4.
const AES_128: u32 = 0x660e;
const AES_192: u32 = 0x660f;
const AES_256: u32 = 0x6610;
const RC4: u32 = 0x6801;
/// SHA-1 (`AlgIDHash`), which 0 stands for, too.
const SHA_1: u32 = 0x8004;
/// What the two halves of a key are made with ([MS-OFFCRYPTO] 2.3.4.7).
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// The key of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(Vec<u8>);

/// Tries the passwords.
pub(super) fn open(
    scheme: &str,
    info: &[u8],
    probe: &[u8],
    passwords: &Passwords,
    budget: &Budget<'_>,
) -> Trial {
    let mut trial = Trial::closed(scheme);
    let Some(header) = Header::read(info) else {
        trial.scheme = format!("{scheme} (nothing tells how)");
        return trial;
    };
    let named = match header.algorithm {
        AES_192 => 24,
        AES_256 => 32,
        // 0 says that the flags decide ([MS-OFFCRYPTO] 2.3.2), which know AES with 128 bits.
        AES_128 | 0 => 16,
        RC4 => {
            trial.scheme = format!("{scheme} (RC4 is not read)");
            return trial;
        }
        other => {
            trial.scheme = format!("{scheme} (cipher {other:#06x} is not read)");
            return trial;
        }
    };
    if !matches!(header.hash_algorithm, SHA_1 | 0) {
        trial.scheme = format!("{scheme} (hash {:#06x} is not read)", header.hash_algorithm);
        return trial;
    }
    let said = match header.key_bits {
        192 => 24,
        256 => 32,
        128 => 16,
        _ => named,
    };
    for password in passwords.each() {
        let start = (header.verifier.salt.as_slice(), password.text);
        let derived = match Hash::Sha1.stretch(start, ROUNDS, budget) {
            Ok(derived) => derived,
            Err(cause) => {
                trial.short = Some(cause);
                return trial;
            }
        };
        let whole = whole_key(&derived);
        for size in [said, named] {
            let Some(key) = whole.get(..size) else {
                continue;
            };
            let Some(aes) = Aes::new(key) else { continue };
            let mut first = probe.to_vec();
            aes.decrypt_blocks(&mut first);
            let is_zip = first.starts_with(ZIP);
            if is_zip || is_right(&aes, &header.verifier) {
                let opened = Opened {
                    cipher: Cipher::Standard(Key(key.to_vec())),
                    technique: password.technique,
                    is_zip,
                };
                if is_zip {
                    trial.opened = Some(opened);
                    return trial;
                }
                // The verifier is content, the package is not: another password may do better.
                trial.opened = trial.opened.or(Some(opened));
            }
        }
    }
    trial
}

/// Both halves of the key ([MS-OFFCRYPTO] 2.3.4.7).
fn whole_key(derived: &[u8]) -> Vec<u8> {
    let last = Hash::Sha1.of(&[derived, &[0; 4]]);
    let half = |fill: u8| {
        let mut buffer = [fill; 64];
        for (to, from) in buffer.iter_mut().zip(&last) {
            *to ^= from;
        }
        Hash::Sha1.of(&[&buffer])
    };
    [half(INNER), half(OUTER)].concat()
}

/// Whether the verifier says that the password is right ([MS-OFFCRYPTO] 2.3.4.9).
fn is_right(aes: &Aes, verifier: &Verifier) -> bool {
    let mut plain = verifier.verifier;
    aes.decrypt_blocks(&mut plain);
    let mut hash = verifier.hash;
    aes.decrypt_blocks(&mut hash);
    hash.starts_with(&Hash::Sha1.of(&[&plain]))
}

/// A package on its way.
pub(in crate::container::crypt) struct Blocks(Option<Aes>);

impl Blocks {
    pub(in crate::container::crypt) fn new(Key(key): &Key) -> Self {
        Blocks(Aes::new(key))
    }
}

impl Decrypt for Blocks {
    fn decrypt(&mut self, block: &mut [u8]) {
        if let Some(aes) = &self.0 {
            aes.decrypt_blocks(block);
        }
    }
}
