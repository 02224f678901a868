//! Files that stand as text in the text of a message: uuencode, yEnc, and base64 of documents
//! and of what is signed (`spec/word.md` §5.3). Mail programs of before MIME sent them so, and show them as attachments
//! still.
//!
//! # Malformed input
//!
//! A block without an end reaches to the next one, or to the end of the text. Whether it holds
//! what it says is not looked at: what comes out of it tells.
//!
//! # Worst cases
//!
//! One pass over the lines; each block counts as a part of the message. A [`Look`] holds the start
//! of one line.

use std::ops::Range;

use super::header::last_segment;
use super::lines::Lines;
use super::salvage::{is_base64, is_coded_document};
use crate::container::transfer::Transfer;
use crate::limits::{Budget, Exhausted};

/// Bytes of a line that tell whether a block begins with it.
const HEAD: usize = 64;

/// A file as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) range: Range<usize>,
    pub(crate) transfer: Transfer,
    /// The name that it gives itself.
    pub(crate) name: Option<String>,
}

/// A look for blocks in a text that comes in pieces.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// A block begins somewhere.
    pub(crate) found: bool,
    /// The text begins with a message that PGP encrypted (RFC 4880 §6.2).
    pub(crate) is_pgp: bool,
    line: Vec<u8>,
    /// The first thing that is no blank is a tag.
    pub(crate) is_markup: bool,
    /// The first line that says something was seen.
    begun: bool,
}

impl Look {
    pub(crate) fn feed(&mut self, mut block: &[u8]) {
        loop {
            let end = memchr::memchr2(b'\r', b'\n', block);
            let (line, rest) = block
                .split_at_checked(end.unwrap_or(block.len()))
                .unwrap_or((block, &[]));
            let room = HEAD.saturating_sub(self.line.len()).min(line.len());
            self.line
                .extend_from_slice(line.get(..room).unwrap_or_default());
            if end.is_none() {
                return;
            }
            self.finish();
            block = rest.get(1..).unwrap_or_default();
        }
    }

    /// The line, or the text, is over.
    pub(crate) fn finish(&mut self) {
        self.found |= begin(&self.line).is_some();
        if !self.begun && !self.line.trim_ascii().is_empty() {
            self.begun = true;
            let blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x80..);
            self.is_markup = self.line.iter().find(|byte| !blank(byte)) == Some(&b'<');
            self.is_pgp = self
                .line
                .trim_ascii_start()
                .starts_with(b"-----BEGIN PGP MESSAGE");
        }
        self.line.clear();
    }
}

/// What a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Uuencode,
    /// `begin-base64`, as `uuencode -m` writes it.
    Named,
    Yenc,
    /// What is signed or encrypted, between marks (RFC 7468 §8, §9).
    Armoured,
    /// A document in base64, which nothing says.
    Base64,
}

/// Whether a line stands in front of a message in the syntax of S/MIME in base64: the labels of
/// RFC 7468 and those that OpenSSL knows besides.
fn is_armour(line: &[u8]) -> bool {
    let label = line
        .trim_ascii()
        .strip_prefix(b"-----BEGIN ")
        .and_then(|rest| rest.strip_suffix(b"-----"));
    label.is_some_and(|label| {
        [&b"PKCS7"[..], b"PKCS #7 SIGNED DATA", b"CMS"]
            .iter()
            .any(|known| label.eq_ignore_ascii_case(known))
    })
}

/// What begins with a line, and the name in it.
fn begin(line: &[u8]) -> Option<(Kind, &[u8])> {
    let named = |rest: &'_ [u8]| {
        let digits = rest.iter().take_while(|b| matches!(b, b'0'..=b'7')).count();
        (3..=6).contains(&digits) && rest.get(digits) == Some(&b' ')
    };
    let name = |rest: &'_ [u8]| rest.iter().position(|byte| *byte == b' ');
    for (prefix, kind) in [
        (&b"begin "[..], Kind::Uuencode),
        (b"begin-base64 ", Kind::Named),
    ] {
        if let Some(rest) = line.strip_prefix(prefix)
            && named(rest)
        {
            let at = name(rest).unwrap_or(rest.len());
            return Some((kind, rest.get(at..).unwrap_or_default()));
        }
    }
    if line.starts_with(b"=ybegin ") {
        let at =
            memchr::memmem::find(line, b" name=").map_or(line.len(), |at| at.saturating_add(6));
        return Some((Kind::Yenc, line.get(at..).unwrap_or_default()));
    }
    if is_armour(line) {
        return Some((Kind::Armoured, &[]));
    }
    let plain = line.trim_ascii();
    let coded = is_coded_document(plain) && plain.iter().all(|byte| is_base64(*byte));
    coded.then_some((Kind::Base64, &[][..]))
}

/// The blocks of a text that stands at `range`.
///
/// # Errors
///
/// With the blocks before it, when there are more than the limit on parts allows.
pub(crate) fn find(
    data: &[u8],
    range: Range<usize>,
    budget: &Budget<'_>,
) -> (Vec<Block>, Result<(), Exhausted>) {
    let data = data.get(..range.end).unwrap_or(data);
    let mut blocks = Vec::new();
    let mut open: Option<(Kind, usize, Option<String>)> = None;
    for line in Lines::new(data, range.start) {
        let text = data.get(line.start..line.end).unwrap_or_default();
        // Where the open block ends, if it does here, and whether the line is none of it.
        let end = match &open {
            None => None,
            Some((Kind::Uuencode, ..)) if text.trim_ascii_end() == b"end" => {
                Some((line.end, false))
            }
            Some((Kind::Named, ..)) if text.trim_ascii_end() == b"====" => Some((line.end, false)),
            Some((Kind::Yenc, ..)) if text.starts_with(b"=yend") => Some((line.end, false)),
            Some((Kind::Armoured, ..)) if text.starts_with(b"-----END ") => {
                Some((line.start, false))
            }
            Some((Kind::Base64, ..)) => {
                let coded = text.trim_ascii().iter().all(|byte| is_base64(*byte));
                (!coded).then_some((line.start, true))
            }
            Some((open, ..)) => {
                let next = begin(text).filter(|(kind, _)| *kind != Kind::Base64);
                let starts = next.is_some_and(|(kind, _)| kind == *open || *open != Kind::Yenc);
                starts.then_some((line.start, true))
            }
        };
        if let Some((end, again)) = end {
            blocks.extend(open.take().map(|open| close(open, end)));
            if !again {
                continue;
            }
        }
        // Headers stand in front of the text.
        if let Some((Kind::Armoured, start, _)) = &mut open
            && memchr::memchr(b':', text).is_some()
        {
            *start = line.next;
        }
        if open.is_none()
            && let Some((kind, name)) = begin(text)
        {
            if let Err(cause) = budget.charge_mime_part() {
                return (blocks, Err(cause));
            }
            let name = String::from_utf8_lossy(name);
            // What stands in front of the text would be read with it.
            let start = if matches!(kind, Kind::Named | Kind::Armoured) {
                line.next
            } else {
                line.start
            };
            open = Some((kind, start, last_segment(&name)));
        }
    }
    blocks.extend(open.map(|open| close(open, data.len())));
    (blocks, Ok(()))
}

fn close((kind, start, name): (Kind, usize, Option<String>), end: usize) -> Block {
    let transfer = match kind {
        Kind::Uuencode => Transfer::Uuencode,
        Kind::Yenc => Transfer::Yenc,
        Kind::Named | Kind::Armoured | Kind::Base64 => Transfer::Base64,
    };
    Block {
        range: start..end.max(start),
        transfer,
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    /// The blocks as `coding name text`.
    fn blocks(text: &str) -> Vec<String> {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let (found, ended) = find(text.as_bytes(), 0..text.len(), &budget);
        assert_eq!(ended, Ok(()));
        let mut look = Look::default();
        text.as_bytes().chunks(3).for_each(|block| look.feed(block));
        look.finish();
        assert_eq!(look.found, !found.is_empty(), "{text}");
        let show = |block: &Block| {
            let name = block.name.as_deref().unwrap_or("?");
            let text = &text[block.range.clone()];
            format!("{:?} {name} {text}", block.transfer)
        };
        found.iter().map(show).collect()
    }

    #[test]
    fn blocks_stand_among_text() {
        let uu = "begin 644 a b.doc\n#0V%T\n`\nend";
        let found = blocks(&format!("hello\n{uu}\nbye\n{uu}"));
        assert_eq!(found, vec![format!("Uuencode a b.doc {uu}"); 2]);
        let yenc = "=ybegin line=128 size=3 name=x\\a.doc\nabc\n=yend size=3";
        assert_eq!(
            blocks(&format!("hello\n{yenc}\n")),
            [format!("Yenc a.doc {yenc}")]
        );
        let base64 = "0M8R4KGxGuEAAAAA\nAAAA\n";
        assert_eq!(
            blocks(&format!("hello\n{base64}bye, bye\n")),
            [format!("Base64 ? {base64}")]
        );
        assert_eq!(
            blocks("begin-base64 644 a.txt\nQUJD\n====\n"),
            ["Base64 a.txt QUJD\n===="]
        );
    }

    #[test]
    fn signed_messages_stand_among_text() {
        for label in ["PKCS7", "CMS", "PKCS #7 SIGNED DATA"] {
            let text = format!(
                "hello\n-----BEGIN {label}-----\nProc-Type: 4\n\nMAsG\nCSqG\n-----END {label}-----\nbye\n"
            );
            assert_eq!(blocks(&text), ["Base64 ? \nMAsG\nCSqG\n"]);
        }
        assert_eq!(blocks("-----BEGIN CERTIFICATE-----\nMAsG\n"), [""; 0]);
    }

    #[test]
    fn a_block_without_an_end_reaches_to_the_next() {
        let found = blocks("begin 644 a\n#0V%T\nbegin 644 b\n#0V%T\n");
        assert_eq!(
            found,
            [
                "Uuencode a begin 644 a\n#0V%T\n",
                "Uuencode b begin 644 b\n#0V%T\n"
            ]
        );
    }

    #[test]
    fn ordinary_text_has_no_blocks() {
        for text in [
            "begin with me\nend\n",
            "we begin 644 times\n",
            "begin 1 a\n",
            "=y\n=begin\n",
            "UEsDB is how they begin\n",
            "",
        ] {
            assert_eq!(blocks(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn more_blocks_than_the_limit() {
        let text = "begin 644 a\n".repeat(10_000);
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let (found, ended) = find(text.as_bytes(), 0..text.len(), &budget);
        assert!(ended.is_err() && found.len() < 2_001);
    }
}
