//! The block of properties in TNEF ([MS-OXTNEF] 2.1.3.4, `spec/word.md` §5.4).
//!
//! # Malformed input
//!
//! A value that is longer than what is left ends there. The number of properties in front is
//! believed only in what is missing: properties behind the last that it counts are read, too.
//!
//! # Worst cases
//!
//! Linear: every value takes four bytes at least, or ends the block.

use std::ops::Range;

use crate::bytes::Bytes;

/// Types of many values have this bit ([MS-OXCDATA] 2.11.1).
const MANY: u16 = 0x1000;
/// Properties with a name have their numbers from here on.
const NAMED: u16 = 0x8000;
/// A name that is text, not a number.
const BY_TEXT: u32 = 1;

/// One value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) id: u16,
    /// Without the bit of many values.
    pub(super) kind: u16,
    /// The number that is the name of a named property.
    pub(super) name: Option<u32>,
    /// Where it is in the bytes that the block is in.
    pub(super) range: Range<usize>,
}

/// The values of a block.
pub(super) struct Values<'a> {
    data: &'a [u8],
    end: usize,
    bytes: Bytes<'a>,
    /// Properties that should still come.
    promised: u32,
    /// The property whose values come, and how many of them.
    open: Option<(Value, u32)>,
    damaged: bool,
}

impl<'a> Values<'a> {
    /// The values of the block that stands at `range` of `data`.
    pub(super) fn new(data: &'a [u8], range: &Range<usize>) -> Self {
        let block = data.get(range.clone()).unwrap_or_default();
        let mut bytes = Bytes::new(block);
        let promised = bytes.u32();
        Values {
            data,
            end: range.start.saturating_add(block.len()),
            bytes,
            promised: promised.unwrap_or(0),
            open: None,
            damaged: promised.is_none(),
        }
    }

    /// Whether something was missing, once there is no more.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Where the next byte stands.
    fn offset(&self) -> usize {
        self.end.saturating_sub(self.bytes.rest().len())
    }

    /// Goes on to the next property.
    fn begin(&mut self) -> Option<()> {
        let kind = self.bytes.u16()?;
        let id = self.bytes.u16()?;
        let mut name = None;
        if id >= NAMED {
            self.bytes.skip(16)?;
            if self.bytes.u32()? == BY_TEXT {
                let length = usize::try_from(self.bytes.u32()?).ok()?;
                self.bytes.skip(padded(length))?;
            } else {
                name = self.bytes.u32();
            }
        }
        let many = kind & MANY != 0;
        let kind = kind & !MANY;
        let counted = many || size(kind)? == Size::Counted;
        let mut count = if counted { self.bytes.u32()? } else { 1 };
        // What takes no bytes could come forever.
        if size(kind)? == Size::Fixed(0) {
            count = 1;
        }
        let value = Value {
            id,
            kind,
            name,
            range: 0..0,
        };
        self.open = Some((value, count));
        Some(())
    }

    /// The next value of the open property.
    fn value(&mut self, kind: u16) -> Option<Range<usize>> {
        let length = match size(kind)? {
            Size::Fixed(length) => length,
            Size::Counted => usize::try_from(self.bytes.u32()?).unwrap_or(usize::MAX),
        };
        let start = self.offset();
        let left = self.bytes.rest().len();
        if left == 0 && length > 0 {
            return None;
        }
        if length > left {
            self.damaged = true;
        }
        // What fills up the last value of all may be missing.
        self.bytes.skip(padded(length).min(left))?;
        Some(start..start.saturating_add(length.min(left)))
    }

    /// The number that a value is.
    pub(super) fn number(&self, value: &Value) -> Option<u32> {
        Bytes::new(self.data.get(value.range.clone())?).u32()
    }
}

impl Iterator for Values<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((property, left)) = self.open.take()
                && let Some(left) = left.checked_sub(1)
            {
                let Some(range) = self.value(property.kind) else {
                    self.damaged = true;
                    self.bytes = Bytes::new(&[]);
                    return None;
                };
                let value = Value {
                    range,
                    ..property.clone()
                };
                self.open = Some((property, left));
                return Some(value);
            }
            if self.begin().is_none() {
                self.damaged |= self.promised > 0;
                self.bytes = Bytes::new(&[]);
                return None;
            }
            self.promised = self.promised.saturating_sub(1);
        }
    }
}

#[derive(PartialEq, Eq)]
enum Size {
    Fixed(usize),
    /// Its length stands in front of each value, and their number in front of the first.
    Counted,
}

/// How long values of a type are ([MS-OXCDATA] 2.11.1, [MS-OXTNEF] 2.1.3.4); `None` for those that
/// do not occur.
fn size(kind: u16) -> Option<Size> {
    Some(match kind {
        0x0001 => Size::Fixed(0),
        0x0002 | 0x000b => Size::Fixed(2),
        0x0003 | 0x0004 | 0x000a => Size::Fixed(4),
        0x0005..=0x0007 | 0x0014 | 0x0040 => Size::Fixed(8),
        0x0048 => Size::Fixed(16),
        0x000d | 0x001e | 0x001f | 0x0102 => Size::Counted,
        _ => return None,
    })
}

/// Values fill up to a multiple of four bytes.
fn padded(length: usize) -> usize {
    length.checked_next_multiple_of(4).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A property of each shape, as [MS-OXTNEF] 2.1.3.4 has them: short and fixed, named by number,
    /// named by text, of many values.
    const BLOCK: &[u8] = b"\x05\0\0\0\
        \x0b\0\x01\x0e\x01\0\0\0\
        \x03\0\x01\x80\x08\x20\x06\0\0\0\0\0\xc0\0\0\0\0\0\0\x46\0\0\0\0\x03\x85\0\0\x2a\0\0\0\
        \x1e\0\x02\x80\x08\x20\x06\0\0\0\0\0\xc0\0\0\0\0\0\0\x46\x01\0\0\0\x06\0\0\0a\0b\0\0\0\0\0\
        \x01\0\0\0\x03\0\0\0xy\0\0\
        \x1e\x10\x03\x0e\x02\0\0\0\x01\0\0\0z\0\0\0\x05\0\0\0abcde\0\0\0\
        \x02\x10\x04\x0e\x02\0\0\0\x01\0\0\0\x02\0\0\0";

    /// Number, name and bytes.
    type Read = (u16, Option<u32>, Vec<u8>);

    fn read(block: &[u8]) -> (Vec<Read>, bool) {
        let data = [b"..", block].concat();
        let mut values = Values::new(&data, &(2..data.len()));
        let mut all = Vec::new();
        for value in values.by_ref() {
            all.push((value.id, value.name, data[value.range].to_vec()));
        }
        (all, values.is_damaged())
    }

    #[test]
    fn values_of_every_shape() {
        let (all, damaged) = read(BLOCK);
        let expected: [(u16, Option<u32>, &[u8]); 7] = [
            (0x0e01, None, b"\x01\0"),
            (0x8001, Some(0x8503), b"\x2a\0\0\0"),
            (0x8002, None, b"xy\0"),
            (0x0e03, None, b"z"),
            (0x0e03, None, b"abcde"),
            (0x0e04, None, b"\x01\0"),
            (0x0e04, None, b"\x02\0"),
        ];
        let expected = expected.map(|(id, name, value)| (id, name, value.to_vec()));
        assert_eq!(all, expected);
        assert!(!damaged);
    }

    #[test]
    fn what_is_cut_off_is_said_to_be() {
        let (all, _) = read(BLOCK);
        for cut in 0..BLOCK.len() - 2 {
            let (some, damaged) = read(&BLOCK[..cut]);
            assert!(damaged && some.len() <= all.len(), "{cut}");
        }
    }
}
