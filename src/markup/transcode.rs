//! From the bytes of a part to UTF-8, block by block, without holding the part.
//!
//! # Malformed input
//!
//! A byte order mark wins over a declared label (`spec/word.md` §0.2). Bytes that are no UTF-8
//! are read as windows-1252 and noted; in other encodings they become U+FFFD. A character that is
//! cut by the end of the part is dropped.

use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Source bytes that are looked at for a byte order mark or a declared encoding.
const HEAD: usize = 256;
/// Size of the block of decoded text.
const BLOCK: usize = 16 * 1024;

/// A reader of UTF-8 over a reader of bytes. What it hands out always ends on a character.
pub(super) struct Transcoder<R> {
    inner: R,
    state: State,
    /// Decoded text that was not consumed yet starts at `out_at`.
    out: Vec<u8>,
    out_at: usize,
    /// Bytes at the front of `inner` that are known to be UTF-8.
    valid: usize,
    /// Source bytes consumed.
    position: u64,
    odd: bool,
    utf16: bool,
    foreign: bool,
    /// The encoding, where what is around the text says it.
    given: Option<&'static Encoding>,
    /// The encoding that is used, once the first bytes were looked at.
    encoding: &'static Encoding,
}

enum State {
    Start,
    Utf8,
    Decode(Box<Decoding>),
    End,
}

/// State of a part that is not UTF-8.
struct Decoding {
    decoder: Decoder,
    unit: Unit,
    /// Source offset of the first byte of the decoded block.
    block_at: u64,
    /// Source bytes that gave the decoded block.
    block_len: usize,
    /// The decoder has seen the end of the part.
    finished: bool,
}

/// How decoded text measures in bytes of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// It is the source.
    Bytes,
    /// Two bytes for a character, four for a pair of surrogates.
    Utf16,
    /// One byte for a character.
    Characters,
    /// Only the start of the block is known.
    Unknown,
}

impl<R: BufRead> Transcoder<R> {
    pub(super) fn new(inner: R) -> Self {
        Transcoder {
            inner,
            state: State::Start,
            out: Vec::new(),
            out_at: 0,
            valid: 0,
            position: 0,
            odd: false,
            utf16: false,
            foreign: false,
            given: None,
            encoding: UTF_8,
        }
    }

    /// A reader of text that has no declaration of its own: it stands in a document in this
    /// encoding.
    pub(super) fn within(inner: R, encoding: &'static Encoding) -> Self {
        Transcoder {
            given: Some(encoding),
            ..Transcoder::new(inner)
        }
    }

    /// The encoding of the part; UTF-8 before anything was read.
    pub(super) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Whether the part is in UTF-16.
    pub(super) fn is_utf16(&self) -> bool {
        self.utf16
    }

    /// Whether the part declares an encoding that is not decoded: only its ASCII is read.
    pub(super) fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// Whether the part is in an encoding that the packaging conventions do not allow, or is not
    /// what its mark or label says.
    pub(super) fn is_odd(&self) -> bool {
        self.odd
    }

    /// The source byte at which the next block of [`fill_buf`](BufRead::fill_buf) starts, and how
    /// its text measures in source bytes.
    pub(super) fn position(&mut self) -> io::Result<(u64, Unit)> {
        // The next block is decoded first: how it measures depends on it.
        self.fill_buf()?;
        Ok(match &self.state {
            State::Decode(decoding) => (decoding.block_at, decoding.unit),
            State::Utf8 if self.out_at < self.out.len() => (self.position, Unit::Unknown),
            State::Utf8 | State::Start | State::End => (self.position, Unit::Bytes),
        })
    }

    /// Puts the next block behind `window`. Gives the source byte at which it starts, and how its
    /// text measures in source bytes.
    pub(super) fn next_block(&mut self, window: &mut String) -> io::Result<(u64, Unit)> {
        if matches!(self.state, State::Start) {
            self.start()?;
        }
        // What most parts consist of is looked at once.
        if matches!(self.state, State::Utf8) && self.out_at >= self.out.len() && self.valid == 0 {
            let position = self.position;
            if let Ok(text) = std::str::from_utf8(self.inner.fill_buf()?)
                && !text.is_empty()
            {
                window.push_str(text);
                let length = text.len();
                self.inner.consume(length);
                self.position = position.saturating_add(u64::try_from(length).unwrap_or(0));
                return Ok((position, Unit::Bytes));
            }
        }
        let start = self.position()?;
        let length = push(window, self.fill_buf()?);
        self.consume(length);
        Ok(start)
    }

    /// Decides the encoding from the first bytes.
    fn start(&mut self) -> io::Result<()> {
        let head = self.inner.fill_buf()?;
        let head = head.get(..HEAD).unwrap_or(head);
        let Detected {
            encoding,
            mark,
            odd,
            foreign,
        } = match self.given {
            Some(encoding) => Detected {
                encoding,
                mark: 0,
                odd: false,
                foreign: false,
            },
            None => detect(head),
        };
        self.encoding = encoding;
        self.foreign = foreign;
        self.inner.consume(mark);
        self.position = u64::try_from(mark).unwrap_or(u64::MAX);
        self.odd = odd;
        self.utf16 = encoding == UTF_16LE || encoding == UTF_16BE;
        self.state = if encoding == UTF_8 {
            State::Utf8
        } else {
            State::Decode(Box::new(Decoding {
                decoder: encoding.new_decoder_without_bom_handling(),
                unit: if encoding == UTF_16LE || encoding == UTF_16BE {
                    Unit::Utf16
                } else if encoding.is_single_byte() {
                    Unit::Characters
                } else {
                    Unit::Unknown
                },
                block_at: self.position,
                block_len: 0,
                finished: false,
            }))
        };
        Ok(())
    }

    /// Decodes the next block of a part that is not UTF-8. Leaves `out` empty at the end.
    fn decode_block(&mut self) -> io::Result<()> {
        let State::Decode(decoding) = &mut self.state else {
            return Ok(());
        };
        if decoding.finished {
            self.out.clear();
            self.out_at = 0;
            self.state = State::End;
            return Ok(());
        }
        loop {
            let block = self.inner.fill_buf()?;
            let last = block.is_empty();
            self.out.clear();
            self.out.resize(BLOCK, 0);
            let (result, read, written, _) =
                decoding.decoder.decode_to_utf8(block, &mut self.out, last);
            self.inner.consume(read);
            self.out.truncate(written);
            self.out_at = 0;
            let previous = u64::try_from(decoding.block_len).unwrap_or(u64::MAX);
            decoding.block_at = decoding.block_at.saturating_add(previous);
            decoding.block_len = read;
            // A decoder that was told of the end may not be asked again.
            decoding.finished = last && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(());
            }
            if decoding.finished {
                self.state = State::End;
                return Ok(());
            }
        }
    }

    /// Makes sure that `valid` counts at least one byte, or `out` holds text, or the end is
    /// reached.
    fn validate(&mut self) -> io::Result<()> {
        let block = self.inner.fill_buf()?;
        if block.is_empty() {
            self.state = State::End;
            return Ok(());
        }
        let error = match std::str::from_utf8(block) {
            Ok(text) => {
                self.valid = text.len();
                return Ok(());
            }
            Err(error) => error,
        };
        if error.valid_up_to() > 0 {
            self.valid = error.valid_up_to();
            return Ok(());
        }
        // The first character is broken, or cut by the end of the block.
        let mut bytes = [0u8; 4];
        let mut len;
        if error.error_len().is_none() {
            len = block.len().min(3);
            copy(&mut bytes, 0, block.get(..len).unwrap_or_default());
            self.inner.consume(len);
            while len < 4 {
                let next = self.inner.fill_buf()?;
                let Some(&byte) = next.first() else { break };
                if byte & 0xc0 != 0x80 {
                    break;
                }
                copy(&mut bytes, len, &[byte]);
                self.inner.consume(1);
                len = len.saturating_add(1);
                if std::str::from_utf8(bytes.get(..len).unwrap_or_default()).is_ok() {
                    break;
                }
            }
        } else {
            copy(&mut bytes, 0, block.get(..1).unwrap_or_default());
            self.inner.consume(1);
            len = 1;
        }
        self.position = self
            .position
            .saturating_add(u64::try_from(len).unwrap_or(0));
        let bytes = bytes.get(..len).unwrap_or_default();
        self.out.clear();
        self.out_at = 0;
        match std::str::from_utf8(bytes) {
            Ok(text) => self.out.extend_from_slice(text.as_bytes()),
            Err(_) => {
                self.odd = true;
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
                self.out.extend_from_slice(text.as_bytes());
            }
        }
        Ok(())
    }
}

fn copy(to: &mut [u8; 4], at: usize, from: &[u8]) {
    for (slot, byte) in to.iter_mut().skip(at).zip(from) {
        *slot = *byte;
    }
}

impl<R: BufRead> BufRead for Transcoder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if matches!(self.state, State::Start) {
            self.start()?;
        }
        if self.out_at >= self.out.len() && self.valid == 0 {
            match self.state {
                State::Decode(_) => self.decode_block()?,
                State::Utf8 => self.validate()?,
                State::Start | State::End => {}
            }
        }
        if self.out_at < self.out.len() {
            return Ok(self.out.get(self.out_at..).unwrap_or_default());
        }
        if self.valid > 0 {
            let block = self.inner.fill_buf()?;
            return Ok(block.get(..self.valid).unwrap_or_default());
        }
        Ok(&[])
    }

    fn consume(&mut self, amount: usize) {
        if self.out_at < self.out.len() {
            self.out_at = self.out_at.saturating_add(amount).min(self.out.len());
        } else {
            let amount = amount.min(self.valid);
            self.valid = self.valid.saturating_sub(amount);
            self.inner.consume(amount);
            self.position = self
                .position
                .saturating_add(u64::try_from(amount).unwrap_or(0));
        }
    }
}

impl<R: BufRead> Read for Transcoder<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buf.len());
        for (slot, byte) in buf.iter_mut().zip(available) {
            *slot = *byte;
        }
        self.consume(count);
        Ok(count)
    }
}

/// Puts a block of text behind `window`; the length of the block.
pub(super) fn push(window: &mut String, block: &[u8]) -> usize {
    match std::str::from_utf8(block) {
        Ok(text) => window.push_str(text),
        // The transcoder gives nothing else than UTF-8.
        Err(_) => window.push_str(&String::from_utf8_lossy(block)),
    }
    block.len()
}

/// How the bytes of a part are to be read.
struct Detected {
    encoding: &'static Encoding,
    /// Length of the byte order mark.
    mark: usize,
    /// The format forbids it, or the mark and the label differ.
    odd: bool,
    /// The label names an encoding that is not decoded.
    foreign: bool,
}

fn detect(head: &[u8]) -> Detected {
    let plain = |encoding, mark, odd| Detected {
        encoding,
        mark,
        odd,
        foreign: false,
    };
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        let label = declared(head.get(mark..).unwrap_or_default());
        let odd = encoding == UTF_8
            && label.is_some_and(|label| Encoding::for_label(label) != Some(UTF_8));
        return plain(encoding, mark, odd);
    }
    match head {
        [b'<', 0, ..] => return plain(UTF_16LE, 0, false),
        [0, b'<', ..] => return plain(UTF_16BE, 0, false),
        _ => {}
    }
    let Some(label) = declared(head) else {
        return plain(UTF_8, 0, false);
    };
    match Encoding::for_label_no_replacement(label) {
        // A document whose declaration can be read byte by byte is not in UTF-16.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => plain(UTF_8, 0, true),
        Some(encoding) => plain(encoding, 0, encoding != UTF_8),
        // UTF-7, UTF-32, EBCDIC, or one that no browser decodes: the ASCII in it is read.
        None => Detected {
            encoding: UTF_8,
            mark: 0,
            odd: true,
            foreign: true,
        },
    }
}

/// The label of the encoding that an XML declaration names.
fn declared(head: &[u8]) -> Option<&[u8]> {
    let head = head.trim_ascii_start();
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', declaration)?;
    let declaration = declaration.get(..end)?;
    let at = memchr::memmem::find(declaration, b"encoding")?;
    let value = declaration
        .get(at..)?
        .strip_prefix(b"encoding")?
        .trim_ascii_start();
    let value = value.strip_prefix(b"=")?.trim_ascii_start();
    let (&quote, value) = value.split_first()?;
    let end = memchr::memchr(quote, value)?;
    value.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], block: usize) -> (String, bool) {
        let mut reader = Transcoder::new(io::BufReader::with_capacity(block, bytes));
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (text, reader.is_odd())
    }

    #[test]
    fn utf8_passes_whatever_the_block_size() {
        for block in 1..8 {
            let (text, odd) = decode("<a>ünicöde €𝄞</a>".as_bytes(), block);
            assert_eq!(text, "<a>ünicöde €𝄞</a>", "{block}");
            assert!(!odd);
        }
    }

    #[test]
    fn broken_utf8_is_windows_1252() {
        assert_eq!(
            decode(b"<a>\xfcx\x93</a>", 64),
            ("<a>üx\u{201c}</a>".to_owned(), true)
        );
        assert_eq!(decode(b"<a>\xe2\x82", 64).0, "<a>â‚");
    }

    #[test]
    fn utf16_with_and_without_a_mark() {
        let text = "<a>DDE ü𝄞</a>";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            le.clone(),
            be.clone(),
            [vec![0xff, 0xfe], le].concat(),
            [vec![0xfe, 0xff], be].concat(),
        ] {
            assert_eq!(decode(&bytes, 7), (text.to_owned(), false));
        }
    }

    #[test]
    fn a_character_cut_by_the_end_is_replaced_once() {
        // Found by random damage: the decoder was asked again after its end.
        assert_eq!(decode(b"\xff\xfe<\0a\0>\0x", 64).0, "<a>\u{fffd}");
        assert_eq!(decode(b"\xff\xfea\0\x00\xd8", 64).0, "a\u{fffd}");
        assert_eq!(
            decode(b"<?xml version='1.0' encoding='gb18030'?>\x81", 64)
                .0
                .len(),
            43
        );
        // A cut character at the end of a block that fills the output.
        let long = [
            b"\xff\xfe".to_vec(),
            "x\0".repeat(20_000).into_bytes(),
            vec![0, 0xd8],
        ]
        .concat();
        assert_eq!(decode(&long, 60_000).0.len(), 20_003);
    }

    #[test]
    fn declared_code_page() {
        let (text, odd) = decode(
            b"<?xml version='1.0' encoding='windows-1251'?><a>\xcf</a>",
            64,
        );
        assert!(text.ends_with("<a>П</a>"));
        assert!(odd);
    }
}
