//! The fields that local headers and central directory entries share (APPNOTE 4.3.7, 4.3.12).

use crate::bytes::Bytes;

pub(super) const LOCAL: &[u8] = b"PK\x03\x04";
pub(super) const CENTRAL: &[u8] = b"PK\x01\x02";
pub(super) const END: &[u8] = b"PK\x05\x06";
/// General-purpose flag bits (APPNOTE 4.4.4).
const ENCRYPTED: u16 = 1 << 0;
const DESCRIPTOR: u16 = 1 << 3;
const STRONG: u16 = 1 << 6;
const UTF8: u16 = 1 << 11;
/// Extra fields (APPNOTE 4.5): zip64 sizes, the UTF-8 name, AES.
const ZIP64: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;
const AES: u16 = 0x9901;
/// A 32-bit field that says "look into the zip64 extra field".
const ELSEWHERE: u64 = 0xffff_ffff;
/// Extra fields looked at in one header. Real ones have fewer than ten; overlapping headers would
/// make a full walk quadratic. What is missed is a size, which is not needed to read on.
const FIELDS: usize = 64;
/// Bytes kept of a name: a path of Windows has 260 characters, of at most three bytes each. Of a
/// longer one, both ends are kept: it is compared whole before, and no relationship names it.
const NAME: usize = 1 << 10;

/// The extra field 0x9901 (`version` 1 is AE-1, 2 is AE-2).
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "crypt"),
    expect(dead_code, reason = "for opening such entries")
)]
pub(super) struct Aes {
    pub(super) version: u16,
    pub(super) strength: u8,
    /// How the data below is compressed.
    pub(super) method: u16,
}

/// What a header says of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'d> {
    pub(super) name: &'d [u8],
    pub(super) extra: &'d [u8],
    pub(super) flags: u16,
    pub(super) method: u16,
    /// Time of the last change, MS-DOS coded: part of the ZipCrypto password check.
    pub(super) time: u16,
    pub(super) crc: u32,
    /// Bytes that the data takes in the archive.
    pub(super) packed: u64,
    /// Bytes of the data when unpacked.
    pub(super) size: u64,
}

impl Header<'_> {
    pub(super) fn encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    /// Sizes and checksum stand behind the data.
    pub(super) fn descriptor(&self) -> bool {
        self.flags & DESCRIPTOR != 0
    }

    pub(super) fn strongly_encrypted(&self) -> bool {
        self.flags & STRONG != 0
    }

    /// What the extra field of an entry with method 99 says.
    pub(super) fn aes(&self) -> Option<Aes> {
        let mut field = Bytes::new(field(self.extra, AES)?);
        let version = field.u16()?;
        field.skip(2)?;
        let [strength] = *field.take(1)? else {
            return None;
        };
        let method = field.u16()?;
        Some(Aes {
            version,
            strength,
            method,
        })
    }

    /// The scheme of an entry with method 99.
    pub(super) fn aes_name(&self) -> &'static str {
        match self.aes().map(|aes| aes.strength) {
            Some(1) => "AES-128",
            Some(2) => "AES-192",
            Some(3) => "AES-256",
            Some(_) | None => "AES",
        }
    }

    /// A folder: no data.
    pub(super) fn is_folder(&self) -> bool {
        self.size == 0
            && self.packed == 0
            && !self.descriptor()
            && matches!(self.name.last(), Some(b'/' | b'\\'))
    }

    /// The name, decoded: UTF-8 where a flag says so, else code page 437 (APPNOTE appendix D). The
    /// middle of a very long one is left out.
    pub(super) fn decoded_name(&self) -> String {
        let mut name = if self.flags & UTF8 != 0 || self.name.is_ascii() {
            String::from_utf8_lossy(self.name).into_owned()
        } else {
            self.name.iter().map(|&byte| cp437(byte)).collect()
        };
        if name.len() > NAME {
            let front = name.floor_char_boundary(NAME / 2);
            let back = name.ceil_char_boundary(name.len().saturating_sub(NAME / 2));
            name.replace_range(front..back, "\u{2026}");
        }
        name.shrink_to_fit();
        name
    }
}

/// One local header and where its data starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local<'d> {
    pub(super) at: usize,
    pub(super) start: usize,
    pub(super) header: Header<'d>,
}

impl<'d> Local<'d> {
    /// The local header at `at`; its signature is not looked at.
    pub(super) fn parse(data: &'d [u8], at: usize) -> Option<Self> {
        let mut bytes = Bytes::at(data, at)?;
        bytes.skip(6)?;
        let (mut header, [name, extra]) = fields(&mut bytes)?;
        header.name = bytes.take(usize::from(name))?;
        header.extra = bytes.take(usize::from(extra))?;
        let start = data.len().saturating_sub(bytes.rest().len());
        widen(&mut header, None);
        prefer_unicode(&mut header);
        Some(Local { at, start, header })
    }
}

/// One entry of the central directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Central<'d> {
    /// Where its local header is said to be, as declared.
    pub(super) offset: u64,
    pub(super) header: Header<'d>,
}

impl<'d> Central<'d> {
    /// The entry at `at`, and where the next one would start.
    pub(super) fn parse(data: &'d [u8], at: usize) -> Option<(Self, usize)> {
        let mut bytes = Bytes::at(data, at)?;
        if bytes.take(4)? != CENTRAL {
            return None;
        }
        bytes.skip(4)?;
        let (mut header, [name, extra]) = fields(&mut bytes)?;
        let comment = bytes.u16()?;
        bytes.skip(8)?;
        let mut offset = u64::from(bytes.u32()?);
        header.name = bytes.take(usize::from(name))?;
        // A comment or extra field that reaches past the end does not hide the entry.
        header.extra = bytes
            .take(usize::from(extra))
            .unwrap_or_else(|| bytes.rest());
        let next = data
            .len()
            .saturating_sub(bytes.rest().len())
            .saturating_add(usize::from(comment));
        widen(&mut header, Some(&mut offset));
        prefer_unicode(&mut header);
        Some((Central { offset, header }, next))
    }
}

/// From the flags to the lengths of name and extra field: the same in both headers.
fn fields<'d>(bytes: &mut Bytes<'d>) -> Option<(Header<'d>, [u16; 2])> {
    let (flags, method, time) = (bytes.u16()?, bytes.u16()?, bytes.u16()?);
    bytes.skip(2)?;
    let (crc, packed, size) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let lengths = [bytes.u16()?, bytes.u16()?];
    let header = Header {
        name: &[],
        extra: &[],
        flags,
        method,
        time,
        crc,
        packed: u64::from(packed),
        size: u64::from(size),
    };
    Some((header, lengths))
}

/// Takes over the zip64 values of the fields that point there, in their order (APPNOTE 4.5.3).
fn widen(header: &mut Header<'_>, offset: Option<&mut u64>) {
    let mut wanted = [Some(&mut header.size), Some(&mut header.packed), offset]
        .into_iter()
        .flatten()
        .filter(|value| **value == ELSEWHERE)
        .peekable();
    if wanted.peek().is_none() {
        return;
    }
    let mut wide = Bytes::new(field(header.extra, ZIP64).unwrap_or_default());
    for value in wanted {
        match wide.u64() {
            Some(wider) => *value = wider,
            None => return,
        }
    }
}

/// Takes the UTF-8 name of an Info-ZIP extra field in place of one in an unknown code page. A
/// plain ASCII name needs none: there the extra field is another name.
fn prefer_unicode(header: &mut Header<'_>) {
    if header.name.is_ascii() {
        return;
    }
    if let Some(name) = field(header.extra, UNICODE_PATH).and_then(|field| field.get(5..))
        && std::str::from_utf8(name).is_ok()
    {
        header.name = name;
        header.flags |= UTF8;
    }
}

fn field(extra: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut bytes = Bytes::new(extra);
    for _ in 0..FIELDS {
        let (id, length) = (bytes.u16()?, bytes.u16()?);
        let content = bytes.take(usize::from(length))?;
        if id == wanted {
            return Some(content);
        }
    }
    None
}

/// The upper half of code page 437.
const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

fn cp437(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        Some(upper) => UPPER.chars().nth(usize::from(upper)).unwrap_or('\u{fffd}'),
        None => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_page_437_has_its_letters() {
        assert_eq!(UPPER.chars().count(), 128);
        assert_eq!(
            [0x41, 0x80, 0x84, 0xe1, 0xff].map(cp437),
            ['A', 'Ç', 'ä', 'ß', '\u{a0}']
        );
    }

    #[test]
    fn zip64_values_replace_the_fields_that_point_there() {
        // A central entry whose size and offset are in the extra field, its packed size is not.
        let mut entry = b"PK\x01\x02".to_vec();
        entry.extend([0; 16]);
        entry.extend(7u32.to_le_bytes());
        entry.extend([0xff; 4]);
        entry.extend([1, 0, 20, 0]);
        entry.extend([0; 10]);
        entry.extend([0xff; 4]);
        entry.push(b'a');
        entry.extend([1, 0, 16, 0]);
        entry.extend(0x1_0000_0000u64.to_le_bytes());
        entry.extend(0x2_0000_0000u64.to_le_bytes());
        let (central, next) = Central::parse(&entry, 0).unwrap();
        assert_eq!(next, entry.len());
        assert_eq!(central.header.packed, 7);
        assert_eq!(central.header.size, 0x1_0000_0000);
        assert_eq!(central.offset, 0x2_0000_0000);
    }
}
