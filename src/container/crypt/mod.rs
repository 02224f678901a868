//! What opens encrypted bytes: the ciphers of members, applied block by block as they are read.
//!
//! The files: `zip_crypto` (the old encryption of zip entries), `zip_aes` (the newer one). Adding a
//! cipher means a variant of [`Cipher`], a file with its [`Decrypt`], and a line in
//! [`Cipher::decryptor`].

#[cfg(feature = "crypt")]
pub(crate) mod zip_aes;
pub(crate) mod zip_crypto;

use zip_crypto::Keys;

/// A cipher with the key that opens what it closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    /// ZipCrypto; the keys are those behind the random header.
    ZipCrypto(Keys),
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
            Cipher::ZipAes(key) => key.decryptor(),
        }
    }
}

/// Decrypts blocks as they come. Never fails: a wrong key gives nonsense.
pub(super) trait Decrypt {
    /// Decrypts the next block in place. All blocks but the last are 64 KiB long.
    fn decrypt(&mut self, block: &mut [u8]);
}
