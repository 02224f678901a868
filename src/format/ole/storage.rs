//! One storage of a compound file: its streams, each by its name, then by its bytes.

use std::cell::Cell;
use std::ops::Range;

use super::class::{self, CompObj};
use super::moniker::OleStream;
use super::native::{self, Native};
use super::{Compound, Found, encrypted, shortcut};
use crate::container::cfb::{Folder, Storage, Stream};
use crate::container::{Coding, Shortfall, Source};
use crate::format::ledger::{Child, Ledger, Provenance};
use crate::format::offer;
use crate::gap::{GapKind, SkipReason};
use crate::identify::{self, Disposition, Format, Identity, Sniffer};
use crate::limits::{Budget, Exhausted};
use crate::link::{Carrier, Confidence, Kind, Link, Reading, TechniqueId, Trigger};
use crate::location::Location;

/// Bytes of a `\x01Ole` stream that are read; programs write some hundred.
const LINK: u64 = 64 << 10;
/// Bytes at the start of a package in which its names stand.
const NAMES: u64 = 256 << 10;
/// Bytes of a `\x01CompObj` stream that are read.
const COMP_OBJ: u64 = 4 << 10;
/// Bytes of a stream that only one reader sees that are looked at.
const FOREIGN: u64 = 64 << 10;
/// What is paid for looking at the sectors of a stream: a step for each mini sector.
const STEP: u64 = 64;
/// What a child in the queue costs besides its runs.
const CHILD: u64 = 256;

/// Streams that hold no file of their own: state of OLE, and what documents keep beside their
/// main stream ([MS-DOC] 2.1, [MS-PPT] 2.1, [MS-XLS] 2.1, [MS-OVBA] 2.2.1). Lower case.
const OWN: &[&str] = &[
    "0table",
    "1table",
    "_vba_project",
    "book",
    "current user",
    "dir",
    "encryptedpackage",
    "encryptedsummary",
    "encryptioninfo",
    "mn0",
    "powerpoint document",
    "project",
    "projectlk",
    "projectwm",
    "revision log",
    "user names",
    "workbook",
    "worddocument",
];

/// What rights management leaves of a binary document: the document itself, encrypted
/// ([MS-OFFCRYPTO] 2.2). Lower case.
const DRM_CONTENT: &str = "\u{9}drmcontent";

/// One storage on its turn.
pub(super) struct Stored<'a, 'f> {
    pub(super) file: &'a Compound<'a>,
    pub(super) folder: &'a Folder<'a>,
    pub(super) storage: &'a Storage,
    /// The storage is a document: its reader takes the streams that belong to it.
    pub(super) known: bool,
    /// The storage is a message or an attachment: its reader takes what is attached.
    pub(super) message: bool,
    /// What the storage says of its class, once it was asked for.
    pub(super) comp_obj: Option<CompObj>,
    pub(super) found: &'f mut Found,
}

impl Stored<'_, '_> {
    /// Reads the streams. `Err` ends the whole analysis.
    pub(super) fn streams(
        &mut self,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let before = self.found.object;
        let mut object = false;
        for (name, stream) in self.folder.streams() {
            budget.check_stop()?;
            let name = name.to_lowercase();
            match name.as_str() {
                "\u{1}ole" => {
                    object = true;
                    self.link(&stream, budget, ledger)?;
                }
                "\u{1}ole10native" => {
                    object = true;
                    self.native(&stream, budget, ledger)?;
                }
                "\u{1}compobj" => object = true,
                DRM_CONTENT => {
                    let location = self.file.place(&stream.path);
                    ledger.gap(GapKind::Encrypted, location, encrypted::RIGHTS);
                }
                "_vba_project" => {
                    let folder = self.storage.path.to_lowercase();
                    self.found.vba |= folder == "vba" || folder.ends_with("/vba");
                }
                _ if self.is_own(&name) => {}
                _ => self.file(&name, &stream, budget, ledger)?,
            }
        }
        if self.storage.class != [0; 16] {
            self.script_class(ledger);
        }
        let plain = object && !self.known && !self.folder.is_root();
        if plain && before == self.found.object {
            let location = self.file.place(&self.storage.path);
            ledger.skip(location, SkipReason::OleObject);
        }
        Ok(())
    }

    /// Whether the name says that a stream holds no file.
    fn is_own(&self, name: &str) -> bool {
        // Property sets, state of OLE, pictures of objects.
        if name.starts_with(['\u{1}', '\u{2}', '\u{3}', '\u{5}']) {
            return true;
        }
        if let Some(property) = name.strip_prefix("__substg1.0_") {
            // Of a message's properties, the data of an attachment is a file ([MS-OXMSG] 2.2.2).
            return self.message || !property.starts_with("3701");
        }
        let document = matches!(name, "dir" | "project");
        name.starts_with("__") || OWN.contains(&name) && (!document || self.known || self.in_vba())
    }

    fn in_vba(&self) -> bool {
        let path = self.storage.path.to_lowercase();
        self.found.vba || path.ends_with("vba") || path.ends_with("macros")
    }

    /// A stream that may hold a file.
    fn file(
        &mut self,
        name: &str,
        stream: &Stream,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let location = self.file.place(&stream.path);
        if self.found.offered > self.file.cfb.readable() {
            let detail = "streams share their sectors: more of them than are read";
            ledger.gap(GapKind::Damaged, self.file.location.clone(), detail);
            return Ok(());
        }
        let runs = self.runs(stream, budget)?;
        let there: u64 = runs.iter().map(length_of).sum();
        self.found.offered = self.found.offered.saturating_add(there);
        let held = matches!(name, "package" | "contents");
        let piece = Piece {
            location,
            runs,
            size: stream.size,
            // Text that a spreadsheet program reads as cells: a package is a file.
            sniffer: if name == "package" {
                Sniffer::default()
            } else {
                Sniffer::of_part()
            },
            is_file: held,
        };
        self.offer(piece, budget, ledger)
    }

    /// Where the bytes of a stream are, paid for.
    pub(super) fn runs(
        &self,
        stream: &Stream,
        budget: &Budget<'_>,
    ) -> Result<Vec<Range<usize>>, Exhausted> {
        let length = u64::try_from(self.file.data.len()).unwrap_or(u64::MAX);
        let steps = stream.size.min(length) / STEP;
        budget.charge_decoded(steps)?;
        Ok(self.file.cfb.runs(stream))
    }

    /// Puts bytes into the queue when they could be a document.
    fn offer(
        &mut self,
        piece: Piece,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let there: u64 = piece.runs.iter().map(length_of).sum();
        let runs = piece.runs.len();
        let source = Source::scattered(piece.runs, Coding::Stored);
        let outcome = Cell::new(None);
        let reader = source.open(self.file.data, budget, &outcome);
        let could_be = offer::sniff(reader, piece.sniffer, |_| ());
        let own = |identity: &Identity, _, ledger: &mut Ledger<'_>| match identity.disposition {
            // What a PDF brings is for the program that opens it: no program of Office looks into
            // one that stands in an object.
            Disposition::Unsupported(_) if identity.format == Format::Pdf => {
                ledger.skip(piece.location.clone(), SkipReason::Pdf);
                true
            }
            Disposition::Opaque(_) => !piece.is_file,
            Disposition::Read
            | Disposition::Compound
            | Disposition::Xml(_)
            | Disposition::Unsupported(_)
            | Disposition::Encrypted => false,
        };
        let offered = offer::tell(could_be, &piece.location, ledger, own);
        let is_document = offered.is_child || offered.is_unread;
        let size = piece.size;
        if offered.is_child {
            let child = Child {
                source,
                location: piece.location.clone(),
            };
            self.queue(child, runs, Provenance::default(), budget, ledger);
        }
        self.found.object |= is_document;
        if is_document && there < size {
            let detail = "stream is shorter than its directory entry says";
            ledger.gap(GapKind::Damaged, piece.location.clone(), detail);
        }
        match outcome.take() {
            Some(shortfall) => ledger.shortfall(shortfall, &piece.location),
            None => Ok(()),
        }
    }

    /// Puts a document into the queue. What waits holds its runs until the file is closed.
    pub(super) fn queue(
        &mut self,
        child: Child,
        runs: usize,
        provenance: Provenance,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) {
        let runs = u64::try_from(runs).unwrap_or(u64::MAX);
        let cost = runs.saturating_mul(16).saturating_add(CHILD);
        match budget.charge_live(cost) {
            Ok(()) => {
                self.found.held = self.found.held.saturating_add(cost);
                ledger.child_by(child, provenance);
            }
            Err(cause) => ledger.exhausted(cause, child.location),
        }
    }

    /// The class of the objects of this storage, by name.
    fn prog_id(&mut self, budget: &Budget<'_>) -> Option<String> {
        if self.comp_obj.is_none() {
            let mut streams = self.folder.streams();
            let stream = streams.find(|(name, _)| name.eq_ignore_ascii_case("\u{1}CompObj"));
            let read = stream.map(|(_, stream)| self.bytes(&stream, COMP_OBJ, budget).0);
            self.comp_obj = Some(CompObj::read(&read.unwrap_or_default()));
        }
        class::prog_id(&self.storage.class, self.comp_obj.as_ref())
    }

    /// The start of a stream; what it holds is given back to the budget at once, as it is small.
    pub(super) fn bytes(
        &self,
        stream: &Stream,
        max: u64,
        budget: &Budget<'_>,
    ) -> (Vec<u8>, Option<Shortfall>) {
        let (bytes, shortfall) = self.file.cfb.read(stream, max, budget);
        budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        (bytes, shortfall)
    }

    /// A `\x01Ole` stream: a link, when it says so or names something.
    fn link(
        &mut self,
        stream: &Stream,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let location = self.file.place(&stream.path);
        let (bytes, shortfall) = self.bytes(stream, LINK, budget);
        let read = OleStream::read(&bytes);
        let relevant = read.linked || read.runs.is_some() || !read.targets.is_empty();
        if let Some(shortfall) = shortfall
            && (relevant || !matches!(shortfall, Shortfall::Damaged(_)))
        {
            ledger.shortfall(shortfall, &location)?;
        }
        // What an embedded object says of where it came from is not what it is bound by.
        if !read.linked && read.runs.is_none() && read.guessed {
            return Ok(());
        }
        if relevant && (read.more || stream.size > LINK) {
            let detail = "more monikers in a link than are read";
            ledger.gap(GapKind::Limit, location.clone(), detail);
        }
        if relevant {
            self.found.object = true;
            let prog_id = self.prog_id(budget);
            for link in links(&read, prog_id.as_deref(), &location) {
                self.report(link, stream, ledger);
            }
        }
        Ok(())
    }

    fn report(&self, mut link: Link, stream: &Stream, ledger: &mut Ledger<'_>) {
        if stream.orphan {
            link.add_technique(TechniqueId::Unreachable);
        }
        ledger.link(link);
    }

    /// The class of the storage itself runs what it is given, link or not.
    fn script_class(&mut self, ledger: &mut Ledger<'_>) {
        let Some(name) = class::script(&self.storage.class) else {
            return;
        };
        self.found.object = true;
        let location = self.file.place(&self.storage.path);
        let raw = format!("OLE object of class {name}");
        let mut link = Link::new(Kind::Execute, Carrier::OleLink, location, raw);
        link.trigger = Trigger::Update;
        link.confidence = Confidence::Medium;
        link.prog_id = Some(name.to_owned());
        ledger.link(link);
    }

    /// A `\x01Ole10Native` stream: a file in a package, or state of an old program.
    fn native(
        &mut self,
        stream: &Stream,
        budget: &Budget<'_>,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Exhausted> {
        let location = self.file.place(&stream.path);
        let (head, shortfall) = self.bytes(stream, NAMES, budget);
        if let Some(Shortfall::Exhausted(cause)) = shortfall {
            ledger.shortfall(Shortfall::Exhausted(cause), &location)?;
        }
        let runs = self.runs(stream, budget)?;
        let there: u64 = runs.iter().map(length_of).sum();
        let length = usize::try_from(stream.size.min(there)).unwrap_or(usize::MAX);
        let Some(package) = Native::read(&head, length) else {
            // Not a package, or one that is broken: a document in it may still be found.
            let start = document_in(&head);
            let piece = Piece {
                location,
                runs: cut(&runs, start..length),
                size: 0,
                sniffer: Sniffer::of_part(),
                is_file: false,
            };
            return self.offer(piece, budget, ledger);
        };
        let end = package.file.end;
        let tail = cut(&runs, end..end.saturating_add(native::TAIL).min(length));
        let (tail, _) = Source::scattered(tail, Coding::Stored).decode(self.file.data, budget);
        budget.release_live(crate::container::held(&tail));
        let wide = native::wide_names(&tail);
        let place = self.file.place(&stream.path);
        if let Some(link) = package.link(&wide, place, self.file.runs) {
            self.found.object = true;
            self.report(link, stream, ledger);
        }
        if package.linked {
            return Ok(());
        }
        let file = package.file.start.min(head.len())..package.file.end.min(head.len());
        if let Some(shortcut) = shortcut::read(head.get(file).unwrap_or_default()) {
            self.found.object = true;
            let place = self.file.place(&stream.path);
            let runs = package.names().any(self.file.runs);
            self.report(shortcut.link(place, runs), stream, ledger);
        }
        let label = base(package.names().next().unwrap_or_default());
        let piece = Piece {
            location: location.child(label),
            runs: cut(&runs, package.file.clone()),
            size: 0,
            sniffer: Sniffer::default(),
            is_file: true,
        };
        self.offer(piece, budget, ledger)
    }
}

/// The links of a `\x01Ole` stream: one for each thing that it names, or one that names nothing.
fn links<'a>(
    read: &'a OleStream,
    prog_id: Option<&'a str>,
    location: &'a Location,
) -> impl Iterator<Item = Link> + 'a {
    let nothing = read.targets.is_empty().then_some("");
    let targets = read.targets.iter().map(String::as_str).chain(nothing);
    targets.map(move |target| {
        let kind = if read.runs.is_some() {
            Kind::Execute
        } else {
            Kind::ExternalLink
        };
        let class = prog_id.unwrap_or_default();
        let raw = format!("OLE link {class} {target}");
        let mut link = Link::new(kind, Carrier::OleLink, location.clone(), raw.trim_end());
        link.trigger = if read.update == 1 {
            Trigger::Open
        } else {
            Trigger::Update
        };
        link.confidence = match (read.guessed, read.linked) {
            (true, _) => Confidence::Low,
            (false, true) => Confidence::Certain,
            (false, false) => Confidence::Medium,
        };
        link.target = match read.runs {
            Some(scheme) => Some(format!("{scheme}:{target}")),
            None => Some(target.to_owned()).filter(|target| !target.is_empty()),
        };
        link.prog_id = prog_id.map(str::to_owned);
        if let Some(item) = &read.item {
            link.readings.push(Reading {
                item: Some(item.clone()),
                resolved: format!("{target}!{item}"),
                ..Reading::default()
            });
        }
        link
    })
}

/// A stream that only the second reader of compound files sees: it is looked at, and said.
pub(super) fn foreign(
    file: &Compound<'_>,
    stream: &Stream,
    found: &mut Found,
    budget: &Budget<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<(), Exhausted> {
    let (path, name) = stream.path.rsplit_once('/').unwrap_or(("", &stream.path));
    let (bytes, shortfall) = file.cfb.read(stream, FOREIGN, budget);
    budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    let location = file.place(&stream.path);
    if let Some(Shortfall::Exhausted(cause)) = shortfall {
        ledger.shortfall(Shortfall::Exhausted(cause), &location)?;
    }
    let document = identify::identify_storage(path, &[0; 16], std::iter::once(name.to_owned()));
    let loads = matches!(
        name.to_lowercase().as_str(),
        "\u{1}ole10native" | "package" | "encryptedpackage"
    );
    let could_be = identify::identify(&bytes);
    let could_be = could_be
        .iter()
        .any(|identity| !matches!(identity.disposition, Disposition::Opaque(_)));
    if name.eq_ignore_ascii_case("\u{1}Ole") {
        let read = OleStream::read(&bytes);
        for link in links(&read, None, &location).filter(|_| read.linked) {
            found.object = true;
            ledger.link(link);
        }
    } else if !document.is_empty() || loads || could_be {
        found.object = true;
        let detail = "a stream that only one of two readers finds";
        ledger.gap(GapKind::Damaged, location, detail);
    }
    Ok(())
}

/// Bytes that may be a document.
struct Piece {
    location: Location,
    runs: Vec<Range<usize>>,
    /// How many there should be.
    size: u64,
    sniffer: Sniffer,
    /// It is a file that somebody put there, whatever it is.
    is_file: bool,
}

pub(super) fn length_of(run: &Range<usize>) -> u64 {
    u64::try_from(run.len()).unwrap_or(u64::MAX)
}

/// The part of a stream in the bytes `wanted`, by the runs of the whole.
pub(super) fn cut(runs: &[Range<usize>], wanted: Range<usize>) -> Vec<Range<usize>> {
    let mut at = 0usize;
    let mut parts = Vec::new();
    for run in runs {
        let from = wanted.start.saturating_sub(at).min(run.len());
        let to = wanted.end.saturating_sub(at).min(run.len());
        if from < to {
            parts.push(run.start.saturating_add(from)..run.start.saturating_add(to));
        }
        at = at.saturating_add(run.len());
    }
    parts
}

/// Where a document starts in native data of an unknown kind: behind the length, unless a
/// signature says otherwise.
fn document_in(head: &[u8]) -> usize {
    let signatures: [&[u8]; 3] = [crate::container::cfb::SIGNATURE, b"{\\rt", b"PK\x03\x04"];
    signatures
        .iter()
        .filter_map(|signature| memchr::memmem::find(head, signature))
        .min()
        .unwrap_or(4)
}

/// The last name of a path.
fn base(path: &str) -> &str {
    let name = path.rsplit(['\\', '/']).next().unwrap_or_default();
    if name.is_empty() { "package" } else { name }
}
