//! A file for dependencies that reads up to an allowance: some read the same bytes over and over.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// A file that ends reading, with an error, after so many bytes.
pub(super) struct Metered<'d> {
    file: Cursor<&'d [u8]>,
    left: usize,
}

impl<'d> Metered<'d> {
    pub(super) fn new(data: &'d [u8], left: usize) -> Self {
        Metered {
            file: Cursor::new(data),
            left,
        }
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(out)?;
        self.left = self
            .left
            .checked_sub(read)
            .ok_or_else(|| io::Error::other("the allowance is spent"))?;
        Ok(read)
    }
}

impl Seek for Metered<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
