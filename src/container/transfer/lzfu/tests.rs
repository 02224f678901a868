//! What `compressed_rtf` 1.0.7 for Python, an independent program, makes of the same bytes.

use std::cell::Cell;

use super::*;
use crate::container::{Coding, Shortfall, Source, transfer::Transfer};
use crate::limits::{Budget, Limits};

/// M-LZ of `spec/word.md` §5.2, and what it stands for.
const VECTOR: &str = "6b000000670000004c5a4675e39138c9a7000901f108906c6400002a02000b0df00b80730540\
    444445418055544f20633a5c0f714103f06e646f77730f727342790ea0656d33320f7263006d642e6578652022ac2f6b\
    0f400740631152220292910df072736c0540787d1330011360";
const PLAIN: &str = concat!(
    r"{\rtf1\ansi{\field{\*\fldinst DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe ",
    r#""/k calc.exe"}{\fldrslt x}}}"#
);

fn bytes(hex: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digits).collect()
}

fn decode(coded: &[u8]) -> (Vec<u8>, Option<Shortfall>) {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let source = Source {
        range: 0..coded.len(),
        coding: Coding::Transfer(Transfer::Lzfu),
        checksums: None,
    };
    let (bytes, shortfall) = source.decode(coded, &budget);
    (bytes.into_owned(), shortfall)
}

fn said(coded: &[u8]) -> Option<Head> {
    let limits = Limits::default();
    let budget = Budget::new(&limits, None);
    let outcome = Cell::new(None);
    head(Source::stored(0..coded.len()).open(coded, &budget, &outcome))
}

const SOUND: Option<Head> = Some(Head {
    known: true,
    sound: true,
});

#[test]
fn the_vector_of_the_specification() {
    let coded = bytes(VECTOR);
    assert_eq!(decode(&coded), (PLAIN.as_bytes().to_vec(), None));
    assert_eq!(said(&coded), SOUND);
    // In blocks of one byte.
    let mut decoder = Lzfu::new();
    let mut out = Vec::new();
    for byte in &coded {
        decoder.push(&[*byte], &mut out);
    }
    decoder.finish(&mut out);
    assert_eq!((out.as_slice(), decoder.damage()), (PLAIN.as_bytes(), None));
}

#[test]
fn what_an_independent_program_compresses() {
    for (coded, plain) in [
        (
            "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0",
            "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
        ),
        ("0f000000000000004c5a467527d7ca10010cf0", ""),
        (
            "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c\
             647d0a800fa0",
            "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
        ),
        (
            "190000000d0000004d454c41000000007b5c7274663120706c61696e7d",
            "{\\rtf1 plain}",
        ),
    ] {
        let coded = bytes(coded);
        assert_eq!(decode(&coded), (plain.as_bytes().to_vec(), None));
        assert_eq!(said(&coded), SOUND, "{plain}");
    }
}

/// Random bodies: how long they are, what comes out (its length, and its CRC-32), and their
/// checksum.
#[test]
fn what_an_independent_program_decodes() {
    for (seed, length, decoded, crc, checksum) in [
        (2u32, 2000, 6671, 0x64d4_7f3b_u32, 0x2e1c_723e_u32),
        (3, 3000, 9567, 0x3624_f527, 0x8a3b_6d52),
        (5, 5000, 16523, 0xd313_8065, 0xd49e_0069),
        (6, 6000, 19871, 0x24c6_fa6f, 0x972a_659a),
        (7, 7000, 9119, 0x2c98_e25f, 0x10c1_8e3a),
        (8, 8000, 25972, 0xf342_5154, 0x4f07_8c6c),
        (10, 10000, 32138, 0x7408_b78c, 0x60c9_3e5f),
        (11, 11000, 17961, 0x6fa6_6966, 0xc49c_e09b),
        (12, 12000, 7756, 0x9992_812d, 0xbd46_d12f),
    ] {
        let mut state = seed;
        let body = (0..length).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let mut coded = (length as u32 + 12).to_le_bytes().to_vec();
        coded.extend([0; 4]);
        coded.extend(b"LZFu");
        coded.extend(checksum.to_le_bytes());
        coded.extend(body);
        let (plain, _) = decode(&coded);
        let found = (plain.len(), crc32fast::hash(&plain));
        assert_eq!(found, (decoded, crc), "{seed}");
        assert_eq!(said(&coded), SOUND, "{seed}");
        // Bytes behind those that the header counts.
        coded.push(0);
        assert_eq!(said(&coded), SOUND, "{seed}");
    }
}

#[test]
fn a_wrong_header_changes_nothing() {
    let good = bytes(VECTOR);
    let unsound = Some(Head {
        known: true,
        sound: false,
    });
    // E02: the checksum. E08: the size of what comes out. The size of what is there.
    for (at, said_of_it) in [(12, unsound), (4, SOUND), (0, SOUND)] {
        for wrong in [[0xff; 4], [0; 4]] {
            let mut coded = good.clone();
            coded[at..at + 4].copy_from_slice(&wrong);
            assert_eq!(decode(&coded), (PLAIN.as_bytes().to_vec(), None), "{at}");
            assert_eq!(said(&coded), said_of_it, "{at}");
        }
    }
    // The kind: read, and said.
    let mut coded = good.clone();
    coded[8] = b'X';
    let damage = Some(Shortfall::Damaged("compressed RTF of an unknown kind"));
    assert_eq!(decode(&coded), (PLAIN.as_bytes().to_vec(), damage));
    assert_eq!(said(&coded).map(|head| head.known), Some(false));
}

/// E08: what came before the end is kept, and the rest is a gap.
#[test]
fn a_body_that_is_cut_gives_what_it_has() {
    let mut coded = bytes(VECTOR);
    coded[4..8].copy_from_slice(&[0xff; 4]);
    let cut = Some(Shortfall::Damaged("compressed RTF is cut off"));
    for end in 16..coded.len() - 1 {
        let (plain, shortfall) = decode(&coded[..end]);
        assert!(PLAIN.as_bytes().starts_with(&plain), "{end}");
        assert_eq!(shortfall, cut, "{end}");
    }
    // A sound size: what was promised is there, and only the mark is missing.
    let good = bytes(VECTOR);
    let (plain, shortfall) = decode(&good[..good.len() - 3]);
    assert_eq!((plain.as_slice(), shortfall), (PLAIN.as_bytes(), None));
    let short = Some(Shortfall::Damaged("compressed RTF of an unknown kind"));
    for end in 1..16 {
        assert_eq!(decode(&good[..end]), (vec![], short.clone()));
        assert_eq!(said(&good[..end]), None);
    }
    assert_eq!(decode(b""), (vec![], None));
}

#[test]
fn the_longest_references_cost_what_they_write() {
    // References to letters far from where they are written: eight times what is read.
    let mut coded = [0u8; 8].to_vec();
    coded.extend(b"LZFu");
    coded.extend([0; 4]);
    for turn in 0..20_000usize {
        coded.push(0xff);
        for _ in 0..8 {
            // Half of the dictionary away from any place.
            let at = (207 + turn * 136) % 4096;
            let far = (at + 2048) % 4096;
            coded.extend(((far as u16) << 4 | 0xf).to_be_bytes());
        }
    }
    let limits = Limits {
        decoded_bytes: 1 << 20,
        ..Limits::default()
    };
    let budget = Budget::new(&limits, None);
    let source = Source {
        range: 0..coded.len(),
        coding: Coding::Transfer(Transfer::Lzfu),
        checksums: None,
    };
    let (plain, shortfall) = source.decode(&coded, &budget);
    assert!(plain.len() <= 1 << 20, "{}", plain.len());
    assert!(matches!(shortfall, Some(Shortfall::Exhausted(_))));
    let (plain, _) = decode(&coded);
    assert_eq!(plain.len(), 20_000 * 136);
}
