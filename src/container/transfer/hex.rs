//! The digits of an object in RTF (`spec/word.md` §3.4, §3.6).
//!
//! # Malformed input
//!
//! Whatever is no digit is passed over: white space, control words, what `\'` spells, which costs
//! the digit in front of it when that still waits for its other half. A group that nobody knows
//! (`{\*\…}`) is passed over with its content; whether other groups are is not certain. The data
//! of `\bin` counts as it is. A digit without another half at the end is dropped.

use super::Decode;
use crate::text::hex_digit;

/// Digits as far as they came.
pub(super) struct RtfHex {
    /// Decoded bytes that are not wanted.
    skip: u64,
    /// Digits in groups count.
    nested: bool,
    half: Option<u8>,
    depth: u32,
    /// The group that is passed over.
    ignored: Option<u32>,
    /// Nothing came since the group began; `\*` came.
    fresh: bool,
    star: bool,
    state: State,
    /// The first letters of a word, and how many it has.
    word: [u8; LONGEST],
    letters: usize,
    parameter: u64,
    negative: bool,
}

/// Letters of a word that tell those that matter: `objdata`.
const LONGEST: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Data,
    /// Behind a backslash.
    Control,
    /// So many characters of `\'hh` are left.
    Spelled(u8),
    Word,
    /// Behind a word: its minus sign and digits.
    Parameter,
    /// So many bytes of `\bin` are left.
    Binary(u64),
}

impl RtfHex {
    pub(super) fn new(skip: u64, nested: bool) -> Self {
        RtfHex {
            skip,
            nested,
            half: None,
            depth: 0,
            ignored: None,
            fresh: false,
            star: false,
            state: State::Data,
            word: [0; LONGEST],
            letters: 0,
            parameter: 0,
            negative: false,
        }
    }

    fn counts(&self) -> bool {
        self.ignored.is_none() && (self.nested || self.depth == 0)
    }

    fn digit(&mut self, digit: u8, out: &mut Vec<u8>) {
        match self.half.take() {
            None => self.half = Some(digit),
            Some(high) if self.skip == 0 => out.push(high << 4 | digit),
            Some(_) => self.skip = self.skip.saturating_sub(1),
        }
    }

    fn data(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b'{' => {
                self.depth = self.depth.saturating_add(1);
                self.fresh = true;
                self.star = false;
            }
            b'}' => {
                if self.ignored == Some(self.depth) {
                    self.ignored = None;
                }
                self.depth = self.depth.saturating_sub(1);
                self.fresh = false;
                self.star = false;
            }
            b'\\' => self.state = State::Control,
            b'\r' | b'\n' | 0 => {}
            _ => {
                self.fresh = false;
                if let Some(digit) = hex_digit(byte)
                    && self.counts()
                {
                    self.digit(digit, out);
                }
            }
        }
    }

    fn control(&mut self, byte: u8) {
        self.state = match byte {
            b'\'' => {
                if self.counts() {
                    self.half = None;
                }
                State::Spelled(2)
            }
            b'*' => {
                self.star = true;
                State::Data
            }
            _ if byte.is_ascii_alphabetic() => {
                self.letters = 0;
                self.parameter = 0;
                self.negative = false;
                self.letter(byte);
                State::Word
            }
            _ => State::Data,
        };
    }

    fn letter(&mut self, byte: u8) {
        if let Some(place) = self.word.get_mut(self.letters) {
            *place = byte;
        }
        self.letters = self.letters.saturating_add(1);
    }

    fn is_word(&self, word: &[u8]) -> bool {
        self.letters == word.len() && self.word.starts_with(word)
    }

    /// A word is over; whether the byte behind it belongs to it.
    fn end_word(&mut self, byte: u8) -> bool {
        let star = std::mem::take(&mut self.star);
        if star && self.fresh && self.ignored.is_none() && !self.is_word(b"objdata") {
            self.ignored = Some(self.depth);
        }
        self.state = if self.is_word(b"bin") && !self.negative && self.parameter > 0 {
            State::Binary(self.parameter)
        } else {
            State::Data
        };
        byte == b' '
    }

    /// One byte; whether it was used up.
    fn step(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        match self.state {
            State::Data => {
                self.data(byte, out);
                true
            }
            State::Control => {
                self.control(byte);
                true
            }
            State::Spelled(left) => {
                self.state = match left {
                    0 | 1 => State::Data,
                    _ => State::Spelled(left.saturating_sub(1)),
                };
                let used = !matches!(byte, b'{' | b'}');
                if !used {
                    self.state = State::Data;
                }
                used
            }
            State::Word if byte.is_ascii_alphabetic() => {
                self.letter(byte);
                true
            }
            State::Word if byte == b'-' => {
                self.negative = true;
                self.state = State::Parameter;
                true
            }
            State::Word | State::Parameter if byte.is_ascii_digit() => {
                let digit = u64::from(byte & 0xf);
                self.parameter = self.parameter.saturating_mul(10).saturating_add(digit);
                self.state = State::Parameter;
                true
            }
            State::Word | State::Parameter => self.end_word(byte),
            State::Binary(left) => {
                if self.counts() {
                    self.digit(byte >> 4, out);
                    self.digit(byte & 0xf, out);
                }
                self.fresh = false;
                self.state = match left {
                    0 | 1 => State::Data,
                    _ => State::Binary(left.saturating_sub(1)),
                };
                true
            }
        }
    }
}

impl Decode for RtfHex {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            // A byte that only ends something is looked at once more.
            if !self.step(*byte, out) {
                self.step(*byte, out);
            }
        }
    }

    fn finish(&mut self, _out: &mut Vec<u8>) {
        self.half = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &[u8], skip: u64, nested: bool) -> Vec<u8> {
        let whole = {
            let mut decoder = RtfHex::new(skip, nested);
            let mut out = Vec::new();
            decoder.push(text, &mut out);
            decoder.finish(&mut out);
            out
        };
        // The same byte by byte.
        let mut decoder = RtfHex::new(skip, nested);
        let mut out = Vec::new();
        for byte in text {
            decoder.push(&[*byte], &mut out);
        }
        decoder.finish(&mut out);
        assert_eq!(out, whole);
        whole
    }

    /// `spec/word.md` §3.4, §3.6.
    #[test]
    fn what_is_no_digit_is_passed_over() {
        assert_eq!(decode(b"01 05\r\n0\t0g0 0", 0, true), [1, 5, 0, 0]);
        assert_eq!(decode(br"01\par 05\abc12 07\ab09", 0, true), [1, 5, 7]);
        assert_eq!(decode(br"01{\*\zzz 4141{41}}05", 0, true), [1, 5]);
        assert_eq!(decode(b"015", 0, true), [1]);
    }

    #[test]
    fn groups_have_two_readings() {
        assert_eq!(decode(br"01{41}{\b 42}05", 0, true), [1, 0x41, 0x42, 5]);
        assert_eq!(decode(br"01{41}{\b 42}05", 0, false), [1, 5]);
        assert_eq!(decode(br"{\*\objdata 0105}", 0, true), [1, 5]);
    }

    #[test]
    fn a_spelled_byte_costs_the_half_in_front_of_it() {
        assert_eq!(decode(br"01\'4105", 0, true), [1, 5]);
        assert_eq!(decode(br"012\'4105", 0, true), [1, 5]);
        assert_eq!(decode(br"01{2\'}05", 0, true), [1, 5]);
    }

    #[test]
    fn binary_data_counts_as_it_is() {
        assert_eq!(
            decode(b"01\\bin3 }{\\05", 0, true),
            [1, b'}', b'{', b'\\', 5]
        );
        assert_eq!(decode(b"01\\bin0 05", 0, true), [1, 5]);
        assert_eq!(decode(b"01\\bin-4 05", 0, true), [1, 5]);
        assert_eq!(
            decode(b"01\\bin99999999999999999999 05", 0, true),
            b"\x0105"
        );
    }

    #[test]
    fn the_front_can_be_left_out() {
        assert_eq!(decode(b"0102\\bin2 ab03", 3, true), [b'b', 3]);
        assert_eq!(decode(b"0102", 7, true), [0u8; 0]);
    }
}
