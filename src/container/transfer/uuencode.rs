//! Unix-to-Unix coding, as old mail programs declare it (`x-uuencode`).
//!
//! # Malformed input
//!
//! What stands in front of the line `begin` is passed over, and a line that is shorter than its
//! length says gives the bytes that are there. A line is held: at most 86 characters of it.

use super::Decode;

/// Characters of a line that count: 63 bytes take 84, with the length.
const LINE: usize = 86;

/// A text, as far as it came.
#[derive(Default)]
pub(super) struct Uuencode {
    line: Vec<u8>,
    begun: bool,
    ended: bool,
}

impl Uuencode {
    fn end_line(&mut self, out: &mut Vec<u8>) {
        let line = std::mem::take(&mut self.line);
        if self.ended || line.is_empty() {
            return;
        }
        if !self.begun {
            self.begun = line.starts_with(b"begin ");
            return;
        }
        if line == b"end" {
            self.ended = true;
            return;
        }
        let mut letters = line.iter().map(|byte| byte.wrapping_sub(b' ') & 63);
        let mut left = usize::from(letters.next().unwrap_or(0));
        let rest: Vec<u8> = letters.collect();
        for group in rest.chunks(4) {
            let bits = (0..4).fold(0u32, |bits, place| {
                bits << 6 | u32::from(group.get(place).copied().unwrap_or(0))
            });
            let [_, bytes @ ..] = bits.to_be_bytes();
            out.extend(bytes.iter().take(left));
            left = left.saturating_sub(3);
        }
    }
}

impl Decode for Uuencode {
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>) {
        for byte in coded {
            if matches!(byte, b'\r' | b'\n') {
                self.end_line(out);
            } else if self.line.len() < LINE {
                self.line.push(*byte);
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.end_line(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_give_as_many_bytes_as_they_say() {
        // From the manual page of uuencode: `Cat` is `#0V%T`.
        let text = b"junk\nbegin 644 cat.txt\n#0V%T\n!0P  \n`\nend\n#0V%T\n";
        for block in 1..text.len() {
            let (mut decoder, mut out) = (Uuencode::default(), Vec::new());
            text.chunks(block)
                .for_each(|part| decoder.push(part, &mut out));
            decoder.finish(&mut out);
            assert_eq!(out, b"CatC");
        }
    }
}
