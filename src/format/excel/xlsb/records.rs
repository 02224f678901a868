//! The records of a binary part as a stream: type, size and payload (`spec/excel.md` §2.1).
//!
//! # Malformed input
//!
//! A size is believed as far as there are bytes: what is there of the last record is delivered,
//! and the stream says that it was cut off. Sizes never allocate.
//!
//! # Worst cases
//!
//! Linear in the bytes. In memory is one payload, up to [`PAYLOAD`]; of those that nobody wants
//! nothing is kept.

use std::io::BufRead;

/// The longest payload that is delivered whole: a cell has at most 32,767 characters and a
/// formula 16,384 bytes; tables of numbers may be longer.
pub(super) const PAYLOAD: usize = 1 << 20;

/// How many bytes the type of a record may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Types {
    /// One or two, as the format says (§2.1; [MS-XLSB] 2.1.4).
    Short,
    /// Up to four, as programs read it that take types for sizes: LibreOffice and pyxlsb do.
    Long,
}

/// One record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) id: u16,
    /// Byte of the part at which it begins.
    pub(super) offset: u64,
    /// Its payload is longer than what is delivered of it.
    pub(super) long: bool,
}

/// The stream.
pub(super) struct Records<R> {
    source: R,
    types: Types,
    /// Byte of the part.
    at: u64,
    payload: Vec<u8>,
    cut: bool,
    odd: bool,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(source: R, types: Types) -> Self {
        Records {
            source,
            types,
            at: 0,
            payload: Vec::new(),
            cut: false,
            odd: false,
        }
    }

    /// The payload of the record that came last, if it was wanted.
    pub(super) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Whether the part ends inside a record.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether the type of a record says that it goes on behind its two bytes: no program writes
    /// that, and what reads on is out of step with what is read here.
    pub(super) fn is_odd(&self) -> bool {
        self.odd
    }

    /// The next record; `wanted` says of which the payload is delivered.
    pub(super) fn next(&mut self, wanted: impl Fn(u16) -> bool) -> Option<Record> {
        let offset = self.at;
        self.payload.clear();
        let low = self.byte()?;
        let mut id = u32::from(low & 0x7f);
        let mut more = low & 0x80 != 0;
        for shift in [7, 14, 21] {
            if !more || shift > 7 && self.types == Types::Short {
                break;
            }
            let high = self.inner_byte()?;
            id |= u32::from(high & 0x7f) << shift;
            more = high & 0x80 != 0;
            self.odd |= more && shift == 7;
        }
        // No record has such a number.
        let id = u16::try_from(id).unwrap_or(u16::MAX);
        let mut size = 0_u32;
        for shift in [0, 7, 14, 21] {
            let byte = self.inner_byte()?;
            size |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut left = usize::try_from(size).unwrap_or(usize::MAX);
        let kept = if wanted(id) { left.min(PAYLOAD) } else { 0 };
        let mut long = kept > 0 && kept < left;
        while left > 0 {
            let block = self.source.fill_buf().unwrap_or_default();
            if block.is_empty() {
                self.cut = true;
                long = false;
                break;
            }
            let taken = block.len().min(left);
            let room = kept.saturating_sub(self.payload.len()).min(taken);
            self.payload
                .extend_from_slice(block.get(..room).unwrap_or_default());
            self.pass(taken);
            left = left.saturating_sub(taken);
        }
        Some(Record { id, offset, long })
    }

    fn byte(&mut self) -> Option<u8> {
        let block = self.source.fill_buf().unwrap_or_default();
        let byte = *block.first()?;
        self.pass(1);
        Some(byte)
    }

    /// A byte inside a record.
    fn inner_byte(&mut self) -> Option<u8> {
        let byte = self.byte();
        self.cut |= byte.is_none();
        byte
    }

    fn pass(&mut self, bytes: usize) {
        self.source.consume(bytes);
        self.at = self
            .at
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> (Vec<(u16, u64, Vec<u8>)>, bool) {
        // Blocks of three bytes: every seam is somewhere.
        let mut records = Records::new(std::io::BufReader::with_capacity(3, bytes), Types::Short);
        let mut out = Vec::new();
        while let Some(record) = records.next(|_| true) {
            out.push((record.id, record.offset, records.payload().to_vec()));
        }
        (out, records.is_cut())
    }

    /// The types and wire bytes of §2.1.
    #[test]
    fn types_of_one_and_two_bytes() {
        let bytes = b"\x0b\x01\xaa\xe8\x02\x00\x9c\x01\x02\xbb\xcc\xcc\x04\x00\xc1\x04\x00";
        let (records, cut) = all(bytes);
        assert_eq!(
            records,
            [
                (11, 0, vec![0xaa]),
                (360, 3, vec![]),
                (156, 6, vec![0xbb, 0xcc]),
                (588, 11, vec![]),
                (577, 14, vec![]),
            ]
        );
        assert!(!cut);
    }

    /// §2.6 test 3: nothing is allocated for what a size says.
    #[test]
    fn a_size_beyond_the_end() {
        let (records, cut) = all(b"\x0b\x00\x08\xff\xff\xff\x7f0123456789");
        assert_eq!(records, [(11, 0, vec![]), (8, 2, b"0123456789".to_vec())]);
        assert!(cut);
        for bytes in [&b"\xe8"[..], b"\xe8\x02", b"\xe8\x02\x80", b"\x08\x01"] {
            assert!(all(bytes).1, "{bytes:?}");
        }
    }

    /// Types have two bytes at most ([MS-XLSB] 2.1.4).
    #[test]
    fn a_type_of_three_bytes_is_odd() {
        let odd = |bytes: &[u8]| {
            let mut records = Records::new(bytes, Types::Short);
            while records.next(|_| true).is_some() {}
            records.is_odd()
        };
        assert!(odd(b"\xe8\x82\0\x02\0\0"));
        assert!(!odd(b"\xe8\x02\x02\0\0"));
    }

    #[test]
    fn long_types_have_up_to_four_bytes() {
        for bytes in [
            &b"\xe8\x02\x01x\x09\0"[..],
            b"\xe8\x82\0\x01x\x09\0",
            b"\xe8\x82\x80\0\x01x\x89\0\0",
        ] {
            let mut records = Records::new(bytes, Types::Long);
            assert_eq!(records.next(|_| true).unwrap().id, 360, "{bytes:?}");
            assert_eq!(records.payload(), b"x");
            assert_eq!(records.next(|_| true).unwrap().id, 9);
        }
        let mut records = Records::new(&b"\xe8\x82\x01\0"[..], Types::Long);
        assert_eq!(records.next(|_| true).unwrap().id, 16_384 + 360);
    }

    /// A fourth byte ends the size whatever its highest bit says.
    #[test]
    fn a_size_has_four_bytes() {
        let (records, cut) = all(b"\x08\x81\x80\x80\x80x\x09\x00");
        assert_eq!(records, [(8, 0, b"x".to_vec()), (9, 6, vec![])]);
        assert!(!cut);
    }

    #[test]
    fn long_payloads_are_cut_and_said() {
        let mut bytes = b"\x08\x80\x80\x80\x01".to_vec();
        bytes.extend(vec![7; 1 << 21]);
        bytes.extend(b"\x09\x00");
        let mut records = Records::new(bytes.as_slice(), Types::Short);
        let first = records.next(|_| true).unwrap();
        assert!(first.long);
        assert_eq!(records.payload().len(), PAYLOAD);
        assert_eq!(records.next(|_| true).unwrap().id, 9);
        assert!(!records.is_cut());
        let mut records = Records::new(bytes.as_slice(), Types::Short);
        assert!(!records.next(|_| false).unwrap().long);
        assert_eq!(records.payload().len(), 0);
    }
}
