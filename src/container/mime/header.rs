//! One header block, through the `mail-parser` crate: comments, folding, encoded words and
//! parameters in all their spellings are its business.

use std::ops::Range;

use mail_parser::{HeaderName, HeaderValue, MessageParser, MimeHeaders};

use super::super::Coding;
use super::super::transfer::Transfer;
use super::lines::{is_folded, is_header};
use super::{BOUNDARY, Part};
use crate::guard::{Caught, guard};

/// Bytes of one line that are read: programs write fewer than a thousand (RFC 5322 §2.1.1). The
/// boundary of a multipart that stands behind them is found by its look.
const LINE: usize = 256 << 10;
/// Bytes of a name that are kept.
const NAME: usize = 200;
/// Bytes of an address that are kept.
const ADDRESS: usize = 4 << 10;
/// Bytes of a subject that are kept.
const SUBJECT: usize = 1 << 10;
/// Boundaries of one part that count: more than two contradict each other.
const BOUNDARIES: usize = 8;

/// What the headers of a part say.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) is_multipart: bool,
    /// A message inside this one.
    pub(super) is_message: bool,
    /// A piece of one (RFC 2046 §5.2.2).
    pub(super) is_fragment: bool,
    /// Its parts are messages, unless they say something else (RFC 2046 §5.1.5).
    pub(super) is_digest: bool,
    /// Lower case.
    pub(super) boundaries: Vec<Vec<u8>>,
    /// Never empty.
    pub(super) codings: Vec<Coding>,
    pub(super) media_type: String,
    pub(super) name: Option<String>,
    pub(super) charset: Option<String>,
    pub(super) address: Option<String>,
    pub(super) is_named: bool,
    pub(super) is_attached: bool,
    pub(super) subject: Option<String>,
    pub(super) panicked: bool,
}

impl Head {
    /// Headers that say nothing.
    pub(super) fn unknown() -> Self {
        Head {
            is_multipart: false,
            is_message: false,
            is_fragment: false,
            is_digest: false,
            boundaries: Vec::new(),
            codings: vec![Coding::Stored],
            media_type: String::new(),
            name: None,
            charset: None,
            address: None,
            is_named: false,
            is_attached: false,
            subject: None,
            panicked: false,
        }
    }

    /// The part with this body.
    pub(super) fn part(&self, range: Range<usize>) -> Part {
        Part {
            range,
            codings: self.codings.clone(),
            media_type: self.media_type.clone(),
            name: self.name.clone(),
            charset: self.charset.clone(),
            address: self.address.clone(),
            is_named: self.is_named,
            is_attached: self.is_attached,
            message: 0,
        }
    }
}

/// Reads a header block. Never fails: what the crate cannot read says nothing.
pub(super) fn read(block: &[u8]) -> Head {
    // The crate wants lines that end with a line feed, and to see the end of the block.
    let lines = block.split(|byte| matches!(byte, b'\r' | b'\n'));
    let mut kept = false;
    let mut first = true;
    let lines = lines.filter(|line| !line.is_empty()).map(|line| {
        // The first line continues nothing.
        let begins = std::mem::take(&mut first);
        let line = line.get(..line.len().min(LINE)).unwrap_or_default();
        if begins {
            line.trim_ascii_start()
        } else {
            line
        }
    });
    // A line that is no header is none of the crate's business, and what continues it neither.
    let lines = lines.filter(|line| {
        kept = is_header(line) || kept && is_folded(line);
        kept
    });
    let block: Vec<u8> = lines
        .chain([&b""[..]])
        .flat_map(|line| line.iter().chain(b"\r\n"))
        .copied()
        .collect();
    let read = guard(|| {
        MessageParser::new()
            .with_mime_headers()
            .header_text(HeaderName::Subject)
            .parse_headers(&block)
            .map(|message| head(&message))
    });
    match read {
        Ok(head) => head.unwrap_or_else(Head::unknown),
        Err(Caught) => Head {
            panicked: true,
            ..Head::unknown()
        },
    }
}

fn head(message: &mail_parser::Message<'_>) -> Head {
    let mut head = Head {
        codings: Vec::new(),
        ..Head::unknown()
    };
    for header in message.headers() {
        match (&header.name, &header.value) {
            (HeaderName::ContentType, HeaderValue::ContentType(kind)) => {
                let main = kind.ctype().to_ascii_lowercase();
                let sub = kind.subtype().unwrap_or_default().to_ascii_lowercase();
                head.is_multipart |= main == "multipart";
                let inner = matches!(&*sub, "rfc822" | "global" | "news" | "partial");
                head.is_message |= main == "message" && inner;
                head.is_digest |= main == "multipart" && sub == "digest";
                if main == "message" && sub == "partial" {
                    let count = |name| kind.attribute(name).map(str::trim);
                    head.is_fragment |= count("number") != Some("1") || count("total") != Some("1");
                }
                // Of several types the one that asks for most counts.
                if head.media_type != "text/html" {
                    head.media_type = format!("{main}/{sub}");
                }
                let charset = kind.attribute("charset").map(str::trim);
                let charset = charset.filter(|label| label.len() <= NAME);
                head.charset = head.charset.or(charset.map(str::to_ascii_lowercase));
                if main == "message" && sub == "external-body" {
                    head.address = head.address.or_else(|| address(kind));
                }
                let boundary = kind.attribute("boundary").unwrap_or_default();
                let boundary = boundary.trim().as_bytes().to_ascii_lowercase();
                let room = head.boundaries.len() < BOUNDARIES && boundary.len() <= BOUNDARY;
                if !boundary.is_empty() && room && !head.boundaries.contains(&boundary) {
                    head.boundaries.push(boundary);
                }
            }
            (HeaderName::ContentTransferEncoding, HeaderValue::Text(value)) => {
                let coding = coding(value);
                if !head.codings.contains(&coding) {
                    head.codings.push(coding);
                }
            }
            (HeaderName::ContentDisposition, HeaderValue::ContentType(kind)) => {
                // What is unknown is an attachment (RFC 2183 §2.8).
                head.is_attached |= !kind.is_inline();
            }
            (HeaderName::Subject, HeaderValue::Text(subject)) => {
                let subject = subject.get(..floor(subject, SUBJECT));
                head.subject = head.subject.or(subject.map(str::to_owned));
            }
            _ => {}
        }
    }
    head.is_named = message.attachment_name().is_some();
    if head.codings.is_empty() {
        head.codings.push(Coding::Stored);
    }
    head.media_type.truncate(floor(&head.media_type, NAME));
    head.name = message
        .attachment_name()
        .or_else(|| message.content_location())
        .and_then(last_segment);
    head
}

/// Where the body of a part is that brings none: an address, or a file on a server or a disk
/// (RFC 2046 §5.2.3, RFC 2017).
fn address(kind: &mail_parser::ContentType<'_>) -> Option<String> {
    let value = |name| kind.attribute(name).map(str::trim).unwrap_or_default();
    // A long address is folded.
    let url: String = value("url").split_whitespace().collect();
    let (site, folder, name) = (value("site"), value("directory"), value("name"));
    let address = if !url.is_empty() {
        url
    } else if !site.is_empty() {
        let folder = folder.trim_matches('/');
        let folder = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        format!("ftp://{site}/{folder}{name}")
    } else if !folder.is_empty() {
        format!("{folder}/{name}")
    } else {
        name.to_owned()
    };
    (!address.is_empty() && address.len() <= ADDRESS).then_some(address)
}

fn coding(value: &str) -> Coding {
    // Without comments (RFC 5322 §3.2.2) and quotes, as far as they are closed.
    let mut depth = 0u32;
    let plain = value.chars().filter(|letter| {
        match letter {
            '(' => depth = depth.saturating_add(1),
            ')' if depth > 0 => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0 && !matches!(letter, '"' | '\'')
    });
    let value = plain.collect::<String>().trim().to_ascii_lowercase();
    // Junk behind the word does not count.
    if value.starts_with("base64") {
        Coding::Transfer(Transfer::Base64)
    } else if value.starts_with("quoted-printable") {
        Coding::Transfer(Transfer::QuotedPrintable)
    } else if ["x-uuencode", "uuencode", "x-uue", "uue"]
        .iter()
        .any(|name| value.starts_with(name))
    {
        Coding::Transfer(Transfer::Uuencode)
    } else {
        Coding::Stored
    }
}

/// What stands behind the last slash of a name or an address.
pub(super) fn last_segment(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches(['/', '\\']);
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let kept = last.get(..floor(last, NAME)).unwrap_or_default();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// The last boundary between characters that is not behind `most`.
fn floor(text: &str, most: usize) -> usize {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    end
}
