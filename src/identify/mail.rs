//! Mail messages and web pages in MIME, which have no signature: their header lines tell them.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::formulas::{Units, units};
use super::{Format, Identity};

/// Header lines that make bytes MIME, wherever in the first mebibyte they stand: a PDF header in
/// front does not keep Word from opening a page behind it (`spec/word.md` §0.1).
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // The pattern is a constant; the tests below show that it compiles.
    Regex::new(
        r"(?i-u)(?:\A(?:\xef\xbb\xbf)?|[\r\n])(?:mime-version:|content-type:[ \t\r\n]*multipart/)",
    )
    .ok()
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

/// Header lines of MIME (RFC 2045 §3): one of them at the start makes a message.
const MIME: &[&str] = &["mime-version", "content-type", "content-transfer-encoding"];

/// Whether a header line of MIME stands anywhere.
fn has_mark(head: &[u8]) -> bool {
    MARK.as_ref().is_some_and(|mark| mark.is_match(head))
}

/// A message that begins like one.
pub(super) fn begins(head: &[u8]) -> bool {
    let head = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let lines = head.split(|byte| *byte == b'\n');
    let mut known = 0usize;
    // One of MIME says it alone: other texts do not begin with it.
    let mut says = |name: &[u8]| {
        let is_known = HEADERS
            .iter()
            .any(|header| header.as_bytes().eq_ignore_ascii_case(name));
        let is_mime = MIME
            .iter()
            .any(|header| header.as_bytes().eq_ignore_ascii_case(name));
        known = known
            .saturating_add(usize::from(is_known))
            .saturating_add(usize::from(is_mime));
        known > 1
    };
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
            return false;
        };
        let name = line.get(..colon).unwrap_or_default();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return false;
        }
        if says(name) {
            return true;
        }
    }
    false
}

/// Whether bytes are a message: its header stands at the start, one line of something else in front
/// of it or none; or its parts do stand behind it.
fn is_message(head: &[u8]) -> bool {
    let behind_line = memchr::memchr(b'\n', head).and_then(|end| head.get(end.checked_add(1)?..));
    let first = |byte: &u8| !byte.is_ascii_whitespace();
    begins(head)
        || behind_line.is_some_and(|rest| rest.first().is_some_and(first) && begins(rest))
        || is_sure(head)
}

/// The boundary that a header line of a multipart names.
static BOUNDARY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)(?:\A(?:\xef\xbb\xbf)?|[\r\n])content-type:[ \t\r\n]*multipart/[^\r\n]*(?:[\r\n]+[ \t][^\r\n]*)*?boundary[ \t]*=[ \t"]*([^"\r\n;]{1,200})"#).ok()
});

/// Multiparts of which the boundary is looked for.
const NAMED: usize = 16;

/// Whether a multipart names a boundary that stands behind it: a message for sure.
fn is_sure(head: &[u8]) -> bool {
    let Some(pattern) = BOUNDARY.as_ref() else {
        return false;
    };
    pattern.captures_iter(head).take(NAMED).any(|found| {
        let (Some(whole), Some(name)) = (found.get(0), found.get(1)) else {
            return false;
        };
        let rest = head.get(whole.end()..).unwrap_or_default();
        let line = [b"--", name.as_bytes().trim_ascii_end()].concat();
        memchr::memmem::find(rest, &line).is_some()
    })
}

/// What the header lines say of bytes that are something else, too: a page that is one for sure.
pub(super) fn identify_behind(head: &[u8]) -> Option<Identity> {
    let page = |identity: &Identity| identity.format == Format::Mhtml;
    identify(head).filter(page).filter(|_| is_sure(head))
}

/// What the header lines say, in UTF-16 as well.
pub(super) fn identify(head: &[u8]) -> Option<Identity> {
    let second = match units(head) {
        Some(Units::Utf16Le) => false,
        Some(Units::Utf16Be) => true,
        Some(Units::Bytes) | None => return identify_bytes(head),
    };
    let text: Vec<u8> = head
        .chunks_exact(2)
        .map(|unit| match (unit, second) {
            ([0, letter], true) | ([letter, 0], false) => *letter,
            // No letter of a header.
            ([..], _) => 0x80,
        })
        .collect();
    // The mark in front is none of the text.
    let text = text.strip_prefix(b"\x80").unwrap_or(&text);
    identify_bytes(text)
}

fn identify_bytes(head: &[u8]) -> Option<Identity> {
    if !has_mark(head) && !begins(head) {
        return None;
    }
    // What stands in front of the first header of MIME says nothing.
    let mark = MARK.as_ref().and_then(|mark| mark.find(head));
    let mark = mark.map_or(0, |mark| mark.start());
    // Catalogues of translations have such a line among their bytes.
    let front = head.get(..mark).unwrap_or_default();
    if memchr::memchr(0, front).is_some() && !is_text(front) && !is_sure(head) {
        return None;
    }
    let from = mark.saturating_sub(AROUND);
    let to = from.saturating_add(3 * AROUND).min(head.len());
    let lower = head.get(from..to).unwrap_or_default().to_ascii_lowercase();
    let has = |what: &str| memchr::memmem::find(&lower, what.as_bytes()).is_some();
    let sent = has("\nreceived:") || has("\nto:") || lower.starts_with(b"to:");
    let author = has("\nfrom:") || lower.starts_with(b"from:");
    let alone = has("content-type: text/html") && (has("\ncontent-location:") || !author);
    let page = (has("multipart/related") || alone) && !sent;
    if !page && !is_message(head) {
        // Programs of mail want the header at the start; behind other text it is a quotation.
        return None;
    }
    Some(if !page {
        if cfg!(feature = "mail") {
            Identity::read(Format::Eml)
        } else {
            Identity::unsupported(Format::Eml, "mail message (.eml)")
        }
    } else if cfg!(feature = "mail") {
        Identity::read(Format::Mhtml)
    } else {
        Identity::unsupported(Format::Mhtml, "web page in MIME (.mht)")
    })
}

/// Whether NULs are all that is in front.
fn is_text(front: &[u8]) -> bool {
    front
        .iter()
        .all(|byte| *byte == 0 || byte.is_ascii_whitespace())
}

/// Bytes around the first header of MIME in which the other headers stand.
const AROUND: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    /// `spec/word.md` §0.1: whatever other headers stand there, and however many.
    #[test]
    fn one_header_of_mime_at_the_start_makes_a_message() {
        let others = "X-A: b\r\n".repeat(20_000);
        for head in [
            "MIME-Version: 1.0\r\nX-A: b\r\n\r\nx".to_owned(),
            format!("MIME-Version: 1.0\r\n{others}\r\nx"),
            format!("{others}MIME-Version: 1.0\r\n\r\nx"),
            "Content-Type: message/rfc822\r\n\r\nFrom: a\r\nMIME-Version: 1.0\r\n\r\nx".to_owned(),
            "Content-Type: message/rfc822\r\n\r\n".repeat(300),
        ] {
            assert_eq!(identify(head.as_bytes()).unwrap().format, Format::Eml);
        }
        let quoted = "A note on mail.\n\nThe header:\n\nMIME-Version: 1.0\nX-A: b\n";
        assert_eq!(identify(quoted.as_bytes()), None);
    }

    #[test]
    fn a_message_for_sure_uses_its_boundary() {
        for name in ["BB", "\"BB\"", " \"BB\""] {
            let head = format!("MZ\nContent-Type: multipart/related;\n\tboundary={name}\n\n");
            assert!(!is_sure(head.as_bytes()));
            assert!(is_sure(format!("{head}--BB\n").as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_catalogue_of_translations_is_no_message() {
        let text = b"\xde\x12\x04\x95\0\0\0\0\0Project-Id-Version: x\nMIME-Version: 1.0\n\
            Content-Type: text/plain; charset=UTF-8\n\0";
        assert_eq!(identify(text), None);
        let page = b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>";
        assert_eq!(identify(page).unwrap().format, Format::Mhtml);
        let mail = b"From: a\r\nTo: b\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>";
        assert_eq!(identify(mail).unwrap().format, Format::Eml);
    }

    #[test]
    fn a_quoted_header_makes_no_message() {
        let header = "From: a@example.invalid\nTo: b@example.invalid\nSubject: c\n\
            MIME-Version: 1.0\nContent-Type: text/plain\n";
        for front in [
            "# Title\n\nSend this:\n\n",
            "# Title\n\n```\n",
            "a b\nc d\n",
        ] {
            assert_eq!(
                identify(format!("{front}{header}\nbody\n").as_bytes()),
                None
            );
        }
        // Messages: at the start, behind the mark of a mailbox, behind a line of junk.
        for front in ["", "\r\n", "From x Mon Jan  1 00:00:00 2024\n", "junk\n"] {
            let found = identify(format!("{front}{header}\nbody\n").as_bytes());
            assert_eq!(found.unwrap().format, Format::Eml, "{front:?}");
        }
        // With parts that stand behind it, wherever it is.
        let parts = "MIME-Version: 1.0\nTo: b\nContent-Type: multipart/mixed; boundary=BB\n\n";
        let text = format!("a b\n\n{parts}--BB\n\nx\n--BB--\n");
        assert_eq!(identify(text.as_bytes()).unwrap().format, Format::Eml);
        assert_eq!(identify(format!("a b\n\n{parts}").as_bytes()), None);
    }

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
