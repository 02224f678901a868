//! A document as base64, the whole file: what it stands for is a document of its own.
//!
//! # Malformed input
//!
//! What is not in the alphabet is passed over. What the letters stand for may turn out to be
//! nothing.
//!
//! # Worst cases
//!
//! None: the bytes are decoded when the queue comes to them.

use super::Outcome;
use super::ledger::{Child, Ledger};
use crate::container::transfer::Transfer;
use crate::container::{Coding, Source};
use crate::limits::Budget;
use crate::location::Location;

/// Queues what the text stands for.
pub(super) fn read(
    data: &[u8],
    location: &Location,
    _budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Outcome {
    ledger.child(Child {
        source: Source {
            range: 0..data.len(),
            coding: Coding::Transfer(Transfer::Base64),
            checksums: None,
        },
        location: location.child("content"),
    });
    Outcome::from(Ok(()))
}

#[cfg(test)]
mod tests {
    use crate::{Analyzer, Format, Verdict};

    /// `{\rtf1{\field{\*\fldinst DDEAUTO cmd "/c calc"}}}`, as `base64` of the GNU tools writes it.
    const RTF: &str = "e1xydGYxe1xmaWVsZHtcKlxmbGRpbnN0IERERUFVVE8gY21kICIvYyBjYWxjIn19fQ==";

    #[test]
    fn a_document_in_base64_is_read() {
        let wide: Vec<u8> = format!("\u{feff}{RTF}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let lines = RTF
            .as_bytes()
            .chunks(19)
            .collect::<Vec<_>>()
            .join(&b"\r\n"[..]);
        for data in [
            RTF.as_bytes(),
            &lines,
            format!("\n {RTF}").as_bytes(),
            &wide,
        ] {
            let report = Analyzer::default().analyze(data);
            assert_eq!(report.document().format, Format::Base64);
            assert_eq!(report.verdict(), Verdict::Malicious);
            assert!(report.complete());
            assert_eq!(report.findings()[0].location.path().last(), Some("content"));
        }
    }

    #[test]
    fn text_that_begins_alike_is_text() {
        for text in ["UEsDB and so on", "e1xydA", "0M8R4KGxGuE is how they begin"] {
            let report = Analyzer::default().analyze(text.as_bytes());
            assert!(report.verdict() <= Verdict::Incomplete, "{text}");
        }
        // The letters have another meaning in another case.
        let report = Analyzer::default().analyze(RTF.to_uppercase().as_bytes());
        assert_eq!(report.document().format, Format::Other);
        assert_eq!(report.verdict(), Verdict::Clean);
    }
}
