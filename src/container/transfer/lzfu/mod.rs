//! Compressed RTF ([MS-OXRTFCP]; `spec/word.md` §5.2): the body of a message as Outlook keeps it.
//!
//! # Malformed input
//!
//! The sizes and the checksum of the header are not obeyed: all bytes are decoded until the end mark
//! comes, and [`head`] tells whether the checksum is right. A header of an unknown kind is taken for
//! a compressed one, and said to be damage; so is an end before the end mark, unless as much came
//! out as the header promises.
//!
//! # Worst cases
//!
//! A byte stands for eight at most: a control byte and eight references of two bytes and seventeen
//! letters. Memory is the dictionary of 4 KiB. More than [`MOST`] bytes are not decoded.

use std::io::BufRead;

use super::Decode;
use crate::bytes::Bytes;

/// Bytes of the header ([MS-OXRTFCP] 2.1.3.1.1).
const HEADER: usize = 16;
/// Bytes of it that its first number counts.
const COUNTED: u64 = 12;
/// `COMPTYPE`: compressed, not compressed.
const LZFU: u32 = u32::from_le_bytes(*b"LZFu");
const MELA: u32 = u32::from_le_bytes(*b"MELA");
/// Bytes of the dictionary ([MS-OXRTFCP] 2.1.3.1.2): a power of two.
const RING: usize = 4096;
/// The most that comes out of one body.
const MOST: usize = 64 << 20;

/// What the dictionary holds at the start ([MS-OXRTFCP] 2.1.2.1); the rest is blanks.
const START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\
\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// What the header of a body says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// It is one of the two kinds that are known.
    pub(crate) known: bool,
    /// The checksum is that of the bytes behind it.
    pub(crate) sound: bool,
}

/// Reads a body to its end to tell what is to be said of it; `None` where it is shorter than a
/// header. The checksum counts over the bytes that the header counts, or over all that there are.
#[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
pub(crate) fn head(mut reader: impl BufRead) -> Option<Head> {
    let mut header = Header::default();
    let mut all = Checksum::default();
    let mut counted = None;
    let mut left = u64::MAX;
    loop {
        // Reading never gives an error.
        let block = reader.fill_buf().unwrap_or_default();
        let length = block.len();
        if length == 0 {
            break;
        }
        let waits = header.fields.is_none();
        let rest = header.take(block);
        if let Some(fields) = header.fields.filter(|_| waits) {
            left = u64::from(fields.size).saturating_sub(COUNTED);
        }
        let size = u64::try_from(rest.len()).unwrap_or(u64::MAX);
        if counted.is_none() && size >= left {
            let head = usize::try_from(left).ok().and_then(|left| rest.get(..left));
            let mut sum = all.clone();
            sum.add(head.unwrap_or_default());
            counted = Some(sum.value());
        }
        left = left.saturating_sub(size);
        all.add(rest);
        reader.consume(length);
    }
    let fields = header.fields?;
    let sums = [Some(all.value()), counted];
    let plain = fields.kind == MELA;
    Some(Head {
        known: plain || fields.kind == LZFU,
        sound: plain && fields.checksum == 0 || sums.contains(&Some(fields.checksum)),
    })
}

/// CRC-32 with the register at zero and not inverted ([MS-OXRTFCP] 2.1.3.2).
#[derive(Clone)]
struct Checksum(crc32fast::Hasher);

impl Default for Checksum {
    fn default() -> Self {
        Checksum(crc32fast::Hasher::new_with_initial(u32::MAX))
    }
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn value(&self) -> u32 {
        !self.0.clone().finalize()
    }
}

/// The header, as it comes.
#[derive(Default)]
struct Header {
    bytes: Vec<u8>,
    fields: Option<Fields>,
}

#[derive(Clone, Copy)]
struct Fields {
    size: u32,
    raw: u32,
    kind: u32,
    checksum: u32,
}

impl Header {
    /// Takes what it still needs of a block; what is left of that.
    fn take<'b>(&mut self, block: &'b [u8]) -> &'b [u8] {
        let missing = HEADER.saturating_sub(self.bytes.len()).min(block.len());
        let (head, rest) = block.split_at_checked(missing).unwrap_or((block, &[]));
        self.bytes.extend_from_slice(head);
        if self.fields.is_none() {
            self.fields = fields(&self.bytes);
        }
        rest
    }
}

fn fields(header: &[u8]) -> Option<Fields> {
    let mut bytes = Bytes::new(header);
    Some(Fields {
        size: bytes.u32()?,
        raw: bytes.u32()?,
        kind: bytes.u32()?,
        checksum: bytes.u32()?,
    })
}

/// Decodes a body.
pub(super) struct Lzfu {
    header: Header,
    ring: Vec<u8>,
    /// Where the dictionary is written next.
    at: usize,
    /// What the next bytes are, the lowest bit first, behind a bit that marks the end.
    control: u16,
    /// The first byte of a reference.
    high: Option<u8>,
    came: usize,
    /// The end mark came.
    over: bool,
    damage: Option<&'static str>,
}

impl Lzfu {
    pub(super) fn new() -> Self {
        let mut ring = START.to_vec();
        ring.resize(RING, b' ');
        Lzfu {
            header: Header::default(),
            ring,
            at: START.len(),
            control: 1,
            high: None,
            came: 0,
            over: false,
            damage: None,
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        if self.control == 1 {
            // Eight bits, and the mark above them.
            self.control = u16::from(byte) | 0x100;
            return;
        }
        let is_reference = self.control & 1 == 1;
        if !is_reference {
            self.control >>= 1;
            return self.emit(byte, out);
        }
        let Some(high) = self.high.take() else {
            self.high = Some(byte);
            return;
        };
        self.control >>= 1;
        // Twelve bits of place, four of length less two ([MS-OXRTFCP] 2.1.3.1.5).
        let reference = u16::from_be_bytes([high, byte]);
        let mut from = usize::from(reference >> 4);
        if from == self.at {
            self.over = true;
            return;
        }
        for _ in 0..usize::from(reference & 0xf).saturating_add(2) {
            let letter = self.ring.get(from).copied().unwrap_or(b' ');
            self.emit(letter, out);
            from = from.saturating_add(1) & (RING - 1);
        }
    }

    fn emit(&mut self, letter: u8, out: &mut Vec<u8>) {
        if let Some(place) = self.ring.get_mut(self.at) {
            *place = letter;
        }
        self.at = self.at.saturating_add(1) & (RING - 1);
        out.push(letter);
        self.came = self.came.saturating_add(1);
    }
}

impl Decode for Lzfu {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        let rest = self.header.take(coded);
        let Some(fields) = self.header.fields else {
            return;
        };
        if fields.kind == MELA {
            out.extend_from_slice(rest);
            self.came = self.came.saturating_add(rest.len());
            return;
        }
        for byte in rest {
            if self.over {
                return;
            }
            if self.came >= MOST {
                self.over = true;
                self.damage = Some("compressed RTF of more than 64 MiB is cut");
                return;
            }
            self.byte(*byte, out);
        }
    }

    fn finish(&mut self, _out: &mut Vec<u8>) {
        let promised = self.header.fields.map(|fields| fields.raw);
        let promised = promised.and_then(|raw| usize::try_from(raw).ok());
        let known = |fields: Fields| matches!(fields.kind, LZFU | MELA);
        let whole = self.over || promised.is_some_and(|promised| self.came >= promised);
        if self.header.fields.is_none() && self.header.bytes.is_empty() {
            return;
        }
        if !self.header.fields.is_some_and(known) {
            self.damage = Some("compressed RTF of an unknown kind");
        } else if !whole {
            self.damage = Some("compressed RTF is cut off");
        }
    }

    fn growth(&self) -> usize {
        8
    }

    fn damage(&self) -> Option<&'static str> {
        self.damage
    }
}

#[cfg(test)]
mod tests;
