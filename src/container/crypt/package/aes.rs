//! AES with keys of every length, in the modes of encrypted packages, decrypting only.

use aes::cipher::{BlockCipherDecrypt as _, BlockModeDecrypt as _, InnerIvInit as _, KeyInit as _};
use aes::{Aes128, Aes192, Aes256, Block};

/// Bytes of a block.
pub(super) const BLOCK: usize = 16;

/// The cipher with a key.
pub(super) enum Aes {
    Short(Box<Aes128>),
    Middle(Box<Aes192>),
    Long(Box<Aes256>),
}

impl Aes {
    /// `None` for a key that is not 16, 24 or 32 bytes long.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        Some(match key.len() {
            16 => Aes::Short(Box::new(Aes128::new_from_slice(key).ok()?)),
            24 => Aes::Middle(Box::new(Aes192::new_from_slice(key).ok()?)),
            32 => Aes::Long(Box::new(Aes256::new_from_slice(key).ok()?)),
            _ => return None,
        })
    }

    /// Every block by itself. What is left behind the last whole block stays as it is.
    pub(super) fn decrypt_blocks(&self, data: &mut [u8]) {
        let (blocks, _) = Block::slice_as_chunks_mut(data);
        match self {
            Aes::Short(aes) => aes.decrypt_blocks(blocks),
            Aes::Middle(aes) => aes.decrypt_blocks(blocks),
            Aes::Long(aes) => aes.decrypt_blocks(blocks),
        }
    }

    /// Blocks that are chained. What is left behind the last whole block stays as it is.
    pub(super) fn decrypt_chain(&self, start: [u8; BLOCK], data: &mut [u8]) {
        let (blocks, _) = Block::slice_as_chunks_mut(data);
        let start = Block::from(start);
        match self {
            Aes::Short(aes) => {
                cbc::Decryptor::inner_iv_init(Aes128::clone(aes), &start).decrypt_blocks(blocks);
            }
            Aes::Middle(aes) => {
                cbc::Decryptor::inner_iv_init(Aes192::clone(aes), &start).decrypt_blocks(blocks);
            }
            Aes::Long(aes) => {
                cbc::Decryptor::inner_iv_init(Aes256::clone(aes), &start).decrypt_blocks(blocks);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
            .collect()
    }

    /// NIST SP 800-38A, F.1 and F.2: the first two blocks.
    #[test]
    fn the_examples_of_the_standard() {
        let plain = bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        let start: [u8; 16] = bytes("000102030405060708090a0b0c0d0e0f")
            .try_into()
            .unwrap();
        let cases = [
            (
                "2b7e151628aed2a6abf7158809cf4f3c",
                "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf",
                "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
            ),
            (
                "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
                "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef",
                "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a",
            ),
            (
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870",
                "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d",
            ),
        ];
        for (key, single, chained) in cases {
            let aes = Aes::new(&bytes(key)).unwrap();
            let mut data = bytes(single);
            // Half a block stays as it is.
            data.extend([7; 8]);
            aes.decrypt_blocks(&mut data);
            assert_eq!(data[..32], plain);
            assert_eq!(data[32..], [7; 8]);
            let mut data = bytes(chained);
            aes.decrypt_chain(start, &mut data);
            assert_eq!(data, plain);
        }
        assert!(Aes::new(&[0; 20]).is_none());
    }
}
