//! AES encryption of zip entries as WinZip defined it (AE-1 and AE-2; APPNOTE 7 names only the
//! extra field), decrypting only.
//!
//! The data of an entry is the salt, two bytes that tell a wrong password, the coded bytes, and ten
//! bytes that authenticate these.
//!
//! # Malformed input
//!
//! A wrong authentication code is no reason to refuse bytes that otherwise hold; that is for the
//! caller to weigh.
//!
//! # Worst cases
//!
//! A password costs a thousand rounds to refuse and up to four thousand to take, paid before they
//! are gone through.

use std::fmt;

use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use aes::{Aes128, Aes192, Aes256, Block};
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::Decrypt;
use crate::limits::{Budget, Exhausted};

/// Rounds of PBKDF2, and the bytes that one pass of them gives: a digest of SHA-1.
const ROUNDS: u64 = 1_000;
const DIGEST: usize = 20;
/// Bytes that tell a wrong password, behind the salt.
const VERIFIER: usize = 2;
/// Bytes of the authentication code behind the data.
pub(crate) const CODE: usize = 10;
/// The block of AES.
const BLOCK: usize = 16;

/// How strongly an entry is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    Aes128,
    Aes192,
    Aes256,
}

impl Strength {
    /// By the byte of the extra field 0x9901.
    pub(crate) fn of(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Strength::Aes128),
            2 => Some(Strength::Aes192),
            3 => Some(Strength::Aes256),
            _ => None,
        }
    }

    fn key(self) -> usize {
        match self {
            Strength::Aes128 => 16,
            Strength::Aes192 => 24,
            Strength::Aes256 => 32,
        }
    }

    /// Bytes in front of the coded ones: a salt half as long as the key, and the verifier.
    pub(crate) fn head(self) -> usize {
        (self.key() / 2).saturating_add(VERIFIER)
    }
}

/// What opens one entry.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key {
    strength: Strength,
    key: Vec<u8>,
    authentication: Vec<u8>,
}

/// A key is no text for a log.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("strength", &self.strength)
            .finish_non_exhaustive()
    }
}

impl Key {
    /// The key that a password makes of the head of an entry (salt and verifier); `None` when the
    /// verifier says that it is the wrong one.
    pub(crate) fn derive(
        password: &[u8],
        strength: Strength,
        head: &[u8],
        budget: &Budget<'_>,
    ) -> Result<Option<Self>, Exhausted> {
        let key = strength.key();
        let Some((salt, verifier)) = head.split_at_checked(key / 2) else {
            return Ok(None);
        };
        let Ok(password) = Hmac::<Sha1>::new_from_slice(password) else {
            return Ok(None);
        };
        // Key, key of the authentication and verifier follow each other. The last block of the
        // derived bytes holds the verifier: a wrong password costs no more than that block.
        let wanted = key.saturating_mul(2).saturating_add(VERIFIER);
        let blocks = wanted.div_ceil(DIGEST);
        let last = pass(&password, salt, blocks, budget)?;
        let place = wanted
            .saturating_sub(VERIFIER)
            .saturating_sub(blocks.saturating_sub(1).saturating_mul(DIGEST));
        if last.get(place..place.saturating_add(VERIFIER)) != verifier.get(..VERIFIER) {
            return Ok(None);
        }
        let mut derived = Vec::new();
        for block in 1..blocks {
            derived.extend(pass(&password, salt, block, budget)?);
        }
        derived.extend(last);
        let (first, rest) = derived.split_at(key.min(derived.len()));
        Ok(Some(Key {
            strength,
            key: first.to_vec(),
            authentication: rest.iter().copied().take(key).collect(),
        }))
    }

    /// Whether the authentication code is that of the coded bytes. Pays for them.
    pub(crate) fn authenticates(
        &self,
        coded: &[u8],
        code: &[u8],
        budget: &Budget<'_>,
    ) -> Result<bool, Exhausted> {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.authentication) else {
            return Ok(false);
        };
        for block in coded.chunks(64 << 10) {
            budget.charge_decoded(u64::try_from(block.len()).unwrap_or(u64::MAX))?;
            mac.update(block);
        }
        let right = mac.finalize().into_bytes();
        Ok(right.get(..CODE) == Some(code))
    }

    /// The cipher at its start.
    pub(super) fn decryptor(&self) -> Box<dyn Decrypt> {
        let key = self.key.as_slice();
        let aes = match self.strength {
            Strength::Aes128 => Aes128::new_from_slice(key).map(Aes::Aes128),
            Strength::Aes192 => Aes192::new_from_slice(key).map(Aes::Aes192),
            Strength::Aes256 => Aes256::new_from_slice(key).map(Aes::Aes256),
        };
        Box::new(Counter {
            aes: aes.ok(),
            next: 1,
        })
    }
}

/// One block of what PBKDF2 gives (RFC 8018 §5.2), counted from 1.
fn pass(
    password: &Hmac<Sha1>,
    salt: &[u8],
    block: usize,
    budget: &Budget<'_>,
) -> Result<[u8; DIGEST], Exhausted> {
    budget.charge_rounds(ROUNDS)?;
    let index = u32::try_from(block).unwrap_or(u32::MAX);
    let first = password.clone().chain_update(salt);
    let mut turn: [u8; DIGEST] = first
        .chain_update(index.to_be_bytes())
        .finalize()
        .into_bytes()
        .into();
    let mut sum = turn;
    for _ in 1..ROUNDS {
        turn = password
            .clone()
            .chain_update(turn)
            .finalize()
            .into_bytes()
            .into();
        for (sum, turn) in sum.iter_mut().zip(turn) {
            *sum ^= turn;
        }
    }
    Ok(sum)
}

enum Aes {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

/// AES in counter mode; the counter is little-endian and starts at 1.
struct Counter {
    /// Always there: the keys have the right length.
    aes: Option<Aes>,
    next: u128,
}

impl Decrypt for Counter {
    fn decrypt(&mut self, block: &mut [u8]) {
        // Blocks are 64 KiB, which sixteen divides, so that no pad is left over between them.
        for bytes in block.chunks_mut(BLOCK) {
            let mut pad = Block::from(self.next.to_le_bytes());
            match &self.aes {
                Some(Aes::Aes128(aes)) => aes.encrypt_block(&mut pad),
                Some(Aes::Aes192(aes)) => aes.encrypt_block(&mut pad),
                Some(Aes::Aes256(aes)) => aes.encrypt_block(&mut pad),
                None => return,
            }
            for (byte, pad) in bytes.iter_mut().zip(pad) {
                *byte ^= pad;
            }
            self.next = self.next.wrapping_add(1);
        }
    }
}
