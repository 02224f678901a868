//! Bytes inside a document that may be documents themselves: members of packages, streams of
//! objects, parts of web archives. They are looked at whole, as they come, and handed on as each of
//! the things that they could be.
//!
//! # Worst cases
//!
//! One pass over the bytes, which their reader has paid for, in the memory of a [`Sniffer`].

use std::io::BufRead as _;

use super::ledger::Ledger;
use crate::container::MemberReader;
use crate::gap::GapKind;
use crate::identify::{Disposition, Format, Identity, Sniffer};
use crate::location::Location;

/// What the offered bytes came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offered {
    /// A reader takes them: they belong into the queue.
    pub(crate) is_child: bool,
    /// They are a document that nobody reads: a gap says so.
    pub(crate) is_unread: bool,
}

/// Tells what bytes could be, once `reader` has come to its end; `see` looks at each block as well.
pub(crate) fn sniff(
    mut reader: MemberReader<'_>,
    mut sniffer: Sniffer,
    mut see: impl FnMut(&[u8]),
) -> Vec<Identity> {
    loop {
        // Reading never gives an error.
        let block = reader.fill_buf().unwrap_or_default();
        let length = block.len();
        if length == 0 {
            return sniffer.finish();
        }
        sniffer.feed(block);
        see(block);
        reader.consume(length);
    }
}

/// Writes down what is to be said of bytes at `location` besides that they are read: what nobody
/// reads is a gap, what cannot hide anything is skipped. `own` says what a reader knows better, with
/// what the bytes came to so far, and whether that was all.
pub(crate) fn tell(
    could_be: impl IntoIterator<Item = Identity>,
    location: &Location,
    ledger: &mut Ledger<'_>,
    mut own: impl FnMut(&Identity, Offered, &mut Ledger<'_>) -> bool,
) -> Offered {
    let mut offered = Offered::default();
    for identity in could_be {
        if identity.format == Format::Empty || own(&identity, offered, ledger) {
            continue;
        }
        match identity.disposition {
            Disposition::Read | Disposition::Compound => offered.is_child = true,
            Disposition::Unsupported(name) => {
                offered.is_unread = true;
                ledger.gap(GapKind::Unsupported, location.clone(), name);
            }
            Disposition::Encrypted => {
                offered.is_unread = true;
                ledger.gap(GapKind::Encrypted, location.clone(), "unknown scheme");
            }
            Disposition::Opaque(reason) => ledger.skip(location.clone(), reason),
            // A part of a document, or markup that no program opens as one.
            Disposition::Xml(_) => {}
        }
    }
    offered
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::container::{Coding, Source};
    use crate::gap::SkipReason;
    use crate::limits::{Budget, Limits};

    /// What is said of bytes, when nobody knows better.
    fn told(bytes: &[u8]) -> (Offered, Vec<GapKind>, Vec<SkipReason>) {
        let limits = Limits::default();
        let budget = Budget::new(&limits, None);
        let source = Source {
            range: 0..bytes.len(),
            coding: Coding::Stored,
            checksums: None,
        };
        let outcome = Cell::new(None);
        let mut seen = 0;
        let reader = source.open(bytes, &budget, &outcome);
        let could_be = sniff(reader, Sniffer::of_part(), |block| seen += block.len());
        assert_eq!(seen, bytes.len());
        let mut judge = |_| ();
        let mut ledger = Ledger::new(&limits, &mut judge);
        let offered = tell(could_be, &Location::root(None), &mut ledger, |_, _, _| {
            false
        });
        let (gaps, skipped) = ledger.close();
        let gaps = gaps.iter().map(|gap| gap.kind).collect();
        let skipped = skipped.iter().map(|skipped| skipped.reason).collect();
        (offered, gaps, skipped)
    }

    /// The rows of "What is a gap" (`ARCHITECTURE.md`) that bytes alone decide.
    #[test]
    fn documents_are_children_and_archives_are_gaps() {
        let child = Offered {
            is_child: true,
            is_unread: false,
        };
        let unread = Offered {
            is_child: false,
            is_unread: true,
        };
        assert_eq!(told(b"{\\rtf1 a}"), (child, vec![], vec![]));
        let archive = b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0\0\0\0\0";
        assert_eq!(told(archive), (unread, vec![GapKind::Unsupported], vec![]));
        let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(
            told(picture),
            (Offered::default(), vec![], vec![SkipReason::Picture])
        );
        assert_eq!(told(b""), (Offered::default(), vec![], vec![]));
    }
}
