//! Mail messages and web pages in MIME, which have no signature: their header lines tell them.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{Format, Identity};

/// Header lines that make bytes MIME, wherever in the first mebibyte they stand: a PDF header in
/// front does not keep Word from opening a page behind it (`spec/word.md` §0.1).
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // The pattern is a constant; the tests below show that it compiles.
    Regex::new(r"(?i-u)(?:\A|[\r\n])(?:mime-version:|content-type:[ \t\r\n]*multipart/)").ok()
});

/// Header lines of ordinary mail. Two of them at the start make a message.
const HEADERS: &[&str] = &[
    "received",
    "return-path",
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "cc",
    "delivered-to",
    "mime-version",
    "content-type",
    "x-mozilla-status",
    "x-sender",
];

/// Whether a header line of MIME stands anywhere.
fn has_mark(head: &[u8]) -> bool {
    MARK.as_ref().is_some_and(|mark| mark.is_match(head))
}

/// A message that begins like one.
fn begins(head: &[u8]) -> bool {
    let head = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let lines = head.split(|byte| *byte == b'\n').take(100);
    let mut known = 0usize;
    for (number, line) in lines.enumerate() {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        // The mark of a mailbox file stands in front of the first header.
        if (number == 0 && line.starts_with(b"From ")) || (number > 0 && folded) {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            return known > 1;
        };
        let name = line.get(..colon).unwrap_or_default();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return known > 1;
        }
        let is_known = HEADERS
            .iter()
            .any(|header| header.as_bytes().eq_ignore_ascii_case(name));
        known = known.saturating_add(usize::from(is_known));
    }
    known > 1
}

/// What the header lines say.
pub(super) fn identify(head: &[u8]) -> Option<Identity> {
    if !has_mark(head) && !begins(head) {
        return None;
    }
    // What stands in front of the first header of MIME says nothing.
    let mark = MARK.as_ref().and_then(|mark| mark.find(head));
    let from = mark.map_or(0, |mark| mark.start()).saturating_sub(AROUND);
    let to = from.saturating_add(3 * AROUND).min(head.len());
    let lower = head.get(from..to).unwrap_or_default().to_ascii_lowercase();
    let has = |what: &str| memchr::memmem::find(&lower, what.as_bytes()).is_some();
    let alone = has("content-type: text/html") && has("\ncontent-location:");
    let page = (has("multipart/related") || alone) && !has("\nreceived:") && !has("\nto:");
    Some(if !page {
        Identity::unsupported(Format::Eml, "mail message (.eml)")
    } else if cfg!(feature = "mail") {
        Identity::read(Format::Mhtml)
    } else {
        Identity::unsupported(Format::Mhtml, "web page in MIME (.mht)")
    })
}

/// Bytes around the first header of MIME in which the other headers stand.
const AROUND: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_at_the_start_of_a_line() {
        for head in [
            "MIME-Version: 1.0",
            "x\r\nmime-version:1",
            "a\ncontent-TYPE:\r\n multipart/mixed",
        ] {
            assert!(has_mark(head.as_bytes()), "{head}");
        }
        for head in ["x MIME-Version: 1.0", "Content-Type: text/plain", ""] {
            assert!(!has_mark(head.as_bytes()), "{head}");
        }
    }
}
