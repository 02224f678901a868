//! A little-endian reader over bytes that cannot panic: every read is checked, and what is not
//! there is `None`.

/// A cursor over a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a> {
    data: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Bytes { data }
    }

    /// Starts at `offset`; `None` past the end.
    pub(crate) fn at(data: &'a [u8], offset: usize) -> Option<Self> {
        data.get(offset..).map(Bytes::new)
    }

    /// Takes the next `count` bytes.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.data.split_at_checked(count)?;
        self.data = tail;
        Some(head)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(|_| ())
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        let (head, tail) = self.data.split_first_chunk()?;
        self.data = tail;
        Some(u16::from_le_bytes(*head))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        let (head, tail) = self.data.split_first_chunk()?;
        self.data = tail;
        Some(u32::from_le_bytes(*head))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        let (head, tail) = self.data.split_first_chunk()?;
        self.data = tail;
        Some(u64::from_le_bytes(*head))
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_little_endian_and_stops_at_the_end() {
        let mut bytes = Bytes::new(&[1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(bytes.u16(), Some(0x0201));
        assert_eq!(bytes.u32(), Some(0x0605_0403));
        assert_eq!(bytes.u16(), None);
        assert_eq!(bytes.rest(), &[7]);
        assert_eq!(bytes.take(2), None);
        assert_eq!(bytes.take(1), Some([7].as_slice()));
        assert!(Bytes::at(&[1], 2).is_none());
    }
}
