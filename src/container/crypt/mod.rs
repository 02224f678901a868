//! What opens encrypted bytes: the ciphers of members, applied block by block as they are read.
//!
//! The files: `zip_crypto` (the old encryption of zip entries), `zip_aes` (the newer one), `header`
//! (what stands in front of encrypted documents), `package` (encrypted Office Open XML), `rc4` and
//! `xor` (binary documents). Adding a cipher means a variant of [`Cipher`], a file with its
//! [`Decrypt`], and a line in [`Cipher::decryptor`].

#[cfg(feature = "crypt")]
pub(crate) mod header;
pub(crate) mod package;
#[cfg(feature = "crypt")]
pub(crate) mod rc4;
#[cfg(feature = "crypt")]
pub(crate) mod xor;
#[cfg(feature = "crypt")]
pub(crate) mod zip_aes;
pub(crate) mod zip_crypto;

use zip_crypto::Keys;

/// A cipher with the key that opens what it closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    /// ZipCrypto; the keys are those behind the random header.
    ZipCrypto(Keys),
    /// Agile encryption of packages.
    #[cfg(feature = "crypt")]
    Agile(package::agile::Key),
    /// Standard encryption of packages.
    #[cfg(feature = "crypt")]
    Standard(package::standard::Key),
    /// RC4 of a binary document.
    #[cfg(feature = "crypt")]
    Rc4(rc4::Stretch),
    /// AES of zip entries.
    #[cfg(feature = "crypt")]
    ZipAes(zip_aes::Key),
}

impl Cipher {
    /// The cipher at its start.
    pub(super) fn decryptor(&self) -> Box<dyn Decrypt> {
        match self {
            Cipher::ZipCrypto(keys) => Box::new(*keys),
            #[cfg(feature = "crypt")]
            Cipher::Agile(key) => Box::new(package::agile::Segments::new(key)),
            #[cfg(feature = "crypt")]
            Cipher::Standard(key) => Box::new(package::standard::Blocks::new(key)),
            #[cfg(feature = "crypt")]
            Cipher::Rc4(stretch) => Box::new(rc4::Flowing::new(stretch.clone())),
            #[cfg(feature = "crypt")]
            Cipher::ZipAes(key) => key.decryptor(),
        }
    }
}

/// Decrypts blocks as they come. Never fails: a wrong key gives nonsense.
pub(super) trait Decrypt {
    /// Decrypts the next block in place. All blocks but the last are 64 KiB long.
    fn decrypt(&mut self, block: &mut [u8]);
}

/// Characters of the longest password of a binary document: programs cut off the rest, or do not
/// let it be typed.
#[cfg(feature = "crypt")]
const LONGEST: usize = 15;

/// A password as it was given, and as programs cut it off.
#[cfg(feature = "crypt")]
fn spellings(password: &str) -> Vec<&str> {
    let mut spellings = vec![password];
    let end = password.char_indices().nth(LONGEST);
    spellings.extend(end.and_then(|(end, _)| password.get(..end)));
    spellings
}
