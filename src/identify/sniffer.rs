//! The order of the questions, over a whole slice or over blocks as they come.

use std::borrow::Cow;

use memchr::memmem;

use super::formulas::{FormulaScan, Units, units};
use super::{Disposition, Format, Identity, Root, archive, magic, mail, markup, name, text};
use crate::container::cfb;
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

/// Formats with a signature of a few bytes that are no text.
const BINARY: [Format; 16] = [
    Format::Ace,
    Format::Arj,
    Format::Bzip2,
    Format::Cab,
    Format::Gzip,
    Format::Lzh,
    Format::MailStore,
    Format::OtherArchive,
    Format::Rar,
    Format::SevenZip,
    Format::Tar,
    Format::Tnef,
    Format::Vhd,
    Format::WordPerfect,
    Format::Xz,
    Format::Zstd,
];

/// What `data` could be, the most likely first; never empty.
pub(crate) fn identify(data: &[u8]) -> Vec<Identity> {
    identify_as(data, None)
}

/// What `data` under a name could be, the most likely first; never empty.
pub(crate) fn identify_as(data: &[u8], name: Option<&str>) -> Vec<Identity> {
    let mut sniffer = Sniffer::named(name.unwrap_or_default());
    sniffer.feed(data);
    sniffer.finish()
}

/// What `data` could be that no program opens as a text of cells, the most likely first; never
/// empty.
pub(crate) fn identify_part(data: &[u8]) -> Vec<Identity> {
    let mut sniffer = Sniffer::of_part();
    sniffer.feed(data);
    sniffer.finish()
}

/// Identifies bytes that come in blocks.
#[derive(Default)]
pub(crate) struct Sniffer {
    head: Vec<u8>,
    tail: Vec<u8>,
    length: usize,
    /// What is looked for in all of the bytes, once there are enough to tell.
    search: Option<Search>,
    cells: Cells,
}

/// Who reads the bytes as a text of cells.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Cells {
    /// No program.
    Never,
    /// Excel, if they look like a text.
    #[default]
    IfText,
    /// The same, and where they begin like a text of another program: the name leads to Excel.
    IfForeign,
    /// Excel, because of the name, whatever they look like.
    Always,
}

/// What is looked for in all of the bytes.
#[derive(Default)]
struct Search {
    pdf: Option<PdfScan>,
    formula: Option<Box<FormulaScan>>,
}

/// Looks for the words of a PDF that brings other files.
#[derive(Default)]
struct PdfScan {
    found: bool,
    /// The end of the last block: a word may lie across two.
    seam: Vec<u8>,
}

impl Sniffer {
    /// For parts of a document package: no program reads them as a text of cells.
    pub(crate) fn of_part() -> Self {
        Sniffer {
            cells: Cells::Never,
            ..Sniffer::default()
        }
    }

    /// For a file of this name; an empty one says nothing.
    pub(crate) fn named(name: &str) -> Self {
        let cells = if name::is_cells(name) {
            Cells::Always
        } else if name::is_workbook(name) {
            Cells::IfForeign
        } else {
            Cells::IfText
        };
        Sniffer {
            cells,
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
        let is_cells = match by_head(&self.head, true) {
            Some(first) => self.may_be_cells(&first),
            None if magic::is_pdf(&self.head) => {
                self.may_be_cells(&Identity::opaque(SkipReason::Pdf))
            }
            None => self.cells != Cells::Never,
        };
        let mut search = Search {
            pdf: magic::is_pdf(&self.head).then(PdfScan::default),
            formula: is_cells.then(|| Box::new(FormulaScan::of(&self.head))),
        };
        search.feed(&self.head);
        self.search = Some(search);
    }

    /// Whether Excel may read the bytes as cells, although they begin like something else: their
    /// name says so, or they are a text that happens to begin with the signature of what is no
    /// text. Where the head is that of a format of text, it is that.
    fn may_be_cells(&self, first: &Identity) -> bool {
        // The readers of these two read the cells as well.
        if matches!(first.format, Format::Dif | Format::Sylk) {
            return false;
        }
        match self.cells {
            Cells::Never => return false,
            Cells::Always => return true,
            Cells::IfForeign if is_foreign_text(first, &self.head) => return true,
            Cells::IfText | Cells::IfForeign => {}
        }
        let head = self.head.as_slice();
        match &first.disposition {
            Disposition::Opaque(_) | Disposition::Compound => is_text(head),
            Disposition::Unsupported(_) | Disposition::Read => {
                if matches!(first.format, Format::Eml | Format::Mhtml) {
                    // A mail has more than one header; a page in MIME may have one.
                    !mail::begins(head)
                } else if first.format == Format::Zip {
                    memmem::find(head, b"PK\x03\x04")
                        .and_then(|at| head.get(..at))
                        .is_some_and(|front| !front.is_empty() && is_text(front))
                } else if BINARY.contains(&first.format) || first.format == Format::Pdf {
                    is_text(head)
                } else {
                    first.format == Format::DelimitedText
                }
            }
            Disposition::Xml(root) => root.ns == Ns::None && is_text(head),
            Disposition::Encrypted => false,
        }
    }

    /// Whether a page may stand in the bytes, although they begin like something else: programs
    /// look for its tags.
    fn may_be_page(&self, first: &Identity) -> bool {
        match &first.disposition {
            Disposition::Opaque(_) => units(&self.head).is_some(),
            Disposition::Xml(root) => root.ns == Ns::None,
            Disposition::Read => first.format == Format::DelimitedText,
            Disposition::Unsupported(_) => first.format == Format::Pdf && is_text(&self.head),
            Disposition::Compound | Disposition::Encrypted => false,
        }
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
        let Search { pdf, formula } = self.search.take().unwrap_or_default();
        let formula = formula.is_some_and(|scan| scan.found());
        let more = self.length > HEAD;
        let first = match (by_head(&self.head, more), pdf) {
            (Some(identity), _) => identity,
            (None, Some(PdfScan { found: false, .. })) => Identity::opaque(SkipReason::Pdf),
            (None, Some(PdfScan { found: true, .. })) => {
                Identity::unsupported(Format::Pdf, "PDF that brings other files")
            }
            (None, None) if is_zip_in(&self.head) => Identity::read(Format::Zip),
            (None, None) if formula => Identity::read(Format::DelimitedText),
            (None, None) => unknown.clone(),
        };
        let mut identities = vec![first.clone()];
        if formula && first.format != Format::DelimitedText && self.may_be_cells(&first) {
            identities.push(Identity::read(Format::DelimitedText));
        }
        if first == unknown && cfb::begins_in(&self.head).is_some() {
            identities.push(Identity {
                format: Format::Other,
                disposition: Disposition::Compound,
            });
        }
        if self.may_be_page(&first) && markup::has_page(&self.head) {
            identities.push(Identity::read(Format::Html));
        }
        if first.format == Format::Html && markup::is_connection(&self.head) {
            // The page is read as well: what it is for does not say who opens it.
            identities.insert(0, Identity::read(Format::QueryFile));
        }
        let is_known = first != unknown;
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
            Disposition::Read => matches!(first.format, Format::Tnef | Format::Zip),
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
        if archive::ends_as_disk(&self.tail) {
            identities.push(archive::disk());
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
        if let Some(pdf) = &mut self.pdf {
            pdf.feed(block);
        }
        if let Some(formula) = &mut self.formula {
            formula.feed(block);
        }
    }
}

impl PdfScan {
    fn feed(&mut self, block: &[u8]) {
        if self.found {
            return;
        }
        let seam = &mut self.seam;
        // Each character may be spelled with three.
        let longest = PDF_FILES.iter().map(|word| word.len()).max().unwrap_or(0);
        let longest = longest.saturating_mul(3);
        let start = block.get(..block.len().min(longest)).unwrap_or_default();
        seam.extend_from_slice(start);
        let has = |bytes: &[u8]| {
            let names = plain_names(bytes);
            PDF_FILES.iter().any(|w| memmem::find(&names, w).is_some())
        };
        self.found = has(seam) || has(block);
        if block.len() >= longest {
            seam.clear();
            let last = block.len().saturating_sub(longest);
            seam.extend_from_slice(block.get(last..).unwrap_or_default());
        }
        seam.drain(..seam.len().saturating_sub(longest));
    }
}

/// Names of a PDF with their `#45` undone (PDF 1.7, 7.3.5); other bytes do not matter here.
fn plain_names(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'#', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let mut plain = Vec::new();
    let mut rest = bytes;
    while let Some((first, behind)) = rest.split_first() {
        let spelled = match behind {
            [high, low, after @ ..] if *first == b'#' => digit(high)
                .zip(digit(low))
                .and_then(|(high, low)| u8::try_from(high << 4 | low).ok())
                .map(|byte| (byte, after)),
            _ => None,
        };
        let (byte, after) = spelled.unwrap_or((*first, behind));
        plain.push(byte);
        rest = after;
    }
    Cow::Owned(plain)
}

/// Whether bytes with a signature are a text all the same: next to no control characters and no
/// NULs, unless they are UTF-16. What is no text has them soon.
fn is_text(head: &[u8]) -> bool {
    /// Bytes in which they show.
    const SAMPLE: usize = 64 << 10;
    match units(head) {
        None => false,
        // Without a mark it is a guess, which bytes with NULs invite.
        Some(Units::Utf16Le | Units::Utf16Be) => {
            matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        }
        Some(Units::Bytes) => {
            let sample = head.get(..head.len().min(SAMPLE)).unwrap_or_default();
            let control =
                |byte: &&u8| **byte < b' ' && !matches!(**byte, b'\t'..=b'\r' | 0x1a | 0x1b);
            sample.iter().filter(control).count() <= sample.len() / 50
        }
    }
}

/// Whether bytes are a text of a format that Excel does not look for in a workbook; queries, of
/// which the first word says what they are, may be either.
fn is_foreign_text(first: &Identity, head: &[u8]) -> bool {
    let foreign = [
        Format::Rtf,
        Format::Eml,
        Format::Icalendar,
        Format::QueryFile,
        Format::Vcard,
    ];
    let is_foreign =
        foreign.contains(&first.format) || matches!(first.disposition, Disposition::Xml(_));
    is_foreign && is_text(head)
}

/// What the head says, when no more is needed; `more` says that the bytes go on behind it.
fn by_head(head: &[u8], more: bool) -> Option<Identity> {
    if let Some(identity) = magic::identify(head) {
        return Some(identity);
    }
    if magic::is_pdf(head) {
        return None;
    }
    // The first 64 KiB hold the first tag, unless it or a comment is longer.
    let window = head.get(..head.len().min(64 << 10)).unwrap_or_default();
    let short = markup::decode(window);
    let trimmed = markup::trim(&short);
    if trimmed.starts_with('<') {
        let cut = more || window.len() < head.len();
        return markup::identify(trimmed, cut).or_else(|| {
            let long = window.len() < head.len();
            long.then(|| markup::identify(&markup::decode(head), more))?
        });
    }
    text::identify(trimmed).or_else(|| {
        // A message may bring bytes as they are.
        let is_text = units(head).is_some() || mail::begins(head);
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
