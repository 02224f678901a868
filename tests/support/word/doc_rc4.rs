//! Binary documents under RC4 ([MS-OFFCRYPTO] 2.3.6, `spec/word.md` §2.8), with the two algorithms
//! that this takes.

use super::doc::{DocFile, compound};

const SALT: [u8; 16] = *b"sixteen bytes ..";
const VERIFIER: [u8; 16] = *b"and sixteen more";

/// Bytes of the main stream that stay clear.
const CLEAR: usize = 68;

/// The document under a password, as a compound file.
pub fn encrypt(mut file: DocFile, password: &str) -> Vec<u8> {
    let mut check = Vec::from(VERIFIER);
    check.extend(md5(&VERIFIER));
    rc4(&key(password, 0), &mut check);
    // Version 1.1: salt, verifier, hash of the verifier.
    file.table_head = [&[1, 0, 1, 0], SALT.as_slice(), &check].concat();
    file.flags |= 0x0100;
    file.key = u32::try_from(file.table_head.len()).unwrap();
    let head = file.table_head.len();
    let mut streams = file.all_streams();
    for (name, bytes) in &mut streams {
        let clear = match name.as_str() {
            "WordDocument" => CLEAR,
            "1Table" => head,
            _ => continue,
        };
        let kept = bytes[..clear].to_vec();
        for (number, block) in (0..).zip(bytes.chunks_mut(512)) {
            rc4(&key(password, number), block);
        }
        bytes[..clear].copy_from_slice(&kept);
    }
    compound(&streams)
}

fn key(password: &str, block: u32) -> [u8; 16] {
    let units: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hash = md5(&units);
    let salted = [&hash[..5], &SALT].concat().repeat(16);
    md5(&[&md5(&salted)[..5], &block.to_le_bytes()].concat())
}

/// Adds the key stream.
pub fn rc4(key: &[u8], data: &mut [u8]) {
    let mut state: Vec<u8> = (0..=255).collect();
    let mut j = 0_u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    for byte in data {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        let sum = state[usize::from(i)].wrapping_add(state[usize::from(j)]);
        *byte ^= state[usize::from(sum)];
    }
}

const SHIFTS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];

/// RFC 1321.
pub fn md5(data: &[u8]) -> [u8; 16] {
    let mut padded = data.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((u64::try_from(data.len()).unwrap() * 8).to_le_bytes());
    let mut state = [0x6745_2301_u32, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];
    for block in padded.chunks(64) {
        let word = |i: usize| u32::from_le_bytes(block[4 * i..4 * i + 4].try_into().unwrap());
        let [mut a, mut b, mut c, mut d] = state;
        for i in 0..64 {
            let (mix, place) = match i / 16 {
                0 => ((b & c) | (!b & d), i),
                1 => ((d & b) | (!d & c), (5 * i + 1) % 16),
                2 => (b ^ c ^ d, (3 * i + 5) % 16),
                _ => (c ^ (b | !d), (7 * i) % 16),
            };
            // The integer part of 2^32 · |sin(i + 1)|.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "the definition of the algorithm"
            )]
            let sine = (((i + 1) as f64).sin().abs() * 4_294_967_296.0) as u32;
            let sum = a
                .wrapping_add(mix)
                .wrapping_add(sine)
                .wrapping_add(word(place));
            let turned = sum.rotate_left(SHIFTS[i / 16][i % 4]);
            (a, d, c, b) = (d, c, b, b.wrapping_add(turned));
        }
        for (part, add) in state.iter_mut().zip([a, b, c, d]) {
            *part = part.wrapping_add(add);
        }
    }
    let mut digest = [0; 16];
    for (bytes, part) in digest.chunks_mut(4).zip(state) {
        bytes.copy_from_slice(&part.to_le_bytes());
    }
    digest
}
