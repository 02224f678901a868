//! What S/MIME signed, compressed or encrypted (RFC 8551, RFC 5652): the content of a signature is
//! a document of its own.
//!
//! # Malformed input
//!
//! The structure is not checked: the first content behind an identifier counts, wherever it is, in
//! definite or indefinite lengths, whole or in pieces. Lengths that lead beyond the end lead to
//! the end.
//!
//! # Worst cases
//!
//! One pass over the headers of the elements, each of which is at least two bytes. A content of
//! more than [`PIECES`] pieces is read as far as these go, and is a gap.

use std::cell::Cell;
use std::ops::Range;

use crate::container::{Coding, Source};
use crate::format::ledger::{Child, Ledger, Provenance, Role};
use crate::format::{Outcome, offer};
use crate::gap::{GapKind, SkipReason};
use crate::identify::{Disposition, Format, Identity, Sniffer};
use crate::limits::Budget;
use crate::location::Location;

/// Pieces of one content: programs write some kilobytes into each.
const PIECES: usize = 1 << 16;

/// Identifiers of what is encrypted: enveloped, signed and enveloped, encrypted (RFC 5652 §6, §8;
/// PKCS #7), enveloped and authenticated (RFC 5083).
const ENCRYPTED: [&[u8]; 4] = [
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x04",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
];
/// The identifier of what is compressed (RFC 3274): a zlib stream.
const COMPRESSED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09";

/// Tags (X.690 §8.1.2): an identifier, bytes, bytes in pieces, what is behind an identifier.
const OBJECT_ID: u8 = 0x06;
const BYTES: u8 = 0x04;
const BYTES_IN_PIECES: u8 = 0x24;
const EXPLICIT: u8 = 0xa0;
/// The bit of a tag that says that its content are elements.
const CONSTRUCTED: u8 = 0x20;

/// Queues what was signed.
pub(in crate::format) fn read(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let kind = Elements { data, at: 0 }.find(|element| element.tag == OBJECT_ID);
    let kind = kind
        .and_then(|kind| data.get(kind.content))
        .unwrap_or_default();
    if ENCRYPTED.contains(&kind) {
        ledger.gap(GapKind::Encrypted, location.clone(), "S/MIME");
        return Outcome::from(Ok(()));
    }
    let Content { mut pieces, cut } = content(data);
    if cut {
        let detail = format!("a signed message in more than {PIECES} pieces");
        ledger.gap(GapKind::Damaged, location.clone(), detail);
    }
    if pieces.is_empty() {
        // The signature of what stands elsewhere.
        ledger.skip(location.clone(), SkipReason::Signature);
        return Outcome::from(Ok(()));
    }
    let mut coding = Coding::Stored;
    if kind == COMPRESSED {
        coding = Coding::Deflated;
        // The deflate stream begins behind the two bytes of the zlib header (RFC 1950).
        if let Some(first) = pieces.first_mut() {
            first.start = first.start.saturating_add(2).min(first.end);
        }
    }
    let source = Source::scattered(pieces, coding);
    let place = location.child("content");
    let outcome = Cell::new(None);
    let reader = source.open(data, budget, &outcome);
    let could_be = offer::sniff(reader, Sniffer::named(""), |_| {});
    // What is signed in a mail is a part with its headers.
    let declared = could_be
        .iter()
        .all(|identity| identity.disposition == Disposition::Opaque(SkipReason::Unknown))
        .then_some(Format::Eml);
    let offered = offer::tell(could_be, &place, ledger, |_: &Identity, _, _| {
        declared.is_some()
    });
    if let Some(shortfall) = outcome.take()
        && let Err(cause) = ledger.shortfall(shortfall, &place)
    {
        return Outcome::from(Err(cause));
    }
    if offered.is_child || declared.is_some() {
        let child = Child {
            source,
            location: place,
        };
        let provenance = Provenance {
            declared,
            role: Role::Attachment,
            ..Provenance::default()
        };
        ledger.child_by(child, provenance);
    }
    Outcome::from(Ok(()))
}

/// What was signed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Content {
    pieces: Vec<Range<usize>>,
    /// There are more.
    cut: bool,
}

/// The bytes behind the first identifier that has some.
fn content(data: &[u8]) -> Content {
    let mut content = Content::default();
    let (mut before, mut two_before) = (0, 0);
    let mut inside = false;
    for element in (Elements { data, at: 0 }) {
        inside |= two_before == OBJECT_ID
            && before == EXPLICIT
            && matches!(element.tag, BYTES | BYTES_IN_PIECES);
        two_before = std::mem::replace(&mut before, element.tag);
        if !inside {
            continue;
        }
        match element.tag {
            BYTES if content.pieces.len() >= PIECES => {
                content.cut = true;
                break;
            }
            BYTES if element.content.is_empty() => {}
            BYTES => content.pieces.push(element.content),
            BYTES_IN_PIECES => {}
            _ => break,
        }
    }
    content
}

/// The elements in the order in which they begin, those inside others behind them.
struct Elements<'a> {
    data: &'a [u8],
    at: usize,
}

struct Element {
    tag: u8,
    content: Range<usize>,
}

impl Iterator for Elements<'_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        let [tag, length, rest @ ..] = self.data.get(self.at..)? else {
            return None;
        };
        let head = self.at.saturating_add(2);
        let (start, length) = match length.checked_sub(0x80) {
            None => (head, usize::from(*length)),
            // It ends where its elements do.
            Some(0) => (head, usize::MAX),
            Some(count) => {
                let count = usize::from(count);
                let digits = rest.get(..count).unwrap_or(rest);
                let length = digits.iter().fold(0usize, |length, digit| {
                    length
                        .saturating_mul(256)
                        .saturating_add(usize::from(*digit))
                });
                (head.saturating_add(count), length)
            }
        };
        let start = start.min(self.data.len());
        let end = start.saturating_add(length).min(self.data.len());
        self.at = if tag & CONSTRUCTED == 0 { end } else { start };
        Some(Element {
            tag: *tag,
            content: start..end,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An element; long lengths in two bytes.
    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], content].concat()
    }

    fn indefinite(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], content, &[0, 0]].concat()
    }

    const SIGNED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    const SHA256: &[u8] = b"\x31\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\0";

    fn text(data: &[u8]) -> Vec<u8> {
        let pieces = content(data).pieces;
        pieces
            .into_iter()
            .flat_map(|piece| data[piece].to_vec())
            .collect()
    }

    #[test]
    fn content_in_definite_and_indefinite_lengths() {
        let version = b"\x02\x01\x01";
        let certificates = element(0xa0, &element(0x30, &element(BYTES, b"junk")));
        let inner = [DATA, &element(0xa0, &element(BYTES, b"hello world"))].concat();
        let signed = [&version[..], SHA256, &element(0x30, &inner), &certificates].concat();
        let message = element(
            0x30,
            &[SIGNED, &element(0xa0, &element(0x30, &signed))].concat(),
        );
        assert_eq!(text(&message), b"hello world");
        // As OpenSSL writes streams.
        let pieces = [element(BYTES, b"hello "), element(BYTES, b"world")].concat();
        let inner = [
            DATA,
            &indefinite(0xa0, &indefinite(BYTES_IN_PIECES, &pieces)),
        ]
        .concat();
        let signed = [
            &version[..],
            SHA256,
            &indefinite(0x30, &inner),
            &certificates,
        ]
        .concat();
        let body = [SIGNED, &indefinite(0xa0, &indefinite(0x30, &signed))].concat();
        assert_eq!(text(&indefinite(0x30, &body)), b"hello world");
        // A signature alone.
        let signed = [&version[..], SHA256, &element(0x30, DATA), &certificates].concat();
        let message = element(
            0x30,
            &[SIGNED, &element(0xa0, &element(0x30, &signed))].concat(),
        );
        assert_eq!(text(&message), b"");
    }

    #[test]
    fn lengths_that_lie_lead_to_the_end() {
        let mut message = [b"\x30\x84\xff\xff\xff\xff", DATA].concat();
        message.extend(b"\xa0\x88\xff\xff\xff\xff\xff\xff\xff\xff\x04\x84\xff\xff\xff\xffabc");
        assert_eq!(text(&message), b"abc");
        for end in 0..message.len() {
            content(&message[..end]);
        }
    }

    #[test]
    fn many_pieces_are_a_gap() {
        let mut message = [DATA, b"\xa0\x80\x24\x80"].concat();
        message.extend(b"\x04\x01x".repeat(PIECES + 1));
        let content = content(&message);
        assert!(content.cut && content.pieces.len() == PIECES);
    }
}
