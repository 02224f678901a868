//! Records one after the other: a number, a length, so many bytes (`spec/excel.md` §3.2).
//!
//! [`Records`] steps from header to header. [`Flow`] reads the bytes of one record together with
//! those of the `CONTINUE` records behind it, where they stand: nothing is copied but what is asked
//! for. Characters that go on in the next piece begin there with a new flag byte.
//!
//! # Malformed input
//!
//! A record that says more bytes than are left has what is left, and that is noted
//! ([`Records::cut`]). A record of number 0 and length 0 is padding; what follows is read all the
//! same, and said to stand behind it.
//!
//! # Worst cases
//!
//! Linear: a header is looked at once, and a `CONTINUE` record belongs to one other.

use crate::container::cfb::View;

/// Bytes of a header.
const HEADER: usize = 4;
/// The rest of the record before it (§3.2).
const CONTINUE: u16 = 0x003c;

/// The header of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) id: u16,
    /// Where its header stands.
    pub(super) at: usize,
    /// Bytes behind the header.
    pub(super) length: usize,
}

impl Record {
    /// Where it stands, as locations say it.
    pub(super) fn offset(&self) -> u64 {
        u64::try_from(self.at).unwrap_or(u64::MAX)
    }
}

/// The records of a stream.
pub(super) struct Records<'v> {
    view: &'v View<'v>,
    at: usize,
    end: usize,
    /// A record says more bytes than the stream has.
    pub(super) cut: Option<Record>,
    /// Padding began.
    pub(super) padding: bool,
}

impl<'v> Records<'v> {
    /// The records that begin before the byte `end`.
    pub(super) fn new(view: &'v View<'v>, end: usize) -> Self {
        Records {
            view,
            at: 0,
            end: end.min(view.length()),
            cut: None,
            padding: false,
        }
    }

    /// The bytes of a record.
    pub(super) fn open(&self, record: Record) -> Flow<'v> {
        let at = record.at.saturating_add(HEADER);
        let left = record.length.min(self.view.length().saturating_sub(at));
        Flow {
            view: self.view,
            chunk: &[],
            at,
            left,
            cut: self.cut.is_some(),
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            if self.at >= self.end {
                return None;
            }
            let [id, length] = header(self.view, self.at)?;
            let record = Record {
                id,
                at: self.at,
                length: usize::from(length),
            };
            let body = self.at.saturating_add(HEADER);
            if id == 0 && length == 0 {
                self.padding = true;
                self.at = body;
                continue;
            }
            self.at = body.saturating_add(record.length);
            if self.at > self.view.length() {
                self.cut = Some(record);
            }
            return Some(record);
        }
    }
}

fn header(view: &View<'_>, at: usize) -> Option<[u16; 2]> {
    let [a, b, c, d] = view.array(at)?;
    Some([u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])])
}

/// The bytes of one record and of those that continue it.
#[derive(Clone)]
pub(super) struct Flow<'v> {
    view: &'v View<'v>,
    /// Bytes that stand together in the file, from `at` on, no more than `left`.
    chunk: &'v [u8],
    at: usize,
    /// Bytes of the piece that are still to come.
    left: usize,
    /// The last piece is the last of the stream.
    cut: bool,
}

impl<'v> Flow<'v> {
    /// The byte of the stream that comes next.
    pub(super) fn offset(&self) -> u64 {
        u64::try_from(self.at).unwrap_or(u64::MAX)
    }

    /// Makes sure that a byte of this piece is at hand.
    fn fill(&mut self) -> bool {
        if self.chunk.is_empty() && self.left > 0 {
            let chunk = self.view.chunk(self.at);
            self.chunk = chunk.get(..self.left.min(chunk.len())).unwrap_or_default();
            if self.chunk.is_empty() {
                self.left = 0;
            }
        }
        !self.chunk.is_empty()
    }

    /// Goes on with the next piece, if there is one.
    fn cross(&mut self) -> bool {
        if self.cut {
            return false;
        }
        let Some([CONTINUE, length]) = header(self.view, self.at) else {
            return false;
        };
        self.at = self.at.saturating_add(HEADER);
        let there = self.view.length().saturating_sub(self.at);
        self.cut = usize::from(length) > there;
        self.left = usize::from(length).min(there);
        self.chunk = &[];
        true
    }

    /// What follows read on as if the next piece had no flags in front of its characters; nothing
    /// if this piece goes on.
    pub(super) fn unflagged(&self) -> Option<Self> {
        let mut next = self.clone();
        (self.left == 0 && next.cross()).then_some(next)
    }

    fn advance(&mut self, count: usize) {
        self.chunk = self.chunk.get(count..).unwrap_or_default();
        self.at = self.at.saturating_add(count);
        self.left = self.left.saturating_sub(count);
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        while !self.fill() {
            if !self.cross() {
                return None;
            }
        }
        let byte = self.chunk.first().copied();
        self.advance(1);
        byte
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        let low = self.byte()?;
        Some(u16::from_le_bytes([low, self.byte()?]))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let low = self.u16()?;
        let high = self.u16()?;
        Some(u32::from(low) | u32::from(high) << 16)
    }

    /// Leaves out `count` bytes; whether they were there.
    pub(super) fn skip(&mut self, mut count: usize) -> bool {
        loop {
            let step = count.min(self.left);
            // Not by chunk: what is left out needs no look.
            self.advance_far(step);
            count = count.saturating_sub(step);
            if count == 0 {
                return true;
            }
            if !self.cross() {
                return false;
            }
        }
    }

    fn advance_far(&mut self, count: usize) {
        if count <= self.chunk.len() {
            self.advance(count);
        } else {
            self.chunk = &[];
            self.at = self.at.saturating_add(count);
            self.left = self.left.saturating_sub(count);
        }
    }

    /// Adds up to `count` bytes to `bytes`.
    pub(super) fn take(&mut self, mut count: usize, bytes: &mut Vec<u8>) {
        while count > 0 {
            while !self.fill() {
                if !self.cross() {
                    return;
                }
            }
            let taken = self.chunk.get(..count.min(self.chunk.len()));
            let taken = taken.unwrap_or_default();
            bytes.extend_from_slice(taken);
            count = count.saturating_sub(taken.len());
            self.advance(taken.len());
        }
    }

    /// Gives the next `count` characters, of two bytes each if `wide`, to `see`, until it has seen
    /// enough; the rest is left out.
    pub(super) fn characters(
        &mut self,
        mut count: usize,
        mut wide: bool,
        mut see: impl FnMut(u16) -> bool,
    ) {
        let mut more = true;
        while count > 0 {
            if !self.fill() {
                if !self.cross() {
                    return;
                }
                let Some(flags) = self.byte() else { return };
                wide = flags & 1 == 1;
                continue;
            }
            if !more {
                let width = if wide { 2 } else { 1 };
                let here = self.left.checked_div(width).unwrap_or(0).min(count);
                self.advance_far(here.saturating_mul(width));
                count = count.saturating_sub(here);
                if here == 0 {
                    // Half a character at the end of a piece.
                    self.advance_far(1);
                }
                continue;
            }
            let Some(low) = self.byte() else { return };
            if wide && !self.fill() {
                // Half a character at the end of a piece.
                continue;
            }
            let high = if wide { self.byte().unwrap_or(0) } else { 0 };
            more = see(u16::from_le_bytes([low, high]));
            count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<(u16, usize)> {
        let view = View::from(bytes);
        let records = Records::new(&view, usize::MAX);
        records.map(|record| (record.id, record.length)).collect()
    }

    #[test]
    fn records_stand_one_after_the_other() {
        assert_eq!(read(b"\x09\x08\x02\0ab\x0a\0\0\0"), [(0x809, 2), (0x0a, 0)]);
        assert_eq!(read(b"\x0a\0\0"), []);
    }

    #[test]
    fn padding_is_no_record_and_no_end() {
        let bytes = b"\0\0\0\0\0\0\0\0\x0a\0\0\0";
        let view = View::from(&bytes[..]);
        let mut records = Records::new(&view, usize::MAX);
        assert_eq!(records.next().unwrap().id, 0x0a);
        assert!(records.padding && records.cut.is_none());
    }

    #[test]
    fn a_record_that_says_too_much_is_noted() {
        let bytes = b"\xae\x01\xff\xffab";
        let view = View::from(&bytes[..]);
        let mut records = Records::new(&view, usize::MAX);
        let record = records.next().unwrap();
        let mut bytes = Vec::new();
        records.open(record).take(100, &mut bytes);
        assert_eq!(bytes, b"ab");
        assert!(records.cut.is_some());
        assert_eq!(records.next(), None);
    }

    fn text(bytes: &[u8], count: usize, wide: bool) -> String {
        let view = View::from(bytes);
        let mut records = Records::new(&view, usize::MAX);
        let record = records.next().unwrap();
        let mut units = Vec::new();
        records.open(record).characters(count, wide, |unit| {
            units.push(unit);
            true
        });
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn characters_go_on_behind_a_new_flag() {
        // Two narrow characters, then one wide one, then one narrow one.
        let bytes = b"\xfc\0\x02\0ab\x3c\0\x03\0\x01c\0\x3c\0\x02\0\0d";
        assert_eq!(text(bytes, 4, false), "abcd");
        // Other bytes go on without one.
        let bytes = b"\xfc\0\x01\0\x01\x3c\0\x01\0\x02";
        let view = View::from(&bytes[..]);
        let mut records = Records::new(&view, usize::MAX);
        let record = records.next().unwrap();
        assert_eq!(records.open(record).u16(), Some(0x0201));
    }

    #[test]
    fn what_was_seen_is_enough() {
        let bytes = b"\xfc\0\x03\0abc\x3c\0\x06\0\x01d\0e\0X\x0a\0\0\0";
        let view = View::from(&bytes[..]);
        let mut records = Records::new(&view, usize::MAX);
        let record = records.next().unwrap();
        let mut flow = records.open(record);
        flow.characters(5, false, |_| false);
        assert_eq!(flow.byte(), Some(b'X'));
        assert_eq!(flow.byte(), None);
    }
}
