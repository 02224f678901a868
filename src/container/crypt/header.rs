//! What stands in front of encrypted bytes: which algorithms, and what tells a right password
//! ([MS-OFFCRYPTO] 2.3.2, 2.3.3, 2.3.4.5, 2.3.5.1). Binary documents under the `CryptoAPI` and
//! packages under ECMA-376 standard encryption have the same.
//!
//! # Malformed input
//!
//! The sizes of salt and hash are not looked at: programs take 16 bytes of salt, whatever it says.
//! The size of the header is, because the rest stands behind it. A name of the provider without end
//! is left out with it.
//!
//! # Worst cases
//!
//! Reads a fixed number of bytes.

use crate::bytes::Bytes;

/// Bytes of the header in front of the name of the provider ([MS-OFFCRYPTO] 2.3.2).
const FIXED: usize = 32;

/// The header and the verifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The version, which says the scheme: its two numbers.
    pub(crate) version: (u16, u16),
    /// Flags ([MS-OFFCRYPTO] 2.3.1).
    pub(crate) flags: u32,
    /// The cipher ([MS-OFFCRYPTO] 2.3.2): 0x6801 is RC4, 0x660E to 0x6610 are AES; 0 says that the
    /// flags decide.
    pub(crate) algorithm: u32,
    /// The hash: 0x8004 is SHA-1; 0 says that the flags decide, which know no other.
    pub(crate) hash_algorithm: u32,
    /// Bits of the key; 0 means 40 for RC4.
    pub(crate) key_bits: u32,
    pub(crate) verifier: Verifier,
}

/// What tells a right password ([MS-OFFCRYPTO] 2.3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verifier {
    pub(crate) salt: [u8; 16],
    /// A random number, encrypted.
    pub(crate) verifier: [u8; 16],
    /// Bytes of the hash of that number, as the file says.
    pub(crate) hash_size: u32,
    /// The hash, encrypted: 20 bytes under RC4, 32 under AES. What is not there is 0.
    pub(crate) hash: [u8; 32],
}

impl Header {
    /// Reads it from its version on; `None` when less is there than every scheme needs.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes::new(bytes);
        let version = (bytes.u16()?, bytes.u16()?);
        let _flags = bytes.u32()?;
        let size = usize::try_from(bytes.u32()?).ok()?;
        let mut header = Bytes::new(bytes.take(size.max(FIXED))?);
        let flags = header.u32()?;
        let _extra = header.u32()?;
        Some(Header {
            version,
            flags,
            algorithm: header.u32()?,
            hash_algorithm: header.u32()?,
            key_bits: header.u32()?,
            verifier: Verifier::read(&mut bytes)?,
        })
    }
}

impl Verifier {
    fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        /// The shortest hash, SHA-1.
        const SHORTEST: usize = 20;
        let _salt_size = bytes.u32()?;
        let salt = *bytes.take(16)?.first_chunk()?;
        let verifier = *bytes.take(16)?.first_chunk()?;
        let hash_size = bytes.u32()?;
        let rest = bytes.rest();
        if rest.len() < SHORTEST {
            return None;
        }
        let mut hash = [0; 32];
        for (to, from) in hash.iter_mut().zip(rest) {
            *to = *from;
        }
        Some(Verifier {
            salt,
            verifier,
            hash_size,
            hash,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As [MS-OFFCRYPTO] 2.3.5.1 lays it out.
    fn written(header_size: u32, salt_size: u32, name: &[u8]) -> Vec<u8> {
        let mut bytes = vec![4, 0, 2, 0, 4, 0, 0, 0];
        bytes.extend(header_size.to_le_bytes());
        for number in [4_u32, 0, 0x6801, 0x8004, 128, 1, 0, 0] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(name);
        bytes.extend(salt_size.to_le_bytes());
        bytes.extend([1; 16]);
        bytes.extend([2; 16]);
        bytes.extend(20_u32.to_le_bytes());
        bytes.extend([3; 20]);
        bytes
    }

    #[test]
    fn both_parts_are_read() {
        let header = Header::read(&written(36, 16, b"M\0\0\0")).unwrap();
        assert_eq!(header.version, (4, 2));
        assert_eq!((header.algorithm, header.hash_algorithm), (0x6801, 0x8004));
        assert_eq!((header.flags, header.key_bits), (4, 128));
        let verifier = header.verifier;
        assert_eq!((verifier.salt, verifier.verifier), ([1; 16], [2; 16]));
        assert_eq!(verifier.hash_size, 20);
        assert_eq!(verifier.hash[..20], [3; 20]);
        assert_eq!(verifier.hash[20..], [0; 12]);
    }

    #[test]
    fn sizes_that_lie_change_nothing_or_end_it() {
        let sound = Header::read(&written(32, 16, b"")).unwrap();
        assert_eq!(
            Header::read(&written(32, u32::MAX, b"")),
            Some(sound.clone())
        );
        assert_eq!(Header::read(&written(0, 16, b"")), Some(sound));
        assert_eq!(Header::read(&written(u32::MAX, 16, b"")), None);
        let whole = written(32, 16, b"");
        for length in 0..whole.len() {
            assert_eq!(Header::read(&whole[..length]), None, "{length}");
        }
    }
}
