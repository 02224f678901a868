//! From bytes to tokens (`spec/word.md` §3.1): one pass, borrowed slices.
//!
//! # Malformed input
//!
//! Every byte belongs to some token. A backslash at the end is nothing, digits of a parameter
//! saturate, a name may be as long as it likes, binary data ends with the file at the latest.
//!
//! # Worst cases
//!
//! Linear; a token is found without looking at any byte twice.

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    /// `\*`: what comes next may be left out by those who do not know it.
    Star,
    /// `\name` with its parameter.
    Word {
        name: &'a [u8],
        parameter: Option<i64>,
    },
    /// A backslash and one character that is no letter.
    Symbol(u8),
    /// `\'hh`; `None` when the two are no hexadecimal digits.
    Byte(Option<u8>),
    /// Bytes of text, without line ends and NULs, which mean nothing anywhere.
    Text(&'a [u8]),
    /// The data of `\bin`.
    Binary,
}

/// The tokens of a text.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    data: &'a [u8],
    at: usize,
    /// Bytes of binary data that come next.
    binary: Option<usize>,
    /// `\bin` announced more bytes than there are.
    cut: bool,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Tokens {
            data,
            at: 0,
            binary: None,
            cut: false,
        }
    }

    /// Whether `\bin` announced more bytes than there are.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Where the next token begins.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The next token, and the byte at which it begins.
    pub(super) fn next(&mut self) -> Option<(usize, Token<'a>)> {
        if let Some(length) = self.binary.take() {
            let start = self.at;
            let end = start.saturating_add(length);
            self.cut |= end > self.data.len();
            self.at = end.min(self.data.len());
            return Some((start, Token::Binary));
        }
        while let Some(b'\r' | b'\n' | 0) = self.peek() {
            self.at = self.at.saturating_add(1);
        }
        let start = self.at;
        let token = match self.take()? {
            b'{' => Token::Open,
            b'}' => Token::Close,
            b'\\' => self.control(),
            _ => {
                let rest = self.data.get(start..).unwrap_or_default();
                let length = rest
                    .iter()
                    .position(|byte| matches!(byte, b'{' | b'}' | b'\\' | b'\r' | b'\n' | 0))
                    .unwrap_or(rest.len());
                self.at = start.saturating_add(length);
                Token::Text(rest.get(..length).unwrap_or_default())
            }
        };
        Some((start, token))
    }

    fn peek(&self) -> Option<u8> {
        self.data.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    /// What stands behind a backslash.
    fn control(&mut self) -> Token<'a> {
        let start = self.at;
        match self.take() {
            Some(byte) if byte.is_ascii_alphabetic() => self.word(start),
            Some(b'\'') => {
                let digits = [self.hex_digit(), self.hex_digit()];
                let value = match digits {
                    [Some(high), Some(low)] => Some(high << 4 | low),
                    _ => None,
                };
                Token::Byte(value)
            }
            Some(b'*') => Token::Star,
            Some(byte) => Token::Symbol(byte),
            None => Token::Text(&[]),
        }
    }

    /// One of the two characters behind `\'`; they are used up whatever they are, but for the
    /// marks of groups, without which nothing else could be read.
    fn hex_digit(&mut self) -> Option<u8> {
        let byte = self.peek().filter(|byte| !matches!(byte, b'{' | b'}'))?;
        self.at = self.at.saturating_add(1);
        crate::text::hex_digit(byte)
    }

    fn word(&mut self, start: usize) -> Token<'a> {
        while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.at = self.at.saturating_add(1);
        }
        let name = self.data.get(start..self.at).unwrap_or_default();
        let parameter = self.parameter();
        if self.peek() == Some(b' ') {
            self.at = self.at.saturating_add(1);
        }
        if name == b"bin" {
            let length = usize::try_from(parameter.unwrap_or(0).max(0)).unwrap_or(usize::MAX);
            self.binary = Some(length);
        }
        Token::Word { name, parameter }
    }

    fn parameter(&mut self) -> Option<i64> {
        let negative = self.peek() == Some(b'-');
        let sign = usize::from(negative);
        let first = self.data.get(self.at.saturating_add(sign))?;
        if !first.is_ascii_digit() {
            return None;
        }
        self.at = self.at.saturating_add(sign);
        let mut value = 0i64;
        while let Some(byte) = self.peek().filter(u8::is_ascii_digit) {
            self.at = self.at.saturating_add(1);
            let digit = i64::from(byte & 0xf);
            value = value.saturating_mul(10).saturating_add(digit);
        }
        Some(if negative {
            value.saturating_neg()
        } else {
            value
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &[u8]) -> Vec<Token<'_>> {
        let mut tokens = Tokens::new(text);
        std::iter::from_fn(|| tokens.next().map(|(_, token)| token)).collect()
    }

    fn word(name: &[u8], parameter: Option<i64>) -> Token<'_> {
        Token::Word { name, parameter }
    }

    /// `spec/word.md` §3.1, rules 2 and 3.
    #[test]
    fn words_take_one_blank_and_a_number() {
        assert_eq!(
            tokens(br"\par  x\uc0\u-68 y\b-z"),
            [
                word(b"par", None),
                Token::Text(b" x"),
                word(b"uc", Some(0)),
                word(b"u", Some(-68)),
                Token::Text(b"y"),
                word(b"b", None),
                Token::Text(b"-z"),
            ]
        );
        assert_eq!(
            tokens(br"\li99999999999999999999999999"),
            [word(b"li", Some(i64::MAX))]
        );
    }

    #[test]
    fn bytes_in_hexadecimal() {
        assert_eq!(
            tokens(br"\'44\'4Fx\'zz\'4{\'"),
            [
                Token::Byte(Some(0x44)),
                Token::Byte(Some(0x4f)),
                Token::Text(b"x"),
                Token::Byte(None),
                Token::Byte(None),
                Token::Open,
                Token::Byte(None),
            ]
        );
    }

    /// Rule 5: braces inside are data, lengths are clipped.
    #[test]
    fn binary_data() {
        assert_eq!(
            tokens(br"D\bin5 }}}}}E"),
            [
                Token::Text(b"D"),
                word(b"bin", Some(5)),
                Token::Binary,
                Token::Text(b"E"),
            ]
        );
        assert_eq!(
            tokens(br"\bin-3 x"),
            [word(b"bin", Some(-3)), Token::Binary, Token::Text(b"x")]
        );
        assert_eq!(
            tokens(br"\bin99999999999 }}"),
            [word(b"bin", Some(99_999_999_999)), Token::Binary]
        );
    }

    /// Rules 6 to 8.
    #[test]
    fn symbols_and_line_ends() {
        assert_eq!(
            tokens(b"{\\*\\x D\r\nD\0\\\\\\{\\\r\n\\"),
            [
                Token::Open,
                Token::Star,
                word(b"x", None),
                Token::Text(b"D"),
                Token::Text(b"D"),
                Token::Symbol(b'\\'),
                Token::Symbol(b'{'),
                Token::Symbol(b'\r'),
                Token::Text(b""),
            ]
        );
    }
}
