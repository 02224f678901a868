//! Texts that stand for bytes: base64 and the like, decoded as programs do, which accept much.
//!
//! Adding one means a variant of [`Transfer`], a file with its [`Decode`], and a line in
//! [`Transfer::decoder`].

mod base64;
mod content_line;
mod hex;
pub(crate) mod lzfu;
mod markup;
mod percent;
mod quoted_printable;
mod rtf_html;
mod utf16;
mod uuencode;
mod yenc;

pub(crate) use rtf_html::Reading;

/// How a text stands for bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// RFC 2045 §6.8; what is not in the alphabet is passed over. The alphabet of URLs is read, too.
    Base64,
    /// The same without the alphabet of URLs: its signs are passed over.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    Base64Strict,
    /// The text of a content line (RFC 5545 §3.1), folded and with escapes.
    #[cfg_attr(not(feature = "mail"), expect(dead_code, reason = "for calendars"))]
    ContentLine,
    /// The page that a Rich Text Format document holds ([MS-OXRTFEX]).
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    HtmlInRtf(Reading),
    /// Compressed RTF ([MS-OXRTFCP]), with its header.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    Lzfu,
    /// The digits of an object in RTF (`spec/word.md` §3.6), without the first `skip` bytes that
    /// they stand for; with or without those in groups.
    RtfHex { skip: u64, nested: bool },
    /// The same as the text of an element, with whatever markup stands in between.
    MarkupBase64,
    /// RFC 3986 §2.1: bytes as they are, or `%` and two digits.
    Percent,
    /// RFC 2045 §6.7.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    QuotedPrintable,
    /// A text in UTF-16, with or without its mark, as UTF-8.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    Utf16 { big_endian: bool },
    /// What mail programs call `x-uuencode`.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    Uuencode,
    /// What newsgroups use: bytes as they are, but for a few.
    #[cfg_attr(not(feature = "mail"), allow(dead_code, reason = "for messages"))]
    Yenc,
}

impl Transfer {
    pub(super) fn decoder(self) -> Box<dyn Decode> {
        match self {
            Transfer::Base64 => Box::new(base64::Base64::default()),
            Transfer::Base64Strict => Box::new(base64::Base64::strict()),
            Transfer::ContentLine => Box::new(content_line::ContentLine::default()),
            Transfer::HtmlInRtf(reading) => Box::new(rtf_html::RtfHtml::new(reading)),
            Transfer::Lzfu => Box::new(lzfu::Lzfu::new()),
            Transfer::RtfHex { skip, nested } => Box::new(hex::RtfHex::new(skip, nested)),
            Transfer::MarkupBase64 => Box::new(markup::MarkupBase64::default()),
            Transfer::Percent => Box::new(percent::Percent::default()),
            Transfer::QuotedPrintable => Box::new(quoted_printable::QuotedPrintable::default()),
            Transfer::Utf16 { big_endian } => Box::new(utf16::Utf16::new(big_endian)),
            Transfer::Uuencode => Box::new(uuencode::Uuencode::default()),
            Transfer::Yenc => Box::new(yenc::Yenc::default()),
        }
    }
}

/// Decodes blocks as they come. Never fails: what has no meaning is passed over.
pub(super) trait Decode {
    /// Decodes the next block. Writes at most a few bytes more than [`Decode::growth`] times what
    /// it was given.
    fn push(&mut self, coded: &[u8], out: &mut Vec<u8>);

    /// There is no more.
    fn finish(&mut self, out: &mut Vec<u8>);

    /// How many bytes one coded byte may stand for.
    fn growth(&self) -> usize {
        1
    }

    /// What is missing or wrong, once there is no more.
    fn damage(&self) -> Option<&'static str> {
        None
    }
}
