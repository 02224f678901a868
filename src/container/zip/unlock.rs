//! How an entry is coded, and what opens it: ZipCrypto passwords, and data that is only marked as
//! encrypted or as compressed by a strange method.

use super::super::read::{Check, check};
use std::sync::Arc;

use super::super::crypt::zip_crypto::{HEADER, Keys};
use super::super::crypt::{Cipher, Decrypt as _};
use super::super::{Coding, Enciphered, Source};
use super::header::Header;
use crate::limits::Budget;
use crate::link::TechniqueId;
use crate::passwords::Passwords;

pub(super) struct Unlock<'d, 'b> {
    data: &'d [u8],
    budget: &'b Budget<'b>,
    /// The keys of every password, and what it says when it opens; the one that opened the last
    /// entry first.
    keys: Vec<(Keys, TechniqueId)>,
}

impl<'d, 'b> Unlock<'d, 'b> {
    pub(super) fn new(data: &'d [u8], passwords: &Passwords, budget: &'b Budget<'b>) -> Self {
        let keys = passwords
            .each()
            .map(|password| {
                let keys = Keys::derive(password.text.as_bytes());
                (keys, password.technique)
            })
            .collect();
        Unlock { data, budget, keys }
    }

    /// The coding of the entry whose data starts at `start`, and what is odd about it.
    pub(super) fn coding(
        &mut self,
        header: &Header<'_>,
        start: usize,
    ) -> (Coding, Option<TechniqueId>) {
        if header.encrypted() {
            if let Some((coding, technique)) = self.open(header, start) {
                return (coding, Some(technique));
            }
            if let Some(coding) = self.plain(header, start) {
                return (coding, Some(TechniqueId::ZipFakeEncryption));
            }
            let scheme = match header.method {
                99 => header.aes(),
                _ if header.strongly_encrypted() => "PKWARE strong encryption",
                _ => "ZipCrypto",
            };
            return (Coding::Encrypted(scheme), None);
        }
        match header.method {
            0 => (Coding::Stored, None),
            8 => (Coding::Deflated, None),
            method => match self.plain(header, start) {
                Some(coding) => (coding, Some(TechniqueId::ZipDisagreement)),
                None => (Coding::Unsupported(method), None),
            },
        }
    }

    /// Tries the passwords. The last byte of the random header tells a wrong one, but lets one in
    /// 256 pass (APPNOTE 6.1.6); therefore the data is looked at, too.
    fn open(&mut self, header: &Header<'_>, start: usize) -> Option<(Coding, TechniqueId)> {
        let deflated = match header.method {
            0 => false,
            8 => true,
            _ => return None,
        };
        let random: &[u8; HEADER] = self.data.get(start..)?.first_chunk()?;
        let [.., of_crc] = header.crc.to_le_bytes();
        let [.., of_time] = header.time.to_le_bytes();
        for index in 0..self.keys.len() {
            let (mut keys, technique) = *self.keys.get(index)?;
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
            if self.holds(header, start.saturating_add(HEADER), HEADER, &coding) {
                self.keys.swap(0, index);
                return Some((coding, technique));
            }
        }
        None
    }

    /// Reads the data as if it were neither encrypted nor strangely compressed.
    fn plain(&self, header: &Header<'_>, start: usize) -> Option<Coding> {
        // A cipher adds its header: where the sizes are not equal, the data is not stored plainly.
        let stored = (header.packed == header.size).then_some(Coding::Stored);
        [Coding::Deflated]
            .into_iter()
            .chain(stored)
            .find(|coding| self.holds(header, start, 0, coding))
    }

    /// Whether reading as `coding` gives what the header promises.
    fn holds(&self, header: &Header<'_>, start: usize, extra: usize, coding: &Coding) -> bool {
        let packed = usize::try_from(header.packed)
            .unwrap_or(usize::MAX)
            .saturating_sub(extra);
        let end = start.saturating_add(packed).min(self.data.len());
        let source = Source {
            range: start..end,
            coding: coding.clone(),
            checksums: None,
        };
        let known = !(header.descriptor() && header.crc == 0);
        match check(&source, self.data, self.budget) {
            // An empty stream holds nothing that could tell, and nothing else either.
            Ok(Check::Whole(crc)) => crc == header.crc || (!known && deflates(coding)),
            Ok(Check::Long) => true,
            Ok(Check::Broken) | Err(_) => false,
        }
    }
}

fn deflates(coding: &Coding) -> bool {
    matches!(coding, Coding::Deflated)
        || matches!(coding, Coding::Enciphered(below) if below.deflated)
}
