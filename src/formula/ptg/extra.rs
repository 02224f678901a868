//! What follows a token stream: the values of array constants and lists of cells, in the order of
//! the tokens they belong to ([MS-XLS] 2.5.198.103, [MS-XLSB] 2.5.98.87).

use encoding_rs::Encoding;

use super::Dialect;
use super::words::{error_name, literal, number, truth};
use crate::bytes::Bytes;

/// The bytes after a token stream.
pub(super) struct Extra<'a> {
    bytes: Bytes<'a>,
    dialect: Dialect,
    encoding: &'static Encoding,
}

impl<'a> Extra<'a> {
    pub(super) fn new(bytes: &'a [u8], dialect: Dialect, encoding: &'static Encoding) -> Self {
        Extra {
            bytes: Bytes::new(bytes),
            dialect,
            encoding,
        }
    }

    /// The column of the cell that holds a shared formula: BIFF12 alone has it here.
    pub(super) fn column(&mut self) -> Option<u32> {
        self.bytes.u32()
    }

    /// Skips the list of cells of a PtgMemArea.
    pub(super) fn cells(&mut self) -> Option<()> {
        let (count, size) = match self.dialect {
            Dialect::Biff12 => (self.bytes.u32()?, 16),
            Dialect::Biff8 => (u32::from(self.bytes.u16()?), 8),
            Dialect::Biff2 | Dialect::Biff3 | Dialect::Biff4 | Dialect::Biff5 => {
                (u32::from(self.bytes.u16()?), 6)
            }
        };
        self.bytes
            .skip(usize::try_from(count).ok()?.checked_mul(size)?)
    }

    /// Skips the list of cells of a label: 30 bits of count, four bytes a cell.
    pub(super) fn labels(&mut self) -> Option<()> {
        let count = self.bytes.u32()? & 0x3fff_ffff;
        self.bytes
            .skip(usize::try_from(count).ok()?.checked_mul(4)?)
    }

    /// The text of an array constant, and whether all of it was there.
    pub(super) fn array(&mut self) -> (String, bool) {
        let mut out = String::from("{");
        let whole = self.values(&mut out).is_some();
        out.push('}');
        (out, whole)
    }

    fn values(&mut self, out: &mut String) -> Option<()> {
        let (rows, columns) = match self.dialect {
            Dialect::Biff12 => {
                let rows = self.bytes.u32()?;
                (rows, self.bytes.u32()?)
            }
            Dialect::Biff8 => {
                let columns = u32::from(self.byte()?).saturating_add(1);
                (u32::from(self.bytes.u16()?).saturating_add(1), columns)
            }
            Dialect::Biff2 | Dialect::Biff3 | Dialect::Biff4 | Dialect::Biff5 => {
                let columns = match self.byte()? {
                    0 => 256,
                    columns => u32::from(columns),
                };
                (u32::from(self.bytes.u16()?), columns)
            }
        };
        // Each value takes bytes, so the first that is not there ends both loops.
        for row in 0..rows {
            if columns == 0 {
                break;
            }
            for column in 0..columns {
                let value = self.value()?;
                match (row, column) {
                    (0, 0) => {}
                    (_, 0) => out.push(';'),
                    _ => out.push(','),
                }
                out.push_str(&value);
            }
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes.take(1)?.first().copied()
    }

    fn value(&mut self) -> Option<String> {
        let tag = self.byte()?;
        if self.dialect == Dialect::Biff12 {
            return match tag {
                0 => Some(number(self.bytes.u64()?)),
                1 => {
                    let units = usize::from(self.bytes.u16()?);
                    self.wide(units)
                }
                2 => Some(truth(self.byte()?)),
                4 => {
                    let error = self.byte()?;
                    self.bytes.skip(3)?;
                    Some(error_name(error).to_owned())
                }
                _ => None,
            };
        }
        match tag {
            0x00 => self.bytes.skip(8).map(|()| String::new()),
            0x01 => Some(number(self.bytes.u64()?)),
            0x02 if self.dialect == Dialect::Biff8 => {
                let count = usize::from(self.bytes.u16()?);
                if self.byte()? & 1 == 1 {
                    return self.wide(count);
                }
                let bytes = self.bytes.take(count)?;
                Some(literal(&encoding_rs::mem::decode_latin1(bytes)))
            }
            0x02 => {
                let count = usize::from(self.byte()?);
                let bytes = self.bytes.take(count)?;
                let (text, _) = self.encoding.decode_without_bom_handling(bytes);
                Some(literal(&text))
            }
            0x04 => {
                let value = self.byte()?;
                self.bytes.skip(7)?;
                Some(truth(value))
            }
            0x10 => {
                let error = self.byte()?;
                self.bytes.skip(7)?;
                Some(error_name(error).to_owned())
            }
            _ => None,
        }
    }

    fn wide(&mut self, units: usize) -> Option<String> {
        let bytes = self.bytes.take(units.checked_mul(2)?)?;
        let (text, _) = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes);
        Some(literal(&text))
    }
}
