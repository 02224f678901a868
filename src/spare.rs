//! Decoders that one analysis uses again and again.
//!
//! A package has thousands of small members. A decoder with its window and its block of output for
//! each of them would cost more than the members, and would leave the heap in holes.

use std::cell::RefCell;

use flate2::Decompress;

/// Decoders that are kept while nobody uses them: one for a container, one for a member in it,
/// and some in reserve.
const KEPT: usize = 4;

/// An inflate decoder with its block of output.
pub(crate) type Decoder = (Decompress, Vec<u8>);

/// The decoders that nobody uses at the moment.
#[derive(Debug, Default)]
pub(crate) struct Spare {
    decoders: RefCell<Vec<Decoder>>,
}

impl Spare {
    /// A decoder at its start, with `block` bytes of output.
    pub(crate) fn take(&self, block: usize) -> Decoder {
        match self.decoders.borrow_mut().pop() {
            Some(decoder) => decoder,
            None => (Decompress::new(false), vec![0; block]),
        }
    }

    /// Gives a decoder back.
    pub(crate) fn give(&self, (mut state, out): Decoder) {
        let mut decoders = self.decoders.borrow_mut();
        if decoders.len() < KEPT {
            state.reset(false);
            decoders.push((state, out));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoders_come_back_at_their_start() {
        let spare = Spare::default();
        let (mut state, mut out) = spare.take(16);
        // A stored block of one byte.
        let coded = [1, 1, 0, 0xfe, 0xff, b'x'];
        state
            .decompress(&coded, &mut out, flate2::FlushDecompress::None)
            .unwrap();
        spare.give((state, out));
        let (state, out) = spare.take(16);
        assert_eq!((state.total_in(), state.total_out(), out.len()), (0, 0, 16));
        for _ in 0..10 {
            spare.give(spare.take(16));
            spare.give((Decompress::new(false), Vec::new()));
        }
        assert!(spare.decoders.borrow().len() <= KEPT);
    }
}
