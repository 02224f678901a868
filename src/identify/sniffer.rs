//! The order of the questions, over a whole slice or over blocks as they come.

use memchr::memmem;

use super::formulas::{FormulaScan, units};
use super::{Disposition, Format, Identity, Root, magic, mail, markup, text};
use crate::gap::SkipReason;
use crate::markup::names::Ns;

/// Bytes from the start that are looked at for what may stand behind junk (`spec/word.md` §0.1).
const HEAD: usize = 1 << 20;
/// Bytes from the end in which the end record of a zip stands: its length and its comment's.
const TAIL: usize = 65_557;
/// Bytes from which it can be told what to look for in the rest.
const ENOUGH: usize = 4 << 10;
/// Words of a PDF that brings other files (`design.md`, "What is a gap").
const PDF_FILES: [&[u8]; 2] = [b"/EmbeddedFile", b"/Filespec"];

/// Formats with a signature of a few bytes that are not read.
const BINARY: [Format; 5] = [
    Format::Cab,
    Format::Gzip,
    Format::Rar,
    Format::SevenZip,
    Format::Tnef,
];

/// What `data` could be, the most likely first; never empty.
pub(crate) fn identify(data: &[u8]) -> Vec<Identity> {
    let mut sniffer = Sniffer::default();
    sniffer.feed(data);
    sniffer.finish()
}

/// Identifies bytes that come in blocks.
#[derive(Default)]
pub(crate) struct Sniffer {
    head: Vec<u8>,
    tail: Vec<u8>,
    length: usize,
    search: Option<Search>,
    /// No program reads these bytes as a text of cells.
    no_cells: bool,
}

/// What is looked for in all of the bytes.
enum Search {
    /// The head says all.
    Nothing,
    Pdf {
        found: bool,
        /// The end of the last block: a word may lie across two.
        seam: Vec<u8>,
    },
    Formula(Box<FormulaScan>),
}

impl Sniffer {
    /// For parts of a document package: no program reads them as a text of cells.
    pub(crate) fn of_part() -> Self {
        Sniffer {
            no_cells: true,
            ..Sniffer::default()
        }
    }

    /// The next bytes.
    pub(crate) fn feed(&mut self, block: &[u8]) {
        self.length = self.length.saturating_add(block.len());
        let room = HEAD.saturating_sub(self.head.len()).min(block.len());
        let (head, rest) = block.split_at_checked(room).unwrap_or((block, &[]));
        self.head.extend_from_slice(head);
        if block.len() >= TAIL {
            self.tail.clear();
        } else if self.tail.len() > 4 * TAIL {
            self.tail.drain(..self.tail.len().saturating_sub(TAIL));
        }
        let last = block.len().saturating_sub(TAIL);
        self.tail
            .extend_from_slice(block.get(last..).unwrap_or_default());
        match &mut self.search {
            Some(search) => {
                search.feed(head);
                search.feed(rest);
            }
            None if self.head.len() >= ENOUGH => {
                self.begin();
                if let Some(search) = &mut self.search {
                    search.feed(rest);
                }
            }
            None => {}
        }
    }

    /// Decides what to look for, and looks at what came so far.
    fn begin(&mut self) {
        let mut search = if magic::is_pdf(&self.head) {
            Search::Pdf {
                found: false,
                seam: Vec::new(),
            }
        } else if self.no_cells || by_head(&self.head).is_some() {
            Search::Nothing
        } else {
            Search::Formula(Box::new(FormulaScan::of(&self.head)))
        };
        search.feed(&self.head);
        self.search = Some(search);
    }

    /// What the bytes could be, the most likely first; never empty.
    pub(crate) fn finish(mut self) -> Vec<Identity> {
        if self.length == 0 {
            let disposition = Disposition::Opaque(SkipReason::Unknown);
            return vec![Identity {
                format: Format::Empty,
                disposition,
            }];
        }
        if self.search.is_none() {
            self.begin();
        }
        let unknown = Identity::opaque(SkipReason::Unknown);
        let first = match (by_head(&self.head), self.search) {
            (Some(identity), _) => identity,
            (None, Some(Search::Pdf { found: false, .. })) => Identity::opaque(SkipReason::Pdf),
            (None, Some(Search::Pdf { found: true, .. })) => {
                Identity::unsupported(Format::Pdf, "PDF that brings other files")
            }
            (None, _) if is_zip_in(&self.head) => Identity::read(Format::Zip),
            (None, Some(Search::Formula(scan))) if scan.found() => {
                Identity::read(Format::DelimitedText)
            }
            (None, _) => unknown.clone(),
        };
        let mut identities = vec![first.clone()];
        if first.format == Format::Html && markup::is_connection(&self.head) {
            // The page is read as well: what it is for does not say who opens it.
            identities.insert(0, Identity::read(Format::QueryFile));
        }
        let is_known = first != unknown;
        let more = self.length > HEAD;
        if !is_known && markup::is_open(&markup::decode(&self.head), more) {
            let root = Root {
                ns: Ns::None,
                local: String::new(),
            };
            identities.push(Identity {
                format: Format::Other,
                disposition: Disposition::Xml(root),
            });
        }
        // Behind a picture, a PDF, or anything unknown, a mail may stand; behind any other binary
        // format a page (`spec/word.md` §0.1).
        let binary = match first.disposition {
            Disposition::Opaque(reason) => reason == SkipReason::Executable,
            Disposition::Compound => true,
            Disposition::Read => first.format == Format::Zip,
            Disposition::Unsupported(_) => BINARY.contains(&first.format),
            Disposition::Xml(_) | Disposition::Encrypted => false,
        };
        let may_cover_mail = match first.disposition {
            Disposition::Opaque(reason) => reason != SkipReason::Executable,
            Disposition::Read
            | Disposition::Compound
            | Disposition::Xml(_)
            | Disposition::Unsupported(_)
            | Disposition::Encrypted => {
                matches!(first.format, Format::Pdf | Format::DelimitedText)
            }
        };
        if may_cover_mail && let Some(mail) = mail::identify(&self.head) {
            // Word opens the page behind the header of a PDF (`spec/word.md` §0.1).
            let page = mail.format == Format::Mhtml;
            identities.insert(if page { 0 } else { 1 }, mail);
        } else if binary {
            identities.extend(mail::identify_behind(&self.head));
        }
        if first.format != Format::Zip {
            let at_end = first.disposition != unknown.disposition;
            if ends_as_zip(&self.tail, at_end) {
                identities.push(Identity::read(Format::Zip));
            }
        }
        // What is known beats "unknown bytes".
        if identities.len() > 1 {
            identities.retain(|identity| *identity != unknown);
        }
        identities
    }
}

impl Search {
    fn feed(&mut self, block: &[u8]) {
        match self {
            Search::Nothing => {}
            Search::Pdf { found: true, .. } => {}
            Search::Pdf { found, seam } => {
                let longest = PDF_FILES.iter().map(|word| word.len()).max().unwrap_or(0);
                let start = block.get(..block.len().min(longest)).unwrap_or_default();
                seam.extend_from_slice(start);
                let has = |bytes: &[u8]| PDF_FILES.iter().any(|w| memmem::find(bytes, w).is_some());
                *found = has(seam) || has(block);
                if block.len() >= longest {
                    seam.clear();
                    let last = block.len().saturating_sub(longest);
                    seam.extend_from_slice(block.get(last..).unwrap_or_default());
                }
                seam.drain(..seam.len().saturating_sub(longest));
            }
            Search::Formula(scan) => scan.feed(block),
        }
    }
}

/// What the head says, when no more is needed.
fn by_head(head: &[u8]) -> Option<Identity> {
    if let Some(identity) = magic::identify(head) {
        return Some(identity);
    }
    if magic::is_pdf(head) {
        return None;
    }
    // The first 64 KiB hold the first tag, unless a comment is longer.
    let short = markup::decode(head.get(..head.len().min(64 << 10)).unwrap_or_default());
    let trimmed = markup::trim(&short);
    if trimmed.starts_with('<') {
        return markup::identify(trimmed).or_else(|| markup::identify(&markup::decode(head)));
    }
    text::identify(trimmed).or_else(|| {
        let is_text = units(head).is_some();
        is_text.then(|| mail::identify(head)).flatten()
    })
}

/// Whether a local header stands in the head of bytes that are nothing else.
fn is_zip_in(head: &[u8]) -> bool {
    memmem::find(head, b"PK\x03\x04").is_some()
}

/// Whether an end record with entries stands in the tail; `exactly` at its end when the bytes
/// already are something else, because a document inside a document has one, too.
fn ends_as_zip(tail: &[u8], exactly: bool) -> bool {
    let last = tail.len().saturating_sub(TAIL);
    let tail = tail.get(last..).unwrap_or_default();
    memmem::rfind_iter(tail, b"PK\x05\x06").any(|at| {
        let record: Option<&[u8; 22]> = tail.get(at..).and_then(|rest| rest.first_chunk());
        record.is_some_and(|record| {
            let [.., low, high] = *record;
            let comment = usize::from(u16::from_le_bytes([low, high]));
            let end = at.saturating_add(record.len()).saturating_add(comment);
            let empty = record
                .get(8..20)
                .is_some_and(|counts| counts.iter().all(|b| *b == 0));
            !empty && (!exactly || end == tail.len())
        })
    })
}
