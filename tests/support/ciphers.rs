//! Encrypted binary documents ([MS-OFFCRYPTO] 2.3.5 to 2.3.7; `spec/excel.md` §3.10 and B5, B6,
//! `spec/word.md` §2.8), with the algorithms that this takes.

use super::excel::biff8::{BOF, BOUNDSHEET, FILEPASS, record};
use super::slides::{atom, container, current_user};
use super::word::doc::{DocFile, compound};

/// How a document is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// With the default password, whatever the password is: its constants are those of the
    /// specification.
    Xor,
    /// As Excel 5 has it: the record holds nothing else.
    XorOld,
    Rc4,
    /// With keys of so many bits; 0 stands for 40.
    CryptoApi(u32),
}

/// All of them, but that of Excel 5.
pub const SCHEMES: [Scheme; 5] = [
    Scheme::Xor,
    Scheme::Rc4,
    Scheme::CryptoApi(128),
    Scheme::CryptoApi(40),
    Scheme::CryptoApi(0),
];

/// The default password of Excel, its key, its verifier and the bytes that it gives (`spec/excel.md`
/// §3.10).
pub const DEFAULT: &str = "VelvetSweatshop";
const XOR_KEY: [u8; 2] = [0x59, 0xb3];
const XOR_VERIFIER: [u8; 2] = [0x0a, 0x9a];
const XOR: [u8; 16] = [
    0x87, 0x6b, 0x9a, 0xe2, 0x1e, 0xe3, 0x05, 0x62, 0x1e, 0x69, 0x96, 0x60, 0x98, 0x6e, 0x94, 0x04,
];

const SALT: [u8; 16] = *b"sixteen bytes ..";
const VERIFIER: [u8; 16] = *b"and sixteen more";

/// Bytes of the main stream of a document that stay clear.
const CLEAR: usize = 68;
const CLEAR_OLD: usize = 0x24;

impl Scheme {
    /// What stands in front of what is encrypted, from the version on.
    pub fn info(self, password: &str) -> Vec<u8> {
        let hash = match self {
            Scheme::CryptoApi(_) => sha1(&VERIFIER).to_vec(),
            Scheme::Xor | Scheme::XorOld | Scheme::Rc4 => md5(&VERIFIER).to_vec(),
        };
        let mut check = [VERIFIER.to_vec(), hash].concat();
        rc4(&self.key(password, 0), &mut check);
        let (verifier, hash) = check.split_at(16);
        let Scheme::CryptoApi(bits) = self else {
            return [&[1, 0, 1, 0], SALT.as_slice(), verifier, hash].concat();
        };
        let mut info = vec![2, 0, 2, 0, 4, 0, 0, 0, 36, 0, 0, 0];
        // RC4, SHA-1, and the name of the provider.
        for number in [4, 0, 0x6801, 0x8004, bits, 1, 0, 0] {
            info.extend(number.to_le_bytes());
        }
        info.extend(b"M\0\0\0");
        info.extend(16_u32.to_le_bytes());
        info.extend([&SALT, verifier].concat());
        info.extend(20_u32.to_le_bytes());
        info.extend(hash);
        info
    }

    /// The key of a block.
    fn key(self, password: &str, block: u32) -> Vec<u8> {
        let units: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let Scheme::CryptoApi(bits) = self else {
            let hash = md5(&units);
            let salted = [&hash[..5], &SALT].concat().repeat(16);
            return md5(&[&md5(&salted)[..5], &block.to_le_bytes()].concat()).to_vec();
        };
        let hash = sha1(&[&SALT, units.as_slice()].concat());
        let key = sha1(&[&hash[..], &block.to_le_bytes()].concat());
        match bits {
            0 | 40 => [&key[..5], &[0; 11]].concat(),
            bits => key[..usize::try_from(bits).unwrap() / 8].to_vec(),
        }
    }

    /// Encrypts a stream from its beginning.
    pub fn stream(self, password: &str, size: usize, bytes: &mut [u8]) {
        for (number, block) in (0..).zip(bytes.chunks_mut(size)) {
            rc4(&self.key(password, number), block);
        }
    }

    fn is_xor(self) -> bool {
        matches!(self, Scheme::Xor | Scheme::XorOld)
    }
}

/// A document of Word under a password, as a compound file.
pub fn document(file: DocFile, scheme: Scheme, password: &str) -> Vec<u8> {
    compound(&document_streams(file, scheme, password))
}

/// Its streams.
pub fn document_streams(
    mut file: DocFile,
    scheme: Scheme,
    password: &str,
) -> Vec<(String, Vec<u8>)> {
    file.flags |= 0x0100;
    if scheme.is_xor() {
        file.flags |= 0x8000;
        let [a, b] = XOR_VERIFIER;
        let [c, d] = XOR_KEY;
        file.key = u32::from_le_bytes([a, b, c, d]);
    } else {
        file.table_head = scheme.info(password);
        file.key = u32::try_from(file.table_head.len()).unwrap();
    }
    let head = file.table_head.len();
    let old = file.is_old();
    let mut streams = file.all_streams();
    for (name, bytes) in &mut streams {
        let clear = match name.as_str() {
            "WordDocument" if old => CLEAR_OLD,
            "WordDocument" => CLEAR,
            "1Table" => head,
            "Data" => 0,
            _ => continue,
        };
        let kept = bytes[..clear].to_vec();
        if scheme.is_xor() {
            // What is nothing, or would be, stays.
            for (byte, key) in bytes.iter_mut().zip(XOR.iter().cycle()) {
                if *byte != 0 && *byte != *key {
                    *byte ^= key;
                }
            }
        } else {
            scheme.stream(password, 512, bytes);
        }
        bytes[..clear].copy_from_slice(&kept);
    }
    streams
}

/// The property sets of a document under a password ([MS-OFFCRYPTO] 2.3.5.4), as the stream
/// `encryption`.
pub fn summary(sets: &[(&str, Vec<u8>)], scheme: Scheme, password: &str) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    let mut list = u32::try_from(sets.len()).unwrap().to_le_bytes().to_vec();
    for (number, (name, set)) in (0..).zip(sets) {
        let mut set = set.clone();
        list.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        list.extend(u32::try_from(set.len()).unwrap().to_le_bytes());
        list.extend(u16::try_from(number).unwrap().to_le_bytes());
        list.extend([u8::try_from(name.chars().count()).unwrap(), 1, 0, 0, 0, 0]);
        list.extend(name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        rc4(&scheme.key(password, number), &mut set);
        bytes.extend(set);
    }
    let mut head = u32::try_from(bytes.len()).unwrap().to_le_bytes().to_vec();
    head.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
    rc4(&scheme.key(password, 0), &mut head);
    rc4(&scheme.key(password, 0), &mut list);
    bytes[..8].copy_from_slice(&head);
    [bytes, list].concat()
}

/// The records of a workbook under a password: `FILEPASS` stands behind the first.
pub fn workbook(plain: &[u8], scheme: Scheme, password: &str) -> Vec<u8> {
    let body = match scheme {
        Scheme::Xor => [&[0, 0], XOR_KEY.as_slice(), &XOR_VERIFIER].concat(),
        Scheme::XorOld => [XOR_KEY, XOR_VERIFIER].concat(),
        Scheme::Rc4 | Scheme::CryptoApi(_) => [&[1, 0], scheme.info(password).as_slice()].concat(),
    };
    let pass = record(FILEPASS, &body);
    records(plain, &pass, scheme, password)
}

/// A stream that belongs to a workbook under a password.
pub fn beside(plain: &[u8], scheme: Scheme, password: &str) -> Vec<u8> {
    records(plain, &[], scheme, password)
}

fn records(plain: &[u8], pass: &[u8], scheme: Scheme, password: &str) -> Vec<u8> {
    let length = |at: usize| usize::from(u16::from_le_bytes([plain[at + 2], plain[at + 3]]));
    let first = 4 + length(0);
    let mut bytes = [&plain[..first], pass, &plain[first..]].concat();
    let clear = bytes.clone();
    if !scheme.is_xor() {
        scheme.stream(password, 1024, &mut bytes);
    }
    let mut at = 0;
    while at + 4 <= clear.len() {
        let word = |at: usize| u16::from_le_bytes([clear[at], clear[at + 1]]);
        let (id, length) = (word(at), usize::from(word(at + 2)));
        let body = at + 4;
        let end = body + length;
        let from = match id {
            BOF | FILEPASS | 0x00e1 | 0x0138 | 0x0194..=0x0196 => end,
            BOUNDSHEET => body + 4,
            _ => body,
        };
        bytes[at..from].copy_from_slice(&clear[at..from]);
        if id == BOUNDSHEET {
            // The sheets moved.
            let place = u32::from_le_bytes(clear[body..from].try_into().unwrap());
            let place = place + u32::try_from(pass.len()).unwrap();
            bytes[body..from].copy_from_slice(&place.to_le_bytes());
        }
        if scheme.is_xor() {
            for (byte, place) in bytes[from..end].iter_mut().zip(from..) {
                *byte = byte.rotate_right(3) ^ XOR[(place + length) & 15];
            }
        }
        at = end;
    }
    bytes
}

/// A presentation of these objects under a password ([MS-PPT] 2.3.7), each with its number from 1:
/// the main stream, and `Current User`.
pub fn presentation(objects: &[Vec<u8>], scheme: Scheme, password: &str) -> [Vec<u8>; 2] {
    let session = container(0, 0x2f14, &[scheme.info(password)]);
    let mut main = Vec::new();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(main.len());
        let mut object = object.clone();
        rc4(&scheme.key(password, number), &mut object);
        main.extend(object);
    }
    places.push(main.len());
    main.extend(session);
    let count = u32::try_from(places.len()).unwrap();
    let mut directory = (count << 20 | 1).to_le_bytes().to_vec();
    for place in places {
        directory.extend(u32::try_from(place).unwrap().to_le_bytes());
    }
    let directory_at = u32::try_from(main.len()).unwrap();
    main.extend(atom(0, 0x1772, &directory));
    let mut edit = vec![0; 32];
    edit[12..16].copy_from_slice(&directory_at.to_le_bytes());
    edit[28..32].copy_from_slice(&count.to_le_bytes());
    let mut user = current_user(true);
    user[16..20].copy_from_slice(&u32::try_from(main.len()).unwrap().to_le_bytes());
    main.extend(atom(0, 0x0ff5, &edit));
    [main, user]
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

/// RFC 3174.
pub fn sha1(data: &[u8]) -> [u8; 20] {
    let mut padded = data.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((u64::try_from(data.len()).unwrap() * 8).to_be_bytes());
    let mut state = [
        0x6745_2301_u32,
        0xEFCD_AB89,
        0x98BA_DCFE,
        0x1032_5476,
        0xC3D2_E1F0,
    ];
    for block in padded.chunks(64) {
        let mut words: Vec<u32> = block
            .chunks(4)
            .map(|word| u32::from_be_bytes(word.try_into().unwrap()))
            .collect();
        for i in 16..80 {
            let mixed = words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16];
            words.push(mixed.rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (i, word) in words.into_iter().enumerate() {
            let (mix, add) = match i / 20 {
                0 => ((b & c) | (!b & d), 0x5A82_7999),
                1 => (b ^ c ^ d, 0x6ED9_EBA1),
                2 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let sum = a.rotate_left(5).wrapping_add(mix).wrapping_add(e);
            let sum = sum.wrapping_add(word).wrapping_add(add);
            (a, b, c, d, e) = (sum, a, b.rotate_left(30), c, d);
        }
        for (part, add) in state.iter_mut().zip([a, b, c, d, e]) {
            *part = part.wrapping_add(add);
        }
    }
    let mut digest = [0; 20];
    for (bytes, part) in digest.chunks_mut(4).zip(state) {
        bytes.copy_from_slice(&part.to_be_bytes());
    }
    digest
}
