//! The text of a page in UTF-8, and where in the page it stood (`spec/word.md` §0.2).
//!
//! # Malformed input
//!
//! A byte order mark wins, then the NULs of UTF-16, then what the page declares of itself. What is
//! no UTF-8 is windows-1252.
//!
//! # Worst cases
//!
//! A page in UTF-8, or one that says nothing, is not copied. Any other is decoded as a whole: it
//! pays for live memory as it grows.

use std::borrow::Cow;

use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use crate::limits::{Budget, Exhausted};
use crate::markup::utf7::{self, Utf7};

/// Bytes in which a page declares its encoding: eight times what browsers look at.
const DECLARED: usize = 8 << 10;
/// Bytes that are decoded at once; offsets are exact to this many at least.
const STEP: usize = 1 << 10;

/// A page as UTF-8.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// May hold stretches that are no UTF-8: [`unicode`] reads them.
    pub(crate) text: Cow<'a, [u8]>,
    pub(crate) utf16: bool,
    /// It declares an encoding that is not decoded: only its ASCII is read.
    pub(crate) foreign: bool,
    /// It is in UTF-7, which no program should write.
    pub(crate) odd: bool,
    /// Not all of it was decoded.
    pub(crate) exhausted: Option<Exhausted>,
    /// Bytes of the mark in front.
    mark: usize,
    /// Pairs of a byte of the text and the byte of the page it stands for.
    steps: Vec<(usize, usize)>,
    charged: u64,
}

impl<'a> Page<'a> {
    /// `label` is what the headers around the page say of its encoding.
    pub(crate) fn read(data: &'a [u8], label: Option<&str>, budget: &Budget<'_>) -> Self {
        let Detected {
            encoding,
            mark,
            foreign,
            utf7,
        } = detect(data, label);
        let body = data.get(mark..).unwrap_or_default();
        let mut page = Page {
            text: Cow::Borrowed(body),
            utf16: encoding == UTF_16LE || encoding == UTF_16BE,
            foreign,
            odd: utf7,
            exhausted: None,
            mark,
            steps: Vec::new(),
            charged: 0,
        };
        // Text in bytes of one kind is read as it stands when it is asked for.
        if utf7 {
            let mut decoder = Utf7::default();
            page.decode(body, budget, |step, last, out| {
                decoder.push(step, out);
                if last {
                    decoder.finish(out);
                }
                Some(step.len())
            });
        } else if encoding != UTF_8 {
            let mut decoder = encoding.new_decoder_without_bom_handling();
            // Three bytes for each byte of a code page are the most; the decoder wants some more.
            let mut block = vec![0u8; STEP.saturating_mul(3).saturating_add(64)];
            page.decode(body, budget, |step, last, out| {
                let (result, read, written, _) = decoder.decode_to_utf8(step, &mut block, last);
                out.extend_from_slice(block.get(..written).unwrap_or_default());
                (result != CoderResult::OutputFull).then_some(read)
            });
        }
        page
    }

    /// Decodes by the step: the decoder gets each, and whether it is the last, and says how much of
    /// it was read; `None` ends the text.
    fn decode(
        &mut self,
        body: &[u8],
        budget: &Budget<'_>,
        mut decoder: impl FnMut(&[u8], bool, &mut Vec<u8>) -> Option<usize>,
    ) {
        /// What a step costs besides its text.
        const ENTRY: usize = 32;
        let mut text = Vec::new();
        let mut decoded = Vec::new();
        let mut at = 0usize;
        let mut steps = body.chunks(STEP).peekable();
        while let Some(step) = steps.next() {
            decoded.clear();
            let read = decoder(step, steps.peek().is_none(), &mut decoded);
            let cost = decoded.len().saturating_add(ENTRY);
            let cost = u64::try_from(cost).unwrap_or(u64::MAX);
            if let Err(cause) = budget.charge_live(cost) {
                self.exhausted = Some(cause);
                break;
            }
            self.charged = self.charged.saturating_add(cost);
            self.steps.push((text.len(), at));
            if text.capacity().saturating_sub(text.len()) < decoded.len() {
                // Not doubled, so that what is held stays close to what was paid.
                text.reserve_exact((64 << 10).max(text.len() / 4));
            }
            text.extend_from_slice(&decoded);
            let Some(read) = read else { break };
            at = at.saturating_add(read);
        }
        self.text = Cow::Owned(text);
    }

    /// The byte of the page at which the byte `at` of the text stood.
    pub(crate) fn offset(&self, at: usize) -> u64 {
        let passed = self.steps.partition_point(|(text, _)| *text <= at);
        let step = passed.checked_sub(1).and_then(|last| self.steps.get(last));
        let inside = match step {
            None => at,
            Some((text, page)) => {
                let since = self.text.get(*text..at).unwrap_or_default();
                let since = String::from_utf8_lossy(since);
                let length = if self.utf16 {
                    since.encode_utf16().count().saturating_mul(2)
                } else {
                    since.chars().count()
                };
                page.saturating_add(length)
            }
        };
        u64::try_from(inside.saturating_add(self.mark)).unwrap_or(u64::MAX)
    }

    /// Gives the memory back to the account.
    pub(crate) fn release(self, budget: &Budget<'_>) {
        budget.release_live(self.charged);
    }
}

/// A stretch of a page as text: what is no UTF-8 is windows-1252, and NULs are nothing.
pub(crate) fn unicode(bytes: &[u8]) -> Cow<'_, str> {
    if memchr::memchr(0, bytes).is_some() {
        let rest: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
        return Cow::Owned(decoded(&rest).into_owned());
    }
    decoded(bytes)
}

fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(chunk.invalid());
        out.push_str(&text);
    }
    Cow::Owned(out)
}

/// How the bytes of a page are to be read.
struct Detected {
    encoding: &'static Encoding,
    /// Length of the byte order mark.
    mark: usize,
    /// It cannot be decoded.
    foreign: bool,
    utf7: bool,
}

impl Detected {
    fn marked(encoding: &'static Encoding, mark: usize) -> Self {
        Detected {
            encoding,
            mark,
            foreign: false,
            utf7: false,
        }
    }
}

fn detect(data: &[u8], given: Option<&str>) -> Detected {
    if let Some((encoding, mark)) = Encoding::for_bom(data) {
        return Detected::marked(encoding, mark);
    }
    // The first two characters are ASCII.
    let start = data
        .iter()
        .position(|byte| !byte.is_ascii_whitespace() && *byte != 0)
        .unwrap_or(0);
    match data.get(start..).unwrap_or_default() {
        // Where it stands tells the order.
        [_, 0, second, ..] if *second != 0 => {
            return if start.is_multiple_of(2) {
                Detected::marked(UTF_16LE, start)
            } else {
                Detected::marked(UTF_16BE, start.saturating_sub(1))
            };
        }
        _ => {}
    }
    let head = data.get(..data.len().min(DECLARED)).unwrap_or_default();
    let lower = head.to_ascii_lowercase();
    let inner = declared(&lower);
    let given = given.map(str::as_bytes);
    // What either of the two calls UTF-7 is: the rest reads the same in ASCII.
    if utf7::is_marked(data)
        || inner.is_some_and(utf7::is_label)
        || given.is_some_and(utf7::is_label)
    {
        return Detected {
            utf7: true,
            ..Detected::marked(UTF_8, 0)
        };
    }
    let known = |label: &&[u8]| Encoding::for_label(label).is_some();
    // What is outside wins (RFC 2854 §4), unless nobody knows it.
    let Some(label) = given.filter(known).or(inner) else {
        return Detected::marked(UTF_8, 0);
    };
    match Encoding::for_label_no_replacement(label) {
        // What can be read byte by byte is not in UTF-16.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {
            Detected::marked(UTF_8, 0)
        }
        // Windows-1252 is what is read where UTF-8 is not.
        Some(encoding) if encoding == WINDOWS_1252 => Detected::marked(UTF_8, 0),
        Some(encoding) => Detected::marked(encoding, 0),
        // Unknown labels are ignored, as browsers do.
        None => Detected {
            foreign: known(&label),
            ..Detected::marked(UTF_8, 0)
        },
    }
}

/// The label that a `meta` element or an XML declaration gives, in lower case.
fn declared(lower: &[u8]) -> Option<&[u8]> {
    let xml = lower
        .trim_ascii_start()
        .starts_with(b"<?xml")
        .then(|| memmem::find(lower, b"encoding"))
        .flatten()
        .map(|at| at.saturating_add(b"encoding".len()));
    let meta = memmem::find_iter(lower, b"<meta").find_map(|start| {
        let tag = lower.get(start..)?;
        let tag = tag.get(..memchr::memchr(b'>', tag)?)?;
        let at = memmem::find(tag, b"charset")?;
        Some(start.saturating_add(at).saturating_add(b"charset".len()))
    });
    let value = lower.get(xml.or(meta)?..)?;
    let value = value.trim_ascii_start().strip_prefix(b"=")?;
    let value = value.trim_ascii_start();
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    let value = value.strip_prefix(b"'").unwrap_or(value);
    let end = value.iter().position(|byte| {
        !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b':' | b'.')
    });
    value.get(..end.unwrap_or(value.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn decode(data: &[u8]) -> (String, bool) {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let page = Page::read(data, None, &budget);
        let text = unicode(&page.text).into_owned();
        let foreign = page.foreign;
        page.release(&budget);
        assert_eq!(budget.live_left(), limits.live_bytes);
        (text, foreign)
    }

    #[test]
    fn marks_nuls_and_declarations() {
        let text = "<p>DDE ü𝄞</p>";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for data in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            le.clone(),
            be.clone(),
            [b"\xff\xfe".to_vec(), le].concat(),
            [b"\xfe\xff".to_vec(), be].concat(),
        ] {
            assert_eq!(decode(&data), (text.to_owned(), false));
        }
        assert_eq!(decode(b"<p>\xfc\x93</p>").0, "<p>ü\u{201c}</p>");
        let declared =
            b"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>\xcf";
        assert!(decode(declared).0.ends_with("'>П"));
        assert!(
            decode(b"<meta charset=\"shift_jis\">\x83\x5c")
                .0
                .ends_with('ソ')
        );
        assert_eq!(
            decode(b"<meta charset=utf-7>+ADw-p+AD4-").0,
            "<meta charset=utf-7><p>"
        );
        assert!(decode(b"+/v8-+ADw-p+AD4-").0.ends_with("<p>"));
        assert!(decode(b"<meta charset='iso-2022-kr'>").1);
        assert!(!decode(b"<meta charset=nonsense>").1);
        assert!(!decode(b"<meta charset=utf-16>x").1);
    }

    #[test]
    fn what_stands_around_the_page_says_its_encoding() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let read = |data: &[u8], label| {
            let page = Page::read(data, Some(label), &budget);
            (unicode(&page.text).into_owned(), page.odd, page.foreign)
        };
        let plain = |text: &str| (text.to_owned(), false, false);
        assert_eq!(read(b"<p>\xcf", "windows-1251"), plain("<p>П"));
        assert_eq!(read(b"<p>\xfc", "nonsense"), plain("<p>ü"));
        assert_eq!(read(b"<p>", "utf-16"), plain("<p>"));
        assert_eq!(
            read(b"+ADw-p+AD4-", "utf-7"),
            ("<p>".to_owned(), true, false)
        );
        assert!(read(b"<p>", "iso-2022-kr").2);
    }

    #[test]
    fn offsets_count_bytes_of_the_page() {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let text = format!("{}ü<p>", "é".repeat(5_000));
        let data: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let data = [b"\xff\xfe".to_vec(), data].concat();
        let page = Page::read(&data, None, &budget);
        let at = memmem::find(&page.text, b"<p>").unwrap();
        assert_eq!(page.offset(at), 2 + 2 * 5_001);
        let plain = Page::read(b"\xef\xbb\xbf<p>", None, &budget);
        assert_eq!(plain.offset(0), 3);
    }
}
