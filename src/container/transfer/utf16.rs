//! Texts in UTF-16 as UTF-8, for readers of bytes.
//!
//! # Malformed input
//!
//! Halves of pairs that stand alone, and a last byte alone, become the sign of a replacement. A
//! mark in front is left out.
//!
//! # Worst cases
//!
//! Linear; nothing is held but half of a pair.

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use super::Decode;

/// Bytes that are decoded at a time.
const STEP: usize = 1 << 10;

pub(super) struct Utf16(Decoder);

impl Utf16 {
    pub(super) fn new(big_endian: bool) -> Self {
        let encoding = if big_endian { UTF_16BE } else { UTF_16LE };
        Utf16(encoding.new_decoder_with_bom_removal())
    }

    fn decode(&mut self, mut coded: &[u8], last: bool, out: &mut Vec<u8>) {
        // Each unit becomes at most three bytes, and what was held as many.
        let mut step = [0u8; 4 * STEP];
        loop {
            let (result, read, written, _) = self.0.decode_to_utf8(coded, &mut step, last);
            out.extend_from_slice(step.get(..written).unwrap_or_default());
            coded = coded.get(read..).unwrap_or_default();
            if result == CoderResult::InputEmpty || read == 0 && written == 0 {
                return;
            }
        }
    }
}

impl Decode for Utf16 {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        self.decode(coded, false, out);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.decode(&[], true, out);
    }

    fn growth(&self) -> usize {
        2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_either_order_in_pieces() {
        let text = "Grüße, \u{1f600} und € ".repeat(300);
        for big_endian in [false, true] {
            let of = |unit: u16| {
                if big_endian {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            };
            for mark in ["", "\u{feff}"] {
                let coded: Vec<u8> = format!("{mark}{text}")
                    .encode_utf16()
                    .flat_map(of)
                    .collect();
                for size in [1, 3, 8_192] {
                    let mut decoder = Utf16::new(big_endian);
                    let mut out = Vec::new();
                    coded
                        .chunks(size)
                        .for_each(|part| decoder.push(part, &mut out));
                    decoder.finish(&mut out);
                    assert_eq!(String::from_utf8(out).unwrap(), text);
                }
            }
        }
    }

    #[test]
    fn what_is_no_text_is_replaced() {
        let mut decoder = Utf16::new(false);
        let mut out = Vec::new();
        decoder.push(b"a\0\0\xd8b\0c", &mut out);
        decoder.finish(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "a\u{fffd}b\u{fffd}");
    }
}
