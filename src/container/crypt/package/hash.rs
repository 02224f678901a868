//! The hashes that encrypted packages name, and the derivation of keys that all of them share.
//!
//! # Worst cases
//!
//! Rounds are paid for before they are gone through, some thousand at once, so that the caller's
//! stop flag is seen.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::limits::{Budget, Exhausted, Limit};

/// Rounds that are paid for at once: about a millisecond.
const SLICE: u32 = 4_096;

/// What trying one key costs at least, in rounds: what is done with it once it is derived.
pub(super) const LEAST: u32 = 100;

/// A hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// By its name in `EncryptionInfo` ([MS-OFFCRYPTO] 2.3.4.10, `HashAlgorithm`), with or without
    /// a hyphen, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        Some(match name.to_ascii_uppercase().as_str() {
            "MD5" => Hash::Md5,
            "SHA1" => Hash::Sha1,
            "SHA256" => Hash::Sha256,
            "SHA384" => Hash::Sha384,
            "SHA512" => Hash::Sha512,
            _ => return None,
        })
    }

    /// The hash of what these make together.
    pub(super) fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Hash::Md5 => joined::<Md5>(parts),
            Hash::Sha1 => joined::<Sha1>(parts),
            Hash::Sha256 => joined::<Sha256>(parts),
            Hash::Sha384 => joined::<Sha384>(parts),
            Hash::Sha512 => joined::<Sha512>(parts),
        }
    }

    /// What all keys of a password are made of ([MS-OFFCRYPTO] 2.3.4.7, 2.3.4.11): the hash of salt
    /// and password, hashed `rounds` times behind the number of the round.
    ///
    /// # Errors
    ///
    /// The limit that does not allow so many rounds: then none is gone through. At least [`LEAST`]
    /// are paid for.
    pub(super) fn stretch(
        self,
        (salt, password): (&[u8], &str),
        rounds: u32,
        budget: &Budget<'_>,
    ) -> Result<Vec<u8>, Exhausted> {
        if u64::from(rounds) > budget.rounds_left() {
            return Err(Exhausted::Limit(Limit::DerivationRounds));
        }
        budget.charge_rounds(u64::from(LEAST.saturating_sub(rounds)))?;
        let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let start = (salt, password.as_slice());
        match self {
            Hash::Md5 => stretched::<Md5>(start, rounds, budget),
            Hash::Sha1 => stretched::<Sha1>(start, rounds, budget),
            Hash::Sha256 => stretched::<Sha256>(start, rounds, budget),
            Hash::Sha384 => stretched::<Sha384>(start, rounds, budget),
            Hash::Sha512 => stretched::<Sha512>(start, rounds, budget),
        }
    }
}

fn joined<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().to_vec()
}

fn stretched<D: Digest>(
    (salt, password): (&[u8], &[u8]),
    rounds: u32,
    budget: &Budget<'_>,
) -> Result<Vec<u8>, Exhausted> {
    let mut state = D::new()
        .chain_update(salt)
        .chain_update(password)
        .finalize();
    let mut next = 0u32;
    while next < rounds {
        let end = next.saturating_add(SLICE).min(rounds);
        budget.charge_rounds(u64::from(end.saturating_sub(next)))?;
        for round in next..end {
            state = D::new()
                .chain_update(round.to_le_bytes())
                .chain_update(&state)
                .finalize();
        }
        next = end;
    }
    Ok(state.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn names_in_several_spellings() {
        for (name, hash) in [
            ("SHA1", Hash::Sha1),
            ("SHA-1", Hash::Sha1),
            ("sha512", Hash::Sha512),
            ("SHA-384", Hash::Sha384),
            ("SHA256", Hash::Sha256),
            ("MD5", Hash::Md5),
        ] {
            assert_eq!(Hash::named(name), Some(hash), "{name}");
        }
        assert_eq!(Hash::named("WHIRLPOOL"), None);
        assert_eq!(Hash::named(""), None);
    }

    /// FIPS 180-2 and RFC 1321: the hash of "abc", by its first bytes.
    #[test]
    fn the_hashes_are_those_of_their_standards() {
        for (hash, first, size) in [
            (Hash::Md5, [0x90, 0x01, 0x50, 0x98], 16),
            (Hash::Sha1, [0xa9, 0x99, 0x3e, 0x36], 20),
            (Hash::Sha256, [0xba, 0x78, 0x16, 0xbf], 32),
            (Hash::Sha384, [0xcb, 0x00, 0x75, 0x3f], 48),
            (Hash::Sha512, [0xdd, 0xaf, 0x35, 0xa1], 64),
        ] {
            let sum = hash.of(&[b"a", b"bc"]);
            assert_eq!((&sum[..4], sum.len()), (first.as_slice(), size));
        }
    }

    #[test]
    fn rounds_that_nobody_pays_for_are_not_begun() {
        let limits = Limits {
            derivation_rounds: 5_000,
            ..Limits::default()
        };
        let budget = Budget::new(&limits, None);
        let short = Err(Exhausted::Limit(Limit::DerivationRounds));
        assert_eq!(Hash::Sha1.stretch((b"", "x"), 5_001, &budget), short);
        assert_eq!(Hash::Sha1.stretch((b"", "x"), u32::MAX, &budget), short);
        assert_eq!(budget.rounds_left(), 5_000);
        assert!(Hash::Sha1.stretch((b"", "x"), 5_000, &budget).is_ok());
        assert_eq!(budget.rounds_left(), 0);
        assert_eq!(
            Hash::Sha1.stretch((b"", "x"), 0, &budget),
            short,
            "not for nothing"
        );
    }
}
