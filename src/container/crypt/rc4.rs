//! RC4 as binary documents use it: 40 bits, and through the `CryptoAPI` ([MS-OFFCRYPTO] 2.3.5,
//! 2.3.6; `spec/excel.md` §3.10, `spec/word.md` §2.8).
//!
//! The stream is cut into blocks, and each has a key of its own that is made of its number.
//!
//! # Malformed input
//!
//! What the file says of the length of a key is tried first, then what programs write. An algorithm
//! that is none of RC4 has another verifier, and no password fits.
//!
//! # Worst cases
//!
//! A password costs some hashes of a few hundred bytes, which is paid as [`ROUNDS`]; a block one
//! more, and 256 steps.

use md5::{Digest, Md5};
use rc4::{KeyInit, Rc4, StreamCipher};
use sha1::Sha1;

use super::header::Header;
use super::{Decrypt, spellings};
use crate::bytes::Bytes;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;

/// What a password costs, in rounds of key derivation.
const ROUNDS: u64 = 8;
/// Bytes of the key of 40 bits, as of every hash on the way to it.
const SHORT: usize = 5;
/// Bits of keys that programs write ([MS-OFFCRYPTO] 2.3.5.1: 40 to 128).
const BITS: [u32; 2] = [128, 40];

/// What the keys of all blocks are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Secret(Base);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Base {
    /// RC4 of 40 bits.
    Md5([u8; SHORT]),
    /// Through the `CryptoAPI`, and the bytes of a key.
    Sha1([u8; 20], usize),
}

/// Tries the passwords on what stands in front of the encrypted bytes, from the version on.
///
/// # Errors
///
/// The limit on key derivation, or what ends the analysis.
pub(crate) fn open(
    info: &[u8],
    passwords: &Passwords,
    budget: &Budget<'_>,
) -> Result<Option<(Secret, TechniqueId)>, Exhausted> {
    let Some(lock) = Lock::read(info) else {
        return Ok(None);
    };
    for password in passwords.each() {
        for spelling in spellings(password.text) {
            budget.charge_rounds(ROUNDS)?;
            let units: Vec<u8> = spelling.encode_utf16().flat_map(u16::to_le_bytes).collect();
            if let Some(secret) = lock.open(&units) {
                return Ok(Some((secret, password.technique)));
            }
        }
    }
    Ok(None)
}

/// What tells a right password.
enum Lock {
    Md5 {
        salt: [u8; 16],
        verifier: [u8; 16],
        hash: [u8; 16],
    },
    Sha1(Header),
}

impl Lock {
    fn read(info: &[u8]) -> Option<Self> {
        let mut bytes = Bytes::new(info);
        match (bytes.u16()?, bytes.u16()?) {
            (1, 1) => Some(Lock::Md5 {
                salt: *bytes.take(16)?.first_chunk()?,
                verifier: *bytes.take(16)?.first_chunk()?,
                hash: *bytes.take(16)?.first_chunk()?,
            }),
            (2..=4, 2) => Header::read(info).map(Lock::Sha1),
            _ => None,
        }
    }

    /// What a password gives, in units of two bytes, if it is the right one.
    fn open(&self, password: &[u8]) -> Option<Secret> {
        match self {
            Lock::Md5 {
                salt,
                verifier,
                hash,
            } => {
                let secret = Secret::short(password, salt);
                let (verifier, hash) = secret.verifier(verifier, hash);
                (Md5::digest(verifier).as_slice() == hash).then_some(secret)
            }
            Lock::Sha1(header) => {
                let verifier = &header.verifier;
                let hash: &[u8; 20] = verifier.hash.first_chunk()?;
                let mut lengths = vec![if header.key_bits == 0 {
                    40
                } else {
                    header.key_bits
                }];
                lengths.extend(BITS.into_iter().filter(|bits| *bits != header.key_bits));
                lengths.into_iter().find_map(|bits| {
                    let secret = Secret::long(password, &verifier.salt, bits)?;
                    let (verifier, hash) = secret.verifier(&verifier.verifier, hash);
                    (Sha1::digest(verifier).as_slice() == hash).then_some(secret)
                })
            }
        }
    }
}

impl Secret {
    /// [MS-OFFCRYPTO] 2.3.6.2.
    fn short(password: &[u8], salt: &[u8; 16]) -> Self {
        let first: [u8; SHORT] = start(&Md5::digest(password));
        let mut hash = Md5::new();
        for _ in 0..16 {
            hash.update(first);
            hash.update(salt);
        }
        Secret(Base::Md5(start(&hash.finalize())))
    }

    /// [MS-OFFCRYPTO] 2.3.5.2.
    fn long(password: &[u8], salt: &[u8; 16], bits: u32) -> Option<Self> {
        let bytes = usize::try_from(bits / 8).ok()?;
        let mut hash = Sha1::new();
        hash.update(salt);
        hash.update(password);
        let hash = start(&hash.finalize());
        (1..=hash.len())
            .contains(&bytes)
            .then_some(Secret(Base::Sha1(hash, bytes)))
    }

    /// The number and its hash, which are encrypted one after the other.
    fn verifier<const N: usize>(&self, verifier: &[u8; 16], hash: &[u8; N]) -> ([u8; 16], [u8; N]) {
        let (mut verifier, mut hash) = (*verifier, *hash);
        if let Some(mut cipher) = self.block(0) {
            cipher.apply_keystream(&mut verifier);
            cipher.apply_keystream(&mut hash);
        }
        (verifier, hash)
    }

    /// The cipher of a block.
    fn block(&self, number: u32) -> Option<Rc4> {
        let key = match &self.0 {
            Base::Md5(base) => {
                let mut hash = Md5::new();
                hash.update(base);
                hash.update(number.to_le_bytes());
                return Rc4::new_from_slice(&hash.finalize()).ok();
            }
            Base::Sha1(base, _) => {
                let mut hash = Sha1::new();
                hash.update(base);
                hash.update(number.to_le_bytes());
                hash.finalize()
            }
        };
        let Base::Sha1(_, length) = &self.0 else {
            return None;
        };
        let mut key: Vec<u8> = key.into_iter().take(*length).collect();
        if *length == SHORT {
            // [MS-OFFCRYPTO] 2.3.5.2: a key of 40 bits is filled with zeros.
            key.resize(16, 0);
        }
        Rc4::new_from_slice(&key).ok()
    }

    /// Decrypts bytes that stand at `at` in a stream with blocks of `size` bytes.
    pub(crate) fn decrypt(&self, size: usize, at: usize, bytes: &mut [u8]) {
        self.decrypt_from(0, size, at, bytes);
    }

    /// The same, with another number for the first block.
    fn decrypt_from(&self, first: u32, size: usize, mut at: usize, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            let number = at.checked_div(size).unwrap_or(0);
            let number = first.saturating_add(u32::try_from(number).unwrap_or(u32::MAX));
            let before = at.checked_rem(size).unwrap_or(0);
            let here = size.saturating_sub(before).clamp(1, bytes.len());
            let (head, tail) = bytes.split_at_mut(here);
            if let Some(mut cipher) = self.block(number) {
                skip(&mut cipher, before);
                cipher.apply_keystream(head);
            }
            at = at.saturating_add(here);
            bytes = tail;
        }
    }
}

/// Leaves out the key stream of `count` bytes.
fn skip(cipher: &mut Rc4, mut count: usize) {
    let mut waste = [0; 64];
    while count > 0 {
        let step = count.min(waste.len());
        let (waste, _) = waste.split_at_mut(step);
        cipher.apply_keystream(waste);
        count = count.saturating_sub(step);
    }
}

/// A part of an encrypted stream, to be decrypted on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) secret: Secret,
    /// Bytes of a block.
    pub(crate) size: usize,
    /// The number of the first block.
    pub(crate) first: u32,
    /// Where in the stream the bytes begin.
    pub(crate) at: usize,
}

impl Stretch {
    /// Decrypts the bytes that it is about, or the first of them.
    pub(crate) fn apply(&self, bytes: &mut [u8]) {
        let Stretch {
            secret,
            size,
            first,
            at,
        } = self;
        secret.decrypt_from(*first, *size, *at, bytes);
    }
}

/// On the way: the key stream of the block at hand goes on from one piece to the next.
pub(super) struct Flowing {
    stretch: Stretch,
    /// The number of the block at hand, its cipher, and what is left of it.
    open: Option<(Rc4, usize)>,
}

impl Flowing {
    pub(super) fn new(stretch: Stretch) -> Self {
        Flowing {
            stretch,
            open: None,
        }
    }

    /// The cipher where the stretch stands.
    fn begin(&self) -> Option<(Rc4, usize)> {
        let Stretch {
            secret,
            size,
            first,
            at,
        } = &self.stretch;
        let number = u32::try_from(at.checked_div(*size)?).unwrap_or(u32::MAX);
        let before = at.checked_rem(*size)?;
        let mut cipher = secret.block(first.saturating_add(number))?;
        skip(&mut cipher, before);
        Some((cipher, size.saturating_sub(before)))
    }
}

impl Decrypt for Flowing {
    fn decrypt(&mut self, mut block: &mut [u8]) {
        while !block.is_empty() {
            let Some((mut cipher, left)) = self.open.take().or_else(|| self.begin()) else {
                return;
            };
            let here = left.min(block.len());
            let (head, tail) = block.split_at_mut(here);
            cipher.apply_keystream(head);
            self.stretch.at = self.stretch.at.saturating_add(here);
            let left = left.saturating_sub(here);
            self.open = (left > 0).then_some((cipher, left));
            block = tail;
        }
    }
}

/// The first bytes of a hash.
fn start<const N: usize>(hash: &[u8]) -> [u8; N] {
    let mut first = [0; N];
    for (to, from) in first.iter_mut().zip(hash) {
        *to = *from;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn units(password: &str) -> Vec<u8> {
        password.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// The key stream that a secret gives for block 0.
    fn stream(secret: &Secret) -> [u8; 8] {
        let mut bytes = [0; 8];
        secret.decrypt(512, 0, &mut bytes);
        bytes
    }

    /// The example of msoffcrypto's `rc4.py`: a password, a salt, and the key of block 0.
    #[test]
    fn the_key_of_a_block_is_that_of_msoffcrypto() {
        let salt = b"\xe8w,\x1d\x91\xc5j7\x96Ga\xb2\x80\x182\x17";
        let key = b" \xbf2\xdd\xf5@\x85\x8cQ7D\xaf\x0f$\xe0<";
        let mut expected = [0; 8];
        Rc4::new_from_slice(key)
            .unwrap()
            .apply_keystream(&mut expected);
        assert_eq!(stream(&Secret::short(&units("password1"), salt)), expected);
    }

    #[test]
    fn a_stretch_in_pieces_is_the_whole() {
        let secret = Secret::long(&units("x"), &[7; 16], 128).unwrap();
        let mut whole = vec![0; 3_000];
        secret.decrypt(1024, 0, &mut whole);
        let stretch = Stretch {
            secret,
            size: 1024,
            first: 0,
            at: 1_000,
        };
        let mut pieces = vec![0; 2_000];
        let mut flowing = Flowing::new(stretch.clone());
        for piece in pieces.chunks_mut(30) {
            flowing.decrypt(piece);
        }
        assert_eq!(pieces, whole[1_000..]);
        let mut later = vec![0; 976];
        let second = Stretch {
            first: 1,
            size: usize::MAX,
            at: 24,
            ..stretch
        };
        second.apply(&mut later);
        assert_eq!(later[..976], whole[1_048..2_024]);
    }

    #[test]
    fn lengths_of_keys_that_lie() {
        let secret = |bits| Secret::long(b"", &[0; 16], bits);
        for bits in [0, 7, 168, u32::MAX] {
            assert_eq!(secret(bits), None);
        }
        assert!(secret(40).is_some() && secret(128).is_some() && secret(160).is_some());
    }

    #[test]
    fn nothing_opens_what_is_no_header() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let passwords = Passwords::new(["x"]);
        for info in [
            &b""[..],
            b"\x01\0\x01\0",
            b"\x04\0\x02\0\0\0\0\0",
            &[1; 200],
        ] {
            assert_eq!(open(info, &passwords, &budget), Ok(None));
        }
    }
}
