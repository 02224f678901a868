//! Lines of any length, of which those that are too long are passed over.

use std::io::{self, BufRead};

use super::LONGEST_LINE;

pub(super) struct Line<'a> {
    /// Counted from 1, empty lines included.
    pub(super) number: u64,
    /// Without its end and blanks around it; none where it is too long.
    pub(super) text: Option<&'a [u8]>,
}

pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Lines {
            input,
            line: Vec::new(),
            number: 0,
        }
    }

    /// Whether the input starts with these bytes, as far as its first block tells.
    pub(super) fn starts_with(&mut self, bytes: &[u8]) -> io::Result<bool> {
        Ok(self.input.fill_buf()?.starts_with(bytes))
    }

    /// The next line that is not empty.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            self.line.clear();
            let mut long = false;
            let mut any = false;
            loop {
                let block = self.input.fill_buf()?;
                if block.is_empty() {
                    break;
                }
                any = true;
                let end = memchr::memchr(b'\n', block);
                let taken = end.unwrap_or(block.len());
                if self.line.len() + taken > LONGEST_LINE {
                    long = true;
                    self.line = Vec::new();
                } else if !long {
                    self.line.extend_from_slice(&block[..taken]);
                }
                self.input.consume(taken + usize::from(end.is_some()));
                if end.is_some() {
                    break;
                }
            }
            if !any {
                return Ok(None);
            }
            self.number += 1;
            let number = self.number;
            if long {
                return Ok(Some(Line { number, text: None }));
            }
            let first = self.number == 1;
            let mark = first && self.line.starts_with(b"\xef\xbb\xbf");
            let from = if mark { 3 } else { 0 };
            if self.line[from..]
                .iter()
                .any(|byte| !byte.is_ascii_whitespace())
            {
                let text = Some(self.line[from..].trim_ascii());
                return Ok(Some(Line { number, text }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::new(io::BufReader::with_capacity(7, input));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            let text = line
                .text
                .map(|text| String::from_utf8(text.to_vec()).unwrap());
            all.push((line.number, text));
        }
        all
    }

    #[test]
    fn lines_are_numbered_and_empty_ones_left_out() {
        let some = |number, text: &str| (number, Some(text.to_owned()));
        assert_eq!(all(b""), []);
        assert_eq!(all(b"\n \r\n"), []);
        assert_eq!(
            all(b"\xef\xbb\xbfa long first line\r\n\n  b\nlast"),
            [some(1, "a long first line"), some(3, "b"), some(4, "last")]
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut input = vec![b'x'; LONGEST_LINE + 1];
        input.extend_from_slice(b"\nnext");
        let lines = all(&input);
        assert_eq!(lines, [(1, None), (2, Some("next".to_owned()))]);
    }
}
