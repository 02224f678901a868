//! yEnc (draft 1.3 of 2002, www.yenc.org): each byte plus 42, and an escape for four of them.
//!
//! # Malformed input
//!
//! What stands in front of the line `=ybegin` is passed over, and so is the line `=ypart`. Sizes and
//! checksums are not looked at. A text without its end gives what came. Of the two command lines at
//! most their first [`COMMAND`] bytes are held.

use super::Decode;

/// Bytes of a line that tell whether it is a command: `=ybegin `.
const COMMAND: usize = 8;

/// A text, as far as it came.
#[derive(Default)]
pub(super) struct Yenc {
    /// The start of a line that may be a command.
    start: Vec<u8>,
    line: Line,
    begun: bool,
    ended: bool,
    escaped: bool,
}

/// What the present line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    /// Not known yet.
    #[default]
    Start,
    /// Coded bytes.
    Data,
    /// A command, or what stands in front of the first one.
    Skipped,
}

impl Yenc {
    /// Decides what the line is by its start.
    fn decide(&mut self, out: &mut Vec<u8>) {
        let start = std::mem::take(&mut self.start);
        self.line = Line::Skipped;
        if start.starts_with(b"=ybegin ") {
            self.begun = true;
        } else if start.starts_with(b"=yend") {
            self.ended = self.begun;
        } else if self.begun && !start.starts_with(b"=ypart") {
            self.line = Line::Data;
            for byte in start {
                self.byte(byte, out);
            }
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        if self.ended {
            return;
        }
        if std::mem::take(&mut self.escaped) {
            out.push(byte.wrapping_sub(64).wrapping_sub(42));
        } else if byte == b'=' {
            self.escaped = true;
        } else {
            out.push(byte.wrapping_sub(42));
        }
    }
}

impl Decode for Yenc {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            if matches!(byte, b'\r' | b'\n') {
                if !self.start.is_empty() {
                    self.decide(out);
                }
                self.line = Line::Start;
                continue;
            }
            match self.line {
                Line::Start => {
                    self.start.push(*byte);
                    let command = self.start.starts_with(b"=y");
                    let short = self.start.len() < 2 && *byte == b'=';
                    // In front of the first command every line may be it.
                    if !(command || short) || self.start.len() >= COMMAND {
                        self.decide(out);
                    }
                }
                Line::Data => self.byte(*byte, out),
                Line::Skipped => {}
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.start.is_empty() {
            self.decide(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &[u8], block: usize) -> Vec<u8> {
        let (mut decoder, mut out) = (Yenc::default(), Vec::new());
        text.chunks(block)
            .for_each(|part| decoder.push(part, &mut out));
        decoder.finish(&mut out);
        out
    }

    /// As the specification says: 42 is added, and NUL, CR, LF and `=` are escaped.
    #[test]
    fn bytes_come_back_whatever_they_are() {
        let plain: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        let mut text = b"junk\r\n=ybegin line=128 size=1000 name=a.doc\r\n".to_vec();
        text.extend(b"=ypart begin=1 end=1000\r\n");
        for line in plain.chunks(128) {
            for byte in line {
                let coded = byte.wrapping_add(42);
                if matches!(coded, 0 | b'\n' | b'\r' | b'=') {
                    text.extend([b'=', coded.wrapping_add(64)]);
                } else {
                    text.push(coded);
                }
            }
            text.extend(b"\r\n");
        }
        text.extend(b"=yend size=1000\r\nbehind\r\n");
        for block in [1, 2, 3, 7, 64, text.len()] {
            assert_eq!(decode(&text, block), plain, "{block}");
        }
    }

    #[test]
    fn a_text_that_never_begins_gives_nothing() {
        assert!(decode(b"=yend\r\n=ypart\r\nabc", 4).is_empty());
    }
}
