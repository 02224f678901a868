//! How an entry is coded, and what opens it: passwords, and data that is only marked as encrypted
//! or as compressed by another method.
//!
//! # Worst cases
//!
//! Each encrypted entry is tried with each password. All trials of one archive together may take
//! half of the bytes and of the rounds that are left when it is listed, so that what it holds is
//! still read; entries that are not opened then are gaps.

use std::sync::Arc;

#[cfg(feature = "crypt")]
use super::super::crypt::zip_aes::{self, Strength};
use super::super::crypt::zip_crypto::{HEADER, Keys};
use super::super::crypt::{Cipher, Decrypt as _};
use super::super::read::{Check, check};
use super::super::{Coding, Enciphered, Source};
use super::header::Header;
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::{Passwords, spellings};

pub(super) struct Unlock<'d, 'b> {
    data: &'d [u8],
    budget: &'b Budget<'b>,
    /// The one that opened the last entry first.
    openers: Vec<Opener>,
    /// Decoded bytes that trials leave.
    bytes_floor: u64,
    /// Rounds that they leave.
    #[cfg(feature = "crypt")]
    rounds_floor: u64,
    /// Why not all passwords were tried.
    pub(super) exhausted: Option<Exhausted>,
}

/// A password.
struct Opener {
    #[cfg(feature = "crypt")]
    text: Vec<u8>,
    keys: Keys,
    technique: TechniqueId,
}

/// How the data of an entry is read.
pub(super) struct Opening {
    pub(super) coding: Coding,
    /// What is odd about it.
    pub(super) odd: Option<TechniqueId>,
    /// What belongs to the encryption, in front of the coded bytes and behind them.
    pub(super) around: Around,
    /// The checksum in the headers says nothing.
    pub(super) is_unchecked: bool,
}

/// Bytes in front and behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Around {
    pub(super) head: usize,
    pub(super) tail: usize,
}

impl Opening {
    fn plain(coding: Coding, odd: Option<TechniqueId>) -> Self {
        Opening {
            coding,
            odd,
            around: Around::default(),
            is_unchecked: false,
        }
    }
}

impl<'d, 'b> Unlock<'d, 'b> {
    pub(super) fn new(data: &'d [u8], passwords: &Passwords, budget: &'b Budget<'b>) -> Self {
        let openers = passwords
            .each()
            .flat_map(|password| {
                let bytes = spellings(password.text).into_iter();
                bytes.map(move |bytes| Opener {
                    keys: Keys::derive(&bytes),
                    #[cfg(feature = "crypt")]
                    text: bytes,
                    technique: password.technique,
                })
            })
            .collect();
        Unlock {
            data,
            budget,
            openers,
            bytes_floor: budget.decoded_left() / 2,
            #[cfg(feature = "crypt")]
            rounds_floor: budget.rounds_left() / 2,
            exhausted: None,
        }
    }

    /// How to read the entry whose data starts at `start`.
    pub(super) fn open(&mut self, header: &Header<'_>, start: usize) -> Opening {
        if header.encrypted() {
            if let Some(opening) = self.zip_crypto(header, start) {
                return opening;
            }
            #[cfg(feature = "crypt")]
            if let Some(opening) = self.aes(header, start) {
                return opening;
            }
            if let Some(coding) = self.unencrypted(header, start) {
                return Opening::plain(coding, Some(TechniqueId::ZipFakeEncryption));
            }
            let scheme = match header.method {
                99 => header.aes_name(),
                _ if header.strongly_encrypted() => "PKWARE strong encryption",
                _ => "ZipCrypto",
            };
            return Opening::plain(Coding::Encrypted(scheme), None);
        }
        let is = |coding| self.holds(header, start, Around::default(), &coding);
        let is_known = header.packed > 0 && header.crc != 0;
        let coding = match header.method {
            0 if is_known && is(Coding::Deflated) => Some(Coding::Deflated),
            0 => return Opening::plain(Coding::Stored, None),
            // Deflate does not keep the length, save by chance.
            8 if is_known && header.packed == header.size && is(Coding::Stored) => {
                Some(Coding::Stored)
            }
            8 => return Opening::plain(Coding::Deflated, None),
            _ => self.unencrypted(header, start),
        };
        match coding {
            Some(coding) => Opening::plain(coding, Some(TechniqueId::ZipOddMethod)),
            None => Opening::plain(Coding::Unsupported(header.method), None),
        }
    }

    /// Tries the passwords with ZipCrypto. The last byte of the random header tells a wrong one,
    /// but lets one in 256 pass (APPNOTE 6.1.6); therefore the data is looked at, too.
    fn zip_crypto(&mut self, header: &Header<'_>, start: usize) -> Option<Opening> {
        let deflated = match header.method {
            0 => false,
            8 => true,
            _ => return None,
        };
        let random: &[u8; HEADER] = self.data.get(start..)?.first_chunk()?;
        let [.., of_crc] = header.crc.to_le_bytes();
        let [.., of_time] = header.time.to_le_bytes();
        let around = Around {
            head: HEADER,
            tail: 0,
        };
        for index in 0..self.openers.len() {
            let opener = self.openers.get(index)?;
            let (mut keys, technique) = (opener.keys, opener.technique);
            let mut random = *random;
            keys.decrypt(&mut random);
            let [.., check] = random;
            if check != of_crc && check != of_time {
                continue;
            }
            let coding = Coding::Enciphered(Arc::new(Enciphered {
                cipher: Cipher::ZipCrypto(keys),
                deflated,
                length: None,
            }));
            if self.holds(header, start, around, &coding) {
                self.openers.swap(0, index);
                return Some(Opening {
                    coding,
                    odd: Some(technique),
                    around,
                    is_unchecked: false,
                });
            }
        }
        None
    }

    /// Tries the passwords with AES. Two bytes tell a wrong one, but let one in 65,536 pass;
    /// therefore a stream below must be sound, or the authentication code or the checksum right.
    #[cfg(feature = "crypt")]
    fn aes(&mut self, header: &Header<'_>, start: usize) -> Option<Opening> {
        let field = header.aes().filter(|_| header.method == 99)?;
        let strength = Strength::of(field.strength)?;
        let head = self.data.get(start..)?.get(..strength.head())?;
        let around = Around {
            head: strength.head(),
            tail: zip_aes::CODE,
        };
        // The second version leaves the checksum out: it tells of short files what they hold.
        let is_unchecked = field.version == 2;
        for index in 0..self.openers.len() {
            if self.budget.rounds_left() < self.rounds_floor {
                self.exhausted = Some(Exhausted::Limit(crate::limits::Limit::DerivationRounds));
                return None;
            }
            let opener = self.openers.get(index)?;
            let technique = opener.technique;
            let key = match zip_aes::Key::derive(&opener.text, strength, head, self.budget) {
                Ok(Some(key)) => key,
                Ok(None) => continue,
                Err(cause) => {
                    self.exhausted = Some(cause);
                    return None;
                }
            };
            let is_authentic = || self.is_authentic(header, start, around, &key);
            let enciphered = |deflated| {
                Coding::Enciphered(Arc::new(Enciphered {
                    cipher: Cipher::ZipAes(key.clone()),
                    deflated,
                    length: None,
                }))
            };
            let coding = match field.method {
                8 => enciphered(true),
                0 => enciphered(false),
                method => Coding::Unsupported(method),
            };
            let is_sound = matches!(coding, Coding::Enciphered(_))
                && self.is_sound(header, start, around, &coding);
            if is_sound || is_authentic() {
                self.openers.swap(0, index);
                return Some(Opening {
                    coding,
                    odd: Some(technique),
                    around,
                    is_unchecked,
                });
            }
        }
        None
    }

    /// Whether the code behind the data is the right one.
    #[cfg(feature = "crypt")]
    fn is_authentic(
        &self,
        header: &Header<'_>,
        start: usize,
        around: Around,
        key: &zip_aes::Key,
    ) -> bool {
        let coded = self.range(header, start, around);
        let code = coded.end..coded.end.saturating_add(around.tail);
        let (Some(coded), Some(code)) = (self.data.get(coded), self.data.get(code)) else {
            return false;
        };
        let left = self.budget.decoded_left();
        let length = u64::try_from(coded.len()).unwrap_or(u64::MAX);
        left.saturating_sub(length) >= self.bytes_floor
            && matches!(key.authenticates(coded, code, self.budget), Ok(true))
    }

    /// Reads the data as if it were neither encrypted nor strangely compressed.
    fn unencrypted(&self, header: &Header<'_>, start: usize) -> Option<Coding> {
        // A cipher adds its header: where the sizes are not equal, the data is not stored plainly.
        let stored = (header.packed == header.size).then_some(Coding::Stored);
        [Coding::Deflated]
            .into_iter()
            .chain(stored)
            .find(|coding| self.holds(header, start, Around::default(), coding))
    }

    /// Whether reading as `coding` gives what the header promises.
    pub(super) fn holds(
        &self,
        header: &Header<'_>,
        start: usize,
        around: Around,
        coding: &Coding,
    ) -> bool {
        let is_known = !(header.descriptor() && header.crc == 0);
        match self.check(header, start, around, coding) {
            Check::Whole { crc, .. } if crc == header.crc => true,
            // An empty stream holds nothing that could tell, and nothing else either.
            Check::Whole { .. } if !is_known => deflates(coding),
            // A stream that gives just as much as it should from just as much: only the checksum
            // is wrong.
            Check::Whole { size, rest, .. } => {
                deflates(coding) && size == header.size && size >= TELLING && rest == 0
            }
            Check::Long => true,
            Check::Broken => false,
        }
    }

    /// Whether a stream below is sound, or the checksum right.
    #[cfg(feature = "crypt")]
    fn is_sound(&self, header: &Header<'_>, start: usize, around: Around, coding: &Coding) -> bool {
        match self.check(header, start, around, coding) {
            Check::Whole { crc, size, .. } => {
                deflates(coding) && size >= TELLING || header.crc != 0 && crc == header.crc
            }
            Check::Long => true,
            Check::Broken => false,
        }
    }

    /// Whether the allowance for trials is not spent.
    pub(super) fn may_try(&self) -> bool {
        self.budget.decoded_left() >= self.bytes_floor
    }

    /// Pays for a trial.
    pub(super) fn pay(&self, bytes: u64) -> Option<()> {
        self.budget.charge_decoded(bytes).ok()
    }

    fn check(&self, header: &Header<'_>, start: usize, around: Around, coding: &Coding) -> Check {
        if !self.may_try() || self.is_masked(header, start) {
            return Check::Broken;
        }
        let source = Source {
            range: self.range(header, start, around),
            coding: coding.clone(),
            checksums: None,
        };
        check(&source, self.data, self.budget).unwrap_or(Check::Broken)
    }

    /// Whether the header says of an encrypted entry that it is empty, and something is there: that
    /// is what masked headers say (APPNOTE 4.4.4, bit 13).
    fn is_masked(&self, header: &Header<'_>, start: usize) -> bool {
        let data = self.data.get(start..).unwrap_or_default();
        let is_empty = header.packed == 0 && !header.descriptor();
        header.encrypted() && is_empty && !data.is_empty() && !data.starts_with(b"PK")
    }

    /// Where the coded bytes are, when nothing but the header tells.
    fn range(&self, header: &Header<'_>, start: usize, around: Around) -> std::ops::Range<usize> {
        let first = start.saturating_add(around.head);
        let packed = usize::try_from(header.packed).unwrap_or(usize::MAX);
        let end = if header.descriptor() && header.packed == 0 {
            self.data.len()
        } else {
            start.saturating_add(packed).min(self.data.len())
        };
        first..end.saturating_sub(around.tail).max(first)
    }
}

/// Bytes that a stream must give before its soundness says something: one in a thousand runs of
/// random bits is an empty stream.
const TELLING: u64 = 16;

fn deflates(coding: &Coding) -> bool {
    matches!(coding, Coding::Deflated)
        || matches!(coding, Coding::Enciphered(below) if below.deflated)
}
