//! A writer of zip entries that are encrypted with AES (AE-1 and AE-2), beside `zipsmith`.
//!
//! What it writes was opened with pyzipper 0.4.0; `zip_aes/` holds what pyzipper writes.

use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::zipsmith::{Entry, Zip, deflate};

/// How an entry is encrypted.
#[derive(Clone, Copy)]
pub struct Aes {
    /// 1 is AE-1, 2 is AE-2, which leaves the checksum out.
    pub version: u16,
    pub deflated: bool,
}

/// AES-256 under this password.
pub fn entry(name: &str, data: &[u8], password: &str, aes: Aes) -> Entry {
    let salt = *b"sixteen of salt.";
    let keys = pbkdf2(password.as_bytes(), &salt, 66);
    let mut coded = if aes.deflated {
        deflate(data)
    } else {
        data.to_vec()
    };
    let cipher = aes::Aes256::new_from_slice(&keys[..32]).unwrap();
    for (number, block) in (1u128..).zip(coded.chunks_mut(16)) {
        let mut pad = aes::Block::from(number.to_le_bytes());
        cipher.encrypt_block(&mut pad);
        block
            .iter_mut()
            .zip(pad)
            .for_each(|(byte, pad)| *byte ^= pad);
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(&keys[32..64]).unwrap();
    mac.update(&coded);
    let code = mac.finalize().into_bytes();
    let all = [&salt[..], &keys[64..66], &coded, &code[..10]].concat();
    let method = if aes.deflated { 8 } else { 0 };
    let extra = [
        &[0x01, 0x99, 7, 0][..],
        &aes.version.to_le_bytes(),
        b"AE",
        &[3, method, 0],
    ]
    .concat();
    let crc = if aes.version == 1 {
        crc32fast::hash(data)
    } else {
        0
    };
    let says = |fields: &mut super::zipsmith::Fields| {
        (fields.method, fields.crc, fields.extra) = (Some(99), Some(crc), extra.clone());
    };
    Entry::stored(name, data)
        .coded(all)
        .flags(1)
        .local(says)
        .central(says)
}

/// An archive of these files, each encrypted with AES-256 (AE-2).
pub fn zip_with_aes(parts: &[(&str, &[u8])], password: &str) -> Vec<u8> {
    let aes = Aes {
        version: 2,
        deflated: true,
    };
    let add = |zip: Zip, (name, data): &(&str, &[u8])| zip.entry(entry(name, data, password, aes));
    parts.iter().fold(Zip::new(), add).build()
}

fn pbkdf2(password: &[u8], salt: &[u8], length: usize) -> Vec<u8> {
    let keyed = Hmac::<Sha1>::new_from_slice(password).unwrap();
    let mut out = Vec::new();
    for block in 1u32.. {
        if out.len() >= length {
            break;
        }
        let first = keyed
            .clone()
            .chain_update(salt)
            .chain_update(block.to_be_bytes());
        let mut turn: [u8; 20] = first.finalize().into_bytes().into();
        let mut sum = turn;
        for _ in 1..1_000 {
            turn = keyed
                .clone()
                .chain_update(turn)
                .finalize()
                .into_bytes()
                .into();
            sum.iter_mut()
                .zip(turn)
                .for_each(|(sum, turn)| *sum ^= turn);
        }
        out.extend(sum);
    }
    out
}
