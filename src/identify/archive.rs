//! Archives and disk images, none of which is opened: each is a gap (`spec/excel.md` §9).
//!
//! # Malformed input
//!
//! Signatures of a few bytes want a second sign, so that no ordinary data is taken for an archive.
//! An image of a disk of which only the end says what it is shows in its start as well: it has a
//! table of partitions or a file system there.

use super::{Format, Identity};

/// Signatures at the start.
const SIGNATURES: &[(&[u8], Format, &str)] = &[
    (b"7z\xbc\xaf\x27\x1c", Format::SevenZip, "7-Zip archive"),
    (b"Rar!\x1a\x07", Format::Rar, "RAR archive"),
    (b"RE\x7e\x5e", Format::Rar, "RAR archive of version 1.4"),
    (b"MSCF\0\0\0\0", Format::Cab, "cabinet archive"),
    (b"\x1f\x8b\x08", Format::Gzip, "gzip file"),
    (b"\xfd7zXZ\0", Format::Xz, "xz file"),
    (b"\x28\xb5\x2f\xfd", Format::Zstd, "Zstandard file"),
    // A dynamic disk has a copy of its last sector in front.
    (b"conectix", Format::Vhd, "virtual disk (.vhd)"),
    (b"vhdxfile", Format::Vhd, "virtual disk (.vhdx)"),
    (b"\x1f\x9d\x90", Format::OtherArchive, "compress file (.Z)"),
    (b"\x04\x22\x4d\x18", Format::OtherArchive, "LZ4 file"),
    (b"LZIP\x01", Format::OtherArchive, "lzip file"),
    // The properties that every program writes, a dictionary of 64 KiB to 64 MiB, no length.
    (b"\x5d\0\0\x01\0", Format::OtherArchive, "LZMA file"),
    (b"\x5d\0\0\x10\0", Format::OtherArchive, "LZMA file"),
    (b"\x5d\0\0\x40\0", Format::OtherArchive, "LZMA file"),
    (b"\x5d\0\0\x80\0", Format::OtherArchive, "LZMA file"),
    (b"\x5d\0\0\0\x01", Format::OtherArchive, "LZMA file"),
    (b"\x5d\0\0\0\x04", Format::OtherArchive, "LZMA file"),
    (b"MSWIM\0\0\0", Format::OtherArchive, "Windows image (.wim)"),
    (b"xar!\0\x1c", Format::OtherArchive, "XAR archive"),
    (b"ALZ\x01", Format::OtherArchive, "ALZip archive"),
    (b"EGGA\0\x01", Format::OtherArchive, "EGG archive"),
    (
        b"7kSt\xa0\x31\x83\xd3",
        Format::OtherArchive,
        "ZPAQ archive",
    ),
    (b"SIT!", Format::OtherArchive, "StuffIt archive"),
    (b"StuffIt (c)1997", Format::OtherArchive, "StuffIt archive"),
    (
        b"\0\x05\x16\0\0\x02\0\0",
        Format::OtherArchive,
        "AppleSingle file",
    ),
    (
        b"(This file must be converted with BinHex",
        Format::OtherArchive,
        "BinHex file",
    ),
];

/// Sectors of the images of discs: their length, and where the data is in one; a sector of 2,352
/// bytes has a header of 16 or 24 bytes in front (ECMA-130).
const SECTORS: [(usize, usize); 4] = [(2_048, 0), (2_336, 8), (2_352, 16), (2_352, 24)];
/// The sector of the first volume descriptor (ISO 9660, 6.3), and how many after it are looked at:
/// those of UDF stand behind those of ISO 9660 (ECMA-167, 2/8.3).
const DESCRIPTORS: std::ops::Range<usize> = 16..20;
/// What a volume descriptor is called, from its second byte on (ISO 9660, 8.1; ECMA-167, 2/9.1).
const NAMES: [&[u8]; 4] = [b"CD001", b"BEA01", b"NSR02", b"NSR03"];

/// What the first bytes say.
pub(super) fn identify(head: &[u8]) -> Option<Identity> {
    let known = SIGNATURES
        .iter()
        .find(|(signature, ..)| head.starts_with(signature));
    if let Some((_, format, name)) = known {
        return Some(Identity::unsupported(*format, name));
    }
    let (format, name) = if is_bzip2(head) {
        (Format::Bzip2, "bzip2 file")
    } else if is_lzh(head) {
        (Format::Lzh, "LZH archive")
    } else if at(head, 7, b"**ACE**") {
        (Format::Ace, "ACE archive")
    } else if is_arj(head) {
        (Format::Arj, "ARJ archive")
    } else if is_tar(head) {
        (Format::Tar, "tar archive")
    } else if is_cpio(head) {
        (Format::OtherArchive, "cpio archive")
    } else if is_disc(head) {
        (Format::Iso, "disc image (.iso, .img)")
    } else if is_disk(head) {
        (Format::Iso, "disk image")
    } else {
        return None;
    };
    Some(Identity::unsupported(format, name))
}

fn at(head: &[u8], offset: usize, what: &[u8]) -> bool {
    head.get(offset..)
        .is_some_and(|rest| rest.starts_with(what))
}

/// The level of compression, then the number of a block or that of the end.
fn is_bzip2(head: &[u8]) -> bool {
    let level = head
        .strip_prefix(b"BZh")
        .and_then(|rest| rest.split_first());
    level.is_some_and(|(level, rest)| {
        let numbers = [b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"];
        matches!(level, b'1'..=b'9') && numbers.iter().any(|number| rest.starts_with(*number))
    })
}

/// The method stands behind the length of the header and its checksum: `-lh5-`, `-lzs-`. The level
/// of the header follows the sizes, the time and the attributes.
fn is_lzh(head: &[u8]) -> bool {
    let method = matches!(
        head,
        [
            _,
            _,
            b'-',
            b'l',
            b'h' | b'z',
            b'0'..=b'9' | b'd' | b's' | b'x',
            b'-',
            ..
        ]
    );
    method && head.get(20).is_some_and(|level| *level <= 3)
}

/// The length of the main header, that of its fixed part, three versions, the kind of the file.
fn is_arj(head: &[u8]) -> bool {
    /// Bytes of the longest header.
    const LONGEST: u16 = 2_600;
    let Some([0x60, 0xea, low, high, first, version, _, _, _, _, 2, ..]) = head.get(..12) else {
        return false;
    };
    let length = u16::from_le_bytes([*low, *high]);
    length <= LONGEST && u16::from(*first) <= length && *first >= 30 && *version <= 20
}

/// The number in front and thirteen fields of eight hexadecimal digits (POSIX.1, "cpio", and what
/// GNU cpio calls "newc"), or all of it in octal digits.
fn is_cpio(head: &[u8]) -> bool {
    let digits = |from: usize, to: usize, is: fn(&u8) -> bool| {
        head.get(from..to).is_some_and(|field| field.iter().all(is))
    };
    let newer = at(head, 0, b"070701") || at(head, 0, b"070702");
    newer && digits(6, 110, u8::is_ascii_hexdigit)
        || at(head, 0, b"070707") && digits(6, 76, |byte| matches!(byte, b'0'..=b'7'))
}

/// The first header with its checksum (POSIX.1, ustar): the sum of its bytes, of which those of
/// the checksum count as blanks.
fn is_tar(head: &[u8]) -> bool {
    const HEADER: usize = 512;
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.get(..HEADER) else {
        return false;
    };
    let Some(field) = header.get(CHECKSUM) else {
        return false;
    };
    let digits = field.trim_ascii_start();
    let end = digits
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(digits.len());
    let digits = digits.get(..end).unwrap_or_default();
    let stated = std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| u32::from_str_radix(digits, 8).ok());
    let sum = header
        .iter()
        .zip(0usize..)
        .fold(0u32, |sum, (byte, place)| {
            let byte = if CHECKSUM.contains(&place) {
                b' '
            } else {
                *byte
            };
            sum.saturating_add(u32::from(byte))
        });
    // A header of nothing but blanks and NULs is none.
    stated == Some(sum) && header.first().is_some_and(|byte| *byte > b' ')
}

/// A disc: ISO 9660 or UDF.
fn is_disc(head: &[u8]) -> bool {
    SECTORS.iter().any(|(length, data)| {
        DESCRIPTORS.into_iter().any(|sector| {
            let name = sector
                .saturating_mul(*length)
                .saturating_add(*data)
                .saturating_add(1);
            NAMES.iter().any(|wanted| at(head, name, wanted))
        })
    })
}

/// A disk with a file system or a table of partitions in front, as a fixed virtual disk has it:
/// the signature of its first sector, and that of FAT, of NTFS, or a partition of a known shape.
fn is_disk(head: &[u8]) -> bool {
    if !at(head, 510, b"\x55\xaa") {
        return false;
    }
    let jumps = matches!(head, [0xeb, _, 0x90, ..] | [0xe9, ..]);
    let files = at(head, 54, b"FAT1") || at(head, 82, b"FAT32   ") || at(head, 3, b"NTFS    ");
    let exfat = at(head, 3, b"EXFAT   ");
    if jumps && (files || exfat) {
        return true;
    }
    // Behind the table of partitions of a disk with GUIDs (UEFI 5.3.2).
    at(head, 512, b"EFI PART")
}

/// Whether the last sector of the bytes is that of a virtual disk (.vhd) of a fixed size.
pub(super) fn ends_as_disk(tail: &[u8]) -> bool {
    // Old programs write a footer that is a byte shorter (VHD specification, "Hard Disk Footer
    // Format").
    [512, 511].into_iter().any(|footer| {
        let start = tail.len().checked_sub(footer);
        start.is_some_and(|start| at(tail, start, b"conectix"))
    })
}

/// What the end of a fixed virtual disk says.
pub(super) fn disk() -> Identity {
    Identity::unsupported(Format::Vhd, "virtual disk (.vhd)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identify::{Disposition, identify as of_all};

    fn named(bytes: &[u8]) -> Option<Format> {
        let identity = of_all(bytes).into_iter().next()?;
        matches!(identity.disposition, Disposition::Unsupported(_)).then_some(identity.format)
    }

    /// `bytes` behind `offset` NULs, and some behind them.
    fn behind(offset: usize, bytes: &[u8]) -> Vec<u8> {
        let mut all = vec![0; offset];
        all.extend(bytes);
        all.resize(offset + 4_096, 0);
        all
    }

    /// One file `a` of three bytes, as GNU tar writes its header: fields and the sum of them.
    fn tar() -> Vec<u8> {
        let mut header = vec![0; 512];
        header[0] = b'a';
        for (at, text) in [
            (100, "0000644\0"),
            (108, "0000000\0"),
            (116, "0000000\0"),
            (124, "00000000003\0"),
            (136, "00000000000\0"),
            (148, "        "),
            (156, "0ustar  \0"),
        ] {
            header[at..at + text.len()].copy_from_slice(text.as_bytes());
        }
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        header.extend(b"abc");
        header.resize(1_024, 0);
        header
    }

    #[test]
    fn archives_that_are_not_opened_are_named() {
        let arj = b"\x60\xea\x29\0\x22\x0b\x01\x0b\x10\0\x02\0\0\0";
        let mut boot = behind(0, b"\xeb\x3c\x90MSDOS5.0");
        boot[54..62].copy_from_slice(b"FAT12   ");
        boot[510..512].copy_from_slice(b"\x55\xaa");
        let mut fixed = vec![0x11; 3_000];
        fixed.extend(behind(0, b"conectix").get(..512).unwrap());
        let old = fixed.get(..fixed.len() - 1).unwrap().to_vec();
        for (bytes, format) in [
            (b"RE\x7e\x5e\x07\0".to_vec(), Format::Rar),
            (b"BZh91AY&SY\x01\x02\x03".to_vec(), Format::Bzip2),
            (
                b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0".to_vec(),
                Format::Bzip2,
            ),
            (b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46".to_vec(), Format::Xz),
            (b"\x28\xb5\x2f\xfd\x04\0".to_vec(), Format::Zstd),
            (behind(0, b"\x21\x2d-lh5-\x10\0\0\0"), Format::Lzh),
            (b"\x12\x34\x31\0\0\0\0**ACE**\x14\x14".to_vec(), Format::Ace),
            (arj.to_vec(), Format::Arj),
            (tar(), Format::Tar),
            (behind(0x8001, b"CD001"), Format::Iso),
            (behind(0x8001, b"BEA01"), Format::Iso),
            (behind(16 * 2_352 + 17, b"CD001"), Format::Iso),
            (behind(0, b"conectix\0\0\0\x02"), Format::Vhd),
            (behind(0, b"vhdxfile"), Format::Vhd),
            (boot, Format::Iso),
            (old, Format::Vhd),
            (fixed, Format::Vhd),
            (
                b"070701000003e5000081a4000003e8000003e800000001655e1c2000000003000000080000\
                  00010000000000000000000000020000000061\0\0\0"
                    .to_vec(),
                Format::OtherArchive,
            ),
            (
                b"0707070000100010011006440017500017500000010000001452703440000000200000\
                  000003a\0abc"
                    .to_vec(),
                Format::OtherArchive,
            ),
            (
                b"(This file must be converted with BinHex 4.0)\r\n\r\n:$f".to_vec(),
                Format::OtherArchive,
            ),
            (
                b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0".to_vec(),
                Format::OtherArchive,
            ),
        ] {
            assert_eq!(named(&bytes), Some(format), "{format:?}");
        }
    }

    #[test]
    fn data_that_begins_alike_is_none() {
        for bytes in [
            b"BZh is how bzip2 files begin".as_slice(),
            b"\x60\xea\x01\0\x22\x0b\x01\x0b\x10\0\x02\0\0\0",
            b"a -lh5- b, which is a method of LZH",
            b"ab-lh- b",
            b"070701 is how archives of cpio begin, which this is not, however long it may be, as anybody can see",
            &[0; 1_024],
            &[b'a'; 1_024],
        ] {
            assert_eq!(named(bytes), None, "{bytes:?}");
        }
        let mut wrong = tar();
        wrong[0] = b'b';
        assert_eq!(named(&wrong), None);
    }
}
