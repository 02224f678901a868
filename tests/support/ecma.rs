//! Encrypted Office Open XML ([MS-OFFCRYPTO] 2.3.4; `spec/excel.md` §3.10 and B7): what the
//! analyser undoes, done.

use std::fmt::Write as _;

use aes::cipher::{Block, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use sha2::Digest;

use super::word::doc::compound;

/// What Excel tries without asking, and PowerPoint.
pub const EXCEL: &str = "VelvetSweatshop";
pub const POWERPOINT: &str = "/01Hannes Ruescher/01";

/// An encrypted package: the two streams.
#[derive(Clone, Debug)]
pub struct Encrypted {
    pub info: Vec<u8>,
    pub package: Vec<u8>,
}

impl Encrypted {
    /// As a compound file; the storages of data spaces may be left out.
    pub fn build(&self) -> Vec<u8> {
        compound(&self.streams(""))
    }

    /// The streams, in a storage with this path (`"a/"`) or the root (`""`).
    pub fn streams(&self, storage: &str) -> Vec<(String, Vec<u8>)> {
        vec![
            (format!("{storage}EncryptionInfo"), self.info.clone()),
            (format!("{storage}EncryptedPackage"), self.package.clone()),
        ]
    }
}

/// How agile encryption is done.
#[derive(Clone, Debug)]
pub struct Agile {
    pub password: String,
    /// As the XML spells it; the rounds are those that are done.
    pub spin: String,
    pub rounds: u32,
    /// SHA1, SHA256, SHA384, SHA512 or MD5.
    pub hash: &'static str,
    pub key_bits: usize,
    /// The prefix of the elements about passwords.
    pub prefix: &'static str,
}

impl Default for Agile {
    fn default() -> Self {
        Agile {
            password: EXCEL.to_owned(),
            spin: "10".to_owned(),
            rounds: 10,
            hash: "SHA512",
            key_bits: 256,
            prefix: "p",
        }
    }
}

const SALT: &[u8] = b"salt of a key...";
const PACKAGE_SALT: &[u8] = b"of the package..";
const VERIFIER: &[u8] = b"sixteen of these";
const KEY: [u8; 32] = *b"thirty-two bytes that are a key.";

impl Agile {
    pub fn encrypt(&self, package: &[u8]) -> Encrypted {
        let key = &KEY[..self.key_bits / 8];
        let mut coded = u64::try_from(package.len()).unwrap().to_le_bytes().to_vec();
        for (number, segment) in (0_u32..).zip(package.chunks(4_096)) {
            let mut segment = segment.to_vec();
            segment.resize(segment.len().next_multiple_of(16), 0);
            let start = digest(self.hash, &[PACKAGE_SALT, &number.to_le_bytes()]);
            coded.extend(chained(key, &start, &segment));
        }
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<encryption \
             xmlns=\"http://schemas.microsoft.com/office/2006/encryption\" xmlns:{p}=\"\
             http://schemas.microsoft.com/office/2006/keyEncryptor/password\">{data}\
             <dataIntegrity encryptedHmacKey=\"\" encryptedHmacValue=\"\"/><keyEncryptors>{own}\
             </keyEncryptors></encryption>",
            p = self.prefix,
            data = self.key_data(),
            own = self.key_encryptor(),
        );
        Encrypted {
            info: [&[4, 0, 4, 0, 0x40, 0, 0, 0], xml.as_bytes()].concat(),
            package: coded,
        }
    }

    fn key_data(&self) -> String {
        format!("<keyData {}/>", self.parameters(PACKAGE_SALT))
    }

    /// The key of the package, encrypted with the password.
    pub fn key_encryptor(&self) -> String {
        let units: Vec<u8> = self
            .password
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let mut state = digest(self.hash, &[SALT, &units]);
        for round in 0..self.rounds {
            state = digest(self.hash, &[&round.to_le_bytes(), &state]);
        }
        let closed = |purpose: u64, plain: &[u8]| {
            let mut key = digest(self.hash, &[&state, &purpose.to_be_bytes()]);
            key.resize(self.key_bits / 8, 0x36);
            let mut plain = plain.to_vec();
            plain.resize(plain.len().next_multiple_of(16), 0);
            base64(&chained(&key, SALT, &plain))
        };
        format!(
            "<keyEncryptor uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">\
             <{p}:encryptedKey spinCount=\"{spin}\" {parameters} \
             encryptedVerifierHashInput=\"{input}\" encryptedVerifierHashValue=\"{value}\" \
             encryptedKeyValue=\"{key}\"/></keyEncryptor>",
            p = self.prefix,
            spin = self.spin,
            parameters = self.parameters(SALT),
            input = closed(0xfea7_d276_3b4b_9e79, VERIFIER),
            value = closed(0xd7aa_0f6d_3061_344e, &digest(self.hash, &[VERIFIER])),
            key = closed(0x146e_0be7_abac_d0d6, &KEY[..self.key_bits / 8]),
        )
    }

    fn parameters(&self, salt: &[u8]) -> String {
        format!(
            "saltSize=\"16\" blockSize=\"16\" keyBits=\"{}\" hashSize=\"{}\" \
             cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"{}\" \
             saltValue=\"{}\"",
            self.key_bits,
            digest(self.hash, &[]).len(),
            self.hash,
            base64(salt),
        )
    }
}

/// Standard encryption.
pub fn standard(package: &[u8], password: &str, key_bits: u32, version: [u8; 4]) -> Encrypted {
    let units: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut state = digest("SHA1", &[SALT, &units]);
    for round in 0..50_000_u32 {
        state = digest("SHA1", &[&round.to_le_bytes(), &state]);
    }
    let last = digest("SHA1", &[&state, &[0; 4]]);
    let half = |fill: u8| {
        let mut buffer = vec![fill; 64];
        buffer
            .iter_mut()
            .zip(&last)
            .for_each(|(to, from)| *to ^= from);
        digest("SHA1", &[&buffer])
    };
    let whole = [half(0x36), half(0x5c)].concat();
    let key = &whole[..usize::try_from(key_bits).unwrap() / 8];
    let mut info = version.to_vec();
    info.extend([0x24, 0, 0, 0, 36, 0, 0, 0]);
    let cipher = match key_bits {
        128 => 0x660e,
        192 => 0x660f,
        _ => 0x6610,
    };
    for number in [0x24, 0, cipher, 0x8004, key_bits, 24, 0, 0] {
        info.extend(u32::to_le_bytes(number));
    }
    info.extend(b"M\0\0\0");
    info.extend(16_u32.to_le_bytes());
    info.extend(SALT);
    info.extend(single(key, VERIFIER));
    info.extend(20_u32.to_le_bytes());
    let mut hash = digest("SHA1", &[VERIFIER]);
    hash.resize(32, 0);
    info.extend(single(key, &hash));
    let mut plain = package.to_vec();
    plain.resize(plain.len().next_multiple_of(16), 0);
    let mut coded = u64::try_from(package.len()).unwrap().to_le_bytes().to_vec();
    coded.extend(single(key, &plain));
    Encrypted {
        info,
        package: coded,
    }
}

fn digest(hash: &str, parts: &[&[u8]]) -> Vec<u8> {
    let all = parts.concat();
    match hash {
        "MD5" => md5::Md5::digest(all).to_vec(),
        "SHA1" => sha1::Sha1::digest(all).to_vec(),
        "SHA256" => sha2::Sha256::digest(all).to_vec(),
        "SHA384" => sha2::Sha384::digest(all).to_vec(),
        _ => sha2::Sha512::digest(all).to_vec(),
    }
}

/// AES, each block with the one before it; the start is filled up or cut off.
fn chained(key: &[u8], start: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut before = start.to_vec();
    before.resize(16, 0x36);
    let mut coded = Vec::new();
    for block in plain.chunks_exact(16) {
        let mixed: Vec<u8> = block.iter().zip(&before).map(|(a, b)| a ^ b).collect();
        before = single(key, &mixed);
        coded.extend(&before);
    }
    coded
}

/// AES, each block by itself.
fn single(key: &[u8], plain: &[u8]) -> Vec<u8> {
    fn with<C: KeyInit + BlockCipherEncrypt>(key: &[u8], plain: &[u8]) -> Vec<u8> {
        let cipher = C::new_from_slice(key).unwrap();
        let mut coded = Vec::new();
        for chunk in plain.chunks_exact(16) {
            let mut block = Block::<C>::try_from(chunk).unwrap();
            cipher.encrypt_block(&mut block);
            coded.extend_from_slice(&block);
        }
        coded
    }
    match key.len() {
        16 => with::<Aes128>(key, plain),
        24 => with::<Aes192>(key, plain),
        _ => with::<Aes256>(key, plain),
    }
}

/// Base64 with its padding.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes.chunks(3).fold(String::new(), |mut text, chunk| {
        let mut number = [0; 4];
        number[1..=chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes(number);
        for place in 0..4 {
            if place > chunk.len() {
                text.push('=');
            } else {
                let digit = (number >> (18 - 6 * place)) & 63;
                write!(
                    text,
                    "{}",
                    char::from(DIGITS[usize::try_from(digit).unwrap()])
                )
                .unwrap();
            }
        }
        text
    })
}
