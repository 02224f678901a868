//! Encrypted documents that promise much work.

use super::Case;
use crate::support::package::zip;
use crate::support::word::doc::compound;

/// An agile package ([MS-OFFCRYPTO] 2.3.4.10) whose keys take so many rounds.
fn agile(rounds: &str, keys: usize) -> Vec<u8> {
    let key = format!(
        "<keyEncryptor uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">\
         <p:encryptedKey xmlns:p=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\" \
         spinCount=\"{rounds}\" saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" \
         cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\" \
         saltValue=\"AAAAAAAAAAAAAAAAAAAAAA==\" encryptedVerifierHashInput=\"AAAAAAAAAAAAAAAAAAAAAA==\" \
         encryptedVerifierHashValue=\"{value}\" encryptedKeyValue=\"{value}\"/></keyEncryptor>",
        value = "A".repeat(86) + "==",
    );
    let xml = format!(
        "<?xml version=\"1.0\"?><encryption xmlns=\"http://schemas.microsoft.com/office/2006/encryption\">\
         <keyData saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" cipherAlgorithm=\"AES\" \
         cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\" saltValue=\"AAAAAAAAAAAAAAAAAAAAAA==\"/>\
         <keyEncryptors>{}</keyEncryptors></encryption>",
        key.repeat(keys)
    );
    package([&[4, 0, 4, 0, 0x40, 0, 0, 0], xml.as_bytes()].concat())
}

fn package(info: Vec<u8>) -> Vec<u8> {
    let mut bytes = 100_000u64.to_le_bytes().to_vec();
    bytes.extend(vec![0x55; 100_000]);
    compound(&[
        ("EncryptionInfo".to_owned(), info),
        ("EncryptedPackage".to_owned(), bytes),
    ])
}

/// A workbook whose FILEPASS says this.
fn workbook(filepass: &[u8]) -> Vec<u8> {
    let mut stream = b"\x09\x08\x10\0\0\x06\x05\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    stream.extend([0x2f, 0]);
    stream.extend(u16::try_from(filepass.len()).unwrap().to_le_bytes());
    stream.extend(filepass);
    stream.extend(b"\x85\0\x10\0".repeat(5_000));
    compound(&[("Workbook".to_owned(), stream)])
}

/// The header of CryptoAPI with these sizes.
fn crypto_api(header: u32, salt: u32) -> Vec<u8> {
    let numbers = [4, header, 4, 0, 0x6801, 0x8004, u32::MAX, 1, 0, 0, salt];
    let mut bytes = vec![2, 0, 2, 0];
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend([0x33; 60]);
    bytes
}

pub(crate) fn cases() -> Vec<Case> {
    let standard = |header: u32, salt: u32| {
        let mut info = crypto_api(header, salt);
        info[0] = 4;
        package(info)
    };
    vec![
        ("two billion rounds", agile("2000000000", 1)),
        (
            "rounds that are no number",
            agile("99999999999999999999999", 1),
        ),
        ("999,999 rounds", agile("999999", 1)),
        ("30 packages of 100,000 rounds", {
            let names: Vec<String> = (0..30).map(|n| format!("{n}.docx")).collect();
            let files: Vec<Vec<u8>> = (0..30)
                .map(|n| agile(&(100_000 + n).to_string(), 1))
                .collect();
            let members = names.iter().zip(&files);
            let members: Vec<(&str, &[u8])> = members.map(|(n, f)| (&n[..], &f[..])).collect();
            zip(&members)
        }),
        ("1,000 keys of 100,000 rounds", agile("100000", 1_000)),
        (
            "a description of nothing",
            package(vec![4, 0, 4, 0, 0x40, 0, 0, 0]),
        ),
        ("a standard header of 4 GB", standard(u32::MAX, 16)),
        ("a standard salt of 4 GB", standard(32, u32::MAX)),
        (
            "RC4 with a salt of 4 GB",
            workbook(&[&[1, 0][..], &crypto_api(32, u32::MAX)].concat()),
        ),
        (
            "RC4 with a header of 4 GB",
            workbook(&[&[1, 0][..], &crypto_api(u32::MAX, 16)].concat()),
        ),
        ("an empty FILEPASS", workbook(&[])),
        ("XOR with a wrong verifier", workbook(&[0, 0, 1, 2, 3, 4])),
    ]
}
