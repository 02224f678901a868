//! What S/MIME signed, compressed or encrypted (RFC 8551, RFC 5652): the content of a signature is
//! a document of its own.
//!
//! # Malformed input
//!
//! The structure is not checked: each content behind an identifier counts, wherever it is, in
//! definite or indefinite lengths, whole or in pieces. Lengths that lead beyond the end lead to
//! the end. Where there is no content, only a sound signature is nothing to read; all else is a gap.
//! The same in base64 between marks (RFC 7468) is read as what it stands for.
//!
//! # Worst cases
//!
//! One pass over the headers of the elements, each of which is at least two bytes. A content of
//! more than [`PIECES`] pieces is read as far as these go, and is a gap, and so are more than
//! [`CONTENTS`]. Of the elements around the present one [`DEEPEST`] are held.

use std::cell::Cell;
use std::ops::Range;

use crate::container::mime::blocks;
use crate::container::transfer::Transfer;
use crate::container::{Coding, Source};
use crate::format::ledger::{Child, Ledger, Provenance, Role};
use crate::format::{Outcome, offer};
use crate::gap::{GapKind, SkipReason};
use crate::identify::{Disposition, Format, Identity, Sniffer};
use crate::limits::{Budget, Exhausted};
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

/// The identifier of what is signed (RFC 5652 §5): only there the content may stand elsewhere.
const SIGNED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// Contents of one message that are read; there is one.
const CONTENTS: usize = 16;
/// Elements in each other, from which on nothing is believed: a certificate has fewer than twenty.
const DEEPEST: usize = 64;

/// Tags (X.690 §8.1.2): a sequence, an identifier, bytes, bytes in pieces, what is behind an identifier.
const SEQUENCE: u8 = 0x30;
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
    if !data.starts_with(&[SEQUENCE]) {
        return armoured(data, location, budget, ledger);
    }
    let kind = Elements { data, at: 0 }.find(|element| element.tag == OBJECT_ID);
    let kind = kind
        .and_then(|kind| data.get(kind.content))
        .unwrap_or_default();
    if ENCRYPTED.contains(&kind) {
        ledger.gap(GapKind::Encrypted, location.clone(), "S/MIME");
        return Outcome::from(Ok(()));
    }
    let Content {
        contents,
        cut,
        odd: is_odd,
    } = content(data);
    if cut {
        let detail =
            format!("a signed message in more than {PIECES} pieces or {CONTENTS} contents");
        ledger.gap(GapKind::Damaged, location.clone(), detail);
    }
    if contents.is_empty() && kind == SIGNED && !is_odd {
        // The signature of what stands elsewhere.
        ledger.skip(location.clone(), SkipReason::Signature);
    } else if contents.is_empty() {
        let detail = "a signed message in which no content is found";
        ledger.gap(GapKind::Damaged, location.clone(), detail);
    }
    for (number, pieces) in contents.into_iter().enumerate() {
        let name = match number {
            0 => "content".to_owned(),
            _ => format!("content#{}", number.saturating_add(1)),
        };
        let place = location.child(&name);
        let is_compressed = kind == COMPRESSED;
        if let Err(cause) = offered(data, pieces, is_compressed, place, budget, ledger) {
            return Outcome::from(Err(cause));
        }
    }
    Outcome::from(Ok(()))
}

/// Queues what stands in lines of base64 between marks (RFC 7468 §8, §9), or in base64 alone.
fn armoured(
    data: &[u8],
    location: &Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    let (found, ended) = blocks::find(data, 0..data.len(), budget);
    if let Err(cause) = ended {
        ledger.exhausted(cause, location.clone());
    }
    let ranges: Vec<_> = found.into_iter().map(|block| block.range).collect();
    if ranges.is_empty() {
        let detail = "a signed message in which no content is found";
        ledger.gap(GapKind::Damaged, location.clone(), detail);
    }
    for (number, range) in ranges.into_iter().enumerate() {
        let source = Source {
            range,
            coding: Coding::Transfer(Transfer::Base64),
            checksums: None,
        };
        let child = Child {
            source,
            location: location.child(&format!("armoured {}", number.saturating_add(1))),
        };
        ledger.child(child);
    }
    Outcome::from(Ok(()))
}

/// Queues one content.
fn offered(
    data: &[u8],
    mut pieces: Vec<Range<usize>>,
    is_compressed: bool,
    place: Location,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let mut coding = Coding::Stored;
    if is_compressed {
        coding = Coding::Deflated;
        // The deflate stream begins behind the two bytes of the zlib header (RFC 1950).
        if let Some(first) = pieces.first_mut() {
            first.start = first.start.saturating_add(2).min(first.end);
        }
    }
    let source = Source::scattered(pieces, coding);
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
    if let Some(shortfall) = outcome.take() {
        ledger.shortfall(shortfall, &place)?;
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
    Ok(())
}

/// What was signed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Content {
    /// Of each content, where its pieces are.
    contents: Vec<Vec<Range<usize>>>,
    /// There are more.
    cut: bool,
    /// The elements lead beyond the end, or stand in each other deeper than any program writes.
    odd: bool,
}

/// The bytes behind each identifier that has some.
fn content(data: &[u8]) -> Content {
    let mut content = Content::default();
    let (mut before, mut two_before) = (0, 0);
    // The pieces of the content that is open, and how many elements without a length hold them.
    let mut open: Option<(Vec<Range<usize>>, usize)> = None;
    let mut count = 0usize;
    // Where the elements end that hold the present one.
    let mut around: Vec<usize> = Vec::new();
    let mut is_first = true;
    for element in (Elements { data, at: 0 }) {
        while around.last().is_some_and(|end| *end <= element.start) {
            around.pop();
        }
        let is_outer = around.is_empty() && !std::mem::take(&mut is_first);
        content.odd |= element.is_cut && !is_outer;
        let is_endless = element.is_endless;
        if element.tag & CONSTRUCTED != 0 && !is_outer {
            content.odd |= around.len() >= DEEPEST;
            if around.len() < DEEPEST {
                around.push(if is_endless {
                    usize::MAX
                } else {
                    element.content.end
                });
            }
        } else if element.tag == 0 && around.last() == Some(&usize::MAX) {
            around.pop();
        }
        let begins = two_before == OBJECT_ID
            && before == EXPLICIT
            && matches!(element.tag, BYTES | BYTES_IN_PIECES);
        two_before = std::mem::replace(&mut before, element.tag);
        if begins && open.is_none() {
            open = Some((Vec::new(), 0));
        }
        let Some((pieces, holding)) = &mut open else {
            continue;
        };
        let is_over = match element.tag {
            BYTES if count >= PIECES => {
                content.cut = true;
                true
            }
            BYTES => {
                if !element.content.is_empty() {
                    count = count.saturating_add(1);
                    pieces.push(element.content);
                }
                false
            }
            BYTES_IN_PIECES => {
                *holding = holding.saturating_add(usize::from(is_endless));
                false
            }
            0 if *holding > 1 => {
                *holding = holding.saturating_sub(1);
                false
            }
            _ => true,
        };
        if is_over {
            content
                .contents
                .extend(open.take().map(|(pieces, _)| pieces));
            content.contents.retain(|pieces| !pieces.is_empty());
        }
        content.cut |= content.contents.len() >= CONTENTS;
        if content.cut {
            break;
        }
    }
    content.odd |= !content.cut && around.last() == Some(&usize::MAX);
    content.contents.extend(open.map(|(pieces, _)| pieces));
    content.contents.retain(|pieces| !pieces.is_empty());
    content
}

/// The elements in the order in which they begin, those inside others behind them.
struct Elements<'a> {
    data: &'a [u8],
    at: usize,
}

struct Element {
    tag: u8,
    start: usize,
    content: Range<usize>,
    /// It leads beyond the end.
    is_cut: bool,
    /// It ends where its elements do.
    is_endless: bool,
}

impl Iterator for Elements<'_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        let [tag, length, rest @ ..] = self.data.get(self.at..)? else {
            return None;
        };
        let from = self.at;
        let head = from.saturating_add(2);
        let is_endless = *length == 0x80;
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
        let end = start.saturating_add(length);
        let is_cut = !is_endless && end > self.data.len();
        let end = end.min(self.data.len());
        self.at = if tag & CONSTRUCTED == 0 { end } else { start };
        Some(Element {
            tag: *tag,
            start: from,
            content: start..end,
            is_cut,
            is_endless,
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
        let contents = content(data).contents;
        contents
            .into_iter()
            .flatten()
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
        assert!(content.cut && content.contents[0].len() == PIECES);
    }
}
