//! Encrypted documents in clear (`spec/word.md` §2.8; [MS-DOC] 2.2.6).
//!
//! # Malformed input
//!
//! That a document says it is obfuscated, or which stream has the tables, is not looked at: the
//! verifier of each scheme is. How long the header of the tables is does not matter, because
//! nothing else is read there.
//!
//! # Worst cases
//!
//! Linear in the streams, of which copies are held: those are paid as live memory.

use std::sync::Arc;

use super::encryption::Role;
use crate::container::cfb::View;
use crate::container::crypt::rc4::{self, Secret, Stretch};
use crate::container::crypt::{Cipher, xor};
use crate::container::{Coding, Enciphered};
use crate::limits::{Budget, Exhausted};
use crate::link::TechniqueId;
use crate::passwords::Passwords;

/// Bytes of a stream that have one key ([MS-DOC] 2.2.6.2).
const BLOCK: usize = 512;
/// Bytes of the main stream that are never encrypted ([MS-DOC] 2.2.6.1), and of that of Word 6 and
/// 95 (`spec/word.md` §2.9).
const CLEAR: usize = 0x44;
const CLEAR_OLD: usize = 0x24;
/// The first version of the block that has the longer one.
const NEW: u16 = 105;
/// Where the verifier of the obfuscation stands in the block, and the key ([MS-DOC] 2.5.2, lKey).
const VERIFIER: usize = 0x0e;
const KEY: usize = 0x10;
/// Bytes of the header of the tables that are read: the longest has the name of a provider in it,
/// which Windows lets have 255 characters.
const LONGEST: usize = 1_024;

/// What the streams are decrypted with.
#[derive(Clone, Debug)]
pub(super) enum Key {
    Rc4(Secret),
    Xor([u8; 16]),
}

impl Key {
    /// Tries the passwords on what the main stream and the streams with tables say.
    pub(super) fn find<'v>(
        main: &View<'_>,
        tables: impl Iterator<Item = &'v View<'v>>,
        passwords: &Passwords,
        budget: &Budget<'_>,
    ) -> Result<Option<(Key, TechniqueId)>, Exhausted> {
        if let (Some(verifier), Some(key)) = (main.u16(VERIFIER), main.u16(KEY))
            && let Some((opened, technique)) = xor::open((key, verifier), passwords)
        {
            return Ok(Some((Key::Xor(opened.array()), technique)));
        }
        for table in tables {
            let info: Vec<u8> = (0..LONGEST)
                .map_while(|at| table.array::<1>(at))
                .flatten()
                .collect();
            if let Some((secret, technique)) = rc4::open(&info, passwords, budget)? {
                return Ok(Some((Key::Rc4(secret), technique)));
            }
        }
        Ok(None)
    }

    /// A copy of a stream, decrypted.
    pub(super) fn clear(
        &self,
        view: &View<'_>,
        role: Role,
        budget: &Budget<'_>,
    ) -> Result<View<'static>, Exhausted> {
        let mut bytes = view.copy(0..view.length(), budget)?;
        let old = view.u16(2).is_some_and(|version| version < NEW);
        let kept = match role {
            Role::Main if old => CLEAR_OLD,
            Role::Main => CLEAR,
            Role::Other => 0,
        };
        let rest = bytes.get_mut(kept..).unwrap_or_default();
        match self {
            Key::Rc4(secret) => secret.decrypt(BLOCK, kept, rest),
            Key::Xor(array) => xor::clear_text(array, kept, rest),
        }
        Ok(View::holding(bytes))
    }

    /// Decrypts bytes that are one block, by its number.
    pub(super) fn block(&self, number: u32, bytes: &mut [u8]) {
        if let Some(stretch) = self.stretch(number, usize::MAX, 0) {
            stretch.apply(bytes);
        }
    }

    /// How the data is coded from the byte `at` on; `None` where objects stand in clear.
    pub(super) fn coding(&self, at: usize) -> Option<Coding> {
        let cipher = Cipher::Rc4(self.stretch(0, BLOCK, at)?);
        Some(Coding::Enciphered(Arc::new(Enciphered {
            cipher,
            deflated: false,
            length: None,
        })))
    }

    fn stretch(&self, first: u32, size: usize, at: usize) -> Option<Stretch> {
        match self {
            Key::Rc4(secret) => Some(Stretch {
                secret: secret.clone(),
                size,
                first,
                at,
            }),
            Key::Xor(_) => None,
        }
    }
}
